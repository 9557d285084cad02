#include "linkage/encode_levels.h"

#include "linkage/levels.h"

#include <math.h>

enum { ONE = 256 };

void
coded_values_tokens(coded_values *c)
{
    for (int x = 0; x <= DICE_BITS; x++) {
        double free = x < DICE_BITS ? 1 - (double)x / DICE_BITS : 0.5 / DICE_BITS;
        c->tokens[x] = (int32_t)lround(-log(free) * ONE * DICE_BITS / CODED_POSITIONS);
    }
}

/* Tokens of either, of both, and of one alone. */
typedef struct overlap {
    int a, b, common, only_a, only_b;
} overlap;

static overlap
overlap_of(const coded_values *c, const coded_filter *x, const coded_filter *y)
{
    uint32_t a = 0, b = 0, either = 0;
    for (int w = 0; w < DICE_WORDS; w++) {
        a += (uint32_t)__builtin_popcountll(x->words[w]);
        b += (uint32_t)__builtin_popcountll(y->words[w]);
        either += (uint32_t)__builtin_popcountll(x->words[w] | y->words[w]);
    }
    overlap o = {.a = c->tokens[a], .b = c->tokens[b]};
    int all = c->tokens[either];
    o.only_a = all - o.b, o.only_b = all - o.a, o.common = o.a + o.b - all;
    return o;
}

static int
most(int a, int b)
{
    return a > b ? a : b;
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}

/* Dice of tokens at least p / 100? */
static bool
dice_reaches(overlap o, int p)
{
    return 200 * o.common >= p * (o.a + o.b);
}

static int
level_of_spelling(overlap o, bool brief)
{
    int apart = most(o.only_a, o.only_b);
    if (o.common < ONE / 2) return NAME_ELSE;
    if (apart <= 5 * ONE / 2) return NAME_EDIT;
    if (dice_reaches(o, 62) || (apart <= 7 * ONE / 2 && o.common >= 3 * ONE / 2)) return NAME_92; /* three: two neighbours swapped */
    /* one has words more than the other: a double name, a second name; or an initial, of which one token is its own */
    if (least(o.only_a, o.only_b) <= ONE / 2 && o.common >= 7 * ONE / 2) return NAME_PART;
    if (brief && least(o.only_a, o.only_b) <= 3 * ONE / 2 && o.common >= 9 * ONE / 2) return NAME_INITIAL;
    if (dice_reaches(o, 48)) return NAME_84;
    return dice_reaches(o, 35) ? NAME_72 : NAME_ELSE;
}

static int
level_of_names(const coded_values *c, size_t v, size_t w)
{
    overlap o = overlap_of(c, &c->filter[v], &c->filter[w]);
    int best = c->group[v] && c->group[v] == c->group[w] ? NAME_SHORT : NAME_ELSE;
    if (((c->flags[v] | c->flags[w]) & CODED_CONSONANTS) && c->other[v] && c->other[v] == c->other[w]) best = NAME_EDIT;
    if ((c->flags[v] | c->flags[w]) & CODED_INITIAL) return least(best, o.common > ONE / 2 ? NAME_INITIAL : NAME_ELSE);
    return least(best, level_of_spelling(o, (c->flags[v] | c->flags[w]) & CODED_BRIEF));
}

/* One sign more than a code has pairs less one: the frame counts. */
static int
level_of_codes(overlap o)
{
    int longest = most(o.a, o.b) - ONE / 2, apart = most(o.only_a, o.only_b);
    if (longest < 3 * ONE || o.common < ONE / 2) return CODE_ELSE;
    if (apart <= 5 * ONE / 2) return CODE_EDIT;
    return longest >= 5 * ONE && apart <= 9 * ONE / 2 ? CODE_EDITS : CODE_ELSE;
}

static int
level_of_emails(const coded_values *c, size_t v, size_t w)
{
    overlap whole = overlap_of(c, &c->filter[v], &c->filter[w]), local = overlap_of(c, &c->local[v], &c->local[w]);
    if (most(whole.only_a, whole.only_b) <= 9 * ONE / 2) return EMAIL_EDITS;
    if (c->other[v] && c->other[v] == c->other[w]) return EMAIL_LOCAL;
    return dice_reaches(local, 60) ? EMAIL_90 : dice_reaches(local, 42) ? EMAIL_80 : EMAIL_ELSE;
}

int
coded_level(const coded_values *c, compare_type type, size_t v, size_t w)
{
    switch (type) {
    case COMPARE_NAME: return level_of_names(c, v, w);
    case COMPARE_TEXT: return level_of_spelling(overlap_of(c, &c->filter[v], &c->filter[w]), false);
    case COMPARE_CODE: return level_of_codes(overlap_of(c, &c->filter[v], &c->filter[w]));
    case COMPARE_EMAIL: return level_of_emails(c, v, w);
    default: return c->group[v] && c->group[v] == c->group[w] ? EQUAL_GROUP : EQUAL_ELSE;
    }
}
