/* perceptron.c -- Rosenblatt's rule: a row on the wrong side is added to the coefficients.
 *
 * The loss max(0, -y p) by stochastic gradient descent with a constant step (engine.h); several
 * classes are learnt one against the rest.
 * Shapes: X n x m, coef k x m, k = 1 for two classes, else K. Cost: O(cells k) per epoch.
 * Reference: Freund & Schapire 1999, "Large margin classification using the perceptron algorithm".
 */
#include "classic/sgd/model.h"

#include <math.h>

struct params {
    hone_mixed tol;
    double alpha, l1_ratio, eta0, validation_fraction;
    uint64_t seed;
    int penalty, max_iter, n_iter_no_change;
    bool fit_intercept, shuffle, early_stopping, warm_start;
    hone_short_text class_weight; /* the wrapper reads it */
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_ENUM (params, penalty, "none", hone_sgd_penalty_names, "norm of the coefficients that is penalised"),
    HONE_REAL (params, alpha, 0.0001, "[0, inf)",               "strength of the penalty"),
    HONE_REAL (params, l1_ratio, 0.15, "[0, 1]",                "share of l1 in the penalty elasticnet"),
    HONE_BOOL (params, fit_intercept, true,                     "learn an intercept, which is not penalised"),
    HONE_INT  (params, max_iter, 1000, "[1, inf)",              "most epochs of a fit"),
    HONE_MIXED(params, tol, "0.001", hone_sgd_tol_words, "[0, inf)", "least gain of an epoch that counts as progress; none = run max_iter epochs"),
    HONE_BOOL (params, shuffle, true,                           "shuffle the rows in every epoch"),
    HONE_REAL (params, eta0, 1, "(0, inf)",                     "length of a step"),
    HONE_SEED (params, seed,                                    "seed of shuffling and validation rows"),
    HONE_BOOL (params, early_stopping, false,                   "stop by the accuracy on rows set aside"),
    HONE_REAL (params, validation_fraction, 0.1, "(0, 1)",      "share of the rows set aside by early_stopping"),
    HONE_INT  (params, n_iter_no_change, 5, "[1, inf)",         "epochs without progress before stopping"),
    HONE_CLASS_WEIGHT(params, class_weight,                     "weight of each class"),
    HONE_BOOL (params, warm_start, false,                       "begin with the coefficients of the last fit"),
    HONE_PARAM_END
};
/* clang-format on */

static hone_sgd_plan plan_of(const struct params *p) {
    return (hone_sgd_plan){
        .who = "perceptron",
        .loss = &hone_sgd_losses[HONE_SGD_PERCEPTRON],
        .penalty = (enum hone_sgd_penalty)p->penalty,
        .schedule = HONE_SGD_CONSTANT,
        .alpha = p->alpha,
        .l1_ratio = p->l1_ratio,
        .eta0 = p->eta0,
        .tol = p->tol.word < 0 ? p->tol.value : -INFINITY,
        .validation_fraction = p->validation_fraction,
        .max_iter = (size_t)p->max_iter,
        .n_iter_no_change = (size_t)p->n_iter_no_change,
        .seed = p->seed,
        .classes = true,
        .fit_intercept = p->fit_intercept,
        .shuffle = p->shuffle,
        .early_stopping = p->early_stopping,
    };
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    hone_sgd_plan plan = plan_of(params);
    return hone_sgd_fit(&plan, data, false, mon, state, err);
}

static hone_status partial_fit(const void *params, const hone_dataset *data,
                               const hone_monitor *mon, void *state, hone_error *err) {
    hone_sgd_plan plan = plan_of(params);
    return hone_sgd_fit(&plan, data, true, mon, state, err);
}

static const hone_sparse_slots SPARSE = {
    .predict = hone_sgd_classes_sparse,
    .decision = hone_lines_scores_sparse,
};

const hone_class hone_perceptron = {
    .name = "perceptron",
    .summary = "linear classifier that learns from its mistakes alone",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING | HONE_TAG_SPARSE |
            HONE_TAG_PARTIAL,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = hone_sgd_attrs,
    .state_size = sizeof(struct hone_sgd_state),
    .fit = fit,
    .partial_fit = partial_fit,
    .predict = hone_sgd_classes,
    .decision = hone_lines_scores,
    .sparse = &SPARSE,
    .validate = hone_sgd_validate,
};
