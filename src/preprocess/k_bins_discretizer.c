/* k_bins_discretizer.c -- a column becomes the number of the bin that each cell is in.
 *
 *   uniform   edges e_k = min + k (max - min) / n_bins
 *   quantile  e_k = the x where the weight below passes k / n_bins of all; the mean of two if it
 *             stops exactly there (numpy: averaged_inverted_cdf)
 *
 * bin(x) = how many inner edges are at or below x: those beyond the ends fall into the end bins.
 * Quantile bins that are no wider than 1e-8 are joined with the next; a column that never varies
 * has one bin. encode=onehot makes a column of 0 and 1 for each bin, named "age_0", "age_1";
 * ordinal keeps one. All rows are looked at (scikit-learn: a subsample of 200000), and its
 * strategy=kmeans is not there.
 * Shapes: X n x m, bin_edges m x (n_bins + 1). Cost: O(n m), columns in parallel. */
#include "preprocess/preprocess.h"

#include "core/parallel.h"
#include "core/sum.h"
#include "preprocess/columns.h"

#include <math.h>
#include <string.h>

static const char WHO[] = "k_bins_discretizer";
static const double NARROW = 1e-8;

enum { UNIFORM, QUANTILE };
static const char *const STRATEGIES[] = {"uniform", "quantile", NULL};
enum { ONEHOT, ORDINAL };
static const char *const ENCODINGS[] = {"onehot", "ordinal", NULL};

