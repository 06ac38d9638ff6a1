/* ada_boost_classifier.c -- classifiers that are each fitted where the ones before were wrong.
 *
 *     e_t = sum_i w_i [h_t(x_i) != y_i] / sum_i w_i
 *     a_t = learning_rate (log((1 - e_t) / e_t) + log(K - 1)),   w_i *= exp(a_t [h_t(x_i) != y_i])
 *     decision_k = sum_t a_t ([h_t(x) = k] - [h_t(x) != k] / (K - 1)) / sum_t a_t
 *     p = softmax(decision / (K - 1)); of two classes the decision is that of class 1 less that of
 *     class 0, and p_1 = 1 / (1 + exp(-decision))
 * SAMME, as scikit-learn has it alone from 1.6 on. It ends early where a member is never wrong
 * (e = 0: a_t = 1) or no better than chance (left out).
 * Shapes: w n, decision n x K.   Cost: a fit and a prediction of all rows per member.
 * Reference: Freund & Schapire 1997; Zhu, Zou, Rosset & Hastie 2009. */
#include "selection/boost.h"

#include <math.h>
#include <string.h>

static const hone_param PARAMS[] = {
    HONE_STEPS_OR(hone_boost_params, estimator, "decision_tree_classifier:max_depth=1",
                  "the classifier that is boosted; it must take weights"),
    HONE_INT(hone_boost_params, n_estimators, 50, "[1, inf)", "the most members"),
    HONE_REAL(hone_boost_params, learning_rate, 1.0, "(0, inf)",
              "how fast the weights of wrong rows grow"),
    HONE_SEED(hone_boost_params, seed, "of what the members draw"),
    HONE_PARAM_END,
};

static const char WHO[] = "ada_boost_classifier";

/* An error this near to chance is chance: a member that is the same as the one before it errs by
 * chance exactly, which rounding must not take for a little more than nothing. */
static const double NEAR = 1e-10;

/* ---- fit ------------------------------------------------------------------------------------- */

/* The share of the weight on rows whose label is wrong. */
static double error_of(const double *y, const double *label, const double *w, size_t n) {
    double wrong = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        wrong += label[i] != y[i] ? w[i] : 0;
        sum += w[i];
    }
    return wrong / sum;
}

/* One member more; *more: go on. label (n): work. */
static hone_status boost(hone_boosting *b, bool *more, hone_error *err) {
    size_t n = b->data->x.rows, k = hone_fit_classes(b->data), t = b->s->n_members;
    const double *y = b->data->y.data;
    hone_status status = hone_boost_fit_member(b, b->data, b->w, err);
    if (status != HONE_OK)
        return status;
    double error = error_of(y, b->says, b->w, n);
    *more = false;
    if (error > 0 && error >= 1 - 1 / (double)k - NEAR) { /* no better than chance */
        if (t == 0)
            return hone_fail(err, HONE_EDATA,
                             "%s: %s is no better than chance on its own rows (%g of their weight "
                             "is wrong), so there is nothing to boost",
                             WHO, hone_name(hone_final_step(b->p->estimator.at[0])), error);
        hone_boost_drop_member(b);
        return HONE_OK;
    }
    double a = b->p->learning_rate * (log((1 - error) / error) + log((double)k - 1));
    b->s->errors[t] = error > 0 ? error : 0;
    b->s->weights[t] = error > 0 ? a : 1;
    b->s->n_members++;
    for (size_t i = 0; error > 0 && i < n; i++)
        b->w[i] *= b->says[i] != y[i] ? exp(a) : 1;
    *more = error > 0;
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    return hone_boost_fit(WHO, params, data, boost, mon, state, err);
}

/* ---- use ------------------------------------------------------------------------------------- */

/* out (x.rows x k): the decision of every class. */
static hone_status all_decisions(const hone_boost_state *s, hone_view x, size_t k, double *out,
                                 hone_error *err) {
    double *label = NULL, sum = 0, other = -1 / ((double)k - 1);
    hone_status status = hone_new(&label, x.rows, err);
    memset(out, 0, x.rows * k * sizeof *out);
    for (size_t t = 0; status == HONE_OK && t < s->n_members; t++) {
        double a = s->weights[t];
        sum += a;
        status = hone_members_ask(s->estimators.at[t], x, k, false, label, err);
        for (size_t i = 0; status == HONE_OK && i < x.rows; i++)
            for (size_t c = 0; c < k; c++)
                out[i * k + c] += label[i] == (double)c ? a : other * a;
    }
    for (size_t i = 0; status == HONE_OK && i < x.rows * k; i++)
        out[i] /= sum;
    hone_release(label);
    return status;
}

static hone_status decision(const void *params, const void *state, hone_view x, double *out,
                            hone_error *err) {
    (void)params;
    const hone_boost_state *s = state;
    size_t k = hone_n_classes(s->estimators.at[0]);
    double *both = NULL;
    if (k > 2)
        return all_decisions(s, x, k, out, err);
    hone_status status = hone_new2(&both, x.rows, k, err);
    if (status == HONE_OK)
        status = all_decisions(s, x, k, both, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++)
        out[i] = both[2 * i + 1] - both[2 * i];
    hone_release(both);
    return status;
}

/* Of two classes the decisions are d and -d: softmax of both is the logistic of 2 d. */
static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    (void)params;
    const hone_boost_state *s = state;
    size_t k = hone_n_classes(s->estimators.at[0]);
    hone_status status = all_decisions(s, x, k, out, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++) {
        double *p = out + i * k, top = p[0], sum = 0;
        for (size_t c = 1; c < k; c++)
            top = fmax(top, p[c]);
        for (size_t c = 0; c < k; c++)
            sum += p[c] = exp((p[c] - top) / ((double)k - 1));
        for (size_t c = 0; c < k; c++)
            p[c] /= sum;
    }
    return status;
}

/* ---- what it is ------------------------------------------------------------------------------ */

static hone_status check(const void *params, hone_error *err) {
    const hone_boost_params *p = params;
    hone_status status = hone_members_check(&p->estimator, 1, HONE_CLASSIFIER, err);
    if (status == HONE_OK && !(hone_estimator_tags(p->estimator.at[0]) & HONE_TAG_WEIGHTS))
        return hone_fail(err, HONE_EINVAL, "boosts by sample weights, and %s takes none",
                         hone_name(hone_final_step(p->estimator.at[0])));
    return status;
}

static unsigned tags_of(const void *params) {
    return hone_boost_tags(params) | HONE_TAG_PROBA | HONE_TAG_DECISION;
}

const hone_class hone_ada_boost_classifier = {
    .name = WHO,
    .summary = "classifiers that are each fitted where the ones before were wrong (SAMME)",
    .alias = "ada_boost",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(hone_boost_params),
    .attrs = hone_boost_attrs,
    .state_size = sizeof(hone_boost_state),
    .fit = fit,
    .predict_proba = predict_proba,
    .decision = decision,
    .validate = hone_boost_validate,
    .check = check,
    .tags_of = tags_of,
};
