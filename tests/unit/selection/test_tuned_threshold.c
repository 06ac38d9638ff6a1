/* The tuned threshold: the best of all cuts, found by looking at each. */
#include "toys.h"

#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

enum { N = 120 };

static hone_error err;

static hone_estimator *make(const char *spec) {
    hone_estimator *est = NULL;
    ok(hone_create_spec(spec, HONE_TARGET_CLASSES, &est, &err));
    return est;
}

/* Two classes, one rare, that overlap; fold numbers for the inner folds. */
static toy_data overlapping(uint64_t seed, int32_t *fold) {
    toy_data data = toy_data_make(N, 2, 2, seed);
    for (size_t i = 0; i < N; i++) {
        data.y[i] = i % 5 == 0;
        data.x[2 * i] = round(10 * data.x[2 * i] + 8 * data.y[i]) / 4; /* with ties */
        fold[i] = (int32_t)(i % 3);
    }
    data.set.fold = fold;
    return data;
}

/* Out-of-fold numbers made by hand. */
static void numbers_by_hand(const toy_data *data, const char *inner, double *out) {
    for (int32_t f = 0; f < 3; f++) {
        size_t train[N], test[N], n = 0, m = 0;
        double proba[2 * N];
        hone_dataset *a = NULL, *b = NULL;
        for (size_t i = 0; i < N; i++)
            if (data->set.fold[i] == f)
                test[m++] = i;
            else
                train[n++] = i;
        ok(hone_dataset_take(&data->set, train, n, &a, &err));
        ok(hone_dataset_take(&data->set, test, m, &b, &err));
        hone_estimator *est = make(inner);
        ok(hone_fit(est, a, NULL, &err));
        bool gives = hone_estimator_tags(est) & HONE_TAG_PROBA;
        ok(gives ? hone_predict_proba(est, b, proba, NULL, &err)
                 : hone_decision_function(est, b, proba, NULL, &err));
        for (size_t i = 0; i < m; i++)
            out[test[i]] = gives ? proba[2 * i + 1] : proba[i];
        hone_free(est);
        hone_dataset_free(a), hone_dataset_free(b);
    }
}

static double value_at(const toy_data *data, const double *number, const hone_metric *metric,
                       size_t positive, double threshold) {
    double label[N], value;
    for (size_t i = 0; i < N; i++)
        label[i] = number[i] >= threshold;
    hone_outcome outcome = {.n = N,
                            .n_classes = 2,
                            .positive = positive,
                            .truth = data->y,
                            .label = label,
                            .weight = data->set.weights};
    ok(hone_metric_compute(metric, &outcome, &value, NULL, &err));
    return metric->greater_is_better ? value : -value;
}

Test(tuned_threshold, no_cut_is_better_for_any_metric_of_labels) {
    static const char *const INNER[] = {"lr", "svc"};
    double weight[N];
    int32_t fold[N];
    size_t tried = 0;
    for (size_t i = 0; i < N; i++)
        weight[i] = 0.5 + (double)(i % 3);
    for (size_t c = 0; c < 8; c++) {
        toy_data data = overlapping(c, fold);
        double number[N];
        data.set.weights = (c & 4) && !(c & 1) ? weight : NULL; /* svc takes none */
        numbers_by_hand(&data, INNER[c & 1], number);
        for (size_t i = 0; i < hone_metric_count(); i++) {
            const hone_metric *metric = hone_metric_at(i);
            char spec[128];
            double threshold, best, got;
            if (!(metric->tasks & HONE_FOR_BINARY) || metric->needs != HONE_NEEDS_LABEL)
                continue;
            snprintf(spec, sizeof spec, "tuned_threshold(%s):scoring=%s,positive=%s", INNER[c & 1],
                     metric->name, c & 2 ? "first" : "second");
            hone_estimator *est = make(spec);
            ok(hone_fit(est, &data.set, NULL, &err));
            ok(hone_get_number(est, "threshold", &threshold, &err));
            ok(hone_get_number(est, "best_score", &best, &err));
            got = value_at(&data, number, metric, !(c & 2), threshold);
            cr_assert_float_eq(got, metric->greater_is_better ? best : -best, 1e-12);
            for (size_t j = 0; j < N; j++) {
                double other = value_at(&data, number, metric, !(c & 2), number[j]);
                cr_assert(isnan(other) || other <= got + 1e-12, "%s: %g at %g, %g at %g", spec, got,
                          threshold, other, number[j]);
            }
            hone_free(est);
            tried++;
        }
        toy_data_free(&data);
    }
    cr_assert_geq(tried, 8 * 5);
}

Test(tuned_threshold, predicts_by_its_threshold_and_passes_numbers_on) {
    int32_t fold[N];
    toy_data data = overlapping(3, fold);
    double label[N], proba[2 * N], decision[N], inner[2 * N], threshold;
    size_t positives = 0;
    hone_estimator *est = make("tuned_threshold(lr):scoring=f1");
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_get_number(est, "threshold", &threshold, &err));
    ok(hone_predict(est, &data.set, label, NULL, &err));
    ok(hone_predict_proba(est, &data.set, proba, NULL, &err));
    ok(hone_decision_function(est, &data.set, decision, NULL, &err));
    ok(hone_predict_proba(hone_step(est, 0), &data.set, inner, NULL, &err));
    cr_assert_arr_eq(proba, inner, sizeof proba);
    for (size_t i = 0; i < N; i++) {
        cr_assert_eq(label[i], proba[2 * i + 1] >= threshold);
        cr_assert_eq(decision[i] > 0, proba[2 * i + 1] > 0.5);
        positives += label[i] == 1;
    }
    cr_assert(threshold != 0.5 && positives > 0 && positives < N);
    hone_free(est);
    toy_data_free(&data);
}

/* Where every cut gives the same, the usual one is not left. */
Test(tuned_threshold, stays_near_the_usual_cut_among_equals) {
    double x[40], y[40], threshold;
    for (size_t i = 0; i < 40; i++)
        x[i] = y[i] = (double)(i % 2);
    hone_dataset data = {.x = hone_view_of(x, 40, 1), .y = hone_view_of(y, 40, 1)};
    hone_estimator *est = make("tuned_threshold(lr)");
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_get_number(est, "threshold", &threshold, &err));
    cr_assert(threshold > 0.3 && threshold < 0.7, "%g", threshold);
    hone_free(est);
}

Test(tuned_threshold, takes_two_classes_and_metrics_of_labels_only) {
    hone_estimator *est = make("tuned_threshold(lr)");
    toy_data data = toy_data_make(60, 2, 3, 1);
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_EDATA);
    cr_assert_str_eq(err.message, "tuned_threshold_classifier: takes two classes, got 3 in 't'");
    cr_assert_eq(hone_set(est, "scoring=roc_auc", &err), HONE_EINVAL);
    cr_assert_str_eq(err.message,
                     "tuned_threshold_classifier: parameter scoring: roc_auc is no metric of "
                     "predicted classes of two, so a threshold does not change it");
    cr_assert_eq(hone_set(est, "scoring=f17", &err), HONE_EINVAL);
    cr_assert_not_null(strstr(err.message, "parameter scoring: "), "%s", err.message);
    toy_data_free(&data);
    hone_free(est);
}
