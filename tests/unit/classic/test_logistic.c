/* test_logistic.c -- logistic_regression against scikit-learn's minima (tests/golden/linear.json),
 * and what has to hold at every minimum. */
#include "classic/classic.h"
#include "linalg/linalg.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The example's rows, prepared as make_linear.py does; owns its blocks. */
struct rows {
    hone_dataset *table;
    double *x, *w;
    size_t n, m;
    hone_schema schema;
    hone_dataset data;
};

static void prepare(struct rows *r, const char *how) {
    double *mean = calloc(r->m, sizeof *mean), *sd = calloc(r->m, sizeof *sd);
    cr_assert_eq(hone_column_moments(hone_view_of(r->x, r->n, r->m), NULL, mean, sd, NULL, NULL),
                 HONE_OK);
    for (size_t i = 0; i < r->n * r->m; i++) {
        double scale = sd[i % r->m] > 0 ? sd[i % r->m] : 1;
        if (strcmp(how, "standardise") == 0)
            r->x[i] = (r->x[i] - mean[i % r->m]) / scale;
        if (strcmp(how, "divide by 16") == 0)
            r->x[i] /= 16;
    }
    free(mean), free(sd);
}

static void read_rows(const hone_json *example, struct rows *r) {
    *r = (struct rows){0};
    r->table = support_data(hone_json_as_text(hone_json_get(example, "file")),
                            hone_json_as_text(hone_json_get(example, "target")));
    r->n = r->table->x.rows;
    r->m = (size_t)support_real(example, "columns");
    r->x = calloc(r->n * r->m, sizeof *r->x);
    r->w = calloc(r->n, sizeof *r->w);
    for (size_t i = 0; i < r->n; i++) {
        memcpy(r->x + i * r->m, hone_view_row(r->table->x, i), r->m * sizeof *r->x);
        r->w[i] = 0.5 + (double)(i % 3);
    }
    prepare(r, hone_json_as_text(hone_json_get(example, "how")));
    r->schema = *r->table->schema;
    r->schema.n_columns = r->m;
    bool weighted = hone_json_as_boolean(hone_json_get(example, "weighted"));
    r->data = (hone_dataset){.x = hone_view_of(r->x, r->n, r->m),
                             .y = r->table->y,
                             .weights = weighted ? r->w : NULL,
                             .schema = &r->schema};
}

static void free_rows(struct rows *r) {
    hone_dataset_free(r->table);
    free(r->x), free(r->w);
}

static void warn_fails(void *user, const char *message) {
    (void)user;
    cr_assert_fail("%s", message);
}

static hone_estimator *fitted(const hone_dataset *data, const char *params, const char *more) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_monitor mon = {.warn = warn_fails};
    cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, more, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, data, &mon, &err), HONE_OK, "%s", err.message);
    return est;
}

static double distance_to(const hone_estimator *est, const char *name, const hone_json *example) {
    hone_view view;
    size_t n;
    cr_assert_eq(hone_get_array(est, name, &view, NULL), HONE_OK);
    double *theirs = support_reals(example, name, &n);
    cr_assert_eq(n, view.rows * view.cols);
    double worst = support_distance(view.data, theirs, n);
    free(theirs);
    return worst;
}

static void agree(const char *more, double tolerance) {
    hone_json *golden = support_golden("linear.json");
    const hone_json *examples = hone_json_get(golden, "logistic");
    cr_assert_geq(hone_json_size(examples), 17);
    for (size_t i = 0; i < hone_json_size(examples); i++) {
        const hone_json *example = hone_json_at(examples, i);
        const char *name = hone_json_as_text(hone_json_get(example, "name"));
        struct rows r;
        read_rows(example, &r);
        hone_estimator *est =
            fitted(&r.data, hone_json_as_text(hone_json_get(example, "params")), more);
        double coef = distance_to(est, "coef", example);
        double intercept = distance_to(est, "intercept", example);
        cr_expect_lt(coef, tolerance, "%s: coef is %.1e from scikit-learn's", name, coef);
        cr_expect_lt(intercept, 10 * tolerance, "%s: intercept is %.1e from it", name, intercept);
        hone_free(est);
        free_rows(&r);
    }
    hone_json_free(golden);
}

