/* product.c -- z_ij = sum_k x_ik w_kj, summed in the order of k.
 *
 * A BLAS adds in an order that depends on where in its block a row stands, which would make a
 * prediction depend on its neighbours. Here the sums of 6 rows x 16 columns stay in registers
 * while k runs (6 x 4 or 6 x 1 when there are fewer columns); edges are covered by tiles that
 * overlap their neighbours, where the same entries come out the same twice.
 * The products of training are made of the same tiles while they are small: a BLAS first copies its
 * matrices, which then takes longer than to multiply them.
 * Cost: 2 rows in out operations, at the speed of a BLAS that has 256-bit registers.         */
#include "nn/product.h"

#include "core/clones.h"

/* Numbers side by side, at any address, in as many registers as the machine needs for them. */
typedef real lanes
    __attribute__((vector_size(16 * sizeof(real)), aligned(sizeof(real)), may_alias));
typedef __typeof__((lanes){0} < (lanes){0}) words;
typedef real quad __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));

enum { TALL = 6, WIDE = 16, QUAD = 4, SMALL = 1 << 18, SMALL_W = 1 << 12 };

/* What else there is to do: a sum may begin with a bias and be cut at 0 from below, and the columns
 * of w, being at hand, may be summed. bias, sums: per column, or NULL. */
struct extras {
    const real *bias;
    bool cut;
    real *sums;
};

/* The sums of `tall` <= 6 rows x 16 columns; all point at the corner. x_ik = x[i down + k along].
 */
HONE_INLINE void wide_tile(size_t tall, size_t in, size_t out, const real *restrict x, size_t down,
                           size_t along, const real *restrict w, struct extras more,
                           real *restrict z) {
    lanes s[TALL] = {{0}}, sum = {0};
    for (size_t i = 0; more.bias && i < tall; i++)
        s[i] = *(const lanes *)more.bias;
    for (size_t k = 0; k < in; k++) {
        lanes b = *(const lanes *)(w + k * out);
        for (size_t i = 0; i < tall; i++)
            s[i] += x[i * down + k * along] * b;
        if (more.sums)
            sum += b;
    }
    if (more.sums)
        *(lanes *)more.sums = sum;
    for (size_t i = 0; i < tall; i++)
        *(lanes *)(z + i * out) = more.cut ? (lanes)((words)s[i] & ~(words)(s[i] < 0)) : s[i];
}

/* The same where fewer than 6 rows are all there are: a kernel for each number of them. */
HONE_INLINE void low_tile(size_t tall, size_t in, size_t out, const real *restrict x, size_t down,
                          size_t along, const real *restrict w, struct extras more,
                          real *restrict z) {
    switch (tall) {
    case 1:
        wide_tile(1, in, out, x, down, along, w, more, z);
        break;
    case 2:
        wide_tile(2, in, out, x, down, along, w, more, z);
        break;
    case 3:
        wide_tile(3, in, out, x, down, along, w, more, z);
        break;
    case 4:
        wide_tile(4, in, out, x, down, along, w, more, z);
        break;
    default:
        wide_tile(5, in, out, x, down, along, w, more, z);
    }
}

