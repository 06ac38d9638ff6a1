/* linear_regression.c -- least squares without a penalty, and what its residuals allow to say.
 *
 * Minimises  sum_i w_i (y_i - x_i'c - b)^2. Columns that depend on others are found and told
 * (rank); c is then the solution of least norm. Small or nearly dependent data go through QR with
 * residuals of higher precision (least_squares_qr.c), larger ones through the normal equations,
 * refined, compressed rows through LSQR where those refuse.
 * Statistics are those of independent errors of variance sigma^2 / w_i:
 *   s^2 = sum w r^2 / df,  df = n - rank (- 1),  se_j = s root(v_j),  t_j = c_j / se_j,
 *   p from Student's t with df,  R^2 = 1 - sum w r^2 / sum w (y - mean y)^2 (mean y 0 without b).
 * A coefficient that the data do not settle has none (NaN). They know nothing of a choice of
 * columns that was made with the same rows.
 * Shapes: X n x m. Cost: n m^2 flops (2 n m^2 by QR).
 * Reference: Golub & Van Loan 2013, chapter 5; Seber & Lee 2003, chapters 3 and 4.             */
#include "classic/classic.h"

#include "classic/linear/least_squares.h"
#include "classic/linear/linear.h"
#include "core/parallel.h"
#include "inference/special.h"

#include <math.h>
#include <string.h>

#define FEW_CELLS       4096 /* so few go through QR at once: it costs nothing */
#define MOST_GRAM_CELLS ((size_t)1 << 24)

struct params {
    bool fit_intercept;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_BOOL(params, fit_intercept, true,                  "learn an intercept"),
    HONE_PARAM_END
};

struct state {
    struct hone_line line;
    size_t n_singular;
    double *std_err, *t, *p_value, *singular;
    double intercept_std_err, intercept_t, intercept_p_value;
    double rank, df, residual_sd, r_squared;
};

static const hone_attr ATTRS[] = {
    HONE_LINE_ATTRS,
    HONE_COUNT (state, n_singular,              "number of singular values"),
    HONE_VECTOR(state, std_err, line.n_columns, "their standard errors; NaN where the data do not settle a coefficient"),
    HONE_VECTOR(state, t, line.n_columns,       "coefficients over their standard errors"),
    HONE_VECTOR(state, p_value, line.n_columns, "two-sided p values of t, by Student's distribution"),
    HONE_VECTOR(state, singular, n_singular,    "singular values of X, centred if there is an intercept"),
    HONE_NUMBER(state, intercept_std_err,       "its standard error"),
    HONE_NUMBER(state, intercept_t,             "intercept over its standard error"),
    HONE_NUMBER(state, intercept_p_value,       "two-sided p value of intercept_t"),
    HONE_NUMBER(state, rank,                    "rank of X, centred if there is an intercept; NaN where LSQR did not need it"),
    HONE_NUMBER(state, df,                      "residual degrees of freedom"),
    HONE_NUMBER(state, residual_sd,             "standard deviation of the residuals, over their degrees of freedom"),
    HONE_NUMBER(state, r_squared,               "share of y's variance that is explained in the rows of the fit"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status solve(struct hone_least_squares *ls, const hone_monitor *mon, hone_error *err) {
    bool fit = false, sparse = ls->data->sparse != NULL;
    bool few = ls->n <= FEW_CELLS / (ls->m + 1);
    hone_status status = HONE_OK;
    if (ls->n > ls->m && (sparse ? ls->m <= MOST_GRAM_CELLS / ls->m : !few))
        status = hone_least_squares_normal(ls, &fit, mon, err);
    if (status != HONE_OK || fit)
        return status;
    return sparse ? hone_least_squares_iterate(ls, 0, mon, err)
                  : hone_least_squares_qr(ls, mon, err);
}

static void tell(double estimate, double variance, double s2, double df, double *se, double *t,
                 double *p) {
    *se = sqrt(s2 * variance);
    *t = *se > 0 ? estimate / *se : NAN;
    *p = df > 0 && !isnan(*t) ? hone_student_two_sided(*t, df) : NAN;
}

static void find_statistics(const struct hone_least_squares *ls, struct state *s) {
    double rest = 0, all = 0;
    for (size_t i = 0; i < ls->n; i++) {
        double off = *hone_view_row(ls->data->y, i) - ls->y_mean;
        rest += ls->residual[i] * ls->residual[i];
        all += (ls->w ? ls->w[i] : 1) * off * off;
    }
    s->rank = ls->rank;
    s->df = (double)ls->n - ls->rank - ls->intercept;
    double s2 = s->df > 0 ? rest / s->df : NAN;
    s->residual_sd = sqrt(s2);
    s->r_squared = all > 0 ? 1 - rest / all : NAN;
    for (size_t j = 0; j < ls->m; j++)
        tell(s->line.coef[j], ls->variance[j], s2, s->df, &s->std_err[j], &s->t[j], &s->p_value[j]);
    tell(s->line.intercept, ls->b_variance, s2, s->df, &s->intercept_std_err, &s->intercept_t,
         &s->intercept_p_value);
}

static hone_status fill_state(struct hone_least_squares *ls, struct state *s, hone_error *err) {
    hone_status status;
    for (size_t j = 0; j < ls->m; j++)
        if (!isfinite(ls->coef[j]))
            return hone_fail(err, HONE_ENUMERIC,
                             "the coefficient of column %zu is not finite; bring "
                             "the columns to a like scale",
                             j + 1);
    s->line.n_columns = ls->m;
    if ((status = hone_new(&s->std_err, ls->m, err)) != HONE_OK ||
        (status = hone_new(&s->t, ls->m, err)) != HONE_OK ||
        (status = hone_new(&s->p_value, ls->m, err)) != HONE_OK ||
        (status = hone_new(&s->singular, ls->n_singular, err)) != HONE_OK)
        return status;
    s->n_singular = ls->n_singular;
    memcpy(s->singular, ls->singular, ls->n_singular * sizeof *s->singular);
    s->line.coef = ls->coef, ls->coef = NULL;
    s->line.intercept = ls->b;
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    struct hone_least_squares ls;
    hone_status status = hone_least_squares_begin(data, p->fit_intercept, &ls, mon, err);
    if (status == HONE_OK)
        status = solve(&ls, mon, err);
    if (status == HONE_OK)
        status = fill_state(&ls, s, err);
    if (status == HONE_OK) {
        find_statistics(&ls, s);
        if (s->rank < (double)ls.m)
            hone_monitor_warn(mon,
                              "linear_regression: X has rank %.0f of %zu columns; the coefficients "
                              "are those of least norm",
                              s->rank, ls.m);
    } else
        status = hone_fail_within(err, status, "linear_regression");
    hone_least_squares_free(&ls);
    return status;
}

const hone_class hone_linear_regression = {
    .name = "linear_regression",
    .summary = "linear least squares, with standard errors",
    .alias = "ols",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict = hone_line_predict,
    .sparse = &hone_line_sparse,
    .validate = hone_line_validate,
};
