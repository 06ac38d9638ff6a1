#include "cases.h"
#include "core/alloc.h"
#include "inference/special.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 400 };

/* Two models that see the same signal, the second with more noise; some ties. */
static hone_scored noisy(size_t n, uint64_t seed, double *truth, double *score) {
    hone_rng rng = hone_rng_at(seed, 1);
    for (size_t i = 0; i < n; i++) {
        truth[i] = i % 3 == 0 ? 1 : 0;
        double signal = truth[i] * 1.2 + hone_rng_normal(&rng);
        score[i] = round(signal * 20) / 20;
        score[n + i] = signal + 0.5 * hone_rng_normal(&rng);
    }
    return (hone_scored){.n = n, .models = 2, .truth = truth, .score = score};
}

static const hone_statistic ALL[] = {
    {.kind = HONE_STATISTIC_AUC},
    {.kind = HONE_STATISTIC_PARTIAL_FPR, .high = 0.2},
    {.kind = HONE_STATISTIC_PARTIAL_TPR, .low = 0.8, .high = 1, .standardised = true},
    {.kind = HONE_STATISTIC_AVERAGE_PRECISION},
    {.kind = HONE_STATISTIC_YOUDEN},
    {.kind = HONE_STATISTIC_TPR_AT_FPR, .low = 0.1},
    {.kind = HONE_STATISTIC_THRESHOLD},
    {.kind = HONE_STATISTIC_THRESHOLD_TPR},
    {.kind = HONE_STATISTIC_THRESHOLD_TNR, .criterion = {HONE_BEST_SENSITIVITY, 0.9, 0}},
};
enum { N_ALL = sizeof ALL / sizeof *ALL };

static hone_bootstrap *make(const hone_scored *s, const hone_statistic *stats, size_t n,
                            size_t replicates, uint64_t seed, int threads) {
    hone_monitor mon = {.threads = threads};
    hone_bootstrap *b = NULL;
    hone_error err = {0};
    cr_assert_eq(hone_bootstrap_make(s, stats, n, replicates, seed, &mon, &b, &err), HONE_OK, "%s",
                 err.message);
    return b;
}

Test(bootstrap, the_same_bits_for_any_number_of_threads_and_whatever_else_is_asked) {
    static double truth[ROWS], score[2 * ROWS];
    hone_scored both = noisy(ROWS, 1, truth, score), second = both;
    second.models = 1;
    second.score = score + ROWS;
    hone_bootstrap *one = make(&both, ALL, N_ALL, 100, 7, 1);
    hone_bootstrap *many = make(&both, ALL, N_ALL, 100, 7, 5);
    hone_bootstrap *alone = make(&second, ALL, 1, 100, 7, 2);
    hone_bootstrap *other = make(&second, ALL, 1, 100, 8, 2);
    size_t n;
    for (size_t s = 0; s < 2 * N_ALL; s++) {
        const double *a = hone_bootstrap_replicates(one, s / N_ALL, s % N_ALL, &n);
        const double *b = hone_bootstrap_replicates(many, s / N_ALL, s % N_ALL, NULL);
        cr_assert_eq(n, 100);
        cr_assert_arr_eq(a, b, n * sizeof *a);
    }
    const double *a = hone_bootstrap_replicates(one, 1, 0, NULL);
    cr_expect_arr_eq(a, hone_bootstrap_replicates(alone, 0, 0, NULL), n * sizeof *a);
    cr_expect(memcmp(a, hone_bootstrap_replicates(other, 0, 0, NULL), n * sizeof *a) != 0);
    cr_expect_null(hone_bootstrap_replicates(one, 2, 0, &n));
    cr_expect_eq(n, 0);
    hone_bootstrap_free(one);
    hone_bootstrap_free(many);
    hone_bootstrap_free(alone);
    hone_bootstrap_free(other);
    hone_bootstrap_free(NULL);
}

