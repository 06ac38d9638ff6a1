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
 *
 * One problem after the other has more to learn. Where there is nothing, the methods reject three
 * times too often, and that is no accident: fold v is judged by w_v = mean_(u != v) e_u, with e_u
 * the noise of fold u, so it errs by e_v'w_v, whose terms e_v'e_u come again when u is judged. The
 * errors of the folds correlate by 1 / (folds - 1), their mean has twice the variance that it
 * would have if they were independent, and P(|z| > 1.96 / sqrt 2) = 16.6 %. What is there to be
 * learnt adds e_v'delta, which does not come again and soon outweighs the rest. No unbiased
 * estimate of the variance from the folds alone exists (Bengio & Grandvalet 2004), so none is
 * tried; the limits of hone_cv_near_chance() are read off here.
 * Prints the shares of rejections. */
#include "core/rng.h"
#include "inference/special.h"

#include <hone/hone.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1000, WIDTH = 10, COLUMNS = 2 * WIDTH, FOLDS = 10, REPEATS = 10 };
static const double LEVEL = 0.95;

/* Rows of a cross-validation, and how far the classes are apart in each column. */
static const struct problem {
    size_t n;
    double shift;
} PROBLEMS[] = {{ROWS, 0},   {ROWS, 0.05}, {ROWS, 0.1}, {ROWS, 0.15}, {ROWS, 0.2}, {ROWS, 0.35},
                {ROWS, 0.6}, {100, 0},     {100, 0.2},  {100, 0.4},   {100, 0.6}};
enum { N_PROBLEMS = sizeof PROBLEMS / sizeof *PROBLEMS };

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
    CV_INTERVAL_100,
    CV_DIFFERENCE_100,
    CORRECTED_100,
    CORRECTED_10,
    ACCURACY_100,
    ACCURACY_10,
    F_5X2,
    NAIVE_100,
    NAIVE_10,
    TALLIES
};
static const char *const NAMES[] = {
    [DELONG] = "DeLong, paired test",
    [UNPAIRED] = "DeLong, unpaired test, twice as many rows",
    [LOGIT] = "DeLong, logit interval misses the AUC",
    [CV_INTERVAL] = "cvAUC, interval misses, 10 folds",
    [CV_DIFFERENCE] = "cvAUC, paired interval misses",
    [CV_INTERVAL_100] = "cvAUC, interval misses, 10 x 10",
    [CV_DIFFERENCE_100] = "cvAUC, paired interval, 10 x 10",
    [CORRECTED_100] = "corrected t, 10 x 10 folds",
    [CORRECTED_10] = "corrected t, 10 folds",
    [ACCURACY_100] = "corrected t of accuracy, 10 x 10",
    [ACCURACY_10] = "corrected t of accuracy, 10 folds",
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
    size_t n;
    double shift;
    double truth[ROWS], x[ROWS][COLUMNS];
    double score[2 * REPEATS * ROWS]; /* models x repeats x rows */
    uint32_t fold[REPEATS * ROWS];
    double accuracy[2 * REPEATS * FOLDS]; /* models x repeats x folds */
    double auc[2];                        /* true AUC of the models, mean over folds */
};

static void draw_data(hone_rng *rng, struct data *d) {
    for (size_t i = 0; i < d->n; i++) {
        d->truth[i] = i % 2 == 0;
        for (size_t j = 0; j < COLUMNS; j++)
            d->x[i][j] = d->shift * d->truth[i] + hone_rng_normal(rng);
    }
}

/* Shuffles each class of n / 2 rows and deals it to the folds in turn. */
static void draw_folds(hone_rng *rng, size_t n, size_t folds, uint32_t *fold) {
    size_t order[ROWS / 2];
    for (size_t c = 0; c < 2; c++) {
        for (size_t i = 0; i < n / 2; i++)
            order[i] = i;
        hone_rng_shuffle(rng, order, n / 2);
        for (size_t i = 0; i < n / 2; i++)
            fold[2 * order[i] + c] = (uint32_t)(i % folds);
    }
}

