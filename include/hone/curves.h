/* curves.h -- positives against negatives in the order of a score: ROC, precision and recall, DET,
 * gain and lift.
 *
 * In all calls: is_positive (n), non-zero = positive; score (n), larger = more likely positive,
 * infinities allowed; weight (n) or NULL = all 1. HONE_EDATA, with the row named, for NaN and for
 * negative or all-zero weights. */
#ifndef HONE_CURVES_H
#define HONE_CURVES_H

#include <hone/status.h>

#include <stddef.h>

HONE_BEGIN_DECLS

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
