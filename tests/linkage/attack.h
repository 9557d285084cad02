/* The attacks of the literature on encodings, by somebody who has no key but a full dictionary: the values of all persons encoded.
 *
 * Graph matching (after Vidanage, Christen, Ranbaduge & Schnell 2020, doi:10.1145/3340531.3411931): draw the graph of likenesses
 * of the dictionary under a key of one's own, and of the encodings; describe each node by its likenesses to all others; match
 * nodes with like descriptions; take the surest as seeds and let them vote for the rest.
 * Pattern mining (after Christen, Vidanage, Ranbaduge & Schnell 2018): sets of bits that occur together as often as a frequent
 * token does are that token. */
#ifndef PEIL_TESTS_LINKAGE_ATTACK_H
#define PEIL_TESTS_LINKAGE_ATTACK_H

#include "linkage/encode.h"

#include <math.h>
#include <stdlib.h>

enum { ATTACK_FEATURES = 64 };

static int
attack_compare(const void *x, const void *y)
{
    float a = *(const float *)x, b = *(const float *)y;
    return (a < b) - (a > b);
}

/* Likeness of everyone with everyone. */
static float *
attack_graph(size_t n, const uint64_t *words)
{
    float *s = calloc(n * n, sizeof *s);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            int common = 0, bits = 0;
            for (size_t w = 0; w < DICE_WORDS; w++) {
                uint64_t a = words[i * DICE_WORDS + w], b = words[j * DICE_WORDS + w];
                common += __builtin_popcountll(a & b);
                bits += __builtin_popcountll(a) + __builtin_popcountll(b);
            }
            s[i * n + j] = i == j || bits == 0 ? 0 : (float)(2.0 * common / bits);
        }
    return s;
}

/* The largest likenesses of a node and quantiles of the rest. */
static void
attack_features(size_t n, const float *s, float *features)
{
    float *row = calloc(n, sizeof *row);
    for (size_t i = 0; i < n; i++) {
        memcpy(row, s + i * n, n * sizeof *row);
        qsort(row, n, sizeof *row, attack_compare);
        for (size_t f = 0; f < ATTACK_FEATURES; f++)
            features[i * ATTACK_FEATURES + f] = f < ATTACK_FEATURES / 2 ? row[f < n ? f : n - 1] : row[(f - ATTACK_FEATURES / 2) * (n - 1) / (ATTACK_FEATURES / 2)];
    }
    free(row);
}

/* The best match of each row of a in b by some distance, and how much better than the second. */
typedef struct attack_match {
    size_t best;
    float lead;
} attack_match;

static attack_match
attack_nearest(size_t n, size_t width, const float *from, const float *to)
{
    float first = INFINITY, second = INFINITY;
    size_t best = 0;
    for (size_t j = 0; j < n; j++) {
        float d = 0;
        for (size_t f = 0; f < width; f++) {
            float x = from[f] - to[j * width + f];
            d += x * x;
        }
        if (d < first)
            second = first, first = d, best = j;
        else if (d < second)
            second = d;
    }
    return (attack_match){best, second - first};
}

static int
attack_compare_lead(const void *x, const void *y)
{
    float a = ((const attack_match *)x)->lead, b = ((const attack_match *)y)->lead;
    return (a < b) - (a > b);
}

/* Share of encodings whose dictionary entry is found. Encoding i belongs to entry truth[i]. */
static double
attack_graph_matching(size_t n, const uint64_t *encodings, const uint64_t *dictionary, const size_t truth[])
{
    float *s = attack_graph(n, encodings), *d = attack_graph(n, dictionary);
    float *fs = calloc(n * ATTACK_FEATURES, sizeof *fs), *fd = calloc(n * ATTACK_FEATURES, sizeof *fd);
    attack_features(n, s, fs);
    attack_features(n, d, fd);
    size_t *guess = calloc(n, sizeof *guess), seeds = n / 10 < 50 ? 50 : n / 10;
    struct { attack_match m; size_t i; } *order = calloc(n, sizeof *order);
    float *vs = calloc(n * seeds, sizeof *vs), *vd = calloc(n * seeds, sizeof *vd);
    for (size_t i = 0; i < n; i++) order[i].m = attack_nearest(n, ATTACK_FEATURES, fs + i * ATTACK_FEATURES, fd), order[i].i = i;
    for (size_t i = 0; i < n; i++) guess[order[i].i] = order[i].m.best;
    double most = 0;
    for (int round = 0; round < 6; round++) { /* seeds vote: a node is described by its likeness to each seed */
        size_t right = 0;
        for (size_t i = 0; i < n; i++) right += guess[i] == truth[i];
        if ((double)right / (double)n > most) most = (double)right / (double)n; /* the attacker's best round counts */
        qsort(order, n, sizeof *order, attack_compare_lead);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < seeds; k++) {
                vs[i * seeds + k] = s[i * n + order[k].i];
                vd[i * seeds + k] = d[i * n + guess[order[k].i]];
            }
        for (size_t i = 0; i < n; i++) {
            order[i].m = attack_nearest(n, seeds, vs + i * seeds, vd);
            order[i].i = i;
        }
        for (size_t i = 0; i < n; i++) guess[order[i].i] = order[i].m.best;
    }
    free(s), free(d), free(fs), free(fd), free(guess), free(order), free(vs), free(vd);
    return most;
}

#endif
