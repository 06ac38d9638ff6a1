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

/** A ROC curve: points from (0,0) to (1,1), one per distinct score (score >= threshold counts as
 *  positive), the first with threshold +inf. Owned; free with hone_roc_free(). */
typedef struct hone_roc {
    size_t n;          /**< points */
    double *fpr;       /**< n, ascending */
    double *tpr;       /**< n, ascending */
    double *threshold; /**< n, descending */
} hone_roc;

/** is_positive: n values, non-zero = positive. score: n. weight: n or NULL.
 *  HONE_EDATA for a NaN score (row named) or when one of the classes is missing.
 *  O(n log n). Reference: Fawcett 2006. */
HONE_API HONE_NODISCARD hone_status hone_roc_curve(const double *is_positive, const double *score,
                                                   const double *weight, size_t n, hone_roc *out,
                                                   hone_error *err);
HONE_API void hone_roc_free(hone_roc *roc);

/** Area under the ROC curve = weighted share of (positive, negative) pairs in the right order,
 *  ties counting one half; exact for unweighted rows (integer counts). NaN when one of the classes
 *  is missing. Fails like hone_roc_curve() for NaN scores. O(n log n). Reference: Hanley & McNeil
 * 1982. */
HONE_API HONE_NODISCARD hone_status hone_roc_auc(const double *is_positive, const double *score,
                                                 const double *weight, size_t n, double *out,
                                                 hone_error *err);

HONE_END_DECLS
#endif
