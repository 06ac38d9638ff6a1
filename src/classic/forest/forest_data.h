/* forest_data.h -- what a fit reads the data for, once: bins of X, and rows as two numbers. */
#ifndef HONE_FOREST_DATA_H
#define HONE_FOREST_DATA_H

#include "classic/forest/split.h"

/* Of X alone. */
struct forest_columns {
    hone_bins *bins;
    hone_bin_range *range; /* cols */
    double *spread;        /* behind range, of columns of many numbers */
    uint8_t *column;       /* cols x rows: the bins, turned round; NULL where rows are near */
};

/* What fits on all rows of one X share. */
struct forest_work {
    struct forest_columns columns;
    uint64_t seed; /* that it was made by */
};

/* Of y and weights. */
struct forest_rows {
    hone_row_stat *stat; /* rows */
    double *y;           /* rows; NULL for classes */
    double score_unit;
};

/* Both: begin with zeros; what there is after a failure is cleared too. */
HONE_NODISCARD hone_status hone_forest_columns_make(const hone_dataset *data, size_t max_bins,
                                                    uint64_t seed, const hone_monitor *mon,
                                                    struct forest_columns *out, hone_error *err);
HONE_NODISCARD hone_status hone_forest_rows_make(const hone_dataset *data, size_t n_classes,
                                                 struct forest_rows *out, hone_error *err);
void hone_forest_columns_clear(struct forest_columns *columns);
void hone_forest_rows_clear(struct forest_rows *rows);

#endif
