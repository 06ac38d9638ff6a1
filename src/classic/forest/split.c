/* split.c -- see split.h: draws columns, orders categories, keeps the best cut.
 *
 * Numbers are cut between neighbouring bins, with missing values on either side; where the node
 * has met none they are sent with the majority. Categories, missing among them, are ordered by
 * their mean, where one of the cuts is the best of all subsets (two classes, values), or along the
 * axis on which K > 2 classes differ most.
 * Cost: O(columns looked at x (rows + bins met x K)) per node, no memory.
 * References: Breiman, Friedman, Olshen, Stone 1984; Geurts, Ernst, Wehenkel 2006 (random cuts);
 * Coppersmith, Hong, Hosking 1999 (categories of K classes). */
#include "classic/forest/split.h"

#include "core/alloc.h"

#include <float.h>
#include <math.h>
#include <string.h>

static hone_status make_classes(hone_splitter *s, size_t k, size_t rows, hone_error *err) {
    hone_status status;
    if ((status = hone_new2(&s->share, 256, k, err)) == HONE_OK &&
        (status = hone_new(&s->met, k, err)) == HONE_OK &&
        (status = hone_new(&s->place, k, err)) == HONE_OK &&
        (status = hone_new(&s->at, rows, err)) == HONE_OK &&
        (status = hone_new(&s->total, k, err)) == HONE_OK &&
        (status = hone_new(&s->left, k, err)) == HONE_OK &&
        (status = hone_new(&s->axis, k, err)) == HONE_OK)
        status = hone_new(&s->sum, k, err);
    return status;
}

hone_status hone_splitter_make(const hone_split_rules *rules, hone_splitter **out,
                               hone_error *err) {
    hone_splitter *s = NULL;
    size_t k = rules->n_classes;
    hone_status status = hone_new(&s, 1, err);
    if (status == HONE_OK)
        s->rules = rules, status = hone_new(&s->order, rules->bins->cols, err);
    if (status == HONE_OK && !hone_in_pairs(rules))
        status = make_classes(s, k, rules->bins->rows, err);
    if (status == HONE_OK && rules->random)
        status = hone_new(&s->seen, rules->bins->rows, err);
    if (status == HONE_OK)
        *out = s, s = NULL;
    hone_splitter_free(s);
    return status;
}

void hone_splitter_free(hone_splitter *s) {
    if (s == NULL)
        return;
    hone_release(s->order);
    hone_release(s->share);
    hone_release(s->met);
    hone_release(s->place);
    hone_release(s->at);
    hone_release(s->total);
    hone_release(s->left);
    hone_release(s->axis);
    hone_release(s->sum);
    hone_release(s->seen);
    hone_release(s);
}

void hone_splitter_begin(hone_splitter *s, double min_weight_leaf) {
    s->min_weight_leaf = min_weight_leaf;
    for (size_t j = 0; j < s->rules->bins->cols; j++)
        s->order[j] = j;
}

void hone_count_bins(const hone_node_rows *rows, size_t column, uint32_t *count) {
    const uint8_t *bin = rows->bin + column * rows->column_step;
    for (size_t i = 0; i < rows->n; i++)
        count[bin[rows->row[i] * rows->row_step]]++;
}

/* ---- one column ------------------------------------------------------------------------------ */

static void scan(hone_splitter *s, size_t first, size_t end, bool missing_left, struct cut *best) {
    if (hone_in_pairs(s->rules))
        hone_pairs_scan(s, first, end, missing_left, best);
    else
        hone_classes_scan(s, first, end, missing_left, best);
}

/* Categories by slot.value / slot.weight or their place on the axis; the first bin of equal ones
 * first. Missing values are a category like others. */
static void order_categories(hone_splitter *s) {
    if (s->has_missing)
        s->slot[s->n_slots++] = s->missing, s->has_missing = false;
    bool pairs = hone_in_pairs(s->rules);
    if (!pairs)
        hone_classes_project(s);
    for (size_t i = 1; i < s->n_slots; i++) {
        struct slot slot = s->slot[i];
        size_t to = i;
        for (; to > 0; to--) {
            const struct slot *before = s->slot + to - 1;
            bool smaller = pairs ? slot.value * before->weight < before->value * slot.weight
                                 : slot.value < before->value;
            if (!smaller)
                break;
            s->slot[to] = *before;
        }
        s->slot[to] = slot;
    }
}

/* Half-way between the numbers beside the cut, unless the one that was drawn lies there. */
static double threshold_at(const hone_splitter *s, const hone_bin_range *range, size_t last,
                           double drawn) {
    if (last + 1 == s->n_slots)
        return DBL_MAX; /* all numbers against missing values */
    double low = range->high[s->slot[last].bin], high = range->low[s->slot[last + 1].bin];
    if (drawn >= low && drawn < high)
        return drawn;
    double middle = low / 2 + high / 2;
    return middle >= low && middle < high ? middle : low;
}

