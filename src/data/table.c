/* table.c -- what a table is asked for; see hone/dataset.h. */
#include "data/table.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/text.h"
#include "data/place.h"

#include <string.h>

void hone_table_free(hone_table *table) {
    if (!table)
        return;
    for (size_t j = 0; j < table->cols; j++) {
        if (table->columns)
            hone_release((void *)table->columns[j].levels);
        if (table->levels)
            hone_levels_free(&table->levels[j]);
    }
    if (table->sparse) {
        hone_release((void *)table->sparse->values);
        hone_release((void *)table->sparse->columns);
        hone_release((void *)table->sparse->starts);
    }
    hone_release(table->sparse);
    hone_levels_free(&table->names);
    hone_release(table->levels);
    hone_release(table->columns);
    hone_release(table->values);
    hone_release(table);
}

size_t hone_table_rows(const hone_table *table) {
    return table->rows;
}

size_t hone_table_cols(const hone_table *table) {
    return table->cols;
}

const hone_column *hone_table_column(const hone_table *table, size_t j) {
    return &table->columns[j];
}

const double *hone_table_values(const hone_table *table, size_t j) {
    return table->values + j * table->stride;
}

const hone_csv_info *hone_table_info(const hone_table *table) {
    return &table->info;
}

const hone_csr *hone_table_sparse(const hone_table *table) {
    return table->sparse;
}

static const char *name_at(const void *table, size_t j) {
    return ((const hone_table *)table)->columns[j].name;
}

hone_status hone_table_find(const hone_table *table, const char *name, size_t *out,
                            hone_error *err) {
    for (size_t j = 0; j < table->cols; j++)
        if (strcmp(table->columns[j].name, name) == 0) {
            *out = j;
            return HONE_OK;
        }
    char shown[HONE_SHOWN_SIZE], shown_near[HONE_SHOWN_SIZE];
    hone_csv_show(name, strlen(name), shown);
    const char *near = hone_nearest(name, table->cols, name_at, table);
    if (near)
        return hone_fail(err, HONE_ENAME, "unknown column '%s'; did you mean '%s'?", shown,
                         hone_csv_show(near, strlen(near), shown_near));
    return hone_fail(err, HONE_ENAME,
                     "unknown column '%s', expected one of the table's %zu columns", shown,
                     table->cols);
}
