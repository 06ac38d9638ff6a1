/* label_test.c -- do models have the same share of right rows on one test set?
 *
 *   McNemar: with b + c = n rows on which just one is right, b ~ Binomial(n, 1/2):
 *     exact p = 2 P(X <= min(b, c)),  mid p = that - P(X = min(b, c))
 *   Cochran: Q = (k - 1) (k sum_j C_j^2 - T^2) / (k T - sum_i R_i^2) ~ chi2(k - 1),
 *     C_j right rows of model j, R_i models right on row i, T all
 *
 * Cost: O(1); O(k n).  Reference: McNemar 1947; Fagerland et al. 2013 (mid p); Cochran 1950. */
#include "inference/inference.h"

#include "core/error.h"
#include "inference/special.h"

#include <math.h>

hone_status hone_mcnemar(double b, double c, bool mid, hone_test *out, hone_error *err) {
    hone_status status = hone_count_check("McNemar", "b", b, err);
    if (!status)
        status = hone_count_check("McNemar", "c", c, err);
    if (status)
        return status;
    double n = b + c, least = fmin(b, c);
    *out = hone_test_undefined(mid ? "McNemar, mid-p" : "McNemar, exact", NULL);
    out->statistic = least;
    out->p = 2 * hone_binomial_cdf(least, n, 0.5);
    if (mid)
        out->p -= hone_binomial_pmf(least, n, 0.5);
    out->p = fmin(1, out->p);
    return HONE_OK;
}

hone_status hone_cochran_q(const double *right, size_t models, size_t n, hone_test *out,
                           hone_error *err) {
    double k = (double)models, total = 0, rows = 0, columns = 0;
    if (models < 2)
        return hone_fail(err, HONE_EINVAL, "Cochran Q: needs at least two models, got %zu", models);
    for (size_t i = 0; i < models * n; i++)
        if (right[i] != 0 && right[i] != 1)
            return hone_fail(err, HONE_EDATA,
                             "Cochran Q: row %zu of model %zu must be 0 or 1, got %g", i % n + 1,
                             i / n + 1, right[i]);
    for (size_t j = 0; j < models; j++) {
        double hits = 0;
        for (size_t i = 0; i < n; i++)
            hits += right[j * n + i];
        columns += hits * hits;
        total += hits;
    }
    for (size_t i = 0; i < n; i++) {
        double hits = 0;
        for (size_t j = 0; j < models; j++)
            hits += right[j * n + i];
        rows += hits * hits;
    }
    double varies = k * total - rows; /* 0: all models agree on every row */
    *out = hone_test_undefined("Cochran Q", NULL);
    out->df = k - 1;
    out->statistic = varies > 0 ? (k - 1) * (k * columns - total * total) / varies : 0;
    out->p = varies > 0 ? hone_chi2_tail(out->statistic, k - 1) : 1;
    return HONE_OK;
}
