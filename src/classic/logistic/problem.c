/* problem.c -- rows, weights, scales and start of a logistic fit.
 *
 * Columns are centred and divided by s_j = sqrt(sd_j^2 + lambda / h), lambda = 1 / (C sum w), h = p
 * (1 - p) of the classes' shares: every variable then starts with the same curvature. The L2 part
 * of the penalty follows as lambda / s_j^2 per column, the L1 part as lambda / s_j, so the minimum
 * is that of J, and data of any scale converge. Compressed rows are not centred, which would fill
 * them; sd_j is then the root of the mean square.
 * Cost: two passes over X for the moments. */
#include "classic/logistic/logistic.h"

#include "classic/linear/design.h"
#include "core/alloc.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

#define FAR 1e3 /* a mean this many sd from 0: centring afterwards would cost digits */

void hone_logistic_problem_free(struct hone_logistic_problem *problem) {
    hone_logistic_free(&problem->f);
    hone_release(problem->copy);
    hone_release(problem->mean);
    hone_release(problem->zero);
    hone_release(problem->inverse);
    hone_release(problem->penalty);
    hone_release(problem->penalty1);
    hone_release(problem->u);
    hone_release(problem->share);
    hone_release(problem->v);
    hone_release(problem->y);
}

static hone_status make_blocks(struct hone_logistic_problem *out, hone_error *err) {
    const struct hone_logistic_rows *rows = &out->f.rows;
    hone_status status;
    if ((status = hone_new(&out->mean, rows->m, err)) != HONE_OK ||
        (status = hone_new(&out->inverse, rows->m, err)) != HONE_OK ||
        (status = hone_new(&out->penalty, rows->d, err)) != HONE_OK ||
        (status = hone_new(&out->penalty1, rows->d, err)) != HONE_OK ||
        (status = hone_new(&out->u, rows->n, err)) != HONE_OK ||
        (status = hone_new(&out->share, out->n_classes, err)) != HONE_OK ||
        (status = hone_new2(&out->v, out->n_classes, rows->d, err)) != HONE_OK)
        return status;
    return hone_new(&out->y, rows->n, err);
}

static void weigh_rows(const hone_dataset *data, struct hone_logistic_problem *out) {
    size_t n = out->f.rows.n;
    for (size_t i = 0; i < n; i++)
        out->total += data->weights ? data->weights[i] : 1;
    for (size_t i = 0; i < n; i++)
        out->u[i] = (data->weights ? data->weights[i] : 1) / out->total;
    for (size_t i = 0; i < n; i++)
        out->share[(size_t)*hone_view_row(data->y, i)] += out->u[i];
}

/* sd (m) = root of the weighted mean square of each column. */
static void sparse_scales(const hone_csr *x, const double *u, double *sd) {
    for (size_t i = 0; i < x->rows; i++)
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
            sd[x->columns[at]] += u[i] * x->values[at] * x->values[at];
    for (size_t j = 0; j < x->cols; j++)
        sd[j] = sqrt(sd[j]);
}

/* Mean and sd of the columns; sd stands in `inverse`. Without an intercept nothing may be centred.
 */
static hone_status measure_columns(bool intercept, const hone_dataset *data,
                                   struct hone_logistic_problem *out, const hone_monitor *mon,
                                   hone_error *err) {
    double *sd = out->inverse;
    size_t m = out->f.rows.m;
    if (data->sparse) {
        sparse_scales(data->sparse, out->u, sd);
        return HONE_OK;
    }
    hone_status status = hone_column_moments(data->x, data->weights, out->mean, sd, mon, err);
    for (size_t j = 0; !intercept && j < m; j++) {
        sd[j] = hypot(sd[j], out->mean[j]);
        out->mean[j] = 0;
    }
    return status;
}

/* Takes the means out of a copy of X when one of them is far from 0. */
static hone_status centre(struct hone_logistic_problem *out, const hone_monitor *mon,
                          hone_error *err) {
    struct hone_logistic_rows *rows = &out->f.rows;
    bool far = false;
    for (size_t j = 0; j < rows->m; j++)
        far = far || fabs(out->mean[j]) > FAR * out->inverse[j];
    if (!far || rows->sparse)
        return HONE_OK;
    hone_status status = hone_new2(&out->copy, rows->n, rows->m, err);
    if (status == HONE_OK)
        status = hone_new(&out->zero, rows->m, err);
    if (status == HONE_OK)
        status = hone_design_fill(rows->full, out->mean, NULL, NULL, false, out->copy, mon, err);
    rows->full = hone_view_of(out->copy, rows->n, rows->m);
    rows->mean = out->zero;
    return status;
}

void hone_logistic_penalties(const struct hone_logistic_params *p, double total, double *squares,
                             double *absolute) {
    double lambda = isinf(p->C) ? 0 : 1 / (p->C * total), ratio = 0;
    if (p->penalty == HONE_LOGISTIC_NONE || p->penalty == HONE_LOGISTIC_FIRTH)
        lambda = 0;
    if (p->penalty == HONE_LOGISTIC_L1)
        ratio = 1;
    if (p->penalty == HONE_LOGISTIC_ELASTICNET)
        ratio = p->l1_ratio;
    *squares = lambda * (1 - ratio);
    *absolute = lambda * ratio;
}

