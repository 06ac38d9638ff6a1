#include "toys.h"

#include "core/parallel.h"
#include "support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct none {
    int nothing;
};
static const hone_param NO_PARAMS[] = {HONE_PARAM_END};

/* ---- nearest mean ---------------------------------------------------------------------------- */

struct means {
    size_t n_classes, n_cols;
    double *mean; /* n_classes x n_cols */
};
static const hone_attr MEANS_ATTRS[] = {
    HONE_COUNT(means, n_classes, "classes"),
    HONE_COUNT(means, n_cols, "columns"),
    HONE_ARRAY(means, mean, n_classes, n_cols, "means of the classes"),
    HONE_ATTR_END,
};

static hone_status means_fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                             void *state, hone_error *err) {
    (void)params;
    struct means *s = state;
    double *total = NULL;
    hone_monitor_progress(mon, 0.5, "inside a fit"); /* what no cross-validation may pass on */
    s->n_classes = hone_fit_classes(data);
    s->n_cols = data->x.cols;
    hone_status status = hone_new2(&s->mean, s->n_classes, s->n_cols, err);
    if (status == HONE_OK)
        status = hone_new(&total, s->n_classes, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < data->x.rows; i++) {
        size_t c = (size_t)data->y.data[i * data->y.ld];
        double w = data->weights ? data->weights[i] : 1;
        total[c] += w;
        for (size_t j = 0; j < s->n_cols; j++)
            s->mean[c * s->n_cols + j] += w * hone_view_row(data->x, i)[j];
    }
    for (size_t c = 0; c < s->n_classes; c++)
        for (size_t j = 0; j < s->n_cols; j++)
            s->mean[c * s->n_cols + j] /= total[c];
    hone_release(total);
    return HONE_OK;
}

static double distance2(const struct means *s, const double *row, size_t c) {
    double sum = 0;
    for (size_t j = 0; j < s->n_cols; j++) {
        double d = row[j] - s->mean[c * s->n_cols + j];
        sum += d * d;
    }
    return sum;
}

static hone_status means_proba(const void *params, const void *state, hone_view x, double *out,
                               hone_error *err) {
    (void)params, (void)err;
    const struct means *s = state;
    size_t k = s->n_classes;
    for (size_t i = 0; i < x.rows; i++) {
        double sum = 0;
        for (size_t c = 0; c < k; c++)
            sum += out[i * k + c] = exp(-distance2(s, hone_view_row(x, i), c));
        for (size_t c = 0; c < k; c++)
            out[i * k + c] = sum > 0 ? out[i * k + c] / sum : 1.0 / (double)k;
    }
    return HONE_OK;
}

static hone_status means_decision(const void *params, const void *state, hone_view x, double *out,
                                  hone_error *err) {
    (void)params, (void)err;
    const struct means *s = state;
    size_t k = s->n_classes;
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        if (k == 2)
            out[i] = distance2(s, row, 0) - distance2(s, row, 1);
        for (size_t c = 0; k != 2 && c < k; c++)
            out[i * k + c] = -distance2(s, row, c);
    }
    return HONE_OK;
}

const hone_class toy_nearest_mean = {
    .name = "toy_nearest_mean",
    .summary = "the class whose mean is nearest",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = NO_PARAMS,
    .params_size = sizeof(struct none),
    .attrs = MEANS_ATTRS,
    .state_size = sizeof(struct means),
    .fit = means_fit,
    .predict_proba = means_proba,
    .decision = means_decision,
};

/* ---- memory ---------------------------------------------------------------------------------- */

struct memory {
    size_t n_rows, n_cols;
    double *rows; /* n_rows x n_cols */
};
static const hone_attr MEMORY_ATTRS[] = {
    HONE_COUNT(memory, n_rows, "rows"),
    HONE_COUNT(memory, n_cols, "columns"),
    HONE_ARRAY(memory, rows, n_rows, n_cols, "the rows of fit"),
    HONE_ATTR_END,
};

