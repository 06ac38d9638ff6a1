/* estimator.c -- gradient_boosting_classifier and gradient_boosting_regressor: parameters, what is
 * fitted, answers.
 *
 *     F(x) = base + sum of trees (or base + coef x),   answer = link(F): probabilities or values
 * Parameters have scikit-learn's names where it has them (HistGradientBoosting*), else XGBoost's
 * and LightGBM's. Differently from scikit-learn early stopping is never begun by itself, and
 * categories are smoothed (cat_smooth, cat_l2) as in LightGBM.
 * Reference: Friedman 2001; Chen & Guestrin 2016; Ke et al. 2017. */
#include "classic/classic.h"
#include "classic/gbdt/booster_impl.h"

#include <math.h>
#include <string.h>

/* ---- parameters ------------------------------------------------------------------------------ */

static const char *const POLICIES[] = {"lossguide", "depthwise", NULL};
static const char *const SAMPLINGS[] = {"uniform", "goss", NULL};
static const char *const BOOSTERS[] = {"tree", "dart", "linear", NULL};
static const char *const NO_LIMIT[] = {"none", NULL};

/* clang-format off */
#define COMMON \
    HONE_REAL (gbdt_params, learning_rate, 0.1, "(0, inf)",           "what the values of each tree are multiplied by"), \
    HONE_INT  (gbdt_params, n_estimators, 100, "[1, inf)",            "iterations; each adds a tree, or one for each of many classes"), \
    HONE_MIXED(gbdt_params, max_leaf_nodes, "31", NO_LIMIT, "[2, inf)", "most leaves of a tree"), \
    HONE_MIXED(gbdt_params, max_depth, "none", NO_LIMIT, "[1, inf)",  "most questions from the root to a leaf"), \
    HONE_ENUM (gbdt_params, grow_policy, "lossguide", POLICIES,       "which leaf is split next: that with the largest gain, or level by level"), \
    HONE_INT  (gbdt_params, min_samples_leaf, 20, "[1, inf)",         "least rows of a leaf"), \
    HONE_REAL (gbdt_params, min_child_weight, 1e-3, "[0, inf)",       "least sum of second derivatives of a leaf"), \
    HONE_REAL (gbdt_params, l2_regularization, 0, "[0, inf)",         "penalty of squared leaf values (coefficients of booster=linear)"), \
    HONE_REAL (gbdt_params, l1_regularization, 0, "[0, inf)",         "penalty of absolute leaf values (coefficients of booster=linear)"), \
    HONE_REAL (gbdt_params, gamma, 0, "[0, inf)",                     "cost of a leaf: a split must win more"), \
    HONE_INT  (gbdt_params, max_bins, 255, "[2, 255]",                "most bins of a column, missing values not counted"), \
    HONE_REAL (gbdt_params, cat_smooth, 10, "[0, inf)",               "weight that pulls rare categories together where they are put in order"), \
    HONE_REAL (gbdt_params, cat_l2, 10, "[0, inf)",                   "added to l2_regularization where more than 4 categories are split"), \
    HONE_REAL (gbdt_params, subsample, 1, "(0, 1]",                   "share of rows that an iteration learns from"), \
    HONE_ENUM (gbdt_params, sampling, "uniform", SAMPLINGS,           "how rows are drawn: by subsample, or those with large derivatives first (top_rate, other_rate)"), \
    HONE_REAL (gbdt_params, top_rate, 0.2, "(0, 1)",                  "goss: share of rows kept for their large derivatives"), \
    HONE_REAL (gbdt_params, other_rate, 0.1, "(0, 1)",                "goss: share of rows drawn from the others"), \
    HONE_REAL (gbdt_params, colsample_bytree, 1, "(0, 1]",            "share of columns drawn for a tree"), \
    HONE_REAL (gbdt_params, colsample_bylevel, 1, "(0, 1]",           "share of the tree's columns drawn for each level"), \
    HONE_REAL (gbdt_params, colsample_bynode, 1, "(0, 1]",            "share of the level's columns drawn for each node"), \
    HONE_ENUM (gbdt_params, booster, "tree", BOOSTERS,                "trees, trees with dropout, or coordinate steps of a linear model"), \
    HONE_REAL (gbdt_params, rate_drop, 0.1, "[0, 1]",                 "dart: probability that an earlier iteration is left out"), \
    HONE_REAL (gbdt_params, skip_drop, 0.5, "[0, 1]",                 "dart: probability that an iteration leaves out none"), \
    HONE_INT  (gbdt_params, max_drop, 50, "[1, inf)",                 "dart: most iterations left out"), \
    HONE_TEXT (gbdt_params, monotonic_cst, "none", "none or {column:1,column:-1,...}", hone_monotonic_accept, "columns with which the answer may only rise (1) or fall (-1)"), \
    HONE_TEXT (gbdt_params, interaction_cst, "none", "none or {column,column;column,...}", hone_interaction_accept, "sets of columns that may meet on a path; those in no set make one"), \
    HONE_BOOL (gbdt_params, early_stopping, false,                    "set rows aside and stop when they are answered no better"), \
    HONE_INT  (gbdt_params, n_iter_no_change, 10, "[1, inf)",         "iterations without an improvement before stopping"), \
    HONE_REAL (gbdt_params, validation_fraction, 0.1, "(0, 1)",       "share of rows set aside for early_stopping"), \
    HONE_REAL (gbdt_params, tol, 1e-7, "[0, inf)",                    "what counts as an improvement"), \
    HONE_TEXT (gbdt_params, scoring, "loss", "loss or a metric", hone_scoring_accept, "what rows set aside are judged by: the mean loss, or a metric"), \
    HONE_BOOL (gbdt_params, warm_start, false,                        "go on from the trees of the last fit")

