/* min_max_scaler.c -- columns that run from feature_range_low to feature_range_high.
 *
 *   z = (x - min) / (max - min) * (high - low) + low
 *
 * with min and max over the cells that are there; missing cells stay missing. A constant column
 * counts as 1 wide, so it becomes low. The ends are exact for the range 0 .. 1. scikit-learn's pair
 * feature_range is two parameters here. Weights change nothing.
 * Shapes: X n x m, data_min and data_max m. Cost: O(n m). */
#include "preprocess/preprocess.h"

#include "core/clones.h"
#include "preprocess/columns.h"

#include <math.h>

static const char WHO[] = "min_max_scaler";

struct params {
    double feature_range_low, feature_range_high;
    bool clip;
};
static const hone_param PARAMS[] = {
    HONE_REAL(params, feature_range_low, 0, "(-inf, inf)", "what the smallest value becomes"),
    HONE_REAL(params, feature_range_high, 1, "(-inf, inf)", "what the largest value becomes"),
    HONE_BOOL(params, clip, false, "keep new data within the range"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols;
    double *data_min, *data_max;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_VECTOR(state, data_min, n_cols, "smallest value of each column"),
    HONE_VECTOR(state, data_max, n_cols, "largest value of each column"),
    HONE_ATTR_END,
};

static hone_status check(const void *fit_params, hone_error *err) {
    const struct params *params = fit_params;
    double low = params->feature_range_low, high = params->feature_range_high;
    if (low < high && isfinite(high - low))
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL,
                     "parameter feature_range_low must be below feature_range_high, got %g and "
                     "%g",
                     low, high);
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    (void)params, (void)mon;
    struct state *state = out;
    size_t m = data->x.cols;
    state->n_cols = m;
    hone_status status = hone_new(&state->data_min, m, err);
    if (!status)
        status = hone_new(&state->data_max, m, err);
    if (status)
        return status;
    for (size_t j = 0; j < m; j++)
        state->data_min[j] = INFINITY, state->data_max[j] = -INFINITY;
    for (size_t i = 0; i < data->x.rows; i++) {
        const double *row = hone_view_row(data->x, i);
        for (size_t j = 0; j < m; j++) { /* comparisons with NaN are false */
            state->data_min[j] = row[j] < state->data_min[j] ? row[j] : state->data_min[j];
            state->data_max[j] = row[j] > state->data_max[j] ? row[j] : state->data_max[j];
        }
    }
    for (size_t j = 0; j < m; j++) {
        if (state->data_min[j] > state->data_max[j]) /* nothing is there */
            state->data_min[j] = state->data_max[j] = 0;
        if (!isfinite(state->data_max[j] - state->data_min[j]))
            return hone_fail(err, HONE_ENUMERIC, "%s: the range of column '%s' overflows", WHO,
                             data->schema->columns[j].name);
    }
    return HONE_OK;
}

HONE_CLONES static void stretch_row(const double *restrict x, const double *restrict min,
                                    const double *restrict max, size_t m, double low, double high,
                                    double *restrict out) {
    for (size_t j = 0; j < m; j++) {
        double width = max[j] - min[j];
        out[j] = (x[j] - min[j]) / (width > 0 ? width : 1) * (high - low) + low;
    }
}

static hone_status transform(const void *fit_params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)err;
    const struct params *params = fit_params;
    const struct state *state = fitted;
    double low = params->feature_range_low, high = params->feature_range_high;
    for (size_t i = 0; i < x.rows; i++) {
        double *z = out + i * x.cols;
        stretch_row(hone_view_row(x, i), state->data_min, state->data_max, x.cols, low, high, z);
        for (size_t j = 0; params->clip && j < x.cols; j++)
            z[j] = z[j] < low ? low : z[j] > high ? high : z[j];
    }
    return HONE_OK;
}

/* What was clipped stays at the end of the range. */
static hone_status inverse_transform(const void *fit_params, const void *fitted, hone_view z,
                                     double *out, hone_error *err) {
    (void)err;
    const struct params *params = fit_params;
    const struct state *state = fitted;
    double low = params->feature_range_low, high = params->feature_range_high;
    for (size_t i = 0; i < z.rows; i++)
        for (size_t j = 0; j < z.cols; j++) {
            double width = state->data_max[j] - state->data_min[j];
            double part = (hone_view_row(z, i)[j] - low) / (high - low);
            out[i * z.cols + j] = state->data_min[j] + part * (width > 0 ? width : 1);
        }
    return HONE_OK;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    const struct state *state = fitted;
    size_t n = state->n_cols;
    hone_status status = hone_fitted_vector_check("data_min", state->data_min, n, n_cols, err);
    if (!status)
        status = hone_fitted_vector_check("data_max", state->data_max, n, n_cols, err);
    return status;
}

const hone_class hone_min_max_scaler = {
    .name = "min_max_scaler",
    .summary = "scales columns to a given range",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .inverse_transform = inverse_transform,
    .validate = validate,
    .check = check,
};
