/* inner.c -- fitting, asking and checking the estimator inside another. */
#include "selection/inner.h"

#include "selection/cv_result.h"

#include <math.h>

/* The wrapper has already cut the rows into blocks and spread them over threads. */
static const hone_monitor ALONE = {.threads = 1};

static hone_dataset seen_by(const hone_estimator *est, const hone_dataset *data) {
    hone_dataset seen = *data;
    if (!(hone_estimator_tags(est) & HONE_TAG_WEIGHTS))
        seen.weights = NULL;
    return seen;
}

/* rows: NULL when they are not wanted. */
static hone_status fit_clone(const hone_estimator *est, const hone_dataset *data,
                             const hone_monitor *mon, hone_estimator **out, hone_matrix *rows,
                             hone_error *err) {
    hone_dataset seen = seen_by(est, data);
    hone_estimator *fitted = NULL;
    hone_status status = hone_clone(est, &fitted, err);
    if (status == HONE_OK)
        status = rows ? hone_fit_transform(fitted, &seen, rows, mon, err)
                      : hone_fit(fitted, &seen, mon, err);
    if (status == HONE_OK)
        *out = fitted, fitted = NULL;
    hone_free(fitted);
    return status;
}

hone_status hone_inner_fit(const hone_estimator *est, const hone_dataset *data,
                           const hone_monitor *mon, hone_estimator **out, hone_error *err) {
    return fit_clone(est, data, mon, out, NULL, err);
}

hone_status hone_inner_fit_transform(const hone_estimator *est, const hone_dataset *data,
                                     const hone_monitor *mon, hone_estimator **out,
                                     hone_matrix *rows, hone_error *err) {
    return fit_clone(est, data, mon, out, rows, err);
}

hone_status hone_inner_fit_step(const hone_estimator *est, const hone_dataset *data,
                                const hone_monitor *mon, hone_steps *out, hone_error *err) {
    hone_status status = hone_new(&out->at, 1, err);
    if (status != HONE_OK)
        return status;
    out->n = 1;
    return hone_inner_fit(est, data, mon, &out->at[0], err);
}

hone_inner_kind hone_inner_kind_of(unsigned tags, size_t n_classes, bool prefer_proba) {
    bool proba = (tags & HONE_TAG_PROBA) && (prefer_proba || !(tags & HONE_TAG_DECISION));
    return (hone_inner_kind){proba, n_classes == 2 ? 1 : n_classes};
}

/* ---- out of fold -------------------------------------------------------------------------- */

/* The first fold that failed speaks for all. */
static hone_status first_failure(const hone_cv_result *result, const char *who, hone_error *err) {
    size_t folds = result->folds->folds;
    for (size_t f = 0; f < folds; f++) {
        const hone_fold_run *run = &result->models[0].runs[f];
        if (run->error.status != HONE_OK)
            return hone_fail(err, run->error.status, "%s: inner fold %zu of %zu: %s", who, f + 1,
                             folds, run->error.message);
    }
    return HONE_OK;
}

/* The numbers of the kind; rows that are not known, or not about all classes, are NaN. */
static hone_status collect(const hone_cv_result *result, hone_inner_kind kind, double **out,
                           size_t *known, hone_error *err) {
    const hone_oof *oof = &result->models[0];
    size_t n = result->folds->n_rows, k = result->n_classes, cols = kind.cols;
    const double *from = kind.proba ? oof->proba : cols == 1 ? oof->score : oof->decision;
    size_t ld = kind.proba ? k : cols, first = kind.proba && cols == 1;
    hone_status status = hone_new2(out, n, cols, err);
    *known = 0;
    for (size_t i = 0; status == HONE_OK && i < n; i++) {
        bool whole = true;
        for (size_t c = 0; c < cols; c++)
            whole &= !isnan((*out)[i * cols + c] = from[i * ld + first + c]);
        *known += whole;
        for (size_t c = 0; !whole && c < cols; c++)
            (*out)[i * cols + c] = NAN;
    }
    return status;
}

