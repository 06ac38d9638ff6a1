/* partial.c -- partial dependence: the mean answer with a column set to one value after the other.
 *
 *     mean(v) = sum_i w_i f(x_i with column j = v) / sum_i w_i
 * One chunk sets one value of the grid in its own copy of X; sums go over the rows in order.
 * Shapes: X n x m in the model's columns.   Cost: values x predictions of n rows.
 * Reference: Friedman 2001, section 8.2. */
#include <hone/explain.h>

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/schema.h"
#include "core/sort.h"

#include <math.h>
#include <string.h>

enum { USUAL_POINTS = 20 };
static const double TAIL = 0.05; /* of the values, beyond either end of the grid */

static const char WHO[] = "partial dependence";

typedef hone_status answer_fn(const hone_estimator *, const hone_dataset *, double *,
                              const hone_monitor *, hone_error *);

struct search {
    const hone_estimator *est;
    hone_view x;           /* in the model's columns */
    const double *weights; /* or NULL */
    const size_t *columns;
    size_t n_columns;
    answer_fn *answer;
    hone_monitor inner; /* of the predictions: silent */
    hone_partial *out;
};

/* ---- the grid -------------------------------------------------------------------------------- */

/* The column's values ascending, without the missing ones; their number. */
static hone_status sorted_values(hone_view x, size_t column, double **out, size_t *n,
                                 hone_error *err) {
    uint64_t *keys = NULL;
    hone_status status = hone_new(&keys, x.rows, err);
    if (status == HONE_OK)
        status = hone_new(out, x.rows, err);
    *n = 0;
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++)
        if (!isnan(hone_view_row(x, i)[column]))
            keys[(*n)++] = hone_sort_key(hone_view_row(x, i)[column]);
    if (status == HONE_OK)
        status = hone_sort_keys(keys, NULL, *n, err);
    for (size_t i = 0; status == HONE_OK && i < *n; i++)
        (*out)[i] = hone_sort_value(keys[i]);
    hone_release(keys);
    return status;
}

static size_t distinct(const double *sorted, size_t n) {
    size_t count = n > 0;
    for (size_t i = 1; i < n; i++)
        count += sorted[i] > sorted[i - 1];
    return count;
}

/* grid gets each value once: all of them, or `points` quantiles. Returns how many. */
static size_t choose(const double *sorted, size_t n, size_t points, double *grid) {
    bool all = distinct(sorted, n) <= points;
    size_t count = 0;
    for (size_t i = 0; i < (all ? n : points); i++) {
        double share = points > 1 ? TAIL + (1 - 2 * TAIL) * (double)i / (double)(points - 1) : 0.5;
        double value = all ? sorted[i] : sorted[(size_t)(share * (double)(n - 1))];
        if (count == 0 || value > grid[count - 1])
            grid[count++] = value;
    }
    return count;
}

static hone_status make_grid(const struct search *s, size_t which, size_t points, hone_error *err) {
    const hone_column *column = &hone_input_schema(s->est)->columns[s->columns[which]];
    double *sorted = NULL, **grid = &s->out->at[which];
    size_t n = column->n_levels;
    hone_status status;
    if (column->kind == HONE_CATEGORICAL && n > 0) {
        status = hone_new(grid, n, err);
        for (size_t i = 0; status == HONE_OK && i < n; i++)
            (*grid)[i] = (double)i;
        s->out->n[which] = n;
        return status;
    }
    status = sorted_values(s->x, s->columns[which], &sorted, &n, err);
    if (status == HONE_OK && n == 0)
        status = hone_fail(err, HONE_EDATA, "%s: column '%s' has no values", WHO, column->name);
    if (status == HONE_OK)
        status = hone_new(grid, n < points ? n : points, err);
    if (status == HONE_OK)
        s->out->n[which] = choose(sorted, n, points, *grid);
    hone_release(sorted);
    return status;
}

/* ---- the means ------------------------------------------------------------------------------- */

/* mean (outputs) of the answers (n x outputs). */
static void average(const struct search *s, const double *answers, double *mean) {
    size_t outputs = s->out->outputs;
    double total = 0;
    for (size_t k = 0; k < outputs; k++)
        mean[k] = 0;
    for (size_t i = 0; i < s->x.rows; i++) {
        double w = s->weights ? s->weights[i] : 1;
        total += w;
        for (size_t k = 0; k < outputs; k++)
            mean[k] += w * answers[i * outputs + k];
    }
    for (size_t k = 0; k < outputs; k++)
        mean[k] /= total;
}

static void set_column(double *x, hone_view like, size_t column, double value) {
    for (size_t i = 0; i < like.rows; i++)
        x[i * like.cols + column] = value;
}

