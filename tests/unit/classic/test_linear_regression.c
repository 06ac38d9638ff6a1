/* test_linear_regression.c -- least squares against NIST's certified values, statsmodels, and what
 * it must be by definition. */
#include "core/alloc.h"
#include "core/estimator_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static hone_view array(const hone_estimator *est, const char *name) {
    hone_view out;
    cr_assert_eq(hone_get_array(est, name, &out, NULL), HONE_OK);
    return out;
}

static double number(const hone_estimator *est, const char *name) {
    double out;
    cr_assert_eq(hone_get_number(est, name, &out, NULL), HONE_OK);
    return out;
}

/* Digits that two numbers share. */
static double digits(double got, double want) {
    double error = want == 0 ? fabs(got) : fabs(got / want - 1);
    return error > 0 ? -log10(error) : 17;
}

static double worst_digits(const hone_estimator *est, const char *name, bool intercept,
                           const double *want) {
    char of_intercept[64] = "intercept";
    if (strcmp(name, "coef") != 0)
        snprintf(of_intercept, sizeof of_intercept, "intercept_%s", name);
    hone_view got = array(est, name);
    double worst = intercept ? digits(number(est, of_intercept), want[0]) : 17;
    for (size_t j = 0; j < got.rows; j++)
        worst = fmin(worst, digits(got.data[j], want[j + intercept]));
    return worst;
}

static void check_nist(const hone_json *problem) {
    const char *name = hone_json_as_text(hone_json_get(problem, "name"));
    size_t n = (size_t)support_real(problem, "rows"), m = (size_t)support_real(problem, "columns"),
           count;
    bool intercept = hone_json_as_boolean(hone_json_get(problem, "intercept"));
    double *x = support_reals(problem, "x", &count), *y = support_reals(problem, "y", &count);
    double *coef = support_reals(problem, "coef", &count),
           *se = support_reals(problem, "se", &count);
    double *exact = support_reals(problem, "coef_of_doubles", &count);
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    hone_estimator *est =
        support_fit("linear_regression", intercept ? "" : "fit_intercept=false", &data, NULL);
    double attainable = fmin(9, support_real(problem, "attainable") - 0.2);
    cr_expect_geq(worst_digits(est, "coef", intercept, exact), 9, "%s: %g digits", name,
                  worst_digits(est, "coef", intercept, exact));
    cr_expect_geq(worst_digits(est, "coef", intercept, coef), attainable,
                  "%s, certified: %g digits", name, worst_digits(est, "coef", intercept, coef));
    cr_expect_geq(worst_digits(est, "std_err", intercept, se), fmin(8, attainable),
                  "%s, standard errors: %g digits", name,
                  worst_digits(est, "std_err", intercept, se));
    cr_expect_geq(digits(number(est, "residual_sd"), support_real(problem, "residual_sd")),
                  fmin(8, attainable), "%s", name);
    cr_expect_geq(digits(number(est, "r_squared"), support_real(problem, "r_squared")), 9, "%s",
                  name);
    cr_expect_eq(number(est, "rank"), (double)m, "%s", name);
    hone_free(est);
    free(x), free(y), free(coef), free(se), free(exact);
}

Test(linear_regression, has_the_digits_that_nist_certifies) {
    hone_json *golden = support_golden("nist.json");
    const hone_json *problems = hone_json_get(golden, "problems");
    cr_assert_eq(hone_json_size(problems), 11);
    for (size_t i = 0; i < hone_json_size(problems); i++)
        check_nist(hone_json_at(problems, i));
    hone_json_free(golden);
}

static void expect_same(const hone_estimator *est, const char *name, const hone_json *example,
                        const char *key) {
    size_t count;
    double *want = support_reals(example, key, &count);
    hone_view got = array(est, name);
    cr_assert_eq(got.rows, count);
    for (size_t j = 0; j < count; j++)
        cr_expect(fabs(got.data[j] - want[j]) <= 1e-9 * fabs(want[j]) + 1e-14, "%s: %.12g, %.12g",
                  name, got.data[j], want[j]);
    free(want);
}

