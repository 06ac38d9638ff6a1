/* Statistics and thresholds of curves of counts, against other ways to the same number. */
#include "cases.h"
#include "core/alloc.h"
#include "inference/curve.h"

#include <criterion/criterion.h>
#include <math.h>

enum { ROWS = 60 };

/* A replicate: row i counted `count[i]` times, at least one row of each class. */
struct replicate {
    double truth[ROWS], score[ROWS], count[ROWS];
    hone_scored rows;
    hone_cases cases;
    uint32_t up[ROWS + 1], down[ROWS + 1];
    hone_curve curve;
};

static void make(struct replicate *r, hone_rng *rng, int trial, bool all_once) {
    size_t n = 2 + hone_rng_below(rng, ROWS - 2);
    draw_case(rng, trial, n, 1, trial % 3 ? 7 : 1000, r->truth, r->score);
    r->rows = (hone_scored){.n = n, .models = 1, .truth = r->truth, .score = r->score};
    for (size_t i = 0; i < n; i++)
        r->count[i] = all_once || i == 0 || i == n - 1 ? 1 : (double)hone_rng_below(rng, 4);
    r->cases = (hone_cases){0};
    cr_assert_eq(hone_cases_make("test", &r->rows, NULL, &r->cases, NULL), HONE_OK);
    uint32_t counts[2][ROWS], used[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        size_t side = r->truth[i] != 0;
        counts[side][used[side]++] = (uint32_t)r->count[i];
    }
    const hone_order *order = r->cases.orders;
    r->up[0] = r->down[0] = 0;
    for (size_t i = 0; i < r->cases.positives; i++)
        r->up[i + 1] = r->up[i] + counts[1][order->positive[i]];
    for (size_t i = 0; i < r->cases.negatives; i++)
        r->down[i + 1] = r->down[i] + counts[0][order->negative[i]];
    r->curve = (hone_curve){.order = order,
                            .positives = r->cases.positives,
                            .negatives = r->cases.negatives,
                            .up = r->up,
                            .down = r->down};
}

static double pairs_auc(const struct replicate *r) {
    double wins = 0, pairs = 0;
    for (size_t i = 0; i < r->rows.n; i++)
        for (size_t j = 0; j < r->rows.n; j++) {
            if (r->truth[i] == 0 || r->truth[j] != 0)
                continue;
            wins += r->count[i] * r->count[j] * beats(r->score[i], r->score[j]);
            pairs += r->count[i] * r->count[j];
        }
    return wins / pairs;
}

/* The height of the curve by looking at all its points. */
static double height(const hone_roc *roc, double fpr) {
    double best = 0;
    for (size_t i = 0; i + 1 < roc->n; i++) {
        double x0 = roc->fpr[i], x1 = roc->fpr[i + 1], y0 = roc->tpr[i], y1 = roc->tpr[i + 1];
        if (x0 <= fpr && fpr <= x1)
            best = x1 > x0 ? y0 + (y1 - y0) * (fpr - x0) / (x1 - x0) : y1;
    }
    return fpr == 1 ? 1 : best;
}

static double read(hone_statistic_kind kind, double low, double high, bool standardised,
                   const struct replicate *r) {
    hone_statistic s = {.kind = kind, .low = low, .high = high, .standardised = standardised};
    cr_assert_eq(hone_statistic_check(&s, NULL), HONE_OK);
    return hone_statistic_of(&s, &r->curve);
}

