/* product.h -- the matrix product of prediction. */
#ifndef HONE_NN_PRODUCT_H
#define HONE_NN_PRODUCT_H

#include "nn/real.h"

#include <stddef.h>

/* z (rows x out) = x (rows x in) w (in x out). Every entry is summed over `in` in order: a row has
 * the same bits whatever rows come with it, and on every machine. */
void hone_row_product(size_t rows, size_t in, size_t out, const real *x, const real *w, real *z);

#endif
