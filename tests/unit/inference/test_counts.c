/* Shares, tests on labels, tests over data sets, the calibration band. */
#include "cases.h"
#include "core/alloc.h"
#include "inference/special.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

Test(proportion, agrees_with_scipy) {
    hone_json *golden = support_golden("inference.json");
    const hone_json *cases = hone_json_get(golden, "proportions");
    cr_assert_eq(hone_json_size(cases), 8);
    for (size_t i = 0; i < 8; i++) {
        const hone_json *c = hone_json_at(cases, i);
        static const char *const names[] = {"wilson", "exact"};
        for (int exact = 0; exact < 2; exact++) {
            size_t two;
            double *expected = support_reals(c, names[exact], &two);
            hone_interval got;
            cr_assert_eq(hone_proportion_interval(support_real(c, "hits"), support_real(c, "n"),
                                                  exact, 0.95, &got, NULL),
                         HONE_OK);
            cr_expect_float_eq(got.low, expected[0], 2e-12, "%s case %zu", names[exact], i);
            cr_expect_float_eq(got.high, expected[1], 2e-12, "%s case %zu", names[exact], i);
            free(expected);
        }
    }
    hone_json_free(golden);
}

/* Newcombe 1998 (paired), method 10; the same table the other way round mirrors it. */
Test(proportion, paired_differences_of_the_paper) {
    const struct {
        double a, b, c, d, low, high;
    } table[] = {{36, 12, 2, 0, 0.0569, 0.3404},
                 {0, 30, 0, 0, 0.8395, 1.0000},
                 {54, 0, 0, 0, -0.0664, 0.0664}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        hone_interval got;
        cr_assert_eq(hone_paired_proportions(table[i].a, table[i].b, table[i].c, table[i].d, 0.95,
                                             &got, NULL),
                     HONE_OK);
        cr_expect_float_eq(got.low, table[i].low, 6e-5, "%zu: %.6f", i, got.low);
        cr_expect_float_eq(got.high, table[i].high, 6e-5, "%zu: %.6f", i, got.high);
        hone_interval back;
        cr_assert_eq(hone_paired_proportions(table[i].a, table[i].c, table[i].b, table[i].d, 0.95,
                                             &back, NULL),
                     HONE_OK);
        cr_expect_float_eq(back.low, -got.high, 1e-15);
        cr_expect_float_eq(back.high, -got.low, 1e-15);
    }
}

Test(proportion, likelihood_ratios) {
    hone_interval plus, minus;
    /* 80 of 100 with, 30 of 200 without: LR+ 5.333, LR- 0.2353 */
    cr_assert_eq(hone_likelihood_ratios(80, 20, 30, 170, 0.95, &plus, &minus, NULL), HONE_OK);
    cr_expect_float_eq(plus.estimate, 16.0 / 3, 1e-14);
    cr_expect_float_eq(minus.estimate, 0.2 / 0.85, 1e-15);
    double spread = 1.959963984540054 * sqrt(1 / 80.0 - 1 / 100.0 + 1 / 30.0 - 1 / 200.0);
    cr_expect_float_eq(log(plus.high / plus.estimate), spread, 1e-14);
    cr_expect_float_eq(log(plus.estimate / plus.low), spread, 1e-14);
    cr_assert_eq(hone_likelihood_ratios(80, 20, 0, 200, 0.95, &plus, &minus, NULL), HONE_OK);
    cr_expect(isinf(plus.estimate) && isnan(plus.high) && plus.why && !minus.why);
    cr_assert_eq(hone_likelihood_ratios(0, 0, 5, 5, 0.95, &plus, &minus, NULL), HONE_OK);
    cr_expect_str_eq(plus.why, "a class has no rows");
}

Test(proportion, average_precision) {
    hone_interval i;
    cr_assert_eq(hone_average_precision_interval(0.8, 100, 0.95, &i, NULL), HONE_OK);
    double half = 1.959963984540054 / 4;
    cr_expect_float_eq(log(i.high / (1 - i.high)) - log(4), half, 1e-13);
    cr_expect_float_eq(log(4) - log(i.low / (1 - i.low)), half, 1e-13);
    cr_assert_eq(hone_average_precision_interval(1, 100, 0.95, &i, NULL), HONE_OK);
    cr_expect(isnan(i.low) && i.why);
}

