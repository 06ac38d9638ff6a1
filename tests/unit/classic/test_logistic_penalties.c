/* test_logistic_penalties.c -- absolute values in the penalty, one model per class, compressed rows
 * and warm starts: by the conditions of the minimum and by what must be the same. */
#include "classic/classic.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void warn_fails(void *user, const char *message) {
    (void)user;
    cr_assert_fail("%s", message);
}

static hone_estimator *fitted(const hone_dataset *data, const char *params) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_monitor mon = {.warn = warn_fails};
    cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, data, &mon, &err), HONE_OK, "%s: %s", params, err.message);
    return est;
}

static hone_view array(const hone_estimator *est, const char *name) {
    hone_view view;
    cr_assert_eq(hone_get_array(est, name, &view, NULL), HONE_OK);
    return view;
}

/* Classes that overlap, columns of different size and place. */
static hone_dataset made(size_t n, size_t m, size_t k, double **x, double **y) {
    support_make(n, m, k, 5, x, y);
    for (size_t i = 0; i < n; i += 3)
        (*y)[i] = (double)(i / 3 % k);
    for (size_t i = 0; i < n * m; i++)
        (*x)[i] = (*x)[i] * (1 + (double)(i % m)) + (double)(i % m % 3);
    return (hone_dataset){.x = hone_view_of(*x, n, m), .y = hone_view_of(*y, n, 1)};
}

/* Largest distance of the subgradient of J / C from 0, in columns as they came; by definition. */
static double offence(const hone_estimator *est, const hone_dataset *data, size_t k, double C,
                      double ratio) {
    size_t n = data->x.rows, m = data->x.cols, vectors = k == 2 ? 1 : k;
    hone_view coef = array(est, "coef");
    double *proba = calloc(n * k, sizeof *proba), worst = 0;
    cr_assert_eq(hone_predict_proba(est, data, proba, NULL, NULL), HONE_OK);
    for (size_t c = 0; c < vectors; c++)
        for (size_t j = 0; j <= m; j++) {
            size_t class = vectors == 1 ? 1 : c;
            double g = 0, w = j < m ? coef.data[c * coef.ld + j] : 0;
            for (size_t i = 0; i < n; i++) {
                double r = proba[i * k + class] - (data->y.data[i] == (double)class);
                g += r * (j < m ? hone_view_row(data->x, i)[j] : 1);
            }
            double a = j < m ? ratio / C : 0, off;
            g += (1 - ratio) / C * w;
            off = w != 0 ? fabs(g + copysign(a, w)) : fmax(0, fabs(g) - a);
            worst = fmax(worst, off);
        }
    free(proba);
    return worst;
}

