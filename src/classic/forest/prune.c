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

/* Number of each node that stays, in worth's place: children side by side and past their parent. */
static hone_status copy_kept(const hone_trees *from, const double *worth, int32_t *place,
                             hone_trees_builder *out, hone_error *err) {
    hone_status status = hone_trees_open(out, err);
    int32_t next = 1;
    for (size_t i = 0; i < from->n_nodes && status == HONE_OK; i++) {
        hone_node node = {.column = -1, .cover = from->cover[i]};
        int32_t rule = from->rule[i], child = from->child[i];
        if (i > 0 && place[i] == 0)
            continue;
        if (worth[i] > 0) {
            node.column = from->column[i], node.child = next;
            node.threshold = from->threshold[i], node.gain = from->gain[i];
            node.missing_left = hone_rule_missing_left(rule);
            if (hone_rule_is_set(rule)) {
                const int32_t *set = from->words + hone_rule_set(rule);
                node.n_set = (size_t)set[0], node.set = (const uint32_t *)(set + 1);
            }
            place[child] = next++, place[child + 1] = next++;
        }
        status = hone_trees_add(out, &node, from->value + i * from->width, NULL, err);
    }
    return status;
}

hone_status hone_tree_prune(const hone_trees *from, double alpha, double total,
                            hone_trees_builder *out, hone_error *err) {
    double *worth = NULL;
    int32_t *place = NULL;
    hone_status status = hone_new(&worth, from->n_nodes, err);
    if (status == HONE_OK)
        status = hone_new(&place, from->n_nodes, err);
    for (size_t i = from->n_nodes; i-- > 0 && status == HONE_OK;) {
        int32_t child = from->child[i];
        if (from->column[i] < 0)
            continue;
        double gain = (double)from->gain[i] / total - alpha + worth[child] + worth[child + 1];
        worth[i] = gain > 0 ? gain : 0;
    }
    if (status == HONE_OK)
        status = copy_kept(from, worth, place, out, err);
    hone_release(worth);
    hone_release(place);
    return status;
}
