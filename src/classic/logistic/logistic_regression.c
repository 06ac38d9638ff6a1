/* logistic_regression.c -- logistic regression: binary, softmax or one against the rest.
 *
 * Minimises  J(W, b) = penalty(W) + C sum_i w_i loss(W x_i + b, y_i),
 *   penalty = |W|^2 / 2, sum |W_kj|, l1_ratio of the second and the rest of the first, or 0,
 * which is scikit-learn's objective; one vector for two classes, else one per class (with softmax
 * and squares in the penalty they then sum to zero). Everything happens in scaled columns
 * (problem.c), in which the gradient of J / (C sum w) is measured.
 * Unlike scikit-learn: tol 1e-8 in place of 1e-4 and 1000 iterations in place of 100, so that
 * coefficients are those of the minimum to ~6 digits; l1_ratio 0.5 where it offers 0; solver auto
 * takes Newton where its few steps cost less than L-BFGS's many, coordinate descent where the
 * penalty has absolute values. warm_start begins at the last coefficients, partial_fit takes a
 * pass of mini-batches from there. What is said of coefficients: infer.h.
 * Shapes: X n x m, W k x m, b k, k = 1 or K. Cost: O(n m k) per iteration of lbfgs, that and n m^2
 * k (k - 1) / 2 + (k m)^3 / 3 per step of Newton; of stored cells for compressed rows.
 * Reference: Nocedal & Wright 2006; Hastie, Tibshirani & Friedman 2009, section 4.4.           */
#include "classic/classic.h"

#include "classic/linear/linear.h"
#include "classic/logistic/logistic.h"

#define MOST_ITERATIONS 9e15 /* in a file: they are counted on by partial_fit */

/* in the order of the enums of logistic.h and objective.h */
static const char *const PENALTIES[] = {"l2", "none", "l1", "elasticnet", "firth", NULL};
static const char *const SOLVERS[] = {"auto", "lbfgs", "newton_cholesky", "coordinate_descent",
                                      "gd",   "sgd",   "mini_batch_gd",   NULL};
static const char *const INTERVALS[] = {"none", "wald", "profile", NULL};
static const char *const MULTI_CLASSES[] = {"auto", "multinomial", "ovr", NULL};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_REAL(hone_logistic_params, C, 1, "(0, inf]",           "inverse of the penalty's strength; inf = no penalty"),
    HONE_ENUM(hone_logistic_params, penalty, "l2", PENALTIES,   "of the coefficients: squares, none, absolute values, both, or Firth's, which takes bias away"),
    HONE_REAL(hone_logistic_params, l1_ratio, 0.5, "[0, 1]",    "share of the absolute values in elasticnet"),
    HONE_ENUM(hone_logistic_params, multi_class, "auto", MULTI_CLASSES, "of three classes and more: softmax (auto too), or one model per class against the rest"),
    HONE_ENUM(hone_logistic_params, solver, "auto", SOLVERS,    "minimiser; auto chooses by penalty and size of the data"),
    HONE_REAL(hone_logistic_params, tol, 1e-08, "[0, inf)",     "largest entry of the gradient at the end, per unit of weight and in scaled columns"),
    HONE_INT (hone_logistic_params, max_iter, 1000, "[1, inf)", "most iterations"),
    HONE_BOOL(hone_logistic_params, fit_intercept, true,        "learn an intercept, which is not penalised"),
    HONE_CLASS_WEIGHT(hone_logistic_params, class_weight,       "weight of each class"),
    HONE_BOOL(hone_logistic_params, warm_start, false,          "begin at the coefficients of the last fit"),
    HONE_REAL(hone_logistic_params, eta0, 0, "[0, inf)",        "of gd, sgd and mini_batch_gd: length of steps; 0 = by the data"),
    HONE_INT (hone_logistic_params, batch_size, 32, "[1, inf)", "of mini_batch_gd: rows in a batch"),
    HONE_SEED(hone_logistic_params, seed,                       "of the order of rows in sgd and mini_batch_gd"),
    HONE_ENUM(hone_logistic_params, intervals, "wald", INTERVALS, "of coefficients, where penalty is none or firth: by standard errors, or by profiles of the likelihood (slow, two classes or ovr)"),
    HONE_REAL(hone_logistic_params, confidence_level, 0.95, "(0, 1)", "share of intervals that shall hold the truth"),
    HONE_PARAM_END
};

