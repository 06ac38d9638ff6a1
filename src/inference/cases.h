/* cases.h -- checked rows, split by class, and the order in which each model ranks them. */
#ifndef HONE_INFERENCE_CASES_H
#define HONE_INFERENCE_CASES_H

#include "inference/inference.h"

/* How one model ranks the rows, from the highest score down. A block is all rows of one score. The
 * rows of a class are numbered 0, 1, ... in the order of the data. */
typedef struct hone_order {
    size_t blocks;
    uint32_t *positive; /* positives, highest score first */
    uint32_t *negative; /* negatives, highest score first */
    uint32_t *tp, *fp;  /* blocks + 1: rows of each class in the first b blocks */
    double *score;      /* blocks: descending */
} hone_order;

typedef struct hone_cases {
    size_t n, positives, negatives, models;
    size_t clusters;    /* 0: none */
    uint32_t *cluster;  /* n cluster codes: of the positives, then of the negatives; or NULL */
    double *weight;     /* n, > 0, in the same order; or NULL: all 1 */
    hone_order *orders; /* models */
} hone_cases;

/* Checks, splits and sorts; see hone_delong_make(). Weights are refused. Free with
 * hone_cases_free(). */
HONE_NODISCARD hone_status hone_cases_make(const char *who, const hone_scored *scores,
                                           const hone_monitor *mon, hone_cases *out,
                                           hone_error *err);
/* The same with weights, which are checked; rows of weight 0 are left out. */
HONE_NODISCARD hone_status hone_cases_make_weighted(const char *who, const hone_scored *scores,
                                                    const hone_monitor *mon, hone_cases *out,
                                                    hone_error *err);
void hone_cases_free(hone_cases *cases);

#endif