Test(logistic, defaults_reach_the_minimum_of_scikit_learn) {
    agree("", 1e-6);
}

Test(logistic, newton_reaches_it_too) {
    agree("solver=newton_cholesky", 1e-7);
}

Test(logistic, lbfgs_reaches_it_too) {
    agree("solver=lbfgs tol=1e-11", 1e-7);
}

static hone_dataset made(size_t n, size_t m, size_t k, double **x, double **y) {
    support_make(n, m, k, 5, x, y);
    for (size_t i = 0; i < n; i += 9) /* the classes overlap */
        (*y)[i] = (double)(i / 9 % k);
    return (hone_dataset){.x = hone_view_of(*x, n, m), .y = hone_view_of(*y, n, 1)};
}

Test(logistic, threads_change_no_bit) {
    for (size_t k = 2; k <= 3; k++)
        for (int newton = 0; newton < 2; newton++) {
            double *x, *y;
            hone_dataset data = made(30000, 20, k, &x, &y);
            hone_estimator *est[3] = {NULL};
            for (int t = 0; t < 3; t++) {
                static const int THREADS[] = {1, 2, 4};
                hone_monitor mon = {.threads = THREADS[t]};
                cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est[t], NULL), HONE_OK);
                cr_assert_eq(
                    hone_set(est[t], newton ? "solver=newton_cholesky" : "solver=lbfgs", NULL),
                    HONE_OK);
                cr_assert_eq(hone_fit(est[t], &data, &mon, NULL), HONE_OK);
                cr_assert(hone_estimator_equal(est[0], est[t]), "%d threads", THREADS[t]);
            }
            for (int t = 0; t < 3; t++)
                hone_free(est[t]);
            free(x), free(y);
        }
}

Test(logistic, vectors_of_many_classes_sum_to_zero_and_probabilities_to_one) {
    double *x, *y, *proba = calloc(600 * 4, sizeof *proba);
    hone_dataset data = made(600, 5, 4, &x, &y);
    const char *const MORE[] = {"solver=lbfgs", "solver=newton_cholesky penalty=none"};
    for (int i = 0; i < 2; i++) {
        hone_estimator *est = fitted(&data, MORE[i], "");
        hone_view coef;
        cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
        cr_assert(coef.rows == 4 && coef.cols == 5);
        for (size_t j = 0; j < 5; j++) {
            double sum = 0;
            for (size_t c = 0; c < 4; c++)
                sum += coef.data[c * coef.ld + j];
            cr_assert_lt(fabs(sum), 1e-9);
        }
        cr_assert_eq(hone_predict_proba(est, &data, proba, NULL, NULL), HONE_OK);
        for (size_t row = 0; row < 600; row++) {
            const double *p = proba + 4 * row;
            cr_assert_lt(fabs(p[0] + p[1] + p[2] + p[3] - 1), 1e-15);
        }
        hone_free(est);
    }
    free(x), free(y), free(proba);
}

Test(logistic, without_a_penalty_the_scale_of_columns_does_not_matter) {
    double *x, *y, a[500], b[500];
    hone_dataset data = made(500, 4, 2, &x, &y);
    hone_estimator *est = fitted(&data, "C=inf", "");
    cr_assert_eq(hone_decision_function(est, &data, a, NULL, NULL), HONE_OK);
    hone_free(est);
    for (size_t i = 0; i < 500; i++) {
        x[4 * i] *= 1e9;
        x[4 * i + 1] = 1e-7 * x[4 * i + 1] - 3e-6;
        x[4 * i + 2] += 1e5;
    }
    for (int lbfgs = 0; lbfgs < 2; lbfgs++) {
        est = fitted(&data, "C=inf", lbfgs ? "solver=lbfgs tol=1e-10" : "");
        cr_assert_eq(hone_decision_function(est, &data, b, NULL, NULL), HONE_OK);
        cr_assert_lt(support_distance(a, b, 500), 1e-8, "%g", support_distance(a, b, 500));
        hone_free(est);
    }
    free(x), free(y);
}

