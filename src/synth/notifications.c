#include "synth/notifications.h"

#include "base/threads.h"

/* One attempt, all stages in order. */
static status
attempt(arena *out, const synth_published *p, const synth_targets *t, rng *r, size_t *n, synth_victim **victims)
{
    CHECK(synth_forms_draw(out, p, t, r, n, victims));
    CHECK(synth_reporters_draw(t, r, *n, *victims));
    CHECK(synth_sectors_draw(p, t, r, *n, *victims));
    CHECK(synth_origin_draw(p, r, *n, *victims));
    CHECK(synth_sex_draw(p, r, *n, *victims));
    CHECK(synth_age_draw(p, r, *n, *victims));
    synth_month_draw(r, *n, *victims);
    return ST_OK;
}

status
synth_victims_draw(arena *out, const synth_published *p, const synth_targets *t, uint64_t seed, uint32_t copy,
                   size_t *n, synth_victim **victims)
{
    enum { ATTEMPTS = 16 }; /* a stage may find no way from what earlier stages drew: then all is drawn anew */
    status code = ST_INTERNAL;
    for (uint32_t k = 0; k < ATTEMPTS; k++) {
        rng r = rng_new(seed, (uint64_t)copy << 8 | k);
        code = attempt(out, p, t, &r, n, victims);
        if (code != ST_INFEASIBLE) return code;
    }
    return code;
}

enum { REFUSED_PER_COPY = 160 };

/* Persons who were reported without their consent and by nobody else: like others in every way, but outside the figures. */
static void
add_refused(rng *r, size_t n, const synth_victim v[], synth_victim out[REFUSED_PER_COPY])
{
    const unsigned needs = 1u << SYNTH_COORDINATORS | 1u << SYNTH_FAIRWORK | 1u << SYNTH_OTHERS;
    for (int k = 0; k < REFUSED_PER_COPY; k++) {
        const synth_victim *like;
        do like = &v[rng_below(r, n)];
        while (!(like->reporters & needs));
        int reporter = SYNTH_COORDINATORS;
        while (!(like->reporters & 1u << reporter)) reporter++;
        out[k] = *like;
        out[k].reporters = (uint8_t)(1u << reporter), out[k].units = 0, out[k].refused = true;
    }
}

/* The detail of a failure stays with its thread: draw once more on this one. */
static status
explain(const synth_published *p, const synth_targets *t, uint64_t seed, uint32_t copy)
{
    SCRATCH(tmp);
    size_t n;
    synth_victim *v;
    CHECK(synth_victims_draw(tmp, p, t, seed, copy, &n, &v));
    FAIL(ST_NO_MEMORY, "out of memory (%u copies of the population)", copy + 1);
}

status
synth_notifications_draw(arena *out, const synth_published *p, const synth_options *o, synth_register *result)
{
    synth_targets t;
    CHECK(synth_targets_read(p, &t));
    synth_register g = {0};
    size_t each = REFUSED_PER_COPY;
    for (int y = 0; y < SYNTH_YEARS; y++) each += (size_t)t.all[y];
    g.victims = each * (size_t)o->scale;
    ALLOC(out, g.victim, g.victims);
    int bad = o->scale; /* the first copy that failed */
#pragma omp parallel for schedule(dynamic) num_threads(threads_count())
    for (int copy = 0; copy < o->scale; copy++) {
        SCRATCH(tmp);
        size_t n;
        synth_victim *v, *into = &g.victim[each * (size_t)copy];
        if (synth_victims_draw(tmp, p, &t, o->seed, (uint32_t)copy, &n, &v) == ST_OK) {
            memcpy(into, v, n * sizeof *v);
            rng r = rng_new(o->seed, (uint64_t)copy << 8 | 255);
            add_refused(&r, n, v, into + n);
            continue;
        }
#pragma omp critical
        if (copy < bad) bad = copy;
    }
    if (bad < o->scale) return explain(p, &t, o->seed, (uint32_t)bad);
    CHECK(synth_persons_draw(out, o->seed, o->scale, &g));
    CHECK(synth_rows_draw(out, o->seed, &g));
    CHECK(synth_noise_add(out, o->seed, o->noise, &g));
    *result = g;
    return ST_OK;
}
