/* bagging.c -- the mean of members that learn from rows and columns drawn at random.
 *
 *     member b:  a clone of the inner estimator, its seeds drawn, fitted on bag b
 *     predict:   the mean of the members' values, or of their probabilities; of members without
 *                probabilities the share of their votes
 *     out of bag: the same mean about a training row over the members that have not learnt from it
 * A bag depends on the seed and its number alone: five members and a warm start to ten are the ten
 * to the bit. With replacement rows of a weight are drawn in proportion to it and then count once
 * each (as in scikit-learn from 1.8 on); without, the weights go to the members.
 * Shapes: features members x columns, out-of-bag answers n x K (n x 1).
 * Cost: the members' fits; with oob_score n bytes per member while it fits.
 * Differs from scikit-learn: max_samples and max_features are shares up to 1, amounts beyond; a bag
 * that holds one class where the member needs two is drawn again.
 * Reference: Breiman 1996; Ho 1998; Louppe & Geurts 2012. */
#include "selection/bagging.h"
#include "selection/registry.h"

#include <math.h>
#include <string.h>

#define PARAMS_WITH(inner, help)                                                                  \
    {                                                                                             \
        HONE_STEPS_OR(hone_bagging_params, estimator, inner, help),                               \
            HONE_INT(hone_bagging_params, n_estimators, 10, "[1, inf)", "members"),               \
            HONE_REAL(hone_bagging_params, max_samples, 1.0, "(0, inf)",                          \
                      "rows of a bag: a share up to 1, a number beyond"),                         \
            HONE_REAL(hone_bagging_params, max_features, 1.0, "(0, inf)",                         \
                      "columns of a member: a share up to 1, a number beyond"),                   \
            HONE_BOOL(hone_bagging_params, bootstrap, true, "draw rows with replacement"),        \
            HONE_BOOL(hone_bagging_params, bootstrap_features, false,                             \
                      "draw columns with replacement"),                                           \
            HONE_BOOL(hone_bagging_params, oob_score, false,                                      \
                      "judge each training row by the members that have not learnt from it"),     \
            HONE_BOOL(hone_bagging_params, warm_start, false,                                     \
                      "keep the members that are there and add more"),                            \
            HONE_SEED(hone_bagging_params, seed, "of bags, columns and members"), HONE_PARAM_END, \
    }
static const hone_param CLASSIFIER_PARAMS[] =
    PARAMS_WITH("decision_tree_classifier", "the classifier that every member is a clone of");
static const hone_param REGRESSOR_PARAMS[] =
    PARAMS_WITH("decision_tree_regressor", "the regressor that every member is a clone of");

static const hone_attr ATTRS[] = {
    HONE_COUNT(hone_bagging_state, n_members, "members"),
    HONE_COUNT(hone_bagging_state, n_features, "columns of a member"),
    HONE_COUNT(hone_bagging_state, n_answers, "numbers per row: classes, or 1 for values"),
    HONE_COUNT(hone_bagging_state, n_rows,
               "training rows with out-of-bag answers; 0 without oob_score"),
    HONE_ARRAY_I32(hone_bagging_state, features, n_members, n_features,
                   "which columns each member has"),
    HONE_ARRAY(hone_bagging_state, oob_prediction, n_rows, n_answers,
               "out-of-bag probabilities or values of the training rows; nan: in every bag"),
    HONE_NUMBER(hone_bagging_state, oob_score,
                "accuracy or R2 of these answers; nan without oob_score"),
    HONE_FITTED_STEPS(hone_bagging_state, estimators, "the members"),
    HONE_ATTR_END,
};

/* ---- answers --------------------------------------------------------------------------------- */

bool hone_bagging_takes_all(const hone_bagging_params *p, size_t n_features, size_t n_cols) {
    return n_features == n_cols && !p->bootstrap_features;
}

void hone_bagging_gather(hone_view x, const int32_t *columns, size_t f, double *out) {
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < f; j++)
            out[i * f + j] = hone_view_row(x, i)[columns[j]];
}

hone_status hone_bagging_add(const hone_bagging_params *p, const hone_bagging_state *s,
                             size_t member, hone_view x, size_t n_classes, double *sum,
                             hone_error *err) {
    const hone_estimator *fitted = s->estimators.at[member];
    bool proba = n_classes && (hone_estimator_tags(fitted) & HONE_TAG_PROBA);
    size_t width = proba ? n_classes : 1, f = s->n_features;
    double *says = NULL, *part = NULL;
    hone_status status = hone_new2(&says, x.rows, width, err);
    if (status == HONE_OK && !hone_bagging_takes_all(p, f, x.cols)) {
        status = hone_new2(&part, x.rows, f, err);
        if (status == HONE_OK)
            hone_bagging_gather(x, s->features + member * f, f, part);
        x = hone_view_of(part, x.rows, f);
    }
    if (status == HONE_OK)
        status = hone_members_ask(fitted, x, n_classes, proba, says, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows * width; i++)
        if (proba || !n_classes)
            sum[i] += says[i];
        else
            sum[i * n_classes + (size_t)says[i]] += 1;
    hone_release(says);
    hone_release(part);
    return status;
}

