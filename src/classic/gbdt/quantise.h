/* quantise.h -- both derivatives of a row, and the row itself, in one whole number.
 *
 *     word = round(g / g_unit) << g_shift | round(h / h_unit) << h_shift | 1
 * A sum of words is the three sums side by side, as long as no more than `most` rows are added; the
 * sums of whole numbers do not depend on their order. Rounding is random and true on average: the
 * sums that choose a split are not off to one side, however small the units are not.
 *
 * Layouts: h varies       g 27 bits | h 22 | rows 15      |g| <= 4094, h <= 255
 *          h the same     g 32 bits | rows 32             |g| <= 16382, h = 1                    */
#ifndef HONE_GBDT_QUANTISE_H
#define HONE_GBDT_QUANTISE_H

#include <hone/monitor.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hone_layout {
    bool flat;             /* h is the same for all rows: its sum is that of the rows */
    size_t most;           /* rows whose words may be added */
    double g_unit, h_unit; /* of one tree */
} hone_layout;

/* Random numbers for rounding, made once and begun elsewhere for each tree. */
enum { HONE_DITHER = 8192 };
typedef struct hone_dither {
    uint32_t at[2 * HONE_DITHER]; /* two turns: a block can be read from any start */
} hone_dither;
void hone_dither_fill(hone_dither *dither, uint64_t seed);

/* Words (n) of derivatives g, h (n). flat: all h are the same number. `tree` says where in the
 * random numbers to begin. Rows with h = 0 and g = 0 count as rows too. O(n), on all threads. */
HONE_NODISCARD hone_status hone_quantise(const float *g, const float *h, size_t n, bool flat,
                                         const hone_dither *dither, uint64_t tree, uint64_t *word,
                                         hone_layout *layout, const hone_monitor *mon,
                                         hone_error *err);

/* The three sums in a sum of words. */
typedef struct hone_sums {
    int64_t g, h, rows;
} hone_sums;

static inline hone_sums hone_word_sums(bool flat, uint64_t word) {
    if (flat)
        return (hone_sums){(int32_t)(word >> 32), (int64_t)(word & UINT32_MAX),
                           (int64_t)(word & UINT32_MAX)};
    return (hone_sums){(int32_t)(word >> 32) >> 5, (int64_t)(word >> 15 & 0x3FFFFF),
                       (int64_t)(word & 0x7FFF)};
}

static inline uint64_t hone_sums_word(bool flat, hone_sums s) {
    return flat ? (uint64_t)s.g << 32 | (uint64_t)s.rows
                : ((uint64_t)s.g << 37) + ((uint64_t)s.h << 15) + (uint64_t)s.rows;
}

#endif
