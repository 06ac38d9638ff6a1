/* The product of prediction: the sums in their order, bit for bit, in every shape. */
#include <criterion/criterion.h>

#include "nets.h"
#include "nn/product.h"

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
