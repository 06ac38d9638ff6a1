/* model_read.c -- what hone_save() wrote, read back. Trusts nothing: every name, count, shape and
 * link is checked before it is used; the class's validate slot looks at the numbers last. */
#include "core/estimator_private.h"
#include "core/safetensors.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 16, MAX_COUNT = 1 << 30 };

/* One file being read. */
struct reader {
    const char *path;
    const hone_tensor_file *file;
    hone_class_lookup *lookup;
};

static hone_status damaged(const struct reader *in, const char *what, const char *name,
                           hone_error *err) {
    return hone_fail(err, HONE_EFORMAT, "%s: damaged model file: %s '%.100s'", in->path, what,
                     name);
}

static bool read_count(const hone_json *object, const char *name, size_t *out) {
    long long value;
    if (!hone_json_as_integer(hone_json_get(object, name), &value) || value < 0 ||
        value > MAX_COUNT)
        return false;
    *out = (size_t)value;
    return true;
}

/* ---- schema -------------------------------------------------------------- */

static hone_status read_column(const struct reader *in, const hone_json *json, hone_column *out,
                               hone_error *err) {
    const char *name = hone_json_as_text(hone_json_get(json, "name"));
    const hone_json *levels = hone_json_get(json, "levels");
    size_t n = hone_json_size(levels);
    const char **texts = NULL;
    if (!name)
        return damaged(in, "a column has no", "name", err);
    hone_status status = hone_new(&texts, n, err);
    for (size_t k = 0; k < n && status == HONE_OK; k++) {
        texts[k] = hone_json_as_text(hone_json_at(levels, k));
        if (!texts[k])
            status = damaged(in, "a level is no text in column", name, err);
    }
    hone_column column = {name, levels ? HONE_CATEGORICAL : HONE_NUMERIC, n, texts};
    if (status == HONE_OK)
        status = hone_column_copy(&column, out, err);
    hone_release(texts);
    return status;
}

static hone_status read_schema(const struct reader *in, const hone_json *json, hone_schema **out,
                               hone_error *err) {
    const hone_json *columns = hone_json_get(json, "columns");
    const hone_json *targets = hone_json_get(json, "targets");
    hone_schema *schema = NULL;
    if (hone_json_size(columns) == 0 || !targets)
        return damaged(in, "there is no", "schema", err);
    hone_status status =
        hone_schema_create(hone_json_size(columns), hone_json_size(targets), &schema, err);
    if (status)
        return status;
    for (size_t j = 0; j < schema->n_columns && status == HONE_OK; j++)
        status = read_column(in, hone_json_at(columns, j), hone_schema_column(schema, j), err);
    for (size_t j = 0; j < schema->n_targets && status == HONE_OK; j++)
        status = read_column(in, hone_json_at(targets, j), hone_schema_target(schema, j), err);
    if (status)
        hone_schema_free(schema);
    else
        *out = schema;
    return status;
}

/* ---- arrays and numbers ---------------------------------------------------------------------- */

static hone_status read_array(const struct reader *in, const char *prefix, const char *name,
                              hone_attr_kind kind, size_t rows, size_t cols, void **out,
                              hone_error *err) {
    char path[512];
    snprintf(path, sizeof path, "%s%s", prefix, name);
    const hone_tensor *t = hone_tensors_find(in->file, path);
    if (!t || t->kind != kind || t->rows != rows || t->cols != cols)
        return damaged(in, "missing or misshapen array", path, err);
    size_t item = hone_attr_item_size(kind);
    hone_status status = hone_alloc2(out, rows, cols, item, err);
    if (status == HONE_OK && rows > 0 && cols > 0)
        memcpy(*out, t->data, rows * cols * item);
    return status;
}

static hone_status read_estimator(const struct reader *in, const hone_json *json,
                                  const char *prefix, int depth, bool fitted, hone_estimator **out,
                                  hone_error *err);

