/* test_lasso.c -- lasso and elastic net against scikit-learn (tests/golden/linear_models.json) and
 * their conditions of optimality. */
#include "core/alloc.h"
#include "core/estimator_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double *coefs(const hone_estimator *est) {
    hone_view out;
    cr_assert_eq(hone_get_array(est, "coef", &out, NULL), HONE_OK);
    return out.data;
}

static double number(const hone_estimator *est, const char *name) {
    double out;
    cr_assert_eq(hone_get_number(est, name, &out, NULL), HONE_OK);
    return out;
}

/* Rows of the table with products of pairs behind them, each column standardised, as the maker of
 * the golden does it. */
static double *design(hone_view x, size_t n, bool products, bool standardise, size_t *cols) {
    size_t m = x.cols;
    *cols = products ? m + m * (m + 1) / 2 : m;
    double *out = calloc(n * *cols, sizeof *out);
    for (size_t i = 0; i < n; i++) {
        const double *row = hone_view_row(x, i);
        double *to = out + i * *cols;
        memcpy(to, row, m * sizeof *to);
        size_t at = m;
        for (size_t a = 0; products && a < m; a++)
            for (size_t b = a; b < m; b++)
                to[at++] = row[a] * row[b];
    }
    for (size_t j = 0; standardise && j < *cols; j++) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < n; i++)
            mean += out[i * *cols + j] / (double)n;
        for (size_t i = 0; i < n; i++)
            square += pow(out[i * *cols + j] - mean, 2) / (double)n;
        for (size_t i = 0; i < n; i++)
            out[i * *cols + j] = (out[i * *cols + j] - mean) / (square > 0 ? sqrt(square) : 1);
    }
    return out;
}

static bool flag(const hone_json *example, const char *key) {
    return hone_json_as_boolean(hone_json_get(example, key));
}

/* Answers are unique where coefficients need not be: sex, of two values, and its square are one. */
static void check_example(const hone_json *example, const hone_dataset *table) {
    const char *name = hone_json_as_text(hone_json_get(example, "model"));
    const char *params = hone_json_as_text(hone_json_get(example, "params"));
    size_t n = (size_t)support_real(example, "rows"), m, count;
    double *x = design(table->x, n, flag(example, "products"), flag(example, "standardise"), &m);
    double *w = calloc(n, sizeof *w), *want = support_reals(example, "coef", &count);
    double *out = calloc(n, sizeof *out), worst = 0;
    for (size_t i = 0; i < n; i++)
        w[i] = 0.5 + (double)(i % 3);
    hone_dataset data = {.x = hone_view_of(x, n, m),
                         .y = hone_view_rows(table->y, 0, n),
                         .weights = flag(example, "weighted") ? w : NULL};
    hone_estimator *est = support_fit(name, params, &data, NULL);
    cr_assert_eq(hone_set(est, "tol=1e-15", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(count, m);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < n; i++) {
        double z = support_real(example, "b");
        for (size_t j = 0; j < m; j++)
            z += x[i * m + j] * want[j];
        worst = fmax(worst, fabs(z - out[i]));
    }
    cr_expect_lt(worst, 1e-6, "%s %s: answers differ by %g", name, params, worst);
    if (m == table->x.cols)
        cr_expect_lt(support_distance(coefs(est), want, m), 1e-7, "%s %s", name, params);
    cr_expect_eq(number(est, "converged"), 1);
    hone_free(est);
    free(x), free(w), free(want), free(out);
}

Test(lasso, agrees_with_scikit_learn) {
    hone_json *golden = support_golden("linear_models.json");
    hone_dataset *table = support_data("diabetes.csv", "progression");
    const hone_json *examples = hone_json_get(golden, "penalised");
    cr_assert_eq(hone_json_size(examples), 20);
    for (size_t i = 0; i < hone_json_size(examples); i++)
        check_example(hone_json_at(examples, i), table);
    hone_dataset_free(table);
    hone_json_free(golden);
}

/* x_j'r = a sign(c_j) where c_j is not 0, |x_j'r| <= a else. */
static void check_conditions(const hone_estimator *est, const hone_dataset *data, double alpha) {
    size_t n = data->x.rows, m = data->x.cols;
    double *out = calloc(n, sizeof *out), mean = 0;
    const double *c = coefs(est);
    cr_assert_eq(hone_predict(est, data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < n; i++)
        mean += (data->y.data[i] - out[i]) / (double)n;
    cr_expect_lt(fabs(mean), 1e-12);
    for (size_t j = 0; j < m; j++) {
        double s = 0;
        for (size_t i = 0; i < n; i++)
            s += data->x.data[i * m + j] * (data->y.data[i] - out[i]) / (double)n;
        if (c[j] != 0)
            cr_expect_lt(fabs(s - copysign(alpha, c[j])), 1e-9, "column %zu: %g", j, s);
        else
            cr_expect_lt(fabs(s), alpha + 1e-9, "column %zu: %g", j, s);
    }
    free(out);
}

/* By X'X, by rows, by compressed rows, in any order: one minimum. */
Test(lasso, reaches_the_minimum_in_every_form) {
    static const size_t SHAPES[][2] = {{200, 30}, {30, 200}, {50, 50}, {8, 3000}};
    for (int shape = 0; shape < 4; shape++) {
        size_t n = SHAPES[shape][0], m = SHAPES[shape][1];
        double *x, *y;
        support_make(n, m, 0, 21, &x, &y);
        double *values = calloc(n * m, sizeof *values);
        uint32_t *columns = calloc(n * m, sizeof *columns);
        size_t *starts = calloc(n + 1, sizeof *starts), at = 0;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < m; j++) {
                if ((i + j) % 3 == 0)
                    x[i * m + j] = 0;
                if (x[i * m + j] != 0)
                    values[at] = x[i * m + j], columns[at++] = (uint32_t)j;
            }
            starts[i + 1] = at;
        }
        hone_csr csr = {values, columns, starts, n, m};
        hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
        hone_dataset rare = {.sparse = &csr, .y = data.y};
        const char *text = "alpha=0.05, tol=1e-16";
        hone_estimator *full = support_fit("lasso", text, &data, NULL);
        hone_estimator *few = support_fit("lasso", text, &rare, NULL);
        check_conditions(full, &data, 0.05);
        check_conditions(few, &data, 0.05);
        cr_expect_lt(support_distance(coefs(full), coefs(few), m), 1e-7);
        cr_assert_eq(hone_set(full, "selection=random", NULL), HONE_OK);
        cr_assert_eq(hone_fit(full, &data, NULL, NULL), HONE_OK);
        check_conditions(full, &data, 0.05);
        hone_free(full), hone_free(few);
        free(x), free(y), free(values), free(columns), free(starts);
    }
}

