/* score.c -- metrics of a fitted model on rows whose truth is known.
 *
 * Classes are compared as labels where the data has a schema, else as the values in y. The codes
 * are those of the data, followed by the model's classes that the data does not know; without a
 * schema they are the model's, followed by one for all that it has never met.
 * Cost: one prediction of the rows per kind of answer, O(n log K). */
#include "selection/predictions.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

/* ---- classes of the one and of the other -------------------------------------------------- */

static const hone_column *class_target(const hone_schema *schema) {
    bool has = schema && schema->n_targets && schema->targets[0].kind == HONE_CATEGORICAL;
    return has ? &schema->targets[0] : NULL;
}

/* The label of the model's class c. Its values of y are codes of levels, unless it was fitted on
 * raw numbers: then there is a level for each class. */
static const char *class_label(const hone_estimator *est, size_t c) {
    const hone_column *target = class_target(hone_input_schema(est));
    const double *classes = hone_classes(est);
    size_t met = hone_n_classes(est);
    bool codes = classes[0] >= 0 && classes[met - 1] < (double)target->n_levels;
    return target->levels[codes ? (size_t)classes[c] : c];
}

/* code_of the model's classes among the levels of the data; *n: levels, and classes beyond them. */
static void match_labels(const hone_estimator *est, const hone_column *have, size_t *code_of,
                         size_t *n) {
    *n = have->n_levels;
    for (size_t c = 0; c < hone_n_classes(est); c++) {
        const char *label = class_label(est, c);
        size_t code = 0;
        while (code < have->n_levels && strcmp(have->levels[code], label) != 0)
            code++;
        code_of[c] = code < have->n_levels ? code : (*n)++;
    }
}

/* truth (n): values of y become places among the model's classes; returns how many codes there
 * are, one more than classes where a value is none of them. */
static size_t match_values(const hone_estimator *est, double *truth, size_t n) {
    size_t k = hone_n_classes(est), most = k;
    for (size_t i = 0; i < n; i++) {
        if (isnan(truth[i]))
            continue; /* the metric will say so */
        size_t place = hone_class_index(est, truth[i]);
        truth[i] = (double)place;
        most = place == k ? k + 1 : most;
    }
    return most;
}

/* Brings truth and the model's classes into common codes. code_of: a code per class of the model.
 */
static void match(const hone_estimator *est, const hone_dataset *data, double *truth,
                  size_t *code_of, hone_class_codes *codes) {
    const hone_column *have = class_target(data->schema);
    codes->code_of = code_of;
    if (have && class_target(hone_input_schema(est))) {
        match_labels(est, have, code_of, &codes->n);
        return;
    }
    for (size_t c = 0; c < hone_n_classes(est); c++)
        code_of[c] = c;
    codes->n = match_values(est, truth, hone_dataset_rows(data));
    size_t positive = hone_class_index(est, (double)codes->positive);
    codes->positive = positive < hone_n_classes(est) ? positive : hone_n_classes(est) - 1;
}

/* ---- metrics ------------------------------------------------------------------------------ */

const char *hone_metric_obstacle(const hone_metric *metric, bool proba, bool score) {
    if (metric->needs == HONE_NEEDS_PROBA && !proba)
        return "the model gives no probabilities";
    if (metric->needs == HONE_NEEDS_SCORE && !proba && !score)
        return "the model gives neither scores nor probabilities";
    return NULL;
}

/* The answers that the metrics look at: ranking prefers the decision of two classes. */
static unsigned answers_for(const hone_estimator *fitted, size_t n_classes,
                            const hone_metric *const *metrics, size_t n) {
    unsigned wanted = HONE_ANSWER_LABEL;
    bool decides = n_classes == 2 && (hone_estimator_tags(fitted) & HONE_TAG_DECISION);
    for (size_t i = 0; i < n; i++)
        if (metrics[i]->needs == HONE_NEEDS_SCORE && decides)
            wanted |= HONE_ANSWER_DECISION;
        else if (metrics[i]->needs != HONE_NEEDS_LABEL)
            wanted |= HONE_ANSWER_PROBA;
    return wanted;
}

