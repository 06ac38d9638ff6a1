/* metrics.h -- the one table of metrics, and what several metrics share.
 *
 * A new metric is one row of HONE_METRICS and one function hone_metric_<name>() of the type of
 * hone_metric.compute, in the file of its idea. It can rely on a checked outcome: at least one
 * row, every part that the row says it needs, codes in range, finite numbers, weights >= 0 with a
 * positive sum. */
#ifndef HONE_METRICS_IMPL_H
#define HONE_METRICS_IMPL_H

#include <hone/curves.h>
#include <hone/metrics.h>

/* clang-format off */
#define HONE_BOTH (HONE_FOR_BINARY | HONE_FOR_MULTICLASS)
/* name, tasks, is greater better, needs, help; in the order in which they are shown. */
#define HONE_METRICS(X) \
    X(roc_auc,                    HONE_FOR_BINARY,     true,  SCORE, "area under the ROC curve: share of (positive, negative) pairs in the right order, ties one half") \
    X(accuracy,                   HONE_BOTH,           true,  LABEL, "share of rows whose class is right") \
    X(balanced_accuracy,          HONE_BOTH,           true,  LABEL, "mean recall of the classes that occur") \
    X(f1,                         HONE_FOR_BINARY,     true,  LABEL, "harmonic mean of precision and recall of the positive class") \
    X(precision,                  HONE_FOR_BINARY,     true,  LABEL, "share of positives among rows predicted positive") \
    X(recall,                     HONE_FOR_BINARY,     true,  LABEL, "share of positives that are predicted positive") \
    X(specificity,                HONE_FOR_BINARY,     true,  LABEL, "share of negatives that are predicted negative") \
    X(negative_predictive_value,  HONE_FOR_BINARY,     true,  LABEL, "share of negatives among rows predicted negative") \
    X(f2,                         HONE_FOR_BINARY,     true,  LABEL, "F-beta of the positive class, recall twice as important as precision") \
    X(f05,                        HONE_FOR_BINARY,     true,  LABEL, "F-beta of the positive class, precision twice as important as recall") \
    X(jaccard,                    HONE_FOR_BINARY,     true,  LABEL, "positives predicted positive among rows that are positive or predicted so") \
    X(positive_likelihood_ratio,  HONE_FOR_BINARY,     true,  LABEL, "recall over the share of negatives that are predicted positive") \
    X(negative_likelihood_ratio,  HONE_FOR_BINARY,     false, LABEL, "share of positives that are missed over specificity") \
    X(matthews_corrcoef,          HONE_BOTH,           true,  LABEL, "correlation of predicted and true classes") \
    X(cohen_kappa,                HONE_BOTH,           true,  LABEL, "agreement beyond chance") \
    X(cohen_kappa_linear,         HONE_FOR_MULTICLASS, true,  LABEL, "agreement beyond chance of ordered classes, misses cost their distance") \
    X(cohen_kappa_quadratic,      HONE_FOR_MULTICLASS, true,  LABEL, "agreement beyond chance of ordered classes, misses cost their squared distance") \
    X(f1_macro,                   HONE_BOTH,           true,  LABEL, "F1 of each class, plain mean") \
    X(precision_macro,            HONE_BOTH,           true,  LABEL, "precision of each class, plain mean; 0 for a class never predicted") \
    X(recall_macro,               HONE_BOTH,           true,  LABEL, "recall of each class, plain mean; 0 for a class only predicted") \
    X(jaccard_macro,              HONE_BOTH,           true,  LABEL, "Jaccard index of each class, plain mean") \
    X(f1_weighted,                HONE_BOTH,           true,  LABEL, "F1 of each class, mean weighted by the class's rows") \
    X(precision_weighted,         HONE_BOTH,           true,  LABEL, "precision of each class, mean weighted by the class's rows") \
    X(recall_weighted,            HONE_BOTH,           true,  LABEL, "recall of each class, mean weighted by the class's rows (= accuracy)") \
    X(jaccard_weighted,           HONE_BOTH,           true,  LABEL, "Jaccard index of each class, mean weighted by the class's rows") \
    X(f1_micro,                   HONE_FOR_MULTICLASS, true,  LABEL, "F1 of all classes counted together (= accuracy)") \
    X(precision_micro,            HONE_FOR_MULTICLASS, true,  LABEL, "precision of all classes counted together (= accuracy)") \
    X(recall_micro,               HONE_FOR_MULTICLASS, true,  LABEL, "recall of all classes counted together (= accuracy)") \
    X(jaccard_micro,              HONE_FOR_MULTICLASS, true,  LABEL, "Jaccard index of all classes counted together") \
    X(zero_one_loss,              HONE_BOTH,           false, LABEL, "share of rows whose class is wrong") \
    X(log_loss,                   HONE_BOTH,           false, PROBA, "mean of -log of the probability given to the true class") \
    X(brier_score,                HONE_BOTH,           false, PROBA, "mean squared error of the probabilities; summed over classes if more than two") \
    X(d2_log_loss,                HONE_BOTH,           true,  PROBA, "share of the log loss of knowing the class shares alone that is saved") \
    X(d2_brier_score,             HONE_BOTH,           true,  PROBA, "share of the Brier score of knowing the class shares alone that is saved (Brier skill score)") \
    X(top_2_accuracy,             HONE_FOR_MULTICLASS, true,  PROBA, "share of rows whose class is among the 2 most probable") \
    X(top_3_accuracy,             HONE_FOR_MULTICLASS, true,  PROBA, "share of rows whose class is among the 3 most probable") \
    X(top_5_accuracy,             HONE_FOR_MULTICLASS, true,  PROBA, "share of rows whose class is among the 5 most probable") \
    X(average_precision,          HONE_FOR_BINARY,     true,  SCORE, "mean precision over the positives found one after the other (area under precision and recall)") \
    X(average_precision_skill,    HONE_FOR_BINARY,     true,  SCORE, "normalised average precision: the share of what can be gained over the share of positives; 0 is chance, 1 perfect") \
    X(partial_auc,                HONE_FOR_BINARY,     true,  SCORE, "area under the ROC curve where FPR <= 0.1, on McClish's scale: 0.5 is chance, 1 perfect") \
    X(partial_auc_tpr,            HONE_FOR_BINARY,     true,  SCORE, "area right of the ROC curve where TPR >= 0.9, on McClish's scale: 0.5 is chance, 1 perfect") \
    X(partial_auc_two_way,        HONE_FOR_BINARY,     true,  SCORE, "share of the box FPR <= 0.5, TPR >= 0.5 that is under the ROC curve: 0 is chance, 1 perfect") \
    X(roc_auc_hull,               HONE_FOR_BINARY,     true,  SCORE, "area under the convex hull of the ROC curve: what the best monotone recalibration reaches") \
    X(ks_statistic,               HONE_FOR_BINARY,     true,  SCORE, "largest distance between TPR and FPR, in either direction (Kolmogorov-Smirnov)") \
    X(hinge_loss,                 HONE_FOR_BINARY,     false, SCORE, "mean of max(0, 1 - decision value of the right sign)") \
    X(roc_auc_ovr,                HONE_FOR_MULTICLASS, true,  PROBA, "AUC of each class against the rest, plain mean") \
    X(roc_auc_ovr_weighted,       HONE_FOR_MULTICLASS, true,  PROBA, "AUC of each class against the rest, mean weighted by the class's rows") \
    X(roc_auc_ovr_micro,          HONE_FOR_MULTICLASS, true,  PROBA, "AUC of all (row, class) pairs together") \
    X(roc_auc_ovo,                HONE_FOR_MULTICLASS, true,  PROBA, "AUC of each pair of classes, plain mean (Hand and Till's M)") \
    X(roc_auc_ovo_weighted,       HONE_FOR_MULTICLASS, true,  PROBA, "AUC of each pair of classes, mean weighted by the rows of both") \
    X(auc_mu,                     HONE_FOR_MULTICLASS, true,  PROBA, "AUC of each pair of classes by the difference of their probabilities, plain mean") \
    X(average_precision_macro,    HONE_FOR_MULTICLASS, true,  PROBA, "average precision of each class against the rest, plain mean") \
    X(average_precision_weighted, HONE_FOR_MULTICLASS, true,  PROBA, "average precision of each class, mean weighted by the class's rows") \
    X(average_precision_micro,    HONE_FOR_MULTICLASS, true,  PROBA, "average precision of all (row, class) pairs together") \
    X(ece,                        HONE_FOR_BINARY,     false, PROBA, "expected calibration error: |share of positives - mean probability| over 10 bins of equal width") \
    X(ece_equal_mass,             HONE_FOR_BINARY,     false, PROBA, "expected calibration error over 10 bins of equally many rows") \
    X(ece_debiased,               HONE_FOR_BINARY,     false, PROBA, "root mean squared calibration error over 10 bins of equally many rows, less what chance alone makes of it") \
    X(mce,                        HONE_FOR_BINARY,     false, PROBA, "largest calibration error of 10 bins of equal width") \
    X(miscalibration,             HONE_FOR_BINARY,     false, PROBA, "part of the Brier score that recalibrating would save (CORP)") \
    X(discrimination,             HONE_FOR_BINARY,     true,  PROBA, "Brier score of knowing the prevalence alone less that after recalibrating (CORP)") \
    X(ece_top_label,              HONE_FOR_MULTICLASS, false, PROBA, "expected calibration error of the most probable class, 10 bins of equal width") \
    X(ece_classwise,              HONE_FOR_MULTICLASS, false, PROBA, "expected calibration error of each class against the rest, plain mean") \
    X(r2,                         HONE_FOR_REGRESSION, true,  LABEL, "share of the variance that is explained") \
    X(rmse,                       HONE_FOR_REGRESSION, false, LABEL, "root of the mean squared error") \
    X(mae,                        HONE_FOR_REGRESSION, false, LABEL, "mean absolute error") \
    X(mse,                        HONE_FOR_REGRESSION, false, LABEL, "mean squared error") \
    X(median_ae,                  HONE_FOR_REGRESSION, false, LABEL, "median of the absolute errors") \
    X(max_error,                  HONE_FOR_REGRESSION, false, LABEL, "largest absolute error") \
    X(explained_variance,         HONE_FOR_REGRESSION, true,  LABEL, "share of the variance that is explained, a constant error forgiven") \
    X(mape,                       HONE_FOR_REGRESSION, false, LABEL, "mean of absolute error over absolute true value") \
    X(msle,                       HONE_FOR_REGRESSION, false, LABEL, "mean squared error of log(1 + value)") \
    X(rmsle,                      HONE_FOR_REGRESSION, false, LABEL, "root of the mean squared error of log(1 + value)") \
    X(d2_absolute_error,          HONE_FOR_REGRESSION, true,  LABEL, "share of the absolute error of always predicting the median that is saved") \
    X(poisson_deviance,           HONE_FOR_REGRESSION, false, LABEL, "mean Poisson deviance, for counts: true values >= 0, predicted > 0") \
    X(gamma_deviance,             HONE_FOR_REGRESSION, false, LABEL, "mean gamma deviance, for positive values") \
    X(d2_poisson,                 HONE_FOR_REGRESSION, true,  LABEL, "share of the Poisson deviance of always predicting the mean that is saved") \
    X(d2_gamma,                   HONE_FOR_REGRESSION, true,  LABEL, "share of the gamma deviance of always predicting the mean that is saved") \
    X(pinball_loss_10,            HONE_FOR_REGRESSION, false, LABEL, "pinball loss of predicted quantiles 0.1") \
    X(pinball_loss_50,            HONE_FOR_REGRESSION, false, LABEL, "pinball loss of predicted medians (half the MAE)") \
    X(pinball_loss_90,            HONE_FOR_REGRESSION, false, LABEL, "pinball loss of predicted quantiles 0.9")
