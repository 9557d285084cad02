/* Words side by side, one sign of each, and a bit for each place of the word they are compared with: for linkage/compare_many.c alone,
 * which includes it once for words of 16 signs and once for words of 32 (PLACES).
 *
 * A column holds one sign of 32 words. A match of a column is PLACES / 8 planes of 32 bytes, in which a byte has eight of a word's
 * bits; `widen` makes lanes of PLACES bits of them, in PLACES / 8 parts. */
#define JOIN_NAMES(a, b) a##b
#define JOIN(a, b) JOIN_NAMES(a, b)
#define OF(name) JOIN(name, PLACES)
#define UINT JOIN(JOIN(uint, PLACES), _t)
#define INT JOIN(JOIN(int, PLACES), _t)
#define PARTS (PLACES / 8)
#define SPLAT(x) ((OF(lanes)){0} + (UINT)(x))
#define WHERE(x) ((OF(lanes))(x)) /* all bits where it holds */

typedef UINT OF(lanes) __attribute__((vector_size(BATCH)));
typedef INT OF(numbers) __attribute__((vector_size(BATCH)));

static inline void
OF(widen)(const octets plane[PARTS], OF(lanes) part[PARTS])
{
#if PLACES == 16
    part[0] = (lanes16)LOWS(plane[0], plane[1]);
    part[1] = (lanes16)HIGHS(plane[0], plane[1]);
#else
    octets low[2] = {LOWS(plane[0], plane[1]), HIGHS(plane[0], plane[1])}, high[2] = {LOWS(plane[2], plane[3]), HIGHS(plane[2], plane[3])};
    for (int i = 0; i < 2; i++) {
        part[2 * i] = (lanes32)LOW_PAIRS(low[i], high[i]);
        part[2 * i + 1] = (lanes32)HIGH_PAIRS(low[i], high[i]);
    }
#endif
}

/* A number for each word, below 256; and back. */
static inline void
OF(widen_numbers)(octets x, OF(lanes) part[PARTS])
{
    octets plane[PARTS] = {x};
    OF(widen)(plane, part);
}

static inline octets
OF(narrow_numbers)(const OF(lanes) part[PARTS])
{
#if PLACES == 16
    return EVENS((octets)part[0], (octets)part[1]);
#else
    octets low = EVEN_PAIRS((octets)part[0], (octets)part[1]), high = EVEN_PAIRS((octets)part[2], (octets)part[3]);
    return EVENS(low, high);
#endif
}

/* Bits for the places of the own word at which it has the signs of a column. */
static inline void
OF(match_own)(const own_word *own, octets column, OF(lanes) part[PARTS])
{
    octets plane[PARTS] = {{0}};
#ifdef __AVX2__
    for (int r = 0; r < own->ranges; r++) {
        __m256i x = _mm256_xor_si256((__m256i)column, _mm256_set1_epi8((char)own->range[r]));
        __m256i place = _mm256_adds_epu8(x, _mm256_set1_epi8(0x70)); /* other ranges: sign bit set, 0 */
        for (int p = 0; p < PARTS; p++) {
            __m256i table = _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)own->bits[r][p]));
            plane[p] |= (octets)_mm256_shuffle_epi8(table, place);
        }
    }
#else
    for (int j = 0; j < own->n; j++) plane[j / 8] |= (octets)(column == OCTETS(own->word->s[j])) & OCTETS(1 << j % 8);
#endif
    OF(widen)(plane, part);
}

/* Bits for the places of the words in the columns at which they have a sign. */
static inline void
OF(match_columns)(const octets column[], int longest, char sign, OF(lanes) part[PARTS])
{
    octets plane[PARTS] = {{0}}, wanted = OCTETS(sign);
    for (int p = 0; p < PARTS && 8 * p < longest; p++)
        for (int j = 7; j >= 0; j--) plane[p] += plane[p] - (octets)(column[8 * p + j] == wanted);
    OF(widen)(plane, part);
}

/* The first `reach` places and one more. */
static inline void
OF(windows)(octets reach, OF(lanes) window[PARTS])
{
    octets plane[PARTS] = {{0}};
    for (int j = 0; j < PLACES / 2; j++) plane[j / 8] |= (octets)(reach >= OCTETS(j)) & OCTETS(1 << j % 8);
    OF(widen)(plane, window);
}

/* The signs in common, as jaro() finds them, of one part; and how many of them stand in another order. The word that is gone through
 * has `end` signs at most. */
static inline void
OF(common_of_part)(const OF(lanes) match[][PARTS], int part, int end, OF(lanes) window, OF(lanes) reach, OF(lanes) result[2])
{
    OF(lanes) used = {0}, none[PLACES], common = SPLAT(end), same = SPLAT(end);
    for (int i = 0; i < end; i++) {
        OF(lanes) free = match[i][part] & window & ~used;
        used |= free & -free;
        none[i] = WHERE(free == 0);
        common += none[i];
        window += window - WHERE((OF(numbers))reach > (OF(numbers))SPLAT(i));
    }
    for (int i = 0; i < end; i++) { /* the next sign in common of the other side: is it this one? */
        OF(lanes) next = used & -used & ~none[i];
        same += WHERE((match[i][part] & next) == next);
        used ^= next;
    }
    result[0] = common, result[1] = same;
}

/* Signs in common and moved, by word; `first`: the own word is gone through. */
static void
OF(common_of_batch)(const own_word *own, bool first, const batch *b, octets *common, octets *moved)
{
    octets column[PLACES];
    OF(lanes) match[PLACES][PARTS], window[PARTS], reach[PARTS], found[2], all[2][PARTS];
    int end = first ? own->n : b->longest;
    for (int half = 0; half < PLACES / 16; half++) turn(b->row[half], column + 16 * half);
    for (int i = 0; i < end; i++) {
        if (first) OF(match_columns)(column, b->longest, own->word->s[i], match[i]);
        else OF(match_own)(own, column[i], match[i]);
    }
    OF(windows)(b->reach, window);
    OF(widen_numbers)(b->reach, reach);
    for (int p = 0; p < PARTS; p++) {
        OF(common_of_part)(match, p, end, window[p], reach[p], found);
        all[0][p] = found[0], all[1][p] = found[1];
    }
    *common = OF(narrow_numbers)(all[0]);
    *moved = OF(narrow_numbers)(all[1]);
}
