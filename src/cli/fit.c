/* fit.c -- `hone fit`: one model on all rows, kept in a file. */
#include "cli/data.h"
#include "cli/model.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const cli_option FIT_OPTIONS[] = {
    CLI_OPTION("model", 'm', "SPEC", CLI_EACH, specs,
               "the model, name[:param=value,...] or @FILE.json; see hone models"),
    CLI_OPTION("output", 'o', "MODEL.hone", CLI_TEXT, output, "the file to write the model to"),
    CLI_OPTION("raw", 0, NULL, CLI_FLAG, raw,
               "leave out the imputing, encoding and scaling that the model asks for"),
    CLI_OPTION("seed", 0, "N", CLI_SEED, seed, "of the model (default: 0)"),
    CLI_OPTION("timeout", 0, "SECONDS", CLI_SECONDS, timeout, "give up after that time"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Columns", cli_role_options},
                                          {"Model", FIT_OPTIONS},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

/* What `hone fit` tells about its work. */
struct fitted {
    const cli_session *session;
    cli_data data;
    cli_model model;
    double seconds;
    long long bytes; /* of the model file */
};

/* "simple_imputer, standard_scaler, svc", a pipeline within another step by step. */
static void add_step_names(const hone_estimator *est, char **text) {
    if (!cli_is_pipeline(est))
        cli_append(text, "%s%s", *text ? ", " : "", hone_name(est));
    for (size_t i = 0; cli_is_pipeline(est) && i < hone_n_steps(est); i++)
        add_step_names(hone_step(est, i), text);
}

static char *step_names(const hone_estimator *est) {
    char *text = NULL;
    add_step_names(est, &text);
    return text;
}

/* The same as an array. True when memory is out. */
static bool append_step_names(const hone_estimator *est, hone_json *array) {
    bool bad = !cli_is_pipeline(est) && hone_json_append(array, hone_json_text(hone_name(est)));
    for (size_t i = 0; cli_is_pipeline(est) && i < hone_n_steps(est); i++)
        bad |= append_step_names(hone_step(est, i), array);
    return bad;
}

static hone_json *make_json(const void *context) {
    const struct fitted *fit = context;
    const hone_estimator *est = fit->model.est;
    hone_json *json = cli_result(fit->session, "hone.fit/1");
    hone_json *model = hone_json_object(), *steps = hone_json_array();
    bool bad = cli_set_data(json, fit->session->set.arguments[0], &fit->data, NULL);
    bad |= hone_json_set(model, "name", hone_json_text(fit->model.name));
    bad |= hone_json_set(model, "spec", hone_json_text(fit->model.spec));
    bad |= append_step_names(est, steps);
    bad |= hone_json_set(model, "steps", steps);
    bad |= hone_json_set(json, "model", model);
    bad |= hone_json_set(json, "fit_seconds", hone_json_real(fit->seconds));
    bad |= hone_json_set(json, "output", cli_json_text(fit->session->set.output));
    bad |= hone_json_set(json, "bytes", hone_json_integer(fit->bytes));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static void put_text(const void *context, cli_sink *sink) {
    const struct fitted *fit = context;
    char seconds[CLI_NUMBER], *steps = step_names(fit->model.est);
    const char *path = fit->session->set.output;
    fprintf(sink->file, "fitted %s on %zu rows and %zu columns in %s\n", fit->model.spec,
            hone_dataset_rows(fit->data.set), hone_dataset_cols(fit->data.set),
            cli_seconds(fit->seconds, seconds));
    fprintf(sink->file, "steps: %s\n", steps);
    fprintf(sink->file, "wrote %s (%lld bytes); try: hone predict %s NEW.csv\n", path, fit->bytes,
            path);
    cli_sink_check(sink);
    free(steps);
}

static hone_status train(cli_session *session, struct fitted *fit, const hone_monitor *mon,
                         hone_error *err) {
    const cli_settings *set = &session->set;
    struct stat file;
    hone_status status = cli_model_check(session, set->specs.at[0], NULL, err);
    if (status == HONE_OK)
        status = cli_read_data(session, set->arguments[0], NULL, mon, &fit->data, err);
    if (status == HONE_OK)
        status = cli_check_columns(set->arguments[0], fit->data.set, err);
    if (status == HONE_OK)
        status =
            cli_model_create(session, set->specs.at[0], fit->data.set->schema, &fit->model, err);
    if (status != HONE_OK)
        return status;
    double start = hone_now();
    status = hone_fit(fit->model.est, fit->data.set, mon, err);
    fit->seconds = hone_now() - start;
    if (status == HONE_OK)
        status = hone_save(fit->model.est, set->output, err);
    fit->bytes = status == HONE_OK && stat(set->output, &file) == 0 ? (long long)file.st_size : 0;
    return status;
}

/* A path that cannot be written is better known before the work than after it. */
static hone_status check_output(const char *path, hone_error *err) {
    cli_sink probe = {0};
    hone_status status = cli_sink_open(&probe, path, err);
    cli_sink_discard(&probe);
    return status;
}

static hone_status fit_run(cli_session *session, hone_error *err) {
    const cli_settings *set = &session->set;
    struct fitted fit = {.session = session};
    const cli_results results = {&fit, put_text, make_json, NULL, NULL};
    cli_outputs out = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = HONE_OK;
    if (set->specs.n > 1)
        status = cli_misuse(session, err, "--model is given %zu times, expected one", set->specs.n);
    if (status == HONE_OK && cli_is_standard(set->output))
        status = cli_misuse(session, err, "--output takes the name of a file, got '-'");
    if (status == HONE_OK)
        status = check_output(set->output, err);
    if (status == HONE_OK)
        status = cli_outputs_open(&out, session, err);
    if (status == HONE_OK)
        status = train(session, &fit, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK)
        status = cli_outputs_write(&out, &results, &watch, err);
    cli_outputs_discard(&out);
    cli_model_free(&fit.model);
    cli_data_free(&fit.data);
    return status;
}

static const char *const REQUIRED[] = {"model", "output", NULL};

const cli_command cli_fit = {
    .name = "fit",
    .summary = "fit one model on a table and write it to a file",
    .arguments = "DATA [--target COL] --model SPEC --output MODEL.hone",
    .about =
        "Fits a model on all rows of DATA and writes it, with its preprocessing, to one file.\n"
        "Interrupted or failed, it writes nothing. Clusters and transformers learn no target.\n\n"
        "Example: hone fit data/iris.csv --target species --model svc:C=10 -o iris.hone",
    .min_arguments = 1,
    .max_arguments = 1,
    .required = REQUIRED,
    .groups = GROUPS,
    .computes = true,
    .run = fit_run,
};