static const hone_param CLASSIFIER_PARAMS[] = {
    HONE_ENUM (gbdt_params, loss, "log_loss", hone_loss_words_classes, "what is lowered; callback: hone_set_objective()"),
    COMMON,
    HONE_CLASS_WEIGHT(gbdt_params, class_weight,                      "none, balanced, or {label:weight,...}"),
    HONE_SEED (gbdt_params, seed,                                     "draws samples, and how derivatives are rounded for splitting"),
    HONE_PARAM_END
};
static const hone_param REGRESSOR_PARAMS[] = {
    HONE_ENUM (gbdt_params, loss, "squared_error", hone_loss_words_values, "what is lowered; callback: hone_set_objective()"),
    HONE_REAL (gbdt_params, alpha, 0.9, "(0, 1)",                     "of quantile: which; of huber: the quantile of residuals that count squared"),
    HONE_REAL (gbdt_params, tweedie_variance_power, 1.5, "(1, 2)",    "of tweedie: variance grows with the mean to this power"),
    COMMON,
    HONE_SEED (gbdt_params, seed,                                     "draws samples, and how derivatives are rounded for splitting"),
    HONE_PARAM_END
};
#undef COMMON

static const hone_attr ATTRS[] = {
    HONE_TREES_ATTRS,
    HONE_COUNT (gbdt_state, n_classes,               "classes, 0 for values"),
    HONE_COUNT (gbdt_state, loss,                    "number of the loss, which chooses the link"),
    HONE_COUNT (gbdt_state, n_iter,                  "iterations that the model is made of"),
    HONE_COUNT (gbdt_state, n_coefs,                 "columns with booster=linear, else 0"),
    HONE_ARRAY (gbdt_state, coef, trees.n_outputs, n_coefs, "coefficients of booster=linear"),
    HONE_COUNT (gbdt_state, n_scores,                "iterations that were judged"),
    HONE_VECTOR(gbdt_state, train_score, n_scores,   "mean loss of the rows learnt from, with early_stopping"),
    HONE_VECTOR(gbdt_state, validation_score, n_scores, "what the rows set aside were judged by"),
    HONE_COUNT (gbdt_state, n_validation,            "rows set aside"),
    HONE_ATTR_END
};
/* clang-format on */

static const char CLASSIFIER[] = "gradient_boosting_classifier";
static const char REGRESSOR[] = "gradient_boosting_regressor";

static hone_status check(bool callback, const struct gbdt_params *p, hone_error *err) {
    if (callback && p->fn == NULL)
        return hone_fail(err, HONE_EINVAL,
                         "loss=callback needs a function, given by hone_set_objective()");
    if (callback && p->early_stopping && strcmp(p->scoring.s, "loss") == 0)
        return hone_fail(err, HONE_EINVAL,
                         "early_stopping with loss=callback needs scoring=<metric>: what the "
                         "loss is, only its derivatives say");
    if (p->sampling == HONE_SAMPLE_GOSS && p->top_rate + p->other_rate > 1)
        return hone_fail(err, HONE_EINVAL, "top_rate + other_rate must be at most 1, got %g",
                         p->top_rate + p->other_rate);
    return HONE_OK;
}

static hone_status check_classifier(const void *params, hone_error *err) {
    const struct gbdt_params *p = params;
    return check(p->loss == 1, p, err);
}

static hone_status check_regressor(const void *params, hone_error *err) {
    const struct gbdt_params *p = params;
    return check(p->loss + HONE_LOSS_SQUARED == HONE_LOSS_CALLBACK, p, err);
}

hone_status hone_set_objective(hone_estimator *est, hone_objective_fn *fn, void *user,
                               hone_error *err) {
    const hone_class *cls = est ? hone_estimator_class(est) : NULL;
    if (cls != &hone_gradient_boosting_classifier && cls != &hone_gradient_boosting_regressor)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s takes no objective of the caller's own",
                         cls ? cls->name : "no estimator");
    if (fn == NULL)
        return hone_fail(err, HONE_EINVAL, "%s: an objective needs a function", cls->name);
    struct gbdt_params *p = hone_estimator_params(est);
    p->fn = fn, p->user = user;
    return hone_set(est, "loss=callback", err);
}

