/* fit.c -- hone_fit(): checks the data, codes the classes, weighs the rows, calls the class's fit
 * and swaps the new model in only when all went well. */
#include "core/estimator_private.h"

#include "core/class_weight.h"
#include "core/parallel.h"
#include "core/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the fit slot gets, and the blocks behind it. */
struct input {
    hone_dataset data;
    hone_dataset *taken; /* rows with positive weight, when some weigh nothing */
    hone_schema *coded;  /* schema with the target's present classes as levels */
    double *y, *weights;
    double *classes; /* handed on to the fitted model */
    size_t n_classes;
};

static void input_free(struct input *in) {
    hone_dataset_free(in->taken);
    hone_schema_free(in->coded);
    hone_release(in->y);
    hone_release(in->weights);
    hone_release(in->classes);
}

static size_t row_number(const hone_dataset *data, size_t i) {
    return (data->row_ids ? data->row_ids[i] : i) + 1;
}

/* ---- checks ---------------------------------------------------------------------------------- */

static hone_status check_shape(const hone_dataset *data, const char *who, unsigned tags,
                               hone_error *err) {
    if (data->sparse && !(tags & HONE_TAG_SPARSE))
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes no sparse data; give it dense rows",
                         who);
    size_t n = hone_dataset_rows(data), m = hone_dataset_cols(data);
    if (n == 0 || m == 0)
        return hone_fail(err, HONE_EDATA,
                         "%s: needs at least one row and one column, got %zu x %zu", who, n, m);
    if (data->schema && data->schema->n_columns != m)
        return hone_fail(err, HONE_EDATA, "%s: the schema has %zu columns, X has %zu", who,
                         data->schema->n_columns, m);
    if (data->y.data && data->y.rows != n)
        return hone_fail(err, HONE_EDATA, "%s: X has %zu rows, y has %zu", who, n, data->y.rows);
    if (data->y.cols > 1 && !(tags & HONE_TAG_MULTI_OUTPUT))
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes one target, got %zu", who,
                         data->y.cols);
    return HONE_OK;
}

static hone_status check_y(const hone_dataset *data, const char *who, hone_task task,
                           hone_error *err) {
    if (!data->y.data)
        return hone_fail(err, HONE_EDATA, "%s: needs a target y", who);
    const hone_column *target =
        data->schema && data->schema->n_targets ? &data->schema->targets[0] : NULL;
    bool classes = task == HONE_CLASSIFIER;
    if (target && classes && target->kind == HONE_NUMERIC)
        return hone_fail(err, HONE_EDATA, "%s: the target '%s' holds values, expected classes", who,
                         target->name);
    if (target && !classes && target->kind == HONE_CATEGORICAL)
        return hone_fail(err, HONE_EDATA, "%s: the target '%s' holds classes, expected values", who,
                         target->name);
    for (size_t i = 0; i < data->y.rows; i++)
        for (size_t j = 0; j < data->y.cols; j++) {
            double y = data->y.data[i * data->y.ld + j];
            bool fine = isfinite(y);
            if (classes)
                fine =
                    fine && y == floor(y) && (!target || (y >= 0 && y < (double)target->n_levels));
            if (!fine)
                return hone_fail(err, HONE_EDATA, "%s: y of row %zu is %g, expected a %s", who,
                                 row_number(data, i), y, classes ? "class code" : "finite number");
        }
    return HONE_OK;
}

/* Who it is that takes no weights: of a pipeline the last step, within a wrapper the innermost. */
static const char *weightless(const hone_estimator *est) {
    const hone_estimator *at = est;
    while (hone_n_steps(at) > 0)
        at = hone_step(at, hone_n_steps(at) - 1);
    return at->cls->tags & HONE_TAG_WEIGHTS ? est->cls->name : at->cls->name;
}

static hone_status check_weights(const hone_estimator *est, const hone_dataset *data, unsigned tags,
                                 size_t *positive, hone_error *err) {
    const char *who = est->cls->name;
    size_t n = hone_dataset_rows(data);
    *positive = n;
    if (!data->weights)
        return HONE_OK;
    if (!(tags & HONE_TAG_WEIGHTS))
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes no sample weights", weightless(est));
    *positive = 0;
    for (size_t i = 0; i < n; i++) {
        double w = data->weights[i];
        if (!(w >= 0) || isinf(w))
            return hone_fail(err, HONE_EDATA,
                             "%s: the weight of row %zu must be in [0, inf), got %g", who,
                             row_number(data, i), w);
        *positive += w > 0;
    }
    if (*positive == 0)
        return hone_fail(err, HONE_EDATA, "%s: all sample weights are zero", who);
    return HONE_OK;
}

/* ---- preparing ----------------------------------------------------------- */

