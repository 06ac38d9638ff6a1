/* wrap.c -- estimators made around one other: any class that holds estimators and is no pipeline.
 */
#include "selection/registry.h"

#include <hone/selection.h>

static const hone_param *steps_row(const hone_class *cls) {
    const hone_param *row = cls->params;
    while (row->name && row->kind != HONE_PARAM_STEPS)
        row++;
    return row->name ? row : NULL;
}

bool hone_is_wrapper(const hone_class *cls) {
    return cls != &hone_pipeline_class && steps_row(cls);
}

hone_steps *hone_wrapped(hone_estimator *est) {
    const hone_class *cls = hone_estimator_class(est);
    if (!hone_is_wrapper(cls))
        return NULL;
    return (hone_steps *)(void *)((char *)hone_estimator_params(est) + steps_row(cls)->offset);
}

hone_status hone_wrap_class(const hone_class *cls, hone_estimator *inner, hone_estimator **out,
                            hone_error *err) {
    hone_estimator *est = NULL, **at = NULL;
    hone_steps *steps;
    hone_status status;
    if ((status = hone_new(&at, 1, err)) != HONE_OK ||
        (status = hone_estimator_new(cls, &est, err)) != HONE_OK)
        goto done;
    steps = hone_wrapped(est);
    hone_steps_free(steps);
    at[0] = inner, inner = NULL;
    *steps = (hone_steps){1, at}, at = NULL;
    if (cls->check && (status = cls->check(hone_estimator_params(est), err)) != HONE_OK)
        goto done;
    *out = est, est = NULL;
done:
    hone_free(inner);
    hone_free(est);
    hone_release(at);
    return status;
}

hone_status hone_wrap(const char *name, hone_estimator *inner, hone_estimator **out,
                      hone_error *err) {
    const hone_class *cls = NULL;
    hone_status status = hone_class_find(name, HONE_TARGET_CLASSES, &cls, err);
    if (status == HONE_OK && !hone_is_wrapper(cls))
        status = hone_fail(err, HONE_EINVAL, "%s: is not made around another estimator", cls->name);
    if (status == HONE_OK)
        return hone_wrap_class(cls, inner, out, err);
    hone_free(inner);
    return status;
}
