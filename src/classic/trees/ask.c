/* ask.c -- the ensemble behind an estimator, and the plain questions to it: importances, leaves,
 * scores by the first trees. Cost: one pass over the nodes, or one prediction. */
#include "classic/trees/ask.h"

#include <hone/trees.h>

#include <string.h>

/* ---- which trees ----------------------------------------------------------------------------- */

static bool is_pipeline(const hone_estimator *est) {
    return strcmp(hone_name(est), "pipeline") == 0 && hone_n_steps(est) > 0;
}

hone_status hone_trees_of(const hone_estimator *est, const hone_trees **out,
                          const hone_estimator **last, hone_error *err) {
    const char *who = hone_name(est);
    if (!hone_is_fitted(est))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; call hone_fit() first", who);
    while (is_pipeline(est))
        est = hone_step(est, hone_n_steps(est) - 1);
    if (hone_estimator_class(est)->ready != hone_trees_ready)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: is not made of trees", hone_name(est));
    *out = hone_estimator_state(est);
    if ((*out)->n_trees == 0)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: has no trees", hone_name(est));
    if (last)
        *last = est;
    return HONE_OK;
}

hone_status hone_get_tree_info(const hone_estimator *est, hone_tree_info *out, hone_error *err) {
    const hone_trees *trees = NULL;
    const hone_estimator *last = NULL;
    hone_status status = hone_trees_of(est, &trees, &last, err);
    if (status == HONE_OK)
        *out = (hone_tree_info){trees->n_trees, trees->n_outputs, trees->n_nodes,
                                hone_input_schema(last)};
    return status;
}

/* Sends the rows through the steps before the last one. *owned: what they have made, or NULL. */
static hone_status transform(const hone_estimator *pipeline, hone_dataset *rows, double **owned,
                             const hone_monitor *mon, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t i = 0; status == HONE_OK && i + 1 < hone_n_steps(pipeline); i++) {
        const hone_estimator *step = hone_step(pipeline, i);
        const hone_schema *schema = hone_output_schema(step);
        size_t n = hone_dataset_rows(rows);
        double *next = NULL;
        status = hone_new2(&next, n, schema->n_columns, err);
        if (status == HONE_OK)
            status = hone_transform(step, rows, next, mon, err);
        hone_release(*owned);
        *owned = next;
        *rows =
            (hone_dataset){.x = hone_view_of(next, n, schema->n_columns), .row_ids = rows->row_ids};
    }
    return status;
}

hone_status hone_trees_ask_rows(const hone_estimator *est, const hone_dataset *data,
                                hone_rows_fn *fn, void *context, const hone_monitor *mon,
                                hone_error *err) {
    hone_dataset rows = *data;
    double *owned = NULL;
    hone_status status = HONE_OK;
    for (; status == HONE_OK && is_pipeline(est); est = hone_step(est, hone_n_steps(est) - 1))
        status = transform(est, &rows, &owned, mon, err);
    if (status == HONE_OK)
        status = hone_ask_rows(est, &rows, fn, context, mon, err);
    hone_release(owned);
    return status;
}

/* ---- importances ----------------------------------------------------------------------------- */

hone_status hone_split_importances(const hone_estimator *est, hone_split_importance kind,
                                   double *out, hone_error *err) {
    const hone_trees *t = NULL;
    const hone_estimator *last = NULL;
    hone_status status = hone_trees_of(est, &t, &last, err);
    if (status != HONE_OK)
        return status;
    memset(out, 0, hone_input_schema(last)->n_columns * sizeof *out);
    for (size_t i = 0; i < t->n_nodes; i++)
        if (t->column[i] >= 0)
            out[t->column[i]] += kind == HONE_IMPORTANCE_GAIN    ? t->gain[i]
                                 : kind == HONE_IMPORTANCE_COVER ? t->cover[i]
                                                                 : 1;
    return HONE_OK;
}

/* ---- leaves ---------------------------------------------------------------------------------- */

static hone_status find_leaves(void *context, const void *params, const void *state, hone_view rows,
                               size_t first, hone_error *err) {
    const hone_trees *trees = state;
    int32_t *out = context;
    (void)params, (void)err;
    hone_trees_leaves(trees, rows, out + first * trees->n_trees);
    return HONE_OK;
}

hone_status hone_tree_leaves(const hone_estimator *est, const hone_dataset *data, int32_t *out,
                             const hone_monitor *mon, hone_error *err) {
    const hone_trees *trees = NULL;
    hone_status status = hone_trees_of(est, &trees, NULL, err);
    return status ? status : hone_trees_ask_rows(est, data, find_leaves, out, mon, err);
}

/* ---- scores after some of the trees ---------------------------------------------------------- */

struct stages {
    const size_t *after;
    size_t n, rows;
    double *out;
};

/* Each stage goes on from what the one before has given: the sums keep their order. */
static hone_status score(void *context, const void *params, const void *state, hone_view rows,
                         size_t first, hone_error *err) {
    const struct stages *stages = context;
    hone_trees trees = *(const hone_trees *)state;
    hone_status status = HONE_OK;
    (void)params;
    for (size_t s = 0; s < stages->n && status == HONE_OK; s++) {
        double *out = stages->out + (s * stages->rows + first) * trees.n_outputs;
        status = hone_trees_predict(&trees, rows, 0, stages->after[s], out, err);
    }
    return status;
}

hone_status hone_staged_scores(const hone_estimator *est, const hone_dataset *data,
                               const size_t *after, size_t stages, double *out,
                               const hone_monitor *mon, hone_error *err) {
    const hone_trees *trees = NULL;
    struct stages ask = {after, stages, hone_dataset_rows(data), out};
    hone_status status = hone_trees_of(est, &trees, NULL, err);
    return status ? status : hone_trees_ask_rows(est, data, score, &ask, mon, err);
}

hone_status hone_tree_scores(const hone_estimator *est, const hone_dataset *data, size_t n_trees,
                             double *out, const hone_monitor *mon, hone_error *err) {
    return hone_staged_scores(est, data, &n_trees, 1, out, mon, err);
}
