/* registry.c -- every kind of estimator, one explicit array (self-registering objects get lost by
 * the linker), and finding one by its full or short name.
 *
 * Cost: O(kinds) per look-up, O(kinds length^2) for the suggestion of an unknown name. */
#include "selection/registry.h"

#include "classic/classic.h"
#include "classic/forest/forest.h"
#include "classic/gbdt/gbdt.h"
#include "nn/nn.h"
#include "preprocess/preprocess.h"

#include <hone/interop.h>
#include <hone/svm.h>
#include <hone/text.h>

#include <stdio.h>
#include <string.h>

static const hone_class *const CLASSES[] = {
    /* classifiers and regressors; of two that share a short name the classifier comes first */
    &hone_dummy_classifier,
    &hone_dummy_regressor,
    &hone_logistic_regression,
    &hone_gaussian_nb,
    &hone_multinomial_nb,
    &hone_linear_discriminant_analysis,
    &hone_perceptron,
    &hone_sgd_classifier,
    &hone_linear_regression,
    &hone_ridge,
    &hone_lasso_class,
    &hone_elastic_net,
    &hone_sgd_regressor,
    &hone_linear_svc,
    &hone_linear_svr,
    &hone_svc,
    &hone_svr,
    &hone_nu_svc,
    &hone_nu_svr,
    &hone_k_neighbors_classifier,
    &hone_k_neighbors_regressor,
    &hone_radius_neighbors_classifier,
    &hone_radius_neighbors_regressor,
    &hone_decision_tree_classifier,
    &hone_decision_tree_regressor,
    &hone_random_forest_classifier,
    &hone_random_forest_regressor,
    &hone_extra_trees_classifier,
    &hone_extra_trees_regressor,
    &hone_gradient_boosting_classifier,
    &hone_gradient_boosting_regressor,
    &hone_mlp_classifier,
    &hone_mlp_regressor,
    /* of X alone */
    &hone_one_class_svm,
    /* clusterers */
    &hone_k_means,
    &hone_mini_batch_k_means,
    /* transformers */
    &hone_simple_imputer,
    &hone_one_hot_encoder,
    &hone_standard_scaler,
    &hone_min_max_scaler,
    &hone_pca_class,
    &hone_target_encoder,
    &hone_ordinal_encoder,
    &hone_robust_scaler,
    &hone_max_abs_scaler,
    &hone_normalizer,
    &hone_quantile_transformer,
    &hone_binarizer,
    &hone_k_bins_discretizer,
    &hone_polynomial_features,
    &hone_variance_threshold,
    &hone_nearest_neighbors,
    /* made of others */
    &hone_pipeline_class,
    &hone_calibrated_classifier,
    &hone_tuned_threshold_classifier,
    &hone_bagging_classifier,
    &hone_bagging_regressor,
    &hone_voting_classifier,
    &hone_voting_regressor,
    &hone_stacking_classifier,
    &hone_stacking_regressor,
    &hone_ada_boost_classifier,
    &hone_ada_boost_regressor,
};
enum { N_CLASSES = sizeof CLASSES / sizeof *CLASSES };

size_t hone_class_count(void) {
    return N_CLASSES;
}

const hone_class *hone_class_at(size_t i) {
    return i < N_CLASSES ? CLASSES[i] : NULL;
}

const hone_class *hone_registry_lookup(const char *name) {
    for (size_t i = 0; i < N_CLASSES; i++)
        if (!strcmp(CLASSES[i]->name, name))
            return CLASSES[i];
    return NULL;
}

/* Full names, then short ones (a class without one offers its full name again). */
static const char *name_at(const void *context, size_t i) {
    (void)context;
    if (i < N_CLASSES)
        return CLASSES[i]->name;
    const hone_class *cls = CLASSES[i - N_CLASSES];
    return cls->alias ? cls->alias : cls->name;
}

