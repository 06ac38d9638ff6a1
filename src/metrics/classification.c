/* classification.c -- metrics of predicted labels, all from the tally of the classes.
 *
 *   precision_c = hit_c / label_c    recall_c = hit_c / truth_c
 *   F1_c = 2 hit_c / (truth_c + label_c)
 *   accuracy = sum_c hit_c / total   balanced accuracy = mean of recall_c where truth_c > 0
 *
 * For the positive class 0 / 0 is undefined. In means over classes a class that is neither in the
 * truth nor predicted is left out, and 0 / 0 of any other class counts 0, as scikit-learn does: a
 * class that is there and never predicted was not found. Rows of weight 0 are not there.
 * Cost: O(n + k).   Reference: Sokolova & Lapalme 2009; Brodersen et al. 2010. */
#include "metrics/metrics.h"

#include "core/alloc.h"

#include <math.h>

/* The score of one class; NaN where it is 0 / 0. */
typedef double class_score(const hone_tally *tally, size_t c);

static double precision_of(const hone_tally *tally, size_t c) {
    return tally->label[c] > 0 ? tally->hit[c] / tally->label[c] : NAN;
}

static double recall_of(const hone_tally *tally, size_t c) {
    return tally->truth[c] > 0 ? tally->hit[c] / tally->truth[c] : NAN;
}

static double f1_of(const hone_tally *tally, size_t c) {
    double both = tally->truth[c] + tally->label[c];
    return both > 0 ? 2 * tally->hit[c] / both : NAN;
}

/* How classes are weighted in a mean; 0 leaves a class out. */
typedef double class_weight(const hone_tally *tally, size_t c);

static double one_if_there(const hone_tally *tally, size_t c) {
    return tally->truth[c] > 0 || tally->label[c] > 0 ? 1.0 : 0.0;
}

static double one_if_true(const hone_tally *tally, size_t c) {
    return tally->truth[c] > 0 ? 1.0 : 0.0;
}

static double rows_of(const hone_tally *tally, size_t c) {
    return tally->truth[c];
}

static hone_status mean_score(const hone_outcome *outcome, class_score *score, class_weight *weight,
                              double *out, hone_error *err) {
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    double sum = 0, total = 0;
    for (size_t c = 0; c < tally.k; c++) {
        double w = weight(&tally, c), s = score(&tally, c);
        sum += isnan(s) ? 0 : w * s;
        total += w;
    }
    *out = sum / total; /* total > 0: some row has a positive weight */
    hone_release(tally.block);
    return HONE_OK;
}

static hone_status positive_score(const hone_outcome *outcome, class_score *score,
                                  const char *reason, double *out, const char **why,
                                  hone_error *err) {
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    *out = score(&tally, outcome->positive);
    hone_release(tally.block);
    return isnan(*out) ? hone_undefined(reason, out, why) : HONE_OK;
}

hone_status hone_metric_precision(const hone_outcome *outcome, double *out, const char **why,
                                  hone_error *err) {
    return positive_score(outcome, precision_of, "no row is predicted positive", out, why, err);
}

hone_status hone_metric_recall(const hone_outcome *outcome, double *out, const char **why,
                               hone_error *err) {
    return positive_score(outcome, recall_of, "no row is positive", out, why, err);
}

hone_status hone_metric_f1(const hone_outcome *outcome, double *out, const char **why,
                           hone_error *err) {
    return positive_score(outcome, f1_of, "no row is positive or predicted positive", out, why,
                          err);
}

hone_status hone_metric_accuracy(const hone_outcome *outcome, double *out, const char **why,
                                 hone_error *err) {
    (void)why;
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    double hits = 0;
    for (size_t c = 0; c < tally.k; c++)
        hits += tally.hit[c];
    *out = hits / tally.total;
    hone_release(tally.block);
    return HONE_OK;
}

hone_status hone_metric_balanced_accuracy(const hone_outcome *outcome, double *out,
                                          const char **why, hone_error *err) {
    (void)why;
    return mean_score(outcome, recall_of, one_if_true, out, err);
}

hone_status hone_metric_precision_macro(const hone_outcome *outcome, double *out, const char **why,
                                        hone_error *err) {
    (void)why;
    return mean_score(outcome, precision_of, one_if_there, out, err);
}

hone_status hone_metric_recall_macro(const hone_outcome *outcome, double *out, const char **why,
                                     hone_error *err) {
    (void)why;
    return mean_score(outcome, recall_of, one_if_there, out, err);
}

hone_status hone_metric_f1_macro(const hone_outcome *outcome, double *out, const char **why,
                                 hone_error *err) {
    (void)why;
    return mean_score(outcome, f1_of, one_if_there, out, err);
}

hone_status hone_metric_precision_weighted(const hone_outcome *outcome, double *out,
                                           const char **why, hone_error *err) {
    (void)why;
    return mean_score(outcome, precision_of, rows_of, out, err);
}

hone_status hone_metric_recall_weighted(const hone_outcome *outcome, double *out, const char **why,
                                        hone_error *err) {
    (void)why;
    return mean_score(outcome, recall_of, rows_of, out, err);
}

hone_status hone_metric_f1_weighted(const hone_outcome *outcome, double *out, const char **why,
                                    hone_error *err) {
    (void)why;
    return mean_score(outcome, f1_of, rows_of, out, err);
}
