/* voting.c -- several estimators about the same rows, and what they say together.
 *
 *     hard:   the class with the largest sum of the weights of its voters; the first among equals
 *     soft:   p = sum_e w_e p_e / sum_e w_e, and the class with the largest p
 *     values: sum_e w_e f_e / sum_e w_e
 * Shapes: members E, probabilities n x K.   Cost: the members' fits, several at a time.
 * Reference: scikit-learn's VotingClassifier and VotingRegressor. */
#include "selection/members.h"
#include "selection/registry.h"

#include "core/text.h"

#include <math.h>
#include <string.h>

static const char *const VOTES[] = {"hard", "soft", NULL};
enum { HARD, SOFT };

/* Both classes have these fields; a regressor does not look at the vote. */
struct params {
    hone_steps estimators;
    int voting;
    hone_short_text weights;
};

/* Reads "(2,1,0.5)" into weights (room for `most`), or "none"; returns how many there are, 0 for
 * none, SIZE_MAX for anything else. */
static size_t read_weights(const char *text, size_t most, double *weights) {
    const char *end = text + strlen(text), *at = text;
    size_t n = 0;
    if (strcmp(text, "none") == 0)
        return 0;
    if (end - at < 3 || *at != '(' || end[-1] != ')')
        return SIZE_MAX;
    for (at++, end--; at < end; at++) {
        double value;
        at = hone_read_double(at, end, &value);
        if (!at || !(value >= 0) || isinf(value) || (at < end && *at != ','))
            return SIZE_MAX;
        if (n < most)
            weights[n] = value;
        n++;
    }
    return end[-1] == ',' ? SIZE_MAX : n;
}

static hone_status accept_weights(const char *text, hone_error *err) {
    double weights[HONE_SHORT_TEXT];
    size_t n = read_weights(text, HONE_SHORT_TEXT, weights);
    double sum = 0;
    for (size_t i = 0; i < n && n != SIZE_MAX; i++)
        sum += weights[i];
    return n == 0 || (n != SIZE_MAX && sum > 0 && !isinf(sum))
               ? HONE_OK
               : hone_fail(err, HONE_EINVAL,
                           "expected none or a list like (2,1,0.5) of numbers >= 0, not all 0, got "
                           "%s",
                           *text ? text : "nothing");
}

static const hone_param CLASSIFIER_PARAMS[] = {
    HONE_STEPS(params, estimators, "the classifiers that vote"),
    HONE_ENUM(params, voting, "hard", VOTES,
              "hard: one vote each; soft: the mean of probabilities"),
    HONE_TEXT(params, weights, "none", "none | (w,w,...)", accept_weights,
              "how much each one's vote counts; none: all the same"),
    HONE_PARAM_END,
};
static const hone_param REGRESSOR_PARAMS[] = {
    HONE_STEPS(params, estimators, "the regressors whose mean it is"),
    HONE_TEXT(params, weights, "none", "none | (w,w,...)", accept_weights,
              "how much each one counts in the mean; none: all the same"),
    HONE_PARAM_END,
};

struct state {
    hone_steps estimators;
    size_t n_estimators;
    double *weights; /* n_estimators */
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_estimators, "estimators"),
    HONE_VECTOR(state, weights, n_estimators, "how much each one counts"),
    HONE_FITTED_STEPS(state, estimators, "the estimators, fitted to all rows"),
    HONE_ATTR_END,
};

static const char CLASSIFIER[] = "voting_classifier", REGRESSOR[] = "voting_regressor";

/* ---- fit ------------------------------------------------------------------------------------- */

static hone_status set_weights(const struct params *p, struct state *s, hone_error *err) {
    hone_status status = hone_new(&s->weights, s->n_estimators, err);
    if (status != HONE_OK)
        return status;
    if (read_weights(p->weights.s, s->n_estimators, s->weights) == 0)
        for (size_t i = 0; i < s->n_estimators; i++)
            s->weights[i] = 1;
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const char *who = hone_fit_classes(data) ? CLASSIFIER : REGRESSOR;
    const struct params *p = params;
    struct state *s = state;
    s->n_estimators = p->estimators.n;
    hone_status status = set_weights(p, s, err);
    return status == HONE_OK ? hone_members_fit(&p->estimators, data, who, mon, &s->estimators, err)
                             : status;
}

/* ---- use ------------------------------------------------------------------------------------- */

