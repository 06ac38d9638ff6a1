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

/* Is lining up n_trees worth its while? Not for a few rows, nor when more nodes are lined up than
 * the rows meet. */
static bool many(const hone_trees *t, size_t rows, size_t n_trees) {
    return rows >= 16 && rows * n_trees >= t->n_nodes / 8;
}

/* Rows that are laid out together: blocks of HONE_PLAN_ROWS, all planes of the first one first. A
 * large tree goes over all of them while it is in the cache; small ones go over each block, one
 * after the other, while the block is. */
struct stretch {
    size_t rows;
    hone_planes *blocks;
    double *numbers;
    uint64_t *codes;
};

/* A block of the wrapper and its planes: about what stays in the second-level cache. */
enum { STRETCH_NUMBERS = 1 << 17 };

static size_t stretch_blocks(const hone_trees_plan *plan, size_t rows) {
    size_t planes = plan->n_numbers + plan->n_codes;
    size_t most = STRETCH_NUMBERS / (planes * HONE_PLAN_ROWS);
    size_t need = (rows + HONE_PLAN_ROWS - 1) / HONE_PLAN_ROWS;
    if (plan->n_steps == 0 || most == 0) /* nothing is gained by more than the first cache holds */
        return 1;
    return need < most ? need : most;
}

static hone_status new_stretch(const hone_trees_plan *plan, size_t n, struct stretch *out,
                               hone_error *err) {
    size_t numbers = plan->n_numbers * HONE_PLAN_ROWS, codes = plan->n_codes * HONE_PLAN_ROWS;
    hone_status status;
    if ((status = hone_new(&out->blocks, n, err)) != HONE_OK ||
        (status = hone_new2(&out->numbers, n, numbers, err)) != HONE_OK ||
        (status = hone_new2(&out->codes, n, codes, err)) != HONE_OK)
        return status;
    for (size_t b = 0; b < n; b++)
        out->blocks[b] = (hone_planes){out->numbers + b * numbers, out->codes + b * codes};
    return HONE_OK;
}

static void free_stretch(struct stretch *stretch) {
    hone_release(stretch->blocks);
    hone_release(stretch->numbers);
    hone_release(stretch->codes);
}

static size_t rows_from(size_t rows, size_t first) {
    return rows - first < HONE_PLAN_ROWS ? rows - first : HONE_PLAN_ROWS;
}

static void fill_stretch(const hone_trees_plan *plan, hone_view x, struct stretch *stretch) {
    stretch->rows = x.rows;
    for (size_t i = 0; i < x.rows; i += HONE_PLAN_ROWS)
        hone_planes_fill(plan, hone_view_rows(x, i, rows_from(x.rows, i)),
                         &stretch->blocks[i / HONE_PLAN_ROWS]);
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

/* Trees first .. end-1 over all blocks, block by block. */
static void add_trees(const hone_trees_plan *plan, size_t first, size_t end,
                      const struct stretch *stretch, double *out) {
    uint64_t leaf[HONE_PLAN_ROWS];
    for (size_t i = 0; i < stretch->rows; i += HONE_PLAN_ROWS)
        for (size_t tree = first; tree < end; tree++) {
            const hone_plan_tree *t = &plan->tree[tree - plan->first];
            size_t rows = rows_from(stretch->rows, i);
            (t->steps ? hone_plan_walk
                      : hone_plan_ask)(plan, t, &stretch->blocks[i / HONE_PLAN_ROWS], rows, leaf);
            add_leaves(plan->trees, tree, leaf, rows, out + i * plan->trees->n_outputs);
        }
}

static void predict_stretch(const hone_trees_plan *plan, const struct stretch *stretch,
                            double *out) {
    const hone_trees *t = plan->trees;
    for (size_t i = 0; i < stretch->rows; i++)
        memcpy(out + i * t->n_outputs, t->base, t->n_outputs * sizeof *out);
    for (size_t tree = plan->first, end; tree < plan->end; tree = end) {
        for (end = tree; end < plan->end && !plan->tree[end - plan->first].steps;)
            end++;
        end += end == tree; /* a large one alone, or all small ones up to the next large one */
        add_trees(plan, tree, end, stretch, out);
    }
}

static hone_status predict_plan(const hone_trees_plan *plan, hone_view x, double *out,
                                hone_error *err) {
    struct stretch stretch = {0};
    size_t n = stretch_blocks(plan, x.rows), most = n * HONE_PLAN_ROWS;
    hone_status status = new_stretch(plan, n, &stretch, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i += most) {
        hone_view rows = hone_view_rows(x, i, x.rows - i < most ? x.rows - i : most);
        fill_stretch(plan, rows, &stretch);
        predict_stretch(plan, &stretch, out + i * plan->trees->n_outputs);
    }
    free_stretch(&stretch);
    return status;
}

hone_status hone_trees_predict(const hone_trees *trees, hone_view x, size_t first, size_t end,
                               double *out, hone_error *err) {
    hone_trees_plan *plan = trees->plan, *own = NULL;
    hone_status status = HONE_OK;
    end = end < trees->n_trees ? end : trees->n_trees;
    if (!plan || plan->first != first || plan->end != end) {
        if (!many(trees, x.rows, end - first)) {
            predict_rows(trees, x, first, end, out);
            return HONE_OK;
        }
        status = hone_plan_make(trees, first, end, &own, err);
        plan = own;
    }
    if (status == HONE_OK)
        status = predict_plan(plan, x, out, err);
    hone_plan_free(own);
    return status;
}

hone_status hone_trees_ready(const void *params, void *state, size_t rows, hone_error *err) {
    hone_trees *trees = state;
    (void)params;
    return many(trees, rows, trees->n_trees)
               ? hone_plan_make(trees, 0, trees->n_trees, &trees->plan, err)
               : HONE_OK;
}

void hone_trees_unready(void *state) {
    hone_trees *trees = state;
    hone_plan_free(trees->plan);
    trees->plan = NULL;
}

void hone_trees_leaves(const hone_trees *trees, hone_view x, int32_t *out) {
    for (size_t i = 0; i < x.rows; i++)
        for (size_t tree = 0; tree < trees->n_trees; tree++)
            out[i * trees->n_trees + tree] =
                (int32_t)leaf_of(trees, (size_t)trees->start[tree], hone_view_row(x, i));
}
