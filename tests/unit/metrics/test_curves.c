#include "core/alloc.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = 60 };

/* ---- against looking at all rows for every cutoff -------------------------------------------- */

struct rows {
    size_t n;
    double y[MOST], score[MOST], weight[MOST];
};

/* Few levels make ties; perfect, reversed and one-sided cases come too; some weights are 0. */
static void draw(hone_rng *rng, int trial, struct rows *r) {
    static const size_t levels[] = {1, 2, 4, 9, 1000000};
    r->n = 2 + hone_rng_below(rng, MOST - 2);
    double share = hone_rng_uniform(rng);
    for (size_t i = 0; i < r->n; i++) {
        r->y[i] = hone_rng_uniform(rng) < share ? 1 : 0;
        r->score[i] = (double)hone_rng_below(rng, levels[trial % 5]) / 8;
        r->weight[i] = trial % 3 == 0   ? 1
                       : trial % 3 == 1 ? (double)hone_rng_below(rng, 4)
                                        : hone_rng_uniform(rng);
        if (trial % 7 == 0)
            r->score[i] = trial % 2 ? r->y[i] : -r->y[i];
    }
    r->y[0] = 1, r->y[1] = 0;
    r->weight[0] = r->weight[1] = 1;
}

/* Weight of the rows of class y with score >= cut. */
static double taken(const struct rows *r, double y, double cut) {
    double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += r->y[i] == y && r->score[i] >= cut ? r->weight[i] : 0;
    return sum;
}

static int descending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Points of the ROC curve, (0, 0) first; returns how many. */
static size_t roc(const struct rows *r, double *fpr, double *tpr) {
    double cut[MOST];
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        cut[i] = r->score[i];
    qsort(cut, r->n, sizeof *cut, descending);
    fpr[n] = tpr[n] = 0, n++;
    for (size_t i = 0; i < r->n; i++) {
        fpr[n] = taken(r, 0, cut[i]) / taken(r, 0, -INFINITY);
        tpr[n] = taken(r, 1, cut[i]) / taken(r, 1, -INFINITY);
        n += i + 1 == r->n || cut[i + 1] != cut[i];
    }
    return n;
}

static double pairs_auc(const struct rows *r) {
    double wins = 0, pairs = 0;
    for (size_t i = 0; i < r->n; i++)
        for (size_t j = 0; j < r->n; j++) {
            double w = r->y[i] > r->y[j] ? r->weight[i] * r->weight[j] : 0;
            wins += w * (r->score[i] > r->score[j] ? 1 : r->score[i] == r->score[j] ? 0.5 : 0);
            pairs += w;
        }
    return wins / pairs;
}

/* Every positive looked at: the mean of the precision at its score. */
static double positives_ap(const struct rows *r) {
    double sum = 0, total = 0;
    for (size_t i = 0; i < r->n; i++) {
        double w = r->y[i] == 1 ? r->weight[i] : 0, tp = taken(r, 1, r->score[i]);
        sum += w > 0 ? w * tp / (tp + taken(r, 0, r->score[i])) : 0;
        total += w;
    }
    return sum / total;
}

/* The highest point at x on any chord between two points: the concave hull. */
static double hull_at(const double *fpr, const double *tpr, size_t n, double x) {
    double best = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) {
            if (fpr[i] > x || fpr[j] < x)
                continue;
            double width = fpr[j] - fpr[i];
            double y = width > 0 ? tpr[i] + (tpr[j] - tpr[i]) * (x - fpr[i]) / width
                                 : fmax(tpr[i], tpr[j]);
            best = fmax(best, y);
        }
    return best;
}

static double hull_area(const double *fpr, const double *tpr, size_t n) {
    double area = 0;
    for (size_t i = 1; i < n; i++)
        area += (fpr[i] - fpr[i - 1]) *
                (hull_at(fpr, tpr, n, fpr[i]) + hull_at(fpr, tpr, n, fpr[i - 1])) / 2;
    return area;
}

