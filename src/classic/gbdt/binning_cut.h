/* binning_cut.h -- where the bins of one column begin and end. */
#ifndef HONE_GBDT_BINNING_CUT_H
#define HONE_GBDT_BINNING_CUT_H

#include "classic/gbdt/binning.h"

enum { HONE_BINS_MOST = 255 };

/* Distinct numbers as they come, as long as there are few. {0} is none. */
typedef struct hone_few {
    size_t n, limit;    /* n > limit: there are more */
    uint64_t slot[512]; /* keys of sort.h by their hash, 0: free */
} hone_few;

/* Adds a number while there are at most `limit`; NaN is none. */
void hone_few_add(hone_few *few, double value);

/* Thresholds of a numeric column: between all numbers where there are few, else between quantiles
 * of the n keys of sort.h (which get sorted). Sets n_bins and upper. HONE_ENOMEM. */
HONE_NODISCARD hone_status hone_bins_cut(const hone_few *few, uint64_t *keys, size_t n,
                                         size_t max_bins, hone_bin_column *out, hone_error *err);

/* The codes of a categorical column that have bins: column j of x, most frequent first, ties to the
 * smaller code. Sets n_bins and code. O(n + levels). */
HONE_NODISCARD hone_status hone_bins_rank(hone_view x, size_t j, size_t max_bins,
                                          hone_bin_column *out, hone_error *err);

#endif
