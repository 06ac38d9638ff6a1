#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *reals_or_null(const hone_json *object, const char *key) {
    size_t n;
    return hone_json_size(hone_json_get(object, key)) ? support_reals(object, key, &n) : NULL;
}

static bool near(double got, double expected) {
    return fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected));
}

/* The metrics with a parameter: one number or two under each value of it. */
static void check_parameters(const hone_json *c, const hone_outcome *o) {
    const hone_json *pinball = hone_json_get(c, "d2_pinball"),
                    *tweedie = hone_json_get(c, "tweedie");
    double got, expected, *pair;
    const char *why;
    for (size_t i = 0; i < hone_json_size(pinball); i++) {
        const char *alpha = hone_json_key_at(pinball, i);
        expected = support_real(pinball, alpha);
        cr_assert_eq(hone_d2_pinball(o, strtod(alpha, NULL), &got, &why, NULL), HONE_OK);
        cr_expect(near(got, expected), "d2_pinball %s: %.17g, not %.17g", alpha, got, expected);
    }
    for (size_t i = 0; i < hone_json_size(tweedie); i++) {
        const char *power = hone_json_key_at(tweedie, i);
        size_t two;
        pair = support_reals(tweedie, power, &two);
        cr_assert_eq(hone_tweedie_deviance(o, strtod(power, NULL), &got, &why, NULL), HONE_OK);
        cr_expect(near(got, pair[0]), "tweedie %s: %.17g, not %.17g", power, got, pair[0]);
        cr_assert_eq(hone_d2_tweedie(o, strtod(power, NULL), &got, &why, NULL), HONE_OK);
        cr_expect(near(got, pair[1]), "d2_tweedie %s: %.17g, not %.17g", power, got, pair[1]);
        free(pair);
    }
}

static void check_confusion(const hone_json *c, const hone_outcome *o) {
    size_t cells;
    double *expected = support_reals(c, "confusion", &cells), *got = calloc(cells, sizeof *got);
    cr_assert_eq(cells, o->n_classes * o->n_classes);
    cr_assert_eq(
        hone_confusion_matrix(o->truth, o->label, o->weight, o->n, o->n_classes, got, NULL),
        HONE_OK);
    for (size_t i = 0; i < cells; i++)
        cr_expect(near(got[i], expected[i]), "cell %zu: %.17g, not %.17g", i, got[i], expected[i]);
    free(expected), free(got);
}

