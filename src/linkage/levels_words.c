#include "linkage/levels_words.h"

enum { MOST_WORDS = 8 };

bool
level_is_particle(text w)
{
    static const char *const particles[] = {"van", "von", "de", "der", "den", "des", "het", "ter", "ten", "te", "el", "al", "bin", "ibn",
                                            "ben", "bint", "la", "le", "du", "da", "do", "dos", "del", "della", "di", "y", "e", "t", "op", "in"};
    for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
        if (text_is(w, particles[i])) return true;
    return false;
}

static int
split_words(text value, text out[MOST_WORDS])
{
    int n = 0;
    for (size_t i = 0, start = 0; i <= value.n && n < MOST_WORDS; i++)
        if (i == value.n || value.bytes[i] == ' ') {
            if (i > start) out[n++] = (text){value.bytes + start, i - start};
            start = i + 1;
        }
    return n;
}

static size_t
count_words(text value)
{
    size_t words = 1;
    for (size_t i = 0; i < value.n; i++) words += value.bytes[i] == ' ';
    return words < MOST_WORDS ? words : MOST_WORDS;
}

/* Of a word: 30 bits of its bytes, and what it is. */
enum { WORD_HEAVY = 1, WORD_PARTICLE = 2, WORD_FLAGS = 3 };

static uint32_t
word_sign_of(text w)
{
    bool particle = level_is_particle(w);
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < w.n; i++) h = (h ^ (unsigned char)w.bytes[i]) * 16777619u;
    return (h & ~(uint32_t)WORD_FLAGS) | (particle ? WORD_PARTICLE : w.n >= 3 ? WORD_HEAVY : 0);
}

bool
level_word_heavy(uint32_t sign)
{
    return sign & WORD_HEAVY;
}

/* Words of all values, one value after the other. */
status
level_words_set(arena *a, level_set *l)
{
    const value_set *s = l->s;
    size_t all = 0;
    ALLOC(a, l->words, s->n);
    ALLOC(a, l->start, s->n + 1);
    for (size_t v = 0; v < s->n; v++) all += count_words(s->plain[v]);
    ALLOC(a, l->word, all);
    ALLOC(a, l->sign, all);
    for (size_t v = 0, k = 0; v < s->n; v++) {
        size_t words = count_words(s->plain[v]);
        bool initials = s->type == COMPARE_NAME && words <= MOST_WORDS && s->plain[v].n == 2 * words - 1;
        l->words[v] = initials ? LONE_INITIALS : (uint8_t)(words < LONE_INITIALS ? words : LONE_INITIALS - 1);
        k += (size_t)split_words(s->plain[v], l->word + k);
        l->start[v + 1] = (uint32_t)k;
    }
    for (size_t k = 0; s->n && k < l->start[s->n]; k++) l->sign[k] = word_sign_of(l->word[k]);
    return ST_OK;
}

/* The one word stands for the other: an initial, st for street, wm for william. */
static bool
abbreviates(text brief, text whole)
{
    if (brief.n > LEVEL_BRIEF || brief.n >= whole.n || brief.bytes[0] != whole.bytes[0]) return false;
    size_t k = 0;
    for (size_t i = 0; i < whole.n && k < brief.n; i++) k += whole.bytes[i] == brief.bytes[k];
    return k == brief.n;
}

/* The words of two values, as far as they have found each other. */
typedef struct word_pairs {
    const text *x, *y;
    const uint32_t *x_sign, *y_sign;
    int n, m;
    unsigned found, taken; /* bits: of x, of y */
} word_pairs;

static bool
stands_for(const word_pairs *t, int i, int j, bool brief)
{
    if (brief) return abbreviates(t->x[i], t->y[j]) || abbreviates(t->y[j], t->x[i]);
    return t->x_sign[i] == t->y_sign[j] && text_equal(t->x[i], t->y[j]);
}

/* Takes the words of x that stand for one of y. */
static void
take_words(word_pairs *t, bool brief)
{
    for (int i = 0; i < t->n; i++)
        for (int j = 0; j < t->m; j++) {
            if ((t->found >> i | t->taken >> j) & 1 || !stands_for(t, i, j, brief)) continue;
            t->found |= 1u << i, t->taken |= 1u << j;
        }
}

static bool
words_left(int n, const uint32_t sign[], unsigned taken)
{
    for (int i = 0; i < n; i++)
        if (!(taken >> i & 1) && !(sign[i] & WORD_PARTICLE)) return true;
    return false;
}

/* The words of one found in the other, whatever their order. A full name of one word tells too little to be part of another. */
int
level_of_tokens(const level_set *l, size_t v, size_t w)
{
    uint32_t x = l->start[v], y = l->start[w];
    word_pairs t = {l->word + x, l->word + y, l->sign + x, l->sign + y, (int)(l->start[v + 1] - x), (int)(l->start[w + 1] - y), 0, 0};
    take_words(&t, false);
    bool heavy = false;
    for (int i = 0; i < t.n; i++) heavy |= t.found >> i & 1 && t.x_sign[i] & WORD_HEAVY;
    if (!heavy) return NAME_ELSE;
    int found = __builtin_popcount(t.found);
    if (found == t.n && found == t.m) return NAME_EDIT;
    bool left = words_left(t.n, t.x_sign, t.found), right = words_left(t.m, t.y_sign, t.taken);
    if (!left && !right) return NAME_92;
    if (!left || !right) return l->s->kind == KIND_full_name && found < 2 ? NAME_84 : NAME_PART; /* a double name, a second name */
    take_words(&t, true);
    if (__builtin_popcount(t.found) == found) return NAME_ELSE;
    return words_left(t.n, t.x_sign, t.found) && words_left(t.m, t.y_sign, t.taken) ? NAME_ELSE : NAME_INITIAL;
}

/* Nothing but initials: those of the other, as far as both have them. */
int
level_of_initials(const level_set *l, size_t v, size_t w)
{
    uint32_t x = l->start[v], y = l->start[w];
    for (; x < l->start[v + 1] && y < l->start[w + 1]; x++, y++)
        if (l->word[x].bytes[0] != l->word[y].bytes[0]) return NAME_ELSE;
    return NAME_INITIAL;
}
