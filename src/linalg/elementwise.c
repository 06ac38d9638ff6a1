/* elementwise.c -- exp, sigmoid and softplus on arrays.
 *
 * exp(x) = 2^k exp(r), k = round(x / log 2), |r| <= log(2) / 2, exp(r) by its Taylor series to
 * r^13 (next term < 5e-18); r is found with log 2 in two parts (Cody & Waite 1980).
 * log(1 + e) = 2 artanh(s), s = e / (2 + e), for 0 <= e <= 1: s <= 1/3, series in s^2.
 * Only +, -, *, / and shifts, without a branch, so that the compiler does eight at a time and every
 * machine gets the same bits. */
#include "core/clones.h"
#include "linalg/linalg.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LOWEST   (-708.0) /* below: 0 instead of a denormal number */
#define HIGHEST  709.0
#define SHIFTER  0x1.8p52 /* adding it rounds to an integer, kept in the low bits */
#define LOG2_E   0x1.71547652b82fep+0
#define LOG_2_HI 0x1.62e42feep-1
#define LOG_2_LO 0x1.a39ef35793c76p-33

HONE_INLINE double exp_one(double x) {
    double inside = x < LOWEST ? LOWEST : x;
    inside = inside > HIGHEST ? HIGHEST : inside;
    double shifted = inside * LOG2_E + SHIFTER;
    double k = shifted - SHIFTER;
    double r = (inside - k * LOG_2_HI) - k * LOG_2_LO;
    double sum = 1.0 / 6227020800.0;
    sum = sum * r + 1.0 / 479001600.0;
    sum = sum * r + 1.0 / 39916800.0;
    sum = sum * r + 1.0 / 3628800.0;
    sum = sum * r + 1.0 / 362880.0;
    sum = sum * r + 1.0 / 40320.0;
    sum = sum * r + 1.0 / 5040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r * r + r + 1.0;
    uint64_t bits, steps;
    memcpy(&bits, &sum, sizeof bits);
    memcpy(&steps, &shifted, sizeof steps);
    bits += steps << 52;
    memcpy(&sum, &bits, sizeof sum);
    sum = x < LOWEST ? 0.0 : sum;
    return x > HIGHEST ? (double)INFINITY : sum;
}

/* log(1 + e) for 0 <= e <= 1. */
HONE_INLINE double log1p_one(double e) {
    double s = e / (e + 2.0), s2 = s * s, sum = 1.0 / 35;
    sum = sum * s2 + 1.0 / 33;
    sum = sum * s2 + 1.0 / 31;
    sum = sum * s2 + 1.0 / 29;
    sum = sum * s2 + 1.0 / 27;
    sum = sum * s2 + 1.0 / 25;
    sum = sum * s2 + 1.0 / 23;
    sum = sum * s2 + 1.0 / 21;
    sum = sum * s2 + 1.0 / 19;
    sum = sum * s2 + 1.0 / 17;
    sum = sum * s2 + 1.0 / 15;
    sum = sum * s2 + 1.0 / 13;
    sum = sum * s2 + 1.0 / 11;
    sum = sum * s2 + 1.0 / 9;
    sum = sum * s2 + 1.0 / 7;
    sum = sum * s2 + 1.0 / 5;
    sum = sum * s2 + 1.0 / 3;
    return 2.0 * (s + s * (s2 * sum));
}

HONE_CLONES
static void exp_all(size_t n, const double *x, double *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = exp_one(x[i]);
}

HONE_CLONES
static void sigmoid_all(size_t n, const double *z, double *proba, double *softplus) {
    for (size_t i = 0; i < n; i++) {
        double x = z[i], e = exp_one(-fabs(x));
        softplus[i] = (x > 0 ? x : 0.0) + log1p_one(e);
        proba[i] = (x > 0 ? 1.0 : e) / (1.0 + e);
    }
}

void hone_exp(size_t n, const double *x, double *out) {
    exp_all(n, x, out);
}

void hone_sigmoid(size_t n, const double *z, double *proba, double *softplus) {
    sigmoid_all(n, z, proba, softplus);
}
