/* platt.h -- probabilities from scores by a fitted sigmoid; shared by machines and calibration.
 */
#ifndef HONE_OPTIM_PLATT_H
#define HONE_OPTIM_PLATT_H

#include <math.h>
#include <stddef.h>

/* p(f) = 1 / (1 + exp(a f + b)): more positive f is more likely where a < 0. */
typedef struct hone_platt {
    double a, b;
} hone_platt;

/* Fits to scores f (n, finite), where y > 0 marks the positive ones; weight: n, or NULL = all 1.
 * O(n) per step, about ten steps. */
hone_platt hone_platt_fit(const double *f, const double *y, const double *weight, size_t n);

/* 1 / (1 + exp(z)) without overflow. */
static inline double hone_platt_of(double z) {
    double e = exp(-fabs(z));
    return (z > 0 ? e : 1) / (1 + e);
}

/* The probability of score f. */
static inline double hone_platt_at(hone_platt s, double f) {
    return hone_platt_of(s.a * f + s.b);
}

#endif
