/* Cross-validated AUC and the tests on scores of folds. */
#include "cases.h"
#include "core/alloc.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 120, MODELS = 3, FOLDS = 4, REPEATS = 2 };

struct folds {
    double truth[ROWS], score[MODELS * REPEATS * ROWS], cluster[ROWS];
    uint32_t fold[REPEATS * ROWS];
    hone_scored rows;
};

static void make(struct folds *f, hone_rng *rng, size_t n, size_t levels) {
    for (size_t i = 0; i < n; i++) {
        f->truth[i] = i % 3 == 0 ? 1 : 0;
        f->cluster[i] = (double)(i / 24) * 12 + (double)(i % 12); /* pairs of the same fold */
        for (size_t r = 0; r < REPEATS; r++)
            f->fold[r * n + i] = (uint32_t)((i % 12 + 5 * r) % 12 / 3);
    }
    for (size_t k = 0; k < MODELS * REPEATS * n; k++)
        f->score[k] = f->truth[k % n] + (double)hone_rng_below(rng, levels) * 3 / (double)levels;
    f->rows = (hone_scored){.n = n, .models = MODELS, .truth = f->truth, .score = f->score};
}

/* At least one row of each class in every fold of every repeat; every second case has scores with
 * ties, every fifth is degenerate: AUC 1 or 0 in all folds, one positive or one negative in each
 * fold, all scores the same. */
static void make_random(struct folds *f, hone_rng *rng, int trial) {
    static const size_t levels[] = {2, 1000000, 3, 7, 1000, 1};
    size_t n = 24 + hone_rng_below(rng, ROWS - 23);
    int how = trial % 5 == 0 ? trial / 5 % 5 : -1;
    make(f, rng, n, levels[trial % 6]);
    for (size_t i = 0; i < n; i++) { /* rows 0, 3, 6, 9 are one of each fold, and so are 1, 4 .. */
        bool first = i < 12 && i % 3 == 0, second = i < 12 && i % 3 == 1;
        double drawn = hone_rng_uniform(rng) < 0.4 ? 1 : 0;
        f->truth[i] = first ? 1 : second || how == 2 ? 0 : how == 3 ? 1 : drawn;
    }
    for (size_t k = 0; k < MODELS * REPEATS * n; k++) {
        double sign = f->truth[k % n] != 0 ? 1 : -1, any = hone_rng_uniform(rng);
        f->score[k] = how == 0   ? sign * any
                      : how == 1 ? -sign * any
                      : how == 4 ? 0.25
                                 : f->score[k];
    }
}

/* Influence of every row (the mean over repeats), formula by formula; returns the mean AUC. */
static double brute(const struct folds *f, size_t model, size_t repeats, double *influence) {
    size_t n = f->rows.n;
    double sum = 0, positives = 0, more = (double)repeats;
    for (size_t i = 0; i < n; i++) {
        influence[i] = 0;
        positives += f->truth[i];
    }
    for (size_t r = 0; r < repeats; r++) {
        const double *s = f->score + (model * repeats + r) * n;
        const uint32_t *fold = f->fold + r * n;
        for (size_t v = 0; v < FOLDS; v++) {
            double v_of[ROWS] = {0}, mean = 0, m = 0, rows = 0;
            for (size_t i = 0; i < n; i++) {
                double others = 0;
                for (size_t j = 0; j < n; j++) {
                    if (fold[i] != v || fold[j] != v || f->truth[i] == f->truth[j])
                        continue;
                    others++;
                    v_of[i] += f->truth[i] != 0 ? beats(s[i], s[j]) : beats(s[j], s[i]);
                }
                v_of[i] /= others;
                mean += fold[i] == v && f->truth[i] != 0 ? v_of[i] : 0;
                m += fold[i] == v && f->truth[i] != 0;
                rows += fold[i] == v;
            }
            sum += mean / m;
            for (size_t i = 0; i < n; i++) {
                bool up = f->truth[i] != 0;
                double share = up ? positives / (double)n : 1 - positives / (double)n;
                double count = up ? m : rows - m, all = up ? positives : (double)n - positives;
                double p = (count - 1) / (all - 1), again = p + (1 - p) / more;
                double left = pow(1 - 1 / count, 2) + (count - 1) / (count * count) * again;
                double few = count > 1 ? 1 / sqrt(left) : 1; /* one alone has no deviation */
                if (fold[i] == v)
                    influence[i] += (v_of[i] - mean / m) / share * few *
                                    sqrt((double)n / (FOLDS * rows)) / (double)repeats;
            }
        }
    }
    return sum / (double)(FOLDS * repeats);
}

