/* test_foreign_models.c -- files of XGBoost and LightGBM as estimators: loaded by content, asked,
 * saved as ours, explained, and written from what was fitted here. */
#include "core/alloc.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { M = 5, N = 200 };

static const char *write_model(const hone_json *test) {
    const hone_json *model = hone_json_get(test, "model");
    const char *path = support_path("foreign.model");
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    if (hone_json_as_text(model))
        fputs(hone_json_as_text(model), file);
    else
        cr_assert_eq(hone_json_write(model, file, NULL), HONE_OK);
    fclose(file);
    return path;
}

/* Probabilities, or values, of rows without a schema. */
static double *answers(const hone_estimator *est, const double *x, size_t n, size_t *cols) {
    size_t k = hone_n_classes(est) ? hone_n_classes(est) : 1;
    hone_dataset data = {.x = hone_view_of(x, n, M)};
    hone_error err = {HONE_OK, ""};
    double *out = malloc(n * k * sizeof *out);
    cr_assert_eq(k > 1 ? hone_predict_proba(est, &data, out, NULL, &err)
                       : hone_predict(est, &data, out, NULL, &err),
                 HONE_OK, "%s", err.message);
    *cols = k;
    return out;
}

/* What the file's program answers: for two classes the probability of the second, or of both. */
static void compare(const hone_json *golden, const hone_json *test) {
    const char *name = hone_json_as_text(hone_json_get(test, "name"));
    size_t cells, n_want, k;
    double *x = support_reals(golden, "x", &cells);
    double *want = support_reals(test, "answer", &n_want);
    hone_estimator *est = NULL, *again = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_load(write_model(test), &est, &err), HONE_OK, "%s: %s", name, err.message);
    size_t n = cells / M;
    double *got = answers(est, x, n, &k);
    bool second = k == 2 && n_want == n;
    for (size_t i = 0; i < n_want; i++)
        cr_assert_float_eq(got[second ? 2 * i + 1 : i], want[i], 1e-6, "%s: number %zu", name, i);
    const char *path = support_path("ours.hone");
    cr_assert_eq(hone_save(est, path, &err), HONE_OK, "%s: %s", name, err.message);
    cr_assert_eq(hone_load(path, &again, &err), HONE_OK, "%s: %s", name, err.message);
    double *same = answers(again, x, n, &k);
    cr_assert_arr_eq(got, same, n * k * sizeof *got, "%s", name);
    hone_free(est);
    hone_free(again);
    free(x);
    free(want);
    free(got);
    free(same);
}

Test(foreign_models, load_by_content_and_answer_as_their_programs_do) {
    static const char *const goldens[] = {"xgboost_models.json", "lightgbm_models.json"};
    for (size_t g = 0; g < 2; g++) {
        hone_json *golden = support_golden(goldens[g]);
        const hone_json *cases = hone_json_get(golden, "cases");
        for (size_t i = 0; i < hone_json_size(cases); i++)
            compare(golden, hone_json_at(cases, i));
        hone_json_free(golden);
    }
}

/* ---- written from what was fitted ------------------------------------------------------------ */

static const char *const LEVELS[] = {"red", "green", "blue"};
static const hone_column COLUMNS[M] = {{"a", HONE_NUMERIC, 0, NULL},
                                       {"b c", HONE_NUMERIC, 0, NULL},
                                       {"d", HONE_NUMERIC, 0, NULL},
                                       {"e", HONE_NUMERIC, 0, NULL},
                                       {"f", HONE_CATEGORICAL, 3, LEVELS}};
static const hone_schema SCHEMA = {.n_columns = M, .columns = COLUMNS};

static hone_dataset make(size_t classes, double **x, double **y) {
    support_make(N, M, classes, 5, x, y);
    for (size_t i = 0; i < N; i++) {
        (*x)[i * M + 4] = i % 7 == 0 ? NAN : (double)(i * 5 % 3);
        if (i % 9 == 0)
            (*x)[i * M + i % 4] = NAN;
        if (classes == 0)
            (*y)[i] = exp(fmin((*y)[i], 3));
    }
    return (hone_dataset){
        .x = hone_view_of(*x, N, M), .y = hone_view_of(*y, N, 1), .schema = &SCHEMA};
}

static hone_estimator *fitted(const char *spec, bool classes, const hone_dataset *data) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(
        hone_create_spec(spec, classes ? HONE_TARGET_CLASSES : HONE_TARGET_REAL, &est, &err),
        HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s: %s", spec, err.message);
    return est;
}

static void there_and_back(const char *spec, size_t classes) {
    hone_status (*const save[])(const hone_estimator *, const char *,
                                hone_error *) = {hone_xgboost_save, hone_lightgbm_save};
    static const double close[] = {2e-6, 1e-13}; /* one rounds to single precision */
    double *x, *y;
    hone_dataset data = make(classes, &x, &y);
    hone_estimator *est = fitted(spec, classes > 0, &data);
    size_t k;
    double *want = answers(est, x, N, &k);
    for (size_t s = 0; s < 2; s++) {
        const char *path = support_path("written.model");
        hone_estimator *back = NULL;
        hone_error err = {HONE_OK, ""};
        cr_assert_eq(save[s](est, path, &err), HONE_OK, "%s: %s", spec, err.message);
        cr_assert_eq(hone_load(path, &back, &err), HONE_OK, "%s: %s", spec, err.message);
        cr_assert_str_eq(hone_input_schema(back)->columns[4].levels[2], "blue");
        double *got = answers(back, x, N, &k);
        for (size_t i = 0; i < N * k; i++)
            cr_assert_float_eq(got[i], want[i], close[s] * fmax(1, fabs(want[i])), "%s: number %zu",
                               spec, i);
        free(got);
        hone_free(back);
    }
    hone_free(est);
    free(want);
    free(x);
    free(y);
}

