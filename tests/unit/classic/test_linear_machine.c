/* test_linear_machine.c -- linear_svc and linear_svr against scikit-learn's LIBLINEAR
 * (tests/golden/linear_models.json) and the objective that they minimise. */
#include "classic/classic.h"
#include "classic/linear/linear_machine.h"
#include "core/alloc.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double number(const hone_estimator *est, const char *name) {
    double out;
    cr_assert_eq(hone_get_number(est, name, &out, NULL), HONE_OK);
    return out;
}

static double *standardised(hone_view x) {
    double *out = calloc(x.rows * x.cols, sizeof *out);
    for (size_t j = 0; j < x.cols; j++) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < x.rows; i++)
            mean += hone_view_row(x, i)[j] / (double)x.rows;
        for (size_t i = 0; i < x.rows; i++)
            square += pow(hone_view_row(x, i)[j] - mean, 2) / (double)x.rows;
        for (size_t i = 0; i < x.rows; i++)
            out[i * x.cols + j] = (hone_view_row(x, i)[j] - mean) / sqrt(square);
    }
    return out;
}

/* LIBLINEAR leaves gradients of 1e-4 with squared losses of values, where ours are 1e-12, and is
 * slow to the last digits of l1: these goldens are good to 1e-5. */
static void check_example(const hone_json *example) {
    static const char *const TARGETS[][2] = {{"breast_cancer.csv", "diagnosis"},
                                             {"iris.csv", "species"},
                                             {"diabetes.csv", "progression"}};
    const char *file = hone_json_as_text(hone_json_get(example, "file"));
    const char *params = hone_json_as_text(hone_json_get(example, "params"));
    bool classes = strcmp(file, "diabetes.csv") != 0;
    hone_dataset *table = NULL;
    for (size_t t = 0; t < 3; t++)
        if (strcmp(file, TARGETS[t][0]) == 0)
            table = support_data(file, TARGETS[t][1]);
    size_t n = table->x.rows, m = table->x.cols, count;
    double *x = standardised(table->x), *w = calloc(n, sizeof *w), intercept;
    for (size_t i = 0; i < n; i++)
        w[i] = 0.5 + (double)(i % 3);
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = table->y};
    if (hone_json_as_boolean(hone_json_get(example, "weighted")))
        data.weights = w;
    char text[256];
    snprintf(text, sizeof text, "%s, tol=1e-9, max_iter=10000", params);
    hone_estimator *est = support_fit(classes ? "linear_svc" : "linear_svr", text, &data, NULL);
    double *coef = support_reals(example, "coef", &count), top = 1;
    double near = strstr(params, "l1") || strstr(params, "squared") ? 1e-5 : 1e-6;
    hone_view got, b = {&intercept, 1, 1, 1};
    cr_assert_eq(hone_get_array(est, "coef", &got, NULL), HONE_OK);
    if (classes)
        cr_assert_eq(hone_get_array(est, "intercept", &b, NULL), HONE_OK);
    else
        intercept = number(est, "intercept");
    for (size_t k = 0; k < count; k++)
        top = fmax(top, fabs(coef[k]));
    double off = support_distance(got.data, coef, count) / top;
    cr_expect_lt(off, near, "%s, %s, weighted %d: coefficients differ by %g", file, params,
                 data.weights != NULL, off);
    free(coef);
    coef = support_reals(example, "b", &count);
    off = support_distance(b.data, coef, count) / top;
    cr_expect_lt(off, near, "%s, %s: intercepts differ by %g", file, params, off);
    cr_expect_eq(number(est, "converged"), 1, "%s, %s", file, params);
    hone_free(est);
    hone_dataset_free(table);
    free(x), free(w), free(coef);
}

Test(linear_machine, agrees_with_liblinear) {
    hone_json *golden = support_golden("linear_models.json");
    const hone_json *examples = hone_json_get(golden, "machines");
    cr_assert_eq(hone_json_size(examples), 22);
    for (size_t i = 0; i < hone_json_size(examples); i++)
        check_example(hone_json_at(examples, i));
    hone_json_free(golden);
}

/* F of a model of two classes with a squared hinge, C = 1; s_j = its derivative by coefficient j.
 */
static void gradient(const hone_estimator *est, const hone_dataset *data, double *g) {
    size_t n = data->x.rows, m = data->x.cols;
    double *z = calloc(n, sizeof *z);
    hone_view coef;
    cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
    cr_assert_eq(hone_decision_function(est, data, z, NULL, NULL), HONE_OK);
    for (size_t j = 0; j <= m; j++)
        g[j] = j < m ? coef.data[j] : 0;
    for (size_t i = 0; i < n; i++) {
        double y = data->y.data[i] > 0 ? 1 : -1, e = y * z[i] < 1 ? z[i] - y : 0;
        for (size_t j = 0; j <= m; j++)
            g[j] += 2 * e * (j < m ? data->x.data[i * m + j] : 1);
    }
    free(z);
}

