/* product.c -- z_ij = sum_k x_ik w_kj, summed in the order of k.
 *
 * A BLAS adds in an order that depends on where in its block a row stands, which would make a
 * prediction depend on its neighbours. Here the sums of 6 rows x 16 columns stay in registers
 * while k runs (6 x 4 or 6 x 1 when there are fewer columns); edges are covered by tiles that
 * overlap their neighbours, where the same entries come out the same twice.
 * Cost: 2 rows in out operations, at the speed of a BLAS that has 256-bit registers.         */
#include "nn/product.h"

#include "core/clones.h"

/* Numbers side by side, at any address, in as many registers as the machine needs for them. */
typedef real lanes
    __attribute__((vector_size(16 * sizeof(real)), aligned(sizeof(real)), may_alias));
typedef real quad __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));

enum { TALL = 6, WIDE = 16, QUAD = 4 };

/* 6 x 16 sums; x, w and z point at the corner. */
__attribute__((always_inline)) static inline void
wide_tile(size_t in, size_t out, const real *restrict x, const real *restrict w, real *restrict z) {
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0};
    for (size_t k = 0; k < in; k++) {
        lanes b = *(const lanes *)(w + k * out);
        s0 += x[k] * b;
        s1 += x[in + k] * b;
        s2 += x[2 * in + k] * b;
        s3 += x[3 * in + k] * b;
        s4 += x[4 * in + k] * b;
        s5 += x[5 * in + k] * b;
    }
    *(lanes *)z = s0;
    *(lanes *)(z + out) = s1;
    *(lanes *)(z + 2 * out) = s2;
    *(lanes *)(z + 3 * out) = s3;
    *(lanes *)(z + 4 * out) = s4;
    *(lanes *)(z + 5 * out) = s5;
}

/* 6 x 4 sums. */
__attribute__((always_inline)) static inline void
quad_tile(size_t in, size_t out, const real *restrict x, const real *restrict w, real *restrict z) {
    quad s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0};
    for (size_t k = 0; k < in; k++) {
        quad b = *(const quad *)(w + k * out);
        s0 += x[k] * b;
        s1 += x[in + k] * b;
        s2 += x[2 * in + k] * b;
        s3 += x[3 * in + k] * b;
        s4 += x[4 * in + k] * b;
        s5 += x[5 * in + k] * b;
    }
    *(quad *)z = s0;
    *(quad *)(z + out) = s1;
    *(quad *)(z + 2 * out) = s2;
    *(quad *)(z + 3 * out) = s3;
    *(quad *)(z + 4 * out) = s4;
    *(quad *)(z + 5 * out) = s5;
}

/* 1 x 16 sums. */
__attribute__((always_inline)) static inline void
flat_tile(size_t in, size_t out, const real *restrict x, const real *restrict w, real *restrict z) {
    lanes s = {0};
    for (size_t k = 0; k < in; k++)
        s += x[k] * *(const lanes *)(w + k * out);
    *(lanes *)z = s;
}

/* tall <= 6 sums below each other: as many chains of additions run at a time. */
__attribute__((always_inline)) static inline void thin_tile(size_t tall, size_t in, size_t out,
                                                            const real *restrict x,
                                                            const real *restrict w,
                                                            real *restrict z) {
    real s[TALL] = {0};
    for (size_t k = 0; k < in; k++)
        for (size_t i = 0; i < tall; i++)
            s[i] += x[i * in + k] * w[k * out];
    for (size_t i = 0; i < tall; i++)
        z[i * out] = s[i];
}

static inline size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

HONE_CLONES
static void wide_product(size_t rows, size_t in, size_t out, const real *x, const real *w,
                         real *z) {
    for (size_t j = 0; j < out; j += WIDE) {
        size_t col = least(j, out - WIDE);
        for (size_t i = 0; i < rows && rows >= TALL; i += TALL) {
            size_t row = least(i, rows - TALL);
            wide_tile(in, out, x + row * in, w + col, z + row * out + col);
        }
        for (size_t i = 0; i < rows && rows < TALL; i++)
            flat_tile(in, out, x + i * in, w + col, z + i * out + col);
    }
}

HONE_CLONES
static void quad_product(size_t rows, size_t in, size_t out, const real *x, const real *w,
                         real *z) {
    for (size_t j = 0; j < out; j += QUAD)
        for (size_t i = 0; i < rows; i += TALL) {
            size_t col = least(j, out - QUAD), row = least(i, rows - TALL);
            quad_tile(in, out, x + row * in, w + col, z + row * out + col);
        }
}

HONE_CLONES
static void thin_product(size_t rows, size_t in, size_t out, const real *x, const real *w,
                         real *z) {
    for (size_t i = 0; i < rows; i += TALL)
        for (size_t j = 0; j < out; j++)
            if (rows - i >= TALL)
                thin_tile(TALL, in, out, x + i * in, w + j, z + i * out + j);
            else
                thin_tile(rows - i, in, out, x + i * in, w + j, z + i * out + j);
}

void hone_row_product(size_t rows, size_t in, size_t out, const real *x, const real *w, real *z) {
    if (out >= WIDE)
        wide_product(rows, in, out, x, w, z);
    else if (out >= QUAD && rows >= TALL)
        quad_product(rows, in, out, x, w, z);
    else
        thin_product(rows, in, out, x, w, z);
}