/* Two independent ways to the same errors; 4,000 replicates leave 1.1 % of noise. */
Test(bootstrap, errors_agree_with_delong) {
    static double truth[ROWS], score[2 * ROWS];
    hone_scored s = noisy(ROWS, 2, truth, score);
    hone_bootstrap *b = make(&s, ALL, 1, 4000, 3, 0);
    hone_delong d = {0};
    hone_interval i, j;
    hone_comparison c, e;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    for (size_t r = 0; r < 2; r++) {
        cr_assert_eq(hone_auc_interval(&d, r, HONE_AUC_LOGIT, 0.95, &i, NULL), HONE_OK);
        for (int percentile = 0; percentile < 2; percentile++) { /* basic leans the other way */
            hone_bootstrap_method method =
                percentile ? HONE_BOOTSTRAP_PERCENTILE : HONE_BOOTSTRAP_BCA;
            cr_assert_eq(hone_bootstrap_interval(b, r, 0, method, 0.95, &j, NULL), HONE_OK);
            cr_expect_eq(j.estimate, d.auc[r]);
            cr_expect_float_eq(j.se / i.se, 1, 0.04);
            cr_expect_float_eq(j.low, i.low, 0.2 * i.se);
            cr_expect_float_eq(j.high, i.high, 0.2 * i.se);
        }
    }
    cr_assert_eq(hone_auc_difference(&d, 0, 1, 0.95, &c, NULL), HONE_OK);
    cr_assert_eq(hone_bootstrap_difference(b, 0, 1, 0, HONE_BOOTSTRAP_BCA, 0.95, &e, NULL),
                 HONE_OK);
    cr_expect_float_eq(e.difference.se / c.difference.se, 1, 0.04);
    cr_expect_float_eq(e.test.statistic / c.test.statistic, 1, 0.04);
    cr_expect_float_eq(e.difference.low, c.difference.low, 0.2 * c.difference.se);
    cr_expect_float_eq(e.difference.high, c.difference.high, 0.2 * c.difference.se);
    hone_delong_free(&d);
    hone_bootstrap_free(b);
}

/* Clusters of two copies of a row: half as many independent units, so twice the variance. */
Test(bootstrap, clusters_are_drawn_whole) {
    static double truth[2 * ROWS], score[2 * ROWS], cluster[2 * ROWS], once[2 * ROWS];
    static double mixed_truth[2 * ROWS];
    hone_scored s = noisy(ROWS, 3, truth, once);
    s.models = 1;
    hone_bootstrap *rows = make(&s, ALL, 1, 4000, 3, 0);
    for (size_t i = 0; i < ROWS; i++) {
        truth[ROWS + i] = truth[i];
        score[i] = score[ROWS + i] = once[i];
        cluster[i] = cluster[ROWS + i] = (double)i;
    }
    hone_scored twice = {
        .n = 2 * ROWS, .models = 1, .truth = truth, .score = score, .cluster = cluster};
    hone_bootstrap *pairs = make(&twice, ALL, 1, 4000, 3, 0);
    size_t n;
    const double *a = hone_bootstrap_replicates(rows, 0, 0, &n);
    cr_expect_arr_eq(a, hone_bootstrap_replicates(pairs, 0, 0, NULL), n * sizeof *a,
                     "a cluster of copies is a row");
    /* Clusters of both classes: every replicate still has both. */
    for (size_t i = 0; i < 2 * ROWS; i++) {
        mixed_truth[i] = i < 3 || i == ROWS ? 1 : 0;
        cluster[i] = (double)(i / 2);
    }
    hone_scored mixed = {
        .n = 2 * ROWS, .models = 1, .truth = mixed_truth, .score = score, .cluster = cluster};
    hone_bootstrap *few = make(&mixed, ALL, N_ALL, 300, 5, 0);
    for (size_t t = 0; t < N_ALL; t++) {
        a = hone_bootstrap_replicates(few, 0, t, &n);
        for (size_t i = 0; i < n; i++)
            cr_assert(!isnan(a[i]) || ALL[t].standardised, "statistic %zu", t);
    }
    hone_bootstrap_free(rows);
    hone_bootstrap_free(pairs);
    hone_bootstrap_free(few);
}

/* ---- weights --------------------------------------------------------------------------------- */

/* The rows of a test set, each with a weight; every tenth weighs nothing. */
static hone_scored weighted(size_t n, uint64_t seed, double *truth, double *score, double *weight) {
    hone_scored s = noisy(n, seed, truth, score);
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
    cr_assert_eq(hone_threshold_choose(&one, 0, &ALL[t].criterion, &at, NULL), HONE_OK);
    hone_rate rate = ALL[t].kind == HONE_STATISTIC_PARTIAL_TPR ? HONE_OVER_TPR : HONE_OVER_FPR;
    switch (ALL[t].kind) {
    case HONE_STATISTIC_AUC:
        value = hone_cutoffs_roc_auc(&cut);
        break;
    case HONE_STATISTIC_PARTIAL_FPR:
    case HONE_STATISTIC_PARTIAL_TPR:
        cr_assert_eq(
            hone_cutoffs_partial_auc(&cut, rate, ALL[t].low, ALL[t].high, &raw, &value, NULL),
            HONE_OK);
        value = ALL[t].standardised ? value : raw;
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
    case HONE_STATISTIC_TPR_AT_FPR:
        break;
    }
    hone_cutoffs_free(&cut);
    return value;
}

