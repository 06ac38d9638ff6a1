/* probability.c -- metrics of predicted probabilities, proba (n x k).
 *
 *   log loss = - mean_i log p_i,  p_i = proba[i, truth_i] clipped to [eps, 1 - eps], eps = 2^-52
 *   Brier = mean_i sum_c (proba[i, c] - [truth_i = c])^2, halved for two classes
 *   d2 = 1 - loss / loss of always saying the shares of the classes
 *   top k accuracy = share of rows whose class has one of the k largest probabilities
 *
 * as scikit-learn clips since 1.5 and scales since 1.7; rows are not rescaled. Among equal
 * probabilities the later class comes first, as there.
 * Cost: O(n k), the log loss O(n).   Reference: Brier 1950; Gneiting & Raftery 2007. */
#include "metrics/metrics.h"

#include "core/alloc.h"
#include "core/error.h"

#include <float.h>
#include <math.h>

static void log_terms(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                      double *terms) {
    (void)with;
    size_t k = outcome->n_classes;
    for (size_t i = 0; i < n; i++) {
        size_t row = first + i;
        double p = outcome->proba[row * k + (size_t)outcome->truth[row]];
        terms[i] = -log(fmin(fmax(p, DBL_EPSILON), 1 - DBL_EPSILON));
    }
}

/* Two classes: (p_1 - y)^2 twice over, halved; all classes are looked at all the same, for rows
 * may miss the sum 1 a little. */
static void squared_terms(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                          double *terms) {
    (void)with;
    size_t k = outcome->n_classes;
    for (size_t i = 0; i < n; i++) {
        const double *p = outcome->proba + (first + i) * k;
        size_t truth = (size_t)outcome->truth[first + i];
        double sum = 0;
        for (size_t c = 0; c < k; c++) {
            double miss = p[c] - (c == truth ? 1 : 0);
            sum += miss * miss;
        }
        terms[i] = k > 2 ? sum : sum / 2;
    }
}

hone_status hone_metric_log_loss(const hone_outcome *outcome, double *out, const char **why,
                                 hone_error *err) {
    (void)why, (void)err;
    *out = hone_row_mean(outcome, log_terms, NULL);
    return HONE_OK;
}

hone_status hone_metric_brier_score(const hone_outcome *outcome, double *out, const char **why,
                                    hone_error *err) {
    (void)why, (void)err;
    *out = hone_row_mean(outcome, squared_terms, NULL);
    return HONE_OK;
}

/* ---- beside knowing the shares of the classes alone ------------------------------------------ */

/* What a class with this share adds to the loss of always saying the shares. */
typedef double share_loss(double share, double other, size_t k);

static double share_log(double share, double other, size_t k) {
    (void)other, (void)k;
    return share > 0 ? -share * log(share) : 0;
}

static double share_squared(double share, double other, size_t k) {
    return share * other / (k > 2 ? 1 : 2);
}

static hone_status d2(const hone_outcome *outcome, hone_row_terms *terms, share_loss *loss,
                      double *out, const char **why, hone_error *err) {
    hone_outcome truth = *outcome;
    hone_tally tally;
    truth.label = truth.truth;
    hone_status status = hone_tally_make(&truth, &tally, err);
    if (status)
        return status;
    double base = 0;
    for (size_t c = 0; c < tally.k; c++)
        base += loss(tally.truth[c] / tally.total, (tally.total - tally.truth[c]) / tally.total,
                     tally.k);
    hone_release(tally.block);
    if (!(base > 0))
        return hone_undefined("all rows are of one class", out, why);
    *out = 1 - hone_row_mean(outcome, terms, NULL) / base;
    return HONE_OK;
}

hone_status hone_metric_d2_log_loss(const hone_outcome *outcome, double *out, const char **why,
                                    hone_error *err) {
    return d2(outcome, log_terms, share_log, out, why, err);
}

hone_status hone_metric_d2_brier_score(const hone_outcome *outcome, double *out, const char **why,
                                       hone_error *err) {
    return d2(outcome, squared_terms, share_squared, out, why, err);
}

/* ---- the largest probabilities --------------------------------------------------------------- */

static void top_terms(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                      double *terms) {
    size_t k = outcome->n_classes, most = *(const size_t *)with;
    for (size_t i = 0; i < n; i++) {
        const double *p = outcome->proba + (first + i) * k;
        size_t truth = (size_t)outcome->truth[first + i], before = 0;
        for (size_t c = 0; c < k; c++)
            before += p[c] > p[truth] || (p[c] == p[truth] && c > truth);
        terms[i] = before < most ? 1 : 0;
    }
}

static hone_status top(const hone_outcome *outcome, size_t most, double *out, const char **why) {
    if (most >= outcome->n_classes)
        return hone_undefined("there are no more classes than that", out, why);
    *out = hone_row_mean(outcome, top_terms, &most);
    return HONE_OK;
}

hone_status hone_metric_top_2_accuracy(const hone_outcome *outcome, double *out, const char **why,
                                       hone_error *err) {
    (void)err;
    return top(outcome, 2, out, why);
}

hone_status hone_metric_top_3_accuracy(const hone_outcome *outcome, double *out, const char **why,
                                       hone_error *err) {
    (void)err;
    return top(outcome, 3, out, why);
}

hone_status hone_metric_top_5_accuracy(const hone_outcome *outcome, double *out, const char **why,
                                       hone_error *err) {
    (void)err;
    return top(outcome, 5, out, why);
}

hone_status hone_top_k_accuracy(const hone_outcome *outcome, size_t k, double *out,
                                const char **why, hone_error *err) {
    static const hone_metric row = {
        .name = "top_k_accuracy", .tasks = HONE_BOTH, .needs = HONE_NEEDS_PROBA};
    hone_status status = hone_outcome_check(&row, outcome, err);
    if (!status && k == 0)
        status = hone_fail(err, HONE_EINVAL, "top_k_accuracy: k must be at least 1, got 0");
    hone_clear_why(why);
    return status ? status : top(outcome, k, out, why);
}
