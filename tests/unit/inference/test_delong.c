#include "cases.h"
#include "core/alloc.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 60, MODELS = 4 };

/* ---- brute force: every pair, formula by formula --------------------------------------------- */

/* V of each row: share of the other class that it beats. Returns the AUC. */
static double placements(const hone_scored *s, size_t model, double *v) {
    const double *score = s->score + model * s->n;
    double sum = 0, m = 0;
    for (size_t i = 0; i < s->n; i++) {
        double wins = 0, others = 0;
        for (size_t j = 0; j < s->n; j++) {
            if ((s->truth[i] != 0) == (s->truth[j] != 0))
                continue;
            others++;
            wins += s->truth[i] != 0 ? beats(score[i], score[j]) : beats(score[j], score[i]);
        }
        v[i] = wins / others;
        sum += s->truth[i] != 0 ? v[i] : 0;
        m += s->truth[i] != 0;
    }
    return sum / m;
}

static double brute_covariance(const hone_scored *s, size_t r, size_t t) {
    double v[ROWS], w[ROWS], a = placements(s, r, v), b = placements(s, t, w);
    double sum[2] = {0, 0}, count[2] = {0, 0};
    for (size_t i = 0; i < s->n; i++) {
        size_t side = s->truth[i] != 0;
        sum[side] += (v[i] - a) * (w[i] - b);
        count[side]++;
    }
    if (count[0] < 2 || count[1] < 2)
        return NAN;
    return sum[1] / (count[1] - 1) / count[1] + sum[0] / (count[0] - 1) / count[0];
}

/* Obuchowski's, as written in the paper: clusters are numbers 0 .. below ROWS. */
static double brute_clustered(const hone_scored *s, size_t r, size_t t) {
    double v[ROWS], w[ROWS], a = placements(s, r, v), b = placements(s, t, w);
    double u[2][ROWS][2] = {0}, rows[2][ROWS] = {0}, m[2] = {0, 0}, units[2] = {0, 0}, all = 0;
    double s10 = 0, s01 = 0, s11 = 0;
    for (size_t i = 0; i < s->n; i++) {
        size_t side = s->truth[i] != 0, c = (size_t)s->cluster[i];
        u[side][c][0] += v[i] - a;
        u[side][c][1] += w[i] - b;
        rows[side][c]++;
        m[side]++;
    }
    for (size_t c = 0; c < ROWS; c++) {
        units[1] += rows[1][c] > 0, units[0] += rows[0][c] > 0;
        all += rows[1][c] + rows[0][c] > 0;
        s10 += u[1][c][0] * u[1][c][1];
        s01 += u[0][c][0] * u[0][c][1];
        s11 += u[1][c][0] * u[0][c][1] + u[1][c][1] * u[0][c][0];
    }
    if (units[0] < 2 || units[1] < 2)
        return NAN;
    return units[1] / ((units[1] - 1) * m[1]) * s10 / m[1] +
           units[0] / ((units[0] - 1) * m[0]) * s01 / m[0] + all / (all - 1) * s11 / (m[0] * m[1]);
}

static void compare_all(const hone_scored *s, const hone_delong *d, int trial,
                        double (*covariance)(const hone_scored *, size_t, size_t)) {
    double v[ROWS];
    for (size_t r = 0; r < s->models; r++) {
        cr_assert(fabs(d->auc[r] - placements(s, r, v)) <= 1e-13, "trial %d", trial);
        for (size_t t = 0; t < s->models; t++) {
            double expected = covariance(s, r, t), got = d->covariance[r * s->models + t];
            cr_assert(close_to(got, expected), "trial %d: %.17g, not %.17g", trial, got, expected);
        }
    }
}

Test(delong, agrees_with_every_pair_looked_at) {
    static const size_t levels[] = {1, 2, 3, 7, 1000000};
    double truth[ROWS], score[MODELS * ROWS];
    hone_rng rng = hone_rng_at(11, 1);
    for (int trial = 0; trial < 1000; trial++) {
        hone_scored s = {.n = 2 + hone_rng_below(&rng, ROWS - 2),
                         .models = 1 + hone_rng_below(&rng, MODELS),
                         .truth = truth,
                         .score = score};
        hone_delong d = {0};
        draw_case(&rng, trial, s.n, s.models, levels[trial % 5], truth, score);
        cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
        compare_all(&s, &d, trial, brute_covariance);
        hone_delong_free(&d);
    }
}