/* Means of the classes in a model's columns, without a fold. */
static void class_means(const struct data *d, size_t first, const uint32_t *fold, size_t held,
                        double mean[2][WIDTH]) {
    double count[2] = {0, 0};
    memset(mean, 0, 2 * sizeof *mean);
    for (size_t i = 0; i < d->n; i++) {
        size_t c = d->truth[i] != 0;
        count[c] += fold[i] != held;
        for (size_t j = 0; j < WIDTH && fold[i] != held; j++)
            mean[c][j] += d->x[i][first + j];
    }
    for (size_t c = 0; c < 2; c++)
        for (size_t j = 0; j < WIDTH; j++)
            mean[c][j] /= count[c];
}

/* Learns without a fold, scores it; returns the true AUC of what was learnt. */
static double fit_and_score(const struct data *d, size_t model, const uint32_t *fold, size_t held,
                            double *score, double *accuracy) {
    double mean[2][WIDTH], w[WIDTH], middle = 0, along = 0, square = 0, hits = 0, rows = 0;
    size_t first = model * WIDTH;
    class_means(d, first, fold, held, mean);
    for (size_t j = 0; j < WIDTH; j++) {
        w[j] = mean[1][j] - mean[0][j];
        middle += w[j] * (mean[1][j] + mean[0][j]) / 2;
        along += w[j] * d->shift;
        square += w[j] * w[j];
    }
    for (size_t i = 0; i < d->n; i++) {
        if (fold[i] != held)
            continue;
        score[i] = 0;
        for (size_t j = 0; j < WIDTH; j++)
            score[i] += w[j] * d->x[i][first + j];
        hits += (score[i] > middle) == (d->truth[i] != 0);
        rows++;
    }
    *accuracy = hits / rows;
    return hone_normal_cdf(along / sqrt(2 * square));
}

/* Scores of both models on `repeats` partitions into `folds`. */
static void cross_validate(hone_rng *rng, struct data *d, size_t folds, size_t repeats,
                           hone_cv_auc *out) {
    hone_error err;
    size_t n = d->n;
    d->auc[0] = d->auc[1] = 0;
    for (size_t r = 0; r < repeats; r++) {
        uint32_t *fold = d->fold + r * n;
        draw_folds(rng, n, folds, fold);
        for (size_t m = 0; m < 2; m++)
            for (size_t v = 0; v < folds; v++) {
                size_t run = m * repeats + r;
                double auc =
                    fit_and_score(d, m, fold, v, d->score + run * n, d->accuracy + run * folds + v);
                d->auc[m] += auc / (double)(folds * repeats);
            }
    }
    hone_scored rows = {.n = n, .models = 2, .truth = d->truth, .score = d->score};
    need(hone_cv_auc_make(&rows, d->fold, folds, repeats, NULL, out, &err), &err);
}

/* values: 2 models x n folds. */
static void differences(const double *values, size_t n, double *d) {
    for (size_t i = 0; i < n; i++)
        d[i] = values[i] - values[n + i];
}

static bool t_rejects(const double *values, size_t n, double test_share) {
    double d[FOLDS * REPEATS];
    hone_comparison c;
    hone_error err;
    differences(values, n, d);
    need(hone_corrected_t(d, n, test_share, LEVEL, &c, &err), &err);
    return c.test.p < 1 - LEVEL;
}

/* Do the intervals hold what was learnt? Returns how many errors the first is above chance. */
static double intervals(const struct data *d, const hone_cv_auc *cv, size_t *single,
                        size_t *paired) {
    hone_interval interval;
    hone_comparison c;
    hone_error err;
    need(hone_cv_auc_interval(cv, 0, HONE_AUC_AUTO, LEVEL, &interval, &err), &err);
    need(hone_cv_auc_difference(cv, 0, 1, LEVEL, &c, &err), &err);
    *single += misses(&interval, d->auc[0]);
    *paired += misses(&c.difference, d->auc[0] - d->auc[1]);
    return (interval.estimate - 0.5) / interval.se;
}

static double folds_10(hone_rng *rng, struct data *d, size_t *rejected) {
    hone_cv_auc cv = {0};
    cross_validate(rng, d, FOLDS, 1, &cv);
    double errors = intervals(d, &cv, &rejected[CV_INTERVAL], &rejected[CV_DIFFERENCE]);
    rejected[CORRECTED_10] += t_rejects(cv.fold_auc, FOLDS, 1.0 / (FOLDS - 1));
    rejected[ACCURACY_10] += t_rejects(d->accuracy, FOLDS, 1.0 / (FOLDS - 1));
    rejected[NAIVE_10] += t_rejects(cv.fold_auc, FOLDS, 0);
    hone_cv_auc_free(&cv);
    return errors;
}

