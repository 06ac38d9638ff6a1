/* pipeline.c -- an estimator made of others: every step but the last transforms.
 *
 *     fit:      X_0 = X;  fit step i on X_i;  X_{i+1} = fit_transform_i(X_i)
 *     predict:  last(transform_{n-2}(... transform_0(X)))
 *     inverse:  inverse_0(... inverse_{n-1}(Z))
 *
 * Shapes: X_i is rows x (output columns of step i - 1). y, weights and groups travel untouched;
 * the inner steps see class codes 0 .. K-1, as the pipeline itself does.
 * Cost: the sum of its steps, and one copy of the transformed columns per step. */
#include "selection/registry.h"

#include "core/schema.h"
#include "selection/inner.h"

struct params {
    hone_steps steps;
    bool automatic;
};
static const hone_param PARAMS[] = {
    HONE_STEPS(params, steps, "the estimators, in order"),
    HONE_BOOL(params, automatic, false,
              "all but the last step come by themselves: specs leave them out"),
    HONE_PARAM_END,
};

struct state {
    hone_steps steps;
};
static const hone_attr ATTRS[] = {
    HONE_FITTED_STEPS(state, steps, "the fitted estimators, in order"),
    HONE_ATTR_END,
};

/* The wrapper has already cut the rows into blocks and spread them over threads. */
static const hone_monitor ALONE = {.threads = 1};

static size_t output_cols(const hone_estimator *step) {
    const hone_schema *schema = hone_output_schema(step);
    return schema ? schema->n_columns : 0;
}

/* ---- fit ------------------------------------------------------------------------------------- */

/* Replaces the columns of `data` by what a step has made of them, `rows`. *owned holds the present
 * columns (empty: the caller's) and gets the new ones; `schema` is where the new schema is put
 * together from parts that the step and the caller's data own. */
static void step_forward(const hone_estimator *step, hone_matrix rows, hone_dataset *data,
                         hone_schema *schema, hone_matrix *owned) {
    hone_matrix_free(owned);
    *owned = rows;
    schema->n_columns = rows.cols;
    schema->columns = hone_output_schema(step)->columns;
    data->x = hone_matrix_view(owned);
    data->schema = schema;
}

/* out: what the last step makes of the rows, or NULL when nobody asks. */
static hone_status fit_steps(const void *params, const hone_dataset *data, const hone_monitor *mon,
                             void *state, hone_matrix *out, hone_error *err) {
    const hone_steps *steps = &((const struct params *)params)->steps;
    hone_steps *fitted = &((struct state *)state)->steps;
    hone_status status = hone_new(&fitted->at, steps->n, err);
    if (status != HONE_OK)
        return status;
    fitted->n = steps->n;

    hone_dataset current = *data;
    hone_schema schema = *data->schema;
    hone_matrix owned = {.data = NULL};
    for (size_t i = 0; status == HONE_OK && i < steps->n; i++) {
        hone_matrix rows = {.data = NULL};
        bool last = i + 1 == steps->n;
        status = last && !out ? hone_inner_fit(steps->at[i], &current, mon, &fitted->at[i], err)
                              : hone_inner_fit_transform(steps->at[i], &current, mon,
                                                         &fitted->at[i], &rows, err);
        if (last && out)
            *out = rows;
        else if (status == HONE_OK && !last)
            step_forward(fitted->at[i], rows, &current, &schema, &owned);
    }
    hone_matrix_free(&owned);
    return status;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    return fit_steps(params, data, mon, state, NULL, err);
}

static hone_status fit_transform(const void *params, const hone_dataset *data,
                                 const hone_monitor *mon, void *state, hone_matrix *out,
                                 hone_error *err) {
    return fit_steps(params, data, mon, state, out, err);
}

/* ---- use ----------------------------------------------------------------- */

/* A verb of the last step. */
typedef hone_status step_verb(const hone_estimator *, const hone_dataset *, double *,
                              const hone_monitor *, hone_error *);

/* Sends rows through the transformers and applies a verb of the last step to what comes out.
 * Columns go by position: the wrapper has brought them into the order of fit. */
