/* grower.c -- see grower.h. */
#include "classic/gbdt/grower.h"

#include "classic/gbdt/columns.h"
#include "classic/gbdt/partition.h"
#include "core/alloc.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

/* ---- memory ---------------------------------------------------------------------------------- */

enum { SLOT_BYTES = 1 << 28 }; /* histograms kept take no more; a node without is summed anew */

hone_status hone_gbdt_make(const hone_panels *panels, const hone_growth *growth, size_t rows,
                           hone_grower *out, hone_error *err) {
    size_t cols = panels->cols, bytes = cols * HONE_HISTOGRAM * sizeof(uint64_t);
    hone_status status;
    *out = (hone_grower){.panels = panels, .growth = *growth};
    out->most_slots = SLOT_BYTES / bytes + 3;
    if (growth->max_leaves < out->most_slots)
        out->most_slots = growth->max_leaves + 1;
    if ((status = hone_new(&out->row, rows, err)) ||
        (status = hone_new2(&out->spare, 2, rows, err)) ||
        (status = hone_new(&out->slot, out->most_slots, err)) ||
        (status = hone_new(&out->free_slot, out->most_slots, err)) ||
        (status = hone_new(&out->of_tree, cols, err)) ||
        (status = hone_new(&out->of_level, cols, err)) ||
        (status = hone_new2(&out->allowed, 2, cols, err)) ||
        (status = hone_new2(&out->best, 2, panels->n_panels, err)))
        return status;
    return HONE_OK;
}

void hone_gbdt_clear(hone_grower *grower) {
    for (size_t i = 0; grower->slot != NULL && i < grower->n_slots; i++)
        hone_release(grower->slot[i]);
    hone_release(grower->slot);
    hone_release(grower->free_slot);
    hone_release(grower->row);
    hone_release(grower->spare);
    hone_release(grower->node);
    hone_release(grower->queue);
    hone_release(grower->of_tree);
    hone_release(grower->of_level);
    hone_release(grower->allowed);
    hone_release(grower->best);
    *grower = (hone_grower){0};
}

static void give_slot(hone_grower *g, hone_grown *node) {
    if (node->slot >= 0)
        g->free_slot[g->n_free++] = node->slot;
    node->slot = -1;
}

/* Where no more may be had, a node far from its turn gives its own: it only spares a sum. */
static hone_status take_slot(hone_grower *g, long *out, hone_error *err) {
    if (g->n_free == 0 && g->n_slots < g->most_slots) {
        hone_status status = hone_new2(&g->slot[g->n_slots], g->panels->cols, HONE_HISTOGRAM, err);
        if (status != HONE_OK)
            return status;
        g->free_slot[g->n_free++] = (long)g->n_slots++;
    }
    for (size_t i = g->n_queue; g->n_free == 0 && i > 0; i--)
        give_slot(g, g->node + g->queue[i - 1]);
    *out = g->free_slot[--g->n_free];
    return HONE_OK;
}

static hone_status room_for_two(hone_grower *g, hone_error *err) {
    size_t room = g->room_nodes + g->room_nodes / 2 + 64;
    if (g->n_nodes + 2 <= g->room_nodes)
        return HONE_OK;
    hone_status status = hone_grow(&g->node, g->room_nodes, room, err);
    if (status == HONE_OK) {
        g->room_nodes = room;
        status = hone_grow(&g->queue, g->room_queue, room, err);
    }
    if (status == HONE_OK)
        g->room_queue = room;
    return status;
}

/* ---- what is next ---------------------------------------------------------------------------- */

static bool before(const hone_grower *g, size_t a, size_t b) {
    const hone_grown *x = g->node + a, *y = g->node + b;
    if (!g->growth.depthwise && x->split.gain != y->split.gain)
        return x->split.gain > y->split.gain;
    return a < b; /* older ones are no deeper */
}

