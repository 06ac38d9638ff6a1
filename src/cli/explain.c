/* explain.c -- `hone explain`: what a fitted model leans on, by one of several methods. */
#include "cli/explain.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

static const cli_explain_method *const METHODS[] = {&cli_explain_permutation};
enum { N_METHODS = sizeof METHODS / sizeof *METHODS };

static const cli_option EXPLAIN_OPTIONS[] = {
    CLI_OPTION("method", 0, "NAME", CLI_TEXT, method,
               "permutation: what a metric loses when a column is shuffled (default)"),
    CLI_OPTION("target", 't', "COL", CLI_TEXT, target,
               "the column with the truth (default: as when the model was fitted)"),
    CLI_OPTION("weight", 0, "COL", CLI_TEXT, weight, "the column that holds sample weights"),
    CLI_OPTION("positive", 0, "LABEL", CLI_TEXT, positive,
               "the positive one of two classes (default: the second)"),
    CLI_OPTION("metric", 0, "NAME", CLI_LIST, metrics,
               "what permutation measures (default: the first one that cv shows)"),
    CLI_OPTION("repeats", 0, "N", CLI_COUNT, repeats, "shuffles of each column (default: 10)"),
    CLI_OPTION("together", 0, "A,B", CLI_EACH, together,
               "columns that are shuffled as one; repeatable"),
    CLI_OPTION("seed", 0, "N", CLI_SEED, seed, "of all that is drawn (default: 0)"),
    CLI_OPTION("timeout", 0, "SECONDS", CLI_SECONDS, timeout, "give up after that time"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Explanation", EXPLAIN_OPTIONS},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

static const char *method_name(const void *context, size_t i) {
    (void)context;
    return METHODS[i]->name;
}

static hone_status find_method(cli_session *session, const cli_explain_method **out,
                               hone_error *err) {
    const char *name = session->set.method ? session->set.method : METHODS[0]->name;
    char *list = NULL;
    for (size_t i = 0; i < N_METHODS; i++) {
        if (strcmp(METHODS[i]->name, name) == 0) {
            *out = METHODS[i];
            free(list);
            return HONE_OK;
        }
        cli_append(&list, "%s%s", i ? ", " : "", METHODS[i]->name);
    }
    const char *near = hone_nearest(name, N_METHODS, method_name, NULL);
    hone_status status =
        cli_misuse(session, err, "--method takes %s, got '%s'%s%s%s", list, name,
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    free(list);
    return status;
}

/* The rows with the target of the model. */
static hone_status read_rows(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    cli_session *session = run->session;
    cli_use *use = &run->use;
    if (session->set.n_arguments < 2)
        return cli_misuse(session, err, "--method %s looks at rows: expected MODEL DATA",
                          run->method->name);
    if (!session->set.target)
        session->set.target = use->target.name;
    if (!session->set.target)
        return cli_misuse(session, err,
                          "the model has no name for its target: --target COL is missing");
    session->set.task = use->target.n_levels ? HONE_TARGET_CLASSES : HONE_TARGET_REAL;
    hone_status status = cli_use_read(session, use, mon, err);
    if (status == HONE_OK)
        status = cli_check_numbers(session->set.arguments[1], use->data.set, err);
    return status;
}

static hone_status explain_all(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    cli_session *session = run->session;
    hone_status status = find_method(session, &run->method, err);
    if (status == HONE_OK)
        status = cli_use_load(session->set.arguments[0], &run->use, err);
    if (status == HONE_OK && run->method->reads_data)
        status = read_rows(run, mon, err);
    return status == HONE_OK ? run->method->run(run, mon, err) : status;
}

/* ---- results --------------------------------------------------------------------------------- */

static void put_text(const void *context, cli_sink *sink) {
    const cli_explanation *run = context;
    run->method->text(run, sink);
}

static hone_json *make_json(const void *context) {
    const cli_explanation *run = context;
    const char *const *arguments = run->session->set.arguments;
    hone_json *json = cli_result(run->session, "hone.explain/1");
    bool bad = run->method->reads_data && cli_set_data(json, arguments[1], &run->use.data, NULL);
    bad |= hone_json_set(json, "model", cli_use_json(&run->use, arguments[0]));
    bad |= hone_json_set(json, "method", hone_json_text(run->method->name));
    bad |= run->method->json(run, json);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static void free_all(cli_explanation *run) {
    if (run->method && run->method->free)
        run->method->free(run);
    for (size_t i = 0; i < run->n; i++)
        free(run->rows[i].name);
    free(run->rows);
    free(run->heading);
    cli_use_free(&run->use);
}

static hone_status explain(cli_session *session, hone_error *err) {
    cli_explanation run = {.session = session};
    const cli_results results = {&run, put_text, make_json, NULL, NULL};
    cli_outputs out = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = cli_outputs_open(&out, session, err);
    if (status == HONE_OK)
        status = explain_all(&run, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK)
        status = cli_outputs_write(&out, &results, &watch, err);
    cli_outputs_discard(&out);
    free_all(&run);
    return status;
}

const cli_command cli_explain = {
    .name = "explain",
    .summary = "what a fitted model leans on",
    .arguments = "MODEL.hone [DATA]",
    .about = "Says how important each column is for a model that 'hone fit' wrote. Permutation\n"
             "importance suits every model: the values of a column are dealt to other rows, and\n"
             "what a metric loses is what the model had from it. Give rows that the model has\n"
             "not learnt from.\n\n"
             "Example: hone explain iris.hone holdout.csv --metric log_loss",
    .min_arguments = 1,
    .max_arguments = 2,
    .groups = GROUPS,
    .computes = true,
    .run = explain,
};