/* 6 x 4 sums. */
HONE_INLINE void quad_tile(size_t in, size_t out, const real *restrict x, const real *restrict w,
                           real *restrict z) {
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

/* tall <= 6 sums below each other: as many chains of additions run at a time. */
HONE_INLINE void thin_tile(size_t tall, size_t in, size_t out, const real *restrict x,
                           const real *restrict w, real *restrict z) {
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

HONE_INLINE void wide_tiles(size_t rows, size_t in, size_t out, const real *x, size_t down,
                            size_t along, const real *w, struct extras more, real *z) {
    for (size_t j = 0; j < out; j += WIDE) {
        size_t col = least(j, out - WIDE);
        struct extras here = {more.bias ? more.bias + col : NULL, more.cut,
                              more.sums ? more.sums + col : NULL};
        if (rows < TALL)
            low_tile(rows, in, out, x, down, along, w + col, here, z + col);
        for (size_t i = 0; i < rows && rows >= TALL; i += TALL) {
            size_t row = least(i, rows - TALL);
            wide_tile(TALL, in, out, x + row * down, down, along, w + col, here,
                      z + row * out + col);
            here.sums = NULL; /* once is enough */
        }
    }
}

HONE_CLONES
static void wide_product(size_t rows, size_t in, size_t out, const real *x, const real *w,
                         struct extras more, real *z) {
    wide_tiles(rows, in, out, x, in, 1, w, more, z);
}

/* With x' for x: it lies as in x rows. */
HONE_CLONES
static void wide_crossed(size_t rows, size_t in, size_t out, const real *x, const real *w,
                         real *sums, real *z) {
    wide_tiles(rows, in, out, x, 1, rows, w, (struct extras){.sums = sums}, z);
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
        wide_product(rows, in, out, x, w, (struct extras){.cut = false}, z);
    else if (out >= QUAD && rows >= TALL)
        quad_product(rows, in, out, x, w, z);
    else
        thin_product(rows, in, out, x, w, z);
}

/* ---- of training ----------------------------------------------------------------------------- */

static bool is_small(size_t rows, size_t in, size_t out) {
    return in <= SMALL_W && out <= SMALL_W && in * out <= SMALL_W && rows <= SMALL / (in * out);
}

static void flip(size_t rows, size_t cols, const real *restrict w, real *restrict out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            out[j * rows + i] = w[i * cols + j];
}

HONE_INLINE real total(const lanes *s, const quad *rest) {
    const quad *part = (const quad *)s;
    quad sum = (part[0] + part[2]) + (part[1] + part[3]) + *rest;
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/* w: out x in, so that a sum runs along two rows. */
HONE_CLONES
static void dots(size_t rows, size_t in, size_t out, const real *x, const real *w,
                 struct extras more, real *z) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < out; j++) {
            const real *a = x + i * in, *b = w + j * in;
            lanes s = {0};
            quad rest = {0};
            size_t k = 0;
            for (; k + WIDE <= in; k += WIDE)
                s += *(const lanes *)(a + k) * *(const lanes *)(b + k);
            for (; k + QUAD <= in; k += QUAD)
                rest += *(const quad *)(a + k) * *(const quad *)(b + k);
            for (; k < in; k++)
                rest[0] += a[k] * b[k];
            real sum = total(&s, &rest) + (more.bias ? more.bias[j] : 0);
            z[i * out + j] = more.cut && sum < 0 ? 0 : sum;
        }
}

bool hone_small_forward(size_t rows, size_t in, size_t out, const real *x, const real *w,
                        const real *bias, bool cut, real *z) {
    real flipped[SMALL_W];
    if (!is_small(rows, in, out) || (in < WIDE && out < WIDE))
        return false;
    if (out < WIDE) {
        flip(in, out, w, flipped);
        dots(rows, in, out, x, flipped, (struct extras){bias, cut, NULL}, z);
    } else {
        wide_product(rows, in, out, x, w, (struct extras){bias, cut, NULL}, z);
    }
    return true;
}

static void sum_columns(size_t rows, size_t cols, const real *d, real *sums) {
    for (size_t j = 0; j < cols; j++)
        sums[j] = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            sums[j] += d[i * cols + j];
}

bool hone_small_gradient(size_t rows, size_t in, size_t out, const real *x, const real *d, real *g,
                         real *sums) {
    real flipped[SMALL_W];
    if (!is_small(rows, in, out) || (in < WIDE && out < WIDE))
        return false;
    if (out < WIDE) {
        wide_crossed(out, rows, in, d, x, NULL, flipped);
        flip(out, in, flipped, g);
        sum_columns(rows, out, d, sums);
    } else {
        wide_crossed(in, rows, out, x, d, sums, g);
    }
    return true;
}

bool hone_small_backward(size_t rows, size_t in, size_t out, const real *d, const real *w,
                         real *dx) {
    real flipped[SMALL_W];
    if (!is_small(rows, in, out) || in < WIDE)
        return false;
    flip(in, out, w, flipped);
    wide_product(rows, out, in, d, flipped, (struct extras){.cut = false}, dx);
    return true;
}
