#include "core/alloc.h"
#include "core/rng.h"
#include "preprocess/columns.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static hone_error err;

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_dataset column(const double *x, size_t n) {
    return (hone_dataset){.x = hone_view_of(x, n, 1)};
}

static void fails(const char *name, const char *params, hone_dataset data, hone_status status,
                  const char *message) {
    hone_estimator *est = support_create(name, params);
    cr_expect_eq(hone_fit(est, &data, NULL, &err), status);
    cr_expect_str_eq(err.message, message);
    hone_free(est);
}

/* ---- quantiles of a column ------------------------------------------------------------------ */

static double quantile(const double *value, const double *weight, size_t n, double q) {
    const hone_present present = {n, (double *)value, (double *)weight};
    return hone_present_quantile(&present, q);
}

Test(quantile, lies_between_the_two_nearest) {
    const double x[] = {1, 2, 4, 8};
    cr_expect_eq(quantile(x, NULL, 4, 0), 1);
    cr_expect_eq(quantile(x, NULL, 4, 0.5), 3);
    cr_expect_eq(quantile(x, NULL, 4, 0.75), 5);
    cr_expect_eq(quantile(x, NULL, 4, 1), 8);
    cr_expect_eq(quantile(x, NULL, 1, 0.3), 1);
    cr_expect_eq(quantile(x, NULL, 0, 0.3), 0);
}

Test(quantile, whole_weights_count_as_rows) {
    const double x[] = {1, 2, 4, 8}, w[] = {3, 1, 2, 4};
    const double rows[] = {1, 1, 1, 2, 4, 4, 8, 8, 8, 8};
    for (size_t k = 0; k <= 40; k++) {
        double q = (double)k / 40, a = quantile(x, w, 4, q), b = quantile(rows, NULL, 10, q);
        cr_expect(fabs(a - b) < 1e-14, "at %g: %g and %g", q, a, b);
    }
}

Test(quantile, like_weights_change_nothing_however_small) {
    const double x[] = {1, 2, 4, 8, 16}, w[] = {0.25, 0.25, 0.25, 0.25, 0.25};
    for (size_t k = 0; k <= 40; k++) {
        double q = (double)k / 40, a = quantile(x, w, 5, q), b = quantile(x, NULL, 5, q);
        cr_expect(fabs(a - b) < 1e-14, "at %g: %g and %g", q, a, b);
    }
}

Test(quantile, weights_of_any_size_never_let_it_fall) {
    const double x[] = {1, 2, 4, 8, 16}, w[] = {0.1, 3.7, 1, 0.6, 2.2};
    double before = 1;
    for (size_t k = 0; k <= 1000; k++) {
        double here = quantile(x, w, 5, (double)k / 1000);
        cr_expect(here >= before && here <= 16);
        before = here;
    }
    cr_expect(quantile(x, w, 5, 0) == 1 && before == 16);
}

/* Many values are selected from, and not sorted. */
Test(quantile, by_selection_is_that_of_sorted_values) {
    enum { N = 20000, SHARES = 6 };
    const double shares[SHARES] = {0, 0.25, 0.5, 0.777, 0.9999, 1};
    double *value = calloc(N, sizeof *value), got[SHARES];
    for (int kind = 0; kind < 4; kind++) {
        hone_rng rng = hone_rng_at(3, (uint64_t)kind);
        hone_present present = {.n = N};
        ok(hone_new(&present.value, N, &err));
        for (size_t i = 0; i < N; i++) {
            double x = hone_rng_normal(&rng);
            value[i] = kind == 0 ? x : kind == 1 ? floor(3 * x) : kind == 2 ? exp(20 * x) : 7;
            present.value[i] = value[i];
        }
        ok(hone_present_quantiles(&present, shares, SHARES, got, &err));
        memcpy(present.value, value, N * sizeof *value);
        ok(hone_present_sort(&present, &err));
        for (size_t k = 0; k < SHARES; k++)
            cr_assert_eq(got[k], hone_present_quantile(&present, shares[k]), "kind %d, share %g",
                         kind, shares[k]);
        hone_present_free(&present);
    }
    free(value);
}

/* ---- robust_scaler -------------------------------------------------------------------------- */

Test(robust_scaler, one_wild_value_moves_nothing) {
    const double x[] = {1, 2, 3, 4, 5}, wild[] = {1, 2, 3, 4, 1e300};
    double a, b, center, scale;
    hone_view view;
    hone_estimator *est = support_create("robust_scaler", "unit_variance=false");
    hone_dataset data = column(x, 5), other = column(wild, 5), asked = column(x, 1);
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_transform(est, &asked, &a, NULL, &err));
    ok(hone_fit(est, &other, NULL, &err));
    ok(hone_transform(est, &asked, &b, NULL, &err));
    ok(hone_get_array(est, "center", &view, &err));
    center = view.data[0];
    ok(hone_get_array(est, "scale", &view, &err));
    scale = view.data[0];
    cr_assert(a == -1 && b == -1 && center == 3 && scale == 2);
    hone_free(est);
}