static hone_status score_all(const hone_estimator *fitted, const hone_dataset *data,
                             const double *truth, const hone_class_codes *codes,
                             const hone_metric *const *metrics, size_t n, const hone_monitor *mon,
                             double *values, const char **why, hone_error *err) {
    hone_predictions p = {0};
    unsigned wanted = answers_for(fitted, codes->n, metrics, n);
    hone_status status = hone_predictions_make(fitted, data, codes, wanted, mon, &p, err);
    hone_outcome outcome = {.n = p.n,
                            .n_classes = codes->n,
                            .positive = codes->positive,
                            .truth = truth,
                            .label = p.label,
                            .proba = p.proba,
                            .score = p.score,
                            .weight = data->weights};
    for (size_t i = 0; status == HONE_OK && i < n; i++) {
        const char *none = hone_metric_obstacle(metrics[i], p.proba, p.score);
        values[i] = NAN;
        if (!none)
            status = hone_metric_compute(metrics[i], &outcome, &values[i], &none, err);
        if (why)
            why[i] = none;
    }
    hone_predictions_free(&p);
    return status;
}

/* y as one packed column. */
static hone_status copy_truth(const hone_dataset *data, double **out, hone_error *err) {
    hone_status status = hone_new(out, data->y.rows, err);
    for (size_t i = 0; status == HONE_OK && i < data->y.rows; i++)
        (*out)[i] = data->y.data[i * data->y.ld];
    return status;
}

hone_status hone_scores_coded(const hone_estimator *fitted, const hone_dataset *data,
                              const hone_class_codes *codes, const hone_metric *const *metrics,
                              size_t n, const hone_monitor *mon, double *values, const char **why,
                              hone_error *err) {
    double *truth = NULL;
    hone_status status = copy_truth(data, &truth, err);
    if (status == HONE_OK)
        status = score_all(fitted, data, truth, codes, metrics, n, mon, values, why, err);
    hone_release(truth);
    return status;
}

static hone_status check(const hone_estimator *fitted, const hone_dataset *data, hone_error *err) {
    hone_task task = hone_estimator_task(fitted);
    const char *who = hone_name(fitted);
    if (task != HONE_CLASSIFIER && task != HONE_REGRESSOR)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: only classifiers and regressors have a score",
                         who);
    if (!hone_is_fitted(fitted))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; call hone_fit() first", who);
    if (!data->y.data || data->y.rows != hone_dataset_rows(data))
        return hone_fail(err, HONE_EDATA, "%s: a score needs data with a target", who);
    return HONE_OK;
}

hone_status hone_scores(const hone_estimator *fitted, const hone_dataset *data, size_t positive,
                        const hone_metric *const *metrics, size_t n, const hone_monitor *mon,
                        double *values, const char **why, hone_error *err) {
    double *truth = NULL;
    size_t *code_of = NULL;
    hone_class_codes codes = {.positive = positive};
    hone_status status = check(fitted, data, err);
    if (status != HONE_OK || (status = copy_truth(data, &truth, err)) != HONE_OK)
        goto done;
    if (hone_estimator_task(fitted) == HONE_CLASSIFIER) {
        if ((status = hone_new(&code_of, hone_n_classes(fitted), err)) != HONE_OK)
            goto done;
        match(fitted, data, truth, code_of, &codes);
    }
    status = score_all(fitted, data, truth, &codes, metrics, n, mon, values, why, err);
done:
    hone_release(truth);
    hone_release(code_of);
    return status;
}

hone_status hone_score(const hone_estimator *est, const hone_dataset *data, double *out,
                       hone_error *err) {
    const hone_metric *metric = NULL;
    bool classes = hone_estimator_task(est) == HONE_CLASSIFIER;
    hone_status status = hone_metric_find(classes ? "accuracy" : "r2", &metric, err);
    if (status != HONE_OK)
        return status;
    return hone_scores(est, data, 0, &metric, 1, NULL, out, NULL, err);
}
