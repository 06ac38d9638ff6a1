/* The bootstrap of weighted rows, against the metrics and against copies of rows. */
#include "cases.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { ROWS = 400 };

/* The rows of a test set, each with a weight; every tenth weighs nothing. */
static hone_scored weighted(size_t n, uint64_t seed, double *truth, double *score, double *weight) {
    hone_scored s = noisy_rows(n, seed, truth, score);
    hone_rng rng = hone_rng_at(seed, 2);
    for (size_t i = 0; i < n; i++)
        weight[i] = hone_rng_below(&rng, 10) == 0 ? 0 : exp(2 * hone_rng_normal(&rng));
    s.weight = weight;
    return s;
}

/* Adds what replicate b draws of one class, rows of weight 0 left out, to `count`. */
static void replay_side(hone_rng *rng, const hone_scored *s, bool positive, double *count) {
    uint32_t rows[ROWS], n = 0;
    for (uint32_t i = 0; i < s->n; i++)
        if ((s->truth[i] != 0) == positive && s->weight[i] > 0)
            rows[n++] = i;
    for (uint32_t left = n; left > 0;) {
        uint64_t words = hone_rng_next(rng);
        for (int half = 0; half < 2 && left > 0; half++, words >>= 32) {
            uint64_t product = (words & UINT32_MAX) * n;
            if ((uint32_t)product >= (0 - n) % n) {
                count[rows[product >> 32]]++;
                left--;
            }
        }
    }
}

/* Each statistic of the rows with weights as they are, by the metrics; NaN: none of theirs. */
static double directly(const hone_scored *s, const double *score, const double *weight, size_t t) {
    double value = NAN, raw;
    hone_cutoffs cut = {0};
    hone_threshold at = {0};
    hone_scored one = {.n = s->n, .models = 1, .truth = s->truth, .score = score, .weight = weight};
    cr_assert_eq(hone_cutoffs_make(s->truth, score, weight, s->n, &cut, NULL), HONE_OK);
    cr_assert_eq(hone_threshold_choose(&one, 0, &STATISTICS[t].criterion, &at, NULL), HONE_OK);
    hone_rate rate =
        STATISTICS[t].kind == HONE_STATISTIC_PARTIAL_TPR ? HONE_OVER_TPR : HONE_OVER_FPR;
    switch (STATISTICS[t].kind) {
    case HONE_STATISTIC_AUC:
        value = hone_cutoffs_roc_auc(&cut);
        break;
    case HONE_STATISTIC_PARTIAL_FPR:
    case HONE_STATISTIC_PARTIAL_TPR:
        cr_assert_eq(hone_cutoffs_partial_auc(&cut, rate, STATISTICS[t].low, STATISTICS[t].high,
                                              &raw, &value, NULL),
                     HONE_OK);
        value = STATISTICS[t].standardised ? value : raw;
        break;
    case HONE_STATISTIC_AVERAGE_PRECISION:
        value = hone_cutoffs_average_precision(&cut);
        break;
    case HONE_STATISTIC_YOUDEN:
        value = 0;
        for (size_t i = 0; i < cut.n; i++)
            value = fmax(value, cut.tp[i] / cut.tp[cut.n - 1] - cut.fp[i] / cut.fp[cut.n - 1]);
        break;
    case HONE_STATISTIC_THRESHOLD:
        value = at.threshold;
        break;
    case HONE_STATISTIC_THRESHOLD_TPR:
        value = at.tp / (at.tp + at.fn);
        break;
    case HONE_STATISTIC_THRESHOLD_TNR:
        value = at.tn / (at.tn + at.fp);
        break;
    case HONE_STATISTIC_PARTIAL_TWO_WAY:
        cr_assert_eq(
            hone_cutoffs_two_way_auc(&cut, STATISTICS[t].high, STATISTICS[t].low, &value, NULL),
            HONE_OK);
        break;
    case HONE_STATISTIC_TPR_AT_FPR:
        break;
    }
    hone_cutoffs_free(&cut);
    return value;
}

