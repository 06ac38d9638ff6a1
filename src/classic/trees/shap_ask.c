/* shap_ask.c -- Shapley values for rows of data, eight at a time, on all threads. */
#include "classic/trees/ask.h"
#include "classic/trees/shap.h"

#include "core/parallel.h"

#include <hone/trees.h>

#include <string.h>

enum { LANES = HONE_SHAP_LANES };

/* One question; its rows are cut again, into few, as each is much work. */
struct question {
    const hone_shap *shap;
    const hone_monitor *mon;
    hone_view x;
    size_t chunk;
    bool pairs;
    double *out; /* of the first of these rows */
};

/* Numbers of an answer for one row. */
static size_t answer_size(const struct question *q) {
    size_t m = q->shap->n_cols + 1;
    return q->shap->trees->n_outputs * (q->pairs ? m * m : m);
}

/* ---- eight rows ------------------------------------------------------------------------------ */

static void put_values(const hone_shap *shap, const hone_shap_walk *walk, size_t rows,
                       double *out) {
    size_t m = shap->n_cols, outputs = shap->trees->n_outputs;
    for (size_t l = 0; l < rows; l++)
        for (size_t k = 0; k < outputs; k++, out += m + 1) {
            for (size_t j = 0; j < m; j++)
                out[j] = walk->phi[(k * m + j) * LANES + l];
            out[m] = shap->expected[k];
        }
}

/* The diagonal: what is left of a column's value. */
static void put_diagonal(const hone_shap *shap, const hone_shap_walk *walk, size_t rows,
                         double *out) {
    size_t m = shap->n_cols, outputs = shap->trees->n_outputs;
    for (size_t l = 0; l < rows; l++)
        for (size_t k = 0; k < outputs; k++, out += (m + 1) * (m + 1)) {
            for (size_t i = 0; i < m; i++) {
                double rest = walk->phi[(k * m + i) * LANES + l];
                for (size_t j = 0; j < m; j++)
                    rest -= i == j ? 0 : out[i * (m + 1) + j];
                out[i * (m + 1) + i] = rest;
            }
            out[m * (m + 1) + m] = shap->expected[k];
        }
}

static hone_status explain_rows(const struct question *q, hone_view x, hone_shap_walk *walk,
                                double *out, hone_error *err) {
    const hone_trees *trees = q->shap->trees;
    hone_status status = HONE_OK;
    hone_shap_take(q->shap, x, walk);
    if (q->pairs)
        memset(out, 0, x.rows * answer_size(q) * sizeof *out);
    for (size_t tree = 0; tree < trees->n_trees && status == HONE_OK; tree++) {
        hone_shap_add(q->shap, tree, walk);
        if (q->pairs)
            hone_shap_add_pairs(q->shap, tree, walk, x.rows, out);
        status = hone_monitor_poll(q->mon, err);
    }
    (q->pairs ? put_diagonal : put_values)(q->shap, walk, x.rows, out);
    return status;
}

/* ---- all rows -------------------------------------------------------------------------------- */

static hone_status explain_chunk(void *context, size_t chunk, hone_error *err) {
    const struct question *q = context;
    size_t first = chunk * q->chunk, n = q->x.rows - first;
    hone_shap_walk walk = {0};
    hone_status status = hone_shap_walk_make(q->shap, &walk, err);
    n = n < q->chunk ? n : q->chunk;
    for (size_t i = 0; i < n && status == HONE_OK; i += LANES) {
        hone_view x = hone_view_rows(q->x, first + i, n - i < LANES ? n - i : LANES);
        status = explain_rows(q, x, &walk, q->out + (first + i) * answer_size(q), err);
    }
    hone_shap_walk_free(&walk);
    return status;
}

/* Rows of a chunk: so many that setting up does not count, so few that all threads have some. */
static size_t chunk_rows(const hone_trees *trees) {
    return trees->n_nodes < 10000 ? 8 * LANES : LANES;
}

static hone_status explain_block(void *context, const void *params, const void *state,
                                 hone_view rows, size_t first, hone_error *err) {
    struct question q = *(const struct question *)context;
    (void)params, (void)state;
    q.x = rows;
    q.out += first * answer_size(&q);
    return hone_parallel((rows.rows + q.chunk - 1) / q.chunk, explain_chunk, &q, q.mon, err);
}

static hone_status explain(const hone_estimator *est, const hone_dataset *data, bool pairs,
                           double *out, const hone_monitor *mon, hone_error *err) {
    const hone_trees *trees = NULL;
    const hone_estimator *last = NULL;
    hone_shap *shap = NULL;
    hone_status status = hone_trees_of(est, &trees, &last, err);
    if (status == HONE_OK)
        status = hone_shap_make(trees, hone_input_schema(last)->n_columns, &shap, err);
    if (status == HONE_OK) {
        struct question q = {
            .shap = shap, .mon = mon, .chunk = chunk_rows(trees), .pairs = pairs, .out = out};
        status = hone_trees_ask_rows(est, data, explain_block, &q, mon, err);
    }
    hone_shap_free(shap);
    return status;
}

hone_status hone_shap_values(const hone_estimator *est, const hone_dataset *data, double *out,
                             const hone_monitor *mon, hone_error *err) {
    return explain(est, data, false, out, mon, err);
}

hone_status hone_shap_interactions(const hone_estimator *est, const hone_dataset *data, double *out,
                                   const hone_monitor *mon, hone_error *err) {
    return explain(est, data, true, out, mon, err);
}