static hone_status unknown(const char *name, hone_error *err) {
    const char *nearest = hone_nearest(name, 2 * N_CLASSES, name_at, NULL);
    if (nearest)
        return hone_fail(err, HONE_ENAME, "unknown estimator '%s'; did you mean '%s'?", name,
                         nearest);
    char list[HONE_ERROR_SIZE] = "";
    for (size_t i = 0; i < N_CLASSES; i++) {
        size_t used = strlen(list), more = strlen(CLASSES[i]->name) + 3;
        if (used + more > sizeof list)
            break;
        strcat(strcat(list, i ? ", " : ""), CLASSES[i]->name);
    }
    return hone_fail(err, HONE_ENAME, "unknown estimator '%s', expected one of %s", name, list);
}

static const char *task_word(hone_task task) {
    static const char *const WORDS[] = {
        [HONE_CLASSIFIER] = "classifier",
        [HONE_REGRESSOR] = "regressor",
        [HONE_CLUSTERER] = "clusterer",
        [HONE_TRANSFORMER] = "transformer",
        [HONE_OUTLIER_DETECTOR] = "outlier detector",
    };
    return WORDS[task];
}

/* Does a class with this task suit the kind of target? Those that learn no target suit any. */
static bool suits(hone_task task, hone_target_kind target) {
    switch (task) {
    case HONE_CLASSIFIER:
        return target != HONE_TARGET_REAL;
    case HONE_REGRESSOR:
        return target != HONE_TARGET_CLASSES;
    default:
        return true;
    }
}

/* A short name stands for the one class with it that suits the target. */
static hone_status find_short(const char *name, hone_target_kind target, const hone_class **out,
                              hone_error *err) {
    const hone_class *found = NULL, *other = NULL;
    for (size_t i = 0; i < N_CLASSES; i++) {
        const hone_class *cls = CLASSES[i];
        if (!cls->alias || strcmp(cls->alias, name))
            continue;
        if (!suits(cls->task, target))
            other = cls;
        else if (found)
            return hone_fail(err, HONE_ENAME,
                             "'%s' is short for %s and for %s; name one of them in full", name,
                             found->name, cls->name);
        else
            found = cls;
    }
    if (!found && other)
        return hone_fail(err, HONE_ENAME, "'%s' is short for %s, a %s, but the target holds %s",
                         name, other->name, task_word(other->task),
                         target == HONE_TARGET_REAL ? "real values" : "classes");
    if (!found)
        return unknown(name, err);
    *out = found;
    return HONE_OK;
}

hone_status hone_class_find(const char *name, hone_target_kind target, const hone_class **out,
                            hone_error *err) {
    const hone_class *cls = hone_registry_lookup(name);
    if (!cls)
        return find_short(name, target, out, err);
    *out = cls;
    return HONE_OK;
}

hone_status hone_create(const char *name, hone_estimator **out, hone_error *err) {
    const hone_class *cls;
    hone_status status = hone_class_find(name, HONE_TARGET_AUTO, &cls, err);
    if (status)
        return status;
    if (hone_wraps_by_default(cls))
        return hone_wrap_class(cls, NULL, 0, NULL, out, err);
    if (cls->tags & HONE_TAG_INTERNAL)
        return hone_fail(err, HONE_EINVAL, "%s: is made of other estimators, not by its name alone",
                         cls->name);
    return hone_estimator_new(cls, out, err);
}

hone_status hone_load(const char *path, hone_estimator **out, hone_error *err) {
    char start[32];
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(start, 1, sizeof start, file) : 0;
    if (file)
        fclose(file);
    if (hone_libsvm_looks(path))
        return hone_libsvm_load(path, out, err);
    if (hone_xgboost_looks(start, size))
        return hone_xgboost_load(path, out, err);
    if (hone_ubjson_looks(start, size))
        return hone_fail(err, HONE_EFORMAT,
                         "%s: a model of XGBoost in UBJSON; save_model() writes JSON when the "
                         "file's name ends in .json",
                         path);
    if (hone_lightgbm_looks(start, size))
        return hone_lightgbm_load(path, out, err);
    return hone_model_read(path, hone_registry_lookup, out, err);
}

const hone_estimator *hone_final_step(const hone_estimator *est) {
    while (hone_estimator_class(est) == &hone_pipeline_class && hone_n_steps(est) > 0)
        est = hone_step(est, hone_n_steps(est) - 1);
    return est;
}
