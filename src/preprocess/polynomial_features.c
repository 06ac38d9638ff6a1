/* polynomial_features.c -- all products of columns up to a degree: 1, a, b, a^2, a b, b^2, ...
 *
 * In the order of scikit-learn: by degree, then by the columns of the product, first to last. The
 * products of degree d that begin with column c are x_c times those of degree d - 1 that begin with
 * c or later (interaction_only: later than c), and these lie together at the end of their degree:
 *
 *   out[first(d, c) ...] = x_c out[first(d - 1, c) ... first(d - 1, m)],  first(d, m) = end of d
 *
 * There are sum over d of C(m + d - 1, d) products (interaction_only: of C(m, d)); over a million
 * are refused, as they are when a file is read. Shapes: X n x m, out n x n_out.
 * Cost: one multiplication each. */
#include "preprocess/preprocess.h"

#include "core/text.h"
#include "preprocess/columns.h"

#include <string.h>

static const char WHO[] = "polynomial_features";
enum { MOST_OUTPUTS = 1000000 };

struct params {
    int degree;
    bool interaction_only, include_bias;
};
static const hone_param PARAMS[] = {
    HONE_INT(params, degree, 2, "[0, inf)", "the most factors in a product"),
    HONE_BOOL(params, interaction_only, false, "no column twice in a product"),
    HONE_BOOL(params, include_bias, true, "begin with a column of ones"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols, n_out;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_COUNT(state, n_out, "number of columns given"),
    HONE_ATTR_END,
};

static hone_status check(const void *fit_params, hone_error *err) {
    const struct params *params = fit_params;
    if (params->degree == 0 && !params->include_bias)
        return hone_fail(err, HONE_EINVAL, "degree=0 without include_bias leaves no column");
    return HONE_OK;
}

/* Without a column twice there is no product of more factors than columns. */
static size_t top_degree(const struct params *params, size_t m) {
    size_t degree = (size_t)params->degree;
    return params->interaction_only && degree > m ? m : degree;
}

/* How many products there are; MOST_OUTPUTS + 1 for more than that. */
static hone_status count_outputs(const struct params *params, size_t m, size_t *out,
                                 hone_error *err) {
    size_t *from = NULL; /* products of this degree that begin with column c or later */
    hone_status status = hone_new(&from, m + 1, err);
    if (status)
        return status;
    size_t total = params->include_bias, degree = top_degree(params, m);
    for (size_t d = 1; d <= degree && total <= MOST_OUTPUTS; d++) {
        for (size_t c = 0; d == 1 && c <= m; c++)
            from[c] = m - c;
        for (size_t c = 0, later = from[m]; d > 1 && c < m; c++) { /* from the last column on */
            size_t at = m - 1 - c, with = params->interaction_only ? later : from[at];
            later = from[at];
            from[at] = from[at + 1] + with;
            if (from[at] > MOST_OUTPUTS)
                from[at] = MOST_OUTPUTS + 1;
        }
        total += from[0];
    }
    *out = total <= MOST_OUTPUTS ? total : MOST_OUTPUTS + 1;
    hone_release(from);
    return HONE_OK;
}

static hone_status fit(const void *fit_params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    (void)mon;
    const struct params *params = fit_params;
    struct state *state = out;
    state->n_cols = data->x.cols;
    hone_status status = count_outputs(params, state->n_cols, &state->n_out, err);
    if (!status && state->n_out > MOST_OUTPUTS)
        status =
            hone_fail(err, HONE_EDATA,
                      "%s: degree=%d of %zu columns makes more than %d columns; a lower degree "
                      "or interaction_only makes fewer",
                      WHO, params->degree, state->n_cols, MOST_OUTPUTS);
    return status;
}

/* ---- use ------------------------------------------------------------------------------------ */

/* first ((degree + 1) x (m + 1)): where the products of a degree begin that begin with a column;
 * row 0 is not used. */
static hone_status make_plan(const struct params *params, size_t m, size_t **out, hone_error *err) {
    size_t degree = top_degree(params, m), skip = params->interaction_only;
    size_t *first = NULL;
    hone_status status = hone_new2(&first, degree + 1, m + 1, err);
    for (size_t c = 0; c <= m && degree > 0 && !status; c++)
        first[m + 1 + c] = (size_t)params->include_bias + c;
    for (size_t d = 2; d <= degree && !status; d++) {
        const size_t *before = first + (d - 1) * (m + 1);
        size_t *here = first + d * (m + 1);
        here[0] = before[m];
        for (size_t c = 0; c < m; c++)
            here[c + 1] = here[c] + before[m] - before[c + skip];
    }
    *out = first;
    return status;
}

static void multiply(const double *restrict from, size_t n, double by, double *restrict out) {
    for (size_t k = 0; k < n; k++)
        out[k] = by * from[k];
}

static void transform_row(const struct params *params, const size_t *first, const double *x,
                          size_t m, double *out) {
    size_t degree = top_degree(params, m), skip = params->interaction_only;
    if (params->include_bias)
        out[0] = 1;
    if (degree > 0)
        memcpy(out + params->include_bias, x, m * sizeof *out);
    for (size_t d = 2; d <= degree; d++) {
        const size_t *before = first + (d - 1) * (m + 1), *here = first + d * (m + 1);
        for (size_t c = 0; c < m; c++)
            multiply(out + before[c + skip], before[m] - before[c + skip], x[c], out + here[c]);
    }
}

static hone_status transform(const void *fit_params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    const struct params *params = fit_params;
    const struct state *state = fitted;
    size_t *first = NULL;
    hone_status status = make_plan(params, x.cols, &first, err);
    for (size_t i = 0; i < x.rows && !status; i++)
        transform_row(params, first, hone_view_row(x, i), x.cols, out + i * state->n_out);
    hone_release(first);
    return status;
}

/* ---- names ---------------------------------------------------------------------------------- */

/* The next product of d factors: columns that ascend, strictly with interaction_only. */
static void next_product(const struct params *params, size_t m, size_t *columns, size_t d) {
    size_t strict = params->interaction_only, p = d;
    while (p > 0 && columns[p - 1] == m - 1 - strict * (d - p))
        p--;
    if (p == 0)
        return;
    columns[p - 1]++;
    for (; p < d; p++)
        columns[p] = columns[p - 1] + strict;
}

/* Appends to a text of `length`, or counts where there is none. */
static size_t append(char *text, size_t length, const char *more) {
    size_t n = strlen(more);
    if (text)
        memcpy(text + length, more, n + 1);
    return length + n;
}

/* "a^2 b" into `text`, or nowhere; gives its length. */
static size_t write_product(const hone_column *names, const size_t *columns, size_t d, char *text) {
    size_t length = 0;
    for (size_t p = 0, end; p < d; p = end) {
        for (end = p + 1; end < d && columns[end] == columns[p];)
            end++;
        char power[HONE_NUMBER_SIZE];
        length = append(text, length, p ? " " : "");
        length = append(text, length, names[columns[p]].name);
        if (end - p > 1) {
            length = append(text, length, "^");
            length = append(text, length, hone_write_double((double)(end - p), power));
        }
    }
    return length;
}

static hone_status name_product(const hone_column *names, const size_t *columns, size_t d,
                                hone_column *out, hone_error *err) {
    char *name = NULL;
    hone_status status = hone_new(&name, write_product(names, columns, d, NULL) + 1, err);
    if (status)
        return status;
    write_product(names, columns, d, name);
    *out = (hone_column){.name = name, .kind = HONE_NUMERIC};
    return HONE_OK;
}

static hone_status output_schema(const void *fit_params, const void *fitted,
                                 const hone_schema *input, hone_schema **out, hone_error *err) {
    const struct params *params = fit_params;
    size_t m = input->n_columns, degree = top_degree(params, m), at = 0;
    size_t *first = NULL, *columns = NULL;
    hone_schema *schema = NULL;
    hone_status status;
    if ((status = hone_schema_create(((const struct state *)fitted)->n_out, 0, &schema, err)) ||
        (status = hone_new(&columns, degree + 1, err)) ||
        (status = make_plan(params, m, &first, err)))
        goto done;
    if (params->include_bias)
        status = hone_column_name(hone_schema_column(schema, at++), err, "1");
    for (size_t d = 1; d <= degree && !status; d++) {
        for (size_t p = 0; p < d; p++)
            columns[p] = params->interaction_only ? p : 0;
        for (; at < first[d * (m + 1) + m] && !status; at++) {
            status = name_product(input->columns, columns, d, hone_schema_column(schema, at), err);
            next_product(params, m, columns, d);
        }
    }
    if (!status)
        *out = schema, schema = NULL;
done:
    hone_schema_free(schema);
    hone_release(columns);
    hone_release(first);
    return status;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)n_classes;
    const struct state *state = fitted;
    size_t n_out = 0;
    hone_status status = count_outputs(params, n_cols, &n_out, err);
    if (!status && (state->n_cols != n_cols || state->n_out != n_out || n_out > MOST_OUTPUTS))
        status = hone_fail(err, HONE_EFORMAT, "makes %zu of %zu columns, expected %zu of %zu",
                           state->n_out, state->n_cols, n_out, n_cols);
    return status;
}

const hone_class hone_polynomial_features = {
    .name = "polynomial_features",
    .summary = "multiplies columns with each other and themselves",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .output_schema = output_schema,
    .validate = validate,
    .check = check,
};
