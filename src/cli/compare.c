/* compare.c -- `hone compare`: cross-validates several models on one table, on the same folds. */
#include "cli/compare.h"
#include "cli/metrics.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const DEFAULT_MODELS[] = {"dummy", "lr", "svm", "mlp"};

static const cli_option MODEL_OPTIONS[] = {
    CLI_OPTION("models", 0, "NAMES", CLI_LIST, models,
               "short or full names (default: dummy,lr,svm,mlp); see hone models"),
    CLI_OPTION("model", 'm', "SPEC", CLI_EACH, specs,
               "one more model, name[:param=value,...] or @FILE.json; repeatable"),
    CLI_OPTION("raw", 0, NULL, CLI_FLAG, raw,
               "leave out the imputing, encoding and scaling that models ask for"),
    CLI_OPTION_END};

const cli_option cli_cv_options[] = {
    CLI_OPTION("cv", 0, "SCHEME", CLI_TEXT, cv,
               "folds (5), folds x repeats (10x10), loo, or a scheme, as time_series:5,gap=7 "
               "(default: 5)"),
    CLI_OPTION("metric", 0, "NAMES", CLI_LIST, metrics,
               "metrics of the table, the first one decides; 'all' (default: by the task)"),
    CLI_OPTION("positive", 0, "LABEL", CLI_TEXT, positive,
               "the positive one of two classes (default: the second)"),
    CLI_OPTION("rope", 0, "X", CLI_TEXT, rope,
               "differences up to X do not matter in practice (default: 0.01)"),
    CLI_OPTION("seed", 0, "N", CLI_SEED, seed, "of the folds and of every model (default: 0)"),
    CLI_OPTION("timeout", 0, "SECONDS", CLI_SECONDS, timeout,
               "stop after that time and show what is finished"),
    CLI_OPTION("learning-curve", 0, NULL, CLI_FLAG, learning,
               "also fit on parts of the training rows: would more rows help?"),
    CLI_OPTION("oof", 0, "FILE.csv", CLI_TEXT, oof,
               "write the out-of-fold predictions of every model, row by row"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Columns", cli_role_options},
                                          {"Models", MODEL_OPTIONS},
                                          {"Evaluation", cli_cv_options},
                                          {"Report", cli_report_options},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

/* ---- setting up ------------------------------------------------------------------------------ */

static hone_status check_models(cli_session *session, hone_error *err) {
    const cli_texts *lists[] = {&session->set.models, &session->set.specs};
    hone_status status = HONE_OK;
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->n && status == HONE_OK; i++)
            status = cli_model_check(session, lists[l]->at[i], err);
    return status;
}

static hone_status add_model(cli_session *session, cli_comparison *run, const char *spec,
                             hone_error *err) {
    hone_status status =
        cli_model_create(session, spec, run->data.set->schema, &run->entries[run->n].model, err);
    run->n += status == HONE_OK;
    return status;
}

/* Names are unique in tables and files: a shared one gives way to the spec, then to a number. */
static void label_models(cli_comparison *run) {
    for (size_t i = 0; i < run->n; i++) {
        cli_model *model = &run->entries[i].model;
        size_t same_name = 0, same_spec = 0;
        for (size_t j = 0; j < run->n; j++) {
            same_name += strcmp(run->entries[j].model.name, model->name) == 0;
            same_spec += j < i && strcmp(run->entries[j].model.spec, model->spec) == 0;
        }
        cli_append(&run->entries[i].label, "%s", same_name > 1 ? model->spec : model->name);
        if (same_spec)
            cli_append(&run->entries[i].label, "#%zu", same_spec + 1);
    }
}

static hone_status make_models(cli_session *session, cli_comparison *run, hone_error *err) {
    const cli_texts *names = &session->set.models, *specs = &session->set.specs;
    size_t n_default = names->n + specs->n ? 0 : sizeof DEFAULT_MODELS / sizeof *DEFAULT_MODELS;
    hone_status status = HONE_OK;
    run->entries = cli_take(n_default + names->n + specs->n, sizeof *run->entries);
    for (size_t i = 0; i < n_default && status == HONE_OK; i++)
        status = add_model(session, run, DEFAULT_MODELS[i], err);
    for (size_t i = 0; i < names->n && status == HONE_OK; i++)
        status = add_model(session, run, names->at[i], err);
    for (size_t i = 0; i < specs->n && status == HONE_OK; i++)
        status = add_model(session, run, specs->at[i], err);
    label_models(run);
    return status;
}

/* Groups are named to be kept together: a scheme that would part them is refused, not obeyed. */
static hone_status check_groups(cli_session *session, hone_cv_scheme scheme, hone_error *err) {
    bool parts = scheme == HONE_CV_KFOLD || scheme == HONE_CV_STRATIFIED || scheme == HONE_CV_LOO ||
                 scheme == HONE_CV_SHUFFLE || scheme == HONE_CV_STRATIFIED_SHUFFLE;
    if (!session->set.group || !parts)
        return HONE_OK;
    return cli_misuse(session, err,
                      "--cv %s would put rows of one group on both sides of a split; leave out "
                      "--group, or take --cv group_kfold or stratified_group_kfold",
                      session->set.cv);
}

static hone_status set_up(cli_session *session, cli_comparison *run, const hone_monitor *mon,
                          hone_error *err) {
    const cli_settings *set = &session->set;
    const hone_column *target;
    hone_cv cv = {0};
    hone_status status = hone_cv_parse(set->cv ? set->cv : "5", &cv, err);
    if (status != HONE_OK)
        return cli_misused(session, status);
    if ((status = check_groups(session, cv.scheme, err)) != HONE_OK)
        return status;
    cv.seed = set->seed;
    run->rope = 0.01;
    if (set->rope && (!hone_parse_double(set->rope, &run->rope) || !(run->rope >= 0)))
        return cli_misuse(session, err, "--rope takes a number from 0 on, got '%s'", set->rope);
    if ((status = check_models(session, err)) != HONE_OK ||
        (status = cli_read_data(session, run->path, NULL, mon, &run->data, err)) != HONE_OK)
        return status;
    target = cli_target(run->data.set);
    if (target->kind == HONE_CATEGORICAL && target->n_levels < 2)
        return cli_fail(err, HONE_EDATA, "%s: target %s has only the class '%s', expected two",
                        run->path, target->name, target->levels[0]);
    run->task = cli_task(target);
    if ((status = cli_positive(session, target, &run->positive, err)) != HONE_OK ||
        (status = make_models(session, run, err)) != HONE_OK ||
        (status = cli_choose_metrics(session, run->task, &run->metrics, &run->n_shown,
                                     &run->n_metrics, err)) != HONE_OK)
        return status;
    if (run->task == HONE_FOR_BINARY)
        cli_note_positive(session, target, run->positive);
    if ((status = cli_check_columns(run->path, run->data.set, err)) != HONE_OK)
        return status;
    return hone_split(&cv, run->data.set, &run->folds, err);
}

/* ---- running --------------------------------------------------------------------------------- */

static hone_status write_page(const cli_comparison *run, cli_sink *page, hone_json **tables,
                              const hone_monitor *mon, hone_error *err) {
    const cli_settings *set = &run->session->set;
    hone_status status = HONE_OK;
    if (set->report)
        status = cli_compare_report(run, page, set->json ? tables : NULL, mon, err);
    return status == HONE_OK ? cli_sink_close(page, err) : status;
}

/* Takes the tables over. */
static hone_status write_json(const cli_comparison *run, cli_sink *json, hone_json *tables,
                              hone_error *err) {
    hone_status status = HONE_OK;
    if (run->session->set.json)
        status = cli_write_json(json, cli_with_tables(cli_compare_json(run), tables), err);
    return status == HONE_OK ? cli_sink_close(json, err) : status;
}

/* Writes what was asked for; the table only where standard output is not taken. */
static hone_status write_results(const cli_comparison *run, cli_sink *json, cli_sink *oof,
                                 cli_sink *page, const hone_monitor *mon, hone_error *err) {
    const cli_settings *set = &run->session->set;
    hone_json *tables = NULL;
    cli_sink table = {0};
    if (set->oof)
        cli_compare_oof(run, oof);
    hone_status status = cli_sink_close(oof, err);
    if (status == HONE_OK)
        status = write_page(run, page, &tables, mon, err);
    if (status == HONE_OK)
        status = write_json(run, json, tables, err);
    else
        hone_json_free(tables);
    if (status != HONE_OK || cli_is_standard(set->json) || cli_is_standard(set->oof) ||
        cli_is_standard(set->report))
        return status;
    if ((status = cli_sink_open(&table, "-", err)) == HONE_OK) {
        cli_compare_print(run, &table);
        status = cli_sink_close(&table, err);
    }
    return status;
}

/* A model that failed makes the run fail, after the others' results. */
static hone_status judge(const cli_comparison *run, hone_error *err) {
    size_t failed = 0, first = 0;
    for (size_t i = run->n; i-- > 0;)
        if (run->entries[i].ending == CLI_BROKE) {
            failed++;
            first = i;
        }
    if (failed == 0)
        return HONE_OK;
    return cli_fail(err, HONE_EDATA, "%zu of %zu models failed: %s", failed, run->n,
                    run->entries[first].error);
}

static void free_run(cli_comparison *run) {
    for (size_t i = 0; i < run->n; i++) {
        cli_entry *entry = &run->entries[i];
        for (size_t k = 0; entry->scores && k < run->n_metrics; k++)
            free(entry->scores[k].folds);
        free(entry->scores);
        free(entry->label);
        hone_score_curve_free(entry->curve);
        cli_model_free(&entry->model);
    }
    free(run->entries);
    free(run->metrics);
    hone_pairs_free(run->pairs);
    hone_cv_result_free(run->result);
    hone_folds_free(&run->folds);
    cli_data_free(&run->data);
}

hone_status cli_compare_run(cli_session *session, hone_error *err) {
    const cli_settings *set = &session->set;
    cli_comparison run = {.session = session, .path = set->arguments[0]};
    cli_sink json = {0}, oof = {0}, page = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = HONE_OK;
    if (cli_is_standard(set->json) && cli_is_standard(set->oof))
        status = cli_misuse(session, err, "--json - and --oof - cannot share standard output");
    if (status == HONE_OK)
        status = cli_check_report(session, err);
    if (status == HONE_OK && set->json)
        status = cli_sink_open(&json, set->json, err);
    if (status == HONE_OK && set->oof)
        status = cli_sink_open(&oof, set->oof, err);
    if (status == HONE_OK && set->report)
        status = cli_sink_open(&page, set->report, err);
    if (status == HONE_OK)
        status = set_up(session, &run, &watch.monitor, err);
    if (status == HONE_OK)
        status = cli_compare_score(&run, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK || run.stopped) {
        hone_error trouble = {0};
        const hone_monitor mon = {.user = &watch, .warn = watch.monitor.warn};
        hone_status written = write_results(&run, &json, &oof, &page, &mon, &trouble);
        if (written != HONE_OK)
            status = cli_fail(err, written, "%s", trouble.message);
    }
    if (status == HONE_OK)
        status = judge(&run, err);
    cli_sink_discard(&json);
    cli_sink_discard(&oof);
    cli_sink_discard(&page);
    cli_watch_stop(&watch); /* the report may have warned */
    free_run(&run);
    return status;
}

static const char *const REQUIRED[] = {"target", NULL};

const cli_command cli_compare = {
    .name = "compare",
    .summary = "cross-validate several models on one table",
    .arguments = "DATA --target COL",
    .about = "Cross-validates models on the same folds of DATA (CSV or TSV, also .gz; '-' reads\n"
             "standard input) and prints the mean and the standard deviation of each metric over\n"
             "the folds, and whether the best model can be told apart from the others. Imputing, "
             "encoding and scaling are fitted inside each training fold.\n"
             "Ctrl-C stops and shows what is finished.\n\n"
             "Example: hone compare data/breast_cancer.csv --target diagnosis --models lr,svm,mlp",
    .min_arguments = 1,
    .max_arguments = 1,
    .required = REQUIRED,
    .groups = GROUPS,
    .computes = true,
    .run = cli_compare_run,
};
