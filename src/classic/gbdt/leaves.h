/* leaves.h -- what the leaves of a tree give, and what that adds to the scores of their rows.
 *
 *     w = -T(sum g) / (sum h + l2), within the leaf's limits; or a quantile of its residuals
 * Sums are of the derivatives as they are, not as they were rounded for splitting, in double and in
 * an order that the data alone settle: pieces of 16 384 rows, then the pieces. O(rows). */
#ifndef HONE_GBDT_LEAVES_H
#define HONE_GBDT_LEAVES_H

#include "classic/gbdt/grower.h"
#include "classic/gbdt/objective.h"

typedef struct hone_leaf_rule {
    const hone_loss *loss;
    const float *g, *h; /* rows: of this output */
    double *score;      /* rows x outputs */
    size_t output;
    double learning_rate;
} hone_leaf_rule;

/* Sets g, h and value of all nodes of the tree just grown: leaves, and what the others would give
 * if they were. */
HONE_NODISCARD hone_status hone_leaves_value(hone_grower *grower, const hone_leaf_rule *rule,
                                             const hone_monitor *mon, hone_error *err);
/* Adds to the scores of the rows that the tree was grown over. */
HONE_NODISCARD hone_status hone_leaves_add(const hone_grower *grower, const hone_leaf_rule *rule,
                                           const hone_monitor *mon, hone_error *err);

#endif
