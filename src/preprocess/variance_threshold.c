/* variance_threshold.c -- keeps the columns whose variance is above a threshold.
 *
 *   var = sum w (x - mean)^2 / sum w > threshold
 *
 * over the cells that are there; missing cells stay missing. The default leaves out columns that
 * never vary. Columns keep their names. Shapes: X n x m, out n x n_out. Cost: O(n m). */
#include "preprocess/preprocess.h"

#include "linalg/linalg.h"
#include "preprocess/columns.h"

#include <math.h>

static const char WHO[] = "variance_threshold";

struct params {
    double threshold;
};
static const hone_param PARAMS[] = {
    HONE_REAL(params, threshold, 0, "[0, inf)", "columns with a variance up to this are left out"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols, n_out;
    double *variances;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_COUNT(state, n_out, "number of columns kept"),
    HONE_VECTOR(state, variances, n_cols, "variance of each column"),
    HONE_ATTR_END,
};

static bool keeps(const void *params, const struct state *state, size_t j) {
    return state->variances[j] > ((const struct params *)params)->threshold;
}

static size_t count_kept(const void *params, const struct state *state) {
    size_t kept = 0;
    for (size_t j = 0; j < state->n_cols; j++)
        kept += keeps(params, state, j);
    return kept;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    struct state *state = out;
    size_t m = data->x.cols;
    double *mean = NULL;
    state->n_cols = m;
    hone_status status;
    if ((status = hone_new(&state->variances, m, err)) || (status = hone_new(&mean, m, err)) ||
        (status = hone_column_moments(data->x, data->weights, mean, state->variances, mon, err)))
        goto done;
    for (size_t j = 0; j < m; j++) {
        state->variances[j] *= state->variances[j];
        if (!isfinite(state->variances[j])) {
            status = hone_fail(err, HONE_ENUMERIC, "%s: the variance of column '%s' overflows", WHO,
                               data->schema->columns[j].name);
            goto done;
        }
    }
    state->n_out = count_kept(params, state);
    if (state->n_out == 0)
        status =
            hone_fail(err, HONE_EDATA, "%s: no column is left: none of %zu has a variance above %g",
                      WHO, m, ((const struct params *)params)->threshold);
done:
    hone_release(mean);
    return status;
}

static hone_status transform(const void *params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)err;
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        for (size_t j = 0; j < x.cols; j++)
            if (keeps(params, fitted, j))
                *out++ = row[j];
    }
    return HONE_OK;
}

static hone_status output_schema(const void *params, const void *fitted, const hone_schema *input,
                                 hone_schema **out, hone_error *err) {
    const struct state *state = fitted;
    hone_schema *schema = NULL;
    hone_status status = hone_schema_create(state->n_out, 0, &schema, err);
    size_t at = 0;
    for (size_t j = 0; j < input->n_columns && !status; j++)
        if (keeps(params, state, j))
            status = hone_column_copy(&input->columns[j], hone_schema_column(schema, at++), err);
    if (status)
        hone_schema_free(schema);
    else
        *out = schema;
    return status;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)n_classes;
    const struct state *state = fitted;
    hone_status status =
        hone_fitted_vector_check("variances", state->variances, state->n_cols, n_cols, err);
    if (!status && (state->n_out == 0 || state->n_out != count_kept(params, state)))
        status = hone_fail(err, HONE_EFORMAT, "attribute 'n_out' is %zu, expected %zu",
                           state->n_out, count_kept(params, state));
    return status;
}

const hone_class hone_variance_threshold = {
    .name = "variance_threshold",
    .summary = "leaves out columns that hardly vary",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .output_schema = output_schema,
    .validate = validate,
};
