/* trees.h -- what only models made of trees can tell: gradient_boosting_*, decision_tree_*,
 * random_forest_*, extra_trees_*, and pipelines that end in one of these.
 *
 * Such a model is F_k(x) = base_k + a sum of one leaf per tree: for boosting the raw scores (log
 * odds of classes; values before any link), for forests and single trees the probabilities or
 * values themselves. Answers are about the columns that the trees see: hone_tree_info() has their
 * schema; of a pipeline these are the columns that its last step is given.
 * All: HONE_ESTATE before fit, HONE_EUNSUPPORTED for other estimators; rows are matched and checked
 * as by hone_predict(). The same bits for any number of threads. */
#ifndef HONE_TREES_H
#define HONE_TREES_H

#include <stdint.h>

#include <hone/estimator.h>

HONE_BEGIN_DECLS

/** What there is to be asked about. */
typedef struct hone_tree_info {
    size_t n_trees, n_outputs; /**< n_outputs: K, numbers that F has for a row */
    size_t n_nodes;            /**< of all trees, leaves too */
    const hone_schema
        *schema; /**< of the columns that the trees see; borrowed until the next fit */
} hone_tree_info;

HONE_API HONE_NODISCARD hone_status hone_get_tree_info(const hone_estimator *est,
                                                       hone_tree_info *out, hone_error *err);

/** How the splits of a column are counted. */
typedef enum hone_split_importance {
    HONE_IMPORTANCE_GAIN,  /**< what they have won, summed */
    HONE_IMPORTANCE_SPLIT, /**< their number */
    HONE_IMPORTANCE_COVER  /**< the weight of the rows that they part, summed */
} hone_split_importance;

/** out (columns). Gain and split are known to favour columns with many values, and speak of the
 *  rows of the fit; see hone_permutation_importance(). O(nodes). */
HONE_API HONE_NODISCARD hone_status hone_split_importances(const hone_estimator *est,
                                                           hone_split_importance kind, double *out,
                                                           hone_error *err);

/** out (n x n_trees): the leaf that each row reaches, nodes of a tree counted from its root 0. */
HONE_API HONE_NODISCARD hone_status hone_tree_leaves(const hone_estimator *est,
                                                     const hone_dataset *data, int32_t *out,
                                                     const hone_monitor *mon, hone_error *err);

/** out (n x n_outputs): F by the first n_trees trees (all, if there are fewer). Of a forest, whose
 *  leaves hold their share of the mean, this is the part of F that these trees give. */
HONE_API HONE_NODISCARD hone_status hone_tree_scores(const hone_estimator *est,
                                                     const hone_dataset *data, size_t n_trees,
                                                     double *out, const hone_monitor *mon,
                                                     hone_error *err);

/** out (stages x n x n_outputs): the same after[0], after[1], ... trees. O(rows sum of after). */
HONE_API HONE_NODISCARD hone_status hone_staged_scores(const hone_estimator *est,
                                                       const hone_dataset *data,
                                                       const size_t *after, size_t stages,
                                                       double *out, const hone_monitor *mon,
                                                       hone_error *err);

/** Shapley values of F: out (n x n_outputs x (columns + 1)), the last being F's expected value
 *  where nothing is known of a row, so that each line sums to F. A column that is not known is
 *  answered by going both ways, in the proportion of the rows of the fit (covers).
 *  Exact. O(rows nodes depth / 2). Reference: Lundberg et al. 2020 (the value); Yu et al. 2022 (the
 *  order of the sums). */
HONE_API HONE_NODISCARD hone_status hone_shap_values(const hone_estimator *est,
                                                     const hone_dataset *data, double *out,
                                                     const hone_monitor *mon, hone_error *err);

/** Shapley interaction values: out (n x n_outputs x (columns + 1) x (columns + 1)), symmetric;
 *  each line of a matrix sums to the Shapley value of its column; at the end of the diagonal
 *  stands the expected value. O(rows leaves depth^3). */
HONE_API HONE_NODISCARD hone_status hone_shap_interactions(const hone_estimator *est,
                                                           const hone_dataset *data, double *out,
                                                           const hone_monitor *mon,
                                                           hone_error *err);

typedef enum hone_tree_format {
    HONE_TREE_TEXT, /**< an indented line for each node */
    HONE_TREE_DOT   /**< a drawing for Graphviz: dot -Tsvg */
} hone_tree_format;

/** Tree number `tree` with the names of its columns and levels. Free the text with free().
 *  HONE_EINVAL for a number that there is not. O(nodes). */
HONE_API HONE_NODISCARD hone_status hone_print_tree(const hone_estimator *est, size_t tree,
                                                    hone_tree_format format, char **out,
                                                    hone_error *err);

HONE_END_DECLS
#endif
