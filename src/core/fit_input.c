/* fit_input.c -- what a fit slot gets: the data checked, rows of weight zero taken out, classes
 * coded 0 .. K - 1 and class weights multiplied in. */
#include "core/fit_input.h"

#include "core/class_weight.h"
#include "core/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 256 }; /* classes that are found without sorting y */

void hone_fit_input_free(hone_fit_input *in) {
    hone_dataset_free(in->taken);
    hone_schema_free(in->named);
    hone_schema_free(in->levelled);
    hone_release(in->plain);
    hone_release(in->kept);
    hone_release(in->matched);
    hone_release(in->y);
    hone_release(in->weights);
    hone_release(in->classes);
}

static size_t row_number(const hone_dataset *data, size_t i) {
    return (data->row_ids ? data->row_ids[i] : i) + 1;
}

/* ---- the role of y --------------------------------------------------------------------------- */

enum role_of_y { Y_UNUSED, Y_VALUES, Y_CLASSES };

/* At most this many distinct whole numbers, as HONE_TARGET_AUTO has it. */
static bool look_like_classes(hone_view y) {
    enum { MOST = 20 };
    double met[MOST];
    size_t n = 0;
    for (size_t i = 0; i < y.rows; i++) {
        double value = y.data[i * y.ld];
        size_t k = 0;
        while (k < n && met[k] != value)
            k++;
        if (value != floor(value) || k == MOST)
            return false;
        if (k == n)
            met[n++] = value;
    }
    return true;
}