static const hone_attr ATTRS[] = {
    HONE_LINES_ATTRS,
    HONE_NUMBER(hone_logistic_state, one_vs_rest,                   "1 when each vector tells one class from the rest"),
    HONE_NUMBER(hone_logistic_state, n_iter,                        "iterations used, of all vectors together"),
    HONE_NUMBER(hone_logistic_state, converged,                     "1 when the minimum was reached, 0 when max_iter ended the search"),
    HONE_NUMBER(hone_logistic_state, gradient,                      "largest entry of the gradient at the end, as tol measures it"),
    HONE_NUMBER(hone_logistic_state, objective,                     "J at the end divided by C times the sum of weights"),
    HONE_NUMBER(hone_logistic_state, weight_seen,              "by partial_fit: sum of the weights of all batches"),
    HONE_NUMBER(hone_logistic_state, eta,                      "by partial_fit: length of the first steps"),
    HONE_NUMBER(hone_logistic_state, separation,                    "without penalty: 1 when a direction parts the classes but for rows on its border, 2 when it parts all rows; else 0"),
    HONE_COUNT (hone_logistic_state, n_inferred,                    "vectors with standard errors: all where penalty is none or firth, else 0"),
    HONE_COUNT (hone_logistic_state, n_terms,                       "terms of each: its coefficients, then its intercept"),
    HONE_ARRAY (hone_logistic_state, std_err, n_inferred, n_terms,  "standard errors, by the inverse information"),
    HONE_ARRAY (hone_logistic_state, z, n_inferred, n_terms,        "term by standard error; by profile, the signed root of the likelihood ratio"),
    HONE_ARRAY (hone_logistic_state, p_value, n_inferred, n_terms,  "of the test that the term is 0"),
    HONE_ARRAY (hone_logistic_state, conf_low, n_inferred, n_terms, "lower ends of the intervals"),
    HONE_ARRAY (hone_logistic_state, conf_high, n_inferred, n_terms, "upper ends of the intervals"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status check(const void *params, hone_error *err) {
    const struct hone_logistic_params *p = params;
    bool corners = p->penalty == HONE_LOGISTIC_L1 || p->penalty == HONE_LOGISTIC_ELASTICNET;
    bool smooth = p->solver == HONE_LOGISTIC_LBFGS || p->solver == HONE_LOGISTIC_NEWTON;
    bool firth = p->penalty == HONE_LOGISTIC_FIRTH;
    if (corners && smooth)
        return hone_fail(err, HONE_EINVAL,
                         "solver %s cannot do penalty %s, whose absolute "
                         "values have corners; use auto or coordinate_descent",
                         SOLVERS[p->solver], PENALTIES[p->penalty]);
    if (firth && p->solver != HONE_LOGISTIC_AUTO && p->solver != HONE_LOGISTIC_NEWTON)
        return hone_fail(err, HONE_EINVAL,
                         "solver %s cannot do penalty firth; use auto or "
                         "newton_cholesky",
                         SOLVERS[p->solver]);
    if (firth && p->multi_class == HONE_LOGISTIC_SOFTMAX)
        return hone_fail(err, HONE_EINVAL,
                         "penalty firth has no multinomial form here; use "
                         "multi_class=ovr");
    return HONE_OK;
}

static void to_proba(const struct hone_logistic_state *s, size_t rows, double *out) {
    if (s->one_vs_rest != 0)
        hone_linear_sigmoids(rows, s->lines.n_vectors, out);
    else
        hone_linear_softmax(rows, s->lines.n_vectors, out);
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    hone_status status = hone_lines_scores(params, state, x, out, err);
    to_proba(state, x.rows, out);
    return status;
}

static hone_status predict_proba_sparse(const void *params, const void *state, const hone_csr *x,
                                        double *out, hone_error *err) {
    hone_status status = hone_lines_scores_sparse(params, state, x, out, err);
    to_proba(state, x->rows, out);
    return status;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct hone_logistic_state *s = state;
    if (!(s->n_iter >= 0 && s->n_iter < MOST_ITERATIONS && s->n_terms <= n_cols + 1 &&
          (s->n_inferred == 0 || s->n_inferred == s->lines.n_vectors)))
        return hone_fail(err, HONE_EFORMAT, "%zu x %zu terms after %g iterations make no sense",
                         s->n_inferred, s->n_terms, s->n_iter);
    return hone_lines_validate(params, state, n_cols, n_classes, err);
}

static const hone_sparse_slots SPARSE = {
    .decision = hone_lines_scores_sparse,
    .predict_proba = predict_proba_sparse,
};

const hone_class hone_logistic_regression = {
    .name = "logistic_regression",
    .summary = "logistic regression: two classes, softmax or one-vs-rest, five penalties",
    .alias = "lr",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING |
            HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE | HONE_TAG_PARTIAL,
    .params = PARAMS,
    .params_size = sizeof(struct hone_logistic_params),
    .attrs = ATTRS,
    .state_size = sizeof(struct hone_logistic_state),
    .fit = hone_logistic_fit,
    .partial_fit = hone_logistic_partial,
    .predict_proba = predict_proba,
    .decision = hone_lines_scores,
    .sparse = &SPARSE,
    .validate = validate,
    .check = check,
};
