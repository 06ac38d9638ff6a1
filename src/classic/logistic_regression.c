/* logistic_regression.c -- logistic regression, binary or softmax, with an L2 penalty.
 *
 * Minimises  J(W, b) = 1/2 |W|^2 + C sum_i w_i loss(W x_i + b, y_i), which is scikit-learn's
 * objective; one vector for two classes, else one per class (they then sum to zero).
 *
 * Inside, columns are centred and divided by s_j = sqrt(sd_j^2 + 1 / (C sum w h)), h = p (1 - p) of
 * the classes' shares: every variable then starts with the same curvature. The penalty follows as
 * 1 / s_j^2 per column, so the minimum is that of J, and data of any scale converge.
 * Unlike scikit-learn: tol 1e-8 in place of 1e-4 (on the gradient of J / (C sum w) in scaled
 * columns) and 1000 iterations in place of 100, so that coefficients are those of the minimum to ~6
 * digits; solver auto takes Newton where its few steps cost less than L-BFGS's many. Shapes: X n x
 * m, W k x m, b k, k = 1 or K. Cost: O(n m k) per iteration of lbfgs, that and n m^2 k (k - 1) / 2
 * + (k m)^3 / 3 per step of Newton, n m doubles for the scaled copy of X. Reference: Nocedal &
 * Wright 2006.                                                           */
#include "classic/classic.h"

#include "classic/design.h"
#include "classic/linear.h"
#include "classic/logistic_objective.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

enum penalty { PENALTY_L2, PENALTY_NONE };
static const char *const PENALTIES[] = {"l2", "none", NULL};
/* in the order of enum hone_logistic_solver */
static const char *const SOLVERS[] = {"auto", "lbfgs", "newton_cholesky", NULL};

struct params {
    double C, tol;
    int penalty, solver, max_iter;
    bool fit_intercept;
    hone_short_text class_weight; /* the wrapper reads it */
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_REAL(params, C, 1, "(0, inf]",               "inverse of the penalty's strength; inf = no penalty"),
    HONE_ENUM(params, penalty, "l2", PENALTIES,       "norm of the coefficients that is penalised"),
    HONE_ENUM(params, solver, "auto", SOLVERS,        "minimiser; auto chooses by the size of the data"),
    HONE_REAL(params, tol, 1e-08, "[0, inf)",         "largest entry of the gradient at the end, per unit of weight and in scaled columns"),
    HONE_INT (params, max_iter, 1000, "[1, inf)",     "most iterations"),
    HONE_BOOL(params, fit_intercept, true,            "learn an intercept, which is not penalised"),
    HONE_CLASS_WEIGHT(params, class_weight,           "weight of each class"),
    HONE_PARAM_END
};

struct state {
    size_t n_vectors, n_columns;
    double *coef, *intercept;
    double n_iter, converged, gradient, objective;
};

static const hone_attr ATTRS[] = {
    HONE_COUNT (state, n_vectors,                     "vectors of coefficients: 1 for two classes, else one per class"),
    HONE_COUNT (state, n_columns,                     "columns of X"),
    HONE_ARRAY (state, coef, n_vectors, n_columns,    "coefficients; for two classes those of the second"),
    HONE_VECTOR(state, intercept, n_vectors,          "intercepts"),
    HONE_NUMBER(state, n_iter,                        "iterations used"),
    HONE_NUMBER(state, converged,                     "1 when the minimum was reached, 0 when max_iter ended the search"),
    HONE_NUMBER(state, gradient,                      "largest entry of the gradient at the end, as tol measures it"),
    HONE_NUMBER(state, objective,                     "J at the end divided by C times the sum of weights"),
    HONE_ATTR_END
};
/* clang-format on */

/* A fit under way: the problem in scaled columns. m columns, d = m + 1 with the intercept. */
struct work {
    struct hone_logistic f;
    double *x, *mean, *scale, *penalty, *u, *share, *v;
    uint32_t *y;
    size_t n, m, d, n_classes;
    double total, lambda; /* sum of weights; 1 / (C total), or 0 */
};

static void free_work(struct work *work) {
    hone_logistic_free(&work->f);
    hone_release(work->x);
    hone_release(work->mean);
    hone_release(work->scale);
    hone_release(work->penalty);
    hone_release(work->u);
    hone_release(work->share);
    hone_release(work->v);
    hone_release(work->y);
}

static hone_status make_work(const hone_dataset *data, bool intercept, struct work *out,
                             hone_error *err) {
    out->n = data->x.rows;
    out->m = data->x.cols;
    out->d = out->m + intercept;
    out->n_classes = hone_fit_classes(data);
    out->f.k = out->n_classes == 2 ? 1 : out->n_classes;
    hone_status status;
    if ((status = hone_new2(&out->x, out->n, out->d, err)) != HONE_OK ||
        (status = hone_new(&out->mean, out->m, err)) != HONE_OK ||
        (status = hone_new(&out->scale, out->m, err)) != HONE_OK ||
        (status = hone_new(&out->penalty, out->d, err)) != HONE_OK ||
        (status = hone_new(&out->u, out->n, err)) != HONE_OK ||
        (status = hone_new(&out->share, out->n_classes, err)) != HONE_OK ||
        (status = hone_new2(&out->v, out->f.k, out->d, err)) != HONE_OK)
        return status;
    return hone_new(&out->y, out->n, err);
}

/* Codes, weights that sum to 1, and the classes' shares of them. */
static void weigh_rows(const hone_dataset *data, struct work *work) {
    work->total = 0;
    for (size_t i = 0; i < work->n; i++)
        work->total += data->weights ? data->weights[i] : 1;
    for (size_t i = 0; i < work->n; i++) {
        work->y[i] = (uint32_t)*hone_view_row(data->y, i);
        work->u[i] = (data->weights ? data->weights[i] : 1) / work->total;
        work->share[work->y[i]] += work->u[i];
    }
}

