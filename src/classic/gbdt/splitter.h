/* splitter.h -- the best question about one column, from the histogram of a node.
 *
 *     gain = score(left) + score(right) - score(node),   score(G, H) = T(G)^2 / (H + l2),
 *     T(G) = sign(G) max(|G| - l1, 0);   the best value of a leaf is w = -T(G) / (H + l2)
 * Missing values are tried on both sides. Categories are tried in the order of G / (H + smooth),
 * where the best set is an interval (Fisher 1958). A monotone column's values are bounded: w within
 * the node's limits, and w(left) <= w(right) for an increasing one.
 * Cost: O(bins), and O(bins log bins) for categories. */
#ifndef HONE_GBDT_SPLITTER_H
#define HONE_GBDT_SPLITTER_H

#include "classic/gbdt/histogram.h"

typedef struct hone_split_rules {
    double l1, l2;
    double gamma; /* a gain must be larger */
    double min_child_weight;
    size_t min_rows;           /* in a child; at least 1 */
    double cat_smooth, cat_l2; /* of categories: added to H in their order, and to l2 */
    const int8_t *monotonic;   /* of each column: 1 rises, -1 falls, 0 free; or NULL */
} hone_split_rules;

/* What is known of a node before its columns are looked at. */
typedef struct hone_split_node {
    hone_sums sums;
    double low, high; /* limits of values below a monotone split; else infinite */
    const hone_layout *layout;
} hone_split_node;

typedef struct hone_split {
    double gain;
    int32_t column; /* -1: none */
    bool categorical, missing_left;
    uint8_t bin;     /* numbers: bins up to it go left */
    uint64_t set[4]; /* categories: bins that go left; never the last one */
    hone_sums left;
} hone_split;

/* No question yet. */
hone_split hone_gbdt_split_none(const hone_split_rules *rules);
/* Looks at a column (512 words); `best` becomes its best question if that wins more. */
void hone_gbdt_split_find(const hone_split_rules *rules, const hone_split_node *node,
                          const hone_bin_column *info, size_t column, const uint64_t *histogram,
                          hone_split *best);

/* The best value of a leaf with these sums (true units), within limits. */
double hone_gbdt_split_value(const hone_split_rules *rules, double g, double h, double low,
                             double high);
static inline bool hone_gbdt_split_goes_left(const hone_split *split, size_t missing_bin,
                                             size_t bin) {
    if (bin == missing_bin)
        return split->missing_left;
    return split->categorical ? split->set[bin / 64] >> bin % 64 & 1 : bin <= split->bin;
}

#endif
