/* grow.c -- see grow.h: nodes are split depth first, or the best one first (max_leaf_nodes).
 *
 * The rows of a node lie side by side in one index, ascending; a split parts them in place, the
 * order kept. Where a node has become small, the bins of its rows are copied together, and its
 * whole subtree is grown within the first-level cache.
 * Cost: O(rows x columns looked at x depth) per tree; memory 44 bytes per row and thread. */
#include "classic/forest/grow_impl.h"

#include "core/alloc.h"

#include <string.h>

enum { LOCAL_BYTES = 16384, LOCAL_ROWS = 512, FIRST_NODES = 64 };
enum { STREAM_GROW = 0xF0E57 };

static size_t most_words(const hone_bins *bins) {
    size_t most = 0;
    for (size_t j = 0; j < bins->cols; j++)
        if (bins->column[j].categorical && bins->column[j].n_levels > most)
            most = bins->column[j].n_levels;
    return most / 32 + 1;
}

static size_t local_rows(const hone_bins *bins) {
    size_t n = LOCAL_BYTES / bins->stride;
    return n < 16 ? 16 : n > LOCAL_ROWS ? (size_t)LOCAL_ROWS : n;
}

bool hone_grow_near(const hone_bins *bins) {
    return bins->rows <= local_rows(bins);
}

/* Place for copies; where all rows are near there is no need of it. */
static hone_status make_small(hone_grower *g, hone_error *err) {
    const hone_bins *bins = g->plan->split.bins;
    size_t stride = bins->stride;
    hone_status status;
    if (hone_grow_near(bins)) {
        g->all.bin = bins->bin, g->all.row_step = stride, g->all.column_step = 1;
        return HONE_OK;
    }
    g->local_rows = local_rows(bins);
    if ((status = hone_new2(&g->copy, g->local_rows, stride, err)) == HONE_OK &&
        (status = hone_new(&g->small.stat, g->local_rows, err)) == HONE_OK &&
        (status = hone_new(&g->small.y, g->local_rows, err)) == HONE_OK)
        status = hone_new(&g->small.row, g->local_rows, err);
    g->small.bin = g->copy, g->small.row_step = stride, g->small.column_step = 1;
    return status;
}

hone_status hone_grower_make(const hone_grow_plan *plan, hone_grower **out, hone_error *err) {
    hone_grower *g = NULL;
    size_t n = plan->split.bins->rows;
    hone_status status = hone_new(&g, 1, err);
    if (status != HONE_OK)
        return status;
    g->plan = plan;
    g->all.bin = plan->column, g->all.row_step = 1, g->all.column_step = n;
    g->all.y = (double *)plan->y;
    if ((status = hone_splitter_make(&plan->split, &g->splitter, err)) == HONE_OK &&
        (status = hone_new(&g->all.stat, n, err)) == HONE_OK &&
        (status = hone_new(&g->all.row, n, err)) == HONE_OK &&
        (status = hone_new(&g->right, n, err)) == HONE_OK &&
        (status = hone_new(&g->right_stat, n, err)) == HONE_OK &&
        (status = make_small(g, err)) == HONE_OK &&
        (status = hone_new(&g->words, most_words(plan->split.bins), err)) == HONE_OK)
        status = hone_new(&g->answer, hone_grow_width(plan), err);
    if (status == HONE_OK)
        *out = g, g = NULL;
    hone_grower_free(g);
    return status;
}

void hone_grower_free(hone_grower *g) {
    if (g == NULL)
        return;
    hone_splitter_free(g->splitter);
    hone_release(g->all.stat);
    hone_release(g->all.row);
    hone_release(g->right);
    hone_release(g->right_stat);
    hone_release(g->copy);
    hone_release(g->small.stat);
    hone_release(g->small.y);
    hone_release(g->small.row);
    hone_release(g->task);
    hone_release(g->heap);
    hone_release(g->words);
    hone_release(g->answer);
    hone_trees_clear(&g->trees);
    hone_release(g);
}

/* ---- depth first ----------------------------------------------------------------------------- */

static hone_status push(hone_grower *g, const struct task *t, hone_error *err) {
    if (g->n_tasks == g->room_tasks) {
        size_t room = 2 * g->room_tasks + 64;
        hone_status status = hone_grow(&g->task, g->room_tasks, room, err);
        if (status != HONE_OK)
            return status;
        g->room_tasks = room;
    }
    g->task[g->n_tasks++] = *t;
    return HONE_OK;
}

static hone_status split_next(hone_grower *g, const struct place *at, hone_error *err) {
    struct task t = g->task[--g->n_tasks], child[2];
    hone_tree_split split;
    bool open[2];
    if (!hone_grow_find(g, at, &t, &split))
        return HONE_OK;
    hone_status status = hone_grow_split(g, at, &t, &split, child, open, err);
    for (int side = 1; side >= 0 && status == HONE_OK; side--)
        if (open[side])
            status = push(g, child + side, err);
    return status;
}

/* Grows the subtree of the last task on a copy of its rows. */
static hone_status grow_small(hone_grower *g, hone_error *err) {
    struct task *t = g->task + g->n_tasks - 1;
    size_t stride = g->plan->split.bins->stride, base = g->n_tasks - 1;
    const uint8_t *bin = g->plan->split.bins->bin;
    struct place *to = &g->small;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < t->n; i++) {
        size_t row = g->all.row[t->begin + i];
        memcpy(g->copy + i * stride, bin + row * stride, stride);
        to->stat[i] = g->all.stat[t->begin + i];
        to->row[i] = (uint32_t)i;
        if (g->all.y != NULL)
            to->y[i] = g->all.y[row];
    }
    t->begin = 0;
    while (g->n_tasks > base && status == HONE_OK)
        status = split_next(g, to, err);
    return status;
}