static hone_status apply(const void *state, hone_view x, step_verb *verb, double *out,
                         hone_error *err) {
    const hone_steps *steps = &((const struct state *)state)->steps;
    double *owned = NULL, *next = NULL;
    hone_dataset rows = {.x = x};
    hone_status status = HONE_OK;
    for (size_t i = 0; i + 1 < steps->n; i++) {
        size_t cols = output_cols(steps->at[i]);
        status = hone_new2(&next, x.rows, cols, err);
        if (status == HONE_OK)
            status = hone_transform(steps->at[i], &rows, next, &ALONE, err);
        if (status != HONE_OK)
            goto done;
        hone_release(owned);
        owned = next, next = NULL;
        rows.x = hone_view_of(owned, x.rows, cols);
    }
    status = verb(steps->at[steps->n - 1], &rows, out, &ALONE, err);
done:
    hone_release(next);
    hone_release(owned);
    return status;
}

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    (void)params;
    return apply(state, x, hone_predict, out, err);
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    (void)params;
    return apply(state, x, hone_predict_proba, out, err);
}

static hone_status decision(const void *params, const void *state, hone_view x, double *out,
                            hone_error *err) {
    (void)params;
    return apply(state, x, hone_decision_function, out, err);
}

static hone_status transform(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err) {
    (void)params;
    return apply(state, x, hone_transform, out, err);
}

/* The steps from the last to the first. */
static hone_status inverse_transform(const void *params, const void *state, hone_view z,
                                     double *out, hone_error *err) {
    (void)params;
    const hone_steps *steps = &((const struct state *)state)->steps;
    double *owned = NULL, *next = NULL;
    hone_dataset rows = {.x = z};
    hone_status status = HONE_OK;
    for (size_t i = steps->n; i-- > 1;) {
        size_t cols = hone_input_schema(steps->at[i])->n_columns;
        status = hone_new2(&next, z.rows, cols, err);
        if (status == HONE_OK)
            status = hone_inverse_transform(steps->at[i], &rows, next, &ALONE, err);
        if (status != HONE_OK)
            goto done;
        hone_release(owned);
        owned = next, next = NULL;
        rows.x = hone_view_of(owned, z.rows, cols);
    }
    status = hone_inverse_transform(steps->at[0], &rows, out, &ALONE, err);
done:
    hone_release(next);
    hone_release(owned);
    return status;
}

static hone_status output_schema(const void *params, const void *state, const hone_schema *input,
                                 hone_schema **out, hone_error *err) {
    (void)params, (void)input;
    const hone_steps *steps = &((const struct state *)state)->steps;
    return hone_schema_copy(hone_output_schema(steps->at[steps->n - 1]), out, err);
}

/* ---- what it is ------------------------------------------------------------------------------ */

static hone_status check(const void *params, hone_error *err) {
    const hone_steps *steps = &((const struct params *)params)->steps;
    if (steps->n == 0)
        return hone_fail(err, HONE_EINVAL, "has no steps, expected at least one");
    for (size_t i = 0; i + 1 < steps->n; i++)
        if (!hone_transforms(steps->at[i]))
            return hone_fail(err, HONE_EINVAL,
                             "step %zu (%s) does not transform; only the last may "
                             "be something else",
                             i + 1, hone_name(steps->at[i]));
    return HONE_OK;
}

/* One fitted step of a file: of the kind that the parameters name, and taking `cols` columns. */
static hone_status validate_step(const hone_estimator *step, const hone_estimator *unfitted,
                                 size_t i, size_t cols, hone_error *err) {
    if (!step || !hone_is_fitted(step) ||
        hone_estimator_class(step) != hone_estimator_class(unfitted))
        return hone_fail(err, HONE_EFORMAT, "step %zu is not a fitted %s", i + 1,
                         hone_name(unfitted));
    const hone_schema *input = hone_input_schema(step);
    if (!input || input->n_columns != cols)
        return hone_fail(err, HONE_EFORMAT, "step %zu (%s) takes %zu columns where %zu arrive",
                         i + 1, hone_name(step), input ? input->n_columns : 0, cols);
    return HONE_OK;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const hone_steps *wanted = &((const struct params *)params)->steps;
    const hone_steps *steps = &((const struct state *)state)->steps;
    if (steps->n != wanted->n)
        return hone_fail(err, HONE_EFORMAT, "has %zu fitted steps, expected %zu", steps->n,
                         wanted->n);
    size_t cols = n_cols;
    for (size_t i = 0; i < steps->n; i++) {
        hone_status status = validate_step(steps->at[i], wanted->at[i], i, cols, err);
        if (status != HONE_OK)
            return status;
        cols = output_cols(steps->at[i]);
    }
    const hone_estimator *last = steps->at[steps->n - 1];
    size_t met = hone_n_classes(last); /* others than classifiers need not learn them */
    bool codes = met ? met == n_classes : hone_estimator_task(last) != HONE_CLASSIFIER;
    for (size_t k = 0; codes && k < met; k++)
        codes = hone_classes(last)[k] == (double)k;
    return codes ? HONE_OK
                 : hone_fail(err, HONE_EFORMAT, "step %zu (%s) has other classes", steps->n,
                             hone_name(last));
}

