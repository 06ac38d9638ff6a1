/* table.h -- the inside of a table, for those who make one. */
#ifndef HONE_DATA_TABLE_H
#define HONE_DATA_TABLE_H

#include "data/levels.h"

#include <hone/dataset.h>

struct hone_table {
    size_t rows, cols;
    size_t stride;        /* room for rows: column j's values start at values + j * stride */
    double *values;       /* cols x stride */
    hone_column *columns; /* cols; names point into `names`, levels into `levels` */
    hone_levels names;    /* text j is column j's name, all different */
    hone_levels *levels;  /* cols; empty for numeric columns */
    hone_csr *sparse;     /* columns x<sparse_first>, ... that stay compressed, or NULL */
    size_t sparse_first;
    hone_csv_info info;
};

/* Column j of a table that is being made. */
static inline double *hone_table_room(hone_table *table, size_t j) {
    return table->values + j * table->stride;
}

#endif
