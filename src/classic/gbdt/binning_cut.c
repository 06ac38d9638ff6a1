/* binning_cut.c -- thresholds between the quantiles of numbers; the most frequent categories.
 *
 * With d distinct numbers, d <= max_bins, there are d bins. Else bins are closed greedily: a number
 * as frequent as a whole bin has one of its own, the others share what is left of bins and rows
 * evenly. Cost: a radix sort of the sample, O(d) after it; categories O(n + levels).
 * Reference: Ke et al., "LightGBM", NIPS 2017 (and its GreedyFindBin). */
#include "classic/gbdt/binning_cut.h"

#include "core/alloc.h"
#include "core/sort.h"

#include <math.h>
#include <stdlib.h>

/* ---- thresholds ------------------------------------------------------------------------------ */

/* Half-way; the larger one's predecessor where rounding leaves nothing between. */
static double between(double low, double high) {
    double middle = low / 2 + high / 2;
    return middle >= low && middle < high ? middle : nextafter(high, -INFINITY);
}

hone_status hone_bins_each(const hone_few *few, uint8_t bin[HONE_BINS_MOST], hone_bin_column *out,
                           hone_error *err) {
    size_t n = few->n;
    hone_status status = hone_new2(&out->upper, 2, n, err);
    if (status != HONE_OK)
        return status;
    out->n_bins = n;
    out->value = out->upper + n;
    hone_few_sort(few, out->value, bin);
    for (size_t i = 1; i < n; i++)
        out->upper[i - 1] = between(out->value[i - 1], out->value[i]);
    return HONE_OK;
}

/* How many keys from i on equal keys[i]. */
static size_t run_of(const uint64_t *keys, size_t n, size_t i) {
    size_t end = i + 1;
    while (end < n && keys[end] == keys[i])
        end++;
    return end - i;
}

/* Rows and bins that are left for numbers without a bin of their own. */
struct share {
    size_t own; /* rows that make a number own its bin */
    double rows, bins;
};

static struct share share_out(const uint64_t *keys, size_t n, size_t max_bins) {
    struct share share = {n / max_bins + 1, (double)n, (double)max_bins};
    for (size_t i = 0, run; i < n; i += run) {
        run = run_of(keys, n, i);
        if (run >= share.own)
            share.rows -= (double)run, share.bins--;
    }
    return share;
}

static void cut_quantiles(const uint64_t *keys, size_t n, size_t max_bins, hone_bin_column *out) {
    struct share share = share_out(keys, n, max_bins);
    double here = 0, fair = share.bins > 0 ? share.rows / share.bins : 0;
    size_t run = run_of(keys, n, 0), cuts = 0, next;
    for (size_t i = 0; i + run < n && cuts + 1 < max_bins; i += run, run = next) {
        bool own = run >= share.own;
        next = run_of(keys, n, i + run);
        here += (double)run;
        if (!own)
            share.rows -= (double)run;
        if (!own && here < fair && !(next >= share.own && here >= fair / 2))
            continue;
        out->upper[cuts++] = between(hone_sort_value(keys[i]), hone_sort_value(keys[i + run]));
        here = 0;
        if (!own && share.bins > 1)
            fair = share.rows / --share.bins;
    }
    out->n_bins = cuts + 1;
}

hone_status hone_bins_cut(uint64_t *keys, size_t n, size_t max_bins, hone_bin_column *out,
                          hone_error *err) {
    hone_status status = hone_sort_keys(keys, NULL, n, err);
    if (status == HONE_OK)
        status = hone_new(&out->upper, max_bins, err);
    out->n_bins = 1; /* where the sample has missed all numbers */
    if (status == HONE_OK && n > 0)
        cut_quantiles(keys, n, max_bins, out);
    return status;
}

/* ---- categories ------------------------------------------------------------------------------ */

/* count: what a code has (n_levels); key: scratch (n_levels). */
static hone_status rank_codes(const uint32_t *count, uint64_t *key, size_t max_bins,
                              hone_bin_column *out, hone_error *err) {
    size_t n = 0;
    for (size_t code = 0; code < out->n_levels; code++)
        if (count[code] > 0)
            key[n++] = (uint64_t)(UINT32_MAX - count[code]) << 32 | code;
    hone_status status = hone_sort_keys(key, NULL, n, err);
    out->n_bins = n < max_bins ? n : max_bins;
    if (status == HONE_OK)
        status = hone_new(&out->code, out->n_bins, err);
    for (size_t i = 0; status == HONE_OK && i < out->n_bins; i++)
        out->code[i] = (int32_t)(key[i] & UINT32_MAX);
    return status;
}

hone_status hone_bins_rank(hone_view x, size_t j, size_t max_bins, hone_bin_column *out,
                           hone_error *err) {
    uint32_t *count = NULL;
    uint64_t *key = NULL;
    hone_status status = hone_new(&count, out->n_levels, err);
    if (status == HONE_OK)
        status = hone_new(&key, out->n_levels, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++) {
        double code = hone_view_row(x, i)[j];
        if (code >= 0 && code < (double)out->n_levels) /* false for NaN */
            count[(size_t)code]++;
    }
    if (status == HONE_OK)
        status = rank_codes(count, key, max_bins, out, err);
    hone_release(count);
    hone_release(key);
    return status;
}
