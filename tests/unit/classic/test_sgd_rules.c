/* Stochastic gradient descent: what scikit-learn's has no counterpart for, against plain loops. */
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 80, M = 5 };

/* Rows with some zeros, full and compressed; y: three classes, two of them, values. */
struct rows {
    double *x, *y, *values;
    double stored[N * M];
    uint32_t columns[N * M];
    size_t starts[N + 1];
    hone_csr csr;
    hone_dataset full, sparse;
};

static struct rows *make_rows(size_t classes) {
    struct rows *r = calloc(1, sizeof *r);
    size_t at = 0;
    support_make(N, M, classes, 3, &r->x, &r->y);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < M; j++) {
            if ((i + 2 * j) % 3 == 0)
                r->x[i * M + j] = 0;
            else
                r->stored[at] = r->x[i * M + j], r->columns[at++] = (uint32_t)j;
        }
        r->starts[i + 1] = at;
    }
    r->csr = (hone_csr){r->stored, r->columns, r->starts, N, M};
    r->full = (hone_dataset){.x = hone_view_of(r->x, N, M), .y = hone_view_of(r->y, N, 1)};
    r->sparse = (hone_dataset){.sparse = &r->csr, .y = r->full.y};
    return r;
}

static void free_rows(struct rows *r) {
    free(r->x), free(r->y), free(r);
}

static double number(const hone_estimator *est, const char *name) {
    double value;
    cr_assert_eq(hone_get_number(est, name, &value, NULL), HONE_OK);
    return value;
}

/* The largest difference of coefficients and intercepts. */
static double distance(const hone_estimator *a, const hone_estimator *b) {
    static const char *const NAMES[] = {"coef", "intercept"};
    double worst = 0;
    for (size_t i = 0; i < 2; i++) {
        hone_view x, y;
        cr_assert_eq(hone_get_array(a, NAMES[i], &x, NULL), HONE_OK);
        cr_assert_eq(hone_get_array(b, NAMES[i], &y, NULL), HONE_OK);
        cr_assert_eq(x.rows * x.cols, y.rows * y.cols);
        worst = fmax(worst, support_distance(x.data, y.data, x.rows * x.cols));
    }
    return worst;
}

static hone_dataset part_of(const hone_dataset *data, size_t first, size_t n) {
    hone_dataset part = *data;
    part.x = hone_view_rows(data->x, first, n);
    part.y = hone_view_rows(data->y, first, n);
    return part;
}

/* ---- averages -------------------------------------------------------------------------------- */

/* Logistic descent with eta = 0.05, every number of every vector touched for every row. */
struct plain {
    double w[M], b, paid[M], due, mean[M], mean_b, count;
};

static void plain_row(struct plain *v, const double *x, double y, double l1, double l2) {
    const double eta = 0.05;
    double p = v->b;
    for (size_t j = 0; j < M; j++)
        p += v->w[j] * x[j];
    double c = eta * y / (1 + exp(y * p));
    v->b += c;
    v->count += 1;
    v->mean_b += (v->b - v->mean_b) / v->count;
    v->due += eta * l1;
    for (size_t j = 0; j < M; j++) {
        double *w = &v->w[j];
        *w = (1 - eta * l2) * *w + c * x[j];
        v->mean[j] += (*w - v->mean[j]) / v->count;
        double before = *w;
        if (*w > 0)
            *w = fmax(0, *w - (v->due + v->paid[j]));
        else if (*w < 0)
            *w = fmin(0, *w + (v->due - v->paid[j]));
        v->paid[j] += *w - before;
    }
}

