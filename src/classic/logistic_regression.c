/* logistic_regression.c -- logistic regression: binary, softmax or one against the rest.
 *
 * Minimises  J(W, b) = penalty(W) + C sum_i w_i loss(W x_i + b, y_i),
 *   penalty = |W|^2 / 2, sum |W_kj|, l1_ratio of the second and the rest of the first, or 0,
 * which is scikit-learn's objective; one vector for two classes, else one per class (with softmax
 * and squares in the penalty they then sum to zero). Everything happens in scaled columns
 * (logistic_problem.c), in which the gradient of J / (C sum w) is measured.
 * Unlike scikit-learn: tol 1e-8 in place of 1e-4 and 1000 iterations in place of 100, so that
 * coefficients are those of the minimum to ~6 digits; l1_ratio 0.5 where it offers 0; solver auto
 * takes Newton where its few steps cost less than L-BFGS's many, coordinate descent where the
 * penalty has absolute values. warm_start begins at the last coefficients.
 * Shapes: X n x m, W k x m, b k, k = 1 or K. Cost: O(n m k) per iteration of lbfgs, that and n m^2
 * k (k - 1) / 2 + (k m)^3 / 3 per step of Newton; of stored cells for compressed rows.
 * Reference: Nocedal & Wright 2006; Hastie, Tibshirani & Friedman 2009, section 4.4.           */
#include "classic/classic.h"

#include "classic/linear.h"
#include "classic/logistic_impl.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

/* in the order of the enums of logistic_impl.h and logistic_objective.h */
static const char *const PENALTIES[] = {"l2", "none", "l1", "elasticnet", NULL};
static const char *const SOLVERS[] = {"auto", "lbfgs", "newton_cholesky", "coordinate_descent",
                                      NULL};
enum multi_class { MULTI_AUTO, MULTI_SOFTMAX, MULTI_OVR };
static const char *const MULTI_CLASSES[] = {"auto", "multinomial", "ovr", NULL};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_REAL(hone_logistic_params, C, 1, "(0, inf]",           "inverse of the penalty's strength; inf = no penalty"),
    HONE_ENUM(hone_logistic_params, penalty, "l2", PENALTIES,   "of the coefficients: squares, none, absolute values, or both"),
    HONE_REAL(hone_logistic_params, l1_ratio, 0.5, "[0, 1]",    "share of the absolute values in elasticnet"),
    HONE_ENUM(hone_logistic_params, multi_class, "auto", MULTI_CLASSES, "of three classes and more: softmax (auto too), or one model per class against the rest"),
    HONE_ENUM(hone_logistic_params, solver, "auto", SOLVERS,    "minimiser; auto chooses by penalty and size of the data"),
    HONE_REAL(hone_logistic_params, tol, 1e-08, "[0, inf)",     "largest entry of the gradient at the end, per unit of weight and in scaled columns"),
    HONE_INT (hone_logistic_params, max_iter, 1000, "[1, inf)", "most iterations"),
    HONE_BOOL(hone_logistic_params, fit_intercept, true,        "learn an intercept, which is not penalised"),
    HONE_CLASS_WEIGHT(hone_logistic_params, class_weight,       "weight of each class"),
    HONE_BOOL(hone_logistic_params, warm_start, false,          "begin at the coefficients of the last fit"),
    HONE_PARAM_END
};

struct state {
    size_t n_vectors, n_columns;
    double *coef, *intercept;
    double one_vs_rest, n_iter, converged, gradient, objective;
};

