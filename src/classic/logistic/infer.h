/* infer.h -- what can be said of the coefficients of a model without (or with Firth's)
 * penalty. */
#ifndef HONE_LOGISTIC_INFER_H
#define HONE_LOGISTIC_INFER_H

#include "classic/logistic/logistic.h"

enum hone_logistic_separation {
    HONE_LOGISTIC_OVERLAP,
    HONE_LOGISTIC_QUASI_SEPARATED, /* a direction parts the classes but for rows on its border */
    HONE_LOGISTIC_SEPARATED        /* and there is none on the border */
};

/* Terms of each vector: its coefficients in the order of columns, then the intercept if there is
 * one. All arrays: k x (m + 1 or m). NaN where a column says nothing, or others say it all. */
struct hone_logistic_terms {
    double *std_err, *z, *p_value, *conf_low, *conf_high;
};

/* Looks at the end of a search without penalty: could the likelihood grow for ever? *column gets
 * the one that the direction uses most. One pass over the rows and, with `newton`, one Newton step,
 * without which rows on the border are not seen. */
HONE_NODISCARD hone_status hone_logistic_separated(struct hone_logistic_problem *problem,
                                                   bool newton, enum hone_logistic_separation *out,
                                                   size_t *column, const hone_monitor *mon,
                                                   hone_error *err);

/* Standard errors from the inverse information at V; raw: k x (m + 1), the coefficients. For
 * softmax they belong to vectors that sum to zero. O(n d^2 k^2 + (k d)^3). */
HONE_NODISCARD hone_status hone_logistic_wald(const struct hone_logistic_params *p,
                                              struct hone_logistic_problem *problem,
                                              const double *raw,
                                              const struct hone_logistic_terms *out,
                                              const hone_monitor *mon, hone_error *err);

/* (k = 1) Intervals and tests by the profile of the likelihood instead; after hone_logistic_wald(),
 * whose standard errors give the first guess. Some ten fits per term. */
HONE_NODISCARD hone_status hone_logistic_profile(const struct hone_logistic_params *p,
                                                 struct hone_logistic_problem *problem,
                                                 const double *raw,
                                                 const struct hone_logistic_terms *out,
                                                 const hone_monitor *mon, hone_error *err);

#endif