Test(logistic_penalties, absolute_values_reach_their_conditions) {
    static const struct {
        size_t n, m, k;
        double C, ratio;
        const char *more;
    } CASES[] = {
        {200, 12, 2, 0.02, 1, "penalty=l1"},
        {200, 12, 2, 3, 1, "penalty=l1"},
        {200, 12, 4, 0.1, 1, "penalty=l1"},
        {200, 12, 3, 0.5, 0.3, "penalty=elasticnet l1_ratio=0.3"},
        {200, 12, 2, 0.5, 0.5, "penalty=elasticnet"},
        {30, 400, 2, 0.1, 1, "penalty=l1"}, /* most columns wait outside the working set */
        {30, 400, 3, 0.1, 1, "penalty=l1"},
        {200, 12, 3, 0.2, 0, "solver=coordinate_descent"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        double *x, *y;
        char params[99];
        hone_dataset data = made(CASES[i].n, CASES[i].m, CASES[i].k, &x, &y);
        snprintf(params, sizeof params, "tol=1e-12 C=%g %s", CASES[i].C, CASES[i].more);
        hone_estimator *est = fitted(&data, params);
        double worst = offence(est, &data, CASES[i].k, CASES[i].C, CASES[i].ratio);
        cr_expect_lt(worst, 1e-7, "%s: %g", params, worst);
        size_t zeros = 0;
        hone_view coef = array(est, "coef");
        for (size_t j = 0; j < coef.rows * coef.cols; j++)
            zeros += coef.data[j] == 0;
        cr_expect(CASES[i].ratio < 1 || CASES[i].C > 1 || zeros > 0, "%s: no zeros", params);
        hone_free(est);
        free(x), free(y);
    }
}

Test(logistic_penalties, elasticnet_of_either_end_is_l1_or_l2) {
    double *x, *y;
    hone_dataset data = made(150, 6, 3, &x, &y);
    static const char *const PAIRS[][2] = {
        {"penalty=elasticnet l1_ratio=0 tol=1e-12", "tol=1e-12"},
        {"penalty=elasticnet l1_ratio=1 tol=1e-12", "penalty=l1 tol=1e-12"},
    };
    for (int i = 0; i < 2; i++) {
        hone_estimator *a = fitted(&data, PAIRS[i][0]), *b = fitted(&data, PAIRS[i][1]);
        cr_assert_lt(support_distance(array(a, "coef").data, array(b, "coef").data, 18), 1e-9);
        hone_free(a), hone_free(b);
    }
    free(x), free(y);
}

Test(logistic_penalties, one_vs_rest_is_a_model_for_each_class) {
    double *x, *y, own[150], proba[450];
    hone_dataset data = made(150, 5, 3, &x, &y);
    static const char *const PARAMS[] = {"multi_class=ovr", "multi_class=ovr penalty=l1 C=0.5"};
    static const char *const ALONE[] = {"", "penalty=l1 C=0.5"};
    for (int p = 0; p < 2; p++) {
        hone_estimator *all = fitted(&data, PARAMS[p]);
        for (size_t c = 0; c < 3; c++) {
            for (size_t i = 0; i < 150; i++)
                own[i] = y[i] == (double)c;
            hone_dataset one = data;
            one.y = hone_view_of(own, 150, 1);
            hone_estimator *est = fitted(&one, ALONE[p]);
            cr_assert_lt(
                support_distance(array(all, "coef").data + 5 * c, array(est, "coef").data, 5),
                1e-6);
            hone_free(est);
        }
        cr_assert_eq(hone_predict_proba(all, &data, proba, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < 150; i++)
            cr_assert_lt(fabs(proba[3 * i] + proba[3 * i + 1] + proba[3 * i + 2] - 1), 1e-15);
        hone_free(all);
    }
    free(x), free(y);
}

/* Every third cell stays. Free the blocks with free(). */
static hone_csr thin(hone_dataset *data) {
    size_t n = data->x.rows, m = data->x.cols, at = 0;
    double *x = (double *)data->x.data, *values = malloc(n * m * sizeof *values);
    uint32_t *columns = malloc(n * m * sizeof *columns);
    size_t *starts = calloc(n + 1, sizeof *starts);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < m; j++) {
            x[i * m + j] = (i + j) % 3 ? 0 : x[i * m + j];
            if (x[i * m + j] != 0)
                values[at] = x[i * m + j], columns[at++] = (uint32_t)j;
        }
        starts[i + 1] = at;
    }
    return (hone_csr){values, columns, starts, n, m};
}

