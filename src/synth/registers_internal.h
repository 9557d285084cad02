/* What the parts of the drawing of registers share: facts, codes, members, rows. */
#ifndef PEIL_SYNTH_REGISTERS_INTERNAL_H
#define PEIL_SYNTH_REGISTERS_INTERNAL_H

#include "base/date.h"
#include "synth/registers.h"
#include "synth/select.h"

enum {
    YEAR_FIRST = 2010, YEAR_LAST = 2020, BIRTH_FIRST = 1910, BIRTH_LAST = 2020, BIRTH_YEARS = BIRTH_LAST - BIRTH_FIRST + 1,
    STRATA = 2 * BIRTH_YEARS,
    PERSONS_UNNUMBERED = 100000000, PERSONS_COSM = 200000000, PERSONS_RESIDENCE = 300000000,
};

/* Places of the codes in sources/registers.yaml; registers_codes.c checks that they are there. */
enum { FEMALE, MALE };
enum { NO, YES };
enum { DIED, EMIGRATED };
enum { BY_NUMBER, BY_LINKAGE, BY_NOTHING };
enum { VICTIM, SUSPECT };
enum { F5293, F561, F562, F563, F564, F565, OFFENCE_RAPE };
enum { GROUP_TRAFFICKING, GROUP_SEXUAL, GROUP_VIOLENCE, GROUP_PROPERTY, GROUP_VANDALISM, GROUP_TRAFFIC, GROUP_OTHER, GROUPS };
enum { CARE_TEAM, CARE_AMBULATORY, CARE_DAY, CARE_NETWORK, CARE_FOSTER, CARE_HOME, CARE_CLOSED, CARE_RESIDENTIAL, CARES };
enum { ENDED_AS_PLANNED, ENDED_BY_CLIENT, ENDED_BY_PROVIDER, ENDED_MUTUAL, ENDED_EXTERNAL, ENDED_ONGOING };
enum { REFERRERS = 7 };
enum { SHELTER_EMERGENCY, SHELTER_SHELTER, SHELTER_SHORT, SHELTER_HOUSING, SHELTER_OTHER, SHELTERS };
enum { REGION_OF_AFRICA, REGION_OF_ASIA, REGION_OF_UNION, REGION_OF_EUROPE, REGION_OF_AMERICA, REGION_OF_UNKNOWN };
enum { STEP_REFLECTION, STEP_TEMPORARY, STEP_CONTINUED };
enum { GROUND_INDICATION, GROUND_REPORT, GROUND_NO_COOPERATION, GROUND_PROSECUTION, GROUND_CIRCUMSTANCES };
enum { DECISION_GRANTED, DECISION_REFUSED, DECISION_WITHDRAWN, DECISION_OTHER };
enum { FORM_GENERAL, FORM_DOMESTIC, FORM_CROSS_BORDER, FORM_LABOUR, FORM_CRIMINAL, FORM_UNKNOWN, FORMS };
enum { CASE_PENDING, CASE_DISMISSED, CASE_PROSECUTED };
enum { VERDICT_NONE, VERDICT_CONVICTED, VERDICT_ACQUITTED };
enum { OFFENDER_TRAFFICKING, OFFENDER_ALL };
enum { AGAIN_TRAFFICKING, AGAIN_SEXUAL, AGAIN_VIOLENCE, AGAIN_PROPERTY, AGAIN_DRUGS, AGAIN_TRAFFIC, AGAIN_OTHER };

