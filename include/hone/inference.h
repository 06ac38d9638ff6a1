/* inference.h -- how far an evaluation can be trusted: intervals, tests and comparisons.
 *
 * Rows are unweighted, but for the bootstrap and the choice of a threshold. What the numbers cannot
 * tell is NaN with the reason in `why`, never a bound or a p-value that only looks like one; a call
 * fails (and says why) only for arguments that are wrong. Tests are two-sided. */
#ifndef HONE_INFERENCE_H
#define HONE_INFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hone/monitor.h>

HONE_BEGIN_DECLS

/* ---- what comes out ------------------------------------------------------------------------- */

/** An estimate with its interval of confidence. */
typedef struct hone_interval {
    double estimate;
    double se; /**< standard error; NaN where the method has none */
    double low, high;
    double level;       /**< 0.95, as it was asked for */
    const char *method; /**< "DeLong, logit": static text */
    const char *why;    /**< NULL, or why something is NaN: static text */
} hone_interval;

/** A test of "there is no difference". */
typedef struct hone_test {
    double statistic;
    double df, df2; /**< degrees of freedom; NaN where the distribution has none */
    double p;
    const char *method; /**< "DeLong, paired": static text */
    const char *why;    /**< NULL, or why something is NaN: static text */
} hone_test;

/** First minus second: how large the difference is, and whether it is there at all. */
typedef struct hone_comparison {
    hone_interval difference;
    hone_test test;
} hone_comparison;

/* ---- AUC on one test set -------------------------------------------------------------------- */

/** Scores that models gave to the same rows; borrowed. */
typedef struct hone_scored {
    size_t n, models;
    const double *truth;   /**< n: non-zero = positive */
    const double *score;   /**< models x n: larger = more likely positive; may be infinite */
    const double *cluster; /**< n: rows with the same number belong together (one patient), or
                                NULL: every row stands alone */
    const double *weight;  /**< n: >= 0, rows of weight 0 are not there; or NULL: all 1 */
} hone_scored;

/** AUC of each model and how the AUCs vary together (DeLong; Obuchowski where rows come in
 *  clusters). Owned; free with hone_delong_free(). */
typedef struct hone_delong {
    size_t models, rows, positives, negatives;
    size_t clusters;               /**< 0: every row stands alone */
    size_t units_up, units_down;   /**< units with a positive, with a negative: rows or clusters */
    double *auc;                   /**< models */
    double *covariance;            /**< models x models; NaN with fewer than two units on a side */
    size_t length_up, length_down; /**< lengths of a row of: */
    double *up;   /**< models x length_up: sum over the unit's positives of (share of the negatives
                       below it, ties half) - AUC */
    double *down; /**< models x length_down: the same for negatives and the positives above */
} hone_delong;

/** Fails with HONE_EDATA for a NaN (row and model named), a class without rows, more than 2^28
 *  rows; HONE_EINVAL for weights, with which these variances have no published form. O(models n +
 * models^2 n), sorting by radix; parallel over models. Reference: DeLong, DeLong & Clarke-Pearson
 * 1988; Sun & Xu 2014; Obuchowski 1997. */
HONE_API HONE_NODISCARD hone_status hone_delong_make(const hone_scored *scores,
                                                     const hone_monitor *mon, hone_delong *out,
                                                     hone_error *err);
HONE_API void hone_delong_free(hone_delong *delong);

/** How an interval of an AUC is made. */
typedef enum hone_auc_method {
    HONE_AUC_AUTO,  /**< logit; score where the AUC is 0 or 1 or a class has fewer than 10 units */
    HONE_AUC_LOGIT, /**< normal on the log-odds of the AUC: stays in (0, 1) */
    HONE_AUC_SCORE, /**< Newcombe 2006, method 5: from the numbers of units alone, always defined */
    HONE_AUC_WALD   /**< normal on the AUC itself, cut to [0, 1]: for comparison with other tools */
} hone_auc_method;

