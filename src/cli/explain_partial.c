/* explain_partial.c -- partial dependence: the mean answer along one or two columns. */
#include "cli/explain.h"
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

/* What the method keeps. */
struct partial {
    size_t columns[2], n_columns;
    hone_partial found;
};

static const hone_column *column_of(const cli_explanation *run, size_t which) {
    const struct partial *own = run->own;
    return &hone_input_schema(run->use.est)->columns[own->columns[which]];
}

static hone_status measure(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    const cli_settings *set = &run->session->set;
    struct partial *own = run->own = cli_take(1, sizeof *own);
    hone_status status = HONE_OK;
    if (set->columns.n < 1 || set->columns.n > 2)
        return cli_misuse(run->session, err,
                          "--method partial takes one or two columns: --columns A[,B]");
    own->n_columns = set->columns.n;
    for (size_t c = 0; c < own->n_columns && status == HONE_OK; c++)
        status = cli_explain_column(run, "--columns", set->columns.at[c], &own->columns[c], err);
    if (status == HONE_OK)
        status = hone_partial_dependence(run->use.est, run->use.data.set, own->columns,
                                         own->n_columns, set->points, mon, &own->found, err);
    return status;
}

/* ---- results --------------------------------------------------------------------------------- */

/* Of output k: the class; of the one decision value of two classes the second. */
static const char *output_name(const cli_explanation *run, size_t k) {
    const struct partial *own = run->own;
    const hone_column *target = &run->use.target;
    if (target->n_levels == 0)
        return target->name ? target->name : "prediction";
    return own->found.outputs == target->n_levels ? target->levels[k] : target->levels[1];
}

/* Value number i of a column; owned by the caller. */
static char *value_text(const cli_explanation *run, size_t which, size_t i) {
    const struct partial *own = run->own;
    const hone_column *column = column_of(run, which);
    double value = own->found.at[which][i];
    char number[HONE_NUMBER_SIZE];
    if (column->kind == HONE_CATEGORICAL)
        return cli_level_text(column, value);
    snprintf(number, sizeof number, "%.6g", value);
    return cli_format("%s", number);
}

static void add_row(const cli_explanation *run, size_t point, cli_table *table) {
    const struct partial *own = run->own;
    const hone_partial *found = &own->found;
    const size_t at[2] = {point / found->n[1], point % found->n[1]};
    char number[CLI_NUMBER];
    for (size_t c = 0; c < own->n_columns; c++) {
        char *text = value_text(run, c, at[c]);
        cli_table_cell(table, "%s", text);
        free(text);
    }
    for (size_t k = 0; k < found->outputs; k++) {
        double mean = found->mean[point * found->outputs + k];
        cli_table_cell(table, "%s", cli_number(mean, cli_decimals(mean), number));
    }
}

static void print(const cli_explanation *run, cli_sink *sink) {
    const struct partial *own = run->own;
    const hone_partial *found = &own->found;
    cli_table table = {.columns = own->n_columns + found->outputs,
                       .right_from = own->n_columns,
                       .right_end = own->n_columns + found->outputs};
    for (size_t c = 0; c < own->n_columns; c++)
        cli_table_cell(&table, "%s", column_of(run, c)->name);
    for (size_t k = 0; k < found->outputs; k++)
        cli_table_cell(&table, "%s", output_name(run, k));
    for (size_t point = 0; point < found->n[0] * found->n[1]; point++)
        add_row(run, point, &table);
    fprintf(sink->file, "Mean prediction of %zu rows with %s as on the left, all else as it is\n\n",
            run->use.n, own->n_columns == 1 ? "the column" : "both columns");
    cli_table_print(&table, sink);
    cli_table_free(&table);
    cli_sink_check(sink);
}

static hone_json *grid_json(const cli_explanation *run, size_t which) {
    const struct partial *own = run->own;
    const hone_column *column = column_of(run, which);
    hone_json *json = hone_json_object(), *values = hone_json_array();
    bool bad = hone_json_set(json, "column", cli_json_text(column->name));
    for (size_t i = 0; i < own->found.n[which]; i++) {
        double value = own->found.at[which][i];
        bad |= hone_json_append(values, column->kind == HONE_CATEGORICAL
                                            ? cli_json_text(column->levels[(size_t)value])
                                            : hone_json_real(value));
    }
    bad |= hone_json_set(json, "values", values);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static bool set_json(const cli_explanation *run, hone_json *out) {
    const struct partial *own = run->own;
    const hone_partial *found = &own->found;
    hone_json *grid = hone_json_array(), *outputs = hone_json_array(), *mean = hone_json_array();
    bool bad = false;
    for (size_t c = 0; c < own->n_columns; c++)
        bad |= hone_json_append(grid, grid_json(run, c));
    for (size_t k = 0; k < found->outputs; k++)
        bad |= hone_json_append(outputs, cli_json_text(output_name(run, k)));
    for (size_t point = 0; point < found->n[0] * found->n[1]; point++)
        bad |= hone_json_append(
            mean, hone_json_reals(found->mean + point * found->outputs, found->outputs));
    bad |= hone_json_set(out, "grid", grid);
    bad |= hone_json_set(out, "outputs", outputs);
    bad |= hone_json_set(out, "mean", mean);
    return bad;
}

static void free_own(cli_explanation *run) {
    struct partial *own = run->own;
    if (own)
        hone_partial_free(&own->found);
    free(own);
}

const cli_explain_method cli_explain_partial = {
    .name = "partial",
    .help = "the mean prediction along one or two columns; any model, needs DATA",
    .reads_data = true,
    .run = measure,
    .text = print,
    .json = set_json,
    .free = free_own,
};