static hone_status run_point(void *context, size_t point, hone_error *err) {
    const struct search *s = context;
    size_t n = s->x.rows, m = s->x.cols, outputs = s->out->outputs;
    double *x = NULL, *answers = NULL;
    hone_status status = hone_new2(&x, n, m, err);
    if (status == HONE_OK)
        status = hone_new2(&answers, n, outputs, err);
    if (status == HONE_OK) {
        for (size_t i = 0; i < n; i++)
            memcpy(x + i * m, hone_view_row(s->x, i), m * sizeof *x);
        set_column(x, s->x, s->columns[0], s->out->at[0][point / s->out->n[1]]);
        if (s->n_columns > 1)
            set_column(x, s->x, s->columns[1], s->out->at[1][point % s->out->n[1]]);
        hone_dataset rows = {.x = hone_view_of(x, n, m)};
        status = s->answer(s->est, &rows, answers, &s->inner, err);
    }
    if (status == HONE_OK)
        average(s, answers, s->out->mean + point * outputs);
    hone_release(x);
    hone_release(answers);
    return status;
}

/* ---- checks ---------------------------------------------------------------------------------- */

static hone_status check_columns(const struct search *s, hone_error *err) {
    size_t m = hone_input_schema(s->est)->n_columns;
    if (s->n_columns < 1 || s->n_columns > 2)
        return hone_fail(err, HONE_EINVAL, "%s: takes one or two columns, got %zu", WHO,
                         s->n_columns);
    for (size_t c = 0; c < s->n_columns; c++)
        if (s->columns[c] >= m)
            return hone_fail(err, HONE_EINVAL,
                             "%s: the number of a column must be below %zu, got %zu", WHO, m,
                             s->columns[c]);
    if (s->n_columns == 2 && s->columns[0] == s->columns[1])
        return hone_fail(err, HONE_EINVAL, "%s: both columns are the same", WHO);
    return HONE_OK;
}

/* What the model answers with. */
static hone_status choose_answer(struct search *s, hone_error *err) {
    unsigned tags = hone_estimator_tags(s->est);
    bool classes = hone_estimator_task(s->est) == HONE_CLASSIFIER;
    s->answer = hone_predict, s->out->outputs = 1;
    if (classes && (tags & HONE_TAG_PROBA))
        s->answer = hone_predict_proba, s->out->outputs = hone_n_classes(s->est);
    else if (classes && (tags & HONE_TAG_DECISION))
        s->answer = hone_decision_function, s->out->outputs = hone_decision_cols(s->est);
    else if (hone_estimator_task(s->est) != HONE_REGRESSOR)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: %s gives no numbers to be averaged", WHO,
                         hone_name(s->est));
    else if (hone_input_schema(s->est)->n_targets > 1)
        s->out->outputs = hone_input_schema(s->est)->n_targets;
    return HONE_OK;
}

static hone_status check(struct search *s, const hone_dataset *data, hone_error *err) {
    double total = 0;
    if (!hone_is_fitted(s->est))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; call hone_fit() first",
                         hone_name(s->est));
    if (data->sparse)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes dense rows", WHO);
    for (size_t i = 0; i < data->x.rows; i++)
        total += data->weights ? data->weights[i] : 1;
    if (!(total > 0 && isfinite(total)))
        return hone_fail(err, HONE_EDATA, "%s: expected rows that weigh something", WHO);
    hone_status status = check_columns(s, err);
    return status ? status : choose_answer(s, err);
}

hone_status hone_partial_dependence(const hone_estimator *fitted, const hone_dataset *data,
                                    const size_t *columns, size_t n_columns, size_t points,
                                    const hone_monitor *mon, hone_partial *out, hone_error *err) {
    hone_partial result = {.n = {1, 1}};
    struct search s = {.est = fitted,
                       .weights = data->weights,
                       .columns = columns,
                       .n_columns = n_columns,
                       .inner = mon ? *mon : (hone_monitor){.threads = 0},
                       .out = &result};
    double *owned = NULL;
    hone_status status;
    s.inner.progress = NULL, s.inner.warn = NULL;
    points = points ? points : USUAL_POINTS;
    if ((status = check(&s, data, err)) != HONE_OK ||
        (status = hone_schema_match(hone_input_schema(fitted), data, WHO, &s.x, &owned, err)) !=
            HONE_OK)
        goto done;
    for (size_t c = 0; c < n_columns && status == HONE_OK; c++)
        status = make_grid(&s, c, points, err);
    if (status == HONE_OK)
        status = hone_new2(&result.mean, result.n[0] * result.n[1], result.outputs, err);
    if (status == HONE_OK)
        status = hone_parallel(result.n[0] * result.n[1], run_point, &s, mon, err);
    if (status == HONE_OK)
        *out = result, result = (hone_partial){.outputs = 0};
done:
    hone_partial_free(&result);
    hone_release(owned);
    return status;
}

void hone_partial_free(hone_partial *partial) {
    hone_release(partial->at[0]);
    hone_release(partial->at[1]);
    hone_release(partial->mean);
    *partial = (hone_partial){.outputs = 0};
}
