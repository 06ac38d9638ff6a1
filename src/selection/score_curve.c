/* score_curve.c -- scores on training and test rows along a line of points.
 *
 * A point is a model and its folds; it is cross-validated, each fitted model scored on its training
 * rows before it goes. Points run in parallel, and the folds of a point within it; a fit writes
 * only its own places.
 * Shapes: train and test are metrics x points x splits.
 * Cost: points x splits fits, and the predictions of their training and test rows. */
#include "selection/score_curve.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "selection/cv_result.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* ---- life --------------------------------------------------------------------------------- */

void hone_score_curve_free(hone_score_curve *curve) {
    if (!curve)
        return;
    for (size_t p = 0; curve->labels && p < curve->n_points; p++)
        hone_release(curve->labels[p]);
    hone_release(curve->labels);
    hone_release(curve->metrics);
    hone_release(curve->param);
    hone_release(curve->at);
    hone_release(curve->train);
    hone_release(curve->test);
    hone_release(curve->shares);
    hone_release(curve->runs);
    hone_release(curve);
}

static hone_status new_arrays(hone_score_curve *c, hone_error *err) {
    size_t cells = c->n_points * c->n_splits;
    hone_status status;
    if ((status = hone_new(&c->metrics, c->n_metrics, err)) != HONE_OK ||
        (status = hone_new(&c->labels, c->n_points, err)) != HONE_OK ||
        (status = hone_new(&c->at, c->n_points, err)) != HONE_OK ||
        (status = hone_new2(&c->train, c->n_metrics, cells, err)) != HONE_OK ||
        (status = hone_new2(&c->test, c->n_metrics, cells, err)) != HONE_OK ||
        (status = hone_new(&c->shares, c->n_splits, err)) != HONE_OK)
        return status;
    return hone_new(&c->runs, cells, err);
}

hone_status hone_score_curve_create(hone_score_curve_kind kind, size_t n_points,
                                    const hone_folds *folds, const hone_curve_ruler *ruler,
                                    hone_score_curve **out, hone_error *err) {
    hone_score_curve *curve = NULL;
    if (n_points == 0 || ruler->n_metrics == 0)
        return hone_fail(err, HONE_EINVAL, "%s curve: needs at least one %s",
                         kind == HONE_LEARNING_CURVE ? "learning" : "validation",
                         n_points ? "metric" : "point");
    hone_status status = hone_new(&curve, 1, err);
    if (status != HONE_OK)
        return status;
    *curve = (hone_score_curve){.kind = kind,
                                .n_points = n_points,
                                .n_splits = folds->repeats * folds->folds,
                                .n_metrics = ruler->n_metrics};
    if ((status = new_arrays(curve, err)) != HONE_OK) {
        hone_score_curve_free(curve);
        return status;
    }
    memcpy(curve->metrics, ruler->metrics, ruler->n_metrics * sizeof *curve->metrics);
    for (size_t i = 0; i < ruler->n_metrics * n_points * curve->n_splits; i++)
        curve->train[i] = curve->test[i] = NAN;
    for (size_t s = 0; s < curve->n_splits; s++) {
        size_t repeat = s / folds->folds, fold = s % folds->folds;
        size_t train = hone_folds_train(folds, repeat, fold, NULL);
        curve->shares[s] =
            (double)hone_folds_test(folds, repeat, fold, NULL) / (double)(train ? train : 1);
    }
    *out = curve;
    return HONE_OK;
}

/* ---- running ------------------------------------------------------------------------------ */

/* What all points share. */
struct run {
    hone_score_curve *curve;
    const hone_estimator *const *models;
    const hone_folds *const *folds;
    const hone_dataset *data;
    hone_class_codes codes;
    const hone_monitor *mon, *quiet; /* quiet: the same without progress, which is ours to tell */
    atomic_size_t finished;
};

struct point {
    struct run *run;
    size_t index;
};

