/* trees.h -- an ensemble of binary decision trees as flat arrays: what boosting and forests fit,
 * and what prediction, explanation, drawings and foreign formats read.
 *
 *     F_k(x) = base_k + sum over the trees t that give to output k of value[leaf of x in t]
 *
 * A node asks about one column; "yes" goes to its left child, "no" to the right one, the node after
 * it. A number says yes when x <= threshold; a category when it is in the node's set; a missing
 * value, and a category past the set's end, goes where the node sends missing ones.
 * Two shapes: width 1, tree t gives to output t % n_outputs (boosting); or width n_outputs, every
 * tree gives to all (forests; base is zero and the leaves hold their share of the mean). */
#ifndef HONE_CLASSIC_TREES_H
#define HONE_CLASSIC_TREES_H

#include "core/attr.h"

#include <hone/dataset.h>

#include <stdbool.h>
#include <stdint.h>

typedef struct hone_trees {
    size_t n_outputs, width, n_trees, n_nodes, n_words;
    size_t n_ends;   /* n_trees + 1 */
    double *base;    /* n_outputs */
    int32_t *start;  /* n_ends: nodes of tree t are start[t] .. start[t + 1] - 1, the root first */
    int32_t *column; /* n_nodes: asked about, or -1: a leaf */
    int32_t *child;  /* n_nodes: the left child, counted from the root; always past its parent */
    double *threshold; /* n_nodes */
    int32_t *rule;     /* n_nodes: see below */
    double *value;     /* n_nodes x width: a leaf's answer; of other nodes what it would be there */
    float *cover;      /* n_nodes: weight (boosting: of second derivatives) of the rows met */
    float *gain;       /* n_nodes: what the split has won; 0 for leaves */
    int32_t *words; /* n_words: sets, each its number of words and then these, 32 codes in each */
    struct hone_trees_plan *plan; /* NULL but between hone_trees_ready() and hone_trees_unready() */
} hone_trees;

/* rule: bit 0, missing values go left; the rest 0 for numbers, else 1 + where the set begins. */
static inline bool hone_rule_missing_left(int32_t rule) {
    return rule & 1;
}
static inline bool hone_rule_is_set(int32_t rule) {
    return rule >> 1;
}
static inline size_t hone_rule_set(int32_t rule) {
    return (size_t)(rule >> 1) - 1;
}
static inline int32_t hone_rule_of_number(bool missing_left) {
    return missing_left;
}
static inline int32_t hone_rule_of_set(size_t at, bool missing_left) {
    return (int32_t)(at + 1) << 1 | (int32_t)missing_left;
}

/* Does a row with this value go left at node i (an index into the arrays)? */
static inline bool hone_goes_left(const hone_trees *t, size_t i, double x) {
    int32_t rule = t->rule[i];
    if (!hone_rule_is_set(rule))
        return x <= t->threshold[i] || (x != x && hone_rule_missing_left(rule));
    const int32_t *set = t->words + hone_rule_set(rule);
    if (!(x >= 0 && x < 32.0 * set[0]))
        return hone_rule_missing_left(rule);
    uint32_t code = (uint32_t)x;
    return (uint32_t)set[1 + code / 32] >> code % 32 & 1;
}

/* The rows of the attribute table of a state whose FIRST member is a hone_trees. */
/* clang-format off */
#define HONE_TREES_ATTRS \
    HONE_COUNT(hone_trees, n_outputs, "numbers that the trees give for a row"), \
    HONE_COUNT(hone_trees, width, "numbers in a node"), \
    HONE_COUNT(hone_trees, n_trees, "trees"), \
    HONE_COUNT(hone_trees, n_ends, "trees, and one"), \
    HONE_COUNT(hone_trees, n_nodes, "nodes of all trees, leaves too"), \
    HONE_COUNT(hone_trees, n_words, "words of the sets of categories"), \
    HONE_VECTOR(hone_trees, base, n_outputs, "what is given before any tree"), \
    HONE_VECTOR_I32(hone_trees, start, n_ends, "first node of each tree, and the end"), \
    HONE_VECTOR_I32(hone_trees, column, n_nodes, "column that a node asks about; -1 in leaves"), \
    HONE_VECTOR_I32(hone_trees, child, n_nodes, "left child, counted from the root; the right one is next"), \
    HONE_VECTOR(hone_trees, threshold, n_nodes, "values up to this one go left"), \
    HONE_VECTOR_I32(hone_trees, rule, n_nodes, "1 where missing values go left, plus twice the place of a set"), \
    HONE_ARRAY(hone_trees, value, n_nodes, width, "what a node gives"), \
    HONE_VECTOR_F32(hone_trees, cover, n_nodes, "weight of the rows that reached a node"), \
    HONE_VECTOR_F32(hone_trees, gain, n_nodes, "what a split has won"), \
    HONE_VECTOR_I32(hone_trees, words, n_words, "sets of categories")
