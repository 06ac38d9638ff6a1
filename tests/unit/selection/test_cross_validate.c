/* Cross-validation: out-of-fold predictions are those of a loop written by hand. */
#include "toys.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

static hone_estimator *centred_means(void) {
    hone_estimator *steps[] = {toy_new(&toy_centre), toy_new(&toy_nearest_mean)};
    hone_estimator *est = NULL;
    ok(hone_pipeline(steps, 2, &est, &err));
    return est;
}

static hone_folds split(const hone_dataset *data, size_t folds, size_t repeats) {
    hone_folds f;
    ok(hone_split(&(hone_cv){.folds = folds, .repeats = repeats, .seed = 4}, data, &f, &err));
    return f;
}

/* The scaler inside the fitted pipeline knows the training rows and nothing else. */
static void check_centre(const hone_estimator *fitted, const hone_dataset *train) {
    hone_view mean;
    ok(hone_get_array(hone_step(fitted, 0), "mean", &mean, &err));
    for (size_t j = 0; j < train->x.cols; j++) {
        double sum = 0;
        for (size_t i = 0; i < train->x.rows; i++)
            sum += hone_view_row(train->x, i)[j];
        cr_assert_eq(mean.data[j], sum / (double)train->x.rows);
    }
}

/* Fits on the training rows of one fold and compares every prediction of its test rows. */
static void check_fold(const hone_cv_result *result, const hone_estimator *model, size_t repeat,
                       size_t fold) {
    size_t n = result->folds->n_rows, k = result->n_classes, n_train = 0, n_test = 0;
    size_t *train_rows = malloc(n * sizeof *train_rows), *test_rows = malloc(n * sizeof *test_rows);
    for (size_t i = 0; i < n; i++)
        if (result->folds->fold_of[repeat * n + i] == fold)
            test_rows[n_test++] = i;
        else
            train_rows[n_train++] = i;
    hone_dataset *train = NULL, *test = NULL;
    hone_estimator *fitted = NULL;
    double *label = malloc(n * sizeof *label), *proba = malloc(n * k * sizeof *proba);
    ok(hone_dataset_take(result->data, train_rows, n_train, &train, &err));
    ok(hone_dataset_take(result->data, test_rows, n_test, &test, &err));
    ok(hone_clone(model, &fitted, &err));
    ok(hone_fit(fitted, train, NULL, &err));
    check_centre(fitted, train);
    ok(hone_predict(fitted, test, label, NULL, &err));
    ok(hone_predict_proba(fitted, test, proba, NULL, &err));
    for (size_t i = 0; i < n_test; i++) {
        size_t row = repeat * n + test_rows[i];
        cr_assert_eq(result->models[0].label[row], label[i]);
        cr_assert_arr_eq(result->models[0].proba + row * k, proba + i * k, k * sizeof *proba);
    }
    hone_dataset_free(train), hone_dataset_free(test), hone_free(fitted);
    free(label), free(proba), free(train_rows), free(test_rows);
}

Test(cross_validate, equals_a_loop_by_hand_and_fits_scalers_inside_the_fold) {
    toy_data data = toy_data_make(97, 3, 3, 2);
    hone_folds folds = split(&data.set, 5, 2);
    hone_estimator *model = centred_means();
    hone_cv_result *result = NULL;
    ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 0, NULL,
                           &result, &err));
    cr_assert_eq(result->n_classes, 3);
    cr_assert_null(result->models[0].score); /* for two classes only */
    cr_assert_not(hone_is_fitted(model));
    for (size_t r = 0; r < 2; r++)
        for (size_t f = 0; f < 5; f++) {
            check_fold(result, model, r, f);
            cr_assert(result->models[0].runs[r * 5 + f].done);
            cr_assert_eq(result->models[0].runs[r * 5 + f].error.status, HONE_OK);
            cr_assert_geq(result->models[0].runs[r * 5 + f].fit_seconds, 0);
        }
    hone_cv_result_free(result);
    hone_free(model), hone_folds_free(&folds);
    toy_data_free(&data);
}