/* Area under y(x) to the left of `end`: whole trapezoids and the cut one. */
static double area_until(const double *x, const double *y, size_t n, double end) {
    double area = 0;
    for (size_t i = 1; i < n; i++) {
        if (x[i] <= end) {
            area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
            continue;
        }
        double at = y[i - 1] + (y[i] - y[i - 1]) * (end - x[i - 1]) / (x[i] - x[i - 1]);
        return area + (end - x[i - 1]) * (y[i - 1] + at) / 2;
    }
    return area;
}

static double brute_ks(const double *fpr, const double *tpr, size_t n) {
    double best = 0;
    for (size_t i = 0; i < n; i++)
        best = fmax(best, fabs(tpr[i] - fpr[i]));
    return best;
}

/* Area under the curve and above `floor`, left of `right`. */
static double area_in_box(const double *fpr, const double *tpr, size_t n, double right,
                          double floor) {
    double above[2 * MOST + 2], x[2 * MOST + 2];
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && tpr[i - 1] < floor && tpr[i] > floor) { /* the point at which it gets there */
            above[m] = 0;
            x[m++] =
                fpr[i - 1] + (fpr[i] - fpr[i - 1]) * (floor - tpr[i - 1]) / (tpr[i] - tpr[i - 1]);
        }
        above[m] = fmax(tpr[i] - floor, 0);
        x[m++] = fpr[i];
    }
    return area_until(x, above, m, right);
}

static void check_partial(const hone_cutoffs *c, const double *fpr, const double *tpr, size_t n,
                          hone_rng *rng) {
    double low = hone_rng_uniform(rng) * 0.9, high = low + (1 - low) * (1 - hone_rng_uniform(rng));
    double raw, specificity[MOST + 1];
    for (size_t i = 0; i < n; i++)
        specificity[i] = 1 - fpr[i];
    cr_assert_eq(hone_cutoffs_partial_auc(c, HONE_OVER_FPR, low, high, &raw, NULL, NULL), HONE_OK);
    cr_assert_float_eq(raw, area_until(fpr, tpr, n, high) - area_until(fpr, tpr, n, low), 1e-12);
    cr_assert_eq(hone_cutoffs_partial_auc(c, HONE_OVER_TPR, low, high, &raw, NULL, NULL), HONE_OK);
    cr_assert_float_eq(
        raw, area_until(tpr, specificity, n, high) - area_until(tpr, specificity, n, low), 1e-12);
    cr_assert_eq(hone_cutoffs_two_way_auc(c, high, low, &raw, NULL), HONE_OK);
    cr_assert_float_eq(raw * high * (1 - low), area_in_box(fpr, tpr, n, high, low), 1e-12);
}