static void expect_means(const char *params, double l1, double l2) {
    struct rows *r = make_rows(3);
    struct plain v[3] = {0};
    hone_view coef, intercept;
    hone_estimator *est =
        support_create("sgd_classifier", "loss=log_loss learning_rate=constant eta0=0.05 "
                                         "average=true shuffle=false alpha=0.1");
    cr_assert_eq(hone_set(est, params, NULL), HONE_OK);
    for (size_t first = 0; first < N; first += N / 2) {
        hone_dataset part = part_of(&r->full, first, N / 2);
        cr_assert_eq(hone_partial_fit(est, &part, NULL, NULL), HONE_OK);
        for (size_t c = 0; c < 3; c++)
            v[c].due = 0, memset(v[c].paid, 0, sizeof v[c].paid);
        for (size_t i = first; i < first + N / 2; i++)
            for (size_t c = 0; c < 3; c++)
                plain_row(&v[c], r->x + i * M, r->y[i] == (double)c ? 1 : -1, l1, l2);
    }
    cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(est, "intercept", &intercept, NULL), HONE_OK);
    for (size_t c = 0; c < 3; c++) {
        double worst = fmax(support_distance(coef.data + c * M, v[c].mean, M),
                            fabs(intercept.data[c] - v[c].mean_b));
        cr_expect(worst < 1e-12, "%s: class %zu differs by %g", params, c, worst);
    }
    hone_free(est);
    free_rows(r);
}

Test(sgd_rules, means_are_means) {
    expect_means("penalty=none", 0, 0);
    expect_means("penalty=l2", 0, 0.1);
    expect_means("penalty=l1", 0.1, 0);
    expect_means("penalty=elasticnet l1_ratio=0.4", 0.04, 0.06);
}

