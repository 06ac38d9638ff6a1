/* foreign_adopt.c -- a model read from a foreign file becomes a fitted estimator: columns with
 * their names and levels, classes 0 .. K-1 (such files name none). Cost: O(columns + levels). */
#include "classic/classic.h"
#include "classic/foreign/lightgbm.h"
#include "classic/foreign/xgboost.h"

#include "core/alloc.h"
#include "core/error.h"

#include <hone/interop.h>

#include <stdio.h>
#include <string.h>

/* ---- columns --------------------------------------------------------------------------------- */

/* Levels of a categorical column: texts (n_levels) with a name or, where there is none, a code. */
static hone_status levels_of(const hone_foreign_column *column, char **texts, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t k = 0; k < column->n_levels && status == HONE_OK; k++) {
        char code[32];
        snprintf(code, sizeof code, "%zu", k);
        status = hone_text_copy(k < column->n_names ? column->names[k] : code, &texts[k], err);
    }
    return status;
}

/* Fills a zeroed column; what it points to is released by release_column(). */
static hone_status make_column(const hone_foreign_model *model, size_t j, hone_column *out,
                               hone_error *err) {
    hone_foreign_column *column = &model->columns[j];
    char name[32], **texts = NULL;
    snprintf(name, sizeof name, "x%zu", j);
    hone_status status =
        hone_text_copy(column->name ? column->name : name, (char **)&out->name, err);
    if (status != HONE_OK || !column->categorical)
        return status;
    if (column->n_levels < column->n_names)
        column->n_levels = column->n_names;
    if ((status = hone_new(&texts, column->n_levels, err)))
        return status;
    out->kind = HONE_CATEGORICAL;
    out->n_levels = column->n_levels;
    out->levels = (const char *const *)texts;
    return levels_of(column, texts, err);
}

static void release_columns(hone_column *columns, size_t n) {
    for (size_t j = 0; columns && j < n; j++) {
        for (size_t k = 0; k < columns[j].n_levels; k++)
            hone_release((char *)columns[j].levels[k]);
        hone_release((char **)columns[j].levels);
        hone_release((char *)columns[j].name);
    }
    hone_release(columns);
}

/* ---- the estimator --------------------------------------------------------------------------- */

static const hone_class *class_of(const hone_foreign_model *model) {
    return model->of_classes ? &hone_gradient_boosting_classifier
                             : &hone_gradient_boosting_regressor;
}

/* Blocks that no tree has filled: a model file names them all. */
static hone_status fill_state(struct gbdt_state *state, hone_error *err) {
    hone_status status = HONE_OK;
    if (!state->trees.words)
        status = hone_new(&state->trees.words, 0, err);
    if (status == HONE_OK && !state->coef)
        status = hone_new(&state->coef, 0, err);
    if (status == HONE_OK)
        status = hone_new(&state->train_score, 0, err);
    return status == HONE_OK ? hone_new(&state->validation_score, 0, err) : status;
}

static hone_status adopt(hone_foreign_model *model, hone_estimator *est, hone_error *err) {
    hone_column *columns = NULL;
    double *classes = NULL;
    size_t k = model->state->n_classes;
    hone_status status;
    if ((status = fill_state(model->state, err)) ||
        (status = hone_new(&columns, model->n_cols, err)) || (status = hone_new(&classes, k, err)))
        goto done;
    for (size_t j = 0; j < model->n_cols && status == HONE_OK; j++)
        status = make_column(model, j, &columns[j], err);
    for (size_t c = 0; c < k; c++)
        classes[c] = (double)c;
    if (status == HONE_OK) {
        void *state = model->state;
        model->state = NULL; /* taken, also on failure */
        status = hone_estimator_adopt_columns(est, state, columns, model->n_cols, classes, k, err);
        if (status == HONE_EFORMAT)
            status = hone_fail_within(err, status, "%s", model->path);
    }
done:
    release_columns(columns, model->n_cols);
    hone_release(classes);
    return status;
}

static hone_status become(hone_foreign_model *model, hone_estimator **out, hone_error *err) {
    hone_estimator *est = NULL;
    char text[64];
    struct gbdt_state *s = model->state;
    hone_status status = hone_estimator_new(class_of(model), &est, err);
    s->n_iter = s->trees.n_trees / s->trees.n_outputs;
    snprintf(text, sizeof text, "loss=%s%s", model->loss,
             model->state->n_coefs ? " booster=linear" : "");
    if (status == HONE_OK)
        status = hone_set(est, text, err);
    if (status == HONE_OK)
        status = adopt(model, est, err);
    if (status == HONE_OK)
        *out = est, est = NULL;
    hone_free(est);
    return status;
}