/* Few columns in use of many are found without X'X, weights and all; more of them ask for it. The
 * same bits for any number of threads, and with shared work. */
Test(lasso, finds_few_columns_of_many) {
    static const char *const PARAMS[] = {"alpha=0.3, tol=1e-16", "alpha=0.02, tol=1e-16",
                                         "alpha=0.3, tol=1e-16, fit_intercept=false"};
    size_t n = 5000, m = 250;
    double *x, *y, *w = calloc(n, sizeof *w);
    support_make(n, m, 0, 29, &x, &y);
    for (size_t i = 0; i < n; i++) {
        y[i] = 0;
        for (size_t j = 0; j < m; j++) {
            x[i * m + j] += j == 3 ? 20 : 0;
            y[i] += j % 10 == 3 ? x[i * m + j] / (double)(j + 1) * 10 : sin((double)(i * j)) / 20;
        }
        w[i] = 1;
    }
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    for (int which = 0; which < 3; which++) {
        hone_estimator *alone = support_fit("lasso", PARAMS[which], &data, NULL);
        hone_work *work = NULL;
        if (which < 2)
            check_conditions(alone, &data, which == 0 ? 0.3 : 0.02);
        cr_assert_eq(hone_work_prepare(alone, &data, NULL, &work, NULL), HONE_OK);
        for (int threads = 1; threads <= 4; threads *= 2) {
            hone_monitor mon = {.threads = threads};
            hone_estimator *other = support_create("lasso", PARAMS[which]);
            cr_assert_eq(hone_fit(other, &data, &mon, NULL), HONE_OK);
            cr_assert(hone_estimator_equal(alone, other));
            cr_assert_eq(hone_fit_prepared(other, &data, work, NULL, &mon, NULL), HONE_OK);
            cr_assert(hone_estimator_equal(alone, other));
            hone_free(other);
        }
        data.weights = w;
        hone_estimator *same = support_fit("lasso", PARAMS[which], &data, NULL);
        cr_expect_lt(support_distance(coefs(alone), coefs(same), m), 1e-9);
        data.weights = NULL;
        hone_free(alone), hone_free(same);
        hone_work_free(work);
    }
    free(x), free(y), free(w);
}

Test(lasso, knows_where_its_path_begins) {
    double *x, *y;
    char text[64];
    support_make(60, 12, 0, 23, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 60, 12), .y = hone_view_of(y, 60, 1)};
    for (int positive = 0; positive < 2; positive++) {
        hone_estimator *est = support_fit("lasso", positive ? "positive=true" : "", &data, NULL);
        double top = number(est, "alpha_max");
        snprintf(text, sizeof text, "alpha=%.17g", top * (1 + 1e-12));
        cr_assert_eq(hone_set(est, text, NULL), HONE_OK);
        cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
        cr_expect_eq(number(est, "n_nonzero"), 0);
        snprintf(text, sizeof text, "alpha=%.17g", 0.999 * top);
        cr_assert_eq(hone_set(est, text, NULL), HONE_OK);
        cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
        cr_expect_eq(number(est, "n_nonzero"), 1);
        hone_free(est);
    }
    free(x), free(y);
}