Test(sgd_rules, averages_may_begin_late_or_between_batches) {
    struct rows *r = make_rows(2);
    const char *common = "loss=log_loss alpha=0.1 shuffle=false max_iter=3 tol=none";
    hone_estimator *plain = support_fit("sgd_classifier", common, &r->full, NULL);
    hone_estimator *late = support_create("sgd_classifier", common);
    cr_assert_eq(hone_set(late, "average=241", NULL), HONE_OK);
    cr_assert_eq(hone_fit(late, &r->full, NULL, NULL), HONE_OK);
    cr_expect(distance(plain, late) == 0, "3 x 80 rows come before the 241st update");
    cr_assert_eq(hone_set(late, "average=240", NULL), HONE_OK);
    cr_assert_eq(hone_fit(late, &r->full, NULL, NULL), HONE_OK);
    cr_expect(distance(plain, late) < 1e-12, "the mean of the last vector alone: %g",
              distance(plain, late));
    cr_assert_eq(hone_partial_fit(plain, &r->full, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_set(plain, "average=true", NULL), HONE_OK);
    cr_assert_eq(hone_partial_fit(plain, &r->full, NULL, NULL), HONE_OK);
    hone_view averaged;
    cr_assert_eq(hone_get_array(plain, "averaged", &averaged, NULL), HONE_OK);
    cr_expect_eq(averaged.data[0], N);
    hone_free(plain), hone_free(late);
    free_rows(r);
}

/* A model from a file goes on as the one that was saved, averages and all. */
Test(sgd_rules, batches_go_on_after_a_file) {
    struct rows *r = make_rows(3);
    const char *path = support_path("sgd.hone");
    hone_estimator *whole = support_fit("sgd_classifier", "average=30 max_iter=4", &r->full, NULL);
    hone_estimator *loaded = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_save(whole, path, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_load(path, &loaded, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_partial_fit(whole, &r->full, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_partial_fit(loaded, &r->full, NULL, &err), HONE_OK, "%s", err.message);
    cr_expect(distance(whole, loaded) == 0);
    cr_expect_eq(number(whole, "t"), number(loaded, "t"));
    hone_free(whole), hone_free(loaded);
    free_rows(r);
}

/* ---- compressed rows ------------------------------------------------------------------------- */

static void expect_sparse(const char *name, const char *params, size_t classes, double most) {
    struct rows *r = make_rows(classes);
    hone_estimator *full = support_fit(name, params, &r->full, NULL);
    hone_estimator *sparse = support_fit(name, params, &r->sparse, NULL);
    cr_expect(distance(full, sparse) < most, "%s %s: %g", name, params, distance(full, sparse));
    cr_expect_eq(number(full, "n_iter"), number(sparse, "n_iter"), "%s %s", name, params);
    hone_free(full), hone_free(sparse);
    free_rows(r);
}

Test(sgd_rules, compressed_rows_teach_the_same) {
    expect_sparse("sgd_classifier", "", 3, 1e-9);
    expect_sparse("sgd_classifier", "loss=log_loss alpha=0.01 average=true", 3, 1e-9);
    expect_sparse("sgd_classifier", "loss=modified_huber learning_rate=adaptive penalty=none", 2,
                  1e-9);
    expect_sparse("sgd_classifier", "learning_rate=pa1 early_stopping=true", 3, 1e-9);
    expect_sparse("sgd_regressor", "penalty=l1 alpha=0.01", 0, 1e-9);
    expect_sparse("sgd_regressor", "loss=epsilon_insensitive learning_rate=pa2", 0, 1e-9);
    expect_sparse("sgd_regressor", "penalty=elasticnet alpha=0.01 max_iter=9 tol=none", 0, 1e-4);
    expect_sparse("perceptron", "penalty=l2 alpha=0.001", 3, 1e-9);
}

/* ---- when to stop ---------------------------------------------------------------------------- */

/* Accuracy (or R^2) of a model on some rows. */
static double score(const hone_estimator *est, const hone_dataset *data) {
    size_t n = data->x.rows;
    double *out = calloc(n, sizeof *out), right = 0, mean = 0, spread = 0, rest = 0;
    cr_assert_eq(hone_predict(est, data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < n; i++)
        mean += data->y.data[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        right += out[i] == data->y.data[i];
        rest += pow(out[i] - data->y.data[i], 2);
        spread += pow(mean - data->y.data[i], 2);
    }
    free(out);
    return hone_estimator_task(est) == HONE_CLASSIFIER ? right / (double)n : 1 - rest / spread;
}

/* Which rows the fit sets aside: a share of each class, drawn as classic/sgd/model.c draws. */
static size_t set_aside(const struct rows *r, size_t classes, size_t *order) {
    size_t rows[N], at = 0, groups = classes ? classes : 1;
    bool aside[N] = {false};
    for (size_t c = 0; c < groups; c++) {
        size_t members = 0;
        for (size_t i = 0; i < N; i++)
            if (!classes || r->y[i] == (double)c)
                rows[members++] = i;
        hone_rng rng = hone_rng_at(0, hone_rng_stream(0x73676476, c));
        hone_rng_shuffle(&rng, rows, members);
        for (size_t i = 0; i < (size_t)(0.25 * (double)members + 0.5); i++)
            aside[rows[i]] = true;
    }
    for (size_t pass = 0, i; pass < 2; pass++)
        for (i = 0; i < N; i++)
            if (aside[i] == (pass == 1))
                order[at++] = i;
    size_t train = 0;
    while (train < N && !aside[order[train]])
        train++;
    return train;
}

/* The fit ends where fits on the other rows, epoch by epoch, say that it must. */
static void expect_early_stop(const char *name, const char *params, size_t classes) {
    struct rows *r = make_rows(classes);
    size_t order[N], train = set_aside(r, classes, order), epoch = 0, stale = 0;
    double best = -INFINITY;
    char text[256];
    hone_dataset *learn = NULL, *judge = NULL;
    cr_assert_eq(hone_dataset_take(&r->full, order, train, &learn, NULL), HONE_OK);
    cr_assert_eq(hone_dataset_take(&r->full, order + train, N - train, &judge, NULL), HONE_OK);
    hone_estimator *one = NULL;
    while (stale < 3) {
        snprintf(text, sizeof text, "%s tol=none max_iter=%zu", params, ++epoch);
        hone_free(one);
        one = support_fit(name, text, learn, NULL);
        double now = score(one, judge);
        stale = now < best + 1e-3 ? stale + 1 : 0;
        best = fmax(best, now);
    }
    snprintf(text, sizeof text,
             "%s early_stopping=true validation_fraction=0.25 n_iter_no_change=3", params);
    hone_estimator *est = support_fit(name, text, &r->full, NULL);
    cr_expect_eq(number(est, "n_iter"), (double)epoch, "%s: %g epochs, expected %zu", name,
                 number(est, "n_iter"), epoch);
    cr_expect_eq(number(est, "converged"), 1);
    cr_expect(distance(est, one) < 1e-12, "%s: %g", name, distance(est, one));
    hone_free(est), hone_free(one);
    hone_dataset_free(learn), hone_dataset_free(judge);
    free_rows(r);
}

Test(sgd_rules, early_stopping_looks_at_rows_set_aside) {
    expect_early_stop("sgd_classifier", "shuffle=false alpha=0.01", 2);
    expect_early_stop("perceptron", "shuffle=false", 2);
    expect_early_stop("sgd_regressor", "shuffle=false eta0=0.001", 0);
}

Test(sgd_rules, warm_start_goes_on) {
    struct rows *r = make_rows(3);
    const char *common = "learning_rate=constant shuffle=false tol=none penalty=none";
    hone_estimator *two = support_create("sgd_classifier", common),
                   *one = support_create("sgd_classifier", common);
    cr_assert_eq(hone_set(two, "max_iter=2", NULL), HONE_OK);
    cr_assert_eq(hone_set(one, "max_iter=1 warm_start=true", NULL), HONE_OK);
    cr_assert_eq(hone_fit(two, &r->full, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_fit(one, &r->full, NULL, NULL), HONE_OK);
    cr_expect(distance(one, two) > 1e-3);
    cr_assert_eq(hone_fit(one, &r->full, NULL, NULL), HONE_OK);
    cr_expect(distance(one, two) < 1e-12, "%g", distance(one, two));
    hone_free(one), hone_free(two);
    free_rows(r);
}

/* ---- threads and seeds ----------------------------------------------------------------------- */

Test(sgd_rules, threads_make_no_difference) {
    hone_dataset *data = support_data("digits.csv", "digit");
    hone_estimator *models[3];
    for (size_t i = 0; i < 3; i++) {
        hone_monitor mon = {.threads = (int[]){1, 2, 7}[i]};
        models[i] =
            support_create("sgd_classifier", "early_stopping=true penalty=elasticnet average=true");
        cr_assert_eq(hone_fit(models[i], data, &mon, NULL), HONE_OK);
        cr_expect(distance(models[0], models[i]) == 0);
    }
    cr_assert_eq(hone_set(models[1], "seed=1", NULL), HONE_OK);
    cr_assert_eq(hone_fit(models[1], data, NULL, NULL), HONE_OK);
    cr_expect(distance(models[0], models[1]) > 0);
    for (size_t i = 0; i < 3; i++)
        hone_free(models[i]);
    hone_dataset_free(data);
}

/* ---- probabilities --------------------------------------------------------------------------- */

Test(sgd_rules, probabilities_come_with_two_losses) {
    struct rows *r = make_rows(3);
    double z[N * 3], p[N * 3];
    hone_estimator *est = support_fit("sgd_classifier", "loss=modified_huber", &r->full, NULL);
    cr_assert_eq(hone_decision_function(est, &r->full, z, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict_proba(est, &r->full, p, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < N; i++) {
        double share[3], sum = 0;
        for (size_t c = 0; c < 3; c++)
            sum += share[c] = (1 + fmax(-1, fmin(1, z[i * 3 + c]))) / 2;
        for (size_t c = 0; c < 3; c++)
            cr_expect_float_eq(p[i * 3 + c], sum > 0 ? share[c] / sum : 1.0 / 3, 1e-15);
    }
    cr_assert_eq(hone_set(est, "loss=log_loss", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &r->full, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_decision_function(est, &r->full, z, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict_proba(est, &r->full, p, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < N; i++) {
        double sum = 0;
        for (size_t c = 0; c < 3; c++)
            sum += 1 / (1 + exp(-z[i * 3 + c]));
        for (size_t c = 0; c < 3; c++)
            cr_expect_float_eq(p[i * 3 + c], 1 / (1 + exp(-z[i * 3 + c])) / sum, 1e-14);
    }
    cr_assert_eq(hone_set(est, "loss=hinge", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &r->full, NULL, NULL), HONE_OK);
    cr_expect_eq(hone_predict_proba(est, &r->full, p, NULL, NULL), HONE_EUNSUPPORTED);
    hone_free(est);
    free_rows(r);
}