/* The metrics compute the same from weights, in code that shares nothing with this. */
Test(curve, a_count_is_a_weight) {
    hone_rng rng = hone_rng_at(12, 1);
    static struct replicate r;
    for (int trial = 0; trial < 1000; trial++) {
        hone_cutoffs cut = {0};
        hone_roc roc = {0};
        make(&r, &rng, trial, false);
        cr_assert_eq(hone_cutoffs_make(r.truth, r.score, r.count, r.rows.n, &cut, NULL), HONE_OK);
        cr_assert_eq(hone_roc_curve(r.truth, r.score, r.count, r.rows.n, &roc, NULL), HONE_OK);
        cr_assert(close_to(read(HONE_STATISTIC_AUC, 0, 0, false, &r), pairs_auc(&r)));
        cr_assert(close_to(read(HONE_STATISTIC_AVERAGE_PRECISION, 0, 0, false, &r),
                           hone_cutoffs_average_precision(&cut)));
        double youden = 0, low = hone_rng_uniform(&rng) * 0.9;
        for (size_t i = 0; i < roc.n; i++)
            youden = fmax(youden, roc.tpr[i] - roc.fpr[i]);
        cr_assert(close_to(read(HONE_STATISTIC_YOUDEN, 0, 0, false, &r), youden));
        double high = trial % 4 ? low + (1 - low) * hone_rng_uniform(&rng) : 1;
        low = trial % 3 ? low : 0;
        for (int side = 0; side < 2; side++) {
            double raw, mcclish;
            hone_statistic_kind kind =
                side ? HONE_STATISTIC_PARTIAL_TPR : HONE_STATISTIC_PARTIAL_FPR;
            cr_assert_eq(hone_cutoffs_partial_auc(&cut, side ? HONE_OVER_TPR : HONE_OVER_FPR, low,
                                                  high, &raw, &mcclish, NULL),
                         HONE_OK);
            cr_assert(close_to(read(kind, low, high, false, &r), raw), "trial %d", trial);
            double got = read(kind, low, high, true, &r);
            double chance = 1e-12; /* below it there is no value: rounding decides where it is */
            cr_assert(close_to(got, mcclish) || (isnan(got) && mcclish < 0.5 + chance) ||
                          (isnan(mcclish) && got < 0.5 + chance),
                      "trial %d: %.17g, not %.17g", trial, got, mcclish);
        }
        double box;
        cr_assert_eq(hone_cutoffs_two_way_auc(&cut, high, low, &box, NULL), HONE_OK);
        cr_assert(close_to(read(HONE_STATISTIC_PARTIAL_TWO_WAY, low, high, false, &r), box),
                  "trial %d", trial);
        cr_assert(close_to(read(HONE_STATISTIC_TPR_AT_FPR, low, 0, false, &r), height(&roc, low)));
        hone_cutoffs_free(&cut);
        hone_roc_free(&roc);
        hone_cases_free(&r.cases);
    }
}

Test(curve, golden_vectors) {
    hone_scored s = sheet();
    const hone_statistic wanted[] = {
        {.kind = HONE_STATISTIC_PARTIAL_FPR, .high = 0.3},
        {.kind = HONE_STATISTIC_PARTIAL_FPR, .high = 0.3, .standardised = true},
        {.kind = HONE_STATISTIC_YOUDEN},
        {.kind = HONE_STATISTIC_AVERAGE_PRECISION},
        {.kind = HONE_STATISTIC_AUC}};
    const double expected[] = {0.1875, 0.779411764705882, 0.583333333333333, 0.801623376623377,
                               0.84375};
    hone_bootstrap *b = NULL;
    cr_assert_eq(hone_bootstrap_make(&s, wanted, 5, 10, 1, NULL, &b, NULL), HONE_OK);
    for (size_t i = 0; i < 5; i++)
        cr_expect_float_eq(hone_bootstrap_estimate(b, 0, i), expected[i], 1e-15);
    cr_expect_float_eq(hone_bootstrap_estimate(b, 1, 3), 0.752946127946128, 1e-15);
    cr_expect(isnan(hone_bootstrap_estimate(b, 2, 0)));
    hone_bootstrap_free(b);
}

/* ---- thresholds ------------------------------------------------------------------------------ */

