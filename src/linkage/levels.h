/* How two values of an attribute agree, in a few levels: the whole evidence a pair of values gives. Mistakes of different causes have
 * levels of their own, for a file may be full of the one and know nothing of the other.
 *
 * names, texts  equal | one edit, or the same words in another order | short forms of one name | Jaro-Winkler >= .92, or all words but
 *               particles in common | initials or abbreviated words | words more on one side | Jaro-Winkler >= .84, .72 | else;
 *               names written without vowels are compared by consonants; names add: given and family name swapped
 * codes         equal | one edit (three signs or more) | two (five or more) | else
 * years         equal | one apart, two: ages told in whole years | a digit off | up to five apart: ages guessed | else
 * dates         linkage/compare_date.h
 * e-mail        equal | at most two edits | part before @ equal | its Jaro-Winkler >= .9, .8 | else
 * other         equal | countries of one group | else
 * Missing is no level: it is no evidence. */
#ifndef PEIL_LINKAGE_LEVELS_H
#define PEIL_LINKAGE_LEVELS_H

#include "linkage/records.h"

enum { LEVEL_EXACT = 0, LEVEL_MISSING = 15, LEVELS = 16 };
enum { NAME_EDIT = 1, NAME_SHORT, NAME_92, NAME_INITIAL, NAME_PART, NAME_84, NAME_72, NAME_ELSE, NAME_SWAPPED, NAME_LEVELS }; /* texts: up to NAME_ELSE */
enum { CODE_EDIT = 1, CODE_EDITS, CODE_ELSE, CODE_LEVELS };
enum { EMAIL_EDITS = 1, EMAIL_LOCAL, EMAIL_90, EMAIL_80, EMAIL_ELSE, EMAIL_LEVELS };
enum { EQUAL_GROUP = 1, EQUAL_ELSE, EQUAL_LEVELS };

/* What is said of a level beforehand: its share among pairs of one person, in thousandths of its family (levels of one
 * family exclude each other: whole dates and dates in part are two families). */
typedef struct level_rule {
    const char *name;
    int share;
    int family;
} level_rule;

int level_count(compare_type type);
int level_else(compare_type type);
const level_rule *level_rules(compare_type type); /* [level_count] */
const char *level_name(const value_set *s, int level); /* of its values: encoded ones are compared otherwise */

enum { LONE_INITIALS = 255 };

/* Extra knowledge of the values of a set, made once: groups of short names, groups of countries, words. */
typedef struct level_set {
    const value_set *s;
    int32_t *root;   /* [n] group of short forms or of countries; -1 none; NULL for other sets */
    uint8_t *words;  /* [n] how many words, names and texts only; LONE_INITIALS: nothing but initials */
    uint32_t *start; /* [n + 1] where its words begin; the first eight count */
    text *word;
    uint32_t *sign;  /* of each word */
    uint64_t *telling; /* [n] names and texts: a bit each for what level_of_words goes by; the highest: whatever the other has */
    uint8_t *whole;    /* [n] how many words when that is all there is: none short, none a particle; else 0 */
    word *bones;     /* [n] consonants; NULL when no value of the set lacks vowels */
    uint8_t *bone_n; /* [n] */
} level_set;

status level_set_new(arena *a, const value_set *s, level_set *result);

/* The level of two different values; symmetric. Never NAME_SWAPPED, which takes four values. */
int level_of(const level_set *l, size_t v, size_t w);

/* The same of v and each w[i]; n at most LEVEL_MANY. */
enum { LEVEL_MANY = 1024 };
void levels_of_some(const level_set *l, size_t v, size_t n, const uint32_t w[], uint8_t level[]);

/* The rules for names and texts beyond spelling: NAME_ELSE when none applies. */
int level_of_words(const level_set *l, size_t v, size_t w);

/* A name without vowels, repeated letters once; lies in `out`. */
text level_consonants(text value, char out[WORD_LENGTH]);

/* Words like van, de, el: they carry nothing. */
bool level_is_particle(text word);

#endif
