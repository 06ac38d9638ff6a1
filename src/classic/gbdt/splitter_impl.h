/* splitter_impl.h -- what the files of the splitter share. Sums are in the units of words; what is
 * compared with them is brought there once. */
#ifndef HONE_GBDT_SPLITTER_IMPL_H
#define HONE_GBDT_SPLITTER_IMPL_H

#include "classic/gbdt/splitter.h"

/* A column of a node as numbers: what lies in bins 0 .. b. */
typedef struct hone_scan {
    const hone_split_rules *rules;
    const hone_split_node *node;
    const hone_bin_column *info;
    size_t column, n_bins;
    hone_sums missing;
    const uint64_t *histogram;
    bool wide;
    double factor;        /* a score in these units times it is one in true units */
    double l1, l2, min_h; /* in these units */
} hone_scan;

static inline hone_sums hone_sums_plus(hone_sums a, hone_sums b) {
    return (hone_sums){a.g + b.g, a.h + b.h, a.rows + b.rows};
}
static inline hone_sums hone_sums_less(hone_sums a, hone_sums b) {
    return (hone_sums){a.g - b.g, a.h - b.h, a.rows - b.rows};
}

/* gain of a division in true units, or -1 where a child is too small or a limit is broken. */
double hone_scan_gain(const hone_scan *scan, double l2, hone_sums left, hone_sums right);
/* Each loop looks at all divisions of a column. */
void hone_scan_plain(const hone_scan *scan, hone_split *best);
void hone_scan_limited(const hone_scan *scan, hone_split *best);
void hone_scan_categories(const hone_scan *scan, hone_split *best);

#endif
