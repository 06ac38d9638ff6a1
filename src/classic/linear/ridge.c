/* ridge.c -- linear least squares with an L2 penalty.
 *
 * Minimises  sum_i w_i (y_i - x_i'c - b)^2 + alpha |c|^2.  With A = diag(sqrt w) (X - mean) and
 * r = sqrt(w) (y - mean y):
 *   m <= n   (A'A + alpha I) c = A'r    by Cholesky; A'A is shared by fits of several alphas,
 *   m >  n   c = A'a,  (A A' + alpha I) a = r                             by Cholesky,
 *   else     c = V diag(s / (s^2 + alpha)) U'r,  A = U diag(s) V',        by SVD
 * the last when a pivot of Cholesky is nearly zero: columns (or, for m > n, rows) that are sums of
 * others and no penalty to speak of. Singular values that are rounding count as zero, which gives
 * the solution of least norm.
 * Compressed rows that Cholesky of A'A does not serve go through LSQR.
 * Shapes: X n x m, c m. Cost: n m min(n, m) flops, n m doubles for A.
 * Reference: Hastie, Tibshirani, Friedman 2009, section 3.4.                                  */
#include "classic/classic.h"

#include "classic/linear/design.h"
#include "classic/linear/lasso_work.h"
#include "classic/linear/least_squares.h"
#include "classic/linear/linear.h"
#include "core/error.h"
#include "linalg/linalg.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A pivot that lost this much of its diagonal leaves too few digits for the solution. */
#define LEAST_PIVOT 1e-9

struct params {
    double alpha;
    bool fit_intercept;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_REAL(params, alpha, 1, "[0, inf)",     "strength of the penalty; 0 = least squares"),
    HONE_BOOL(params, fit_intercept, true,      "learn an intercept, which is not penalised"),
    HONE_PARAM_END
};

struct state {
    struct hone_line line;
};

static const hone_attr ATTRS[] = {
    HONE_LINE_ATTRS,
    HONE_ATTR_END
};
/* clang-format on */

struct work {
    hone_view a;       /* n x m, in `block` */
    double *block, *r; /* n x m, n */
    double *mean, *sd; /* m */
    double alpha, y_mean;
};

static void free_work(struct work *work) {
    hone_release(work->block);
    hone_release(work->r);
    hone_release(work->mean);
    hone_release(work->sd);
}

/* A and r: centred if there is an intercept, rows weighed. */
static hone_status make_work(const struct params *p, const hone_dataset *data, struct work *out,
                             const hone_monitor *mon, hone_error *err) {
    hone_view x = data->x, y = data->y;
    double sd;
    hone_status status;
    out->alpha = p->alpha;
    if ((status = hone_new2(&out->block, x.rows, x.cols, err)) != HONE_OK ||
        (status = hone_new(&out->r, x.rows, err)) != HONE_OK ||
        (status = hone_new(&out->mean, x.cols, err)) != HONE_OK ||
        (status = hone_new(&out->sd, x.cols, err)) != HONE_OK)
        return status;
    out->a = hone_view_of(out->block, x.rows, x.cols);
    if (p->fit_intercept) {
        status = hone_column_moments(x, data->weights, out->mean, out->sd, mon, err);
        if (status != HONE_OK)
            return status;
        y.cols = 1;
        status = hone_column_moments(y, data->weights, &out->y_mean, &sd, mon, err);
        if (status != HONE_OK)
            return status;
    }
    for (size_t i = 0; i < x.rows; i++)
        out->r[i] =
            sqrt(data->weights ? data->weights[i] : 1) * (*hone_view_row(y, i) - out->y_mean);
    return hone_design_fill(x, p->fit_intercept ? out->mean : NULL, NULL, data->weights, false,
                            out->block, mon, err);
}

