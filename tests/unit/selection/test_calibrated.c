/* Calibration: the maps against scikit-learn, and what the whole classifier keeps. */
#include "toys.h"

#include "core/rng.h"
#include "optim/platt.h"
#include "selection/calibrate.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

/* ---- maps --------------------------------------------------------------------------------- */

Test(calibrate, maps_are_those_of_scikit_learn) {
    hone_json *golden = support_golden("selection.json");
    const hone_json *all = hone_json_get(golden, "calibrators");
    const hone_json *cases = hone_json_get(all, "cases");
    size_t n, m, q;
    double *y = support_reals(all, "y", &n), *score = support_reals(all, "score", &n);
    double *asked = support_reals(all, "asked", &m), *logits = support_reals(all, "logits", &q);
    double *classes = support_reals(all, "classes", &n);
    for (size_t c = 0; c < hone_json_size(cases); c++) {
        const hone_json *one = hone_json_at(cases, c);
        double *weight = c ? support_reals(one, "weight", &q) : NULL;
        double *isotonic = support_reals(one, "isotonic", &q);
        hone_platt platt = hone_platt_fit(score, y, weight, n);
        cr_assert_float_eq(platt.a, support_real(one, "a"), 1e-7);
        cr_assert_float_eq(platt.b, support_real(one, "b"), 1e-7);
        hone_knots knots = {0, NULL, NULL};
        ok(hone_knots_fit(score, 1, y, weight, n, &knots, &err));
        for (size_t i = 0; i < m; i++)
            cr_assert_float_eq(hone_knots_at(&knots, asked[i]), isotonic[i], 1e-13);
        double beta = hone_temperature_fit(logits, classes, weight, n, 3);
        cr_assert_float_eq(beta, support_real(one, "beta"), 1e-7 * beta);
        hone_release(knots.at), hone_release(knots.value);
        free(weight), free(isotonic);
    }
    free(y), free(score), free(asked), free(logits), free(classes);
    hone_json_free(golden);
}

Test(calibrate, isotonic_leaves_out_what_is_not_known) {
    const double score[] = {3, NAN, 1, 2, NAN, 1}, y[] = {1, 1, 0, 0, 0, 1};
    hone_knots knots = {0, NULL, NULL};
    ok(hone_knots_fit(score, 1, y, NULL, 6, &knots, &err));
    cr_assert_eq(knots.n, 3); /* 1: one half, 2: none, pooled to one third; 3: all */
    cr_assert_float_eq(hone_knots_at(&knots, -9), 1. / 3, 1e-15);
    cr_assert_float_eq(hone_knots_at(&knots, 2), 1. / 3, 1e-15);
    cr_assert_float_eq(hone_knots_at(&knots, 2.5), 2. / 3, 1e-15);
    cr_assert_eq(hone_knots_at(&knots, INFINITY), 1);
    hone_release(knots.at), hone_release(knots.value);
}

/* sum of w (lse(b z) - b z_y) */
static double temperature_loss(const double *z, const double *y, size_t n, size_t k, double b) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double parts = 0, own = z[i * k + (size_t)y[i]];
        for (size_t c = 0; c < k; c++)
            parts += exp(b * (z[i * k + c] - own));
        sum += log(parts);
    }
    return sum;
}

Test(calibrate, the_temperature_is_the_minimum_within_its_bounds) {
    enum { N = 50, K = 4 };
    hone_rng rng = hone_rng_at(4, 0);
    for (int trial = 0; trial < 200; trial++) {
        double z[N * K], y[N], scale = pow(10, 4 * hone_rng_uniform(&rng) - 2);
        for (size_t i = 0; i < N; i++) {
            y[i] = (double)hone_rng_below(&rng, K);
            for (size_t c = 0; c < K; c++)
                z[i * K + c] = scale * ((c == (size_t)y[i]) + 0.8 * hone_rng_normal(&rng));
        }
        double b = hone_temperature_fit(z, y, NULL, N, K);
        double at = temperature_loss(z, y, N, K, b);
        cr_assert_leq(at, temperature_loss(z, y, N, K, 1.001 * b));
        cr_assert_leq(at, temperature_loss(z, y, N, K, b / 1.001));
    }
    double right[] = {1, 0, 1, 0, 0, 1}, y[] = {0, 0, 1}, wrong[] = {1, 1, 0};
    double sure = hone_temperature_fit(right, y, NULL, 3, 2); /* no noise: the loss goes to 0 */
    cr_assert(sure <= exp(10) && temperature_loss(right, y, 3, 2, sure) < 1e-300);
    cr_assert_float_eq(log(hone_temperature_fit(right, wrong, NULL, 3, 2)), -10, 1e-9);
}