Test(curves, agree_with_brute_force_on_a_thousand_cases) {
    static double fpr[MOST + 1], tpr[MOST + 1];
    hone_rng rng = hone_rng_at(11, 1);
    for (int trial = 0; trial < 1000; trial++) {
        struct rows r;
        hone_cutoffs c;
        hone_rank_curve hull;
        draw(&rng, trial, &r);
        size_t n = roc(&r, fpr, tpr);
        cr_assert_eq(hone_cutoffs_make(r.y, r.score, r.weight, r.n, &c, NULL), HONE_OK);
        cr_assert_float_eq(hone_cutoffs_roc_auc(&c), pairs_auc(&r), 1e-12, "trial %d", trial);
        cr_assert_float_eq(hone_cutoffs_average_precision(&c), positives_ap(&r), 1e-12);
        cr_assert_float_eq(hone_cutoffs_ks(&c, NULL), brute_ks(fpr, tpr, n), 1e-12);
        cr_assert_eq(hone_cutoffs_curve(&c, HONE_CURVE_HULL, &hull, NULL), HONE_OK);
        cr_assert_float_eq(hone_rank_curve_area(&hull), hull_area(fpr, tpr, n), 1e-12);
        check_partial(&c, fpr, tpr, n, &rng);
        hone_rank_curve_free(&hull);
        hone_cutoffs_free(&c);
    }
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static const double Y[] = {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0};
static const double A[] = {.95, .90, .80, .80, .70, .60, .60, .55, .50, .40, .40, .30, .20, .10};
static const double B[] = {.70, .90, .40, .60, .80, .70, .30, .20, .50, .55, .10, .30, .40, .20};

Test(curves, vectors_of_the_statistics_sheet) {
    hone_cutoffs a, b;
    double raw, mcclish, threshold;
    cr_assert_eq(hone_cutoffs_make(Y, A, NULL, 14, &a, NULL), HONE_OK);
    cr_assert_eq(hone_cutoffs_make(Y, B, NULL, 14, &b, NULL), HONE_OK);
    cr_assert_eq(hone_cutoffs_partial_auc(&a, HONE_OVER_FPR, 0, 0.3, &raw, &mcclish, NULL),
                 HONE_OK);
    cr_expect_float_eq(raw, 0.1875, 1e-15);
    cr_expect_float_eq(mcclish, 0.779411764705882, 1e-15);
    cr_expect_float_eq(hone_cutoffs_average_precision(&a), 0.801623376623377, 1e-15);
    cr_expect_float_eq(hone_cutoffs_average_precision(&b), 0.752946127946128, 1e-15);
    cr_expect_float_eq(hone_cutoffs_ks(&a, &threshold), 0.583333333333333, 1e-15);
    cr_expect_eq(threshold, 0.6);
    hone_cutoffs_free(&a);
    hone_cutoffs_free(&b);
}

Test(curves, gain_and_lift_tell_the_same_twice) {
    hone_cutoffs c;
    hone_rank_curve gain, lift, pr;
    cr_assert_eq(hone_cutoffs_make(Y, A, NULL, 14, &c, NULL), HONE_OK);
    cr_assert_eq(hone_cutoffs_curve(&c, HONE_CURVE_GAIN, &gain, NULL), HONE_OK);
    cr_assert_eq(hone_cutoffs_curve(&c, HONE_CURVE_LIFT, &lift, NULL), HONE_OK);
    cr_assert_eq(hone_cutoffs_curve(&c, HONE_CURVE_PR, &pr, NULL), HONE_OK);
    cr_assert_eq(gain.n, lift.n + 1);
    cr_expect(gain.x[0] == 0 && gain.y[0] == 0 && isinf(gain.threshold[0]));
    for (size_t i = 0; i < lift.n; i++) {
        cr_expect_eq(gain.x[i + 1], lift.x[i]);
        cr_expect_float_eq(lift.x[i] * lift.y[i], gain.y[i + 1], 1e-15);
        cr_expect_float_eq(lift.y[i], pr.y[i] / (6. / 14), 1e-14, "precision over prevalence");
        cr_expect_eq(pr.x[i], gain.y[i + 1]);
    }
    cr_expect(gain.x[lift.n] == 1 && gain.y[lift.n] == 1 && lift.y[lift.n - 1] == 1);
    hone_rank_curve_free(&gain);
    hone_rank_curve_free(&gain);
    hone_rank_curve_free(&lift);
    hone_rank_curve_free(&pr);
    hone_rank_curve_free(NULL);
    hone_cutoffs_free(&c);
    hone_cutoffs_free(NULL);
}

Test(curves, of_one_score_for_all_rows_are_chance_exactly) {
    const double y[] = {1, 0, 0}, same[] = {0.3, 0.3, 0.3};
    hone_cutoffs c;
    hone_rank_curve hull;
    double raw, mcclish;
    cr_assert_eq(hone_cutoffs_make(y, same, NULL, 3, &c, NULL), HONE_OK);
    cr_assert_eq(c.n, 1);
    for (double low = 0; low < 0.8; low += 0.07) {
        cr_assert_eq(hone_cutoffs_partial_auc(&c, HONE_OVER_FPR, low, 0.9, &raw, &mcclish, NULL),
                     HONE_OK);
        cr_expect_eq(mcclish, 0.5, "from %g", low);
        cr_assert_eq(hone_cutoffs_partial_auc(&c, HONE_OVER_TPR, low, 0.9, &raw, &mcclish, NULL),
                     HONE_OK);
        cr_expect_eq(mcclish, 0.5, "from %g", low);
    }
    cr_assert_eq(hone_cutoffs_curve(&c, HONE_CURVE_HULL, &hull, NULL), HONE_OK);
    cr_expect_eq(hull.n, 2);
    cr_expect_eq(hone_rank_curve_area(&hull), 0.5);
    hone_rank_curve_free(&hull);
    hone_cutoffs_free(&c);
}

Test(curves, rows_without_weight_make_no_cutoff) {
    const double y[] = {1, 0, 1}, score[] = {3, 2, 1}, weight[] = {1, 1, 0};
    hone_cutoffs c;
    cr_assert_eq(hone_cutoffs_make(y, score, weight, 3, &c, NULL), HONE_OK);
    cr_expect_eq(c.n, 2);
    cr_expect(c.threshold[0] == 3 && c.threshold[1] == 2 && c.tp[1] == 1 && c.fp[1] == 1);
    hone_cutoffs_free(&c);
}

/* ---- what is not there ----------------------------------------------------------------------- */

Test(curves, of_one_class_say_which_is_missing) {
    const double ones[] = {1, 1}, zeros[] = {0, 0}, score[] = {1, 2};
    hone_cutoffs c;
    hone_rank_curve curve;
    hone_error err;
    double raw = 0, mcclish = 0, threshold = 0;
    cr_assert_eq(hone_cutoffs_make(ones, score, NULL, 2, &c, NULL), HONE_OK);
    cr_expect(isnan(hone_cutoffs_roc_auc(&c)) && isnan(hone_cutoffs_ks(&c, &threshold)));
    cr_expect(isnan(threshold));
    cr_expect_eq(hone_cutoffs_average_precision(&c), 1);
    cr_assert_eq(hone_cutoffs_partial_auc(&c, HONE_OVER_FPR, 0, 1, &raw, &mcclish, NULL), HONE_OK);
    cr_expect(isnan(raw) && isnan(mcclish));
    cr_assert_eq(hone_cutoffs_two_way_auc(&c, 1, 0, &raw, NULL), HONE_OK);
    cr_expect(isnan(raw));
    cr_expect_eq(hone_cutoffs_two_way_auc(&c, 0.5, 1, &raw, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "two-way partial AUC: needs a largest FPR in (0, 1] and a "
                                  "smallest TPR in [0, 1), got 0.5 and 1");
    cr_expect_eq(hone_cutoffs_curve(&c, HONE_CURVE_DET, &curve, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: needs rows of both classes, got no negative");
    cr_expect_eq(hone_cutoffs_partial_auc(&c, HONE_OVER_FPR, 0.5, 0.5, &raw, NULL, &err),
                 HONE_EINVAL);
    cr_expect_str_eq(err.message, "partial AUC: needs 0 <= low < high <= 1, got 0.5 and 0.5");
    hone_cutoffs_free(&c);
    cr_assert_eq(hone_cutoffs_make(zeros, score, NULL, 2, &c, NULL), HONE_OK);
    cr_expect(isnan(hone_cutoffs_average_precision(&c)));
    cr_expect_eq(hone_cutoffs_curve(&c, HONE_CURVE_PR, &curve, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "curve: needs positive rows, got no positive");
    hone_cutoffs_free(&c);
    cr_expect_eq(hone_cutoffs_make(ones, score, NULL, 0, &c, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: needs at least one row, got none");
}

Test(curves, labels_given_as_scores_are_noticed) {
    const double labels[] = {0, 1, 1, 0}, same[] = {2, 2, 2}, fine[] = {0, 1, 0.5, 0};
    cr_expect_str_eq(hone_score_doubt(labels, 4),
                     "there are only two different scores: are these predicted labels? A curve "
                     "needs scores or probabilities");
    cr_expect_str_eq(hone_score_doubt(same, 3), "all scores are the same: they rank nothing");
    cr_expect_null(hone_score_doubt(fine, 4));
    cr_expect_null(hone_score_doubt(labels, 2));
}

Test(curves, a_failed_allocation_is_a_failure_without_a_leak) {
    long live = hone_alloc_live();
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status != HONE_OK; k++) {
        hone_cutoffs c = {0};
        hone_rank_curve hull = {0};
        hone_alloc_fail_at(k, 0);
        status = hone_cutoffs_make(Y, A, A, 14, &c, NULL);
        if (!status)
            status = hone_cutoffs_curve(&c, HONE_CURVE_HULL, &hull, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        hone_rank_curve_free(&hull);
        hone_cutoffs_free(&c);
        cr_assert_eq(hone_alloc_live(), live);
    }
}
