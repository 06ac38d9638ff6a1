/* robust_scaler.c -- columns of median 0 and interquartile range 1, which single wild values cannot
 * move.
 *
 *   z = (x - median) / scale,  scale = quantile(high) - quantile(low)
 *
 * over the cells that are there; missing cells stay missing. With unit_variance the scale is also
 * divided by that of a standard normal column, so that normal columns get variance 1. A column
 * whose two quantiles are the same has scale 1. Weight w counts as w rows (scikit-learn's takes no
 * weights); its pair quantile_range is two parameters here.
 * Shapes: X n x m, center and scale m. Cost: O(n m), columns in parallel. */
#include "preprocess/preprocess.h"

#include "core/parallel.h"
#include "inference/special.h"
#include "preprocess/columns.h"
#include "preprocess/scaler.h"

static const char WHO[] = "robust_scaler";

struct params {
    bool with_centering, with_scaling, unit_variance;
    double quantile_range_low, quantile_range_high;
};
static const hone_param PARAMS[] = {
    HONE_BOOL(params, with_centering, true, "subtract the median"),
    HONE_BOOL(params, with_scaling, true, "divide by the distance of the two quantiles"),
    HONE_REAL(params, quantile_range_low, 25, "[0, 100]", "the lower quantile, in percent"),
    HONE_REAL(params, quantile_range_high, 75, "[0, 100]", "the upper quantile, in percent"),
    HONE_BOOL(params, unit_variance, false, "scale so that normal columns get variance 1"),
    HONE_PARAM_END,
};

static const hone_attr ATTRS[] = {
    HONE_SCALER_ATTRS("center", "what is subtracted (0 without with_centering)", "scale",
                      "what it is divided by (1 without with_scaling)"),
};

static hone_status check(const void *fit_params, hone_error *err) {
    const struct params *params = fit_params;
    double low = params->quantile_range_low, high = params->quantile_range_high;
    if (low >= high)
        return hone_fail(err, HONE_EINVAL,
                         "parameter quantile_range_low must be below quantile_range_high, got "
                         "%g and %g",
                         low, high);
    if (params->unit_variance && (low == 0 || high == 100))
        return hone_fail(err, HONE_EINVAL,
                         "unit_variance needs quantiles above 0 and below 100, got %g and %g", low,
                         high);
    return HONE_OK;
}

/* One fit, shared by its columns. */
struct job {
    const struct params *params;
    const hone_dataset *data;
    struct hone_scaler *scaler;
};

static hone_status learn_column(void *context, size_t j, hone_error *err) {
    const struct job *job = context;
    const double shares[] = {job->params->quantile_range_low / 100, 0.5,
                             job->params->quantile_range_high / 100};
    double quantiles[3];
    hone_present present = {0};
    hone_status status = hone_present_make(job->data, j, &present, err);
    if (!status)
        status = hone_present_quantiles(&present, shares, 3, quantiles, err);
    if (!status) {
        job->scaler->shift[j] = quantiles[1];
        job->scaler->scale[j] = quantiles[2] - quantiles[0];
    }
    hone_present_free(&present);
    return status;
}

/* The same distance in a standard normal column. */
static double normal_range(const struct params *params) {
    return hone_normal_quantile(params->quantile_range_high / 100) -
           hone_normal_quantile(params->quantile_range_low / 100);
}

static hone_status fit(const void *fit_params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    const struct params *params = fit_params;
    struct hone_scaler *s = out;
    struct job job = {params, data, s};
    hone_status status = hone_scaler_make(s, data->x.cols, err);
    if (!status)
        status = hone_parallel(s->n_cols, learn_column, &job, mon, err);
    if (!status)
        status = hone_scaler_settle(s, WHO, "range", data, err);
    for (size_t j = 0; j < data->x.cols && !status; j++) {
        if (!params->with_centering)
            s->shift[j] = 0;
        if (params->unit_variance)
            s->scale[j] /= normal_range(params);
        if (!params->with_scaling)
            s->scale[j] = 1;
    }
    return status;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    return hone_scaler_check(fitted, ATTRS, n_cols, err);
}

const hone_class hone_robust_scaler = {
    .name = "robust_scaler",
    .summary = "scales columns by median and quartiles",
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
    .check = check,
};
