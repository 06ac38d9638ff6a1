/* stacking_columns.c -- see stacking.h.
 *
 * Shapes: x n x (sum of the members' widths, then m where the columns pass through). */
#include "selection/stacking.h"

#include "selection/cv_result.h"
#include "selection/registry.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum hone_stack_method hone_stack_method_of(const hone_stack_params *p, const hone_estimator *est) {
    unsigned tags = hone_estimator_tags(est);
    if (p->stack_method != HONE_STACK_AUTO)
        return (enum hone_stack_method)p->stack_method;
    return tags & HONE_TAG_PROBA      ? HONE_STACK_PROBA
           : tags & HONE_TAG_DECISION ? HONE_STACK_DECISION
                                      : HONE_STACK_PREDICT;
}

size_t hone_stack_width(enum hone_stack_method method, size_t n_classes) {
    return method == HONE_STACK_PREDICT || n_classes <= 2 ? 1 : n_classes;
}

size_t hone_stack_answers(const hone_stack_params *p, size_t n_classes) {
    size_t width = 0;
    for (size_t e = 0; e < p->estimators.n; e++)
        width += hone_stack_width(hone_stack_method_of(p, p->estimators.at[e]), n_classes);
    return width;
}

/* Columns of x. */
static size_t all_columns(const hone_stack_params *p, size_t n_answers, size_t m) {
    return n_answers + (p->passthrough ? m : 0);
}

/* Puts n x width numbers (rows `ld` apart) into the columns of x from `first` on. */
static void put(const double *from, size_t ld, size_t n, size_t width, double *x, size_t cols,
                size_t first) {
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < width; c++)
            x[i * cols + first + c] = from[i * ld + c];
}

static void pass_through(const hone_stack_params *p, hone_view rows, double *x, size_t n_answers) {
    if (p->passthrough)
        put(rows.data, rows.ld, rows.rows, rows.cols, x, n_answers + rows.cols, n_answers);
}

/* ---- out of fold ----------------------------------------------------------------------------- */

static unsigned wanted_answers(const hone_stack_params *p) {
    static const unsigned ANSWERS[] = {[HONE_STACK_PROBA] = HONE_ANSWER_PROBA,
                                       [HONE_STACK_DECISION] = HONE_ANSWER_DECISION,
                                       [HONE_STACK_PREDICT] = HONE_ANSWER_LABEL};
    unsigned wanted = 0;
    for (size_t e = 0; e < p->estimators.n; e++)
        wanted |= ANSWERS[hone_stack_method_of(p, p->estimators.at[e])];
    return wanted;
}

/* The first fit that failed speaks for all. */
static hone_status first_failure(const hone_cv_result *result, const char *who, hone_error *err) {
    size_t folds = result->folds->folds;
    for (size_t e = 0; e < result->n_models; e++)
        for (size_t f = 0; f < folds; f++) {
            const hone_error *error = &result->models[e].runs[f].error;
            if (error->status != HONE_OK)
                return hone_fail(err, error->status, "%s: member %zu, inner fold %zu of %zu: %s",
                                 who, e + 1, f + 1, folds, error->message);
        }
    return HONE_OK;
}

/* Of two classes the probability of the second. */
static void put_answers(const hone_stack_params *p, const hone_cv_result *result, double *x,
                        size_t cols) {
    size_t n = result->folds->n_rows, k = result->n_classes, at = 0;
    for (size_t e = 0; e < p->estimators.n; e++) {
        const hone_oof *oof = &result->models[e];
        enum hone_stack_method method = hone_stack_method_of(p, p->estimators.at[e]);
        size_t width = hone_stack_width(method, k);
        if (method == HONE_STACK_PROBA)
            put(oof->proba + (k == 2), k, n, width, x, cols, at);
        else if (method == HONE_STACK_DECISION)
            put(k == 2 ? oof->score : oof->decision, width, n, width, x, cols, at);
        else
            put(oof->label, 1, n, 1, x, cols, at);
        at += width;
    }
}

/* A row is known whole or not at all. */
static size_t mark_unknown(double *x, size_t n, size_t n_answers, size_t cols) {
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        bool whole = true;
        for (size_t c = 0; c < n_answers; c++)
            whole = whole && !isnan(x[i * cols + c]);
        if (!whole)
            x[i * cols] = NAN;
        known += whole;
    }
    return known;
}

