/* linear_svr.c -- linear support vector regression.
 *
 * Minimises  (|w|^2 + (b / s)^2) / 2 + C sum_i w_i max(0, |x_i'w + b - y_i| - epsilon)^power,
 * power 1 (epsilon_insensitive) or 2; scikit-learn's and LIBLINEAR's objective. intercept_scaling
 * s, tol and max_iter as in linear_svc.c. Shapes: X n x m, coef m. Cost: see linear_machine_*.c.
 * Reference: Ho & Lin 2012.                                                                    */
#include "classic/classic.h"

#include "classic/linear/linear.h"
#include "classic/linear/linear_machine.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

enum loss { PLAIN, SQUARED };
static const char *const LOSSES[] = {"epsilon_insensitive", "squared_epsilon_insensitive", NULL};

struct params {
    double C, epsilon, tol, intercept_scaling;
    int loss, max_iter;
    bool fit_intercept;
    uint64_t seed;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_REAL(params, C, 1, "(0, inf)",                         "weight of the losses against the penalty"),
    HONE_REAL(params, epsilon, 0, "[0, inf)",                   "errors up to this, in units of y, cost nothing"),
    HONE_ENUM(params, loss, "epsilon_insensitive", LOSSES,      "of an error beyond epsilon: itself or its square"),
    HONE_REAL(params, tol, 0.0001, "[0, inf)",                   "largest entry of the gradient at the end, against that at 0; of the plain loss, and where columns outnumber rows, the largest violation in units of y"),
    HONE_INT (params, max_iter, 1000, "[1, inf)",              "most iterations, by rows sweeps over them"),
    HONE_BOOL(params, fit_intercept, true,                      "learn an intercept"),
    HONE_REAL(params, intercept_scaling, 1, "(0, inf]",         "the larger, the less the intercept is penalised; inf = not at all"),
    HONE_SEED(params, seed,                                     "of the order of rows, where these are visited one by one"),
    HONE_PARAM_END
};

struct state {
    struct hone_line line;
    double n_iter, converged, objective;
};

static const hone_attr ATTRS[] = {
    HONE_LINE_ATTRS,
    HONE_NUMBER(state, n_iter,                                  "iterations used"),
    HONE_NUMBER(state, converged,                               "1 when tol was reached, 0 when max_iter ended the search"),
    HONE_NUMBER(state, objective,                               "what is minimised, at the end"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status check(const void *params, hone_error *err) {
    const struct params *p = params;
    if (isinf(p->intercept_scaling) && p->fit_intercept && p->loss == PLAIN)
        return hone_fail(err, HONE_EINVAL,
                         "intercept_scaling inf needs loss "
                         "squared_epsilon_insensitive, got epsilon_insensitive");
    return HONE_OK;
}

static hone_status solve(const struct params *p, const hone_dataset *data, const double *u,
                         const double *y, double *v, struct state *s, const hone_monitor *mon,
                         hone_error *err) {
    size_t n = hone_dataset_rows(data), m = s->line.n_columns;
    bool free_intercept = isinf(p->intercept_scaling);
    struct hone_machine_end end;
    struct hone_machine f = {.data = data,
                             .u = u,
                             .y = y,
                             .n = n,
                             .m = m,
                             .d = m + p->fit_intercept,
                             .scale = free_intercept ? 1 : p->intercept_scaling,
                             .epsilon = p->epsilon,
                             .squared = p->loss == SQUARED,
                             .free_intercept = free_intercept,
                             .tol = p->tol,
                             .max_iter = (size_t)p->max_iter,
                             .seed = p->seed};
    hone_status status = hone_machine_solve(&f, v, &end, mon, err);
    if (status != HONE_OK)
        return status;
    for (size_t j = 0; j < m; j++) {
        s->line.coef[j] = v[j];
        if (!isfinite(v[j]))
            return hone_fail(err, HONE_ENUMERIC,
                             "linear_svr: the coefficient of column %zu is not finite; bring the "
                             "columns to a like scale",
                             j + 1);
    }
    s->line.intercept = p->fit_intercept ? f.scale * v[m] : 0;
    s->n_iter = (double)end.n_iter, s->converged = end.converged, s->objective = end.objective;
    if (!end.converged)
        hone_monitor_warn(mon,
                          "linear_svr: stopped after %zu iterations, violation %.1e > tol %.1e; "
                          "raise max_iter or scale columns and y",
                          end.n_iter, end.violation, p->tol);
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    size_t n = hone_dataset_rows(data);
    double *u = NULL, *y = NULL, *v = NULL;
    hone_status status;
    s->line.n_columns = hone_dataset_cols(data);
    if ((status = hone_new(&s->line.coef, s->line.n_columns, err)) != HONE_OK ||
        (status = hone_new(&u, n, err)) != HONE_OK || (status = hone_new(&y, n, err)) != HONE_OK ||
        (status = hone_new(&v, s->line.n_columns + 1, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < n; i++) {
        u[i] = p->C * (data->weights ? data->weights[i] : 1);
        y[i] = *hone_view_row(data->y, i);
    }
    status = solve(p, data, u, y, v, s, mon, err);
done:
    hone_release(u);
    hone_release(y);
    hone_release(v);
    return status;
}

const hone_class hone_linear_svr = {
    .name = "linear_svr",
    .summary = "linear support vector regression, for many rows or columns",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING | HONE_TAG_SPARSE,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict = hone_line_predict,
    .sparse = &hone_line_sparse,
    .validate = hone_line_validate,
    .check = check,
};
