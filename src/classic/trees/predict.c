/* predict.c -- answers of an ensemble.
 *
 *     F_k(x) = base_k + value[leaf of x in tree first] + ... + value[leaf of x in tree end - 1]
 *
 * always summed in the order of the trees, so that the cut of the rows changes no bit. A few rows
 * walk down the trees as they are; for many the ensemble is lined up first (plan.h).
 * Shapes: see trees.h.   Cost: O(rows trees depth); a few rows without memory. */
#include "classic/trees/plan.h"

#include "core/alloc.h"

#include <string.h>

/* ---- one row --------------------------------------------------------------------------------- */

/* The leaf of the tree that begins at `start`, counted from there. */
static size_t leaf_of(const hone_trees *t, size_t start, const double *x) {
    size_t i = 0;
    while (t->column[start + i] >= 0) {
        bool left = hone_goes_left(t, start + i, x[t->column[start + i]]);
        i = (size_t)t->child[start + i] + !left;
    }
    return i;
}

/* out (n_outputs) += what a node of the tree gives. */
static void add_value(const hone_trees *t, size_t tree, size_t node, double *out) {
    const double *value = t->value + node * t->width;
    if (t->width == 1) {
        out[tree % t->n_outputs] += *value;
        return;
    }
    for (size_t k = 0; k < t->width; k++)
        out[k] += value[k];
}

static void predict_rows(const hone_trees *t, hone_view x, size_t first, size_t end, double *out) {
    for (size_t i = 0; i < x.rows; i++, out += t->n_outputs) {
        memcpy(out, t->base, t->n_outputs * sizeof *out);
        for (size_t tree = first; tree < end; tree++) {
            size_t start = (size_t)t->start[tree];
            add_value(t, tree, start + leaf_of(t, start, hone_view_row(x, i)), out);
        }
    }
}

/* ---- many rows ------------------------------------------------------------------------------- */

/* Is lining up n_trees worth its while? It takes about as long for a node as a row for two trees
 * and a half. */
static bool many(const hone_trees *t, size_t rows, size_t n_trees) {
    return rows >= 16 && rows * n_trees >= t->n_nodes / 4;
}

static hone_status new_planes(const hone_trees_plan *plan, hone_planes *planes, hone_error *err) {
    hone_status status = hone_new2(&planes->numbers, plan->n_numbers, HONE_PLAN_ROWS, err);
    return status ? status : hone_new2(&planes->codes, plan->n_codes, HONE_PLAN_ROWS, err);
}

static void free_planes(hone_planes *planes) {
    hone_release(planes->numbers);
    hone_release(planes->codes);
}

/* leaf (HONE_PLAN_ROWS): leaves of a tree, for rows that are laid out. */
static void find_leaves(const hone_trees_plan *plan, size_t tree, const hone_planes *planes,
                        size_t rows, uint64_t *leaf) {
    const hone_plan_tree *t = &plan->tree[tree - plan->first];
    (t->steps ? hone_plan_walk : hone_plan_ask)(plan, t, planes, (rows + 15) / 16 * 16, leaf);
}

/* out (rows x n_outputs) += what the leaves of a tree give. */
static void add_leaves(const hone_trees *t, size_t tree, const uint64_t *leaf, size_t rows,
                       double *out) {
    size_t width = t->width, outputs = t->n_outputs;
    const double *value = t->value + (size_t)t->start[tree] * width;
    if (width == 1) {
        out += tree % outputs;
        for (size_t i = 0; i < rows; i++)
            out[i * outputs] += value[leaf[i]];
        return;
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < width; k++)
            out[i * width + k] += value[leaf[i] * width + k];
}

static void predict_block(const hone_trees_plan *plan, const hone_planes *planes, size_t rows,
                          double *out) {
    const hone_trees *t = plan->trees;
    uint64_t leaf[HONE_PLAN_ROWS];
    for (size_t i = 0; i < rows; i++)
        memcpy(out + i * t->n_outputs, t->base, t->n_outputs * sizeof *out);
    for (size_t tree = plan->first; tree < plan->end; tree++) {
        find_leaves(plan, tree, planes, rows, leaf);
        add_leaves(t, tree, leaf, rows, out);
    }
}

static size_t block_end(hone_view x, size_t first) {
    return x.rows - first < HONE_PLAN_ROWS ? x.rows - first : HONE_PLAN_ROWS;
}

static hone_status predict_plan(const hone_trees_plan *plan, hone_view x, double *out,
                                hone_error *err) {
    hone_planes planes = {NULL, NULL};
    hone_status status = new_planes(plan, &planes, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i += HONE_PLAN_ROWS) {
        hone_view rows = hone_view_rows(x, i, block_end(x, i));
        hone_planes_fill(plan, rows, &planes);
        predict_block(plan, &planes, rows.rows, out + i * plan->trees->n_outputs);
    }
    free_planes(&planes);
    return status;
}

hone_status hone_trees_predict(const hone_trees *trees, hone_view x, size_t first, size_t end,
                               double *out, hone_error *err) {
    hone_trees_plan *plan = NULL;
    end = end < trees->n_trees ? end : trees->n_trees;
    if (!many(trees, x.rows, end - first)) {
        predict_rows(trees, x, first, end, out);
        return HONE_OK;
    }
    hone_status status = hone_plan_make(trees, first, end, &plan, err);
    if (status == HONE_OK)
        status = predict_plan(plan, x, out, err);
    hone_plan_free(plan);
    return status;
}

void hone_trees_leaves(const hone_trees *trees, hone_view x, int32_t *out) {
    for (size_t i = 0; i < x.rows; i++)
        for (size_t tree = 0; tree < trees->n_trees; tree++)
            out[i * trees->n_trees + tree] =
                (int32_t)leaf_of(trees, (size_t)trees->start[tree], hone_view_row(x, i));
}