hone_status hone_inner_numbers(const hone_estimator *est, const hone_dataset *data,
                               hone_inner_kind kind, size_t folds, uint64_t seed, const char *who,
                               const hone_monitor *mon, double **out, hone_error *err) {
    hone_dataset seen = seen_by(est, data);
    hone_cv cv = {.folds = folds, .seed = seed};
    hone_folds split = {.fold_of = NULL};
    hone_cv_result *result = NULL;
    double *numbers = NULL;
    size_t known = 0;
    hone_status status = hone_split(&cv, &seen, &split, err);
    if (status != HONE_OK)
        return hone_fail_within(err, status, "%s: inner folds", who);
    unsigned wanted = kind.proba ? HONE_ANSWER_PROBA : HONE_ANSWER_DECISION;
    status = hone_cv_answers(&est, 1, &seen, &split, 1, wanted, NULL, NULL, mon, &result, err);
    if (status == HONE_OK)
        status = first_failure(result, who, err);
    if (status == HONE_OK)
        status = collect(result, kind, &numbers, &known, err);
    if (status == HONE_OK && known == 0)
        status = hone_fail(err, HONE_EDATA,
                           "%s: no inner fold trains on all classes, so there is nothing to learn "
                           "from",
                           who);
    if (status == HONE_OK)
        *out = numbers, numbers = NULL;
    hone_release(numbers);
    hone_cv_result_free(result);
    hone_folds_free(&split);
    return status;
}

hone_status hone_inner_ask(const hone_estimator *fitted, hone_view x, hone_inner_kind kind,
                           double *out, hone_error *err) {
    hone_dataset rows = {.x = x};
    double *pairs = NULL;
    if (!kind.proba)
        return hone_decision_function(fitted, &rows, out, &ALONE, err);
    if (kind.cols > 1)
        return hone_predict_proba(fitted, &rows, out, &ALONE, err);
    hone_status status = hone_new2(&pairs, x.rows, 2, err);
    if (status == HONE_OK)
        status = hone_predict_proba(fitted, &rows, pairs, &ALONE, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++)
        out[i] = pairs[2 * i + 1];
    hone_release(pairs);
    return status;
}

/* ---- what is inside -------------------------------------------------------------------------- */

unsigned hone_inner_tags(const hone_steps *inner, unsigned which) {
    unsigned tags = inner->n ? hone_estimator_tags(inner->at[0]) : 0;
    return HONE_TAG_INTERNAL | (tags & which);
}

hone_status hone_inner_check(const hone_steps *inner, hone_error *err) {
    if (inner->n != 1)
        return hone_fail(err, HONE_EINVAL, "is made around one estimator, got %zu", inner->n);
    const hone_estimator *est = inner->at[0];
    if (hone_estimator_task(est) != HONE_CLASSIFIER)
        return hone_fail(err, HONE_EINVAL, "is made around a classifier, got %s", hone_name(est));
    if (!(hone_estimator_tags(est) & (HONE_TAG_PROBA | HONE_TAG_DECISION)))
        return hone_fail(err, HONE_EINVAL, "%s gives neither probabilities nor a decision function",
                         hone_name(est));
    return HONE_OK;
}

hone_status hone_inner_validate_one(const hone_estimator *unfitted, const hone_estimator *fitted,
                                    size_t n_cols, size_t n_classes, bool whole, hone_error *err) {
    const unsigned numbers = HONE_TAG_PROBA | HONE_TAG_DECISION;
    const hone_schema *schema = fitted ? hone_input_schema(fitted) : NULL;
    if (!schema || hone_estimator_class(fitted) != hone_estimator_class(unfitted) ||
        hone_estimator_task(fitted) != hone_estimator_task(unfitted))
        return hone_fail(err, HONE_EFORMAT, "holds no fitted %s", hone_name(unfitted));
    if (schema->n_columns != n_cols)
        return hone_fail(err, HONE_EFORMAT, "%s takes %zu columns where %zu arrive",
                         hone_name(fitted), schema->n_columns, n_cols);
    size_t met = hone_n_classes(fitted);
    const double *classes = hone_classes(fitted);
    bool fits = whole ? met == n_classes : met <= n_classes && (met > 0) == (n_classes > 0);
    fits = fits &&
           (hone_estimator_tags(fitted) & numbers) == (hone_estimator_tags(unfitted) & numbers);
    for (size_t k = 0; fits && k < met; k++)
        fits = classes[k] == floor(classes[k]) && classes[k] >= (k ? classes[k - 1] + 1 : 0) &&
               classes[k] < (double)n_classes;
    return fits
               ? HONE_OK
               : hone_fail(err, HONE_EFORMAT, "%s has other classes or answers", hone_name(fitted));
}

hone_status hone_inner_validate(const hone_steps *unfitted, const hone_steps *fitted, size_t n_cols,
                                size_t n_classes, hone_error *err) {
    hone_status status = HONE_OK;
    if (fitted->n != unfitted->n)
        return hone_fail(err, HONE_EFORMAT, "holds %zu fitted estimators, expected %zu", fitted->n,
                         unfitted->n);
    for (size_t i = 0; status == HONE_OK && i < fitted->n; i++)
        status =
            hone_inner_validate_one(unfitted->at[i], fitted->at[i], n_cols, n_classes, true, err);
    return status;
}
