/* explain_shap.c -- Shapley values of models of trees: each row, each pair of columns. */
#include "cli/explain.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>

enum { BATCH = 256, SHOWN_PAIRS = 20 };

/* What the method keeps beside the rows of the table. */
struct shap {
    hone_tree_info info;
    size_t size;    /* numbers of a row: outputs x (columns + 1) */
    double *values; /* rows x size; of pairs: expected values alone */
    bool pairs;
};

/* Of output k, where there are several: the class. */
static const char *output_name(const cli_explanation *run, size_t k) {
    const struct shap *own = run->own;
    return own->info.n_outputs > 1 && run->use.target.n_levels == own->info.n_outputs
               ? run->use.target.levels[k]
               : NULL;
}

static struct shap *begin(cli_explanation *run, hone_error *err, hone_status *status) {
    struct shap *own = run->own = cli_take(1, sizeof *own);
    *status = hone_get_tree_info(run->use.est, &own->info, err);
    if (*status == HONE_OK)
        own->size = own->info.n_outputs * (own->info.schema->n_columns + 1);
    return own;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Mean over the rows of |phi|, summed over the outputs. */
static double mean_size(const struct shap *own, size_t rows, size_t column) {
    size_t m = own->info.schema->n_columns;
    double sum = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < own->info.n_outputs; k++)
            sum += fabs(own->values[i * own->size + k * (m + 1) + column]);
    return sum / (double)rows;
}

