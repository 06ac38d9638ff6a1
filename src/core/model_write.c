/* model_write.c -- hone_save(): an estimator as a description and named arrays.
 *
 *   estimator = {"class", "params": {name: text}, "inner": {param: [estimator]}, "fitted"}
 *   fitted    = {"schema", "n_classes", "counts": {}, "numbers": {name: text}, "inner": {attr: []}}
 * Arrays are named by the path of their estimator: "classes", "coef", "steps/1/coef". Numbers are
 * text in the shortest form that reads back to the same bits, so that NaN and infinities live. */
#include "core/estimator_private.h"
#include "core/safetensors.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* The arrays met so far. */
struct arrays {
    hone_tensor *at;
    char **names; /* owned */
    size_t n, room;
};

static void arrays_free(struct arrays *arrays) {
    for (size_t i = 0; i < arrays->n; i++)
        hone_release(arrays->names[i]);
    hone_release(arrays->names);
    hone_release(arrays->at);
}

static hone_status add_array(struct arrays *arrays, const char *prefix, const hone_tensor *tensor,
                             hone_error *err) {
    hone_status status;
    if (arrays->n == arrays->room) {
        size_t room = 2 * arrays->room + 16;
        if ((status = hone_grow(&arrays->at, arrays->room, room, err)) ||
            (status = hone_grow(&arrays->names, arrays->room, room, err)))
            return status;
        arrays->room = room;
    }
    size_t size = strlen(prefix) + strlen(tensor->name) + 1;
    char *name = NULL;
    if ((status = hone_new(&name, size, err)))
        return status;
    snprintf(name, size, "%s%s", prefix, tensor->name);
    arrays->names[arrays->n] = name;
    arrays->at[arrays->n] = *tensor;
    arrays->at[arrays->n++].name = name;
    return HONE_OK;
}

/* ---- schema --------------------------------------------------------------------------------- */

static hone_json *column_json(const hone_column *column) {
    hone_json *out = hone_json_object(), *levels = NULL;
    int bad = !out || hone_json_set(out, "name", hone_json_text(column->name));
    if (!bad && column->kind == HONE_CATEGORICAL) {
        levels = hone_json_array();
        bad = !levels;
        for (size_t k = 0; k < column->n_levels && !bad; k++)
            bad = hone_json_append(levels, hone_json_text(column->levels[k])) != HONE_OK;
        bad |= hone_json_set(out, "levels", levels) != HONE_OK;
    }
    if (!bad)
        return out;
    hone_json_free(out);
    return NULL;
}

static hone_json *columns_json(const hone_column *columns, size_t n) {
    hone_json *out = hone_json_array();
    for (size_t j = 0; j < n && out; j++)
        if (hone_json_append(out, column_json(&columns[j]))) {
            hone_json_free(out);
            out = NULL;
        }
    return out;
}

static hone_json *schema_json(const hone_schema *schema) {
    hone_json *out = hone_json_object();
    if (out && (hone_json_set(out, "columns", columns_json(schema->columns, schema->n_columns)) ||
                hone_json_set(out, "targets", columns_json(schema->targets, schema->n_targets)))) {
        hone_json_free(out);
        out = NULL;
    }
    return out;
}

/* ---- estimators ---------------------------------------------------------- */

static hone_status estimator_json(const hone_estimator *est, const char *prefix,
                                  struct arrays *arrays, hone_json **out, hone_error *err);

static hone_status out_of_memory(hone_error *err) {
    return hone_fail(err, HONE_ENOMEM, "out of memory, or a name in the schema is not UTF-8");
}

/* Sets owner[name] = [estimators]; arrays NULL means: as they are in the params, not fitted. */
static hone_status set_steps(hone_json *owner, const char *name, const hone_steps *steps,
                             const char *prefix, struct arrays *arrays, hone_error *err) {
    hone_json *list = hone_json_array();
    hone_status status = list ? HONE_OK : out_of_memory(err);
    for (size_t i = 0; i < steps->n && status == HONE_OK; i++) {
        char path[256];
        int n = snprintf(path, sizeof path, "%s%s/%zu/", prefix, name, i);
        if (n < 0 || (size_t)n >= sizeof path)
            status =
                hone_fail(err, HONE_EUNSUPPORTED, "estimators are nested too deep to be saved");
        hone_json *item = NULL;
        if (status == HONE_OK)
            status = estimator_json(steps->at[i], path, arrays, &item, err);
        if (status == HONE_OK && hone_json_append(list, item))
            status = out_of_memory(err);
    }
    if (status)
        hone_json_free(list);
    else if (hone_json_set(owner, name, list))
        status = out_of_memory(err);
    return status;
}

static hone_status set_params(hone_json *out, const hone_class *cls, const void *params,
                              hone_error *err) {
    hone_json *texts = hone_json_object(), *inner = hone_json_object();
    hone_status status = texts && inner ? HONE_OK : out_of_memory(err);
    for (const hone_param *row = cls->params; row->name && status == HONE_OK; row++) {
        char text[HONE_ERROR_SIZE];
        if (row->kind == HONE_PARAM_STEPS) {
            const char *field = (const char *)params + row->offset;
            status =
                set_steps(inner, row->name, (const hone_steps *)(const void *)field, "", NULL, err);
        } else if ((status = hone_param_get(row, params, text, sizeof text, err)) == HONE_OK &&
                   hone_json_set(texts, row->name, hone_json_text(text)))
            status = out_of_memory(err);
    }
    hone_status first = hone_json_set(out, "params", texts);
    hone_status second = hone_json_set(out, "inner", inner);
    return status ? status : first || second ? out_of_memory(err) : HONE_OK;
}

