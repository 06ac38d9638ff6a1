/* estimator_info.c -- what an estimator and its class are, read from the tables. */
#include "core/estimator_private.h"

#include "core/text.h"

#include <string.h>

const char *hone_name(const hone_estimator *est) {
    return est->cls->name;
}

static const void *params_in_force(const hone_estimator *est) {
    return est->fitted ? est->fitted->params : est->params;
}

hone_task hone_estimator_task(const hone_estimator *est) {
    return hone_class_task_with(est->cls, params_in_force(est));
}

unsigned hone_estimator_tags(const hone_estimator *est) {
    return hone_class_tags_with(est->cls, params_in_force(est));
}

bool hone_is_fitted(const hone_estimator *est) {
    return est->fitted != NULL;
}

size_t hone_n_classes(const hone_estimator *est) {
    return est->fitted ? est->fitted->n_classes : 0;
}

const double *hone_classes(const hone_estimator *est) {
    return est->fitted ? est->fitted->classes : NULL;
}

size_t hone_decision_cols(const hone_estimator *est) {
    size_t k = hone_n_classes(est);
    bool single = hone_estimator_task(est) == HONE_OUTLIER_DETECTOR;
    return k == 2 || single ? 1 : k;
}

const hone_schema *hone_input_schema(const hone_estimator *est) {
    return est->fitted ? est->fitted->schema : NULL;
}

const hone_schema *hone_output_schema(const hone_estimator *est) {
    return est->fitted ? est->fitted->output_schema : NULL;
}

const hone_class *hone_estimator_class(const hone_estimator *est) {
    return est->cls;
}

void *hone_estimator_params(hone_estimator *est) {
    return est->params;
}

const void *hone_estimator_fit_params(const hone_estimator *est) {
    return est->fitted ? est->fitted->params : NULL;
}

const void *hone_estimator_state(const hone_estimator *est) {
    return est->fitted ? est->fitted->state : NULL;
}

/* ---- fitted attributes --------------------------------------------------- */

static const char *attr_name(const void *table, size_t i) {
    return ((const hone_attr *)table)[i].name;
}