Test(robust_scaler, odd_columns_are_left_in_peace) {
    const double x[] = {7, NAN, 7, NAN, 7, 3};
    double out[6];
    hone_estimator *est = support_create("robust_scaler", "unit_variance=false");
    hone_dataset data = {.x = hone_view_of(x, 2, 2)};
    ok(hone_fit(est, &data, NULL, &err)); /* constant, and without any value */
    ok(hone_transform(est, &data, out, NULL, &err));
    cr_assert(out[0] == 0 && isnan(out[1]) && out[2] == 0);
    data.x.rows = 1;
    ok(hone_fit(est, &data, NULL, &err)); /* one row */
    ok(hone_transform(est, &data, out, NULL, &err));
    cr_assert_eq(out[0], 0);
    hone_free(est);
}

Test(robust_scaler, says_what_is_wrong) {
    const double x[] = {-1.7e308, 1.7e308, -1.7e308, 1.7e308};
    fails("robust_scaler", "quantile_range_low=75 quantile_range_high=25", column(x, 4),
          HONE_EINVAL,
          "robust_scaler: parameter quantile_range_low must be below quantile_range_high, got 75 "
          "and 25");
    fails("robust_scaler", "quantile_range_low=0 unit_variance=true", column(x, 4), HONE_EINVAL,
          "robust_scaler: unit_variance needs quantiles above 0 and below 100, got 0 and 75");
    fails("robust_scaler", "quantile_range_low=0 quantile_range_high=100", column(x, 4),
          HONE_ENUMERIC, "robust_scaler: the range of column 'x0' overflows");
}

/* ---- quantile_transformer ------------------------------------------------------------------- */

static void keep_warning(void *user, const char *message) {
    strcpy(user, message);
}

Test(quantile_transformer, says_that_there_are_fewer_rows) {
    const double x[] = {1, 2, 3, 4, 5}, asked[] = {0, 1, 2.5, 5, 9, NAN};
    char warning[512] = "";
    double out[6];
    hone_monitor mon = {.user = warning, .warn = keep_warning};
    hone_estimator *est = support_create("quantile_transformer", "n_quantiles=10");
    hone_dataset data = column(x, 5), new = column(asked, 6);
    ok(hone_fit(est, &data, &mon, &err));
    cr_expect_str_eq(warning, "quantile_transformer: n_quantiles is 10, but there are 5 rows; it "
                              "becomes 5");
    ok(hone_transform(est, &new, out, NULL, &err));
    cr_expect(out[0] == 0 && out[1] == 0 && out[2] == 0.375 && out[3] == 1 && out[4] == 1);
    cr_expect(isnan(out[5]));
    hone_free(est);
    fails("quantile_transformer", "n_quantiles=20 subsample=10", column(x, 5), HONE_EINVAL,
          "quantile_transformer: parameter n_quantiles must be at most subsample, got 20 and 10");
}

Test(quantile_transformer, a_shared_value_gets_the_middle) {
    const double x[] = {1, 2, 2, 2, 3}, asked[] = {2};
    double out;
    hone_estimator *est = support_create("quantile_transformer", "n_quantiles=5");
    hone_dataset data = column(x, 5), new = column(asked, 1);
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_transform(est, &new, &out, NULL, &err));
    cr_assert_eq(out, 0.5);
    hone_free(est);
}

/* Quantiles that crowd at one end, of a range that overflows, or of one value: the guide to them
 * must not lead astray. */
Test(quantile_transformer, uneven_quantiles_are_found_too) {
    enum { N = 400 };
    double x[N], out[N];
    hone_estimator *est = support_create("quantile_transformer", "n_quantiles=400");
    for (int kind = 0; kind < 3; kind++) {
        for (size_t i = 0; i < N; i++)
            x[i] = kind == 0   ? ldexp(1, (int)i)
                   : kind == 1 ? ((double)i - 200) * 8.5e305
                               : (double)i * 5e-324;
        hone_dataset data = column(x, N);
        ok(hone_fit(est, &data, NULL, &err));
        ok(hone_transform(est, &data, out, NULL, &err));
        for (size_t i = 0; i < N; i++)
            cr_assert(fabs(out[i] - (double)i / (N - 1)) < 1e-15, "kind %d, row %zu: %g", kind, i,
                      out[i]);
    }
    hone_free(est);
}

Test(quantile_transformer, a_subsample_is_drawn_by_the_seed) {
    enum { N = 5000 };
    double *x = calloc(N, sizeof *x), worst = 0, *out = calloc(N, sizeof *out);
    for (size_t i = 0; i < N; i++)
        x[i] = (double)(i * 7919 % N);
    hone_dataset data = column(x, N);
    hone_estimator *a =
        support_create("quantile_transformer", "subsample=1000,n_quantiles=200,seed=4");
    hone_estimator *b =
        support_create("quantile_transformer", "subsample=1000,n_quantiles=200,seed=5");
    hone_estimator *c =
        support_create("quantile_transformer", "subsample=1000,n_quantiles=200,seed=4");
    ok(hone_fit(a, &data, NULL, &err));
    ok(hone_fit(b, &data, NULL, &err));
    ok(hone_fit(c, &data, NULL, &err));
    cr_assert(hone_estimator_equal(a, c) && !hone_estimator_equal(a, b));
    ok(hone_transform(a, &data, out, NULL, &err));
    for (size_t i = 0; i < N; i++)
        worst = fmax(worst, fabs(out[i] - x[i] / N));
    cr_assert(worst > 0 && worst < 0.06, "%g", worst); /* Kolmogorov: beyond it 1 of 700 */
    hone_free(a), hone_free(b), hone_free(c);
    free(x), free(out);
}