/* clang-format on */

/* ---- building (trees.c) ---------------------------------------------------------------------- */

/* One node more, to be written to a tree. `set` (n_set words) for categories, else NULL. */
typedef struct hone_node {
    int32_t column, child; /* column -1: a leaf */
    double threshold;
    bool missing_left;
    const uint32_t *set;
    size_t n_set;
    float cover, gain;
} hone_node;

/* Appends to an ensemble with room to grow. Begins with a zeroed hone_trees, or one that has trees
 * (a warm start); everything stays in the ensemble, so a failure needs no cleaning up. */
typedef struct hone_trees_builder {
    hone_trees *trees;
    size_t room_trees, room_nodes, room_words;
} hone_trees_builder;

/* An ensemble without trees; base is zero. HONE_ENOMEM. */
HONE_NODISCARD hone_status hone_trees_begin(hone_trees *trees, size_t n_outputs, size_t width,
                                            hone_error *err);
hone_trees_builder hone_trees_build(hone_trees *trees);
/* Opens the next tree; its nodes follow by hone_trees_add(), the root first. */
HONE_NODISCARD hone_status hone_trees_open(hone_trees_builder *b, hone_error *err);
/* Adds a node with value (width) to the tree opened last; *number (or NULL) counts from its root.
 */
HONE_NODISCARD hone_status hone_trees_add(hone_trees_builder *b, const hone_node *node,
                                          const double *value, size_t *number, hone_error *err);
/* Makes leaf i of the tree opened last ask: column, threshold or set, child, gain are taken. */
HONE_NODISCARD hone_status hone_trees_split(hone_trees_builder *b, size_t i, const hone_node *node,
                                            hone_error *err);
/* Appends all trees of `from` (same outputs and width). */
HONE_NODISCARD hone_status hone_trees_append(hone_trees_builder *b, const hone_trees *from,
                                             hone_error *err);
/* Room for so many in all, where it is known: what is added up to there needs no growing. */
HONE_NODISCARD hone_status hone_trees_reserve(hone_trees_builder *b, size_t trees, size_t nodes,
                                              size_t words, hone_error *err);
/* Drops the trees from number `n` on. O(1). */
void hone_trees_cut(hone_trees *trees, size_t n);
/* Frees the arrays of an ensemble that is no state (a thread's own). */
void hone_trees_clear(hone_trees *trees);

/* Every index, link, set and shape of an ensemble that was read: HONE_EFORMAT with a sentence.
 * Children lie past their parents, so there can be no cycle; each node but the
 * root is the child of exactly one. */
HONE_NODISCARD hone_status hone_trees_validate(const hone_trees *trees, size_t n_cols,
                                               hone_error *err);

/* ---- answers (predict.c) --------------------------------------------------------------------- */

/* out (x.rows x n_outputs): F(x) by the trees first .. end-1 (end is cut to those there are), with
 * base. The same bits for any cut of the rows. O(rows x trees x depth); a few rows without an
 * allocation. */
HONE_NODISCARD hone_status hone_trees_predict(const hone_trees *trees, hone_view x, size_t first,
                                              size_t end, double *out, hone_error *err);
/* The slots `ready` and `unready` of classes whose state begins with a hone_trees: line the trees
 * up once for all blocks of rows. */
HONE_NODISCARD hone_status hone_trees_ready(const void *params, void *state, size_t rows,
                                            hone_error *err);
void hone_trees_unready(void *state);
/* out (x.rows x n_trees): the number of the leaf (from the root) that each row reaches. */
void hone_trees_leaves(const hone_trees *trees, hone_view x, int32_t *out);

#endif
