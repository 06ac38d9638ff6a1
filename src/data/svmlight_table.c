/* svmlight_table.c -- svmlight text as a table: y, qid where there are groups, and a column for
 * each index, called x<index> as the text counts, so that a column has one name in every file.
 *
 * Where that table were too large, or it is asked for, the rows stay compressed, beside y and qid.
 * With the schema of a model they then have its columns and no others, as compressed rows are
 * matched by position. Cost: O(rows columns) memory, or that of the compressed rows. */
#include "data/svmlight.h"

#include "core/alloc.h"
#include "core/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A full table has at most this size and these columns, a compressed one these. */
static const double FULL_BYTES = 1024.0 * 1024 * 1024;
enum { FULL_COLUMNS = 1000000, COLUMNS_MAX = 10000000 };

/* Indices first .. last are columns of the table, behind `fixed` others. */
struct layout {
    size_t first, last, fixed;
};

/* The index in a name like x12, or false. */
static bool read_name(const char *name, size_t *index) {
    size_t length = strlen(name), digits = strspn(name + (*name == 'x'), "0123456789");
    if (*name != 'x' || digits == 0 || digits > 9 || digits + 1 != length)
        return false;
    *index = (size_t)strtoul(name + 1, NULL, 10);
    return true;
}

/* Columns of the text, and those of the model that the text lacks; or those of the model alone. */
static struct layout lay_out(const hone_svmlight *rows, const hone_schema *model, bool exactly) {
    struct layout own = {rows->first, rows->first + rows->cols - 1, 1 + (rows->groups != NULL)};
    struct layout at = {SIZE_MAX, 0, own.fixed};
    size_t index;
    for (size_t j = 0; model && j < model->n_columns; j++)
        if (read_name(model->columns[j].name, &index)) {
            at.first = index < at.first ? index : at.first;
            at.last = index > at.last ? index : at.last;
        }
    if (at.first == SIZE_MAX)
        return own;
    if (!exactly) {
        at.first = own.first < at.first ? own.first : at.first;
        at.last = own.last > at.last ? own.last : at.last;
    }
    return at;
}

static size_t width(const struct layout *at) {
    return at->last + 1 - at->first;
}

static bool fits(const struct layout *at, size_t rows) {
    size_t cols = at->fixed + width(at);
    return cols <= FULL_COLUMNS && 8.0 * (double)rows * (double)cols <= FULL_BYTES;
}

static hone_status name_column(hone_table *table, const char *name, hone_error *err) {
    size_t code;
    hone_status status = hone_levels_code(&table->names, name, strlen(name), &code, err);
    table->cols += status == HONE_OK;
    return status;
}

/* The fixed columns, and those of the indices if the table is full. */
static hone_status name_columns(hone_table *table, const struct layout *at, bool full,
                                hone_error *err) {
    size_t cols = at->fixed + (full ? width(at) : 0);
    char name[32];
    hone_status status;
    if ((status = hone_new(&table->columns, cols, err)) ||
        (status = hone_new(&table->levels, cols, err)) || (status = name_column(table, "y", err)) ||
        (at->fixed > 1 && (status = name_column(table, "qid", err))))
        return status;
    for (size_t index = at->first; full && index <= at->last; index++) {
        snprintf(name, sizeof name, "x%zu", index);
        if ((status = name_column(table, name, err)))
            return status;
    }
    for (size_t j = 0; j < table->cols; j++)
        table->columns[j].name = hone_levels_text(&table->names, j);
    return HONE_OK;
}

static void fill_fixed(const hone_svmlight *rows, hone_table *table) {
    memcpy(hone_table_room(table, 0), rows->y, rows->rows * sizeof *rows->y);
    for (size_t i = 0; rows->groups && i < rows->rows; i++)
        hone_table_room(table, 1)[i] = rows->groups[i];
}

static void fill_columns(const hone_svmlight *rows, const struct layout *at, hone_table *table) {
    size_t shift = rows->first - at->first + at->fixed;
    for (size_t i = 0; i < rows->rows; i++)
        for (size_t k = rows->starts[i]; k < rows->starts[i + 1]; k++)
            hone_table_room(table, rows->columns[k] + shift)[i] = rows->values[k];
}

/* Counts columns from the layout's first, and leaves out the pairs beyond its ends. */
static void renumber(hone_svmlight *rows, const struct layout *at) {
    size_t stored = 0, from = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        size_t end = rows->starts[i + 1];
        for (; from < end; from++) {
            size_t index = (size_t)rows->columns[from] + rows->first;
            if (index < at->first || index > at->last)
                continue;
            rows->columns[stored] = (uint32_t)(index - at->first);
            rows->values[stored++] = rows->values[from];
        }
        rows->starts[i + 1] = stored;
    }
}

/* Takes the arrays of the rows over. */
static hone_status keep_compressed(hone_svmlight *rows, const struct layout *at, hone_table *table,
                                   hone_error *err) {
    hone_status status = hone_new(&table->sparse, 1, err);
    if (status)
        return status;
    renumber(rows, at);
    *table->sparse = (hone_csr){rows->values, rows->columns, rows->starts, rows->rows, width(at)};
    table->sparse_first = at->first;
    rows->values = NULL, rows->columns = NULL, rows->starts = NULL;
    return HONE_OK;
}

static hone_status make_table(hone_svmlight *rows, const char *name, const hone_schema *model,
                              bool compressed, hone_table *table, hone_error *err) {
    struct layout at = lay_out(rows, model, false);
    bool full = !compressed && fits(&at, rows->rows);
    if (!full)
        at = lay_out(rows, model, true);
    if (width(&at) > COLUMNS_MAX)
        return hone_fail(err, HONE_EDATA,
                         "%s: %zu columns are too many for a table, expected at most %d", name,
                         width(&at), COLUMNS_MAX);
    hone_status status = name_columns(table, &at, full, err);
    if (status || (status = hone_new2(&table->values, table->cols, rows->rows, err)))
        return status;
    table->rows = table->stride = rows->rows;
    table->info.delimiter = ' ';
    table->info.svmlight = true;
    fill_fixed(rows, table);
    if (!full)
        return keep_compressed(rows, &at, table, err);
    fill_columns(rows, &at, table);
    return HONE_OK;
}

hone_status hone_svmlight_table(const hone_csv_text *text, const hone_schema *model,
                                bool compressed, const hone_monitor *mon, hone_table *table,
                                hone_error *err) {
    hone_svmlight rows = {0};
    hone_status status = hone_svmlight_read(text, NULL, mon, &rows, err);
    if (status == HONE_OK)
        status = make_table(&rows, text->name, model, compressed, table, err);
    hone_svmlight_free(&rows);
    return status;
}