static void check_statistics(const hone_json *example, const hone_dataset *table) {
    static const char *const OF_B[] = {"intercept", "intercept_std_err", "intercept_t",
                                       "intercept_p_value"};
    size_t n = table->x.rows, count;
    double *w = calloc(n, sizeof *w), *b = support_reals(example, "b", &count);
    for (size_t i = 0; i < n; i++)
        w[i] = 0.5 + (double)(i % 3);
    hone_dataset data = *table;
    if (hone_json_as_boolean(hone_json_get(example, "weighted")))
        data.weights = w;
    bool intercept = hone_json_as_boolean(hone_json_get(example, "intercept"));
    hone_estimator *est =
        support_fit("linear_regression", intercept ? "" : "fit_intercept=false", &data, NULL);
    expect_same(est, "coef", example, "coef");
    expect_same(est, "std_err", example, "se");
    expect_same(est, "t", example, "t");
    expect_same(est, "p_value", example, "p");
    cr_expect_geq(digits(number(est, "residual_sd"), support_real(example, "residual_sd")), 11);
    cr_expect_geq(digits(number(est, "r_squared"), support_real(example, "r_squared")), 11);
    for (size_t k = 0; k < count; k++)
        cr_expect_geq(digits(number(est, OF_B[k]), b[k]), 9, "%s", OF_B[k]);
    hone_free(est);
    free(w), free(b);
}

Test(linear_regression, has_the_statistics_of_statsmodels) {
    hone_json *golden = support_golden("linear_models.json");
    hone_dataset *table = support_data("diabetes.csv", "progression");
    const hone_json *examples = hone_json_get(golden, "least_squares");
    cr_assert_eq(hone_json_size(examples), 4);
    for (size_t i = 0; i < 4; i++)
        check_statistics(hone_json_at(examples, i), table);
    hone_dataset_free(table);
    hone_json_free(golden);
}

/* x3 = x0 + 2 x1 on scales that differ, x4 constant: the least norm is orthogonal to what changes
 * no answer, (1, 2, 0, -1, 0) in the columns as they are. */
static void check_dependent(size_t n, bool intercept) {
    double *x, *y;
    support_make(n, 5, 0, 5, &x, &y);
    for (size_t i = 0; i < n; i++) {
        x[i * 5 + 1] *= 100;
        x[i * 5 + 3] = x[i * 5] + 2 * x[i * 5 + 1];
        x[i * 5 + 4] = intercept ? 7 : 0;
    }
    hone_dataset data = {.x = hone_view_of(x, n, 5), .y = hone_view_of(y, n, 1)};
    hone_estimator *est =
        support_fit("linear_regression", intercept ? "" : "fit_intercept=false", &data, NULL);
    hone_view c = array(est, "coef"), se = array(est, "std_err");
    double *out = calloc(n, sizeof *out);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_expect_eq(number(est, "rank"), 3);
    cr_expect_lt(fabs(c.data[0] + 2 * c.data[1] - c.data[3]), 1e-13);
    cr_expect_eq(c.data[4], 0);
    cr_expect(isnan(se.data[0]) && isnan(se.data[1]) && isnan(se.data[3]) && isnan(se.data[4]));
    cr_expect_gt(se.data[2], 0);
    for (size_t j = 0; j < 5; j++) {
        double g = 0, size = 0;
        for (size_t i = 0; i < n; i++) {
            g += x[i * 5 + j] * (y[i] - out[i]);
            size += fabs(x[i * 5 + j] * y[i]);
        }
        cr_expect_leq(fabs(g), 1e-13 * size, "column %zu of %zu rows: %g of %g", j, n, g, size);
    }
    free(out), free(x), free(y);
    hone_free(est);
}

Test(linear_regression, gives_the_least_norm_where_columns_depend_on_others) {
    check_dependent(40, true);
    check_dependent(40, false);
    check_dependent(5000, true);
}

