/* Synthetic register of notifications: victims by year drawn so that every published count comes out exactly.
 *
 * Stages, each in its own file: forms (which combinations), reporters (who reported whom, by which police unit),
 * traits (sector, sex, origin, age, month), persons (who returns in another year, names and numbers), rows
 * (the notifications, with refused ones and duplicates), noise. docs/methods/synth.md explains them. */
#ifndef PEIL_SYNTH_NOTIFICATIONS_H
#define PEIL_SYNTH_NOTIFICATIONS_H

#include "base/rng.h"
#include "synth/margins.h"

/* Codes in the order of the register's code lists; tests/cli/test_synth compares them with sources/notifications.yaml. */
enum { SYNTH_YEAR_FIRST = 2016, SYNTH_YEARS = 5 };
enum { SYNTH_POLICE, SYNTH_KMAR, SYNTH_INSPECTORATE, SYNTH_COORDINATORS, SYNTH_FAIRWORK, SYNTH_OTHERS, SYNTH_REPORTERS };
enum { SYNTH_UNITS = 11 };
enum { SYNTH_SEXUAL = 1, SYNTH_LABOUR = 2, SYNTH_CRIMINAL = 4, SYNTH_ORGAN = 8, SYNTH_UNKNOWN = 16 }; /* forms, a set */
enum { SYNTH_SECTORS_SEXUAL = 6, SYNTH_SECTORS_LABOUR = 9, SYNTH_SECTORS_CRIMINAL = 5 };

/* Main form by the hierarchy sexual > labour > criminal > unknown, sexual split by nationality. */
enum { SYNTH_DOMESTIC, SYNTH_CROSS, SYNTH_MAIN_LABOUR, SYNTH_MAIN_CRIMINAL, SYNTH_MAIN_UNKNOWN, SYNTH_MAINS };
enum { SYNTH_MENTIONS = 6 }; /* rows of figure 2.2: the five above with organ_removal before unknown */
enum { SYNTH_FEMALE, SYNTH_MALE };
enum { SYNTH_PRECISE_DAY, SYNTH_PRECISE_MONTH, SYNTH_PRECISE_YEAR, SYNTH_PRECISE_ESTIMATED, SYNTH_PRECISE_UNKNOWN };
enum { SYNTH_NOT_NEEDED, SYNTH_GIVEN, SYNTH_GUARDIAN, SYNTH_REFUSED, SYNTH_WITHDRAWN };
enum { SYNTH_RESIDENCE_NONE, SYNTH_RESIDENCE_REFLECTION, SYNTH_RESIDENCE_TEMPORARY, SYNTH_RESIDENCE_CONTINUED };

extern const char *const synth_reporters[SYNTH_REPORTERS], *const synth_units[SYNTH_UNITS], *const synth_mains[SYNTH_MAINS];
extern const char *const synth_mentions[SYNTH_MENTIONS], *const synth_sectors_sexual[SYNTH_SECTORS_SEXUAL];

/* What the figures print, in arrays, checked for additivity. */
typedef struct synth_targets {
    int all[SYNTH_YEARS], persons[SYNTH_YEARS], mentions[SYNTH_YEARS][SYNTH_MENTIONS];
    int sector[SYNTH_YEARS][SYNTH_SECTORS_SEXUAL];
    int reporter_year[SYNTH_REPORTERS][SYNTH_YEARS], reporter_main[SYNTH_REPORTERS][SYNTH_MAINS];
    int unit_year[SYNTH_UNITS][SYNTH_YEARS], unit_main[SYNTH_UNITS][SYNTH_MAINS];
    int split_main[SYNTH_MAINS]; /* reports by police and labour inspectorate together: the figure prints no more */
} synth_targets;

/* Errors  ST_CONFIG: a number is missing or two do not add up, named with the arithmetic */
status synth_targets_read(const synth_published *p, synth_targets *result);

