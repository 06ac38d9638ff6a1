/* permutation.c -- importance of columns: what a metric loses when one is dealt to other rows.
 *
 *     loss_ur  = +-(metric(f, X, y) - metric(f, X with the columns of unit u permuted by r, y))
 *     mean_u   = 1/R sum_r loss_ur,   interval = mean_u -+ t_{R-1} sd_u / sqrt(R)
 * The permutation of (u, r) comes from a stream of its own. One chunk deals one unit a few times in
 * one copy of X: a copy per deal would cost as much as a fast model's predictions.
 * Shapes: X n x m in the model's columns, loss units x R.   Cost: units R predictions of n rows.
 * Reference: Breiman 2001; Fisher, Rudin & Dominici 2019. */
#include <hone/explain.h>

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "core/schema.h"
#include "inference/special.h"

#include <hone/selection.h>

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { DEAL_STREAM = 0x706501, DEALS_PER_CHUNK = 5, USUAL_REPEATS = 10 };

static const char WHO[] = "permutation importance";

struct search {
    const hone_estimator *est;
    hone_dataset rows; /* in the model's columns, those of weight zero left out */
    hone_schema schema;
    size_t positive, chunks_per_unit;
    const hone_metric *metric;
    const hone_permutation *options;
    const hone_monitor *mon;
    hone_monitor inner; /* of the predictions: silent */
    hone_importance *out;
    atomic_size_t finished; /* chunks */
};

/* ---- rows ------------------------------------------------------------------------------------ */

/* A row that weighs nothing is not there: its values are not dealt to others. */
static hone_status leave_out_weightless(const hone_dataset *data, hone_dataset **out,
                                        hone_error *err) {
    size_t n = hone_dataset_rows(data), kept = 0, *rows = NULL;
    if (!data->weights)
        return HONE_OK;
    hone_status status = hone_new(&rows, n, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        if (data->weights[i] != 0)
            rows[kept++] = i;
    if (status == HONE_OK && kept < n)
        status = hone_dataset_take(data, rows, kept, out, err);
    hone_release(rows);
    return status;
}

/* Brings the rows into the model's columns once, so that no prediction has to do it again. */
static hone_status match_rows(struct search *s, const hone_dataset *data, double **owned,
                              hone_error *err) {
    const hone_schema *model = hone_input_schema(s->est);
    s->rows = *data;
    hone_status status = hone_schema_match(model, data, hone_name(s->est), &s->rows.x, owned, err);
    if (status == HONE_OK && data->schema) {
        s->schema = *data->schema; /* its target is that of the data */
        s->schema.n_columns = model->n_columns;
        s->schema.columns = model->columns;
        s->rows.schema = &s->schema;
    }
    return status;
}

/* ---- deals ----------------------------------------------------------------------------------- */

static hone_status score(const struct search *s, hone_view x, const hone_monitor *mon, double *out,
                         const char **why, hone_error *err) {
    hone_dataset rows = s->rows;
    rows.x = x;
    return hone_scores(s->est, &rows, s->positive, &s->metric, 1, mon, out, why, err);
}

static bool is_in(const hone_permutation *options, size_t column, size_t unit) {
    return (options->groups ? options->groups[column] : column) == unit;
}

/* Row i gets the unit's columns of row order[i]. */
static void deal(const struct search *s, size_t unit, const size_t *order, double *x) {
    size_t n = s->rows.x.rows, m = s->rows.x.cols;
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i < n && is_in(s->options, j, unit); i++)
            x[i * m + j] = hone_view_row(s->rows.x, order[i])[j];
}

static hone_status deal_and_score(const struct search *s, size_t unit, size_t repeat, size_t *order,
                                  double *x, hone_error *err) {
    size_t n = s->rows.x.rows;
    hone_rng rng =
        hone_rng_at(s->options->seed, hone_rng_stream(hone_rng_stream(DEAL_STREAM, unit), repeat));
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    hone_rng_shuffle(&rng, order, n);
    deal(s, unit, order, x);
    double value;
    const char *why;
    hone_status status = score(s, hone_view_of(x, n, s->rows.x.cols), &s->inner, &value, &why, err);
    double loss = s->out->baseline - value;
    s->out->loss[unit * s->out->repeats + repeat] = s->metric->greater_is_better ? loss : -loss;
    return status;
}