/* ---- whole classifiers -------------------------------------------------------------------- */

static hone_estimator *make(const char *spec) {
    hone_estimator *est = NULL;
    ok(hone_create_spec(spec, HONE_TARGET_CLASSES, &est, &err));
    return est;
}

Test(calibrated, classifier_is_that_of_scikit_learn_on_the_same_inner_folds) {
    hone_json *golden = support_golden("selection.json");
    const hone_json *cases = hone_json_get(golden, "classifiers");
    for (size_t c = 0; c < hone_json_size(cases); c++) {
        const hone_json *one = hone_json_at(cases, c);
        const char *method = hone_json_as_text(hone_json_get(one, "method"));
        size_t n, m, k = (size_t)support_real(one, "k"), size;
        char spec[128];
        double *x = support_reals(one, "x", &size), *y = support_reals(one, "y", &n);
        double *new = support_reals(one, "new", &m), *want = support_reals(one, "proba", &size);
        double *number = support_reals(one, "fold", &n), *got = malloc(size * sizeof *got);
        int32_t *fold = malloc(n * sizeof *fold);
        for (size_t i = 0; i < n; i++)
            fold[i] = (int32_t)number[i];
        snprintf(spec, sizeof spec, "calibrated(lr:C=0.7,tol=1e-12):method=%s", method);
        hone_estimator *est = make(spec);
        hone_dataset data = {.x = hone_view_of(x, n, 3), .y = hone_view_of(y, n, 1), .fold = fold};
        ok(hone_fit(est, &data, NULL, &err));
        ok(hone_predict_proba(est, &(hone_dataset){.x = hone_view_of(new, m / 3, 3)}, got, NULL,
                              &err));
        double worst = support_distance(got, want, m / 3 * k);
        cr_assert_lt(worst, 1e-7, "%s of %zu classes: %g", method, k, worst);
        hone_free(est);
        free(x), free(y), free(new), free(want), free(number), free(got), free(fold);
    }
    hone_json_free(golden);
}

static const char *const METHODS[] = {"sigmoid", "isotonic", "temperature"};
/* Decisions and probabilities; probabilities only; a pipeline comes from the auto pipeline. */
static const char *const INNER[] = {"svc", "mlp:max_iter=20", "lr"};

Test(calibrated, probabilities_sum_to_one_and_are_saved_whole) {
    for (size_t k = 2; k <= 3; k++)
        for (size_t i = 0; i < 9; i++) {
            enum { N = 90 };
            toy_data data = toy_data_make(N, 3, k, i);
            char spec[128];
            double a[3 * N], b[3 * N];
            hone_estimator *back = NULL;
            const char *path = support_path("calibrated.hone");
            snprintf(spec, sizeof spec, "calibrated(%s):method=%s", INNER[i / 3], METHODS[i % 3]);
            hone_estimator *est = make(spec);
            ok(hone_auto_pipeline(est, data.schema, &est, &err));
            cr_assert_str_eq(hone_name(est), "calibrated_classifier");
            cr_assert_str_eq(hone_name(hone_step(est, 0)), "pipeline");
            ok(hone_fit(est, &data.set, NULL, &err));
            ok(hone_predict_proba(est, &data.set, a, NULL, &err));
            for (size_t r = 0; r < N; r++) {
                double sum = 0;
                for (size_t c = 0; c < k; c++) {
                    cr_assert(a[r * k + c] >= 0 && a[r * k + c] <= 1);
                    sum += a[r * k + c];
                }
                cr_assert_float_eq(sum, 1, 1e-15 * (double)k);
            }
            ok(hone_save(est, path, &err));
            ok(hone_load(path, &back, &err));
            cr_assert(hone_estimator_equal(est, back));
            ok(hone_predict_proba(back, &data.set, b, NULL, &err));
            cr_assert_arr_eq(a, b, N * k * sizeof *a);
            remove(path);
            hone_free(est), hone_free(back);
            toy_data_free(&data);
        }
}