/* Scales and penalties of the columns. Without an intercept nothing may be centred. */
static hone_status scale_columns(const hone_dataset *data, const struct params *p,
                                 struct work *work, const hone_monitor *mon, hone_error *err) {
    hone_status status =
        hone_column_moments(data->x, data->weights, work->mean, work->scale, mon, err);
    bool penalised = p->penalty == PENALTY_L2 && !isinf(p->C);
    work->lambda = penalised ? 1 / (p->C * work->total) : 0;
    double classes = (double)work->n_classes, curvature = 0;
    for (size_t k = 0; k < work->n_classes; k++)
        curvature += work->share[k] * (1 - work->share[k]) / classes;
    work->f.curvature = p->fit_intercept ? curvature : (1 - 1 / classes) / classes;
    for (size_t j = 0; j < work->m; j++) {
        if (!p->fit_intercept)
            work->scale[j] = hypot(work->scale[j], work->mean[j]);
        work->scale[j] = hypot(work->scale[j], sqrt(work->lambda / curvature));
        if (work->scale[j] == 0)
            work->scale[j] = 1;
        work->penalty[j] = work->lambda / work->scale[j] / work->scale[j];
    }
    return status;
}

/* The classes' shares alone: no column counts yet. */
static void start(const struct work *work, double *v) {
    size_t k = work->f.k;
    double mean_log = 0;
    for (size_t c = 0; c < work->n_classes; c++)
        mean_log += log(work->share[c]) / (double)work->n_classes;
    for (size_t c = 0; c < k; c++)
        v[c * work->d + work->m] =
            k == 1 ? log(work->share[1] / work->share[0]) : log(work->share[c]) - mean_log;
}

static hone_status minimise(const struct params *p, struct work *work, hone_minimum *out,
                            const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = &work->f;
    hone_stop stop = {p->tol, (size_t)p->max_iter, 0};
    f->x = hone_view_of(work->x, work->n, work->d);
    f->y = work->y;
    f->u = work->u;
    f->penalty = work->penalty;
    if (p->fit_intercept)
        start(work, work->v);
    return hone_logistic_minimise(f, (enum hone_logistic_solver)p->solver, &stop, work->v, out, mon,
                                  err);
}

/* Coefficients of the columns as they came: w = v / s, b = v_0 - sum w mean. */
static hone_status unscale(const struct work *work, bool intercept, struct state *s,
                           hone_error *err) {
    for (size_t k = 0; k < s->n_vectors; k++) {
        const double *v = work->v + k * work->d;
        double *w = s->coef + k * work->m;
        s->intercept[k] = intercept ? v[work->m] : 0;
        for (size_t j = 0; j < work->m; j++) {
            w[j] = v[j] / work->scale[j];
            if (intercept)
                s->intercept[k] -= w[j] * work->mean[j];
            if (!isfinite(w[j]))
                return hone_fail(err, HONE_ENUMERIC,
                                 "logistic_regression: a coefficient of column %zu is not finite; "
                                 "bring the columns to a like scale",
                                 j + 1);
        }
    }
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    struct work work = {0};
    hone_minimum end = {0};
    hone_status status = make_work(data, p->fit_intercept, &work, err);
    if (status != HONE_OK)
        goto done;
    s->n_vectors = work.f.k;
    s->n_columns = work.m;
    weigh_rows(data, &work);
    if ((status = hone_new2(&s->coef, s->n_vectors, s->n_columns, err)) != HONE_OK ||
        (status = hone_new(&s->intercept, s->n_vectors, err)) != HONE_OK ||
        (status = scale_columns(data, p, &work, mon, err)) != HONE_OK ||
        (status = hone_design_fill(data->x, p->fit_intercept ? work.mean : NULL, work.scale, NULL,
                                   p->fit_intercept, work.x, mon, err)) != HONE_OK ||
        (status = minimise(p, &work, &end, mon, err)) != HONE_OK ||
        (status = unscale(&work, p->fit_intercept, s, err)) != HONE_OK)
        goto done;
    s->n_iter = (double)end.n_iter;
    s->converged = end.converged;
    s->gradient = end.gradient;
    s->objective = end.value;
    if (!end.converged)
        hone_monitor_warn(mon,
                          "logistic_regression: stopped after %zu iterations, gradient %.1e > tol "
                          "%.1e; raise max_iter",
                          end.n_iter, end.gradient, p->tol);
done:
    free_work(&work);
    return status;
}

static hone_linear model_of(const void *state) {
    const struct state *s = state;
    return (hone_linear){s->n_vectors, s->n_columns, s->coef, s->intercept};
}

static hone_status decision(const void *params, const void *state, hone_view x, double *out,
                            hone_error *err) {
    (void)params;
    return hone_linear_scores(model_of(state), x, out, err);
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    hone_status status = decision(params, state, x, out, err);
    hone_linear_softmax(x.rows, model_of(state).k, out);
    return status;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct state *s = state;
    (void)params;
    return hone_linear_check("logistic_regression", s->n_vectors, s->n_columns,
                             hone_linear_vectors(n_classes), n_cols, err);
}

const hone_class hone_logistic_regression = {
    .name = "logistic_regression",
    .summary = "logistic regression, binary or softmax, with an L2 penalty",
    .alias = "lr",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING |
            HONE_TAG_EXACT_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict_proba = predict_proba,
    .decision = decision,
    .validate = validate,
};
