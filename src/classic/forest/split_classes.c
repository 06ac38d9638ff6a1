/* split_classes.c -- cuts of a node with K > 2 classes.
 *
 *     Gini:     sum_k L_k^2 / W_l + sum_k R_k^2 / W_r
 *     entropy:  H(T) - H(L) - H(R),   H(T) = f(W) - sum_k f(T_k),   f = x log2 x
 *
 * Only the k classes that the node has met take part, and of small nodes, where there are many
 * bins, only the bins that it has met are looked at. Shapes: share 256 x k, their weights in each
 * bin. Cost: O(rows + bins met x k). */
#include "classic/forest/split.h"

#include <math.h>
#include <string.h>

enum { TURNS = 12 };

void hone_classes_node(hone_splitter *s, const hone_node_rows *rows) {
    while (s->k > 0)
        s->place[s->met[--s->k]] = 0;
    for (size_t i = 0; i < rows->n; i++) {
        uint32_t code = (uint32_t)rows->stat[i].value;
        if (s->place[code] == 0) {
            s->met[s->k] = code, s->total[s->k] = 0;
            s->place[code] = (uint32_t)++s->k;
        }
        s->at[i] = s->place[code] - 1;
        s->total[s->at[i]] += rows->stat[i].weight;
    }
}

static void find_met(const hone_node_rows *rows, size_t column, uint64_t met[4]) {
    const uint8_t *bin = rows->bin + column * rows->column_step;
    memset(met, 0, 4 * sizeof *met);
    for (size_t i = 0; i < rows->n; i++) {
        size_t b = bin[rows->row[i] * rows->row_step];
        met[b / 64] |= (uint64_t)1 << b % 64;
    }
}

static void take_slot(hone_splitter *s, size_t bin, struct slot *to) {
    *to = (struct slot){s->pair[bin].weight, 0, s->count[bin], (uint32_t)bin};
    s->pair[bin].weight = 0;
    s->count[bin] = 0;
}

void hone_classes_collect(hone_splitter *s, const hone_node_rows *rows, size_t column) {
    const hone_bin_column *col = s->rules->bins->column + column;
    const uint8_t *bin = rows->bin + column * rows->column_step;
    uint64_t met[4];
    size_t k = s->k, n = 0;
    if (s->rules->min_samples_leaf > 1)
        hone_count_bins(rows, column, s->count);
    for (size_t i = 0; i < rows->n; i++) {
        size_t b = bin[rows->row[i] * rows->row_step];
        s->share[b * k + s->at[i]] += rows->stat[i].weight;
        s->pair[b].weight += rows->stat[i].weight;
    }
    if (rows->n <= HONE_FEW_ROWS && col->n_bins >= 64) {
        find_met(rows, column, met);
        for (size_t word = 0; word < 4; word++)
            for (uint64_t bits = met[word]; bits != 0; bits &= bits - 1)
                take_slot(s, 64 * word + (size_t)__builtin_ctzll(bits), s->slot + n++);
    } else {
        for (size_t b = 0; b <= col->n_bins; b++)
            if (s->pair[b].weight > 0)
                take_slot(s, b, s->slot + n++);
    }
    s->has_missing = n > 0 && s->slot[n - 1].bin == col->n_bins;
    if (s->has_missing)
        s->missing = s->slot[--n];
    s->n_slots = n;
}

void hone_classes_clear(hone_splitter *s) {
    size_t k = s->k;
    for (size_t i = 0; i < s->n_slots; i++)
        memset(s->share + s->slot[i].bin * k, 0, k * sizeof *s->share);
    if (s->has_missing)
        memset(s->share + s->missing.bin * k, 0, k * sizeof *s->share);
}

/* ---- cuts ------------------------------------------------------------------------------------ */

/* Adds a bin's shares to the left side, and gives the score of the cut after it. */
static inline double score_gini(const double *restrict total, const double *restrict share,
                                double *restrict left, size_t k, double left_w, double right_w) {
    double in_left = 0, in_right = 0;
    for (size_t c = 0; c < k; c++) {
        left[c] += share[c];
        double right = total[c] - left[c];
        in_left += left[c] * left[c];
        in_right += right * right;
    }
    return in_left / left_w + in_right / right_w;
}

