/* binarizer.c -- 1 above a threshold, 0 up to it.
 *
 * Learns nothing. Takes compressed rows, and gives them back in full. Cost: O(n m). */
#include "preprocess/preprocess.h"

#include "preprocess/columns.h"

struct params {
    double threshold;
};
static const hone_param PARAMS[] = {
    HONE_REAL(params, threshold, 0, "(-inf, inf)", "values above it become 1, others 0"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_ATTR_END,
};

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    (void)params, (void)mon, (void)err;
    ((struct state *)out)->n_cols = hone_dataset_cols(data);
    return HONE_OK;
}

static hone_status transform(const void *params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)fitted, (void)err;
    double threshold = ((const struct params *)params)->threshold;
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        for (size_t j = 0; j < x.cols; j++)
            out[i * x.cols + j] = row[j] > threshold;
    }
    return HONE_OK;
}

static hone_status transform_sparse(const void *params, const void *fitted, const hone_csr *x,
                                    double *out, hone_error *err) {
    (void)fitted, (void)err;
    double threshold = ((const struct params *)params)->threshold;
    for (size_t k = 0; k < x->rows * x->cols; k++)
        out[k] = 0 > threshold;
    for (size_t i = 0; i < x->rows; i++, out += x->cols)
        for (size_t k = x->starts[i]; k < x->starts[i + 1]; k++)
            out[x->columns[k]] = x->values[k] > threshold;
    return HONE_OK;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    return hone_fitted_columns_check(((const struct state *)fitted)->n_cols, n_cols, err);
}

static const hone_sparse_slots SPARSE = {.transform = transform_sparse};

const hone_class hone_binarizer = {
    .name = "binarizer",
    .summary = "makes values 1 above a threshold and 0 below",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .validate = validate,
    .sparse = &SPARSE,
};