/* Published numbers the drawing uses, by their id in facts.csv. */
#define REGISTERS_FACTS(X)                                                                                                   \
    X(residence_persons_2016_2020) X(residence_minors_2016_2020) X(residence_nigerian_2016_2020) X(residence_mean_age)       \
    X(residence_mean_age_dublin) X(residence_women) X(residence_men_dublin) X(residence_under_23) X(residence_23_29)         \
    X(cosm_2019) X(cosm_2020) X(cosm_women) X(cosm_ugandan)                                                                  \
    X(help_population) X(help_without_person_number) X(help_minors) X(help_adolescents) X(help_women)                        \
    X(help_form_domestic_sexual) X(help_form_cross_border_sexual) X(help_form_criminal) X(help_form_labour)                  \
    X(help_form_unknown) X(help_minors_domestic_sexual)                                                                      \
    X(help_youth_care) X(help_youth_care_controls) X(help_youth_care_controls_with) X(help_crisis) X(help_closed)            \
    X(help_residential_other) X(help_ended_as_planned) X(help_ended_by_client) X(help_shelter)                               \
    X(help_mental_cost) X(help_mental_cost_controls)                                                                         \
    X(revict_population) X(revict_2y_population) X(revict_5y_population) X(revict_7y_population)                             \
    X(revict_2y) X(revict_5y) X(revict_7y) X(revict_minors) X(revict_adolescents) X(revict_women)                            \
    X(revict_form_known) X(revict_form_sexual)                                                                               \
    X(revict_5y_median) X(revict_5y_mean) X(revict_5y_sd) X(revict_5y_trafficking) X(revict_5y_sexual) X(revict_5y_violence) \
    X(revict_5y_any_of_three) X(revict_5y_incidents) X(revict_5y_trafficking_incidents) X(revict_5y_sexual_incidents)        \
    X(revict_5y_men) X(revict_5y_sex_chi2) X(revict_5y_age_chi2)                                                             \
    X(revict_5y_form_population) X(revict_5y_form_sexual) X(revict_5y_form_other) X(revict_5y_form_chi2)                     \
    X(offenders_recidivism_2y) X(offenders_recidivism_2y_all) X(offenders_dismissed) X(offenders_5y_property)                \
    X(offenders_5y_violence) X(offenders_5y_drugs) X(offenders_5y_trafficking) X(offenders_under_23_domestic_sexual)         \
    X(offenders_under_23_criminal) X(offenders_recidivists_under_23)

typedef struct registers_facts {
#define X(name) double name;
    REGISTERS_FACTS(X)
#undef X
} registers_facts;

status registers_facts_read(const synth_published *p, registers_facts *result);

/* Do the declared code lists have the codes above where the drawing puts them? */
status registers_codes_check(size_t n, const table tables[]);

enum { SUSPECTS = 1150, OFFENDERS_EARLIER = 800, OFFENDERS_SAMPLE = 20000 };

/* Somebody the drawing knows: a victim with a person number, a suspect, an offender. Everybody else is only counted. */
typedef struct registers_member {
    int32_t person, left;
    int16_t birth_year;
    int8_t sex, reason;
} registers_member;

/* Rows of a table before they are columns: integers, missing INT32_MIN; doubles in hundredths. */
typedef struct registers_rows {
    arena *memory;
    const table *declared;
    size_t n, capacity;
    int32_t *value; /* [n * columns] */
} registers_rows;

status registers_rows_new(arena *a, size_t n, const table tables[], const char *name, size_t expected, registers_rows *result);
/* Add a row: one value a column in the declared order. */
status registers_rows_add(registers_rows *r, const int32_t values[]);
/* Sort by the first column, then by `second` (a column), then by all others: the order in which rows were added does not show. */
status registers_rows_sort(registers_rows *r, size_t second);
status registers_rows_table(arena *out, const registers_rows *r, table *result);

typedef enum age_group { MINOR, ADOLESCENT, GROWN, AGE_GROUPS } age_group; /* under 18, 18 to 22, 23 and over on 1 January */

enum { INCIDENTS_MOST = 40 };

typedef struct registers_incident {
    int32_t day;
    int8_t group;
} registers_incident;

/* What the police may hold of a victim of 2016-2019: form by offence and nationality. */
typedef enum victim_kind { KIND_DOMESTIC, KIND_CROSS_BORDER, KIND_NO_NATIONALITY, KIND_CRIMINAL, KIND_LABOUR, KIND_OTHER,
                           KIND_GENERAL, KINDS } victim_kind;

typedef struct registers_victim {
    registers_member *member;
    int32_t day, period_start, period_end;
    int16_t year;
    int8_t sex, age, outcome; /* age_group; none, once, several in the window its facts are about */
    int8_t kind, offence, dutch;
    int8_t incidents;         /* after the index incident */
    registers_incident incident[INCIDENTS_MOST];
} registers_victim;

typedef struct registers_victims {
    size_t n;
    registers_victim *victim; /* by block: 2010-2015, 2016, 2017-2018, 2019, 2020 */
    size_t block[6];          /* first of each block, and n */
} registers_victims;

typedef struct registers_suspect {
    registers_member *member;
    int32_t day, decision, verdict;
    int8_t form, prosecution, outcome;
    bool young; /* under 23 on 1 January of the year of registration */
} registers_suspect;

enum { RECIDIVISM_FLAGS = 4 };

typedef struct registers_offender {
    registers_member *member;
    int32_t day;
    int16_t year;
    int8_t form, offender;
    bool fixed, young, serious;    /* fixed: the member was known before; serious: again within two years */
    bool again[RECIDIVISM_FLAGS];  /* property, violence, drugs, trafficking within five years */
} registers_offender;