Test(logistic_penalties, compressed_rows_have_the_same_minimum) {
    static const char *const PARAMS[] = {
        "tol=1e-11 solver=newton_cholesky",
        "tol=1e-11 solver=lbfgs",
        "tol=1e-11",
        "tol=1e-11 penalty=none",
        "tol=1e-12 penalty=l1 C=0.3",
        "tol=1e-12 penalty=elasticnet C=0.3 multi_class=ovr",
        "tol=1e-11 solver=newton_cholesky fit_intercept=false",
        "tol=1e-12 penalty=l1 fit_intercept=false",
    };
    for (size_t k = 2; k <= 3; k++)
        for (size_t p = 0; p < sizeof PARAMS / sizeof *PARAMS; p++) {
            double *x, *y;
            hone_dataset data = made(300, 9, k, &x, &y);
            hone_csr csr = thin(&data);
            hone_dataset rare = {.sparse = &csr, .y = data.y};
            hone_estimator *a = fitted(&data, PARAMS[p]), *b = fitted(&rare, PARAMS[p]);
            size_t vectors = k == 2 ? 1 : k;
            double off =
                support_distance(array(a, "coef").data, array(b, "coef").data, 9 * vectors);
            cr_expect_lt(off, 1e-7, "k %zu, %s: %g", k, PARAMS[p], off);
            off = support_distance(array(a, "intercept").data, array(b, "intercept").data, vectors);
            cr_expect_lt(off, 1e-7, "k %zu, %s: intercept %g", k, PARAMS[p], off);
            hone_free(a), hone_free(b);
            free(x), free(y);
            free((void *)csr.values), free((void *)csr.columns), free((void *)csr.starts);
        }
}

static double number(const hone_estimator *est, const char *name) {
    double value;
    cr_assert_eq(hone_get_number(est, name, &value, NULL), HONE_OK);
    return value;
}

Test(logistic_penalties, a_warm_path_gives_the_single_fits_in_fewer_steps) {
    static const char *const CS[] = {"0.01", "0.02", "0.04", "0.08", "0.16", "0.32"};
    static const char *const PARAMS[] = {"penalty=l1 tol=1e-11", "solver=lbfgs tol=1e-11",
                                         "solver=newton_cholesky", "multi_class=ovr tol=1e-11"};
    for (size_t k = 2; k <= 3; k++)
        for (size_t p = 0; p < 4; p++) {
            double *x, *y, warm = 0, cold = 0;
            char one[99];
            hone_dataset data = made(400, 30, k, &x, &y);
            hone_estimator *path[6] = {NULL}, *model = NULL;
            hone_error err;
            cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &model, NULL), HONE_OK);
            cr_assert_eq(hone_set(model, PARAMS[p], NULL), HONE_OK);
            cr_assert_eq(hone_fit_path(model, "C", CS, 6, &data, NULL, path, &err), HONE_OK, "%s",
                         err.message);
            for (size_t i = 0; i < 6; i++) {
                snprintf(one, sizeof one, "%s C=%s", PARAMS[p], CS[i]);
                hone_estimator *est = fitted(&data, one);
                double off = support_distance(array(est, "coef").data, array(path[i], "coef").data,
                                              30 * (k == 2 ? 1 : k));
                cr_expect_lt(off, 1e-8, "%s: %g", one, off);
                warm += number(path[i], "n_iter"), cold += number(est, "n_iter");
                hone_free(est), hone_free(path[i]);
            }
            cr_expect_lt(warm, cold, "k %zu, %s: %g steps of %g", k, PARAMS[p], warm, cold);
            hone_free(model);
            free(x), free(y);
        }
}

Test(logistic_penalties, corners_are_refused_where_slopes_are_needed) {
    hone_estimator *est = NULL;
    hone_error err;
    double x[] = {0, 1, 2, 3}, y[] = {0, 1, 0, 1};
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)};
    cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, "penalty=l1 solver=lbfgs", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_EINVAL);
    cr_assert_str_eq(
        err.message,
        "logistic_regression: solver lbfgs cannot do penalty l1, whose absolute values "
        "have corners; use auto or coordinate_descent");
    hone_free(est);
}

Test(logistic_penalties, far_more_columns_than_rows) {
    enum { N = 50, M = 100000 };
    double *x, *y, coef;
    support_make(N, M, 2, 3, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, N, M), .y = hone_view_of(y, N, 1)};
    static const char *const PARAMS[] = {"C=0.01", "penalty=l1 C=0.3"};
    for (int i = 0; i < 2; i++) {
        hone_estimator *est = fitted(&data, PARAMS[i]);
        coef = array(est, "coef").data[0];
        cr_assert(isfinite(coef));
        double proba[2 * N];
        cr_assert_eq(hone_predict_proba(est, &data, proba, NULL, NULL), HONE_OK);
        for (size_t r = 0; r < N; r++)
            cr_assert_eq(proba[2 * r + 1] > 0.5, y[r] == 1, "row %zu", r);
        hone_free(est);
    }
    free(x), free(y);
}

