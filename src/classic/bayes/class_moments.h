/* class_moments.h -- what models of the classes' distributions are made of: the weight, means and
 * variances of each class, and its prior probability. */
#ifndef HONE_BAYES_CLASS_MOMENTS_H
#define HONE_BAYES_CLASS_MOMENTS_H

#include "core/param.h"

#include <hone/dataset.h>

/* Of rows with class codes 0 .. k-1, dense or compressed: weight (k) = sum of weights, mean (k x
 * m), var (k x m, or NULL) = population variance. A class without rows gets zeros. Two passes,
 * parallel over rows, the same bits for any number of threads. O(n m), or O(stored) for compressed
 * rows. */
HONE_NODISCARD hone_status hone_class_moments(const hone_dataset *data, size_t k, double *weight,
                                              double *mean, double *var, const hone_monitor *mon,
                                              hone_error *err);

/* (of HONE_TEXT) none, or {label:probability,...}. */
HONE_NODISCARD hone_status hone_class_priors_accept(const char *text, hone_error *err);
/* prior (n_levels of target): the share of each class's weight for "none", else as the text says,
 * which must name every class and sum to 1 (HONE_EINVAL). */
HONE_NODISCARD hone_status hone_class_priors(const char *text, const char *who,
                                             const hone_column *target, const double *weight,
                                             double *prior, hone_error *err);

#endif
