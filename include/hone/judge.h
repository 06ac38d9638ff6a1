/* judge.h -- how far a cross-validation can be trusted: an interval for every metric, a test for
 * every pair of models, and the sentence that claims no more than they do. */
#ifndef HONE_JUDGE_H
#define HONE_JUDGE_H

#include <hone/inference.h>
#include <hone/selection.h>

HONE_BEGIN_DECLS

/** The interval of a metric of one model. The AUC of two classes, unweighted, with both classes in
 *  every fold: by its influence curve (LeDell 2015). Otherwise the corrected resampled t of the
 *  folds' values (Nadeau & Bengio 2003). With one row left out: Wilson's for the accuracy, DeLong's
 *  for the AUC, else none. Bounds are cut to the range of a metric that has one. NaN with the
 * reason in out->why where there is none. HONE_EINVAL: no such model, level not in (0, 1). */
HONE_API HONE_NODISCARD hone_status hone_cv_interval(const hone_cv_result *result, size_t model,
                                                     const hone_metric *metric, double level,
                                                     const hone_monitor *mon, hone_interval *out,
                                                     hone_error *err);

/** Intervals of metrics on one test set, by drawing its rows again (classes each by themselves):
 *  percentile bootstrap. Any metric of the table, with weights too. replicates: 0 = 1000, fewer for
 *  more than 4000 rows, at least 200. out: n_metrics; NaN with the reason in `why` for a metric
 * that is undefined, here or in a tenth of the replicates, or that drawing rows shifts (a largest
 *  distance, a calibration error). The same bits for any number of threads.
 *  HONE_EINVAL: level not in (0, 1); else as hone_metric_compute(). Cost: replicates times that of
 *  the metrics. Reference: Efron & Tibshirani 1993. */
HONE_API HONE_NODISCARD hone_status hone_metric_intervals(
    const hone_metric *const *metrics, size_t n_metrics, const hone_outcome *outcome, double level,
    size_t replicates, uint64_t seed, const hone_monitor *mon, hone_interval *out, hone_error *err);

/** A mean that is near to what a model has that has learnt nothing. */
typedef struct hone_near_chance {
    double chance; /**< 0.5 of roc_auc; of accuracy the share of the largest class */
    double errors; /**< the mean is less than so many of its standard errors above that */
    double rate;   /**< up to so often does what is said at level 0.95 err there, not 0.05 */
    bool interval; /**< does that hold of its interval (roc_auc, and all with repeats) ... */
    bool test;     /**< ... and of the corrected t (with repeats)? */
} hone_near_chance;

/** Is the mean of a model so near chance that its interval, or a test of it, errs more often than
 *  it says? What such a model has learnt hangs on single rows, so that the folds' errors correlate
 *  more than these methods allow for; there is no estimate of how much (Bengio & Grandvalet 2004).
 *  Limits and rates are those of bench/null_simulation.c; metrics that it does not simulate, and
 *  one row left out, are never near. interval: of hone_cv_interval() for this metric. O(n). */
HONE_API bool hone_cv_near_chance(const hone_cv_result *result, const hone_metric *metric,
                                  const hone_interval *interval, hone_near_chance *out);

/** How two models were compared. */
typedef enum hone_pair_method {
    HONE_PAIR_CORRECTED_T, /**< corrected resampled t on the differences of the folds */
    HONE_PAIR_CV_AUC       /**< difference of cross-validated AUCs by influence curves */
} hone_pair_method;

/** Two models on the same folds: a - b in one metric. NaN = not known. */
typedef struct hone_pair {
    size_t a, b;
    hone_pair_method method;
    const hone_metric *metric;
    double difference, low, high;
    double statistic, p_value;
    double p_adjusted; /**< Holm over all pairs of this method */
    /** Posterior probabilities that a is better, that both are the same in practice, that b is
     *  better (Bayesian correlated t); NaN for CV_AUC. */
    double p_a_better, p_equivalent, p_b_better;
} hone_pair;

/** "corrected_t", "cv_auc". Static text. */
HONE_API const char *hone_pair_method_name(hone_pair_method method);

/** Compares every pair of models that finished all their folds with a value. rope: differences
 *  within [-rope, rope] do not matter in practice, >= 0. The corrected t for every pair, then, for
 *  the AUC of two classes where its interval is by influence curves, those. `*pairs` (`*n` of
 *  them; NULL when there are none) is freed with hone_pairs_free(). Nothing to compare with one
 *  row left out. O(models^2 folds + models n log n). */
HONE_API HONE_NODISCARD hone_status hone_cv_pairs(const hone_cv_result *result,
                                                  const hone_metric *metric, double rope,
                                                  double level, const hone_monitor *mon,
                                                  hone_pair **pairs, size_t *n, hone_error *err);
HONE_API void hone_pairs_free(hone_pair *pairs);

HONE_END_DECLS
#endif
