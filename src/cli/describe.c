/* describe.c -- `hone describe`: columns, kinds, missing cells, duplicates, class balance, and what
 * looks suspicious. */
#include "cli/describe.h"
#include "cli/options.h"
#include "cli/outputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cli_option TARGET_OPTIONS[] = {
    CLI_OPTION("target", 't', "COL", CLI_TEXT, target,
               "look at the classes of this column, and at columns that give it away"),
    CLI_OPTION("task", 0, "TASK", CLI_TASK, task,
               "classification or regression (default: by the target's values)"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Columns", TARGET_OPTIONS},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

/* ---- facts ----------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void describe_numbers(cli_facts *facts, const double *values, size_t n) {
    double *sorted = cli_take(n, sizeof *sorted), sum = 0;
    size_t there = 0, finite = 0;
    facts->min = facts->max = NAN;
    facts->whole = true;
    for (size_t i = 0; i < n; i++) {
        double v = values[i];
        if (isnan(v))
            continue;
        sorted[there++] = v;
        if (isinf(v))
            continue;
        facts->min = isnan(facts->min) || v < facts->min ? v : facts->min;
        facts->max = isnan(facts->max) || v > facts->max ? v : facts->max;
        facts->whole = facts->whole && v == floor(v);
        sum += v;
        finite++;
    }
    facts->missing = n - there;
    facts->infinite = there - finite;
    facts->mean = sum / (double)finite; /* NaN when there is none */
    qsort(sorted, there, sizeof *sorted, compare_doubles);
    for (size_t i = 0; i < there; i++)
        facts->distinct += i == 0 || sorted[i] != sorted[i - 1];
    free(sorted);
}

static void describe_levels(cli_facts *facts, const double *values, size_t n) {
    facts->counts = cli_take(facts->column->n_levels, sizeof *facts->counts);
    facts->min = facts->mean = facts->max = NAN;
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            facts->missing++;
        else if (facts->counts[(size_t)values[i]]++ == 0)
            facts->distinct++;
    }
}

/* Rows that repeat an earlier one. Two different rows share a 64-bit hash with a chance of about
 * n^2 / 2^65, which is nothing for a remark. */
static void mix(uint64_t *hash, double value) {
    uint64_t bits;
    value = isnan(value) ? (double)NAN : value + 0.0; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    *hash = (*hash ^ bits) * 0x9e3779b97f4a7c15u;
    *hash ^= *hash >> 32;
}

static size_t count_duplicates(const hone_table *table) {
    size_t n = hone_table_rows(table), repeated = 0;
    const hone_csr *sparse = hone_table_sparse(table);
    uint64_t *hashes = cli_take(n, sizeof *hashes);
    for (size_t j = 0; j < hone_table_cols(table); j++) {
        const double *values = hone_table_values(table, j);
        for (size_t i = 0; i < n; i++)
            mix(&hashes[i], values[i]);
    }
    for (size_t i = 0; sparse && i < n; i++)
        for (size_t k = sparse->starts[i]; k < sparse->starts[i + 1]; k++)
            if (sparse->values[k] != 0) {
                mix(&hashes[i], sparse->columns[k]);
                mix(&hashes[i], sparse->values[k]);
            }
    double *sorted = cli_take(n, sizeof *sorted); /* 53 bits of each */
    for (size_t i = 0; i < n; i++)
        sorted[i] = (double)(hashes[i] >> 11);
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    for (size_t i = 1; i < n; i++)
        repeated += sorted[i] == sorted[i - 1];
    free(sorted);
    free(hashes);
    return repeated;
}

/* ---- suspicions ------------------------------------------------------------------------------ */

/* 1, 2, 3, ... in any order: all different, without a gap. */
static bool is_numbering(const cli_facts *facts, size_t n) {
    return facts->column->kind == HONE_NUMERIC && n >= 10 && facts->distinct == n &&
           facts->max - facts->min == (double)(n - 1) && facts->min == floor(facts->min);
}

/* Levels that are no numbers in a column that else holds numbers: often one more missing token. */
static char *odd_levels(const cli_facts *facts, size_t n) {
    const hone_column *column = facts->column;
    size_t numbers = 0, odd = 0;
    double value;
    char *names = NULL;
    for (size_t k = 0; k < column->n_levels; k++) {
        if (hone_parse_double(column->levels[k], &value))
            numbers += facts->counts[k];
        else if (++odd <= 3)
            cli_append(&names, "%s%s", odd > 1 ? "," : "", column->levels[k]);
    }
    if (odd >= 1 && odd <= 3 && 2 * numbers > n)
        return names;
    free(names);
    return NULL;
}