static hone_status set_attr(hone_json *counts, hone_json *numbers, hone_json *inner,
                            const hone_attr *row, const void *state, const char *prefix,
                            struct arrays *arrays, hone_error *err) {
    const void *field = (const char *)state + row->offset;
    char number[HONE_NUMBER_SIZE];
    hone_tensor tensor = {row->name, row->kind, hone_attr_rows(row, state),
                          hone_attr_cols(row, state), NULL};
    switch (row->kind) {
    case HONE_ATTR_COUNT:
        return hone_json_set(counts, row->name,
                             hone_json_integer((long long)*(const size_t *)field))
                   ? out_of_memory(err)
                   : HONE_OK;
    case HONE_ATTR_NUMBER:
        hone_write_double(*(const double *)field, number);
        return hone_json_set(numbers, row->name, hone_json_text(number)) ? out_of_memory(err)
                                                                         : HONE_OK;
    case HONE_ATTR_STEPS:
        return set_steps(inner, row->name, field, prefix, arrays, err);
    case HONE_ATTR_F64:
    case HONE_ATTR_F32:
    case HONE_ATTR_I32:
        tensor.data = *(void *const *)field;
        return add_array(arrays, prefix, &tensor, err);
    }
    return HONE_OK;
}

static hone_status set_state(hone_json *out, const hone_estimator *est, const char *prefix,
                             struct arrays *arrays, hone_error *err) {
    hone_json *counts = hone_json_object(), *numbers = hone_json_object();
    hone_json *inner = hone_json_object();
    hone_status status = counts && numbers && inner ? HONE_OK : out_of_memory(err);
    for (const hone_attr *row = est->cls->attrs; row->name && status == HONE_OK; row++)
        status = set_attr(counts, numbers, inner, row, est->fitted->state, prefix, arrays, err);
    int bad = hone_json_set(out, "counts", counts) != HONE_OK;
    bad |= hone_json_set(out, "numbers", numbers) != HONE_OK;
    bad |= hone_json_set(out, "inner", inner) != HONE_OK;
    return status ? status : bad ? out_of_memory(err) : HONE_OK;
}

static hone_status set_fitted(hone_json *out, const hone_estimator *est, const char *prefix,
                              struct arrays *arrays, hone_error *err) {
    const struct fitted *fitted = est->fitted;
    hone_tensor classes = {"classes", HONE_ATTR_F64, fitted->n_classes, 1, fitted->classes};
    hone_json *json = hone_json_object();
    hone_status status = json ? add_array(arrays, prefix, &classes, err) : out_of_memory(err);
    if (status == HONE_OK &&
        (hone_json_set(json, "schema", schema_json(fitted->schema)) ||
         hone_json_set(json, "n_classes", hone_json_integer((long long)fitted->n_classes))))
        status = out_of_memory(err);
    if (status == HONE_OK)
        status = set_state(json, est, prefix, arrays, err);
    if (status)
        hone_json_free(json);
    else if (hone_json_set(out, "fitted", json))
        status = out_of_memory(err);
    return status;
}

static hone_status estimator_json(const hone_estimator *est, const char *prefix,
                                  struct arrays *arrays, hone_json **out, hone_error *err) {
    hone_json *json = hone_json_object();
    hone_status status = HONE_OK;
    if (!json || hone_json_set(json, "class", hone_json_text(est->cls->name)))
        status = out_of_memory(err);
    const void *params = arrays && est->fitted ? est->fitted->params : est->params;
    if (status == HONE_OK && est->cls->savable)
        status = est->cls->savable(params, err);
    if (status == HONE_OK)
        status = set_params(json, est->cls, params, err);
    if (status == HONE_OK && arrays)
        status = set_fitted(json, est, prefix, arrays, err);
    if (status)
        hone_json_free(json);
    else
        *out = json;
    return status;
}

hone_status hone_save(const hone_estimator *est, const char *path, hone_error *err) {
    struct arrays arrays = {NULL, NULL, 0, 0};
    hone_json *model = NULL, *description = NULL;
    if (!est->fitted)
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; there is nothing to save",
                         est->cls->name);
    hone_status status = estimator_json(est, "", &arrays, &model, err);
    if (status)
        goto done;
    description = hone_json_object();
    int bad = !description || hone_json_set(description, "version", hone_json_integer(1)) ||
              hone_json_set(description, "hone", hone_json_text(hone_version()));
    if (description)
        bad |= hone_json_set(description, "model", model) != HONE_OK;
    else
        hone_json_free(model);
    if (bad) {
        hone_json_free(description);
        status = out_of_memory(err);
        goto done;
    }
    status = hone_tensors_write(path, arrays.at, arrays.n, description, err);
done:
    arrays_free(&arrays);
    return status;
}