/* Directly and by conjugate gradients, full and compressed, with an intercept that is free. */
Test(linear_machine, reaches_a_gradient_of_zero_in_every_form) {
    static const size_t SHAPES[][2] = {{300, 10}, {30, 60}, {40, 1700}};
    for (int shape = 0; shape < 3; shape++) {
        size_t n = SHAPES[shape][0], m = SHAPES[shape][1], at = 0;
        double *x, *y, *g = calloc(m + 1, sizeof *g);
        support_make(n, m, 2, 31, &x, &y);
        double *values = calloc(n * m, sizeof *values);
        uint32_t *columns = calloc(n * m, sizeof *columns);
        size_t *starts = calloc(n + 1, sizeof *starts);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < m; j++)
                values[at] = x[i * m + j], columns[at++] = (uint32_t)j;
            starts[i + 1] = at;
        }
        hone_csr csr = {values, columns, starts, n, m};
        hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
        hone_dataset rare = {.sparse = &csr, .y = data.y};
        const char *params = "tol=1e-12, intercept_scaling=inf";
        hone_estimator *full = support_fit("linear_svc", params, &data, NULL);
        hone_estimator *few = support_fit("linear_svc", params, &rare, NULL);
        gradient(full, &data, g);
        for (size_t j = 0; j <= m; j++)
            cr_expect_lt(fabs(g[j]), 1e-8 * (double)n, "%zu x %zu, %zu: %g", n, m, j, g[j]);
        gradient(few, &data, g);
        for (size_t j = 0; j <= m; j++)
            cr_expect_lt(fabs(g[j]), 1e-8 * (double)n, "compressed, %zu: %g", j, g[j]);
        hone_free(full), hone_free(few);
        free(x), free(y), free(g), free(values), free(columns), free(starts);
    }
}

/* The plain hinge is reached from its dual: no step along a coordinate makes it smaller. */
Test(linear_machine, leaves_no_way_down_from_the_hinge) {
    static const char *const PARAMS[] = {"loss=hinge, C=0.3, tol=1e-10, max_iter=100000",
                                         "penalty=l1, C=0.3, tol=1e-12"};
    size_t n = 80, m = 5;
    double *x, *y;
    support_make(n, m, 2, 33, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    for (int way = 0; way < 2; way++) {
        hone_estimator *est = support_fit("linear_svc", PARAMS[way], &data, NULL);
        hone_view coef, b;
        cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
        cr_assert_eq(hone_get_array(est, "intercept", &b, NULL), HONE_OK);
        double at_end = number(est, "objective");
        for (size_t move = 0; move <= 2 * m + 1; move++) {
            double v[6], f = 0;
            memcpy(v, coef.data, m * sizeof *v);
            v[m] = b.data[0];
            v[move / 2] += move % 2 ? 1e-4 : -1e-4;
            for (size_t j = 0; j <= m; j++)
                f += way == 0 ? v[j] * v[j] / 2 : fabs(v[j]);
            for (size_t i = 0; i < n; i++) {
                double z = v[m], s = y[i] > 0 ? 1 : -1;
                for (size_t j = 0; j < m; j++)
                    z += x[i * m + j] * v[j];
                f += 0.3 * pow(fmax(0, 1 - s * z), way == 0 ? 1 : 2);
            }
            cr_expect_gt(f, at_end, "way %d, move %zu: %g", way, move, f - at_end);
        }
        hone_free(est);
    }
    free(x), free(y);
}

/* F of linear_svr, C = 0.5. */
static double tube(const double *v, const hone_dataset *data, double epsilon) {
    size_t n = data->x.rows, m = data->x.cols;
    double f = 0;
    for (size_t j = 0; j <= m; j++)
        f += v[j] * v[j] / 2;
    for (size_t i = 0; i < n; i++) {
        double z = v[m];
        for (size_t j = 0; j < m; j++)
            z += data->x.data[i * m + j] * v[j];
        f += 0.5 * fmax(0, fabs(z - data->y.data[i]) - epsilon);
    }
    return f;
}

/* Columns that depend on one another: 200 000 sweeps of coordinate descent come no further. */
Test(linear_machine, reaches_the_plain_losses_of_values_where_columns_are_alike) {
    size_t n = 150, m = 4;
    double *x, *y;
    support_make(n, m, 0, 41, &x, &y);
    for (size_t i = 0; i < n; i++)
        x[i * m + 1] = x[i * m] + 0.001 * x[i * m + 1] + 5;
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    static const double EPSILON[] = {0, 0.2};
    for (int k = 0; k < 2; k++) {
        char params[80];
        snprintf(params, sizeof params, "C=0.5, tol=1e-9, epsilon=%g", EPSILON[k]);
        hone_estimator *est = support_fit("linear_svr", params, &data, NULL);
        hone_view coef;
        cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
        cr_expect_eq(number(est, "converged"), 1);
        cr_expect_lt(number(est, "n_iter"), 60);
        double v[5], at_end = number(est, "objective");
        memcpy(v, coef.data, m * sizeof *v);
        v[m] = number(est, "intercept");
        cr_expect_float_eq(tube(v, &data, EPSILON[k]), at_end, 1e-9 * at_end);
        for (size_t move = 0; move <= 2 * m + 1; move++) {
            double moved[5];
            memcpy(moved, v, sizeof v);
            moved[move / 2] += move % 2 ? 1e-4 : -1e-4;
            cr_expect_gt(tube(moved, &data, EPSILON[k]), at_end, "epsilon %g, move %zu", EPSILON[k],
                         move);
        }
        hone_free(est);
    }
    free(x), free(y);
}

/* Squared losses of few rows, from the dual and by Newton's method. */
Test(linear_machine, reaches_the_same_place_by_rows_and_by_columns) {
    size_t n = 40, m = 90;
    double *x, *y, *u = calloc(n, sizeof *u), v[2][91];
    support_make(n, m, 2, 43, &x, &y);
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] > 0 ? 1 : -1, u[i] = 0.5 + (double)(i % 3);
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    for (int hinge = 0; hinge < 2; hinge++) {
        struct hone_machine f = {.data = &data,
                                 .u = u,
                                 .y = y,
                                 .n = n,
                                 .m = m,
                                 .d = m + 1,
                                 .scale = 2,
                                 .epsilon = hinge ? 0 : 0.3,
                                 .hinge = hinge,
                                 .squared = true,
                                 .tol = 1e-12,
                                 .max_iter = 100000};
        struct hone_machine_end end[2];
        memset(v, 0, sizeof v);
        cr_assert_eq(hone_machine_solve(&f, v[0], &end[0], NULL, NULL), HONE_OK);
        cr_assert_eq(hone_machine_newton(&f, v[1], &end[1], NULL, NULL), HONE_OK);
        cr_expect_gt(end[0].n_iter, 2 * end[1].n_iter, "these were sweeps");
        cr_expect_lt(support_distance(v[0], v[1], m + 1), 1e-9, "%d: %g", hinge,
                     support_distance(v[0], v[1], m + 1));
        cr_expect_float_eq(end[0].objective, end[1].objective, 1e-10 * end[1].objective);
    }
    free(x), free(y), free(u);
}

