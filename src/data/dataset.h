/* dataset.h -- parts of making a data set from a table. */
#ifndef HONE_DATA_DATASET_H
#define HONE_DATA_DATASET_H

#include "data/table.h"

/* The rows of a table that are kept, and how many. */
typedef struct hone_kept {
    const size_t *rows; /* n, ascending */
    size_t n;
} hone_kept;

/* Codes or values of the target (kept.n) and its column of the schema, `column` zeroed and owned
 * by the caller. HONE_EDATA for text where real values are asked for. O(n log classes). */
HONE_NODISCARD hone_status hone_target_make(const hone_table *table, size_t j, hone_kept kept,
                                            hone_target_kind kind, double **y, hone_column *column,
                                            hone_error *err);

/* Weights of the kept rows. HONE_EDATA names the record that is negative, missing or infinite. */
HONE_NODISCARD hone_status hone_weights_make(const hone_table *table, size_t j, hone_kept kept,
                                             double **out, hone_error *err);

/* Group codes of the kept rows, from a column of any kind. HONE_EDATA for a missing group. */
HONE_NODISCARD hone_status hone_groups_make(const hone_table *table, size_t j, hone_kept kept,
                                            uint32_t **out, hone_error *err);

/* Times of the kept rows: numbers, or the places of dates among the column's levels. HONE_EDATA for
 * a missing time (record named), or for text that is not in the order of time. */
HONE_NODISCARD hone_status hone_times_make(const hone_table *table, size_t j, hone_kept kept,
                                           double **out, hone_error *err);

/* Fold numbers of the kept rows, -1 where none tests them (missing, negative, or the text "train").
 * HONE_EDATA names the record that is no whole number. */
HONE_NODISCARD hone_status hone_fold_numbers_make(const hone_table *table, size_t j, hone_kept kept,
                                                  int32_t **out, hone_error *err);

/* The distinct values, ascending, of column j's kept rows (none of them NaN), and the code of
 * each row (kept.n). Owned by the caller. O(n log distinct). */
HONE_NODISCARD hone_status hone_values_code(const hone_table *table, size_t j, hone_kept kept,
                                            double **distinct, size_t *n_distinct, double **codes,
                                            hone_error *err);

#endif