/* A row of weight zero is a row that is not there. */
static hone_status take_positive(struct input *in, size_t positive, hone_error *err) {
    size_t n = hone_dataset_rows(&in->data), at = 0;
    size_t *rows = NULL;
    if (positive == n)
        return HONE_OK;
    hone_status status = hone_new(&rows, positive, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++)
        if (in->data.weights[i] > 0)
            rows[at++] = i;
    if (status == HONE_OK)
        status = hone_dataset_take(&in->data, rows, positive, &in->taken, err);
    if (status == HONE_OK)
        in->data = *in->taken;
    hone_release(rows);
    return status;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* in->classes = the distinct values of y, ascending; in->y = their codes. O(n log n). */
static hone_status code_classes(struct input *in, hone_error *err) {
    size_t n = in->data.y.rows, k = 0;
    hone_status status;
    if ((status = hone_new(&in->y, n, err)) || (status = hone_new(&in->classes, n, err)))
        return status;
    for (size_t i = 0; i < n; i++)
        in->classes[i] = in->data.y.data[i * in->data.y.ld];
    qsort(in->classes, n, sizeof *in->classes, ascending);
    for (size_t i = 0; i < n; i++)
        if (k == 0 || in->classes[i] != in->classes[k - 1])
            in->classes[k++] = in->classes[i];
    in->n_classes = k;
    for (size_t i = 0; i < n; i++) {
        const double *at = bsearch(&in->data.y.data[i * in->data.y.ld], in->classes, k,
                                   sizeof *in->classes, ascending);
        in->y[i] = (double)(at - in->classes);
    }
    in->data.y = hone_view_of(in->y, n, 1);
    return HONE_OK;
}

/* The target column that names the classes that are there. */
static hone_status name_classes(const struct input *in, const hone_column *target, hone_column *out,
                                hone_error *err) {
    char(*numbers)[HONE_NUMBER_SIZE] = NULL;
    const char **levels = NULL;
    hone_status status;
    if ((status = hone_new(&levels, in->n_classes, err)) ||
        (status = hone_new(&numbers, in->n_classes, err)))
        goto done;
    for (size_t k = 0; k < in->n_classes; k++)
        levels[k] = target ? target->levels[(size_t)in->classes[k]]
                           : hone_write_double(in->classes[k], numbers[k]);
    hone_column column = {target ? target->name : "y", HONE_CATEGORICAL, in->n_classes, levels};
    status = hone_column_copy(&column, out, err);
done:
    hone_release(levels);
    hone_release(numbers);
    return status;
}

/* in->coded: the columns as given (or made up), and the target as the slot sees it. */
static hone_status code_schema(struct input *in, hone_task task, hone_error *err) {
    const hone_schema *given = in->data.schema;
    size_t m = hone_dataset_cols(&in->data);
    const hone_column *target = given && given->n_targets ? &given->targets[0] : NULL;
    hone_schema *made = NULL;
    hone_status status = HONE_OK;
    if (!given && (status = hone_schema_numeric(m, &made, err)))
        return status;
    size_t n_targets = in->data.y.data ? in->data.y.cols : 0;
    const hone_schema *columns = given ? given : made;
    status = hone_schema_create(m, n_targets, &in->coded, err);
    for (size_t j = 0; j < m && status == HONE_OK; j++)
        status = hone_column_copy(&columns->columns[j], hone_schema_column(in->coded, j), err);
    for (size_t j = 0; j < n_targets && status == HONE_OK; j++) {
        hone_column *out = hone_schema_target(in->coded, j);
        hone_column plain = {.name = "y"};
        if (task == HONE_CLASSIFIER)
            status = name_classes(in, target, out, err);
        else
            status = hone_column_copy(given && j < given->n_targets ? &given->targets[j] : &plain,
                                      out, err);
    }
    in->data.schema = in->coded;
    hone_schema_free(made);
    return status;
}

static hone_status apply_class_weight(const hone_estimator *est, const hone_column *all,
                                      struct input *in, hone_error *err) {
    const hone_param *row = est->cls->params;
    while (row->name && row->kind != HONE_PARAM_CLASS_WEIGHT)
        row++;
    if (!row->name)
        return HONE_OK;
    const char *text =
        ((const hone_short_text *)(const void *)((const char *)est->params + row->offset))->s;
    if (strcmp(text, "none") == 0)
        return HONE_OK;
    size_t n = hone_dataset_rows(&in->data);
    hone_status status = hone_new(&in->weights, n, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        in->weights[i] = in->data.weights ? in->data.weights[i] : 1;
    in->data.weights = in->weights;
    return hone_class_weight_apply(text, est->cls->name, &in->coded->targets[0], all,
                                   in->data.y.data, n, in->weights, err);
}

static hone_status check_classes(const struct input *in, const char *who, unsigned tags,
                                 hone_error *err) {
    const hone_column *target = &in->coded->targets[0];
    if (in->n_classes > 2 && (tags & HONE_TAG_TWO_CLASSES))
        return hone_fail(err, HONE_EDATA, "%s: takes two classes, got %zu in '%s'", who,
                         in->n_classes, target->name);
    if (in->n_classes >= 2 || (tags & HONE_TAG_ONE_CLASS))
        return HONE_OK;
    return hone_fail(err, HONE_EDATA, "%s: needs at least 2 classes in '%s', got only \"%s\"", who,
                     target->name, target->levels[0]);
}

static hone_status check_x(const struct input *in, unsigned tags, const char *who,
                           hone_error *err) {
    const size_t *ids = in->data.row_ids;
    hone_status status = hone_check_values(in->data.x, in->coded, tags, ids, who, err);
    return status ? status : hone_check_codes(in->data.x, in->coded, true, ids, who, err);
}

static hone_status prepare(const hone_estimator *est, const hone_dataset *data, struct input *in,
                           hone_error *err) {
    const char *who = est->cls->name;
    unsigned tags = hone_class_tags_with(est->cls, est->params);
    hone_task task = hone_class_task_with(est->cls, est->params);
    size_t positive;
    hone_status status;
    in->data = *data;
    if ((status = check_shape(data, who, tags, err)) ||
        (status = check_weights(est, data, tags, &positive, err)))
        return status;
    if (task == HONE_CLASSIFIER || task == HONE_REGRESSOR)
        if ((status = check_y(data, who, task, err)))
            return status;
    if ((status = take_positive(in, positive, err)))
        return status;
    if (task == HONE_CLASSIFIER && (status = code_classes(in, err)))
        return status;
    if ((status = code_schema(in, task, err)))
        return status;
    if (!in->data.sparse && (status = check_x(in, tags, who, err)))
        return status;
    if (task != HONE_CLASSIFIER)
        return HONE_OK;
    if ((status = check_classes(in, who, tags, err)))
        return status;
    const hone_schema *given = data->schema;
    return apply_class_weight(est, given && given->n_targets ? given->targets : NULL, in, err);
}

/* ---- fitting ------------------------------------------------------------- */

/* The schema that predict matches new data with: all classes of the target, not only those met. */
static hone_status keep_schema(const hone_dataset *data, const struct input *in,
                               struct fitted *fitted, hone_error *err) {
    return hone_schema_copy(data->schema ? data->schema : in->coded, &fitted->schema, err);
}

hone_status hone_fit(hone_estimator *est, const hone_dataset *data, const hone_monitor *mon,
                     hone_error *err) {
    const hone_class *cls = est->cls;
    struct input in = {.n_classes = 0};
    struct fitted *fitted = NULL;
    hone_status status;
    if (cls->check && (status = cls->check(est->params, err)))
        return status;
    if ((status = prepare(est, data, &in, err)) || (status = hone_monitor_poll(mon, err)) ||
        (status = hone_new(&fitted, 1, err)) ||
        (status =
             hone_params_copy(cls->params, cls->params_size, est->params, &fitted->params, err)) ||
        (status = hone_alloc(&fitted->state, 1, cls->state_size, err)) ||
        (status = keep_schema(data, &in, fitted, err)) ||
        (status = cls->fit(fitted->params, &in.data, mon, fitted->state, err)) ||
        (status = hone_fitted_output(cls, fitted, err)))
        goto done;
    fitted->n_classes = in.n_classes;
    fitted->classes = in.classes, in.classes = NULL;
    hone_fitted_free(cls, est->fitted);
    est->fitted = fitted, fitted = NULL;
done:
    if (status == HONE_ECANCELLED || status == HONE_ETIME)
        hone_fail(err, status, "%s: fit stopped: %s", cls->name, hone_status_text(status));
    hone_fitted_free(cls, fitted);
    input_free(&in);
    return status;
}

hone_status hone_fitted_output(const hone_class *cls, struct fitted *fitted, hone_error *err) {
    if (hone_class_task_with(cls, fitted->params) != HONE_TRANSFORMER)
        return HONE_OK;
    if (cls->output_schema)
        return cls->output_schema(fitted->params, fitted->state, fitted->schema,
                                  &fitted->output_schema, err);
    const hone_schema *in = fitted->schema;
    hone_schema *out = NULL;
    hone_status status = hone_schema_create(in->n_columns, 0, &out, err);
    for (size_t j = 0; j < in->n_columns && status == HONE_OK; j++) {
        hone_column column = {.name = in->columns[j].name};
        status = hone_column_copy(&column, hone_schema_column(out, j), err);
    }
    if (status)
        hone_schema_free(out);
    else
        fitted->output_schema = out;
    return status;
}
