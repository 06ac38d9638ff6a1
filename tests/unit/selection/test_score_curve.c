/* Learning and validation curves: what their points hold. */
#include "toys.h"

#include "selection/score_curve.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

static const hone_metric *metric_named(const char *name) {
    const hone_metric *metric = NULL;
    ok(hone_metric_find(name, &metric, &err));
    return metric;
}

/* ---- learning curves ---------------------------------------------------------------------- */

Test(learning_curve, points_hold_the_scores_of_fits_on_shares_of_the_training_rows) {
    enum { N = 60 };
    static const double SHARES[] = {0.25, 0.5, 1};
    toy_data data = toy_data_make(N, 2, 3, 4);
    const hone_metric *metrics[] = {metric_named("accuracy")};
    hone_estimator *model = toy_new(&toy_nearest_mean);
    hone_folds folds;
    hone_score_curve *curve = NULL;
    hone_cv_result *whole = NULL;
    ok(hone_split(&(hone_cv){.folds = 4, .seed = 2}, &data.set, &folds, &err));
    ok(hone_learning_curve(model, &data.set, &folds, 0, SHARES, 3, metrics, 1, NULL, &curve, &err));
    cr_assert(curve->n_points == 3 && curve->n_splits == 4 && curve->n_metrics == 1);
    cr_assert_null(curve->param);
    cr_assert_str_eq(curve->labels[0], "0.25");
    cr_assert_float_eq(curve->at[2], 45, 1e-12);
    cr_assert_float_eq(curve->at[0], 11.25, 0.5);
    for (size_t s = 0; s < 4; s++)
        cr_assert_float_eq(curve->shares[s], 1. / 3, 1e-12);
    /* the last point is plain cross-validation */
    ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 0, NULL, &whole,
                           &err));
    for (size_t s = 0; s < 4; s++) {
        double value;
        ok(hone_cv_metric(whole, 0, 0, s, metrics[0], &value, NULL, &err));
        cr_assert_eq(curve->test[hone_score_curve_at(curve, 0, 2, s)], value);
        for (size_t p = 0; p < 3; p++) {
            cr_assert(curve->runs[p * 4 + s].done);
            cr_assert_not(isnan(curve->train[hone_score_curve_at(curve, 0, p, s)]));
        }
    }
    hone_cv_summary train, test, plain;
    hone_score_curve_summarise(curve, 0, 2, &train, &test);
    ok(hone_cv_summarise(whole, 0, metrics[0], NULL, &plain, &err));
    cr_assert_eq(test.mean, plain.mean);
    cr_assert_eq(test.std, plain.std);
    cr_assert_eq(test.n, 4);
    hone_cv_result_free(whole);
    hone_score_curve_free(curve);
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

/* The memory says 1 for rows of its training set: on data of class 1 only in those rows its
 * training accuracy is the share of class 1. */
