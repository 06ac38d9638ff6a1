/* cross_validate.c -- out-of-fold predictions of many models.
 *
 * For every repeat r, fold f and model m: a clone of m is fitted on the training rows of f and
 * predicts its test rows, so a row is predicted once per repeat by a model that has not seen it.
 * One chunk per (r, f, m), models innermost, so that a slow model never comes last all at once. A
 * chunk writes only its own run and the rows of its own test set; its predictions are written when
 * all of them are there.
 * Cost: models x folds x repeats fits, and for each one copy of the training rows. */
#include "selection/cv_result.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "selection/predictions.h"
#include "selection/registry.h"

#include <stdatomic.h>
#include <stdio.h>

/* What all chunks share. */
struct cv {
    const hone_estimator *const *models;
    const hone_cv_result *result;
    const hone_monitor *mon;   /* the caller's */
    const hone_monitor *inner; /* of the fits: the same without progress, which is ours to tell */
    hone_cv_look *look;        /* or NULL */
    void *user;
    unsigned wanted; /* answers */
    atomic_size_t finished;
};

/* One fit: which, on what. Owns all its pointers but `run`. */
struct job {
    size_t model, repeat, fold;
    hone_fold_run *run;
    size_t *rows, n_test; /* rows: indices of the test rows */
    hone_dataset *train, *test;
    hone_estimator *fitted;
    hone_predictions says; /* about the test rows */
};

static void job_free(struct job *job) {
    hone_release(job->rows);
    hone_dataset_free(job->train);
    hone_dataset_free(job->test);
    hone_free(job->fitted);
    hone_predictions_free(&job->says);
}

static hone_status take_rows(const hone_cv_result *result, struct job *job, hone_error *err) {
    const hone_folds *folds = result->folds;
    hone_status status = hone_new(&job->rows, folds->n_rows, err);
    if (status != HONE_OK)
        return status;
    size_t n = hone_folds_train(folds, job->repeat, job->fold, job->rows);
    status = hone_dataset_take(result->data, job->rows, n, &job->train, err);
    if (status != HONE_OK)
        return status;
    job->n_test = hone_folds_test(folds, job->repeat, job->fold, job->rows);
    return hone_dataset_take(result->data, job->rows, job->n_test, &job->test, err);
}

static hone_status fit(const struct cv *cv, struct job *job, hone_error *err) {
    double start = hone_now();
    hone_status status = hone_clone(cv->models[job->model], &job->fitted, err);
    if (status == HONE_OK)
        status = hone_fit(job->fitted, job->train, cv->inner, err);
    job->run->fit_seconds = hone_now() - start;
    return status;
}

static hone_status show(const struct cv *cv, const struct job *job, hone_error *err) {
    if (!cv->look)
        return HONE_OK;
    return cv->look(cv->user, job->model, job->repeat, job->fold, job->fitted, job->train, err);
}

static hone_status predict(const struct cv *cv, struct job *job, hone_error *err) {
    hone_class_codes codes = {cv->result->n_classes, cv->result->positive, NULL};
    double start = hone_now();
    hone_status status = hone_predictions_make(job->fitted, job->test, &codes, cv->wanted,
                                               cv->inner, &job->says, err);
    job->run->predict_seconds = hone_now() - start;
    return status;
}

/* Puts the answers about row i of the test set, `cols` wide, into the place of that row. */
static void put(double *to, const double *from, size_t row, size_t i, size_t cols) {
    for (size_t c = 0; to && c < cols; c++)
        to[row * cols + c] = from[i * cols + c];
}

static void scatter(const struct cv *cv, const struct job *job) {
    const hone_cv_result *result = cv->result;
    const hone_oof *oof = &result->models[job->model];
    size_t first = job->repeat * result->folds->n_rows, k = result->n_classes;
    for (size_t i = 0; i < job->n_test; i++) {
        size_t row = first + job->rows[i];
        put(oof->label, job->says.label, row, i, 1);
        put(oof->proba, job->says.proba, row, i, k);
        put(oof->score, job->says.score, row, i, 1);
        put(oof->decision, job->says.decision, row, i, k);
    }
}

