/* estimator.c -- the life of an estimator: create, set, get, clone, free. */
#include "core/estimator_private.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

hone_task hone_class_task_with(const hone_class *cls, const void *params) {
    return cls->task_of ? cls->task_of(params) : cls->task;
}

bool hone_class_transforms_with(const hone_class *cls, const void *params) {
    return cls->transform && (!cls->transforms_of || cls->transforms_of(params));
}

bool hone_transforms(const hone_estimator *est) {
    return hone_class_transforms_with(est->cls, est->params);
}

unsigned hone_class_tags_with(const hone_class *cls, const void *params) {
    return cls->tags_of ? cls->tags_of(params) : cls->tags;
}

hone_status hone_class_check(const hone_class *cls, const void *params, hone_error *err) {
    hone_status status = cls->check ? cls->check(params, err) : HONE_OK;
    return status == HONE_OK ? HONE_OK : hone_fail_within(err, status, "%s", cls->name);
}

hone_status hone_estimator_new(const hone_class *cls, hone_estimator **out, hone_error *err) {
    hone_estimator *est = NULL;
    hone_status status = hone_new(&est, 1, err);
    if (status)
        return status;
    est->cls = cls;
    if ((status = hone_alloc(&est->params, 1, cls->params_size, err)) == HONE_OK)
        status = hone_params_default(cls->params, cls->name, est->params, err);
    if (status)
        hone_free(est);
    else
        *out = est;
    return status;
}

hone_status hone_clone(const hone_estimator *est, hone_estimator **out, hone_error *err) {
    hone_estimator *copy = NULL;
    hone_status status = hone_new(&copy, 1, err);
    if (status)
        return status;
    copy->cls = est->cls;
    status =
        hone_params_copy(est->cls->params, est->cls->params_size, est->params, &copy->params, err);
    if (status)
        hone_free(copy);
    else
        *out = copy;
    return status;
}

static hone_status copy_fitted(const hone_class *cls, const struct fitted *from,
                               struct fitted **out, hone_error *err) {
    struct fitted *copy = NULL;
    hone_status status;
    if ((status = hone_new(&copy, 1, err)) ||
        (status =
             hone_params_copy(cls->params, cls->params_size, from->params, &copy->params, err)) ||
        (status = hone_state_copy(cls->attrs, cls->state_size, from->state, &copy->state, err)) ||
        (status = hone_new(&copy->classes, from->n_classes, err)))
        goto done;
    copy->schema = hone_schema_share(from->schema);
    copy->output_schema = hone_schema_share(from->output_schema);
    if (from->n_classes)
        memcpy(copy->classes, from->classes, from->n_classes * sizeof *copy->classes);
    copy->n_classes = from->n_classes;
    *out = copy, copy = NULL;
done:
    hone_fitted_free(cls, copy);
    return status;
}

hone_status hone_estimator_copy(const hone_estimator *est, hone_estimator **out, hone_error *err) {
    hone_estimator *copy = NULL;
    hone_status status = hone_clone(est, &copy, err);
    if (status == HONE_OK && est->fitted)
        status = copy_fitted(est->cls, est->fitted, &copy->fitted, err);
    if (status)
        hone_free(copy);
    else
        *out = copy;
    return status;
}

void hone_fitted_free(const hone_class *cls, struct fitted *fitted) {
    if (!fitted)
        return;
    hone_params_free(cls->params, fitted->params);
    hone_state_free(cls->attrs, fitted->state);
    hone_schema_free(fitted->schema);
    hone_schema_free(fitted->output_schema);
    hone_release(fitted->classes);
    hone_release(fitted);
}

void hone_free(hone_estimator *est) {
    if (!est)
        return;
    hone_params_free(est->cls->params, est->params);
    hone_fitted_free(est->cls, est->fitted);
    hone_release(est);
}

void hone_steps_free(hone_steps *steps) {
    for (size_t i = 0; i < steps->n && steps->at; i++)
        hone_free(steps->at[i]);
    hone_release(steps->at);
    *steps = (hone_steps){0, NULL};
}

/* ---- parameters -------------------------------------------------------------------------- */

static const char *param_name(const void *table, size_t i) {
    return ((const hone_param *)table)[i].name;
}

static hone_status unknown_param(const hone_class *cls, const char *name, hone_error *err) {
    size_t n = 0;
    while (cls->params[n].name)
        n++;
    const char *near = hone_nearest(name, n, param_name, cls->params);
    if (near)
        return hone_fail(err, HONE_ENAME, "%s: unknown parameter '%s'; did you mean '%s'?",
                         cls->name, name, near);
    return hone_fail(err, HONE_ENAME, "%s: unknown parameter '%s'; 'hone models %s' lists them",
                     cls->name, name, cls->name);
}

/* Is [name, name + length) what a step is called: its class's name, "-2" behind it for the second
 * of the class? `which` counts those of the class from 1 on. */
static bool is_called(const char *have, size_t which, const char *name, size_t length) {
    char numbered[160];
    snprintf(numbered, sizeof numbered, "%s-%zu", have, which);
    return (which == 1 && strncmp(have, name, length) == 0 && have[length] == '\0') ||
           (strncmp(numbered, name, length) == 0 && numbered[length] == '\0');
}