static hone_status run_chunk(void *context, size_t chunk, hone_error *err) {
    struct search *s = context;
    size_t n = s->rows.x.rows, m = s->rows.x.cols, repeats = s->out->repeats;
    size_t unit = chunk / s->chunks_per_unit, from = chunk % s->chunks_per_unit * DEALS_PER_CHUNK;
    size_t to = from + DEALS_PER_CHUNK < repeats ? from + DEALS_PER_CHUNK : repeats, *order = NULL;
    double *x = NULL;
    hone_status status = hone_new2(&x, n, m, err);
    if (status == HONE_OK)
        status = hone_new(&order, n, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        memcpy(x + i * m, hone_view_row(s->rows.x, i), m * sizeof *x);
    for (size_t r = from; status == HONE_OK && r < to; r++)
        status = deal_and_score(s, unit, r, order, x, err);
    size_t finished = atomic_fetch_add(&s->finished, 1) + 1;
    hone_monitor_progress(s->mon, (double)finished / (double)(s->out->n * s->chunks_per_unit), WHO);
    hone_release(order);
    hone_release(x);
    return status;
}

/* ---- results --------------------------------------------------------------------------------- */

static void summarise(hone_importance *out, size_t unit) {
    const double *loss = out->loss + unit * out->repeats;
    double count = (double)out->repeats, sum = 0, square = 0;
    for (size_t r = 0; r < out->repeats; r++)
        sum += loss[r];
    double mean = sum / count;
    for (size_t r = 0; r < out->repeats; r++)
        square += (loss[r] - mean) * (loss[r] - mean);
    double sd = sqrt(square / (count - 1));
    double reach = hone_student_quantile(0.5 + out->level / 2, count - 1) * sd / sqrt(count);
    out->mean[unit] = mean, out->sd[unit] = sd;
    out->low[unit] = mean - reach, out->high[unit] = mean + reach;
}

static hone_status make_room(hone_importance *out, hone_error *err) {
    hone_status status = hone_new2(&out->loss, out->n, out->repeats, err);
    double **arrays[] = {&out->mean, &out->sd, &out->low, &out->high};
    for (size_t a = 0; status == HONE_OK && a < sizeof arrays / sizeof *arrays; a++)
        status = hone_new(arrays[a], out->n, err);
    return status;
}

/* ---- checks ---------------------------------------------------------------------------------- */

static hone_status check_groups(const hone_permutation *options, size_t m, hone_error *err) {
    bool *used = NULL;
    if (!options->groups)
        return HONE_OK;
    hone_status status = hone_new(&used, options->n_groups, err);
    for (size_t j = 0; status == HONE_OK && j < m; j++) {
        if (options->groups[j] >= options->n_groups)
            status = hone_fail(err, HONE_EINVAL,
                               "%s: column %zu is of group %zu, expected one below %zu", WHO, j + 1,
                               options->groups[j], options->n_groups);
        else
            used[options->groups[j]] = true;
    }
    for (size_t g = 0; status == HONE_OK && g < options->n_groups; g++)
        if (!used[g])
            status = hone_fail(err, HONE_EINVAL, "%s: group %zu has no column", WHO, g);
    hone_release(used);
    return status;
}

static hone_status check(const hone_estimator *est, const hone_dataset *data,
                         const hone_permutation *options, hone_error *err) {
    if (!hone_is_fitted(est))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; call hone_fit() first",
                         hone_name(est));
    if (data->sparse)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes dense rows", WHO);
    if (options->repeats == 1)
        return hone_fail(err, HONE_EINVAL,
                         "%s: repeats must be at least 2, for their spread to be known, got 1",
                         WHO);
    if (options->level != 0 && !(options->level > 0 && options->level < 1))
        return hone_fail(err, HONE_EINVAL, "%s: level must be in (0, 1), got %g", WHO,
                         options->level);
    return check_groups(options, hone_input_schema(est)->n_columns, err);
}

static hone_status find_baseline(struct search *s, const hone_monitor *mon, hone_error *err) {
    const char *why = NULL;
    if (s->rows.x.rows < 2)
        return hone_fail(err, HONE_EDATA,
                         "%s: needs at least two rows that weigh something, got %zu", WHO,
                         s->rows.x.rows);
    hone_status status = score(s, s->rows.x, mon, &s->out->baseline, &why, err);
    if (status == HONE_OK && isnan(s->out->baseline))
        return hone_fail(err, HONE_EDATA, "%s: %s is undefined on these rows: %s", WHO,
                         s->metric->name, why);
    return status;
}

hone_status hone_permutation_importance(const hone_estimator *fitted, const hone_dataset *data,
                                        size_t positive, const hone_metric *metric,
                                        const hone_permutation *options, const hone_monitor *mon,
                                        hone_importance *out, hone_error *err) {
    static const hone_permutation USUAL = {.repeats = 0};
    options = options ? options : &USUAL;
    hone_importance result = {.level = options->level != 0 ? options->level : 0.95,
                              .repeats = options->repeats ? options->repeats : USUAL_REPEATS};
    struct search s = {
        .est = fitted, .positive = positive, .metric = metric, .options = options, .mon = mon};
    hone_dataset *taken = NULL;
    double *owned = NULL;
    hone_status status;
    s.out = &result;
    s.inner = mon ? *mon : (hone_monitor){.threads = 0};
    s.inner.progress = NULL, s.inner.warn = NULL;
    s.chunks_per_unit = (result.repeats + DEALS_PER_CHUNK - 1) / DEALS_PER_CHUNK;
    if ((status = check(fitted, data, options, err)) ||
        (status = leave_out_weightless(data, &taken, err)) ||
        (status = match_rows(&s, taken ? taken : data, &owned, err)) ||
        (status = find_baseline(&s, mon, err)))
        goto done;
    result.n = options->groups ? options->n_groups : s.rows.x.cols;
    if ((status = make_room(&result, err)) ||
        (status = hone_parallel(result.n * s.chunks_per_unit, run_chunk, &s, mon, err)))
        goto done;
    for (size_t u = 0; u < result.n; u++)
        summarise(&result, u);
    *out = result, result = (hone_importance){.n = 0};
done:
    hone_importance_free(&result);
    hone_dataset_free(taken);
    hone_release(owned);
    return status;
}

void hone_importance_free(hone_importance *importance) {
    hone_release(importance->loss);
    hone_release(importance->mean);
    hone_release(importance->sd);
    hone_release(importance->low);
    hone_release(importance->high);
    *importance = (hone_importance){.n = 0};
}