static hone_task task_of(const void *params) {
    const hone_steps *steps = &((const struct params *)params)->steps;
    return steps->n ? hone_estimator_task(steps->at[steps->n - 1]) : HONE_TRANSFORMER;
}

static bool transforms_of(const void *params) {
    const hone_steps *steps = &((const struct params *)params)->steps;
    return steps->n > 0 && hone_transforms(steps->at[steps->n - 1]);
}

/* Is `takes` (missing values, categories) met by every step until one `removes` it? *removed: is
 * there such a step? */
static bool gets_through(const hone_steps *steps, unsigned takes, unsigned removes, bool *removed) {
    bool accepted = true;
    *removed = false;
    for (size_t i = 0; i < steps->n && !*removed; i++) {
        unsigned tags = hone_estimator_tags(steps->at[i]);
        accepted = accepted && (tags & takes);
        *removed = tags & removes;
    }
    return accepted;
}

/* Scaling is never asked for: who builds a pipeline has placed the scaler, or left it out. */
static unsigned tags_of(const void *params) {
    const hone_steps *steps = &((const struct params *)params)->steps;
    unsigned tags = HONE_TAG_INTERNAL;
    if (steps->n == 0)
        return tags;
    tags |= hone_estimator_tags(steps->at[steps->n - 1]) &
            (HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_MULTI_OUTPUT |
             HONE_TAG_ONE_CLASS | HONE_TAG_EXACT_WEIGHTS);
    for (size_t i = 0; i < steps->n; i++) { /* exact only if each of them is */
        if (!(hone_estimator_tags(steps->at[i]) & HONE_TAG_EXACT_WEIGHTS))
            tags &= ~(unsigned)HONE_TAG_EXACT_WEIGHTS;
        tags |= hone_estimator_tags(steps->at[i]) & HONE_TAG_TARGET;
    }
    bool fills, encodes;
    if (gets_through(steps, HONE_TAG_MISSING, HONE_TAG_FILLS, &fills))
        tags |= HONE_TAG_MISSING;
    if (gets_through(steps, HONE_TAG_CATEGORIES, HONE_TAG_ENCODES, &encodes))
        tags |= HONE_TAG_CATEGORIES;
    if (task_of(params) == HONE_TRANSFORMER)
        tags |= (fills ? (unsigned)HONE_TAG_FILLS : 0) | (encodes ? (unsigned)HONE_TAG_ENCODES : 0);
    return tags;
}

const hone_class hone_pipeline_class = {
    .name = "pipeline",
    .summary = "transformers and a last estimator, fitted one after another",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_INTERNAL,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .fit_transform = fit_transform,
    .predict = predict,
    .predict_proba = predict_proba,
    .decision = decision,
    .transform = transform,
    .inverse_transform = inverse_transform,
    .output_schema = output_schema,
    .validate = validate,
    .check = check,
    .task_of = task_of,
    .tags_of = tags_of,
    .transforms_of = transforms_of,
};

bool hone_is_automatic(const hone_estimator *est) {
    return hone_estimator_class(est) == &hone_pipeline_class &&
           ((const struct params *)hone_estimator_params((hone_estimator *)est))->automatic;
}

hone_status hone_pipeline(hone_estimator *const *steps, size_t n, hone_estimator **out,
                          hone_error *err) {
    hone_estimator *est = NULL;
    hone_estimator **at = NULL;
    hone_status status = hone_estimator_new(&hone_pipeline_class, &est, err);
    if (status == HONE_OK)
        status = hone_new(&at, n, err);
    if (status != HONE_OK) {
        for (size_t i = 0; i < n; i++)
            hone_free(steps[i]);
        hone_free(est);
        return status;
    }
    for (size_t i = 0; i < n; i++)
        at[i] = steps[i];
    struct params *params = hone_estimator_params(est);
    hone_steps_free(&params->steps);
    params->steps = (hone_steps){n, at};
    status = hone_class_check(&hone_pipeline_class, params, err);
    if (status == HONE_OK)
        *out = est, est = NULL;
    hone_free(est);
    return status;
}