static hone_status memory_fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                              void *state, hone_error *err) {
    (void)params, (void)mon;
    struct memory *s = state;
    s->n_rows = data->x.rows;
    s->n_cols = data->x.cols;
    hone_status status = hone_new2(&s->rows, s->n_rows, s->n_cols, err);
    for (size_t i = 0; status == HONE_OK && i < s->n_rows; i++)
        memcpy(s->rows + i * s->n_cols, hone_view_row(data->x, i), s->n_cols * sizeof(double));
    return status;
}

static hone_status memory_predict(const void *params, const void *state, hone_view x, double *out,
                                  hone_error *err) {
    (void)params, (void)err;
    const struct memory *s = state;
    for (size_t i = 0; i < x.rows; i++) {
        out[i] = 0;
        for (size_t r = 0; r < s->n_rows; r++)
            if (!memcmp(s->rows + r * s->n_cols, hone_view_row(x, i), s->n_cols * sizeof(double)))
                out[i] = 1;
    }
    return HONE_OK;
}

const hone_class toy_memory = {
    .name = "toy_memory",
    .summary = "says 1 for a row that it has seen",
    .task = HONE_CLASSIFIER,
    .params = NO_PARAMS,
    .params_size = sizeof(struct none),
    .attrs = MEMORY_ATTRS,
    .state_size = sizeof(struct memory),
    .fit = memory_fit,
    .predict = memory_predict,
};

/* ---- failing, mean --------------------------------------------------------------------------- */

static const hone_attr NO_ATTRS[] = {HONE_ATTR_END};

static hone_status failing_fit(const void *params, const hone_dataset *data,
                               const hone_monitor *mon, void *state, hone_error *err) {
    (void)params, (void)data, (void)mon, (void)state;
    return hone_fail(err, HONE_ENUMERIC, "toy_failing: fails always");
}

const hone_class toy_failing = {
    .name = "toy_failing",
    .summary = "fails always",
    .task = HONE_CLASSIFIER,
    .params = NO_PARAMS,
    .params_size = sizeof(struct none),
    .attrs = NO_ATTRS,
    .state_size = sizeof(struct none),
    .fit = failing_fit,
    .predict = memory_predict,
};

struct mean {
    double mean;
};
static const hone_attr MEAN_ATTRS[] = {
    HONE_NUMBER(mean, mean, "mean of y"),
    HONE_ATTR_END,
};

static hone_status mean_fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                            void *state, hone_error *err) {
    (void)params, (void)mon, (void)err;
    struct mean *s = state;
    for (size_t i = 0; i < data->y.rows; i++)
        s->mean += data->y.data[i * data->y.ld] / (double)data->y.rows;
    return HONE_OK;
}

static hone_status mean_predict(const void *params, const void *state, hone_view x, double *out,
                                hone_error *err) {
    (void)params, (void)err;
    for (size_t i = 0; i < x.rows; i++)
        out[i] = ((const struct mean *)state)->mean;
    return HONE_OK;
}

const hone_class toy_mean = {
    .name = "toy_mean",
    .summary = "the mean of y",
    .task = HONE_REGRESSOR,
    .params = NO_PARAMS,
    .params_size = sizeof(struct none),
    .attrs = MEAN_ATTRS,
    .state_size = sizeof(struct mean),
    .fit = mean_fit,
    .predict = mean_predict,
};

/* ---- centre, fill ---------------------------------------------------------------------------- */

struct centre {
    size_t n_cols;
    double *mean; /* n_cols */
};
static const hone_attr CENTRE_ATTRS[] = {
    HONE_COUNT(centre, n_cols, "columns"),
    HONE_VECTOR(centre, mean, n_cols, "means of the columns"),
    HONE_ATTR_END,
};