hone_status hone_bagging_mean(const hone_bagging_params *p, const hone_bagging_state *s,
                              hone_view x, size_t n_classes, double *out, hone_error *err) {
    size_t numbers = x.rows * s->n_answers;
    hone_status status = HONE_OK;
    memset(out, 0, numbers * sizeof *out);
    for (size_t b = 0; status == HONE_OK && b < s->n_members; b++)
        status = hone_bagging_add(p, s, b, x, n_classes, out, err);
    for (size_t i = 0; i < numbers; i++)
        out[i] /= (double)s->n_members;
    return status;
}

/* ---- what it is ------------------------------------------------------------------------------ */

static bool is_amount(double value) {
    return value <= 1 || value == floor(value);
}

static hone_status check(hone_task task, const void *params, hone_error *err) {
    const hone_bagging_params *p = params;
    hone_status status = hone_members_check(&p->estimator, 1, task, err);
    if (status != HONE_OK)
        return status;
    if (!is_amount(p->max_samples) || !is_amount(p->max_features))
        return hone_fail(err, HONE_EINVAL,
                         "parameter %s must be a share up to 1 or a whole number, got %g",
                         is_amount(p->max_samples) ? "max_features" : "max_samples",
                         is_amount(p->max_samples) ? p->max_features : p->max_samples);
    if (p->oob_score && p->warm_start)
        return hone_fail(err, HONE_EINVAL,
                         "oob_score cannot go with warm_start, whose members may have learnt "
                         "from other rows");
    if (p->oob_score && !p->bootstrap && p->max_samples == 1)
        return hone_fail(err, HONE_EINVAL,
                         "oob_score needs rows that a bag lacks: bootstrap, or max_samples "
                         "below 1");
    return HONE_OK;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const hone_bagging_params *p = params;
    const hone_bagging_state *s = state;
    bool fits = s->n_members > 0 && s->estimators.n == s->n_members && s->n_features > 0 &&
                (p->bootstrap_features || s->n_features <= n_cols) &&
                s->n_answers == (n_classes ? n_classes : 1);
    for (size_t i = 0; fits && i < s->n_members * s->n_features; i++)
        fits = s->features[i] >= 0 && (size_t)s->features[i] < n_cols;
    if (!fits)
        return hone_fail(err, HONE_EFORMAT, "impossible members or columns");
    hone_status status = HONE_OK;
    for (size_t b = 0; status == HONE_OK && b < s->n_members; b++)
        status = hone_inner_validate_one(p->estimator.at[0], s->estimators.at[b], s->n_features,
                                         n_classes, false, err);
    return status;
}

static unsigned tags_of(const void *params) {
    const hone_bagging_params *p = params;
    unsigned passed =
        HONE_TAG_WEIGHTS | HONE_TAG_MISSING | HONE_TAG_CATEGORIES | HONE_TAG_ONE_CLASS;
    return hone_members_tags(&p->estimator, passed, HONE_TAG_NEEDS_SCALING | HONE_TAG_TWO_CLASSES) |
           (p->bootstrap ? (unsigned)HONE_TAG_WEIGHTS : 0);
}

static const char CLASSIFIER[] = "bagging_classifier", REGRESSOR[] = "bagging_regressor";

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const char *who = hone_fit_classes(data) ? CLASSIFIER : REGRESSOR;
    return hone_bagging_fit(who, params, data, mon, state, err);
}

/* ---- classification -------------------------------------------------------------------------- */

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const hone_bagging_state *s = state;
    return hone_bagging_mean(params, s, x, s->n_answers, out, err);
}

static hone_status check_classifier(const void *params, hone_error *err) {
    return check(HONE_CLASSIFIER, params, err);
}

static unsigned classifier_tags(const void *params) {
    return tags_of(params) | HONE_TAG_PROBA;
}

const hone_class hone_bagging_classifier = {
    .name = CLASSIFIER,
    .summary = "the mean of classifiers that learn from rows and columns drawn at random",
    .alias = "bagging",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_PROBA | HONE_TAG_WEIGHTS,
    .params = CLASSIFIER_PARAMS,
    .params_size = sizeof(hone_bagging_params),
    .attrs = ATTRS,
    .state_size = sizeof(hone_bagging_state),
    .fit = fit,
    .predict_proba = predict_proba,
    .validate = validate,
    .check = check_classifier,
    .tags_of = classifier_tags,
};

/* ---- regression ------------------------------------------------------------------------------ */

static hone_status predict_value(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    return hone_bagging_mean(params, state, x, 0, out, err);
}

static hone_status check_regressor(const void *params, hone_error *err) {
    return check(HONE_REGRESSOR, params, err);
}

const hone_class hone_bagging_regressor = {
    .name = REGRESSOR,
    .summary = "the mean of regressors that learn from rows and columns drawn at random",
    .alias = "bagging",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_WEIGHTS,
    .params = REGRESSOR_PARAMS,
    .params_size = sizeof(hone_bagging_params),
    .attrs = ATTRS,
    .state_size = sizeof(hone_bagging_state),
    .fit = fit,
    .predict = predict_value,
    .validate = validate,
    .check = check_regressor,
    .tags_of = tags_of,
};
