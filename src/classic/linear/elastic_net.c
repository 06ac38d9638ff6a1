/* elastic_net.c -- linear least squares with an L1 penalty (lasso), and an L2 penalty beside it.
 *
 * Minimises  sum_i w_i (y_i - x_i'c - b)^2 / (2 sum w) + alpha l1_ratio |c|_1
 *            + alpha (1 - l1_ratio) |c|^2 / 2,
 * which is scikit-learn's objective. Unlike scikit-learn: tol 1e-8 in place of 1e-4 and 100000
 * sweeps in place of 1000, so that coefficients are those of the minimum. Columns are not scaled:
 * the penalty is that of the columns as they come.
 * Shapes: X n x m, c m. Cost: n m^2 flops for X'X where m <= n, then m per coefficient that moves;
 * else two passes over X per step of lasso_solve.c. Fits along alpha (hone_fit_path) with
 * warm_start share X'X, and X'y while y and weights are the same.
 * Reference: Tibshirani 1996; Zou & Hastie 2005; Friedman, Hastie & Tibshirani 2010.          */
#include "classic/classic.h"

#include "classic/linear/lasso_work.h"
#include "classic/linear/linear.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

struct params {
    double alpha, l1_ratio, tol;
    int max_iter, selection;
    bool fit_intercept, positive, warm_start;
    uint64_t seed;
};

enum selection { CYCLIC, RANDOM };
static const char *const SELECTIONS[] = {"cyclic", "random", NULL};

/* clang-format off */
#define COMMON_ROWS \
    HONE_BOOL(params, fit_intercept, true,              "learn an intercept, which is not penalised"), \
    HONE_BOOL(params, positive, false,                  "no coefficient below 0"), \
    HONE_REAL(params, tol, 1e-08, "[0, inf)",           "duality gap at the end, as a share of y's sum of squares"), \
    HONE_INT (params, max_iter, 100000, "[1, inf)",     "most sweeps over the coefficients"), \
    HONE_ENUM(params, selection, "cyclic", SELECTIONS,  "order of the coefficients in a sweep"), \
    HONE_SEED(params, seed,                             "of the random order"), \
    HONE_BOOL(params, warm_start, false,                "begin at the coefficients of the last fit"), \
    HONE_PARAM_END

static const hone_param LASSO_PARAMS[] = {
    HONE_REAL(params, alpha, 1, "[0, inf)",             "strength of the penalty; 0 = least squares"),
    COMMON_ROWS
};

static const hone_param ELASTIC_PARAMS[] = {
    HONE_REAL(params, alpha, 1, "[0, inf)",             "strength of the penalty; 0 = least squares"),
    HONE_REAL(params, l1_ratio, 0.5, "[0, 1]",          "share of the absolute values in the penalty, the rest is of the squares"),
    COMMON_ROWS
};

struct state {
    struct hone_line line;
    double n_nonzero, dual_gap, n_iter, converged, alpha_max;
};