static void tell(const struct point *point, size_t split) {
    struct run *run = point->run;
    const hone_score_curve *curve = run->curve;
    size_t finished = atomic_fetch_add(&run->finished, 1) + 1;
    char what[160];
    snprintf(what, sizeof what, "point %zu/%zu split %zu/%zu", point->index + 1, curve->n_points,
             split + 1, curve->n_splits);
    hone_monitor_progress(run->mon, (double)finished / (double)(curve->n_points * curve->n_splits),
                          what);
}

/* Scores the training rows of one fit. */
static hone_status look(void *user, size_t model, size_t repeat, size_t fold,
                        const hone_estimator *fitted, const hone_dataset *train, hone_error *err) {
    (void)model;
    struct point *point = user;
    const struct run *run = point->run;
    hone_score_curve *curve = run->curve;
    size_t split = repeat * run->folds[point->index]->folds + fold;
    double *values = NULL;
    hone_status status = hone_new(&values, curve->n_metrics, err);
    if (status == HONE_OK)
        status = hone_scores_coded(fitted, train, &run->codes, curve->metrics, curve->n_metrics,
                                   run->quiet, values, NULL, err);
    for (size_t m = 0; status == HONE_OK && m < curve->n_metrics; m++)
        curve->train[hone_score_curve_at(curve, m, point->index, split)] = values[m];
    hone_release(values);
    tell(point, split);
    return status;
}

/* Scores the test rows of all that has run. */
static hone_status score_tests(const struct run *run, const hone_cv_result *result, size_t point,
                               hone_error *err) {
    hone_score_curve *curve = run->curve;
    size_t folds = result->folds->folds;
    hone_status status = HONE_OK;
    memcpy(curve->runs + point * curve->n_splits, result->models[0].runs,
           curve->n_splits * sizeof *curve->runs);
    for (size_t m = 0; m < curve->n_metrics; m++)
        for (size_t s = 0; status == HONE_OK && s < curve->n_splits; s++)
            status =
                hone_cv_metric(result, 0, s / folds, s % folds, curve->metrics[m],
                               &curve->test[hone_score_curve_at(curve, m, point, s)], NULL, err);
    return status;
}

static hone_status run_point(void *context, size_t index, hone_error *err) {
    struct run *run = context;
    struct point point = {run, index};
    hone_cv_result *result = NULL;
    hone_status status =
        hone_cross_validate_look(&run->models[index], 1, run->data, run->folds[index],
                                 run->codes.positive, look, &point, run->quiet, &result, err);
    if (result) { /* there when it was stopped, too */
        hone_status scored = score_tests(run, result, index, status == HONE_OK ? err : NULL);
        status = status == HONE_OK ? scored : status;
    }
    hone_cv_result_free(result);
    return status;
}

hone_status hone_score_curve_run(hone_score_curve *curve, const hone_estimator *const *models,
                                 const hone_folds *const *folds, const hone_dataset *data,
                                 size_t positive, const hone_monitor *mon, hone_error *err) {
    struct run run = {.curve = curve, .models = models, .folds = folds, .data = data, .mon = mon};
    hone_monitor quiet = mon ? *mon : (hone_monitor){.threads = 0};
    hone_status status = HONE_OK;
    quiet.progress = NULL;
    run.quiet = &quiet;
    run.codes.positive = positive;
    if (!data->y.data)
        return hone_fail(err, HONE_EDATA, "curve: the data has no target");
    if (hone_estimator_task(models[0]) == HONE_CLASSIFIER)
        status = hone_cv_count_classes(data, &run.codes.n, err);
    if (status == HONE_OK)
        status = hone_parallel(curve->n_points, run_point, &run, mon, err);
    return status;
}

/* ---- reading ------------------------------------------------------------------------------ */

void hone_score_curve_summarise(const hone_score_curve *curve, size_t metric, size_t point,
                                hone_cv_summary *train, hone_cv_summary *test) {
    size_t first = hone_score_curve_at(curve, metric, point, 0);
    *train = hone_cv_summary_of(curve->train + first, curve->n_splits);
    *test = hone_cv_summary_of(curve->test + first, curve->n_splits);
}