/* out (x.rows x width) gets the weighted mean: of values (k = 0), probabilities, or votes. */
static hone_status mean_answers(const struct state *s, hone_view x, size_t k, bool proba,
                                double *out, hone_error *err) {
    size_t width = proba ? k : 1, numbers = x.rows * (k ? k : 1);
    double *says = NULL, sum = 0;
    hone_status status = hone_new2(&says, x.rows, width, err);
    memset(out, 0, numbers * sizeof *out);
    for (size_t e = 0; status == HONE_OK && e < s->n_estimators; e++) {
        double w = s->weights[e];
        sum += w;
        status = hone_members_ask(s->estimators.at[e], x, k, proba, says, err);
        for (size_t i = 0; status == HONE_OK && i < x.rows * width; i++)
            if (proba || !k)
                out[i] += w * says[i];
            else
                out[i * k + (size_t)says[i]] += w;
    }
    for (size_t i = 0; status == HONE_OK && i < numbers; i++)
        out[i] /= sum;
    hone_release(says);
    return status;
}

static hone_status predict_class(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct state *s = state;
    size_t k = hone_n_classes(s->estimators.at[0]);
    double *mean = NULL;
    hone_status status = hone_new2(&mean, x.rows, k, err);
    if (status == HONE_OK)
        status = mean_answers(s, x, k, ((const struct params *)params)->voting == SOFT, mean, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++) {
        size_t best = 0;
        for (size_t c = 1; c < k; c++)
            if (mean[i * k + c] > mean[i * k + best])
                best = c;
        out[i] = (double)best;
    }
    hone_release(mean);
    return status;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    (void)params;
    const struct state *s = state;
    return mean_answers(s, x, hone_n_classes(s->estimators.at[0]), true, out, err);
}

static hone_status predict_value(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    (void)params;
    return mean_answers(state, x, 0, false, out, err);
}

/* ---- what it is ------------------------------------------------------------------------------ */

static hone_status check(hone_task task, const struct params *p, hone_error *err) {
    double weights[1];
    hone_status status = hone_members_check(&p->estimators, 1, task, err);
    size_t n = read_weights(p->weights.s, 1, weights);
    if (status == HONE_OK && n > 0 && n != p->estimators.n)
        return hone_fail(err, HONE_EINVAL, "weights are %zu, but it is made of %zu estimators", n,
                         p->estimators.n);
    return status;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct params *p = params;
    const struct state *s = state;
    bool fits = s->n_estimators == p->estimators.n;
    double sum = 0;
    for (size_t i = 0; fits && i < s->n_estimators; i++) {
        fits = s->weights[i] >= 0;
        sum += s->weights[i];
    }
    if (!fits || !(sum > 0 && isfinite(sum)))
        return hone_fail(err, HONE_EFORMAT, "impossible weights");
    return hone_inner_validate(&p->estimators, &s->estimators, n_cols, n_classes, err);
}

static unsigned tags_of(const void *params) {
    const struct params *p = params;
    unsigned all = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_MISSING |
                   HONE_TAG_CATEGORIES | HONE_TAG_ONE_CLASS;
    return HONE_TAG_MANY |
           hone_members_tags(&p->estimators, all, HONE_TAG_NEEDS_SCALING | HONE_TAG_TWO_CLASSES);
}

/* ---- classification -------------------------------------------------------------------------- */

static hone_status check_classifier(const void *params, hone_error *err) {
    const struct params *p = params;
    hone_status status = check(HONE_CLASSIFIER, p, err);
    for (size_t i = 0; status == HONE_OK && p->voting == SOFT && i < p->estimators.n; i++)
        if (!(hone_estimator_tags(p->estimators.at[i]) & HONE_TAG_PROBA))
            return hone_fail(err, HONE_EINVAL,
                             "voting=soft is the mean of probabilities, and %s gives none",
                             hone_name(hone_final_step(p->estimators.at[i])));
    return status;
}

static unsigned classifier_tags(const void *params) {
    bool soft = ((const struct params *)params)->voting == SOFT;
    return tags_of(params) | (soft ? (unsigned)HONE_TAG_PROBA : 0);
}

const hone_class hone_voting_classifier = {
    .name = CLASSIFIER,
    .summary = "several classifiers that vote",
    .alias = "voting",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_MANY,
    .params = CLASSIFIER_PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict = predict_class,
    .predict_proba = predict_proba,
    .validate = validate,
    .check = check_classifier,
    .tags_of = classifier_tags,
};

/* ---- regression ------------------------------------------------------------------------------ */

static hone_status check_regressor(const void *params, hone_error *err) {
    return check(HONE_REGRESSOR, params, err);
}

const hone_class hone_voting_regressor = {
    .name = REGRESSOR,
    .summary = "the mean of several regressors",
    .alias = "voting",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_MANY,
    .params = REGRESSOR_PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict = predict_value,
    .validate = validate,
    .check = check_regressor,
    .tags_of = tags_of,
};