/* Everything in a case was made by scikit-learn (tests/golden/make_metrics.py). */
static void check_case(const hone_json *c) {
    hone_outcome o = {.n_classes = (size_t)support_real(c, "n_classes"),
                      .positive = (size_t)support_real(c, "positive"),
                      .truth = support_reals(c, "truth", &o.n),
                      .label = reals_or_null(c, "label"),
                      .proba = reals_or_null(c, "proba"),
                      .score = reals_or_null(c, "score"),
                      .weight = reals_or_null(c, "weight")};
    const hone_json *values = hone_json_get(c, "values");
    for (size_t i = 0; i < hone_json_size(values); i++) {
        const char *name = hone_json_key_at(values, i);
        double expected = support_real(values, name), got = NAN;
        const char *why = NULL;
        const hone_metric *metric = NULL;
        hone_error err = {0};
        cr_assert_eq(hone_metric_find(name, &metric, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(hone_metric_compute(metric, &o, &got, &why, &err), HONE_OK, "%s", err.message);
        cr_assert_null(why, "%s: %s", name, why);
        cr_assert(near(got, expected), "%s of '%s' is %.17g, scikit-learn's is %.17g", name,
                  hone_json_as_text(hone_json_get(c, "name")), got, expected);
    }
    check_parameters(c, &o);
    if (o.n_classes)
        check_confusion(c, &o);
    free((void *)(size_t)o.truth);
    free((void *)(size_t)o.label);
    free((void *)(size_t)o.proba);
    free((void *)(size_t)o.score);
    free((void *)(size_t)o.weight);
}

Test(golden, all_metrics_agree_with_scikit_learn) {
    hone_json *golden = support_golden("metrics.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_geq(hone_json_size(cases), 30);
    for (size_t i = 0; i < hone_json_size(cases); i++)
        check_case(hone_json_at(cases, i));
    hone_json_free(golden);
}

/* Looks whether some case of the golden file holds the metric. */
Test(golden, every_metric_is_in_some_case) {
    hone_json *golden = support_golden("metrics.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    for (size_t i = 0; i < hone_metric_count(); i++) {
        const char *name = hone_metric_at(i)->name;
        size_t found = 0;
        for (size_t c = 0; c < hone_json_size(cases); c++)
            found += hone_json_get(hone_json_get(hone_json_at(cases, c), "values"), name) != NULL;
        cr_expect_gt(found, 0, "no golden case for %s", name);
    }
    hone_json_free(golden);
}

Test(golden, hinge_loss_of_several_classes_agrees_with_scikit_learn) {
    hone_json *golden = support_golden("metrics.json");
    const hone_json *hinges = hone_json_get(golden, "hinges");
    cr_assert_eq(hone_json_size(hinges), 4);
    for (size_t i = 0; i < hone_json_size(hinges); i++) {
        const hone_json *c = hone_json_at(hinges, i);
        size_t n, cells, k = (size_t)support_real(c, "n_classes");
        double *truth = support_reals(c, "truth", &n), *weight = reals_or_null(c, "weight"), loss;
        double *decision = support_reals(c, "decision", &cells);
        cr_assert_eq(cells, n * k);
        cr_assert_eq(hone_hinge_loss(truth, decision, weight, n, k, &loss, NULL), HONE_OK);
        cr_expect_float_eq(loss, support_real(c, "loss"), 1e-14);
        free(truth), free(weight), free(decision);
    }
    hone_json_free(golden);
}

Test(golden, roc_curves_agree_with_scikit_learn) {
    hone_json *golden = support_golden("metrics.json");
    const hone_json *curves = hone_json_get(golden, "curves");
    cr_assert_eq(hone_json_size(curves), 4);
    for (size_t i = 0; i < hone_json_size(curves); i++) {
        const hone_json *c = hone_json_at(curves, i);
        size_t n, points, bounds;
        double *truth = support_reals(c, "truth", &n), *score = support_reals(c, "score", &n);
        double *fpr = support_reals(c, "fpr", &points), *tpr = support_reals(c, "tpr", &points);
        double *threshold = support_reals(c, "threshold", &bounds);
        double *weight = reals_or_null(c, "weight");
        hone_roc roc = {0};
        cr_assert_eq(hone_roc_curve(truth, score, weight, n, &roc, NULL), HONE_OK);
        cr_assert_eq(roc.n, points);
        cr_expect_leq(support_distance(roc.fpr, fpr, points), 1e-14);
        cr_expect_leq(support_distance(roc.tpr, tpr, points), 1e-14);
        cr_expect_eq(support_distance(roc.threshold + 1, threshold, bounds), 0);
        cr_expect(isinf(roc.threshold[0]));
        hone_roc_free(&roc);
        free(truth), free(score), free(weight), free(fpr), free(tpr), free(threshold);
    }
    hone_json_free(golden);
}

/* Do the points of `curve` from `at` on have these coordinates? */
static void check_points(const hone_json *c, const hone_rank_curve *curve, size_t at,
                         const char *x_key, const char *y_key) {
    size_t n;
    double *x = support_reals(c, x_key, &n), *y = support_reals(c, y_key, &n);
    cr_assert_leq(at + n, curve->n);
    cr_expect_leq(support_distance(curve->x + at, x, n), 1e-14, "%s", x_key);
    cr_expect_leq(support_distance(curve->y + at, y, n), 1e-14, "%s", y_key);
    free(x), free(y);
}

static void check_counts(const hone_json *c, const hone_cutoffs *cutoffs) {
    size_t n;
    double *tp = support_reals(c, "tp", &n), *fp = support_reals(c, "fp", &n);
    cr_assert_eq(n, cutoffs->n);
    for (size_t i = 0; i < n; i++)
        cr_expect(near(cutoffs->tp[i], tp[i]) && near(cutoffs->fp[i], fp[i]), "cutoff %zu", i);
    free(tp), free(fp);
}

Test(golden, other_curves_agree_with_scikit_learn) {
    static const double upto[] = {0.05, 0.3, 0.999};
    hone_json *golden = support_golden("metrics.json");
    const hone_json *curves = hone_json_get(golden, "curves");
    for (size_t i = 0; i < hone_json_size(curves); i++) {
        const hone_json *c = hone_json_at(curves, i);
        size_t n, three, first = 0;
        double *truth = support_reals(c, "truth", &n), *score = support_reals(c, "score", &n);
        double *weight = reals_or_null(c, "weight"), *partial = support_reals(c, "partial", &three);
        hone_cutoffs cutoffs;
        hone_rank_curve pr, det;
        cr_assert_eq(hone_cutoffs_make(truth, score, weight, n, &cutoffs, NULL), HONE_OK);
        cr_assert_eq(hone_cutoffs_curve(&cutoffs, HONE_CURVE_PR, &pr, NULL), HONE_OK);
        check_points(c, &pr, 0, "recall", "precision");
        cr_expect(near(hone_rank_curve_area(&pr), support_real(c, "pr_area")));
        cr_expect(near(hone_cutoffs_roc_auc(&cutoffs), support_real(c, "roc_area")));
        check_counts(c, &cutoffs);
        cr_assert_eq(hone_cutoffs_curve(&cutoffs, HONE_CURVE_DET, &det, NULL), HONE_OK);
        while (det.x[first + 1] == 0) /* scikit-learn leaves out the points on the edges */
            first++;
        check_points(c, &det, first, "det_fpr", "det_fnr");
        for (size_t p = 0; p < 3; p++) {
            double raw, mcclish;
            cr_assert_eq(
                hone_cutoffs_partial_auc(&cutoffs, HONE_OVER_FPR, 0, upto[p], &raw, &mcclish, NULL),
                HONE_OK);
            /* below chance scikit-learn goes on */
            cr_expect(partial[p] < 0.5 ? isnan(mcclish) : fabs(mcclish - partial[p]) < 1e-12,
                      "%g: %.17g, not %.17g", upto[p], mcclish, partial[p]);
        }
        hone_rank_curve_free(&pr), hone_rank_curve_free(&det), hone_cutoffs_free(&cutoffs);
        free(truth), free(score), free(weight), free(partial);
    }
    hone_json_free(golden);
}

/* docs on statistics: values computed twice, by brute force and in fast form. */
Test(golden, vectors_of_the_statistics_sheet) {
    const double y[] = {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0};
    const double a[] = {.95, .90, .80, .80, .70, .60, .60, .55, .50, .40, .40, .30, .20, .10};
    const double b[] = {.70, .90, .40, .60, .80, .70, .30, .20, .50, .55, .10, .30, .40, .20};
    double auc = 0, proba[28];
    cr_assert_eq(hone_roc_auc(y, a, NULL, 14, &auc, NULL), HONE_OK);
    cr_expect_eq(auc, 0.84375);
    cr_assert_eq(hone_roc_auc(y, b, NULL, 14, &auc, NULL), HONE_OK);
    cr_expect_eq(auc, 0.78125);

    for (size_t i = 0; i < 14; i++) {
        proba[2 * i] = 1 - a[i];
        proba[2 * i + 1] = a[i];
    }
    hone_outcome o = {.n = 14, .n_classes = 2, .positive = 1, .truth = y, .proba = proba};
    static const char *const names[] = {"log_loss", "brier_score"};
    static const double expected[] = {0.526926915478657, 0.179642857142857};
    for (size_t i = 0; i < 2; i++) {
        const hone_metric *metric = NULL;
        double loss = 0;
        cr_assert_eq(hone_metric_find(names[i], &metric, NULL), HONE_OK);
        cr_assert_eq(hone_metric_compute(metric, &o, &loss, NULL, NULL), HONE_OK);
        cr_expect_float_eq(loss, expected[i], 1e-15);
    }
}
