/* grow_node.c -- one node of a tree: what it answers, what it asks, and how its rows part.
 *
 * Cost: O(rows x columns looked at). */
#include "classic/forest/grow_impl.h"

#include "core/parallel.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { POLL_WORK = 1 << 22 };

/* ---- leaves ---------------------------------------------------------------------------------- */

/* Shares of the classes, each times `part`; tells whether there is one class only. */
static bool answer_classes(hone_grower *g, const struct place *at, const struct task *t) {
    size_t k = g->plan->split.n_classes;
    double *out = g->answer;
    if (k <= 2) {
        out[0] = (t->weight - t->value) / t->weight * g->plan->part;
        if (k == 2)
            out[1] = t->value / t->weight * g->plan->part;
        return t->value == 0 || t->value == t->weight;
    }
    bool pure = false;
    memset(out, 0, k * sizeof *out);
    for (size_t i = t->begin; i < t->begin + t->n; i++)
        out[(size_t)at->stat[i].value] += at->stat[i].weight;
    for (size_t c = 0; c < k; c++) {
        pure |= out[c] == t->weight;
        out[c] = out[c] / t->weight * g->plan->part;
    }
    return pure;
}

/* The mean of the values, which the rows' stat have rounded. */
static bool answer_value(hone_grower *g, const struct place *at, const struct task *t) {
    double first = at->y[at->row[t->begin]], sum = 0;
    bool pure = true;
    for (size_t i = t->begin; i < t->begin + t->n; i++) {
        double d = at->y[at->row[i]] - first;
        pure &= d == 0;
        sum += at->stat[i].weight * d;
    }
    *g->answer = (first + sum / t->weight) * g->plan->part;
    return pure;
}

hone_status hone_grow_leaf(hone_grower *g, const struct place *at, struct task *t, bool *open,
                           hone_error *err) {
    const hone_grow_plan *plan = g->plan;
    bool pure = plan->y ? answer_value(g, at, t) : answer_classes(g, at, t);
    *open = !pure && t->n >= plan->min_samples_split && t->depth < plan->max_depth &&
            t->n / 2 >= plan->split.min_samples_leaf && t->weight >= 2 * g->min_weight_leaf;
    hone_node leaf = {.column = -1, .cover = (float)t->weight};
    g->work += t->n;
    return hone_trees_add(&g->builder, &leaf, g->answer, &t->node, err);
}

/* ---- splits ---------------------------------------------------------------------------------- */

bool hone_grow_find(hone_grower *g, const struct place *at, const struct task *t,
                    hone_tree_split *split) {
    const hone_grow_plan *plan = g->plan;
    hone_node_rows rows = {
        at->bin, at->row_step, at->column_step, at->stat + t->begin, at->row + t->begin, t->n};
    g->work += t->n * plan->split.max_features;
    if (!hone_split_find(g->splitter, &rows, t->weight, t->value, &g->rng, split))
        return false;
    split->gain = fmin(split->gain * plan->score_unit, FLT_MAX);
    return split->gain >= plan->min_impurity_decrease * g->total;
}

/* Parts the rows of a node; how many go left. */
static size_t part_rows(hone_grower *g, const struct place *at, const struct task *t,
                        const hone_tree_split *split) {
    const uint8_t *bin = at->bin + split->column * at->column_step;
    size_t step = at->row_step, n_left = 0, n_right = 0;
    uint32_t *row = at->row + t->begin, *right = g->right;
    hone_row_stat *stat = at->stat + t->begin, *right_stat = g->right_stat;
    for (size_t i = 0; i < t->n; i++) {
        size_t b = bin[row[i] * step];
        bool left = split->left[b / 64] >> b % 64 & 1;
        right[n_right] = row[n_left] = row[i];
        right_stat[n_right] = stat[n_left] = stat[i];
        n_left += left;
        n_right += !left;
    }
    memcpy(row + n_left, right, n_right * sizeof *row);
    memcpy(stat + n_left, right_stat, n_right * sizeof *stat);
    return n_left;
}

/* The codes that go left: those of the bins that do, and where missing values do all that have no
 * bin or were not met. How many words there are: those at the end that say what missing values
 * do are left out. */
static size_t write_set(hone_grower *g, const hone_tree_split *split, const uint64_t met[4]) {
    const hone_bin_column *col = g->plan->split.bins->column + split->column;
    size_t n = col->n_levels / 32 + 1;
    uint32_t rest = split->missing_left ? UINT32_MAX : 0;
    for (size_t i = 0; i < n; i++)
        g->words[i] = rest;
    for (size_t b = 0; b < col->n_bins; b++) {
        uint32_t code = (uint32_t)col->code[b], bit = (uint32_t)1 << code % 32;
        if (!(met[b / 64] >> b % 64 & 1))
            continue;
        if (split->left[b / 64] >> b % 64 & 1)
            g->words[code / 32] |= bit;
        else
            g->words[code / 32] &= ~bit;
    }
    while (n > 1 && g->words[n - 1] == rest)
        n--;
    return n;
}

static void find_met(const struct place *at, const struct task *t, size_t column, uint64_t met[4]) {
    memset(met, 0, 4 * sizeof *met);
    for (size_t i = t->begin; i < t->begin + t->n; i++) {
        size_t b = at->bin[at->row[i] * at->row_step + column * at->column_step];
        met[b / 64] |= (uint64_t)1 << b % 64;
    }
}

/* Writes the question into the node that is a leaf so far. */
static hone_status ask(hone_grower *g, const struct place *at, const struct task *t,
                       const hone_tree_split *split, hone_error *err) {
    uint64_t met[4];
    hone_node node = {.column = (int32_t)split->column,
                      .child = (int32_t)g->trees.n_nodes,
                      .missing_left = split->missing_left,
                      .threshold = split->threshold,
                      .gain = (float)split->gain};
    if (g->plan->split.bins->column[split->column].categorical) {
        find_met(at, t, split->column, met);
        node.set = g->words;
        node.n_set = write_set(g, split, met);
    }
    return hone_trees_split(&g->builder, t->node, &node, err);
}

hone_status hone_grow_split(hone_grower *g, const struct place *at, const struct task *t,
                            const hone_tree_split *split, struct task child[2], bool open[2],
                            hone_error *err) {
    hone_status status = ask(g, at, t, split, err);
    size_t n_left = part_rows(g, at, t, split);
    child[0] = (struct task){.begin = t->begin,
                             .n = n_left,
                             .depth = t->depth + 1,
                             .weight = split->left_weight,
                             .value = split->left_value};
    child[1] = (struct task){.begin = t->begin + n_left,
                             .n = t->n - n_left,
                             .depth = t->depth + 1,
                             .weight = t->weight - split->left_weight,
                             .value = t->value - split->left_value};
    for (int side = 0; side < 2 && status == HONE_OK; side++)
        status = hone_grow_leaf(g, at, child + side, open + side, err);
    g->n_leaves++;
    if (g->work >= POLL_WORK && status == HONE_OK)
        g->work = 0, status = hone_monitor_poll(g->mon, err);
    return status;
}
