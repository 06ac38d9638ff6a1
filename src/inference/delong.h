/* delong.h -- covariances of AUCs and of their differences. */
#ifndef HONE_INFERENCE_DELONG_H
#define HONE_INFERENCE_DELONG_H

#include "inference/cases.h"

/* AUC of model a, less that of model b unless b is HONE_ALONE. */
typedef struct hone_contrast {
    size_t a, b;
} hone_contrast;
#define HONE_ALONE ((size_t)-1)

/* Of cases that are there already; free with hone_delong_free(). */
HONE_NODISCARD hone_status hone_delong_of(const hone_cases *cases, hone_delong *out,
                                          hone_error *err);
double hone_delong_value(const hone_delong *delong, hone_contrast x);
/* Taken from the differences themselves, so that nothing cancels when two models nearly agree. */
double hone_delong_covariance(const hone_delong *delong, hone_contrast x, hone_contrast y);

/* sum_i (a_i - b_i) (c_i - d_i); b, d may be NULL = 0. */
double hone_dot_differences(const double *a, const double *b, const double *c, const double *d,
                            size_t n);

#endif
