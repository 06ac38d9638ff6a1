/* columns.c -- see columns.h. Each draw is nested in the one before and leaves at least one column;
 * its random numbers belong to (tree, level) or (tree, node). */
#include "classic/gbdt/columns.h"

#include "core/rng.h"

#include <math.h>
#include <string.h>

/* Keeps a share of the columns that are true (selection sampling). O(cols). */
static void thin(bool *use, size_t cols, double share, uint64_t seed, uint64_t stream) {
    hone_rng rng = hone_rng_at(seed, stream);
    size_t left = 0;
    if (share >= 1)
        return;
    for (size_t j = 0; j < cols; j++)
        left += use[j];
    size_t want = (size_t)ceil(share * (double)left - 1e-9);
    want = want > 0 ? want : 1;
    for (size_t j = 0; j < cols; j++)
        if (use[j]) {
            use[j] = hone_rng_below(&rng, left) < want;
            want -= use[j];
            left--;
        }
}

void hone_columns_of_tree(hone_grower *grower) {
    const hone_growth *growth = &grower->growth;
    memset(grower->of_tree, 1, grower->panels->cols * sizeof *grower->of_tree);
    thin(grower->of_tree, grower->panels->cols, growth->by_tree, growth->seed,
         hone_rng_stream(0xC0, grower->tree));
}

void hone_columns_allow(const hone_grower *grower, const hone_grown *node, bool *allowed) {
    const hone_growth *growth = &grower->growth;
    size_t cols = grower->panels->cols;
    uint64_t tree = hone_rng_stream(0xC1, grower->tree);
    memcpy(allowed, grower->of_tree, cols * sizeof *allowed);
    for (size_t j = 0; growth->groups != NULL && j < cols; j++)
        allowed[j] &= (growth->groups[j] & node->groups) != 0;
    thin(allowed, cols, growth->by_level, growth->seed, hone_rng_stream(tree, node->depth));
    thin(allowed, cols, growth->by_node, growth->seed,
         hone_rng_stream(tree ^ 0xC2, (uint64_t)(node - grower->node)));
}
