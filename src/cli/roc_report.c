/* roc_report.c -- scores of any tool as a page. */
#include "cli/report.h"
#include "cli/roc.h"

#include <math.h>
#include <stdlib.h>

enum { METRICS = 3, AVERAGE_PRECISION = 1, REPLICATES = 400 };
static const char *const NAMES[METRICS] = {"roc_auc", "average_precision", "ks_statistic"};

static hone_report_score *take_scores(const cli_roc *run) {
    hone_report_score *scores = cli_take(run->n_raters * METRICS, sizeof *scores);
    for (size_t s = 0; s < run->n_raters; s++) {
        const cli_rater *rater = &run->raters[s];
        const double values[METRICS] = {rater->auc, rater->average_precision, rater->ks};
        for (size_t k = 0; k < METRICS; k++)
            scores[s * METRICS + k] =
                (hone_report_score){.value = values[k], .std = NAN, .low = NAN, .high = NAN};
        scores[s * METRICS].low = rater->interval.low;
        scores[s * METRICS].high = rater->interval.high;
        scores[s * METRICS].method = rater->interval.method;
    }
    return scores;
}

/* Of the average precision, which has no formula worth its name; with the seed of the run. */
static hone_status judge_precision(const cli_roc *run, const hone_monitor *mon,
                                   hone_report_score *scores, hone_error *err) {
    const hone_scored all = {.n = run->n,
                             .models = run->n_raters,
                             .truth = run->truth,
                             .score = run->score,
                             .cluster = run->cluster};
    const hone_statistic statistic = {.kind = HONE_STATISTIC_AVERAGE_PRECISION};
    hone_bootstrap *drawn = NULL;
    hone_status status = hone_bootstrap_make(&all, &statistic, 1, REPLICATES,
                                             run->session->set.seed, mon, &drawn, err);
    for (size_t s = 0; s < run->n_raters && status == HONE_OK; s++) {
        hone_interval interval;
        hone_report_score *score = &scores[s * METRICS + AVERAGE_PRECISION];
        status =
            hone_bootstrap_interval(drawn, s, 0, HONE_BOOTSTRAP_PERCENTILE, 0.95, &interval, err);
        if (status == HONE_OK) {
            score->low = interval.low;
            score->high = interval.high;
            score->method = interval.method;
        }
    }
    hone_bootstrap_free(drawn);
    return status;
}

/* n x 2, class 1 is the positive one. */
static double *take_proba(const cli_roc *run, size_t s) {
    double *proba = cli_take(2 * run->n, sizeof *proba);
    for (size_t i = 0; i < run->n; i++) {
        proba[2 * i + 1] = run->score[s * run->n + i];
        proba[2 * i] = 1 - proba[2 * i + 1];
    }
    return proba;
}

static hone_report_model *take_models(const cli_roc *run, const hone_report_score *scores) {
    hone_report_model *models = cli_take(run->n_raters, sizeof *models);
    for (size_t s = 0; s < run->n_raters; s++) {
        models[s] = (hone_report_model){.name = run->raters[s].name,
                                        .scores = scores + s * METRICS,
                                        .score = run->score + s * run->n,
                                        .fit_seconds = NAN,
                                        .predict_seconds = NAN};
        if (run->session->set.proba)
            models[s].proba = take_proba(run, s);
    }
    return models;
}

static hone_report_pair *take_pairs(const cli_roc *run) {
    hone_report_pair *pairs = cli_take(run->n_pairs, sizeof *pairs);
    for (size_t i = 0; i < run->n_pairs; i++) {
        const hone_comparison *found = &run->pairs[i].found;
        pairs[i] = (hone_report_pair){.a = run->pairs[i].a,
                                      .b = run->pairs[i].b,
                                      .metric = "roc_auc",
                                      .method = "DeLong, paired",
                                      .difference = found->difference.estimate,
                                      .low = found->difference.low,
                                      .high = found->difference.high,
                                      .p_value = found->test.p,
                                      .p_adjusted = run->pairs[i].p_adjusted,
                                      .p_a_better = NAN,
                                      .p_equivalent = NAN,
                                      .p_b_better = NAN};
    }
    return pairs;
}

hone_status cli_roc_report(const cli_roc *run, cli_sink *sink, hone_json **tables,
                           const hone_monitor *mon, hone_error *err) {
    const char *const classes[] = {run->negative, run->positive};
    const hone_metric *metrics[METRICS];
    hone_report_score *scores = take_scores(run);
    hone_report_model *models = take_models(run, scores);
    hone_report_pair *pairs = take_pairs(run);
    char *verdict = cli_roc_verdict(run), *command = cli_command_line(run->session);
    char *title = cli_format("%s: %zu %s", run->session->set.truth, run->n_raters,
                             run->n_raters == 1 ? "score" : "scores compared");
    hone_status status = judge_precision(run, mon, scores, err);
    for (size_t k = 0; k < METRICS && status == HONE_OK; k++)
        status = hone_metric_find(NAMES[k], &metrics[k], err);
    const hone_report report = {.title = title,
                                .verdict = verdict,
                                .command = command,
                                .data_path = run->path,
                                .sha256 = hone_table_info(run->table)->sha256,
                                .n = run->n,
                                .truth = run->truth,
                                .target = run->session->set.truth,
                                .n_classes = 2,
                                .classes = classes,
                                .positive = 1,
                                .n_metrics = METRICS,
                                .n_shown = METRICS,
                                .metrics = metrics,
                                .n_models = run->n_raters,
                                .models = models,
                                .n_pairs = run->n_pairs,
                                .pairs = pairs,
                                .seed = run->session->set.seed,
                                .plots = run->session->set.plots};
    if (status == HONE_OK)
        status = hone_report_write(&report, sink->file, tables, mon, err);
    for (size_t s = 0; s < run->n_raters; s++)
        free((void *)(uintptr_t)models[s].proba);
    free(scores);
    free(models);
    free(pairs);
    free(verdict);
    free(command);
    free(title);
    return status;
}
