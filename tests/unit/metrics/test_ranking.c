#include "core/alloc.h"
#include "core/rng.h"

#include <hone/hone.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 3000 };

/* Every pair looked at; the sums are whole or half numbers and therefore exact. */
static double pairs_auc(const double *y, const double *score, const double *weight, size_t n) {
    double wins = 0, pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            if (y[i] == 0 || y[j] != 0)
                continue;
            double w = weight ? weight[i] * weight[j] : 1;
            wins += w * (score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0);
            pairs += w;
        }
    return wins / pairs;
}

static bool same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/* n rows whose scores take at most `levels` values, both zeros and infinities among them. */
static void draw(hone_rng *rng, size_t n, size_t levels, double *y, double *score) {
    for (size_t i = 0; i < n; i++) {
        double v = (double)hone_rng_below(rng, levels) - (double)(levels / 2);
        y[i] = hone_rng_uniform(rng) < 0.4 ? 1 : 0;
        score[i] = v == 0 && hone_rng_below(rng, 2) ? -0.0 : v * 0.1;
        if (levels > 4 && fabs(v) >= (double)(levels / 2))
            score[i] = v > 0 ? INFINITY : -INFINITY;
    }
}

Test(ranking, auc_is_the_share_of_pairs_bit_for_bit) {
    static const size_t levels[] = {1, 2, 3, 7, 50, 1000000};
    static double y[MOST], score[MOST];
    hone_rng rng = hone_rng_at(7, 1);
    for (int trial = 0; trial < 1000; trial++) {
        size_t n = 1 + hone_rng_below(&rng, 150);
        double auc = -1;
        draw(&rng, n, levels[trial % 6], y, score);
        cr_assert_eq(hone_roc_auc(y, score, NULL, n, &auc, NULL), HONE_OK);
        cr_assert(same(auc, pairs_auc(y, score, NULL, n)), "trial %d: %.17g", trial, auc);
    }
}

Test(ranking, auc_of_many_rows_too) {
    static double y[MOST], score[MOST];
    hone_rng rng = hone_rng_at(7, 2);
    for (size_t levels = 2; levels < 1000000; levels *= 30) {
        double auc = -1;
        draw(&rng, MOST, levels, y, score);
        cr_assert_eq(hone_roc_auc(y, score, NULL, MOST, &auc, NULL), HONE_OK);
        cr_assert_eq(auc, pairs_auc(y, score, NULL, MOST));
    }
}

Test(ranking, whole_weights_count_rows_several_times) {
    static double y[MOST], score[MOST], weight[MOST];
    hone_rng rng = hone_rng_at(7, 3);
    for (int trial = 0; trial < 200; trial++) {
        size_t n = 20 + hone_rng_below(&rng, 200);
        double auc = -1;
        draw(&rng, n, 9, y, score);
        for (size_t i = 0; i < n; i++)
            weight[i] = (double)hone_rng_below(&rng, 4);
        y[0] = 0, y[1] = 1, weight[0] = weight[1] = 1;
        cr_assert_eq(hone_roc_auc(y, score, weight, n, &auc, NULL), HONE_OK);
        cr_assert_eq(auc, pairs_auc(y, score, weight, n), "trial %d", trial);
    }
}

Test(ranking, area_of_the_curve_is_auc) {
    static double y[MOST], score[MOST], weight[MOST];
    hone_rng rng = hone_rng_at(7, 4);
    draw(&rng, MOST, 500, y, score);
    for (size_t i = 0; i < MOST; i++)
        weight[i] = hone_rng_uniform(&rng) * (hone_rng_below(&rng, 3) ? 1 : 1e-9);
    hone_roc roc = {0};
    double auc = 0, area = 0;
    cr_assert_eq(hone_roc_auc(y, score, weight, MOST, &auc, NULL), HONE_OK);
    cr_assert_eq(hone_roc_curve(y, score, weight, MOST, &roc, NULL), HONE_OK);
    cr_assert(roc.fpr[0] == 0 && roc.tpr[0] == 0);
    cr_assert(roc.fpr[roc.n - 1] == 1 && roc.tpr[roc.n - 1] == 1);
    for (size_t i = 1; i < roc.n; i++) {
        cr_assert(roc.fpr[i] >= roc.fpr[i - 1] && roc.tpr[i] >= roc.tpr[i - 1]);
        cr_assert(i == 1 || roc.threshold[i] < roc.threshold[i - 1]);
        area += (roc.fpr[i] - roc.fpr[i - 1]) * (roc.tpr[i] + roc.tpr[i - 1]) / 2;
    }
    cr_assert_float_eq(area, auc, 1e-14);
    hone_roc_free(&roc);
    hone_roc_free(&roc);
    hone_roc_free(NULL);
}

Test(ranking, one_class_has_no_auc_and_no_curve) {
    const double ones[] = {1, 1, 1}, zeros[] = {0, 0, 0}, score[] = {1, 2, 3};
    const double mixed[] = {1, 0, 0}, no_positive[] = {0, 1, 1};
    double auc = 0;
    hone_roc roc = {0};
    hone_error err;
    cr_assert_eq(hone_roc_auc(ones, score, NULL, 3, &auc, &err), HONE_OK);
    cr_expect(isnan(auc));
    cr_assert_eq(hone_roc_auc(mixed, score, no_positive, 3, &auc, &err), HONE_OK);
    cr_expect(isnan(auc));
    cr_assert_eq(hone_roc_auc(NULL, NULL, NULL, 0, &auc, &err), HONE_OK);
    cr_expect(isnan(auc));
    cr_expect_eq(hone_roc_curve(ones, score, NULL, 3, &roc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: needs rows of both classes, got no negative");
    cr_expect_eq(hone_roc_curve(zeros, score, NULL, 3, &roc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: needs rows of both classes, got no positive");
    cr_expect_eq(hone_roc_curve(mixed, score, no_positive, 3, &roc, &err), HONE_EDATA);
    cr_expect_null(roc.fpr);
}

Test(ranking, refusals_name_the_row) {
    const double y[] = {1, 0, 1}, score[] = {1, 2, NAN}, fine[] = {1, 2, 3};
    const double holes[] = {1, NAN, 0}, negative[] = {1, -1, 1};
    double auc = 0;
    hone_error err;
    cr_expect_eq(hone_roc_auc(y, score, NULL, 3, &auc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: score of row 3 must be a number, got nan");
    cr_expect_eq(hone_roc_auc(holes, fine, NULL, 3, &auc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: truth of row 2 must be a number, got nan");
    cr_expect_eq(hone_roc_auc(y, fine, negative, 3, &auc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: weight of row 2 must be in [0, inf), got -1");
    cr_expect_eq(hone_roc_auc(y, fine, NULL, (size_t)1 << 33, &auc, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: at most 4294967296 rows can be ranked, got 8589934592");
}

Test(ranking, a_failed_allocation_is_a_failure_without_a_leak) {
    static double y[MOST], score[MOST], weight[MOST];
    hone_rng rng = hone_rng_at(7, 5);
    draw(&rng, MOST, 500, y, score);
    for (size_t i = 0; i < MOST; i++)
        weight[i] = 1;
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_roc roc = {0};
        hone_error err;
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_roc_curve(y, score, weight, MOST, &roc, &err);
        hone_alloc_fail_at(0, 0);
        hone_roc_free(&roc);
        cr_assert_eq(hone_alloc_live(), live, "leak after failure %ld", k);
        if (status == HONE_OK) {
            cr_assert_gt(k, 8);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
    }
}
