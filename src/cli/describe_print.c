/* describe_print.c -- the description as a table, and as hone.describe/1. */
#include "cli/describe.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS_SHOWN = 4, LABEL_WIDTH = 24, FEW_VALUES = 10 };

/* The most frequent levels, most frequent first: indices into the levels. */
static size_t top_levels(const cli_facts *facts, size_t top[LEVELS_SHOWN]) {
    size_t n = 0;
    for (size_t k = 0; k < facts->column->n_levels; k++) {
        size_t at = n < LEVELS_SHOWN ? n++ : LEVELS_SHOWN;
        for (; at > 0 && facts->counts[k] > facts->counts[top[at - 1]]; at--)
            if (at < LEVELS_SHOWN)
                top[at] = top[at - 1];
        if (at < LEVELS_SHOWN)
            top[at] = k;
    }
    return n;
}

/* Bytes of the first LABEL_WIDTH characters of a label. */
static int label_bytes(const char *label) {
    int n = 0;
    for (int width = 0; label[n]; n++) {
        width += ((unsigned char)label[n] & 0xc0) != 0x80;
        if (width > LABEL_WIDTH)
            break;
    }
    return n;
}

/* "B 62.7 %, M 37.3 %" */
static char *level_shares(const cli_facts *facts, size_t there) {
    size_t top[LEVELS_SHOWN], n = top_levels(facts, top);
    char *text = NULL;
    for (size_t k = 0; k < n; k++) {
        const char *label = facts->column->levels[top[k]];
        int bytes = label_bytes(label);
        cli_append(&text, "%s%.*s%s %.1f %%", k ? ", " : "", bytes, label,
                   label[bytes] ? "..." : "",
                   100.0 * (double)facts->counts[top[k]] / (double)there);
    }
    if (facts->distinct > n)
        cli_append(&text, ", ...");
    return text;
}

/* Four digits, but whole numbers whole. */
static char *short_number(double value, char out[CLI_NUMBER]) {
    bool whole = value == floor(value) && fabs(value) < 1e9;
    snprintf(out, CLI_NUMBER, whole ? "%.0f" : fabs(value) < 1e4 ? "%.4g" : "%.6g", value);
    return out;
}

static void add_row(const cli_description *out, cli_table *table, const cli_facts *facts) {
    char least[CLI_NUMBER], most[CLI_NUMBER], mean[CLI_NUMBER];
    cli_table_cell(table, "%s", facts->column->name);
    cli_table_cell(table, facts->column->kind == HONE_NUMERIC ? "numeric" : "categorical");
    cli_table_cell(table, "%zu", facts->missing);
    cli_table_cell(table, "%zu", facts->distinct);
    if (facts->missing == out->rows)
        cli_table_cell(table, "-");
    else if (facts->column->kind == HONE_NUMERIC)
        cli_table_cell(table, "%s .. %s, mean %s", short_number(facts->min, least),
                       short_number(facts->max, most), short_number(facts->mean, mean));
    else {
        char *shares = level_shares(facts, out->rows - facts->missing);
        cli_table_cell(table, "%s", shares);
        free(shares);
    }
}

static void print_target(const cli_description *out, cli_sink *sink) {
    size_t at = 0, rarest = 0;
    if (!out->target || out->target->kind != HONE_CATEGORICAL ||
        hone_table_find(out->data.table, out->target->name, &at, NULL) != HONE_OK)
        return;
    size_t n = out->target->n_levels, rows = hone_dataset_rows(out->data.set);
    size_t *counts = cli_take(n, sizeof *counts);
    for (size_t i = 0; i < rows; i++)
        counts[(size_t)hone_view_row(out->data.set->y, i)[0]]++;
    fprintf(sink->file, "\nclasses of %s:", out->target->name);
    for (size_t k = 0; k < n; k++) {
        char *label = cli_clean(out->target->levels[k]);
        fprintf(sink->file, "%s %s %zu (%.1f %%)", k ? "," : "", label, counts[k],
                100.0 * (double)counts[k] / (double)rows);
        rarest = counts[k] < counts[rarest] ? k : rarest;
        free(label);
    }
    putc('\n', sink->file);
    if (n && 20 * counts[rarest] < rows)
        fprintf(sink->file,
                "  class %s is rare: accuracy says little here, look at balanced_accuracy\n",
                out->target->levels[rarest]);
    free(counts);
}