Test(delong, clusters_agree_with_the_paper) {
    double truth[ROWS], score[MODELS * ROWS], cluster[ROWS];
    hone_rng rng = hone_rng_at(11, 2);
    for (int trial = 0; trial < 1000; trial++) {
        hone_scored s = {.n = 2 + hone_rng_below(&rng, ROWS - 2),
                         .models = 1 + hone_rng_below(&rng, MODELS),
                         .truth = truth,
                         .score = score,
                         .cluster = cluster};
        hone_delong d = {0};
        size_t clusters = 1 + hone_rng_below(&rng, s.n);
        draw_case(&rng, trial, s.n, s.models, 9, truth, score);
        for (size_t i = 0; i < s.n; i++)
            cluster[i] = (double)hone_rng_below(&rng, clusters);
        cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
        compare_all(&s, &d, trial, brute_clustered);
        hone_delong_free(&d);
    }
}

Test(delong, rows_that_are_their_own_clusters_stand_alone) {
    double cluster[SHEET_ROWS];
    for (size_t i = 0; i < SHEET_ROWS; i++)
        cluster[i] = 100 - 3.5 * (double)i;
    hone_scored alone = sheet(), clustered = sheet();
    clustered.cluster = cluster;
    hone_delong a = {0}, b = {0};
    cr_assert_eq(hone_delong_make(&alone, NULL, &a, NULL), HONE_OK);
    cr_assert_eq(hone_delong_make(&clustered, NULL, &b, NULL), HONE_OK);
    cr_expect_eq(b.clusters, SHEET_ROWS);
    for (size_t i = 0; i < 4; i++)
        cr_expect_float_eq(a.covariance[i], b.covariance[i], 1e-17);
    hone_delong_free(&a);
    hone_delong_free(&b);
}

/* ---- golden vectors -------------------------------------------------------------------------- */

Test(delong, golden_vectors) {
    hone_scored s = sheet();
    hone_delong d = {0};
    hone_comparison c;
    hone_interval i;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_expect_eq(d.auc[0], 0.84375);
    cr_expect_eq(d.auc[1], 0.78125);
    cr_expect_float_eq(d.covariance[0], 0.0123077876984127, 1e-16);
    cr_expect_float_eq(d.covariance[3], 0.0164992559523810, 1e-16);
    cr_expect_float_eq(d.covariance[1], 0.00620039682539683, 1e-17);

    cr_assert_eq(hone_auc_difference(&d, 0, 1, 0.95, &c, NULL), HONE_OK);
    cr_expect_float_eq(c.test.statistic, 0.487950036474267, 1e-14);
    cr_expect_float_eq(c.test.p, 0.625585231524325, 1e-14);
    cr_expect_float_eq(c.difference.estimate, 0.0625, 1e-16);
    cr_expect(isnan(c.test.df));

    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_LOGIT, 0.95, &i, NULL), HONE_OK);
    cr_expect_float_eq(i.low, 0.509269291534682, 1e-14);
    cr_expect_float_eq(i.high, 0.965633977290537, 1e-14);
    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_SCORE, 0.95, &i, NULL), HONE_OK);
    cr_expect_float_eq(i.low, 0.528048604031, 1e-12);
    cr_expect_float_eq(i.high, 0.958727539529, 1e-12);
    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_WALD, 0.95, &i, NULL), HONE_OK);
    cr_expect_float_eq(i.low, 0.626310676, 1e-9);
    cr_expect_eq(i.high, 1, "1.061189324 is cut");
    cr_expect_float_eq(i.estimate + (i.estimate - i.low), 1.061189324, 1e-9);
    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_AUTO, 0.95, &i, NULL), HONE_OK);
    cr_expect_str_eq(i.method, "Newcombe, score", "six positives are few");
    hone_delong_free(&d);
}