static void scale_columns(const struct hone_logistic_params *p, struct hone_logistic_problem *out) {
    double classes = (double)out->n_classes, curvature = 0, squares, absolute;
    for (size_t k = 0; k < out->n_classes; k++)
        curvature += out->share[k] * (1 - out->share[k]) / classes;
    out->f.curvature = p->fit_intercept ? curvature : (1 - 1 / classes) / classes;
    hone_logistic_penalties(p, out->total, &squares, &absolute);
    for (size_t j = 0; j < out->f.rows.m; j++) {
        double sd = out->inverse[j];
        double scale = hypot(sd, sqrt(squares / curvature));
        out->inverse[j] = sd > 0 ? 1 / scale : 0;
        out->penalty[j] = scale > 0 ? squares / scale / scale : 0;
        out->penalty1[j] = scale > 0 ? absolute / scale : 0;
    }
}

hone_status hone_logistic_prepare(const struct hone_logistic_params *p, const hone_dataset *data,
                                  struct hone_logistic_problem *out, const hone_monitor *mon,
                                  hone_error *err) {
    struct hone_logistic_rows *rows = &out->f.rows;
    size_t m = hone_dataset_cols(data);
    *rows = (struct hone_logistic_rows){.full = data->x,
                                        .sparse = data->sparse,
                                        .n = hone_dataset_rows(data),
                                        .m = m,
                                        .d = m + p->fit_intercept};
    out->given = data->x;
    out->n_classes = data->schema->targets[0].n_levels;
    hone_status status = make_blocks(out, err);
    if (status != HONE_OK)
        return status;
    rows->mean = out->mean, rows->inverse = out->inverse;
    weigh_rows(data, out);
    if ((status = measure_columns(p->fit_intercept, data, out, mon, err)) != HONE_OK ||
        (status = centre(out, mon, err)) != HONE_OK)
        return status;
    scale_columns(p, out);
    out->f.y = out->y, out->f.u = out->u;
    out->f.penalty = out->penalty, out->f.penalty1 = out->penalty1;
    return HONE_OK;
}

/* The classes' shares alone: no column counts yet. */
static void start(const struct hone_logistic_problem *problem, const double *share, double *v) {
    size_t k = problem->f.k, classes = k == 1 ? 2 : k, d = problem->f.rows.d;
    double mean_log = 0;
    for (size_t c = 0; c < classes; c++)
        mean_log += log(share[c]) / (double)classes;
    memset(v, 0, k * d * sizeof *v);
    for (size_t c = 0; c < k && d > problem->f.rows.m; c++)
        v[c * d + d - 1] = k == 1 ? log(share[1] / share[0]) : log(share[c]) - mean_log;
}

/* The rows as the caller knows them: with their means, taken out of a copy or not. */
static struct hone_logistic_rows outer(const struct hone_logistic_problem *problem) {
    struct hone_logistic_rows rows = problem->f.rows;
    rows.mean = problem->mean;
    return rows;
}

void hone_logistic_begin(const hone_dataset *data, size_t one, const double *raw,
                         struct hone_logistic_problem *problem) {
    size_t classes = problem->n_classes;
    bool rest = one < classes;
    double share[2] = {0, 0};
    for (size_t i = 0; i < problem->f.rows.n; i++) {
        uint32_t code = (uint32_t)*hone_view_row(data->y, i);
        problem->y[i] = rest ? code == one : code;
    }
    for (size_t c = 0; rest && c < classes; c++)
        share[c == one] += problem->share[c];
    problem->f.k = rest || classes == 2 ? 1 : classes;
    problem->f.cold = raw == NULL;
    if (raw) {
        struct hone_logistic_rows rows = outer(problem);
        hone_logistic_from_raw(&rows, problem->f.k, raw, problem->v);
    } else {
        start(problem, rest ? share : problem->share, problem->v);
    }
}

/* The same added to all intercepts changes no probability: they sum to zero. */
static void centre_intercepts(size_t k, size_t m, double *raw) {
    double mean = 0;
    for (size_t c = 0; c < k; c++)
        mean += raw[c * (m + 1) + m] / (double)k;
    for (size_t c = 0; c < k; c++)
        raw[c * (m + 1) + m] -= mean;
}

hone_status hone_logistic_end(const struct hone_logistic_problem *problem, double *raw,
                              hone_error *err) {
    struct hone_logistic_rows rows = outer(problem);
    hone_logistic_raw(&rows, problem->f.k, problem->v, raw);
    if (problem->f.k > 1)
        centre_intercepts(problem->f.k, rows.m, raw);
    for (size_t i = 0; i < problem->f.k * (rows.m + 1); i++)
        if (!isfinite(raw[i]))
            return hone_fail(err, HONE_ENUMERIC,
                             "logistic_regression: the coefficient of column %zu is not finite; "
                             "bring the columns to a like scale",
                             i % (rows.m + 1) + 1);
    return HONE_OK;
}

hone_status hone_logistic_solve(const struct hone_logistic_params *p,
                                struct hone_logistic_problem *problem, const hone_monitor *mon,
                                hone_error *err) {
    struct hone_logistic *f = &problem->f;
    hone_stop stop = {p->tol, (size_t)p->max_iter, 0};
    enum hone_logistic_solver solver = (enum hone_logistic_solver)p->solver;
    bool corners = p->penalty == HONE_LOGISTIC_L1 || p->penalty == HONE_LOGISTIC_ELASTICNET;
    if (corners && solver == HONE_LOGISTIC_AUTO)
        solver = HONE_LOGISTIC_COORDINATES;
    hone_logistic_free(f);
    if (solver >= HONE_LOGISTIC_GD)
        return hone_logistic_descend(f, p, problem->v, &problem->end, mon, err);
    f->firth = p->penalty == HONE_LOGISTIC_FIRTH ? problem->total : 0;
    return hone_logistic_minimise(f, solver, &stop, problem->v, &problem->end, mon, err);
}