static hone_status values(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    hone_status status;
    struct shap *own = begin(run, err, &status);
    if (status != HONE_OK)
        return status;
    own->values = cli_take(run->use.n * own->size, sizeof *own->values);
    status = hone_shap_values(run->use.est, run->use.data.set, own->values, mon, err);
    for (size_t j = 0; j < own->info.schema->n_columns && status == HONE_OK; j++)
        cli_explain_add(run, cli_format("%s", own->info.schema->columns[j].name),
                        mean_size(own, run->use.n, j), NAN, NAN, NAN);
    cli_explain_sort(run);
    run->what = "mean |value|";
    run->heading = cli_format("Shapley values of %zu rows: how far a column moves the model's raw "
                              "answer",
                              run->use.n);
    return status;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* sums (m x m) += |values| of the rows, over all outputs; expected is taken from the last corner.
 */
static void add_pairs(struct shap *own, const double *found, size_t rows, double *sums) {
    size_t m = own->info.schema->n_columns, outputs = own->info.n_outputs;
    for (size_t i = 0; i < rows * outputs; i++, found += (m + 1) * (m + 1)) {
        for (size_t a = 0; a < m; a++)
            for (size_t b = 0; b < m; b++)
                sums[a * m + b] += fabs(found[a * (m + 1) + b]);
        own->values[i % outputs * (m + 1) + m] = found[m * (m + 1) + m];
    }
}

static hone_status sum_pairs(cli_explanation *run, struct shap *own, double *sums,
                             const hone_monitor *mon, hone_error *err) {
    size_t m = own->info.schema->n_columns, size = own->info.n_outputs * (m + 1) * (m + 1);
    const hone_dataset *set = run->use.data.set;
    double *found = cli_take(BATCH * size, sizeof *found);
    hone_status status = HONE_OK;
    for (size_t i = 0; i < run->use.n && status == HONE_OK; i += BATCH) {
        hone_dataset rows = {.schema = set->schema,
                             .row_ids = set->row_ids ? set->row_ids + i : NULL};
        rows.x = hone_view_rows(set->x, i, run->use.n - i < BATCH ? run->use.n - i : BATCH);
        status = hone_shap_interactions(run->use.est, &rows, found, mon, err);
        if (status == HONE_OK)
            add_pairs(own, found, rows.x.rows, sums);
    }
    free(found);
    return status;
}

static hone_status pairs(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    hone_status status;
    struct shap *own = begin(run, err, &status);
    if (status != HONE_OK)
        return status;
    size_t m = own->info.schema->n_columns;
    const hone_column *columns = own->info.schema->columns;
    double *sums = cli_take(m * m, sizeof *sums);
    own->pairs = true;
    own->values = cli_take(own->size, sizeof *own->values);
    status = sum_pairs(run, own, sums, mon, err);
    for (size_t a = 0; a < m && status == HONE_OK; a++)
        for (size_t b = a; b < m; b++)
            cli_explain_add(run,
                            a == b ? cli_format("%s", columns[a].name)
                                   : cli_format("%s x %s", columns[a].name, columns[b].name),
                            (a == b ? 1 : 2) * sums[a * m + b] / (double)run->use.n, NAN, NAN, NAN);
    free(sums);
    cli_explain_sort(run);
    run->what = "mean |value|";
    run->heading = cli_format("Shapley interaction values of %zu rows: what columns tell alone, "
                              "and together beyond that",
                              run->use.n);
    return status;
}

/* ---- results --------------------------------------------------------------------------------- */

static void print_expected(const cli_explanation *run, cli_sink *sink) {
    const struct shap *own = run->own;
    char number[HONE_NUMBER_SIZE];
    size_t m = own->info.schema->n_columns;
    fputs("\nExpected value:", sink->file);
    for (size_t k = 0; k < own->info.n_outputs; k++) {
        const char *name = output_name(run, k);
        snprintf(number, sizeof number, "%.6g", own->values[k * (m + 1) + m]);
        fprintf(sink->file, "%s %s%s%s", k ? "," : "", name ? name : "", name ? " " : "", number);
    }
    fputs("\nWith it the values of a row sum to its raw answer: log odds where trees were boosted "
          "for classes,\nelse shares of classes or values.\n",
          sink->file);
    cli_sink_check(sink);
}

static void print(const cli_explanation *run, cli_sink *sink) {
    cli_explanation shown = *run;
    const struct shap *own = run->own;
    if (own->pairs && shown.n > SHOWN_PAIRS)
        shown.n = SHOWN_PAIRS;
    cli_explain_print(&shown, sink);
    if (shown.n < run->n)
        fprintf(sink->file, "... and %zu more, in --json\n", run->n - shown.n);
    print_expected(run, sink);
}

/* Values of row i: an array, or one for each output. */
static hone_json *row_json(const struct shap *own, size_t i) {
    size_t m = own->info.schema->n_columns, outputs = own->info.n_outputs;
    const double *row = own->values + i * own->size;
    if (outputs == 1)
        return hone_json_reals(row, m);
    hone_json *array = hone_json_array();
    bool bad = false;
    for (size_t k = 0; k < outputs; k++)
        bad |= hone_json_append(array, hone_json_reals(row + k * (m + 1), m));
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

static hone_json *columns_json(const hone_schema *schema) {
    hone_json *array = hone_json_array();
    bool bad = false;
    for (size_t j = 0; j < schema->n_columns; j++)
        bad |= hone_json_append(array, cli_json_text(schema->columns[j].name));
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

static hone_json *expected_json(const struct shap *own) {
    size_t m = own->info.schema->n_columns;
    hone_json *array = hone_json_array();
    bool bad = false;
    for (size_t k = 0; k < own->info.n_outputs; k++)
        bad |= hone_json_append(array, hone_json_real(own->values[k * (m + 1) + m]));
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

static bool set_json(const cli_explanation *run, hone_json *out) {
    const struct shap *own = run->own;
    hone_json *values = own->pairs ? NULL : hone_json_array();
    bool bad = false;
    bad |= hone_json_set(out, "columns", columns_json(own->info.schema));
    if (output_name(run, 0))
        bad |= hone_json_set(out, "outputs",
                             cli_json_texts(run->use.target.levels, own->info.n_outputs));
    bad |= hone_json_set(out, "expected", expected_json(own));
    bad |= hone_json_set(out, "importances", cli_explain_json(run));
    if (own->pairs)
        return bad;
    for (size_t i = 0; i < run->use.n; i++)
        bad |= hone_json_append(values, row_json(own, i));
    bad |= hone_json_set(out, "values", values);
    return bad;
}

/* One line for each row: its values, and the expected one; of several outputs all after another. */
static void put_rows(const cli_explanation *run, cli_sink *sink) {
    const struct shap *own = run->own;
    size_t m = own->info.schema->n_columns;
    for (size_t at = 0; at < own->size; at++) {
        size_t j = at % (m + 1);
        const char *column = j < m ? own->info.schema->columns[j].name : "expected";
        const char *output = output_name(run, at / (m + 1));
        char *name = cli_format("%s%s%s", column, output ? ":" : "", output ? output : "");
        fputs(at ? "," : "", sink->file);
        cli_csv_field(sink->file, name);
        free(name);
    }
    putc('\n', sink->file);
    for (size_t i = 0; i < run->use.n && !sink->failed; i++) {
        for (size_t at = 0; at < own->size; at++) {
            fputs(at ? "," : "", sink->file);
            cli_csv_number(sink->file, own->values[i * own->size + at]);
        }
        putc('\n', sink->file);
        cli_sink_check(sink);
    }
}

static void free_own(cli_explanation *run) {
    struct shap *own = run->own;
    if (own)
        free(own->values);
    free(own);
}

const cli_explain_method cli_explain_shap = {
    .name = "shap",
    .help = "Shapley values of each row; trees, needs DATA",
    .reads_data = true,
    .run = values,
    .text = print,
    .json = set_json,
    .rows = put_rows,
    .free = free_own,
};

const cli_explain_method cli_explain_interactions = {
    .name = "interactions",
    .help = "Shapley values of pairs of columns; trees, needs DATA",
    .reads_data = true,
    .run = pairs,
    .text = print,
    .json = set_json,
    .free = free_own,
};
