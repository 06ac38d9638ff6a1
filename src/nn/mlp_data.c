/* mlp_data.c -- from double rows to packed float rows, once per fit.
 *
 * Targets T (n x outputs): two classes 0 / 1 in one column, K > 2 classes one-hot in K columns, a
 * real target standardised by its weighted mean and deviation, so that its unit does not matter.
 * Rows lie in the order training, validation. Cost: O(n m).                                    */
#include "nn/mlp_data.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/rng.h"
#include "linalg/linalg.h"

#include <math.h>

enum { SPLIT_STREAM = 0x73706c69 };

void hone_mlp_pack(size_t n, const double *values, real *out) {
    const double most = 1e18;
    for (size_t i = 0; i < n; i++) {
        double v = values[i];
        v = v > most ? most : v;
        out[i] = (real)(v < -most ? -most : v);
    }
}

/* order (n): training rows ascending, then validation rows ascending; *n_train of the former.
 * Every class (all rows are one class for a real target) gives round(fraction * its rows), but
 * always keeps one row for training. */
static hone_status split_rows(const hone_dataset *data, size_t n_classes, double fraction,
                              uint64_t seed, size_t *order, size_t *n_train, hone_error *err) {
    size_t n = data->x.rows, groups = n_classes ? n_classes : 1;
    size_t *rows = NULL;
    bool *aside = NULL;
    hone_status status = hone_new(&rows, n, err);
    if (status == HONE_OK)
        status = hone_new(&aside, n, err);
    if (status != HONE_OK)
        goto done;

    for (size_t c = 0; c < groups && fraction > 0; c++) {
        size_t members = 0;
        for (size_t i = 0; i < n; i++)
            if (!n_classes || (size_t)*hone_view_row(data->y, i) == c)
                rows[members++] = i;
        size_t quota = (size_t)(fraction * (double)members + 0.5);
        quota = members > 0 && quota >= members ? members - 1 : quota;
        hone_rng rng = hone_rng_at(seed, hone_rng_stream(SPLIT_STREAM, c));
        hone_rng_shuffle(&rng, rows, members);
        for (size_t i = 0; i < quota; i++)
            aside[rows[i]] = true;
    }
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        if (!aside[i])
            order[at++] = i;
    *n_train = at;
    for (size_t i = 0; i < n; i++)
        if (aside[i])
            order[at++] = i;
done:
    hone_release(rows);
    hone_release(aside);
    return status;
}

/* Fills t (outputs) for one value of y. */
static void fill_target(const hone_mlp_data *data, size_t n_classes, double y, real *t) {
    if (n_classes == 0)
        t[0] = (real)((y - data->y_mean) / data->y_scale);
    else if (n_classes == 2)
        t[0] = (real)y;
    else
        t[(size_t)y] = 1; /* the block is zeroed */
}

/* Rows of x, t and w in the given order. */
static void fill_rows(const hone_dataset *data, size_t n_classes, const size_t *order,
                      hone_mlp_data *out) {
    for (size_t i = 0; i < data->x.rows; i++) {
        size_t row = order[i];
        hone_mlp_pack(out->n_inputs, hone_view_row(data->x, row), out->x + i * out->n_inputs);
        fill_target(out, n_classes, *hone_view_row(data->y, row), out->t + i * out->n_outputs);
    }
    if (!out->w)
        return;
    double sum = 0;
    for (size_t i = 0; i < out->train.rows; i++)
        sum += data->weights[order[i]];
    double scale = (double)out->train.rows / sum;
    for (size_t i = 0; i < data->x.rows; i++)
        out->w[i] = (real)(data->weights[order[i]] * scale);
}

static hone_status measure_target(const hone_dataset *data, hone_mlp_data *out, hone_error *err) {
    hone_status status =
        hone_column_moments(data->y, data->weights, &out->y_mean, &out->y_scale, NULL, err);
    if (status == HONE_OK && !(out->y_scale > 0))
        out->y_scale = 1; /* constant target */
    return status;
}

hone_status hone_mlp_data_create(const char *who, const hone_dataset *data, size_t n_classes,
                                 double fraction, uint64_t seed, hone_mlp_data *out,
                                 hone_error *err) {
    size_t n = data->x.rows, n_train = 0, *order = NULL;
    hone_mlp_data made = {.n_inputs = data->x.cols, .n_outputs = n_classes > 2 ? n_classes : 1};
    hone_status status = hone_new(&order, n, err);
    if (status == HONE_OK)
        status = split_rows(data, n_classes, fraction, seed, order, &n_train, err);
    if (status == HONE_OK && fraction > 0 && n_train == n)
        status = hone_fail(err, HONE_EDATA,
                           "%s: validation_fraction %g of %zu rows leaves no row for validation; "
                           "give more rows or set early_stopping=false",
                           who, fraction, n);
    if (status == HONE_OK)
        status = hone_new2(&made.x, n, made.n_inputs, err);
    if (status == HONE_OK)
        status = hone_new2(&made.t, n, made.n_outputs, err);
    if (status == HONE_OK && data->weights)
        status = hone_new(&made.w, n, err);
    if (status == HONE_OK && n_classes == 0)
        status = measure_target(data, &made, err);
    if (status != HONE_OK)
        goto done;

    made.train = (hone_samples){n_train, made.x, made.t, made.w};
    made.validation =
        (hone_samples){n - n_train, made.x + n_train * made.n_inputs,
                       made.t + n_train * made.n_outputs, made.w ? made.w + n_train : NULL};
    fill_rows(data, n_classes, order, &made);
    *out = made, made = (hone_mlp_data){0};
done:
    hone_release(order);
    hone_mlp_data_free(&made);
    return status;
}

void hone_mlp_data_free(hone_mlp_data *data) {
    hone_release(data->x);
    hone_release(data->t);
    hone_release(data->w);
    *data = (hone_mlp_data){0};
}
