/* cv_result.c -- making, checking and freeing the result of a cross-validation.
 *
 * Shapes per model: label and score repeats x n, proba repeats x n x K, runs repeats x folds.
 * Cost: O(models repeats n K). */
#include "selection/cv_result.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

/* Most classes of raw arrays: a larger code is a value that was taken for a class. */
enum { MOST_CODES = 65536 };

hone_fold_run *hone_cv_run(const hone_cv_result *result, size_t model, size_t repeat, size_t fold) {
    return &result->models[model].runs[repeat * result->folds->folds + fold];
}

/* n NaNs. */
static hone_status new_nans(double **out, size_t n, size_t m, hone_error *err) {
    hone_status status = hone_new2(out, n, m, err);
    for (size_t i = 0; status == HONE_OK && i < n * m; i++)
        (*out)[i] = NAN;
    return status;
}

static hone_status oof_create(const hone_cv_result *result, const hone_estimator *model,
                              unsigned wanted, hone_oof *oof, hone_error *err) {
    size_t repeats = result->folds->repeats, k = result->n_classes;
    size_t n = repeats * result->folds->n_rows;
    unsigned given = hone_answers_given(hone_estimator_tags(model), k, wanted);
    bool decides = given & HONE_ANSWER_DECISION;
    hone_status status = HONE_OK;
    if (given & HONE_ANSWER_LABEL)
        status = new_nans(&oof->label, n, 1, err);
    if (status == HONE_OK && (given & HONE_ANSWER_PROBA))
        status = new_nans(&oof->proba, n, k, err);
    if (status == HONE_OK && decides && k == 2)
        status = new_nans(&oof->score, n, 1, err);
    if (status == HONE_OK && decides && k > 2)
        status = new_nans(&oof->decision, n, k, err);
    if (status == HONE_OK)
        status = hone_new2(&oof->runs, repeats, result->folds->folds, err);
    return status;
}

/* ---- do the pieces belong together? -------------------------------------- */

static bool target_is(const hone_dataset *data, hone_kind kind) {
    return data->schema && data->schema->n_targets && data->schema->targets[0].kind == kind;
}

static hone_status check_models(const hone_estimator *const *models, size_t n,
                                const hone_dataset *data, hone_error *err) {
    hone_task task = hone_estimator_task(models[0]);
    for (size_t i = 0; i < n; i++) {
        hone_task own = hone_estimator_task(models[i]);
        const char *name = hone_name(models[i]);
        if (own != HONE_CLASSIFIER && own != HONE_REGRESSOR)
            return hone_fail(err, HONE_EINVAL,
                             "cross-validation: %s is neither a classifier nor a regressor", name);
        if (own != task)
            return hone_fail(err, HONE_EINVAL,
                             "cross-validation: %s and %s learn different kinds of targets",
                             hone_name(models[0]), name);
        if (target_is(data, own == HONE_CLASSIFIER ? HONE_NUMERIC : HONE_CATEGORICAL))
            return hone_fail(
                err, HONE_EINVAL, "cross-validation: %s is a %s, but target '%s' holds %s", name,
                own == HONE_CLASSIFIER ? "classifier" : "regressor", data->schema->targets[0].name,
                own == HONE_CLASSIFIER ? "real values" : "classes");
    }
    return HONE_OK;
}

static hone_status check_folds(const hone_dataset *data, const hone_folds *folds, hone_error *err) {
    size_t rows = hone_dataset_rows(data);
    if (!data->y.data || data->y.cols < 1 || data->y.rows != rows)
        return hone_fail(err, HONE_EDATA, "cross-validation: the data has no target");
    if (folds->n_rows != rows)
        return hone_fail(err, HONE_EINVAL,
                         "cross-validation: the folds are for %zu rows, the data has %zu",
                         folds->n_rows, rows);
    for (size_t i = 0; i < folds->repeats * rows; i++)
        if (folds->fold_of[i] >= folds->folds && folds->fold_of[i] != HONE_NO_FOLD)
            return hone_fail(err, HONE_EINVAL,
                             "cross-validation: row %zu is in fold %lu, expected 0 to %zu",
                             i % rows + 1, (unsigned long)folds->fold_of[i], folds->folds - 1);
    return HONE_OK;
}

hone_status hone_cv_count_classes(const hone_dataset *data, size_t *out, hone_error *err) {
    size_t k = target_is(data, HONE_CATEGORICAL) ? data->schema->targets[0].n_levels : 0;
    size_t most = k ? k : MOST_CODES;
    for (size_t i = 0; i < data->y.rows; i++) {
        double code = data->y.data[i * data->y.ld];
        if (!(code >= 0 && code < (double)most && code == floor(code)))
            return hone_fail(err, HONE_EDATA,
                             "cross-validation: row %zu has class %g, expected a code from 0 to "
                             "%zu",
                             i + 1, code, most - 1);
        if ((size_t)code >= k)
            k = (size_t)code + 1;
    }
    *out = k;
    return HONE_OK;
}

static hone_status check_all(const hone_estimator *const *models, size_t n,
                             const hone_dataset *data, const hone_folds *folds, size_t positive,
                             size_t *n_classes, hone_error *err) {
    *n_classes = 0;
    if (n == 0)
        return hone_fail(err, HONE_EINVAL, "cross-validation: no model was given");
    hone_status status = check_models(models, n, data, err);
    if (status == HONE_OK)
        status = check_folds(data, folds, err);
    if (status == HONE_OK && hone_estimator_task(models[0]) == HONE_CLASSIFIER)
        status = hone_cv_count_classes(data, n_classes, err);
    if (status == HONE_OK && *n_classes == 2 && positive > 1)
        return hone_fail(err, HONE_EINVAL,
                         "cross-validation: the positive class must be 0 or 1, got %zu", positive);
    return status;
}

/* ---- life ------------------------------------------------------------------------------------ */

hone_status hone_cv_result_create(const hone_estimator *const *models, size_t n,
                                  const hone_dataset *data, const hone_folds *folds,
                                  size_t positive, unsigned wanted, hone_cv_result **out,
                                  hone_error *err) {
    size_t n_classes;
    hone_status status = check_all(models, n, data, folds, positive, &n_classes, err);
    if (status != HONE_OK)
        return status;
    hone_cv_result *result = NULL;
    status = hone_new(&result, 1, err);
    if (status != HONE_OK)
        return status;
    result->data = data;
    result->folds = folds;
    result->positive = positive;
    result->n_classes = n_classes;
    status = hone_new(&result->models, n, err);
    if (status == HONE_OK)
        result->n_models = n;
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        status = oof_create(result, models[i], wanted, &result->models[i], err);
    if (status == HONE_OK)
        *out = result, result = NULL;
    hone_cv_result_free(result);
    return status;
}

void hone_cv_result_free(hone_cv_result *result) {
    if (!result)
        return;
    for (size_t i = 0; i < result->n_models; i++) {
        hone_release(result->models[i].label);
        hone_release(result->models[i].proba);
        hone_release(result->models[i].score);
        hone_release(result->models[i].decision);
        hone_release(result->models[i].runs);
    }
    hone_release(result->models);
    hone_release(result);
}
