/* test_judge.c -- intervals and pairs are those of the inference on the same numbers, and are
 * missing where there is nothing to say. */
#include "support/support.h"

#include "core/alloc.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cross-validation of three models, everything owned. The result points to the folds. */
struct run {
    hone_dataset *data;
    hone_folds folds;
    hone_estimator *models[3];
    hone_cv_result *result;
};

static void cross_validate(struct run *run, const char *file, const char *target,
                           const char *cv_text) {
    static const char *const SPECS[] = {"dummy", "lr", "svm"};
    *run = (struct run){.data = support_data(file, target)};
    const hone_estimator *borrowed[3];
    hone_cv cv = {0};
    bool classes = run->data->schema->targets[0].kind == HONE_CATEGORICAL;
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(hone_create_spec(SPECS[i], classes ? HONE_TARGET_CLASSES : HONE_TARGET_REAL,
                                      &run->models[i], NULL),
                     HONE_OK);
        cr_assert_eq(hone_auto_pipeline(run->models[i], run->data->schema, &run->models[i], NULL),
                     HONE_OK);
        borrowed[i] = run->models[i];
    }
    cr_assert_eq(hone_cv_parse(cv_text, &cv, NULL), HONE_OK);
    cr_assert_eq(hone_split(&cv, run->data, &run->folds, NULL), HONE_OK);
    cr_assert_eq(
        hone_cross_validate(borrowed, 3, run->data, &run->folds, 1, NULL, &run->result, NULL),
        HONE_OK);
}

static void run_free(struct run *run) {
    hone_cv_result_free(run->result);
    hone_folds_free(&run->folds);
    for (size_t i = 0; i < 3; i++)
        hone_free(run->models[i]);
    hone_dataset_free(run->data);
}

static const hone_metric *metric(const char *name) {
    const hone_metric *out = NULL;
    cr_assert_eq(hone_metric_find(name, &out, NULL), HONE_OK);
    return out;
}

Test(judge, intervals_of_folds_are_the_corrected_t) {
    struct run run;
    cross_validate(&run, "breast_cancer.csv", "diagnosis", "5x2");
    double values[10];
    hone_cv_summary summary;
    hone_interval interval;
    hone_comparison mean;
    cr_assert_eq(hone_cv_summarise(run.result, 1, metric("log_loss"), values, &summary, NULL),
                 HONE_OK);
    double test = 0, train = 0;
    for (size_t f = 0; f < 10; f++) {
        test += (double)hone_folds_test(&run.folds, f / 5, f % 5, NULL);
        train += (double)hone_folds_train(&run.folds, f / 5, f % 5, NULL);
    }
    cr_assert_eq(hone_corrected_t(values, 10, test / train, 0.9, &mean, NULL), HONE_OK);
    cr_assert_eq(hone_cv_interval(run.result, 1, metric("log_loss"), 0.9, NULL, &interval, NULL),
                 HONE_OK);
    cr_assert_float_eq(interval.estimate, summary.mean, 1e-15);
    cr_assert_eq(interval.low, mean.difference.low);
    cr_assert_eq(interval.high, mean.difference.high);
    run_free(&run);
}

Test(judge, auc_of_two_classes_is_judged_by_influence) {
    struct run run;
    cross_validate(&run, "breast_cancer.csv", "diagnosis", "5");
    hone_interval interval;
    hone_cv_summary summary;
    for (size_t m = 1; m < 3; m++) { /* the dummy does not vary */
        cr_assert_eq(
            hone_cv_interval(run.result, m, metric("roc_auc"), 0.95, NULL, &interval, NULL),
            HONE_OK);
        cr_assert_eq(hone_cv_summarise(run.result, m, metric("roc_auc"), NULL, &summary, NULL),
                     HONE_OK);
        cr_assert_float_eq(interval.estimate, summary.mean, 1e-12);
        cr_assert_eq(strncmp(interval.method, "influence curve", 15), 0);
        cr_assert(interval.low < summary.mean && summary.mean < interval.high);
        cr_assert(interval.low >= 0 && interval.high <= 1);
    }
    run_free(&run);
}

Test(judge, one_row_left_out_has_wilsons_interval_or_none) {
    struct run run;
    cross_validate(&run, "iris.csv", "species", "loo");
    hone_interval interval, wilson;
    double hits = 0;
    for (size_t i = 0; i < 150; i++)
        hits += run.result->models[1].label[i] == hone_view_row(run.data->y, i)[0];
    cr_assert_eq(hone_proportion_interval(hits, 150, false, 0.95, &wilson, NULL), HONE_OK);
    cr_assert_eq(hone_cv_interval(run.result, 1, metric("accuracy"), 0.95, NULL, &interval, NULL),
                 HONE_OK);
    cr_assert_eq(interval.low, wilson.low);
    cr_assert_eq(hone_cv_interval(run.result, 1, metric("log_loss"), 0.95, NULL, &interval, NULL),
                 HONE_OK);
    cr_assert(isnan(interval.low) && interval.why);
    hone_pair *pairs = NULL;
    size_t n = 9;
    cr_assert_eq(hone_cv_pairs(run.result, metric("accuracy"), 0.01, 0.95, NULL, &pairs, &n, NULL),
                 HONE_OK);
    cr_assert_eq(n, 0);
    cr_assert_null(pairs);
    run_free(&run);
}