/** The interval of one AUC. HONE_EINVAL: no such model, level not in (0, 1). O(1). */
HONE_API HONE_NODISCARD hone_status hone_auc_interval(const hone_delong *delong, size_t model,
                                                      hone_auc_method method, double level,
                                                      hone_interval *out, hone_error *err);

/** AUC of model a - AUC of model b on the same rows: z test and interval. Not valid for nested
 *  models fitted on the same rows (Demler 2012), nor for scores pooled over folds: use
 *  hone_cv_auc_difference() there. O(n). */
HONE_API HONE_NODISCARD hone_status hone_auc_difference(const hone_delong *delong, size_t a,
                                                        size_t b, double level,
                                                        hone_comparison *out, hone_error *err);

/** The same for AUCs on different rows, by Welch's t. O(1). */
HONE_API HONE_NODISCARD hone_status hone_auc_difference_unpaired(const hone_delong *first, size_t a,
                                                                 const hone_delong *second,
                                                                 size_t b, double level,
                                                                 hone_comparison *out,
                                                                 hone_error *err);

/** Are all AUCs the same? Chi-square with as many degrees of freedom as the differences have
 *  directions to vary in. O(models^2 n). */
HONE_API HONE_NODISCARD hone_status hone_auc_all_equal(const hone_delong *delong, hone_test *out,
                                                       hone_error *err);

/* ---- thresholds ------------------------------------------------------------------------------ */

/** What a good threshold is. */
typedef enum hone_criterion_kind {
    HONE_BEST_YOUDEN,      /**< largest TPR - FPR */
    HONE_BEST_CORNER,      /**< smallest (1 - TPR)^2 + FPR^2 */
    HONE_BEST_F_BETA,      /**< largest F-beta; value: beta */
    HONE_BEST_COST,        /**< smallest expected cost; value: cost of a false positive over cost of
                                a false negative */
    HONE_BEST_SENSITIVITY, /**< largest TNR with TPR >= value */
    HONE_BEST_SPECIFICITY, /**< largest TPR with TNR >= value */
    HONE_BEST_PRECISION,   /**< largest TPR with precision >= value */
    HONE_BEST_MCC          /**< largest Matthews correlation */
} hone_criterion_kind;

typedef struct hone_criterion {
    hone_criterion_kind kind;
    double value;      /**< see above */
    double prevalence; /**< for COST: of the rows to come; 0 = as in the sample */
} hone_criterion;

/** A threshold and what it does: score >= threshold counts as positive. */
typedef struct hone_threshold {
    double threshold; /**< midway between `score` and the next lower score; infinite when no row is
                           to count as positive; NaN when no threshold meets the criterion */
    double score;     /**< lowest score that counts as positive */
    double criterion; /**< what was made largest (of what is to be small: minus it) */
    double tp, fp, fn, tn;
    const char *why; /**< NULL, or why there is none: static text */
} hone_threshold;

/** Chooses on these rows, which should not be the ones on which the model is then judged; of
 *  equally good thresholds the highest; weights count. HONE_EDATA as for hone_delong_make() and for
 *  a weight that is negative or not finite (row named), HONE_EINVAL for a value out of its range.
 *  O(n). */
HONE_API HONE_NODISCARD hone_status hone_threshold_choose(const hone_scored *scores, size_t model,
                                                          const hone_criterion *criterion,
                                                          hone_threshold *out, hone_error *err);

/* ---- bootstrap ------------------------------------------------------------------------------- */

/** A number read off a ROC curve. */
typedef enum hone_statistic_kind {
    HONE_STATISTIC_AUC,
    HONE_STATISTIC_PARTIAL_FPR, /**< area with FPR in [low, high] */
    HONE_STATISTIC_PARTIAL_TPR, /**< area with TPR in [low, high], right of the curve */
    HONE_STATISTIC_AVERAGE_PRECISION,
    HONE_STATISTIC_YOUDEN,         /**< largest TPR - FPR */
    HONE_STATISTIC_TPR_AT_FPR,     /**< height of the curve at FPR = low; the top of a step */
    HONE_STATISTIC_THRESHOLD,      /**< threshold that meets the criterion */
    HONE_STATISTIC_THRESHOLD_TPR,  /**< sensitivity there */
    HONE_STATISTIC_THRESHOLD_TNR,  /**< specificity there */
    HONE_STATISTIC_PARTIAL_TWO_WAY /**< area with TPR >= low, FPR <= high, over that of this box */
} hone_statistic_kind;

