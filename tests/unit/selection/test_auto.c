/* The preprocessing that a model's tags ask for, and real models within real pipelines. */
#include "toys.h"

#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

static const char *const COLOURS[] = {"blue", "green", "red"};
static const char *const ANSWERS[] = {"no", "yes"};
static const hone_column COLUMNS[] = {{"size", HONE_NUMERIC, 0, NULL},
                                      {"colour", HONE_CATEGORICAL, 3, COLOURS}};
static const hone_column TARGET = {"sold", HONE_CATEGORICAL, 2, ANSWERS};
static const hone_schema NUMBERS = {1, COLUMNS, 1, &TARGET}, MIXED = {2, COLUMNS, 1, &TARGET};

/* The names of the steps, joined by blanks. */
static void check_steps(const char *spec, const hone_schema *schema, const char *expected) {
    hone_estimator *est = NULL, *whole = NULL;
    char names[256] = "";
    ok(hone_create_spec(spec, HONE_TARGET_CLASSES, &est, &err));
    ok(hone_auto_pipeline(est, schema, &whole, &err));
    for (size_t i = 0; i < hone_n_steps(whole); i++)
        strcat(strcat(names, i ? " " : ""), hone_name(hone_step(whole, i)));
    if (hone_n_steps(whole) == 0)
        cr_assert_eq(whole, est); /* nothing was needed */
    cr_assert_str_eq(names, expected);
    hone_free(whole);
}

Test(auto_pipeline, is_what_the_tags_ask_for) {
    check_steps("svc", &NUMBERS, "simple_imputer standard_scaler svc");
    check_steps("svc", &MIXED, "simple_imputer one_hot_encoder standard_scaler svc");
    check_steps("svc", NULL, "simple_imputer standard_scaler svc");
    check_steps("svc:kernel=precomputed", &NUMBERS, "simple_imputer svc"); /* X is the kernel */
    check_steps("one_class_svm:kernel=precomputed", &NUMBERS, "simple_imputer one_class_svm");
    check_steps("nu_svc:kernel=linear", &NUMBERS, "simple_imputer standard_scaler nu_svc");
    check_steps("dummy_classifier", &MIXED, "");
    check_steps("one_hot_encoder", &MIXED, "");
}

/* n rows with holes in both columns; the answer hangs on both. */
static void make_mixed(size_t n, double *x, double *y) {
    for (size_t i = 0; i < n; i++) {
        x[2 * i] = i % 11 == 3 ? NAN : (double)(i % 17) / 4;
        x[2 * i + 1] = i % 13 == 5 ? NAN : (double)(i % 3);
        y[i] = (double)(i % 17) + 6 * (double)(i % 3) > 14;
    }
}

Test(auto_pipeline, learns_from_holes_and_categories_and_is_saved_whole) {
    enum { N = 200 };
    static const char *const MODELS[] = {"lr", "svm", "mlp:max_iter=50"};
    double x[2 * N], y[N], a[N], b[N], accuracy;
    make_mixed(N, x, y);
    hone_dataset data = {.x = hone_view_of(x, N, 2), .y = hone_view_of(y, N, 1), .schema = &MIXED};
    const char *path = support_path("auto.hone");
    for (size_t i = 0; i < 3; i++) {
        hone_estimator *est = NULL, *loaded = NULL;
        ok(hone_create_spec(MODELS[i], HONE_TARGET_CLASSES, &est, &err));
        ok(hone_auto_pipeline(est, &MIXED, &est, &err));
        cr_assert(hone_estimator_tags(est) & HONE_TAG_MISSING);
        cr_assert(hone_estimator_tags(est) & HONE_TAG_CATEGORIES);
        ok(hone_fit(est, &data, NULL, &err));
        ok(hone_score(est, &data, &accuracy, &err));
        cr_assert_gt(accuracy, 0.85, "%s: %g", MODELS[i], accuracy);
        ok(hone_save(est, path, &err));
        ok(hone_load(path, &loaded, &err));
        cr_assert(hone_estimator_equal(est, loaded));
        ok(hone_predict(est, &data, a, NULL, &err));
        ok(hone_predict(loaded, &data, b, NULL, &err));
        cr_assert_arr_eq(a, b, sizeof a);
        unlink(path);
        hone_free(est), hone_free(loaded);
    }
}

Test(auto_pipeline, takes_the_estimator_over_when_memory_runs_out) {
    hone_status status = HONE_ENOMEM;
    long before = hone_alloc_live();
    for (long k = 1; status == HONE_ENOMEM; k++) {
        hone_estimator *est = NULL;
        ok(hone_create("svc", &est, &err));
        hone_alloc_fail_at(k, 0);
        status = hone_auto_pipeline(est, &MIXED, &est, &err);
        hone_alloc_fail_at(0, 0);
        cr_assert((status == HONE_OK) == (est != NULL)); /* nothing is left dangling */
        hone_free(est);
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
    }
    ok(status);
}

Test(auto_pipeline, cross_validates_real_models_to_the_same_bits_on_any_number_of_threads) {
    enum { N = 150 };
    double x[2 * N], y[N];
    make_mixed(N, x, y);
    hone_dataset data = {.x = hone_view_of(x, N, 2), .y = hone_view_of(y, N, 1), .schema = &MIXED};
    hone_estimator *models[3] = {NULL};
    static const char *const SPECS[] = {"lr", "svm", "mlp:max_iter=20"};
    for (size_t m = 0; m < 3; m++) {
        ok(hone_create_spec(SPECS[m], HONE_TARGET_CLASSES, &models[m], &err));
        ok(hone_auto_pipeline(models[m], &MIXED, &models[m], &err));
    }
    hone_folds folds;
    hone_cv_result *first = NULL;
    ok(hone_split(&(hone_cv){.seed = 1}, &data, &folds, &err));
    for (int threads = 1; threads <= 4; threads *= 2) {
        hone_cv_result *result = NULL;
        ok(hone_cross_validate((const hone_estimator *const *)models, 3, &data, &folds, 1,
                               &(hone_monitor){.threads = threads}, &result, &err));
        for (size_t m = 0; m < 3; m++) {
            const hone_oof *now = &result->models[m];
            for (size_t f = 0; f < folds.folds; f++)
                ok((err = now->runs[f].error).status);
            if (first)
                cr_assert_arr_eq(first->models[m].label, now->label, N * sizeof(double));
            if (first && now->proba)
                cr_assert_arr_eq(first->models[m].proba, now->proba, 2 * N * sizeof(double));
            if (first && now->score)
                cr_assert_arr_eq(first->models[m].score, now->score, N * sizeof(double));
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
}