struct params {
    int n_bins, encode, strategy;
};
static const hone_param PARAMS[] = {
    HONE_INT(params, n_bins, 5, "[2, 1000000]", "bins of each column"),
    HONE_ENUM(params, encode, "onehot", ENCODINGS, "a 0/1 column for each bin, or its number"),
    HONE_ENUM(params, strategy, "quantile", STRATEGIES, "bins of one width, or of as many rows"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols, n_out, n_edges;
    int32_t *n_bins;
    double *bin_edges;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_COUNT(state, n_out, "number of columns given"),
    HONE_COUNT(state, n_edges, "room for edges in each column"),
    HONE_VECTOR_I32(state, n_bins, n_cols, "bins of each column"),
    HONE_ARRAY(state, bin_edges, n_cols, n_edges, "edges of the bins, the last one repeated"),
    HONE_ATTR_END,
};

static size_t count_outputs(const struct params *params, const struct state *state) {
    size_t total = 0;
    for (size_t j = 0; j < state->n_cols; j++)
        total += params->encode == ORDINAL ? 1 : (size_t)state->n_bins[j];
    return total;
}

/* ---- fit ------------------------------------------------------------------------------------ */

static double weight_at(const hone_present *present, size_t i) {
    return present->weight ? present->weight[i] : 1;
}

/* edges[k], k = 0 .. n_bins, of sorted values, by one walk over them. */
static void quantile_edges(const hone_present *present, size_t n_bins, double *edges) {
    hone_sum all = {0}, below = {0};
    size_t n = present->n, i = 0;
    for (size_t t = 0; t < n; t++)
        hone_sum_add(&all, weight_at(present, t));
    hone_sum_add(&below, weight_at(present, 0));
    edges[0] = present->value[0];
    for (size_t k = 1; k < n_bins; k++) {
        double wanted = (double)k * hone_sum_value(all) / (double)n_bins;
        while (i + 1 < n && hone_sum_value(below) < wanted)
            hone_sum_add(&below, weight_at(present, ++i));
        bool between = hone_sum_value(below) == wanted && i + 1 < n;
        edges[k] = between ? present->value[i] / 2 + present->value[i + 1] / 2 : present->value[i];
    }
    edges[n_bins] = present->value[n - 1];
}

static void uniform_edges(const hone_present *present, size_t n_bins, double *edges) {
    double low = present->value[0], high = present->value[present->n - 1];
    for (size_t k = 0; k < n_bins; k++)
        edges[k] = low + (double)k * ((high - low) / (double)n_bins);
    edges[n_bins] = high;
}

/* Leaves out edges that are next to the one before; gives the number of bins. */
static size_t join_narrow(double *edges, size_t n_bins) {
    size_t kept = 1;
    for (size_t k = 1; k <= n_bins; k++)
        if (edges[k] - edges[k - 1] > NARROW)
            edges[kept++] = edges[k];
    return kept - 1;
}

/* One fit, shared by its columns. */
struct job {
    const struct params *params;
    const hone_dataset *data;
    struct state *state;
};

static hone_status learn_column(void *context, size_t j, hone_error *err) {
    const struct job *job = context;
    size_t n_bins = (size_t)job->params->n_bins;
    double *edges = job->state->bin_edges + j * (n_bins + 1);
    hone_present present = {0};
    hone_status status = hone_present_make(job->data, j, &present, err);
    if (!status)
        status = hone_present_sort(&present, err);
    if (status)
        goto done;
    double low = present.value[0], high = present.value[present.n - 1];
    if (!isfinite(high - low))
        status = hone_fail(err, HONE_ENUMERIC, "%s: the range of column '%s' overflows", WHO,
                           job->data->schema->columns[j].name);
    if (low == high)
        edges[0] = edges[1] = low, n_bins = 1;
    else if (job->params->strategy == UNIFORM)
        uniform_edges(&present, n_bins, edges);
    else
        quantile_edges(&present, n_bins, edges);
    if (low < high && job->params->strategy == QUANTILE)
        n_bins = join_narrow(edges, n_bins);
    job->state->n_bins[j] = n_bins ? (int32_t)n_bins : 1;
    for (size_t k = n_bins + 1; k < job->state->n_edges; k++)
        edges[k] = edges[n_bins];
done:
    hone_present_free(&present);
    return status;
}

static hone_status fit(const void *fit_params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    const struct params *params = fit_params;
    struct state *state = out;
    struct job job = {params, data, state};
    state->n_cols = data->x.cols;
    state->n_edges = (size_t)params->n_bins + 1;
    hone_status status;
    if ((status = hone_new(&state->n_bins, state->n_cols, err)) ||
        (status = hone_new2(&state->bin_edges, state->n_cols, state->n_edges, err)) ||
        (status = hone_parallel(state->n_cols, learn_column, &job, mon, err)))
        return status;
    for (size_t j = 0; j < state->n_cols; j++)
        if (state->n_bins[j] < params->n_bins)
            hone_monitor_warn(mon, "%s: column '%s' has %d bins of different values, not %d", WHO,
                              data->schema->columns[j].name, (int)state->n_bins[j], params->n_bins);
    state->n_out = count_outputs(params, state);
    return HONE_OK;
}

/* ---- use ------------------------------------------------------------------------------------ */

/* How many of the inner edges are at or below x. */
static size_t bin_of(const double *edges, size_t n_bins, double x) {
    size_t low = 1, high = n_bins;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (edges[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

static hone_status transform(const void *fit_params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)err;
    const struct state *state = fitted;
    bool ordinal = ((const struct params *)fit_params)->encode == ORDINAL;
    memset(out, 0, x.rows * state->n_out * sizeof *out);
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++) {
            size_t n_bins = (size_t)state->n_bins[j];
            size_t bin =
                bin_of(state->bin_edges + j * state->n_edges, n_bins, hone_view_row(x, i)[j]);
            out[ordinal ? 0 : bin] = ordinal ? (double)bin : 1;
            out += ordinal ? 1 : n_bins;
        }
    return HONE_OK;
}

/* The middle of the bin. */
static hone_status inverse_transform(const void *fit_params, const void *fitted, hone_view z,
                                     double *out, hone_error *err) {
    (void)err;
    const struct state *state = fitted;
    bool ordinal = ((const struct params *)fit_params)->encode == ORDINAL;
    for (size_t i = 0; i < z.rows; i++) {
        const double *from = hone_view_row(z, i);
        for (size_t j = 0; j < state->n_cols; j++) {
            const double *edges = state->bin_edges + j * state->n_edges;
            size_t n_bins = (size_t)state->n_bins[j], bin = 0;
            if (ordinal)
                bin = from[0] >= (double)n_bins ? n_bins - 1 : from[0] > 0 ? (size_t)from[0] : 0;
            for (size_t k = 1; !ordinal && k < n_bins; k++)
                bin = from[k] > from[bin] ? k : bin;
            *out++ = edges[bin] / 2 + edges[bin + 1] / 2;
            from += ordinal ? 1 : n_bins;
        }
    }
    return HONE_OK;
}

static hone_status output_schema(const void *fit_params, const void *fitted,
                                 const hone_schema *input, hone_schema **out, hone_error *err) {
    const struct state *state = fitted;
    bool ordinal = ((const struct params *)fit_params)->encode == ORDINAL;
    hone_schema *schema = NULL;
    hone_status status = hone_schema_create(state->n_out, 0, &schema, err);
    for (size_t j = 0, at = 0; j < input->n_columns && !status; j++) {
        const char *name = input->columns[j].name;
        if (ordinal)
            status = hone_column_name(hone_schema_column(schema, at++), err, "%s", name);
        for (int32_t k = 0; !ordinal && k < state->n_bins[j] && !status; k++)
            status = hone_column_name(hone_schema_column(schema, at++), err, "%s_%d", name, (int)k);
    }
    if (status)
        hone_schema_free(schema);
    else
        *out = schema;
    return status;
}

static hone_status validate(const void *fit_params, const void *fitted, size_t n_cols,
                            size_t n_classes, hone_error *err) {
    (void)n_classes;
    const struct params *params = fit_params;
    const struct state *state = fitted;
    if (state->n_cols != n_cols || state->n_edges != (size_t)params->n_bins + 1)
        return hone_fail(err, HONE_EFORMAT, "has %zu edges of %zu columns, expected %d of %zu",
                         state->n_edges, state->n_cols, params->n_bins + 1, n_cols);
    for (size_t j = 0; j < n_cols; j++)
        if (state->n_bins[j] < 1 || state->n_bins[j] > params->n_bins)
            return hone_fail(err, HONE_EFORMAT, "column %zu has %d bins", j + 1,
                             (int)state->n_bins[j]);
    if (state->n_out != count_outputs(params, state))
        return hone_fail(err, HONE_EFORMAT, "attribute 'n_out' is %zu, expected %zu", state->n_out,
                         count_outputs(params, state));
    return HONE_OK;
}

const hone_class hone_k_bins_discretizer = {
    .name = "k_bins_discretizer",
    .summary = "cuts columns into bins",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .inverse_transform = inverse_transform,
    .output_schema = output_schema,
    .validate = validate,
};
