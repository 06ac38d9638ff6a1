/* standard_scaler.c -- columns of mean 0 and standard deviation 1.
 *
 *   z = (x - mean) / scale,  mean = sum w x / sum w,  scale^2 = sum w (x - mean)^2 / sum w
 *
 * over the cells that are there; missing cells stay missing. A constant column has scale 1, so it
 * becomes 0 and not 0 / 0.
 * Shapes: X n x m, mean and scale m. Cost: O(n m). */
#include "preprocess/preprocess.h"

#include "linalg/linalg.h"
#include "preprocess/columns.h"

#include <math.h>

static const char WHO[] = "standard_scaler";

struct params {
    bool with_mean, with_std;
};
static const hone_param PARAMS[] = {
    HONE_BOOL(params, with_mean, true, "subtract the mean"),
    HONE_BOOL(params, with_std, true, "divide by the standard deviation"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols;
    double *mean, *scale;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_VECTOR(state, mean, n_cols, "what is subtracted (0 without with_mean)"),
    HONE_VECTOR(state, scale, n_cols, "what it is divided by (1 without with_std)"),
    HONE_ATTR_END,
};

static hone_status fit(const void *fit_params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    const struct params *params = fit_params;
    struct state *state = out;
    size_t m = data->x.cols;
    state->n_cols = m;
    hone_status status = hone_new(&state->mean, m, err);
    if (!status)
        status = hone_new(&state->scale, m, err);
    if (!status)
        status = hone_column_moments(data->x, data->weights, state->mean, state->scale, mon, err);
    for (size_t j = 0; j < m && !status; j++) {
        if (!(isfinite(state->mean[j]) && isfinite(state->scale[j])))
            status = hone_fail(err, HONE_ENUMERIC, "%s: the variance of column '%s' overflows", WHO,
                               data->schema->columns[j].name);
        if (!params->with_mean)
            state->mean[j] = 0;
        if (!params->with_std || state->scale[j] == 0)
            state->scale[j] = 1;
    }
    return status;
}

static hone_status transform(const void *params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)params, (void)err;
    const struct state *state = fitted;
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        for (size_t j = 0; j < x.cols; j++)
            out[i * x.cols + j] = (row[j] - state->mean[j]) / state->scale[j];
    }
    return HONE_OK;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    const struct state *state = fitted;
    size_t n = state->n_cols;
    hone_status status = hone_fitted_vector_check(WHO, "mean", state->mean, n, n_cols, err);
    if (!status)
        status = hone_fitted_vector_check(WHO, "scale", state->scale, n, n_cols, err);
    for (size_t j = 0; j < n && !status; j++)
        if (!(state->scale[j] > 0))
            status = hone_fail(err, HONE_EFORMAT,
                               "%s: attribute 'scale' of column %zu is %g, expected (0, inf)", WHO,
                               j + 1, state->scale[j]);
    return status;
}

const hone_class hone_standard_scaler = {
    .name = "standard_scaler",
    .summary = "scales columns to mean 0 and standard deviation 1",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .validate = validate,
};
