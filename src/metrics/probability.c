/* probability.c -- metrics of predicted probabilities, proba (n x k).
 *
 *   log loss = - mean_i log p_i,  p_i = proba[i, truth_i] clipped to [eps, 1 - eps], eps = 2^-52
 *
 * as scikit-learn clips since 1.5; rows are not rescaled.   Cost: O(n). */
#include "metrics/metrics.h"

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

hone_status hone_metric_log_loss(const hone_outcome *outcome, double *out, const char **why,
                                 hone_error *err) {
    (void)why, (void)err;
    *out = hone_row_mean(outcome, log_terms, NULL);
    return HONE_OK;
}
