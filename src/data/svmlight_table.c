/* svmlight_table.c -- svmlight text as a table: y, qid where there are groups, and a column for
 * each index, called x<index> as the text counts, so that a column has one name in every file.
 *
 * Cost: O(rows columns) memory, which is why there is a limit. */
#include "data/svmlight.h"

#include "core/alloc.h"
#include "core/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A full table is refused beyond this size, or with more columns. */
static const double BYTES_MAX = 1024.0 * 1024 * 1024;
enum { COLUMNS_MAX = 1000000 };

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

static struct layout lay_out(const hone_svmlight *rows, const hone_schema *model) {
    struct layout at = {rows->first, rows->first + rows->cols - 1, 1 + (rows->groups != NULL)};
    size_t index;
    for (size_t j = 0; model && j < model->n_columns; j++)
        if (read_name(model->columns[j].name, &index)) {
            at.first = index < at.first ? index : at.first;
            at.last = index > at.last ? index : at.last;
        }
    return at;
}

static hone_status check_size(const char *name, size_t rows, size_t cols, hone_error *err) {
    double bytes = 8.0 * (double)rows * (double)cols;
    if (cols > COLUMNS_MAX)
        return hone_fail(err, HONE_EDATA,
                         "%s: %zu columns are too many for a table, expected at "
                         "most %d",
                         name, cols, COLUMNS_MAX);
    if (bytes <= BYTES_MAX)
        return HONE_OK;
    return hone_fail(
        err, HONE_EDATA,
        "%s: %zu rows of %zu columns, zeros included, are %.1f GiB as a table, expected "
        "at most %g",
        name, rows, cols, bytes / BYTES_MAX, BYTES_MAX / BYTES_MAX);
}

static hone_status name_column(hone_table *table, const char *name, hone_error *err) {
    size_t code;
    hone_status status = hone_levels_code(&table->names, name, strlen(name), &code, err);
    table->cols += status == HONE_OK;
    return status;
}

static hone_status name_columns(hone_table *table, const struct layout *at, hone_error *err) {
    size_t cols = at->fixed + at->last + 1 - at->first;
    char name[32];
    hone_status status;
    if ((status = hone_new(&table->columns, cols, err)) ||
        (status = hone_new(&table->levels, cols, err)) || (status = name_column(table, "y", err)) ||
        (at->fixed > 1 && (status = name_column(table, "qid", err))))
        return status;
    for (size_t index = at->first; index <= at->last; index++) {
        snprintf(name, sizeof name, "x%zu", index);
        if ((status = name_column(table, name, err)))
            return status;
    }
    for (size_t j = 0; j < table->cols; j++)
        table->columns[j].name = hone_levels_text(&table->names, j);
    return HONE_OK;
}

static void fill(const hone_svmlight *rows, const struct layout *at, hone_table *table) {
    memcpy(hone_table_room(table, 0), rows->y, rows->rows * sizeof *rows->y);
    for (size_t i = 0; rows->groups && i < rows->rows; i++)
        hone_table_room(table, 1)[i] = rows->groups[i];
    size_t shift = rows->first - at->first + at->fixed;
    for (size_t i = 0; i < rows->rows; i++)
        for (size_t k = rows->starts[i]; k < rows->starts[i + 1]; k++)
            hone_table_room(table, rows->columns[k] + shift)[i] = rows->values[k];
}

hone_status hone_svmlight_table(const hone_csv_text *text, const hone_schema *model,
                                const hone_monitor *mon, hone_table *table, hone_error *err) {
    hone_svmlight rows = {0};
    hone_status status = hone_svmlight_read(text, NULL, mon, &rows, err);
    if (status)
        goto done;
    struct layout at = lay_out(&rows, model);
    if ((status = check_size(text->name, rows.rows, at.fixed + at.last + 1 - at.first, err)) ||
        (status = name_columns(table, &at, err)) ||
        (status = hone_new2(&table->values, table->cols, rows.rows, err)))
        goto done;
    table->rows = table->stride = rows.rows;
    table->info.delimiter = ' ';
    table->info.svmlight = true;
    fill(&rows, &at, table);
done:
    hone_svmlight_free(&rows);
    return status;
}