static double covariance(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum / ((double)n * (double)n);
}

Test(cv_auc, agrees_with_the_formula_row_by_row) {
    static struct folds f;
    static double influence[MODELS][ROWS];
    hone_rng rng = hone_rng_at(13, 1);
    for (int trial = 0; trial < 1000; trial++) {
        size_t repeats = 1 + (size_t)trial % REPEATS;
        hone_cv_auc cv = {0};
        hone_comparison c;
        make_random(&f, &rng, trial);
        size_t n = f.rows.n;
        cr_assert_eq(hone_cv_auc_make(&f.rows, f.fold, FOLDS, repeats, NULL, &cv, NULL), HONE_OK);
        for (size_t r = 0; r < MODELS; r++)
            cr_assert(close_to(cv.auc[r], brute(&f, r, repeats, influence[r])), "trial %d", trial);
        if (trial % 5 == 0 && trial / 5 % 5 < 2)
            cr_assert_eq(cv.auc[0], trial / 5 % 5 ? 0 : 1);
        for (size_t r = 0; r < MODELS; r++)
            for (size_t s = 0; s < MODELS; s++)
                cr_assert(close_to(cv.covariance[r * MODELS + s],
                                   covariance(influence[r], influence[s], n)),
                          "trial %d", trial);
        cr_assert_eq(hone_cv_auc_difference(&cv, 0, 1, 0.95, &c, NULL), HONE_OK);
        for (size_t i = 0; i < n; i++)
            influence[0][i] -= influence[1][i];
        double se = sqrt(covariance(influence[0], influence[0], n));
        cr_assert(close_to(c.difference.se, se), "trial %d", trial);
        cr_assert(close_to(c.test.statistic, (cv.auc[0] - cv.auc[1]) / se) || se == 0, "trial %d",
                  trial);
        hone_cv_auc_free(&cv);
    }
}

/* A partition repeated as it is adds nothing: neither to the AUC nor to what is known of it. */
Test(cv_auc, of_one_fold_repeats_change_nothing) {
    static struct folds f;
    static double twice[REPEATS * ROWS];
    static uint32_t none[REPEATS * ROWS];
    hone_rng rng = hone_rng_at(13, 5);
    hone_cv_auc once = {0}, again = {0};
    make(&f, &rng, ROWS, 50);
    for (size_t i = 0; i < REPEATS * ROWS; i++)
        twice[i] = f.score[i % ROWS];
    f.rows.models = 1;
    f.rows.score = twice;
    cr_assert_eq(hone_cv_auc_make(&f.rows, none, 1, 1, NULL, &once, NULL), HONE_OK);
    cr_assert_eq(hone_cv_auc_make(&f.rows, none, 1, REPEATS, NULL, &again, NULL), HONE_OK);
    cr_expect_float_eq(again.auc[0], once.auc[0], 1e-15);
    cr_expect_float_eq(again.covariance[0], once.covariance[0], 1e-15);
    hone_cv_auc_free(&once);
    hone_cv_auc_free(&again);
}

/* Deals each class of n / 2 rows, alternating, to `folds` folds at random. */
static void deal(hone_rng *rng, size_t n, size_t folds, uint32_t *fold) {
    size_t order[ROWS];
    for (size_t c = 0; c < 2; c++) {
        for (size_t i = 0; i < n / 2; i++)
            order[i] = i;
        hone_rng_shuffle(rng, order, n / 2);
        for (size_t i = 0; i < n / 2; i++)
            fold[2 * order[i] + c] = (uint32_t)(i % folds);
    }
}

