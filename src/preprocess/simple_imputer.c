/* simple_imputer.c -- puts one value per column in the place of missing cells.
 *
 *   mean           sum w x / sum w
 *   median         the x where the weight below passes half of all; the mean of two if it stops
 *                  exactly there
 *   most_frequent  the x of the greatest weight, the smallest of them
 *   constant       fill_value
 *
 * over the cells of the column that are there. Categorical columns always get their most frequent
 * level: a mean of codes says nothing. scikit-learn's imputer takes no weights; here weight w
 * counts as w rows. scikit-learn drops a column without any value; here it becomes 0 (or the first
 * level) with a warning, so that the columns stay those of the schema. Shapes: X n x m, statistics
 * m. Cost: O(n m), columns in parallel. */
#include "preprocess/preprocess.h"

#include "core/parallel.h"
#include "core/sum.h"
#include "linalg/linalg.h"
#include "preprocess/columns.h"

#include <math.h>

enum { MEAN, MEDIAN, MOST_FREQUENT, CONSTANT };
static const char *const STRATEGIES[] = {"mean", "median", "most_frequent", "constant", NULL};

struct params {
    int strategy;
    double fill_value;
};
static const hone_param PARAMS[] = {
    HONE_ENUM(params, strategy, "mean", STRATEGIES,
              "what a missing number becomes; categories become the most frequent one"),
    HONE_REAL(params, fill_value, 0, "(-inf, inf)", "the number for strategy=constant"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols;
    double *statistics;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_VECTOR(state, statistics, n_cols, "what missing cells of each column become"),
    HONE_ATTR_END,
};

static double weight_at(const hone_present *present, size_t i) {
    return present->weight ? present->weight[i] : 1.0;
}

/* Of sorted values; 0 when there are none. */
static double median_of(const hone_present *present) {
    hone_sum total = {0}, below = {0};
    if (present->n == 0)
        return 0;
    for (size_t i = 0; i < present->n; i++)
        hone_sum_add(&total, weight_at(present, i));
    double half = hone_sum_value(total) / 2;
    size_t i = 0;
    for (; i + 1 < present->n; i++) {
        hone_sum_add(&below, weight_at(present, i));
        if (hone_sum_value(below) >= half)
            break;
    }
    bool between = hone_sum_value(below) == half && i + 1 < present->n;
    return between ? present->value[i] / 2 + present->value[i + 1] / 2 : present->value[i];
}

/* Of sorted values; 0 when there are none. */
static double most_frequent_of(const hone_present *present) {
    double best = 0, best_weight = 0;
    for (size_t i = 0; i < present->n;) {
        double value = present->value[i], weight = 0;
        for (; i < present->n && present->value[i] == value; i++)
            weight += weight_at(present, i);
        if (weight > best_weight) {
            best = value;
            best_weight = weight;
        }
    }
    return best;
}

/* One fit, shared by its columns. */
struct job {
    const struct params *params;
    const hone_dataset *data;
    double *statistics; /* m; the means at first */
};

static int strategy_of(const struct params *params, const hone_column *column) {
    return column->kind == HONE_CATEGORICAL ? MOST_FREQUENT : params->strategy;
}

static hone_status learn_column(void *context, size_t j, hone_error *err) {
    const struct job *job = context;
    const hone_column *column = &job->data->schema->columns[j];
    int strategy = strategy_of(job->params, column);
    hone_present present = {0};
    hone_status status = HONE_OK;
    if (strategy == CONSTANT) {
        job->statistics[j] = job->params->fill_value;
    } else if (strategy != MEAN) {
        status = hone_present_make(job->data, j, &present, err);
        if (!status)
            status = hone_present_sort(&present, err);
        if (!status)
            job->statistics[j] =
                strategy == MEDIAN ? median_of(&present) : most_frequent_of(&present);
        hone_present_free(&present);
    }
    if (!status && !isfinite(job->statistics[j]))
        status = hone_fail(err, HONE_ENUMERIC, "simple_imputer: the sum of column '%s' overflows",
                           column->name);
    return status;
}

/* statistics[] = the means of all columns; only needed, and only learnt, for strategy=mean. */
static hone_status learn_means(const struct params *params, const hone_dataset *data,
                               double *statistics, const hone_monitor *mon, hone_error *err) {
    double *sd = NULL;
    if (params->strategy != MEAN)
        return HONE_OK;
    hone_status status = hone_new(&sd, data->x.cols, err);
    if (!status)
        status = hone_column_moments(data->x, data->weights, statistics, sd, mon, err);
    hone_release(sd);
    return status;
}

static void warn_of_empty_columns(const struct params *params, const hone_dataset *data,
                                  const hone_monitor *mon) {
    for (size_t j = 0; j < data->x.cols; j++) {
        const hone_column *column = &data->schema->columns[j];
        size_t i = 0;
        while (i < data->x.rows && isnan(hone_view_row(data->x, i)[j]))
            i++;
        if (i == data->x.rows && strategy_of(params, column) != CONSTANT)
            hone_monitor_warn(mon, "simple_imputer: column '%s' has no value; it becomes %s",
                              column->name, column->kind == HONE_NUMERIC ? "0" : "its first level");
    }
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    struct state *state = out;
    state->n_cols = data->x.cols;
    hone_status status = hone_new(&state->statistics, state->n_cols, err);
    if (!status)
        status = learn_means(params, data, state->statistics, mon, err);
    if (!status) {
        struct job job = {params, data, state->statistics};
        status = hone_parallel(state->n_cols, learn_column, &job, mon, err);
    }
    if (!status)
        warn_of_empty_columns(params, data, mon);
    return status;
}

static hone_status transform(const void *params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)params, (void)err;
    const struct state *state = fitted;
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        for (size_t j = 0; j < x.cols; j++)
            out[i * x.cols + j] = isnan(row[j]) ? state->statistics[j] : row[j];
    }
    return HONE_OK;
}

/* Names, kinds and levels stay. */
static hone_status output_schema(const void *params, const void *fitted, const hone_schema *input,
                                 hone_schema **out, hone_error *err) {
    (void)params, (void)fitted;
    const hone_schema columns = {.n_columns = input->n_columns, .columns = input->columns};
    return hone_schema_copy(&columns, out, err);
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    const struct state *state = fitted;
    return hone_fitted_vector_check("statistics", state->statistics, state->n_cols, n_cols, err);
}

const hone_class hone_simple_imputer = {
    .name = "simple_imputer",
    .summary = "fills missing cells with one value per column",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_CATEGORIES | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS |
            HONE_TAG_FILLS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .output_schema = output_schema,
    .validate = validate,
};
