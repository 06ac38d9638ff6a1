#include "cases.h"
#include "core/alloc.h"
#include "inference/special.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 400 };

Test(bootstrap, the_same_bits_for_any_number_of_threads_and_whatever_else_is_asked) {
    static double truth[ROWS], score[2 * ROWS];
    hone_scored both = noisy_rows(ROWS, 1, truth, score), second = both;
    second.models = 1;
    second.score = score + ROWS;
    hone_bootstrap *one = draw_replicates(&both, STATISTICS, N_STATISTICS, 100, 7, 1);
    hone_bootstrap *many = draw_replicates(&both, STATISTICS, N_STATISTICS, 100, 7, 5);
    hone_bootstrap *alone = draw_replicates(&second, STATISTICS, 1, 100, 7, 2);
    hone_bootstrap *other = draw_replicates(&second, STATISTICS, 1, 100, 8, 2);
    size_t n;
    for (size_t s = 0; s < 2 * N_STATISTICS; s++) {
        const double *a = hone_bootstrap_replicates(one, s / N_STATISTICS, s % N_STATISTICS, &n);
        const double *b = hone_bootstrap_replicates(many, s / N_STATISTICS, s % N_STATISTICS, NULL);
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
    hone_scored s = noisy_rows(ROWS, 2, truth, score);
    hone_bootstrap *b = draw_replicates(&s, STATISTICS, 1, 4000, 3, 0);
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
    hone_scored s = noisy_rows(ROWS, 3, truth, once);
    s.models = 1;
    hone_bootstrap *rows = draw_replicates(&s, STATISTICS, 1, 4000, 3, 0);
    for (size_t i = 0; i < ROWS; i++) {
        truth[ROWS + i] = truth[i];
        score[i] = score[ROWS + i] = once[i];
        cluster[i] = cluster[ROWS + i] = (double)i;
    }
    hone_scored twice = {
        .n = 2 * ROWS, .models = 1, .truth = truth, .score = score, .cluster = cluster};
    hone_bootstrap *pairs = draw_replicates(&twice, STATISTICS, 1, 4000, 3, 0);
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
    hone_bootstrap *few = draw_replicates(&mixed, STATISTICS, N_STATISTICS, 300, 5, 0);
    for (size_t t = 0; t < N_STATISTICS; t++) {
        a = hone_bootstrap_replicates(few, 0, t, &n);
        for (size_t i = 0; i < n; i++)
            cr_assert(!isnan(a[i]) || STATISTICS[t].standardised, "statistic %zu", t);
    }
    hone_bootstrap_free(rows);
    hone_bootstrap_free(pairs);
    hone_bootstrap_free(few);
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
    hone_scored s = noisy_rows(N, 4, truth, score);
    hone_bootstrap *b = draw_replicates(&s, STATISTICS, 1, B, 11, 0);
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
    hone_scored s = noisy_rows(ROWS, 5, truth, score);
    hone_interval exact, grouped, plain;
    for (size_t i = 0; i < ROWS; i++) /* the clusters of a class in the order of its rows */
        cluster[i] = (double)i;
    hone_bootstrap *rows = draw_replicates(&s, STATISTICS, 1, 3000, 3, 0);
    s.cluster = cluster;
    hone_bootstrap *groups = draw_replicates(&s, STATISTICS, 1, 3000, 3, 0);
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
    hone_bootstrap *b = draw_replicates(&s, wanted, 3, 200, 1, 0);
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
    hone_scored s = noisy_rows(ROWS, 6, truth, score);
    hone_statistic grid[POINTS];
    double low[POINTS], high[POINTS], wide_low[POINTS], wide_high[POINTS];
    for (size_t g = 0; g < POINTS; g++)
        grid[g] = (hone_statistic){.kind = HONE_STATISTIC_TPR_AT_FPR, .low = (double)g / 20};
    hone_bootstrap *b = draw_replicates(&s, grid, POINTS, B, 1, 0);
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
    cr_expect_eq(hone_bootstrap_make(&s, STATISTICS, 0, 10, 1, NULL, &b, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "bootstrap: needs at least one statistic, got none");
    cr_expect_eq(hone_bootstrap_make(&s, STATISTICS, 1, (size_t)1 << 40, 1, NULL, &b, &err),
                 HONE_EINVAL);
    hone_statistic wrong = {.kind = HONE_STATISTIC_TPR_AT_FPR, .low = 2};
    cr_expect_eq(hone_bootstrap_make(&s, &wrong, 1, 10, 1, NULL, &b, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "TPR at FPR: the FPR must be in [0, 1], got 2");
    wrong = (hone_statistic){.kind = HONE_STATISTIC_PARTIAL_TWO_WAY, .low = 1, .high = 0.5};
    cr_expect_eq(hone_bootstrap_make(&s, &wrong, 1, 10, 1, NULL, &b, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "two-way partial AUC: needs a smallest TPR in [0, 1) and a largest "
                     "FPR in (0, 1], got 1 and 0.5");
    b = draw_replicates(&s, STATISTICS, 2, 10, 1, 1);
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
    cr_expect_eq(hone_bootstrap_make(&s, STATISTICS, 1, 10, 1, &mon, &b, NULL), HONE_ECANCELLED);
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
            hone_status status =
                hone_bootstrap_make(&s, STATISTICS, N_STATISTICS, 40, 1, &mon, &b, NULL);
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