/* A known model, folds of three positives: over many draws the AUC varies as much as it claims.
 * Without the term for repeats it would claim a fifth too little. */
Test(cv_auc, variance_of_repeats_is_that_of_many_draws) {
    enum { N = 30, R = 8, DRAWS = 4000 };
    double truth[N], score[R * N], sum = 0, square = 0, claimed = 0;
    uint32_t fold[R * N];
    hone_rng rng = hone_rng_at(13, 6);
    hone_scored rows = {.n = N, .models = 1, .truth = truth, .score = score};
    for (size_t i = 0; i < N; i++)
        truth[i] = i % 2 == 1;
    for (int draw = 0; draw < DRAWS; draw++) {
        hone_cv_auc cv = {0};
        for (size_t i = 0; i < R * N; i++)
            score[i] = i < N ? truth[i] + hone_rng_normal(&rng) : score[i - N];
        for (size_t r = 0; r < R; r++)
            deal(&rng, N, 5, fold + r * N);
        cr_assert_eq(hone_cv_auc_make(&rows, fold, 5, R, NULL, &cv, NULL), HONE_OK);
        sum += cv.auc[0] / DRAWS;
        square += cv.auc[0] * cv.auc[0] / DRAWS;
        claimed += cv.covariance[0] / DRAWS;
        hone_cv_auc_free(&cv);
    }
    cr_expect_float_eq(claimed / (square - sum * sum), 1, 0.1, "%g",
                       claimed / (square - sum * sum));
}

Test(cv_auc, clusters_add_up_first) {
    static struct folds f;
    double influence[ROWS], sums[ROWS] = {0};
    hone_rng rng = hone_rng_at(13, 2);
    hone_cv_auc cv = {0};
    make(&f, &rng, ROWS, 50);
    f.rows.models = 1;
    f.rows.cluster = f.cluster;
    cr_assert_eq(hone_cv_auc_make(&f.rows, f.fold, FOLDS, 1, NULL, &cv, NULL), HONE_OK);
    cr_expect_eq(cv.units, ROWS / 2);
    brute(&f, 0, 1, influence);
    for (size_t i = 0; i < ROWS; i++)
        sums[(size_t)f.cluster[i]] += influence[i];
    cr_expect_float_eq(cv.covariance[0], covariance(sums, sums, ROWS), 1e-15);
    hone_cv_auc_free(&cv);
}

Test(cv_auc, one_fold_is_delong) {
    hone_scored s = sheet();
    uint32_t fold[SHEET_ROWS] = {0};
    hone_cv_auc cv = {0};
    hone_interval i;
    hone_comparison c;
    cr_assert_eq(hone_cv_auc_make(&s, fold, 1, 1, NULL, &cv, NULL), HONE_OK);
    cr_expect_eq(cv.auc[0], 0.84375);
    cr_expect_float_eq(cv.covariance[0], 0.0123077876984127, 1e-16);
    cr_expect_float_eq(cv.covariance[1], 0.00620039682539683, 1e-16);
    cr_assert_eq(hone_cv_auc_difference(&cv, 0, 1, 0.95, &c, NULL), HONE_OK);
    cr_expect_float_eq(c.test.statistic, 0.487950036474267, 1e-13);
    cr_assert_eq(hone_cv_auc_interval(&cv, 0, HONE_AUC_WALD, 0.95, &i, NULL), HONE_OK);
    cr_expect_float_eq(i.low, 0.626310676, 1e-9);
    cr_expect_str_eq(i.method, "influence curve, Wald");
    hone_cv_auc_free(&cv);
}

