/* shap.h -- Shapley values of an ensemble, as sums over the edges of its trees.
 *
 * Let d columns be asked on the way to a leaf of value v; o_i is 1 where row x goes the way at all
 * questions of column i, else 0, and z_i the product of the shares of rows that went it. A column
 * not known counts z, a known one o, so that the leaf gives to column i
 *     phi_i = v (o_i - z_i) sum over k of k! (d-1-k)! / d! [t^k] product over j /= i (z_j + o_j t)
 *           = v (o_i - z_i) integral over u in (0, 1) of product over j /= i (z_j (1-u) + o_j u)
 * A Gauss-Legendre rule of ceil(d / 2) points is exact for this polynomial. So a walk over the tree
 * carries the product at each point, the way back carries the sums of the leaves, and each edge
 * takes its column's part: no weights of subsets, nothing that cancels. Eight rows side by side.
 * Cost: O(nodes points) for a row. Reference: Lundberg et al. 2020; Yu et al. 2022, Linear
 * TreeShap. */
#ifndef HONE_CLASSIC_TREES_SHAP_H
#define HONE_CLASSIC_TREES_SHAP_H

#include "classic/trees/trees.h"

enum { HONE_SHAP_LANES = 8 };

/* The edge to a node, in the order of a walk that goes left first. */
typedef struct hone_shap_edge {
    int32_t node;   /* an index into the arrays of the ensemble */
    int32_t depth;  /* of the node; 0: the root, to which there is none */
    int32_t column; /* that the parent asks about */
    int32_t before; /* depth of the edge above that asks the same column last, or 0 */
    bool left;
    double share; /* z: of rows that went this way at all these questions */
} hone_shap_edge;

typedef struct hone_shap_tree {
    size_t first, n; /* edges */
    size_t points;   /* of the rule */
} hone_shap_tree;

/* Everything that is the same for all rows. */
typedef struct hone_shap {
    const hone_trees *trees;
    size_t n_cols, depth, points; /* the most there are of a tree */
    hone_shap_edge *edge;         /* n_nodes */
    hone_shap_tree *tree;         /* n_trees */
    double *expected;             /* n_outputs */
    double *at, *weight;          /* the rule of q points stands at q (q - 1) / 2, on (0, 1) */
} hone_shap;

HONE_NODISCARD hone_status hone_shap_make(const hone_trees *trees, size_t n_cols, hone_shap **out,
                                          hone_error *err);
void hone_shap_free(hone_shap *shap);

/* What a walk holds at each depth, for eight rows side by side. Owned by a thread. */
typedef struct hone_shap_walk {
    double *x;       /* n_cols x 8: the rows */
    double *phi;     /* n_outputs x n_cols x 8 */
    double *yes;     /* depths x 8: the node's answer, 1 or 0 */
    double *goes;    /* depths x 8: o */
    double *product; /* depths x points x 8 */
    double *inverse; /* depths x points x 8: 1 / (z (1-u) + o u) */
    double *effect;  /* depths x points x 8: (o - z) times that */
    double *sum;     /* depths x width x points x 8: v times the product, over the leaves below */
    double *factor;  /* 4 x points */
    int32_t *way;    /* depths: edges on the way */
    bool *hidden;    /* depths: is there a later edge of the same column on the way? */
} hone_shap_walk;

HONE_NODISCARD hone_status hone_shap_walk_make(const hone_shap *shap, hone_shap_walk *walk,
                                               hone_error *err);
void hone_shap_walk_free(hone_shap_walk *walk);
/* Takes at most eight rows; lanes beyond hold the last one. */
void hone_shap_take(const hone_shap *shap, hone_view x, hone_shap_walk *walk);
/* phi += what tree number `tree` gives. */
void hone_shap_add(const hone_shap *shap, size_t tree, hone_shap_walk *walk);
/* out (rows x n_outputs x (n_cols + 1)^2) += what it gives to pairs of columns, half to each side.
 */
void hone_shap_add_pairs(const hone_shap *shap, size_t tree, hone_shap_walk *walk, size_t rows,
                         double *out);

#endif
