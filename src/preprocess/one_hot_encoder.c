/* one_hot_encoder.c -- a column of 0 and 1 for each level of each categorical column.
 *
 *   out[i, (j, level)] = 1 if x[i, j] is the level, else 0;  numeric columns go through
 *
 * All levels of the schema get a column, also those that this training fold has not seen: the
 * columns are the same in every fold. The new columns are named "sex=male". A missing cell is a
 * level that is not known.
 * scikit-learn's default handle_unknown is error; here it is ignore, all zeros: a prediction on
 * new data must not stop at one new category (the caller is told the number of such cells).
 * Shapes: X n x m, out n x n_out. Cost: O(n n_out). */
#include "preprocess/preprocess.h"

#include "preprocess/columns.h"
#include "preprocess/categories.h"

#include <math.h>
#include <string.h>

static const char WHO[] = "one_hot_encoder";

enum { DROP_NONE, DROP_IF_BINARY, DROP_FIRST };
static const char *const DROPS[] = {"none", "if_binary", "first", NULL};
enum { UNKNOWN_IGNORE, UNKNOWN_ERROR };
static const char *const UNKNOWNS[] = {"ignore", "error", NULL};

struct params {
    int drop, handle_unknown;
};
static const hone_param PARAMS[] = {
    HONE_ENUM(params, drop, "none", DROPS,
              "leave out the first level: never, of columns with two levels, of all columns"),
    HONE_ENUM(params, handle_unknown, "ignore", UNKNOWNS,
              "a category that fit did not know, or a missing one: all zeros, or an error"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols, n_out;
    int32_t *n_levels;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_COUNT(state, n_out, "number of columns given"),
    HONE_VECTOR_I32(state, n_levels, n_cols, "levels of each column, -1 for numeric columns"),
    HONE_ATTR_END,
};

/* How many leading levels of a column get no column of their own. */
static size_t dropped(const struct params *params, int32_t n_levels) {
    bool drops = (params->drop == DROP_FIRST && n_levels >= 1) ||
                 (params->drop == DROP_IF_BINARY && n_levels == 2);
    return drops ? 1 : 0;
}

static size_t width(const struct params *params, int32_t n_levels) {
    return !hone_has_levels(n_levels) ? 1 : (size_t)n_levels - dropped(params, n_levels);
}

static size_t total_width(const struct params *params, const struct state *state) {
    size_t total = 0;
    for (size_t j = 0; j < state->n_cols; j++)
        total += width(params, state->n_levels[j]);
    return total;
}

static hone_status fit(const void *fit_params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    (void)mon;
    const struct params *params = fit_params;
    struct state *state = out;
    hone_status status =
        hone_categories_learn(WHO, data->schema, &state->n_levels, &state->n_cols, err);
    if (status)
        return status;
    state->n_out = total_width(params, state);
    if (state->n_out == 0)
        return hone_fail(err, HONE_EDATA,
                         "%s: no column is left: all are categorical with too few levels for this "
                         "drop",
                         WHO);
    return HONE_OK;
}

/* Writes the columns of one cell, which are zero before. */
static hone_status encode(const struct params *params, size_t j, int32_t n_levels, double cell,
                          double *out, hone_error *err) {
    if (!hone_has_levels(n_levels)) {
        *out = cell;
        return HONE_OK;
    }
    if (!(cell >= 0 && cell < n_levels)) {
        if (params->handle_unknown == UNKNOWN_IGNORE)
            return HONE_OK;
        return hone_fail(err, HONE_EDATA,
                         "%s: column %zu holds %s; expected one known from fit, or "
                         "handle_unknown=ignore",
                         WHO, j + 1, isnan(cell) ? "a missing category" : "a new category");
    }
    size_t level = (size_t)cell, skip = dropped(params, n_levels);
    if (level >= skip)
        out[level - skip] = 1;
    return HONE_OK;
}

static hone_status transform(const void *fit_params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    const struct params *params = fit_params;
    const struct state *state = fitted;
    memset(out, 0, x.rows * state->n_out * sizeof *out);
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        for (size_t j = 0; j < x.cols; j++) {
            hone_status status = encode(params, j, state->n_levels[j], row[j], out, err);
            if (status)
                return status;
            out += width(params, state->n_levels[j]);
        }
    }
    return HONE_OK;
}

static hone_status output_schema(const void *fit_params, const void *fitted,
                                 const hone_schema *input, hone_schema **out, hone_error *err) {
    const struct params *params = fit_params;
    const struct state *state = fitted;
    hone_schema *schema = NULL;
    hone_status status = hone_categories_check_schema(WHO, state->n_levels, input, err);
    if (status || (status = hone_schema_create(state->n_out, 0, &schema, err)))
        return status;
    size_t at = 0;
    for (size_t j = 0; j < input->n_columns && !status; j++) {
        const hone_column *column = &input->columns[j];
        int32_t n_levels = state->n_levels[j];
        if (!hone_has_levels(n_levels))
            status = hone_column_copy(column, hone_schema_column(schema, at++), err);
        for (size_t k = dropped(params, n_levels); n_levels > 0 && k < (size_t)n_levels && !status;
             k++)
            status = hone_column_name(hone_schema_column(schema, at++), err, "%s=%s", column->name,
                                      column->levels[k]);
    }
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
    hone_status status = hone_categories_check(state->n_levels, state->n_cols, n_cols, err);
    if (status)
        return status;
    if (state->n_out == 0 || state->n_out != total_width(params, state))
        return hone_fail(err, HONE_EFORMAT, "attribute 'n_out' is %zu, expected %zu", state->n_out,
                         total_width(params, state));
    return HONE_OK;
}

const hone_class hone_one_hot_encoder = {
    .name = "one_hot_encoder",
    .summary = "makes a 0/1 column for each category",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_CATEGORIES | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS |
            HONE_TAG_ENCODES,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .output_schema = output_schema,
    .validate = validate,
};
