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
    const hone_ranking ranking = hone_ranking_of(outcome);
    hone_status status = auc(&ranking, out, err);
    if (!status && isnan(*out))
        return hone_undefined("all rows are of one class", out, why);
    return status;
}

/* ---- metrics of the cutoffs ------------------------------------------------------------------ */

typedef double cutoffs_number(const hone_cutoffs *cutoffs);

static hone_status number(const hone_outcome *outcome, cutoffs_number *of, const char *reason,
                          double *out, const char **why, hone_error *err) {
    const hone_ranking ranking = hone_ranking_of(outcome);
    hone_cutoffs cutoffs = {0};
    hone_status status = hone_cutoffs_of(&ranking, &cutoffs, err);
    if (status)
        return status;
    bool both = cutoffs.tp[cutoffs.n - 1] > 0 && cutoffs.fp[cutoffs.n - 1] > 0;
    *out = of(&cutoffs);
    hone_cutoffs_free(&cutoffs);
    return isnan(*out) ? hone_undefined(both ? reason : "all rows are of one class", out, why)
                       : HONE_OK;
}

hone_status hone_metric_average_precision(const hone_outcome *outcome, double *out,
                                          const char **why, hone_error *err) {
    return number(outcome, hone_cutoffs_average_precision, NULL, out, why, err);
}

static double ks(const hone_cutoffs *cutoffs) {
    return hone_cutoffs_ks(cutoffs, NULL);
}

hone_status hone_metric_ks_statistic(const hone_outcome *outcome, double *out, const char **why,
                                     hone_error *err) {
    return number(outcome, ks, NULL, out, why, err);
}

/* (AP - share) / (1 - share) = 1 - (1 - AP) / (1 - share), by what the precision lacks: where
 * nearly all rows are positive, AP and share are nearly the same. */
static double precision_skill(const hone_cutoffs *c) {
    double positives = c->tp[c->n - 1], negatives = c->fp[c->n - 1];
    hone_sum lack = {0};
    for (size_t i = 0; i < c->n; i++) {
        double tp = i ? c->tp[i - 1] : 0;
        hone_sum_add(&lack, (c->tp[i] - tp) * (c->fp[i] / (c->tp[i] + c->fp[i])));
    }
    return 1 - hone_sum_value(lack) / positives / (negatives / (positives + negatives));
}

hone_status hone_metric_average_precision_skill(const hone_outcome *outcome, double *out,
                                                const char **why, hone_error *err) {
    return number(outcome, precision_skill, NULL, out, why, err);
}

static const char BELOW_CHANCE[] = "the area is below chance, where the scale has no meaning";

static double on_mcclish_scale(const hone_cutoffs *cutoffs, hone_rate rate, double low,
                               double high) {
    double raw, mcclish;
    hone_status fine = hone_cutoffs_partial_auc(cutoffs, rate, low, high, &raw, &mcclish, NULL);
    return fine == HONE_OK ? mcclish : NAN;
}

static double first_tenth(const hone_cutoffs *cutoffs) {
    return on_mcclish_scale(cutoffs, HONE_OVER_FPR, 0, 0.1);
}

static double last_tenth(const hone_cutoffs *cutoffs) {
    return on_mcclish_scale(cutoffs, HONE_OVER_TPR, 0.9, 1);
}

hone_status hone_metric_partial_auc(const hone_outcome *outcome, double *out, const char **why,
                                    hone_error *err) {
    return number(outcome, first_tenth, BELOW_CHANCE, out, why, err);
}

hone_status hone_metric_partial_auc_tpr(const hone_outcome *outcome, double *out, const char **why,
                                        hone_error *err) {
    return number(outcome, last_tenth, BELOW_CHANCE, out, why, err);
}

/* The largest box that the diagonal, chance, does not enter. */
static double upper_left_quarter(const hone_cutoffs *cutoffs) {
    double share;
    return hone_cutoffs_two_way_auc(cutoffs, 0.5, 0.5, &share, NULL) == HONE_OK ? share : NAN;
}

hone_status hone_metric_partial_auc_two_way(const hone_outcome *outcome, double *out,
                                            const char **why, hone_error *err) {
    return number(outcome, upper_left_quarter, NULL, out, why, err);
}

hone_status hone_metric_roc_auc_hull(const hone_outcome *outcome, double *out, const char **why,
                                     hone_error *err) {
    const hone_ranking ranking = hone_ranking_of(outcome);
    hone_cutoffs cutoffs = {0};
    hone_rank_curve hull = {0};
    hone_status status = hone_cutoffs_of(&ranking, &cutoffs, err);
    if (status)
        return status;
    if (isnan(hone_cutoffs_roc_auc(&cutoffs)))
        status = hone_undefined("all rows are of one class", out, why);
    else if (!(status = hone_cutoffs_curve(&cutoffs, HONE_CURVE_HULL, &hull, err)))
        *out = hone_rank_curve_area(&hull);
    hone_cutoffs_free(&cutoffs);
    hone_rank_curve_free(&hull);
    return status;
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

hone_status hone_roc_curve(const double *is_positive, const double *score, const double *weight,
                           size_t n, hone_roc *out, hone_error *err) {
    hone_cutoffs cutoffs = {0};
    hone_rank_curve curve = {0};
    hone_status status = hone_cutoffs_make(is_positive, score, weight, n, &cutoffs, err);
    if (!status)
        status = hone_cutoffs_curve(&cutoffs, HONE_CURVE_ROC, &curve, err);
    if (!status)
        *out =
            (hone_roc){.n = curve.n, .fpr = curve.x, .tpr = curve.y, .threshold = curve.threshold};
    hone_cutoffs_free(&cutoffs);
    return status;
}
