/* blocks.h -- rows of the same probability together: all that calibration looks at. */
#ifndef HONE_METRICS_BLOCKS_H
#define HONE_METRICS_BLOCKS_H

#include "metrics/ranking.h"

#include <hone/calibration.h>

/* Owns its arrays. */
typedef struct hone_blocks {
    size_t n;
    double *proba;    /* n, ascending, distinct */
    double *positive; /* n: weight of the positives */
    double *all;      /* n: weight of all rows, > 0 */
    double total;     /* weight of all rows */
} hone_blocks;

/* Scores are probabilities here: HONE_EDATA if not, row and `who` named. Free with
 * hone_blocks_free(). O(n). */
HONE_NODISCARD hone_status hone_blocks_make(const char *who, const hone_ranking *ranking,
                                            hone_blocks *out, hone_error *err);
void hone_blocks_free(hone_blocks *blocks);
/* The ranking of what the calls of calibration.h take. */
hone_ranking hone_ranking_by(const double *is_positive, const double *proba, const double *weight,
                             size_t n);

#endif
