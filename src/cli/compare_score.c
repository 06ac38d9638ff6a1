/* compare_score.c -- out-of-fold predictions become scores: mean and spread over the folds. */
#include "cli/compare.h"

#include <math.h>
#include <stdlib.h>

/* Of intervals. */
static const double LEVEL = 0.95;

static size_t run_count(const cli_comparison *run) {
    return run->folds.repeats * run->folds.folds;
}

/* Ran, failed or stopped; the first failure; mean seconds of the folds that ran. */
static void look_at_runs(cli_comparison *run, size_t model) {
    cli_entry *entry = &run->entries[model];
    const hone_fold_run *runs = run->result->models[model].runs;
    size_t n = run_count(run), n_failed = 0;
    for (size_t r = n; r-- > 0;) {
        if (!runs[r].done)
            continue;
        if (runs[r].error.status != HONE_OK) {
            entry->error = runs[r].error.message;
            n_failed++;
            continue;
        }
        entry->n_done++;
        entry->fit_seconds += runs[r].fit_seconds;
        entry->predict_seconds += runs[r].predict_seconds;
    }
    entry->ending = n_failed ? CLI_BROKE : entry->n_done < n ? CLI_CANCELLED : CLI_RAN;
    entry->fit_seconds /= (double)entry->n_done; /* NaN when none */
    entry->predict_seconds /= (double)entry->n_done;
}

/* Why is the metric undefined somewhere? */
static hone_status find_reason(const cli_comparison *run, size_t model, const hone_metric *metric,
                               cli_score *score, hone_error *err) {
    for (size_t r = 0; r < run_count(run); r++) {
        double value;
        if (!isnan(score->folds[r]) || !run->result->models[model].runs[r].done ||
            run->result->models[model].runs[r].error.status != HONE_OK)
            continue;
        return hone_cv_metric(run->result, model, r / run->folds.folds, r % run->folds.folds,
                              metric, &value, &score->why, err);
    }
    return HONE_OK;
}

/* The rows predicted by folds that ran, packed; arrays are owned. */
struct pool {
    double *truth, *label, *proba, *score, *weight;
};

static double *pool_column(const double *from, size_t ld, size_t cols, const size_t *rows,
                           size_t n) {
    double *out = from ? cli_take(n * cols, sizeof *out) : NULL;
    for (size_t i = 0; from && i < n; i++)
        for (size_t j = 0; j < cols; j++)
            out[i * cols + j] = from[rows[i] * ld + j];
    return out;
}

/* Folds of one row have no AUC, and a mean of square roots is no RMSE: where one row is left out,
 * the metric is computed once, over all rows. */
static hone_status score_pooled(const cli_comparison *run, size_t model, const hone_metric *metric,
                                cli_score *score, hone_error *err) {
    const hone_oof *oof = &run->result->models[model];
    const hone_dataset *set = run->data.set;
    size_t *rows = cli_take(run->folds.n_rows, sizeof *rows), n = 0, k = run->result->n_classes;
    for (size_t i = 0; i < run->folds.n_rows; i++)
        if (!isnan(oof->label[i]))
            rows[n++] = i;
    struct pool pool = {.truth = pool_column(set->y.data, set->y.ld, 1, rows, n),
                        .label = pool_column(oof->label, 1, 1, rows, n),
                        .proba = pool_column(oof->proba, k, k, rows, n),
                        .score = pool_column(oof->score, 1, 1, rows, n),
                        .weight = pool_column(set->weights, 1, 1, rows, n)};
    const hone_outcome outcome = {.n = n,
                                  .n_classes = k,
                                  .positive = run->positive,
                                  .truth = pool.truth,
                                  .label = pool.label,
                                  .proba = pool.proba,
                                  .score = pool.score,
                                  .weight = pool.weight};
    hone_status status = hone_metric_compute(metric, &outcome, score->folds, &score->why, err);
    score->summary = (hone_cv_summary){score->folds[0], NAN, 1};
    free(rows);
    free(pool.truth);
    free(pool.label);
    free(pool.proba);
    free(pool.score);
    free(pool.weight);
    return status;
}

static bool gives(const hone_oof *oof, const hone_metric *metric) {
    return metric->needs == HONE_NEEDS_LABEL || oof->proba ||
           (metric->needs == HONE_NEEDS_SCORE && oof->score);
}

static hone_status score_metric(cli_comparison *run, size_t model, size_t metric, hone_error *err) {
    cli_score *score = &run->entries[model].scores[metric];
    score->folds = cli_take(run_count(run), sizeof *score->folds);
    for (size_t r = 0; r < run_count(run); r++)
        score->folds[r] = NAN;
    score->summary = (hone_cv_summary){NAN, NAN, 0};
    score->interval = (hone_interval){.low = NAN, .high = NAN};
    if (run->entries[model].n_done == 0)
        return HONE_OK;
    if (!gives(&run->result->models[model], run->metrics[metric])) {
        score->why = "the model gives no probabilities";
        return HONE_OK;
    }
    if (run->folds.scheme == HONE_CV_LOO)
        return score_pooled(run, model, run->metrics[metric], score, err);
    hone_status status = hone_cv_summarise(run->result, model, run->metrics[metric], score->folds,
                                           &score->summary, err);
    if (status == HONE_OK)
        status = find_reason(run, model, run->metrics[metric], score, err);
    return status;
}

static hone_status score_model(cli_comparison *run, size_t model, const hone_monitor *mon,
                               hone_error *err) {
    cli_entry *entry = &run->entries[model];
    hone_status status = HONE_OK;
    entry->scores = cli_take(run->n_metrics, sizeof *entry->scores);
    look_at_runs(run, model);
    for (size_t k = 0; k < run->n_metrics && status == HONE_OK; k++) {
        status = score_metric(run, model, k, err);
        if (status == HONE_OK && entry->ending == CLI_RAN && !isnan(entry->scores[k].summary.mean))
            status = hone_cv_interval(run->result, model, run->metrics[k], LEVEL, mon,
                                      &entry->scores[k].interval, err);
    }
    return status;
}

hone_status cli_compare_score(cli_comparison *run, const hone_monitor *mon, hone_error *err) {
    const hone_estimator **models = cli_take(run->n, sizeof *models);
    for (size_t i = 0; i < run->n; i++)
        models[i] = run->entries[i].model.est;
    hone_status ended = hone_cross_validate(models, run->n, run->data.set, &run->folds,
                                            run->positive, mon, &run->result, err);
    free(models);
    run->stopped = run->result && (ended == HONE_ECANCELLED || ended == HONE_ETIME);
    if (ended != HONE_OK && !run->stopped)
        return ended;
    for (size_t i = 0; i < run->n; i++) {
        hone_status status = score_model(run, i, NULL, err);
        if (status != HONE_OK) {
            run->stopped = false;
            return status;
        }
    }
    hone_status status = hone_cv_pairs(run->result, run->metrics[0], run->rope, LEVEL, NULL,
                                       &run->pairs, &run->n_pairs, err);
    if (status == HONE_OK && ended == HONE_OK) {
        status = cli_compare_curves(run, mon, err);
        run->stopped = status == HONE_ECANCELLED || status == HONE_ETIME;
    }
    return status == HONE_OK ? ended : status;
}
