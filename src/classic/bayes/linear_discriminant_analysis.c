/* linear_discriminant_analysis.c -- classes that are normal with one covariance S in common.
 *
 *     log p(k | x) = mean_k' S^-1 x - 1/2 mean_k' S^-1 mean_k + log prior_k + const
 *
 * With D' S D = I (discriminant.h) and T = B D = U diag(t) V', B_k = sqrt(prior_k) (mean_k - mean):
 * the discriminants are G = D V, in the order of the scatter t^2 between classes that they hold.
 *     coef_k = G G' (mean_k - mean),   transform(x) = G' (x - mean)
 * Shapes: X n x m, mean_k K x m, G m x r with r <= min(m, K - 1). Cost: O(n m min(n, m)).
 * Scores are taken from `mean`, as scikit-learn's solver svd does; its solvers lsqr and eigen
 * differ by a number common to all classes, which no probability sees. Reference: Hastie,
 * Tibshirani, Friedman 2009, section 4.3. */
#include "classic/classic.h"

#include "classic/bayes/class_moments.h"
#include "classic/bayes/discriminant.h"
#include "classic/linear/linear.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum solver { SOLVER_SVD, SOLVER_EIGEN };
static const char *const SOLVERS[] = {"svd", "eigen", NULL};
enum { SHRINK_NONE, SHRINK_AUTO };
static const char *const SHRINKS[] = {"none", "auto", NULL};
static const char *const COMPONENTS[] = {"auto", NULL};

struct params {
    int solver;
    hone_mixed shrinkage, n_components;
    hone_short_text priors;
    double tol;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_ENUM (params, solver, "svd", SOLVERS,                      "svd: of the scatter itself; eigen: of the covariance, which may shrink"),
    HONE_MIXED(params, shrinkage, "none", SHRINKS, "[0, 1]",        "of the covariance towards a multiple of the identity (solver=eigen); auto = Ledoit and Wolf's"),
    HONE_MIXED(params, n_components, "auto", COMPONENTS, "[1, inf)","discriminants that transform gives; auto = all, at most classes - 1"),
    HONE_TEXT (params, priors, "none", "none or {label:probability,...}", hone_class_priors_accept,
                                                                    "probabilities of the classes; none = their shares of the rows"),
    HONE_REAL (params, tol, 0.0001, "[0, inf)",                     "singular values of the scaled scatter up to here count as 0 (solver=svd)"),
    HONE_PARAM_END
};

struct state {
    struct hone_lines lines;
    size_t n_classes, n_components;
    double *means, *priors, *xbar;
    double *scalings, *explained_variance_ratio;
};

static const hone_attr ATTRS[] = {
    HONE_COUNT (state, n_classes,                               "classes"),
    HONE_LINES_ATTRS,
    HONE_COUNT (state, n_components,                            "discriminants"),
    HONE_ARRAY (state, means, n_classes, lines.n_columns,       "mean of each class"),
    HONE_VECTOR(state, priors, n_classes,                       "probability of each class"),
    HONE_VECTOR(state, xbar, lines.n_columns,                   "mean of the classes' means, by their priors"),
    HONE_ARRAY (state, scalings, lines.n_columns, n_components, "the discriminants, one a column"),
    HONE_VECTOR(state, explained_variance_ratio, n_components,  "share of the scatter between classes that each holds"),
    HONE_ATTR_END
};
/* clang-format on */

/* A fit under way. */
struct work {
    hone_class_stats stats;
    double *weight, *var; /* K, K x m */
    double *whiten;       /* m x rank */
    double *between;      /* K x rank: T */
    double *u, *t, *vt;   /* of T: K x r, r, r x rank */
    double *all, *proj;   /* m x r: G; K x r: (mean_k - mean)' G */
    size_t rank, r;
};

static void free_work(struct work *w) {
    hone_release(w->weight);
    hone_release(w->var);
    hone_release(w->whiten);
    hone_release(w->between);
    hone_release(w->u);
    hone_release(w->t);
    hone_release(w->vt);
    hone_release(w->all);
    hone_release(w->proj);
}