/* Many rows begin with a share of them; sorted rows, a rare class, weights and compressed rows end
 * where a search from nothing ends. */
Test(logistic_penalties, a_start_from_a_share_of_the_rows_leads_to_the_same_end) {
    enum { N = 20000, M = 8 };
    static const char *const PARAMS[] = {"tol=1e-11", "tol=1e-11 solver=newton_cholesky",
                                         "tol=1e-11 penalty=none"};
    double *w = calloc(N, sizeof *w);
    for (size_t k = 2; k <= 4; k++)
        for (size_t p = 0; p < 3; p++) {
            double *x, *y;
            hone_dataset data = made(N, M, 3, &x, &y);
            for (size_t i = 0; i < N; i++) {
                y[i] = k == 2 ? y[i] > 0 : y[i]; /* k = 4: a class of five rows */
                y[i] = k == 4 && i % 4000 == 1 ? 3 : y[i];
                w[i] = 1 + (double)(i % 2);
            }
            hone_csr csr = thin(&data);
            hone_dataset rare = {.sparse = &csr, .y = data.y, .weights = w};
            data.weights = w;
            hone_estimator *a = fitted(&data, PARAMS[p]), *b = fitted(&rare, PARAMS[p]), *c = NULL;
            cr_assert_eq(hone_clone(a, &c, NULL), HONE_OK);
            cr_assert_eq(hone_set(c, "C=1e-9 penalty=l2 warm_start=true", NULL), HONE_OK);
            cr_assert_eq(hone_fit(c, &data, NULL, NULL), HONE_OK);
            cr_assert_eq(hone_set(c, "C=1", NULL), HONE_OK); /* from nearly nothing */
            cr_assert_eq(hone_set(c, PARAMS[p], NULL), HONE_OK);
            cr_assert_eq(hone_fit(c, &data, NULL, NULL), HONE_OK);
            size_t size = M * (k == 2 ? 1 : k);
            double off = support_distance(array(a, "coef").data, array(b, "coef").data, size);
            cr_expect_lt(off, 1e-7, "k %zu, %s: compressed rows %g", k, PARAMS[p], off);
            off = support_distance(array(a, "coef").data, array(c, "coef").data, size);
            cr_expect_lt(off, 1e-7, "k %zu, %s: without a share %g", k, PARAMS[p], off);
            hone_free(a), hone_free(b), hone_free(c);
            free(x), free(y);
            free((void *)csr.values), free((void *)csr.columns), free((void *)csr.starts);
        }
    free(w);
}

Test(logistic_penalties, more_variables_than_a_hessian_holds_go_by_columns) {
    static const struct {
        size_t n, m, k, least; /* variables for which no Hessian is made */
    } CASES[] = {{120, 500, 2, 301}, {60, 2400, 2, 2001}, {60, 800, 3, 2001}};
    for (size_t i = 0; i < 3; i++) {
        size_t n = CASES[i].n, m = CASES[i].m, k = CASES[i].k, used = 0;
        double *x, *y;
        support_make(n, m, 2, 5, &x, &y);
        hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
        for (size_t r = 0; r < n; r++)
            y[r] = (double)(r % k); /* nothing to learn: all columns help a little */
        hone_csr csr = thin(&data);
        hone_dataset rare = {.sparse = &csr, .y = data.y};
        static const char PARAMS[] = "tol=1e-10 penalty=elasticnet C=0.3 l1_ratio=0.01";
        hone_estimator *a = fitted(&data, PARAMS), *b = fitted(&rare, PARAMS);
        cr_expect_lt(offence(a, &data, k, 0.3, 0.01), 1e-6, "case %zu, full", i);
        cr_expect_lt(offence(b, &data, k, 0.3, 0.01), 1e-6, "case %zu, compressed", i);
        size_t size = m * (k == 2 ? 1 : k);
        for (size_t j = 0; j < size; j++)
            used += array(a, "coef").data[j] != 0;
        cr_expect_geq(used, CASES[i].least, "case %zu: too few to see, %zu", i, used);
        double off = support_distance(array(a, "coef").data, array(b, "coef").data, size);
        cr_expect_lt(off, 1e-8, "case %zu: %g", i, off);
        hone_free(a), hone_free(b);
        free(x), free(y);
        free((void *)csr.values), free((void *)csr.columns), free((void *)csr.starts);
    }
}

