/* isotonic.h -- the best non-decreasing sequence. */
#ifndef HONE_OPTIM_ISOTONIC_H
#define HONE_OPTIM_ISOTONIC_H

#include <hone/status.h>

#include <stddef.h>

/* Replaces y (n) by the non-decreasing f that minimises sum_i w_i (y_i - f_i)^2; weight: n numbers
 * > 0, or NULL = all 1. Rows that must get one value (ties of what orders them) are pooled by the
 * caller first. On failure y is unchanged. O(n). */
HONE_NODISCARD hone_status hone_isotonic(double *y, const double *weight, size_t n,
                                         hone_error *err);

#endif