/* clang-format on */

#define HONE_DECLARE_METRIC(name, tasks, greater, needs, help)                                 \
    hone_status hone_metric_##name(const hone_outcome *outcome, double *out, const char **why, \
                                   hone_error *err);
HONE_METRICS(HONE_DECLARE_METRIC)
#undef HONE_DECLARE_METRIC

/* What a metric returns when it has no value: *out = NaN and the reason (static text). */
hone_status hone_undefined(const char *reason, double *out, const char **why);
/* A reason: the true values differ, but their spread, which is divided by, is below every double.
 */
extern const char *const hone_spread_underflows;
static inline void hone_clear_why(const char **why) {
    if (why)
        *why = NULL;
}

/* Everything that hone_metric_compute() promises to look at; in check.c. */
HONE_NODISCARD hone_status hone_outcome_check(const hone_metric *metric,
                                              const hone_outcome *outcome, hone_error *err);
/* n weights (or NULL) finite and >= 0, with a positive sum; `who` is named in the message. */
HONE_NODISCARD hone_status hone_weights_check(const char *who, const double *weight, size_t n,
                                              hone_error *err);
/* n class codes below k; `what` names them in the message. */
HONE_NODISCARD hone_status hone_codes_check(const char *who, const char *what, const double *code,
                                            size_t n, size_t k, hone_error *err);

