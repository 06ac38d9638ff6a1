/* binning.h -- columns as small whole numbers, over which histograms are made.
 *
 * A numeric column has at most 255 bins of about as many rows each, cut where values differ:
 *     bin b holds upper[b-1] < x <= upper[b]       (upper[-1] = -inf, the last one is open)
 * upper[b] lies half-way between the largest value in b and the smallest in b + 1 (at the larger
 * one's predecessor where rounding leaves nothing between). Of a column with at most max_bins
 * values each has its bin. Quantiles come from a sample drawn by the seed when there are many rows,
 * and know nothing of weights. A categorical column has a bin for each of its most frequent codes;
 * rarer ones, and missing values of either kind, share the last bin, number n_bins. Shapes: bin
 * rows x stride, row-major, column j of a row at bin[row * stride + j]. Cost: O(n m log bins),
 * sample sorted once per column, on all threads. */
#ifndef HONE_GBDT_BINNING_H
#define HONE_GBDT_BINNING_H

#include <hone/dataset.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    HONE_BINS_SAMPLE = 65536
}; /* up to so many rows all are looked at, and the seed is unused */

typedef struct hone_bin_column {
    bool categorical;
    bool missing;  /* was there a value for the last bin in the rows? */
    size_t n_bins; /* bins that hold values, 0 .. 255; the one of missing values is n_bins */
    double *upper; /* numeric: n_bins - 1 ascending thresholds; else NULL */
    double *value; /* numeric, few: the n_bins values, each in its bin; else NULL (upper owns it) */
    int32_t *code; /* categorical: n_bins codes, the most frequent first; else NULL */
    size_t n_levels; /* categorical: codes there are in the schema */
} hone_bin_column;

typedef struct hone_bins {
    size_t rows, cols, stride;
    uint8_t *bin;            /* rows x stride */
    hone_bin_column *column; /* cols */
} hone_bins;

/* Bins all rows of data->x (dense; NaN is missing; codes where data->schema says categorical).
 * max_bins: 2 .. 255 for values. *out is owned by the caller: hone_bins_free(). */
HONE_NODISCARD hone_status hone_bins_make(const hone_dataset *data, size_t max_bins, uint64_t seed,
                                          const hone_monitor *mon, hone_bins **out,
                                          hone_error *err);
void hone_bins_free(hone_bins *bins);

#endif
