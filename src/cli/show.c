/* show.c -- see show.h. */
#include "cli/show.h"
#include "cli/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 6, MOST = 1000000 };

/* A pipeline is its steps; others are themselves, whatever they are made of. */
static bool is_pipeline(const hone_estimator *est) {
    return strcmp(hone_name(est), "pipeline") == 0;
}

static const hone_class *class_of(const hone_estimator *est) {
    for (size_t i = 0; i < hone_class_count(); i++)
        if (strcmp(hone_class_name(hone_class_at(i)), hone_name(est)) == 0)
            return hone_class_at(i);
    return NULL;
}

static char *spec_of(const hone_estimator *est) {
    char *text = NULL;
    return cli_spec_text(est, &text, NULL) == HONE_OK ? text : cli_format("%s", hone_name(est));
}

/* ---- text ------------------------------------------------------------------------------------ */

/* "3 x 13: 0.14, -0.24, ..."; owned. */
static char *array_text(hone_view view) {
    size_t n = view.rows * view.cols;
    char *text = cli_format("%zu", view.cols == 1 ? view.rows : view.cols);
    if (view.rows > 1 && view.cols > 1) {
        free(text);
        text = cli_format("%zu x %zu", view.rows, view.cols);
    }
    for (size_t i = 0; i < n && i < FIRST; i++)
        cli_append(&text, "%s%.6g", i ? ", " : ": ",
                   hone_view_row(view, i / view.cols)[i % view.cols]);
    cli_append(&text, "%s", n > FIRST ? ", ..." : "");
    return text;
}

/* Owned; NULL of what has no public value. */
static char *value_text(const hone_estimator *est, const char *name) {
    hone_view view;
    double number;
    if (hone_get_number(est, name, &number, NULL) == HONE_OK)
        return isnan(number) ? cli_format("-") : cli_format("%.9g", number);
    if (hone_get_array(est, name, &view, NULL) == HONE_OK && view.rows * view.cols > 0)
        return array_text(view);
    return NULL;
}

static void show_step(const hone_estimator *est, cli_sink *sink) {
    const hone_class *cls = class_of(est);
    const hone_schema *schema = hone_input_schema(est);
    cli_table table = {.columns = 3};
    hone_attr_info row;
    char *spec = spec_of(est);
    fprintf(sink->file, "%s\n", spec);
    free(spec);
    if (schema)
        fprintf(sink->file, "%zu column%s in", schema->n_columns,
                schema->n_columns == 1 ? "" : "s");
    if (schema && hone_output_schema(est))
        fprintf(sink->file, ", %zu out", hone_output_schema(est)->n_columns);
    if (hone_n_steps(est))
        fprintf(sink->file, "; made of %zu estimator%s", hone_n_steps(est),
                hone_n_steps(est) == 1 ? "" : "s");
    fputs("\n\n", sink->file);
    cli_table_cell(&table, "fitted attribute");
    cli_table_cell(&table, "value");
    cli_table_cell(&table, "meaning");
    for (size_t i = 0; cls && hone_class_attr(cls, i, &row); i++) {
        char *value = value_text(est, row.name);
        if (value) {
            cli_table_cell(&table, "%s", row.name);
            cli_table_cell(&table, "%s", value);
            cli_table_cell(&table, "%s", row.help);
        }
        free(value);
    }
    if (table.n > table.columns)
        cli_table_print(&table, sink);
    cli_table_free(&table);
    cli_sink_check(sink);
}

void cli_show_model(const hone_estimator *est, cli_sink *sink) {
    if (!is_pipeline(est)) {
        show_step(est, sink);
        return;
    }
    for (size_t i = 0; i < hone_n_steps(est); i++) {
        fputs(i ? "\n" : "", sink->file);
        cli_show_model(hone_step(est, i), sink);
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static hone_json *array_json(hone_view view) {
    hone_json *array = hone_json_array();
    bool bad = false;
    for (size_t i = 0; i < view.rows; i++)
        bad |= hone_json_append(array, view.cols == 1
                                           ? hone_json_real(*hone_view_row(view, i))
                                           : hone_json_reals(hone_view_row(view, i), view.cols));
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

static hone_json *attributes_json(const hone_estimator *est) {
    const hone_class *cls = class_of(est);
    hone_json *json = hone_json_object();
    hone_attr_info row;
    hone_view view;
    double number;
    bool bad = false;
    for (size_t i = 0; cls && hone_class_attr(cls, i, &row); i++)
        if (hone_get_number(est, row.name, &number, NULL) == HONE_OK)
            bad |= hone_json_set(json, row.name, hone_json_real(number));
        else if (hone_get_array(est, row.name, &view, NULL) == HONE_OK &&
                 view.rows * view.cols <= MOST)
            bad |= hone_json_set(json, row.name, array_json(view));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static bool append_steps(const hone_estimator *est, hone_json *array) {
    bool bad = false;
    if (is_pipeline(est)) {
        for (size_t i = 0; i < hone_n_steps(est); i++)
            bad |= append_steps(hone_step(est, i), array);
        return bad;
    }
    hone_json *json = hone_json_object();
    char *spec = spec_of(est);
    bad |= hone_json_set(json, "name", hone_json_text(hone_name(est)));
    bad |= hone_json_set(json, "spec", hone_json_text(spec));
    bad |= hone_json_set(json, "attributes", attributes_json(est));
    free(spec);
    return hone_json_append(array, json) != HONE_OK || bad;
}

hone_json *cli_show_json(const hone_estimator *est) {
    hone_json *array = hone_json_array();
    bool bad = append_steps(est, array);
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}
