/* scaler.c -- z = (x - shift) / scale, column by column.   Cost: O(n m). */
#include "preprocess/scaler.h"

#include "core/clones.h"
#include "preprocess/columns.h"

#include <math.h>

enum { SHIFT = 1, SCALE = 2 }; /* places in the table of attributes */

hone_status hone_scaler_make(struct hone_scaler *scaler, size_t n_cols, hone_error *err) {
    scaler->n_cols = n_cols;
    hone_status status = hone_new(&scaler->shift, n_cols, err);
    if (!status)
        status = hone_new(&scaler->scale, n_cols, err);
    return status;
}

hone_status hone_scaler_settle(struct hone_scaler *scaler, const char *who, const char *measure,
                               const hone_dataset *data, hone_error *err) {
    for (size_t j = 0; j < scaler->n_cols; j++) {
        if (!(isfinite(scaler->shift[j]) && isfinite(scaler->scale[j])))
            return hone_fail(err, HONE_ENUMERIC, "%s: the %s of column '%s' overflows", who,
                             measure, data->schema->columns[j].name);
        if (scaler->scale[j] == 0)
            scaler->scale[j] = 1;
    }
    return HONE_OK;
}

HONE_CLONES static void scale_row(const double *restrict x, const double *restrict shift,
                                  const double *restrict scale, size_t m, double *restrict out) {
    for (size_t j = 0; j < m; j++)
        out[j] = (x[j] - shift[j]) / scale[j];
}

hone_status hone_scaler_transform(const void *params, const void *fitted, hone_view x, double *out,
                                  hone_error *err) {
    (void)params, (void)err;
    const struct hone_scaler *scaler = fitted;
    for (size_t i = 0; i < x.rows; i++)
        scale_row(hone_view_row(x, i), scaler->shift, scaler->scale, x.cols, out + i * x.cols);
    return HONE_OK;
}

hone_status hone_scaler_inverse_transform(const void *params, const void *fitted, hone_view z,
                                          double *out, hone_error *err) {
    (void)params, (void)err;
    const struct hone_scaler *scaler = fitted;
    for (size_t i = 0; i < z.rows; i++) {
        const double *row = hone_view_row(z, i);
        for (size_t j = 0; j < z.cols; j++)
            out[i * z.cols + j] = row[j] * scaler->scale[j] + scaler->shift[j];
    }
    return HONE_OK;
}

hone_status hone_scaler_check(const struct hone_scaler *scaler, const hone_attr *attrs,
                              size_t n_cols, hone_error *err) {
    size_t n = scaler->n_cols;
    const char *scale = attrs[SCALE].name;
    hone_status status = hone_fitted_vector_check(attrs[SHIFT].name, scaler->shift, n, n_cols, err);
    if (!status)
        status = hone_fitted_vector_check(scale, scaler->scale, n, n_cols, err);
    for (size_t j = 0; j < n && !status; j++)
        if (!(scaler->scale[j] > 0))
            status = hone_fail(err, HONE_EFORMAT,
                               "attribute '%s' of column %zu is %g, expected (0, inf)", scale,
                               j + 1, scaler->scale[j]);
    return status;
}
