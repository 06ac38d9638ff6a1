/* test_ridge.c -- ridge against scikit-learn and the pseudo-inverse (tests/golden/linear.json). */
#include "classic/classic.h"
#include "core/alloc.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static hone_estimator *ridge(const char *params) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_estimator_new(&hone_ridge, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    return est;
}

static bool flag(const hone_json *example, const char *key) {
    return hone_json_as_boolean(hone_json_get(example, key));
}

static void check_example(const hone_json *example, const hone_dataset *table) {
    const char *name = hone_json_as_text(hone_json_get(example, "name"));
    size_t n = (size_t)support_real(example, "rows"), m = (size_t)support_real(example, "columns");
    size_t extra = flag(example, "doubled") ? 3 : 0, cols = m + extra, count;
    double *x = calloc(n * cols, sizeof *x), *w = calloc(n, sizeof *w), intercept;
    for (size_t i = 0; i < n; i++) {
        const double *row = hone_view_row(table->x, i);
        memcpy(x + i * cols, row, m * sizeof *x);
        for (size_t j = 0; j < extra; j++)
            x[i * cols + m + j] = row[j] + row[j + 3];
        w[i] = 0.5 + (double)(i % 3);
    }
    hone_dataset data = {.x = hone_view_of(x, n, cols),
                         .y = hone_view_rows(table->y, 0, n),
                         .weights = flag(example, "weighted") ? w : NULL};
    hone_estimator *est = ridge(hone_json_as_text(hone_json_get(example, "params")));
    hone_error err;
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    hone_view coef;
    cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
    cr_assert_eq(hone_get_number(est, "intercept", &intercept, NULL), HONE_OK);
    double *theirs = support_reals(example, "coef", &count);
    cr_assert_eq(count, cols);
    cr_expect_lt(support_distance(coef.data, theirs, cols), 1e-8, "%s: %g", name,
                 support_distance(coef.data, theirs, cols));
    cr_expect_lt(fabs(intercept - support_real(example, "intercept")), 1e-6, "%s", name);
    hone_free(est);
    free(x), free(w), free(theirs);
}

Test(ridge, agrees_with_scikit_learn) {
    hone_json *golden = support_golden("linear.json");
    hone_dataset *table = support_data("diabetes.csv", "progression");
    const hone_json *examples = hone_json_get(golden, "ridge");
    cr_assert_geq(hone_json_size(examples), 11);
    for (size_t i = 0; i < hone_json_size(examples); i++)
        check_example(hone_json_at(examples, i), table);
    hone_dataset_free(table);
    hone_json_free(golden);
}

/* The gradient 2 A'(A c - r) + 2 alpha c vanishes, by rows and by columns. */
Test(ridge, solves_the_normal_equations_in_both_forms) {
    static const size_t SHAPES[][2] = {{40, 7}, {7, 40}, {12, 12}};
    for (int shape = 0; shape < 3; shape++) {
        size_t n = SHAPES[shape][0], m = SHAPES[shape][1];
        double *x, *y, out[40];
        support_make(n, m, 0, 3, &x, &y);
        hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
        hone_estimator *est = ridge("alpha=0.3 fit_intercept=true");
        cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
        hone_view coef;
        cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
        double residuals = 0;
        for (size_t i = 0; i < n; i++)
            residuals += out[i] - y[i];
        cr_assert_lt(fabs(residuals), 1e-12);
        for (size_t j = 0; j < m; j++) {
            double g = 0.3 * coef.data[j];
            for (size_t i = 0; i < n; i++)
                g += x[i * m + j] * (out[i] - y[i]);
            cr_assert_lt(fabs(g), 1e-12, "%zu x %zu: column %zu", n, m, j);
        }
        hone_free(est);
        free(x), free(y);
    }
}

Test(ridge, threads_change_no_bit) {
    double *x, *y;
    support_make(60000, 30, 0, 3, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 60000, 30), .y = hone_view_of(y, 60000, 1)};
    hone_estimator *est[3];
    for (int t = 0; t < 3; t++) {
        hone_monitor mon = {.threads = 1 << t};
        est[t] = ridge("");
        cr_assert_eq(hone_fit(est[t], &data, &mon, NULL), HONE_OK);
        cr_assert(hone_estimator_equal(est[0], est[t]));
    }
    for (int t = 0; t < 3; t++)
        hone_free(est[t]);
    free(x), free(y);
}

