#include "linkage/levels.h"

#include "linkage/compare_many.h"
#include "linkage/encode_levels.h"
#include "linkage/levels_words.h"

#include <stdlib.h>

static const level_rule name_rules[] = {{"equal", 850, 0},        {"one edit", 55, 0},       {"short form", 5, 0},      {"similar >= .92", 15, 0}, {"initials", 10, 0},
                                        {"words more", 10, 0},    {"similar >= .84", 10, 0}, {"similar >= .72", 5, 0}, {"different", 35, 0},      {"names swapped", 5, 0}};
static const level_rule text_rules[] = {{"equal", 800, 0},     {"one edit", 70, 0},        {"short form", 1, 0},      {"similar >= .92", 34, 0}, {"abbreviated", 10, 0},
                                        {"words more", 15, 0}, {"similar >= .84", 15, 0}, {"similar >= .72", 10, 0}, {"different", 45, 0}};
static const level_rule code_rules[] = {{"equal", 850, 0}, {"one edit", 70, 0}, {"two edits", 20, 0}, {"different", 60, 0}};
static const level_rule year_rules[] = {{"equal", 850, 0}, {"one apart", 40, 0}, {"two apart", 15, 0}, {"off by a digit", 35, 0}, {"up to five apart", 15, 0}, {"different", 45, 0}};
static const level_rule date_rules[] = {{"equal", 800, 0},
                                        {"day and month swapped", 20, 0},
                                        {"day off by a digit", 20, 0},
                                        {"month differs", 30, 0},
                                        {"year off by a digit", 20, 0},
                                        {"day differs", 20, 0},
                                        {"year differs", 20, 0},
                                        {"year equal, day not known", 10, 0},
                                        {"year equal", 10, 0},
                                        {"two digits off", 15, 0},
                                        {"a year apart", 5, 0},
                                        {"different", 30, 0},
                                        {"known parts equal", 850, 1},
                                        {"estimate near", 90, 1},
                                        {"estimate different", 60, 1}};
static const level_rule email_rules[] = {{"equal", 800, 0},         {"at most two edits", 70, 0}, {"name part equal", 30, 0},
                                         {"name part >= .9", 20, 0}, {"name part >= .8", 20, 0},   {"different", 60, 0}};
static const level_rule equal_rules[] = {{"equal", 930, 0}, {"one group of countries", 20, 0}, {"different", 50, 0}};

static const struct {
    const level_rule *rules;
    int n, other;
} types[] = {[COMPARE_NAME] = {name_rules, NAME_LEVELS, NAME_ELSE},      [COMPARE_TEXT] = {text_rules, NAME_SWAPPED, NAME_ELSE},
             [COMPARE_CODE] = {code_rules, CODE_LEVELS, CODE_ELSE},      [COMPARE_YEAR] = {year_rules, YEAR_LEVELS, YEAR_ELSE}, [COMPARE_DATE] = {date_rules, DATE_LEVELS, DATE_ELSE},
             [COMPARE_EMAIL] = {email_rules, EMAIL_LEVELS, EMAIL_ELSE}, [COMPARE_EQUAL] = {equal_rules, EQUAL_LEVELS, EQUAL_ELSE}};

int
level_count(compare_type type)
{
    return types[type].n;
}

int
level_else(compare_type type)
{
    return types[type].other;
}

const level_rule *
level_rules(compare_type type)
{
    return types[type].rules;
}

const char *
level_name(const value_set *s, int level)
{
    static const char *const spelling[] = {"equal", "up to two tokens alone", "short form", "Dice >= .62", "initials", "words more", "Dice >= .48", "Dice >= .35", "different",
                                           "names swapped"};
    static const char *const codes[] = {"equal", "up to two tokens alone", "up to four tokens alone", "different"};
    static const char *const email[] = {"equal", "up to four tokens alone", "name part equal", "name part Dice >= .60", "name part Dice >= .42", "different"};
    if (!s->coded) return level_rules(s->type)[level].name;
    switch (s->type) {
    case COMPARE_NAME:
    case COMPARE_TEXT: return spelling[level];
    case COMPARE_CODE: return codes[level];
    case COMPARE_EMAIL: return email[level];
    default: return level_rules(s->type)[level].name;
    }
}

/* Groups of texts that stand for one another. */

static const char *const short_names[] = {
#define X(line) line,
#include "linkage/diminutives.def"
#undef X
};

