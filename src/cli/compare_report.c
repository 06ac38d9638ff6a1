/* compare_report.c -- the comparison as a page: everything that the table, the JSON and the
 * out-of-fold predictions hold, in the struct that hone_report_write() takes. */
#include "cli/compare.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>

static hone_report_score *take_scores(const cli_comparison *run, const cli_entry *entry) {
    hone_report_score *scores = cli_take(run->n_metrics, sizeof *scores);
    for (size_t k = 0; k < run->n_metrics; k++) {
        const cli_score *score = &entry->scores[k];
        scores[k] = (hone_report_score){.value = score->summary.mean,
                                        .std = score->summary.std,
                                        .low = score->interval.low,
                                        .high = score->interval.high,
                                        .method = score->interval.method,
                                        .folds = score->folds,
                                        .why = score->why};
    }
    return scores;
}

static hone_report_model *take_models(const cli_comparison *run) {
    hone_report_model *models = cli_take(run->n, sizeof *models);
    for (size_t i = 0; i < run->n; i++) {
        const cli_entry *entry = &run->entries[i];
        const hone_oof *oof = &run->result->models[i];
        models[i] = (hone_report_model){.name = entry->label,
                                        .spec = entry->model.spec,
                                        .error = entry->error,
                                        .label = oof->label,
                                        .proba = oof->proba,
                                        .score = oof->score,
                                        .fit_seconds = entry->fit_seconds,
                                        .predict_seconds = entry->predict_seconds};
        if (entry->n_done)
            models[i].scores = take_scores(run, entry);
    }
    return models;
}

static hone_report_pair *take_pairs(const cli_comparison *run) {
    static const char *const METHODS[] = {"corrected t", "influence curve"};
    hone_report_pair *pairs = cli_take(run->n_pairs, sizeof *pairs);
    for (size_t i = 0; i < run->n_pairs; i++) {
        const hone_pair *pair = &run->pairs[i];
        pairs[i] = (hone_report_pair){.a = pair->a,
                                      .b = pair->b,
                                      .metric = pair->metric->name,
                                      .method = METHODS[pair->method],
                                      .difference = pair->difference,
                                      .low = pair->low,
                                      .high = pair->high,
                                      .p_value = pair->p_value,
                                      .p_adjusted = pair->p_adjusted,
                                      .p_a_better = pair->p_a_better,
                                      .p_equivalent = pair->p_equivalent,
                                      .p_b_better = pair->p_b_better};
    }
    return pairs;
}

static const hone_score_curve **take_curves(const cli_comparison *run, bool validation) {
    const hone_score_curve **curves = cli_take(run->n, sizeof *curves);
    for (size_t i = 0; i < run->n; i++)
        curves[i] = validation ? run->entries[i].validation : run->entries[i].curve;
    return curves;
}

static double *take_truth(const hone_dataset *set) {
    double *truth = cli_take(set->y.rows, sizeof *truth);
    for (size_t i = 0; i < set->y.rows; i++)
        truth[i] = hone_view_row(set->y, i)[0];
    return truth;
}

hone_status cli_compare_report(const cli_comparison *run, cli_sink *sink, hone_json **tables,
                               const hone_monitor *mon, hone_error *err) {
    const hone_dataset *set = run->data.set;
    const hone_column *target = cli_target(set);
    hone_report_model *models = take_models(run);
    hone_report_pair *pairs = take_pairs(run);
    const hone_score_curve **curves = take_curves(run, false);
    const hone_score_curve **validation = take_curves(run, true);
    char *verdict = cli_compare_verdict(run), *command = cli_command_line(run->session);
    char *title =
        cli_format("%s: %zu %s compared", target->name, run->n, run->n == 1 ? "model" : "models");
    double *truth = take_truth(set);
    const hone_report report = {.title = title,
                                .verdict = verdict,
                                .command = command,
                                .data_path = run->path,
                                .sha256 = hone_table_info(run->data.table)->sha256,
                                .n_dropped = run->data.n_dropped,
                                .data = set,
                                .n = set->y.rows,
                                .truth = truth,
                                .weight = set->weights,
                                .target = target->name,
                                .n_classes = run->result->n_classes,
                                .classes = target->levels,
                                .positive = run->positive,
                                .folds = &run->folds,
                                .n_metrics = run->n_metrics,
                                .n_shown = run->n_shown,
                                .metrics = run->metrics,
                                .n_models = run->n,
                                .models = models,
                                .n_pairs = run->n_pairs,
                                .pairs = pairs,
                                .curves = curves,
                                .validation = validation,
                                .rope = run->rope,
                                .seed = run->folds.seed,
                                .plots = run->session->set.plots};
    hone_status status = hone_report_write(&report, sink->file, tables, mon, err);
    for (size_t i = 0; i < run->n; i++)
        free((void *)(uintptr_t)models[i].scores);
    free(models);
    free(pairs);
    free(curves);
    free(validation);
    free(truth);
    free(title);
    free(verdict);
    free(command);
    return status;
}
