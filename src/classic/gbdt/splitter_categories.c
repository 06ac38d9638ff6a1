/* splitter_categories.c -- the best set of categories: in the order of G / (H + smooth) it is a
 * beginning or an end (Fisher 1958). What is missing, rare or unknown stays on the right. */
#include "classic/gbdt/splitter_impl.h"

#include <stdlib.h>

enum { FEW = 4 }; /* so few are split without cat_l2 */

struct category {
    double rate;
    uint8_t bin;
    hone_sums sums;
};

static int by_rate(const void *a, const void *b) {
    const struct category *x = a, *y = b;
    if (x->rate != y->rate)
        return x->rate < y->rate ? -1 : 1;
    return (x->bin > y->bin) - (x->bin < y->bin);
}

static size_t list_categories(const hone_scan *scan, struct category *list) {
    const hone_layout *layout = scan->node->layout;
    double smooth = scan->rules->cat_smooth / layout->h_unit;
    size_t n = 0;
    for (size_t b = 0; b < scan->n_bins; b++) {
        hone_sums s = hone_histogram_at(layout, scan->wide, scan->histogram, b);
        double size = (double)s.h + smooth;
        if (s.rows > 0)
            list[n++] = (struct category){size > 0 ? (double)s.g / size : 0, (uint8_t)b, s};
    }
    qsort(list, n, sizeof *list, by_rate);
    return n;
}

/* The categories first .. end-1 of the list go left. */
static void offer(const hone_scan *scan, const struct category *list, size_t first, size_t end,
                  hone_sums left, double l2, hone_split *best) {
    double gain = hone_scan_gain(scan, l2, left, hone_sums_less(scan->node->sums, left));
    if (!(gain > best->gain))
        return;
    *best = (hone_split){
        .gain = gain, .column = (int32_t)scan->column, .categorical = true, .left = left};
    for (size_t i = first; i < end; i++)
        best->set[list[i].bin / 64] |= (uint64_t)1 << list[i].bin % 64;
}

void hone_scan_categories(const hone_scan *scan, hone_split *best) {
    struct category list[HONE_BINS];
    size_t n = list_categories(scan, list);
    hone_sums left = {0, 0, 0}, all = hone_sums_less(scan->node->sums, scan->missing);
    double l2 = scan->l2;
    if (n > FEW)
        l2 += scan->rules->cat_l2 / scan->node->layout->h_unit;
    for (size_t i = 0; i < n; i++) {
        left = hone_sums_plus(left, list[i].sums);
        hone_sums rest = hone_sums_less(all, left);
        /* with nothing missing both are the same division: unknown ones go with the many */
        if (scan->missing.rows > 0 || left.rows <= rest.rows)
            offer(scan, list, 0, i + 1, left, l2, best);
        if (scan->missing.rows > 0 || left.rows > rest.rows)
            offer(scan, list, i + 1, n, rest, l2, best);
    }
}
