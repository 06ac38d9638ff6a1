/* columns.h -- what the transformers share. */
#ifndef HONE_PREPROCESS_COLUMNS_H
#define HONE_PREPROCESS_COLUMNS_H

#include "core/estimator_impl.h"

/* The values of a column that are there, with their weights. */
typedef struct hone_present {
    size_t n;
    double *value;  /* n */
    double *weight; /* n, or NULL = all 1 */
} hone_present;
/* Copies column j without its NaN; zeroed `out` on failure. Free with hone_present_free(). O(n). */
HONE_NODISCARD hone_status hone_present_make(const hone_dataset *data, size_t j, hone_present *out,
                                             hone_error *err);
void hone_present_free(hone_present *present);
/* Sorts by value. O(n). */
HONE_NODISCARD hone_status hone_present_sort(hone_present *present, hone_error *err);

/* Quantile q in [0, 1] of sorted values; 0 when there are none. Linear between the two nearest, as
 * numpy has it; weight w counts as w rows, and a weight below 1 as one row in less room. O(1), with
 * weights O(n). */
double hone_present_quantile(const hone_present *present, double q);

/* The same of values in any order, at a few shares; the values may be sorted by it. O(n). */
HONE_NODISCARD hone_status hone_present_quantiles(hone_present *present, const double *shares,
                                                  size_t n_shares, double *out, hone_error *err);

/* Makes a zeroed column a numeric one with this name. */
HONE_NODISCARD hone_status hone_column_name(hone_column *column, hone_error *err,
                                            const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For validate slots: a state read from a file is for as many columns as its model. */
HONE_NODISCARD hone_status hone_fitted_columns_check(size_t n, size_t n_cols, hone_error *err);
/* For validate slots: a vector read from a file has one finite number per column.
 * HONE_EFORMAT names the attribute. */
HONE_NODISCARD hone_status hone_fitted_vector_check(const char *attribute, const double *values,
                                                    size_t n, size_t n_cols, hone_error *err);

#endif
