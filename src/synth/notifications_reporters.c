/* Who reported whom. Figures 2.9 and 2.10 print years and forms apart; the joint tables are drawn, then dealt out to the
 * victims of each year and form so that everybody has a reporter, and everybody whom the police reported a unit. */
#include "synth/joint.h"
#include "synth/notifications.h"
#include "synth/select.h"

_Static_assert((int)JOINT_ROWS == (int)SYNTH_YEARS && (int)JOINT_COLUMNS == (int)SYNTH_MAINS &&
                   (int)JOINT_KINDS >= (int)SYNTH_UNITS, "sizes of the joint");

/* Victims that the figures count, by year and main form. */
typedef struct cells {
    uint32_t *at;                           /* victims' places, cell after cell */
    size_t first[SYNTH_YEARS][SYNTH_MAINS]; /* into at */
    int n[SYNTH_YEARS][SYNTH_MAINS];
} cells;

static status
sort_cells(arena *a, size_t n, const synth_victim v[], cells *c)
{
    *c = (cells){0};
    ALLOC(a, c->at, n);
    size_t k = 0;
    for (int y = 0; y < SYNTH_YEARS; y++)
        for (int f = 0; f < SYNTH_MAINS; f++) {
            c->first[y][f] = k;
            for (size_t i = 0; i < n; i++)
                if (v[i].year == y && v[i].main == f && !v[i].kmar_only) c->at[k++] = (uint32_t)i;
            c->n[y][f] = (int)(k - c->first[y][f]);
        }
    return ST_OK;
}

/* The labour inspectorate reports labour exploitation only. Its reports under sexual exploitation are of those with both
 * forms; how many follows from what the units leave to the police under labour, within a few. */
static status
split_inspectorate(rng *r, const synth_targets *t, const cells *c, const synth_victim v[], joint *j)
{
    int both = 0;
    for (int y = 0; y < SYNTH_YEARS; y++)
        for (int f = 0; f < SYNTH_MAINS; f++) {
            int able = f == SYNTH_MAIN_LABOUR ? c->n[y][f] : 0;
            if (f == SYNTH_CROSS)
                for (int i = 0; i < c->n[y][f]; i++) able += (v[c->at[c->first[y][f] + (size_t)i]].forms & SYNTH_LABOUR) != 0;
            both += f == SYNTH_CROSS ? able : 0;
            j->upper[SYNTH_INSPECTORATE][y][f] = able;
        }
    int total = 0, units_labour = 0;
    for (int y = 0; y < SYNTH_YEARS; y++) total += t->reporter_year[SYNTH_INSPECTORATE][y];
    for (int u = 0; u < SYNTH_UNITS; u++) units_labour += t->unit_main[u][SYNTH_MAIN_LABOUR];
    int low = t->split_main[SYNTH_MAIN_LABOUR] - units_labour, high = total - 3;
    if (low < total - both) low = total - both;
    if (low > high || low < 0)
        FAIL(ST_INFEASIBLE, "figures 2.9 and 2.10: police reports of labour exploitation exceed those of its units");
    int labour = synth_between(r, low, high);
    for (int f = 0; f < SYNTH_MAINS; f++) {
        int inspectorate = f == SYNTH_MAIN_LABOUR ? labour : f == SYNTH_CROSS ? total - labour : 0;
        j->column_sum[SYNTH_INSPECTORATE][f] = inspectorate;
        j->column_sum[SYNTH_POLICE][f] = t->split_main[f] - inspectorate;
    }
    return ST_OK;
}

static status
joint_reporters(rng *r, const synth_targets *t, const cells *c, const synth_victim v[], joint *j)
{
    *j = (joint){.kinds = SYNTH_REPORTERS};
    for (int k = 0; k < SYNTH_REPORTERS; k++)
        for (int y = 0; y < SYNTH_YEARS; y++) {
            j->row_sum[k][y] = t->reporter_year[k][y];
            for (int f = 0; f < SYNTH_MAINS; f++) {
                j->column_sum[k][f] = t->reporter_main[k][f];
                j->persons[y][f] = j->upper[k][y][f] = c->n[y][f];
                j->covers[k][f] = k != SYNTH_KMAR || (f != SYNTH_DOMESTIC && f != SYNTH_CROSS);
            }
        }
    /* FairWork reported 84 % of the 449 victims of labour exploitation in 2020: nearly all its 378 reports */
    int last = SYNTH_YEARS - 1;
    j->upper[SYNTH_FAIRWORK][last][SYNTH_CROSS] = 0;
    j->upper[SYNTH_FAIRWORK][last][SYNTH_MAIN_UNKNOWN] = 1;
    CHECK(split_inspectorate(r, t, c, v, j));
    return synth_joint_draw(r, j);
}

