/* curve.h -- a ROC curve of counts, and the numbers that are read off it. */
#ifndef HONE_INFERENCE_CURVE_H
#define HONE_INFERENCE_CURVE_H

#include "inference/cases.h"

/* The rows of an order, each counted some times (0, 1, 2, ...): one replicate. Cut b lies below
 * the first b blocks: true positives up[order->tp[b]], false positives down[order->fp[b]]. Of
 * weighted rows the sums of count times weight take the place of the counts. */
typedef struct hone_curve {
    const hone_order *order;
    size_t positives, negatives; /* rows of the order */
    const uint32_t *up;          /* positives + 1: counts of the first 0, 1, ... positives */
    const uint32_t *down;        /* negatives + 1 */
    const double *up_weight;     /* positives + 1, or NULL: the counts are what counts */
    const double *down_weight;   /* negatives + 1, or NULL */
} hone_curve;

/* Of the first rows of a class. */
static inline double hone_curve_up(const hone_curve *c, size_t rows) {
    return c->up_weight ? c->up_weight[rows] : c->up[rows];
}
static inline double hone_curve_down(const hone_curve *c, size_t rows) {
    return c->down_weight ? c->down_weight[rows] : c->down[rows];
}
static inline double hone_curve_tp(const hone_curve *c, size_t cut) {
    return hone_curve_up(c, c->order->tp[cut]);
}
static inline double hone_curve_fp(const hone_curve *c, size_t cut) {
    return hone_curve_down(c, c->order->fp[cut]);
}
static inline double hone_curve_positives(const hone_curve *c) {
    return hone_curve_up(c, c->positives);
}
static inline double hone_curve_negatives(const hone_curve *c) {
    return hone_curve_down(c, c->negatives);
}

/* HONE_EINVAL when the statistic's numbers are out of their range. */
HONE_NODISCARD hone_status hone_statistic_check(const hone_statistic *statistic, hone_error *err);
/* NaN where undefined. O(blocks); partial areas and points of the curve less. */
double hone_statistic_of(const hone_statistic *statistic, const hone_curve *curve);

HONE_NODISCARD hone_status hone_criterion_check(const hone_criterion *criterion, hone_error *err);
/* The best cut; out->threshold is NaN when there is none. O(blocks). */
void hone_criterion_choose(const hone_criterion *criterion, const hone_curve *curve,
                           hone_threshold *out);

#endif