/* Draws the same rows again and gives them to the metrics, each with its count times its weight. */
Test(bootstrap, a_weighted_replicate_is_the_metric_of_counts_times_weights) {
    enum { B = 60 };
    static double truth[ROWS], score[2 * ROWS], weight[ROWS], count[ROWS];
    for (uint64_t seed = 0; seed < 4; seed++) {
        size_t n = seed == 0 ? 7 : ROWS >> seed;
        hone_scored s = weighted(n, 20 + seed, truth, score, weight);
        hone_bootstrap *b = make(&s, ALL, N_ALL, B, seed, 2);
        for (size_t i = 0; i < B; i++) {
            hone_rng rng = hone_rng_at(seed, hone_rng_stream(0x626f6f74, i));
            memset(count, 0, sizeof count);
            replay_side(&rng, &s, true, count);
            replay_side(&rng, &s, false, count);
            for (size_t j = 0; j < n; j++)
                count[j] *= weight[j];
            for (size_t t = 0; t < 2 * N_ALL; t++) {
                double got = hone_bootstrap_replicates(b, t / N_ALL, t % N_ALL, NULL)[i];
                double expected = directly(&s, score + t / N_ALL * n, count, t % N_ALL);
                cr_assert(close_to(got, expected) || isnan(expected),
                          "statistic %zu: %.17g, not %.17g", t, got, expected);
            }
        }
        for (size_t t = 0; t < 2 * N_ALL; t++) {
            double expected = directly(&s, score + t / N_ALL * n, weight, t % N_ALL);
            cr_assert(close_to(hone_bootstrap_estimate(b, t / N_ALL, t % N_ALL), expected) ||
                      isnan(expected));
        }
        hone_bootstrap_free(b);
    }
}

