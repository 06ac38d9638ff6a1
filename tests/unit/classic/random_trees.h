/* random_trees.h -- ensembles and rows without any fit, for tests of what a finished ensemble can
 * be asked. */
#ifndef HONE_TESTS_RANDOM_TREES_H
#define HONE_TESTS_RANDOM_TREES_H

#include "classic/trees/trees.h"
#include "core/estimator_impl.h"

typedef struct random_spec {
    size_t cols, levels; /* every third column is categorical with so many levels, 0: none */
    size_t outputs, width, trees, leaves;
    uint64_t seed;
} random_spec;

/* Trees that ask at random; numbers lie on a grid, so that rows meet thresholds exactly. Free with
 * hone_trees_clear(). Aborts the test on failure. */
hone_trees random_trees(const random_spec *spec);
/* n rows for it, some cells missing, some codes past the last level. Free data with free(). */
hone_view random_rows(const random_spec *spec, size_t n, bool missing);
/* The answer by walking from each root with the words of trees.h, and nothing else. */
void plain_answer(const hone_trees *trees, const double *x, size_t first, size_t end, double *out);
/* The leaf of tree number `tree`. */
size_t plain_leaf(const hone_trees *trees, size_t tree, const double *x);

/* A regressor that is "fitted" by random_trees(): parameters trees, leaves, levels, seed. */
extern const hone_class random_trees_regressor;

#endif
