/* forest_data.h -- what a fit reads the data for, once: bins, and rows as two numbers. */
#ifndef HONE_FOREST_DATA_H
#define HONE_FOREST_DATA_H

#include "classic/forest/split.h"

struct forest_data {
    hone_bins *bins;
    hone_bin_range *range; /* cols */
    double *spread;        /* behind range, of columns of many numbers */
    uint8_t *column;       /* cols x rows: the bins, turned round; NULL where rows are near */
    hone_row_stat *stat;   /* rows */
    double *y;             /* rows; NULL for classes */
    double score_unit;
};

HONE_NODISCARD hone_status hone_forest_data_make(const hone_dataset *data, size_t n_classes,
                                                 size_t max_bins, uint64_t seed,
                                                 const hone_monitor *mon, struct forest_data *out,
                                                 hone_error *err);
void hone_forest_data_clear(struct forest_data *data);

#endif
