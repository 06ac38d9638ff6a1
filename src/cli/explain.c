/* explain.c -- `hone explain`: what a fitted model leans on, by one of several methods. */
#include "cli/explain.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

static const cli_explain_method *const METHODS[] = {
    &cli_explain_permutation, &cli_explain_gain,         &cli_explain_split,   &cli_explain_cover,
    &cli_explain_shap,        &cli_explain_interactions, &cli_explain_partial, &cli_explain_terms};
enum { N_METHODS = sizeof METHODS / sizeof *METHODS };

static const cli_option EXPLAIN_OPTIONS[] = {
    CLI_OPTION(
        "method", 0, "NAME", CLI_TEXT, method,
        "permutation (default), partial; of trees: gain, split, cover, shap, interactions; terms"),
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
    CLI_OPTION("columns", 0, "A[,B]", CLI_LIST, columns, "partial: one or two columns"),
    CLI_OPTION("points", 0, "N", CLI_COUNT, points,
               "partial: most values of a numeric column (default: 20)"),
    CLI_OPTION("output", 'o', "FILE.csv", CLI_TEXT, oof, "shap: the values of each row"),
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

static const char *column_name(const void *schema, size_t j) {
    return ((const hone_schema *)schema)->columns[j].name;
}

hone_status cli_explain_column(const cli_explanation *run, const char *option, const char *name,
                               size_t *out, hone_error *err) {
    const hone_schema *schema = hone_input_schema(run->use.est);
    for (*out = 0; *out < schema->n_columns; ++*out)
        if (strcmp(schema->columns[*out].name, name) == 0)
            return HONE_OK;
    const char *near = hone_nearest(name, schema->n_columns, column_name, schema);
    return cli_misuse(run->session, err, "%s: the model has no column '%s'%s%s%s", option, name,
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static hone_status read_rows(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    cli_session *session = run->session;
    cli_use *use = &run->use;
    if (session->set.n_arguments < 2)
        return cli_misuse(session, err, "--method %s looks at rows: expected MODEL DATA",
                          run->method->name);
    hone_status status = HONE_OK;
    if (session->set.target || run->method->reads_target) /* else it is a column like others */
        status = cli_use_target(session, use, err);
    if (status == HONE_OK)
        status = cli_use_read(session, use, mon, err);
    if (status == HONE_OK)
        status = cli_check_numbers(session->set.arguments[1], use->data.set, err);
    return status;
}

static hone_status explain_all(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    cli_session *session = run->session;
    hone_status status = find_method(session, &run->method, err);
    if (status == HONE_OK && session->set.oof && !run->method->rows)
        status = cli_misuse(session, err, "--output is for --method shap, not for %s",
                            run->method->name);
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

static void put_rows(const void *context, cli_sink *sink) {
    const cli_explanation *run = context;
    run->method->rows(run, sink);
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
    const cli_results results = {&run, put_text, make_json, NULL, put_rows};
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
    .about = "Says what a model that 'hone fit' wrote makes of its columns.\n\n"
             "Any model, with rows that it has not learnt from:\n"
             "  permutation   what a metric loses when the values of a column go to other rows\n"
             "  partial       the mean prediction along one or two columns (--columns)\n"
             "Linear models:\n"
             "  terms         coefficients, with standard errors, tests and intervals where the\n"
             "                model has them; needs no DATA\n"
             "Models of trees, gradient boosting and forests:\n"
             "  gain          what the splits of a column have won; needs no DATA\n"
             "  split, cover  their number; the weight of the rows that they part\n"
             "  shap          Shapley values: each row's prediction as a sum over the columns\n"
             "  interactions  the same of pairs of columns\n\n"
             "Example: hone explain iris.hone holdout.csv --metric log_loss\n"
             "         hone explain forest.hone new.csv --method shap --output shap.csv",
    .min_arguments = 1,
    .max_arguments = 2,
    .groups = GROUPS,
    .computes = true,
    .run = explain,
};
