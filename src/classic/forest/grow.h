/* grow.h -- one decision tree after another from the same rows, each grown by one thread. */
#ifndef HONE_FOREST_GROW_H
#define HONE_FOREST_GROW_H

#include "classic/forest/split.h"
#include "classic/trees/trees.h"

/* What all trees share. Borrowed. */
typedef struct hone_grow_plan {
    hone_split_rules split;
    const uint8_t *column;     /* columns x rows: the bins, turned round; not where rows are near */
    const hone_row_stat *stat; /* rows: each drawn once */
    const double *y;           /* rows: values, or NULL: classes */
    size_t max_depth, min_samples_split, max_leaf_nodes; /* SIZE_MAX: no limit */
    double min_weight_fraction_leaf, min_impurity_decrease, ccp_alpha;
    double score_unit; /* what a gain of 1 is in units of the target */
    double part;       /* of a leaf's answer that is written into it: 1 / trees */
    uint64_t seed;
} hone_grow_plan;

/* Numbers in a leaf. */
static inline size_t hone_grow_width(const hone_grow_plan *plan) {
    return plan->split.n_classes > 0 ? plan->split.n_classes : 1;
}

typedef struct hone_grower hone_grower;

/* Are the rows so few that their bins stay in the first-level cache? */
bool hone_grow_near(const hone_bins *bins);

HONE_NODISCARD hone_status hone_grower_make(const hone_grow_plan *plan, hone_grower **out,
                                            hone_error *err);
void hone_grower_free(hone_grower *g);
/* Grows tree `number` on rows drawn count[i] times (NULL: all once), and appends it to `out`. */
HONE_NODISCARD hone_status hone_grow_tree(hone_grower *g, const uint32_t *count, size_t number,
                                          const hone_monitor *mon, hone_trees_builder *out,
                                          hone_error *err);

/* Appends the one tree of `from` to `out` without the splits that win less than `alpha` a leaf
 * (minimal cost-complexity pruning; gains are in units of `total`, the weight of all rows). */
HONE_NODISCARD hone_status hone_tree_prune(const hone_trees *from, double alpha, double total,
                                           hone_trees_builder *out, hone_error *err);

#endif
