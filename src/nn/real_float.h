/* real_float.h -- single precision, with an exp that compilers can put into vector registers.
 *
 * exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln 2 / 2, exp(r) by a polynomial of degree 6;
 * error below 2 ulp. Reference: Cephes expf (Moshier 1989); coefficients 1 / k! suffice here. */
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
    float rounder = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    float n = (x * 1.44269504f + rounder) - rounder;
    float r = (x - n * 0.693359375f) + n * 2.12194440e-4f; /* ln 2 in two parts */
    float p = 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    int32_t bits = ((int32_t)n + 127) * (1 << 23);
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

/* 1 - 2 / (e^2x + 1): absolute error below 2e-7. */
static inline real real_tanh(real x) {
    return 1.0f - 2.0f / (real_exp(2.0f * x) + 1.0f);
}

#endif
