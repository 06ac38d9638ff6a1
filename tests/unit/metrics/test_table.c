#include "core/alloc.h"

#include <hone/hone.h>

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const double Y[] = {0, 1, 1, 0}, P[] = {0, 1, 0, 0}, S[] = {0.1, 0.9, 0.4, 0.2};
static const double Q[] = {0.9, 0.1, 0.1, 0.9, 0.6, 0.4, 0.8, 0.2};

static hone_outcome binary(void) {
    return (hone_outcome){
        .n = 4, .n_classes = 2, .positive = 1, .truth = Y, .label = P, .proba = Q, .score = S};
}

static const hone_metric *metric(const char *name) {
    const hone_metric *out = NULL;
    hone_error err;
    cr_assert_eq(hone_metric_find(name, &out, &err), HONE_OK, "%s", err.message);
    return out;
}

static double value(const char *name, const hone_outcome *o) {
    double out = -1;
    const char *why = "not written";
    hone_error err = {0};
    cr_assert_eq(hone_metric_compute(metric(name), o, &out, &why, &err), HONE_OK, "%s",
                 err.message);
    cr_assert_null(why, "%s: %s", name, why);
    return out;
}

static void undefined(const char *name, const hone_outcome *o, const char *reason) {
    double out = -1;
    const char *why = NULL;
    hone_error err = {0};
    cr_assert_eq(hone_metric_compute(metric(name), o, &out, &why, &err), HONE_OK, "%s",
                 err.message);
    cr_expect(isnan(out), "%s is %g", name, out);
    cr_assert_not_null(why);
    cr_expect_str_eq(why, reason);
    cr_expect_eq(hone_metric_compute(metric(name), o, &out, NULL, NULL), HONE_OK);
}

static void refused(const char *name, const hone_outcome *o, hone_status status,
                    const char *message) {
    double out = -1;
    hone_error err = {0};
    cr_expect_eq(hone_metric_compute(metric(name), o, &out, NULL, &err), status);
    cr_expect_str_eq(err.message, message);
    cr_expect_eq(hone_metric_compute(metric(name), o, &out, NULL, NULL), status);
    cr_expect_eq(out, -1, "%s wrote a value on failure", name);
}

/* ---- the table ----------------------------------------------------------- */

Test(table, every_row_can_be_found_and_explains_itself) {
    for (size_t i = 0; i < hone_metric_count(); i++) {
        const hone_metric *row = hone_metric_at(i);
        cr_expect_eq(metric(row->name), row, "%s is there twice", row->name);
        cr_expect_gt(strlen(row->help), 10);
        cr_expect(row->tasks && row->compute);
    }
    cr_expect_null(hone_metric_at(hone_metric_count()));
}

Test(table, unknown_names_suggest_the_nearest) {
    const hone_metric *out = NULL;
    hone_error err;
    cr_expect_eq(hone_metric_find("roc_aux", &out, &err), HONE_ENAME);
    cr_expect_str_eq(err.message, "unknown metric 'roc_aux'; did you mean 'roc_auc'?");
    cr_expect_eq(hone_metric_find("completely_different", &out, &err), HONE_ENAME);
    cr_expect_str_eq(err.message, "unknown metric 'completely_different'");
    cr_expect_null(out);
}

Test(table, defaults_are_metrics_of_their_task_in_the_order_of_the_table) {
    static const hone_metric_task tasks[] = {HONE_FOR_BINARY, HONE_FOR_MULTICLASS,
                                             HONE_FOR_REGRESSION};
    for (size_t t = 0; t < 3; t++) {
        const hone_metric *last = hone_metric_at(0);
        size_t n = 0;
        for (const char *const *name = hone_metric_defaults(tasks[t]); *name; name++, n++) {
            const hone_metric *row = metric(*name);
            cr_expect(row->tasks & tasks[t], "%s", *name);
            cr_expect_geq(row, last, "%s", *name);
            last = row;
        }
        cr_expect_geq(n, 3);
    }
    cr_expect_str_eq(hone_metric_defaults(HONE_FOR_BINARY)[0], "roc_auc");
}

/* ---- values by hand -------------------------------------------------------------------------- */

Test(values, by_hand) {
    hone_outcome o = binary();
    cr_expect_eq(value("accuracy", &o), 0.75);
    cr_expect_eq(value("balanced_accuracy", &o), 0.75);
    cr_expect_eq(value("precision", &o), 1);
    cr_expect_eq(value("recall", &o), 0.5);
    cr_expect_eq(value("f1", &o), 2.0 / 3);
    cr_expect_eq(value("roc_auc", &o), 1);
    o.positive = 0;
    cr_expect_eq(value("precision", &o), 2.0 / 3);
    cr_expect_eq(value("recall", &o), 1);
    cr_expect_eq(value("roc_auc", &o), 0, "scores rank the positive class, whichever that is");
    o.score = NULL;
    cr_expect_eq(value("roc_auc", &o), 1, "the column of the positive class is taken");
}

