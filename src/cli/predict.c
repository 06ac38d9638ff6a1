/* predict.c -- `hone predict`: a fitted model on new rows, as CSV. */
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/use.h"
#include "cli/watch.h"

#include <stdlib.h>

static const cli_option PREDICT_OPTIONS[] = {
    CLI_OPTION("proba", 0, NULL, CLI_FLAG, proba, "one more column per class: its probability"),
    CLI_OPTION("decision", 0, NULL, CLI_FLAG, decision,
               "one more column per class, or a single one: the decision value"),
    CLI_OPTION("transform", 0, NULL, CLI_FLAG, transform,
               "what the model makes of the columns, instead: distances to centres, discriminants"),
    CLI_OPTION("output", 'o', "FILE.csv", CLI_TEXT, output,
               "where to write (default: '-', standard output)"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Prediction", PREDICT_OPTIONS},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

/* What the model says about the rows: predictions, or columns where it transforms. Owned. */
struct answers {
    cli_use use;
    size_t n_decision;        /* decision values of a row; 0: not asked for */
    double *decision;         /* n x n_decision, or NULL */
    const hone_schema *gives; /* columns that it makes; NULL for predictions. Borrowed */
    double *made;             /* n x gives->n_columns, or NULL */
};

/* ---- CSV ------------------------------------------------------------------------------------- */

static void put_name(const char *prefix, const char *name, FILE *file) {
    char *text = cli_format("%s_%s", prefix, name);
    putc(',', file);
    cli_csv_field(file, text);
    free(text);
}

static void put_header(const struct answers *a, FILE *file) {
    const hone_column *target = &a->use.target;
    for (size_t j = 0; a->gives && j < a->gives->n_columns; j++) {
        fputs(j ? "," : "", file);
        cli_csv_field(file, a->gives->columns[j].name);
    }
    fputs(a->gives ? "" : "prediction", file);
    for (size_t k = 0; a->use.proba && k < target->n_levels; k++)
        put_name("proba", target->levels[k], file);
    if (a->n_decision == 1)
        fputs(",decision", file);
    for (size_t k = 0; a->n_decision > 1 && k < a->n_decision; k++)
        put_name("decision", target->levels[k], file);
    putc('\n', file);
}

/* A cell of a column that the model has made: of categories it may still hold the codes. */
static void put_cell(const hone_column *column, double value, FILE *file) {
    if (column->kind == HONE_CATEGORICAL && value >= 0 && value < (double)column->n_levels)
        cli_csv_field(file, column->levels[(size_t)value]);
    else
        cli_csv_number(file, value);
}

static void put_row(const struct answers *a, size_t i, FILE *file) {
    const cli_use *use = &a->use;
    size_t classes = use->target.n_levels;
    for (size_t j = 0; a->gives && j < a->gives->n_columns; j++) {
        fputs(j ? "," : "", file);
        put_cell(&a->gives->columns[j], a->made[i * a->gives->n_columns + j], file);
    }
    if (!a->gives)
        put_cell(&use->target, use->label[i], file);
    for (size_t k = 0; use->proba && k < classes; k++) {
        putc(',', file);
        cli_csv_number(file, use->proba[i * classes + k]);
    }
    for (size_t k = 0; k < a->n_decision; k++) {
        putc(',', file);
        cli_csv_number(file, a->decision[i * a->n_decision + k]);
    }
    putc('\n', file);
}

static void put_rows(const struct answers *a, cli_sink *sink) {
    put_header(a, sink->file);
    for (size_t i = 0; i < a->use.n && !sink->failed; i++) {
        put_row(a, i, sink->file);
        cli_sink_check(sink);
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static hone_json *cell_json(const hone_column *column, double value) {
    bool level = column->kind == HONE_CATEGORICAL && value >= 0 && value < (double)column->n_levels;
    return level ? hone_json_text(column->levels[(size_t)value]) : hone_json_real(value);
}

static hone_json *predictions(const cli_use *use) {
    hone_json *array = hone_json_array();
    bool bad = false;
    for (size_t i = 0; i < use->n; i++)
        bad |= hone_json_append(array, cell_json(&use->target, use->label[i]));
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

static hone_json *made_json(const struct answers *a) {
    hone_json *array = hone_json_array();
    bool bad = false;
    for (size_t i = 0; i < a->use.n; i++) {
        hone_json *row = hone_json_array();
        for (size_t j = 0; j < a->gives->n_columns; j++)
            bad |= hone_json_append(
                row, cell_json(&a->gives->columns[j], a->made[i * a->gives->n_columns + j]));
        bad |= hone_json_append(array, row);
    }
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

/* An array of rows. */
static hone_json *matrix_json(const double *values, size_t rows, size_t cols) {
    hone_json *array = hone_json_array();
    for (size_t i = 0; i < rows && array; i++)
        if (hone_json_append(array, hone_json_reals(values + i * cols, cols))) {
            hone_json_free(array);
            array = NULL;
        }
    return array;
}

static bool set_made(const struct answers *a, hone_json *out) {
    hone_json *names = hone_json_array();
    bool bad = false;
    for (size_t j = 0; j < a->gives->n_columns; j++)
        bad |= hone_json_append(names, hone_json_text(a->gives->columns[j].name));
    bad |= hone_json_set(out, "columns", names);
    bad |= hone_json_set(out, "transformed", made_json(a));
    return bad;
}

static hone_json *answers_json(const cli_session *session, const struct answers *a) {
    const cli_use *use = &a->use;
    const hone_column *target = &use->target;
    hone_json *json = cli_result(session, "hone.predict/1");
    bool bad = cli_set_data(json, session->set.arguments[1], &use->data, NULL);
    bad |= hone_json_set(json, "model", cli_use_json(use, session->set.arguments[0]));
    if (a->gives)
        bad |= set_made(a, json);
    if (!a->gives && target->n_levels)
        bad |= hone_json_set(json, "classes", cli_json_texts(target->levels, target->n_levels));
    if (!a->gives)
        bad |= hone_json_set(json, "predictions", predictions(use));
    if (use->proba)
        bad |= hone_json_set(json, "proba", matrix_json(use->proba, use->n, target->n_levels));
    if (a->decision)
        bad |= hone_json_set(json, "decision", matrix_json(a->decision, use->n, a->n_decision));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

/* ---- the command ----------------------------------------------------------------------------- */

/* Without --output, --json - takes the place of the CSV. */
static const char *csv_path(const cli_settings *set) {
    if (set->output)
        return set->output;
    return cli_is_standard(set->json) ? NULL : "-";
}

/* Does the model give what is asked for? */
static hone_status check_asked(cli_session *session, struct answers *a, hone_error *err) {
    const cli_settings *set = &session->set;
    const hone_estimator *est = a->use.est;
    unsigned tags = hone_estimator_tags(est);
    const char *missing = NULL, *option = NULL;
    if (set->transform && (set->proba || set->decision))
        return cli_misuse(session, err,
                          "--transform gives columns in the place of predictions; "
                          "leave out --proba and --decision");
    if (set->transform || hone_estimator_task(est) == HONE_TRANSFORMER)
        a->gives = hone_output_schema(est);
    if (set->transform && !a->gives)
        missing = "does not transform", option = "--transform";
    else if (set->proba && (a->gives || !(tags & HONE_TAG_PROBA)))
        missing = "gives no probabilities", option = "--proba";
    else if (set->decision && (a->gives || !(tags & HONE_TAG_DECISION)))
        missing = "gives no decision values", option = "--decision";
    if (missing)
        return cli_fail(err, HONE_EUNSUPPORTED, "%s: the model %s; leave %s out", set->arguments[0],
                        missing, option);
    return HONE_OK;
}

static hone_status ask(const cli_settings *set, struct answers *a, const hone_monitor *mon,
                       hone_error *err) {
    cli_use *use = &a->use;
    if (a->gives) {
        a->made = cli_take(use->n * a->gives->n_columns, sizeof *a->made);
        return hone_transform(use->est, use->data.set, a->made, mon, err);
    }
    hone_status status = cli_use_predict(use, set->proba, mon, err);
    if (status != HONE_OK || !set->decision)
        return status;
    a->n_decision = hone_decision_cols(use->est);
    a->decision = cli_take(use->n * a->n_decision, sizeof *a->decision);
    return hone_decision_function(use->est, use->data.set, a->decision, mon, err);
}

static hone_status predict_all(cli_session *session, struct answers *a, const hone_monitor *mon,
                               hone_error *err) {
    hone_status status = cli_use_load(session->set.arguments[0], &a->use, err);
    if (status == HONE_OK)
        status = check_asked(session, a, err);
    if (status == HONE_OK)
        status = cli_use_read(session, &a->use, mon, err);
    return status == HONE_OK ? ask(&session->set, a, mon, err) : status;
}

static hone_status predict(cli_session *session, hone_error *err) {
    const cli_settings *set = &session->set;
    const char *path = csv_path(set);
    cli_sink csv = {0}, json = {0};
    struct answers answers = {0};
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
        status = predict_all(session, &answers, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK && path) {
        put_rows(&answers, &csv);
        status = cli_sink_close(&csv, err);
    }
    if (status == HONE_OK && set->json)
        status = cli_write_json(&json, answers_json(session, &answers), err);
    if (status == HONE_OK)
        status = cli_sink_close(&json, err);
    cli_sink_discard(&csv);
    cli_sink_discard(&json);
    free(answers.decision);
    free(answers.made);
    cli_use_free(&answers.use);
    return status;
}

const cli_command cli_predict = {
    .name = "predict",
    .summary = "predict new rows with a fitted model",
    .arguments = "MODEL.hone DATA",
    .about = "Reads a model that 'hone fit' wrote, predicts every row of DATA and writes CSV with\n"
             "one line per row, in the same order. Columns are matched by name; more columns than\n"
             "the model needs do no harm. Of a transformer it writes the columns that it makes.\n\n"
             "Example: hone predict iris.hone new.csv --proba -o predictions.csv",
    .min_arguments = 2,
    .max_arguments = 2,
    .groups = GROUPS,
    .computes = true,
    .run = predict,
};
