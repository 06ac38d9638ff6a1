/* regression.c -- metrics of predicted values f_i against true values y_i; means are weighted.
 *
 *   MSE = mean (y - f)^2   RMSE = sqrt(MSE)   MAE = mean |y - f|
 *   R2 = 1 - mean (y - f)^2 / mean (y - mean y)^2
 *
 * Cost: O(n).   Reference for R2: Kvalseth 1985, R1^2. */
#include "metrics/metrics.h"

#include <math.h>

static void squared_errors(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                           double *terms) {
    (void)with;
    const double *y = outcome->truth + first, *f = outcome->label + first;
    for (size_t i = 0; i < n; i++)
        terms[i] = (y[i] - f[i]) * (y[i] - f[i]);
}

static void absolute_errors(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                            double *terms) {
    (void)with;
    const double *y = outcome->truth + first, *f = outcome->label + first;
    for (size_t i = 0; i < n; i++)
        terms[i] = fabs(y[i] - f[i]);
}

static void truths(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                   double *terms) {
    (void)with;
    for (size_t i = 0; i < n; i++)
        terms[i] = outcome->truth[first + i];
}

static void squared_distances(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                              double *terms) {
    const double *y = outcome->truth + first, centre = *(const double *)with;
    for (size_t i = 0; i < n; i++)
        terms[i] = (y[i] - centre) * (y[i] - centre);
}

hone_status hone_metric_mse(const hone_outcome *outcome, double *out, const char **why,
                            hone_error *err) {
    (void)why, (void)err;
    *out = hone_row_mean(outcome, squared_errors, NULL);
    return HONE_OK;
}

hone_status hone_metric_rmse(const hone_outcome *outcome, double *out, const char **why,
                             hone_error *err) {
    (void)why, (void)err;
    *out = sqrt(hone_row_mean(outcome, squared_errors, NULL));
    return HONE_OK;
}

hone_status hone_metric_mae(const hone_outcome *outcome, double *out, const char **why,
                            hone_error *err) {
    (void)why, (void)err;
    *out = hone_row_mean(outcome, absolute_errors, NULL);
    return HONE_OK;
}

/* Is the truth the same in all rows that count? Asked exactly: its computed variance may be a
 * rounding error above 0. */
static bool constant_truth(const hone_outcome *outcome) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < outcome->n; i++) {
        if (outcome->weight && outcome->weight[i] <= 0)
            continue;
        low = fmin(low, outcome->truth[i]);
        high = fmax(high, outcome->truth[i]);
    }
    return low == high;
}

hone_status hone_metric_r2(const hone_outcome *outcome, double *out, const char **why,
                           hone_error *err) {
    (void)err;
    if (outcome->n < 2)
        return hone_undefined("it needs at least two rows", out, why);
    if (constant_truth(outcome))
        return hone_undefined("the true values are all the same", out, why);
    double centre = hone_row_mean(outcome, truths, NULL);
    double residual = hone_row_mean(outcome, squared_errors, NULL);
    *out = 1 - residual / hone_row_mean(outcome, squared_distances, &centre);
    return HONE_OK;
}
