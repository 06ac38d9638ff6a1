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

/* ---- sorted once, everything follows -------------------------------------------------------- */

/** Every distinct score as a cutoff: rows with score >= threshold are taken. Owned; free with
 *  hone_cutoffs_free(). Rows of weight 0 are left out. */
typedef struct hone_cutoffs {
    size_t n;          /**< distinct scores, >= 1 */
    double *threshold; /**< n, descending */
    double *tp;        /**< n, ascending: weight of the positives taken; the last: of all */
    double *fp;        /**< n, ascending: weight of the negatives taken; the last: of all */
} hone_cutoffs;

/** HONE_EDATA for bad rows and for none. One class alone is fine here. O(n), a sort by digits. */
HONE_API HONE_NODISCARD hone_status hone_cutoffs_make(const double *is_positive,
                                                      const double *score, const double *weight,
                                                      size_t n, hone_cutoffs *out, hone_error *err);
HONE_API void hone_cutoffs_free(hone_cutoffs *cutoffs);

/** Area under the ROC curve; NaN when one of the classes is missing. O(cutoffs), like the rest. */
HONE_API double hone_cutoffs_roc_auc(const hone_cutoffs *cutoffs);
/** Average precision: sum of precision x gain in recall over the cutoffs, never a trapezoid (which
 *  is too kind). NaN without positives. Reference: Davis & Goadrich 2006. */
HONE_API double hone_cutoffs_average_precision(const hone_cutoffs *cutoffs);
/** Kolmogorov-Smirnov statistic, the largest |TPR - FPR|; *threshold (NULL allowed) gets the
 *  first cutoff that reaches it. NaN when one of the classes is missing. */
HONE_API double hone_cutoffs_ks(const hone_cutoffs *cutoffs, double *threshold);

/** Over which rate a part of the area is taken. */
typedef enum hone_rate { HONE_OVER_FPR, HONE_OVER_TPR } hone_rate;
/** Area under the ROC curve where low <= FPR <= high, or to the right of it (1 - FPR integrated)
 *  where low <= TPR <= high. *mcclish (NULL allowed): rescaled so that 0.5 is chance and 1 perfect;
 *  NaN below chance, where that scale has no meaning. Both NaN when one of the classes is missing.
 *  HONE_EINVAL unless 0 <= low < high <= 1. Reference: McClish 1989. */
HONE_API HONE_NODISCARD hone_status hone_cutoffs_partial_auc(const hone_cutoffs *cutoffs,
                                                             hone_rate rate, double low,
                                                             double high, double *raw,
                                                             double *mcclish, hone_error *err);

/** Area that is under the ROC curve and inside the box FPR <= max_fpr, TPR >= min_tpr (two-way
 *  partial AUC), over that of the box; 1 is perfect. NaN when one of the classes is missing.
 *  HONE_EINVAL unless 0 < max_fpr <= 1 and 0 <= min_tpr < 1. Reference: Yang, Lu, Lyu & Hu 2019. */
HONE_API HONE_NODISCARD hone_status hone_cutoffs_two_way_auc(const hone_cutoffs *cutoffs,
                                                             double max_fpr, double min_tpr,
                                                             double *out, hone_error *err);

/** What to draw; in parentheses the point that is put in front, with threshold +inf. */
typedef enum hone_rank_curve_kind {
    HONE_CURVE_ROC,  /**< x FPR, y TPR (0, 0) */
    HONE_CURVE_HULL, /**< the corners of the smallest concave curve over the ROC curve (0, 0) */
    HONE_CURVE_PR,   /**< x recall, y precision; constant between points, not linear */
    HONE_CURVE_DET,  /**< x FPR, y FNR; to be drawn on normal quantiles (0, 1) */
    HONE_CURVE_GAIN, /**< x share of rows taken, y share of positives among them (0, 0) */
    HONE_CURVE_LIFT  /**< x share of rows taken, y how many times more positives than by chance */
} hone_rank_curve_kind;

/** Points in order of falling thresholds. Owned; free with hone_rank_curve_free(). */
typedef struct hone_rank_curve {
    size_t n;
    double *x, *y, *threshold; /**< n each */
} hone_rank_curve;

/** HONE_EDATA when a class that the rates need is missing: PR, gain and lift need positives, the
 *  others both. */
HONE_API HONE_NODISCARD hone_status hone_cutoffs_curve(const hone_cutoffs *cutoffs,
                                                       hone_rank_curve_kind kind,
                                                       hone_rank_curve *out, hone_error *err);
HONE_API void hone_rank_curve_free(hone_rank_curve *curve);
/** Area under straight lines between the points (the AUC of the convex hull, for one). */
HONE_API double hone_rank_curve_area(const hone_rank_curve *curve);

/** Why these n numbers may not be scores at all (static text), or NULL: a ranking by two values
 *  has one corner. For callers to warn with. O(n). */
HONE_API const char *hone_score_doubt(const double *score, size_t n);

/* ---- ROC ------------------------------------------------------------------------------------ */

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

/** auc (k x k): A(i | j), the AUC of the column of class i among the rows of classes i and j, NaN
 *  where one has no weight, and on the diagonal. truth: n codes below k; proba: n x k; weight: n or
 *  NULL. The mean off the diagonal is Hand and Till's M. O(k n). Reference: Hand & Till 2001. */
HONE_API HONE_NODISCARD hone_status hone_roc_auc_pairs(const double *truth, const double *proba,
                                                       const double *weight, size_t n, size_t k,
                                                       double *auc, hone_error *err);

HONE_END_DECLS
#endif
