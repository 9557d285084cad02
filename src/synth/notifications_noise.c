/* Errors of those who fill in forms: each field of each notification at the same rate. */
#include "base/date.h"
#include "synth/names.h"
#include "synth/notifications.h"
#include "synth/select.h"

enum { STREAM = 0x6e6f6973 };

typedef struct spoiler {
    arena *out;
    rng r;
    double rate;
} spoiler;

/* Length of the UTF-8 character at p. */
static size_t
character(const char *p)
{
    unsigned char c = (unsigned char)*p;
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static const char *
skip_characters(const char *p, size_t n)
{
    while (n-- > 0 && *p) p += character(p);
    return p;
}

/* One typing error: a letter left out, doubled, replaced by another, or two letters swapped. */
static status
mistype(spoiler *s, const char *value, const char **result)
{
    static const char letters[] = "abcdefghijklmnoprstuvwyz", digits[] = "0123456789";
    size_t n = 0;
    for (const char *p = value; *p; p += character(p)) n++;
    *result = value;
    if (n < 2) return ST_OK;
    const char *at = skip_characters(value, rng_below(&s->r, n - 1)), *next = at + character(at), *after = next + character(next);
    int head = (int)(at - value), width = (int)(next - at), second = (int)(after - next);
    bool number = *at >= '0' && *at <= '9';
    char other = number ? digits[rng_below(&s->r, 10)] : letters[rng_below(&s->r, sizeof letters - 1)];
    switch (rng_below(&s->r, number ? 2 : 4)) {
    case 0: *result = arena_printf(s->out, "%.*s%c%s", head, value, other, next); break;
    case 1: *result = arena_printf(s->out, "%.*s%.*s%.*s%s", head, value, second, next, width, at, after); break;
    case 2: *result = arena_printf(s->out, "%.*s%s", head, value, next); break;
    default: *result = arena_printf(s->out, "%.*s%.*s%s", head, value, width, at, at); break;
    }
    if (!*result) FAIL(ST_NO_MEMORY, "out of memory (noise)");
    return ST_OK;
}

static status
spoil_name(spoiler *s, const char **name)
{
    if (!**name || !synth_happens(&s->r, s->rate)) return ST_OK;
    double u = rng_uniform(&s->r);
    if (u < 0.45) return mistype(s, *name, name);
    if (u < 0.85) return synth_name_respell(s->out, &s->r, *name, name);
    if (u < 0.93 && strchr(*name, ' ')) { /* the second name forgotten */
        *name = arena_copy(s->out, *name, strcspn(*name, " "));
        if (!*name) FAIL(ST_NO_MEMORY, "out of memory (noise)");
        return ST_OK;
    }
    *name = "";
    return ST_OK;
}

/* Names in each other's field. */
static void
swap_names(spoiler *s, synth_row *row)
{
    if (!synth_happens(&s->r, s->rate / 4)) return;
    const char *given = row->given;
    row->given = row->family, row->family = given;
}

static void
spoil_birth(spoiler *s, synth_row *row)
{
    if (row->born == DATE_MISSING || !synth_happens(&s->r, s->rate)) return;
    date_parts p = date_to_parts(row->born);
    int32_t other = row->born;
    bool exact = row->precision == SYNTH_PRECISE_DAY;
    double u = rng_uniform(&s->r);
    if (u < 0.35 && exact) (void)date_from_parts((date_parts){p.year, p.day, p.month}, &other); /* where such a day exists */
    else if (u < 0.60 && exact) (void)date_from_parts((date_parts){p.year, p.month, 1 + (p.day + synth_between(&s->r, 0, 18)) % 28}, &other);
    else if (u < 0.80) (void)date_from_parts((date_parts){p.year + (synth_happens(&s->r, 0.5) ? 1 : -1), p.month, p.day}, &other);
    else other = DATE_MISSING, row->precision = SYNTH_PRECISE_UNKNOWN;
    row->born = other;
}

static status
spoil_number(spoiler *s, const char **number)
{
    if (!**number || !synth_happens(&s->r, s->rate)) return ST_OK;
    if (synth_happens(&s->r, 0.3)) return mistype(s, *number, number); /* a number that fails its test is left out at intake */
    *number = "";
    return ST_OK;
}

static status
spoil_row(spoiler *s, synth_row *row)
{
    CHECK(spoil_name(s, &row->given));
    CHECK(spoil_name(s, &row->family));
    swap_names(s, row);
    spoil_birth(s, row);
    CHECK(spoil_number(s, &row->bsn));
    CHECK(spoil_number(s, &row->v_number));
    if (synth_happens(&s->r, s->rate)) row->place = "";
    if (synth_happens(&s->r, s->rate)) row->period_start = DATE_MISSING;
    if (synth_happens(&s->r, s->rate)) row->period_end = DATE_MISSING;
    /* sex and nationality are rarely wrong, sometimes not filled in */
    if (synth_happens(&s->r, s->rate / 4)) row->sex = -1;
    if (synth_happens(&s->r, s->rate / 4)) row->nationality = row->nationality_2 = -1;
    return ST_OK;
}

status
synth_noise_add(arena *out, uint64_t seed, double noise, synth_register *g)
{
    if (noise <= 0) return ST_OK;
    spoiler s = {.out = out, .rate = noise};
    for (size_t i = 0; i < g->rows; i++) {
        s.r = rng_new(seed, (uint64_t)STREAM << 32 | i);
        CHECK(spoil_row(&s, &g->row[i]));
    }
    return ST_OK;
}
