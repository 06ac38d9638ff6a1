/* compare.c -- `hone compare`: cross-validates several models on one table, on the same folds. */
#include "cli/compare.h"
#include "cli/metrics.h"
#include "cli/options.h"
#include "cli/outputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const DEFAULT_MODELS[] = {"dummy", "lr", "svm", "mlp"};

static const cli_option MODEL_OPTIONS[] = {
    CLI_OPTION("models", 0, "NAMES", CLI_SPECS, models,
               "short or full names (default: dummy,lr,svm,mlp, with --weight those that take it); "
               "see hone models"),
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
            status = cli_model_check(session, lists[l]->at[i], NULL, err);
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

/* A default model: who did not ask for it by name does not miss it where it takes no weights. */
static hone_status add_default(cli_session *session, cli_comparison *run, const char *spec,
                               hone_error *err) {
    hone_status status = add_model(session, run, spec, err);
    if (status != HONE_OK || !session->set.weight)
        return status;
    cli_model *model = &run->entries[run->n - 1].model;
    if (hone_estimator_tags(model->est) & HONE_TAG_WEIGHTS)
        return HONE_OK;
    cli_warn("left out %s: it takes no sample weights", model->name);
    cli_texts_add(&run->left_out, model->name, strlen(model->name));
    cli_model_free(model);
    run->n--;
    return HONE_OK;
}

static hone_status make_models(cli_session *session, cli_comparison *run, hone_error *err) {
    const cli_texts *names = &session->set.models, *specs = &session->set.specs;
    size_t n_default = names->n + specs->n ? 0 : sizeof DEFAULT_MODELS / sizeof *DEFAULT_MODELS;
    hone_status status = HONE_OK;
    run->entries = cli_take(n_default + names->n + specs->n, sizeof *run->entries);
    for (size_t i = 0; i < n_default && status == HONE_OK; i++)
        status = add_default(session, run, DEFAULT_MODELS[i], err);
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

/* A scheme that needs a column gets it, and one that a column asks for is not passed over. */
static hone_status check_scheme(cli_session *session, const hone_cv *cv, hone_error *err) {
    const cli_settings *set = &session->set;
    const struct {
        hone_cv_scheme scheme;
        const char *column, *option;
    } needs[] = {{HONE_CV_PREDEFINED, set->fold, "fold"},
                 {HONE_CV_TIME_SERIES, set->time, "time"},
                 {HONE_CV_GROUP, set->group, "group"},
                 {HONE_CV_STRATIFIED_GROUP, set->group, "group"}};
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (cv->scheme == needs[i].scheme && !needs[i].column)
            return cli_misuse(session, err, "--cv %s needs a column: --%s COL", set->cv,
                              needs[i].option);
    bool chosen = cv->scheme != HONE_CV_AUTO || cv->folds;
    if (set->fold && set->cv && chosen && cv->scheme != HONE_CV_PREDEFINED)
        return cli_misuse(session, err,
                          "--fold %s names the folds, --cv %s would draw others; leave out one of "
                          "them",
                          set->fold, set->cv);
    if (set->time && cv->scheme != HONE_CV_AUTO && cv->scheme != HONE_CV_TIME_SERIES)
        return cli_misuse(session, err,
                          "--time %s asks for tests on later rows, --cv %s would mix them; leave "
                          "out one of them",
                          set->time, set->cv);
    return check_groups(session, cv->scheme, err);
}

static hone_status set_up(cli_session *session, cli_comparison *run, const hone_monitor *mon,
                          hone_error *err) {
    const cli_settings *set = &session->set;
    const hone_column *target;
    hone_cv cv = {0};
    hone_status status = hone_cv_parse(set->cv ? set->cv : "5", &cv, err);
    if (status != HONE_OK)
        return cli_misused(session, status);
    if ((status = check_scheme(session, &cv, err)) != HONE_OK)
        return status;
    cv.seed = set->seed;
    run->rope = 0.01;
    if (set->rope && (!hone_parse_double(set->rope, &run->rope) || !(run->rope >= 0)))
        return cli_misuse(session, err, "--rope takes a number from 0 on, got '%s'", set->rope);
    if ((status = check_models(session, err)) != HONE_OK ||
        (status = cli_compare_read_curve(session, run, err)) != HONE_OK ||
        (status = cli_read_data(session, run->path, NULL, mon, &run->data, err)) != HONE_OK)
        return status;
    target = cli_target(run->data.set);
    if (target->kind == HONE_CATEGORICAL && target->n_levels < 2)
        return cli_fail(err, HONE_EDATA, "%s: target %s has only the class '%s', expected two",
                        cli_shown(run->path), target->name, target->levels[0]);
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
    if ((status = hone_split(&cv, run->data.set, &run->folds, err)) == HONE_OK)
        cli_compare_warn_folds(run);
    return status;
}

/* ---- running --------------------------------------------------------------------------------- */

static void put_text(const void *run, cli_sink *sink) {
    cli_compare_print(run, sink);
}

static hone_json *make_json(const void *run) {
    return cli_compare_json(run);
}

static hone_status put_page(const void *run, cli_sink *sink, hone_json **tables,
                            const hone_monitor *mon, hone_error *err) {
    return cli_compare_report(run, sink, tables, mon, err);
}

static void put_oof(const void *run, cli_sink *sink) {
    cli_compare_oof(run, sink);
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
        hone_score_curve_free(entry->validation);
        cli_model_free(&entry->model);
    }
    free(run->entries);
    cli_texts_free(&run->left_out);
    cli_texts_free(&run->values);
    free(run->param);
    free(run->metrics);
    hone_pairs_free(run->pairs);
    hone_cv_result_free(run->result);
    hone_folds_free(&run->folds);
    cli_data_free(&run->data);
}

hone_status cli_compare_run(cli_session *session, hone_error *err) {
    cli_comparison run = {.session = session, .path = session->set.arguments[0]};
    const cli_results results = {&run, put_text, make_json, put_page, put_oof};
    cli_outputs out = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = cli_outputs_open(&out, session, err);
    if (status == HONE_OK)
        status = set_up(session, &run, &watch.monitor, err);
    if (status == HONE_OK)
        status = cli_compare_score(&run, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK || run.stopped) {
        hone_error trouble = {0};
        hone_status written = cli_outputs_write(&out, &results, &watch, &trouble);
        if (written != HONE_OK)
            status = cli_fail(err, written, "%s", trouble.message);
    }
    if (status == HONE_OK)
        status = judge(&run, err);
    cli_watch_stop(&watch); /* the report may have warned */
    cli_outputs_discard(&out);
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
             "the folds, and whether the best model can be told apart from the others. Imputing,\n"
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
