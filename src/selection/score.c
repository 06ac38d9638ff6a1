/* score.c -- one number for how good a model is: accuracy of a classifier, R2 of a regressor.
 *
 * Classes are compared as labels where both sides have a schema, else as the values in y; a class
 * that the model has never met counts as one more class, which it cannot get right.
 * Cost: one prediction of the rows, O(n log K). */
#include "core/alloc.h"
#include "core/error.h"
#include "core/estimator_impl.h"

#include <hone/selection.h>

#include <math.h>
#include <string.h>

/* Place of a value among the model's classes; their number when it is none of them. */
static size_t class_index(const hone_estimator *est, double value) {
    const double *classes = hone_classes(est);
    size_t low = 0, high = hone_n_classes(est), n = high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (classes[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && classes[low] == value ? low : n;
}

static const hone_column *class_target(const hone_schema *schema) {
    bool has = schema && schema->n_targets && schema->targets[0].kind == HONE_CATEGORICAL;
    return has ? &schema->targets[0] : NULL;
}

/* place[c]: where class code c of the data stands among the model's classes. */
static hone_status match_labels(const hone_estimator *est, const hone_column *have,
                                const hone_column *want, size_t **out, hone_error *err) {
    size_t *place = NULL;
    hone_status status = hone_new(&place, have->n_levels, err);
    if (status != HONE_OK)
        return status;
    for (size_t c = 0; c < have->n_levels; c++) {
        place[c] = hone_n_classes(est);
        for (size_t k = 0; k < want->n_levels; k++)
            if (!strcmp(have->levels[c], want->levels[k]))
                place[c] = class_index(est, (double)k);
    }
    *out = place;
    return HONE_OK;
}

/* Turns truth and prediction (n each) into places among the model's classes, K = none of them. */
static hone_status to_places(const hone_estimator *est, const hone_dataset *data, double *truth,
                             double *label, size_t n, hone_error *err) {
    const hone_column *have = class_target(data->schema);
    const hone_column *want = class_target(hone_input_schema(est));
    size_t *place = NULL;
    if (have && want) {
        hone_status status = match_labels(est, have, want, &place, err);
        if (status != HONE_OK)
            return status;
    }
    for (size_t i = 0; i < n; i++) {
        label[i] = (double)class_index(est, label[i]);
        if (isnan(truth[i]))
            continue; /* the metric will say so */
        bool known = have && truth[i] >= 0 && truth[i] < (double)have->n_levels;
        truth[i] = (double)(!place  ? class_index(est, truth[i])
                            : known ? place[(size_t)truth[i]]
                                    : hone_n_classes(est));
    }
    hone_release(place);
    return HONE_OK;
}

hone_status hone_score(const hone_estimator *est, const hone_dataset *data, double *out,
                       hone_error *err) {
    hone_task task = hone_estimator_task(est);
    if (task != HONE_CLASSIFIER && task != HONE_REGRESSOR)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: only classifiers and regressors have a score",
                         hone_name(est));
    size_t n = hone_dataset_rows(data);
    if (!data->y.data || data->y.rows != n)
        return hone_fail(err, HONE_EDATA, "%s: a score needs data with a target", hone_name(est));
    double *truth = NULL, *label = NULL;
    const hone_metric *metric = NULL;
    hone_status status = hone_new(&truth, n, err);
    if (status != HONE_OK || (status = hone_new(&label, n, err)) != HONE_OK ||
        (status = hone_predict(est, data, label, NULL, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < n; i++)
        truth[i] = data->y.data[i * data->y.ld];
    hone_outcome outcome = {.n = n, .truth = truth, .label = label, .weight = data->weights};
    if (task == HONE_CLASSIFIER) {
        outcome.n_classes = hone_n_classes(est) + 1;
        if ((status = to_places(est, data, truth, label, n, err)) != HONE_OK)
            goto done;
    }
    status = hone_metric_find(task == HONE_CLASSIFIER ? "accuracy" : "r2", &metric, err);
    if (status == HONE_OK)
        status = hone_metric_compute(metric, &outcome, out, NULL, err);
done:
    hone_release(truth);
    hone_release(label);
    return status;
}
