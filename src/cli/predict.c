/* predict.c -- `hone predict`: a fitted model on new rows, as CSV. */
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/use.h"
#include "cli/watch.h"

#include <stdlib.h>

static const cli_option PREDICT_OPTIONS[] = {
    CLI_OPTION("proba", 0, NULL, CLI_FLAG, proba, "one more column per class: its probability"),
    CLI_OPTION("output", 'o', "FILE.csv", CLI_TEXT, output,
               "where to write (default: '-', standard output)"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Prediction", PREDICT_OPTIONS},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

static void put_header(const cli_use *use, FILE *file) {
    fputs("prediction", file);
    for (size_t k = 0; use->proba && k < use->target.n_levels; k++) {
        char *name = cli_format("proba_%s", use->target.levels[k]);
        putc(',', file);
        cli_csv_field(file, name);
        free(name);
    }
    putc('\n', file);
}

static void put_row(const cli_use *use, size_t i, FILE *file) {
    size_t classes = use->target.n_levels;
    if (classes)
        cli_csv_field(file, use->target.levels[(size_t)use->label[i]]);
    else
        cli_csv_number(file, use->label[i]);
    for (size_t k = 0; use->proba && k < classes; k++) {
        putc(',', file);
        cli_csv_number(file, use->proba[i * classes + k]);
    }
    putc('\n', file);
}

static void put_rows(const cli_use *use, cli_sink *sink) {
    put_header(use, sink->file);
    for (size_t i = 0; i < use->n && !sink->failed; i++) {
        put_row(use, i, sink->file);
        cli_sink_check(sink);
    }
}

static hone_json *predictions(const cli_use *use) {
    hone_json *array = hone_json_array();
    for (size_t i = 0; i < use->n && array; i++) {
        hone_json *item = use->target.n_levels
                              ? hone_json_text(use->target.levels[(size_t)use->label[i]])
                              : hone_json_real(use->label[i]);
        if (hone_json_append(array, item) != HONE_OK) {
            hone_json_free(array);
            array = NULL;
        }
    }
    return array;
}

static hone_json *probabilities(const cli_use *use) {
    hone_json *array = hone_json_array();
    size_t classes = use->target.n_levels;
    for (size_t i = 0; i < use->n && array; i++)
        if (hone_json_append(array, hone_json_reals(use->proba + i * classes, classes))) {
            hone_json_free(array);
            array = NULL;
        }
    return array;
}

static hone_json *predict_json(const cli_session *session, const cli_use *use) {
    hone_json *json = cli_result(session, "hone.predict/1");
    bool bad = cli_set_data(json, session->set.arguments[1], &use->data, NULL);
    bad |= hone_json_set(json, "model", cli_use_json(use, session->set.arguments[0]));
    if (use->target.n_levels)
        bad |= hone_json_set(json, "classes",
                             cli_json_texts(use->target.levels, use->target.n_levels));
    bad |= hone_json_set(json, "predictions", predictions(use));
    if (use->proba)
        bad |= hone_json_set(json, "proba", probabilities(use));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

/* Without --output, --json - takes the place of the CSV. */
static const char *csv_path(const cli_settings *set) {
    if (set->output)
        return set->output;
    return cli_is_standard(set->json) ? NULL : "-";
}

static hone_status predict_all(cli_session *session, cli_use *use, const hone_monitor *mon,
                               hone_error *err) {
    const cli_settings *set = &session->set;
    hone_status status = cli_use_load(set->arguments[0], use, err);
    if (status == HONE_OK && set->proba && !(hone_estimator_tags(use->est) & HONE_TAG_PROBA))
        status = cli_fail(err, HONE_EUNSUPPORTED,
                          "%s: the model gives no probabilities; leave "
                          "--proba out",
                          set->arguments[0]);
    if (status == HONE_OK)
        status = cli_use_read(session, use, mon, err);
    if (status == HONE_OK)
        status = cli_use_predict(use, set->proba, mon, err);
    return status;
}

static hone_status predict(cli_session *session, hone_error *err) {
    const cli_settings *set = &session->set;
    const char *path = csv_path(set);
    cli_sink csv = {0}, json = {0};
    cli_use use = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = HONE_OK;
    if (cli_is_standard(set->json) && cli_is_standard(set->output))
        status = cli_misuse(session, err, "--json - and --output - cannot share standard output");
    if (status == HONE_OK && path)
        status = cli_sink_open(&csv, path, err);
    if (status == HONE_OK && set->json)
        status = cli_sink_open(&json, set->json, err);
    if (status == HONE_OK)
        status = predict_all(session, &use, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK && path) {
        put_rows(&use, &csv);
        status = cli_sink_close(&csv, err);
    }
    if (status == HONE_OK && set->json)
        status = cli_write_json(&json, predict_json(session, &use), err);
    if (status == HONE_OK)
        status = cli_sink_close(&json, err);
    cli_sink_discard(&csv);
    cli_sink_discard(&json);
    cli_use_free(&use);
    return status;
}

const cli_command cli_predict = {
    .name = "predict",
    .summary = "predict new rows with a fitted model",
    .arguments = "MODEL.hone DATA",
    .about = "Reads a model that 'hone fit' wrote, predicts every row of DATA and writes CSV with\n"
             "one line per row, in the same order. Columns are matched by name; more columns than\n"
             "the model needs do no harm.\n\n"
             "Example: hone predict iris.hone new.csv --proba -o predictions.csv",
    .min_arguments = 2,
    .max_arguments = 2,
    .groups = GROUPS,
    .computes = true,
    .run = predict,
};
