#include "synth/notifications.h"

#include <stdio.h>

const char *const synth_reporters[SYNTH_REPORTERS] = {"police", "kmar", "labour_inspectorate", "care_coordinators",
                                                      "fairwork", "other_reporters"};
const char *const synth_units[SYNTH_UNITS] = {"noord_nederland", "oost_nederland", "midden_nederland", "noord_holland",
                                              "amsterdam", "den_haag", "rotterdam", "zeeland_west_brabant",
                                              "oost_brabant", "limburg", "national"};
const char *const synth_mains[SYNTH_MAINS] = {"domestic_sexual", "cross_border_sexual", "labour", "criminal", "unknown"};
const char *const synth_mentions[SYNTH_MENTIONS] = {"domestic_sexual", "cross_border_sexual", "labour", "criminal",
                                                    "organ_removal", "unknown"};
const char *const synth_sectors_sexual[SYNTH_SECTORS_SEXUAL] = {"window", "brothel_club_private_house", "street", "home",
                                                                "escort_hotel", "other_massage_beauty_webcam"};

/* The counts of one figure's row over the years. */
static status
read_years(const synth_published *p, const char *figure, const char *row, int *result, size_t step)
{
    for (int y = 0; y < SYNTH_YEARS; y++) {
        char year[12];
        snprintf(year, sizeof year, "%d", SYNTH_YEAR_FIRST + y);
        CHECK(synth_margin_get(p, figure, row, year, &result[(size_t)y * step]));
    }
    return ST_OK;
}

/* What figures 2.9 and 2.10 print over the years and forms must add up to the same. */
static status
check_row(const synth_published *p, const char *figure, const char *row, const int year[], const int main[])
{
    int years = 0, mains = 0, total;
    for (int y = 0; y < SYNTH_YEARS; y++) years += year[y];
    for (int f = 0; f < SYNTH_MAINS; f++) mains += main[f];
    CHECK(synth_margin_get(p, figure, row, "2016-2020", &total));
    if (years != total) FAIL(ST_CONFIG, "margins.csv: figure %s, row %s: years add up to %d, not %d", figure, row, years, total);
    if (main[0] >= 0 && mains != total)
        FAIL(ST_CONFIG, "margins.csv: figure %s, row %s: forms add up to %d, not %d", figure, row, mains, total);
    return ST_OK;
}

static status
read_reporters(const synth_published *p, synth_targets *t)
{
    for (int r = 0; r < SYNTH_REPORTERS; r++) {
        CHECK(read_years(p, "2.9", synth_reporters[r], t->reporter_year[r], 1));
        bool split = r == SYNTH_POLICE || r == SYNTH_INSPECTORATE;
        for (int f = 0; f < SYNTH_MAINS; f++) {
            t->reporter_main[r][f] = -1;
            if (!split) CHECK(synth_margin_get(p, "2.9", synth_reporters[r], synth_mains[f], &t->reporter_main[r][f]));
        }
        CHECK(check_row(p, "2.9", synth_reporters[r], t->reporter_year[r], t->reporter_main[r]));
    }
    for (int f = 0; f < SYNTH_MAINS; f++) {
        int total;
        CHECK(synth_margin_get(p, "2.9", "total", synth_mains[f], &total));
        t->split_main[f] = total;
        for (int r = 0; r < SYNTH_REPORTERS; r++)
            if (t->reporter_main[r][f] >= 0) t->split_main[f] -= t->reporter_main[r][f];
        if (t->split_main[f] < 0)
            FAIL(ST_CONFIG, "margins.csv: figure 2.9, column %s: rows add up to %d over the total", synth_mains[f], -t->split_main[f]);
    }
    int total[SYNTH_YEARS];
    CHECK(read_years(p, "2.9", "total", total, 1));
    for (int y = 0; y < SYNTH_YEARS; y++) {
        int sum = 0;
        for (int r = 0; r < SYNTH_REPORTERS; r++) sum += t->reporter_year[r][y];
        if (sum != total[y])
            FAIL(ST_CONFIG, "margins.csv: figure 2.9, %d: rows add up to %d, not %d", SYNTH_YEAR_FIRST + y, sum, total[y]);
    }
    return ST_OK;
}

static status
read_units(const synth_published *p, synth_targets *t)
{
    for (int u = 0; u < SYNTH_UNITS; u++) {
        CHECK(read_years(p, "2.10", synth_units[u], t->unit_year[u], 1));
        for (int f = 0; f < SYNTH_MAINS; f++)
            CHECK(synth_margin_get(p, "2.10", synth_units[u], synth_mains[f], &t->unit_main[u][f]));
        CHECK(check_row(p, "2.10", synth_units[u], t->unit_year[u], t->unit_main[u]));
    }
    for (int y = 0; y < SYNTH_YEARS; y++) {
        int sum = 0;
        for (int u = 0; u < SYNTH_UNITS; u++) sum += t->unit_year[u][y];
        if (sum < t->reporter_year[SYNTH_POLICE][y])
            FAIL(ST_CONFIG, "margins.csv: %d: units report %d, fewer than the police in figure 2.9", SYNTH_YEAR_FIRST + y, sum);
    }
    return ST_OK;
}

status
synth_targets_read(const synth_published *p, synth_targets *result)
{
    synth_targets t;
    CHECK(read_years(p, "2.1", "all", t.all, 1));
    CHECK(read_years(p, "2.1", "without_kmar_only_sexual", t.persons, 1));
    for (int m = 0; m < SYNTH_MENTIONS; m++)
        CHECK(read_years(p, "2.2", synth_mentions[m], &t.mentions[0][m], SYNTH_MENTIONS));
    for (int s = 0; s < SYNTH_SECTORS_SEXUAL; s++)
        CHECK(read_years(p, "2.3", synth_sectors_sexual[s], &t.sector[0][s], SYNTH_SECTORS_SEXUAL));
    CHECK(read_reporters(p, &t));
    CHECK(read_units(p, &t));
    for (int y = 0; y < SYNTH_YEARS; y++)
        if (t.all[y] < t.persons[y])
            FAIL(ST_CONFIG, "margins.csv: figure 2.1, %d: all is below without_kmar_only_sexual", SYNTH_YEAR_FIRST + y);
    *result = t;
    return ST_OK;
}
