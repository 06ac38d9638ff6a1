/* predict.c -- answers of an ensemble, row by row.
 *
 *     F_k(x) = base_k + value[leaf of x in tree first] + ... + value[leaf of x in tree end - 1]
 *
 * always summed in the order of the trees, so that the cut of the rows changes no bit.
 * Shapes: see trees.h.   Cost: O(rows trees depth), no memory. */
#include "classic/trees/trees.h"

#include <string.h>

/* The leaf of the tree that begins at `start`, counted from there. */
static size_t leaf_of(const hone_trees *t, size_t start, const double *x) {
    size_t i = 0;
    while (t->column[start + i] >= 0) {
        bool left = hone_goes_left(t, start + i, x[t->column[start + i]]);
        i = (size_t)t->child[start + i] + !left;
    }
    return i;
}

static void add_leaf(const hone_trees *t, size_t tree, const double *x, double *out) {
    size_t start = (size_t)t->start[tree];
    const double *value = t->value + (start + leaf_of(t, start, x)) * t->width;
    if (t->width == 1) {
        out[tree % t->n_outputs] += *value;
        return;
    }
    for (size_t k = 0; k < t->width; k++)
        out[k] += value[k];
}

hone_status hone_trees_predict(const hone_trees *trees, hone_view x, size_t first, size_t end,
                               double *out, hone_error *err) {
    (void)err;
    size_t outputs = trees->n_outputs;
    end = end < trees->n_trees ? end : trees->n_trees;
    for (size_t i = 0; i < x.rows; i++) {
        memcpy(out + i * outputs, trees->base, outputs * sizeof *out);
        for (size_t tree = first; tree < end; tree++)
            add_leaf(trees, tree, hone_view_row(x, i), out + i * outputs);
    }
    return HONE_OK;
}

void hone_trees_leaves(const hone_trees *trees, hone_view x, int32_t *out) {
    for (size_t i = 0; i < x.rows; i++)
        for (size_t tree = 0; tree < trees->n_trees; tree++)
            out[i * trees->n_trees + tree] =
                (int32_t)leaf_of(trees, (size_t)trees->start[tree], hone_view_row(x, i));
}