static hone_status centre_fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                              void *state, hone_error *err) {
    (void)params, (void)mon;
    struct centre *s = state;
    s->n_cols = data->x.cols;
    hone_status status = hone_new(&s->mean, s->n_cols, err);
    double total = 0;
    for (size_t i = 0; status == HONE_OK && i < data->x.rows; i++) {
        double w = data->weights ? data->weights[i] : 1;
        total += w;
        for (size_t j = 0; j < s->n_cols; j++)
            s->mean[j] += w * hone_view_row(data->x, i)[j];
    }
    for (size_t j = 0; status == HONE_OK && j < s->n_cols; j++)
        s->mean[j] /= total;
    return status;
}

static hone_status centre_transform(const void *params, const void *state, hone_view x, double *out,
                                    hone_error *err) {
    (void)params, (void)err;
    const struct centre *s = state;
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++)
            out[i * x.cols + j] = hone_view_row(x, i)[j] - s->mean[j];
    return HONE_OK;
}

const hone_class toy_centre = {
    .name = "toy_centre",
    .summary = "takes the mean away",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = NO_PARAMS,
    .params_size = sizeof(struct none),
    .attrs = CENTRE_ATTRS,
    .state_size = sizeof(struct centre),
    .fit = centre_fit,
    .transform = centre_transform,
};

struct fill {
    double value;
};
static const hone_param FILL_PARAMS[] = {
    HONE_REAL(fill, value, 0, NULL, "what is put"),
    HONE_PARAM_END,
};

static hone_status fill_fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                            void *state, hone_error *err) {
    (void)params, (void)mon, (void)state;
    return data->weights ? hone_fail(err, HONE_EINVAL, "toy_fill: got weights") : HONE_OK;
}

static hone_status fill_transform(const void *params, const void *state, hone_view x, double *out,
                                  hone_error *err) {
    (void)state, (void)err;
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++) {
            double value = hone_view_row(x, i)[j];
            out[i * x.cols + j] = isnan(value) ? ((const struct fill *)params)->value : value;
        }
    return HONE_OK;
}

const hone_class toy_fill = {
    .name = "toy_fill",
    .summary = "fills holes with a number",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_FILLS,
    .params = FILL_PARAMS,
    .params_size = sizeof(struct fill),
    .attrs = NO_ATTRS,
    .state_size = sizeof(struct none),
    .fit = fill_fit,
    .transform = fill_transform,
};

/* ---- making things --------------------------------------------------------------------------- */

hone_estimator *toy_new(const hone_class *cls) {
    hone_estimator *est = NULL;
    hone_error err;
    if (hone_estimator_new(cls, &est, &err) != HONE_OK) {
        fprintf(stderr, "toy_new: %s\n", err.message);
        abort();
    }
    return est;
}

static hone_schema *make_schema(size_t m, size_t k) {
    static const char *const LABELS[] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
    hone_schema *schema = NULL;
    hone_column target = {"t", k ? HONE_CATEGORICAL : HONE_NUMERIC, k, k ? LABELS : NULL};
    hone_status status = hone_schema_create(m, 1, &schema, NULL);
    for (size_t j = 0; status == HONE_OK && j < m; j++) {
        char name[32];
        snprintf(name, sizeof name, "col%zu", j);
        status =
            hone_column_copy(&(hone_column){.name = name}, hone_schema_column(schema, j), NULL);
    }
    if (status != HONE_OK || hone_column_copy(&target, hone_schema_target(schema, 0), NULL))
        abort();
    return schema;
}

toy_data toy_data_make(size_t n, size_t m, size_t k, uint64_t seed) {
    toy_data data;
    support_make(n, m, k, seed, &data.x, &data.y);
    data.schema = make_schema(m, k);
    data.set = (hone_dataset){
        .x = hone_view_of(data.x, n, m), .y = hone_view_of(data.y, n, 1), .schema = data.schema};
    return data;
}

void toy_data_free(toy_data *data) {
    free(data->x);
    free(data->y);
    hone_schema_free(data->schema);
}
