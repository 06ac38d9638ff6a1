/* forest.c -- decision trees, random forests and extremely randomised trees: six classes from one
 * set of rows.
 *
 * Splits lie between bins (max_bins quantiles; columns with no more values are cut exactly where
 * scikit-learn cuts). Beyond it: missing values and categories are taken as they are. In its
 * max_features and max_samples 1.0 and 1 differ; here a number below 1 is a share, one from 1 on a
 * count (max_samples=1: all), and the word all stands for 1.0. Columns that win the same: the first
 * of those looked at, which are in the order of the data where all are. */
#include "classic/forest/forest.h"

#include "classic/forest/forest_data.h"

static const char *const CRITERIA[] = {"gini", "entropy", "log_loss", NULL};
static const char *const FEATURES[] = {"sqrt", "log2", "all", NULL};
static const char *const SPLITTERS[] = {"best", "random", NULL};
static const char *const NONE[] = {"none", NULL};
static const char *const ALL[] = {"all", NULL};

/* clang-format off */
#define CLASS_PARAMS \
    HONE_ENUM(forest_params, criterion, "gini", CRITERIA, "impurity that splits lower; log_loss is another name of entropy"), \
    HONE_CLASS_WEIGHT(forest_params, class_weight, "weight of each class")

#define FOREST_PARAMS(draw) \
    HONE_INT(forest_params, n_estimators, 100, "[1, inf)", "trees"), \
    {"bootstrap", HONE_PARAM_BOOL, offsetof(struct forest_params, bootstrap), draw, NULL, NULL, "each tree learns from rows drawn with replacement, else from all", NULL}, \
    HONE_MIXED(forest_params, max_samples, "all", ALL, "(0, inf)", "rows that bootstrap draws: up to 1 a share, beyond a count"), \
    HONE_BOOL(forest_params, oob_score, false, "judge each row by the trees that have not drawn it"), \
    HONE_BOOL(forest_params, warm_start, false, "keep the trees of the last fit, on the same rows, and grow the rest up to n_estimators")

#define SPLITTER_PARAM \
    HONE_ENUM(forest_params, splitter, "best", SPLITTERS, "the best threshold of a column, or one by chance")

#define TREE_PARAMS(features) \
    HONE_MIXED(forest_params, max_features, features, FEATURES, "(0, inf)", "columns drawn for each split: below 1 a share, else a count"), \
    HONE_MIXED(forest_params, max_depth, "none", NONE, "[1, inf)", "most splits above a leaf"), \
    HONE_INT(forest_params, min_samples_split, 2, "[2, inf)", "least rows of a node that is split"), \
    HONE_INT(forest_params, min_samples_leaf, 1, "[1, inf)", "least rows of a leaf"), \
    HONE_REAL(forest_params, min_weight_fraction_leaf, 0, "[0, 0.5]", "least share of all weight in a leaf"), \
    HONE_MIXED(forest_params, max_leaf_nodes, "none", NONE, "[2, inf)", "most leaves of a tree; then the best split comes first"), \
    HONE_REAL(forest_params, min_impurity_decrease, 0, "[0, inf)", "least that a split lowers the impurity by, weighted by its share of the rows"), \
    HONE_REAL(forest_params, ccp_alpha, 0, "[0, inf)", "impurity that a leaf must be worth, else its parent is pruned"), \
    HONE_INT(forest_params, max_bins, 255, "[2, 255]", "most bins of a column, between which it is split"), \
    HONE_SEED(forest_params, seed, "seed of drawn rows, columns and thresholds"), \
    HONE_PARAM_END

static const hone_param TREE_CLASSIFIER[] = {CLASS_PARAMS, SPLITTER_PARAM, TREE_PARAMS("all")};
static const hone_param TREE_REGRESSOR[] = {SPLITTER_PARAM, TREE_PARAMS("all")};
static const hone_param FOREST_CLASSIFIER[] = {CLASS_PARAMS, FOREST_PARAMS("true"), TREE_PARAMS("sqrt")};
static const hone_param FOREST_REGRESSOR[] = {FOREST_PARAMS("true"), TREE_PARAMS("all")};
static const hone_param EXTRA_CLASSIFIER[] = {CLASS_PARAMS, FOREST_PARAMS("false"), TREE_PARAMS("sqrt")};
static const hone_param EXTRA_REGRESSOR[] = {FOREST_PARAMS("false"), TREE_PARAMS("all")};

static const char *const WORK_PARAMS[] = {"max_bins", NULL};
static const hone_attr WORK_ATTRS[] = {HONE_ATTR_END};

static const hone_attr ATTRS[] = {
    HONE_TREES_ATTRS,
    HONE_COUNT(forest_state, n_classes, "number of classes, 0 for values"),
    HONE_COUNT(forest_state, n_oob, "rows of the fit with oob_score, else 0"),
    HONE_NUMBER(forest_state, oob_score, "accuracy or R^2 of the out-of-bag answers; NaN without oob_score"),
    HONE_ARRAY(forest_state, oob_prediction, n_oob, trees.n_outputs, "answer of the trees that have not drawn the row"),
    HONE_ATTR_END
};
/* clang-format on */

enum { TREE, TREE_VALUES, FOREST, FOREST_VALUES, EXTRA, EXTRA_VALUES };
static const struct forest_kind KINDS[] = {
    [TREE] = {"decision_tree_classifier", true, false, false},
    [TREE_VALUES] = {"decision_tree_regressor", false, false, false},
    [FOREST] = {"random_forest_classifier", true, true, false},
    [FOREST_VALUES] = {"random_forest_regressor", false, true, false},
    [EXTRA] = {"extra_trees_classifier", true, true, true},
    [EXTRA_VALUES] = {"extra_trees_regressor", false, true, true},
};