Test(linear_machine, threads_change_no_bit) {
    double *x, *y;
    support_make(20000, 12, 4, 35, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 20000, 12), .y = hone_view_of(y, 20000, 1)};
    hone_estimator *est[2];
    for (int t = 0; t < 2; t++) {
        hone_monitor mon = {.threads = t ? 3 : 1};
        cr_assert_eq(hone_estimator_new(&hone_linear_svc, &est[t], NULL), HONE_OK);
        cr_assert_eq(hone_fit(est[t], &data, &mon, NULL), HONE_OK);
    }
    cr_assert(hone_estimator_equal(est[0], est[1]));
    hone_free(est[0]), hone_free(est[1]);
    free(x), free(y);
}

Test(linear_machine, says_what_does_not_go_together) {
    static const char *const BAD[][2] = {
        {"penalty=l1, loss=hinge", "linear_svc: penalty l1 needs loss squared_hinge, got hinge"},
        {"loss=hinge, intercept_scaling=inf",
         "linear_svc: intercept_scaling inf needs penalty l2 and loss squared_hinge, got l2 and "
         "hinge"}};
    double x[] = {1, 2, 3, 4}, y[] = {0, 0, 1, 1};
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)};
    for (int k = 0; k < 2; k++) {
        hone_estimator *est = NULL;
        hone_error err = {HONE_OK, ""};
        cr_assert_eq(hone_estimator_new(&hone_linear_svc, &est, NULL), HONE_OK);
        cr_assert_eq(hone_set(est, BAD[k][0], NULL), HONE_OK);
        cr_expect_eq(hone_fit(est, &data, NULL, &err), HONE_EINVAL);
        cr_expect_str_eq(err.message, BAD[k][1]);
        hone_free(est);
    }
}

/* 1000 columns for each row, constant columns, one column. */
Test(linear_machine, bears_wide_and_empty_data) {
    size_t n = 12, m = 12000;
    double *x, *y, *out = calloc(n, sizeof *out);
    support_make(n, m, 2, 37, &x, &y);
    for (size_t i = 0; i < n; i++)
        x[i * m + 5] = 3, x[i * m + 6] = 0;
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    static const char *const PARAMS[] = {"C=10", "loss=hinge, C=10", "penalty=l1, C=10"};
    for (int k = 0; k < 3; k++) {
        hone_estimator *est = support_fit("linear_svc", PARAMS[k], &data, NULL);
        cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
        cr_expect_eq(memcmp(out, y, n * sizeof *out), 0, "%s", PARAMS[k]);
        hone_free(est);
    }
    data.x.cols = 1;
    hone_estimator *est = support_fit("linear_svr", "epsilon=0.1", &data, NULL);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_expect(isfinite(out[0]));
    hone_free(est);
    free(x), free(y), free(out);
}
