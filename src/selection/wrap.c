/* wrap.c -- estimators made around others: any class that holds estimators and is no pipeline. */
#include "selection/registry.h"

#include <hone/selection.h>

#include <string.h>

static const hone_param *steps_row(const hone_class *cls, size_t i) {
    for (const hone_param *row = cls->params; row->name; row++)
        if (row->kind == HONE_PARAM_STEPS && i-- == 0)
            return row;
    return NULL;
}

bool hone_is_wrapper(const hone_class *cls) {
    return cls != &hone_pipeline_class && steps_row(cls, 0);
}

bool hone_wraps_by_default(const hone_class *cls) {
    return hone_is_wrapper(cls) && *steps_row(cls, 0)->default_text;
}

hone_steps *hone_wrapped(const hone_estimator *est, size_t i) {
    const hone_class *cls = hone_estimator_class(est);
    const hone_param *row = hone_is_wrapper(cls) ? steps_row(cls, i) : NULL;
    char *params = hone_estimator_params((hone_estimator *)est);
    return row ? (hone_steps *)(void *)(params + row->offset) : NULL;
}

hone_status hone_wrapped_default(const hone_class *cls, size_t i, hone_estimator **out,
                                 hone_error *err) {
    return hone_create_spec(steps_row(cls, i)->default_text, HONE_TARGET_AUTO, out, err);
}

/* What nobody has given and the class has an estimator for. */
static hone_status fill_defaults(hone_estimator *est, hone_error *err) {
    const hone_class *cls = hone_estimator_class(est);
    hone_status status = HONE_OK;
    const hone_param *row;
    for (size_t i = 0; status == HONE_OK && (row = steps_row(cls, i)); i++) {
        hone_steps *steps = hone_wrapped(est, i);
        if (steps->n > 0 || !*row->default_text)
            continue;
        if (!steps->at)
            status = hone_new(&steps->at, 1, err);
        if (status == HONE_OK)
            status = hone_wrapped_default(cls, i, &steps->at[0], err);
        steps->n = status == HONE_OK;
    }
    return status;
}

/* Gives the estimators to a steps parameter of est; they are its own from then on. */
static hone_status hand_over(hone_estimator *est, size_t i, hone_estimator *const *inner, size_t n,
                             hone_error *err) {
    hone_steps *steps = hone_wrapped(est, i);
    hone_steps_free(steps);
    hone_status status = hone_new(&steps->at, n, err);
    if (status != HONE_OK)
        return status;
    memcpy(steps->at, inner, n * sizeof *inner);
    steps->n = n;
    return HONE_OK;
}

static void free_all(hone_estimator *const *inner, size_t n) {
    for (size_t i = 0; i < n; i++)
        hone_free(inner[i]);
}

hone_status hone_wrap_class(const hone_class *cls, hone_estimator *const *inner, size_t n,
                            hone_estimator *last, hone_estimator **out, hone_error *err) {
    hone_estimator *est = NULL;
    hone_status status = HONE_OK;
    if (last && !steps_row(cls, 1))
        status = hone_fail(err, HONE_EINVAL, "%s: has no estimator that comes after those inside",
                           cls->name);
    if (status == HONE_OK)
        status = hone_estimator_new(cls, &est, err);
    if (status == HONE_OK && n > 0) {
        status = hand_over(est, 0, inner, n, err);
        n = status == HONE_OK ? 0 : n;
    }
    if (status == HONE_OK && last) {
        status = hand_over(est, 1, &last, 1, err);
        last = status == HONE_OK ? NULL : last;
    }
    if (status == HONE_OK)
        status = fill_defaults(est, err);
    if (status == HONE_OK)
        status = hone_class_check(cls, hone_estimator_params(est), err);
    if (status == HONE_OK)
        *out = est, est = NULL;
    hone_free(est);
    hone_free(last);
    free_all(inner, n);
    return status;
}

hone_status hone_wrap_many(const char *name, hone_estimator *const *inner, size_t n,
                           hone_estimator **out, hone_error *err) {
    const hone_class *cls = NULL;
    hone_target_kind target = n && hone_estimator_task(inner[0]) == HONE_REGRESSOR
                                  ? HONE_TARGET_REAL
                                  : HONE_TARGET_CLASSES;
    hone_status status = hone_class_find(name, target, &cls, err);
    if (status == HONE_OK && !hone_is_wrapper(cls))
        status = hone_fail(err, HONE_EINVAL, "%s: is not made around another estimator", cls->name);
    if (status == HONE_OK)
        return hone_wrap_class(cls, inner, n, NULL, out, err);
    free_all(inner, n);
    return status;
}

hone_status hone_wrap(const char *name, hone_estimator *inner, hone_estimator **out,
                      hone_error *err) {
    return hone_wrap_many(name, &inner, 1, out, err);
}
