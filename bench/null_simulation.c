/* null_simulation.c -- how often tests reject what is true. At level 5 % it should be 5 %.
 *
 *     null_simulation [trials]
 *
 * One test set: normal scores of two models with the same AUC, which share half of their noise.
 * Cross-validation: rows of two classes with twenty normal columns; the first model sees half of
 * them, the second the others, both by the difference of the class means. The two are the same
 * by symmetry, so no difference is there to be found. What the interval of a cross-validated AUC
 * should hold is known exactly: the mean over folds of Phi(w'delta / (|w| sqrt 2)), w the
 * direction that the fold has learnt; its interval is for many rows, as its theory is.
 * In the second problem there is little to learn: what is learnt hangs on the rows, and all of
 * these methods reject too often, the naive ones most. Prints the share of rejections and its
 * standard error. */
#include "core/rng.h"
#include "inference/special.h"

#include <hone/hone.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1000, WIDTH = 10, COLUMNS = 2 * WIDTH, FOLDS = 10, REPEATS = 10 };
static const double SHIFTS[] = {0.35, 0.1}, LEVEL = 0.95;

static void need(hone_status status, const hone_error *err) {
    if (status == HONE_OK)
        return;
    fprintf(stderr, "%s\n", err->message);
    exit(1);
}

/* ---- tallies --------------------------------------------------------------------------------- */

enum {
    DELONG,
    UNPAIRED,
    LOGIT,
    CV_INTERVAL,
    CV_DIFFERENCE,
    CORRECTED_100,
    CORRECTED_10,
    F_5X2,
    NAIVE_100,
    NAIVE_10,
    TALLIES
};
static const char *const NAMES[] = {
    [DELONG] = "DeLong, paired test",
    [UNPAIRED] = "DeLong, unpaired test, twice as many rows",
    [LOGIT] = "DeLong, logit interval misses the AUC",
    [CV_INTERVAL] = "cross-validated AUC, interval misses the truth, 10 folds",
    [CV_DIFFERENCE] = "cross-validated AUC, paired interval misses the truth",
    [CORRECTED_100] = "corrected t, 10 x 10 folds",
    [CORRECTED_10] = "corrected t, 10 folds",
    [F_5X2] = "5 x 2 folds, F",
    [NAIVE_100] = "naive t, 10 x 10 folds: wrong",
    [NAIVE_10] = "naive t, 10 folds: wrong",
};

static void print_rows(size_t first, size_t end, const size_t *rejected, size_t trials) {
    for (size_t i = first; i < end; i++) {
        double share = (double)rejected[i] / (double)trials;
        printf("%-58s %6.2f %% %6.2f\n", NAMES[i], 100 * share,
               100 * sqrt(share * (1 - share) / (double)trials));
    }
}

static bool misses(const hone_interval *interval, double truth) {
    return !(interval->low <= truth && truth <= interval->high);
}

/* ---- one test set ---------------------------------------------------------------------------- */

static void draw_scores(hone_rng *rng, double *truth, double *score) {
    for (size_t i = 0; i < ROWS; i++) {
        truth[i] = i % 5 < 2;
        double shared = hone_rng_normal(rng);
        for (size_t r = 0; r < 2; r++)
            score[r * ROWS + i] = 1.2 * truth[i] + M_SQRT1_2 * (shared + hone_rng_normal(rng));
    }
}

