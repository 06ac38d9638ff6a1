/* check.c -- is an outcome fit for a metric? Every refusal names the metric, the part and the row
 * (from 1).   Cost: O(n), O(n k) for probabilities. */
#include "metrics/metrics.h"

#include "core/error.h"
#include "core/sum.h"

#include <math.h>

/* Rows of probabilities may miss 1 by this much: float32 networks do, by less. */
#define SUM_SLACK 1e-5

static bool is_code(double value, size_t k) {
    return value >= 0 && value < (double)k && value == (double)(int64_t)value;
}

hone_status hone_codes_check(const char *who, const char *what, const double *code, size_t n,
                             size_t k, hone_error *err) {
    for (size_t i = 0; i < n; i++)
        if (!is_code(code[i], k))
            return hone_fail(err, HONE_EDATA,
                             "%s: %s of row %zu must be a class code below %zu, got %g", who, what,
                             i + 1, k, code[i]);
    return HONE_OK;
}

hone_status hone_weights_check(const char *who, const double *weight, size_t n, hone_error *err) {
    if (!weight)
        return HONE_OK;
    for (size_t i = 0; i < n; i++)
        if (!(weight[i] >= 0 && weight[i] < INFINITY))
            return hone_fail(err, HONE_EDATA, "%s: weight of row %zu must be in [0, inf), got %g",
                             who, i + 1, weight[i]);
    double total = hone_sum_of(weight, n);
    if (!(total > 0 && total < INFINITY))
        return hone_fail(err, HONE_EDATA, "%s: the weights must have a sum in (0, inf), got %g",
                         who, total);
    return HONE_OK;
}

static hone_status values_check(const char *who, const char *what, const double *value, size_t n,
                                hone_error *err) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(value[i]))
            return hone_fail(err, HONE_EDATA, "%s: %s of row %zu must be finite, got %g", who, what,
                             i + 1, value[i]);
    return HONE_OK;
}

static hone_status scores_check(const char *who, const hone_outcome *outcome, hone_error *err) {
    const double *score = outcome->score ? outcome->score : outcome->proba + outcome->positive;
    size_t stride = outcome->score ? 1 : outcome->n_classes;
    for (size_t i = 0; i < outcome->n; i++)
        if (isnan(score[i * stride]))
            return hone_fail(err, HONE_EDATA, "%s: score of row %zu must be a number, got nan", who,
                             i + 1);
    return HONE_OK;
}

static hone_status proba_check(const char *who, const hone_outcome *outcome, hone_error *err) {
    size_t k = outcome->n_classes;
    for (size_t i = 0; i < outcome->n; i++) {
        const double *p = outcome->proba + i * k;
        double sum = 0;
        for (size_t c = 0; c < k; c++) {
            if (!(p[c] >= 0 && p[c] <= 1))
                return hone_fail(err, HONE_EDATA,
                                 "%s: probability of class %zu in row %zu must be in [0, 1], got "
                                 "%g",
                                 who, c, i + 1, p[c]);
            sum += p[c];
        }
        if (fabs(sum - 1) > SUM_SLACK)
            return hone_fail(err, HONE_EDATA,
                             "%s: probabilities of row %zu must have the sum 1, got %.9g", who,
                             i + 1, sum);
    }
    return HONE_OK;
}

static hone_status task_check(const hone_metric *metric, const hone_outcome *outcome,
                              hone_error *err) {
    size_t k = outcome->n_classes;
    hone_metric_task task = k == 0   ? HONE_FOR_REGRESSION
                            : k <= 2 ? HONE_FOR_BINARY
                                     : HONE_FOR_MULTICLASS;
    if (metric->tasks & task)
        return HONE_OK;
    if (task == HONE_FOR_REGRESSION)
        return hone_fail(err, HONE_EINVAL, "%s: this metric is for classes, got real values",
                         metric->name);
    const char *expected = metric->tasks & HONE_FOR_BINARY       ? "two classes"
                           : metric->tasks & HONE_FOR_MULTICLASS ? "three or more classes"
                                                                 : "real values";
    return hone_fail(err, HONE_EINVAL, "%s: this metric is for %s, got %zu classes", metric->name,
                     expected, k);
}

/* The part is there, and its numbers are in order. */
static hone_status needs_check(const hone_metric *metric, const hone_outcome *outcome,
                               hone_error *err) {
    const char *who = metric->name;
    bool there = metric->needs == HONE_NEEDS_LABEL   ? outcome->label != NULL
                 : metric->needs == HONE_NEEDS_PROBA ? outcome->proba != NULL
                                                     : outcome->score || outcome->proba;
    if (!there)
        return hone_fail(err, HONE_EDATA, "%s: needs %s, got none", who,
                         metric->needs == HONE_NEEDS_LABEL   ? "predictions"
                         : metric->needs == HONE_NEEDS_PROBA ? "probabilities"
                                                             : "scores or probabilities");
    if (metric->needs == HONE_NEEDS_SCORE)
        return scores_check(who, outcome, err);
    if (metric->needs == HONE_NEEDS_PROBA)
        return proba_check(who, outcome, err);
    return outcome->n_classes ? hone_codes_check(who, "prediction", outcome->label, outcome->n,
                                                 outcome->n_classes, err)
                              : values_check(who, "prediction", outcome->label, outcome->n, err);
}

hone_status hone_outcome_check(const hone_metric *metric, const hone_outcome *outcome,
                               hone_error *err) {
    const char *who = metric->name;
    size_t k = outcome->n_classes;
    if (outcome->n == 0 || !outcome->truth)
        return hone_fail(err, HONE_EDATA, "%s: needs at least one row with its truth, got none",
                         who);
    hone_status status = task_check(metric, outcome, err);
    if (status)
        return status;
    if (k > 0 && outcome->positive >= k)
        return hone_fail(err, HONE_EINVAL, "%s: the positive class must be below %zu, got %zu", who,
                         k, outcome->positive);
    status = k ? hone_codes_check(who, "truth", outcome->truth, outcome->n, k, err)
               : values_check(who, "truth", outcome->truth, outcome->n, err);
    if (!status)
        status = needs_check(metric, outcome, err);
    if (!status)
        status = hone_weights_check(who, outcome->weight, outcome->n, err);
    return status;
}
