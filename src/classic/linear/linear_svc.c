/* linear_svc.c -- linear support vector classification, one vector per class against the rest.
 *
 * Minimises for each class  R(w, b / s) + C sum_i w_i max(0, 1 - y_i (x_i'w + b))^power, R half the
 * squares or the sum of absolute values, power 1 (hinge) or 2; scikit-learn's and LIBLINEAR's
 * objective, with its intercept that is penalised as a coefficient of a column that is s =
 * intercept_scaling everywhere. intercept_scaling=inf leaves it free, which is what one would
 * want; it is not the default so that models agree, and not possible for hinge and for l1.
 * The way of solving follows from loss, penalty and shape (rows one by one, in the dual, for hinge
 * and where columns outnumber rows); there is no `dual`.
 * Shapes: X n x m, coef k x m, k = 1 or K. Cost: see linear_machine_*.c, times k.
 * Reference: Fan, Chang, Hsieh, Wang & Lin 2008 (LIBLINEAR).                                   */
#include "classic/classic.h"

#include "classic/linear/linear.h"
#include "classic/linear/linear_machine.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

enum penalty { L2, L1 };
static const char *const PENALTIES[] = {"l2", "l1", NULL};
enum loss { SQUARED_HINGE, HINGE };
static const char *const LOSSES[] = {"squared_hinge", "hinge", NULL};

struct params {
    double C, tol, intercept_scaling;
    int penalty, loss, max_iter;
    bool fit_intercept;
    uint64_t seed;
    hone_short_text class_weight; /* the wrapper reads it */
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_REAL(params, C, 1, "(0, inf)",                     "weight of the losses against the penalty"),
    HONE_ENUM(params, penalty, "l2", PENALTIES,             "of the coefficients: squares, or absolute values (squared_hinge only)"),
    HONE_ENUM(params, loss, "squared_hinge", LOSSES,        "of a row on the wrong side of its margin: the square of how far, or how far"),
    HONE_REAL(params, tol, 0.0001, "[0, inf)",               "largest entry of the gradient at the end, against that at 0; for hinge, and where columns outnumber rows, the largest violation in units of the margin"),
    HONE_INT (params, max_iter, 1000, "[1, inf)",          "most iterations, by rows sweeps over them"),
    HONE_BOOL(params, fit_intercept, true,                  "learn an intercept"),
    HONE_REAL(params, intercept_scaling, 1, "(0, inf]",     "the larger, the less the intercept is penalised; inf = not at all"),
    HONE_CLASS_WEIGHT(params, class_weight,                 "weight of each class"),
    HONE_SEED(params, seed,                                 "of the order of rows, where these are visited one by one"),
    HONE_PARAM_END
};

struct state {
    struct hone_lines lines;
    double n_iter, converged, objective;
};