Test(cv_auc, refusals_name_fold_and_row) {
    static struct folds f;
    hone_rng rng = hone_rng_at(13, 3);
    hone_cv_auc cv = {0};
    hone_interval i;
    hone_comparison c;
    hone_error err;
    make(&f, &rng, ROWS, 50);
    f.fold[2] = 9;
    cr_expect_eq(hone_cv_auc_make(&f.rows, f.fold, FOLDS, 1, NULL, &cv, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "cross-validated AUC: the fold of row 3 must be below 4, got 9");
    make(&f, &rng, ROWS, 50);
    f.score[2 * REPEATS * ROWS + ROWS + 4] = NAN;
    cr_expect_eq(hone_cv_auc_make(&f.rows, f.fold, FOLDS, 2, NULL, &cv, &err), HONE_EDATA);
    cr_expect_str_eq(
        err.message,
        "cross-validated AUC: the score of row 5 of model 3 must be a number, got nan");
    make(&f, &rng, ROWS, 50);
    for (size_t r = 0; r < ROWS; r++)
        f.fold[ROWS + r] = f.truth[r] != 0 ? 1 : (uint32_t)(r % FOLDS);
    cr_expect_eq(hone_cv_auc_make(&f.rows, f.fold, FOLDS, 2, NULL, &cv, &err), HONE_EDATA);
    cr_expect(strstr(err.message, "of repeat 2: ") && strstr(err.message, "got no positive"), "%s",
              err.message);
    cr_expect_eq(hone_cv_auc_make(&f.rows, f.fold, 0, 1, NULL, &cv, &err), HONE_EINVAL);
    make(&f, &rng, ROWS, 50);
    cr_assert_eq(hone_cv_auc_make(&f.rows, f.fold, FOLDS, 1, NULL, &cv, &err), HONE_OK);
    cr_expect_eq(hone_cv_auc_interval(&cv, 3, HONE_AUC_AUTO, 0.95, &i, &err), HONE_EINVAL);
    cr_expect_eq(hone_cv_auc_difference(&cv, 0, 3, 0.95, &c, &err), HONE_EINVAL);
    hone_cv_auc_free(&cv);
    hone_cv_auc_free(NULL);
}

Test(cv_auc, a_failed_allocation_is_a_failure_without_a_leak) {
    static struct folds f;
    hone_rng rng = hone_rng_at(13, 4);
    make(&f, &rng, ROWS, 50);
    f.rows.cluster = f.cluster;
    hone_monitor mon = {.threads = 1};
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_cv_auc cv = {0};
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_cv_auc_make(&f.rows, f.fold, FOLDS, 2, &mon, &cv, NULL);
        hone_alloc_fail_at(0, 0);
        hone_cv_auc_free(&cv);
        cr_assert_eq(hone_alloc_live(), live, "leak after failure %ld", k);
        if (status == HONE_OK) {
            cr_assert_gt(k, 40);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
    }
}

/* ---- scores of folds ------------------------------------------------------------------------- */

static const double TEN[] = {.02, .01, .03, -.01, .02, 0, .04, .01, .02, .01};

Test(cv_test, golden_vectors) {
    const double five[] = {.02, .03, .01, -.01, .04, .02, 0, .03, .02, .01};
    hone_comparison c;
    hone_rope rope;
    hone_test t, f;
    cr_assert_eq(hone_corrected_t(TEN, 10, 1 / 9.0, 0.95, &c, NULL), HONE_OK);
    cr_expect_float_eq(c.test.statistic, 2.27704232808, 1e-11);
    cr_expect_float_eq(c.test.p, 0.0487979344445, 1e-13);
    cr_expect_float_eq(c.difference.estimate, 0.015, 1e-17);
    cr_expect(c.difference.low > 0 && c.difference.low < 0.001, "p is just below 0.05");
    cr_expect_eq(c.test.df, 9);
    cr_assert_eq(hone_corrected_t(TEN, 10, 0, 0.95, &c, NULL), HONE_OK);
    cr_expect_float_eq(c.test.statistic, 3.30846579942, 1e-11);
    cr_expect_str_eq(c.test.method, "naive t");
    cr_assert_eq(hone_bayes_t(TEN, 10, 1 / 9.0, 0.01, &rope, NULL), HONE_OK);
    cr_expect_float_eq(rope.left, 0.00212470882544, 1e-14);
    cr_expect_float_eq(rope.rope, 0.231503508428, 1e-12);
    cr_expect_float_eq(rope.right, 0.766371782747, 1e-12);
    cr_assert_eq(hone_five_by_two(five, &t, &f, NULL), HONE_OK);
    cr_expect_float_eq(f.statistic, 49 / 19.0, 1e-14);
    cr_expect_float_eq(f.p, 0.153684951359, 1e-12);
    cr_expect_float_eq(t.statistic, 1.450952500, 1e-9);
    cr_expect_float_eq(t.p, 0.206496075, 1e-9);
    cr_expect(t.df == 5 && f.df == 10 && f.df2 == 5);
}

Test(cv_test, nothing_is_claimed_where_nothing_varies) {
    const double same[10] = {.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, zero[10] = {0};
    hone_comparison c;
    hone_rope rope;
    hone_test t, f;
    cr_assert_eq(hone_corrected_t(same, 10, 0.1, 0.95, &c, NULL), HONE_OK);
    cr_expect(isnan(c.test.p) && isnan(c.difference.low) && c.test.why);
    cr_expect_eq(c.difference.estimate, 0.1);
    cr_assert_eq(hone_corrected_t(zero, 10, 0.1, 0.95, &c, NULL), HONE_OK);
    cr_expect(c.test.p == 1 && c.difference.low == 0 && c.difference.high == 0);
    cr_assert_eq(hone_corrected_t(TEN, 1, 0.1, 0.95, &c, NULL), HONE_OK);
    cr_expect(isnan(c.test.p) && c.difference.estimate == 0.02);
    cr_assert_eq(hone_corrected_t(NULL, 0, 0.1, 0.95, &c, NULL), HONE_OK);
    cr_expect(isnan(c.difference.estimate));
    cr_assert_eq(hone_bayes_t(same, 10, 0.1, 0.01, &rope, NULL), HONE_OK);
    cr_expect(isnan(rope.right) && rope.why);
    cr_assert_eq(hone_bayes_t(zero, 10, 0.1, 0.01, &rope, NULL), HONE_OK);
    cr_expect(rope.left == 0 && rope.rope == 1 && rope.right == 0);
    cr_assert_eq(hone_bayes_t(TEN, 1, 0.1, 0.01, &rope, NULL), HONE_OK);
    cr_expect(isnan(rope.rope) && rope.why);
    cr_assert_eq(hone_five_by_two(same, &t, &f, NULL), HONE_OK);
    cr_expect(isnan(t.p) && isnan(f.p) && f.why);
    cr_assert_eq(hone_five_by_two(zero, &t, &f, NULL), HONE_OK);
    cr_expect(t.p == 1 && f.p == 1);
    cr_expect_eq(hone_five_by_two(TEN, NULL, NULL, NULL), HONE_OK);
}

Test(cv_test, refusals_are_sentences) {
    const double holes[] = {1, NAN, 2};
    hone_comparison c;
    hone_rope rope;
    hone_error err;
    cr_expect_eq(hone_corrected_t(holes, 3, 0.1, 0.95, &c, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "corrected t: value 2 must be finite, got nan");
    cr_expect_eq(hone_corrected_t(TEN, 10, -1, 0.95, &c, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "corrected t: the test rows per training row must be in [0, inf), got -1");
    cr_expect_eq(hone_corrected_t(TEN, 10, 0.1, 2, &c, &err), HONE_EINVAL);
    cr_expect_eq(hone_bayes_t(TEN, 10, 0.1, -1, &rope, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "Bayesian t: the rope must be in [0, inf), got -1");
    cr_expect_eq(hone_bayes_t(holes, 3, 0.1, 0, &rope, &err), HONE_EDATA);
}
