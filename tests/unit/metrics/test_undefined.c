/* What has no value says why; a metric with a parameter refuses a bad one. */
#include "core/alloc.h"

#include <hone/hone.h>

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static void undefined(const char *name, const hone_outcome *o, const char *reason) {
    const hone_metric *metric = NULL;
    const char *why = NULL;
    double out = -1;
    hone_error err = {0};
    cr_assert_eq(hone_metric_find(name, &metric, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_metric_compute(metric, o, &out, &why, &err), HONE_OK, "%s", err.message);
    cr_expect(isnan(out), "%s is %g", name, out);
    cr_assert_not_null(why, "%s", name);
    cr_expect_str_eq(why, reason, "%s: %s", name, why);
}

static double value(const char *name, const hone_outcome *o) {
    const hone_metric *metric = NULL;
    const char *why = NULL;
    double out = -1;
    cr_assert_eq(hone_metric_find(name, &metric, NULL), HONE_OK);
    cr_assert_eq(hone_metric_compute(metric, o, &out, &why, NULL), HONE_OK);
    cr_assert_null(why, "%s: %s", name, why);
    return out;
}

static const double NONE[] = {0, 0, 0, 0}, ALL[] = {1, 1, 1, 1}, MIXED[] = {0, 1, 1, 0};
static const double Q[] = {1, 0, 0, 1, 0, 1, 1, 0}, S[] = {-1, 2, 0.5, 1};

Test(undefined, of_labels) {
    hone_outcome o = {.n = 4, .n_classes = 2, .positive = 1, .truth = NONE, .label = MIXED};
    undefined("matthews_corrcoef", &o, "all rows are of one class");
    undefined("positive_likelihood_ratio", &o, "all rows are of one class");
    undefined("negative_likelihood_ratio", &o, "all rows are of one class");
    cr_expect_eq(value("cohen_kappa", &o), 0, "no better than chance");
    o.label = NONE;
    undefined("cohen_kappa", &o, "all rows are of one class and predicted as such");
    undefined("jaccard", &o, "no row is positive or predicted positive");
    undefined("f2", &o, "no row is positive or predicted positive");
    o.truth = MIXED;
    undefined("matthews_corrcoef", &o, "all rows are predicted as one class");
    undefined("positive_likelihood_ratio", &o, "no negative row is predicted positive");
    cr_expect_eq(value("negative_likelihood_ratio", &o), 1);
    o.truth = o.label = ALL;
    undefined("specificity", &o, "no row is negative");
    undefined("negative_predictive_value", &o, "no row is predicted negative");
    o.truth = MIXED;
    undefined("negative_likelihood_ratio", &o, "no negative row is predicted negative");
    o.n_classes = 1, o.positive = 0, o.truth = o.label = NONE;
    undefined("specificity", &o, "no row is negative");
    undefined("positive_likelihood_ratio", &o, "all rows are of one class");
    cr_expect_eq(value("accuracy", &o), 1);
}

Test(undefined, of_scores_and_probabilities) {
    static const char *const ranks[] = {"average_precision",   "average_precision_skill",
                                        "partial_auc",         "partial_auc_tpr",
                                        "partial_auc_two_way", "roc_auc_hull",
                                        "ks_statistic"};
    hone_outcome o = {.n = 4, .n_classes = 2, .positive = 1, .truth = NONE, .score = S, .proba = Q};
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        undefined(ranks[i], &o, "all rows are of one class");
    undefined("d2_log_loss", &o, "all rows are of one class");
    undefined("d2_brier_score", &o, "all rows are of one class");
    o.truth = MIXED, o.positive = 0;
    undefined("partial_auc", &o, "the area is below chance, where the scale has no meaning");
    undefined("partial_auc_tpr", &o, "the area is below chance, where the scale has no meaning");
    cr_expect_eq(value("partial_auc_two_way", &o), 0);
    o.score = NULL;
    undefined("hinge_loss", &o, "it needs decision values, not probabilities");
    cr_expect_eq(value("d2_brier_score", &o), 1);
    o.n = 1;
    undefined("ece_debiased", &o, "no bin has two rows of like weight");
}

Test(undefined, of_real_values) {
    const double y[] = {0, 1, 2, 3}, below[] = {-1, 1, 2, 3}, zero[] = {1, 0, 2, 3};
    const double rare[] = {1, 1, 1, 5}, last_out[] = {1, 1, 1, 0};
    hone_outcome o = {.n = 4, .truth = y, .label = ALL};
    undefined("mape", &o, "a true value is 0");
    undefined("gamma_deviance", &o, "a true value is not positive");
    undefined("d2_gamma", &o, "a true value is not positive");
    cr_expect_gt(value("poisson_deviance", &o), 0);
    o.truth = below;
    undefined("msle", &o, "a value is -1 or less, so that log(1 + value) is undefined");
    undefined("rmsle", &o, "a value is -1 or less, so that log(1 + value) is undefined");
    undefined("poisson_deviance", &o, "a true value is negative");
    o.truth = ALL, o.label = zero;
    undefined("d2_poisson", &o, "the true values are all the same");
    undefined("explained_variance", &o, "the true values are all the same");
    undefined("d2_absolute_error", &o, "the true values are all the same");
    undefined("poisson_deviance", &o, "a predicted value is not positive");
    o.n = 1;
    undefined("explained_variance", &o, "it needs at least two rows");
    undefined("d2_absolute_error", &o, "it needs at least two rows");
    undefined("d2_poisson", &o, "it needs at least two rows");

    o = (hone_outcome){.n = 4, .truth = rare, .label = y, .weight = last_out};
    undefined("d2_absolute_error", &o, "the true values are all the same");
    o.truth = y, o.label = rare;
    cr_expect_eq(value("max_error", &o), 1);
    cr_expect_eq(value("median_ae", &o), 1);
}

Test(undefined, rows_of_weight_0_may_hold_anything) {
    const double y[] = {1, 2, 0, -5}, f[] = {2, 2, -1, 0}, w[] = {1, 1, 0, 0};
    hone_outcome o = {.n = 4, .truth = y, .label = f, .weight = w}, without = o;
    without.n = 2;
    for (size_t i = 0; i < hone_metric_count(); i++) {
        const hone_metric *row = hone_metric_at(i);
        double a, b;
        const char *why;
        if (!(row->tasks & HONE_FOR_REGRESSION))
            continue;
        cr_assert_eq(hone_metric_compute(row, &o, &a, &why, NULL), HONE_OK);
        cr_expect_null(why, "%s: %s", row->name, why);
        cr_assert_eq(hone_metric_compute(row, &without, &b, NULL, NULL), HONE_OK);
        cr_expect_eq(a, b, "%s: %.17g, not %.17g", row->name, a, b);
    }
}

Test(parameters, agree_with_their_rows_of_the_table) {
    const double y[] = {1, 2.5, 3, 7}, f[] = {1.5, 2, 2, 6};
    hone_outcome r = {.n = 4, .truth = y, .label = f};
    hone_outcome b = {.n = 4, .n_classes = 2, .positive = 1, .truth = MIXED, .label = ALL};
    const char *why = "not written";
    double out;
    cr_assert_eq(hone_pinball_loss(&r, 0.9, &out, NULL), HONE_OK);
    cr_expect_eq(out, value("pinball_loss_90", &r));
    cr_assert_eq(hone_d2_pinball(&r, 0.5, &out, &why, NULL), HONE_OK);
    cr_expect(out == value("d2_absolute_error", &r) && !why);
    cr_assert_eq(hone_tweedie_deviance(&r, 0, &out, NULL, NULL), HONE_OK);
    cr_expect_eq(out, value("mse", &r));
    cr_assert_eq(hone_d2_tweedie(&r, 2, &out, NULL, NULL), HONE_OK);
    cr_expect_eq(out, value("d2_gamma", &r));
    cr_assert_eq(hone_fbeta(&b, 2, &out, &why, NULL), HONE_OK);
    cr_expect_eq(out, value("f2", &b));
    b.truth = b.label = NONE;
    cr_assert_eq(hone_fbeta(&b, 2, &out, &why, NULL), HONE_OK);
    cr_expect(isnan(out) && why);
}

Test(parameters, out_of_their_domain_are_refused) {
    hone_outcome r = {.n = 4, .truth = MIXED, .label = ALL};
    hone_outcome b = {
        .n = 4, .n_classes = 2, .positive = 1, .truth = MIXED, .label = ALL, .proba = Q};
    const double codes[] = {0, 3}, decision[] = {1, 2, 3, INFINITY}, fine[] = {0, 1};
    hone_error err;
    double out;
    cr_expect_eq(hone_pinball_loss(&r, 1.5, &out, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "pinball_loss: alpha must be in [0, 1], got 1.5");
    cr_expect_eq(hone_d2_pinball(&r, NAN, &out, NULL, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "d2_pinball: alpha must be in [0, 1], got nan");
    cr_expect_eq(hone_tweedie_deviance(&r, 0.5, &out, NULL, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "tweedie_deviance: power must be 0 or less, or 1 or more, got 0.5");
    cr_expect_eq(hone_d2_tweedie(&b, 1, &out, NULL, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "d2_tweedie: this metric is for real values, got 2 classes");
    cr_expect_eq(hone_fbeta(&b, -1, &out, NULL, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "fbeta: beta must be in [0, inf), got -1");
    cr_expect_eq(hone_top_k_accuracy(&b, 0, &out, NULL, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "top_k_accuracy: k must be at least 1, got 0");
    cr_assert_eq(hone_top_k_accuracy(&b, 1, &out, NULL, &err), HONE_OK);
    cr_expect_eq(out, 1);
    cr_expect_eq(hone_hinge_loss(codes, decision, NULL, 2, 2, &out, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "hinge_loss: truth of row 2 must be a class code below 2, got 3");
    cr_expect_eq(hone_hinge_loss(fine, decision, NULL, 2, 2, &out, &err), HONE_EDATA);
    cr_expect_str_eq(err.message,
                     "hinge_loss: decision value of class 1 in row 2 must be finite, got inf");
    cr_expect_eq(hone_hinge_loss(fine, decision, NULL, 0, 2, &out, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "hinge_loss: needs at least one row and two classes, got 0 and 2");
}
