/* forest.h -- decision trees and forests of them: parameters, state, and what their files share. */
#ifndef HONE_FOREST_FOREST_H
#define HONE_FOREST_FOREST_H

#include "classic/trees/trees.h"
#include "core/estimator_impl.h"

/* Of all kinds; what a kind has no row for stays zero. */
struct forest_params {
    hone_mixed max_depth, max_features, max_leaf_nodes, max_samples;
    double min_weight_fraction_leaf, min_impurity_decrease, ccp_alpha;
    uint64_t seed;
    int n_estimators, criterion, splitter, min_samples_split, min_samples_leaf, max_bins;
    bool bootstrap, oob_score, warm_start;
    hone_short_text class_weight; /* the wrapper reads it */
};
enum { HONE_FEATURES_SQRT, HONE_FEATURES_LOG2, HONE_FEATURES_ALL }; /* words of max_features */

struct forest_state {
    hone_trees trees;       /* first: HONE_TREES_ATTRS count on it */
    size_t n_classes;       /* 0 for values */
    size_t n_oob;           /* rows of the fit with oob_score, else 0 */
    double oob_score;       /* accuracy, or R^2; NaN without oob_score */
    double *oob_prediction; /* n_oob x n_outputs of trees; NaN for rows that every tree has drawn */
};

struct forest_work; /* forest_data.h */

struct forest_kind {
    const char *who;
    bool classes;
    bool many;   /* trees, else one */
    bool random; /* thresholds by chance */
};

/* How often tree `number` draws each of n rows, count (n): `draws` with replacement. O(n). */
void hone_forest_draw(uint64_t seed, size_t number, size_t n, size_t draws, uint32_t *count);

/* The slot check; a single tree has no max_samples and no oob_score. */
hone_status hone_forest_check(const void *params, hone_error *err);
/* work (or NULL) and rows as for the slot fit_prepared. */
HONE_NODISCARD hone_status hone_forest_fit(const struct forest_kind *kind,
                                           const struct forest_params *p, const hone_dataset *data,
                                           const struct forest_work *work, const size_t *rows,
                                           const hone_monitor *mon, struct forest_state *s,
                                           hone_error *err);
HONE_NODISCARD hone_status hone_forest_prepare(const struct forest_params *p,
                                               const hone_dataset *data, const hone_monitor *mon,
                                               struct forest_work *work, hone_error *err);
/* Fills the oob_... of a state whose trees are there: each row is answered by the trees that have
 * not drawn it (forest_oob.c). O(rows x trees x depth). */
HONE_NODISCARD hone_status hone_forest_judge(const struct forest_kind *kind, uint64_t seed,
                                             size_t draws, const hone_dataset *data,
                                             const hone_monitor *mon, struct forest_state *s,
                                             hone_error *err);

extern const hone_class hone_decision_tree_classifier, hone_decision_tree_regressor;
extern const hone_class hone_random_forest_classifier, hone_random_forest_regressor;
extern const hone_class hone_extra_trees_classifier, hone_extra_trees_regressor;

#endif
