/* hinge.c -- loss of decision values.
 *
 *   two classes: mean_i max(0, 1 - y_i s_i), y = +1 for the positive class, -1 else
 *   more: mean_i max(0, 1 - (s[i, truth_i] - max over the other classes of s[i, c]))
 *
 * Cost: O(n), O(n k).   Reference: Crammer & Singer 2001. */
#include "metrics/metrics.h"

#include "core/error.h"

#include <math.h>

static void binary_terms(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                         double *terms) {
    (void)with;
    for (size_t i = 0; i < n; i++) {
        double s = outcome->score[first + i];
        bool positive = outcome->truth[first + i] == (double)outcome->positive;
        terms[i] = fmax(0, 1 - (positive ? s : -s));
    }
}

hone_status hone_metric_hinge_loss(const hone_outcome *outcome, double *out, const char **why,
                                   hone_error *err) {
    (void)err;
    if (!outcome->score)
        return hone_undefined("it needs decision values, not probabilities", out, why);
    *out = hone_row_mean(outcome, binary_terms, NULL);
    return HONE_OK;
}

static void multiclass_terms(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                             double *terms) {
    const double *decision = with;
    size_t k = outcome->n_classes;
    for (size_t i = 0; i < n; i++) {
        const double *s = decision + (first + i) * k;
        size_t truth = (size_t)outcome->truth[first + i];
        double other = -INFINITY;
        for (size_t c = 0; c < k; c++)
            other = c == truth ? other : fmax(other, s[c]);
        terms[i] = fmax(0, 1 - (s[truth] - other));
    }
}

hone_status hone_hinge_loss(const double *truth, const double *decision, const double *weight,
                            size_t n, size_t k, double *out, hone_error *err) {
    static const char who[] = "hinge_loss";
    if (n == 0 || k < 2)
        return hone_fail(err, HONE_EINVAL,
                         "%s: needs at least one row and two classes, got %zu and %zu", who, n, k);
    hone_status status = hone_codes_check(who, "truth", truth, n, k, err);
    if (!status)
        status = hone_weights_check(who, weight, n, err);
    for (size_t i = 0; !status && i < n * k; i++)
        if (!isfinite(decision[i]))
            status = hone_fail(err, HONE_EDATA,
                               "%s: decision value of class %zu in row %zu must be finite, got %g",
                               who, i % k, i / k + 1, decision[i]);
    if (status)
        return status;
    const hone_outcome outcome = {.n = n, .n_classes = k, .truth = truth, .weight = weight};
    *out = hone_row_mean(&outcome, multiclass_terms, decision);
    return HONE_OK;
}