static void
joint_units(const synth_targets *t, const joint *reporters, joint *j)
{
    *j = (joint){.kinds = SYNTH_UNITS};
    for (int k = 0; k < SYNTH_UNITS; k++)
        for (int y = 0; y < SYNTH_YEARS; y++) {
            j->row_sum[k][y] = t->unit_year[k][y];
            for (int f = 0; f < SYNTH_MAINS; f++) {
                j->column_sum[k][f] = t->unit_main[k][f];
                j->persons[y][f] = j->upper[k][y][f] = reporters->count[SYNTH_POLICE][y][f];
                j->covers[k][f] = true;
            }
        }
}

/* Deal `left[k]` cards of each kind to n hands: first every hand without a covering card gets one, then the rest goes to
 * random hands that do not hold the kind. Feasible whenever the bounds of the joint hold. */
static void
deal(rng *r, int kinds, int left[], const bool covers[], size_t n, uint32_t hand[], uint32_t order[])
{
    uint32_t covering = 0;
    for (int k = 0; k < kinds; k++) covering |= covers[k] ? 1u << k : 0;
    rng_shuffle(r, n, order);
    for (size_t i = 0; i < n; i++) {
        uint32_t *h = &hand[order[i]];
        if (*h & covering) continue;
        double weight[JOINT_KINDS] = {0};
        for (int k = 0; k < kinds; k++) weight[k] = covers[k] ? left[k] : 0;
        size_t k = synth_choose(r, (size_t)kinds, weight);
        *h |= 1u << k, left[k]--;
    }
    for (int k = 0; k < kinds; k++) {
        if (left[k] <= 0) continue;
        rng_shuffle(r, n, order);
        for (size_t i = 0; i < n && left[k] > 0; i++)
            if (!(hand[order[i]] & 1u << k)) hand[order[i]] |= 1u << k, left[k]--;
    }
}

/* The inspectorate's reports under sexual exploitation go to those with labour exploitation too. */
static void
deal_inspectorate(rng *r, size_t n, const uint32_t at[], const synth_victim v[], int *left, uint32_t hand[], uint32_t order[])
{
    rng_shuffle(r, n, order);
    for (size_t i = 0; i < n && *left > 0; i++)
        if (v[at[order[i]]].forms & SYNTH_LABOUR) hand[order[i]] |= 1u << SYNTH_INSPECTORATE, (*left)--;
}

static status
deal_cell(rng *r, const joint *reporters, const joint *units, int y, int f, size_t n, const uint32_t at[], synth_victim v[])
{
    SCRATCH(tmp);
    uint32_t *hand, *order, *police;
    ALLOC(tmp, hand, n);
    ALLOC(tmp, order, n);
    ALLOC(tmp, police, n);
    int left[JOINT_KINDS];
    bool covers[JOINT_KINDS];
    for (int k = 0; k < reporters->kinds; k++) left[k] = reporters->count[k][y][f], covers[k] = reporters->covers[k][f];
    deal_inspectorate(r, n, at, v, &left[SYNTH_INSPECTORATE], hand, order);
    deal(r, reporters->kinds, left, covers, n, hand, order);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        v[at[i]].reporters = (uint8_t)hand[i];
        if (hand[i] & 1u << SYNTH_POLICE) police[m++] = at[i];
    }
    memset(hand, 0, n * sizeof *hand);
    for (int k = 0; k < units->kinds; k++) left[k] = units->count[k][y][f], covers[k] = true;
    deal(r, units->kinds, left, covers, m, hand, order);
    for (size_t i = 0; i < m; i++) v[police[i]].units = (uint16_t)hand[i];
    return ST_OK;
}

status
synth_reporters_draw(const synth_targets *t, rng *r, size_t n, synth_victim victims[])
{
    SCRATCH(tmp);
    cells c;
    joint reporters, units;
    CHECK(sort_cells(tmp, n, victims, &c));
    CHECK(joint_reporters(r, t, &c, victims, &reporters));
    joint_units(t, &reporters, &units);
    CHECK(synth_joint_draw(r, &units));
    for (int y = 0; y < SYNTH_YEARS; y++)
        for (int f = 0; f < SYNTH_MAINS; f++)
            CHECK(deal_cell(r, &reporters, &units, y, f, (size_t)c.n[y][f], &c.at[c.first[y][f]], victims));
    return ST_OK;
}