/* ---- means over rows: rows.c ---------------------------------------------------------------- */

/* Writes the terms of the n rows from `first` on to terms[0 .. n-1]; n <= 256. */
typedef void hone_row_terms(const hone_outcome *outcome, const void *with, size_t first, size_t n,
                            double *terms);
/* Weighted mean of the terms of all rows; `with` is handed to each call. O(n). */
double hone_row_mean(const hone_outcome *outcome, hone_row_terms *terms, const void *with);

/* ---- what real values look like: regression.c ------------------------------------------------ */

/* Is the truth the same in all rows that count? Asked exactly: its computed variance may be a
 * rounding error above 0. */
bool hone_truth_is_constant(const hone_outcome *outcome);
/* Are the n values all > least (or == least, if or_at) in the rows that count? */
bool hone_values_above(const hone_outcome *outcome, const double *value, double least, bool or_at);

/* ---- counts of labels: confusion.c ---------------------------------------------------------- */

/* The margins and the diagonal of the confusion matrix. Whole numbers when unweighted. */
typedef struct hone_tally {
    size_t k;
    double *hit;   /* k: weight of the rows of a class that are predicted as such */
    double *truth; /* k: weight of the rows of a class */
    double *label; /* k: weight of the rows predicted as a class */
    double total;  /* weight of all rows */
    double *block; /* owns the three arrays: hone_release() it */
} hone_tally;
HONE_NODISCARD hone_status hone_tally_make(const hone_outcome *outcome, hone_tally *out,
                                           hone_error *err);

#endif