/* One who learns from y without a task of his own takes it as the schema has it. */
static enum role_of_y role_of_y(const hone_estimator *est, const hone_dataset *data) {
    hone_task task = hone_class_task_with(est->cls, est->params);
    if (task == HONE_CLASSIFIER)
        return Y_CLASSES;
    if (task == HONE_REGRESSOR)
        return Y_VALUES;
    if (!(hone_class_tags_with(est->cls, est->params) & HONE_TAG_TARGET))
        return Y_UNUSED;
    const hone_schema *schema = data->schema;
    bool classes = schema && schema->n_targets ? schema->targets[0].kind == HONE_CATEGORICAL
                                               : data->y.data && look_like_classes(data->y);
    return classes ? Y_CLASSES : Y_VALUES;
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

static hone_status check_y(const hone_dataset *data, const char *who, bool classes,
                           hone_error *err) {
    if (!data->y.data)
        return hone_fail(err, HONE_EDATA, "%s: needs a target y", who);
    const hone_column *target =
        data->schema && data->schema->n_targets ? &data->schema->targets[0] : NULL;
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
    for (size_t n; (n = hone_n_steps(at)) > 0;) {
        const hone_estimator *next = hone_step(at, n - 1);
        for (size_t i = 0; (at->cls->tags & HONE_TAG_MANY) && i < n; i++)
            if (!(hone_estimator_tags(hone_step(at, i)) & HONE_TAG_WEIGHTS))
                next = hone_step(at, i);
        at = next;
    }
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
static hone_status take_positive(hone_fit_input *in, size_t positive, hone_error *err) {
    size_t n = hone_dataset_rows(&in->data), at = 0;
    if (positive == n)
        return HONE_OK;
    hone_status status = hone_new(&in->kept, positive, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++)
        if (in->data.weights[i] > 0)
            in->kept[at++] = i;
    if (status == HONE_OK)
        status = hone_dataset_take(&in->data, in->kept, positive, &in->taken, err);
    if (status == HONE_OK)
        in->data = *in->taken;
    return status;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Where a value is, or belongs, among k ascending ones. Codes 0, 1, ... are found at once. */
static size_t place_of(double value, const double *classes, size_t k) {
    if (value >= 0 && value < (double)k && classes[(size_t)value] == value)
        return (size_t)value;
    size_t low = 0, high = k;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (classes[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Distinct values put in their places one by one; false when there are more than FEW. */
static bool find_few_classes(hone_fit_input *in) {
    double *classes = in->classes;
    size_t k = 0;
    for (size_t i = 0; i < in->data.y.rows; i++) {
        double value = in->data.y.data[i * in->data.y.ld];
        size_t at = place_of(value, classes, k);
        if (at < k && classes[at] == value)
            continue;
        if (k == FEW)
            return false;
        memmove(classes + at + 1, classes + at, (k++ - at) * sizeof *classes);
        classes[at] = value;
    }
    in->n_classes = k;
    return true;
}

/* in->classes = the distinct values of y, ascending. O(n log K), O(n log n) if K > FEW. */
static hone_status find_classes(hone_fit_input *in, hone_error *err) {
    size_t n = in->data.y.rows, k = 0, few = n < FEW ? n : FEW;
    hone_status status = hone_new(&in->classes, few, err);
    if (status || find_few_classes(in) || (status = hone_grow(&in->classes, few, n, err)))
        return status;
    for (size_t i = 0; i < n; i++)
        in->classes[i] = in->data.y.data[i * in->data.y.ld];
    qsort(in->classes, n, sizeof *in->classes, ascending);
    for (size_t i = 0; i < n; i++)
        if (k == 0 || in->classes[i] != in->classes[k - 1])
            in->classes[k++] = in->classes[i];
    in->n_classes = k;
    return HONE_OK;
}

/* in->classes = n given values, or 0 .. n - 1 where `values` is NULL. */
static hone_status give_classes(hone_fit_input *in, const double *values, size_t n,
                                hone_error *err) {
    hone_status status = hone_new(&in->classes, n, err);
    for (size_t k = 0; status == HONE_OK && k < n; k++)
        in->classes[k] = values ? values[k] : (double)k;
    in->n_classes = n;
    return status;
}

/* Are the values of y codes already, one behind the other? */
static bool is_coded(const hone_fit_input *in) {
    bool coded = in->data.y.ld == 1;
    for (size_t k = 0; coded && k < in->n_classes; k++)
        coded = in->classes[k] == (double)k;
    return coded;
}

/* data.y = codes of the classes, in->y or as it came. */
static hone_status code_classes(hone_fit_input *in, const char *who, hone_error *err) {
    size_t n = in->data.y.rows;
    hone_status status = is_coded(in) ? HONE_OK : hone_new(&in->y, n, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++) {
        double value = in->data.y.data[i * in->data.y.ld];
        size_t at = place_of(value, in->classes, in->n_classes);
        if (at == in->n_classes || in->classes[at] != value)
            return hone_fail(err, HONE_EDATA,
                             "%s: y of row %zu is %g, a class that the first rows did not have; "
                             "name all classes in the schema",
                             who, row_number(&in->data, i), value);
        if (in->y)
            in->y[i] = (double)at;
    }
    if (in->y)
        in->data.y = hone_view_of(in->y, n, 1);
    return status;
}

static hone_status set_classes(hone_fit_input *in, const char *who, bool part,
                               const struct fitted *before, hone_error *err) {
    const hone_schema *schema = in->data.schema;
    hone_status status;
    if (part && before)
        status = give_classes(in, before->classes, before->n_classes, err);
    else if (part && schema && schema->n_targets)
        status = give_classes(in, NULL, schema->targets[0].n_levels, err);
    else
        status = find_classes(in, err);
    return status ? status : code_classes(in, who, err);
}

hone_status hone_schema_of_classes(const double *classes, size_t n, const hone_column *target,
                                   hone_schema **out, hone_error *err) {
    char(*numbers)[HONE_NUMBER_SIZE] = NULL;
    const char **levels = NULL;
    hone_status status;
    if ((status = hone_new(&levels, n, err)) || (status = hone_new(&numbers, n, err)))
        goto done;
    bool all = target && target->n_levels == n;
    for (size_t k = 0; k < n; k++)
        levels[k] = target ? target->levels[all ? k : (size_t)classes[k]]
                           : hone_write_double(classes[k], numbers[k]);
    hone_column column = {target ? target->name : "y", HONE_CATEGORICAL, n, levels};
    status = hone_schema_copy(&(hone_schema){.n_targets = 1, .targets = &column}, out, err);
done:
    hone_release(levels);
    hone_release(numbers);
    return status;
}

/* Targets of values that the data name, or else are all called y. */
static hone_status code_values(hone_fit_input *in, const hone_schema *given, hone_error *err) {
    const hone_column plain = {.name = "y"};
    size_t n = in->data.y.data ? in->data.y.cols : 0;
    in->coded.n_targets = n;
    if (given && n <= given->n_targets) {
        in->coded.targets = given->targets;
        return HONE_OK;
    }
    hone_status status = hone_new(&in->plain, n, err);
    for (size_t j = 0; j < n && status == HONE_OK; j++)
        in->plain[j] = given && j < given->n_targets ? given->targets[j] : plain;
    in->coded.targets = in->plain;
    return status;
}

/* in->coded: the columns as given (or made up), and the target as the slot sees it. */
static hone_status code_schema(hone_fit_input *in, bool classes, hone_error *err) {
    const hone_schema *given = in->data.schema;
    hone_status status = HONE_OK;
    if (!given && (status = hone_schema_numeric(hone_dataset_cols(&in->data), &in->named, err)))
        return status;
    in->coded = given ? *given : *in->named;
    in->data.schema = &in->coded;
    if (!classes)
        return code_values(in, given, err);
    const hone_column *target = given && given->n_targets ? &given->targets[0] : NULL;
    status = hone_schema_of_classes(in->classes, in->n_classes, target, &in->levelled, err);
    if (status == HONE_OK)
        in->coded.n_targets = 1, in->coded.targets = in->levelled->targets;
    return status;
}

static hone_status apply_class_weight(const hone_estimator *est, const hone_column *all,
                                      hone_fit_input *in, bool part, hone_error *err) {
    const hone_param *row = est->cls->params;
    while (row->name && row->kind != HONE_PARAM_CLASS_WEIGHT)
        row++;
    if (!row->name)
        return HONE_OK;
    const char *text =
        ((const hone_short_text *)(const void *)((const char *)est->params + row->offset))->s;
    if (strcmp(text, "none") == 0)
        return HONE_OK;
    if (part && strcmp(text, "balanced") == 0)
        return hone_fail(
            err, HONE_EUNSUPPORTED,
            "%s: class_weight=balanced needs all rows at once; give a weight per class",
            est->cls->name);
    size_t n = hone_dataset_rows(&in->data);
    hone_status status = hone_new(&in->weights, n, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        in->weights[i] = in->data.weights ? in->data.weights[i] : 1;
    in->data.weights = in->weights;
    return hone_class_weight_apply(text, est->cls->name, &in->coded.targets[0], all,
                                   in->data.y.data, n, in->weights, err);
}

static hone_status check_classes(const hone_fit_input *in, const char *who, unsigned tags,
                                 hone_error *err) {
    const hone_column *target = &in->coded.targets[0];
    if (in->n_classes > 2 && (tags & HONE_TAG_TWO_CLASSES))
        return hone_fail(err, HONE_EDATA, "%s: takes two classes, got %zu in '%s'", who,
                         in->n_classes, target->name);
    if (in->n_classes >= 2 || (tags & HONE_TAG_ONE_CLASS))
        return HONE_OK;
    return hone_fail(err, HONE_EDATA, "%s: needs at least 2 classes in '%s', got only \"%s\"", who,
                     target->name, target->levels[0]);
}

static hone_status check_x(const hone_fit_input *in, unsigned tags, const char *who,
                           hone_error *err) {
    const size_t *ids = in->data.row_ids;
    if (in->finite)
        return HONE_OK;
    if (in->data.sparse)
        return hone_check_sparse(in->data.sparse, &in->coded, tags, ids, who, err);
    hone_status status = hone_check_values(in->data.x, &in->coded, tags, ids, who, err);
    return status ? status : hone_check_codes(in->data.x, &in->coded, true, ids, who, err);
}

static bool same_levels(const hone_schema *a, const hone_schema *b) {
    if (a->n_targets == 0 || b->n_targets == 0)
        return a->n_targets == b->n_targets;
    size_t n = a->targets[0].n_levels;
    bool same = n == b->targets[0].n_levels;
    for (size_t k = 0; same && k < n; k++)
        same = strcmp(a->targets[0].levels[k], b->targets[0].levels[k]) == 0;
    return same;
}

/* Brings a batch into the columns of the model that it continues. */
static hone_status match_columns(hone_fit_input *in, const hone_schema *want, const char *who,
                                 hone_error *err) {
    hone_status status = HONE_OK;
    if (in->data.schema && !same_levels(in->data.schema, want))
        return hone_fail(err, HONE_EDATA, "%s: each batch must name the classes of the first", who);
    if (in->data.sparse)
        status = hone_schema_match_sparse(want, &in->data, who, err);
    else
        status = hone_schema_match(want, &in->data, who, &in->data.x, &in->matched, err);
    if (in->data.schema)
        in->data.schema = want;
    return status;
}

static hone_status check_data(const hone_estimator *est, enum role_of_y role, hone_fit_input *in,
                              hone_error *err) {
    const char *who = est->cls->name;
    unsigned tags = hone_class_tags_with(est->cls, est->params);
    size_t positive;
    hone_status status;
    if ((status = check_shape(&in->data, who, tags, err)) ||
        (status = check_weights(est, &in->data, tags, &positive, err)))
        return status;
    if (role != Y_UNUSED && (status = check_y(&in->data, who, role == Y_CLASSES, err)))
        return status;
    return take_positive(in, positive, err);
}

hone_status hone_fit_input_make(const hone_estimator *est, const hone_dataset *data, bool part,
                                const struct fitted *before, hone_fit_input *in, hone_error *err) {
    const char *who = est->cls->name;
    unsigned tags = hone_class_tags_with(est->cls, est->params);
    enum role_of_y role = role_of_y(est, data);
    hone_status status;
    in->data = *data;
    if ((status = check_data(est, role, in, err)))
        return status;
    if (part && before && (status = match_columns(in, before->schema, who, err)))
        return status;
    if (role == Y_CLASSES && (status = set_classes(in, who, part, before, err)))
        return status;
    if ((status = code_schema(in, role == Y_CLASSES, err)) ||
        (status = check_x(in, tags, who, err)))
        return status;
    if (role != Y_CLASSES)
        return HONE_OK;
    if ((status = check_classes(in, who, tags, err)))
        return status;
    const hone_schema *given = data->schema;
    return apply_class_weight(est, given && given->n_targets ? given->targets : NULL, in, part,
                              err);
}