static void tell(struct cv *cv, const struct job *job) {
    const hone_folds *folds = cv->result->folds;
    size_t total = cv->result->n_models * folds->repeats * folds->folds;
    size_t finished = atomic_fetch_add(&cv->finished, 1) + 1;
    const char *name = hone_name(hone_final_step(cv->models[job->model]));
    char what[160];
    if (folds->repeats > 1)
        snprintf(what, sizeof what, "%s repeat %zu/%zu fold %zu/%zu", name, job->repeat + 1,
                 folds->repeats, job->fold + 1, folds->folds);
    else
        snprintf(what, sizeof what, "%s fold %zu/%zu", name, job->fold + 1, folds->folds);
    hone_monitor_progress(cv->mon, (double)finished / (double)total, what);
}

/* Only a wish to stop fails the chunk; any other failure is this run's own affair. */
static hone_status run_chunk(void *context, size_t chunk, hone_error *err) {
    struct cv *cv = context;
    size_t n_models = cv->result->n_models, folds = cv->result->folds->folds;
    struct job job = {
        .model = chunk % n_models,
        .fold = chunk / n_models % folds,
        .repeat = chunk / n_models / folds,
    };
    job.run = hone_cv_run(cv->result, job.model, job.repeat, job.fold);
    hone_error failure = {HONE_OK, ""};
    hone_status status = take_rows(cv->result, &job, &failure);
    if (status == HONE_OK)
        status = fit(cv, &job, &failure);
    if (status == HONE_OK)
        status = show(cv, &job, &failure);
    if (status == HONE_OK)
        status = predict(cv, &job, &failure);
    bool stopped = status == HONE_ECANCELLED || status == HONE_ETIME;
    if (status == HONE_OK)
        scatter(cv, &job);
    else if (!stopped)
        job.run->error = failure;
    if (!stopped) {
        job.run->error.status = status;
        job.run->done = true;
        tell(cv, &job);
    }
    job_free(&job);
    return stopped ? hone_fail(err, status, "%s", failure.message) : HONE_OK;
}

hone_status hone_cv_answers(const hone_estimator *const *models, size_t n, const hone_dataset *data,
                            const hone_folds *folds, size_t positive, unsigned wanted,
                            hone_cv_look *look, void *user, const hone_monitor *mon,
                            hone_cv_result **out, hone_error *err) {
    hone_cv_result *result = NULL;
    hone_status status =
        hone_cv_result_create(models, n, data, folds, positive, wanted, &result, err);
    if (status != HONE_OK)
        return status;
    hone_monitor inner = mon ? *mon : (hone_monitor){.threads = 0};
    inner.progress = NULL;
    struct cv cv = {.models = models,
                    .result = result,
                    .mon = mon,
                    .inner = &inner,
                    .look = look,
                    .user = user,
                    .wanted = wanted};
    status = hone_parallel(n * folds->repeats * folds->folds, run_chunk, &cv, mon, err);
    if (status == HONE_OK || status == HONE_ECANCELLED || status == HONE_ETIME)
        *out = result, result = NULL;
    hone_cv_result_free(result);
    return status;
}

hone_status hone_cross_validate_look(const hone_estimator *const *models, size_t n,
                                     const hone_dataset *data, const hone_folds *folds,
                                     size_t positive, hone_cv_look *look, void *user,
                                     const hone_monitor *mon, hone_cv_result **out,
                                     hone_error *err) {
    return hone_cv_answers(models, n, data, folds, positive, HONE_ANSWER_ALL, look, user, mon, out,
                           err);
}

hone_status hone_cross_validate(const hone_estimator *const *models, size_t n,
                                const hone_dataset *data, const hone_folds *folds, size_t positive,
                                const hone_monitor *mon, hone_cv_result **out, hone_error *err) {
    return hone_cv_answers(models, n, data, folds, positive, HONE_ANSWER_ALL, NULL, NULL, mon, out,
                           err);
}