Test(proportion, no_rows_and_refusals) {
    hone_interval i, j;
    hone_error err;
    cr_assert_eq(hone_proportion_interval(0, 0, false, 0.95, &i, NULL), HONE_OK);
    cr_expect(isnan(i.estimate) && isnan(i.low) && i.why);
    cr_assert_eq(hone_paired_proportions(0, 0, 0, 0, 0.95, &i, NULL), HONE_OK);
    cr_expect(isnan(i.low) && i.why);
    cr_expect_eq(hone_proportion_interval(3, 2, false, 0.95, &i, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "proportion: 3 hits are more than the 2 rows");
    cr_expect_eq(hone_proportion_interval(1.5, 2, false, 0.95, &i, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "proportion: the count of hits must be a whole number >= 0, got 1.5");
    cr_expect_eq(hone_paired_proportions(1, -1, 0, 0, 0.95, &i, &err), HONE_EINVAL);
    cr_expect_eq(hone_likelihood_ratios(1, NAN, 0, 0, 0.95, &i, &j, &err), HONE_EINVAL);
    cr_expect_eq(hone_average_precision_interval(1.5, 1, 0.95, &i, &err), HONE_EINVAL);
}

/* ---- labels ---------------------------------------------------------------------------------- */

Test(label_test, mcnemar_agrees_with_scipy) {
    hone_json *golden = support_golden("inference.json");
    const hone_json *cases = hone_json_get(golden, "mcnemar");
    hone_test t;
    cr_assert_eq(hone_json_size(cases), 6);
    for (size_t i = 0; i < 6; i++) {
        const hone_json *c = hone_json_at(cases, i);
        double b = support_real(c, "b"), other = support_real(c, "c");
        cr_assert_eq(hone_mcnemar(b, other, false, &t, NULL), HONE_OK);
        cr_expect_float_eq(t.p, support_real(c, "exact"), 1e-12);
        cr_assert_eq(hone_mcnemar(other, b, true, &t, NULL), HONE_OK);
        cr_expect_float_eq(t.p, support_real(c, "mid"), 1e-12);
    }
    cr_assert_eq(hone_mcnemar(0, 0, true, &t, NULL), HONE_OK);
    cr_expect_eq(t.p, 1);
    cr_expect_eq(hone_mcnemar(-1, 0, true, &t, NULL), HONE_EINVAL);
    hone_json_free(golden);
}

/* Two models: Cochran's Q is McNemar's chi-square (b - c)^2 / (b + c). */
Test(label_test, cochran) {
    const double two[] = {1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1};
    /* Rows as in Sheskin's example of four treatments: totals 9, 6, 2 in three columns */
    const double three[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0,
                            1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0};
    hone_test t;
    cr_assert_eq(hone_cochran_q(two, 2, 8, &t, NULL), HONE_OK);
    cr_expect_float_eq(t.statistic, 9 / 5.0, 1e-14);
    cr_expect_float_eq(t.p, hone_chi2_tail(1.8, 1), 1e-15);
    cr_assert_eq(hone_cochran_q(three, 3, 12, &t, NULL), HONE_OK);
    double r[12] = {0}, c[3] = {0}, rows = 0, all = 0;
    for (size_t i = 0; i < 36; i++) {
        r[i % 12] += three[i];
        c[i / 12] += three[i];
        all += three[i];
    }
    for (size_t i = 0; i < 12; i++)
        rows += r[i] * (3 - r[i]);
    double spread = 0;
    for (size_t j = 0; j < 3; j++)
        spread += pow(c[j] - all / 3, 2);
    cr_expect_float_eq(t.statistic, 3 * 2 * spread / rows, 1e-13); /* the form with deviations */
    cr_expect_eq(t.df, 2);
    const double same[] = {1, 0, 1, 0};
    cr_assert_eq(hone_cochran_q(same, 2, 2, &t, NULL), HONE_OK);
    cr_expect(t.statistic == 0 && t.p == 1);
    const double wrong[] = {1, 0, 0.5, 0};
    hone_error err;
    cr_expect_eq(hone_cochran_q(wrong, 2, 2, &t, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "Cochran Q: row 1 of model 2 must be 0 or 1, got 0.5");
    cr_expect_eq(hone_cochran_q(same, 1, 4, &t, &err), HONE_EINVAL);
}

/* ---- many data sets -------------------------------------------------------------------------- */

static const double SETS[] = {.80, .82, .79, .90, .91, .90, .70, .75, .72,
                              .60, .66, .61, .85, .84, .86, .77, .80, .75};

Test(rank_test, friedman_golden) {
    double ranks[3], cd, negative[18];
    hone_test chi2, f;
    cr_assert_eq(hone_friedman(SETS, 6, 3, true, ranks, &chi2, &f, NULL), HONE_OK);
    cr_expect_float_eq(ranks[0], 2.416667, 5e-7);
    cr_expect_float_eq(ranks[1], 1.333333, 5e-7);
    cr_expect_float_eq(ranks[2], 2.25, 1e-15);
    cr_expect_float_eq(chi2.statistic, 4.083333, 5e-7);
    cr_expect_float_eq(f.statistic, 2.578947, 5e-7);
    cr_expect_float_eq(f.p, 0.124969941, 1e-9);
    cr_assert_eq(hone_nemenyi(6, 3, 0.05, &cd, NULL), HONE_OK);
    cr_expect_float_eq(cd, 1.353136, 5e-7);
    for (size_t i = 0; i < 18; i++)
        negative[i] = -SETS[i];
    cr_assert_eq(hone_friedman(negative, 6, 3, false, ranks, NULL, &chi2, NULL), HONE_OK);
    cr_expect_float_eq(chi2.p, f.p, 1e-15);
}

Test(rank_test, friedman_at_the_ends) {
    double one_order[12], ties[6] = {1, 1, 1, 2, 2, 2};
    hone_test chi2, f;
    hone_error err;
    for (size_t i = 0; i < 12; i++)
        one_order[i] = (double)(i % 3) + (double)(i / 3);
    cr_assert_eq(hone_friedman(one_order, 4, 3, true, NULL, &chi2, &f, NULL), HONE_OK);
    cr_expect_float_eq(chi2.statistic, 8, 1e-13);
    cr_expect(isinf(f.statistic));
    cr_expect_float_eq(f.p, 1 / 216.0, 1e-15);
    cr_assert_eq(hone_friedman(ties, 2, 3, true, NULL, &chi2, &f, NULL), HONE_OK);
    cr_expect(chi2.statistic == 0 && chi2.p == 1 && f.p == 1);
    cr_expect_eq(hone_friedman(ties, 1, 3, true, NULL, &chi2, &f, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "Friedman: needs at least two data sets and two models, got 1 and 3");
    ties[1] = NAN;
    cr_expect_eq(hone_friedman(ties, 2, 3, true, NULL, &chi2, &f, &err), HONE_EDATA);
    cr_expect_eq(hone_nemenyi(0, 3, 0.05, ties, &err), HONE_EINVAL);
}

Test(rank_test, wilcoxon_agrees_with_scipy) {
    hone_json *golden = support_golden("inference.json");
    const hone_json *cases = hone_json_get(golden, "wilcoxon");
    cr_assert_eq(hone_json_size(cases), 5);
    for (size_t i = 0; i < 5; i++) {
        const hone_json *c = hone_json_at(cases, i);
        size_t n;
        double *d = support_reals(c, "d", &n);
        hone_test t;
        cr_assert_eq(hone_wilcoxon(d, n, &t, NULL), HONE_OK);
        cr_expect_eq(t.statistic, support_real(c, "statistic"));
        cr_expect_float_eq(t.p, support_real(c, "p"), 1e-12, "case %zu: %.17g", i, t.p);
        free(d);
    }
    hone_json_free(golden);
}

/* Ties: every assignment of signs counted. */
Test(rank_test, wilcoxon_with_ties_is_exact) {
    const double d[] = {1, -1, 2, 2, -3, 0, 3, 3, 5, 0, 1};
    const double rank[] = {2, 2, 4.5, 4.5, 7, 7, 7, 9, 2};
    hone_test t;
    double as_small = 0;
    cr_assert_eq(hone_wilcoxon(d, 11, &t, NULL), HONE_OK);
    cr_expect_eq(t.statistic, 9, "ranks 2 and 7 are negative");
    for (unsigned signs = 0; signs < 512; signs++) {
        double sum = 0;
        for (unsigned i = 0; i < 9; i++)
            sum += signs >> i & 1 ? rank[i] : 0;
        as_small += sum <= 9;
    }
    cr_expect_float_eq(t.p, 2 * as_small / 512, 1e-15);
    const double zeros[3] = {0};
    cr_assert_eq(hone_wilcoxon(zeros, 3, &t, NULL), HONE_OK);
    cr_expect(t.p == 1 && t.statistic == 0);
    const double holes[] = {1, NAN};
    cr_expect_eq(hone_wilcoxon(holes, 2, &t, NULL), HONE_EDATA);
}

Test(rank_test, holm) {
    const double p[] = {0.01, 0.04, NAN, 0.03, 0.005, 0.9};
    const double expected[] = {0.04, 0.09, NAN, 0.09, 0.025, 0.9};
    double adjusted[6], wrong[] = {0.5, 1.5};
    hone_error err;
    cr_assert_eq(hone_holm(p, 6, adjusted, NULL), HONE_OK);
    cr_expect_leq(support_distance(adjusted, expected, 6), 1e-15);
    cr_expect_eq(hone_holm(wrong, 2, adjusted, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "Holm: p-value 2 must be in [0, 1], got 1.5");
    for (size_t i = 0; i < 6; i++)
        adjusted[i] = p[i];
    cr_assert_eq(hone_holm(adjusted, 6, adjusted, NULL), HONE_OK);
    cr_expect_leq(support_distance(adjusted, expected, 6), 1e-15, "in place");
    cr_assert_eq(hone_holm(NULL, 0, NULL, NULL), HONE_OK);
}

Test(rank_test, a_failed_allocation_is_a_failure_without_a_leak) {
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_test t;
        double adjusted[18];
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_friedman(SETS, 6, 3, true, NULL, &t, NULL, NULL);
        if (!status)
            status = hone_wilcoxon(SETS, 18, &t, NULL);
        if (!status)
            status = hone_holm(SETS, 18, adjusted, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert_eq(hone_alloc_live(), live, "leak after failure %ld", k);
        if (status == HONE_OK) {
            cr_assert_gt(k, 9);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
    }
}

/* ---- calibration band ------------------------------------------------------------------------ */

/* One forecast only: the curve is a share of n, whose distribution is known. */
Test(calibration_band, of_one_forecast_is_binomial) {
    enum { N = 50 };
    double p[N], low, high;
    const double grid = 0.3;
    for (size_t i = 0; i < N; i++)
        p[i] = 0.3;
    cr_assert_eq(hone_calibration_band(p, N, &grid, 1, 20000, 0.9, 3, NULL, &low, &high, NULL),
                 HONE_OK);
    cr_expect(hone_binomial_cdf(round(low * N), N, 0.3) > 0.05);
    cr_expect(hone_binomial_cdf(round(low * N) - 1, N, 0.3) < 0.05);
    cr_expect(hone_binomial_cdf(round(high * N), N, 0.3) > 0.95);
    cr_expect(hone_binomial_cdf(round(high * N) - 1, N, 0.3) < 0.95);
}

/* Calibrated outcomes lie inside as often as promised, at every point of the grid. */
Test(calibration_band, holds_calibrated_curves) {
    enum { N = 300, POINTS = 9, TRIALS = 400 };
    static double p[N], y[N], low[POINTS + 2], high[POINTS + 2], again[POINTS + 2];
    double grid[POINTS + 2] = {0}, inside[POINTS] = {0};
    hone_rng rng = hone_rng_at(14, 1);
    for (size_t i = 0; i < N; i++)
        p[i] = 0.02 + 0.96 * ((double)i + 0.5) / N;
    for (size_t g = 0; g < POINTS; g++)
        grid[g + 1] = 0.1 * (double)(g + 1);
    grid[POINTS + 1] = 1;
    hone_monitor one = {.threads = 1}, many = {.threads = 3};
    cr_assert_eq(hone_calibration_band(p, N, grid, POINTS + 2, 0, 0.9, 5, &one, low, high, NULL),
                 HONE_OK);
    cr_assert_eq(hone_calibration_band(p, N, grid, POINTS + 2, 0, 0.9, 5, &many, again, high, NULL),
                 HONE_OK);
    cr_expect_eq(support_distance(low, again, POINTS + 2), 0);
    cr_expect(isnan(low[0]) && isnan(high[POINTS + 1]), "out of the range of the forecasts");
    for (int trial = 0; trial < TRIALS; trial++) {
        hone_corp corp = {0};
        for (size_t i = 0; i < N; i++)
            y[i] = hone_rng_uniform(&rng) < p[i] ? 1 : 0;
        cr_assert_eq(hone_corp_make(y, p, NULL, N, &corp, NULL), HONE_OK);
        for (size_t g = 0; g < POINTS; g++) {
            size_t i = 0;
            while (corp.proba[i] < grid[g + 1])
                i++;
            double f = corp.recalibrated[i], f0 = corp.recalibrated[i - 1];
            double at = f0 + (f - f0) * (grid[g + 1] - corp.proba[i - 1]) /
                                 (corp.proba[i] - corp.proba[i - 1]);
            inside[g] += at >= low[g + 1] - 1e-12 && at <= high[g + 1] + 1e-12;
        }
        hone_corp_free(&corp);
    }
    for (size_t g = 0; g < POINTS; g++) /* 3.5 deviations of 400 draws at 0.9 */
        cr_expect(fabs(inside[g] / TRIALS - 0.9) < 0.0525, "point %zu: %g", g, inside[g] / TRIALS);
}

Test(calibration_band, refusals_are_sentences) {
    const double p[] = {0.1, 1.5}, fine[] = {0.1, 0.5}, down[] = {0.4, 0.3};
    double low[2], high[2];
    hone_error err;
    cr_expect_eq(hone_calibration_band(p, 2, fine, 2, 10, 0.9, 1, NULL, low, high, &err),
                 HONE_EDATA);
    cr_expect_str_eq(err.message, "calibration band: the probability of row 2 must be in [0, 1], "
                                  "got 1.5");
    cr_expect_eq(hone_calibration_band(fine, 2, down, 2, 10, 0.9, 1, NULL, low, high, &err),
                 HONE_EINVAL);
    cr_expect_str_eq(err.message, "calibration band: the grid must ascend, point 2 is 0.3");
    cr_expect_eq(hone_calibration_band(fine, 0, fine, 2, 10, 0.9, 1, NULL, low, high, &err),
                 HONE_EDATA);
    cr_expect_eq(hone_calibration_band(fine, 2, fine, 2, 10, 9, 1, NULL, low, high, &err),
                 HONE_EINVAL);
    cr_expect_eq(
        hone_calibration_band(fine, 2, fine, 2, (size_t)1 << 40, 0.9, 1, NULL, low, high, &err),
        HONE_EINVAL);
}

Test(calibration_band, a_failed_allocation_is_a_failure_without_a_leak) {
    const double p[] = {0.1, 0.5, 0.5, 0.9};
    double low[2], high[2];
    hone_monitor mon = {.threads = 1};
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_calibration_band(p, 4, p, 2, 20, 0.9, 1, &mon, low, high, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert_eq(hone_alloc_live(), live, "leak after failure %ld", k);
        if (status == HONE_OK) {
            cr_assert_gt(k, 6);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
    }
}