/* Solves (G + alpha I) x = b in place of b; *definite tells whether it could. G: lower triangle. */
static hone_status solve(double *g, size_t size, double alpha, double *b, bool *definite,
                         hone_error *err) {
    double *diagonal = NULL;
    hone_status status = hone_new(&diagonal, size, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < size; i++) {
        g[i * (size + 1)] += alpha;
        diagonal[i] = g[i * (size + 1)];
    }
    *definite = hone_cholesky(g, size, size, NULL) == HONE_OK;
    for (size_t i = 0; *definite && i < size; i++) {
        double pivot = g[i * (size + 1)];
        *definite = pivot * pivot > LEAST_PIVOT * diagonal[i];
    }
    hone_release(diagonal);
    return *definite ? hone_cholesky_solve(g, size, size, b, 1, 1, err) : HONE_OK;
}

static hone_status by_columns(const struct work *work, double *coef, bool *definite,
                              const hone_monitor *mon, hone_error *err) {
    size_t m = work->a.cols;
    double *g = NULL;
    hone_status status = hone_new2(&g, m, m, err);
    if (status == HONE_OK)
        status = hone_gram_weighted(work->a, NULL, g, mon, err);
    if (status == HONE_OK)
        status = hone_rows_back(work->a, work->r, 1, coef, mon, err);
    if (status == HONE_OK)
        status = solve(g, m, work->alpha, coef, definite, err);
    hone_release(g);
    return status;
}

/* Overwrites work->r only when it could solve. */
static hone_status by_rows(const struct work *work, double *coef, bool *definite,
                           const hone_monitor *mon, hone_error *err) {
    size_t n = work->a.rows, m = work->a.cols;
    double *g = NULL;
    hone_status status = hone_new2(&g, n, n, err);
    if (status == HONE_OK) {
        hone_dgemm(false, true, n, n, m, 1, work->a.data, m, work->a.data, m, 0, g, n);
        status = solve(g, n, work->alpha, work->r, definite, err);
    }
    if (status == HONE_OK && *definite)
        status = hone_rows_back(work->a, work->r, 1, coef, mon, err);
    hone_release(g);
    return status;
}

static hone_status by_svd(struct work *work, double *coef, hone_error *err) {
    size_t n = work->a.rows, m = work->a.cols, rank = n < m ? n : m;
    double *u = NULL, *s = NULL, *vt = NULL, *z = NULL;
    hone_status status;
    if ((status = hone_new2(&u, n, rank, err)) != HONE_OK ||
        (status = hone_new2(&vt, rank, m, err)) != HONE_OK ||
        (status = hone_new(&s, rank, err)) != HONE_OK ||
        (status = hone_new(&z, rank, err)) != HONE_OK ||
        (status = hone_svd(work->block, n, m, u, s, vt, err)) != HONE_OK) {
        goto done;
    }
    hone_dgemv(true, n, rank, 1, u, rank, work->r, 0, z);
    double least = DBL_EPSILON * (double)(n > m ? n : m) * s[0];
    for (size_t i = 0; i < rank; i++)
        z[i] *= s[i] > least ? 1 / (s[i] + work->alpha / s[i]) : 0;
    hone_dgemv(true, rank, m, 1, vt, m, z, 0, coef);
done:
    hone_release(u);
    hone_release(s);
    hone_release(vt);
    hone_release(z);
    return status;
}

/* Rows in full, by the copy A. */
static hone_status fit_full(const struct params *p, const hone_dataset *data, struct state *s,
                            bool columns, const hone_monitor *mon, hone_error *err) {
    struct work work = {0};
    bool definite = false;
    hone_status status = make_work(p, data, &work, mon, err);
    if (status == HONE_OK && s->line.n_columns > data->x.rows)
        status = by_rows(&work, s->line.coef, &definite, mon, err);
    else if (status == HONE_OK && columns)
        status = by_columns(&work, s->line.coef, &definite, mon, err);
    if (status == HONE_OK && !definite)
        status = by_svd(&work, s->line.coef, err);
    s->line.intercept = work.y_mean;
    for (size_t j = 0; status == HONE_OK && j < s->line.n_columns; j++)
        s->line.intercept -= s->line.coef[j] * work.mean[j];
    free_work(&work);
    return status;
}