/* What a criterion makes large, from the counts at a cutoff, written once more. */
static double goodness(const hone_criterion *c, double tp, double fp, double fn, double tn) {
    double tpr = tp / (tp + fn), fpr = fp / (fp + tn), b2 = c->value * c->value;
    double pi = c->prevalence > 0 ? c->prevalence : (tp + fn) / (tp + fn + fp + tn);
    double square = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
    switch (c->kind) {
    case HONE_BEST_YOUDEN:
        return tpr - fpr;
    case HONE_BEST_CORNER:
        return -(pow(1 - tpr, 2) + pow(fpr, 2));
    case HONE_BEST_F_BETA:
        return (1 + b2) * tp / ((1 + b2) * tp + b2 * fn + fp);
    case HONE_BEST_COST:
        return -(c->value * (1 - pi) * fpr + pi * (1 - tpr));
    case HONE_BEST_SENSITIVITY:
        return tpr >= c->value ? 1 - fpr : NAN;
    case HONE_BEST_SPECIFICITY:
        return tn / (fp + tn) >= c->value ? tpr : NAN;
    case HONE_BEST_PRECISION:
        return tp + fp > 0 && tp >= c->value * (tp + fp) ? tpr : NAN;
    default:
        return square > 0 ? (tp * tn - fp * fn) / sqrt(square) : 0;
    }
}

/* Rows at or above a threshold. */
static void count_at(const struct replicate *r, double threshold, double c[4]) {
    c[0] = c[1] = c[2] = c[3] = 0;
    for (size_t i = 0; i < r->rows.n; i++)
        c[(r->score[i] >= threshold ? 0 : 2) + (r->truth[i] != 0 ? 0 : 1)] += r->count[i];
}

static void check_threshold(const hone_criterion *criterion, const struct replicate *r,
                            const hone_threshold *t, int trial) {
    double best = NAN, c[4];
    for (size_t i = 0; i <= r->rows.n; i++) {
        count_at(r, i < r->rows.n ? r->score[i] : NAN, c);
        best = fmax(best, goodness(criterion, c[0], c[1], c[2], c[3]));
    }
    if (isnan(best)) {
        cr_assert(isnan(t->threshold) && t->why, "trial %d", trial);
        return;
    }
    cr_assert(close_to(t->criterion, best), "trial %d: kind %d, %.17g not %.17g", trial,
              criterion->kind, t->criterion, best);
    if (t->tp + t->fp == 0) { /* above every score, be there infinite ones or not */
        cr_assert_eq(t->threshold, INFINITY);
        return;
    }
    count_at(r, t->threshold, c);
    cr_assert(c[0] == t->tp && c[1] == t->fp && c[2] == t->fn && c[3] == t->tn,
              "trial %d: the threshold does not do what it says", trial);
    count_at(r, t->score, c);
    cr_assert(c[0] == t->tp && c[1] == t->fp, "trial %d", trial);
}

Test(curve, thresholds_are_the_best_there_are) {
    hone_rng rng = hone_rng_at(12, 2);
    static struct replicate r;
    for (int trial = 0; trial < 1000; trial++) {
        make(&r, &rng, trial, trial % 2 == 0);
        for (int kind = HONE_BEST_YOUDEN; kind <= HONE_BEST_MCC; kind++) {
            hone_criterion c = {.kind = (hone_criterion_kind)kind,
                                .value = 0.05 + 0.9 * hone_rng_uniform(&rng),
                                .prevalence = trial % 3 ? 0 : 0.25};
            hone_threshold t, again;
            cr_assert_eq(hone_criterion_check(&c, NULL), HONE_OK);
            hone_criterion_choose(&c, &r.curve, &t);
            check_threshold(&c, &r, &t, trial);
            if (trial % 2 == 0) {
                cr_assert_eq(hone_threshold_choose(&r.rows, 0, &c, &again, NULL), HONE_OK);
                cr_assert(same_number(again.threshold, t.threshold));
            }
        }
        hone_cases_free(&r.cases);
    }
}

