/* spec.c -- an estimator as one line of text, and back.
 *
 *     SPEC = STEP { '|' STEP }                   a pipeline, where there are several
 *     STEP = NAME[(INNER)][:param=value,...]
 *     INNER = SPEC{,SPEC}[;SPEC]                 what an estimator is made around: one, or several
 *                                                and what comes after them
 *
 * A comma begins another SPEC unless "param=" follows: then it is one between parameters.
 *
 * Cost: O(parameters). */
#include "selection/registry.h"

#include <hone/selection.h>

#include <stdio.h>
#include <string.h>

enum {
    NAME_SIZE = 128,  /* longer names cannot be known */
    VALUE_SIZE = 512, /* of the longest parameter: 16 sizes, or a short text */
    MOST_DEEP = 8,    /* estimators within each other */
    MOST_STEPS = 32   /* of one pipeline */
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

/* Does a comma at `at` part two specs? Not where the next word is a parameter's name. */
static bool parts_specs(const char *at, const char *end) {
    at++;
    while (at < end && strchr(" \t\n", *at))
        at++;
    while (at < end && !strchr(" \t\n,;:|()=", *at))
        at++;
    while (at < end && strchr(" \t\n", *at))
        at++;
    return at == end || *at != '=';
}

/* Where the spec of a list that begins at `at` ends: at a comma, a semicolon, or `end`. */
static const char *next_spec(const char *at, const char *end) {
    int depth = 0;
    for (; at < end; at++) {
        depth += (strchr("([{", *at) != NULL) - (strchr(")]}", *at) != NULL);
        if (depth <= 0 && (*at == ';' || (*at == ',' && parts_specs(at, end))))
            break;
    }
    return at;
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

/* The first '|' outside parentheses, or `end`. */
static const char *next_bar(const char *at, const char *end) {
    int depth = 0;
    for (; at < end && (depth > 0 || *at != '|'); at++)
        depth += (*at == '(') - (*at == ')');
    return at;
}

static void trim(const char **begin, const char **end) {
    while (*begin < *end && strchr(" \t\n", **begin))
        ++*begin;
    while (*end > *begin && strchr(" \t\n", (*end)[-1]))
        --*end;
}

/* What is in the parentheses of an estimator. */
struct inside {
    hone_estimator *at[MOST_STEPS], *last;
    size_t n;
};

static hone_status create_inside(const hone_class *cls, const struct parts *parts,
                                 hone_target_kind target, int depth, struct inside *out,
                                 hone_error *err) {
    const char *end = parts->inner + parts->inner_length, *stop;
    bool many = cls->tags & HONE_TAG_MANY, last = false;
    hone_status status = HONE_OK;
    for (const char *at = parts->inner; status == HONE_OK && at <= end; at = stop + 1) {
        stop = many ? next_spec(at, end) : end;
        const char *begin = at, *last_of = stop;
        trim(&begin, &last_of);
        if (many && begin == last_of)
            return hone_fail(err, HONE_EINVAL,
                             "%s: expected an estimator on both sides of each , and ; in its "
                             "parentheses",
                             cls->name);
        if (out->last || out->n == MOST_STEPS)
            return hone_fail(err, HONE_EINVAL,
                             "%s: expected at most %d estimators in its parentheses, and one "
                             "after ;",
                             cls->name, (int)MOST_STEPS);
        status = create(at, stop, target, depth + 1, last ? &out->last : &out->at[out->n], err);
        out->n += status == HONE_OK && !last;
        last = last || (stop < end && *stop == ';');
    }
    return status;
}

/* The estimator of the class, around those of the inner specs if it is made so. */
static hone_status create_class(const hone_class *cls, const struct parts *parts,
                                hone_target_kind target, int depth, hone_estimator **out,
                                hone_error *err) {
    struct inside inside = {.n = 0};
    if (!hone_is_wrapper(cls)) {
        if (parts->inner)
            return hone_fail(err, HONE_EINVAL,
                             "%s: is not made around another estimator, so it takes no parentheses",
                             cls->name);
        return hone_create(cls->name, out, err);
    }
    if (!parts->inner && !hone_wraps_by_default(cls))
        return hone_fail(err, HONE_EINVAL, "%s: is made around %s, expected %s(%s) or the like",
                         cls->name, cls->tags & HONE_TAG_MANY ? "others" : "another estimator",
                         cls->name, cls->tags & HONE_TAG_MANY ? "lr,svm" : "lr");
    if (depth == MOST_DEEP)
        return hone_fail(err, HONE_EINVAL, "spec: more than %d estimators within each other",
                         (int)MOST_DEEP);
    hone_status status =
        parts->inner ? create_inside(cls, parts, target, depth, &inside, err) : HONE_OK;
    if (status == HONE_OK)
        return hone_wrap_class(cls, inside.at, inside.n, inside.last, out, err);
    for (size_t i = 0; i < inside.n; i++)
        hone_free(inside.at[i]);
    hone_free(inside.last);
    return status;
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

static hone_status create_step(const char *spec, const char *end, hone_target_kind target,
                               int depth, hone_estimator **out, hone_error *err) {
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

static hone_status create_pipeline(const char *spec, const char *end, hone_target_kind target,
                                   int depth, hone_estimator **out, hone_error *err) {
    hone_estimator *steps[MOST_STEPS] = {NULL};
    hone_status status = HONE_OK;
    size_t n = 0;
    for (const char *at = spec, *bar; status == HONE_OK && at <= end; at = bar + 1) {
        const char *begin = at, *stop = bar = next_bar(at, end);
        trim(&begin, &stop);
        if (begin == stop || n == MOST_STEPS)
            status = hone_fail(err, HONE_EINVAL,
                               "spec '%.*s': expected an estimator on both sides of each |, at "
                               "most %d of them",
                               (int)(end - spec < 200 ? end - spec : 200), spec, (int)MOST_STEPS);
        else
            status = create_step(begin, stop, target, depth, &steps[n], err);
        n += status == HONE_OK;
    }
    if (status == HONE_OK)
        return hone_pipeline(steps, n, out, err);
    for (size_t i = 0; i < n; i++)
        hone_free(steps[i]);
    return status;
}

static hone_status create(const char *spec, const char *end, hone_target_kind target, int depth,
                          hone_estimator **out, hone_error *err) {
    trim(&spec, &end);
    return (next_bar(spec, end) < end ? create_pipeline : create_step)(spec, end, target, depth,
                                                                       out, err);
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

static hone_status write(const hone_estimator *est, char *out, size_t size, hone_error *err);

/* Is this what would be there if nothing were given (preprocessing that comes by itself aside)? */
static hone_status is_default(const hone_estimator *est, size_t i, bool *out, hone_error *err) {
    const hone_steps *steps = hone_wrapped(est, i);
    hone_estimator *standard = NULL;
    char own[VALUE_SIZE] = "", usual[VALUE_SIZE] = "";
    hone_status status = hone_wrapped_default(hone_estimator_class(est), i, &standard, err);
    *out = false;
    if (status == HONE_OK)
        *out = steps->n == 1 && write(steps->at[0], own, sizeof own, NULL) == HONE_OK &&
               write(standard, usual, sizeof usual, NULL) == HONE_OK && !strcmp(own, usual);
    hone_free(standard);
    return status;
}

/* "(svc, ridge; lr)": what differs from the default. */
static hone_status write_inside(const hone_estimator *est, char *out, size_t size,
                                hone_error *err) {
    const hone_class *cls = hone_estimator_class(est);
    const hone_steps *steps = hone_wrapped(est, 0), *last = hone_wrapped(est, 1);
    bool usual = false, usual_last = true;
    hone_status status = HONE_OK;
    if (steps && hone_wraps_by_default(cls))
        status = is_default(est, 0, &usual, err);
    if (status == HONE_OK && last && last->n > 0)
        status = is_default(est, 1, &usual_last, err);
    if (status != HONE_OK || !steps || steps->n == 0 || (usual && usual_last))
        return status;
    for (size_t i = 0; i < steps->n && status == HONE_OK; i++)
        if ((status = append(est, out, size, i ? ", " : "(", err)) == HONE_OK)
            status = write(steps->at[i], out, size, err);
    if (status == HONE_OK && !usual_last && (status = append(est, out, size, "; ", err)) == HONE_OK)
        status = write(last->at[0], out, size, err);
    return status == HONE_OK ? append(est, out, size, ")", err) : status;
}

static hone_status write_step(const hone_estimator *est, char *out, size_t size, hone_error *err) {
    hone_estimator *fresh = NULL;
    hone_status status;
    bool first = true;
    const hone_class *cls = hone_estimator_class(est);
    if ((status = append(est, out, size, cls->name, err)) != HONE_OK ||
        (status = write_inside(est, out, size, err)) != HONE_OK)
        return status;
    status = hone_estimator_new(cls, &fresh, err);
    for (const hone_param *row = cls->params; status == HONE_OK && row->name; row++)
        if (row->kind != HONE_PARAM_STEPS)
            status = append_param(est, fresh, row->name, &first, out, size, err);
    hone_free(fresh);
    return status;
}

/* What hone_auto_pipeline() has put in front comes back by itself, so it is left out. */
static hone_status write(const hone_estimator *est, char *out, size_t size, hone_error *err) {
    if (hone_estimator_class(est) != &hone_pipeline_class)
        return write_step(est, out, size, err);
    size_t n = hone_n_steps(est), first = hone_is_automatic(est) && n > 0 ? n - 1 : 0;
    hone_status status = HONE_OK;
    for (size_t i = first; status == HONE_OK && i < n; i++) {
        if (i > first)
            status = append(est, out, size, " | ", err);
        if (status == HONE_OK)
            status = write(hone_step(est, i), out, size, err);
    }
    return status;
}

hone_status hone_spec(const hone_estimator *est, char *out, size_t size, hone_error *err) {
    if (size == 0)
        return hone_fail(err, HONE_EINVAL, "%s: its spec is longer than the 0 bytes given",
                         hone_name(est));
    out[0] = '\0';
    return write(est, out, size, err);
}