static void test_set(hone_rng *rng, size_t *rejected) {
    double truth[ROWS], score[2][2 * ROWS];
    hone_delong first = {0}, second = {0};
    hone_comparison paired, unpaired;
    hone_interval interval;
    hone_error err;
    for (size_t s = 0; s < 2; s++) {
        draw_scores(rng, truth, score[s]);
        hone_scored rows = {.n = ROWS, .models = 2, .truth = truth, .score = score[s]};
        need(hone_delong_make(&rows, NULL, s ? &second : &first, &err), &err);
    }
    need(hone_auc_difference(&first, 0, 1, LEVEL, &paired, &err), &err);
    need(hone_auc_difference_unpaired(&first, 0, &second, 0, LEVEL, &unpaired, &err), &err);
    need(hone_auc_interval(&first, 0, HONE_AUC_LOGIT, LEVEL, &interval, &err), &err);
    rejected[DELONG] += paired.test.p < 1 - LEVEL;
    rejected[UNPAIRED] += unpaired.test.p < 1 - LEVEL;
    rejected[LOGIT] += misses(&interval, hone_normal_cdf(1.2 * M_SQRT1_2));
    hone_delong_free(&first);
    hone_delong_free(&second);
}

/* ---- cross-validation ------------------------------------------------------------------------ */

struct data {
    double truth[ROWS], x[ROWS][COLUMNS];
    double score[2 * REPEATS * ROWS]; /* models x repeats x rows */
    uint32_t fold[REPEATS * ROWS];
    double shift;
    double auc[2]; /* true AUC of the models of the first repeat, mean over its folds */
};

static void draw_data(hone_rng *rng, struct data *d) {
    for (size_t i = 0; i < ROWS; i++) {
        d->truth[i] = i % 2 == 0;
        for (size_t j = 0; j < COLUMNS; j++)
            d->x[i][j] = d->shift * d->truth[i] + hone_rng_normal(rng);
    }
}

/* Shuffles each class and deals it to the folds in turn. */
static void draw_folds(hone_rng *rng, size_t folds, uint32_t *fold) {
    size_t order[ROWS / 2];
    for (size_t c = 0; c < 2; c++) {
        for (size_t i = 0; i < ROWS / 2; i++)
            order[i] = i;
        hone_rng_shuffle(rng, order, ROWS / 2);
        for (size_t i = 0; i < ROWS / 2; i++)
            fold[2 * order[i] + c] = (uint32_t)(i % folds);
    }
}

/* Learns without a fold, scores it; returns the true AUC of what was learnt. */
static double fit_and_score(const struct data *d, size_t model, const uint32_t *fold, size_t held,
                            double *score) {
    double w[WIDTH] = {0}, count[2] = {0, 0}, along = 0, square = 0;
    size_t first = model * WIDTH;
    for (size_t i = 0; i < ROWS; i++)
        count[d->truth[i] != 0] += fold[i] != held;
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < WIDTH && fold[i] != held; j++)
            w[j] += d->x[i][first + j] * (d->truth[i] != 0 ? 1 / count[1] : -1 / count[0]);
    for (size_t j = 0; j < WIDTH; j++) {
        along += w[j] * d->shift;
        square += w[j] * w[j];
    }
    for (size_t i = 0; i < ROWS; i++) {
        if (fold[i] != held)
            continue;
        score[i] = 0;
        for (size_t j = 0; j < WIDTH; j++)
            score[i] += w[j] * d->x[i][first + j];
    }
    return hone_normal_cdf(along / sqrt(2 * square));
}

/* Scores of both models on `repeats` partitions into `folds`. */
static void cross_validate(hone_rng *rng, struct data *d, size_t folds, size_t repeats,
                           hone_cv_auc *out) {
    hone_error err;
    d->auc[0] = d->auc[1] = 0;
    for (size_t r = 0; r < repeats; r++) {
        draw_folds(rng, folds, d->fold + r * ROWS);
        for (size_t m = 0; m < 2; m++)
            for (size_t v = 0; v < folds; v++) {
                double auc =
                    fit_and_score(d, m, d->fold + r * ROWS, v, d->score + (m * repeats + r) * ROWS);
                d->auc[m] += r == 0 ? auc / (double)folds : 0;
            }
    }
    hone_scored rows = {.n = ROWS, .models = 2, .truth = d->truth, .score = d->score};
    need(hone_cv_auc_make(&rows, d->fold, folds, repeats, NULL, out, &err), &err);
}