typedef struct hone_statistic {
    hone_statistic_kind kind;
    double low, high;         /**< of a partial area; low alone: TPR_AT_FPR */
    bool standardised;        /**< partial areas: McClish's, 1/2 = chance; NaN below chance */
    hone_criterion criterion; /**< of the THRESHOLD kinds */
} hone_statistic;

/** Replicates of statistics of models. */
typedef struct hone_bootstrap hone_bootstrap;

/** Draws `replicates` samples (0 = 2000) with replacement, from the positives and the negatives
 *  apart, or whole clusters from those with positives only, negatives only and both. All models
 *  and statistics see the same samples, and the same seed gives the same bits for any number of
 *  threads and whichever other models are there. A row with a weight counts as often as it was
 *  drawn, times its weight. HONE_EDATA as for hone_threshold_choose(), HONE_EINVAL for a statistic
 *  out of its range. Free with hone_bootstrap_free().
 *  Cost: one sort per model, then O(models x statistics x n) per replicate without sorting. */
HONE_API HONE_NODISCARD hone_status hone_bootstrap_make(const hone_scored *scores,
                                                        const hone_statistic *statistics,
                                                        size_t n_statistics, size_t replicates,
                                                        uint64_t seed, const hone_monitor *mon,
                                                        hone_bootstrap **out, hone_error *err);
HONE_API void hone_bootstrap_free(hone_bootstrap *bootstrap);

/** The value on the sample itself; the values on the replicates (borrowed; their number goes to
 *  `*n`, NULL allowed). NaN and NULL when there is no such model or statistic. */
HONE_API double hone_bootstrap_estimate(const hone_bootstrap *bootstrap, size_t model,
                                        size_t statistic);
HONE_API const double *hone_bootstrap_replicates(const hone_bootstrap *bootstrap, size_t model,
                                                 size_t statistic, size_t *n);

/** How an interval is made of replicates. */
typedef enum hone_bootstrap_method {
    HONE_BOOTSTRAP_PERCENTILE, /**< their quantiles */
    HONE_BOOTSTRAP_BASIC,      /**< the same, mirrored at the estimate */
    HONE_BOOTSTRAP_BCA         /**< quantiles corrected for bias and skewness (Efron 1987) */
} hone_bootstrap_method;

/** NaN with a reason where the statistic is undefined on the sample or on any replicate. */
HONE_API HONE_NODISCARD hone_status hone_bootstrap_interval(const hone_bootstrap *bootstrap,
                                                            size_t model, size_t statistic,
                                                            hone_bootstrap_method method,
                                                            double level, hone_interval *out,
                                                            hone_error *err);

/** Model a - model b on the same replicates; the test compares the difference with its standard
 *  error over the replicates. */
HONE_API HONE_NODISCARD hone_status hone_bootstrap_difference(const hone_bootstrap *bootstrap,
                                                              size_t a, size_t b, size_t statistic,
                                                              hone_bootstrap_method method,
                                                              double level, hone_comparison *out,
                                                              hone_error *err);

/** A band around statistics first .. first + n - 1 (a curve: TPR at n values of FPR), cut to
 *  [0, 1]. Pointwise: each point by its percentiles. Simultaneous: the estimate +- the quantile of
 *  the replicates' largest deviation, so that the whole curve is inside. low, high: n. */
HONE_API HONE_NODISCARD hone_status hone_bootstrap_band(const hone_bootstrap *bootstrap,
                                                        size_t model, size_t first, size_t n,
                                                        bool simultaneous, double level,
                                                        double *low, double *high, hone_error *err);