Test(foreign_models, what_was_fitted_here_goes_there_and_comes_back) {
    there_and_back("gbdt:n_estimators=20", 2);
    there_and_back("gbdt:n_estimators=10", 4);
    there_and_back("gbdt:n_estimators=20,booster=dart", 2);
    there_and_back("gbdt:n_estimators=20", 0);
    there_and_back("gbdt:n_estimators=20,loss=gamma", 0);
    there_and_back("gbdt:n_estimators=20,loss=absolute_error", 0);
    there_and_back("decision_tree_regressor:max_depth=4", 0);
    there_and_back("random_forest_regressor:n_estimators=7", 0);
}

Test(foreign_models, what_their_files_cannot_hold_is_a_sentence) {
    double *x, *y;
    hone_dataset data = make(2, &x, &y);
    hone_estimator *forest = fitted("random_forest_classifier:n_estimators=3", true, &data);
    hone_estimator *dummy = fitted("dummy_classifier", true, &data), *new = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_xgboost_save(forest, support_path("x"), &err), HONE_EUNSUPPORTED);
    cr_assert_not_null(strstr(err.message, "these trees hold probabilities"), "%s", err.message);
    cr_assert_eq(hone_lightgbm_save(dummy, support_path("x"), &err), HONE_EUNSUPPORTED);
    cr_assert_not_null(strstr(err.message, "dummy_classifier: files of LightGBM hold boosted"));
    cr_assert_eq(hone_create("gradient_boosting_regressor", &new, &err), HONE_OK);
    cr_assert_eq(hone_xgboost_save(new, support_path("x"), &err), HONE_ESTATE);
    hone_free(new);
    hone_free(dummy);
    hone_free(forest);
    free(x);
    free(y);
}

/* Every allocation may fail, in reading and in writing. */
Test(foreign_models, without_memory_there_is_a_sentence_and_no_leak) {
    hone_status (*const save[])(const hone_estimator *, const char *,
                                hone_error *) = {hone_xgboost_save, hone_lightgbm_save};
    double *x, *y;
    hone_dataset data = make(2, &x, &y);
    hone_estimator *est = fitted("gbdt:n_estimators=2,max_leaf_nodes=4", true, &data);
    for (size_t s = 0; s < 2; s++) {
        const char *path = support_path("short.model");
        cr_assert_eq(save[s](est, path, NULL), HONE_OK);
        for (long fails = 1, going = 1; going; fails++) {
            hone_estimator *back = NULL;
            hone_error err = {HONE_OK, ""};
            long live = hone_alloc_live();
            hone_alloc_fail_at(fails, 0);
            hone_status status = hone_load(path, &back, &err);
            hone_alloc_fail_at(0, 0);
            going = status != HONE_OK;
            cr_assert(!going || status == HONE_ENOMEM, "load, allocation %ld: %s", fails,
                      err.message);
            hone_free(back);
            cr_assert_eq(hone_alloc_live(), live, "load, allocation %ld", fails);
        }
        for (long fails = 1, going = 1; going; fails++) {
            hone_error err = {HONE_OK, ""};
            long live = hone_alloc_live();
            hone_alloc_fail_at(fails, 0);
            hone_status status = save[s](est, path, &err);
            hone_alloc_fail_at(0, 0);
            going = status != HONE_OK;
            cr_assert(!going || status == HONE_ENOMEM, "save, allocation %ld", fails);
            cr_assert_eq(hone_alloc_live(), live, "save, allocation %ld", fails);
        }
    }
    hone_free(est);
    free(x);
    free(y);
}

/* The trees of a foreign file are explained like ours: shares add up to the raw score. */
Test(foreign_models, shapley_values_add_up_to_their_scores) {
    hone_json *golden = support_golden("xgboost_models.json");
    const hone_json *test = hone_json_at(hone_json_get(golden, "cases"), 0);
    size_t cells, n_raw;
    double *x = support_reals(golden, "x", &cells), *raw = support_reals(test, "raw", &n_raw);
    double shares[64 * (M + 1)];
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_dataset data = {.x = hone_view_of(x, n_raw, M)};
    cr_assert_leq(n_raw, 64);
    cr_assert_eq(hone_load(write_model(test), &est, &err), HONE_OK);
    cr_assert_eq(hone_shap_values(est, &data, shares, NULL, &err), HONE_OK, "%s", err.message);
    for (size_t i = 0; i < n_raw; i++) {
        double sum = 0;
        for (size_t j = 0; j <= M; j++)
            sum += shares[i * (M + 1) + j];
        cr_assert_float_eq(sum, raw[i], 1e-6, "row %zu", i);
    }
    hone_free(est);
    free(x);
    free(raw);
    hone_json_free(golden);
}
