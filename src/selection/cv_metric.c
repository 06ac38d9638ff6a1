/* cv_metric.c -- metrics derived from out-of-fold predictions.
 *
 * A metric is computed per test fold and summarised over folds and repeats:
 *     mean = 1/J sum_j m_j,  std^2 = 1/(J - 1) sum_j (m_j - mean)^2,  j over defined values.
 * Cost: per fold O(n) to gather its rows, and the metric itself. */
#include "selection/cv_result.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

/* The test rows of one fold, packed. Owns its arrays. */
struct gathered {
    size_t *rows;
    double *truth, *label, *proba, *score, *weight;
};

static void gathered_free(struct gathered *g) {
    hone_release(g->rows);
    hone_release(g->truth);
    hone_release(g->label);
    hone_release(g->proba);
    hone_release(g->score);
    hone_release(g->weight);
}

/* out (n x cols): the given rows of from; NULL from gives NULL. */
static hone_status gather(const double *from, size_t ld, size_t cols, const size_t *rows, size_t n,
                          double **out, hone_error *err) {
    if (!from)
        return HONE_OK;
    hone_status status = hone_new2(out, n, cols, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        for (size_t j = 0; j < cols; j++)
            (*out)[i * cols + j] = from[rows[i] * ld + j];
    return status;
}

static const double *at_repeat(const double *values, size_t repeat, size_t n) {
    return values ? values + repeat * n : NULL;
}

static hone_status gather_fold(const hone_cv_result *result, size_t model, size_t repeat,
                               size_t fold, struct gathered *g, hone_outcome *out,
                               hone_error *err) {
    const hone_dataset *data = result->data;
    const hone_oof *oof = &result->models[model];
    size_t rows = result->folds->n_rows, k = result->n_classes;
    hone_status status = hone_new(&g->rows, rows, err);
    if (status != HONE_OK)
        return status;
    size_t n = hone_folds_test(result->folds, repeat, fold, g->rows);
    const double *label = at_repeat(oof->label, repeat, rows);
    const double *score = at_repeat(oof->score, repeat, rows);
    const double *proba = at_repeat(oof->proba, repeat, rows * k);
    if ((status = gather(data->y.data, data->y.ld, 1, g->rows, n, &g->truth, err)) != HONE_OK ||
        (status = gather(label, 1, 1, g->rows, n, &g->label, err)) != HONE_OK ||
        (status = gather(score, 1, 1, g->rows, n, &g->score, err)) != HONE_OK ||
        (status = gather(proba, k, k, g->rows, n, &g->proba, err)) != HONE_OK ||
        (status = gather(data->weights, 1, 1, g->rows, n, &g->weight, err)) != HONE_OK)
        return status;
    *out = (hone_outcome){.n = n,
                          .n_classes = k,
                          .positive = result->positive,
                          .truth = g->truth,
                          .label = g->label,
                          .proba = g->proba,
                          .score = g->score,
                          .weight = g->weight};
    return HONE_OK;
}

/* Why there can be no value, or NULL. */
static const char *obstacle(const hone_cv_result *result, size_t model, const hone_fold_run *run,
                            const hone_metric *metric) {
    const hone_oof *oof = &result->models[model];
    if (!run->done)
        return "the fold was not finished";
    if (run->error.status != HONE_OK)
        return "the fit failed";
    return hone_metric_obstacle(metric, oof->proba, oof->score);
}

hone_status hone_cv_metric(const hone_cv_result *result, size_t model, size_t repeat, size_t fold,
                           const hone_metric *metric, double *out, const char **why,
                           hone_error *err) {
    const hone_folds *folds = result->folds;
    if (model >= result->n_models || repeat >= folds->repeats || fold >= folds->folds)
        return hone_fail(err, HONE_EINVAL,
                         "cross-validation: no model %zu, repeat %zu, fold %zu among %zu x %zu x "
                         "%zu",
                         model, repeat, fold, result->n_models, folds->repeats, folds->folds);
    const char *none = obstacle(result, model, hone_cv_run(result, model, repeat, fold), metric);
    if (why)
        *why = none;
    *out = NAN;
    if (none)
        return HONE_OK;
    struct gathered g = {.rows = NULL};
    hone_outcome outcome;
    hone_status status = gather_fold(result, model, repeat, fold, &g, &outcome, err);
    if (status == HONE_OK)
        status = hone_metric_compute(metric, &outcome, out, why, err);
    gathered_free(&g);
    return status;
}

hone_cv_summary hone_cv_summary_of(const double *values, size_t n) {
    hone_cv_summary out = {0, NAN, 0};
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            out.mean += values[i], out.n++;
    out.mean = out.n ? out.mean / (double)out.n : NAN;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            squares += (values[i] - out.mean) * (values[i] - out.mean);
    if (out.n > 1)
        out.std = sqrt(squares / (double)(out.n - 1));
    return out;
}

hone_status hone_cv_summarise(const hone_cv_result *result, size_t model, const hone_metric *metric,
                              double *scores, hone_cv_summary *out, hone_error *err) {
    size_t folds = result->folds->folds, total = result->folds->repeats * folds;
    double *values = NULL;
    hone_status status = hone_new(&values, total, err);
    for (size_t i = 0; status == HONE_OK && i < total; i++)
        status = hone_cv_metric(result, model, i / folds, i % folds, metric, &values[i], NULL, err);
    if (status == HONE_OK)
        *out = hone_cv_summary_of(values, total);
    for (size_t i = 0; status == HONE_OK && scores && i < total; i++)
        scores[i] = values[i];
    hone_release(values);
    return status;
}