Test(values, a_row_of_weight_zero_is_not_there) {
    const double y[] = {0, 1, 2}, p[] = {0, 1, 0}, q[] = {1, 0, 0, 0, 1, 0, .2, .3, .5};
    const double w[] = {1, 3, 0};
    hone_outcome o = {.n = 3, .n_classes = 3, .truth = y, .label = p, .proba = q, .weight = w};
    hone_outcome without = o;
    without.n = 2;
    for (size_t i = 0; i < hone_metric_count(); i++) {
        const hone_metric *row = hone_metric_at(i);
        double a, b;
        const char *why_a, *why_b;
        if (!(row->tasks & HONE_FOR_MULTICLASS))
            continue;
        cr_assert_eq(hone_metric_compute(row, &o, &a, &why_a, NULL), HONE_OK);
        cr_assert_eq(hone_metric_compute(row, &without, &b, &why_b, NULL), HONE_OK);
        cr_expect(a == b || (why_a && why_a == why_b), "%s: %g, not %g", row->name, a, b);
    }
}

Test(values, weight_two_is_the_row_twice) {
    const double y[] = {1, 2.5, -3, 7}, f[] = {1.5, 2, -2, 6}, w[] = {1, 2, 1, 1};
    const double yy[] = {1, 2.5, 2.5, -3, 7}, ff[] = {1.5, 2, 2, -2, 6};
    hone_outcome weighted = {.n = 4, .truth = y, .label = f, .weight = w};
    hone_outcome twice = {.n = 5, .truth = yy, .label = ff};
    for (const char *const *name = hone_metric_defaults(HONE_FOR_REGRESSION); *name; name++)
        cr_expect_float_eq(value(*name, &weighted), value(*name, &twice), 1e-15, "%s", *name);
}

Test(values, log_loss_of_a_sure_error_is_large_and_finite) {
    const double y[] = {0, 1}, q[] = {0, 1, 0, 1};
    hone_outcome o = {.n = 2, .n_classes = 2, .truth = y, .proba = q};
    cr_expect_float_eq(value("log_loss", &o), (52 * log(2) - log(1 - ldexp(1, -52))) / 2, 1e-14);
}

Test(values, confusion_matrix_counts_weights) {
    const double y[] = {0, 1, 2, 2}, p[] = {0, 2, 2, 1}, w[] = {1, 2, 3, 0.5};
    double counts[9];
    hone_error err;
    const double plain[] = {1, 0, 0, 0, 0, 1, 0, 1, 1}, heavy[] = {1, 0, 0, 0, 0, 2, 0, 0.5, 3};
    cr_assert_eq(hone_confusion_matrix(y, p, NULL, 4, 3, counts, &err), HONE_OK);
    cr_expect_arr_eq(counts, plain, sizeof counts);
    cr_assert_eq(hone_confusion_matrix(y, p, w, 4, 3, counts, &err), HONE_OK);
    cr_expect_arr_eq(counts, heavy, sizeof counts);
    cr_expect_eq(hone_confusion_matrix(y, p, NULL, 4, 2, counts, &err), HONE_EDATA);
    cr_expect_str_eq(err.message,
                     "confusion_matrix: truth of row 3 must be a class code below 2, got 2");
}

/* ---- undefined ------------------------------------------------------------------------------- */

Test(undefined, says_why) {
    const double none[] = {0, 0, 0, 0}, big[] = {1e200, -1e200, 0, 1};
    hone_outcome o = binary();
    o.label = none;
    undefined("precision", &o, "no row is predicted positive");
    cr_expect_eq(value("f1", &o), 0, "positives that were not found: F1 is 0, not undefined");
    o.truth = none;
    undefined("recall", &o, "no row is positive");
    undefined("f1", &o, "no row is positive or predicted positive");
    undefined("roc_auc", &o, "all rows are of one class");
    cr_expect_eq(value("balanced_accuracy", &o), 1);

    hone_outcome r = {.n = 1, .truth = Y, .label = P};
    undefined("r2", &r, "it needs at least two rows");
    const double tenths[] = {0.1, 0.1, 0.1, 7}, last_out[] = {1, 1, 1, 0};
    r.n = 3, r.truth = tenths;
    undefined("r2", &r, "the true values are all the same");
    r.n = 4, r.weight = last_out;
    undefined("r2", &r, "the true values are all the same");
    r.weight = NULL, r.truth = big;
    undefined("mse", &r, "the numbers are so large that their sum overflows");
    undefined("r2", &r, "the numbers are so large that their sum overflows");
    const double tiny[] = {1e-200, 2e-200, 3e-200, 1e-200}, *cases[] = {tiny, P};
    for (size_t i = 0; i < 2; i++) { /* 0 / 0 and 1 / 0 */
        r.truth = tiny, r.label = cases[i];
        undefined("r2", &r,
                  "the true values differ by so little that their spread underflows to 0");
        undefined("explained_variance", &r,
                  "the true values differ by so little that their spread underflows to 0");
    }

    const double three[] = {0, 1, 1}, q[] = {1, 0, 0, 0, 1, 0, 0, 1, 0};
    hone_outcome m = {.n = 3, .n_classes = 3, .truth = three, .proba = q};
    undefined("roc_auc_ovr", &m, "a class has no rows, or all of them");
}