static hone_status check(const void *params, hone_error *err) {
    const struct params *p = params;
    if (p->solver == SOLVER_SVD && p->shrinkage.word != SHRINK_NONE)
        return hone_fail(err, HONE_EINVAL,
                         "solver=svd does not shrink; take "
                         "solver=eigen");
    return HONE_OK;
}

static hone_status class_stats(const struct params *p, const hone_dataset *data, struct state *s,
                               struct work *w, const hone_monitor *mon, hone_error *err) {
    size_t k = s->n_classes, m = s->lines.n_columns;
    hone_status status;
    if ((status = hone_new(&w->weight, k, err)) || (status = hone_new2(&w->var, k, m, err)) ||
        (status = hone_new2(&s->means, k, m, err)) || (status = hone_new(&s->priors, k, err)) ||
        (status = hone_new(&s->xbar, m, err)) ||
        (status = hone_class_moments(data, k, w->weight, s->means, w->var, mon, err)) ||
        (status = hone_class_priors(p->priors.s, "linear_discriminant_analysis",
                                    &data->schema->targets[0], w->weight, s->priors, err)))
        return status;
    for (size_t c = 0; c < k * m; c++)
        s->xbar[c % m] += s->priors[c / m] * s->means[c];
    w->stats = (hone_class_stats){k, m, w->weight, s->priors, s->means, w->var};
    return HONE_OK;
}

/* The directions G of the scatter between classes, all that hold any. */
static hone_status find_directions(const struct state *s, struct work *w, double tol,
                                   hone_error *err) {
    size_t k = s->n_classes, m = s->lines.n_columns, least = k < w->rank ? k : w->rank;
    double *apart = NULL;
    hone_status status;
    if ((status = hone_new2(&apart, k, m, err)) ||
        (status = hone_new2(&w->between, k, w->rank, err)) ||
        (status = hone_new2(&w->u, k, least, err)) || (status = hone_new(&w->t, least, err)) ||
        (status = hone_new2(&w->vt, least, w->rank, err)) ||
        (status = hone_new2(&w->all, m, least, err)) ||
        (status = hone_new2(&w->proj, k, least, err)))
        goto done;
    for (size_t c = 0; c < k * m; c++)
        apart[c] = sqrt(s->priors[c / m]) * (s->means[c] - s->xbar[c % m]);
    hone_dgemm(false, false, k, w->rank, m, 1, apart, m, w->whiten, w->rank, 0, w->between,
               w->rank);
    if ((status = hone_svd(w->between, k, w->rank, w->u, w->t, w->vt, err)))
        goto done;
    for (w->r = 0; w->r < least && w->t[w->r] > tol * w->t[0];)
        w->r++;
    hone_dgemm(false, true, m, w->r, w->rank, 1, w->whiten, w->rank, w->vt, w->rank, 0, w->all,
               w->r);
    for (size_t c = 0; c < k * m; c++)
        apart[c] = s->means[c] - s->xbar[c % m];
    hone_dgemm(false, false, k, w->r, m, 1, apart, m, w->all, w->r, 0, w->proj, w->r);
done:
    hone_release(apart);
    return status;
}

/* The sign of a direction is free: its largest entry is made positive. */
static double sign_of(const double *all, size_t m, size_t r, size_t c) {
    double most = 0;
    for (size_t j = 0; j < m; j++)
        most = fabs(all[j * r + c]) > fabs(most) ? all[j * r + c] : most;
    return most < 0 ? -1 : 1;
}

static hone_status keep_directions(const struct params *p, struct state *s, const struct work *w,
                                   hone_error *err) {
    size_t m = s->lines.n_columns, most = s->n_classes - 1 < m ? s->n_classes - 1 : m;
    double wanted = p->n_components.word < 0 ? p->n_components.value : (double)most, total = 0;
    hone_status status;
    if (wanted > (double)most)
        return hone_fail(err, HONE_EINVAL,
                         "linear_discriminant_analysis: n_components must be at most %zu (columns, "
                         "and classes - 1), got %g",
                         most, wanted);
    s->n_components = (size_t)wanted < w->r ? (size_t)wanted : w->r;
    if ((status = hone_new2(&s->scalings, m, s->n_components, err)) ||
        (status = hone_new(&s->explained_variance_ratio, s->n_components, err)))
        return status;
    for (size_t c = 0; c < w->r; c++)
        total += w->t[c] * w->t[c];
    for (size_t c = 0; c < s->n_components; c++) {
        double sign = sign_of(w->all, m, w->r, c);
        s->explained_variance_ratio[c] = w->t[c] * w->t[c] / total;
        for (size_t j = 0; j < m; j++)
            s->scalings[j * s->n_components + c] = sign * w->all[j * w->r + c];
    }
    return HONE_OK;
}

