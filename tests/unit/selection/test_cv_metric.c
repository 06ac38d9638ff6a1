/* Metrics of folds and their summary; the score of a model. */
#include "toys.h"

#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

static const hone_metric *metric(const char *name) {
    const hone_metric *out = NULL;
    ok(hone_metric_find(name, &out, &err));
    return out;
}

/* A result made by hand: 6 rows, 3 folds, 2 repeats, two classes. */
static double truth[6] = {0, 1, 0, 1, 0, 1};
static double label[12] = {0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 1, NAN};
static double score[12] = {-1, 1, 2, 1, -1, -2, -1, 1, -2, 3, 2, NAN};
static double weight[6] = {1, 1, 1, 3, 1, 1};
static uint32_t fold_of[12] = {0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2};
static hone_fold_run runs[6];
static hone_oof oof = {.label = label, .score = score, .runs = runs};
static hone_folds folds = {
    .scheme = HONE_CV_KFOLD, .n_rows = 6, .folds = 3, .repeats = 2, .fold_of = fold_of};
static hone_dataset data;
static hone_cv_result result = {
    .n_models = 1, .n_classes = 2, .positive = 1, .data = &data, .folds = &folds, .models = &oof};

static void setup(void) {
    data = (hone_dataset){.x = hone_view_of(truth, 6, 1), .y = hone_view_of(truth, 6, 1)};
    for (size_t i = 0; i < 6; i++)
        runs[i] = (hone_fold_run){.done = true};
    runs[5].done = false;
}

TestSuite(cv_metric, .init = setup);

Test(cv_metric, looks_at_the_rows_of_one_fold_only) {
    const double expected[] = {1, 0.5, 0.5, 1, 1};
    for (size_t i = 0; i < 5; i++) {
        double value;
        const char *why = "unset";
        ok(hone_cv_metric(&result, 0, i / 3, i % 3, metric("accuracy"), &value, &why, &err));
        cr_assert_eq(value, expected[i], "fold %zu: %g", i, value);
        cr_assert_null(why);
    }
    double auc;
    ok(hone_cv_metric(&result, 0, 0, 1, metric("roc_auc"), &auc, NULL, &err));
    cr_assert_eq(auc, 0);
}

Test(cv_metric, weighs_the_test_rows) {
    double value;
    data.weights = weight;
    ok(hone_cv_metric(&result, 0, 0, 1, metric("accuracy"), &value, NULL, &err));
    cr_assert_eq(value, 0.75);
}

Test(cv_metric, says_why_there_is_no_value) {
    double value;
    const char *why;
    ok(hone_cv_metric(&result, 0, 1, 2, metric("accuracy"), &value, &why, &err));
    cr_assert(isnan(value));
    cr_assert_str_eq(why, "the fold was not finished");
    runs[0].error.status = HONE_ENUMERIC;
    ok(hone_cv_metric(&result, 0, 0, 0, metric("accuracy"), &value, &why, &err));
    cr_assert(isnan(value));
    cr_assert_str_eq(why, "the fit failed");
    ok(hone_cv_metric(&result, 0, 0, 1, metric("log_loss"), &value, &why, &err));
    cr_assert(isnan(value));
    cr_assert_str_eq(why, "the model gives no probabilities");
    oof.score = NULL;
    ok(hone_cv_metric(&result, 0, 0, 1, metric("roc_auc"), &value, &why, &err));
    cr_assert(isnan(value));
    cr_assert_str_eq(why, "the model gives neither scores nor probabilities");
    oof.score = score;
    cr_assert_eq(hone_cv_metric(&result, 0, 0, 3, metric("accuracy"), &value, &why, &err),
                 HONE_EINVAL);
    cr_assert_eq(hone_cv_metric(&result, 1, 0, 0, metric("accuracy"), &value, &why, &err),
                 HONE_EINVAL);
}