/* States and those that came of them, by ISO 3166-1 alpha-2: people are recorded under either. */
static const char *const country_groups[] = {"su ru ua by md am az ge kz kg tj tm uz ee lv lt", "yu rs hr ba mk me si xk",
                                             "cs cz sk", "cn hk mo tw", "nl an aw cw sx bq", "sd ss", "et er", "gb ie"};

typedef struct named_root {
    text name;
    int32_t root;
} named_root;

static int
compare_roots(const void *x, const void *y)
{
    const named_root *a = x, *b = y;
    int d = text_compare(a->name, b->name);
    return d ? d : (a->root > b->root) - (a->root < b->root);
}

static status
read_groups(arena *a, const char *const lines[], size_t n, named_root **result, size_t *count)
{
    size_t words = 0, k = 0;
    for (size_t i = 0; i < n; i++)
        for (const char *c = lines[i]; *c; c++) words += *c == ' ';
    named_root *roots;
    ALLOC(a, roots, words + n);
    for (size_t i = 0; i < n; i++)
        for (const char *start = lines[i]; *start;) {
            size_t length = strcspn(start, " ");
            roots[k++] = (named_root){{start, length}, (int32_t)i};
            start += length + (start[length] == ' ');
        }
    qsort(roots, k, sizeof *roots, compare_roots);
    *result = roots;
    *count = k;
    return ST_OK;
}

static status
set_roots(arena *a, const char *const lines[], size_t n, level_set *l)
{
    SCRATCH(tmp);
    named_root *roots;
    size_t count;
    CHECK(read_groups(tmp, lines, n, &roots, &count));
    ALLOC(a, l->root, l->s->n);
    size_t k = 0; /* both in byte order */
    for (size_t v = 0; v < l->s->n; v++) {
        while (k < count && text_compare(roots[k].name, l->s->plain[v]) < 0) k++;
        l->root[v] = k < count && text_equal(roots[k].name, l->s->plain[v]) ? roots[k].root : -1;
    }
    return ST_OK;
}

/* Names without vowels, repeated letters once. */
text
level_consonants(text value, char out[WORD_LENGTH])
{
    size_t n = 0;
    for (size_t i = 0; i < value.n && n < WORD_LENGTH; i++) {
        char c = value.bytes[i];
        if (strchr("aeiouyw", c)) continue;
        if (!n || out[n - 1] != c) out[n++] = c;
    }
    return (text){out, n};
}

static status
set_bones(arena *a, level_set *l)
{
    bool any = false;
    for (size_t v = 0; v < l->s->n && !any; v++) any = l->s->consonants[v];
    if (!any) return ST_OK;
    ALLOC(a, l->bones, l->s->n);
    ALLOC(a, l->bone_n, l->s->n);
    for (size_t v = 0; v < l->s->n; v++) {
        char out[WORD_LENGTH];
        l->bone_n[v] = word_make(level_consonants(l->s->plain[v], out), 2, &l->bones[v]).n;
    }
    return ST_OK;
}

/* Words that tell something, groups of short forms; initials and names without vowels are compared with all. */
static status
set_telling(arena *a, level_set *l)
{
    ALLOC(a, l->telling, l->s->n);
    ALLOC(a, l->whole, l->s->n);
    for (size_t v = 0; v < l->s->n; v++) {
        bool all = l->words[v] == LONE_INITIALS || (l->bones && l->s->consonants[v]), root = l->root && l->root[v] >= 0, brief = false;
        uint64_t bits = all ? UINT64_C(1) << 63 : 0;
        for (uint32_t k = l->start[v]; k < l->start[v + 1]; k++) {
            bits |= level_word_heavy(l->sign[k]) ? UINT64_C(1) << l->sign[k] / 4 % 63 : 0;
            brief |= l->word[k].n <= LEVEL_BRIEF;
        }
        uint32_t words = l->start[v + 1] - l->start[v];
        if (!all && !root && !brief && (uint32_t)__builtin_popcountll(bits) == words) l->whole[v] = (uint8_t)words;
        if (root) bits |= UINT64_C(1) << l->root[v] % 63;
        l->telling[v] = bits;
    }
    return ST_OK;
}

status
level_set_new(arena *a, const value_set *s, level_set *result)
{
    level_set l = {.s = s};
    if (s->coded) {
        *result = l;
        return ST_OK;
    }
    if (s->type == COMPARE_NAME) {
        CHECK(set_roots(a, short_names, sizeof short_names / sizeof *short_names, &l));
        CHECK(set_bones(a, &l));
    }
    if (s->type == COMPARE_NAME || s->type == COMPARE_TEXT) {
        CHECK(level_words_set(a, &l));
        CHECK(set_telling(a, &l));
    }
    if (s->kind == KIND_nationality) CHECK(set_roots(a, country_groups, sizeof country_groups / sizeof *country_groups, &l));
    *result = l;
    return ST_OK;
}