/* Differences of the AUCs of all folds. */
static void differences(const hone_cv_auc *cv, double *d) {
    size_t parts = cv->folds * cv->repeats;
    for (size_t i = 0; i < parts; i++)
        d[i] = cv->fold_auc[i] - cv->fold_auc[parts + i];
}

static bool t_rejects(const double *d, size_t n, double test_share) {
    hone_comparison c;
    hone_error err;
    need(hone_corrected_t(d, n, test_share, LEVEL, &c, &err), &err);
    return c.test.p < 1 - LEVEL;
}

static void folds_10(hone_rng *rng, struct data *d, size_t *rejected) {
    hone_cv_auc cv = {0};
    hone_interval interval;
    hone_comparison c;
    hone_error err;
    double diff[FOLDS];
    cross_validate(rng, d, FOLDS, 1, &cv);
    differences(&cv, diff);
    need(hone_cv_auc_interval(&cv, 0, HONE_AUC_AUTO, LEVEL, &interval, &err), &err);
    need(hone_cv_auc_difference(&cv, 0, 1, LEVEL, &c, &err), &err);
    rejected[CV_INTERVAL] += misses(&interval, d->auc[0]);
    rejected[CV_DIFFERENCE] += misses(&c.difference, d->auc[0] - d->auc[1]);
    rejected[CORRECTED_10] += t_rejects(diff, FOLDS, 1.0 / (FOLDS - 1));
    rejected[NAIVE_10] += t_rejects(diff, FOLDS, 0);
    hone_cv_auc_free(&cv);
}

static void folds_10x10(hone_rng *rng, struct data *d, size_t *rejected) {
    hone_cv_auc cv = {0};
    double diff[FOLDS * REPEATS];
    cross_validate(rng, d, FOLDS, REPEATS, &cv);
    differences(&cv, diff);
    rejected[CORRECTED_100] += t_rejects(diff, FOLDS * REPEATS, 1.0 / (FOLDS - 1));
    rejected[NAIVE_100] += t_rejects(diff, FOLDS * REPEATS, 0);
    hone_cv_auc_free(&cv);
}

static void folds_5x2(hone_rng *rng, struct data *d, size_t *rejected) {
    hone_cv_auc cv = {0};
    double diff[10];
    hone_test f;
    hone_error err;
    cross_validate(rng, d, 2, 5, &cv);
    differences(&cv, diff);
    need(hone_five_by_two(diff, NULL, &f, &err), &err);
    rejected[F_5X2] += f.p < 1 - LEVEL;
    hone_cv_auc_free(&cv);
}

static void cross_validation(double shift, size_t trials) {
    size_t rejected[TALLIES] = {0};
    struct data *data = malloc(sizeof *data);
    double area = 0;
    for (size_t i = 0; data && i < trials; i++) {
        hone_rng rng = hone_rng_at(2, i);
        data->shift = shift;
        draw_data(&rng, data);
        folds_10(&rng, data, rejected);
        area += data->auc[0] / (double)trials;
        folds_10x10(&rng, data, rejected);
        folds_5x2(&rng, data, rejected);
    }
    free(data);
    printf("\ncross-validation, AUC of what is learnt %.3f\n", area);
    print_rows(CV_INTERVAL, TALLIES, rejected, trials);
}

int main(int argc, char **argv) {
    size_t trials = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000, rejected[TALLIES] = {0};
    double start = hone_now();
    for (size_t i = 0; i < trials; i++) {
        hone_rng rng = hone_rng_at(1, i);
        test_set(&rng, rejected);
    }
    printf("%-58s %8s %6s\n\none test set\n", "at level 5 %", "rejects", "+-");
    print_rows(DELONG, CV_INTERVAL, rejected, trials);
    for (size_t s = 0; s < sizeof SHIFTS / sizeof *SHIFTS; s++)
        cross_validation(SHIFTS[s], trials);
    printf("\n%zu trials of %d rows in %.1f s\n", trials, ROWS, hone_now() - start);
    return 0;
}
