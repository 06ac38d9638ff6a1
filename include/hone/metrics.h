/* metrics.h -- how good predictions are, one table row per metric.
 *
 * All sums are weighted when weights are given. Something that is undefined (AUC with one class,
 * R2 of one row) is NaN, never a silent 0; hone_metric_compute() also says why. */
#ifndef HONE_METRICS_H
#define HONE_METRICS_H

#include <stdbool.h>

#include <hone/matrix.h>

HONE_BEGIN_DECLS

/** Predictions beside the truth; borrowed, n rows. Class codes run from 0 to n_classes - 1. */
typedef struct hone_outcome {
    size_t n;
    size_t n_classes;     /**< 0 for regression */
    size_t positive;      /**< code of the positive class (binary metrics) */
    const double *truth;  /**< n class codes or values */
    const double *label;  /**< n predicted class codes or values */
    const double *proba;  /**< n x n_classes, or NULL */
    const double *score;  /**< n: larger = more likely positive (two classes), or NULL; where NULL,
                               ranking metrics take the positive column of proba */
    const double *weight; /**< n, or NULL = all 1 */
} hone_outcome;

/** For which tasks a metric is meant; a set of bits. */
typedef enum hone_metric_task {
    HONE_FOR_BINARY = 1,
    HONE_FOR_MULTICLASS = 2,
    HONE_FOR_REGRESSION = 4
} hone_metric_task;

/** What a metric looks at. */
typedef enum hone_metric_needs {
    HONE_NEEDS_LABEL,
    HONE_NEEDS_SCORE,
    HONE_NEEDS_PROBA
} hone_metric_needs;

/** One row of the table of metrics. */
typedef struct hone_metric {
    const char *name; /**< "roc_auc" */
    unsigned tasks;   /**< set of hone_metric_task */
    bool greater_is_better;
    hone_metric_needs needs;
    const char *help;
    /** The value, or NaN with `*why` set to static text when undefined. O(n log n) at most. */
    hone_status (*compute)(const hone_outcome *outcome, double *out, const char **why,
                           hone_error *err);
} hone_metric;

HONE_API size_t hone_metric_count(void);
/** Row i of the table, in the order in which metrics are shown; NULL past its end. */
HONE_API const hone_metric *hone_metric_at(size_t i);
/** Names of the metrics that are shown for a task unless others are asked for, NULL-terminated.
 *  Static. */
HONE_API const char *const *hone_metric_defaults(hone_metric_task task);
/** HONE_ENAME with the nearest name suggested. */
HONE_API HONE_NODISCARD hone_status hone_metric_find(const char *name, const hone_metric **out,
                                                     hone_error *err);

/** Computes a metric after checking what it looks at. HONE_EDATA, with the row named, for n == 0,
 *  codes out of range, NaN or infinite numbers (scores may be infinite), probabilities that are
 *  out of [0, 1] or miss the sum 1 by more than 1e-5, negative or all-zero weights, or a part that
 *  is needed and not there; HONE_EINVAL when the metric is not for this task (one class alone
 *  passes as binary). An undefined value is HONE_OK with NaN, and `*why` (NULL allowed) is set to
 *  static text that says why, else to NULL. */
HONE_API HONE_NODISCARD hone_status hone_metric_compute(const hone_metric *metric,
                                                        const hone_outcome *outcome, double *out,
                                                        const char **why, hone_error *err);

/** counts (k x k, row-major): counts[t * k + p] = weight of rows of class t predicted as p.
 *  truth, label: n codes below k; weight: n or NULL. HONE_EDATA for a code out of range. O(n). */
HONE_API HONE_NODISCARD hone_status hone_confusion_matrix(const double *truth, const double *label,
                                                          const double *weight, size_t n, size_t k,
                                                          double *counts, hone_error *err);

/* ---- metrics with a parameter: checked and undefined like hone_metric_compute() -------------- */

/** F-beta of the positive class: recall is `beta` times as important as precision; beta >= 0. */
HONE_API HONE_NODISCARD hone_status hone_fbeta(const hone_outcome *outcome, double beta,
                                               double *out, const char **why, hone_error *err);
/** Share of rows whose class is among the k most probable ones; among equal probabilities the
 *  later class comes first. Undefined when k >= n_classes. O(n n_classes). */
HONE_API HONE_NODISCARD hone_status hone_top_k_accuracy(const hone_outcome *outcome, size_t k,
                                                        double *out, const char **why,
                                                        hone_error *err);
/** Mean of max(0, 1 - margin), where the margin is the decision value of the true class less the
 *  largest one of the others. truth: n codes below k; decision: n x k; weight: n or NULL; k >= 2.
 *  (Of two classes with one decision value: the metric hinge_loss.) O(n k). */
HONE_API HONE_NODISCARD hone_status hone_hinge_loss(const double *truth, const double *decision,
                                                    const double *weight, size_t n, size_t k,
                                                    double *out, hone_error *err);
/** Mean pinball loss of predicted alpha-quantiles, alpha in [0, 1]. O(n). */
HONE_API HONE_NODISCARD hone_status hone_pinball_loss(const hone_outcome *outcome, double alpha,
                                                      double *out, hone_error *err);
/** Share of the pinball loss of always predicting the alpha-quantile that is saved. O(n). */
HONE_API HONE_NODISCARD hone_status hone_d2_pinball(const hone_outcome *outcome, double alpha,
                                                    double *out, const char **why, hone_error *err);
/** Mean Tweedie deviance; power 0 is the squared error, 1 Poisson, 2 gamma, 3 inverse Gaussian; not
 *  in (0, 1). Undefined for values out of the domain of the distribution. O(n). */
HONE_API HONE_NODISCARD hone_status hone_tweedie_deviance(const hone_outcome *outcome, double power,
                                                          double *out, const char **why,
                                                          hone_error *err);
/** Share of the deviance of always predicting the mean that is saved. O(n). */
HONE_API HONE_NODISCARD hone_status hone_d2_tweedie(const hone_outcome *outcome, double power,
                                                    double *out, const char **why, hone_error *err);

HONE_END_DECLS
#endif
