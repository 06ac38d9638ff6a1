/* test_permutation.c -- importance by permutation against the mean over all pairs of rows.
 *
 * The mean over all permutations of the squared error of a column dealt to other rows is the mean
 * over all pairs (i, k) of (y_i - f(x_i with x_kj))^2: known without drawing anything. */
#include "core/alloc.h"
#include "core/schema.h"
#include "support/support.h"

#include <hone/hone.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 40, M = 4 };

struct fitted {
    double *x, *y;
    hone_dataset data;
    hone_estimator *est;
    const hone_metric *metric;
};

static struct fitted fit(const char *name, size_t k, const char *metric) {
    struct fitted f = {.est = NULL};
    support_make(N, M, k, 5, &f.x, &f.y);
    f.data = (hone_dataset){.x = hone_view_of(f.x, N, M), .y = hone_view_of(f.y, N, 1)};
    cr_assert_eq(hone_create(name, &f.est, NULL), HONE_OK);
    cr_assert_eq(hone_fit(f.est, &f.data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_metric_find(metric, &f.metric, NULL), HONE_OK);
    return f;
}

static void drop(struct fitted *f) {
    hone_free(f->est);
    free(f->x);
    free(f->y);
}

static hone_importance measure(const struct fitted *f, const hone_permutation *options,
                               int threads) {
    hone_importance found;
    hone_error err = {HONE_OK, ""};
    hone_monitor mon = {.threads = threads};
    cr_assert_eq(
        hone_permutation_importance(f->est, &f->data, 1, f->metric, options, &mon, &found, &err),
        HONE_OK, "%s", err.message);
    return found;
}

/* Weighted mean over i and plain mean over k of the squared error with columns of `in` from k. */
static double all_pairs(const struct fitted *f, const size_t *groups, size_t unit) {
    double sum = 0, weight = 0, x[M], p;
    for (size_t i = 0; i < N; i++) {
        double w = f->data.weights ? f->data.weights[i] : 1;
        weight += w;
        for (size_t k = 0; k < N; k++) {
            for (size_t j = 0; j < M; j++)
                x[j] = f->x[((groups ? groups[j] : j) == unit ? k : i) * M + j];
            hone_dataset one = {.x = hone_view_of(x, 1, M)};
            cr_assert_eq(hone_predict(f->est, &one, &p, NULL, NULL), HONE_OK);
            sum += w * (f->y[i] - p) * (f->y[i] - p) / N;
        }
    }
    return sum / weight;
}

static void expect_near_all_pairs(const struct fitted *f, const hone_permutation *options) {
    hone_importance found = measure(f, options, 0);
    for (size_t u = 0; u < found.n; u++) {
        double want = all_pairs(f, options->groups, u) - found.baseline;
        double error = found.sd[u] / sqrt((double)found.repeats);
        cr_assert(fabs(found.mean[u] - want) < 4 * error, "unit %zu: %g, expected %g +- %g", u,
                  found.mean[u], want, error);
        cr_assert(found.sd[u] > 0 && found.low[u] < found.mean[u] &&
                  found.mean[u] - found.low[u] < 2.2 * error);
    }
    hone_importance_free(&found);
}

Test(permutation, tends_to_the_mean_over_all_pairs) {
    struct fitted f = fit("linear_regression", 0, "mse");
    expect_near_all_pairs(&f, &(hone_permutation){.repeats = 2000, .seed = 1});
    const size_t groups[M] = {1, 0, 1, 0};
    expect_near_all_pairs(&f,
                          &(hone_permutation){.repeats = 2000, .groups = groups, .n_groups = 2});
    drop(&f);
}

Test(permutation, weighs_rows) {
    struct fitted f = fit("linear_regression", 0, "mse");
    double weights[N];
    for (size_t i = 0; i < N; i++)
        weights[i] = 0.5 + (double)(i % 3);
    f.data.weights = weights;
    expect_near_all_pairs(&f, &(hone_permutation){.repeats = 2000});
    drop(&f);
}

/* Student's interval covers the mean over all permutations as often as it says. */
Test(permutation, interval_covers) {
    struct fitted f = fit("linear_regression", 0, "mse");
    double want = all_pairs(&f, NULL, 0);
    size_t covered = 0, runs = 1000;
    for (size_t seed = 0; seed < runs; seed++) {
        hone_importance found = measure(&f, &(hone_permutation){.repeats = 5, .seed = seed}, 1);
        double loss = want - found.baseline;
        covered += found.low[0] <= loss && loss <= found.high[0];
        hone_importance_free(&found);
    }
    cr_assert(covered > 920 && covered < 975, "%zu of %zu", covered, runs);
    drop(&f);
}

Test(permutation, useless_column_costs_nothing) {
    struct fitted f = fit("linear_regression", 0, "r2");
    for (size_t i = 0; i < N; i++)
        f.x[i * M + 2] = 3;
    cr_assert_eq(hone_fit(f.est, &f.data, NULL, NULL), HONE_OK);
    hone_importance found = measure(&f, NULL, 0);
    cr_assert_eq(found.n, M);
    cr_assert_eq(found.repeats, 10);
    cr_assert_eq(found.mean[2], 0);
    cr_assert(found.mean[0] > 0 && found.low[2] == 0 && found.high[2] == 0);
    hone_importance_free(&found);
    drop(&f);
}

static bool same(const hone_importance *a, const hone_importance *b, size_t repeats) {
    for (size_t u = 0; u < a->n; u++)
        if (memcmp(a->loss + u * a->repeats, b->loss + u * b->repeats, repeats * sizeof *a->loss))
            return false;
    return true;
}

Test(permutation, seed_decides_and_threads_do_not) {
    struct fitted f = fit("logistic_regression", 2, "roc_auc");
    hone_importance one = measure(&f, &(hone_permutation){.repeats = 12}, 1);
    hone_importance four = measure(&f, &(hone_permutation){.repeats = 12}, 4);
    hone_importance few = measure(&f, &(hone_permutation){.repeats = 7}, 2);
    hone_importance other = measure(&f, &(hone_permutation){.repeats = 12, .seed = 1}, 2);
    cr_assert(same(&one, &four, 12) && same(&one, &few, 7) && !same(&one, &other, 12));
    hone_importance_free(&one), hone_importance_free(&four);
    hone_importance_free(&few), hone_importance_free(&other);
    drop(&f);
}

/* A row that weighs nothing is absent: neither measured nor a source of values. */
Test(permutation, weight_zero_is_absence) {
    struct fitted f = fit("linear_regression", 0, "mse");
    double weights[N];
    for (size_t i = 0; i < N; i++)
        weights[i] = i < 30;
    hone_permutation options = {.repeats = 20};
    f.data.weights = weights;
    hone_importance all = measure(&f, &options, 0);
    f.data.x.rows = f.data.y.rows = 30;
    f.data.weights = NULL;
    hone_importance some = measure(&f, &options, 0);
    for (size_t i = 0; i < M * 20; i++)
        cr_assert(fabs(all.loss[i] - some.loss[i]) < 1e-12 * fabs(some.loss[i]) + 1e-14);
    hone_importance_free(&all), hone_importance_free(&some);
    drop(&f);
}

/* A pipeline is asked about its raw columns; a file may have them in another order. */
Test(permutation, raw_columns_of_a_pipeline) {
    hone_dataset *data = support_data("titanic.csv", "survived");
    hone_estimator *est = NULL;
    hone_importance found, turned;
    const hone_metric *metric;
    cr_assert_eq(hone_create("logistic_regression", &est, NULL), HONE_OK);
    cr_assert_eq(hone_auto_pipeline(est, data->schema, &est, NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_metric_find("roc_auc", &metric, NULL), HONE_OK);
    cr_assert_eq(hone_permutation_importance(est, data, 1, metric, NULL, NULL, &found, NULL),
                 HONE_OK);
    cr_assert_eq(found.n, 3);
    cr_assert(found.mean[1] > found.mean[0] && found.mean[0] > found.mean[2]); /* sex, class, age */
    hone_dataset other = *data;
    size_t n = data->x.rows;
    double *x = malloc(n * 3 * sizeof *x);
    hone_column columns[3];
    for (size_t j = 0; j < 3; j++) {
        columns[j] = data->schema->columns[2 - j];
        for (size_t i = 0; i < n; i++)
            x[i * 3 + j] = hone_view_row(data->x, i)[2 - j];
    }
    hone_schema schema = {3, columns, data->schema->n_targets, data->schema->targets};
    other.x = hone_view_of(x, n, 3), other.schema = &schema;
    cr_assert_eq(hone_permutation_importance(est, &other, 1, metric, NULL, NULL, &turned, NULL),
                 HONE_OK);
    cr_assert(same(&found, &turned, 10));
    hone_importance_free(&found), hone_importance_free(&turned);
    free(x);
    hone_free(est);
    hone_dataset_free(data);
}

static void expect(const struct fitted *f, const hone_permutation *options, hone_status want,
                   const char *words) {
    hone_importance found;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(
        hone_permutation_importance(f->est, &f->data, 1, f->metric, options, NULL, &found, &err),
        want);
    cr_assert(strstr(err.message, words), "%s", err.message);
}

Test(permutation, bad_input_is_named) {
    struct fitted f = fit("logistic_regression", 2, "roc_auc");
    const size_t far[M] = {0, 1, 2, 7}, hole[M] = {0, 0, 2, 2};
    expect(&f, &(hone_permutation){.repeats = 1}, HONE_EINVAL, "at least 2");
    expect(&f, &(hone_permutation){.level = 1}, HONE_EINVAL, "(0, 1)");
    expect(&f, &(hone_permutation){.groups = far, .n_groups = 3}, HONE_EINVAL, "column 4");
    expect(&f, &(hone_permutation){.groups = hole, .n_groups = 3}, HONE_EINVAL, "group 1");
    for (size_t i = 0; i < N; i++)
        f.y[i] = 1;
    expect(&f, NULL, HONE_EDATA, "roc_auc is undefined");
    f.data.x.rows = f.data.y.rows = 1;
    expect(&f, NULL, HONE_EDATA, "two rows");
    hone_estimator *fresh = NULL;
    cr_assert_eq(hone_clone(f.est, &fresh, NULL), HONE_OK);
    hone_free(f.est);
    f.est = fresh;
    expect(&f, NULL, HONE_ESTATE, "not fitted");
    drop(&f);
}

Test(permutation, allocation_failures_leak_nothing) {
    struct fitted f = fit("logistic_regression", 2, "log_loss");
    const size_t groups[M] = {0, 1, 1, 0};
    double weights[N];
    for (size_t i = 0; i < N; i++)
        weights[i] = i % 4 ? 1 : 0;
    f.data.weights = weights;
    hone_permutation options = {.repeats = 2, .groups = groups, .n_groups = 2};
    hone_monitor mon = {.threads = 1};
    long before = hone_alloc_live();
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status == HONE_ENOMEM; k++) {
        hone_importance found = {.n = 0};
        hone_alloc_fail_at(k, 1);
        status =
            hone_permutation_importance(f.est, &f.data, 1, f.metric, &options, &mon, &found, NULL);
        hone_alloc_fail_at(0, 0);
        hone_importance_free(&found);
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
    }
    cr_assert_eq(status, HONE_OK);
    drop(&f);
}