static int
level_of_bones(const level_set *l, size_t v, size_t w)
{
    int n = l->bone_n[v], m = l->bone_n[w];
    if (!n || !m) return NAME_ELSE;
    if (n == m && !memcmp(&l->bones[v], &l->bones[w], sizeof *l->bones)) return n >= 2 ? NAME_EDIT : NAME_84;
    double jw = compare_jaro_winkler(&l->bones[v], n, &l->bones[w], m);
    return n >= 3 && m >= 3 && jw >= 0.92 ? NAME_92 : NAME_ELSE;
}

int
level_of_words(const level_set *l, size_t v, size_t w)
{
    if (v > w) return level_of_words(l, w, v); /* words find each other in turn: the order must not matter */
    int best = NAME_ELSE, level;
    if (l->s->type == COMPARE_NAME && l->root[v] >= 0 && l->root[v] == l->root[w]) best = NAME_SHORT;
    if (l->words[v] > 1 || l->words[w] > 1) {
        bool initials = l->words[v] == LONE_INITIALS || l->words[w] == LONE_INITIALS;
        level = initials ? level_of_initials(l, v, w) : level_of_tokens(l, v, w);
        if (level < best) best = level;
    }
    if (best != NAME_EDIT && l->bones && (l->s->consonants[v] || l->s->consonants[w])) {
        level = level_of_bones(l, v, w);
        if (level < best) best = level;
    }
    return best;
}

static int
better_by_jaro(double jw, int best)
{
    int level = jw >= 0.92 ? NAME_92 : jw >= 0.84 ? NAME_84 : jw >= 0.72 ? NAME_72 : NAME_ELSE;
    return level < best ? level : best;
}

/* Could the letters in common, in the best order, reach .72? */
static bool
jaro_may_reach(word_sign a, word_sign b)
{
    uint32_t x = a.head ^ b.head;
    int prefix = x ? __builtin_ctz(x) >> 3 : 4;
    double c = word_common(a, b), j = (c / a.n + c / b.n + 1) / 3;
    return j + 0.1 * prefix * (1 - j) > 0.72 - 1e-9;
}

/* False: level_of_words has nothing to say. Nothing in common, or both have more words, and none that could stand for another. */
static inline bool
words_may_tell(const level_set *l, size_t v, size_t w)
{
    uint64_t x = l->telling[v], y = l->telling[w];
    if (!((x & y) | (x | y) >> 63)) return false;
    int common = __builtin_popcountll(x & y);
    return common >= l->whole[v] || common >= l->whole[w];
}

/* The level as far as it is not for Jaro-Winkler to tell; `left`: it may tell more. */
static inline int
level_but_jaro(const level_set *l, size_t v, size_t w, bool *left)
{
    const value_set *s = l->s;
    int n = s->signs[v].n, m = s->signs[w].n, longer = n > m ? n : m, best = words_may_tell(l, v, w) ? level_of_words(l, v, w) : NAME_ELSE;
    *left = false;
    if (best == NAME_EDIT || l->words[v] == LONE_INITIALS || l->words[w] == LONE_INITIALS) return best;
    int common = word_common(s->signs[v], s->signs[w]);
    if (common >= longer - 1 && compare_one_edit(&s->words[v], n, &s->words[w], m)) return NAME_EDIT;
    *left = best > NAME_PART;
    return best;
}

static int
level_of_names(const level_set *l, size_t v, size_t w)
{
    const value_set *s = l->s;
    bool left;
    int best = level_but_jaro(l, v, w, &left);
    if (!left || !jaro_may_reach(s->signs[v], s->signs[w])) return best;
    return better_by_jaro(compare_jaro_winkler(&s->words[v], s->signs[v].n, &s->words[w], s->signs[w].n), best);
}

static void
levels_of_names(const level_set *l, size_t v, size_t n, const uint32_t w[], uint8_t level[])
{
    uint32_t other[LEVEL_MANY];
    uint16_t at[LEVEL_MANY];
    double jw[LEVEL_MANY];
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool left;
        level[i] = (uint8_t)level_but_jaro(l, v, w[i], &left);
        if (left) other[k] = w[i], at[k++] = (uint16_t)i;
    }
    if (!k) return;
    compare_jaro_winkler_many(&(word_list){l->s->words, l->s->signs}, v, k, other, 0.72, jw);
    for (size_t i = 0; i < k; i++) level[at[i]] = (uint8_t)better_by_jaro(jw[i], level[at[i]]);
}