static void check_pair(const hone_json *c) {
    size_t n, two;
    double *truth = support_reals(c, "truth", &n), *score = support_reals(c, "score", &two);
    double *wald = support_reals(c, "wald", &two), *v = support_reals(c, "covariance", &two);
    double *paired = support_reals(c, "paired", &two),
           *unpaired = support_reals(c, "unpaired", &two);
    hone_scored s = {.n = n, .models = 2, .truth = truth, .score = score};
    hone_delong d = {0};
    hone_interval i;
    hone_comparison x;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_WALD, 0.95, &i, NULL), HONE_OK);
    cr_expect_float_eq(i.low, wald[0], 1e-14);
    cr_expect_float_eq(i.estimate, wald[1], 1e-15);
    cr_expect_float_eq(i.high, wald[2], 1e-14);
    const double covariance[] = {v[0], v[1], v[1], v[2]};
    cr_expect_leq(support_distance(d.covariance, covariance, 4), 1e-16);
    cr_assert_eq(hone_auc_difference(&d, 0, 1, 0.95, &x, NULL), HONE_OK);
    cr_expect_float_eq(x.test.statistic, paired[0], 1e-12);
    cr_expect_float_eq(x.test.p, paired[1], 1e-12);
    cr_assert_eq(hone_auc_difference_unpaired(&d, 0, &d, 1, 0.95, &x, NULL), HONE_OK);
    cr_expect_float_eq(x.test.statistic, unpaired[0], 1e-12);
    cr_expect_float_eq(x.test.df, unpaired[1], 1e-9);
    cr_expect_float_eq(x.test.p, unpaired[2], 1e-12);
    hone_delong_free(&d);
    free(truth), free(score), free(wald), free(v), free(paired), free(unpaired);
}

Test(delong, agrees_with_proc) {
    hone_json *golden = support_golden("delong.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 3);
    for (size_t i = 0; i < 3; i++)
        check_pair(hone_json_at(cases, i));
    hone_json_free(golden);
}

/* n positives above n negatives. */
static void perfect(size_t n, double *truth, double *score) {
    for (size_t i = 0; i < 2 * n; i++) {
        truth[i] = i < n ? 1 : 0;
        score[i] = -(double)i;
    }
}

Test(delong, a_perfect_ranking_gets_the_score_interval) {
    double truth[20], score[40];
    perfect(10, truth, score);
    for (size_t i = 0; i < 20; i++)
        score[20 + i] = -score[i];
    hone_scored s = {.n = 20, .models = 2, .truth = truth, .score = score};
    hone_delong d = {0};
    hone_interval i;
    hone_comparison c;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_AUTO, 0.95, &i, NULL), HONE_OK);
    cr_expect_float_eq(i.low, 0.800213612881, 1e-12);
    cr_expect_eq(i.high, 1);
    cr_assert_eq(hone_auc_interval(&d, 1, HONE_AUC_AUTO, 0.95, &i, NULL), HONE_OK);
    cr_expect_eq(i.low, 0);
    cr_expect_float_eq(i.high, 1 - 0.800213612881, 1e-12);
    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_LOGIT, 0.95, &i, NULL), HONE_OK);
    cr_expect(isnan(i.low) && isnan(i.high));
    cr_expect_str_eq(i.why, "an AUC of 0 or 1 has no finite log-odds");
    cr_assert_eq(hone_auc_difference(&d, 0, 1, 0.95, &c, NULL), HONE_OK);
    cr_expect(isnan(c.test.p) && isnan(c.difference.low), "1 against 0, but without any variance");
    cr_expect_str_eq(c.test.why,
                     "the difference does not vary in this sample, so its error is unknown");
    cr_assert_eq(hone_auc_difference(&d, 1, 1, 0.95, &c, NULL), HONE_OK);
    cr_expect(c.test.p == 1 && c.test.statistic == 0 && c.test.why == NULL);
    hone_delong_free(&d);
}

Test(delong, one_positive_has_no_variance) {
    double truth[8] = {1}, score[8] = {3, 1, 2, 3, 4, 5, 0, 0};
    hone_scored s = {.n = 8, .models = 1, .truth = truth, .score = score};
    hone_delong d = {0};
    hone_interval i;
    hone_comparison c;
    hone_test t;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_expect(isnan(d.covariance[0]));
    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_AUTO, 0.95, &i, NULL), HONE_OK);
    cr_expect(i.low > 0 && i.low < d.auc[0] && i.high > d.auc[0] && i.high < 1 && !i.why);
    cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_WALD, 0.95, &i, NULL), HONE_OK);
    cr_expect_str_eq(i.why, "it needs two units of each class");
    cr_assert_eq(hone_auc_difference(&d, 0, 0, 0.95, &c, NULL), HONE_OK);
    cr_expect(isnan(c.test.p) && c.test.why);
    cr_assert_eq(hone_auc_difference_unpaired(&d, 0, &d, 0, 0.95, &c, NULL), HONE_OK);
    cr_expect(isnan(c.test.p) && c.test.why);
    cr_assert_eq(hone_auc_all_equal(&d, &t, NULL), HONE_OK);
    cr_expect(isnan(t.p) && t.why);
    hone_delong_free(&d);
}

