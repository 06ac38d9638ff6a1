/* validation_curve.c -- how scores change with one parameter.
 *
 * A point is a clone of the model with one value of the parameter; all points share the folds.
 * Cost: points x splits fits. */
#include "core/alloc.h"
#include "core/error.h"
#include "selection/registry.h"
#include "selection/score_curve.h"

#include <hone/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 512 };

struct plan {
    size_t n_points;
    hone_estimator **models;     /* points */
    const hone_folds **folds_at; /* points: the same for all */
};

static void plan_free(struct plan *plan) {
    for (size_t p = 0; plan->models && p < plan->n_points; p++)
        hone_free(plan->models[p]);
    hone_release(plan->models);
    hone_release(plan->folds_at);
}

/* The parameter as hone_set() reaches it: by itself, or in the last step of the pipeline. */
static void reach(const hone_estimator *model, const char *param, char out[PATH_SIZE]) {
    size_t used = 0;
    out[0] = '\0';
    const hone_estimator *est = model;
    while (!strstr(param, "__") && est != hone_final_step(model) && used < PATH_SIZE) {
        est = hone_step(est, hone_n_steps(est) - 1);
        used += (size_t)snprintf(out + used, PATH_SIZE - used, "%s__", hone_name(est));
    }
    if (used < PATH_SIZE)
        snprintf(out + used, PATH_SIZE - used, "%s", param);
}

static hone_status set_value(hone_estimator *est, const char *path, const char *value,
                             hone_error *err) {
    char *text = NULL;
    size_t size = strlen(path) + strlen(value) + 2;
    hone_status status = hone_new(&text, size, err);
    if (status != HONE_OK)
        return status;
    snprintf(text, size, "%s=%s", path, value);
    status = hone_set(est, text, err);
    hone_release(text);
    return status;
}

static hone_status make_plan(const hone_estimator *model, const char *param,
                             const char *const *values, const hone_folds *folds, struct plan *plan,
                             hone_error *err) {
    char path[PATH_SIZE];
    hone_status status = hone_new(&plan->models, plan->n_points, err);
    if (status == HONE_OK)
        status = hone_new(&plan->folds_at, plan->n_points, err);
    reach(model, param, path);
    for (size_t p = 0; status == HONE_OK && p < plan->n_points; p++) {
        plan->folds_at[p] = folds;
        status = hone_clone(model, &plan->models[p], err);
        if (status == HONE_OK)
            status = set_value(plan->models[p], path, values[p], err);
    }
    return status;
}

static hone_status label_points(const char *param, const char *const *values,
                                hone_score_curve *curve, hone_error *err) {
    hone_status status = hone_text_copy(param, &curve->param, err);
    for (size_t p = 0; status == HONE_OK && p < curve->n_points; p++) {
        if (!hone_parse_double(values[p], &curve->at[p]))
            curve->at[p] = NAN;
        status = hone_text_copy(values[p], &curve->labels[p], err);
    }
    return status;
}

hone_status hone_validation_curve(const hone_estimator *model, const char *param,
                                  const char *const *values, size_t n_points,
                                  const hone_dataset *data, const hone_folds *folds,
                                  size_t positive, const hone_metric *const *metrics,
                                  size_t n_metrics, const hone_monitor *mon, hone_score_curve **out,
                                  hone_error *err) {
    struct plan plan = {.n_points = n_points};
    hone_curve_ruler ruler = {metrics, n_metrics, positive};
    hone_score_curve *curve = NULL;
    hone_status status =
        hone_score_curve_create(HONE_VALIDATION_CURVE, n_points, folds, &ruler, &curve, err);
    if (status != HONE_OK ||
        (status = make_plan(model, param, values, folds, &plan, err)) != HONE_OK ||
        (status = label_points(param, values, curve, err)) != HONE_OK)
        goto done;
    status = hone_score_curve_run(curve, (const hone_estimator *const *)plan.models, plan.folds_at,
                                  data, positive, mon, err);
    if (status == HONE_OK || status == HONE_ECANCELLED || status == HONE_ETIME)
        *out = curve, curve = NULL;
done:
    plan_free(&plan);
    hone_score_curve_free(curve);
    return status;
}
