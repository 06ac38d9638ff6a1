/* prune.c -- minimal cost-complexity pruning: of all subtrees with the root of a tree the smallest
 * that has the least  R(T) + alpha x leaves(T),  R the impurity of the leaves, weighted.
 *
 *     worth(t) = gain(t) / total - alpha + worth(left) + worth(right), but 0 where that is not > 0
 *
 * is how much lower this is with what grows below t than with a leaf there: children stand past
 * their parents, so one walk from the end finds it. Cost: O(nodes).
 * Reference: Breiman, Friedman, Olshen, Stone 1984, chapter 3. */
#include "classic/forest/grow.h"

#include "core/alloc.h"

/* A node as it was, or as a leaf. */
static hone_node node_of(const hone_trees *from, size_t i, bool stays) {
    hone_node node = {.column = -1, .cover = from->cover[i]};
    if (!stays)
        return node;
    int32_t rule = from->rule[i];
    node.column = from->column[i], node.threshold = from->threshold[i], node.gain = from->gain[i];
    node.missing_left = hone_rule_missing_left(rule);
    if (hone_rule_is_set(rule)) {
        const int32_t *set = from->words + hone_rule_set(rule);
        node.n_set = (size_t)set[0], node.set = (const uint32_t *)(set + 1);
    }
    return node;
}

/* old (nodes): the old number of each new node. Children are numbered when their parent is written,
 * so they come side by side and past it. */
static hone_status copy_kept(const hone_trees *from, const double *worth, int32_t *old,
                             hone_trees_builder *out, hone_error *err) {
    hone_status status = hone_trees_open(out, err);
    int32_t n = 1;
    for (int32_t i = 0; i < n && status == HONE_OK; i++) {
        size_t was = (size_t)old[i];
        hone_node node = node_of(from, was, worth[was] > 0);
        if (node.column >= 0) {
            node.child = n;
            old[n++] = from->child[was], old[n++] = from->child[was] + 1;
        }
        status = hone_trees_add(out, &node, from->value + was * from->width, NULL, err);
    }
    return status;
}

hone_status hone_tree_prune(const hone_trees *from, double alpha, double total,
                            hone_trees_builder *out, hone_error *err) {
    double *worth = NULL;
    int32_t *old = NULL;
    hone_status status = hone_new(&worth, from->n_nodes, err);
    if (status == HONE_OK)
        status = hone_new(&old, from->n_nodes, err);
    for (size_t i = from->n_nodes; i-- > 0 && status == HONE_OK;) {
        int32_t child = from->child[i];
        if (from->column[i] < 0)
            continue;
        double gain = (double)from->gain[i] / total - alpha + worth[child] + worth[child + 1];
        worth[i] = gain > 0 ? gain : 0;
    }
    if (status == HONE_OK)
        status = copy_kept(from, worth, old, out, err);
    hone_release(worth);
    hone_release(old);
    return status;
}