Test(linear_regression, tells_the_rank_and_solves_more_columns_than_rows) {
    size_t n = 20, m = 3000;
    double *x, *y, *out = calloc(n, sizeof *out);
    support_make(n, m, 0, 9, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    hone_estimator *est = support_fit("linear_regression", "", &data, NULL);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_expect_eq(number(est, "rank"), 19);
    cr_expect_lt(support_distance(out, y, n), 1e-10);
    cr_expect(isnan(number(est, "residual_sd")));
    hone_free(est);
    free(x), free(y), free(out);
}

/* Both ways through the same data: 40 of the rows go through QR, repeated 300 times through the
 * normal equations. */
Test(linear_regression, is_the_same_by_qr_and_by_the_normal_equations) {
    double *x, *y;
    size_t n = 200, m = 6, times = 50;
    support_make(n, m, 0, 11, &x, &y);
    double *many = calloc(n * m * times, sizeof *many), *values = calloc(n * times, sizeof *values);
    double *w = calloc(n * times, sizeof *w);
    for (size_t i = 0; i < n * m; i++)
        x[i] += i % m == 2 ? 3000 : 3;
    for (size_t t = 0; t < times; t++) {
        memcpy(many + t * n * m, x, n * m * sizeof *x);
        memcpy(values + t * n, y, n * sizeof *y);
    }
    for (size_t i = 0; i < n * times; i++)
        w[i] = 1 / (double)times;
    hone_dataset few = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    hone_dataset all = {.x = hone_view_of(many, n * times, m),
                        .y = hone_view_of(values, n * times, 1),
                        .weights = w};
    hone_estimator *a = support_fit("linear_regression", "", &few, NULL),
                   *b = support_fit("linear_regression", "", &all, NULL);
    cr_expect_lt(support_distance(array(a, "coef").data, array(b, "coef").data, m), 1e-12);
    cr_expect_lt(support_distance(array(a, "singular").data, array(b, "singular").data, m), 1e-10);
    cr_expect_geq(digits(number(b, "intercept"), number(a, "intercept")), 11);
    double df = number(a, "df"), df_all = number(b, "df");
    for (size_t j = 0; j < m; j++)
        cr_expect_geq(
            digits(array(b, "std_err").data[j] * sqrt(df_all / df), array(a, "std_err").data[j]),
            10);
    hone_free(a), hone_free(b);
    free(x), free(y), free(many), free(values), free(w);
}

/* Compressed rows with more columns than LSQR is spared for, and dependent ones. */
Test(linear_regression, takes_compressed_rows_of_any_rank) {
    enum { ROWS = 60, COLS = 90 };
    double *x, *y, out[ROWS];
    support_make(ROWS, COLS, 0, 13, &x, &y);
    double *values = calloc(ROWS * COLS, sizeof *values);
    uint32_t *columns = calloc(ROWS * COLS, sizeof *columns);
    size_t starts[ROWS + 1] = {0}, at = 0;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < COLS; j++) {
            if ((i * 7 + j * 3) % 4)
                x[i * COLS + j] = 0;
            else
                values[at] = x[i * COLS + j], columns[at++] = (uint32_t)j;
        }
        starts[i + 1] = at;
    }
    hone_csr csr = {values, columns, starts, ROWS, COLS};
    hone_dataset full = {.x = hone_view_of(x, ROWS, COLS), .y = hone_view_of(y, ROWS, 1)};
    hone_dataset rare = {.sparse = &csr, .y = full.y};
    hone_estimator *a = support_fit("linear_regression", "", &full, NULL),
                   *b = support_fit("linear_regression", "", &rare, NULL);
    cr_expect_lt(support_distance(array(a, "coef").data, array(b, "coef").data, COLS), 1e-9);
    cr_assert_eq(hone_predict(b, &rare, out, NULL, NULL), HONE_OK);
    cr_expect_lt(support_distance(out, y, ROWS), 1e-9);
    hone_free(a), hone_free(b);
    free(x), free(y), free(values), free(columns);
}

Test(linear_regression, threads_change_no_bit) {
    double *x, *y;
    support_make(60000, 30, 0, 3, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 60000, 30), .y = hone_view_of(y, 60000, 1)};
    hone_estimator *est[3];
    for (int t = 0; t < 3; t++) {
        hone_monitor mon = {.threads = 1 << t};
        est[t] = support_create("linear_regression", "");
        cr_assert_eq(hone_fit(est[t], &data, &mon, NULL), HONE_OK);
        cr_assert(hone_estimator_equal(est[0], est[t]));
    }
    for (int t = 0; t < 3; t++)
        hone_free(est[t]);
    free(x), free(y);
}

Test(linear_regression, one_column_one_row_and_nothing_that_varies) {
    double x[] = {1, 2, 4}, y[] = {2, 4, 8}, same[] = {5, 5, 5}, out[3];
    hone_dataset data = {.x = hone_view_of(x, 3, 1), .y = hone_view_of(y, 3, 1)};
    hone_estimator *est = support_fit("linear_regression", "", &data, NULL);
    cr_expect_float_eq(array(est, "coef").data[0], 2, 1e-15);
    cr_expect_lt(fabs(number(est, "intercept")), 1e-14);
    data.x.data = same;
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_expect_eq(array(est, "coef").data[0], 0);
    cr_expect_eq(number(est, "rank"), 0);
    cr_expect_float_eq(number(est, "intercept"), 14. / 3, 1e-14);
    cr_expect_gt(number(est, "intercept_std_err"), 0);
    data.x = hone_view_of(x, 1, 3), data.y.rows = 1;
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_expect_float_eq(out[0], 2, 1e-15);
    hone_free(est);
}

Test(linear_regression, says_where_numbers_are_too_large) {
    double x[] = {1.7e308, -1.7e308, 3e299}, y[] = {1, -1, 0.3};
    hone_dataset data = {.x = hone_view_of(x, 3, 1), .y = hone_view_of(y, 3, 1)};
    hone_estimator *est = support_create("linear_regression", "");
    hone_error err;
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_ENUMERIC);
    cr_assert_eq(strncmp(err.message, "linear_regression: ", 19), 0, "%s", err.message);
    hone_free(est);
}
