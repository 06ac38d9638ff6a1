/* cv_test.c -- comparing two models by the differences d_j of their scores on J folds.
 *
 *   corrected t = mean d / sqrt((1/J + n_test/n_train) s^2),  s^2 = sum (d - mean)^2 / (J - 1),
 *     df = J - 1: the second term stands for the covariance of overlapping training sets
 *   Bayes: the difference ~ mean d + t(J - 1) times the same root; P(left), P(rope), P(right)
 *   5 x 2 folds, p_i1, p_i2 the differences of repeat i, s_i^2 = sum_j (p_ij - mean_i)^2:
 *     t = p_11 / sqrt(sum s_i^2 / 5), df 5     F = sum p_ij^2 / (2 sum s_i^2), df 10, 5
 *
 * Cost: O(J).   Reference: Nadeau & Bengio 2003; Bouckaert & Frank 2004; Corani & Benavoli 2015;
 * Dietterich 1998; Alpaydin 1999. */
#include "inference/inference.h"

#include "core/error.h"
#include "core/sum.h"
#include "inference/special.h"

#include <math.h>

static hone_status check(const char *who, const double *d, size_t n, double test_share,
                         hone_error *err) {
    if (!(test_share >= 0 && test_share < INFINITY))
        return hone_fail(err, HONE_EINVAL,
                         "%s: the test rows per training row must be in [0, inf), got %g", who,
                         test_share);
    return hone_finite_check(who, d, n, err);
}

/* Mean and standard error; NaN without two values. */
static void moments(const double *d, size_t n, double test_share, double *mean, double *se) {
    hone_sum square = {0};
    double count = (double)n;
    *mean = hone_sum_of(d, n) / count;
    bool same = true;
    for (size_t i = 0; i < n; i++) {
        hone_sum_add(&square, (d[i] - *mean) * (d[i] - *mean));
        same &= d[i] == d[0];
    }
    double variance = n < 2 ? NAN : same ? 0 : hone_sum_value(square) / (count - 1);
    *se = sqrt((1 / count + test_share) * variance);
    *mean = same && n > 0 ? d[0] : *mean;
}

hone_status hone_corrected_t(const double *difference, size_t n, double test_share, double level,
                             hone_comparison *out, hone_error *err) {
    double mean, se;
    hone_status status = hone_level_check("corrected t", level, err);
    if (!status)
        status = check("corrected t", difference, n, test_share, err);
    if (status)
        return status;
    moments(difference, n, test_share, &mean, &se);
    *out = hone_compare(mean, se, (double)n - 1, level,
                        test_share > 0 ? "corrected resampled t" : "naive t");
    return HONE_OK;
}

hone_status hone_bayes_t(const double *difference, size_t n, double test_share, double rope,
                         hone_rope *out, hone_error *err) {
    double mean, se;
    hone_status status = check("Bayesian t", difference, n, test_share, err);
    if (status)
        return status;
    if (!(rope >= 0 && rope < INFINITY))
        return hone_fail(err, HONE_EINVAL, "Bayesian t: the rope must be in [0, inf), got %g",
                         rope);
    moments(difference, n, test_share, &mean, &se);
    *out = (hone_rope){NAN, NAN, NAN, NULL};
    if (se == 0 && mean == 0) {
        *out = (hone_rope){0, 1, 0, NULL};
        return HONE_OK;
    }
    if (!(se > 0)) {
        out->why = n < 2 ? "it needs two differences"
                         : "the differences do not vary, so their error is unknown";
        return HONE_OK;
    }
    double df = (double)n - 1;
    out->left = hone_student_cdf((-rope - mean) / se, df);
    out->right = hone_student_cdf((mean - rope) / se, df);
    out->rope = fmax(0, 1 - out->left - out->right);
    return HONE_OK;
}

hone_status hone_five_by_two(const double *difference, hone_test *t, hone_test *f,
                             hone_error *err) {
    double squares = 0, variances = 0;
    hone_status status = hone_finite_check("5 x 2 folds", difference, 10, err);
    if (status)
        return status;
    for (size_t i = 0; i < 5; i++) {
        double p1 = difference[2 * i], p2 = difference[2 * i + 1];
        squares += p1 * p1 + p2 * p2;
        variances += (p1 - p2) * (p1 - p2) / 2;
    }
    const char *why =
        variances == 0 && squares > 0 ? "the differences do not vary within any repeat" : NULL;
    bool known = variances > 0;
    hone_test found = hone_test_undefined("5x2cv t", why);
    found.df = 5;
    if (!why) {
        found.statistic = known ? difference[0] / sqrt(variances / 5) : 0;
        found.p = hone_student_two_sided(found.statistic, 5);
    }
    if (t)
        *t = found;
    found = hone_test_undefined("5x2cv F", why);
    found.df = 10;
    found.df2 = 5;
    if (!why) {
        found.statistic = known ? squares / (2 * variances) : 0;
        found.p = hone_f_tail(found.statistic, 10, 5);
    }
    if (f)
        *f = found;
    return HONE_OK;
}