/* One of these, or the only one by the name of the parameter that holds it. */
static hone_estimator *find_in(const hone_steps *steps, const char *param, const char *name,
                               size_t length) {
    if (steps->n == 1 && strncmp(param, name, length) == 0 && param[length] == '\0')
        return steps->at[0];
    for (size_t i = 0; i < steps->n; i++) {
        size_t which = 1;
        for (size_t j = 0; j < i; j++)
            which += steps->at[j]->cls == steps->at[i]->cls;
        if (is_called(steps->at[i]->cls->name, which, name, length))
            return steps->at[i];
    }
    return NULL;
}

/* The inner estimator that is called [name, name + length), or NULL. Further inside only where none
 * is near: preprocessing that came by itself does not stand in the way of a name. */
static hone_estimator *find_step(const hone_class *cls, void *params, const char *name,
                                 size_t length) {
    hone_estimator *found = NULL;
    for (int deep = 0; deep < 2 && !found; deep++)
        for (const hone_param *row = cls->params; row->name && !found; row++) {
            hone_steps *steps = (hone_steps *)(void *)((char *)params + row->offset);
            if (row->kind != HONE_PARAM_STEPS)
                continue;
            found = deep ? NULL : find_in(steps, row->name, name, length);
            for (size_t i = 0; deep && i < steps->n && !found; i++)
                found = find_step(steps->at[i]->cls, steps->at[i]->params, name, length);
        }
    return found;
}

static hone_status set_one(const hone_class *cls, void *params, const char *name, const char *value,
                           size_t length, hone_error *err) {
    const hone_param *row = hone_param_find(cls->params, name);
    if (row)
        return hone_param_set(row, cls->name, params, value, length, err);
    const char *inner = strstr(name, "__");
    hone_estimator *step = inner ? find_step(cls, params, name, (size_t)(inner - name)) : NULL;
    if (step)
        return set_one(step->cls, step->params, inner + 2, value, length, err);
    return unknown_param(cls, name, err);
}

/* Where the value that starts at `at` ends: at a blank or comma outside brackets. */
static const char *value_end(const char *at) {
    int depth = 0;
    for (; *at; at++) {
        depth += strchr("([{", *at) != NULL;
        depth -= strchr(")]}", *at) != NULL;
        if (depth <= 0 && strchr(" \t\n,", *at))
            break;
    }
    return at;
}

/* Is "name=" among the settings in [text, end)? */
static bool is_set_before(const char *text, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *at = text; at < end; at = value_end(at)) {
        at += strspn(at, " \t\n,");
        if (at < end && strncmp(at, name, length) == 0 && at[length] == '=')
            return true;
    }
    return false;
}

static hone_status set_all(const hone_class *cls, void *params, const char *text, hone_error *err) {
    for (const char *at = text + strspn(text, " \t\n,"); *at; at += strspn(at, " \t\n,")) {
        char name[128];
        const char *equals = at + strcspn(at, "= \t\n,");
        if (*equals != '=' || equals == at || (size_t)(equals - at) >= sizeof name)
            return hone_fail(err, HONE_EINVAL, "%s: expected name=value, got '%.60s'", cls->name,
                             at);
        memcpy(name, at, (size_t)(equals - at));
        name[equals - at] = '\0';
        if (is_set_before(text, at, name))
            return hone_fail(err, HONE_EINVAL, "%s: parameter %s is given twice", cls->name, name);
        const char *value = equals + 1;
        at = value_end(value);
        hone_status status = set_one(cls, params, name, value, (size_t)(at - value), err);
        if (status)
            return status;
    }
    return HONE_OK;
}

/* Works on a copy, so that a failure changes nothing. */
hone_status hone_set(hone_estimator *est, const char *text, hone_error *err) {
    const hone_class *cls = est->cls;
    void *params = NULL;
    hone_status status = hone_params_copy(cls->params, cls->params_size, est->params, &params, err);
    if (status)
        return status;
    if ((status = set_all(cls, params, text, err))) {
        hone_params_free(cls->params, params);
        return status;
    }
    hone_params_free(cls->params, est->params);
    est->params = params;
    return HONE_OK;
}

hone_status hone_set_number(hone_estimator *est, const char *name, double value, hone_error *err) {
    char number[HONE_NUMBER_SIZE], text[256];
    int n = snprintf(text, sizeof text, "%s=%s", name, hone_write_double(value, number));
    if (n < 0 || (size_t)n >= sizeof text)
        return unknown_param(est->cls, name, err);
    return hone_set(est, text, err);
}

hone_status hone_get(const hone_estimator *est, const char *name, char *out, size_t size,
                     hone_error *err) {
    const hone_param *row = hone_param_find(est->cls->params, name);
    if (row)
        return hone_param_get(row, est->params, out, size, err);
    const char *inner = strstr(name, "__");
    hone_estimator *step =
        inner ? find_step(est->cls, est->params, name, (size_t)(inner - name)) : NULL;
    return step ? hone_get(step, inner + 2, out, size, err) : unknown_param(est->cls, name, err);
}