Test(ridge, constant_columns_get_nothing_and_one_row_its_own_value) {
    double x[] = {1, 5, 2, 5, 4, 5}, y[] = {2, 4, 8}, out[3];
    hone_dataset data = {.x = hone_view_of(x, 3, 2), .y = hone_view_of(y, 3, 1)};
    hone_estimator *est = ridge("alpha=0");
    hone_view coef;
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
    cr_assert_float_eq(coef.data[0], 2, 1e-14);
    cr_assert_eq(coef.data[1], 0);
    data.x.rows = data.y.rows = 1;
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert_eq(out[0], 2);
    hone_free(est);
}

Test(ridge, numbers_of_any_size) {
    double x[] = {1e300, -1e300, 3e299}, y[] = {1, -1, 0.3}, out[3];
    hone_dataset data = {.x = hone_view_of(x, 3, 1), .y = hone_view_of(y, 3, 1)};
    hone_estimator *est = ridge("");
    hone_error err;
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert_lt(support_distance(out, y, 3), 1e-14);
    x[0] = 1.7e308, x[1] = -1.7e308;
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_ENUMERIC);
    cr_assert_eq(strncmp(err.message, "ridge: ", 7), 0, "%s", err.message);
    hone_free(est);
}

/* By X'X and by LSQR. */
Test(ridge, takes_compressed_rows) {
    static const size_t SHAPES[][2] = {{60, 9}, {9, 60}};
    for (int shape = 0; shape < 2; shape++) {
        size_t n = SHAPES[shape][0], m = SHAPES[shape][1], at = 0;
        double *x, *y, w[60];
        support_make(n, m, 0, 5, &x, &y);
        double *values = calloc(n * m, sizeof *values);
        uint32_t *columns = calloc(n * m, sizeof *columns);
        size_t starts[61] = {0};
        for (size_t i = 0; i < n; i++) {
            w[i] = 1 + (double)(i % 3);
            for (size_t j = 0; j < m; j++) {
                x[i * m + j] = (i + 2 * j) % 3 ? x[i * m + j] + 1 : 0;
                if (x[i * m + j] != 0)
                    values[at] = x[i * m + j], columns[at++] = (uint32_t)j;
            }
            starts[i + 1] = at;
        }
        hone_csr csr = {values, columns, starts, n, m};
        hone_dataset full = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1), .weights = w};
        hone_dataset rare = {.sparse = &csr, .y = full.y, .weights = w};
        hone_estimator *a = ridge("alpha=0.3"), *b = ridge("alpha=0.3");
        hone_view of_a, of_b;
        cr_assert_eq(hone_fit(a, &full, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_fit(b, &rare, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_get_array(a, "coef", &of_a, NULL), HONE_OK);
        cr_assert_eq(hone_get_array(b, "coef", &of_b, NULL), HONE_OK);
        cr_expect_lt(support_distance(of_a.data, of_b.data, m), 1e-10);
        hone_free(a), hone_free(b);
        free(x), free(y), free(values), free(columns);
    }
}

Test(ridge, is_the_same_on_a_path) {
    static const char *const ALPHAS[] = {"100", "1", "0"};
    double *x, *y;
    support_make(300, 8, 0, 7, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 300, 8), .y = hone_view_of(y, 300, 1)};
    hone_estimator *model = ridge(""), *path[3];
    cr_assert_eq(hone_fit_path(model, "alpha", ALPHAS, 3, &data, NULL, path, NULL), HONE_OK);
    for (size_t k = 0; k < 3; k++) {
        char text[32];
        snprintf(text, sizeof text, "alpha=%s", ALPHAS[k]);
        hone_estimator *alone = ridge(text);
        cr_assert_eq(hone_fit(alone, &data, NULL, NULL), HONE_OK);
        cr_expect(hone_estimator_equal(alone, path[k]), "alpha %s", ALPHAS[k]);
        hone_free(alone), hone_free(path[k]);
    }
    x[3] = INFINITY;
    cr_expect_eq(hone_fit_path(model, "alpha", ALPHAS, 3, &data, NULL, path, NULL), HONE_EDATA);
    hone_free(model);
    free(x), free(y);
}
