/* split_pairs.c -- cuts of a node of which two sums tell all: weight W and value S.
 *
 *     squares:  W (S_l^2 / W_l + S_r^2 / W_r - S^2 / W) = (S_l W - S W_l)^2 / (W_l W_r)
 *     entropy:  H(W, S) - H(W_l, S_l) - H(W_r, S_r),  H(W, S) = f(W) - f(S) - f(W - S), f = x log2
 * x
 *
 * Of big nodes all bins are looked through; of small ones those met are the bits of four words.
 * Cost: O(rows + bins met). */
#include "classic/forest/split.h"

#include "core/clones.h"

#include <math.h>
#include <string.h>

/* ---- slots ----------------------------------------------------------------------------------- */

static void add_many(const hone_node_rows *rows, size_t column, hone_row_stat *pair) {
    const uint8_t *bin = rows->bin + column * rows->column_step;
    for (size_t i = 0; i < rows->n; i++) {
        hone_row_stat *to = pair + bin[rows->row[i] * rows->row_step];
        to->weight += rows->stat[i].weight;
        to->value += rows->stat[i].value;
    }
}

static void add_few(const hone_node_rows *rows, size_t column, hone_row_stat *pair,
                    uint64_t met[4]) {
    const uint8_t *bin = rows->bin + column * rows->column_step;
    for (size_t i = 0; i < rows->n; i++) {
        size_t b = bin[rows->row[i] * rows->row_step];
        met[b / 64] |= (uint64_t)1 << b % 64;
        pair[b].weight += rows->stat[i].weight;
        pair[b].value += rows->stat[i].value;
    }
}

/* The same for bins below 64: their word stays in a register. */
static void add_narrow(const hone_node_rows *rows, size_t column, hone_row_stat *pair,
                       uint64_t *met) {
    const uint8_t *bin = rows->bin + column * rows->column_step;
    uint64_t word = 0;
    for (size_t i = 0; i < rows->n; i++) {
        size_t b = bin[rows->row[i] * rows->row_step];
        word |= (uint64_t)1 << b % 64;
        pair[b].weight += rows->stat[i].weight;
        pair[b].value += rows->stat[i].value;
    }
    *met = word;
}

static void take_slot(hone_splitter *s, size_t bin, struct slot *to) {
    *to = (struct slot){s->pair[bin].weight, s->pair[bin].value, s->count[bin], (uint32_t)bin};
    s->pair[bin] = (hone_row_stat){0, 0};
    s->count[bin] = 0;
}

void hone_pairs_collect(hone_splitter *s, const hone_node_rows *rows, size_t column) {
    const hone_bin_column *col = s->rules->bins->column + column;
    uint64_t met[4] = {0, 0, 0, 0};
    size_t n = 0;
    if (s->rules->min_samples_leaf > 1)
        hone_count_bins(rows, column, s->count);
    if (rows->n <= HONE_FEW_ROWS) {
        if (col->n_bins < 64)
            add_narrow(rows, column, s->pair, met);
        else
            add_few(rows, column, s->pair, met);
        for (size_t word = 0; word < 4; word++)
            for (uint64_t bits = met[word]; bits != 0; bits &= bits - 1)
                take_slot(s, 64 * word + (size_t)__builtin_ctzll(bits), s->slot + n++);
    } else {
        add_many(rows, column, s->pair);
        for (size_t b = 0; b <= col->n_bins; b++)
            if (s->pair[b].weight > 0)
                take_slot(s, b, s->slot + n++);
    }
    s->has_missing = n > 0 && s->slot[n - 1].bin == col->n_bins;
    if (s->has_missing)
        s->missing = s->slot[--n];
    s->n_slots = n;
}

/* ---- cuts ------------------------------------------------------------------------------------ */

HONE_INLINE double squares(double w, double v, double left_w, double left_v) {
    double d = left_v * w - v * left_w;
    return d * d / (left_w * (w - left_w));
}

static double x_log_x(double x) {
    return x > 0 ? x * log2(x) : 0;
}

static double entropy(double w, double v) {
    return x_log_x(w) - x_log_x(v) - x_log_x(w - v);
}

static double fall_of_entropy(double w, double v, double left_w, double left_v) {
    return entropy(w, v) - entropy(left_w, left_v) - entropy(w - left_w, v - left_v);
}

static bool one_kind(double w, double v) {
    return v == 0 || v == w;
}

void hone_pairs_scan(const hone_splitter *s, size_t first, size_t end, bool missing_left,
                     struct cut *best) {
    double w = s->weight, v = s->value, left_w = 0, left_v = 0, min_w = s->min_weight_leaf;
    size_t min_n = s->rules->min_samples_leaf, left_n = 0, n = 0;
    bool counted = min_n > 1, by_entropy = s->rules->criterion == HONE_ENTROPY;
    if (missing_left)
        left_w = s->missing.weight, left_v = s->missing.value, left_n = s->missing.n;
    for (size_t i = 0; counted && i < s->n_slots; i++)
        n += s->slot[i].n;
    n += s->has_missing ? s->missing.n : 0;
    for (size_t i = 0; i < end; i++) {
        left_w += s->slot[i].weight, left_v += s->slot[i].value, left_n += s->slot[i].n;
        if (i < first || left_w < min_w || w - left_w < min_w ||
            (counted && (left_n < min_n || n - left_n < min_n)))
            continue;
        double score =
            by_entropy ? fall_of_entropy(w, v, left_w, left_v) : squares(w, v, left_w, left_v);
        if (score > best->score)
            *best = (struct cut){score, i, missing_left, false, left_w, left_v};
    }
    best->pure = s->rules->n_classes > 0 && best->last != SIZE_MAX &&
                 one_kind(best->weight, best->value) && one_kind(w - best->weight, v - best->value);
}
