/* calibrate.h -- maps from scores to probabilities, learnt from scores with their classes. */
#ifndef HONE_SELECTION_CALIBRATE_H
#define HONE_SELECTION_CALIBRATE_H

#include <hone/status.h>

#include <stddef.h>
#include <stdint.h>

/* Points of a non-decreasing map, linear between and constant beyond them. */
typedef struct hone_knots {
    size_t n;
    double *at, *value; /* n each: at ascends; value within [0, 1] */
} hone_knots;

/* Isotonic regression of hits (y > 0) on scores; rows with a NaN score are left out. score: every
 * `stride`-th of n. weight: n or NULL. Both arrays of *out are owned by the caller, after a
 * failure too. O(n). */
HONE_NODISCARD hone_status hone_knots_fit(const double *score, size_t stride, const double *y,
                                          const double *weight, size_t n, hone_knots *out,
                                          hone_error *err);
/* The map at one score. O(log n). */
double hone_knots_at(const hone_knots *knots, double score);

/* The b in [e^-10, e^10] that minimises - sum_i w_i log softmax(b z_i)[y_i]; z: n x k, rows with
 * NaN are left out; y: codes. O(n k) per step, about ten steps. */
double hone_temperature_fit(const double *z, const double *y, const double *weight, size_t n,
                            size_t k);

#endif