static void print_remarks(const cli_description *out, cli_sink *sink) {
    bool any = false;
    for (size_t j = 0; j < out->columns; j++) {
        if (!out->facts[j].remark)
            continue;
        char *line = cli_format("  %s %s", out->facts[j].column->name, out->facts[j].remark);
        char *clean = cli_clean(line);
        fprintf(sink->file, "%s%s\n", any ? "" : "\nlook at:\n", clean);
        free(line);
        free(clean);
        any = true;
    }
}

/* A few whole numbers: amounts, or codes? Only the user knows. */
static bool may_be_codes(const cli_description *out, const cli_facts *facts) {
    return facts->column->kind == HONE_NUMERIC && facts->distinct > 2 &&
           facts->distinct <= FEW_VALUES && out->rows >= 10 * facts->distinct && facts->whole &&
           !(out->target && strcmp(facts->column->name, out->target->name) == 0);
}

static void print_codes(const cli_description *out, cli_sink *sink) {
    const char *first = NULL;
    for (size_t j = 0; j < out->columns; j++) {
        const char *name = out->facts[j].column->name;
        if (!may_be_codes(out, &out->facts[j]))
            continue;
        fprintf(sink->file, "%s%s", first ? ", " : "\na few whole numbers: ", name);
        first = first ? first : name;
    }
    if (first)
        fprintf(sink->file, "\n  if they are codes and no amounts: --kind %s=categorical\n", first);
}

void cli_describe_print(const cli_description *out, cli_sink *sink) {
    cli_table table = {.columns = 5, .right_from = 2, .right_end = 4};
    static const char *const HEADER[] = {"column", "kind", "missing", "distinct", "values"};
    for (size_t k = 0; k < 5; k++)
        cli_table_cell(&table, "%s", HEADER[k]);
    for (size_t j = 0; j < out->columns; j++)
        add_row(out, &table, &out->facts[j]);
    const hone_csr *sparse = hone_table_sparse(out->data.table);
    size_t compressed = sparse ? sparse->cols : 0, columns = out->columns + compressed;
    fprintf(sink->file, "%zu rows, %zu column%s; %zu %s an earlier row\n\n", out->rows, columns,
            columns == 1 ? "" : "s", out->duplicates,
            out->duplicates == 1 ? "row repeats" : "rows repeat");
    cli_table_print(&table, sink);
    cli_table_free(&table);
    if (compressed)
        fprintf(sink->file, "\n%zu column%s of compressed rows: not looked at\n", compressed,
                compressed == 1 ? "" : "s");
    print_target(out, sink);
    print_remarks(out, sink);
    print_codes(out, sink);
    cli_sink_check(sink);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static bool set_count(hone_json *out, const char *key, size_t value) {
    return hone_json_set(out, key, hone_json_integer((long long)value)) != HONE_OK;
}

static bool set_levels(hone_json *out, const cli_facts *facts) {
    hone_json *levels = hone_json_object();
    bool bad = false;
    for (size_t k = 0; k < facts->column->n_levels; k++)
        bad |= set_count(levels, facts->column->levels[k], facts->counts[k]);
    return hone_json_set(out, "levels", levels) != HONE_OK || bad;
}

static bool append_facts(hone_json *columns, const cli_facts *facts) {
    bool numeric = facts->column->kind == HONE_NUMERIC;
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "name", hone_json_text(facts->column->name));
    bad |= hone_json_set(json, "kind", hone_json_text(numeric ? "numeric" : "categorical"));
    bad |= set_count(json, "missing", facts->missing);
    bad |= set_count(json, "distinct", facts->distinct);
    if (numeric) {
        bad |= set_count(json, "infinite", facts->infinite);
        bad |= hone_json_set(json, "min", hone_json_real(facts->min));
        bad |= hone_json_set(json, "mean", hone_json_real(facts->mean));
        bad |= hone_json_set(json, "max", hone_json_real(facts->max));
    } else
        bad |= set_levels(json, facts);
    if (facts->remark)
        bad |= hone_json_set(json, "remark", hone_json_text(facts->remark));
    return hone_json_append(columns, json) != HONE_OK || bad;
}

hone_json *cli_describe_json(const cli_description *out) {
    hone_json *json = cli_result(out->session, "hone.describe/1"), *columns = hone_json_array();
    bool bad = cli_set_data(json, out->path, &out->data, NULL);
    bad |= set_count(json, "rows", out->rows);
    bad |= set_count(json, "duplicates", out->duplicates);
    for (size_t j = 0; j < out->columns; j++)
        bad |= append_facts(columns, &out->facts[j]);
    bad |= hone_json_set(json, "columns", columns);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}