/** Where the reliability curve (isotonic regression of y on p) of *calibrated* forecasts would lie:
 *  y ~ Bernoulli(p) is simulated `replicates` times (0 = 1000) and the curve refitted. proba: n in
 *  [0, 1]; grid: n_grid ascending probabilities at which low, high (n_grid) are given,
 *  interpolated between forecasts; NaN outside of their range. A curve outside the band speaks
 *  against calibration. O(n log n + replicates n). Reference: Dimitriadis, Gneiting & Jordan 2021.
 */
HONE_API HONE_NODISCARD hone_status hone_calibration_band(const double *proba, size_t n,
                                                          const double *grid, size_t n_grid,
                                                          size_t replicates, double level,
                                                          uint64_t seed, const hone_monitor *mon,
                                                          double *low, double *high,
                                                          hone_error *err);

/* ---- counts ---------------------------------------------------------------------------------- */

/** Share `hits` of `n` (accuracy, sensitivity, ...). exact: Clopper & Pearson, never too short and
 *  often too long; else Wilson 1927. n == 0 is NaN. HONE_EINVAL unless 0 <= hits <= n. */
HONE_API HONE_NODISCARD hone_status hone_proportion_interval(double hits, double n, bool exact,
                                                             double level, hone_interval *out,
                                                             hone_error *err);

/** Difference (b - c) / n of two models' shares of right rows, of which both were right on `both`,
 *  only the first on `b`, only the second on `c`, none on `neither`: Newcombe 1998, method 10. */
HONE_API HONE_NODISCARD hone_status hone_paired_proportions(double both, double b, double c,
                                                            double neither, double level,
                                                            hone_interval *out, hone_error *err);

/** TPR / FPR and FNR / TNR with log-normal intervals (Simel 1991); NaN where a count is 0. */
HONE_API HONE_NODISCARD hone_status hone_likelihood_ratios(double tp, double fn, double fp,
                                                           double tn, double level,
                                                           hone_interval *positive,
                                                           hone_interval *negative,
                                                           hone_error *err);

/** Average precision of m positives: normal on its log-odds (Boyd 2013); rough, the bootstrap is
 *  better. NaN at 0 and 1. */
HONE_API HONE_NODISCARD hone_status hone_average_precision_interval(double precision, double m,
                                                                    double level,
                                                                    hone_interval *out,
                                                                    hone_error *err);

/** McNemar's test on b and c, the rows that only the first, only the second model got right.
 *  mid: half the probability of what was seen counts, which is nearer to the level than exact. */
HONE_API HONE_NODISCARD hone_status hone_mcnemar(double b, double c, bool mid, hone_test *out,
                                                 hone_error *err);

/** Cochran's Q: do k models have the same share of right rows? right: models x n, 0 or 1. */
HONE_API HONE_NODISCARD hone_status hone_cochran_q(const double *right, size_t models, size_t n,
                                                   hone_test *out, hone_error *err);

/* ---- cross-validation ------------------------------------------------------------------------ */

/** AUCs averaged over test folds, with the covariance of the averages by influence curves. Owned;
 *  free with hone_cv_auc_free(). */
typedef struct hone_cv_auc {
    size_t models, rows, positives, negatives, folds, repeats;
    size_t units;       /**< rows or clusters */
    double *auc;        /**< models: mean over folds and repeats */
    double *fold_auc;   /**< models x repeats x folds */
    double *covariance; /**< models x models */
    double *influence;  /**< models x units: each unit's share of (mean - truth), times rows */
} hone_cv_auc;

/** scores->score: models x repeats x n out-of-fold scores; fold_of: repeats x n (hone_folds has
 *  it); scores->cluster: units of resampling that no fold cuts. Valid though the models of the
 *  folds share training rows: the fold AUCs are averaged, not the scores pooled. With several
 *  repeats the influence of a row is the mean of its influences. Folds are small, so squares are
 *  divided by the counts of a fold's classes less one, as DeLong does (over repeats by a little
 *  less still): errors are larger than the paper's. The theory has models in mind that hardly
 *  hang on single rows; near chance they do, and errors are too small by up to the root of two
 *  (bench/null_simulation.c). HONE_EDATA when a fold lacks a class (fold and repeat named).
 *  O(models repeats n). Reference: LeDell, Petersen & van der Laan 2015. */
