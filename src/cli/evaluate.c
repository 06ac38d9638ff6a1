/* evaluate.c -- `hone evaluate`: a fitted model against rows whose truth is known. */
#include "cli/evaluate.h"
#include "cli/metrics.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cli_option EVALUATE_OPTIONS[] = {
    CLI_OPTION("target", 't', "COL", CLI_TEXT, target,
               "the column with the truth (default: as when the model was fitted)"),
    CLI_OPTION("weight", 0, "COL", CLI_TEXT, weight, "the column that holds sample weights"),
    CLI_OPTION("positive", 0, "LABEL", CLI_TEXT, positive,
               "the positive one of two classes (default: the second)"),
    CLI_OPTION("metric", 0, "NAMES", CLI_LIST, metrics,
               "metrics to show; 'all' (default: by the task); --json always has them all"),
    CLI_OPTION("importance", 0, NULL, CLI_FLAG, importance,
               "with --report: what the first metric loses when a column is shuffled"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Evaluation", EVALUATE_OPTIONS},
                                          {"Report", cli_report_options},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

/* ---- the truth ------------------------------------------------------------------------------- */

/* The model's class with this label; n_levels if there is none. */
static size_t find_class(const hone_column *target, const char *label) {
    size_t k = 0;
    while (k < target->n_levels && strcmp(target->levels[k], label) != 0)
        k++;
    return k;
}

static hone_status unknown_class(const struct evaluation *run, const char *label, hone_error *err) {
    const hone_column *target = &run->use.target;
    char *known = NULL;
    for (size_t k = 0; k < target->n_levels && k < 8; k++)
        cli_append(&known, "%s'%s'", k ? ", " : "", target->levels[k]);
    hone_status status =
        cli_fail(err, HONE_EDATA,
                 "%s: column %s holds the class '%s', which the model does not "
                 "know; it knows %s%s",
                 cli_shown(run->session->set.arguments[1]), cli_target(run->use.data.set)->name,
                 label, known, target->n_levels > 8 ? " and more" : "");
    free(known);
    return status;
}

/* Labels are matched as texts: codes of one file mean nothing in another. */
static hone_status map_truth(struct evaluation *run, hone_error *err) {
    const hone_dataset *set = run->use.data.set;
    const hone_column *own = cli_target(set), *target = &run->use.target;
    run->truth = cli_take(run->use.n, sizeof *run->truth);
    for (size_t i = 0; i < run->use.n; i++) {
        double value = hone_view_row(set->y, i)[0];
        if (target->kind == HONE_CATEGORICAL) {
            const char *label = own->levels[(size_t)value];
            size_t k = find_class(target, label);
            if (k == target->n_levels)
                return unknown_class(run, label, err);
            value = (double)k;
        }
        run->truth[i] = value;
    }
    return HONE_OK;
}

/* ---- scores ---------------------------------------------------------------------------------- */

/* Decision values speak of the second class; turned around for the first. */
static void orient_score(struct evaluation *run) {
    for (size_t i = 0; run->use.score && run->positive == 0 && i < run->use.n; i++)
        run->use.score[i] = -run->use.score[i];
}

hone_outcome cli_evaluate_outcome(const struct evaluation *run) {
    const cli_use *use = &run->use;
    return (hone_outcome){.n = use->n,
                          .n_classes = use->target.n_levels,
                          .positive = run->positive,
                          .truth = run->truth,
                          .label = use->label,
                          .proba = use->proba,
                          .score = use->score,
                          .weight = use->data.set->weights};
}

static hone_status compute(struct evaluation *run, hone_error *err) {
    const cli_use *use = &run->use;
    const hone_outcome outcome = cli_evaluate_outcome(run);
    size_t k = use->target.n_levels;
    run->values = cli_take(run->n_metrics, sizeof *run->values);
    run->whys = cli_take(run->n_metrics, sizeof *run->whys);
    for (size_t m = 0; m < run->n_metrics; m++) {
        const hone_metric *metric = run->metrics[m];
        run->values[m] = NAN;
        if ((metric->needs == HONE_NEEDS_PROBA && !use->proba) ||
            (metric->needs == HONE_NEEDS_SCORE && !use->proba && !use->score)) {
            run->whys[m] = "the model gives no probabilities";
            continue;
        }
        hone_status status =
            hone_metric_compute(metric, &outcome, &run->values[m], &run->whys[m], err);
        if (status != HONE_OK)
            return status;
    }
    if (k == 0)
        return HONE_OK;
    run->confusion = cli_take(k * k, sizeof *run->confusion);
    return hone_confusion_matrix(run->truth, use->label, outcome.weight, use->n, k, run->confusion,
                                 err);
}

static hone_status evaluate_all(struct evaluation *run, const hone_monitor *mon, hone_error *err) {
    cli_session *session = run->session;
    cli_use *use = &run->use;
    if (session->set.importance && !session->set.report)
        return cli_misuse(session, err, "--importance is for a --report; or see 'hone explain'");
    hone_status status = cli_use_load(session->set.arguments[0], use, err);
    if (status != HONE_OK)
        return status;
    if ((status = cli_use_target(session, use, err)) != HONE_OK ||
        (status = cli_choose_metrics(session, cli_task(&use->target), &run->metrics, &run->n_shown,
                                     &run->n_metrics, err)) != HONE_OK ||
        (status = cli_positive(session, &use->target, &run->positive, err)) != HONE_OK ||
        (status = cli_use_read(session, use, mon, err)) != HONE_OK ||
        (status = cli_check_numbers(session->set.arguments[1], use->data.set, err)) != HONE_OK ||
        (status = cli_use_predict(use, true, mon, err)) != HONE_OK ||
        (status = map_truth(run, err)) != HONE_OK)
        return status;
    if (use->target.n_levels == 2)
        cli_note_positive(session, &use->target, run->positive);
    orient_score(run);
    status = compute(run, err);
    if (status == HONE_OK)
        status = cli_evaluate_judge(run, mon, err);
    if (status == HONE_OK && session->set.importance)
        status = cli_evaluate_importance(run, mon, err);
    return status;
}

/* ---- showing --------------------------------------------------------------------------------- */

static void print_metrics(const struct evaluation *run, cli_sink *sink) {
    cli_table table = {.columns = 4, .right_from = 1, .right_end = 3};
    char number[CLI_NUMBER], low[CLI_NUMBER], high[CLI_NUMBER];
    cli_table_cell(&table, "metric");
    cli_table_cell(&table, "value");
    cli_table_cell(&table, "95 %% interval");
    cli_table_cell(&table, "meaning");
    for (size_t m = 0; m < run->n_shown; m++) {
        cli_table_cell(&table, "%s", run->metrics[m]->name);
        cli_table_cell(&table, "%s",
                       cli_number(run->values[m], cli_decimals(run->values[m]), number));
        if (isnan(run->intervals[m].low))
            cli_table_cell(&table, "-");
        else
            cli_table_cell(&table, "%s to %s", cli_number(run->intervals[m].low, 4, low),
                           cli_number(run->intervals[m].high, 4, high));
        cli_table_cell(&table, "%s%s", run->whys[m] ? "undefined: " : "",
                       run->whys[m] ? run->whys[m] : run->metrics[m]->help);
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
}

static void print_confusion(const struct evaluation *run, cli_sink *sink) {
    const hone_column *target = &run->use.target;
    size_t k = target->n_levels;
    cli_table table = {.columns = k + 1, .right_from = 1, .right_end = k + 1};
    char number[HONE_NUMBER_SIZE];
    cli_table_cell(&table, "truth \\ predicted");
    for (size_t p = 0; p < k; p++)
        cli_table_cell(&table, "%s", target->levels[p]);
    for (size_t t = 0; t < k; t++) {
        cli_table_cell(&table, "%s", target->levels[t]);
        for (size_t p = 0; p < k; p++)
            cli_table_cell(&table, "%s", hone_write_double(run->confusion[t * k + p], number));
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
}

static hone_json *confusion_json(const struct evaluation *run) {
    const hone_column *target = &run->use.target;
    hone_json *json = hone_json_object(), *counts = hone_json_array();
    size_t k = target->n_levels;
    bool bad = hone_json_set(json, "classes", cli_json_texts(target->levels, k));
    for (size_t t = 0; t < k; t++)
        bad |= hone_json_append(counts, hone_json_reals(run->confusion + t * k, k));
    bad |= hone_json_set(json, "counts", counts);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static hone_json *intervals_json(const struct evaluation *run) {
    hone_json *json = hone_json_object();
    bool bad = false;
    for (size_t m = 0; m < run->n_metrics; m++) {
        const double ends[] = {run->intervals[m].low, run->intervals[m].high};
        if (isnan(ends[0]))
            continue;
        hone_json *one = hone_json_object();
        bad |= hone_json_set(one, "ci", hone_json_reals(ends, 2));
        bad |= hone_json_set(one, "ci_method", hone_json_text(run->intervals[m].method));
        bad |= hone_json_set(json, run->metrics[m]->name, one);
    }
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static hone_json *make_json(const void *context) {
    const struct evaluation *run = context;
    const cli_use *use = &run->use;
    const char *const *arguments = run->session->set.arguments;
    hone_json *json = cli_result(run->session, "hone.evaluate/1");
    hone_json *metrics = hone_json_object(), *undefined = hone_json_object();
    bool bad = cli_set_data(json, arguments[1], &use->data,
                            use->target.n_levels == 2 ? &run->positive : NULL);
    bad |= hone_json_set(json, "model", cli_use_json(use, arguments[0]));
    for (size_t m = 0; m < run->n_metrics; m++) {
        const char *name = run->metrics[m]->name;
        bad |= hone_json_set(metrics, name, hone_json_real(run->values[m]));
        if (run->whys[m])
            bad |= hone_json_set(undefined, name, hone_json_text(run->whys[m]));
    }
    bad |= hone_json_set(json, "metrics", metrics);
    bad |= hone_json_set(json, "intervals", intervals_json(run));
    bad |= hone_json_set(json, "undefined", undefined);
    if (run->confusion)
        bad |= hone_json_set(json, "confusion", confusion_json(run));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static void put_text(const void *run, cli_sink *sink) {
    const struct evaluation *own = run;
    print_metrics(own, sink);
    if (own->confusion) {
        putc('\n', sink->file);
        print_confusion(own, sink);
    }
}

static hone_status put_page(const void *run, cli_sink *sink, hone_json **tables,
                            const hone_monitor *mon, hone_error *err) {
    return cli_evaluate_report(run, sink, tables, mon, err);
}

static hone_status evaluate(cli_session *session, hone_error *err) {
    struct evaluation run = {.session = session};
    const cli_results results = {&run, put_text, make_json, put_page, NULL};
    cli_outputs out = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = cli_outputs_open(&out, session, err);
    if (status == HONE_OK)
        status = evaluate_all(&run, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK)
        status = cli_outputs_write(&out, &results, &watch, err);
    cli_watch_stop(&watch); /* the report may have warned */
    cli_outputs_discard(&out);
    free(run.truth);
    free(run.metrics);
    free(run.values);
    free(run.whys);
    free(run.intervals);
    free(run.confusion);
    hone_importance_free(&run.importance);
    cli_use_free(&run.use);
    return status;
}

const cli_command cli_evaluate = {
    .name = "evaluate",
    .summary = "metrics of a fitted model on rows whose target is known",
    .arguments = "MODEL.hone DATA",
    .about = "Predicts DATA with a model that 'hone fit' wrote and compares with the truth in it:\n"
             "metrics and, for classes, the confusion matrix.\n\n"
             "Example: hone evaluate iris.hone holdout.csv",
    .min_arguments = 2,
    .max_arguments = 2,
    .groups = GROUPS,
    .computes = true,
    .run = evaluate,
};
