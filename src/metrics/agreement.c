/* agreement.c -- how far predicted labels agree with the truth beyond chance.
 *
 *   MCC = cov(t, p) / sqrt(cov(t, t) cov(p, p)), over indicators of the classes, with
 *     cov(t, p) = sum_c hit_c (N - t_c) - t_c (p_c - hit_c)    cov(t, t) = sum_c t_c (N - t_c)
 *   kappa = 1 - sum_ij d(i, j) n_ij / sum_ij d(i, j) t_i p_j / N,
 *     d(i, j) = [i != j], |i - j| (linear) or (i - j)^2 (quadratic)
 *
 * t_c, p_c: weight of the rows that are c, that are predicted c; N: of all rows. So written
 * nothing cancels where one class is rare.
 * Cost: O(n + k), kappa O(n + k^2); memory O(k).   Reference: Gorodkin 2004; Cohen 1968. */
#include "metrics/metrics.h"

#include "core/alloc.h"
#include "core/sum.h"

#include <math.h>

hone_status hone_metric_matthews_corrcoef(const hone_outcome *outcome, double *out,
                                          const char **why, hone_error *err) {
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    hone_sum both = {0}, truths = {0}, labels = {0};
    for (size_t c = 0; c < tally.k; c++) {
        double t = tally.truth[c], p = tally.label[c], hit = tally.hit[c];
        hone_sum_add(&both, hit * (tally.total - t));
        hone_sum_add(&both, -t * (p - hit));
        hone_sum_add(&truths, t * (tally.total - t));
        hone_sum_add(&labels, p * (tally.total - p));
    }
    hone_release(tally.block);
    double t = hone_sum_value(truths), p = hone_sum_value(labels);
    *out = hone_sum_value(both) / sqrt(t) / sqrt(p);
    if (!(t > 0))
        return hone_undefined("all rows are of one class", out, why);
    return p > 0 ? HONE_OK : hone_undefined("all rows are predicted as one class", out, why);
}

/* How far apart two classes are. */
typedef double distance(size_t i, size_t j);

static double apart(size_t i, size_t j) {
    return i != j ? 1 : 0;
}

static double linear(size_t i, size_t j) {
    return fabs((double)i - (double)j);
}

static double quadratic(size_t i, size_t j) {
    return linear(i, j) * linear(i, j);
}

static void distances(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                      double *terms) {
    distance *const *d = with;
    for (size_t i = 0; i < n; i++)
        terms[i] = (*d)((size_t)outcome->truth[first + i], (size_t)outcome->label[first + i]);
}

static hone_status kappa(const hone_outcome *outcome, distance *d, double *out, const char **why,
                         hone_error *err) {
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    hone_sum expected = {0};
    for (size_t i = 0; i < tally.k; i++)
        for (size_t j = 0; j < tally.k; j++)
            hone_sum_add(&expected,
                         d(i, j) * (tally.truth[i] / tally.total) * (tally.label[j] / tally.total));
    hone_release(tally.block);
    if (!(hone_sum_value(expected) > 0))
        return hone_undefined("all rows are of one class and predicted as such", out, why);
    *out = 1 - hone_row_mean(outcome, distances, &d) / hone_sum_value(expected);
    return HONE_OK;
}

hone_status hone_metric_cohen_kappa(const hone_outcome *outcome, double *out, const char **why,
                                    hone_error *err) {
    return kappa(outcome, apart, out, why, err);
}

hone_status hone_metric_cohen_kappa_linear(const hone_outcome *outcome, double *out,
                                           const char **why, hone_error *err) {
    return kappa(outcome, linear, out, why, err);
}

hone_status hone_metric_cohen_kappa_quadratic(const hone_outcome *outcome, double *out,
                                              const char **why, hone_error *err) {
    return kappa(outcome, quadratic, out, why, err);
}
