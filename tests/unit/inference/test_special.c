#include "inference/special.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double beta_of(double a, double b, double x) {
    return hone_beta_cdf(a, b, x, 1 - x);
}

/* A table of the golden file and the function that it tabulates, with one to three arguments. */
struct entry {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
    double (*three)(double, double, double);
};

static const struct entry ENTRIES[] = {
    {"normal_cdf", hone_normal_cdf, NULL, NULL},
    {"normal_quantile", hone_normal_quantile, NULL, NULL},
    {"gamma_cdf", NULL, hone_gamma_cdf, NULL},
    {"gamma_tail", NULL, hone_gamma_tail, NULL},
    {"beta_cdf", NULL, NULL, beta_of},
    {"student_two_sided", NULL, hone_student_two_sided, NULL},
    {"student_quantile", NULL, hone_student_quantile, NULL},
    {"f_tail", NULL, NULL, hone_f_tail},
    {"chi2_tail", NULL, hone_chi2_tail, NULL},
    {"range_cdf", NULL, hone_range_cdf, NULL},
    {"range_quantile", NULL, hone_range_quantile, NULL},
    {"binomial_cdf", NULL, NULL, hone_binomial_cdf},
    {"binomial_pmf", NULL, NULL, hone_binomial_pmf},
    {"beta_quantile", NULL, NULL, hone_beta_quantile},
};
enum { N_ENTRIES = sizeof ENTRIES / sizeof *ENTRIES };

static double at(const struct entry *e, const double *x) {
    return e->one ? e->one(x[0]) : e->two ? e->two(x[0], x[1]) : e->three(x[0], x[1], x[2]);
}

/* Relative error; the range is promised in absolute terms, and so is 1 - (what is nearly 1). */
Test(special, values_of_mpmath_to_twelve_digits) {
    hone_json *golden = support_golden("inference.json");
    const hone_json *tables = hone_json_get(golden, "special");
    cr_assert_eq(hone_json_size(tables), N_ENTRIES);
    for (size_t e = 0; e < N_ENTRIES; e++) {
        const size_t width = ENTRIES[e].one ? 2 : ENTRIES[e].two ? 3 : 4;
        size_t n;
        double *x = support_reals(tables, ENTRIES[e].name, &n);
        cr_assert_gt(n, 0);
        for (size_t i = 0; i < n; i += width) {
            double got = at(&ENTRIES[e], x + i), expected = x[i + width - 1];
            double scale = strncmp(ENTRIES[e].name, "range", 5) ? fabs(expected) : 1;
            cr_expect(fabs(got - expected) <= 1e-12 * scale, "%s(%g, %g, %g) is %.17g, not %.17g",
                      ENTRIES[e].name, x[i], width > 2 ? x[i + 1] : NAN, width > 3 ? x[i + 2] : NAN,
                      got, expected);
        }
        free(x);
    }
    hone_json_free(golden);
}

/* Quantiles of Demsar's table 5, recomputed: studentised range over sqrt 2. */
Test(special, critical_values_of_nemenyi) {
    const double q05[] = {1.960, 2.344, 2.569, 2.728, 2.850, 2.948, 3.031, 3.102, 3.164};
    const double q10[] = {1.645, 2.052, 2.291, 2.460, 2.589, 2.693, 2.780, 2.855, 2.920};
    for (size_t i = 0; i < 9; i++) {
        cr_expect_float_eq(hone_range_quantile(0.95, (double)i + 2) / M_SQRT2, q05[i], 5e-4);
        cr_expect_float_eq(hone_range_quantile(0.90, (double)i + 2) / M_SQRT2, q10[i], 5e-4);
    }
}

Test(special, ends_and_nonsense) {
    cr_expect_eq(hone_normal_quantile(0), -INFINITY);
    cr_expect_eq(hone_normal_quantile(1), INFINITY);
    cr_expect_eq(hone_normal_quantile(0.5), 0);
    cr_expect(isnan(hone_normal_quantile(1.5)) && isnan(hone_normal_quantile(NAN)));
    cr_expect_eq(hone_gamma_cdf(2, 0), 0);
    cr_expect_eq(hone_gamma_tail(2, 0), 1);
    cr_expect_eq(hone_gamma_tail(2, INFINITY), 0);
    cr_expect(isnan(hone_gamma_cdf(-1, 2)) && isnan(hone_gamma_cdf(1, -2)));
    cr_expect_eq(hone_beta_cdf(2, 3, 0, 1), 0);
    cr_expect_eq(hone_beta_cdf(2, 3, 1, 0), 1);
    cr_expect(isnan(hone_beta_cdf(0, 3, 0.5, 0.5)) && isnan(hone_beta_cdf(1, 3, -0.5, 1.5)));
    cr_expect_eq(hone_beta_quantile(0, 2, 3), 0);
    cr_expect_eq(hone_beta_quantile(1, 2, 3), 1);
    cr_expect_eq(hone_student_two_sided(0, 4), 1);
    cr_expect_eq(hone_student_two_sided(INFINITY, 4), 0);
    cr_expect_eq(hone_student_cdf(0, 4), 0.5);
    cr_expect_float_eq(hone_student_cdf(2, INFINITY), hone_normal_cdf(2), 1e-15);
    cr_expect_eq(hone_student_quantile(0.5, 4), 0);
    cr_expect_eq(hone_student_quantile(0.975, 4), -hone_student_quantile(1 - 0.975, 4));
    cr_expect(isnan(hone_student_quantile(0.2, -1)) && isnan(hone_student_two_sided(1, -1)));
    cr_expect_eq(hone_f_tail(0, 3, 4), 1);
    cr_expect_eq(hone_f_tail(INFINITY, 3, 4), 0);
    cr_expect_eq(hone_range_cdf(0, 3), 0);
    cr_expect_eq(hone_range_cdf(INFINITY, 3), 1);
    cr_expect(isnan(hone_range_cdf(1, 1)) && isnan(hone_range_quantile(2, 3)));
    cr_expect_eq(hone_binomial_cdf(-1, 5, 0.5), 0);
    cr_expect_eq(hone_binomial_cdf(5, 5, 0.5), 1);
    cr_expect_eq(hone_binomial_pmf(0, 5, 0), 1);
    cr_expect(isnan(hone_binomial_pmf(6, 5, 0.5)));
}
