/* spec.c -- an estimator as one line of text, and back.
 *
 *     SPEC = NAME[(SPEC)][:param=value,...]      the inner SPEC of an estimator made around another
 *
 * Cost: O(parameters). */
#include "selection/registry.h"

#include <hone/selection.h>

#include <stdio.h>
#include <string.h>

enum {
    NAME_SIZE = 128,  /* longer names cannot be known */
    VALUE_SIZE = 512, /* of the longest parameter: 16 sizes, or a short text */
    MOST_DEEP = 8     /* estimators within each other */
};

/* ---- reading ------------------------------------------------------------------------------ */

/* The parts of a spec; texts run from their start over their length, NULL where there is none. */
struct parts {
    char name[NAME_SIZE];
    const char *inner, *params;
    size_t inner_length;
};

/* The parenthesis that closes the one at `open`, or NULL. */
static const char *closing(const char *open, const char *end) {
    int depth = 0;
    for (const char *at = open; at < end; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth == 0)
            return at;
    }
    return NULL;
}

/* Cuts the spec [spec, end). */
static hone_status cut(const char *spec, const char *end, struct parts *out, hone_error *err) {
    size_t whole = (size_t)(end - spec), length = strcspn(spec, ":(");
    length = length < whole ? length : whole;
    const char *at = spec + length;
    *out = (struct parts){.inner = NULL};
    snprintf(out->name, NAME_SIZE, "%.*s", (int)(length < NAME_SIZE ? length : NAME_SIZE), spec);
    if (at < end && *at == '(') {
        const char *close = closing(at, end);
        if (!close || (close + 1 < end && close[1] != ':'))
            return hone_fail(err, HONE_EINVAL,
                             "spec '%.*s': expected name(inner spec):param=value,...",
                             (int)(whole < 200 ? whole : 200), spec);
        out->inner = at + 1;
        out->inner_length = (size_t)(close - at - 1);
        at = close + 1;
    }
    out->params = at < end ? at + 1 : NULL;
    return HONE_OK;
}

static hone_status create(const char *spec, const char *end, hone_target_kind target, int depth,
                          hone_estimator **out, hone_error *err);

/* The estimator of the class, around that of the inner spec if it is made so. */
static hone_status create_class(const hone_class *cls, const struct parts *parts,
                                hone_target_kind target, int depth, hone_estimator **out,
                                hone_error *err) {
    hone_estimator *inner = NULL;
    if (!hone_is_wrapper(cls)) {
        if (parts->inner)
            return hone_fail(err, HONE_EINVAL,
                             "%s: is not made around another estimator, so it takes no parentheses",
                             cls->name);
        return hone_create(cls->name, out, err);
    }
    if (!parts->inner)
        return hone_fail(err, HONE_EINVAL,
                         "%s: is made around another estimator, expected %s(lr) or the like",
                         cls->name, cls->name);
    if (depth == MOST_DEEP)
        return hone_fail(err, HONE_EINVAL, "spec: more than %d estimators within each other",
                         (int)MOST_DEEP);
    hone_status status =
        create(parts->inner, parts->inner + parts->inner_length, target, depth + 1, &inner, err);
    return status == HONE_OK ? hone_wrap_class(cls, inner, out, err) : status;
}

/* Sets the parameters in [text, end). */
static hone_status set_params(hone_estimator *est, const char *text, const char *end,
                              hone_error *err) {
    char *copy = NULL;
    size_t length = (size_t)(end - text);
    hone_status status = hone_new(&copy, length + 1, err);
    if (status != HONE_OK)
        return status;
    memcpy(copy, text, length);
    status = hone_set(est, copy, err);
    hone_release(copy);
    return status;
}

static hone_status create(const char *spec, const char *end, hone_target_kind target, int depth,
                          hone_estimator **out, hone_error *err) {
    struct parts parts;
    hone_estimator *est = NULL;
    const hone_class *cls = NULL;
    hone_status status = cut(spec, end, &parts, err);
    if (status == HONE_OK)
        status = hone_class_find(parts.name, target, &cls, err);
    if (status == HONE_OK)
        status = create_class(cls, &parts, target, depth, &est, err);
    if (status == HONE_OK && parts.params)
        status = set_params(est, parts.params, end, err);
    if (status == HONE_OK)
        *out = est, est = NULL;
    hone_free(est);
    return status;
}

hone_status hone_create_spec(const char *spec, hone_target_kind target, hone_estimator **out,
                             hone_error *err) {
    return create(spec, spec + strlen(spec), target, 1, out, err);
}

/* ---- writing ------------------------------------------------------------------------------ */

/* Appends to the text in out; HONE_EINVAL when it does not fit. */
static hone_status append(const hone_estimator *est, char *out, size_t size, const char *text,
                          hone_error *err) {
    size_t used = strlen(out), more = strlen(text);
    if (used + more >= size)
        return hone_fail(err, HONE_EINVAL, "%s: its spec is longer than the %zu bytes given",
                         hone_name(est), size);
    memcpy(out + used, text, more + 1);
    return HONE_OK;
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
    if ((status = append(est, out, size, *first ? ":" : ",", err)) != HONE_OK ||
        (status = append(est, out, size, param, err)) != HONE_OK ||
        (status = append(est, out, size, "=", err)) != HONE_OK)
        return status;
    *first = false;
    return append(est, out, size, value, err);
}

static hone_status write(const hone_estimator *est, char *out, size_t size, hone_error *err) {
    hone_estimator *fresh = NULL;
    hone_status status;
    bool first = true;
    est = hone_final_step(est);
    const hone_class *cls = hone_estimator_class(est);
    if ((status = append(est, out, size, cls->name, err)) != HONE_OK)
        return status;
    if (hone_is_wrapper(cls) && hone_n_steps(est) > 0)
        if ((status = append(est, out, size, "(", err)) != HONE_OK ||
            (status = write(hone_step(est, 0), out, size, err)) != HONE_OK ||
            (status = append(est, out, size, ")", err)) != HONE_OK)
            return status;
    status = hone_estimator_new(cls, &fresh, err);
    for (const hone_param *row = cls->params; status == HONE_OK && row->name; row++)
        if (row->kind != HONE_PARAM_STEPS)
            status = append_param(est, fresh, row->name, &first, out, size, err);
    hone_free(fresh);
    return status;
}

hone_status hone_spec(const hone_estimator *est, char *out, size_t size, hone_error *err) {
    if (size == 0)
        return hone_fail(err, HONE_EINVAL, "%s: its spec is longer than the 0 bytes given",
                         hone_name(est));
    out[0] = '\0';
    return write(est, out, size, err);
}
