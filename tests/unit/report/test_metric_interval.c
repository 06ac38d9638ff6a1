/* Intervals of metrics on one test set: their coverage of what is known, and what has none. */
#include <hone/hone.h>

#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { N = 300, TRIALS = 300 };

static const hone_metric *metric(const char *name) {
    const hone_metric *found = NULL;
    cr_assert_eq(hone_metric_find(name, &found, NULL), HONE_OK);
    return found;
}

/* Errors are normal with standard deviation 2: the true root mean squared error is 2. */
Test(metric_interval, covers_the_truth_as_often_as_it_says) {
    const hone_metric *rmse = metric("rmse");
    double truth[N], label[N];
    size_t misses = 0;
    for (size_t t = 0; t < TRIALS; t++) {
        hone_rng rng = hone_rng_at(7, t);
        hone_interval out;
        for (size_t i = 0; i < N; i++) {
            truth[i] = hone_rng_normal(&rng);
            label[i] = truth[i] + 2 * hone_rng_normal(&rng);
        }
        hone_outcome outcome = {.n = N, .truth = truth, .label = label};
        cr_assert_eq(hone_metric_intervals(&rmse, 1, &outcome, 0.9, 400, t, NULL, &out, NULL),
                     HONE_OK);
        misses += !(out.low <= 2 && 2 <= out.high);
    }
    /* 10 % of 300 is 30, with a standard deviation of 5.2 */
    cr_expect(misses >= 15 && misses <= 48, "%zu misses of %d", misses, TRIALS);
}

/* A row of weight 2 stands for two rows: the standard errors are those of twice as few draws, so a
 * weight of 1 everywhere gives the same bits as none, and a row of weight 0 changes nothing. */
Test(metric_interval, weights_and_threads) {
    const hone_metric *metrics[] = {metric("accuracy"), metric("f1_macro")};
    double truth[N], label[N], ones[N];
    hone_interval plain[2], weighted[2], threads[2];
    hone_monitor mon = {.threads = 4};
    for (size_t i = 0; i < N; i++) {
        truth[i] = (double)(i % 3);
        label[i] = (double)(i * i % 7 % 3);
        ones[i] = 1;
    }
    hone_outcome outcome = {.n = N, .n_classes = 3, .truth = truth, .label = label};
    cr_assert_eq(hone_metric_intervals(metrics, 2, &outcome, 0.95, 0, 1, NULL, plain, NULL),
                 HONE_OK);
    cr_assert_eq(hone_metric_intervals(metrics, 2, &outcome, 0.95, 0, 1, &mon, threads, NULL),
                 HONE_OK);
    outcome.weight = ones;
    cr_assert_eq(hone_metric_intervals(metrics, 2, &outcome, 0.95, 0, 1, NULL, weighted, NULL),
                 HONE_OK);
    for (size_t m = 0; m < 2; m++) {
        cr_expect(plain[m].low < plain[m].estimate && plain[m].estimate < plain[m].high);
        cr_expect(plain[m].low == threads[m].low && plain[m].high == threads[m].high);
        cr_expect(plain[m].low == weighted[m].low && plain[m].high == weighted[m].high);
    }
}

Test(metric_interval, says_why_there_is_none) {
    const hone_metric *metrics[] = {metric("ece"), metric("r2")};
    double truth[N], proba[2 * N];
    hone_interval out;
    hone_error err;
    for (size_t i = 0; i < N; i++) {
        hone_rng rng = hone_rng_at(3, i);
        proba[2 * i + 1] = hone_rng_uniform(&rng);
        proba[2 * i] = 1 - proba[2 * i + 1];
        truth[i] = hone_rng_uniform(&rng) < proba[2 * i + 1];
    }
    hone_outcome outcome = {
        .n = N, .n_classes = 2, .positive = 1, .truth = truth, .label = truth, .proba = proba};
    cr_assert_eq(hone_metric_intervals(metrics, 1, &outcome, 0.95, 0, 1, NULL, &out, NULL),
                 HONE_OK);
    cr_expect(isnan(out.low) && isnan(out.high));
    cr_expect_str_eq(out.why, "drawing rows again shifts it");
    outcome = (hone_outcome){.n = 3, .truth = (double[]){2, 2, 2}, .label = (double[]){1, 2, 3}};
    cr_assert_eq(hone_metric_intervals(metrics + 1, 1, &outcome, 0.95, 0, 1, NULL, &out, NULL),
                 HONE_OK);
    cr_expect(isnan(out.low) && out.why);
    cr_expect_eq(hone_metric_intervals(metrics + 1, 1, &outcome, 1, 0, 1, NULL, &out, &err),
                 HONE_EINVAL);
    cr_expect_str_eq(err.message, "intervals: level must be in (0, 1), got 1");
}