/* coef_k = G G' (mean_k - mean); intercept_k = log prior_k - |G' (mean_k - mean)|^2 / 2 - coef_k'
 * mean; for two classes the differences. */
static hone_status keep_coefficients(struct state *s, const struct work *w, hone_error *err) {
    size_t k = s->n_classes, m = s->lines.n_columns;
    double *coef = NULL, *intercept = NULL;
    hone_status status;
    if ((status = hone_new2(&coef, k, m, err)) || (status = hone_new(&intercept, k, err)))
        goto done;
    hone_dgemm(false, true, k, m, w->r, 1, w->proj, w->r, w->all, w->r, 0, coef, m);
    for (size_t c = 0; c < k; c++)
        intercept[c] = log(s->priors[c]) -
                       hone_ddot(w->r, w->proj + c * w->r, w->proj + c * w->r) / 2 -
                       hone_ddot(m, coef + c * m, s->xbar);
    for (size_t v = 0; v < s->lines.n_vectors; v++) {
        const double *from = coef + (k == 2 ? m : v * m);
        for (size_t j = 0; j < m; j++)
            s->lines.coef[v * m + j] = from[j] - (k == 2 ? coef[j] : 0);
        s->lines.intercept[v] = k == 2 ? intercept[1] - intercept[0] : intercept[v];
    }
done:
    hone_release(coef);
    hone_release(intercept);
    return status;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    struct work w = {.rank = 0};
    double given = p->shrinkage.word < 0 ? p->shrinkage.value : 0;
    hone_within how = {p->solver == SOLVER_SVD, p->shrinkage.word == SHRINK_AUTO ? -1 : given,
                       p->tol};
    hone_status status;
    s->n_classes = hone_fit_classes(data);
    if ((status = hone_lines_make(data, &s->lines, err)) ||
        (status = class_stats(p, data, s, &w, mon, err)) ||
        (status = hone_whiten_within(data, &w.stats, how, &w.whiten, &w.rank, mon, err)) ||
        (status = find_directions(s, &w, p->tol, err)) ||
        (status = keep_directions(p, s, &w, err)) || (status = keep_coefficients(s, &w, err)))
        goto done;
done:
    free_work(&w);
    return status;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct state *s = state;
    hone_status status = hone_lines_scores(params, s, x, out, err);
    if (status == HONE_OK)
        hone_linear_softmax(x.rows, s->lines.n_vectors, out);
    return status;
}

static hone_status transform(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err) {
    const struct state *s = state;
    size_t r = s->n_components;
    (void)params, (void)err;
    for (size_t i = 0; i < x.rows; i++) {
        memset(out + i * r, 0, r * sizeof *out);
        for (size_t j = 0; j < x.cols; j++)
            for (size_t c = 0; c < r; c++)
                out[i * r + c] += (hone_view_row(x, i)[j] - s->xbar[j]) * s->scalings[j * r + c];
    }
    return HONE_OK;
}

static hone_status output_schema(const void *params, const void *state, const hone_schema *input,
                                 hone_schema **out, hone_error *err) {
    const struct state *s = state;
    (void)params, (void)input;
    return hone_schema_numbered("discriminant", s->n_components, out, err);
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct state *s = state;
    if (s->n_classes != n_classes)
        return hone_fail(err, HONE_EFORMAT, "has means of %zu classes, expected %zu", s->n_classes,
                         n_classes);
    return hone_lines_validate(params, state, n_cols, n_classes, err);
}

const hone_class hone_linear_discriminant_analysis = {
    .name = "linear_discriminant_analysis",
    .summary = "classes that are normal with one covariance in common",
    .alias = "lda",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict_proba = predict_proba,
    .decision = hone_lines_scores,
    .transform = transform,
    .output_schema = output_schema,
    .validate = validate,
    .check = check,
};