hone_status hone_stack_learn(const char *who, const hone_stack_params *p, const hone_dataset *data,
                             const hone_monitor *mon, double *x, hone_error *err) {
    hone_cv cv = {.folds = (size_t)p->cv, .seed = p->seed};
    hone_folds folds = {.fold_of = NULL};
    hone_cv_result *result = NULL;
    size_t n_answers = hone_stack_answers(p, hone_fit_classes(data));
    size_t cols = all_columns(p, n_answers, data->x.cols);
    hone_status status = hone_split(&cv, data, &folds, err);
    if (status != HONE_OK)
        return hone_fail_within(err, status, "%s: inner folds", who);
    status = hone_cv_answers((const hone_estimator *const *)p->estimators.at, p->estimators.n, data,
                             &folds, 1, wanted_answers(p), NULL, NULL, mon, &result, err);
    if (status == HONE_OK)
        status = first_failure(result, who, err);
    if (status == HONE_OK) {
        put_answers(p, result, x, cols);
        pass_through(p, data->x, x, n_answers);
        if (mark_unknown(x, data->x.rows, n_answers, cols) == 0)
            status = hone_fail(err, HONE_EDATA,
                               "%s: no inner fold trains on all classes, so there is nothing to "
                               "learn from",
                               who);
    }
    hone_cv_result_free(result);
    hone_folds_free(&folds);
    return status;
}

/* ---- new rows -------------------------------------------------------------------------------- */

hone_status hone_stack_ask(const hone_stack_params *p, const hone_stack_state *s, hone_view rows,
                           size_t n_classes, double *x, hone_error *err) {
    size_t cols = all_columns(p, s->n_answers, rows.cols), at = 0;
    double *says = NULL;
    hone_status status = hone_new2(&says, rows.rows, n_classes ? n_classes : 1, err);
    for (size_t e = 0; status == HONE_OK && e < s->estimators.n; e++) {
        const hone_estimator *est = s->estimators.at[e];
        enum hone_stack_method method = hone_stack_method_of(p, est);
        size_t width = hone_stack_width(method, n_classes);
        if (method == HONE_STACK_PREDICT)
            status = hone_members_ask(est, rows, n_classes, false, says, err);
        else
            status = hone_inner_ask(est, rows, (hone_inner_kind){method == HONE_STACK_PROBA, width},
                                    says, err);
        if (status == HONE_OK)
            put(says, width, rows.rows, width, x, cols, at);
        at += width;
    }
    if (status == HONE_OK)
        pass_through(p, rows, x, s->n_answers);
    hone_release(says);
    return status;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* "svc", or "svc-2" of the second one. */
static void name_member(const hone_steps *members, size_t e, char *out, size_t size) {
    const char *name = hone_name(hone_final_step(members->at[e]));
    size_t which = 1;
    for (size_t j = 0; j < e; j++)
        which += strcmp(hone_name(hone_final_step(members->at[j])), name) == 0;
    if (which > 1)
        snprintf(out, size, "%s-%zu", name, which);
    else
        snprintf(out, size, "%s", name);
}

static hone_status name_answers(const hone_stack_params *p, const hone_schema *data,
                                hone_schema *out, size_t *at, hone_error *err) {
    size_t k = data->n_targets ? data->targets[0].n_levels : 0;
    hone_status status = HONE_OK;
    for (size_t e = 0; e < p->estimators.n; e++) {
        size_t width = hone_stack_width(hone_stack_method_of(p, p->estimators.at[e]), k);
        char member[160], name[512];
        name_member(&p->estimators, e, member, sizeof member);
        for (size_t c = 0; status == HONE_OK && c < width; c++) {
            if (width > 1)
                snprintf(name, sizeof name, "%s_%s", member, data->targets[0].levels[c]);
            hone_column column = {.name = width > 1 ? name : member};
            status = hone_column_copy(&column, hone_schema_column(out, (*at)++), err);
        }
    }
    return status;
}

hone_status hone_stack_schema(const hone_stack_params *p, const hone_schema *data,
                              hone_schema **out, hone_error *err) {
    size_t k = data->n_targets ? data->targets[0].n_levels : 0, at = 0;
    hone_schema *schema = NULL;
    size_t cols = all_columns(p, hone_stack_answers(p, k), data->n_columns);
    hone_status status = hone_schema_create(cols, data->n_targets, &schema, err);
    if (status == HONE_OK)
        status = name_answers(p, data, schema, &at, err);
    for (size_t j = 0; status == HONE_OK && p->passthrough && j < data->n_columns; j++)
        status = hone_column_copy(&data->columns[j], hone_schema_column(schema, at++), err);
    for (size_t t = 0; status == HONE_OK && t < data->n_targets; t++)
        status = hone_column_copy(&data->targets[t], hone_schema_target(schema, t), err);
    if (status == HONE_OK)
        *out = schema, schema = NULL;
    hone_schema_free(schema);
    return status;
}
