/* convert.c -- `hone convert`: a table as svmlight text or as CSV, its columns as they are or as a
 * transformer makes them. */
#include "cli/data.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cli_option COLUMN_OPTIONS[] = {
    CLI_OPTION("target", 't', "COL", CLI_TEXT, target, "the column that holds the labels"),
    CLI_OPTION("task", 0, "TASK", CLI_TASK, task,
               "classification or regression (default: by the target's values)"),
    CLI_OPTION("drop", 0, "COLS", CLI_LIST, drop, "columns to leave out"),
    CLI_OPTION("group", 0, "COL", CLI_TEXT, group, "groups: qid in svmlight text"),
    CLI_OPTION("model", 'm', "SPEC", CLI_EACH, specs,
               "a transformer whose columns are written instead, fitted on all rows (default: "
               "one_hot_encoder for svmlight text where there are categories)"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Columns", COLUMN_OPTIONS},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

/* What is read, and what is written. */
struct conversion {
    cli_session *session;
    cli_data data;
    bool svmlight;
    hone_estimator *est; /* the transformer, or NULL */
    hone_matrix made;    /* its columns */
    hone_dataset out;    /* borrows from all of these */
    hone_schema schema;
};

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* The format, by the end of FILE. */
static hone_status find_format(struct conversion *c, hone_error *err) {
    static const char *const ENDS[] = {".svm", ".svmlight", ".libsvm"};
    const char *path = c->session->set.arguments[1];
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        c->svmlight |= ends_with(path, ENDS[i]);
    if (c->svmlight || ends_with(path, ".csv"))
        return HONE_OK;
    return cli_misuse(c->session, err,
                      "FILE: expected a name that ends in .svm, .svmlight, .libsvm or .csv, got "
                      "'%s'",
                      path);
}

static bool has_categories(const hone_dataset *set) {
    for (size_t j = 0; j < set->schema->n_columns; j++)
        if (set->schema->columns[j].kind == HONE_CATEGORICAL)
            return true;
    return false;
}

static hone_status transform(struct conversion *c, const char *spec, const hone_monitor *mon,
                             hone_error *err) {
    const hone_dataset *set = c->data.set;
    hone_target_kind kind = !cli_target(set)       ? HONE_TARGET_AUTO
                            : cli_has_classes(set) ? HONE_TARGET_CLASSES
                                                   : HONE_TARGET_REAL;
    hone_status status = cli_misused(c->session, hone_create_spec(spec, kind, &c->est, err));
    if (status == HONE_OK && hone_estimator_task(c->est) != HONE_TRANSFORMER)
        status = cli_misuse(c->session, err, "--model takes a transformer here, and %s is none",
                            hone_name(c->est));
    if (status == HONE_OK) {
        hone_estimator *bare = c->est;
        c->est = NULL; /* handed over, also on failure */
        status = hone_auto_pipeline(bare, set->schema, &c->est, err);
    }
    if (status == HONE_OK)
        status = hone_fit_transform(c->est, set, &c->made, mon, err);
    if (status != HONE_OK)
        return status;
    c->schema.n_columns = c->made.cols;
    c->schema.columns = hone_output_schema(c->est)->columns;
    c->out.x = hone_matrix_view(&c->made);
    c->out.sparse = NULL;
    return HONE_OK;
}

/* svmlight text has numbers alone. */
static hone_status check_numbers(const struct conversion *c, hone_error *err) {
    const hone_dataset *out = &c->out;
    for (size_t j = 0; j < c->schema.n_columns; j++)
        if (c->schema.columns[j].kind == HONE_CATEGORICAL)
            return cli_fail(err, HONE_EDATA,
                            "column '%s' has categories, and svmlight text holds numbers alone; "
                            "--model one_hot_encoder makes some of them",
                            c->schema.columns[j].name);
    for (size_t i = 0; i < out->x.rows; i++)
        for (size_t j = 0; j < out->x.cols; j++)
            if (isnan(hone_view_row(out->x, i)[j]))
                return cli_fail(err, HONE_EDATA,
                                "row %zu, column '%s' is missing, and svmlight text holds numbers "
                                "alone; --model simple_imputer fills it",
                                (out->row_ids ? out->row_ids[i] : i) + 1,
                                c->schema.columns[j].name);
    return HONE_OK;
}

static hone_status read_all(struct conversion *c, const hone_monitor *mon, hone_error *err) {
    cli_session *session = c->session;
    const cli_settings *set = &session->set;
    if (set->specs.n > 1)
        return cli_misuse(session, err, "--model is given %zu times, expected one", set->specs.n);
    hone_status status = find_format(c, err);
    if (status == HONE_OK)
        status = cli_read_data(session, set->arguments[0], NULL, mon, &c->data, err);
    if (status != HONE_OK)
        return status;
    c->out = *c->data.set;
    c->schema = *c->data.set->schema;
    const char *spec = set->specs.n                                 ? set->specs.at[0]
                       : c->svmlight && has_categories(c->data.set) ? "one_hot_encoder"
                                                                    : NULL;
    if (spec)
        status = transform(c, spec, mon, err);
    c->out.schema = &c->schema;
    if (status == HONE_OK && !c->svmlight && c->out.sparse)
        status = cli_fail(err, HONE_EUNSUPPORTED,
                          "%s: is too large for a full table, which CSV would be",
                          cli_shown(set->arguments[0]));
    return status == HONE_OK && c->svmlight ? check_numbers(c, err) : status;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_cell(const hone_column *column, double value, FILE *file) {
    if (column->kind == HONE_CATEGORICAL && value >= 0 && value < (double)column->n_levels)
        cli_csv_field(file, column->levels[(size_t)value]);
    else
        cli_csv_number(file, value);
}

static void put_csv(const struct conversion *c, cli_sink *sink) {
    const hone_schema *schema = &c->schema;
    size_t m = schema->n_columns, all = m + schema->n_targets;
    for (size_t j = 0; j < all; j++) {
        fputs(j ? "," : "", sink->file);
        cli_csv_field(sink->file, j < m ? schema->columns[j].name : schema->targets[j - m].name);
    }
    putc('\n', sink->file);
    for (size_t i = 0; i < hone_dataset_rows(&c->out) && !sink->failed; i++) {
        for (size_t j = 0; j < all; j++) {
            const hone_column *column = j < m ? &schema->columns[j] : &schema->targets[j - m];
            fputs(j ? "," : "", sink->file);
            put_cell(column, j < m ? hone_view_row(c->out.x, i)[j] : *hone_view_row(c->out.y, i),
                     sink->file);
        }
        putc('\n', sink->file);
        cli_sink_check(sink);
    }
}

/* Beside the old file, which is replaced when all is written. */
static hone_status write_file(const struct conversion *c, cli_sink *sink, hone_error *err) {
    hone_status status = HONE_OK;
    if (c->svmlight)
        status = hone_write_svmlight(&c->out, sink->beside ? sink->beside : sink->path, NULL, err);
    else
        put_csv(c, sink);
    return status == HONE_OK ? cli_sink_close(sink, err) : status;
}

/* "labels 0 = no, 1 = yes": names that are no numbers are written as their codes. */
static void note_labels(const struct conversion *c) {
    const hone_column *target = cli_target(c->data.set);
    char *text = NULL;
    double number;
    for (size_t k = 0; c->svmlight && target && k < target->n_levels; k++)
        if (!hone_parse_double(target->levels[k], &number))
            cli_append(&text, "%s%zu = %s", text ? ", " : "", k, target->levels[k]);
    if (text)
        cli_note(c->session, "  labels     %s", text);
    free(text);
}

static hone_json *names_json(const hone_schema *schema) {
    hone_json *array = hone_json_array();
    bool bad = false;
    for (size_t j = 0; j < schema->n_columns; j++)
        bad |= hone_json_append(array, cli_json_text(schema->columns[j].name));
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

static hone_json *make_json(const struct conversion *c) {
    const cli_settings *set = &c->session->set;
    hone_json *json = cli_result(c->session, "hone.convert/1");
    bool bad = cli_set_data(json, set->arguments[0], &c->data, NULL);
    bad |= hone_json_set(json, "file", cli_json_text(set->arguments[1]));
    bad |= hone_json_set(json, "format", hone_json_text(c->svmlight ? "svmlight" : "csv"));
    bad |= hone_json_set(json, "rows", hone_json_integer((long long)hone_dataset_rows(&c->out)));
    bad |= hone_json_set(json, "columns", hone_json_integer((long long)c->schema.n_columns));
    bad |= hone_json_set(json, "names", names_json(&c->schema));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static hone_status convert(cli_session *session, hone_error *err) {
    const cli_settings *set = &session->set;
    struct conversion c = {.session = session};
    cli_sink file = {0}, json = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = cli_sink_open(&file, set->arguments[1], err);
    if (status == HONE_OK && set->json)
        status = cli_sink_open(&json, set->json, err);
    if (status == HONE_OK)
        status = read_all(&c, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK)
        status = write_file(&c, &file, err);
    if (status == HONE_OK)
        note_labels(&c);
    if (status == HONE_OK && !cli_is_standard(set->json))
        printf("wrote %s: %zu rows, %zu columns\n", set->arguments[1], hone_dataset_rows(&c.out),
               c.schema.n_columns);
    if (status == HONE_OK && set->json &&
        (status = cli_write_json(&json, make_json(&c), err)) == HONE_OK)
        status = cli_sink_close(&json, err);
    cli_sink_discard(&file);
    cli_sink_discard(&json);
    hone_matrix_free(&c.made);
    hone_free(c.est);
    cli_data_free(&c.data);
    return status;
}

const cli_command cli_convert = {
    .name = "convert",
    .summary = "write a table as svmlight text or CSV",
    .arguments = "DATA FILE",
    .about =
        "Writes DATA as svmlight text (FILE.svm, .svmlight, .libsvm), as LIBSVM, LIBLINEAR and\n"
        "others read it, or as CSV (FILE.csv). Labels are those of --target: numbers, classes\n"
        "by their names where these are numbers, else 0, 1, ...\n\n"
        "Example: hone convert data/titanic.csv titanic.svm --target survived",
    .min_arguments = 2,
    .max_arguments = 2,
    .groups = GROUPS,
    .computes = true,
    .run = convert,
};