/* A fit on the path is the fit alone, and its work serves the same y only. */
Test(lasso, is_the_same_on_a_path) {
    static const char *const ALPHAS[] = {"0.5", "0.2", "0.05", "0.01", "0"};
    static const size_t SHAPES[][2] = {{120, 20}, {20, 60}};
    for (int shape = 0; shape < 2; shape++) {
        size_t n = SHAPES[shape][0], m = SHAPES[shape][1], last = shape == 0 ? 5 : 4;
        double *x, *y;
        support_make(n, m, 0, 25, &x, &y);
        hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
        hone_estimator *model = support_create("lasso", "tol=1e-16"), *path[5];
        hone_error err = {HONE_OK, ""};
        cr_assert_eq(hone_fit_path(model, "alpha", ALPHAS, last, &data, NULL, path, &err), HONE_OK,
                     "%s", err.message);
        for (size_t k = 0; k < last; k++) {
            char text[64];
            snprintf(text, sizeof text, "tol=1e-16, alpha=%s", ALPHAS[k]);
            hone_estimator *alone = support_fit("lasso", text, &data, NULL);
            cr_expect_lt(support_distance(coefs(alone), coefs(path[k]), m), 1e-7, "alpha %s",
                         ALPHAS[k]);
            hone_free(alone), hone_free(path[k]);
        }
        hone_work *work = NULL;
        cr_assert_eq(hone_work_prepare(model, &data, NULL, &work, NULL), HONE_OK);
        y[0] += 1;
        hone_estimator *with = support_create("lasso", "alpha=0.1");
        hone_estimator *without = support_fit("lasso", "alpha=0.1", &data, NULL);
        cr_assert_eq(hone_fit_prepared(with, &data, work, NULL, NULL, NULL), HONE_OK);
        cr_assert(hone_estimator_equal(with, without));
        x[0] = NAN;
        cr_expect_eq(hone_fit(with, &data, NULL, NULL), HONE_EDATA);
        hone_work_free(work);
        hone_free(with), hone_free(without), hone_free(model);
        free(x), free(y);
    }
}

/* Columns that are copies, constant, or all 0; no penalty; a y that does not vary. */
Test(lasso, bears_columns_that_say_nothing) {
    double *x, *y, out[40], flat[40];
    support_make(40, 6, 0, 27, &x, &y);
    for (size_t i = 0; i < 40; i++) {
        x[i * 6 + 1] = x[i * 6], x[i * 6 + 3] = 7, x[i * 6 + 4] = 0;
        flat[i] = 3.5;
    }
    hone_dataset data = {.x = hone_view_of(x, 40, 6), .y = hone_view_of(y, 40, 1)};
    hone_estimator *est = support_fit("elastic_net", "alpha=0.1", &data, NULL);
    cr_expect_float_eq(coefs(est)[0], coefs(est)[1], 1e-6);
    cr_expect_eq(coefs(est)[3], 0);
    cr_expect_eq(coefs(est)[4], 0);
    cr_assert_eq(hone_set(est, "alpha=0, tol=1e-14", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    hone_estimator *exact = support_fit("linear_regression", "", &data, NULL);
    double same[40];
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(exact, &data, same, NULL, NULL), HONE_OK);
    cr_expect_lt(support_distance(out, same, 40), 1e-6);
    data.y.data = flat;
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_expect_eq(number(est, "converged"), 1);
    cr_expect_float_eq(number(est, "intercept"), 3.5, 1e-14);
    hone_free(est), hone_free(exact);
    free(x), free(y);
}

static void remember(void *user, const char *message) {
    snprintf(user, 256, "%s", message);
}

Test(lasso, says_when_it_is_not_done) {
    double *x, *y;
    char said[256] = "";
    support_make(60, 20, 0, 29, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 60, 20), .y = hone_view_of(y, 60, 1)};
    hone_monitor mon = {.user = said, .warn = remember};
    hone_estimator *est = support_create("lasso", "alpha=0.001, max_iter=1, tol=1e-12");
    cr_assert_eq(hone_fit(est, &data, &mon, NULL), HONE_OK);
    cr_expect_eq(number(est, "converged"), 0);
    cr_expect_eq(strncmp(said, "lasso: stopped after 1 sweeps, duality gap ", 43), 0, "%s", said);
    hone_free(est);
    free(x), free(y);
}