/* ---- what can be saved ----------------------------------------------------------------------- */

/* The state's ensemble, where the table of its class begins with one; else NULL. */
static const hone_trees *ensemble_of(const hone_estimator *est) {
    static const hone_attr ours[] = {HONE_TREES_ATTRS};
    const hone_attr *theirs = hone_estimator_class(est)->attrs;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (!theirs[i].name || strcmp(theirs[i].name, ours[i].name) != 0 ||
            theirs[i].offset != ours[i].offset)
            return NULL;
    return hone_estimator_state(est);
}

static bool boosts(const hone_estimator *est) {
    const hone_class *cls = hone_estimator_class(est);
    return cls == &hone_gradient_boosting_classifier || cls == &hone_gradient_boosting_regressor;
}

static hone_status source_of(const hone_estimator *est, const char *program,
                             hone_foreign_source *out, hone_error *err) {
    const char *name = hone_name(est);
    if (!hone_is_fitted(est))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; there is nothing to save", name);
    *out = (hone_foreign_source){.trees = ensemble_of(est),
                                 .loss = HONE_LOSS_SQUARED,
                                 .classes = hone_n_classes(est) > 0,
                                 .schema = hone_input_schema(est),
                                 .est = est};
    if (!out->trees)
        return hone_fail(err, HONE_EUNSUPPORTED,
                         "%s: files of %s hold boosted trees, and trees and forests of values "
                         "alone, without anything in front",
                         name, program);
    if (!boosts(est) && (out->classes || out->trees->width != 1))
        return hone_fail(err, HONE_EUNSUPPORTED,
                         "%s: files of %s make probabilities of a sum of scores; these trees hold "
                         "probabilities",
                         name, program);
    if (boosts(est)) {
        const struct gbdt_state *s = hone_estimator_state(est);
        out->linear = s->n_coefs ? s : NULL;
        out->loss = (enum hone_objective_name)s->loss;
        if (out->loss == HONE_LOSS_CALLBACK)
            out->loss = out->classes ? HONE_LOSS_LOG : HONE_LOSS_SQUARED;
    }
    return HONE_OK;
}

/* ---- the public calls ------------------------------------------------------------------------ */

typedef hone_status read_fn(const char *path, hone_foreign_model *out, hone_error *err);

static hone_status load(read_fn *read, const char *path, hone_estimator **out, hone_error *err) {
    hone_foreign_model model = {0};
    hone_status status = read(path, &model, err);
    if (status == HONE_OK)
        status = become(&model, out, err);
    hone_foreign_free(&model);
    return status;
}

hone_status hone_xgboost_load(const char *path, hone_estimator **out, hone_error *err) {
    return load(hone_xgboost_read, path, out, err);
}

hone_status hone_lightgbm_load(const char *path, hone_estimator **out, hone_error *err) {
    return load(hone_lightgbm_read, path, out, err);
}

hone_status hone_xgboost_save(const hone_estimator *est, const char *path, hone_error *err) {
    hone_foreign_source source;
    hone_status status = source_of(est, "XGBoost", &source, err);
    return status == HONE_OK ? hone_xgboost_write(&source, path, err) : status;
}

hone_status hone_lightgbm_save(const hone_estimator *est, const char *path, hone_error *err) {
    hone_foreign_source source;
    hone_status status = source_of(est, "LightGBM", &source, err);
    if (status == HONE_OK && source.linear)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: files of LightGBM hold no booster=linear",
                         hone_name(est));
    return status == HONE_OK ? hone_lightgbm_write(&source, path, err) : status;
}

/* ---- by content ------------------------------------------------------------------------------ */

bool hone_lightgbm_looks(const char *start, size_t size) {
    return size >= 5 && (memcmp(start, "tree\n", 5) == 0 || memcmp(start, "tree\r", 5) == 0);
}

/* A brace, then a key; our own files begin with a length whose eighth byte is 0. */
bool hone_xgboost_looks(const char *start, size_t size) {
    size_t at = 1;
    if (size < 2 || start[0] != '{' || memchr(start, 0, size))
        return false;
    while (at < size && strchr(" \t\r\n", start[at]))
        at++;
    return at < size && start[at] == '"';
}

/* A brace, a length in binary, and the key that XGBoost writes first. */
bool hone_ubjson_looks(const char *start, size_t size) {
    return size > 2 && start[0] == '{' && start[1] != '"' && memmem(start, size, "learner", 7);
}
