/* splitter.c -- see splitter.h: what a division is worth, and divisions of numbers one by one. The
 * plain case (no l1, nothing monotone) has a faster loop in splitter_plain.c, which finds the same.
 */
#include "classic/gbdt/splitter_impl.h"

#include <math.h>

hone_split hone_gbdt_split_none(const hone_split_rules *rules) {
    return (hone_split){.gain = rules->gamma, .column = -1};
}

static double shrink(double g, double l1) {
    return copysign(fmax(fabs(g) - l1, 0), g);
}

double hone_gbdt_split_value(const hone_split_rules *rules, double g, double h, double low,
                             double high) {
    double size = h + rules->l2;
    return fmin(fmax(size > 0 ? -shrink(g, rules->l1) / size : 0, low), high);
}

/* What value w of a leaf wins: (T(G)^2 - (T(G) + (H + l2) w)^2) / (H + l2), T(G)^2 / (H + l2) at
 * the best one. */
static double score_at(double t, double h, double w) {
    return -(2 * t * w + h * w * w);
}

double hone_scan_gain(const hone_scan *scan, double l2, hone_sums left, hone_sums right) {
    const hone_split_node *node = scan->node;
    int64_t least = (int64_t)scan->rules->min_rows;
    double hl = (double)left.h, hr = (double)right.h, h = (double)node->sums.h + scan->l2;
    if (left.rows < least || right.rows < least || hl < scan->min_h || hr < scan->min_h)
        return -1;
    double unit = node->layout->h_unit / node->layout->g_unit; /* of values */
    double low = node->low * unit, high = node->high * unit;
    double tl = shrink((double)left.g, scan->l1), tr = shrink((double)right.g, scan->l1);
    double wl = fmin(fmax(-tl / (hl + l2), low), high);
    double wr = fmin(fmax(-tr / (hr + l2), low), high);
    int8_t rises = scan->rules->monotonic ? scan->rules->monotonic[scan->column] : 0;
    if ((rises > 0 && wl > wr) || (rises < 0 && wl < wr))
        return -1;
    double t = shrink((double)node->sums.g, scan->l1);
    double parent = score_at(t, h, fmin(fmax(-t / h, low), high));
    double children = score_at(tl, hl + l2, wl) + score_at(tr, hr + l2, wr);
    return children > parent * (1 + 1e-10) ? (children - parent) * scan->factor : -1;
}

static void offer(const hone_scan *scan, size_t bin, bool missing_left, hone_sums left,
                  hone_split *best) {
    hone_sums right = hone_sums_less(scan->node->sums, left);
    double gain = hone_scan_gain(scan, scan->l2, left, right);
    if (gain > best->gain)
        *best = (hone_split){.gain = gain,
                             .column = (int32_t)scan->column,
                             .bin = (uint8_t)bin,
                             .missing_left =
                                 scan->missing.rows > 0 ? missing_left : left.rows >= right.rows,
                             .left = left};
}

void hone_scan_limited(const hone_scan *scan, hone_split *best) {
    const hone_layout *layout = scan->node->layout;
    for (int side = 0; side < (scan->missing.rows > 0 ? 2 : 1); side++) {
        hone_sums left = {0, 0, 0};
        if (side == 1)
            left = scan->missing;
        for (size_t b = 0; b < scan->n_bins; b++) {
            left = hone_sums_plus(left, hone_histogram_at(layout, scan->wide, scan->histogram, b));
            offer(scan, b, side == 1, left, best);
        }
    }
}

void hone_gbdt_split_find(const hone_split_rules *rules, const hone_split_node *node,
                          const hone_bin_column *info, size_t column, const uint64_t *histogram,
                          hone_split *best) {
    const hone_layout *layout = node->layout;
    hone_scan scan = {.rules = rules,
                      .node = node,
                      .info = info,
                      .column = column,
                      .n_bins = info->n_bins,
                      .histogram = histogram,
                      .wide = hone_is_wide(layout, (size_t)node->sums.rows),
                      .factor = layout->g_unit * layout->g_unit / layout->h_unit,
                      .l1 = rules->l1 / layout->g_unit,
                      .l2 = rules->l2 / layout->h_unit,
                      .min_h = rules->min_child_weight / layout->h_unit};
    if (scan.l2 == 0 && scan.min_h < 1) /* a child without curvature has no best value */
        scan.min_h = 1;
    if (info->missing)
        scan.missing = hone_histogram_at(layout, scan.wide, histogram, info->n_bins);
    if (info->n_bins + info->missing < 2)
        return;
    if (info->categorical)
        hone_scan_categories(&scan, best);
    else if (rules->l1 > 0 || rules->monotonic != NULL)
        hone_scan_limited(&scan, best);
    else
        hone_scan_plain(&scan, best);
}