static const hone_attr ATTRS[] = {
    HONE_LINE_ATTRS,
    HONE_NUMBER(state, n_nonzero,                       "coefficients that are not 0"),
    HONE_NUMBER(state, dual_gap,                        "duality gap at the end, as tol measures it"),
    HONE_NUMBER(state, n_iter,                          "sweeps used"),
    HONE_NUMBER(state, converged,                       "1 when the gap is below tol, 0 when max_iter ended the search"),
    HONE_NUMBER(state, alpha_max,                       "the least alpha that leaves no coefficient: where a path begins; inf when l1_ratio is 0"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status prepare(const void *params, const hone_dataset *data, const hone_monitor *mon,
                           void *work, hone_error *err) {
    const struct params *p = params;
    return hone_lasso_prepare(data, p->fit_intercept, work, mon, err);
}

static void set(const struct params *p, double l1_ratio, struct hone_lasso *f) {
    f->a = p->alpha * l1_ratio, f->b = p->alpha * (1 - l1_ratio), f->tol = p->tol;
    f->positive = p->positive, f->random = p->selection == RANDOM, f->seed = p->seed;
    f->max_iter = (size_t)p->max_iter;
}

static hone_status learn(const char *who, double l1_ratio, struct hone_lasso *f, struct state *s,
                         const hone_monitor *mon, hone_error *err) {
    struct hone_lasso_end end;
    double top = 0;
    hone_status status = HONE_OK;
    s->line.n_columns = f->m;
    if (!s->line.coef)
        status = hone_new(&s->line.coef, f->m, err);
    for (size_t j = 0; status == HONE_OK && j < f->m; j++) {
        s->line.coef[j] = f->positive ? fmax(s->line.coef[j], 0) : s->line.coef[j];
        top = fmax(top, f->positive ? f->q[j] : fabs(f->q[j]));
    }
    if (status != HONE_OK ||
        (status = hone_lasso_solve(f, s->line.coef, &end, mon, err)) != HONE_OK)
        return status;
    s->line.intercept = f->y_mean, s->n_nonzero = 0;
    for (size_t j = 0; j < f->m; j++) {
        if (!isfinite(s->line.coef[j]))
            return hone_fail(err, HONE_ENUMERIC,
                             "the coefficient of column %zu is not finite; bring the columns to a "
                             "like scale",
                             j + 1);
        s->line.intercept -= s->line.coef[j] * f->mean[j];
        s->n_nonzero += s->line.coef[j] != 0;
    }
    s->alpha_max = l1_ratio > 0 ? top / l1_ratio : INFINITY;
    s->dual_gap = end.gap, s->n_iter = (double)end.n_iter, s->converged = end.converged;
    if (!end.converged)
        hone_monitor_warn(mon, "%s: stopped after %zu sweeps, duality gap %.1e > tol %.1e; %s", who,
                          end.n_iter, end.gap, f->tol,
                          f->a + f->b > 0 ? "raise max_iter or alpha"
                                          : "for alpha=0 linear_regression is exact");
    return status;
}

static hone_status fit_with(const char *who, const struct params *p, double l1_ratio,
                            const hone_dataset *data, const struct hone_lasso_work *work,
                            const size_t *rows, const hone_monitor *mon, struct state *s,
                            hone_error *err) {
    struct hone_lasso f;
    hone_status status = hone_lasso_begin(work, rows, data, p->fit_intercept, &f, mon, err);
    if (status == HONE_OK) {
        set(p, l1_ratio, &f);
        status = learn(who, l1_ratio, &f, s, mon, err);
    }
    hone_lasso_free(&f);
    return status == HONE_OK ? HONE_OK : hone_fail_within(err, status, "%s", who);
}

static hone_status fit_lasso(const void *params, const hone_dataset *data, const hone_monitor *mon,
                             void *state, hone_error *err) {
    return fit_with("lasso", params, 1, data, NULL, NULL, mon, state, err);
}

static hone_status fit_lasso_prepared(const void *params, const hone_dataset *data,
                                      const void *work, const size_t *rows, const hone_monitor *mon,
                                      void *state, hone_error *err) {
    return fit_with("lasso", params, 1, data, work, rows, mon, state, err);
}

static hone_status fit_elastic(const void *params, const hone_dataset *data,
                               const hone_monitor *mon, void *state, hone_error *err) {
    const struct params *p = params;
    return fit_with("elastic_net", p, p->l1_ratio, data, NULL, NULL, mon, state, err);
}

static hone_status fit_elastic_prepared(const void *params, const hone_dataset *data,
                                        const void *work, const size_t *rows,
                                        const hone_monitor *mon, void *state, hone_error *err) {
    const struct params *p = params;
    return fit_with("elastic_net", p, p->l1_ratio, data, work, rows, mon, state, err);
}

/* clang-format off */
#define COMMON_SLOTS \
    .task = HONE_REGRESSOR, \
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE, \
    .params_size = sizeof(struct params), \
    .attrs = ATTRS, \
    .state_size = sizeof(struct state), \
    .predict = hone_line_predict, \
    .sparse = &hone_line_sparse, \
    .validate = hone_line_validate, \
    .prepare = prepare, \
    .work_params = hone_lasso_work_params, \
    .work_attrs = hone_lasso_work_attrs, \
    .work_size = sizeof(struct hone_lasso_work)

const hone_class hone_lasso_class = {
    .name = "lasso",
    .summary = "linear least squares with an L1 penalty, which leaves few coefficients",
    .params = LASSO_PARAMS,
    .fit = fit_lasso,
    .fit_prepared = fit_lasso_prepared,
    COMMON_SLOTS,
};

const hone_class hone_elastic_net = {
    .name = "elastic_net",
    .summary = "linear least squares with L1 and L2 penalties",
    .params = ELASTIC_PARAMS,
    .fit = fit_elastic,
    .fit_prepared = fit_elastic_prepared,
    COMMON_SLOTS,
};
/* clang-format on */
