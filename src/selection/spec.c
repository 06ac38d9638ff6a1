/* spec.c -- an estimator as one line of text, "name[:param=value,...]", and back.
 *
 * Cost: O(parameters). */
#include "selection/registry.h"

#include <hone/selection.h>

#include <stdio.h>
#include <string.h>

enum {
    NAME_SIZE = 128, /* longer names cannot be known */
    VALUE_SIZE = 512 /* of the longest parameter: 16 sizes, or a short text */
};

hone_status hone_create_spec(const char *spec, hone_target_kind target, hone_estimator **out,
                             hone_error *err) {
    char name[NAME_SIZE];
    size_t length = strcspn(spec, ":");
    snprintf(name, sizeof name, "%.*s", (int)(length < NAME_SIZE ? length : NAME_SIZE), spec);

    hone_estimator *est = NULL;
    const hone_class *cls;
    hone_status status = hone_class_find(name, target, &cls, err);
    if (status != HONE_OK)
        return status;
    status = hone_create(cls->name, &est, err);
    if (status == HONE_OK && spec[length])
        status = hone_set(est, spec + length + 1, err);
    if (status == HONE_OK)
        *out = est, est = NULL;
    hone_free(est);
    return status;
}

/* Appends to the text in out; false when it does not fit. */
static bool append(char *out, size_t size, const char *text) {
    size_t used = strlen(out), more = strlen(text);
    if (used + more >= size)
        return false;
    memcpy(out + used, text, more + 1);
    return true;
}

/* Appends ":name=value" (or ",name=value") when the parameter is not at its default. */
static hone_status append_param(const hone_estimator *est, const hone_estimator *fresh,
                                const char *param, bool *first, char *out, size_t size,
                                hone_error *err) {
    char value[VALUE_SIZE], standard[VALUE_SIZE];
    hone_status status = hone_get(est, param, value, sizeof value, err);
    if (status == HONE_OK)
        status = hone_get(fresh, param, standard, sizeof standard, err);
    if (status != HONE_OK || !strcmp(value, standard))
        return status;
    bool fits = append(out, size, *first ? ":" : ",") && append(out, size, param) &&
                append(out, size, "=") && append(out, size, value);
    *first = false;
    return fits ? HONE_OK
                : hone_fail(err, HONE_EINVAL, "%s: its spec is longer than the %zu bytes given",
                            hone_name(est), size);
}

hone_status hone_spec(const hone_estimator *est, char *out, size_t size, hone_error *err) {
    est = hone_final_step(est);
    const hone_class *cls = hone_estimator_class(est);
    if (size <= strlen(cls->name))
        return hone_fail(err, HONE_EINVAL, "%s: its spec is longer than the %zu bytes given",
                         cls->name, size);
    strcpy(out, cls->name);

    hone_estimator *fresh = NULL;
    hone_status status = hone_estimator_new(cls, &fresh, err);
    bool first = true;
    for (const hone_param *row = cls->params; status == HONE_OK && row->name; row++)
        if (row->kind != HONE_PARAM_STEPS)
            status = append_param(est, fresh, row->name, &first, out, size, err);
    hone_free(fresh);
    return status;
}
