/* grower.h -- one tree: which node is split next, by which question, and what that leaves to do.
 *
 * Leaf by leaf (lossguide) the node with the largest gain is next, level by level (depthwise) the
 * oldest. Of two children the smaller one's histograms are summed, the other's are what is left of
 * their parent's. A grower keeps its memory from tree to tree.
 * Cost: O(rows x columns) for the smaller children of all splits, O(bins x columns) for each. */
#ifndef HONE_GBDT_GROWER_H
#define HONE_GBDT_GROWER_H

#include "classic/gbdt/splitter.h"

typedef struct hone_growth {
    hone_split_rules rules;
    size_t max_leaves, max_depth; /* SIZE_MAX: no limit */
    bool depthwise;
    double by_tree, by_level, by_node; /* shares of columns; 1: all */
    uint64_t seed;
    const uint64_t *groups; /* cols: sets of interacting columns it is in, a bit each; or NULL */
} hone_growth;

typedef struct hone_grown {
    hone_split split; /* column -1: a leaf */
    size_t child;     /* the left one; the right one is next to it */
    size_t first, n;  /* its rows, in grower->row */
    hone_sums sums;
    double low, high; /* limits of its value */
    size_t depth;
    uint64_t groups;    /* sets that still hold all columns asked about */
    long slot;          /* of its histograms, or -1 */
    double g, h, value; /* true sums, and what it gives (leaves.c) */
} hone_grown;

typedef struct hone_grower {
    const hone_panels *panels;
    hone_growth growth;
    const uint64_t *word;
    const hone_layout *layout;
    uint32_t *row, *spare; /* rows in the order of nodes; 2 x rows */
    hone_grown *node;
    size_t n_nodes, room_nodes, n_leaves;
    size_t *queue, n_queue, room_queue; /* a heap of nodes to split */
    uint64_t **slot;                    /* histograms of a node: cols x HONE_HISTOGRAM words */
    size_t n_slots, most_slots;
    long *free_slot;
    size_t n_free;
    bool *of_tree, *of_level, *allowed; /* cols; cols; 2 x cols */
    hone_split *best;                   /* 2 x panels */
    uint64_t tree;                      /* number of the tree, for random numbers */
} hone_grower;

/* panels and growth.groups are borrowed. rows: the most that a tree gets. HONE_ENOMEM: the grower
 * must be cleared all the same. */
HONE_NODISCARD hone_status hone_gbdt_make(const hone_panels *panels, const hone_growth *growth,
                                          size_t rows, hone_grower *out, hone_error *err);
/* Grows a tree over the first n rows in grower->row, which get the order of the nodes. Leaves have
 * no value yet. */
HONE_NODISCARD hone_status hone_gbdt_grow(hone_grower *grower, const uint64_t *word,
                                          const hone_layout *layout, size_t n, uint64_t tree,
                                          const hone_monitor *mon, hone_error *err);
void hone_gbdt_clear(hone_grower *grower);

/* The leaf that a row reaches. */
size_t hone_grown_leaf(const hone_panels *panels, const hone_grown *node, size_t row);

#endif
