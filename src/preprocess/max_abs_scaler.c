/* max_abs_scaler.c -- columns whose largest value, sign aside, is 1; zeros stay zeros.
 *
 *   z = x / max |x|
 *
 * over the cells that are there; missing cells stay missing, and a column of zeros as it is. Takes
 * compressed rows, and gives them back in full. Weights change nothing.
 * Shapes: X n x m, max_abs m. Cost: O(n m), or of the cells that are stored. */
#include "preprocess/preprocess.h"

#include "core/clones.h"
#include "preprocess/columns.h"

#include <math.h>
#include <string.h>

struct params {
    bool clip;
};
static const hone_param PARAMS[] = {
    HONE_BOOL(params, clip, false, "keep new data within -1 and 1"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols;
    double *max_abs;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_VECTOR(state, max_abs, n_cols, "largest value of each column, sign aside"),
    HONE_ATTR_END,
};

static void look_at(double *largest, double value) {
    *largest = fabs(value) > *largest ? fabs(value) : *largest; /* false for NaN */
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    (void)params, (void)mon;
    struct state *state = out;
    const hone_csr *sparse = data->sparse;
    state->n_cols = hone_dataset_cols(data);
    hone_status status = hone_new(&state->max_abs, state->n_cols, err);
    if (status)
        return status;
    for (size_t k = sparse ? sparse->starts[0] : 0; sparse && k < sparse->starts[sparse->rows]; k++)
        look_at(&state->max_abs[sparse->columns[k]], sparse->values[k]);
    for (size_t i = 0; !sparse && i < data->x.rows; i++) {
        const double *row = hone_view_row(data->x, i);
        for (size_t j = 0; j < state->n_cols; j++)
            look_at(&state->max_abs[j], row[j]);
    }
    return HONE_OK;
}

static double clipped(double z) {
    return fabs(z) > 1 ? copysign(1, z) : z;
}

HONE_CLONES static void divide_row(const double *restrict x, const double *restrict max_abs,
                                   size_t m, double *restrict out) {
    for (size_t j = 0; j < m; j++)
        out[j] = x[j] / (max_abs[j] > 0 ? max_abs[j] : 1);
}

static hone_status transform(const void *params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)err;
    bool clip = ((const struct params *)params)->clip;
    for (size_t i = 0; i < x.rows; i++, out += x.cols) {
        divide_row(hone_view_row(x, i), ((const struct state *)fitted)->max_abs, x.cols, out);
        for (size_t j = 0; clip && j < x.cols; j++)
            out[j] = clipped(out[j]);
    }
    return HONE_OK;
}

/* What was clipped stays at the end. */
static hone_status inverse_transform(const void *params, const void *fitted, hone_view z,
                                     double *out, hone_error *err) {
    (void)params, (void)err;
    const struct state *state = fitted;
    for (size_t i = 0; i < z.rows; i++)
        for (size_t j = 0; j < z.cols; j++)
            *out++ = hone_view_row(z, i)[j] * (state->max_abs[j] > 0 ? state->max_abs[j] : 1);
    return HONE_OK;
}

static hone_status transform_sparse(const void *params, const void *fitted, const hone_csr *x,
                                    double *out, hone_error *err) {
    (void)err;
    const double *max_abs = ((const struct state *)fitted)->max_abs;
    bool clip = ((const struct params *)params)->clip;
    memset(out, 0, x->rows * x->cols * sizeof *out);
    for (size_t i = 0; i < x->rows; i++, out += x->cols)
        for (size_t k = x->starts[i]; k < x->starts[i + 1]; k++) {
            size_t j = x->columns[k];
            double z = x->values[k] / (max_abs[j] > 0 ? max_abs[j] : 1);
            out[j] = clip ? clipped(z) : z;
        }
    return HONE_OK;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    const struct state *state = fitted;
    return hone_fitted_vector_check("max_abs", state->max_abs, state->n_cols, n_cols, err);
}

static const hone_sparse_slots SPARSE = {.transform = transform_sparse};

const hone_class hone_max_abs_scaler = {
    .name = "max_abs_scaler",
    .summary = "scales columns to a largest value of 1, zeros staying zeros",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .inverse_transform = inverse_transform,
    .validate = validate,
    .sparse = &SPARSE,
};