static void push(hone_grower *g, size_t node) {
    size_t at = g->n_queue++;
    while (at > 0 && before(g, node, g->queue[(at - 1) / 2])) {
        g->queue[at] = g->queue[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    g->queue[at] = node;
}

static size_t pop(hone_grower *g) {
    size_t top = g->queue[0], last = g->queue[--g->n_queue], at = 0;
    for (size_t child; (child = 2 * at + 1) < g->n_queue; at = child) {
        if (child + 1 < g->n_queue && before(g, g->queue[child + 1], g->queue[child]))
            child++;
        if (before(g, last, g->queue[child]))
            break;
        g->queue[at] = g->queue[child];
    }
    g->queue[at] = last;
    return top;
}

/* ---- looking for questions ------------------------------------------------------------------- */

/* Two children, or the root alone (big is NULL). */
struct look {
    hone_grower *grower;
    hone_grown *small, *big;
    uint64_t *to_small, *to_big; /* histograms; to_big holds the parent's, if any */
    bool subtract, small_too;    /* is a question of the small one wanted? */
    size_t n;                    /* rows of the parent */
};

static void find_in(const struct look *look, const hone_grown *node, const uint64_t *histogram,
                    size_t column, const bool *allowed, hone_split *best) {
    const hone_grower *g = look->grower;
    hone_split_node known = {node->sums, node->low, node->high, g->layout};
    if (allowed[column])
        hone_gbdt_split_find(&g->growth.rules, &known, g->panels->info + column, column,
                             histogram + column * HONE_HISTOGRAM, best);
}

static hone_node_rows rows_of(const hone_grower *g, const hone_grown *node) {
    return (hone_node_rows){g->row + node->first, node->n, g->word, g->layout};
}

static hone_status look_at_panel(void *context, size_t number, hone_error *err) {
    const struct look *look = context;
    hone_grower *g = look->grower;
    const hone_panel *panel = g->panels->panel + number;
    hone_split *best = g->best + 2 * number;
    hone_node_rows rows = rows_of(g, look->small);
    (void)err;
    best[0] = best[1] = hone_gbdt_split_none(&g->growth.rules);
    hone_histogram_sum(g->panels, number, g->of_tree, &rows, look->to_small);
    if (look->big != NULL && !look->subtract) {
        rows = rows_of(g, look->big);
        hone_histogram_sum(g->panels, number, g->of_tree, &rows, look->to_big);
    }
    for (size_t j = panel->first; j < panel->first + panel->width; j++) {
        if (!g->of_tree[j])
            continue;
        if (look->subtract)
            hone_histogram_subtract(g->layout, g->panels->used[j],
                                    look->to_big + j * HONE_HISTOGRAM, look->n,
                                    look->to_small + j * HONE_HISTOGRAM, look->small->n);
        if (look->small_too)
            find_in(look, look->small, look->to_small, j, g->allowed, &best[0]);
        if (look->big != NULL)
            find_in(look, look->big, look->to_big, j, g->allowed + g->panels->cols, &best[1]);
    }
    return HONE_OK;
}

/* About so many cycles are worth a thread. */
enum { WORTH = 100000, BIN_CYCLES = 6 };

static hone_status look_at_panels(struct look *look, const hone_monitor *mon, hone_error *err) {
    hone_grower *g = look->grower;
    size_t work = look->small->n * g->panels->cols, bins = 0;
    hone_status status = HONE_OK;
    for (size_t j = 0; j < g->panels->cols; j++)
        bins += g->panels->used[j];
    if (work + bins * BIN_CYCLES > WORTH)
        return hone_parallel(g->panels->n_panels, look_at_panel, look, mon, err);
    for (size_t i = 0; i < g->panels->n_panels && status == HONE_OK; i++)
        status = look_at_panel(look, i, err);
    return status;
}

/* The best of all panels, the first one of equals; the node waits for its turn, if there is one. */
static void settle(hone_grower *g, hone_grown *node, size_t which) {
    node->split = hone_gbdt_split_none(&g->growth.rules);
    for (size_t i = 0; i < g->panels->n_panels; i++)
        if (g->best[2 * i + which].column >= 0 && g->best[2 * i + which].gain > node->split.gain)
            node->split = g->best[2 * i + which];
    if (node->split.column >= 0)
        push(g, (size_t)(node - g->node));
    else
        give_slot(g, node);
}

static bool may_split(const hone_grower *g, const hone_grown *node) {
    const hone_split_rules *rules = &g->growth.rules;
    return g->n_leaves < g->growth.max_leaves && node->depth < g->growth.max_depth &&
           node->n >= 2 * rules->min_rows && node->n >= 2 &&
           (double)node->sums.h * g->layout->h_unit >= 2 * rules->min_child_weight;
}

static hone_status look_at_root(hone_grower *g, const hone_monitor *mon, hone_error *err) {
    hone_grown *root = g->node;
    hone_status status = take_slot(g, &root->slot, err);
    if (status != HONE_OK)
        return status;
    hone_columns_allow(g, root, g->allowed);
    struct look look = {.grower = g, .small = root, .small_too = true, .n = root->n};
    look.to_small = g->slot[root->slot];
    if ((status = look_at_panels(&look, mon, err)) == HONE_OK)
        settle(g, root, 0);
    return status;
}

/* The children of a node whose histograms are in `slot` (or nowhere: -1). */
static hone_status look_at_children(hone_grower *g, hone_grown *left, size_t n, long slot,
                                    const hone_monitor *mon, hone_error *err) {
    bool left_small = left->n <= left[1].n;
    hone_grown *small = left_small ? left : left + 1, *big = left_small ? left + 1 : left;
    struct look look = {.grower = g, .small = small, .big = big, .n = n};
    hone_status status = HONE_OK;
    big->slot = slot;
    if (!may_split(g, big)) {
        give_slot(g, big);
        return HONE_OK;
    }
    if (slot < 0)
        status = take_slot(g, &big->slot, err);
    if (status == HONE_OK)
        status = take_slot(g, &small->slot, err);
    if (status != HONE_OK)
        return status;
    look.subtract = slot >= 0, look.small_too = may_split(g, small);
    look.to_small = g->slot[small->slot], look.to_big = g->slot[big->slot];
    hone_columns_allow(g, small, g->allowed);
    hone_columns_allow(g, big, g->allowed + g->panels->cols);
    if ((status = look_at_panels(&look, mon, err)) != HONE_OK)
        return status;
    settle(g, small, 0);
    settle(g, big, 1);
    return HONE_OK;
}

/* ---- splitting ------------------------------------------------------------------------------- */

/* Values of children of a monotone split lie on either side of the middle of the two. */
static void limit_children(const hone_grower *g, const hone_grown *node, hone_grown *left) {
    const hone_split_rules *rules = &g->growth.rules;
    int8_t rises = rules->monotonic ? rules->monotonic[node->split.column] : 0;
    double value[2];
    if (rises == 0)
        return;
    for (size_t i = 0; i < 2; i++)
        value[i] = hone_gbdt_split_value(rules, (double)left[i].sums.g * g->layout->g_unit,
                                         (double)left[i].sums.h * g->layout->h_unit, node->low,
                                         node->high);
    double middle = (value[0] + value[1]) / 2;
    left[rises > 0 ? 0 : 1].high = middle;
    left[rises > 0 ? 1 : 0].low = middle;
}

static void make_children(hone_grower *g, size_t number, size_t n_left) {
    hone_grown *node = g->node + number, *left = g->node + g->n_nodes;
    uint64_t groups = node->groups;
    if (g->growth.groups != NULL)
        groups &= g->growth.groups[node->split.column];
    for (size_t i = 0; i < 2; i++)
        left[i] = (hone_grown){.split = hone_gbdt_split_none(&g->growth.rules),
                               .low = node->low,
                               .high = node->high,
                               .depth = node->depth + 1,
                               .groups = groups,
                               .slot = -1};
    left[0].first = node->first, left[0].n = n_left;
    left[1].first = node->first + n_left, left[1].n = node->n - n_left;
    left[0].sums = node->split.left;
    left[1].sums = (hone_sums){node->sums.g - left->sums.g, node->sums.h - left->sums.h,
                               node->sums.rows - left->sums.rows};
    limit_children(g, node, left);
    node->child = g->n_nodes;
    g->n_nodes += 2;
    g->n_leaves++;
}

static hone_status split(hone_grower *g, size_t number, const hone_monitor *mon, hone_error *err) {
    uint8_t goes_left[256];
    size_t n_left = 0;
    hone_status status = room_for_two(g, err);
    if (status != HONE_OK)
        return status;
    hone_grown *node = g->node + number;
    size_t column = (size_t)node->split.column, missing = g->panels->info[column].n_bins;
    for (size_t b = 0; b < 256; b++)
        goes_left[b] = hone_gbdt_split_goes_left(&node->split, missing, b);
    status = hone_partition(g->panels->column + column * g->panels->rows, goes_left,
                            g->row + node->first, node->n, g->spare, &n_left, mon, err);
    if (status != HONE_OK)
        return status;
    make_children(g, number, n_left);
    long slot = node->slot;
    node->slot = -1;
    return look_at_children(g, g->node + node->child, node->n, slot, mon, err);
}

static hone_sums sum_words(const hone_grower *g, size_t n) {
    hone_sums sums = {0, 0, 0};
    for (size_t first = 0, end; first < n; first = end) {
        uint64_t word = 0;
        end = n - first < g->layout->most ? n : first + g->layout->most;
        for (size_t i = first; i < end; i++)
            word += g->word[g->row[i]];
        hone_sums part = hone_word_sums(g->layout->flat, word);
        sums.g += part.g, sums.h += part.h, sums.rows += part.rows;
    }
    return sums;
}

static void begin_tree(hone_grower *g, size_t n) {
    for (size_t i = 0; i < g->n_slots; i++)
        g->free_slot[i] = (long)i;
    g->n_free = g->n_slots, g->n_queue = 0, g->n_nodes = 1, g->n_leaves = 1;
    g->node[0] = (hone_grown){.split = hone_gbdt_split_none(&g->growth.rules),
                              .n = n,
                              .sums = sum_words(g, n),
                              .low = -INFINITY,
                              .high = INFINITY,
                              .groups = UINT64_MAX,
                              .slot = -1};
    hone_columns_of_tree(g);
}

hone_status hone_gbdt_grow(hone_grower *grower, const uint64_t *word, const hone_layout *layout,
                           size_t n, uint64_t tree, const hone_monitor *mon, hone_error *err) {
    hone_status status = HONE_OK;
    grower->word = word, grower->layout = layout, grower->tree = tree;
    if (grower->room_nodes == 0 && (status = room_for_two(grower, err)) != HONE_OK)
        return status;
    begin_tree(grower, n);
    if (may_split(grower, grower->node))
        status = look_at_root(grower, mon, err);
    while (status == HONE_OK && grower->n_queue > 0 &&
           grower->n_leaves < grower->growth.max_leaves) {
        status = hone_monitor_poll(mon, err);
        if (status == HONE_OK)
            status = split(grower, pop(grower), mon, err);
    }
    while (grower->n_queue > 0) /* those that never had their turn are leaves */
        grower->node[grower->queue[--grower->n_queue]].split.column = -1;
    return status;
}

size_t hone_grown_leaf(const hone_panels *panels, const hone_grown *node, size_t row) {
    size_t at = 0;
    while (node[at].split.column >= 0) {
        size_t column = (size_t)node[at].split.column;
        bool left = hone_gbdt_split_goes_left(&node[at].split, panels->info[column].n_bins,
                                              panels->column[column * panels->rows + row]);
        at = node[at].child + !left;
    }
    return at;
}
