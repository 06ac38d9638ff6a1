/* splitter_plain.c -- all divisions of a column of numbers at once: running sums, then gains of
 * eight bins at a time, then the first of the largest. */
#include "classic/gbdt/splitter_impl.h"
#include "core/clones.h"

enum { LANES = 8 };

/* What lies in bins 0 .. b: whole numbers, exact as doubles. */
struct running {
    double g[HONE_BINS], h[HONE_BINS], rows[HONE_BINS];
};

HONE_CLONES
static void running_words(bool flat, const uint64_t *restrict word, size_t n,
                          struct running *restrict to) {
    uint64_t total[HONE_BINS], sum = 0;
    for (size_t b = 0; b < n; b++)
        total[b] = sum += word[b];
    if (flat)
        for (size_t b = 0; b < n; b++) {
            to->g[b] = (double)(int32_t)(total[b] >> 32);
            to->h[b] = to->rows[b] = (double)(int32_t)total[b];
        }
    else
        for (size_t b = 0; b < n; b++) {
            to->g[b] = (double)((int32_t)(total[b] >> 32) >> 5);
            to->h[b] = (double)((int32_t)(total[b] >> 15) & 0x3FFFFF);
            to->rows[b] = (double)((int32_t)total[b] & 0x7FFF);
        }
}

static void running_wide(const uint64_t *word, size_t n, struct running *to) {
    uint64_t g = 0, both = 0;
    for (size_t b = 0; b < n; b++) {
        g += word[b];
        both += word[HONE_BINS + b];
        to->g[b] = (double)(int64_t)g;
        to->h[b] = (double)(int64_t)(both >> 32);
        to->rows[b] = (double)(int64_t)(both & UINT32_MAX);
    }
}

/* The node, and what is on the left before the first bin. */
struct side {
    double g, h, rows; /* of the node */
    double left_g, left_h, left_rows;
    double l2, min_h, min_rows;
};

/* score(left) + score(right), or -1 where a child is too small; the largest of n (a multiple of
 * LANES). */
HONE_CLONES
static double running_scores(const struct running *restrict run, size_t n,
                             const struct side *restrict side, double *restrict score) {
    double top[LANES], g = side->g, h = side->h, rows = side->rows;
    double g0 = side->left_g, h0 = side->left_h, rows0 = side->left_rows;
    double l2 = side->l2, min_h = side->min_h, min_rows = side->min_rows, best = -1;
    for (size_t b = 0; b < n; b++) {
        double gl = run->g[b] + g0, hl = run->h[b] + h0, rl = run->rows[b] + rows0;
        double gr = g - gl, hr = h - hl, rr = rows - rl;
        double dl = hl + l2, dr = hr + l2;
        double both = (gl * gl * dr + gr * gr * dl) / (dl * dr);
        bool fits = (rl >= min_rows) & (rr >= min_rows) & (hl >= min_h) & (hr >= min_h);
        score[b] = fits ? both : -1;
    }
    for (size_t l = 0; l < LANES; l++)
        top[l] = -1;
    for (size_t b = 0; b < n; b += LANES)
        for (size_t l = 0; l < LANES; l++)
            top[l] = score[b + l] > top[l] ? score[b + l] : top[l];
    for (size_t l = 0; l < LANES; l++)
        best = top[l] > best ? top[l] : best;
    return best;
}

static void take(const hone_scan *scan, const struct running *run, size_t bin, bool missing_left,
                 double gain, hone_split *best) {
    hone_sums left = {(int64_t)run->g[bin], (int64_t)run->h[bin], (int64_t)run->rows[bin]};
    if (missing_left)
        left = hone_sums_plus(left, scan->missing);
    if (scan->missing.rows == 0)
        missing_left = 2 * left.rows >= scan->node->sums.rows;
    *best = (hone_split){.gain = gain,
                         .column = (int32_t)scan->column,
                         .bin = (uint8_t)bin,
                         .missing_left = missing_left,
                         .left = left};
}

static void look_at_side(const hone_scan *scan, const struct running *run, size_t n,
                         bool missing_left, hone_split *best) {
    double score[HONE_BINS];
    hone_sums sums = scan->node->sums, left = {0, 0, 0};
    if (missing_left)
        left = scan->missing;
    struct side side = {(double)sums.g, (double)sums.h, (double)sums.rows,
                        (double)left.g, (double)left.h, (double)left.rows,
                        scan->l2,       scan->min_h,    (double)scan->rules->min_rows};
    double parent = side.g * side.g / (side.h + side.l2);
    double top = running_scores(run, n, &side, score), gain = (top - parent) * scan->factor;
    size_t bin = 0;
    if (!(top > parent * (1 + 1e-10)) || !(gain > best->gain))
        return;
    while (score[bin] != top)
        bin++;
    take(scan, run, bin, missing_left, gain, best);
}

void hone_scan_plain(const hone_scan *scan, hone_split *best) {
    struct running run;
    size_t n = scan->n_bins, room = (n + LANES - 1) / LANES * LANES;
    if (scan->wide)
        running_wide(scan->histogram, n, &run);
    else
        running_words(scan->node->layout->flat, scan->histogram, n, &run);
    for (size_t b = n; b < room; b++) /* the same division again: the first one is taken */
        run.g[b] = run.g[n - 1], run.h[b] = run.h[n - 1], run.rows[b] = run.rows[n - 1];
    if (n == 0)
        return;
    look_at_side(scan, &run, room, false, best);
    if (scan->missing.rows > 0)
        look_at_side(scan, &run, room, true, best);
}