static hone_status read_steps(const struct reader *in, const hone_json *list, const char *name,
                              const char *prefix, int depth, bool fitted, hone_steps *out,
                              hone_error *err) {
    size_t n = hone_json_size(list);
    hone_status status = hone_new(&out->at, n, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++) {
        char path[256];
        int length = snprintf(path, sizeof path, "%s%s/%zu/", prefix, name, i);
        if (length < 0 || (size_t)length >= sizeof path)
            return damaged(in, "too deep a nesting at", name, err);
        status =
            read_estimator(in, hone_json_at(list, i), path, depth + 1, fitted, &out->at[i], err);
        out->n += status == HONE_OK;
    }
    return status;
}

static hone_status read_attr(const struct reader *in, const hone_json *json, const hone_attr *row,
                             const char *prefix, int depth, void *state, hone_error *err) {
    void *field = (char *)state + row->offset;
    const char *text;
    switch (row->kind) {
    case HONE_ATTR_COUNT: /* read before all others */
        return HONE_OK;
    case HONE_ATTR_NUMBER:
        text = hone_json_as_text(hone_json_get(hone_json_get(json, "numbers"), row->name));
        return text && hone_parse_double(text, field)
                   ? HONE_OK
                   : damaged(in, "missing or unreadable number", row->name, err);
    case HONE_ATTR_STEPS:
        return read_steps(in, hone_json_get(hone_json_get(json, "inner"), row->name), row->name,
                          prefix, depth, true, field, err);
    case HONE_ATTR_F64:
    case HONE_ATTR_F32:
    case HONE_ATTR_I32:
        return read_array(in, prefix, row->name, row->kind, hone_attr_rows(row, state),
                          hone_attr_cols(row, state), field, err);
    }
    return HONE_OK;
}

static hone_status read_state(const struct reader *in, const hone_json *json, const char *prefix,
                              int depth, const hone_class *cls, void *state, hone_error *err) {
    hone_status status = HONE_OK;
    for (const hone_attr *row = cls->attrs; row->name; row++)
        if (row->kind == HONE_ATTR_COUNT &&
            !read_count(hone_json_get(json, "counts"), row->name,
                        (size_t *)(void *)((char *)state + row->offset)))
            return damaged(in, "missing or unreadable count", row->name, err);
    for (const hone_attr *row = cls->attrs; row->name && status == HONE_OK; row++)
        status = read_attr(in, json, row, prefix, depth, state, err);
    return status;
}

/* ---- the estimator --------------------------------------------------------------------------- */

/* Classes ascend; of a target with more levels than that they are codes of levels. Of one with as
 * many, each level is a class: those of raw data may be any whole numbers. */
static bool classes_fit(const struct fitted *fitted) {
    const hone_column *target = fitted->schema->n_targets ? &fitted->schema->targets[0] : NULL;
    if (target && fitted->n_classes > 0 &&
        (target->kind != HONE_CATEGORICAL || target->n_levels < fitted->n_classes))
        return false;
    bool codes = target && target->n_levels > fitted->n_classes;
    for (size_t k = 0; k < fitted->n_classes; k++) {
        double c = fitted->classes[k];
        if (!isfinite(c) || c != floor(c) || (k && c <= fitted->classes[k - 1]))
            return false;
        if (codes && (c < 0 || c >= (double)target->n_levels))
            return false;
    }
    return true;
}