Test(calibrated, scores_that_are_far_too_sure_become_honest) {
    enum { N = 600 };
    toy_data data = toy_data_make(N, 2, 2, 5);
    for (size_t i = 0; i < 2 * N; i++)
        data.x[i] *= 40; /* softmax of squared distances: sure of nearly everything */
    for (size_t i = 0; i < N; i += 5)
        data.y[i] = 1 - data.y[i];
    const hone_metric *loss = NULL;
    double raw, calibrated;
    ok(hone_metric_find("log_loss", &loss, &err));
    hone_estimator *est = toy_new(&toy_nearest_mean);
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_scores(est, &data.set, 1, &loss, 1, NULL, &raw, NULL, &err));
    for (size_t i = 0; i < 3; i++) {
        hone_estimator *inner = toy_new(&toy_nearest_mean), *whole = NULL;
        char method[64];
        ok(hone_wrap("calibrated_classifier", inner, &whole, &err));
        snprintf(method, sizeof method, "method=%s", METHODS[i]);
        ok(hone_set(whole, method, &err));
        ok(hone_fit(whole, &data.set, NULL, &err));
        ok(hone_scores(whole, &data.set, 1, &loss, 1, NULL, &calibrated, NULL, &err));
        cr_assert_lt(calibrated, 0.7, "%s: %g, raw %g", METHODS[i], calibrated, raw);
        cr_assert_gt(raw, 2 * calibrated);
        hone_free(whole);
    }
    hone_free(est);
    toy_data_free(&data);
}

/* The sigmoid is that of decisions about rows that the classifier has not seen; the folds behind
 * them follow groups and times. */
static void check_sigmoid(const toy_data *data, hone_cv_scheme scheme) {
    enum { N = 90 };
    double f[N], y[N];
    size_t n = 0, train[N], test[N];
    hone_folds folds;
    hone_view slope, offset;
    ok(hone_split(&(hone_cv){.folds = 4, .seed = 9}, &data->set, &folds, &err));
    cr_assert_eq(folds.scheme, scheme);
    for (size_t k = 0; k < folds.folds; k++) {
        hone_dataset *a = NULL, *b = NULL;
        hone_estimator *est = make("svc");
        size_t m = hone_folds_test(&folds, 0, k, test);
        ok(hone_dataset_take(&data->set, train, hone_folds_train(&folds, 0, k, train), &a, &err));
        ok(hone_dataset_take(&data->set, test, m, &b, &err));
        ok(hone_fit(est, a, NULL, &err));
        ok(hone_decision_function(est, b, f + n, NULL, &err));
        for (size_t i = 0; i < m; i++)
            y[n++] = data->y[test[i]];
        hone_dataset_free(a), hone_dataset_free(b), hone_free(est);
    }
    hone_platt want = hone_platt_fit(f, y, NULL, n);
    hone_estimator *est = make("calibrated(svc):cv=4,seed=9");
    ok(hone_fit(est, &data->set, NULL, &err));
    ok(hone_get_array(est, "slope", &slope, &err));
    ok(hone_get_array(est, "offset", &offset, &err));
    cr_assert_float_eq(slope.data[0], want.a, 1e-9 * fabs(want.a)); /* rows in another order */
    cr_assert_float_eq(offset.data[0], want.b, 1e-9 * (1 + fabs(want.b)));
    hone_free(est);
    hone_folds_free(&folds);
}