/* The option that leaves a column out. */
char *cli_drop_option(const char *name) {
    char *item = NULL, *text = cli_format("--drop ");
    cli_append_item(&item, name);
    cli_append_word(&text, item);
    free(item);
    return text;
}

static char *odd_remark(char *odd) {
    char *word = cli_format("NA,%s", odd), *remark = NULL;
    cli_append(&remark, "is text only because of '%s'; if that means missing, say --missing ", odd);
    cli_append_word(&remark, word);
    free(word);
    free(odd);
    return remark;
}

static char *remark_on(const cli_facts *facts, size_t n) {
    size_t there = n - facts->missing;
    bool text = facts->column->kind == HONE_CATEGORICAL;
    char *odd = text ? odd_levels(facts, there) : NULL;
    if (odd)
        return odd_remark(odd);
    if (facts->infinite)
        return cli_format("holds %zu infinite %s, which no model takes", facts->infinite,
                          facts->infinite == 1 ? "value" : "values");
    if (2 * facts->missing > n && facts->distinct > 1)
        return cli_format("is missing in %.0f %% of the rows; the gaps are filled, see whether it "
                          "is worth it",
                          100.0 * (double)facts->missing / (double)n);
    char *drop = cli_drop_option(facts->column->name), *remark = NULL;
    if (there == 0)
        remark = cli_format("has no values at all; leave it out with %s", drop);
    else if (facts->distinct == 1 && n > 1)
        remark = cli_format("is constant%s and tells nothing; leave it out with %s",
                            facts->missing ? " where it is there" : "", drop);
    else if ((text && there >= 10 && facts->distinct == there) || is_numbering(facts, n))
        remark = cli_format("is different in every row, like a number that names the row; leave it "
                            "out with %s",
                            drop);
    else if (text && facts->distinct > CLI_MANY_LEVELS)
        remark = cli_format("has %zu levels, each of which becomes a number of its own; leave it "
                            "out with %s, or merge levels",
                            facts->distinct, drop);
    free(drop);
    return remark;
}

void cli_describe_columns(cli_description *out) {
    const hone_table *table = out->data.table;
    out->rows = hone_table_rows(table);
    out->columns = hone_table_cols(table);
    out->facts = cli_take(out->columns, sizeof *out->facts);
    for (size_t j = 0; j < out->columns; j++) {
        cli_facts *facts = &out->facts[j];
        facts->column = hone_table_column(table, j);
        if (facts->column->kind == HONE_NUMERIC)
            describe_numbers(facts, hone_table_values(table, j), out->rows);
        else
            describe_levels(facts, hone_table_values(table, j), out->rows);
        facts->remark = remark_on(facts, out->rows);
    }
    out->duplicates = count_duplicates(table);
}

/* ---- the command ----------------------------------------------------------------------------- */

static void free_description(cli_description *out) {
    for (size_t j = 0; j < out->columns; j++) {
        free(out->facts[j].counts);
        free(out->facts[j].remark);
    }
    free(out->facts);
    cli_data_free(&out->data);
}

static void put_text(const void *description, cli_sink *sink) {
    cli_describe_print(description, sink);
}

static hone_json *make_json(const void *description) {
    return cli_describe_json(description);
}

static hone_status describe(cli_session *session, hone_error *err) {
    cli_description found = {.session = session, .path = session->set.arguments[0]};
    const cli_results results = {&found, put_text, make_json, NULL, NULL};
    cli_outputs out = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = cli_outputs_open(&out, session, err);
    if (status == HONE_OK)
        status = cli_read_data(session, found.path, NULL, &watch.monitor, &found.data, err);
    if (status == HONE_OK) {
        found.target = cli_target(found.data.set);
        cli_describe_columns(&found);
        cli_describe_leaks(&found);
    }
    cli_watch_stop(&watch);
    if (status == HONE_OK)
        status = cli_outputs_write(&out, &results, &watch, err);
    cli_outputs_discard(&out);
    free_description(&found);
    return status;
}

const cli_command cli_describe = {
    .name = "describe",
    .summary = "columns of a table: kinds, missing cells, what looks suspicious",
    .arguments = "DATA",
    .about = "Shows what hone reads in DATA: each column's kind, missing cells, distinct values\n"
             "and range, rows that repeat, the classes of --target, and what looks suspicious,\n"
             "with a word on what to do.\n\n"
             "Example: hone describe data/titanic.csv --target survived",
    .min_arguments = 1,
    .max_arguments = 1,
    .groups = GROUPS,
    .run = describe,
};
