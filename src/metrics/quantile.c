/* quantile.c -- metrics that a median, or another quantile, makes smallest.
 *
 *   pinball_a(y, f) = a (y - f) where y >= f, (1 - a) (f - y) elsewhere
 *   d2 = 1 - mean pinball / mean pinball of always predicting the a-quantile of y
 *   median AE = median of |y - f|
 *
 * The weighted a-quantile is the smallest value with a share of at least a of the weight at or
 * below it; where the share is a exactly, the mean of it and the next value (scikit-learn's
 * averaged inverted distribution function; the usual median for equal weights).
 * Cost: O(n), a sort.   Reference: Koenker & Bassett 1978; Hyndman & Fan 1996, definition 2. */
#include "metrics/metrics.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"
#include "core/sum.h"

#include <math.h>

/* The a-quantile of sorted keys, weight of key i: weight[rows[i]], or 1 where rows is NULL. */
static double sorted_quantile(const uint64_t *keys, const size_t *rows, const double *weight,
                              size_t n, double a) {
    hone_sum below = {0};
    double target = a * (weight ? hone_sum_of(weight, n) : (double)n);
    size_t i = 0;
    for (; i < n; i++) {
        double w = weight ? weight[rows[i]] : 1;
        hone_sum_add(&below, w);
        if (w > 0 && hone_sum_value(below) >= target)
            break;
    }
    size_t last = i < n ? i : n - 1, next = last + 1;
    while (weight && next < n && !(weight[rows[next]] > 0))
        next++;
    double value = hone_sort_value(keys[last]);
    if (next < n && hone_sum_value(below) == target)
        value = value / 2 + hone_sort_value(keys[next]) / 2;
    return value;
}

static hone_status quantile(const double *value, const double *weight, size_t n, double a,
                            double *out, hone_error *err) {
    uint64_t *keys = NULL;
    size_t *rows = NULL;
    hone_status status = hone_new(&keys, n, err);
    if (!status && weight)
        status = hone_new(&rows, n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        keys[i] = hone_sort_key(value[i]);
    for (size_t i = 0; rows && i < n; i++)
        rows[i] = i;
    status = hone_sort_keys(keys, rows, n, err);
    if (!status)
        *out = sorted_quantile(keys, rows, weight, n, a);
done:
    hone_release(keys);
    hone_release(rows);
    return status;
}

hone_status hone_metric_median_ae(const hone_outcome *outcome, double *out, const char **why,
                                  hone_error *err) {
    (void)why;
    double *miss = NULL;
    hone_status status = hone_new(&miss, outcome->n, err);
    if (status)
        return status;
    for (size_t i = 0; i < outcome->n; i++)
        miss[i] = fabs(outcome->truth[i] - outcome->label[i]);
    status = quantile(miss, outcome->weight, outcome->n, 0.5, out, err);
    hone_release(miss);
    return status;
}

/* ---- pinball --------------------------------------------------------------------------------- */

/* What the terms need to know; centre: predicted for every row, or NaN for the rows' own. */
struct pinball {
    double alpha, centre;
};

static void pinballs(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                     double *terms) {
    const struct pinball *p = with;
    const double *y = outcome->truth + first, *f = outcome->label + first;
    bool own = isnan(p->centre);
    for (size_t i = 0; i < n; i++) {
        double miss = y[i] - (own ? f[i] : p->centre);
        terms[i] = miss >= 0 ? p->alpha * miss : (p->alpha - 1) * miss;
    }
}

static hone_status pinball(const hone_outcome *outcome, double alpha, double *out) {
    const struct pinball p = {alpha, NAN};
    *out = hone_row_mean(outcome, pinballs, &p);
    return HONE_OK;
}

static hone_status d2(const hone_outcome *outcome, double alpha, double *out, const char **why,
                      hone_error *err) {
    struct pinball base = {alpha, 0};
    double left;
    if (outcome->n < 2)
        return hone_undefined("it needs at least two rows", out, why);
    if (hone_truth_is_constant(outcome))
        return hone_undefined("the true values are all the same", out, why);
    hone_status status =
        quantile(outcome->truth, outcome->weight, outcome->n, alpha, &base.centre, err);
    if (!status)
        status = pinball(outcome, alpha, &left);
    if (status)
        return status;
    double least = hone_row_mean(outcome, pinballs, &base);
    if (!(least > 0))
        return hone_undefined("the quantile alone is never wrong", out, why);
    *out = 1 - left / least;
    return HONE_OK;
}

hone_status hone_metric_pinball_loss_10(const hone_outcome *outcome, double *out, const char **why,
                                        hone_error *err) {
    (void)why, (void)err;
    return pinball(outcome, 0.1, out);
}

hone_status hone_metric_pinball_loss_50(const hone_outcome *outcome, double *out, const char **why,
                                        hone_error *err) {
    (void)why, (void)err;
    return pinball(outcome, 0.5, out);
}

hone_status hone_metric_pinball_loss_90(const hone_outcome *outcome, double *out, const char **why,
                                        hone_error *err) {
    (void)why, (void)err;
    return pinball(outcome, 0.9, out);
}

hone_status hone_metric_d2_absolute_error(const hone_outcome *outcome, double *out,
                                          const char **why, hone_error *err) {
    return d2(outcome, 0.5, out, why, err);
}

static hone_status check(const char *who, const hone_outcome *outcome, double alpha,
                         hone_error *err) {
    const hone_metric row = {.name = who, .tasks = HONE_FOR_REGRESSION, .needs = HONE_NEEDS_LABEL};
    if (!(alpha >= 0 && alpha <= 1))
        return hone_fail(err, HONE_EINVAL, "%s: alpha must be in [0, 1], got %g", who, alpha);
    return hone_outcome_check(&row, outcome, err);
}

hone_status hone_pinball_loss(const hone_outcome *outcome, double alpha, double *out,
                              hone_error *err) {
    hone_status status = check("pinball_loss", outcome, alpha, err);
    return status ? status : pinball(outcome, alpha, out);
}

hone_status hone_d2_pinball(const hone_outcome *outcome, double alpha, double *out,
                            const char **why, hone_error *err) {
    hone_clear_why(why);
    hone_status status = check("d2_pinball", outcome, alpha, err);
    return status ? status : d2(outcome, alpha, out, why, err);
}
