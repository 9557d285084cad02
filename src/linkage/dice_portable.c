/* Plain C: four records side by side in vectors that every compiler can lower, no population count needed.
 *
 * Differences are counted as in dice_avx512.c: x of a word, s the exclusive or of all words up to it (which stands ready for each record), the
 * carry their majority. So the words of a prefix become few planes of bits worth 1, 2, 4 and 8, and only those are counted, by adding
 * neighbouring bits, pairs and nibbles.
 * Bound: 4 pairs, 16 words: 122 operations on three vector ports of 256 bits = 10.2 cycles a pair; 8 words 73 and 6.1. */
#include "linkage/dice_kernel.h"

#include <string.h>

enum { LANES = 4, MOST_CARRIES = (DICE_WORDS - 1) / 2 };
typedef uint64_t lanes __attribute__((vector_size(LANES * sizeof(uint64_t))));
typedef int64_t numbers __attribute__((vector_size(LANES * sizeof(int64_t))));

/* Planes of bits by what they are worth; of each worth at most two. */
typedef struct planes {
    lanes one[2], two[2], four[2], eight;
    int ones, twos, fours, eights;
} planes;

#define INLINE static inline __attribute__((always_inline))

INLINE void
read_lanes(const void *from, void *to)
{
    memcpy(to, from, sizeof(lanes));
}

INLINE void
difference(const uint64_t *group, const uint64_t *a, int w, lanes *to)
{
    lanes all = {a[w], a[w], a[w], a[w]}, b;
    read_lanes(group + w * DICE_GROUP, &b);
    *to = b ^ all;
}

/* a + b + c bit by bit. */
INLINE void
add_three(const lanes *a, const lanes *b, const lanes *c, lanes *sum, lanes *carry)
{
    lanes odd = *a ^ *b;
    *carry = (*a & *b) | (odd & *c);
    *sum = odd ^ *c;
}

/* Bits a word of 64: counts of nibbles, at most 4 each. */
INLINE void
count_nibbles(const lanes *plane, lanes *to)
{
    lanes pairs = *plane - (*plane >> 1 & 0x5555555555555555u);
    *to = (pairs & 0x3333333333333333u) + (pairs >> 2 & 0x3333333333333333u);
}

/* Counts of bytes of one or two planes. */
INLINE void
count_bytes(const lanes *plane, int n, lanes *to)
{
    lanes sum, other;
    count_nibbles(&plane[0], &sum);
    if (n > 1) {
        count_nibbles(&plane[1], &other);
        sum += other;
    }
    *to = (sum & 0x0f0f0f0f0f0f0f0fu) + (sum >> 4 & 0x0f0f0f0f0f0f0f0fu);
}

/* The carries of a chain into planes worth 2, 4 and 8. */
INLINE void
add_carries(const lanes *carry, int n, planes *to)
{
    lanes four[MOST_CARRIES / 2 + 1];
    int fours = 0, at = 1;
    if (n == 0) return;
    to->two[0] = carry[0], to->twos = 1;
    for (; at + 1 < n; at += 2) add_three(&to->two[0], &carry[at], &carry[at + 1], &to->two[0], &four[fours++]);
    if (at < n) to->two[to->twos++] = carry[at];
    if (fours == 3) {
        add_three(&four[0], &four[1], &four[2], &to->four[0], &to->eight);
        to->fours = to->eights = 1;
        return;
    }
    to->fours = fours;
    for (int k = 0; k < fours; k++) to->four[k] = four[k];
}

/* Differing bits of four pairs in the first words. */
INLINE void
count_differences(const uint64_t *group, const uint64_t *a, int words, lanes *to)
{
    planes p = {.ones = 1};
    lanes carry[MOST_CARRIES], x, next, part;
    int carries = 0, chain = (words - 1) / 2 * 2;
    difference(group, a, 0, &p.one[0]);
    for (int w = 1; w < chain; w += 2) {
        difference(group, a, w, &x);
        difference(group, a, w + 1, &next);
        carry[carries++] = (p.one[0] & x) | ((p.one[0] ^ x) & ~next); /* the majority of s, x and s ^ x ^ next */
        p.one[0] = next;
    }
    if (words % 2 == 0) difference(group, a, words - 1, &p.one[p.ones++]);
    add_carries(carry, carries, &p);
    lanes bytes = {0};
    if (p.eights) count_bytes(&p.eight, 1, &bytes), bytes += bytes;
    if (p.fours) count_bytes(p.four, p.fours, &part), bytes = bytes + part, bytes += bytes;
    if (p.twos) count_bytes(p.two, p.twos, &part), bytes = bytes + part, bytes += bytes;
    count_bytes(p.one, p.ones, &part);
    bytes += part; /* 128 at most */
    bytes = (bytes & 0x00ff00ff00ff00ffu) + (bytes >> 8 & 0x00ff00ff00ff00ffu);
    bytes += bytes >> 32;
    *to = (bytes + (bytes >> 16)) & 0xffffu;
}

/* -1 where a pair of the four is not wanted. */
INLINE void
refuse(const dice_task *task, size_t i, size_t j, int words, numbers *to)
{
    const dice_side *b = task->b;
    lanes differ;
    numbers tail, room, have, own = {task->a->tail64[i], task->a->tail64[i], task->a->tail64[i], task->a->tail64[i]};
    count_differences(b->groups + j / DICE_GROUP * DICE_GROUP * DICE_WORDS + j % DICE_GROUP, task->a->rows + i * DICE_WORDS, words, &differ);
    read_lanes(b->room64 + j, &room);
    memcpy(&have, &differ, sizeof have);
    have -= room;
    if (words < DICE_WORDS) {
        read_lanes(b->tail64 + j, &tail);
        numbers fewer = tail < own;
        numbers least = (tail & fewer) | (own & ~fewer);
        have -= least + least;
    }
    *to = have > task->a->room64[i];
}

INLINE void
one_query(const dice_task *task, size_t i, size_t from, dice_found *found, int words)
{
    for (size_t j = from; j < task->b_end; j += DICE_GROUP) {
        numbers low, high;
        refuse(task, i, j, words, &low);
        refuse(task, i, j + LANES, words, &high);
        numbers both = low & high;
        if (__builtin_expect((both[0] & both[1] & both[2] & both[3]) != 0, 1)) continue;
        for (size_t k = 0; k < LANES; k++) {
            if (!low[k]) dice_verify(task, i, j + k, found);
            if (!high[k]) dice_verify(task, i, j + LANES + k, found);
        }
    }
}

void
dice_block_portable(const dice_task *task, dice_found *found)
{
    for (size_t i = task->a_begin; i < task->a_end; i++) {
        size_t from = task->within && task->b_begin < i ? i / DICE_GROUP * DICE_GROUP : task->b_begin;
        DICE_UNROLLED(task->prefix, one_query, task, i, from, found);
    }
}
