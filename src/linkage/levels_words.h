/* Levels that words tell and letters do not: another order, initials, abbreviations, words more on one side. */
#ifndef PEIL_LINKAGE_LEVELS_WORDS_H
#define PEIL_LINKAGE_LEVELS_WORDS_H

#include "linkage/levels.h"

/* words, start, word and sign of the set. */
status level_words_set(arena *a, level_set *l);

enum { LEVEL_BRIEF = 4 }; /* so long may a word be that stands for another */

/* By its sign: it tells something when both have it. */
bool level_word_heavy(uint32_t sign);

/* NAME_EDIT the same words; NAME_92 all but particles; NAME_INITIAL initials or abbreviations for the rest of one; NAME_PART, in full names of
 * one word NAME_84, words more on one side; else NAME_ELSE. v and w in one order, for words find each other in turn. */
int level_of_tokens(const level_set *l, size_t v, size_t w);

/* One of them is nothing but initials: NAME_INITIAL when they are those of the other, as far as both go; else NAME_ELSE. */
int level_of_initials(const level_set *l, size_t v, size_t w);

#endif
