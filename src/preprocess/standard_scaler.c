/* standard_scaler.c -- columns of mean 0 and standard deviation 1.
 *
 *   z = (x - mean) / scale,  mean = sum w x / sum w,  scale^2 = sum w (x - mean)^2 / sum w
 *
 * over the cells that are there; missing cells stay missing. A constant column has scale 1, so it
 * becomes 0 and not 0 / 0.
 * Shapes: X n x m, mean and scale m. Cost: O(n m). */
#include "preprocess/preprocess.h"

#include "linalg/linalg.h"
#include "preprocess/scaler.h"

static const char WHO[] = "standard_scaler";

struct params {
    bool with_mean, with_std;
};
static const hone_param PARAMS[] = {
    HONE_BOOL(params, with_mean, true, "subtract the mean"),
    HONE_BOOL(params, with_std, true, "divide by the standard deviation"),
    HONE_PARAM_END,
};

static const hone_attr ATTRS[] = {
    HONE_SCALER_ATTRS("mean", "what is subtracted (0 without with_mean)", "scale",
                      "what it is divided by (1 without with_std)"),
};

static hone_status fit(const void *fit_params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    const struct params *params = fit_params;
    struct hone_scaler *s = out;
    hone_status status = hone_scaler_make(s, data->x.cols, err);
    if (!status)
        status = hone_column_moments(data->x, data->weights, s->shift, s->scale, mon, err);
    if (!status)
        status = hone_scaler_settle(s, WHO, "variance", data, err);
    for (size_t j = 0; j < data->x.cols && !status; j++) {
        if (!params->with_mean)
            s->shift[j] = 0;
        if (!params->with_std)
            s->scale[j] = 1;
    }
    return status;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    return hone_scaler_check(fitted, ATTRS, n_cols, err);
}

const hone_class hone_standard_scaler = {
    .name = "standard_scaler",
    .summary = "scales columns to mean 0 and standard deviation 1",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct hone_scaler),
    .fit = fit,
    .transform = hone_scaler_transform,
    .inverse_transform = hone_scaler_inverse_transform,
    .validate = validate,
};