Test(judge, pairs_are_adjusted_per_method) {
    struct run run;
    cross_validate(&run, "breast_cancer.csv", "diagnosis", "5");
    hone_pair *pairs = NULL;
    size_t n = 0;
    cr_assert_eq(hone_cv_pairs(run.result, metric("roc_auc"), 0.01, 0.95, NULL, &pairs, &n, NULL),
                 HONE_OK);
    cr_assert_eq(n, 6);
    for (size_t k = 0; k < 6; k += 3) {
        double p[3], adjusted[3];
        for (size_t i = 0; i < 3; i++)
            p[i] = pairs[k + i].p_value;
        cr_assert_eq(hone_holm(p, 3, adjusted, NULL), HONE_OK);
        for (size_t i = 0; i < 3; i++) {
            cr_assert_eq(pairs[k + i].p_adjusted, adjusted[i]);
            cr_assert_eq(pairs[k + i].method, k ? HONE_PAIR_CV_AUC : HONE_PAIR_CORRECTED_T);
            cr_assert_float_eq(pairs[k + i].difference, pairs[i].difference, 1e-12);
        }
    }
    for (size_t i = 0; i < 3; i++)
        cr_assert_float_eq(pairs[i].p_a_better + pairs[i].p_equivalent + pairs[i].p_b_better, 1,
                           1e-12);
    cr_assert(isnan(pairs[3].p_equivalent));
    hone_pairs_free(pairs);
    run_free(&run);
}

/* Of an error, less is better: a positive difference speaks for b. */
Test(judge, who_is_better_follows_the_direction_of_the_metric) {
    struct run run;
    cross_validate(&run, "diabetes.csv", "progression", "5");
    hone_pair *pairs = NULL;
    size_t n = 0;
    cr_assert_eq(hone_cv_pairs(run.result, metric("rmse"), 0.01, 0.95, NULL, &pairs, &n, NULL),
                 HONE_OK);
    cr_assert_eq(n, 3);
    cr_assert(pairs[0].a == 0 && pairs[0].b == 1); /* dummy, ridge */
    cr_assert_gt(pairs[0].difference, 0);
    cr_assert_gt(pairs[0].p_b_better, 0.9);
    hone_pairs_free(pairs);
    run_free(&run);
}

/* A mean that is so many standard errors above chance. */
static bool near(const struct run *run, const char *name, const char *method, double errors,
                 double chance, hone_near_chance *out) {
    hone_interval interval = {
        .estimate = chance + 0.01 * errors, .se = 0.01, .method = method, .level = 0.95};
    return hone_cv_near_chance(run->result, metric(name), &interval, out);
}

Test(judge, near_chance_is_known_by_standard_errors) {
    static const char INFLUENCE[] = "influence curve, logit", T[] = "corrected resampled t";
    struct run run;
    hone_near_chance of;
    cross_validate(&run, "breast_cancer.csv", "diagnosis", "3x2");
    double most = 357 / 569.0;
    cr_assert(near(&run, "roc_auc", INFLUENCE, 4.9, 0.5, &of));
    cr_assert(of.chance == 0.5 && of.errors == 5 && of.rate == 0.18 && of.interval && of.test);
    cr_assert(near(&run, "roc_auc", INFLUENCE, -3, 0.5, &of), "below chance is near it");
    cr_assert(!near(&run, "roc_auc", INFLUENCE, 5.1, 0.5, &of));
    cr_assert(near(&run, "accuracy", T, 2.9, most, &of));
    cr_assert(of.chance == most && of.errors == 3 && of.rate == 0.1 && of.interval && of.test);
    cr_assert(!near(&run, "accuracy", T, 3.1, most, &of));
    cr_assert(!near(&run, "log_loss", T, 0, 0.5, &of), "what is chance there?");
    hone_interval dummy = {.estimate = 0.5, .se = 0, .method = "Newcombe, score"};
    cr_assert(hone_cv_near_chance(run.result, metric("roc_auc"), &dummy, &of));
    cr_assert(of.test && !of.interval, "the dummy's AUC is 0.5 indeed");
    run_free(&run);

    cross_validate(&run, "breast_cancer.csv", "diagnosis", "3");
    cr_assert(near(&run, "roc_auc", INFLUENCE, 4.9, 0.5, &of));
    cr_assert(of.interval && !of.test, "the corrected t of one repeat does not err too often");
    cr_assert(!near(&run, "accuracy", T, 0, most, &of));
    run_free(&run);

    cross_validate(&run, "iris.csv", "species", "loo");
    cr_assert(!near(&run, "accuracy", "Wilson", 0, 1 / 3.0, &of));
    run_free(&run);
    cross_validate(&run, "diabetes.csv", "progression", "3x2");
    cr_assert(!near(&run, "r2", T, 0, 0, &of));
    run_free(&run);
}

Test(judge, what_cannot_be_is_refused) {
    struct run run;
    cross_validate(&run, "iris.csv", "species", "3");
    hone_interval interval;
    hone_error err = {0};
    cr_assert_eq(hone_cv_interval(run.result, 3, metric("accuracy"), 0.95, NULL, &interval, &err),
                 HONE_EINVAL);
    cr_assert_eq(hone_cv_interval(run.result, 0, metric("accuracy"), 1, NULL, &interval, &err),
                 HONE_EINVAL);
    cr_assert(strstr(err.message, "level must be in (0, 1)"));
    run_free(&run);
}

Test(judge, every_failing_allocation_is_survived) {
    struct run run;
    cross_validate(&run, "breast_cancer.csv", "diagnosis", "3");
    long live = hone_alloc_live();
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status != HONE_OK; k++) {
        hone_pair *pairs = NULL;
        size_t n;
        hone_monitor mon = {.threads = 1};
        hone_alloc_fail_at(k, 0);
        status = hone_cv_pairs(run.result, metric("roc_auc"), 0.01, 0.95, &mon, &pairs, &n, NULL);
        hone_alloc_fail_at(0, 0);
        hone_pairs_free(pairs);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        cr_assert_eq(hone_alloc_live(), live);
        cr_assert_lt(k, 5000);
    }
    run_free(&run);
}
