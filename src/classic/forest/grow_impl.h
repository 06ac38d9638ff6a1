/* grow_impl.h -- what the files of growing share. */
#ifndef HONE_FOREST_GROW_IMPL_H
#define HONE_FOREST_GROW_IMPL_H

#include "classic/forest/grow.h"

/* A leaf that may be split. */
struct task {
    size_t node, begin, n, depth;
    double weight, value;
};

/* One that waits for its turn, the best first. */
struct waiting {
    struct task task;
    hone_tree_split split;
};

/* Rows with what is known of them: all, or copies of those of a small node. */
struct place {
    const uint8_t *bin;
    size_t row_step, column_step;
    double *y;     /* of values */
    uint32_t *row; /* in the order of the nodes, as is stat */
    hone_row_stat *stat;
};

struct hone_grower {
    const hone_grow_plan *plan;
    hone_splitter *splitter;
    struct place all, small;
    size_t local_rows; /* of `small`; 0: all rows are near */
    uint8_t *copy;     /* local_rows x stride: bins of `small` */
    uint32_t *right;   /* rows that go right, while they are parted; with their stat */
    hone_row_stat *right_stat;
    struct task *task;
    size_t n_tasks, room_tasks;
    struct waiting *heap;
    size_t n_heap, room_heap;
    double *answer;   /* width */
    uint32_t *words;  /* of a set of categories */
    hone_trees trees; /* one */
    /* of the tree that is grown */
    hone_trees_builder builder;
    hone_rng rng;
    double total, min_weight_leaf;
    size_t work, n_leaves;
    const hone_monitor *mon;
};

/* Adds a node of these rows to the tree; tells whether it may be split (grow_node.c). */
HONE_NODISCARD hone_status hone_grow_leaf(hone_grower *g, const struct place *at, struct task *t,
                                          bool *open, hone_error *err);
/* The best split of a node; false where there is none, or it wins too little. */
bool hone_grow_find(hone_grower *g, const struct place *at, const struct task *t,
                    hone_tree_split *split);
/* Splits a node; child (2) are its children and open whether they may be split. */
HONE_NODISCARD hone_status hone_grow_split(hone_grower *g, const struct place *at,
                                           const struct task *t, const hone_tree_split *split,
                                           struct task child[2], bool open[2], hone_error *err);

#endif
