/* evaluate_report.c -- intervals of an evaluation on one test set, and its page. */
#include "cli/evaluate.h"
#include "cli/model.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LEVEL = 0.95;
enum { SEED = 0, MOST_ROWS_DRAWN = 20000 };

/* ---- intervals ------------------------------------------------------------------------------- */

static hone_status judge_auc(const struct evaluation *run, const hone_monitor *mon,
                             hone_interval *out, hone_error *err) {
    const cli_use *use = &run->use;
    double *truth = cli_take(use->n, sizeof *truth), *score = cli_take(use->n, sizeof *score);
    hone_delong delong = {0};
    for (size_t i = 0; i < use->n; i++) {
        truth[i] = run->truth[i] == (double)run->positive;
        score[i] = use->score ? use->score[i] : use->proba[2 * i + run->positive];
    }
    const hone_scored scored = {.n = use->n, .models = 1, .truth = truth, .score = score};
    hone_status status = hone_delong_make(&scored, mon, &delong, err);
    if (status == HONE_OK)
        status = hone_auc_interval(&delong, 0, HONE_AUC_AUTO, LEVEL, out, err);
    hone_delong_free(&delong);
    free(truth);
    free(score);
    return status;
}

static hone_status judge_accuracy(const struct evaluation *run, hone_interval *out,
                                  hone_error *err) {
    double hits = 0;
    for (size_t i = 0; i < run->use.n; i++)
        hits += run->truth[i] == run->use.label[i];
    return hone_proportion_interval(hits, (double)run->use.n, false, LEVEL, out, err);
}

/* By the method made for it; *done tells whether there is one. */
static hone_status judge_by_formula(const struct evaluation *run, size_t m, const hone_monitor *mon,
                                    bool *done, hone_error *err) {
    *done = !run->use.data.set->weights;
    if (*done && strcmp(run->metrics[m]->name, "roc_auc") == 0)
        return judge_auc(run, mon, &run->intervals[m], err);
    if (*done && strcmp(run->metrics[m]->name, "accuracy") == 0)
        return judge_accuracy(run, &run->intervals[m], err);
    *done = false;
    return HONE_OK;
}

/* All others together: the rows are drawn once for them. */
static hone_status judge_by_drawing(struct evaluation *run, const size_t *which, size_t n,
                                    const hone_monitor *mon, hone_error *err) {
    const hone_outcome outcome = cli_evaluate_outcome(run);
    const hone_metric **metrics = cli_take(n, sizeof *metrics);
    hone_interval *intervals = cli_take(n, sizeof *intervals);
    for (size_t i = 0; i < n; i++)
        metrics[i] = run->metrics[which[i]];
    hone_status status =
        hone_metric_intervals(metrics, n, &outcome, LEVEL, 0, SEED, mon, intervals, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        run->intervals[which[i]] = intervals[i];
    free(metrics);
    free(intervals);
    return status;
}

hone_status cli_evaluate_judge(struct evaluation *run, const hone_monitor *mon, hone_error *err) {
    hone_status status = HONE_OK;
    size_t n = 0, *which = cli_take(run->n_metrics, sizeof *which);
    run->intervals = cli_take(run->n_metrics, sizeof *run->intervals);
    for (size_t m = 0; m < run->n_metrics && status == HONE_OK; m++) {
        bool done = true;
        run->intervals[m] = (hone_interval){.low = NAN, .high = NAN};
        if (!isnan(run->values[m]))
            status = judge_by_formula(run, m, mon, &done, err);
        if (!done)
            which[n++] = m;
    }
    if (status == HONE_OK && n > 0 && run->use.n <= MOST_ROWS_DRAWN)
        status = judge_by_drawing(run, which, n, mon, err);
    free(which);
    return status;
}

hone_status cli_evaluate_importance(struct evaluation *run, const hone_monitor *mon,
                                    hone_error *err) {
    const cli_use *use = &run->use;
    size_t positive = use->target.n_levels == 2 ? cli_use_code(use, run->positive) : run->positive;
    return hone_permutation_importance(use->est, use->data.set, positive, run->metrics[0], NULL,
                                       mon, &run->importance, err);
}

/* ---- the page -------------------------------------------------------------------------------- */

static hone_report_score *take_scores(const struct evaluation *run) {
    hone_report_score *scores = cli_take(run->n_metrics, sizeof *scores);
    for (size_t m = 0; m < run->n_metrics; m++)
        scores[m] = (hone_report_score){.value = run->values[m],
                                        .std = NAN,
                                        .low = run->intervals[m].low,
                                        .high = run->intervals[m].high,
                                        .method = run->intervals[m].method,
                                        .why = run->whys[m]};
    return scores;
}

/* The first metric in words. */
static char *verdict_of(const struct evaluation *run, const char *name) {
    char value[CLI_NUMBER], low[CLI_NUMBER], high[CLI_NUMBER];
    const hone_interval *interval = &run->intervals[0];
    char *text =
        cli_format("%s has a %s of %s on %zu rows", name, run->metrics[0]->name,
                   cli_number(run->values[0], cli_decimals(run->values[0]), value), run->use.n);
    if (!isnan(interval->low))
        cli_append(&text, " (95 %% interval %s to %s)", cli_number(interval->low, 4, low),
                   cli_number(interval->high, 4, high));
    cli_append(&text, ".");
    return text;
}

hone_status cli_evaluate_report(const struct evaluation *run, cli_sink *sink, hone_json **tables,
                                const hone_monitor *mon, hone_error *err) {
    const cli_use *use = &run->use;
    const char *const *arguments = run->session->set.arguments;
    char *spec = NULL;
    hone_status status = cli_spec_text(use->est, &spec, err);
    if (status != HONE_OK)
        return status;
    const hone_schema *schema = hone_input_schema(use->est);
    hone_report_score *scores = take_scores(run);
    const char **columns = cli_take(schema->n_columns, sizeof *columns);
    for (size_t j = 0; j < schema->n_columns; j++)
        columns[j] = schema->columns[j].name;
    const hone_report_model model = {.name = hone_name(cli_predictor(use->est)),
                                     .spec = spec,
                                     .scores = scores,
                                     .label = use->label,
                                     .proba = use->proba,
                                     .score = use->score,
                                     .fit_seconds = NAN,
                                     .predict_seconds = NAN};
    char *title = cli_format("%s: %s on %s", run->session->set.target, arguments[0], arguments[1]);
    char *verdict = verdict_of(run, model.name), *command = cli_command_line(run->session);
    const hone_report report = {.title = title,
                                .verdict = verdict,
                                .command = command,
                                .data_path = arguments[1],
                                .sha256 = hone_table_info(use->data.table)->sha256,
                                .n_dropped = use->data.n_dropped,
                                .data = use->data.set,
                                .n = use->n,
                                .truth = run->truth,
                                .weight = use->data.set->weights,
                                .target = run->session->set.target,
                                .n_classes = use->target.n_levels,
                                .classes = use->target.levels,
                                .positive = run->positive,
                                .n_metrics = run->n_metrics,
                                .n_shown = run->n_shown,
                                .metrics = run->metrics,
                                .n_models = 1,
                                .models = &model,
                                .importance = run->importance.n ? &run->importance : NULL,
                                .importance_names = columns,
                                .plots = run->session->set.plots};
    status = hone_report_write(&report, sink->file, tables, mon, err);
    free(title);
    free(verdict);
    free(command);
    free(scores);
    free(columns);
    free(spec);
    return status;
}