Test(cross_validate, no_row_is_predicted_by_a_model_that_has_seen_it) {
    toy_data data = toy_data_make(80, 2, 2, 3);
    hone_estimator *model = toy_new(&toy_memory);
    for (hone_cv_scheme scheme = HONE_CV_KFOLD; scheme <= HONE_CV_LOO; scheme++) {
        uint32_t groups[80];
        hone_folds folds;
        hone_cv_result *result = NULL;
        for (size_t i = 0; i < 80; i++)
            groups[i] = (uint32_t)(i / 5);
        data.set.groups = groups;
        ok(hone_split(&(hone_cv){.scheme = scheme}, &data.set, &folds, &err));
        ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 1, NULL,
                               &result, &err));
        for (size_t i = 0; i < 80; i++)
            cr_assert_eq(result->models[0].label[i], 0, "row %zu was seen", i);
        hone_cv_result_free(result);
        hone_folds_free(&folds);
    }
    hone_free(model);
    toy_data_free(&data);
}

Test(cross_validate, the_score_points_to_the_positive_class) {
    enum { N = 60 };
    toy_data data = toy_data_make(N, 2, 2, 3);
    hone_folds folds = split(&data.set, 3, 1);
    hone_estimator *model = toy_new(&toy_nearest_mean);
    hone_cv_result *one = NULL, *zero = NULL;
    ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 1, NULL, &one,
                           &err));
    ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 0, NULL, &zero,
                           &err));
    for (size_t i = 0; i < N; i++) {
        double p1 = one->models[0].proba[2 * i + 1];
        cr_assert_eq(one->models[0].score[i] > 0, p1 > 0.5);
        cr_assert_eq(one->models[0].score[i], -zero->models[0].score[i]);
        cr_assert_eq(zero->models[0].proba[2 * i + 1], p1); /* columns stay in class order */
    }
    hone_cv_result_free(one), hone_cv_result_free(zero);
    hone_free(model), hone_folds_free(&folds);
    toy_data_free(&data);
}

Test(cross_validate, gives_the_same_bits_for_any_number_of_threads) {
    enum { N = 120, K = 3 };
    toy_data data = toy_data_make(N, 4, K, 6);
    hone_folds folds = split(&data.set, 4, 3);
    hone_estimator *models[] = {centred_means(), toy_new(&toy_nearest_mean), toy_new(&toy_memory)};
    hone_cv_result *first = NULL;
    for (int threads = 1; threads <= 4; threads *= 2) {
        hone_cv_result *result = NULL;
        ok(hone_cross_validate((const hone_estimator *const *)models, 3, &data.set, &folds, 0,
                               &(hone_monitor){.threads = threads}, &result, &err));
        for (size_t m = 0; first && m < 3; m++) {
            const hone_oof *a = &first->models[m], *b = &result->models[m];
            cr_assert_arr_eq(a->label, b->label, 3 * N * sizeof(double));
            cr_assert_eq(a->proba == NULL, m == 2);
            if (a->proba)
                cr_assert_arr_eq(a->proba, b->proba, 3 * N * K * sizeof(double));
        }
        if (first)
            hone_cv_result_free(result);
        else
            first = result;
    }
    hone_cv_result_free(first);
    for (size_t m = 0; m < 3; m++)
        hone_free(models[m]);
    hone_folds_free(&folds);
    toy_data_free(&data);
}

Test(cross_validate, a_failing_model_does_not_stop_the_others) {
    toy_data data = toy_data_make(40, 2, 2, 6);
    hone_folds folds = split(&data.set, 4, 1);
    hone_estimator *models[] = {toy_new(&toy_failing), toy_new(&toy_nearest_mean)};
    hone_cv_result *result = NULL;
    ok(hone_cross_validate((const hone_estimator *const *)models, 2, &data.set, &folds, 1, NULL,
                           &result, &err));
    for (size_t f = 0; f < 4; f++) {
        cr_assert(result->models[0].runs[f].done);
        cr_assert_eq(result->models[0].runs[f].error.status, HONE_ENUMERIC);
        cr_assert_str_eq(result->models[0].runs[f].error.message, "toy_failing: fails always");
        cr_assert_eq(result->models[1].runs[f].error.status, HONE_OK);
    }
    for (size_t i = 0; i < 40; i++) {
        cr_assert(isnan(result->models[0].label[i]));
        cr_assert_not(isnan(result->models[1].label[i]));
    }
    hone_cv_result_free(result);
    hone_free(models[0]), hone_free(models[1]), hone_folds_free(&folds);
    toy_data_free(&data);
}

