/* Metrics of fitted models on rows whose truth is known. */
#include "toys.h"

#include <criterion/criterion.h>
#include <math.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

static const hone_metric *metric_named(const char *name) {
    const hone_metric *metric = NULL;
    ok(hone_metric_find(name, &metric, &err));
    return metric;
}

Test(scores, are_the_metrics_of_the_predictions_of_training_rows_too) {
    enum { N = 80 };
    toy_data data = toy_data_make(N, 3, 2, 4);
    const hone_metric *metrics[] = {metric_named("accuracy"), metric_named("roc_auc"),
                                    metric_named("log_loss")};
    double label[N], proba[2 * N], score[N], values[3], want;
    hone_estimator *est = toy_new(&toy_nearest_mean);
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_predict(est, &data.set, label, NULL, &err));
    ok(hone_predict_proba(est, &data.set, proba, NULL, &err));
    ok(hone_decision_function(est, &data.set, score, NULL, &err));
    for (size_t positive = 0; positive < 2; positive++) {
        const char *why[3] = {"", "", ""};
        ok(hone_scores(est, &data.set, positive, metrics, 3, NULL, values, why, &err));
        for (size_t i = 0; i < N && positive == 0; i++)
            score[i] = -score[i];
        hone_outcome outcome = {.n = N,
                                .n_classes = 2,
                                .positive = positive,
                                .truth = data.y,
                                .label = label,
                                .proba = proba,
                                .score = score};
        for (size_t m = 0; m < 3; m++) {
            ok(hone_metric_compute(metrics[m], &outcome, &want, NULL, &err));
            cr_assert_eq(values[m], want);
            cr_assert_null(why[m]);
        }
        for (size_t i = 0; i < N && positive == 0; i++)
            score[i] = -score[i];
    }
    hone_free(est);
    toy_data_free(&data);
}

Test(scores, match_classes_by_label_and_say_what_a_model_does_not_give) {
    static const char *const OTHER[] = {"c9", "c1", "c0"}; /* the same classes in another order */
    enum { N = 60 };
    toy_data data = toy_data_make(N, 2, 2, 4);
    hone_column target = {"t", HONE_CATEGORICAL, 3, OTHER};
    hone_schema schema = {2, data.schema->columns, 1, &target};
    const hone_metric *metrics[] = {metric_named("accuracy"), metric_named("log_loss")};
    double values[2], turned[2], y[N];
    const char *why[2];
    hone_estimator *est = toy_new(&toy_nearest_mean);
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_scores(est, &data.set, 1, metrics, 1, NULL, values, NULL, &err));
    hone_dataset other = data.set;
    for (size_t i = 0; i < N; i++)
        y[i] = data.y[i] == 0 ? 2 : 1;
    other.schema = &schema;
    other.y = hone_view_of(y, N, 1);
    ok(hone_scores(est, &other, 1, metrics, 1, NULL, turned, NULL, &err));
    cr_assert_eq(turned[0], values[0]);
    for (size_t i = 0; i < N; i++)
        y[i] = i % 2 ? y[i] : 0; /* a class that the model has never met */
    ok(hone_scores(est, &other, 1, metrics, 1, NULL, turned, NULL, &err));
    cr_assert_leq(turned[0], 0.5);
    hone_free(est);
    est = toy_new(&toy_memory);
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_scores(est, &data.set, 1, metrics, 2, NULL, values, why, &err));
    cr_assert(!isnan(values[0]) && isnan(values[1]));
    cr_assert_str_eq(why[1], "the model gives no probabilities");
    hone_free(est);
    toy_data_free(&data);
}

Test(scores, a_failing_allocation_leaks_nothing) {
    toy_data data = toy_data_make(30, 2, 3, 4);
    const hone_metric *metrics[] = {metric_named("accuracy"), metric_named("log_loss")};
    hone_estimator *est = toy_new(&toy_nearest_mean);
    hone_status status = HONE_ENOMEM;
    double values[2];
    ok(hone_fit(est, &data.set, NULL, &err));
    long before = hone_alloc_live();
    for (long k = 1; status == HONE_ENOMEM; k++) {
        hone_alloc_fail_at(k, 0);
        status = hone_scores(est, &data.set, 0, metrics, 2, NULL, values, NULL, &err);
        hone_alloc_fail_at(0, 0);
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
    }
    ok(status);
    hone_free(est);
    toy_data_free(&data);
}