HONE_API HONE_NODISCARD hone_status hone_cv_auc_make(const hone_scored *scores,
                                                     const uint32_t *fold_of, size_t folds,
                                                     size_t repeats, const hone_monitor *mon,
                                                     hone_cv_auc *out, hone_error *err);
HONE_API void hone_cv_auc_free(hone_cv_auc *cv);

HONE_API HONE_NODISCARD hone_status hone_cv_auc_interval(const hone_cv_auc *cv, size_t model,
                                                         hone_auc_method method, double level,
                                                         hone_interval *out, hone_error *err);
HONE_API HONE_NODISCARD hone_status hone_cv_auc_difference(const hone_cv_auc *cv, size_t a,
                                                           size_t b, double level,
                                                           hone_comparison *out, hone_error *err);

/** Corrected resampled t (Nadeau & Bengio 2003; Bouckaert & Frank 2004) on any scores of folds:
 *  difference: n values, of all folds of all repeats, in any metric; test_share: test rows over
 *  training rows (1 / (k - 1) for k folds), by which the variance is raised because the training
 *  sets overlap. Given one model's scores instead of differences, `difference` of the result is the
 * interval of its mean. test_share 0 is the naive t, which is wrong for folds. It tends to be a
 * little liberal. HONE_EDATA for a value that is not finite; fewer than two are NaN. */
HONE_API HONE_NODISCARD hone_status hone_corrected_t(const double *difference, size_t n,
                                                     double test_share, double level,
                                                     hone_comparison *out, hone_error *err);

/** Probabilities that the first model is worse, practically the same, better. */
typedef struct hone_rope {
    double left, rope, right;
    const char *why; /**< NULL, or why they are NaN: static text */
} hone_rope;

/** Bayesian correlated t (Corani & Benavoli 2015): differences within [-rope, rope] do not matter
 *  in practice. The rest as above. */
HONE_API HONE_NODISCARD hone_status hone_bayes_t(const double *difference, size_t n,
                                                 double test_share, double rope, hone_rope *out,
                                                 hone_error *err);

/** 5 x 2 cross-validation: t (Dietterich 1998) and F (Alpaydin 1999), the latter to be preferred.
 *  difference: 5 x 2, the two halves of a repeat side by side. t, f: NULL allowed. Near chance F
 *  rejects most true nulls, for the two halves err alike (bench/null_simulation.c). */
HONE_API HONE_NODISCARD hone_status hone_five_by_two(const double *difference, hone_test *t,
                                                     hone_test *f, hone_error *err);

/* ---- many data sets -------------------------------------------------------------------------- */

/** Friedman's test on score: sets x models. ranks (models, NULL allowed): mean ranks, 1 = best,
 * ties shared. f: Iman & Davenport's version, the better one. No correction for ties, as in Demsar
 * 2006. */
HONE_API HONE_NODISCARD hone_status hone_friedman(const double *score, size_t sets, size_t models,
                                                  bool greater_is_better, double *ranks,
                                                  hone_test *chi2, hone_test *f, hone_error *err);

/** Nemenyi's critical difference of two mean ranks at error alpha: q / sqrt(2) sqrt(k (k + 1) /
 *  (6 N)), q of the studentised range. */
HONE_API HONE_NODISCARD hone_status hone_nemenyi(size_t sets, size_t models, double alpha,
                                                 double *out, hone_error *err);

/** Wilcoxon's signed-rank test of n differences; zeros are left out. Exact, ties too, up to 100
 *  differences, then normal with corrections for ties and continuity. O(n log n), exact O(n^3). */
HONE_API HONE_NODISCARD hone_status hone_wilcoxon(const double *difference, size_t n,
                                                  hone_test *out, hone_error *err);

/** Holm's step-down: adjusted (n) p-values that hold for all n tests together; NaN stays NaN and
 *  does not count. adjusted may be p. O(n log n). */
HONE_API HONE_NODISCARD hone_status hone_holm(const double *p, size_t n, double *adjusted,
                                              hone_error *err);

HONE_END_DECLS
#endif
