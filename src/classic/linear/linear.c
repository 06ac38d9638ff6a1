/* linear.c -- see linear.h. A compressed row is walked once for all vectors, cell by cell in the
 * order of columns; with many vectors the cells stay in registers and cache.
 * Shapes: X rows x m, coef k x m, out rows x k. Cost: O(rows m k), or of stored cells times k. */
#include "classic/linear/linear.h"

#include "core/error.h"
#include "linalg/linalg.h"

#include <math.h>

static void add_intercept(hone_linear model, size_t rows, double *out) {
    for (size_t i = 0; model.intercept && i < rows; i++)
        for (size_t c = 0; c < model.k; c++)
            out[i * model.k + c] += model.intercept[c];
}

hone_status hone_linear_scores(hone_linear model, hone_view x, double *out, hone_error *err) {
    static const hone_monitor ALONE = {.threads = 1};
    hone_status status = hone_rows_times(x, model.coef, model.k, model.m, out, &ALONE, err);
    if (status == HONE_OK)
        add_intercept(model, x.rows, out);
    return status;
}

hone_status hone_linear_scores_sparse(hone_linear model, const hone_csr *x, double *out,
                                      hone_error *err) {
    (void)err;
    for (size_t i = 0; i < x->rows; i++)
        for (size_t c = 0; c < model.k; c++) {
            const double *coef = model.coef + c * model.m;
            double sum = 0;
            for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
                sum += x->values[at] * coef[x->columns[at]];
            out[i * model.k + c] = sum;
        }
    add_intercept(model, x->rows, out);
    return HONE_OK;
}

/* z becomes (0, z), last row first. */
static void spread(size_t rows, double *out) {
    for (size_t i = rows; i-- > 0;) {
        out[2 * i + 1] = out[i];
        out[2 * i] = 0;
    }
}

void hone_linear_softmax(size_t rows, size_t k, double *out) {
    if (k == 1)
        spread(rows, out);
    hone_softmax_rows(out, rows, k == 1 ? 2 : k, NULL);
}

void hone_linear_sigmoids(size_t rows, size_t k, double *out) {
    if (k == 1) {
        hone_linear_softmax(rows, k, out);
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        double *p = out + i * k, sum = 0;
        for (size_t c = 0; c < k; c++)
            p[c] = -p[c];
        hone_exp(k, p, p);
        for (size_t c = 0; c < k; c++)
            sum += p[c] = 1 / (1 + p[c]);
        for (size_t c = 0; c < k; c++)
            p[c] = sum > 0 ? p[c] / sum : 1 / (double)k;
    }
}

hone_status hone_linear_check(size_t k, size_t m, size_t expected_k, size_t expected_m,
                              hone_error *err) {
    if (k == expected_k && m == expected_m)
        return HONE_OK;
    return hone_fail(err, HONE_EFORMAT, "coefficients are %zu x %zu, expected %zu x %zu", k, m,
                     expected_k, expected_m);
}

/* ---- models of one vector -------------------------------------------------------------------- */

static hone_linear model_of(const struct hone_line *line) {
    return (hone_linear){1, line->n_columns, line->coef, &line->intercept};
}

hone_status hone_line_predict(const void *params, const void *state, hone_view x, double *out,
                              hone_error *err) {
    (void)params;
    return hone_linear_scores(model_of(state), x, out, err);
}

static hone_status predict_sparse(const void *params, const void *state, const hone_csr *x,
                                  double *out, hone_error *err) {
    (void)params;
    return hone_linear_scores_sparse(model_of(state), x, out, err);
}

const hone_sparse_slots hone_line_sparse = {.predict = predict_sparse};

hone_status hone_line_validate(const void *params, const void *state, size_t n_cols,
                               size_t n_classes, hone_error *err) {
    const struct hone_line *line = state;
    (void)params, (void)n_classes;
    return hone_linear_check(1, line->n_columns, 1, n_cols, err);
}

/* ---- models of a vector per class ------------------------------------------------------------ */

hone_status hone_lines_make(const hone_dataset *data, struct hone_lines *lines, hone_error *err) {
    hone_status status = HONE_OK;
    lines->n_vectors = hone_linear_vectors(hone_fit_classes(data));
    lines->n_columns = hone_dataset_cols(data);
    if (!lines->coef)
        status = hone_new2(&lines->coef, lines->n_vectors, lines->n_columns, err);
    if (status == HONE_OK && !lines->intercept)
        status = hone_new(&lines->intercept, lines->n_vectors, err);
    return status;
}

static hone_linear model_of_lines(const struct hone_lines *lines) {
    return (hone_linear){lines->n_vectors, lines->n_columns, lines->coef, lines->intercept};
}

hone_status hone_lines_scores(const void *params, const void *state, hone_view x, double *out,
                              hone_error *err) {
    (void)params;
    return hone_linear_scores(model_of_lines(state), x, out, err);
}

hone_status hone_lines_scores_sparse(const void *params, const void *state, const hone_csr *x,
                                     double *out, hone_error *err) {
    (void)params;
    return hone_linear_scores_sparse(model_of_lines(state), x, out, err);
}

hone_status hone_lines_validate(const void *params, const void *state, size_t n_cols,
                                size_t n_classes, hone_error *err) {
    const struct hone_lines *lines = state;
    (void)params;
    return hone_linear_check(lines->n_vectors, lines->n_columns, hone_linear_vectors(n_classes),
                             n_cols, err);
}
