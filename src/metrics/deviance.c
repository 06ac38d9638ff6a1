/* deviance.c -- Tweedie deviances of predicted means f_i > 0 against true values y_i.
 *
 *   p = 0: (y - f)^2   p = 1 (Poisson): 2 (y log(y / f) - y + f)   p = 2 (gamma): 2 (log(f / y) +
 *   y / f - 1)   else: 2 (y^(2-p) / ((1-p)(2-p)) - y f^(1-p) / (1-p) + f^(2-p) / (2-p))
 *   d2 = 1 - mean deviance / mean deviance of always predicting the mean of y
 *
 * Powers in (0, 1) belong to no distribution. y may be any number for p <= 0, 0 for 1 <= p < 2,
 * and is positive for p >= 2.
 * Cost: O(n).   Reference: Jorgensen 1987; Hastie, Tibshirani & Wainwright 2015 for d2. */
#include "metrics/metrics.h"

#include "core/error.h"

#include <math.h>

/* x - log(1 + x): what is left of two nearly equal numbers where y and f are close. */
static double beyond_log(double x) {
    return x - log1p(x);
}

static double poisson(double y, double f) {
    return 2 * (y > 0 ? y * beyond_log((f - y) / y) : f);
}

static double gamma_distance(double y, double f) {
    return 2 * beyond_log((y - f) / f);
}

static double tweedie(double y, double f, double p) {
    double first = pow(fmax(y, 0), 2 - p) / ((1 - p) * (2 - p));
    return 2 * (first - y * pow(f, 1 - p) / (1 - p) + pow(f, 2 - p) / (2 - p));
}

static double deviance(double y, double f, double p) {
    return p == 0   ? (y - f) * (y - f)
           : p == 1 ? poisson(y, f)
           : p == 2 ? gamma_distance(y, f)
                    : tweedie(y, f, p);
}

/* What the terms need to know; centre: predicted for every row, or NaN for the rows' own. */
struct family {
    double power, centre;
};

static void deviances(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                      double *terms) {
    const struct family *family = with;
    for (size_t i = 0; i < n; i++) {
        size_t row = first + i;
        if (outcome->weight && !(outcome->weight[row] > 0)) {
            terms[i] = 0; /* whatever it holds */
            continue;
        }
        double f = isnan(family->centre) ? outcome->label[row] : family->centre;
        terms[i] = deviance(outcome->truth[row], f, family->power);
    }
}

static void truths(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                   double *terms) {
    (void)with;
    for (size_t i = 0; i < n; i++)
        terms[i] = outcome->truth[first + i];
}

/* Why there can be no deviance, or NULL. */
static const char *obstacle(const hone_outcome *outcome, double power) {
    if (power >= 2 && !hone_values_above(outcome, outcome->truth, 0, false))
        return "a true value is not positive";
    if (power >= 1 && !hone_values_above(outcome, outcome->truth, 0, true))
        return "a true value is negative";
    if (power != 0 && !hone_values_above(outcome, outcome->label, 0, false))
        return "a predicted value is not positive";
    return NULL;
}

static hone_status mean_deviance(const hone_outcome *outcome, double power, double *out,
                                 const char **why) {
    const struct family family = {power, NAN};
    const char *reason = obstacle(outcome, power);
    if (reason)
        return hone_undefined(reason, out, why);
    *out = hone_row_mean(outcome, deviances, &family);
    return HONE_OK;
}

static hone_status d2(const hone_outcome *outcome, double power, double *out, const char **why) {
    const struct family family = {power, hone_row_mean(outcome, truths, NULL)};
    double left;
    if (outcome->n < 2)
        return hone_undefined("it needs at least two rows", out, why);
    if (hone_truth_is_constant(outcome))
        return hone_undefined("the true values are all the same", out, why);
    hone_status status = mean_deviance(outcome, power, &left, why);
    if (status || isnan(left)) {
        *out = NAN;
        return status;
    }
    if (power != 0 && !(family.centre > 0))
        return hone_undefined("the mean of the true values is not positive", out, why);
    double spread = hone_row_mean(outcome, deviances, &family);
    if (spread == 0)
        return hone_undefined(hone_spread_underflows, out, why);
    *out = 1 - left / spread;
    return HONE_OK;
}

hone_status hone_metric_poisson_deviance(const hone_outcome *outcome, double *out, const char **why,
                                         hone_error *err) {
    (void)err;
    return mean_deviance(outcome, 1, out, why);
}

hone_status hone_metric_gamma_deviance(const hone_outcome *outcome, double *out, const char **why,
                                       hone_error *err) {
    (void)err;
    return mean_deviance(outcome, 2, out, why);
}

hone_status hone_metric_d2_poisson(const hone_outcome *outcome, double *out, const char **why,
                                   hone_error *err) {
    (void)err;
    return d2(outcome, 1, out, why);
}

hone_status hone_metric_d2_gamma(const hone_outcome *outcome, double *out, const char **why,
                                 hone_error *err) {
    (void)err;
    return d2(outcome, 2, out, why);
}

static hone_status check(const char *who, const hone_outcome *outcome, double power,
                         const char **why, hone_error *err) {
    const hone_metric row = {.name = who, .tasks = HONE_FOR_REGRESSION, .needs = HONE_NEEDS_LABEL};
    hone_clear_why(why);
    if (!isfinite(power) || (power > 0 && power < 1))
        return hone_fail(err, HONE_EINVAL, "%s: power must be 0 or less, or 1 or more, got %g", who,
                         power);
    return hone_outcome_check(&row, outcome, err);
}

hone_status hone_tweedie_deviance(const hone_outcome *outcome, double power, double *out,
                                  const char **why, hone_error *err) {
    hone_status status = check("tweedie_deviance", outcome, power, why, err);
    return status ? status : mean_deviance(outcome, power, out, why);
}

hone_status hone_d2_tweedie(const hone_outcome *outcome, double power, double *out,
                            const char **why, hone_error *err) {
    hone_status status = check("d2_tweedie", outcome, power, why, err);
    return status ? status : d2(outcome, power, out, why);
}
