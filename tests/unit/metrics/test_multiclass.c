#include "core/alloc.h"
#include "core/rng.h"

#include <hone/hone.h>

#include <criterion/criterion.h>
#include <math.h>

enum { MOST = 50, CLASSES = 4 };

static double value(const char *name, const hone_outcome *o, const char **why) {
    const hone_metric *metric;
    hone_error err = {0};
    double out = -1;
    cr_assert_eq(hone_metric_find(name, &metric, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_metric_compute(metric, o, &out, why, &err), HONE_OK, "%s", err.message);
    return out;
}

/* A(i | j), every pair looked at. */
static double pair_auc(const double *y, const double *p, const double *w, size_t n, size_t k,
                       size_t i, size_t j) {
    double wins = 0, pairs = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            if (y[a] != (double)i || y[b] != (double)j)
                continue;
            double x = p[a * k + i], z = p[b * k + i], both = w[a] * w[b];
            wins += both * (x > z ? 1 : x == z ? 0.5 : 0);
            pairs += both;
        }
    return wins / pairs;
}

Test(multiclass, pairs_agree_with_brute_force_on_a_thousand_cases) {
    hone_rng rng = hone_rng_at(12, 1);
    double y[MOST], p[MOST * CLASSES], w[MOST], auc[CLASSES * CLASSES];
    for (int trial = 0; trial < 1000; trial++) {
        size_t n = CLASSES + hone_rng_below(&rng, MOST - CLASSES);
        size_t k = 2 + (size_t)trial % (CLASSES - 1), levels = trial % 2 ? 3 : 100000;
        for (size_t i = 0; i < n; i++) {
            y[i] = (double)hone_rng_below(&rng, k);
            w[i] = trial % 4 ? hone_rng_uniform(&rng) : (double)hone_rng_below(&rng, 3);
        }
        w[0] = 1;
        for (size_t i = 0; i < n * k; i++)
            p[i] = (double)hone_rng_below(&rng, levels) / (double)levels;
        cr_assert_eq(hone_roc_auc_pairs(y, p, w, n, k, auc, NULL), HONE_OK);
        for (size_t c = 0; c < k * k; c++) {
            double expected = c / k == c % k ? NAN : pair_auc(y, p, w, n, k, c / k, c % k);
            cr_assert((isnan(auc[c]) && isnan(expected)) || fabs(auc[c] - expected) < 1e-12,
                      "trial %d, pair %zu: %.17g, not %.17g", trial, c, auc[c], expected);
        }
    }
}

Test(multiclass, vector_of_the_statistics_sheet) {
    const double y[] = {0, 0, 1, 1, 2, 2, 0, 1, 2};
    const double p[] = {.6, .3, .1, .5, .2, .3, .2, .6, .2, .4, .4, .2, .1, .3,
                        .6, .3, .3, .4, .3, .5, .2, .1, .7, .2, .2, .5, .3};
    hone_outcome o = {.n = 9, .n_classes = 3, .truth = y, .proba = p};
    cr_expect_float_eq(value("roc_auc_ovo", &o, NULL), 0.925925925925926, 1e-15);
}

Test(multiclass, a_missing_class_leaves_the_value_undefined) {
    const double y[] = {0, 1, 1}, p[] = {1, 0, 0, 0, 1, 0, 0, 0.5, 0.5};
    hone_outcome o = {.n = 3, .n_classes = 3, .truth = y, .label = y, .proba = p};
    const char *why;
    cr_expect(isnan(value("roc_auc_ovo", &o, &why)));
    cr_expect_str_eq(why, "a class has no rows");
    cr_expect(isnan(value("roc_auc_ovr_weighted", &o, &why)));
    cr_expect_str_eq(why, "a class has no rows, or all of them");
    cr_expect(isnan(value("average_precision_macro", &o, &why)));
    cr_expect_str_eq(why, "a class has no rows, or all of them");
    cr_expect_eq(value("roc_auc_ovr_micro", &o, &why), (6 * 2 + 5.5) / 18);
    cr_expect(isnan(value("top_3_accuracy", &o, &why)));
    cr_expect_str_eq(why, "there are no more classes than that");
    cr_expect_eq(value("top_2_accuracy", &o, &why), 1);
}

Test(multiclass, a_bad_row_of_the_pairs_is_named) {
    const double y[] = {0, 1}, p[] = {1, 0, NAN, 1}, fine[] = {1, 0, 0, 1}, three[] = {0, 2};
    const double w[] = {1, -1};
    double auc[4];
    hone_error err;
    cr_expect_eq(hone_roc_auc_pairs(y, p, NULL, 2, 2, auc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message,
                     "roc_auc_pairs: score of class 0 in row 2 must be a number, got nan");
    cr_expect_eq(hone_roc_auc_pairs(three, fine, NULL, 2, 2, auc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message,
                     "roc_auc_pairs: truth of row 2 must be a class code below 2, got 2");
    cr_expect_eq(hone_roc_auc_pairs(y, fine, w, 2, 2, auc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "roc_auc_pairs: weight of row 2 must be in [0, inf), got -1");
}

Test(multiclass, no_memory_is_a_failure_without_a_leak) {
    const double y[] = {0, 1, 2}, p[] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, w[] = {1, 2, 3};
    hone_outcome o = {.n = 3, .n_classes = 3, .truth = y, .label = y, .proba = p, .weight = w};
    long live = hone_alloc_live();
    for (size_t i = 0; i < hone_metric_count(); i++) {
        const hone_metric *row = hone_metric_at(i);
        hone_status status = row->tasks & HONE_FOR_MULTICLASS ? HONE_ENOMEM : HONE_OK;
        for (long k = 1; status != HONE_OK; k++) {
            double out;
            hone_alloc_fail_at(k, 0);
            status = hone_metric_compute(row, &o, &out, NULL, NULL);
            hone_alloc_fail_at(0, 0);
            cr_assert(status == HONE_OK || status == HONE_ENOMEM, "%s", row->name);
            cr_assert_eq(hone_alloc_live(), live, "%s", row->name);
        }
    }
}