Test(cross_validate, a_class_absent_from_a_training_fold_has_probability_zero) {
    enum { N = 30, K = 3 };
    toy_data data = toy_data_make(N, 2, K, 6);
    uint32_t fold_of[N]; /* class 1 is tested in fold 0 only, and so never trained for it */
    for (size_t i = 0; i < N; i++)
        fold_of[i] = data.y[i] == 1 ? 0 : (uint32_t)(i % 2);
    hone_folds folds = {.scheme = HONE_CV_KFOLD, .n_rows = N, .folds = 2, .repeats = 1};
    folds.fold_of = fold_of;
    hone_estimator *model = toy_new(&toy_nearest_mean);
    hone_cv_result *result = NULL;
    ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 0, NULL,
                           &result, &err));
    for (size_t i = 0; i < N; i++) {
        const double *p = result->models[0].proba + i * K;
        cr_assert_float_eq(p[0] + p[1] + p[2], 1, 1e-15);
        cr_assert_eq(p[1] == 0, fold_of[i] == 0);
        cr_assert_eq(result->models[0].label[i] == 1 && fold_of[i] == 0, 0);
        cr_assert_eq(p[(size_t)result->models[0].label[i]], fmax(p[0], fmax(p[1], p[2])));
    }
    hone_cv_result_free(result);
    hone_free(model);
    toy_data_free(&data);
}

Test(cross_validate, rows_that_no_fold_tests_stay_unknown) {
    enum { N = 60 };
    toy_data data = toy_data_make(N, 2, 2, 3);
    double time[N];
    for (size_t i = 0; i < N; i++)
        time[i] = (double)(i * 7 % N);
    data.set.time = time;
    hone_estimator *model = toy_new(&toy_memory);
    const hone_cv cvs[] = {{.scheme = HONE_CV_TIME_SERIES, .gap = 3},
                           {.scheme = HONE_CV_SHUFFLE, .folds = 4, .train_share = 0.5}};
    for (size_t c = 0; c < 2; c++) {
        hone_folds folds;
        hone_cv_result *result = NULL;
        ok(hone_split(&cvs[c], &data.set, &folds, &err));
        ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 1, NULL,
                               &result, &err));
        for (size_t i = 0; i < folds.repeats * N; i++) {
            bool tested = folds.fold_of[i] != HONE_NO_FOLD;
            cr_assert_eq(isnan(result->models[0].label[i]), !tested);
            cr_assert(!tested || result->models[0].label[i] == 0, "row %zu was seen", i);
        }
        hone_cv_result_free(result);
        hone_folds_free(&folds);
    }
    hone_free(model);
    toy_data_free(&data);
}

Test(cross_validate, keeps_the_decisions_of_more_than_two_classes) {
    enum { N = 60, K = 3 };
    toy_data data = toy_data_make(N, 2, K, 3);
    hone_folds folds = split(&data.set, 3, 1);
    hone_estimator *model = toy_new(&toy_nearest_mean);
    hone_cv_result *result = NULL;
    ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 1, NULL,
                           &result, &err));
    const hone_oof *oof = &result->models[0];
    cr_assert_null(oof->score);
    for (size_t i = 0; i < N; i++)
        for (size_t c = 0; c < K; c++)
            cr_assert_leq(oof->decision[i * K + c], oof->decision[i * K + (size_t)oof->label[i]]);
    hone_cv_result_free(result);
    hone_folds_free(&folds);
    hone_free(model);
    toy_data_free(&data);
}

/* Keeps how many rows each model was fitted on. */
static hone_status count_rows(void *user, size_t model, size_t repeat, size_t fold,
                              const hone_estimator *fitted, const hone_dataset *train,
                              hone_error *e) {
    size_t(*seen)[2][4] = user;
    if (fold == 3)
        return hone_fail(e, HONE_EDATA, "not this one");
    seen[model][repeat][fold] = hone_is_fitted(fitted) ? train->x.rows : 0;
    return HONE_OK;
}

