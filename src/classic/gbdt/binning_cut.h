/* binning_cut.h -- where the bins of one column begin and end. */
#ifndef HONE_GBDT_BINNING_CUT_H
#define HONE_GBDT_BINNING_CUT_H

#include "classic/gbdt/binning_few.h"

/* Thresholds of a numeric column between all of few numbers (at most their limit). Sets n_bins,
 * value and upper, and bin: that of the i-th number that came. HONE_ENOMEM. */
HONE_NODISCARD hone_status hone_bins_each(const hone_few *few, uint8_t bin[HONE_BINS_MOST],
                                          hone_bin_column *out, hone_error *err);

/* Thresholds between quantiles of n keys of sort.h (which get sorted). Sets n_bins and upper.
 * HONE_ENOMEM. */
HONE_NODISCARD hone_status hone_bins_cut(uint64_t *keys, size_t n, size_t max_bins,
                                         hone_bin_column *out, hone_error *err);

/* The codes of a categorical column that have bins: column j of x, most frequent first, ties to the
 * smaller code. Sets n_bins and code. O(n + levels). */
HONE_NODISCARD hone_status hone_bins_rank(hone_view x, size_t j, size_t max_bins,
                                          hone_bin_column *out, hone_error *err);

#endif
