/* regression.c -- metrics of predicted values f_i against true values y_i; means are weighted.
 *
 *   MSE = mean (y - f)^2   RMSE = sqrt(MSE)   MAE = mean |y - f|
 *   R2 = 1 - mean (y - f)^2 / mean (y - mean y)^2
 *   explained variance = 1 - var(y - f) / var(y)
 *   MAPE = mean |y - f| / |y|   MSLE = mean (log(1 + y) - log(1 + f))^2   max |y - f|
 *
 * A row of weight 0 is not there. scikit-learn takes 2^-52 for |y| = 0 in MAPE, which makes any
 * error there 10^15; here it is undefined.
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

static void errors(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                   double *terms) {
    (void)with;
    for (size_t i = 0; i < n; i++)
        terms[i] = outcome->truth[first + i] - outcome->label[first + i];
}

static void squared_errors_about(const hone_outcome *outcome, const void *with, size_t first,
                                 size_t n, double *terms) {
    const double *y = outcome->truth + first, *f = outcome->label + first;
    const double centre = *(const double *)with;
    for (size_t i = 0; i < n; i++)
        terms[i] = (y[i] - f[i] - centre) * (y[i] - f[i] - centre);
}

bool hone_truth_is_constant(const hone_outcome *outcome) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < outcome->n; i++) {
        if (outcome->weight && outcome->weight[i] <= 0)
            continue;
        low = fmin(low, outcome->truth[i]);
        high = fmax(high, outcome->truth[i]);
    }
    return low == high;
}

const char *const hone_spread_underflows =
    "the true values differ by so little that their spread underflows to 0";

/* 1 - residual / variance of the truth, for any measure of what is left. */
static hone_status share_explained(const hone_outcome *outcome, hone_row_terms *residual,
                                   const void *with, double *out, const char **why) {
    if (outcome->n < 2)
        return hone_undefined("it needs at least two rows", out, why);
    if (hone_truth_is_constant(outcome))
        return hone_undefined("the true values are all the same", out, why);
    double centre = hone_row_mean(outcome, truths, NULL);
    double left = hone_row_mean(outcome, residual, with);
    double spread = hone_row_mean(outcome, squared_distances, &centre);
    if (spread == 0)
        return hone_undefined(hone_spread_underflows, out, why);
    *out = 1 - left / spread;
    return HONE_OK;
}

hone_status hone_metric_r2(const hone_outcome *outcome, double *out, const char **why,
                           hone_error *err) {
    (void)err;
    return share_explained(outcome, squared_errors, NULL, out, why);
}

hone_status hone_metric_explained_variance(const hone_outcome *outcome, double *out,
                                           const char **why, hone_error *err) {
    (void)err;
    const double bias = hone_row_mean(outcome, errors, NULL);
    return share_explained(outcome, squared_errors_about, &bias, out, why);
}

/* ---- relative errors ------------------------------------------------------------------------- */

bool hone_values_above(const hone_outcome *outcome, const double *value, double least, bool or_at) {
    for (size_t i = 0; i < outcome->n; i++)
        if ((!outcome->weight || outcome->weight[i] > 0) &&
            !(value[i] > least || (or_at && value[i] == least)))
            return false;
    return true;
}

/* A term that is infinite or NaN may stand in a row of weight 0, for which 0 is written. */
static void percentages(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                        double *terms) {
    (void)with;
    const double *y = outcome->truth + first, *f = outcome->label + first;
    for (size_t i = 0; i < n; i++)
        terms[i] = y[i] != 0 ? fabs(y[i] - f[i]) / fabs(y[i]) : 0;
}

hone_status hone_metric_mape(const hone_outcome *outcome, double *out, const char **why,
                             hone_error *err) {
    (void)err;
    for (size_t i = 0; i < outcome->n; i++)
        if (outcome->truth[i] == 0 && (!outcome->weight || outcome->weight[i] > 0))
            return hone_undefined("a true value is 0", out, why);
    *out = hone_row_mean(outcome, percentages, NULL);
    return HONE_OK;
}

static void squared_log_errors(const hone_outcome *outcome, const void *with, size_t first,
                               size_t n, double *terms) {
    (void)with;
    const double *y = outcome->truth + first, *f = outcome->label + first;
    for (size_t i = 0; i < n; i++) {
        double miss = y[i] > -1 && f[i] > -1 ? log1p(y[i]) - log1p(f[i]) : 0;
        terms[i] = miss * miss;
    }
}

hone_status hone_metric_msle(const hone_outcome *outcome, double *out, const char **why,
                             hone_error *err) {
    (void)err;
    if (!hone_values_above(outcome, outcome->truth, -1, false) ||
        !hone_values_above(outcome, outcome->label, -1, false))
        return hone_undefined("a value is -1 or less, so that log(1 + value) is undefined", out,
                              why);
    *out = hone_row_mean(outcome, squared_log_errors, NULL);
    return HONE_OK;
}

hone_status hone_metric_rmsle(const hone_outcome *outcome, double *out, const char **why,
                              hone_error *err) {
    hone_status status = hone_metric_msle(outcome, out, why, err);
    *out = sqrt(*out);
    return status;
}

hone_status hone_metric_max_error(const hone_outcome *outcome, double *out, const char **why,
                                  hone_error *err) {
    (void)why, (void)err;
    *out = 0;
    for (size_t i = 0; i < outcome->n; i++)
        if (!outcome->weight || outcome->weight[i] > 0)
            *out = fmax(*out, fabs(outcome->truth[i] - outcome->label[i]));
    return HONE_OK;
}