/* ---- refused --------------------------------------------------------------------------------- */

Test(refused, outcomes_without_a_needed_part) {
    hone_outcome o = binary();
    o.n = 0;
    refused("accuracy", &o, HONE_EDATA,
            "accuracy: needs at least one row with its truth, got none");
    o = binary(), o.label = NULL;
    refused("accuracy", &o, HONE_EDATA, "accuracy: needs predictions, got none");
    o = binary(), o.proba = NULL;
    refused("log_loss", &o, HONE_EDATA, "log_loss: needs probabilities, got none");
    o.score = NULL;
    refused("roc_auc", &o, HONE_EDATA, "roc_auc: needs scores or probabilities, got none");
}

Test(refused, metrics_of_another_task) {
    hone_outcome o = binary();
    refused("r2", &o, HONE_EINVAL, "r2: this metric is for real values, got 2 classes");
    o.n_classes = 3;
    refused("roc_auc", &o, HONE_EINVAL, "roc_auc: this metric is for two classes, got 3 classes");
    o.n_classes = 0;
    refused("accuracy", &o, HONE_EINVAL, "accuracy: this metric is for classes, got real values");
    o = binary(), o.positive = 2;
    refused("f1", &o, HONE_EINVAL, "f1: the positive class must be below 2, got 2");
    o.positive = 0;
    refused("roc_auc_ovr", &o, HONE_EINVAL,
            "roc_auc_ovr: this metric is for three or more classes, got 2 classes");
}

Test(refused, bad_numbers_with_their_row) {
    const double half[] = {0, 0.5, 1, 0}, two[] = {0, 1, 2, 0}, nan_last[] = {0, 1, 1, NAN};
    const double far[] = {0, 1, INFINITY, 0}, minus[] = {0, -1, 1, 0}, none[] = {0, 0, 0, 0};
    const double over[] = {0.9, 0.1, 0.1, 1.5, 0.6, 0.4, 0.8, 0.2};
    const double sums[] = {0.9, 0.1, 0.1, 0.9, 0.6, 0.5, 0.8, 0.2};
    hone_outcome o = binary();
    o.truth = half;
    refused("accuracy", &o, HONE_EDATA,
            "accuracy: truth of row 2 must be a class code below 2, got 0.5");
    o.truth = Y, o.label = two;
    refused("accuracy", &o, HONE_EDATA,
            "accuracy: prediction of row 3 must be a class code below 2, got 2");
    o.label = nan_last;
    refused("f1", &o, HONE_EDATA, "f1: prediction of row 4 must be a class code below 2, got nan");
    o.label = minus;
    refused("f1", &o, HONE_EDATA, "f1: prediction of row 2 must be a class code below 2, got -1");
    o = binary(), o.score = nan_last;
    refused("roc_auc", &o, HONE_EDATA, "roc_auc: score of row 4 must be a number, got nan");
    o = binary(), o.proba = over;
    refused("log_loss", &o, HONE_EDATA,
            "log_loss: probability of class 1 in row 2 must be in [0, 1], got 1.5");
    o.proba = sums;
    refused("log_loss", &o, HONE_EDATA,
            "log_loss: probabilities of row 3 must have the sum 1, got 1.1");
    o = binary(), o.weight = minus;
    refused("f1", &o, HONE_EDATA, "f1: weight of row 2 must be in [0, inf), got -1");
    o.weight = far;
    refused("f1", &o, HONE_EDATA, "f1: weight of row 3 must be in [0, inf), got inf");
    o.weight = none;
    refused("f1", &o, HONE_EDATA, "f1: the weights must have a sum in (0, inf), got 0");
    o = binary(), o.n_classes = 0, o.positive = 0, o.label = far;
    refused("mae", &o, HONE_EDATA, "mae: prediction of row 3 must be finite, got inf");
    o.truth = nan_last;
    refused("mae", &o, HONE_EDATA, "mae: truth of row 4 must be finite, got nan");
}

Test(refused, infinite_scores_are_fine) {
    const double far[] = {-INFINITY, INFINITY, 3, 4};
    hone_outcome o = binary();
    o.score = far;
    cr_expect_eq(value("roc_auc", &o), 0.75);
}

Test(refused, no_memory_is_a_failure_without_a_leak) {
    hone_outcome o = binary();
    long live = hone_alloc_live();
    for (size_t i = 0; i < hone_metric_count(); i++) {
        const hone_metric *row = hone_metric_at(i);
        if (!(row->tasks & HONE_FOR_BINARY))
            continue;
        double out;
        hone_alloc_fail_at(1, 1);
        hone_status status = hone_metric_compute(row, &o, &out, NULL, NULL);
        long asked = hone_alloc_count();
        hone_alloc_fail_at(0, 0);
        cr_expect_eq(status, asked ? HONE_ENOMEM : HONE_OK, "%s", row->name);
        cr_expect_eq(hone_alloc_live(), live, "%s", row->name);
    }
}