/* A row of weight 3 is a cluster of three copies of it: the same draws, the same numbers. */
Test(bootstrap, whole_weights_are_clusters_of_copies) {
    enum { MOST = 4 };
    static double truth[ROWS], score[2 * ROWS], weight[ROWS];
    static double many_truth[MOST * ROWS], many_score[MOST * ROWS], cluster[MOST * ROWS];
    hone_scored s = noisy(ROWS, 8, truth, score);
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
    hone_bootstrap *few = make(&s, ALL, N_ALL, 300, 9, 0);
    hone_bootstrap *many = make(&copies, ALL, N_ALL, 300, 9, 0);
    for (size_t t = 0; t < N_ALL; t++) {
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

Test(bootstrap, bad_weights_are_refused_by_row_and_delong_takes_none) {
    hone_scored s = sheet();
    double weight[SHEET_ROWS];
    hone_bootstrap *b = NULL;
    hone_delong d = {0};
    hone_error err;
    for (size_t i = 0; i < SHEET_ROWS; i++)
        weight[i] = s.truth[i] != 0 ? 0 : 1;
    s.weight = weight;
    cr_expect_eq(hone_bootstrap_make(&s, ALL, 1, 10, 1, NULL, &b, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "bootstrap: needs rows of both classes, got no positive with a "
                                  "weight above 0");
    cr_expect_eq(hone_delong_make(&s, NULL, &d, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "DeLong: takes no weights; the bootstrap gives intervals of "
                                  "weighted rows");
    static const double wrong[] = {-1, NAN, INFINITY};
    for (size_t k = 0; k < 3; k++) {
        weight[2] = wrong[k];
        cr_expect_eq(hone_bootstrap_make(&s, ALL, 1, 10, 1, NULL, &b, &err), HONE_EDATA);
        cr_expect(strstr(err.message, "bootstrap: the weight of row 3 must be in [0, inf), got "),
                  "%s", err.message);
    }
    cr_expect_null(b);
}

/* ---- intervals from replicates --------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, size_t n, double p) {
    double at = p * (double)(n - 1), below = floor(at);
    size_t i = (size_t)below;
    return i + 1 < n ? sorted[i] + (at - below) * (sorted[i + 1] - sorted[i]) : sorted[i];
}

static double brute_auc(const double *truth, const double *score, size_t n, size_t without) {
    double wins = 0, pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != without && j != without && truth[i] != 0 && truth[j] == 0) {
                wins += beats(score[i], score[j]);
                pairs++;
            }
    return wins / pairs;
}

/* c of BCa by leaving each row out in turn. */
static double brute_acceleration(const hone_scored *s, bool difference) {
    double sum[2] = {0, 0}, count[2] = {0, 0}, square = 0, cube = 0;
    double *left = malloc(s->n * sizeof *left);
    for (size_t i = 0; i < s->n; i++) {
        left[i] = brute_auc(s->truth, s->score, s->n, i) -
                  (difference ? brute_auc(s->truth, s->score + s->n, s->n, i) : 0);
        sum[s->truth[i] != 0] += left[i];
        count[s->truth[i] != 0]++;
    }
    for (size_t i = 0; i < s->n; i++) {
        size_t side = s->truth[i] != 0;
        double d = sum[side] / count[side] - left[i];
        square += d * d;
        cube += d * d * d;
    }
    free(left);
    return cube / (6 * pow(square, 1.5));
}

Test(bootstrap, intervals_are_those_of_the_books) {
    enum { N = 60, B = 999 };
    double truth[N], score[2 * N], t[B];
    hone_scored s = noisy(N, 4, truth, score);
    hone_bootstrap *b = make(&s, ALL, 1, B, 11, 0);
    const double *x = hone_bootstrap_replicates(b, 0, 0, NULL);
    const double *y = hone_bootstrap_replicates(b, 1, 0, NULL);
    for (int difference = 0; difference < 2; difference++) {
        hone_interval p, basic, bca;
        hone_comparison c;
        double estimate = brute_auc(truth, score, N, N), below = 0;
        estimate -= difference ? brute_auc(truth, score + N, N, N) : 0;
        for (size_t i = 0; i < B; i++) {
            t[i] = difference ? x[i] - y[i] : x[i];
            below += fabs(t[i] - estimate) < 1e-14 ? 0.5 : t[i] < estimate ? 1 : 0;
        }
        qsort(t, B, sizeof *t, ascending);
        hone_interval *const out[] = {&p, &basic, &bca};
        for (int m = 0; m < 3; m++) {
            hone_bootstrap_method method = (hone_bootstrap_method)m;
            cr_assert_eq(hone_bootstrap_difference(b, 0, 1, 0, method, 0.9, &c, NULL), HONE_OK);
            cr_assert_eq(hone_bootstrap_interval(b, 0, 0, method, 0.9, out[m], NULL), HONE_OK);
            *out[m] = difference ? c.difference : *out[m];
        }
        cr_expect_float_eq(p.low, quantile(t, B, 0.05), 1e-14);
        cr_expect_float_eq(p.high, quantile(t, B, 0.95), 1e-14);
        cr_expect_float_eq(basic.low, 2 * estimate - quantile(t, B, 0.95), 1e-14);
        cr_expect_float_eq(basic.high, 2 * estimate - quantile(t, B, 0.05), 1e-14);
        double z0 = hone_normal_quantile(below / B), a = brute_acceleration(&s, difference);
        double z = hone_normal_quantile(0.05);
        double low = hone_normal_cdf(z0 + (z0 + z) / (1 - a * (z0 + z)));
        double high = hone_normal_cdf(z0 + (z0 - z) / (1 - a * (z0 - z)));
        cr_expect_float_eq(bca.low, quantile(t, B, low), 1e-10, "%g, not %g", bca.low,
                           quantile(t, B, low));
        cr_expect_float_eq(bca.high, quantile(t, B, high), 1e-10);
    }
    hone_bootstrap_free(b);
}

/* The jackknife over groups and the exact one see nearly the same skewness: clusters of one row
 * take the first way, rows the second. */
Test(bootstrap, bca_by_groups_agrees_with_bca_by_rows) {
    static double truth[ROWS], score[2 * ROWS], cluster[ROWS];
    hone_scored s = noisy(ROWS, 5, truth, score);
    hone_interval exact, grouped, plain;
    for (size_t i = 0; i < ROWS; i++) /* the clusters of a class in the order of its rows */
        cluster[i] = (double)i;
    hone_bootstrap *rows = make(&s, ALL, 1, 3000, 3, 0);
    s.cluster = cluster;
    hone_bootstrap *groups = make(&s, ALL, 1, 3000, 3, 0);
    cr_assert_eq(hone_bootstrap_interval(rows, 0, 0, HONE_BOOTSTRAP_BCA, 0.95, &exact, NULL),
                 HONE_OK);
    cr_assert_eq(hone_bootstrap_interval(rows, 0, 0, HONE_BOOTSTRAP_PERCENTILE, 0.95, &plain, NULL),
                 HONE_OK);
    cr_assert_eq(hone_bootstrap_interval(groups, 0, 0, HONE_BOOTSTRAP_BCA, 0.95, &grouped, NULL),
                 HONE_OK);
    cr_expect_float_eq(exact.low, grouped.low, 0.06 * exact.se);
    cr_expect_float_eq(exact.high, grouped.high, 0.06 * exact.se);
    cr_expect_neq(exact.low, plain.low);
    hone_bootstrap_free(rows);
    hone_bootstrap_free(groups);
}

Test(bootstrap, nothing_is_claimed_where_nothing_varies) {
    const double truth[] = {1, 1, 1, 0, 0, 0}, score[] = {6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6};
    hone_scored s = {.n = 6, .models = 2, .truth = truth, .score = score};
    hone_statistic wanted[] = {
        {.kind = HONE_STATISTIC_AUC},
        {.kind = HONE_STATISTIC_PARTIAL_FPR, 0, 0.5, true, {0}},
        {.kind = HONE_STATISTIC_THRESHOLD, .criterion = {HONE_BEST_PRECISION, 0.9, 0}}};
    hone_bootstrap *b = make(&s, wanted, 3, 200, 1, 0);
    hone_interval i;
    hone_comparison c;
    for (int m = HONE_BOOTSTRAP_PERCENTILE; m <= HONE_BOOTSTRAP_BCA; m++) {
        hone_bootstrap_method method = (hone_bootstrap_method)m;
        cr_assert_eq(hone_bootstrap_interval(b, 0, 0, method, 0.95, &i, NULL), HONE_OK);
        cr_expect(i.estimate == 1 && i.se == 0 && isnan(i.low) && isnan(i.high));
        cr_expect_str_eq(i.why, "all replicates are the same");
        cr_assert_eq(hone_bootstrap_interval(b, 1, 1, method, 0.95, &i, NULL), HONE_OK);
        cr_expect_str_eq(i.why, "there is no finite value on the sample");
        cr_assert_eq(hone_bootstrap_interval(b, 1, 2, method, 0.95, &i, NULL), HONE_OK);
        cr_expect_str_eq(i.why, "there is no finite value on the sample");
        cr_assert_eq(hone_bootstrap_difference(b, 0, 1, 0, method, 0.95, &c, NULL), HONE_OK);
        cr_expect(c.difference.estimate == 1 && isnan(c.test.p) && isnan(c.difference.low));
        cr_assert_eq(hone_bootstrap_difference(b, 1, 1, 0, method, 0.95, &c, NULL), HONE_OK);
        cr_expect(c.test.p == 1 && c.difference.low == 0 && c.difference.high == 0);
    }
    hone_bootstrap_free(b);
}

/* ---- bands ----------------------------------------------------------------------------------- */

Test(bootstrap, bands_hold_their_share_of_the_replicates) {
    enum { POINTS = 21, B = 1000 };
    static double truth[ROWS], score[2 * ROWS];
    hone_scored s = noisy(ROWS, 6, truth, score);
    hone_statistic grid[POINTS];
    double low[POINTS], high[POINTS], wide_low[POINTS], wide_high[POINTS];
    for (size_t g = 0; g < POINTS; g++)
        grid[g] = (hone_statistic){.kind = HONE_STATISTIC_TPR_AT_FPR, .low = (double)g / 20};
    hone_bootstrap *b = make(&s, grid, POINTS, B, 1, 0);
    cr_assert_eq(hone_bootstrap_band(b, 1, 0, POINTS, false, 0.9, low, high, NULL), HONE_OK);
    cr_assert_eq(hone_bootstrap_band(b, 1, 0, POINTS, true, 0.9, wide_low, wide_high, NULL),
                 HONE_OK);
    size_t inside_all = 0;
    for (size_t i = 0; i < B; i++) {
        bool inside = true;
        for (size_t g = 0; g < POINTS; g++) {
            double t = hone_bootstrap_replicates(b, 1, g, NULL)[i];
            inside &= t >= wide_low[g] - 1e-12 && t <= wide_high[g] + 1e-12;
        }
        inside_all += inside;
    }
    cr_expect((double)inside_all >= 0.9 * B && (double)inside_all <= 0.92 * B, "%zu", inside_all);
    for (size_t g = 0; g < POINTS; g++) {
        size_t inside = 0;
        double estimate = hone_bootstrap_estimate(b, 1, g);
        for (size_t i = 0; i < B; i++) {
            double t = hone_bootstrap_replicates(b, 1, g, NULL)[i];
            inside += t >= low[g] && t <= high[g];
        }
        cr_expect_geq((double)inside, 0.9 * B);
        cr_expect(low[g] >= 0 && high[g] <= 1 && low[g] <= estimate && estimate <= high[g]);
        cr_expect(wide_low[g] <= low[g] + 0.02 || g == 0, "point %zu", g);
    }
    cr_expect(low[POINTS - 1] == 1 && high[POINTS - 1] == 1);
    hone_bootstrap_free(b);
}

Test(bootstrap, refusals_are_sentences) {
    hone_scored s = sheet();
    hone_bootstrap *b = NULL;
    hone_interval i;
    hone_error err;
    double low[3], high[3];
    cr_expect_eq(hone_bootstrap_make(&s, ALL, 0, 10, 1, NULL, &b, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "bootstrap: needs at least one statistic, got none");
    cr_expect_eq(hone_bootstrap_make(&s, ALL, 1, (size_t)1 << 40, 1, NULL, &b, &err), HONE_EINVAL);
    hone_statistic wrong = {.kind = HONE_STATISTIC_TPR_AT_FPR, .low = 2};
    cr_expect_eq(hone_bootstrap_make(&s, &wrong, 1, 10, 1, NULL, &b, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "TPR at FPR: the FPR must be in [0, 1], got 2");
    b = make(&s, ALL, 2, 10, 1, 1);
    cr_expect_eq(hone_bootstrap_interval(b, 0, 2, HONE_BOOTSTRAP_BCA, 0.95, &i, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "bootstrap: the number of the statistic must be below 2, got 2");
    cr_expect_eq(hone_bootstrap_interval(b, 0, 0, (hone_bootstrap_method)9, 0.95, &i, &err),
                 HONE_EINVAL);
    cr_expect_eq(hone_bootstrap_interval(b, 0, 0, HONE_BOOTSTRAP_BCA, 0, &i, &err), HONE_EINVAL);
    cr_expect_eq(hone_bootstrap_band(b, 0, 0, 3, true, 0.95, low, high, &err), HONE_EINVAL);
    hone_bootstrap_free(b);
}

static int at_once(void *user) {
    (void)user;
    return 1;
}

Test(bootstrap, can_be_cancelled) {
    hone_scored s = sheet();
    hone_bootstrap *b = NULL;
    hone_monitor mon = {.cancelled = at_once};
    cr_expect_eq(hone_bootstrap_make(&s, ALL, 1, 10, 1, &mon, &b, NULL), HONE_ECANCELLED);
    cr_expect_null(b);
}

Test(bootstrap, a_failed_allocation_is_a_failure_without_a_leak) {
    double cluster[SHEET_ROWS], weight[SHEET_ROWS];
    for (size_t i = 0; i < SHEET_ROWS; i++) {
        cluster[i] = (double)(i / 2);
        weight[i] = (double)(i % 5);
    }
    hone_monitor mon = {.threads = 1};
    long live = hone_alloc_live();
    for (int how = 0; how < 4; how++)
        for (long k = 1;; k++) {
            hone_scored s = sheet();
            hone_bootstrap *b = NULL;
            hone_interval i;
            hone_comparison c;
            double low, high;
            s.cluster = how & 1 ? cluster : NULL;
            s.weight = how & 2 ? weight : NULL;
            hone_alloc_fail_at(k, 0);
            hone_status status = hone_bootstrap_make(&s, ALL, N_ALL, 40, 1, &mon, &b, NULL);
            if (!status)
                status = hone_bootstrap_interval(b, 0, 0, HONE_BOOTSTRAP_BCA, 0.95, &i, NULL);
            for (int m = HONE_BOOTSTRAP_PERCENTILE; m <= HONE_BOOTSTRAP_BCA && !status; m++)
                status =
                    hone_bootstrap_difference(b, 0, 1, 0, (hone_bootstrap_method)m, 0.95, &c, NULL);
            if (!status)
                status = hone_bootstrap_band(b, 0, 5, 1, true, 0.95, &low, &high, NULL);
            hone_alloc_fail_at(0, 0);
            hone_bootstrap_free(b);
            cr_assert_eq(hone_alloc_live(), live, "leak after failure %ld", k);
            if (status == HONE_OK) {
                cr_assert_gt(k, 20);
                break;
            }
            cr_assert_eq(status, HONE_ENOMEM);
        }
}