Test(logistic_penalties, gradient_descent_comes_near_the_minimum) {
    static const struct {
        const char *params;
        double off; /* of J, relative */
    } CASES[] = {
        {"solver=gd", 1e-9},
        {"solver=gd penalty=l1 C=0.2", 1e-9},
        {"solver=sgd", 2e-3},
        {"solver=mini_batch_gd batch_size=8", 2e-3},
        {"solver=mini_batch_gd penalty=elasticnet C=0.2", 2e-3},
        {"solver=sgd fit_intercept=false multi_class=ovr", 2e-3},
    };
    for (size_t k = 2; k <= 3; k++)
        for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
            double *x, *y;
            char exact[99], *solver;
            hone_dataset data = made(600, 5, k, &x, &y);
            snprintf(exact, sizeof exact, "%s", CASES[i].params);
            solver = strstr(exact, "solver=");
            memset(solver, ' ', strcspn(solver, " "));
            if (strstr(exact, "batch_size"))
                *strstr(exact, "batch_size") = '\0';
            hone_estimator *near = fitted(&data, CASES[i].params),
                           *twin = fitted(&data, CASES[i].params);
            hone_estimator *at = fitted(&data, exact);
            double least = number(at, "objective"), off = number(near, "objective") / least - 1;
            cr_expect(off > -1e-12 && off < CASES[i].off, "k %zu, %s: %g", k, CASES[i].params, off);
            cr_expect(hone_estimator_equal(near, twin), "%s", CASES[i].params);
            hone_free(near), hone_free(twin), hone_free(at);
            free(x), free(y);
        }
}

Test(logistic_penalties, steps_that_are_too_long_are_said) {
    double *x, *y;
    hone_dataset data = made(100, 3, 2, &x, &y);
    hone_estimator *est = NULL;
    hone_error err;
    cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, "solver=sgd C=1e-300 eta0=1e9", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_ENUMERIC);
    cr_assert_str_eq(err.message, "logistic_regression: gradient descent has left the numbers with "
                                  "eta0 1e+09; lower it");
    hone_free(est);
    free(x), free(y);
}

Test(logistic_penalties, batches_come_near_the_fit_of_all_rows) {
    double *x, *y, at[3000], all[3000];
    support_make(3000, 4, 2, 5, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 3000, 4), .y = hone_view_of(y, 3000, 1)};
    hone_estimator *whole = fitted(&data, ""), *est = NULL;
    cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, NULL), HONE_OK);
    for (size_t pass = 0; pass < 5; pass++)
        for (size_t first = 0; first < 3000; first += 500) {
            hone_dataset part = {.x = hone_view_rows(data.x, first, 500),
                                 .y = hone_view_rows(data.y, first, 500)};
            cr_assert_eq(hone_partial_fit(est, &part, NULL, NULL), HONE_OK);
        }
    cr_assert_eq(number(est, "n_iter"), 30);
    cr_assert_eq(hone_predict(est, &data, at, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(whole, &data, all, NULL, NULL), HONE_OK);
    size_t same = 0;
    for (size_t i = 0; i < 3000; i++)
        same += at[i] == all[i];
    cr_assert_geq(same, 2940, "%zu", same);
    hone_free(est), hone_free(whole);
    free(x), free(y);
}
