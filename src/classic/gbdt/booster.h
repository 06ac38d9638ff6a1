/* booster.h -- trees one after the other, each fitted to what the ones before it have left.
 *
 *     F_0 = base,   F_t = F_{t-1} + learning_rate tree_t,   tree_t the Newton step of the loss
 * One tree an iteration for values and two classes, else one for each class, grown side by side.
 * Cost: for each tree O(rows x columns) times about the log of its leaves. */
#ifndef HONE_GBDT_BOOSTER_H
#define HONE_GBDT_BOOSTER_H

#include "classic/gbdt/gbdt.h"

enum { HONE_GROW_LOSSGUIDE, HONE_GROW_DEPTHWISE };
enum { HONE_SAMPLE_UNIFORM, HONE_SAMPLE_GOSS };
enum { HONE_BOOST_TREE, HONE_BOOST_DART, HONE_BOOST_LINEAR };

struct gbdt_params {
    int loss, grow_policy, sampling, booster;
    double learning_rate;
    int n_estimators;
    hone_mixed max_leaf_nodes, max_depth;
    int min_samples_leaf;
    double min_child_weight, l2_regularization, l1_regularization, gamma;
    int max_bins;
    double cat_smooth, cat_l2;
    double subsample, top_rate, other_rate;
    double colsample_bytree, colsample_bylevel, colsample_bynode;
    double rate_drop, skip_drop;
    int max_drop;
    hone_short_text monotonic_cst, interaction_cst;
    double alpha, tweedie_variance_power;
    bool early_stopping;
    int n_iter_no_change;
    double validation_fraction, tol;
    hone_short_text scoring;
    bool warm_start;
    hone_short_text class_weight;
    uint64_t seed;
    hone_objective_fn *fn; /* of loss=callback: no rows of the table, copied with the struct */
    void *user;
};

/* The fit slot of both estimators; who: the class's name. */
HONE_NODISCARD hone_status hone_boost(const char *who, bool classes, const struct gbdt_params *p,
                                      const hone_dataset *data, const hone_monitor *mon,
                                      struct gbdt_state *state, hone_error *err);

#endif