static const hone_attr ATTRS[] = {
    HONE_COUNT (state, n_vectors,                     "vectors of coefficients: 1 for two classes, else one per class"),
    HONE_COUNT (state, n_columns,                     "columns of X"),
    HONE_ARRAY (state, coef, n_vectors, n_columns,    "coefficients; for two classes those of the second"),
    HONE_VECTOR(state, intercept, n_vectors,          "intercepts"),
    HONE_NUMBER(state, one_vs_rest,                   "1 when each vector tells one class from the rest"),
    HONE_NUMBER(state, n_iter,                        "iterations used, of all vectors together"),
    HONE_NUMBER(state, converged,                     "1 when the minimum was reached, 0 when max_iter ended the search"),
    HONE_NUMBER(state, gradient,                      "largest entry of the gradient at the end, as tol measures it"),
    HONE_NUMBER(state, objective,                     "J at the end divided by C times the sum of weights"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status check(const void *params, hone_error *err) {
    const struct hone_logistic_params *p = params;
    bool corners = p->penalty == HONE_LOGISTIC_L1 || p->penalty == HONE_LOGISTIC_ELASTICNET;
    bool smooth = p->solver == HONE_LOGISTIC_LBFGS || p->solver == HONE_LOGISTIC_NEWTON;
    if (corners && smooth)
        return hone_fail(
            err, HONE_EINVAL,
            "logistic_regression: solver %s cannot do penalty %s, whose absolute values "
            "have corners; use auto or coordinate_descent",
            SOLVERS[p->solver], PENALTIES[p->penalty]);
    return HONE_OK;
}

static hone_status make_state(const hone_dataset *data, struct state *s, hone_error *err) {
    s->n_vectors = hone_linear_vectors(hone_fit_classes(data));
    s->n_columns = hone_dataset_cols(data);
    hone_status status = HONE_OK;
    if (!s->coef)
        status = hone_new2(&s->coef, s->n_vectors, s->n_columns, err);
    if (status == HONE_OK && !s->intercept)
        status = hone_new(&s->intercept, s->n_vectors, err);
    s->n_iter = s->gradient = s->objective = 0;
    s->converged = 1;
    return status;
}

/* raw (k x (m + 1)) of coefficients and intercepts, and back. */
static void pack(const struct state *s, double *raw) {
    size_t m = s->n_columns;
    for (size_t c = 0; c < s->n_vectors; c++) {
        memcpy(raw + c * (m + 1), s->coef + c * m, m * sizeof *raw);
        raw[c * (m + 1) + m] = s->intercept[c];
    }
}

static void unpack(const double *raw, struct state *s) {
    size_t m = s->n_columns;
    for (size_t c = 0; c < s->n_vectors; c++) {
        memcpy(s->coef + c * m, raw + c * (m + 1), m * sizeof *raw);
        s->intercept[c] = raw[c * (m + 1) + m];
    }
}

/* One problem from its start to its coefficients, which stand in raw. */
static hone_status solve(const struct hone_logistic_params *p, const hone_dataset *data, size_t one,
                         bool warm, struct hone_logistic_problem *problem, double *raw,
                         struct state *s, const hone_monitor *mon, hone_error *err) {
    hone_logistic_begin(data, one, warm ? raw : NULL, problem);
    hone_status status = hone_logistic_solve(p, problem, mon, err);
    if (status == HONE_OK)
        status = hone_logistic_end(problem, raw, err);
    if (status != HONE_OK)
        return status;
    s->n_iter += (double)problem->end.n_iter;
    s->converged = s->converged != 0 && problem->end.converged;
    s->gradient = fmax(s->gradient, problem->end.gradient);
    s->objective += problem->end.value;
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct hone_logistic_params *p = params;
    struct state *s = state;
    struct hone_logistic_problem problem = {0};
    size_t classes = hone_fit_classes(data), m = hone_dataset_cols(data);
    bool warm = s->coef != NULL, rest = p->multi_class == MULTI_OVR && classes > 2;
    double *raw = NULL;
    hone_status status;
    if ((status = hone_logistic_prepare(p, data, &problem, mon, err)) != HONE_OK ||
        (status = make_state(data, s, err)) != HONE_OK ||
        (status = hone_new2(&raw, s->n_vectors, m + 1, err)) != HONE_OK)
        goto done;
    pack(s, raw);
    for (size_t one = 0; status == HONE_OK && one < (rest ? classes : 1); one++)
        status =
            solve(p, data, rest ? one : classes, warm, &problem, raw + one * (m + 1), s, mon, err);
    if (status != HONE_OK)
        goto done;
    unpack(raw, s);
    s->one_vs_rest = rest;
    if (s->converged == 0)
        hone_monitor_warn(mon,
                          "logistic_regression: stopped after %.0f iterations, gradient %.1e > tol "
                          "%.1e; raise max_iter",
                          s->n_iter, s->gradient, p->tol);
done:
    hone_logistic_problem_free(&problem);
    hone_release(raw);
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

static hone_status decision_sparse(const void *params, const void *state, const hone_csr *x,
                                   double *out, hone_error *err) {
    (void)params;
    return hone_linear_scores_sparse(model_of(state), x, out, err);
}

static void to_proba(const struct state *s, size_t rows, double *out) {
    if (s->one_vs_rest != 0)
        hone_linear_sigmoids(rows, s->n_vectors, out);
    else
        hone_linear_softmax(rows, s->n_vectors, out);
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    hone_status status = decision(params, state, x, out, err);
    to_proba(state, x.rows, out);
    return status;
}

static hone_status predict_proba_sparse(const void *params, const void *state, const hone_csr *x,
                                        double *out, hone_error *err) {
    hone_status status = decision_sparse(params, state, x, out, err);
    to_proba(state, x->rows, out);
    return status;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct state *s = state;
    (void)params;
    return hone_linear_check("logistic_regression", s->n_vectors, s->n_columns,
                             hone_linear_vectors(n_classes), n_cols, err);
}

static const hone_sparse_slots SPARSE = {
    .decision = decision_sparse,
    .predict_proba = predict_proba_sparse,
};

const hone_class hone_logistic_regression = {
    .name = "logistic_regression",
    .summary = "logistic regression, binary, softmax or one-vs-rest, L2, L1 or no penalty",
    .alias = "lr",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING |
            HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE,
    .params = PARAMS,
    .params_size = sizeof(struct hone_logistic_params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict_proba = predict_proba,
    .decision = decision,
    .sparse = &SPARSE,
    .validate = validate,
    .check = check,
};
