/* calibration.h -- do probabilities mean what they say?
 *
 * In all calls: is_positive (n), non-zero = positive; proba (n) of being positive; weight (n) or
 * NULL = all 1. HONE_EDATA, with the row named, for no rows, NaN, a probability out of [0, 1],
 * negative or all-zero weights. What is undefined is NaN, and `*why` (NULL allowed) is static text
 * that says why, else NULL. All are O(n), a sort by digits, unless said otherwise. */
#ifndef HONE_CALIBRATION_H
#define HONE_CALIBRATION_H

#include <hone/status.h>

#include <stddef.h>

HONE_BEGIN_DECLS

/** How rows are put into bins by their probability: bin b of B takes [b/B, (b+1)/B), the last one
 *  1 too; or an equal share of the weight, equal probabilities staying together. */
typedef enum hone_bins { HONE_EQUAL_WIDTH, HONE_EQUAL_MASS } hone_bins;

/** Bins that hold weight, in ascending order. Owned; free with hone_reliability_free(). */
typedef struct hone_reliability {
    size_t n;
    double *proba;  /**< n: mean probability */
    double *share;  /**< n: share of positives */
    double *weight; /**< n */
    double ece;     /**< expected calibration error: weighted mean of |share - proba| */
    double mce;     /**< maximum calibration error */
} hone_reliability;

/** ECE and MCE depend on the bins, and ECE is never small for few rows: hone_corp has neither flaw.
 *  HONE_EINVAL for no bins. Reference: Naeini, Cooper & Hauskrecht 2015. */
HONE_API HONE_NODISCARD hone_status hone_reliability_make(const double *is_positive,
                                                          const double *proba, const double *weight,
                                                          size_t n, hone_bins kind, size_t bins,
                                                          hone_reliability *out, hone_error *err);
HONE_API void hone_reliability_free(hone_reliability *reliability);

/** The reliability curve without bins, and the Brier score in three parts: score = mcb - dsc + unc.
 *  Owned; free with hone_corp_free(). */
typedef struct hone_corp {
    size_t n;             /**< distinct probabilities */
    double *proba;        /**< n, ascending */
    double *recalibrated; /**< n, ascending: isotonic regression of the truth on proba */
    double *weight;       /**< n */
    double score;         /**< Brier score */
    double mcb;           /**< miscalibration: what recalibrating would save, >= 0 */
    double dsc;           /**< discrimination: what is better than knowing the prevalence, >= 0 */
    double unc;           /**< uncertainty: of the prevalence */
} hone_corp;

/** Reference: Dimitriadis, Gneiting & Jordan 2021. */
HONE_API HONE_NODISCARD hone_status hone_corp_make(const double *is_positive, const double *proba,
                                                   const double *weight, size_t n, hone_corp *out,
                                                   hone_error *err);
HONE_API void hone_corp_free(hone_corp *corp);

/** logit P(y) = intercept + slope logit p by maximum likelihood: 0 and 1 when calibrated; slope
 *  below 1 = too extreme. in_the_large: the intercept where the slope is 1. All are NaN when a
 *  probability is 0 or 1 or there is one class; slope and intercept when all probabilities are the
 *  same or split the classes. Reference: Cox 1958. */
typedef struct hone_cox {
    double slope, intercept, in_the_large;
} hone_cox;
HONE_API HONE_NODISCARD hone_status hone_cox_calibration(const double *is_positive,
                                                         const double *proba, const double *weight,
                                                         size_t n, hone_cox *out, const char **why,
                                                         hone_error *err);

/** Standard normal when calibrated; *p_value (NULL allowed) is two-sided. Undefined when all
 *  probabilities are 0, 1/2 or 1. O(n). Reference: Spiegelhalter 1986. */
HONE_API HONE_NODISCARD hone_status hone_spiegelhalter(const double *is_positive,
                                                       const double *proba, const double *weight,
                                                       size_t n, double *z, double *p_value,
                                                       const char **why, hone_error *err);

/** Net benefit of treating the rows with proba >= threshold: TP/N - FP/N threshold/(1 - threshold),
 *  for each of the given thresholds in [0, 1) (HONE_EINVAL else); treat_all (NULL allowed): that of
 *  treating every row. model, treat_all: n_thresholds. Reference: Vickers & Elkin 2006. */
HONE_API HONE_NODISCARD hone_status hone_net_benefit(const double *is_positive, const double *proba,
                                                     const double *weight, size_t n,
                                                     const double *thresholds, size_t n_thresholds,
                                                     double *model, double *treat_all,
                                                     hone_error *err);

HONE_END_DECLS
#endif
