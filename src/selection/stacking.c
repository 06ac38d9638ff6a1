/* stacking.c -- an estimator that learns from what others say about rows that they have not seen.
 *
 *     z_i = (answers of members fitted without the fold of row i) [, x_i]
 *     final_estimator is fitted on (z, y); the members once more on all rows
 *     predict(x) = final(answers of the members about x [, x])
 * Answers: probabilities, else decision values, else labels; of two classes one number. The folds
 * are those of hone_split(): they follow the data's own fold numbers, times, groups or classes.
 * Shapes: z n x (answers [+ m]).   Cost: cv + 1 fits of each member, several at a time.
 * Reference: Wolpert 1992; van der Laan, Polley & Hubbard 2007. As scikit-learn's Stacking*, whose
 * final_estimator is ridge with the penalty chosen (RidgeCV) where ours is ridge; rows that no fold
 * tests (the first ones in time) teach the members alone. */
#include "selection/stacking.h"
#include "selection/registry.h"

#include <math.h>

static const char *const METHODS[] = {"auto", "predict_proba", "decision_function", "predict",
                                      NULL};

#define PARAMS_WITH(inner, last)                                                                   \
    {                                                                                              \
        HONE_STEPS(hone_stack_params, estimators, inner),                                          \
            HONE_STEPS_OR(hone_stack_params, final_estimator, last,                                \
                          "learns from their answers; in a spec after ; (svm, gaussian_nb; lr)"),  \
            HONE_ENUM(hone_stack_params, stack_method, "auto", METHODS,                            \
                      "how they answer; auto: the first of the following that each one gives"),    \
            HONE_INT(hone_stack_params, cv, 5, "[2, inf)", "inner folds that the answers are of"), \
            HONE_BOOL(hone_stack_params, passthrough, false, "the last one sees the columns too"), \
            HONE_SEED(hone_stack_params, seed, "shuffles the inner folds"), HONE_PARAM_END,        \
    }
static const hone_param CLASSIFIER_PARAMS[] =
    PARAMS_WITH("the classifiers whose answers are learnt from", "logistic_regression");
static const hone_param REGRESSOR_PARAMS[] =
    PARAMS_WITH("the regressors whose answers are learnt from", "ridge");

static const hone_attr ATTRS[] = {
    HONE_COUNT(hone_stack_state, n_answers, "columns that the estimators' answers make"),
    HONE_FITTED_STEPS(hone_stack_state, estimators, "the estimators, fitted to all rows"),
    HONE_FITTED_STEPS(hone_stack_state, final_estimator, "fitted to their out-of-fold answers"),
    HONE_ATTR_END,
};

static const char CLASSIFIER[] = "stacking_classifier", REGRESSOR[] = "stacking_regressor";

/* ---- fit ------------------------------------------------------------------------------------- */

/* Rows whose answers are not known teach the last one nothing. */
static hone_status take_known(const hone_dataset *data, hone_dataset **out, hone_error *err) {
    size_t n = data->x.rows, known = 0, *rows = NULL;
    hone_status status = hone_new(&rows, n, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        if (!isnan(hone_view_row(data->x, i)[0]))
            rows[known++] = i;
    if (status == HONE_OK)
        status = hone_dataset_take(data, rows, known, out, err);
    hone_release(rows);
    return status;
}

static hone_status fit_last(const char *who, const hone_stack_params *p, const hone_dataset *data,
                            const hone_monitor *mon, hone_steps *out, hone_error *err) {
    hone_schema *schema = NULL;
    hone_dataset *known = NULL, stack = *data;
    double *x = NULL;
    hone_status status;
    if ((status = hone_stack_schema(p, data->schema, &schema, err)) ||
        (status = hone_new2(&x, data->x.rows, schema->n_columns, err)) ||
        (status = hone_stack_learn(who, p, data, mon, x, err)))
        goto done;
    stack.x = hone_view_of(x, data->x.rows, schema->n_columns);
    stack.schema = schema;
    if ((status = take_known(&stack, &known, err)))
        goto done;
    status = hone_inner_fit_step(p->final_estimator.at[0], known, mon, out, err);
    if (status != HONE_OK)
        status = hone_fail_within(err, status, "%s: final_estimator", who);
done:
    hone_dataset_free(known);
    hone_schema_free(schema);
    hone_release(x);
    return status;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const char *who = hone_fit_classes(data) ? CLASSIFIER : REGRESSOR;
    const hone_stack_params *p = params;
    hone_stack_state *s = state;
    s->n_answers = hone_stack_answers(p, hone_fit_classes(data));
    hone_status status = fit_last(who, p, data, mon, &s->final_estimator, err);
    return status == HONE_OK ? hone_members_fit(&p->estimators, data, who, mon, &s->estimators, err)
                             : status;
}

/* ---- use ------------------------------------------------------------------------------------- */

/* A verb of the last estimator. */
typedef hone_status last_verb(const hone_estimator *, const hone_dataset *, double *,
                              const hone_monitor *, hone_error *);

static hone_status apply(const void *params, const void *state, hone_view rows, last_verb *verb,
                         double *out, hone_error *err) {
    static const hone_monitor ALONE = {.threads = 1};
    const hone_stack_state *s = state;
    const hone_estimator *last = s->final_estimator.at[0];
    size_t cols = hone_input_schema(last)->n_columns;
    double *x = NULL;
    hone_status status = hone_new2(&x, rows.rows, cols, err);
    if (status == HONE_OK)
        status = hone_stack_ask(params, s, rows, hone_n_classes(last), x, err);
    hone_dataset stack = {.x = hone_view_of(x, rows.rows, cols)};
    if (status == HONE_OK)
        status = verb(last, &stack, out, &ALONE, err);
    hone_release(x);
    return status;
}

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    return apply(params, state, x, hone_predict, out, err);
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    return apply(params, state, x, hone_predict_proba, out, err);
}

