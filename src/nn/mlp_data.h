/* mlp_data.h -- a data set as the nets want it: packed single precision, validation rows apart. */
#ifndef HONE_NN_MLP_DATA_H
#define HONE_NN_MLP_DATA_H

#include "nn/loss.h"

#include <hone/dataset.h>

/* Owns its arrays; free with hone_mlp_data_free(). */
typedef struct hone_mlp_data {
    size_t n_inputs, n_outputs;
    hone_samples train, validation; /* validation.rows is 0 without early stopping */
    double y_mean, y_scale;         /* of a real target: t = (y - y_mean) / y_scale */
    real *x, *t, *w;                /* what the samples point into; w is NULL without weights */
} hone_mlp_data;

/* n values as the nets take them; what no float can hold in a product is cut at +-1e18. */
void hone_mlp_pack(size_t n, const double *values, real *out);

/* data: as handed to a fit slot. fraction: share of the rows set aside for validation, 0 = none;
 * taken from every class in proportion, drawn by `seed`. Weights are scaled to mean 1.
 * HONE_EDATA when there are too few rows to set some aside. O(n m). */
HONE_NODISCARD hone_status hone_mlp_data_create(const char *who, const hone_dataset *data,
                                                size_t n_classes, double fraction, uint64_t seed,
                                                hone_mlp_data *out, hone_error *err);
void hone_mlp_data_free(hone_mlp_data *data);

#endif
