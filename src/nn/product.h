/* product.h -- the matrix product of prediction, and those of training on little data. */
#ifndef HONE_NN_PRODUCT_H
#define HONE_NN_PRODUCT_H

#include "nn/real.h"

#include <stdbool.h>
#include <stddef.h>

/* z (rows x out) = x (rows x in) w (in x out). Every entry is summed over `in` in order: a row has
 * the same bits whatever rows come with it, and on every machine. */
void hone_row_product(size_t rows, size_t in, size_t out, const real *x, const real *w, real *z);

/* The three products of a layer: z = x w + bias; g (in x out) = x' d, sums (out) those of d's
 * columns; dx (rows x in) = d w'. Each gives false, and has done nothing, where the sizes are not
 * for it: a BLAS is faster there. bias: out, or NULL; with `cut`, 0 stands for what is negative. */
bool hone_small_forward(size_t rows, size_t in, size_t out, const real *x, const real *w,
                        const real *bias, bool cut, real *z);
bool hone_small_gradient(size_t rows, size_t in, size_t out, const real *x, const real *d, real *g,
                         real *sums);
bool hone_small_backward(size_t rows, size_t in, size_t out, const real *d, const real *w,
                         real *dx);

#endif