static hone_status read_fitted(const struct reader *in, const hone_json *json, const char *prefix,
                               int depth, hone_estimator *est, hone_error *err) {
    const hone_class *cls = est->cls;
    struct fitted *fitted = NULL;
    hone_status status = hone_new(&fitted, 1, err);
    if (status)
        return status;
    est->fitted = fitted;
    void *classes = NULL;
    if ((status =
             hone_params_copy(cls->params, cls->params_size, est->params, &fitted->params, err)) ||
        (status = read_schema(in, hone_json_get(json, "schema"), &fitted->schema, err)))
        return status;
    if (!read_count(json, "n_classes", &fitted->n_classes))
        return damaged(in, "missing or unreadable count", "n_classes", err);
    if ((status =
             read_array(in, prefix, "classes", HONE_ATTR_F64, fitted->n_classes, 1, &classes, err)))
        return status;
    fitted->classes = classes;
    if (!classes_fit(fitted))
        return damaged(in, "impossible values in", "classes", err);
    if ((status = hone_alloc(&fitted->state, 1, cls->state_size, err)) ||
        (status = read_state(in, json, prefix, depth, cls, fitted->state, err)))
        return status;
    bool classifier = hone_class_task_with(cls, fitted->params) == HONE_CLASSIFIER;
    bool either = !classifier && (hone_class_tags_with(cls, fitted->params) & HONE_TAG_TARGET);
    if (!either && classifier != (fitted->n_classes > 0))
        return damaged(in, "classes do not go with", cls->name, err);
    if ((status = hone_fitted_validate(cls, fitted, err)))
        return hone_fail_within(err, status, "%s: damaged model file", in->path);
    return hone_fitted_output(cls, fitted, err);
}

static hone_status read_params(const struct reader *in, const hone_json *json, int depth,
                               hone_estimator *est, hone_error *err) {
    const hone_class *cls = est->cls;
    const hone_json *params = hone_json_get(json, "params");
    hone_status status = HONE_OK;
    for (size_t i = 0; i < hone_json_size(params) && status == HONE_OK; i++) {
        const char *name = hone_json_key_at(params, i);
        const char *text = hone_json_as_text(hone_json_get(params, name));
        const hone_param *row = hone_param_find(cls->params, name);
        if (!row || !text || row->kind == HONE_PARAM_STEPS)
            return damaged(in, "unknown or unreadable parameter", name, err);
        status = hone_param_set(row, cls->name, est->params, text, strlen(text), err);
        if (status == HONE_EINVAL)
            status = damaged(in, "impossible value of parameter", name, err);
    }
    for (const hone_param *row = cls->params; row->name && status == HONE_OK; row++)
        if (row->kind == HONE_PARAM_STEPS)
            status = read_steps(in, hone_json_get(hone_json_get(json, "inner"), row->name),
                                row->name, "", depth, false,
                                (hone_steps *)(void *)((char *)est->params + row->offset), err);
    return status;
}

static hone_status read_estimator(const struct reader *in, const hone_json *json,
                                  const char *prefix, int depth, bool fitted, hone_estimator **out,
                                  hone_error *err) {
    const char *name = hone_json_as_text(hone_json_get(json, "class"));
    const hone_class *cls = name ? in->lookup(name) : NULL;
    const hone_json *model = hone_json_get(json, "fitted");
    hone_estimator *est = NULL;
    if (!cls)
        return damaged(in, "unknown estimator", name ? name : "(none)", err);
    if (depth > MAX_DEPTH || (fitted && !model))
        return damaged(in, "too deep a nesting, or no fitted model, at", name, err);
    hone_status status = hone_estimator_new(cls, &est, err);
    if (status)
        return status;
    if ((status = read_params(in, json, depth, est, err)) == HONE_OK && fitted)
        status = read_fitted(in, model, prefix, depth, est, err);
    if (status)
        hone_free(est);
    else
        *out = est;
    return status;
}

hone_status hone_model_read(const char *path, hone_class_lookup *lookup, hone_estimator **out,
                            hone_error *err) {
    hone_tensor_file *file = NULL;
    hone_status status = hone_tensors_read(path, &file, err);
    if (status)
        return status;
    struct reader in = {path, file, lookup};
    size_t version;
    if (!read_count(file->description, "version", &version) || version != 1)
        status = hone_fail(err, HONE_EFORMAT,
                           "%s: a model file of another version of hone than %s can read", path,
                           hone_version());
    else
        status =
            read_estimator(&in, hone_json_get(file->description, "model"), "", 0, true, out, err);
    hone_tensors_free(file);
    return status;
}