static const hone_attr ATTRS[] = {
    HONE_LINES_ATTRS,
    HONE_NUMBER(state, n_iter,                              "most iterations that a vector took"),
    HONE_NUMBER(state, converged,                           "1 when all reached tol, 0 when max_iter ended a search"),
    HONE_NUMBER(state, objective,                           "what is minimised, at the end, summed over the vectors"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status check(const void *params, hone_error *err) {
    const struct params *p = params;
    if (p->penalty == L1 && p->loss == HINGE)
        return hone_fail(err, HONE_EINVAL, "penalty l1 needs loss squared_hinge, got hinge");
    if (isinf(p->intercept_scaling) && p->fit_intercept && (p->penalty == L1 || p->loss == HINGE))
        return hone_fail(err, HONE_EINVAL,
                         "intercept_scaling inf needs penalty l2 and loss "
                         "squared_hinge, got %s and %s",
                         PENALTIES[p->penalty], LOSSES[p->loss]);
    return HONE_OK;
}

struct job {
    const struct params *p;
    const hone_dataset *data;
    const double *u; /* n: C w */
    struct state *s;
    struct hone_machine_end *ends; /* k */
    const hone_monitor *mon;
};

/* One class against the rest. */
static hone_status fit_vector(void *context, size_t c, hone_error *err) {
    const struct job *job = context;
    const struct params *p = job->p;
    struct state *s = job->s;
    size_t n = hone_dataset_rows(job->data), m = s->lines.n_columns;
    size_t positive = s->lines.n_vectors == 1 ? 1 : c;
    double *y = NULL, *v = NULL;
    hone_status status;
    if ((status = hone_new(&y, n, err)) != HONE_OK ||
        (status = hone_new(&v, m + 1, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < n; i++)
        y[i] = (size_t)*hone_view_row(job->data->y, i) == positive ? 1 : -1;
    bool free_intercept = isinf(p->intercept_scaling);
    struct hone_machine f = {.data = job->data,
                             .u = job->u,
                             .y = y,
                             .n = n,
                             .m = m,
                             .d = m + p->fit_intercept,
                             .scale = free_intercept ? 1 : p->intercept_scaling,
                             .hinge = true,
                             .squared = p->loss == SQUARED_HINGE,
                             .absolute = p->penalty == L1,
                             .free_intercept = free_intercept,
                             .tol = p->tol,
                             .max_iter = (size_t)p->max_iter,
                             .seed = p->seed};
    if ((status = hone_machine_solve(&f, v, &job->ends[c], job->mon, err)) != HONE_OK)
        goto done;
    memcpy(s->lines.coef + c * m, v, m * sizeof *v);
    s->lines.intercept[c] = p->fit_intercept ? f.scale * v[m] : 0;
done:
    hone_release(y);
    hone_release(v);
    return status;
}

static hone_status tell_end(const struct job *job, hone_error *err) {
    struct state *s = job->s;
    double worst = 0;
    s->converged = 1;
    for (size_t c = 0; c < s->lines.n_vectors; c++) {
        s->n_iter = fmax(s->n_iter, (double)job->ends[c].n_iter);
        s->objective += job->ends[c].objective;
        s->converged = s->converged != 0 && job->ends[c].converged;
        worst = fmax(worst, job->ends[c].converged ? 0 : job->ends[c].violation);
    }
    for (size_t i = 0; i < s->lines.n_vectors * s->lines.n_columns; i++)
        if (!isfinite(s->lines.coef[i]))
            return hone_fail(err, HONE_ENUMERIC,
                             "linear_svc: the coefficient of column %zu is not finite; bring the "
                             "columns to a like scale",
                             i % s->lines.n_columns + 1);
    if (s->converged == 0)
        hone_monitor_warn(job->mon,
                          "linear_svc: stopped after %.0f iterations, violation %.1e > tol %.1e; "
                          "raise max_iter or scale the columns",
                          s->n_iter, worst, job->p->tol);
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    struct state *s = state;
    struct job job = {.p = params, .data = data, .s = s, .mon = mon};
    size_t n = hone_dataset_rows(data);
    double *u = NULL;
    hone_status status;
    if ((status = hone_lines_make(data, &s->lines, err)) != HONE_OK ||
        (status = hone_new(&job.ends, s->lines.n_vectors, err)) != HONE_OK ||
        (status = hone_new(&u, n, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < n; i++)
        u[i] = job.p->C * (data->weights ? data->weights[i] : 1);
    job.u = u;
    if ((status = hone_parallel(s->lines.n_vectors, fit_vector, &job, mon, err)) == HONE_OK)
        status = tell_end(&job, err);
done:
    hone_release(job.ends);
    hone_release(u);
    return status;
}

static const hone_sparse_slots SPARSE = {.decision = hone_lines_scores_sparse};

const hone_class hone_linear_svc = {
    .name = "linear_svc",
    .summary = "linear support vector classification, for many rows or columns",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING | HONE_TAG_SPARSE,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .decision = hone_lines_scores,
    .sparse = &SPARSE,
    .validate = hone_lines_validate,
    .check = check,
};