static double x_log_x(double x) {
    return x > 0 ? x * log2(x) : 0;
}

static double score_entropy(const double *restrict total, const double *restrict share,
                            double *restrict left, size_t k, double left_w, double right_w) {
    double fall = x_log_x(left_w + right_w) - x_log_x(left_w) - x_log_x(right_w);
    for (size_t c = 0; c < k; c++) {
        left[c] += share[c];
        fall += x_log_x(left[c]) + x_log_x(total[c] - left[c]) - x_log_x(total[c]);
    }
    return fall;
}

void hone_classes_scan(hone_splitter *s, size_t first, size_t end, bool missing_left,
                       struct cut *best) {
    double w = s->weight, left_w = 0, min_w = s->min_weight_leaf;
    size_t k = s->k, min_n = s->rules->min_samples_leaf, left_n = 0, n = 0;
    bool counted = min_n > 1, gini = s->rules->criterion == HONE_GINI;
    memset(s->left, 0, k * sizeof *s->left);
    if (missing_left) {
        left_w = s->missing.weight, left_n = s->missing.n;
        memcpy(s->left, s->share + s->missing.bin * k, k * sizeof *s->left);
    }
    for (size_t i = 0; counted && i < s->n_slots; i++)
        n += s->slot[i].n;
    n += s->has_missing ? s->missing.n : 0;
    for (size_t i = 0; i < end; i++) {
        const double *share = s->share + s->slot[i].bin * k;
        left_w += s->slot[i].weight, left_n += s->slot[i].n;
        double score = gini ? score_gini(s->total, share, s->left, k, left_w, w - left_w)
                            : score_entropy(s->total, share, s->left, k, left_w, w - left_w);
        if (i < first || left_w < min_w || w - left_w < min_w ||
            (counted && (left_n < min_n || n - left_n < min_n)))
            continue;
        if (score > best->score)
            *best = (struct cut){score, i, missing_left, false, left_w, 0};
    }
}

/* ---- categories ------------------------------------------------------------------------------ */

/* What a slot's shares of the classes differ by from the node's, along the axis. */
static double place_of(const hone_splitter *s, const struct slot *slot) {
    size_t k = s->k;
    const double *share = s->share + slot->bin * k;
    double place = 0;
    for (size_t c = 0; c < k; c++)
        place += (share[c] / slot->weight - s->total[c] / s->weight) * s->axis[c];
    return place;
}

/* The first principal axis of the slots' shares, each with its weight, by power iteration; it
 * begins with the first of those that differ most. */
static void find_axis(hone_splitter *s) {
    size_t k = s->k;
    double most = -1;
    for (size_t i = 0; i < s->n_slots; i++) {
        const double *share = s->share + s->slot[i].bin * k;
        double length = 0;
        for (size_t c = 0; c < k; c++) {
            double d = share[c] / s->slot[i].weight - s->total[c] / s->weight;
            s->sum[c] = d, length += d * d;
        }
        if (length * s->slot[i].weight > most)
            most = length * s->slot[i].weight, memcpy(s->axis, s->sum, k * sizeof *s->sum);
    }
    for (int turn = 0; turn < TURNS; turn++) {
        double length = 0;
        memset(s->sum, 0, k * sizeof *s->sum);
        for (size_t i = 0; i < s->n_slots; i++) {
            double place = place_of(s, s->slot + i) * s->slot[i].weight;
            for (size_t c = 0; c < k; c++)
                s->sum[c] += place * (s->share[s->slot[i].bin * k + c] / s->slot[i].weight -
                                      s->total[c] / s->weight);
        }
        for (size_t c = 0; c < k; c++)
            length += s->sum[c] * s->sum[c];
        if (!(length > 0))
            return;
        for (size_t c = 0; c < k; c++)
            s->axis[c] = s->sum[c] / sqrt(length);
    }
}

void hone_classes_project(hone_splitter *s) {
    find_axis(s);
    for (size_t i = 0; i < s->n_slots; i++)
        s->slot[i].value = place_of(s, s->slot + i);
}