static hone_status find_attr(const hone_estimator *est, const char *name, const hone_attr **out,
                             hone_error *err) {
    if (!est->fitted)
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet: '%s' is known after hone_fit()",
                         est->cls->name, name);
    size_t n = 0;
    for (const hone_attr *row = est->cls->attrs; row->name; row++, n++)
        if (strcmp(row->name, name) == 0) {
            *out = row;
            return HONE_OK;
        }
    const char *near = hone_nearest(name, n, attr_name, est->cls->attrs);
    return hone_fail(err, HONE_ENAME, "%s: unknown attribute '%s'%s%s%s", est->cls->name, name,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

hone_status hone_get_array(const hone_estimator *est, const char *name, hone_view *out,
                           hone_error *err) {
    const hone_attr *row = NULL;
    hone_status status = find_attr(est, name, &row, err);
    if (status)
        return status;
    if (row->kind != HONE_ATTR_F64)
        return hone_fail(err, HONE_EINVAL, "%s: attribute '%s' is no array of double but: %s",
                         est->cls->name, name, hone_attr_kind_name(row->kind));
    const char *state = est->fitted->state;
    const double *data = *(double *const *)(const void *)(state + row->offset);
    *out = hone_view_of(data, hone_attr_rows(row, state), hone_attr_cols(row, state));
    return HONE_OK;
}

hone_status hone_get_number(const hone_estimator *est, const char *name, double *out,
                            hone_error *err) {
    const hone_attr *row = NULL;
    hone_status status = find_attr(est, name, &row, err);
    if (status)
        return status;
    const void *field = (const char *)est->fitted->state + row->offset;
    if (row->kind == HONE_ATTR_NUMBER)
        *out = *(const double *)field;
    else if (row->kind == HONE_ATTR_COUNT)
        *out = (double)*(const size_t *)field;
    else
        return hone_fail(err, HONE_EINVAL, "%s: attribute '%s' is no number but: %s",
                         est->cls->name, name, hone_attr_kind_name(row->kind));
    return HONE_OK;
}

static const hone_steps *inner(const hone_estimator *est) {
    if (est->fitted) {
        for (const hone_attr *row = est->cls->attrs; row->name; row++)
            if (row->kind == HONE_ATTR_STEPS)
                return (const void *)((const char *)est->fitted->state + row->offset);
    }
    for (const hone_param *row = est->cls->params; row->name; row++)
        if (row->kind == HONE_PARAM_STEPS)
            return (const void *)((const char *)est->params + row->offset);
    return NULL;
}

size_t hone_n_steps(const hone_estimator *est) {
    const hone_steps *steps = inner(est);
    return steps ? steps->n : 0;
}

const hone_estimator *hone_step(const hone_estimator *est, size_t i) {
    return i < hone_n_steps(est) ? inner(est)->at[i] : NULL;
}

static bool param_equal(const hone_param *row, const void *a, const void *b) {
    if (row->kind == HONE_PARAM_STEPS)
        return hone_steps_equal((const void *)((const char *)a + row->offset),
                                (const void *)((const char *)b + row->offset));
    char x[HONE_ERROR_SIZE], y[HONE_ERROR_SIZE];
    return hone_param_get(row, a, x, sizeof x, NULL) == HONE_OK &&
           hone_param_get(row, b, y, sizeof y, NULL) == HONE_OK && strcmp(x, y) == 0;
}

static bool params_equal(const hone_class *cls, const void *a, const void *b) {
    const hone_param *row = cls->params;
    while (row->name && param_equal(row, a, b))
        row++;
    return !row->name;
}

bool hone_estimator_equal(const hone_estimator *a, const hone_estimator *b) {
    if (a->cls != b->cls || !params_equal(a->cls, a->params, b->params) || !a->fitted != !b->fitted)
        return false;
    if (!a->fitted)
        return true;
    const struct fitted *x = a->fitted, *y = b->fitted;
    return x->n_classes == y->n_classes &&
           (x->n_classes == 0 ||
            memcmp(x->classes, y->classes, x->n_classes * sizeof(double)) == 0) &&
           hone_schema_same(x->schema, y->schema) &&
           hone_state_equal(a->cls->attrs, x->state, y->state);
}

/* ---- classes ------------------------------------------------------------- */

const char *hone_class_name(const hone_class *cls) {
    return cls->name;
}

const char *hone_class_summary(const hone_class *cls) {
    return cls->summary;
}

const char *hone_class_alias(const hone_class *cls) {
    return cls->alias;
}

hone_task hone_class_task(const hone_class *cls) {
    return cls->task;
}

unsigned hone_class_tags(const hone_class *cls) {
    return cls->tags;
}

static const char *param_domain(const hone_param *row) {
    switch (row->kind) {
    case HONE_PARAM_BOOL:
        return "true | false";
    case HONE_PARAM_CLASS_WEIGHT:
        return "none | balanced | {label:weight,...}";
    case HONE_PARAM_SEED:
        return "[0, 2^64)";
    default:
        return row->domain ? row->domain : "";
    }
}

bool hone_class_param(const hone_class *cls, size_t i, hone_param_info *out) {
    for (size_t j = 0; j <= i; j++)
        if (!cls->params[j].name)
            return false;
    const hone_param *row = &cls->params[i];
    *out = (hone_param_info){row->name,         hone_param_kind_name(row->kind),
                             param_domain(row), row->words,
                             row->default_text, row->help};
    return true;
}

bool hone_class_attr(const hone_class *cls, size_t i, hone_attr_info *out) {
    for (size_t j = 0; j <= i; j++)
        if (!cls->attrs[j].name)
            return false;
    const hone_attr *row = &cls->attrs[i];
    *out = (hone_attr_info){row->name, hone_attr_kind_name(row->kind), row->help};
    return true;
}
