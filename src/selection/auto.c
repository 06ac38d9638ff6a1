/* auto.c -- the preprocessing that an estimator's tags ask for on data with this schema.
 *
 *     [simple_imputer] -> [one_hot_encoder] -> [standard_scaler] -> estimator
 *
 * The imputer is there even when the training data has no holes: new data may have some. An
 * estimator made around others gets it inside, where its inner folds fit it too; what comes after
 * those inside sees their answers and, if it has the parameter passthrough, the columns. */
#include "selection/registry.h"

#include "preprocess/preprocess.h"

#include <hone/selection.h>

#include <string.h>

static bool has_categories(const hone_schema *schema) {
    for (size_t j = 0; schema && j < schema->n_columns; j++)
        if (schema->columns[j].kind == HONE_CATEGORICAL)
            return true;
    return false;
}

static bool passes_columns(const hone_estimator *est) {
    char text[8];
    return hone_get(est, "passthrough", text, sizeof text, NULL) == HONE_OK &&
           strcmp(text, "true") == 0;
}

/* A call that fails has taken the estimator over and left NULL in its place, which frees well. */
static hone_status prepare_inside(hone_estimator *est, const hone_schema *schema,
                                  hone_estimator **out, hone_error *err) {
    hone_status status = HONE_OK;
    hone_steps *inside;
    for (size_t i = 0; (inside = hone_wrapped(est, i)); i++)
        for (size_t j = 0; status == HONE_OK && j < inside->n; j++)
            status = hone_auto_pipeline(
                inside->at[j], i == 0 || passes_columns(est) ? schema : NULL, &inside->at[j], err);
    if (status == HONE_OK)
        *out = est;
    else
        hone_free(est);
    return status;
}

static hone_status make_automatic(hone_estimator *const *steps, size_t n, hone_estimator **out,
                                  hone_error *err) {
    hone_estimator *pipeline = NULL;
    hone_status status = hone_pipeline(steps, n, &pipeline, err);
    if (status == HONE_OK)
        status = hone_set(pipeline, "automatic=true", err);
    if (status == HONE_OK)
        *out = pipeline, pipeline = NULL;
    hone_free(pipeline);
    return status;
}

hone_status hone_auto_pipeline(hone_estimator *est, const hone_schema *schema, hone_estimator **out,
                               hone_error *err) {
    *out = NULL; /* `out` may be where the caller keeps `est`: never leave it dangling */
    hone_steps *inside = hone_wrapped(est, 0);
    if (inside && inside->n > 0)
        return prepare_inside(est, schema, out, err);
    unsigned tags = hone_estimator_tags(est);
    const struct {
        bool needed;
        const hone_class *cls;
    } plan[] = {
        {!(tags & HONE_TAG_MISSING), &hone_simple_imputer},
        {!(tags & HONE_TAG_CATEGORIES) && has_categories(schema), &hone_one_hot_encoder},
        {tags & HONE_TAG_NEEDS_SCALING, &hone_standard_scaler},
    };
    enum { N_PLAN = sizeof plan / sizeof *plan };
    hone_estimator *steps[N_PLAN + 1] = {NULL};
    size_t n = 0;
    hone_status status = HONE_OK;
    for (size_t i = 0; status == HONE_OK && i < N_PLAN; i++)
        if (plan[i].needed) {
            status = hone_estimator_new(plan[i].cls, &steps[n], err);
            n += status == HONE_OK;
        }
    steps[n] = est;
    if (status == HONE_OK && n > 0)
        return make_automatic(steps, n + 1, out, err);
    if (status == HONE_OK) {
        *out = est;
        return HONE_OK;
    }
    for (size_t i = 0; i <= n; i++)
        hone_free(steps[i]);
    return status;
}