/* ---- fit ------------------------------------------------------------------------------------- */

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    bool classes = hone_fit_classes(data) > 0;
    return hone_boost(classes ? CLASSIFIER : REGRESSOR, classes, params, data, mon, state, err);
}

/* ---- answers --------------------------------------------------------------------------------- */

static const hone_objective *loss_of(const struct gbdt_state *s) {
    bool classes = s->n_classes > 0;
    int word = classes ? s->loss == HONE_LOSS_CALLBACK : (int)s->loss - HONE_LOSS_SQUARED;
    return hone_objective_of(classes, word, s->n_classes);
}

static hone_status decision(const void *params, const void *state, hone_view x, double *out,
                            hone_error *err) {
    const struct gbdt_state *s = state;
    size_t outputs = s->trees.n_outputs;
    hone_status status = hone_trees_predict(&s->trees, x, 0, SIZE_MAX, out, err);
    (void)params;
    for (size_t i = 0; s->n_coefs > 0 && i < x.rows && status == HONE_OK; i++)
        for (size_t k = 0; k < outputs; k++)
            for (size_t j = 0; j < s->n_coefs; j++) {
                double value = hone_view_row(x, i)[j];
                out[i * outputs + k] += isnan(value) ? 0 : s->coef[k * s->n_coefs + j] * value;
            }
    return status;
}

static hone_status answer(const struct gbdt_state *s, hone_view x, double *out, hone_error *err) {
    const hone_objective *loss = loss_of(s);
    hone_status status = decision(NULL, s, x, out, err);
    if (status == HONE_OK && loss->link != NULL)
        loss->link(out, x.rows, s->trees.n_outputs);
    return status;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct gbdt_state *s = state;
    double *second = s->n_classes == 2 ? out + x.rows : out; /* the end is overwritten last */
    hone_status status = answer(s, x, second, err);
    (void)params;
    for (size_t i = 0; status == HONE_OK && s->n_classes == 2 && i < x.rows; i++) {
        double p = second[i];
        out[2 * i] = 1 - p, out[2 * i + 1] = p;
    }
    return status;
}

static hone_status predict_values(const void *params, const void *state, hone_view x, double *out,
                                  hone_error *err) {
    (void)params;
    return answer(state, x, out, err);
}

/* ---- files ----------------------------------------------------------------------------------- */

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params;
    const struct gbdt_state *s = state;
    size_t first = n_classes > 0 ? HONE_LOSS_LOG : HONE_LOSS_SQUARED;
    bool loss_fits = n_classes > 0 ? s->loss == HONE_LOSS_LOG || s->loss == HONE_LOSS_CALLBACK
                                   : s->loss >= first && s->loss <= HONE_LOSS_CALLBACK;
    if (s->n_classes != n_classes || !loss_fits || s->trees.width != 1 ||
        s->trees.n_outputs != (n_classes > 2 ? n_classes : 1) ||
        (s->n_coefs != 0 && s->n_coefs != n_cols))
        return hone_fail(err, HONE_EFORMAT,
                         "a model of %zu outputs, %zu classes, %zu coefficients and loss "
                         "number %zu does not fit %zu columns and %zu classes",
                         s->trees.n_outputs, s->n_classes, s->n_coefs, s->loss, n_cols, n_classes);
    return hone_trees_validate(&s->trees, n_cols, err);
}

const hone_class hone_gradient_boosting_classifier = {
    .name = CLASSIFIER,
    .summary = "gradient-boosted trees on histograms: missing values, categories, many losses",
    .alias = "gbdt",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_MISSING |
            HONE_TAG_CATEGORIES,
    .params = CLASSIFIER_PARAMS,
    .params_size = sizeof(struct gbdt_params),
    .attrs = ATTRS,
    .state_size = sizeof(struct gbdt_state),
    .fit = fit,
    .predict_proba = predict_proba,
    .decision = decision,
    .validate = validate,
    .check = check_classifier,
    .ready = hone_trees_ready,
    .unready = hone_trees_unready,
};

const hone_class hone_gradient_boosting_regressor = {
    .name = REGRESSOR,
    .summary = "gradient-boosted trees on histograms: missing values, categories, many losses",
    .alias = "gbdt",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_MISSING | HONE_TAG_CATEGORIES,
    .params = REGRESSOR_PARAMS,
    .params_size = sizeof(struct gbdt_params),
    .attrs = ATTRS,
    .state_size = sizeof(struct gbdt_state),
    .fit = fit,
    .predict = predict_values,
    .validate = validate,
    .check = check_regressor,
    .ready = hone_trees_ready,
    .unready = hone_trees_unready,
};
