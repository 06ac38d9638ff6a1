/* histogram.h -- sums of derivatives over the rows of a node, for each bin of a column.
 *
 *     S_b = sum over rows i of the node with bin(i) = b of (g_i, h_i, 1)
 * Sums are of whole numbers (quantise.h): the same whatever the order. A histogram of at most
 * layout.most rows holds words; one of more holds g and (h, rows) apart:
 *     narrow   word[b]                       wide   g[b] = word[b], h[b] << 32 | rows[b] = word[256
 * + b] Of a parent and one child the other child is the difference. Shapes: 512 words for each
 * column, of which only the bins that the column uses are ever written or read. */
#ifndef HONE_GBDT_HISTOGRAM_H
#define HONE_GBDT_HISTOGRAM_H

#include "classic/gbdt/panels.h"
#include "classic/gbdt/quantise.h"

enum { HONE_HISTOGRAM = 2 * HONE_BINS };

/* Which rows, which numbers. */
typedef struct hone_node_rows {
    const uint32_t *row; /* n, ascending */
    size_t n;
    const uint64_t *word; /* of all rows */
    const hone_layout *layout;
} hone_node_rows;

static inline bool hone_is_wide(const hone_layout *layout, size_t rows) {
    return rows > layout->most;
}

/* Histograms of a panel's columns, at to[column * HONE_HISTOGRAM]; `use` (cols): which columns are
 * asked for. O(rows x width). */
void hone_histogram_sum(const hone_panels *panels, size_t panel, const bool *use,
                        const hone_node_rows *rows, uint64_t *to);
/* parent (n rows) becomes parent less child (n_child rows), of one column with `used` bins. */
void hone_histogram_subtract(const hone_layout *layout, size_t used, uint64_t *parent, size_t n,
                             const uint64_t *child, size_t n_child);
/* One bin. */
static inline hone_sums hone_histogram_at(const hone_layout *layout, bool wide,
                                          const uint64_t *from, size_t bin) {
    if (!wide)
        return hone_word_sums(layout->flat, from[bin]);
    uint64_t both = from[HONE_BINS + bin];
    return (hone_sums){(int64_t)from[bin], (int64_t)(both >> 32), (int64_t)(both & UINT32_MAX)};
}

#endif