static hone_status fit_iterated(const struct params *p, const hone_dataset *data, struct state *s,
                                const hone_monitor *mon, hone_error *err) {
    struct hone_least_squares ls;
    hone_status status = hone_least_squares_begin(data, p->fit_intercept, &ls, mon, err);
    if (status == HONE_OK)
        status = hone_least_squares_iterate(&ls, p->alpha, mon, err);
    if (status == HONE_OK) {
        memcpy(s->line.coef, ls.coef, ls.m * sizeof *s->line.coef);
        s->line.intercept = ls.b;
    }
    hone_least_squares_free(&ls);
    return status;
}

/* From A'A and A'r, both over the sum of weights. */
static hone_status by_gram(const struct params *p, const struct hone_lasso *f, struct state *s,
                           bool *definite, hone_error *err) {
    double *g = NULL;
    hone_status status = hone_new2(&g, f->m, f->m, err);
    if (status == HONE_OK) {
        memcpy(g, f->gram, f->m * f->m * sizeof *g);
        memcpy(s->line.coef, f->q, f->m * sizeof *s->line.coef);
        status = solve(g, f->m, p->alpha / f->total, s->line.coef, definite, err);
    }
    s->line.intercept = f->y_mean;
    for (size_t j = 0; status == HONE_OK && j < f->m; j++)
        s->line.intercept -= s->line.coef[j] * f->mean[j];
    hone_release(g);
    return status;
}

static hone_status learn(const struct params *p, const hone_dataset *data,
                         const struct hone_lasso_work *work, const size_t *rows,
                         const hone_monitor *mon, struct state *s, hone_error *err) {
    struct hone_lasso f;
    bool definite = false, gram = hone_lasso_multiplies(data);
    hone_status status = HONE_OK;
    if (gram) {
        status = hone_lasso_begin(work, rows, data, p->fit_intercept, &f, mon, err);
        if (status == HONE_OK)
            status = hone_lasso_multiply(&f, mon, err);
        if (status == HONE_OK)
            status = by_gram(p, &f, s, &definite, err);
        hone_lasso_free(&f);
    }
    if (status == HONE_ENUMERIC) /* too large to be squared: so not by X'X */
        status = HONE_OK;
    if (status != HONE_OK || definite)
        return status;
    return data->sparse ? fit_iterated(p, data, s, mon, err)
                        : fit_full(p, data, s, !gram, mon, err);
}

static hone_status fit_prepared(const void *params, const hone_dataset *data, const void *work,
                                const size_t *rows, const hone_monitor *mon, void *state,
                                hone_error *err) {
    struct state *s = state;
    s->line.n_columns = hone_dataset_cols(data);
    hone_status status = hone_new(&s->line.coef, s->line.n_columns, err);
    if (status == HONE_OK)
        status = learn(params, data, work, rows, mon, s, err);
    for (size_t j = 0; status == HONE_OK && j < s->line.n_columns; j++)
        if (!isfinite(s->line.coef[j]))
            status = hone_fail(err, HONE_ENUMERIC,
                               "the coefficient of column %zu is not finite; bring the columns to "
                               "a like scale",
                               j + 1);
    return status == HONE_OK ? HONE_OK : hone_fail_within(err, status, "ridge");
}

static hone_status prepare(const void *params, const hone_dataset *data, const hone_monitor *mon,
                           void *work, hone_error *err) {
    const struct params *p = params;
    return hone_lasso_multiplies(data) ? hone_lasso_prepare(data, p->fit_intercept, work, mon, err)
                                       : HONE_OK;
}

const hone_class hone_ridge = {
    .name = "ridge",
    .summary = "linear least squares with an L2 penalty",
    .alias = "lr",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .predict = hone_line_predict,
    .sparse = &hone_line_sparse,
    .validate = hone_line_validate,
    .prepare = prepare,
    .fit_prepared = fit_prepared,
    .work_params = hone_lasso_work_params,
    .work_attrs = hone_lasso_work_attrs,
    .work_size = sizeof(struct hone_lasso_work),
};