Test(curve, a_threshold_lies_midway) {
    hone_scored s = sheet();
    hone_criterion youden = {.kind = HONE_BEST_YOUDEN}, all = {HONE_BEST_SENSITIVITY, 1, 0};
    hone_criterion none = {HONE_BEST_COST, 1000, 0}, never = {HONE_BEST_PRECISION, 1, 0};
    double reversed[2 * SHEET_ROWS];
    hone_threshold t;
    cr_assert_eq(hone_threshold_choose(&s, 0, &youden, &t, NULL), HONE_OK);
    cr_expect_eq(t.score, 0.60);
    cr_expect_float_eq(t.threshold, 0.575, 1e-16);
    cr_expect_float_eq(t.criterion, 0.583333333333333, 1e-15);
    cr_assert_eq(hone_threshold_choose(&s, 0, &all, &t, NULL), HONE_OK);
    cr_expect_eq(t.score, 0.40);
    cr_expect_float_eq(t.threshold, 0.35, 1e-16);
    cr_assert_eq(hone_threshold_choose(&s, 0, &never, &t, NULL), HONE_OK);
    cr_expect_float_eq(t.threshold, 0.85, 1e-15);
    for (size_t i = 0; i < 2 * SHEET_ROWS; i++)
        reversed[i] = -SHEET_SCORES[i];
    s.score = reversed;
    cr_assert_eq(hone_threshold_choose(&s, 0, &none, &t, NULL), HONE_OK);
    cr_expect(isinf(t.threshold) && t.tp == 0 && t.fp == 0 && t.tn == 8);
    cr_assert_eq(hone_threshold_choose(&s, 0, &never, &t, NULL), HONE_OK);
    cr_expect(isnan(t.threshold));
    cr_expect_str_eq(t.why, "no threshold reaches the target");
}

Test(curve, refusals_are_sentences) {
    hone_scored s = sheet();
    hone_threshold t;
    hone_error err;
    hone_criterion beta = {HONE_BEST_F_BETA, 0, 0}, over = {HONE_BEST_PRECISION, 1.5, 0};
    hone_criterion prevalence = {HONE_BEST_COST, 1, 1}, fine = {HONE_BEST_MCC, 0, 0};
    hone_criterion unknown = {(hone_criterion_kind)77, 0, 0};
    cr_expect_eq(hone_threshold_choose(&s, 0, &beta, &t, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "threshold: the value of the criterion must be in (0, inf), got 0");
    cr_expect_eq(hone_threshold_choose(&s, 0, &over, &t, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "threshold: the value of the criterion must be in [0, 1], got 1.5");
    cr_expect_eq(hone_threshold_choose(&s, 0, &prevalence, &t, &err), HONE_EINVAL);
    cr_expect_eq(hone_threshold_choose(&s, 0, &unknown, &t, &err), HONE_EINVAL);
    cr_expect_eq(hone_threshold_choose(&s, 2, &fine, &t, &err), HONE_EINVAL);
    const hone_statistic wrong[] = {{.kind = HONE_STATISTIC_PARTIAL_FPR, .low = 0.5, .high = 0.5},
                                    {.kind = HONE_STATISTIC_PARTIAL_TPR, .low = -1, .high = 0.5},
                                    {.kind = HONE_STATISTIC_TPR_AT_FPR, .low = 1.5},
                                    {.kind = HONE_STATISTIC_THRESHOLD, .criterion = over},
                                    {.kind = (hone_statistic_kind)99}};
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(hone_statistic_check(&wrong[i], &err), HONE_EINVAL, "%zu", i);
}

Test(curve, a_failed_allocation_is_a_failure_without_a_leak) {
    hone_scored s = sheet();
    hone_criterion youden = {.kind = HONE_BEST_YOUDEN};
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_threshold t = {.threshold = -1};
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_threshold_choose(&s, 1, &youden, &t, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert_eq(hone_alloc_live(), live, "leak after failure %ld", k);
        if (status == HONE_OK) {
            cr_assert_gt(k, 5);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
        cr_assert_eq(t.threshold, -1, "nothing is handed over");
    }
}