/* Draws the same rows again and gives them to the metrics, each with its count times its weight. */
Test(bootstrap_weights, a_weighted_replicate_is_the_metric_of_counts_times_weights) {
    enum { B = 60 };
    static double truth[ROWS], score[2 * ROWS], weight[ROWS], count[ROWS];
    for (uint64_t seed = 0; seed < 4; seed++) {
        size_t n = seed == 0 ? 7 : (size_t)ROWS >> seed;
        hone_scored s = weighted(n, 20 + seed, truth, score, weight);
        hone_bootstrap *b = draw_replicates(&s, STATISTICS, N_STATISTICS, B, seed, 2);
        for (size_t i = 0; i < B; i++) {
            hone_rng rng = hone_rng_at(seed, hone_rng_stream(0x626f6f74, i));
            memset(count, 0, sizeof count);
            replay_side(&rng, &s, true, count);
            replay_side(&rng, &s, false, count);
            for (size_t j = 0; j < n; j++)
                count[j] *= weight[j];
            for (size_t t = 0; t < 2 * N_STATISTICS; t++) {
                double got =
                    hone_bootstrap_replicates(b, t / N_STATISTICS, t % N_STATISTICS, NULL)[i];
                double expected =
                    directly(&s, score + t / N_STATISTICS * n, count, t % N_STATISTICS);
                cr_assert(close_to(got, expected) || isnan(expected),
                          "statistic %zu: %.17g, not %.17g", t, got, expected);
            }
        }
        for (size_t t = 0; t < 2 * N_STATISTICS; t++) {
            double expected = directly(&s, score + t / N_STATISTICS * n, weight, t % N_STATISTICS);
            cr_assert(close_to(hone_bootstrap_estimate(b, t / N_STATISTICS, t % N_STATISTICS),
                               expected) ||
                      isnan(expected));
        }
        hone_bootstrap_free(b);
    }
}

/* A row of weight 3 is a cluster of three copies of it: the same draws, the same numbers. */
Test(bootstrap_weights, whole_weights_are_clusters_of_copies) {
    enum { MOST = 4 };
    static double truth[ROWS], score[2 * ROWS], weight[ROWS];
    static double many_truth[MOST * ROWS], many_score[MOST * ROWS], cluster[MOST * ROWS];
    hone_scored s = noisy_rows(ROWS, 8, truth, score);
    s.models = 1;
    s.weight = weight;
    size_t rows = 0, n;
    for (size_t i = 0; i < ROWS; i++) {
        weight[i] = (double)(i * 7 % (MOST + 1));
        for (size_t copy = 0; copy < (size_t)weight[i]; copy++, rows++)
            many_truth[rows] = truth[i], many_score[rows] = score[i], cluster[rows] = (double)i;
    }
    hone_scored copies = {
        .n = rows, .models = 1, .truth = many_truth, .score = many_score, .cluster = cluster};
    hone_bootstrap *few = draw_replicates(&s, STATISTICS, N_STATISTICS, 300, 9, 0);
    hone_bootstrap *many = draw_replicates(&copies, STATISTICS, N_STATISTICS, 300, 9, 0);
    for (size_t t = 0; t < N_STATISTICS; t++) {
        const double *a = hone_bootstrap_replicates(few, 0, t, &n);
        const double *b = hone_bootstrap_replicates(many, 0, t, NULL);
        hone_interval i, j;
        for (size_t k = 0; k < n; k++)
            cr_assert(close_to(a[k], b[k]), "statistic %zu: %.17g, not %.17g", t, a[k], b[k]);
        cr_assert_eq(hone_bootstrap_interval(few, 0, t, HONE_BOOTSTRAP_BCA, 0.95, &i, NULL),
                     HONE_OK);
        cr_assert_eq(hone_bootstrap_interval(many, 0, t, HONE_BOOTSTRAP_BCA, 0.95, &j, NULL),
                     HONE_OK);
        cr_expect(close_to(i.low, j.low) && close_to(i.high, j.high), "statistic %zu", t);
    }
    hone_bootstrap_free(few);
    hone_bootstrap_free(many);
}

Test(bootstrap_weights, bad_weights_are_refused_by_row_and_delong_takes_none) {
    hone_scored s = sheet();
    double weight[SHEET_ROWS];
    hone_bootstrap *b = NULL;
    hone_delong d = {0};
    hone_error err;
    for (size_t i = 0; i < SHEET_ROWS; i++)
        weight[i] = s.truth[i] != 0 ? 0 : 1;
    s.weight = weight;
    cr_expect_eq(hone_bootstrap_make(&s, STATISTICS, 1, 10, 1, NULL, &b, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "bootstrap: needs rows of both classes, got no positive with a "
                                  "weight above 0");
    cr_expect_eq(hone_delong_make(&s, NULL, &d, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "DeLong: takes no weights; the bootstrap gives intervals of "
                                  "weighted rows");
    static const double wrong[] = {-1, NAN, INFINITY};
    for (size_t k = 0; k < 3; k++) {
        weight[2] = wrong[k];
        cr_expect_eq(hone_bootstrap_make(&s, STATISTICS, 1, 10, 1, NULL, &b, &err), HONE_EDATA);
        cr_expect(strstr(err.message, "bootstrap: the weight of row 3 must be in [0, inf), got "),
                  "%s", err.message);
    }
    cr_expect_null(b);
}