static hone_status decision(const void *params, const void *state, hone_view x, double *out,
                            hone_error *err) {
    return apply(params, state, x, hone_decision_function, out, err);
}

/* ---- what it is ------------------------------------------------------------------------------ */

static hone_status check_answers(const hone_stack_params *p, hone_error *err) {
    unsigned wanted = p->stack_method == HONE_STACK_PROBA      ? HONE_TAG_PROBA
                      : p->stack_method == HONE_STACK_DECISION ? HONE_TAG_DECISION
                                                               : 0;
    for (size_t e = 0; wanted && e < p->estimators.n; e++)
        if (!(hone_estimator_tags(p->estimators.at[e]) & wanted))
            return hone_fail(err, HONE_EINVAL, "stack_method is %s, which %s does not give",
                             METHODS[p->stack_method],
                             hone_name(hone_final_step(p->estimators.at[e])));
    return HONE_OK;
}

static hone_status check(hone_task task, const void *params, hone_error *err) {
    const hone_stack_params *p = params;
    hone_status status = hone_members_check(&p->estimators, 1, task, err);
    if (status == HONE_OK)
        status = hone_members_check(&p->final_estimator, 1, task, err);
    return status == HONE_OK ? check_answers(p, err) : status;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const hone_stack_params *p = params;
    const hone_stack_state *s = state;
    size_t answers = hone_stack_answers(p, n_classes), passed = p->passthrough ? n_cols : 0;
    if (s->n_answers != answers)
        return hone_fail(err, HONE_EFORMAT, "has %zu answers, expected %zu", s->n_answers, answers);
    hone_status status =
        hone_inner_validate(&p->estimators, &s->estimators, n_cols, n_classes, err);
    return status ? status
                  : hone_inner_validate(&p->final_estimator, &s->final_estimator, answers + passed,
                                        n_classes, err);
}

/* The columns reach the last one only if they pass through. */
static unsigned tags_of(const void *params) {
    const hone_stack_params *p = params;
    unsigned seen = HONE_TAG_MISSING | HONE_TAG_CATEGORIES;
    unsigned last =
        p->final_estimator.n ? hone_estimator_tags(p->final_estimator.at[0]) : HONE_TAG_WEIGHTS;
    unsigned all = (last & HONE_TAG_WEIGHTS) | (p->passthrough ? last & seen : seen);
    return HONE_TAG_MANY | (last & (HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_TWO_CLASSES)) |
           hone_members_tags(&p->estimators, all, HONE_TAG_NEEDS_SCALING | HONE_TAG_TWO_CLASSES);
}

/* ---- classification -------------------------------------------------------------------------- */

static hone_status check_classifier(const void *params, hone_error *err) {
    return check(HONE_CLASSIFIER, params, err);
}

const hone_class hone_stacking_classifier = {
    .name = CLASSIFIER,
    .summary = "a classifier that learns from what others say about rows they have not seen",
    .alias = "stacking",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_MANY,
    .params = CLASSIFIER_PARAMS,
    .params_size = sizeof(hone_stack_params),
    .attrs = ATTRS,
    .state_size = sizeof(hone_stack_state),
    .fit = fit,
    .predict = predict,
    .predict_proba = predict_proba,
    .decision = decision,
    .validate = validate,
    .check = check_classifier,
    .tags_of = tags_of,
};

/* ---- regression ------------------------------------------------------------------------------ */

static hone_status check_regressor(const void *params, hone_error *err) {
    return check(HONE_REGRESSOR, params, err);
}

const hone_class hone_stacking_regressor = {
    .name = REGRESSOR,
    .summary = "a regressor that learns from what others say about rows they have not seen",
    .alias = "stacking",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_MANY,
    .params = REGRESSOR_PARAMS,
    .params_size = sizeof(hone_stack_params),
    .attrs = ATTRS,
    .state_size = sizeof(hone_stack_state),
    .fit = fit,
    .predict = predict,
    .validate = validate,
    .check = check_regressor,
    .tags_of = tags_of,
};