/* A victim in a calendar year: the unit that the figures count. */
typedef struct synth_victim {
    int8_t year, main; /* main: SYNTH_DOMESTIC .. */
    uint8_t forms, reporters;
    uint16_t units;
    uint8_t sector_sexual, sector_criminal; /* sets */
    uint16_t sector_labour;
    int8_t sex, age;    /* completed years at the first report of the year; -1 unknown */
    int16_t nationality; /* into synth_countries */
    int8_t dublin, residence;
    bool kmar_only;     /* sexual exploitation, reported by the Marechaussee alone: not in the figures but 2.1 all */
    bool refused;       /* reported without consent: counted without identity, in no figure */
    int32_t first;      /* day of the first report */
    int32_t person;     /* into the persons */
} synth_victim;

/* Draw the victims of one copy of the population (their persons not yet given: -1).
 * Memory in `out`; the same seed and copy give the same victims.
 * Errors  ST_INFEASIBLE when the margins cannot be met together, ST_CONFIG for facts that are missing */
status synth_victims_draw(arena *out, const synth_published *p, const synth_targets *t, uint64_t seed, uint32_t copy,
                          size_t *n, synth_victim **victims);

/* The stages of synth_victims_draw, in order; `r` is theirs alone. */
status synth_forms_draw(arena *out, const synth_published *p, const synth_targets *t, rng *r, size_t *n,
                        synth_victim **victims);
status synth_reporters_draw(const synth_targets *t, rng *r, size_t n, synth_victim victims[]);
status synth_sectors_draw(const synth_published *p, const synth_targets *t, rng *r, size_t n, synth_victim victims[]);
status synth_origin_draw(const synth_published *p, rng *r, size_t n, synth_victim victims[]);
status synth_sex_draw(const synth_published *p, rng *r, size_t n, synth_victim victims[]);
status synth_age_draw(const synth_published *p, rng *r, size_t n, synth_victim victims[]);
void synth_month_draw(rng *r, size_t n, synth_victim victims[]);

typedef struct synth_person {
    const char *given, *family; /* UTF-8 */
    char bsn[10], v_number[11]; /* "": none */
    int32_t born;               /* of lower precision: the 15th, or 1 July; DATE_MISSING unknown */
    int8_t precision, sex;
    int16_t nationality, nationality_2; /* -1: none */
} synth_person;

/* A notification as delivered. Identity fields are the person's, or spoilt by noise. */
typedef struct synth_row {
    int32_t person, received, born, period_start, period_end;
    const char *given, *family, *bsn, *v_number, *place; /* "": not filled in */
    uint32_t number;        /* running number within the delivery's year */
    uint16_t sector_labour;
    int16_t nationality, nationality_2;
    uint8_t forms, sector_sexual, sector_criminal;
    int8_t reporter, unit, sex, precision, dublin, residence;         /* unit: -1 none */
    int8_t consent, monitor, shelter;                                /* to registration, monitor, shelter; -1 not stated */
    bool kept;                                                       /* the legal gate lets its identity in */
} synth_row;

typedef struct synth_register {
    size_t victims, persons, rows;
    synth_victim *victim;
    synth_person *person;
    synth_row *row; /* by reporter, then date */
    size_t first[SYNTH_REPORTERS + 1]; /* rows of reporter r: first[r] .. first[r + 1] */
} synth_register;

typedef struct synth_options {
    uint64_t seed;
    double noise; /* 0..1 per field */
    int scale;    /* copies of the population, >= 1 */
} synth_options;

/* Give every victim a person: some return in another year of the same copy; `copies` equal blocks of victims.
 *
 * Two persons never share name and date of birth. As long as the lists of names allow (at one copy always) they share no
 * full name, and no name of theirs together with the date of birth, not even with day and month swapped. */
status synth_persons_draw(arena *out, uint64_t seed, int copies, synth_register *g);

/* The notifications of all victims. */
status synth_rows_draw(arena *out, uint64_t seed, synth_register *g);

/* Spoil fields, each at the rate of `noise`. */
status synth_noise_add(arena *out, uint64_t seed, double noise, synth_register *g);

/* All of it. */
status synth_notifications_draw(arena *out, const synth_published *p, const synth_options *o, synth_register *result);

#endif
