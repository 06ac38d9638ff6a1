/* roc.c -- the ROC curve and the area under it.
 *
 *   tpr(t) = P(score >= t | positive)   fpr(t) = P(score >= t | negative)
 *   AUC = P(score of a positive > score of a negative) + 1/2 P(equal)
 *
 * Without weights the pairs are counted in integers, twice the wins plus the ties, and divided
 * once: the same bits as looking at every pair. With weights the sums are compensated (whole
 * numbers stay exact).
 * Cost: O(n).   Reference: Hanley & McNeil 1982; Fawcett 2006. */
#include "metrics/ranking.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"

#include <math.h>

static double counted_auc(const hone_sides *sides) {
    uint64_t twice_wins = 0;
    for (hone_block b = {0}; hone_block_next(sides, &b);)
        twice_wins += (uint64_t)b.positives * (2 * b.negatives_below + b.negatives);
    uint64_t pairs = (uint64_t)sides->positives * (sides->n - sides->positives);
    return (double)twice_wins / (2 * (double)pairs);
}

static double weighted_auc(const hone_sides *sides) {
    hone_sum wins = {0}, below = {0}, positive = {0};
    for (hone_block b = {0}; hone_block_next(sides, &b);) {
        double up = hone_block_positive_weight(sides, &b);
        double down = hone_block_negative_weight(sides, &b);
        hone_sum_add(&wins, up * (hone_sum_value(below) + down / 2));
        hone_sum_add(&below, down);
        hone_sum_add(&positive, up);
    }
    return hone_sum_value(wins) / (hone_sum_value(positive) * hone_sum_value(below));
}

/* Without rows (or weight) in one of the classes both quotients are 0 / 0 = NaN. */
static hone_status auc(const hone_ranking *ranking, double *out, hone_error *err) {
    hone_sides sides = {0};
    hone_status status = hone_sides_make(ranking, &sides, err);
    if (status)
        return status;
    *out = sides.weight ? weighted_auc(&sides) : counted_auc(&sides);
    hone_sides_free(&sides);
    return HONE_OK;
}

hone_status hone_roc_auc(const double *is_positive, const double *score, const double *weight,
                         size_t n, double *out, hone_error *err) {
    const hone_ranking ranking = {
        .n = n, .truth = is_positive, .score = score, .stride = 1, .weight = weight};
    return auc(&ranking, out, err);
}

hone_status hone_metric_roc_auc(const hone_outcome *outcome, double *out, const char **why,
                                hone_error *err) {
    const hone_ranking ranking = {.n = outcome->n,
                                  .truth = outcome->truth,
                                  .code = (double)outcome->positive,
                                  .equal = true,
                                  .score = outcome->score ? outcome->score
                                                          : outcome->proba + outcome->positive,
                                  .stride = outcome->score ? 1 : outcome->n_classes,
                                  .weight = outcome->weight};
    hone_status status = auc(&ranking, out, err);
    if (!status && isnan(*out))
        return hone_undefined("all rows are of one class", out, why);
    return status;
}

hone_status hone_metric_roc_auc_ovr(const hone_outcome *outcome, double *out, const char **why,
                                    hone_error *err) {
    double sum = 0;
    for (size_t c = 0; c < outcome->n_classes; c++) {
        hone_outcome one = *outcome;
        double area = NAN;
        one.positive = c;
        one.score = NULL;
        hone_status status = hone_metric_roc_auc(&one, &area, why, err);
        if (status)
            return status;
        if (isnan(area))
            return hone_undefined("a class has no rows, or all of them", out, why);
        sum += area;
    }
    *out = sum / (double)outcome->n_classes;
    return HONE_OK;
}

/* ---- the curve ------------------------------------------------------------------------------ */

void hone_roc_free(hone_roc *roc) {
    if (!roc)
        return;
    hone_release(roc->fpr);
    hone_release(roc->tpr);
    hone_release(roc->threshold);
    *roc = (hone_roc){0};
}

/* Weights of the blocks become shares of all weight at or above them. Never descends: neither do
 * the sums that are rounded. */
static void accumulate(double *value, size_t n) {
    hone_sum sum = {0};
    for (size_t i = 1; i < n; i++) {
        hone_sum_add(&sum, value[i]);
        value[i] = fmax(value[i - 1], hone_sum_value(sum));
    }
    double total = value[n - 1];
    for (size_t i = 0; i < n; i++)
        value[i] /= total;
}

/* Points 1 .. n - 1 hold the blocks from the top down, point 0 is the origin. */
static hone_status curve(const hone_sides *sides, hone_roc *roc, hone_error *err) {
    size_t n = 1;
    for (hone_block b = {0}; hone_block_next(sides, &b);)
        n++;
    hone_status status = hone_new(&roc->fpr, n, err);
    if (!status)
        status = hone_new(&roc->tpr, n, err);
    if (!status)
        status = hone_new(&roc->threshold, n, err);
    if (status)
        return status;
    roc->n = n;
    roc->threshold[0] = INFINITY;
    for (hone_block b = {0}; hone_block_next(sides, &b);) {
        n--;
        roc->threshold[n] = hone_sort_value(b.key);
        roc->tpr[n] = hone_block_positive_weight(sides, &b);
        roc->fpr[n] = hone_block_negative_weight(sides, &b);
    }
    accumulate(roc->tpr, roc->n);
    accumulate(roc->fpr, roc->n);
    if (isnan(roc->tpr[0]) || isnan(roc->fpr[0]))
        return hone_fail(err, HONE_EDATA, "ROC: needs rows of both classes, got no %s",
                         isnan(roc->tpr[0]) ? "positive" : "negative");
    return HONE_OK;
}

hone_status hone_roc_curve(const double *is_positive, const double *score, const double *weight,
                           size_t n, hone_roc *out, hone_error *err) {
    const hone_ranking ranking = {
        .n = n, .truth = is_positive, .score = score, .stride = 1, .weight = weight};
    hone_sides sides = {0};
    hone_roc roc = {0};
    hone_status status = hone_sides_make(&ranking, &sides, err);
    if (!status)
        status = curve(&sides, &roc, err);
    if (!status) {
        *out = roc;
        roc = (hone_roc){0};
    }
    hone_roc_free(&roc);
    hone_sides_free(&sides);
    return status;
}