static void send_left(hone_tree_split *split, size_t bin) {
    split->left[bin / 64] |= (uint64_t)1 << bin % 64;
}

static void send_left_up_to(hone_tree_split *split, size_t bin) {
    for (size_t word = 0; word < 4; word++)
        split->left[word] = bin / 64 > word   ? UINT64_MAX
                            : bin / 64 < word ? 0
                                              : UINT64_MAX >> (63 - bin % 64);
}

/* What this cut of the column in the slots means for rows. */
static void keep(const hone_splitter *s, size_t column, const struct cut *cut, double drawn,
                 hone_tree_split *best) {
    const hone_bin_column *col = s->rules->bins->column + column;
    *best =
        (hone_tree_split){.column = column, .left_weight = cut->weight, .left_value = cut->value};
    best->missing_left = s->has_missing ? cut->missing_left : 2 * cut->weight > s->weight;
    if (col->categorical)
        for (size_t i = 0; i < s->n_slots; i++) {
            if (i <= cut->last)
                send_left(best, s->slot[i].bin);
            if (s->slot[i].bin == col->n_bins) /* missing values are one of the slots */
                best->missing_left = i <= cut->last;
        }
    else {
        best->threshold = threshold_at(s, s->rules->range + column, cut->last, drawn);
        send_left_up_to(best, s->slot[cut->last].bin);
    }
    if (best->missing_left)
        send_left(best, col->n_bins);
}

static void collect(hone_splitter *s, const hone_node_rows *rows, size_t column, hone_rng *rng,
                    double *drawn) {
    if (s->rules->random && !s->rules->bins->column[column].categorical)
        hone_random_collect(s, rows, column, rng, drawn);
    else if (hone_in_pairs(s->rules))
        hone_pairs_collect(s, rows, column);
    else
        hone_classes_collect(s, rows, column);
}

static void try_cuts(hone_splitter *s, size_t column, hone_rng *rng, struct cut *cut) {
    const hone_bin_column *col = s->rules->bins->column + column;
    if (col->categorical)
        order_categories(s);
    size_t n = s->n_slots, first = 0, end = n - 1;
    if (s->rules->random && col->categorical)
        first = hone_rng_below(rng, n - 1), end = first + 1;
    bool alone = n == 1 || !s->rules->random; /* may values stand against missing ones? */
    scan(s, first, end + (s->has_missing && alone), false, cut);
    if (s->has_missing)
        scan(s, first, end, true, cut);
}

/* Is the column more than one bin here? */
static bool try_column(hone_splitter *s, const hone_node_rows *rows, size_t column, hone_rng *rng,
                       struct cut *best_cut, hone_tree_split *best) {
    struct cut cut = {.score = best_cut->score, .last = SIZE_MAX};
    double drawn = NAN;
    collect(s, rows, column, rng, &drawn);
    bool varies = s->n_slots + s->has_missing > 1;
    if (varies)
        try_cuts(s, column, rng, &cut);
    if (cut.last != SIZE_MAX)
        *best_cut = cut, keep(s, column, &cut, drawn, best);
    if (!hone_in_pairs(s->rules))
        hone_classes_clear(s);
    return varies;
}

/* ---- all columns ----------------------------------------------------------------------------- */

/* What the scores of a node leave out. */
static double gain_of(const hone_splitter *s, double score) {
    double gain = score, squares = 0;
    if (s->rules->criterion == HONE_SQUARED_ERROR)
        return score / s->weight;
    if (hone_in_pairs(s->rules))
        gain = s->rules->criterion == HONE_GINI ? 2 * score / s->weight : score;
    else if (s->rules->criterion == HONE_GINI) {
        for (size_t k = 0; k < s->k; k++)
            squares += s->total[k] * s->total[k];
        gain = score - squares / s->weight;
    }
    return gain > 0 ? gain : 0;
}

bool hone_split_find(hone_splitter *s, const hone_node_rows *rows, double weight, double value,
                     hone_rng *rng, hone_tree_split *best) {
    const hone_split_rules *rules = s->rules;
    size_t cols = rules->bins->cols;
    bool draw = rules->max_features < cols, varies = false;
    struct cut cut = {.score = -INFINITY, .last = SIZE_MAX};
    s->weight = weight, s->value = value;
    if (!hone_in_pairs(rules))
        hone_classes_node(s, rows);
    for (size_t k = 0; k < cols && !cut.pure && (k < rules->max_features || !varies); k++) {
        size_t other = draw ? k + hone_rng_below(rng, cols - k) : k, column = s->order[other];
        s->order[other] = s->order[k], s->order[k] = column;
        varies |= try_column(s, rows, column, rng, &cut, best);
    }
    if (cut.last != SIZE_MAX)
        best->gain = gain_of(s, cut.score);
    return cut.last != SIZE_MAX;
}