Test(learning_curve, keeps_the_shares_of_the_classes_and_never_trains_on_the_test_set) {
    enum { N = 200 };
    static const double SHARES[] = {0.1, 0.3, 0.7};
    toy_data data = toy_data_make(N, 2, 2, 4);
    for (size_t i = 0; i < N; i++)
        data.y[i] = i % 4 == 0;
    const hone_metric *metrics[] = {metric_named("accuracy")};
    hone_estimator *model = toy_new(&toy_memory);
    hone_folds folds;
    hone_score_curve *curve = NULL;
    ok(hone_split(&(hone_cv){.folds = 5, .repeats = 2}, &data.set, &folds, &err));
    ok(hone_learning_curve(model, &data.set, &folds, 1, SHARES, 3, metrics, 1, NULL, &curve, &err));
    for (size_t p = 0; p < 3; p++)
        for (size_t s = 0; s < 10; s++) {
            size_t at = hone_score_curve_at(curve, 0, p, s);
            cr_assert_float_eq(curve->train[at], 0.25, 2. / (160 * SHARES[p]));
            cr_assert_float_eq(curve->test[at], 0.75, 1e-12); /* says 0 for all: none was seen */
        }
    hone_score_curve_free(curve);
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

/* A model whose answer is the mean of y: with y = time it tells which rows it was fitted on. */
Test(learning_curve, takes_the_latest_rows_in_time_and_the_drawn_ones_of_a_draw) {
    enum { N = 40 };
    static const double SHARES[] = {0.25, 1};
    toy_data data = toy_data_make(N, 1, 0, 4);
    double time[N];
    const hone_metric *metrics[] = {metric_named("max_error")};
    hone_estimator *model = toy_new(&toy_mean);
    hone_folds folds;
    hone_score_curve *curve = NULL;
    for (size_t i = 0; i < N; i++)
        data.y[i] = time[i] = (double)(i * 3 % N);
    data.set.time = time;
    ok(hone_split(&(hone_cv){.folds = 3}, &data.set, &folds,
                  &err)); /* tests of 10 from 10, 20, 30 */
    ok(hone_learning_curve(model, &data.set, &folds, 0, SHARES, 2, metrics, 1, NULL, &curve, &err));
    for (size_t s = 0; s < 3; s++) {
        double rows = 10 * (double)(s + 1), kept = round(rows / 4);
        double mean = rows - 1 - (kept - 1) / 2; /* of the latest */
        cr_assert_float_eq(curve->test[s], rows + 9 - mean, 1e-9, "%zu: %g", s, curve->test[s]);
        cr_assert_float_eq(curve->test[3 + s], rows + 9 - (rows - 1) / 2, 1e-9);
    }
    hone_score_curve_free(curve);
    hone_folds_free(&folds);
    hone_cv draw = {.scheme = HONE_CV_SHUFFLE, .folds = 3, .train_share = 0.5};
    ok(hone_split(&draw, &data.set, &folds, &err));
    ok(hone_learning_curve(model, &data.set, &folds, 0, SHARES, 2, metrics, 1, NULL, &curve, &err));
    cr_assert_eq(curve->at[0], 5);
    cr_assert_eq(curve->at[1], 20);
    hone_score_curve_free(curve);
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

Test(learning_curve, refuses_shares_that_are_none) {
    static const double BAD[][2] = {{0, 1}, {0.5, 0.5}, {0.5, 1.1}, {NAN, 1}, {-1, 1}};
    toy_data data = toy_data_make(40, 2, 2, 4);
    const hone_metric *metrics[] = {metric_named("accuracy")};
    hone_estimator *model = toy_new(&toy_nearest_mean);
    hone_folds folds;
    hone_score_curve *curve = NULL;
    ok(hone_split(&(hone_cv){.folds = 4}, &data.set, &folds, &err));
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(hone_learning_curve(model, &data.set, &folds, 0, BAD[i], 2, metrics, 1, NULL,
                                         &curve, &err),
                     HONE_EINVAL);
    cr_assert_eq(
        hone_learning_curve(model, &data.set, &folds, 0, NULL, 0, metrics, 1, NULL, &curve, &err),
        HONE_EINVAL);
    cr_assert_str_eq(err.message, "learning curve: needs at least one point");
    cr_assert_null(curve);
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

/* ---- validation curves -------------------------------------------------------------------- */

static hone_estimator *in_pipeline(const char *spec, const hone_schema *schema) {
    hone_estimator *est = NULL;
    ok(hone_create_spec(spec, HONE_TARGET_CLASSES, &est, &err));
    ok(hone_auto_pipeline(est, schema, &est, &err));
    return est;
}

Test(validation_curve, is_a_cross_validation_per_value_for_any_number_of_threads) {
    static const char *const VALUES[] = {"0.01", "1", "100"};
    toy_data data = toy_data_make(90, 3, 2, 4);
    const hone_metric *metrics[] = {metric_named("accuracy"), metric_named("roc_auc")};
    hone_estimator *model = in_pipeline("lr", data.schema);
    hone_folds folds;
    hone_score_curve *first = NULL;
    ok(hone_split(&(hone_cv){.folds = 3, .repeats = 2}, &data.set, &folds, &err));
    for (int threads = 1; threads <= 4; threads++) {
        hone_score_curve *curve = NULL;
        ok(hone_validation_curve(model, "C", VALUES, 3, &data.set, &folds, 1, metrics, 2,
                                 &(hone_monitor){.threads = threads}, &curve, &err));
        size_t bytes = 2 * 3 * 6 * sizeof(double);
        if (first) {
            cr_assert_arr_eq(first->train, curve->train, bytes);
            cr_assert_arr_eq(first->test, curve->test, bytes);
            hone_score_curve_free(curve);
        } else {
            first = curve;
        }
    }
    cr_assert_str_eq(first->param, "C");
    cr_assert_str_eq(first->labels[2], "100");
    cr_assert_eq(first->at[0], 0.01);
    for (size_t p = 0; p < 3; p++) {
        char spec[64];
        hone_cv_result *result = NULL;
        snprintf(spec, sizeof spec, "lr:C=%s", VALUES[p]);
        hone_estimator *one = in_pipeline(spec, data.schema);
        ok(hone_cross_validate((const hone_estimator *[]){one}, 1, &data.set, &folds, 1, NULL,
                               &result, &err));
        for (size_t m = 0; m < 2; m++)
            for (size_t s = 0; s < 6; s++) {
                double value;
                ok(hone_cv_metric(result, 0, s / 3, s % 3, metrics[m], &value, NULL, &err));
                cr_assert_eq(first->test[hone_score_curve_at(first, m, p, s)], value);
            }
        hone_cv_result_free(result);
        hone_free(one);
    }
    hone_score_curve_free(first);
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

Test(validation_curve, refuses_what_cannot_be_set_before_the_first_fit) {
    static const char *const VALUES[] = {"1", "-1"};
    toy_data data = toy_data_make(40, 2, 2, 4);
    const hone_metric *metrics[] = {metric_named("accuracy")};
    hone_estimator *model = in_pipeline("lr", data.schema);
    hone_folds folds;
    hone_score_curve *curve = NULL;
    ok(hone_split(&(hone_cv){.folds = 4}, &data.set, &folds, &err));
    cr_assert_eq(hone_validation_curve(model, "C", VALUES, 2, &data.set, &folds, 0, metrics, 1,
                                       NULL, &curve, &err),
                 HONE_EINVAL);
    cr_assert_str_eq(err.message,
                     "logistic_regression: parameter C must be a number in (0, inf], got -1");
    cr_assert_eq(hone_validation_curve(model, "D", VALUES, 1, &data.set, &folds, 0, metrics, 1,
                                       NULL, &curve, &err),
                 HONE_ENAME);
    cr_assert_null(curve);
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

Test(validation_curve, a_failing_allocation_leaks_nothing) {
    static const char *const VALUES[] = {"0.5", "1"};
    toy_data data = toy_data_make(24, 2, 2, 4);
    const hone_metric *metrics[] = {metric_named("accuracy")};
    hone_estimator *model = in_pipeline("lr", data.schema);
    hone_folds folds;
    hone_status status = HONE_ENOMEM;
    ok(hone_split(&(hone_cv){.folds = 2}, &data.set, &folds, &err));
    long before = hone_alloc_live();
    bool whole = false;
    for (long k = 1; !whole; k++) {
        hone_score_curve *curve = NULL;
        hone_alloc_fail_at(k, 0);
        status = hone_validation_curve(model, "C", VALUES, 2, &data.set, &folds, 1, metrics, 1,
                                       &(hone_monitor){.threads = 1}, &curve, NULL);
        hone_alloc_fail_at(0, 0);
        whole = status == HONE_OK;
        for (size_t i = 0; curve && i < 4; i++) /* a fit that fails is told in its run */
            whole &= curve->runs[i].error.status == HONE_OK;
        hone_score_curve_free(curve);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
        k += k > 40 ? 6 : 0;
    }
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

Test(learning_curve, a_failing_allocation_leaks_nothing) {
    static const double SHARES[] = {0.5, 1};
    toy_data data = toy_data_make(24, 2, 2, 4);
    const hone_metric *metrics[] = {metric_named("accuracy")};
    hone_estimator *model = toy_new(&toy_nearest_mean);
    hone_folds folds;
    ok(hone_split(&(hone_cv){.folds = 2}, &data.set, &folds, &err));
    long before = hone_alloc_live();
    bool whole = false;
    for (long k = 1; !whole; k++) {
        hone_score_curve *curve = NULL;
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_learning_curve(model, &data.set, &folds, 1, SHARES, 2, metrics, 1,
                                                 &(hone_monitor){.threads = 1}, &curve, NULL);
        hone_alloc_fail_at(0, 0);
        whole = status == HONE_OK;
        for (size_t i = 0; curve && i < 4; i++)
            whole &= curve->runs[i].error.status == HONE_OK;
        hone_score_curve_free(curve);
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
    }
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

/* ---- watching and stopping ---------------------------------------------------------------- */

struct watch {
    int calls, stop_after;
    double last;
};

static void on_progress(void *user, double fraction, const char *what) {
    struct watch *w = user;
    cr_assert(fraction > w->last && *what);
    w->last = fraction;
    w->calls++;
}

static int stop_now(void *user) {
    const struct watch *w = user;
    return w->stop_after && w->calls >= w->stop_after;
}

Test(learning_curve, tells_how_far_it_is_and_keeps_what_is_finished) {
    static const double SHARES[] = {0.5, 1};
    toy_data data = toy_data_make(60, 2, 2, 4);
    const hone_metric *metrics[] = {metric_named("accuracy")};
    hone_estimator *model = toy_new(&toy_nearest_mean);
    hone_folds folds;
    ok(hone_split(&(hone_cv){.folds = 4}, &data.set, &folds, &err));
    for (int stop = 0; stop <= 6; stop += 6) {
        struct watch watch = {.stop_after = stop};
        hone_monitor mon = {
            .user = &watch, .progress = on_progress, .cancelled = stop_now, .threads = 1};
        hone_score_curve *curve = NULL;
        cr_assert_eq(hone_learning_curve(model, &data.set, &folds, 1, SHARES, 2, metrics, 1, &mon,
                                         &curve, &err),
                     stop ? HONE_ECANCELLED : HONE_OK);
        cr_assert_not_null(curve);
        size_t done = 0;
        for (size_t i = 0; i < 8; i++) {
            done += curve->runs[i].done;
            cr_assert_eq(isnan(curve->test[i]), !curve->runs[i].done);
        }
        cr_assert(stop ? done == 5 : done == 8 && watch.last == 1, "%zu", done);
        hone_score_curve_free(curve);
    }
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}
