/* explain_print.c -- importances as a table with bars, and as JSON. */
#include "cli/explain.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BAR = 24 };

void cli_explain_add(cli_explanation *run, char *name, double value, double sd, double low,
                     double high) {
    run->rows = cli_resize(run->rows, run->n + 1, sizeof *run->rows);
    run->rows[run->n++] = (cli_importance){name, value, sd, low, high};
}

/* Insertion keeps equal ones in order; columns are few beside the work that measured them. */
void cli_explain_sort(cli_explanation *run) {
    for (size_t i = 1; i < run->n; i++) {
        cli_importance row = run->rows[i];
        size_t at = i;
        for (; at > 0 && !isnan(row.value) && !(run->rows[at - 1].value >= row.value); at--)
            run->rows[at] = run->rows[at - 1];
        run->rows[at] = row;
    }
}

/* A bar as long as the value's share of the largest one; values below zero have none. */
static void add_bar(cli_table *table, double value, double most) {
    char *bar = NULL;
    size_t length = most > 0 && value > 0 ? (size_t)lround(BAR * value / most) : 0;
    cli_append(&bar, "%s", "");
    for (size_t i = 0; i < length; i++)
        cli_append(&bar, "%s", cli_utf8() ? "\xe2\x96\x88" : "#");
    cli_table_cell(table, "%s", bar);
    free(bar);
}

/* Importances may be small beside one: as many decimals as show the largest with four digits. */
static int decimals_for(double most) {
    int decimals = cli_decimals(most);
    for (double size = fabs(most); size > 0 && size < 0.1 && decimals < 9; size *= 10)
        decimals++;
    return decimals;
}

static void add_row(const cli_importance *row, bool intervals, int decimals, double most,
                    cli_table *table) {
    char number[CLI_NUMBER], low[CLI_NUMBER], high[CLI_NUMBER];
    cli_table_cell(table, "%s", row->name);
    cli_table_cell(table, "%s", cli_number(row->value, decimals, number));
    if (intervals && isnan(row->low))
        cli_table_cell(table, "-");
    else if (intervals)
        cli_table_cell(table, "%s to %s", cli_number(row->low, decimals, low),
                       cli_number(row->high, decimals, high));
    add_bar(table, row->value, most);
}

void cli_explain_print(const cli_explanation *run, cli_sink *sink) {
    bool intervals = false;
    double most = run->n ? run->rows[0].value : 0;
    for (size_t i = 0; i < run->n; i++)
        intervals |= !isnan(run->rows[i].low);
    cli_table table = {
        .columns = intervals ? 4 : 3, .right_from = 1, .right_end = intervals ? 3 : 2};
    cli_table_cell(&table, "column");
    cli_table_cell(&table, "%s", run->what);
    if (intervals)
        cli_table_cell(&table, "95 %% interval");
    cli_table_cell(&table, "%s", "");
    for (size_t i = 0; i < run->n; i++)
        add_row(&run->rows[i], intervals, decimals_for(most), most, &table);
    fprintf(sink->file, "%s\n\n", run->heading);
    cli_table_print(&table, sink);
    cli_table_free(&table);
}

static hone_json *row_json(const cli_importance *row) {
    const double ends[] = {row->low, row->high};
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "column", cli_json_text(row->name));
    bad |= hone_json_set(json, "value", hone_json_real(row->value));
    if (!isnan(row->sd))
        bad |= hone_json_set(json, "sd", hone_json_real(row->sd));
    if (!isnan(row->low))
        bad |= hone_json_set(json, "ci", hone_json_reals(ends, 2));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

hone_json *cli_explain_json(const cli_explanation *run) {
    hone_json *json = hone_json_array();
    bool bad = false;
    for (size_t i = 0; i < run->n; i++)
        bad |= hone_json_append(json, row_json(&run->rows[i]));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}