static hone_status grow_down(hone_grower *g, hone_error *err) {
    hone_status status = HONE_OK;
    while (g->n_tasks > 0 && status == HONE_OK)
        status = g->task[g->n_tasks - 1].n <= g->local_rows ? grow_small(g, err)
                                                            : split_next(g, &g->all, err);
    return status;
}

/* ---- the best first -------------------------------------------------------------------------- */

/* The one that wins more, of equal ones the one that came first. */
static bool before(const struct waiting *a, const struct waiting *b) {
    return a->split.gain != b->split.gain ? a->split.gain > b->split.gain
                                          : a->task.node < b->task.node;
}

static hone_status wait_for_turn(hone_grower *g, const struct task *t, hone_error *err) {
    struct waiting item = {.task = *t};
    hone_status status = HONE_OK;
    if (!hone_grow_find(g, &g->all, t, &item.split))
        return HONE_OK;
    if (g->n_heap == g->room_heap) {
        size_t room = 2 * g->room_heap + 64;
        if ((status = hone_grow(&g->heap, g->room_heap, room, err)) != HONE_OK)
            return status;
        g->room_heap = room;
    }
    size_t i = g->n_heap++;
    for (; i > 0 && before(&item, g->heap + (i - 1) / 2); i = (i - 1) / 2)
        g->heap[i] = g->heap[(i - 1) / 2];
    g->heap[i] = item;
    return HONE_OK;
}

static struct waiting take_best(hone_grower *g) {
    struct waiting best = g->heap[0], last = g->heap[--g->n_heap];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= g->n_heap)
            break;
        if (child + 1 < g->n_heap && before(g->heap + child + 1, g->heap + child))
            child++;
        if (!before(g->heap + child, &last))
            break;
        g->heap[i] = g->heap[child], i = child;
    }
    g->heap[i] = last;
    return best;
}

static hone_status grow_best(hone_grower *g, hone_error *err) {
    hone_status status = HONE_OK;
    if (g->n_tasks > 0)
        status = wait_for_turn(g, &g->task[--g->n_tasks], err);
    while (g->n_heap > 0 && g->n_leaves < g->plan->max_leaf_nodes && status == HONE_OK) {
        struct waiting w = take_best(g);
        struct task child[2];
        bool open[2];
        status = hone_grow_split(g, &g->all, &w.task, &w.split, child, open, err);
        for (int side = 0; side < 2 && status == HONE_OK; side++)
            if (open[side])
                status = wait_for_turn(g, child + side, err);
    }
    return status;
}

/* ---- a tree ---------------------------------------------------------------------------------- */

/* The rows that were drawn, and their sums. */
static struct task gather(hone_grower *g, const uint32_t *count) {
    const hone_grow_plan *plan = g->plan;
    struct task root = {.n = 0};
    for (size_t i = 0; i < plan->split.bins->rows; i++) {
        double times = count != NULL ? count[i] : 1;
        hone_row_stat stat = plan->stat[i];
        stat.weight *= times;
        if (hone_in_pairs(&plan->split))
            stat.value *= times;
        g->all.stat[root.n] = stat;
        g->all.row[root.n] = (uint32_t)i;
        root.n += times > 0;
        root.weight += stat.weight;
        root.value += times > 0 ? stat.value : 0;
    }
    return root;
}

static hone_status begin_tree(hone_grower *g, hone_error *err) {
    size_t width = hone_grow_width(g->plan);
    if (g->builder.trees == NULL) {
        hone_status status = hone_trees_begin(&g->trees, width, width, err);
        g->builder = hone_trees_build(&g->trees);
        if (status == HONE_OK)
            status = hone_trees_reserve(&g->builder, 1, FIRST_NODES, 0, err);
        if (status != HONE_OK)
            return status;
    }
    hone_trees_cut(&g->trees, 0);
    g->trees.n_words = 0;
    g->n_tasks = g->n_heap = 0;
    g->n_leaves = 1;
    return hone_trees_open(&g->builder, err);
}

hone_status hone_grow_tree(hone_grower *g, const uint32_t *count, size_t number,
                           const hone_monitor *mon, hone_trees_builder *out, hone_error *err) {
    const hone_grow_plan *plan = g->plan;
    struct task root = gather(g, count);
    bool open = false;
    g->mon = mon;
    g->rng = hone_rng_at(plan->seed, hone_rng_stream(STREAM_GROW, number));
    g->total = root.weight;
    g->min_weight_leaf = plan->min_weight_fraction_leaf * root.weight;
    hone_splitter_begin(g->splitter, g->min_weight_leaf);
    hone_status status = begin_tree(g, err);
    if (status == HONE_OK)
        status = hone_grow_leaf(g, &g->all, &root, &open, err);
    if (status == HONE_OK && open)
        status = push(g, &root, err);
    if (status == HONE_OK)
        status = plan->max_leaf_nodes == SIZE_MAX ? grow_down(g, err) : grow_best(g, err);
    if (status != HONE_OK)
        return status;
    return plan->ccp_alpha > 0 ? hone_tree_prune(&g->trees, plan->ccp_alpha, g->total, out, err)
                               : hone_trees_append(out, &g->trees, err);
}