Test(cross_validate, shows_each_fitted_model) {
    toy_data data = toy_data_make(42, 2, 2, 3);
    hone_folds folds = split(&data.set, 4, 2);
    hone_estimator *models[] = {toy_new(&toy_nearest_mean), toy_new(&toy_memory)};
    hone_cv_result *result = NULL;
    size_t seen[2][2][4] = {{{0}}};
    ok(hone_cross_validate_look((const hone_estimator *const *)models, 2, &data.set, &folds, 1,
                                count_rows, seen, NULL, &result, &err));
    for (size_t i = 0; i < 16; i++) {
        size_t m = i / 8, r = i / 4 % 2, f = i % 4;
        const hone_fold_run *run = &result->models[m].runs[r * 4 + f];
        cr_assert_eq(seen[m][r][f], f == 3 ? 0 : hone_folds_train(&folds, r, f, NULL));
        cr_assert_eq(run->error.status, f == 3 ? HONE_EDATA : HONE_OK);
        if (f == 3)
            cr_assert_str_eq(run->error.message, "not this one");
    }
    hone_cv_result_free(result);
    hone_free(models[0]), hone_free(models[1]), hone_folds_free(&folds);
    toy_data_free(&data);
}

/* ---- watching and stopping ------------------------------------------------------------------- */

struct watch {
    int calls, stop_after;
    double last;
    char what[160];
};

static void on_progress(void *user, double fraction, const char *what) {
    struct watch *w = user;
    cr_assert_gt(fraction, w->last);
    w->last = fraction;
    w->calls++;
    strncpy(w->what, what, sizeof w->what - 1);
}

static int stop_now(void *user) {
    const struct watch *w = user;
    return w->calls >= w->stop_after;
}

Test(cross_validate, tells_how_far_it_is) {
    toy_data data = toy_data_make(40, 2, 2, 6);
    hone_folds folds = split(&data.set, 4, 2);
    hone_estimator *model = centred_means();
    hone_cv_result *result = NULL;
    struct watch watch = {.stop_after = 0};
    hone_monitor mon = {.user = &watch, .progress = on_progress, .threads = 1};
    ok(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 0, &mon,
                           &result, &err));
    cr_assert_eq(watch.calls, 8);
    cr_assert_eq(watch.last, 1);
    cr_assert_str_eq(watch.what, "toy_nearest_mean repeat 2/2 fold 4/4");
    hone_cv_result_free(result);
    hone_free(model), hone_folds_free(&folds);
    toy_data_free(&data);
}

Test(cross_validate, cancelled_in_the_middle_it_keeps_what_is_finished) {
    toy_data data = toy_data_make(60, 2, 2, 6);
    hone_folds folds = split(&data.set, 6, 1);
    hone_estimator *model = centred_means();
    hone_cv_result *result = NULL;
    struct watch watch = {.stop_after = 3};
    hone_monitor mon = {
        .user = &watch, .progress = on_progress, .cancelled = stop_now, .threads = 1};
    cr_assert_eq(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 0,
                                     &mon, &result, &err),
                 HONE_ECANCELLED);
    cr_assert_not_null(result);
    size_t done = 0;
    for (size_t f = 0; f < 6; f++)
        done += result->models[0].runs[f].done;
    cr_assert_eq(done, 3);
    for (size_t i = 0; i < 60; i++)
        cr_assert_eq(isnan(result->models[0].label[i]),
                     !result->models[0].runs[folds.fold_of[i]].done);
    hone_cv_result_free(result);
    hone_free(model), hone_folds_free(&folds);
    toy_data_free(&data);
}

Test(cross_validate, a_deadline_that_has_passed_gives_an_empty_result) {
    toy_data data = toy_data_make(20, 2, 2, 6);
    hone_folds folds = split(&data.set, 2, 1);
    hone_estimator *model = centred_means();
    hone_cv_result *result = NULL;
    hone_monitor mon = {.deadline = hone_now() - 1};
    cr_assert_eq(hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set, &folds, 0,
                                     &mon, &result, &err),
                 HONE_ETIME);
    cr_assert_not_null(result);
    cr_assert_not(result->models[0].runs[0].done);
    hone_cv_result_free(result);
    hone_free(model), hone_folds_free(&folds);
    toy_data_free(&data);
}