Test(calibrated, learns_from_rows_that_the_inner_one_has_not_seen) {
    toy_data data = toy_data_make(90, 2, 2, 8);
    uint32_t groups[90];
    double time[90];
    for (size_t i = 0; i < 90; i++)
        groups[i] = (uint32_t)(i / 3), time[i] = (double)(i * 11 % 90);
    check_sigmoid(&data, HONE_CV_STRATIFIED);
    data.set.groups = groups;
    check_sigmoid(&data, HONE_CV_GROUP);
    data.set.time = time;
    check_sigmoid(&data, HONE_CV_TIME_SERIES);
    toy_data_free(&data);
}

Test(calibrated, refuses_what_it_cannot_be_made_around) {
    hone_estimator *est = NULL;
    cr_assert_eq(hone_wrap("calibrated_classifier", toy_new(&toy_mean), &est, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "calibrated_classifier: is made around a classifier, got "
                                  "toy_mean");
    cr_assert_eq(hone_wrap("calibrated_classifier", toy_new(&toy_memory), &est, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "calibrated_classifier: toy_memory gives neither probabilities "
                                  "nor a decision function");
    cr_assert_eq(hone_wrap("svc", toy_new(&toy_nearest_mean), &est, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "svc: is not made around another estimator");
    cr_assert_eq(hone_wrap("calibrated_clasifier", toy_new(&toy_nearest_mean), &est, &err),
                 HONE_ENAME);
    cr_assert_null(est);
}

Test(calibrated, says_which_inner_fold_failed) {
    toy_data data = toy_data_make(20, 2, 2, 8);
    for (size_t i = 0; i < 20; i++)
        data.y[i] = i < 4;
    hone_estimator *est = make("calibrated(lr)");
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_EDATA);
    cr_assert_str_eq(err.message,
                     "calibrated_classifier: inner folds: stratified_kfold: class \"c1\" has 4 "
                     "rows, fewer than 5 folds; lower the number of folds");
    double time[20];
    for (size_t i = 0; i < 20; i++)
        time[i] = (double)(20 - i); /* the four rows come last */
    data.set.time = time;
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_EDATA);
    cr_assert_str_eq(err.message, "calibrated_classifier: inner fold 1 of 5: logistic_regression: "
                                  "needs at least 2 classes in 't', got only \"c0\"");
    hone_free(est);
    toy_data_free(&data);
}

Test(calibrated, in_time_it_learns_from_what_follows) {
    enum { N = 60 };
    toy_data data = toy_data_make(N, 2, 2, 8);
    double time[N], proba[2 * N];
    for (size_t i = 0; i < N; i++)
        time[i] = (double)i;
    data.set.time = time;
    hone_estimator *est = make("calibrated(lr)");
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_predict_proba(est, &data.set, proba, NULL, &err));
    for (size_t i = 0; i < 2 * N; i++)
        cr_assert(proba[i] >= 0 && proba[i] <= 1);
    hone_free(est);
    toy_data_free(&data);
}

/* Outer folds around inner ones: the same bits on any number of threads. */
Test(calibrated, nested_cross_validation_gives_the_same_bits_for_any_number_of_threads) {
    enum { N = 120 };
    toy_data data = toy_data_make(N, 3, 3, 6);
    hone_estimator *models[] = {make("calibrated(svc):method=isotonic"),
                                make("calibrated(lr):method=temperature")};
    hone_folds folds;
    hone_cv_result *first = NULL;
    ok(hone_split(&(hone_cv){.folds = 4, .repeats = 2}, &data.set, &folds, &err));
    for (int threads = 1; threads <= 4; threads++) {
        hone_cv_result *result = NULL;
        ok(hone_cross_validate((const hone_estimator *const *)models, 2, &data.set, &folds, 0,
                               &(hone_monitor){.threads = threads}, &result, &err));
        for (size_t m = 0; m < 2; m++) {
            ok((err = result->models[m].runs[0].error).status);
            if (first)
                cr_assert_arr_eq(first->models[m].proba, result->models[m].proba,
                                 2 * N * 3 * sizeof(double));
        }
        if (first)
            hone_cv_result_free(result);
        else
            first = result;
    }
    hone_cv_result_free(first);
    hone_folds_free(&folds);
    hone_free(models[0]), hone_free(models[1]);
    toy_data_free(&data);
}
