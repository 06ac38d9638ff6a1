/* ordinal_encoder.c -- a category becomes its number among the levels of its column, from 0.
 *
 * The order is that of the schema's levels (numbers by size, texts by their bytes), and a level
 * keeps its number also in a fold that has not seen it. The columns are numeric afterwards; those
 * that are numeric before go through. A missing cell stays one (scikit-learn: nan) or becomes
 * encoded_missing_value. scikit-learn's default handle_unknown is error; here it is
 * use_encoded_value with -1: a prediction on new data must not stop at one new category (the caller
 * is told the number of such cells). Shapes: X n x m, out n x m. Cost: O(n m). */
#include "preprocess/preprocess.h"

#include "preprocess/categories.h"

#include <math.h>

static const char WHO[] = "ordinal_encoder";

enum { UNKNOWN_VALUE, UNKNOWN_ERROR };
static const char *const UNKNOWNS[] = {"use_encoded_value", "error", NULL};
enum { A_NUMBER = -1, MISSING };
static const char *const VALUES[] = {"missing", NULL};

struct params {
    int handle_unknown;
    hone_mixed unknown_value, encoded_missing_value;
};
static const hone_param PARAMS[] = {
    HONE_ENUM(params, handle_unknown, "use_encoded_value", UNKNOWNS,
              "a category that fit did not know: unknown_value, or an error"),
    HONE_MIXED(params, unknown_value, "-1", VALUES, "(-inf, inf)",
               "what such a category becomes; no number of a level"),
    HONE_MIXED(params, encoded_missing_value, "missing", VALUES, "(-inf, inf)",
               "what a missing category becomes; no number of a level"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols;
    int32_t *n_levels;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_VECTOR_I32(state, n_levels, n_cols, "levels of each column, -1 for numeric columns"),
    HONE_ATTR_END,
};

static double number(hone_mixed value) {
    return value.word == A_NUMBER ? value.value : NAN;
}

/* HONE_EINVAL when the value is also the number of a level. */
static hone_status check_value(const char *name, double value, const hone_column *column,
                               hone_error *err) {
    if (value >= 0 && value < (double)column->n_levels && value == floor(value))
        return hone_fail(err, HONE_EINVAL,
                         "%s: parameter %s is %g, the number of level \"%s\" of column '%s'", WHO,
                         name, value, column->levels[(size_t)value], column->name);
    return HONE_OK;
}

static hone_status fit(const void *fit_params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    (void)mon;
    const struct params *params = fit_params;
    struct state *state = out;
    hone_status status =
        hone_categories_learn(WHO, data->schema, &state->n_levels, &state->n_cols, err);
    for (size_t j = 0; j < state->n_cols && !status; j++) {
        const hone_column *column = &data->schema->columns[j];
        if (params->handle_unknown == UNKNOWN_VALUE)
            status = check_value("unknown_value", number(params->unknown_value), column, err);
        if (!status)
            status = check_value("encoded_missing_value", number(params->encoded_missing_value),
                                 column, err);
    }
    return status;
}

static hone_status transform(const void *fit_params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    const struct params *params = fit_params;
    const struct state *state = fitted;
    double unknown = number(params->unknown_value), gone = number(params->encoded_missing_value);
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        for (size_t j = 0; j < x.cols; j++, out++) {
            *out = row[j];
            if (!hone_has_levels(state->n_levels[j]))
                continue;
            if (isnan(row[j]))
                *out = gone;
            else if (row[j] >= state->n_levels[j] && params->handle_unknown == UNKNOWN_ERROR)
                return hone_fail(err, HONE_EDATA,
                                 "%s: column %zu holds a new category; expected one known from "
                                 "fit, or handle_unknown=use_encoded_value",
                                 WHO, j + 1);
            else if (row[j] >= state->n_levels[j])
                *out = unknown;
        }
    }
    return HONE_OK;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    const struct state *state = fitted;
    return hone_categories_check(state->n_levels, state->n_cols, n_cols, err);
}

const hone_class hone_ordinal_encoder = {
    .name = "ordinal_encoder",
    .summary = "makes each category a number",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_CATEGORIES | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS |
            HONE_TAG_ENCODES,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .validate = validate,
};
