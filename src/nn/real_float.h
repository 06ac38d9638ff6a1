/* real_float.h -- single precision, with an exp that compilers can put into vector registers.
 *
 * exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln 2 / 2, exp(r) = 1 + r + r^2 P(r) with P of
 * degree 5; error below 1 ulp. Reference: Cephes, expf (Moshier 1989).                      */
#ifndef HONE_NN_REAL_FLOAT_H
#define HONE_NN_REAL_FLOAT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef float real;

#define real_gemm hone_sgemm

static inline real real_sqrt(real x) {
    return sqrtf(x);
}

/* Saturates at 2^-126 and 2^127: no zero, no infinity. NaN stays NaN. */
static inline real real_exp(real x) {
    x = x < -87.3f ? -87.3f : x;
    x = x > 88.0f ? 88.0f : x;
    const float rounder = 12582912.0f; /* 1.5 * 2^23: adding it leaves n in the lowest bits */
    float shifted = x * 1.44269504f + rounder, n = shifted - rounder;
    float r = (x - n * 0.693359375f) + n * 2.12194440e-4f; /* ln 2 in two parts */
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23; /* the exponent of 2^n */
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

/* 1 - 2 / (e^2x + 1): absolute error below 2e-7. */
static inline real real_tanh(real x) {
    return 1.0f - 2.0f / (real_exp(2.0f * x) + 1.0f);
}

#endif
