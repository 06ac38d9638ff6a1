/* The product of prediction: the sums in their order, bit for bit, in every shape; the products of
 * training on little data. */
#include <criterion/criterion.h>

#include "nets.h"
#include "nn/product.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static void check_shape(size_t rows, size_t in, size_t out) {
    real *x = test_normals(1, rows * in, 1), *w = test_normals(2, in * out, 1);
    real *z = test_normals(3, rows * out + 1, 1), fence = z[rows * out];
    hone_row_product(rows, in, out, x, w, z);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < out; j++) {
            real sum = 0;
            for (size_t k = 0; k < in; k++)
                sum += x[i * in + k] * w[k * out + j];
            cr_assert(z[i * out + j] == sum, "%zu x %zu x %zu, entry (%zu, %zu)", rows, in, out, i,
                      j);
        }
    cr_assert(z[rows * out] == fence, "%zu x %zu x %zu wrote too far", rows, in, out);
    free(x), free(w), free(z);
}

Test(product, sums_in_order_in_every_shape) {
    const size_t sizes[] = {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 15, 16, 17, 31, 33, 100};
    const size_t n = sizeof sizes / sizeof *sizes;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b += 3)
            for (size_t c = 0; c < n; c++)
                check_shape(sizes[a], sizes[b], sizes[c]);
}

/* z_ij (rows x cols) = sum_k a(i, k) b(k, j), where a and b lie as the strides say. */
static void check_sums(size_t rows, size_t inner, size_t cols, const real *a, size_t a_down,
                       size_t a_along, const real *b, size_t b_down, size_t b_along,
                       const real *z) {
    double unit = sizeof(real) == 4 ? FLT_EPSILON : DBL_EPSILON;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            double sum = 0, size = 0;
            for (size_t k = 0; k < inner; k++) {
                double term =
                    (double)a[i * a_down + k * a_along] * (double)b[k * b_down + j * b_along];
                sum += term, size += fabs(term);
            }
            cr_assert(fabs((double)z[i * cols + j] - sum) <= unit * (double)(inner + 1) * size,
                      "%zu x %zu x %zu, entry (%zu, %zu)", rows, inner, cols, i, j);
        }
}

static void check_training(size_t rows, size_t in, size_t out) {
    real *x = test_normals(1, rows * in, 1), *w = test_normals(2, in * out, 1);
    real *d = test_normals(3, rows * out, 1), *z = test_normals(4, rows * out + 1, 1);
    real *g = test_normals(5, in * out + 1, 1), *dx = test_normals(6, rows * in + 1, 1);
    real ones[50], *sums = test_normals(7, out, 1);
    for (size_t i = 0; i < rows; i++)
        ones[i] = 1;
    real fence[] = {z[rows * out], g[in * out], dx[rows * in]};
    cr_assert_eq(hone_small_forward(rows, in, out, x, w, NULL, false, z), in >= 16 || out >= 16);
    if (in >= 16 || out >= 16)
        check_sums(rows, in, out, x, in, 1, w, out, 1, z);
    if (hone_small_gradient(rows, in, out, x, d, g, sums)) {
        check_sums(in, rows, out, x, 1, in, d, out, 1, g);
        check_sums(1, rows, out, ones, 0, 1, d, out, 1, sums);
    }
    if (hone_small_backward(rows, in, out, d, w, dx))
        check_sums(rows, out, in, d, out, 1, w, 1, out, dx);
    cr_assert(z[rows * out] == fence[0] && g[in * out] == fence[1] && dx[rows * in] == fence[2]);
    free(x), free(w), free(d), free(z), free(g), free(dx), free(sums);
}

Test(product, training_on_little_data) {
    const size_t sizes[] = {1, 2, 3, 4, 5, 6, 7, 15, 16, 17, 23, 50};
    const size_t n = sizeof sizes / sizeof *sizes;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++)
            for (size_t c = 0; c < n; c++)
                check_training(sizes[a], sizes[b], sizes[c]);
    real number = 0;
    cr_assert_not(hone_small_forward(1000, 100, 100, &number, &number, NULL, false, &number));
    cr_assert_not(hone_small_gradient(SIZE_MAX, 64, 64, &number, &number, &number, &number));
    cr_assert_not(hone_small_backward(1, SIZE_MAX, 2, &number, &number, &number));
}