/* Every bound solves the equation that it is defined by. */
Test(delong, score_bounds_solve_their_equation) {
    double truth[200], score[200];
    hone_rng rng = hone_rng_at(11, 3);
    for (int trial = 0; trial < 200; trial++) {
        hone_scored s = {.n = 3 + hone_rng_below(&rng, 190), .models = 1, truth, score, NULL};
        hone_delong d = {0};
        hone_interval i;
        draw_case(&rng, trial, s.n, 1, 30, truth, score);
        cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
        cr_assert_eq(hone_auc_interval(&d, 0, HONE_AUC_SCORE, 0.9, &i, NULL), HONE_OK);
        double m = (double)d.positives, n = (double)d.negatives, half = (m + n) / 2 - 1;
        const double bound[] = {i.low, i.high};
        for (size_t b = 0; b < 2; b++) {
            double a = bound[b],
                   v = a * (1 - a) / (m * n) * (1 + half * ((1 - a) / (2 - a) + a / (1 + a)));
            if (bound[b] > 0 && bound[b] < 1)
                cr_assert_float_eq(fabs(i.estimate - a), 1.6448536269514722 * sqrt(v), 1e-12);
            else
                cr_assert_eq(bound[b], d.auc[0]);
        }
        hone_delong_free(&d);
    }
}

/* ---- several models -------------------------------------------------------------------------- */

Test(delong, unpaired_is_welch) {
    hone_scored s = sheet();
    hone_delong d = {0};
    hone_comparison c;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_assert_eq(hone_auc_difference_unpaired(&d, 0, &d, 1, 0.95, &c, NULL), HONE_OK);
    double v = 0.0123077876984127, w = 0.0164992559523810;
    cr_expect_float_eq(c.test.statistic, 0.0625 / sqrt(v + w), 1e-13);
    cr_expect_float_eq(c.test.df, 13 * (v + w) * (v + w) / (v * v + w * w), 1e-11);
    cr_expect_float_eq(c.test.p, 0.7157384281976591, 1e-13); /* scipy: 2 * t.sf(t, df) */
    hone_delong_free(&d);
}

Test(delong, all_models_equal_is_the_quadratic_form) {
    double truth[ROWS], score[3 * ROWS];
    hone_rng rng = hone_rng_at(11, 4);
    draw_case(&rng, 1, ROWS, 3, 12, truth, score);
    for (size_t i = 0; i < 3 * ROWS; i++)
        score[i] += (double)(i / ROWS) * hone_rng_uniform(&rng);
    hone_scored s = {.n = ROWS, .models = 3, .truth = truth, .score = score};
    hone_delong d = {0};
    hone_test t;
    hone_comparison c;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_assert_eq(hone_auc_all_equal(&d, &t, NULL), HONE_OK);
    const double *v = d.covariance;
    double x = d.auc[1] - d.auc[0], y = d.auc[2] - d.auc[0];
    double a = v[4] + v[0] - 2 * v[1], b = v[8] + v[0] - 2 * v[2], ab = v[5] + v[0] - v[1] - v[2];
    double expected = (b * x * x - 2 * ab * x * y + a * y * y) / (a * b - ab * ab);
    cr_expect_float_eq(t.statistic, expected, 1e-10);
    cr_expect_eq(t.df, 2);
    cr_expect_float_eq(t.p, exp(-expected / 2), 1e-10);

    s.models = 2; /* two models: the square of z, the same p */
    hone_delong_free(&d);
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_assert_eq(hone_auc_all_equal(&d, &t, NULL), HONE_OK);
    cr_assert_eq(hone_auc_difference(&d, 0, 1, 0.95, &c, NULL), HONE_OK);
    cr_expect_float_eq(t.statistic, c.test.statistic * c.test.statistic, 1e-12);
    cr_expect_float_eq(t.p, c.test.p, 1e-13);
    hone_delong_free(&d);
}