Test(logistic, constant_and_repeated_columns_without_a_penalty) {
    enum { N = 400, M = 5 };
    double *x, *y, a[N], b[N], wide[N * M];
    hone_dataset data = made(N, 3, 2, &x, &y);
    for (size_t i = 0; i < N; i++) {
        memcpy(wide + i * M, x + i * 3, 3 * sizeof *x);
        wide[i * M + 3] = 0.1;
        wide[i * M + 4] = x[i * 3] - 2 * x[i * 3 + 1];
    }
    hone_dataset more = {.x = hone_view_of(wide, N, M), .y = data.y};
    const char *const SOLVERS[] = {"solver=lbfgs tol=1e-11", "solver=newton_cholesky"};
    for (int i = 0; i < 2; i++) {
        hone_estimator *est = fitted(&data, "penalty=none intervals=none", SOLVERS[i]);
        hone_estimator *again = fitted(&more, "penalty=none intervals=none", SOLVERS[i]);
        cr_assert_eq(hone_decision_function(est, &data, a, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_decision_function(again, &more, b, NULL, NULL), HONE_OK);
        cr_assert_lt(support_distance(a, b, N), 1e-8);
        hone_view coef;
        cr_assert_eq(hone_get_array(again, "coef", &coef, NULL), HONE_OK);
        cr_assert_eq(coef.data[3], 0, "a constant column says nothing");
        hone_free(est), hone_free(again);
    }
    free(x), free(y);
}

static char warning[HONE_ERROR_SIZE];

static void keep_warning(void *user, const char *message) {
    (void)user;
    snprintf(warning, sizeof warning, "%s", message);
}

Test(logistic, says_when_it_did_not_converge) {
    double *x, *y, converged, n_iter;
    hone_dataset data = made(300, 4, 3, &x, &y);
    hone_monitor mon = {.warn = keep_warning};
    hone_estimator *est = NULL;
    for (int newton = 0; newton < 2; newton++) {
        cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, NULL), HONE_OK);
        cr_assert_eq(hone_set(est, "max_iter=3", NULL), HONE_OK);
        cr_assert_eq(hone_set(est, newton ? "solver=newton_cholesky" : "solver=lbfgs", NULL),
                     HONE_OK);
        cr_assert_eq(hone_fit(est, &data, &mon, NULL), HONE_OK);
        cr_assert_eq(hone_get_number(est, "converged", &converged, NULL), HONE_OK);
        cr_assert_eq(hone_get_number(est, "n_iter", &n_iter, NULL), HONE_OK);
        cr_assert(converged == 0 && n_iter == 3);
        static const char START[] = "logistic_regression: stopped after 3 iterations, gradient ";
        cr_assert_eq(strncmp(warning, START, sizeof START - 1), 0, "%s", warning);
        cr_assert_not_null(strstr(warning, " > tol 1.0e-08; raise max_iter"), "%s", warning);
        hone_free(est);
    }
    free(x), free(y);
}

Test(logistic, more_columns_than_rows) {
    double *x, *y;
    hone_dataset data = made(30, 80, 3, &x, &y);
    const char *const SOLVERS[] = {"solver=lbfgs", "solver=newton_cholesky"};
    hone_view coef[2];
    hone_estimator *est[2];
    for (int i = 0; i < 2; i++) {
        est[i] = fitted(&data, "tol=1e-11", SOLVERS[i]);
        cr_assert_eq(hone_get_array(est[i], "coef", &coef[i], NULL), HONE_OK);
    }
    cr_assert_lt(support_distance(coef[0].data, coef[1].data, 240), 1e-8);
    hone_free(est[0]), hone_free(est[1]);
    free(x), free(y);
}
