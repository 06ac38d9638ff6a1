/* ranking.h -- positives against negatives in the order of their scores: what the ROC curve, AUC
 * and every other metric of ranks walk over. */
#ifndef HONE_METRICS_RANKING_H
#define HONE_METRICS_RANKING_H

#include "metrics/metrics.h"

#include "core/sum.h"

#include <stdint.h>

/* What is ranked. Row i is positive if (truth[i] == code) == equal; its score is
 * score[i * stride]. */
typedef struct hone_ranking {
    size_t n;
    const double *truth;
    double code;
    bool equal;
    const double *score;
    size_t stride;
    const double *weight; /* n, or NULL */
} hone_ranking;

/* What is ranked when a metric looks at the positive class of an outcome. */
hone_ranking hone_ranking_of(const hone_outcome *outcome);
/* As hone_cutoffs_make(). */
HONE_NODISCARD hone_status hone_cutoffs_of(const hone_ranking *ranking, hone_cutoffs *out,
                                           hone_error *err);

/* Both sides, each in ascending order of score: the positives are [0, positives) of the arrays,
 * the negatives [positives, n). */
typedef struct hone_sides {
    size_t n, positives;
    uint64_t *key;  /* n, see core/sort.h */
    double *weight; /* n, or NULL */
} hone_sides;

/* All rows of one score. */
typedef struct hone_block {
    uint64_t key;
    size_t positives, negatives;             /* rows in this block */
    size_t positives_below, negatives_below; /* rows in the blocks before */
} hone_block;

/* Splits and sorts. HONE_EDATA for NaN (row named), bad weights, more than 2^32 rows. Free with
 * hone_sides_free(). O(n). */
HONE_NODISCARD hone_status hone_sides_make(const hone_ranking *ranking, hone_sides *out,
                                           hone_error *err);
void hone_sides_free(hone_sides *sides);

/* Steps to the next block upwards, from a zeroed one to the first; false after the last. */
static inline bool hone_block_next(const hone_sides *sides, hone_block *block) {
    size_t p = block->positives_below += block->positives;
    size_t q = block->negatives_below += block->negatives;
    const uint64_t *positive = sides->key, *negative = sides->key + sides->positives;
    size_t n_positive = sides->positives, n_negative = sides->n - sides->positives;
    if (p == n_positive && q == n_negative)
        return false;
    uint64_t key = p == n_positive                                ? negative[q]
                   : q == n_negative || positive[p] < negative[q] ? positive[p]
                                                                  : negative[q];
    while (p < n_positive && positive[p] == key)
        p++;
    while (q < n_negative && negative[q] == key)
        q++;
    block->key = key;
    block->positives = p - block->positives_below;
    block->negatives = q - block->negatives_below;
    return true;
}

/* Weight of the positives, of the negatives, of a block. */
static inline double hone_block_positive_weight(const hone_sides *sides, const hone_block *block) {
    return sides->weight ? hone_sum_of(sides->weight + block->positives_below, block->positives)
                         : (double)block->positives;
}

static inline double hone_block_negative_weight(const hone_sides *sides, const hone_block *block) {
    const double *weight = sides->weight + sides->positives;
    return sides->weight ? hone_sum_of(weight + block->negatives_below, block->negatives)
                         : (double)block->negatives;
}

#endif