static int
level_by_edits(int edits, int longer)
{
    return edits <= 1 ? CODE_EDIT : edits == 2 && longer >= 5 ? CODE_EDITS : CODE_ELSE;
}

static int
level_of_codes(const value_set *s, size_t v, size_t w)
{
    int n = s->signs[v].n, m = s->signs[w].n, longer = n > m ? n : m;
    if (longer < 3 || word_common(s->signs[v], s->signs[w]) < longer - 2) return CODE_ELSE;
    return level_by_edits(compare_edits(&s->words[v], n, &s->words[w], m), longer);
}

static void
levels_of_codes(const value_set *s, size_t v, size_t n, const uint32_t w[], uint8_t level[])
{
    uint8_t edits[LEVEL_MANY];
    int own = s->signs[v].n;
    compare_edits_many(&(word_list){s->words, s->signs}, v, n, w, edits);
    for (size_t i = 0; i < n; i++) {
        int longer = own >= 5 || own > s->signs[w[i]].n ? own : s->signs[w[i]].n;
        level[i] = (uint8_t)(longer < 3 ? CODE_ELSE : level_by_edits(edits[i], longer));
    }
}

/* As the part before @ tells. */
static int
level_of_locals(const value_set *s, size_t v, size_t w, double jw)
{
    int n = s->local_signs[v].n, m = s->local_signs[w].n;
    if (n == m && !memcmp(&s->locals[v], &s->locals[w], sizeof *s->locals)) return n ? EMAIL_LOCAL : EMAIL_ELSE;
    return jw >= 0.9 ? EMAIL_90 : jw >= 0.8 ? EMAIL_80 : EMAIL_ELSE;
}

static bool
two_edits(const word *x, int n, const word *y, int m)
{
    return compare_two_edits_may(x, n, y, m) && compare_edits(x, n, y, m) <= 2;
}

static int
level_of_emails(const value_set *s, size_t v, size_t w)
{
    if (two_edits(&s->words[v], s->signs[v].n, &s->words[w], s->signs[w].n)) return EMAIL_EDITS;
    return level_of_locals(s, v, w, compare_jaro_winkler(&s->locals[v], s->local_signs[v].n, &s->locals[w], s->local_signs[w].n));
}

static void
levels_of_emails(const value_set *s, size_t v, size_t n, const uint32_t w[], uint8_t level[])
{
    double jw[LEVEL_MANY];
    compare_jaro_winkler_many(&(word_list){s->locals, s->local_signs}, v, n, w, 0.8, jw);
    for (size_t i = 0; i < n; i++) {
        bool near = two_edits(&s->words[v], s->signs[v].n, &s->words[w[i]], s->signs[w[i]].n);
        level[i] = (uint8_t)(near ? EMAIL_EDITS : level_of_locals(s, v, w[i], jw[i]));
    }
}

int
level_of(const level_set *l, size_t v, size_t w)
{
    if (l->s->coded && !compare_type_dates(l->s->type)) return coded_level(l->s->coded, l->s->type, v, w);
    switch (l->s->type) {
    case COMPARE_NAME:
    case COMPARE_TEXT: return level_of_names(l, v, w);
    case COMPARE_CODE: return level_of_codes(l->s, v, w);
    case COMPARE_YEAR: return (int)compare_birth_years(l->s->dates[v], l->s->dates[w]);
    case COMPARE_DATE: return compare_dates(l->s->dates[v], l->s->dates[w]);
    case COMPARE_EMAIL: return level_of_emails(l->s, v, w);
    case COMPARE_EQUAL: break;
    }
    return l->root && l->root[v] >= 0 && l->root[v] == l->root[w] ? EQUAL_GROUP : EQUAL_ELSE;
}

void
levels_of_some(const level_set *l, size_t v, size_t n, const uint32_t w[], uint8_t level[])
{
    switch (l->s->coded ? COMPARE_EQUAL : l->s->type) {
    case COMPARE_NAME:
    case COMPARE_TEXT: levels_of_names(l, v, n, w, level); return;
    case COMPARE_CODE: levels_of_codes(l->s, v, n, w, level); return;
    case COMPARE_EMAIL: levels_of_emails(l->s, v, n, w, level); return;
    default: break;
    }
    for (size_t i = 0; i < n; i++) level[i] = (uint8_t)level_of(l, v, w[i]);
}