/* ---- what does not belong together ----------------------------------------------------------- */

static void refuse(hone_estimator *const *models, size_t n, const hone_dataset *data,
                   const hone_folds *folds, size_t positive, hone_status status,
                   const char *message) {
    hone_cv_result *result = NULL;
    cr_assert_eq(hone_cross_validate((const hone_estimator *const *)models, n, data, folds,
                                     positive, NULL, &result, &err),
                 status);
    cr_assert_str_eq(err.message, message);
    cr_assert_null(result);
}

Test(cross_validate, refuses_what_does_not_belong_together) {
    toy_data data = toy_data_make(40, 2, 2, 6), real = toy_data_make(40, 2, 0, 6);
    toy_data other = toy_data_make(30, 2, 2, 6);
    hone_folds folds = split(&data.set, 4, 1), short_folds = split(&other.set, 4, 1);
    hone_estimator *m[] = {toy_new(&toy_nearest_mean), toy_new(&toy_mean), toy_new(&toy_centre)};
    refuse(m, 0, &data.set, &folds, 0, HONE_EINVAL, "cross-validation: no model was given");
    refuse(m, 2, &data.set, &folds, 0, HONE_EINVAL,
           "cross-validation: toy_nearest_mean and toy_mean learn different kinds of targets");
    refuse(m + 2, 1, &data.set, &folds, 0, HONE_EINVAL,
           "cross-validation: toy_centre is neither a classifier nor a regressor");
    refuse(m + 1, 1, &data.set, &folds, 0, HONE_EINVAL,
           "cross-validation: toy_mean is a regressor, but target 't' holds classes");
    refuse(m, 1, &real.set, &folds, 0, HONE_EINVAL,
           "cross-validation: toy_nearest_mean is a classifier, but target 't' holds real values");
    refuse(m, 1, &data.set, &short_folds, 0, HONE_EINVAL,
           "cross-validation: the folds are for 30 rows, the data has 40");
    refuse(m, 1, &data.set, &folds, 2, HONE_EINVAL,
           "cross-validation: the positive class must be 0 or 1, got 2");
    hone_dataset raw = {.x = data.set.x, .y = data.set.y};
    data.y[7] = -1;
    refuse(m, 1, &raw, &folds, 0, HONE_EDATA,
           "cross-validation: row 8 has class -1, expected a code from 0 to 65535");
    raw.y = (hone_view){.data = NULL};
    refuse(m, 1, &raw, &folds, 0, HONE_EDATA, "cross-validation: the data has no target");
    folds.fold_of[39] = 4;
    refuse(m, 1, &data.set, &folds, 0, HONE_EINVAL,
           "cross-validation: row 40 is in fold 4, expected 0 to 3");
    for (size_t i = 0; i < 3; i++)
        hone_free(m[i]);
    hone_folds_free(&folds), hone_folds_free(&short_folds);
    toy_data_free(&data), toy_data_free(&real), toy_data_free(&other);
}

Test(cross_validate, a_failing_allocation_leaks_nothing) {
    toy_data data = toy_data_make(24, 2, 2, 6);
    hone_folds folds = split(&data.set, 2, 1);
    hone_estimator *model = centred_means();
    hone_monitor alone = {.threads = 1};
    const hone_metric *accuracy;
    ok(hone_metric_find("accuracy", &accuracy, &err));
    long before = hone_alloc_live();
    bool finished = false;
    for (long k = 1; !finished; k++) {
        hone_cv_result *result = NULL;
        hone_cv_summary summary;
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_cross_validate((const hone_estimator *[]){model}, 1, &data.set,
                                                 &folds, 0, &alone, &result, NULL);
        if (status == HONE_OK)
            status = hone_cv_summarise(result, 0, accuracy, NULL, &summary, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        finished = status == HONE_OK && summary.n == 2;
        hone_cv_result_free(result);
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
        cr_assert_lt(k, 2000);
    }
    hone_free(model), hone_folds_free(&folds);
    toy_data_free(&data);
}
