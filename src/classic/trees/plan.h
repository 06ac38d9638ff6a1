/* plan.h -- an ensemble lined up for many rows.
 *
 * Rows are answered in blocks of HONE_PLAN_ROWS. First the columns that are asked about are laid
 * out as planes (planes.c), in which each question of the ensemble is one comparison; then tree
 * after tree goes over the block, a small one by masks (masks.c), a large one by steps (walk.c).
 *
 * A tree of at most 64 leaves is all asked at once (QuickScorer, Lucchese et al. 2015): its leaves
 * are numbered from left to right, and every question that a row answers by "no" strikes out the
 * leaves on its left. The first leaf left is the row's, whatever the order of the questions: no
 * branch, no load that hangs on another, eight rows to a register. */
#ifndef HONE_CLASSIC_TREES_PLAN_H
#define HONE_CLASSIC_TREES_PLAN_H

#include "classic/trees/trees.h"

enum {
    HONE_PLAN_ROWS = 128,  /* rows whose planes stay in the first cache */
    HONE_PLAN_LEAVES = 64, /* of a tree that is asked by masks: bits of a word */
    HONE_PLAN_ASKS = 4     /* questions that one pass over the rows answers */
};

/* A column as numbers. Missing ones are NaN, which no threshold reaches, so that they go right; or
 * -inf, so that they go left. */
typedef struct hone_number_plane {
    int32_t column; /* -1: zeros */
    bool missing_left;
} hone_number_plane;

/* Unless x <= threshold, the leaves of `keep` remain. */
typedef struct hone_ask {
    double threshold;
    uint64_t keep;
    size_t plane;
} hone_ask;

/* Unless the code is in the set that begins at `set`, the same. */
typedef struct hone_ask_set {
    size_t set;
    uint64_t keep;
    size_t plane;
} hone_ask_set;

/* A node of a large tree. A leaf asks whether 0 <= inf and is its own left child. */
typedef struct hone_plan_step {
    union {
        double threshold;
        size_t set;
    } than;
    int32_t plane; /* of numbers; or ~ plane of codes */
    int32_t child; /* the left one, counted from the root; the right one is next */
} hone_plan_step;

typedef struct hone_plan_tree {
    bool steps;           /* by steps, from number `ask` on; or else */
    size_t ask, n_asks;   /* of hone_ask: a multiple of HONE_PLAN_ASKS */
    size_t set, n_sets;   /* of hone_ask_set */
    size_t leaf, n_nodes; /* where its leaves begin in `leaves` */
} hone_plan_tree;

/* What planes hold, block after block. Owned by a thread. */
typedef struct hone_planes {
    double *numbers; /* n_numbers x HONE_PLAN_ROWS */
    uint64_t *codes; /* n_codes x HONE_PLAN_ROWS; missing ones are beyond every set */
} hone_planes;

typedef struct hone_trees_plan {
    const hone_trees *trees;
    size_t first, end; /* the trees that it is about */
    size_t n_numbers, n_codes, n_asks, n_sets, n_steps, n_leaves, n_bits;
    hone_plan_tree *tree;       /* end - first */
    hone_number_plane *numbers; /* n_numbers */
    int32_t *codes;             /* n_codes columns */
    hone_ask *ask;              /* n_asks */
    hone_ask_set *set;          /* n_sets */
    hone_plan_step *step;       /* n_steps */
    int32_t *leaf;  /* n_leaves: of trees asked by masks, from left to right: their nodes */
    uint64_t *bits; /* n_bits: sets. The number of codes, then a bit for each and one for all
                       beyond */
} hone_trees_plan;

/* Lines up the trees first .. end-1. `trees` is borrowed. O(nodes + words). */
HONE_NODISCARD hone_status hone_plan_make(const hone_trees *trees, size_t first, size_t end,
                                          hone_trees_plan **out, hone_error *err);
void hone_plan_free(hone_trees_plan *plan);

/* Lays out at most HONE_PLAN_ROWS rows. */
void hone_planes_fill(const hone_trees_plan *plan, hone_view x, hone_planes *planes);
/* leaf (HONE_PLAN_ROWS): a row's leaf, counted from the root, in a tree asked by masks. */
void hone_plan_ask(const hone_trees_plan *plan, const hone_plan_tree *tree,
                   const hone_planes *planes, size_t rows, uint64_t *leaf);
/* The same in a tree walked by steps. */
void hone_plan_walk(const hone_trees_plan *plan, const hone_plan_tree *tree,
                    const hone_planes *planes, size_t rows, uint64_t *leaf);

#endif