/* ---- shared work ----------------------------------------------------------------------------- */

static hone_status prepare(const void *params, const hone_dataset *data, const hone_monitor *mon,
                           void *work, hone_error *err) {
    return hone_forest_prepare(params, data, mon, work, err);
}

static void clear_work(void *work) {
    hone_forest_columns_clear(&((struct forest_work *)work)->columns);
}

/* ---- answers --------------------------------------------------------------------------------- */

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    (void)params;
    const struct forest_state *s = state;
    return hone_trees_predict(&s->trees, x, 0, SIZE_MAX, out, err);
}

/* Shares of T leaves, each divided by T, add up to 1 but for rounding. */
static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct forest_state *s = state;
    size_t k = s->n_classes;
    hone_status status = predict(params, state, x, out, err);
    for (size_t i = 0; i < x.rows && status == HONE_OK; i++) {
        double sum = 0;
        for (size_t c = 0; c < k; c++)
            sum += out[i * k + c];
        for (size_t c = 0; c < k; c++)
            out[i * k + c] /= sum;
    }
    return status;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params;
    const struct forest_state *s = state;
    size_t outputs = n_classes ? n_classes : 1;
    if (s->n_classes != n_classes || s->trees.n_outputs != outputs || s->trees.width != outputs ||
        s->trees.n_trees == 0)
        return hone_fail(err, HONE_EFORMAT, "%zu trees of %zu numbers for %zu classes do not fit",
                         s->trees.n_trees, s->trees.width, n_classes);
    hone_status status = hone_trees_validate(&s->trees, n_cols, err);
    bool sound = true;
    for (size_t i = 0; n_classes > 0 && i < s->trees.n_nodes && status == HONE_OK; i++) {
        double sum = 0;
        for (size_t c = 0; c < outputs; c++)
            sum += s->trees.value[i * outputs + c], sound &= s->trees.value[i * outputs + c] >= 0;
        sound &= sum > 0;
    }
    if (status == HONE_OK && !sound)
        status = hone_fail(err, HONE_EFORMAT, "a node of the model has no class shares");
    return status;
}

/* ---- classes --------------------------------------------------------------------------------- */

/* clang-format off */
#define SLOTS(kind) \
    static hone_status fit_##kind(const void *params, const hone_dataset *data, const void *work, const size_t *rows, const hone_monitor *mon, void *state, hone_error *err) { \
        return hone_forest_fit(KINDS + kind, params, data, work, rows, mon, state, err); \
    }
SLOTS(TREE)
SLOTS(TREE_VALUES)
SLOTS(FOREST)
SLOTS(FOREST_VALUES)
SLOTS(EXTRA)
SLOTS(EXTRA_VALUES)

#define BOTH(kind, table) \
    .params = table, .params_size = sizeof(struct forest_params), .attrs = ATTRS, .state_size = sizeof(struct forest_state), \
    .fit_prepared = fit_##kind, .prepare = prepare, .work_params = WORK_PARAMS, .work_attrs = WORK_ATTRS, \
    .work_size = sizeof(struct forest_work), .work_clear = clear_work, .validate = validate, .check = hone_forest_check, \
    .ready = hone_trees_ready, .unready = hone_trees_unready
#define CLASSES(kind, table) \
    .task = HONE_CLASSIFIER, .predict_proba = predict_proba, \
    .tags = HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_MISSING | HONE_TAG_CATEGORIES | HONE_TAG_ONE_CLASS, \
    BOTH(kind, table)
#define VALUES(kind, table) \
    .task = HONE_REGRESSOR, .predict = predict, \
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_MISSING | HONE_TAG_CATEGORIES, \
    BOTH(kind, table)
/* clang-format on */

const hone_class hone_decision_tree_classifier = {
    .name = "decision_tree_classifier",
    .summary = "one tree of yes-no questions, down to pure leaves",
    .alias = "tree",
    CLASSES(TREE, TREE_CLASSIFIER),
};

const hone_class hone_decision_tree_regressor = {
    .name = "decision_tree_regressor",
    .summary = "one tree of yes-no questions; a leaf answers with its mean",
    .alias = "tree",
    VALUES(TREE_VALUES, TREE_REGRESSOR),
};

const hone_class hone_random_forest_classifier = {
    .name = "random_forest_classifier",
    .summary = "mean of trees, each grown on drawn rows and splitting drawn columns",
    .alias = "rf",
    CLASSES(FOREST, FOREST_CLASSIFIER),
};

const hone_class hone_random_forest_regressor = {
    .name = "random_forest_regressor",
    .summary = "mean of trees, each grown on drawn rows",
    .alias = "rf",
    VALUES(FOREST_VALUES, FOREST_REGRESSOR),
};

const hone_class hone_extra_trees_classifier = {
    .name = "extra_trees_classifier",
    .summary = "mean of trees that split drawn columns at thresholds drawn by chance",
    .alias = "et",
    CLASSES(EXTRA, EXTRA_CLASSIFIER),
};

const hone_class hone_extra_trees_regressor = {
    .name = "extra_trees_regressor",
    .summary = "mean of trees that split at thresholds drawn by chance",
    .alias = "et",
    VALUES(EXTRA_VALUES, EXTRA_REGRESSOR),
};
