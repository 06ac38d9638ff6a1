/* split_random.c -- a column of numbers parted by a threshold drawn evenly between the smallest and
 * the largest number that the node has there: two slots, without a look at each bin.
 *
 * Within a bin there is no cut: one that is drawn there goes to the nearer end.
 * Cost: O(rows + log bins). Reference: Geurts, Ernst, Wehenkel 2006. */
#include "classic/forest/split.h"

#include <string.h>

/* What bins the rows of a column are in. */
struct look {
    size_t low, high; /* the least and the last that holds values */
    size_t n_missing;
};

static void copy_bins(const hone_node_rows *rows, size_t column, uint8_t *restrict seen) {
    const uint8_t *restrict bin = rows->bin + column * rows->column_step;
    const uint32_t *restrict row = rows->row;
    size_t n = rows->n, step = rows->row_step;
    for (size_t i = 0; i < n; i++)
        seen[i] = bin[row[i] * step];
}

/* Missing values have the last bin of all. */
static struct look look_at(const uint8_t *seen, size_t n, size_t n_bins) {
    uint8_t low = UINT8_MAX, high = 0;
    for (size_t i = 0; i < n; i++) {
        low = seen[i] < low ? seen[i] : low;
        high = seen[i] > high ? seen[i] : high;
    }
    struct look look = {low, high, 0};
    if (high < n_bins)
        return look;
    look.high = 0;
    for (size_t i = 0; i < n; i++) {
        look.high = seen[i] < n_bins && seen[i] > look.high ? seen[i] : look.high;
        look.n_missing += seen[i] == n_bins;
    }
    return look;
}

/* The last bin that the threshold sends left; the one below `high` at most. */
static size_t draw_cut(const hone_bin_range *range, size_t low, size_t high, hone_rng *rng,
                       double *threshold) {
    double u = hone_rng_uniform(rng);
    *threshold = range->high[low] * (1 - u) + range->low[high] * u;
    for (size_t n = high - low; n > 1;) { /* low + 0 .. n-1 may be the last */
        size_t half = n / 2;
        low += range->middle[low + half] <= *threshold ? half : 0;
        n -= half;
    }
    return low;
}

typedef int64_t two_words __attribute__((vector_size(16)));
typedef int64_t two_in_memory __attribute__((vector_size(16), aligned(8), may_alias));
typedef double two_numbers __attribute__((vector_size(16)));

/* The row's weight and value, or zeros: which side it is on cannot be guessed, so no branch. */
static inline two_numbers masked(const hone_row_stat *stat, bool in) {
    return (two_numbers)(*(const two_in_memory *)stat & -(two_words){in, in});
}

/* Sums of the rows in bins first .. last; two of them side by side, which the grid makes exact. */
static struct slot sum_pairs(const hone_splitter *s, const hone_node_rows *rows, size_t first,
                             size_t last) {
    const uint8_t *seen = s->seen;
    const hone_row_stat *stat = rows->stat;
    two_numbers even = {0, 0}, odd = {0, 0};
    size_t n = rows->n, width = last - first, count = 0, i = 0;
    for (; i + 1 < n; i += 2) {
        even += masked(stat + i, seen[i] - first <= width);
        odd += masked(stat + i + 1, seen[i + 1] - first <= width);
    }
    if (i < n)
        even += masked(stat + i, seen[i] - first <= width);
    even += odd;
    for (i = 0; s->rules->min_samples_leaf > 1 && i < n; i++)
        count += seen[i] - first <= width;
    return (struct slot){even[0], even[1], (uint32_t)count, (uint32_t)last};
}

/* Bins up to the cut, the others, and that of missing values. */
static void part_pairs(hone_splitter *s, const hone_node_rows *rows, size_t cut, size_t n_bins,
                       struct slot side[3]) {
    side[0] = sum_pairs(s, rows, 0, cut);
    side[2] = s->has_missing ? sum_pairs(s, rows, n_bins, n_bins) : (struct slot){.n = 0};
    side[1] = (struct slot){.weight = s->weight - side[0].weight - side[2].weight,
                            .value = s->value - side[0].value - side[2].value,
                            .n = (uint32_t)rows->n - side[0].n - side[2].n};
}

/* The same, with the weights of the classes, under the names of three bins. */
static void part_classes(hone_splitter *s, const hone_node_rows *rows, size_t cut, size_t n_bins,
                         struct slot side[3]) {
    const size_t k = s->k;
    double *share[3] = {s->share + cut * k, s->share + (cut + 1) * k, s->share + n_bins * k};
    memset(side, 0, 3 * sizeof *side);
    for (size_t i = 0; i < rows->n; i++) {
        size_t to = (size_t)(s->seen[i] > cut) + (size_t)(s->seen[i] == n_bins);
        share[to][s->at[i]] += rows->stat[i].weight;
        side[to].n++;
    }
    for (size_t to = 0; to < 3; to++)
        for (size_t c = 0; c < k && side[to].n > 0; c++)
            side[to].weight += share[to][c];
}

void hone_random_collect(hone_splitter *s, const hone_node_rows *rows, size_t column, hone_rng *rng,
                         double *threshold) {
    const hone_bin_range *range = s->rules->range + column;
    size_t n_bins = s->rules->bins->column[column].n_bins;
    copy_bins(rows, column, s->seen);
    struct look look = look_at(s->seen, rows->n, n_bins);
    s->n_slots = 0;
    s->has_missing = look.n_missing > 0;
    if (look.low >= look.high && (!s->has_missing || look.n_missing == rows->n)) {
        s->n_slots = look.n_missing < rows->n; /* nothing to choose: sums are not asked for */
        s->slot[0].bin = (uint32_t)look.low, s->missing.bin = (uint32_t)n_bins;
        return;
    }
    struct slot side[3];
    size_t cut =
        look.low < look.high ? draw_cut(range, look.low, look.high, rng, threshold) : look.high;
    if (hone_in_pairs(s->rules))
        part_pairs(s, rows, cut, n_bins, side);
    else
        part_classes(s, rows, cut, n_bins, side);
    side[0].bin = (uint32_t)cut, side[1].bin = (uint32_t)cut + 1, side[2].bin = (uint32_t)n_bins;
    s->slot[0] = side[0], s->slot[1] = side[1], s->missing = side[2];
    s->n_slots = look.low < look.high ? 2 : 1;
}