Test(cv_metric, summary_is_over_the_folds_with_a_value) {
    hone_cv_summary s;
    double scores[6];
    ok(hone_cv_summarise(&result, 0, metric("accuracy"), scores, &s, &err));
    cr_assert_eq(s.n, 5);
    cr_assert_float_eq(s.mean, 0.8, 1e-15); /* 1, .5, .5, 1, 1 */
    cr_assert_float_eq(s.std, sqrt(0.3 / 4), 1e-15);
    cr_assert_eq(scores[1], 0.5);
    cr_assert(isnan(scores[5]));
    for (size_t i = 1; i < 6; i++)
        runs[i].done = false;
    ok(hone_cv_summarise(&result, 0, metric("accuracy"), NULL, &s, &err));
    cr_assert_eq(s.n, 1);
    cr_assert_eq(s.mean, 1);
    cr_assert(isnan(s.std));
    runs[0].done = false;
    ok(hone_cv_summarise(&result, 0, metric("accuracy"), NULL, &s, &err));
    cr_assert_eq(s.n, 0);
    cr_assert(isnan(s.mean));
}

/* ---- score ----------------------------------------------------------------------------------- */

Test(score, of_a_classifier_is_accuracy_by_label) {
    static const char *const TRAIN[] = {"ham", "spam"}, *const TEST[] = {"eggs", "spam"};
    hone_column x = {"x", HONE_NUMERIC, 0, NULL};
    hone_column train_target = {"t", HONE_CATEGORICAL, 2, TRAIN};
    hone_column test_target = {"t", HONE_CATEGORICAL, 2, TEST};
    hone_schema train_schema = {1, &x, 1, &train_target}, test_schema = {1, &x, 1, &test_target};
    double values[4] = {0, 1, 10, 11}, y[4] = {0, 0, 1, 1}, test_y[4] = {0, 1, 1, 1}, out;
    hone_dataset train = {
        .x = hone_view_of(values, 4, 1), .y = hone_view_of(y, 4, 1), .schema = &train_schema};
    hone_dataset test = {
        .x = hone_view_of(values, 4, 1), .y = hone_view_of(test_y, 4, 1), .schema = &test_schema};
    hone_estimator *est = toy_new(&toy_nearest_mean);
    ok(hone_fit(est, &train, NULL, &err));
    ok(hone_score(est, &train, &out, &err));
    cr_assert_eq(out, 1);
    ok(hone_score(est, &test, &out, &err)); /* ham ham spam spam against eggs spam spam spam */
    cr_assert_eq(out, 0.5);
    double weights[4] = {1, 1, 3, 3};
    test.weights = weights;
    ok(hone_score(est, &test, &out, &err));
    cr_assert_eq(out, 0.75);
    test_y[2] = NAN;
    cr_assert_eq(hone_score(est, &test, &out, &err), HONE_EDATA);
    hone_free(est);
}

Test(score, of_raw_classes_compares_values) {
    double x[4] = {0, 1, 10, 11}, y[4] = {-1, -1, 5, 5}, other[4] = {-1, 2, 5, -1}, out;
    hone_dataset train = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)}, test = train;
    test.y = hone_view_of(other, 4, 1);
    hone_estimator *est = toy_new(&toy_nearest_mean);
    ok(hone_fit(est, &train, NULL, &err));
    ok(hone_score(est, &test, &out, &err));
    cr_assert_eq(out, 0.5);
    hone_free(est);
}

Test(score, of_a_regressor_is_r2) {
    double x[4] = {0}, y[4] = {1, 2, 3, 6}, other[4] = {3, 4, 2, 7}, out;
    hone_dataset train = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)}, test = train;
    test.y = hone_view_of(other, 4, 1);
    hone_estimator *est = toy_new(&toy_mean), *centre = toy_new(&toy_centre);
    ok(hone_fit(est, &train, NULL, &err));
    ok(hone_score(est, &train, &out, &err));
    cr_assert_eq(out, 0);
    ok(hone_score(est, &test, &out, &err)); /* predicts 3: residuals 18, about the mean 4: 14 */
    cr_assert_float_eq(out, 1 - 18.0 / 14.0, 1e-15);
    test.y = (hone_view){.data = NULL};
    cr_assert_eq(hone_score(est, &test, &out, &err), HONE_EDATA);
    cr_assert_eq(hone_score(centre, &train, &out, &err), HONE_EUNSUPPORTED);
    hone_free(est), hone_free(centre);
}