static void folds_10x10(hone_rng *rng, struct data *d, size_t *rejected) {
    hone_cv_auc cv = {0};
    enum { ALL = FOLDS * REPEATS };
    cross_validate(rng, d, FOLDS, REPEATS, &cv);
    intervals(d, &cv, &rejected[CV_INTERVAL_100], &rejected[CV_DIFFERENCE_100]);
    rejected[CORRECTED_100] += t_rejects(cv.fold_auc, ALL, 1.0 / (FOLDS - 1));
    rejected[ACCURACY_100] += t_rejects(d->accuracy, ALL, 1.0 / (FOLDS - 1));
    rejected[NAIVE_100] += t_rejects(cv.fold_auc, ALL, 0);
    hone_cv_auc_free(&cv);
}

static void folds_5x2(hone_rng *rng, struct data *d, size_t *rejected) {
    hone_cv_auc cv = {0};
    double diff[10];
    hone_test f;
    hone_error err;
    cross_validate(rng, d, 2, 5, &cv);
    differences(cv.fold_auc, 10, diff);
    need(hone_five_by_two(diff, NULL, &f, &err), &err);
    rejected[F_5X2] += f.p < 1 - LEVEL;
    hone_cv_auc_free(&cv);
}

/* ---- problems -------------------------------------------------------------------------------- */

struct outcome {
    size_t rejected[TALLIES];
    double auc, errors; /* means over the trials: what is learnt, standard errors above chance */
};

static void cross_validation(const struct problem *problem, size_t trials, struct outcome *out) {
    struct data *data = malloc(sizeof *data);
    if (!data)
        exit(1);
    data->n = problem->n;
    data->shift = problem->shift;
    for (size_t i = 0; i < trials; i++) {
        hone_rng rng = hone_rng_at(2, i);
        draw_data(&rng, data);
        out->errors += folds_10(&rng, data, out->rejected) / (double)trials;
        out->auc += data->auc[0] / (double)trials;
        folds_10x10(&rng, data, out->rejected);
        folds_5x2(&rng, data, out->rejected);
    }
    free(data);
}

static void print_problems(const struct outcome *of, size_t trials) {
    printf("\n%-34s", "cross-validation: rows");
    for (size_t p = 0; p < N_PROBLEMS; p++)
        printf("%6zu", PROBLEMS[p].n);
    printf("\n%-34s", "AUC of what is learnt");
    for (size_t p = 0; p < N_PROBLEMS; p++)
        printf("%6.3f", of[p].auc);
    printf("\n%-34s", "standard errors above chance");
    for (size_t p = 0; p < N_PROBLEMS; p++)
        printf("%6.1f", of[p].errors);
    printf("\n\nat level 5 %%, rejects in %%\n");
    for (size_t t = CV_INTERVAL; t < TALLIES; t++) {
        printf("%-34s", NAMES[t]);
        for (size_t p = 0; p < N_PROBLEMS; p++)
            printf("%6.2f", 100 * (double)of[p].rejected[t] / (double)trials);
        putchar('\n');
    }
    printf("standard error of 5 %%: %.2f\n", 100 * sqrt(0.05 * 0.95 / (double)trials));
}

int main(int argc, char **argv) {
    size_t trials = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000, rejected[TALLIES] = {0};
    struct outcome of[N_PROBLEMS] = {0};
    double start = hone_now();
    for (size_t i = 0; i < trials; i++) {
        hone_rng rng = hone_rng_at(1, i);
        test_set(&rng, rejected);
    }
    printf("%-58s %8s %6s\n\none test set of %d rows\n", "at level 5 %", "rejects", "+-", ROWS);
    print_rows(DELONG, CV_INTERVAL, rejected, trials);
    for (size_t p = 0; p < N_PROBLEMS; p++)
        cross_validation(&PROBLEMS[p], trials, &of[p]);
    print_problems(of, trials);
    printf("\n%zu trials in %.1f s\n", trials, hone_now() - start);
    return 0;
}