Test(delong, a_model_that_is_there_twice_adds_no_degree_of_freedom) {
    double score[4 * SHEET_ROWS];
    memcpy(score, SHEET_SCORES, sizeof SHEET_SCORES);
    for (size_t i = 0; i < SHEET_ROWS; i++) { /* the same order, the same order again */
        score[2 * SHEET_ROWS + i] = exp(SHEET_SCORES[SHEET_ROWS + i]);
        score[3 * SHEET_ROWS + i] = 2 * SHEET_SCORES[i];
    }
    hone_scored s = sheet();
    hone_delong d = {0};
    hone_test two, four;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_assert_eq(hone_auc_all_equal(&d, &two, NULL), HONE_OK);
    hone_delong_free(&d);
    s.models = 4;
    s.score = score;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_assert_eq(hone_auc_all_equal(&d, &four, NULL), HONE_OK);
    cr_expect_eq(four.df, 1);
    cr_expect_float_eq(four.statistic, two.statistic, 1e-12);
    hone_delong_free(&d);
    s.models = 1;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, NULL), HONE_OK);
    cr_assert_eq(hone_auc_all_equal(&d, &four, NULL), HONE_OK);
    cr_expect(four.df == 0 && four.p == 1);
    hone_delong_free(&d);
}

/* ---- refusals -------------------------------------------------------------------------------- */

Test(delong, refusals_are_sentences) {
    double truth[] = {1, 0, 1, 0}, score[] = {1, 2, 3, 4, 1, NAN, 3, 4}, ones[] = {1, 1, 1, 1};
    double holes[] = {1, 2, NAN, 4}, unknown[] = {1, 0, 1, NAN};
    hone_scored s = {.n = 4, .models = 2, .truth = truth, .score = score};
    hone_delong d = {0};
    hone_interval i;
    hone_comparison c;
    hone_error err;
    cr_expect_eq(hone_delong_make(&s, NULL, &d, &err), HONE_EDATA);
    cr_expect_str_eq(err.message,
                     "DeLong: the score of row 2 of model 2 must be a number, got nan");
    s.models = 1;
    s.truth = ones;
    cr_expect_eq(hone_delong_make(&s, NULL, &d, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "DeLong: needs rows of both classes, got no negative");
    s.truth = unknown;
    cr_expect_eq(hone_delong_make(&s, NULL, &d, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "DeLong: the truth of row 4 must be a number, got nan");
    s.truth = truth;
    s.cluster = holes;
    cr_expect_eq(hone_delong_make(&s, NULL, &d, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "DeLong: the cluster of row 3 must be a number, got nan");
    s.cluster = NULL;
    s.models = 0;
    cr_expect_eq(hone_delong_make(&s, NULL, &d, &err), HONE_EINVAL);
    s.models = 1;
    s.n = (size_t)1 << 40;
    cr_expect_eq(hone_delong_make(&s, NULL, &d, &err), HONE_EDATA);
    s.n = 4;
    cr_assert_eq(hone_delong_make(&s, NULL, &d, &err), HONE_OK);
    cr_expect_eq(hone_auc_interval(&d, 0, HONE_AUC_AUTO, 1, &i, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "AUC interval: the level must be in (0, 1), got 1");
    cr_expect_eq(hone_auc_interval(&d, 1, HONE_AUC_AUTO, 0.95, &i, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "AUC interval: the number of the model must be below 1, got 1");
    cr_expect_eq(hone_auc_difference(&d, 0, 3, 0.95, &c, &err), HONE_EINVAL);
    cr_expect_eq(hone_auc_difference_unpaired(&d, 0, &d, 3, 0.95, &c, &err), HONE_EINVAL);
    hone_delong_free(&d);
    hone_delong_free(NULL);
}

Test(delong, a_failed_allocation_is_a_failure_without_a_leak) {
    double cluster[SHEET_ROWS];
    for (size_t i = 0; i < SHEET_ROWS; i++)
        cluster[i] = (double)(i / 2);
    hone_scored s = sheet();
    s.cluster = cluster;
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_delong d = {0};
        hone_test t;
        hone_monitor one = {.threads = 1};
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_delong_make(&s, &one, &d, NULL);
        if (!status)
            status = hone_auc_all_equal(&d, &t, NULL);
        hone_alloc_fail_at(0, 0);
        hone_delong_free(&d);
        cr_assert_eq(hone_alloc_live(), live, "leak after failure %ld", k);
        if (status == HONE_OK) {
            cr_assert_gt(k, 15);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
    }
}