/* Everything that is drawn together. */
typedef struct registers {
    uint64_t seed;
    arena *memory;
    registers_facts facts;
    size_t tables;
    const table *declared;
    registers_victims victims;
    size_t members;
    registers_member *member;
    size_t suspected, offenders;
    registers_suspect *suspect;
    registers_offender *offender;
    size_t cases; /* case numbers given out */
    registers_rows incidents, youth_care, shelter, cosm, residence, cost, suspects, convictions;
    table population;
} registers;

/* Streams of random numbers: each part its own, far from those of the notifications. */
enum { STREAM_POPULATION = 0x52000000, STREAM_PERSONS, STREAM_VICTIMS, STREAM_AGAIN, STREAM_UNNUMBERED, STREAM_HELP, STREAM_SHELTER,
       STREAM_COST, STREAM_COSM, STREAM_RESIDENCE, STREAM_SUSPECTS, STREAM_CONVICTIONS, STREAM_CARE_OF, STREAM_SHELTER_OF, STREAM_COST_OF,
       STREAM_STRATA, STREAM_SUSPECTS_FLOW };

/* What is drawn for everybody who is no victim: the same share of every sex and year of birth within bounds. */
enum { DRAW_CARE, DRAW_SHELTER, DRAW_COST, REGISTERS_DRAWS = DRAW_COST + 3 }; /* cost: 2016, 2017, 2018 */

#define REGISTERS_COST_SHARE 0.05 /* of everybody has specialist mental health care in a year */

typedef struct registers_rate {
    double share; /* below a half; of those there on 1 January 2016, in the year named */
    int born_from, born_until, year;
} registers_rate;

typedef struct registers_selected {
    size_t n;
    int32_t *person; /* ascending */
} registers_selected;

/* The parts, in this order. */
status registers_victims_draw(registers *g);   /* who, when, of what; members */
status registers_again_draw(registers *g);     /* new incidents */
status registers_suspects_draw(registers *g);  /* suspects, convictions; members */
status registers_population_draw(registers *g, int64_t persons); /* gives members their place, then all others */
status registers_incidents_write(registers *g);
status registers_suspects_write(registers *g);
status registers_care_draw(registers *g, const registers_selected *everybody); /* of victims and of everybody */
status registers_shelter_draw(registers *g, const registers_selected *everybody);
status registers_cost_draw(registers *g, const registers_selected everybody[3]);
status registers_residence_draw(registers *g); /* residence and national shelter */

/* The victims' outcomes: how many of each group were again victim once or several times. */
typedef struct registers_outcomes {
    int women;                     /* of those of 2010-2015 */
    int once, several;             /* of them, within five years */
    int men_once, men_several;
    int by_age[AGE_GROUPS][3];     /* none, once, several */
    int sexual;                    /* of those of 2016 with a known form */
    int by_form[2][3];             /* sexual, other; none, once, several */
} registers_outcomes;

/* Tables whose chi-square is the published one to one decimal, drawn at random among those there are.
 * Errors  ST_INFEASIBLE when there is none */
status registers_outcomes_find(rng *r, const registers_facts *f, int women_about, const int ages[AGE_GROUPS], registers_outcomes *result);

/* n days, 3 .. 1826 but never 731, with the median, mean and standard deviation printed; ascending. */
status registers_times_find(rng *r, const registers_facts *f, size_t n, int32_t days[]);

status registers_everybody_select(registers *g, arena *tmp, const registers_rate rate[REGISTERS_DRAWS],
                                  registers_selected selected[REGISTERS_DRAWS]);
status registers_rows_merge(registers_rows *into, const registers_rows *victims, size_t *at, int32_t person);

/* Small helpers of several parts. */
int registers_share(double percent, int n); /* the nearest number of persons, 0 .. n */
int32_t registers_day(int year, int month, int day);
int32_t registers_last_day(void); /* of the data */
int32_t registers_day_in(rng *r, int year);  /* a day of the year, not 29 February */
int32_t registers_between(rng *r, int32_t low, int32_t high);
int8_t registers_offence(rng *r, int group); /* an offence of the group */
int registers_any_group(rng *r, bool trafficking); /* what befalls victims outside the published counts */
/* Chosen exactly `count` of the n places in `of`, by equal chance: they come first. */
void registers_shuffle_first(rng *r, size_t n, uint32_t of[], size_t count);

#endif
