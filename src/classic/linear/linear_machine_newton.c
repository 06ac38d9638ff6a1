/* linear_machine_newton.c -- squared losses and a squared penalty: Newton's method.
 *
 *   g = v + 2 sum u e x,  H = I + 2 sum_{e != 0} u x x'
 * F has a kink in its second derivative only; where the set of rows with a loss stays the same a
 * step is exact, and the search ends after a few. H by Cholesky for up to MOST_DIRECT columns, else
 * conjugate gradients on products with X, to a residual that shrinks with the gradient.
 * Shapes: v d. Cost: n m + n_e d^2 + d^3 / 3 per step; 2 n m per product of conjugate gradients.
 * Reference: Keerthi & DeCoste 2005; Lin, Weng & Keerthi 2008.                                 */
#include "classic/linear/linear_machine_few.h"

#include "classic/linear/data_rows.h"
#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "linalg/linalg.h"
#include "optim/line_search.h"

#include <math.h>
#include <string.h>

#define MOST_DIRECT   ((size_t)1500)
#define MOST_PRODUCTS 500

struct newton {
    const struct hone_machine *f;
    double *z, *e;               /* n */
    double *h;                   /* d x d, or NULL: by products */
    size_t *pick;                /* d */
    double *r, *q, *hq;          /* d */
    double first;                /* largest entry of the gradient at v = 0 */
    struct hone_machine_few few; /* where rows and columns are few, with its own */
    double *y, *u, *pull;        /* stride; then z and e are too */
};

static double share(const struct hone_machine *f, size_t j) {
    return j == f->m && f->free_intercept ? 0 : 1;
}

/* ---- few rows and columns -------------------------------------------------------------------- */

static hone_status value_gradient_of_few(void *context, const double *v, double *value, double *g,
                                         const hone_monitor *mon, hone_error *err) {
    struct newton *s = context;
    const struct hone_machine *f = s->f;
    hone_machine_few_scores(&s->few, v, s->z);
    *value = hone_machine_few_losses(f, s->few.stride, s->z, s->y, s->u, s->e, s->pull);
    hone_machine_few_back(&s->few, s->pull, g);
    for (size_t j = 0; j < f->d; j++) {
        *value += share(f, j) * v[j] * v[j] / 2;
        g[j] += share(f, j) * v[j];
    }
    return hone_monitor_poll(mon, err);
}

/* H's diagonal with what the penalty adds. */
static void penalise(const struct newton *s) {
    for (size_t j = 0; j < s->f->d; j++)
        s->h[j * (s->f->d + 1)] += share(s->f, j) + (share(s->f, j) == 0 ? 1e-12 : 0);
}

static hone_status step_of_few(void *context, const double *v, const double *g, double *p,
                               const hone_monitor *mon, hone_error *err) {
    struct newton *s = context;
    size_t d = s->f->d;
    (void)v, (void)mon;
    for (size_t i = 0; i < s->few.stride; i++)
        s->pull[i] = s->e[i] != 0 ? 2 * s->u[i] : 0;
    hone_machine_few_gram(&s->few, s->pull, s->h);
    penalise(s);
    for (size_t j = 0; j < d; j++)
        p[j] = -g[j];
    if (!hone_machine_few_factor(s->h, d))
        return hone_fail(err, HONE_ENUMERIC, "the Hessian of the losses is not positive definite");
    hone_machine_few_solve(s->h, d, p);
    return HONE_OK;
}

/* ---- any shape ------------------------------------------------------------------------------- */

static hone_status value_gradient(void *context, const double *v, double *value, double *g,
                                  const hone_monitor *mon, hone_error *err) {
    struct newton *s = context;
    const struct hone_machine *f = s->f;
    hone_status status = hone_machine_scores(f, v, s->z, mon, err);
    if (status != HONE_OK)
        return status;
    *value = hone_machine_losses(f, s->z, s->e);
    if ((status = hone_machine_gradient(f, s->e, g, mon, err)) != HONE_OK)
        return status;
    for (size_t j = 0; j < f->d; j++) {
        *value += share(f, j) * v[j] * v[j] / 2;
        g[j] += share(f, j) * v[j];
    }
    return HONE_OK;
}

static hone_status direct_step(struct newton *s, const double *g, double *p,
                               const hone_monitor *mon, hone_error *err) {
    const struct hone_machine *f = s->f;
    size_t d = f->d;
    hone_status status = hone_machine_hessian(f, s->e, s->pick, d, s->h, mon, err);
    if (status != HONE_OK)
        return status;
    penalise(s);
    for (size_t j = 0; j < d; j++)
        p[j] = -g[j];
    if ((status = hone_cholesky(s->h, d, d, err)) != HONE_OK)
        return status;
    return hone_cholesky_solve(s->h, d, d, p, 1, 1, err);
}

/* hq = H q. Overwrites z. */
static hone_status product(struct newton *s, const hone_monitor *mon, hone_error *err) {
    const struct hone_machine *f = s->f;
    hone_status status = hone_machine_scores(f, s->q, s->z, mon, err);
    for (size_t i = 0; i < f->n; i++)
        s->z[i] = s->e[i] != 0 ? s->z[i] : 0;
    if (status == HONE_OK)
        status = hone_machine_gradient(f, s->z, s->hq, mon, err);
    for (size_t j = 0; j < f->d; j++)
        s->hq[j] += share(f, j) * s->q[j];
    return status;
}

static hone_status gradients_step(struct newton *s, const double *g, double *p,
                                  const hone_monitor *mon, hone_error *err) {
    size_t d = s->f->d;
    double square = hone_inner(d, g, g), now = square;
    double forcing = fmin(0.1, sqrt(hone_max_abs(d, g) / s->first));
    memset(p, 0, d * sizeof *p);
    for (size_t j = 0; j < d; j++)
        s->r[j] = s->q[j] = -g[j];
    for (int k = 0; k < MOST_PRODUCTS && now > forcing * forcing * square; k++) {
        hone_status status = product(s, mon, err);
        if (status != HONE_OK || (status = hone_monitor_poll(mon, err)) != HONE_OK)
            return status;
        double curve = hone_inner(d, s->q, s->hq), before = now;
        if (!(curve > 0))
            break;
        for (size_t j = 0; j < d; j++) {
            p[j] += now / curve * s->q[j];
            s->r[j] -= now / curve * s->hq[j];
        }
        now = hone_inner(d, s->r, s->r);
        for (size_t j = 0; j < d; j++)
            s->q[j] = s->r[j] + now / before * s->q[j];
    }
    return HONE_OK;
}

static hone_status newton_step(void *context, const double *v, const double *g, double *p,
                               const hone_monitor *mon, hone_error *err) {
    struct newton *s = context;
    (void)v;
    return s->h ? direct_step(s, g, p, mon, err) : gradients_step(s, g, p, mon, err);
}

static hone_status make_few(const struct hone_machine *f, struct newton *s, hone_error *err) {
    hone_status status;
    if ((status = hone_machine_few_create(f, &s->few, err)) != HONE_OK ||
        (status = hone_new2(&s->z, 5, s->few.stride, err)) != HONE_OK)
        return status;
    s->e = s->z + s->few.stride, s->y = s->e + s->few.stride;
    s->u = s->y + s->few.stride, s->pull = s->u + s->few.stride;
    memcpy(s->y, f->y, f->n * sizeof *s->y);
    memcpy(s->u, f->u, f->n * sizeof *s->u);
    return HONE_OK;
}

static hone_status make_any(const struct hone_machine *f, struct newton *s, hone_error *err) {
    hone_status status;
    if ((status = hone_new2(&s->z, 2, f->n, err)) != HONE_OK ||
        (status = hone_new(&s->pick, f->d, err)) != HONE_OK)
        return status;
    s->e = s->z + f->n;
    for (size_t j = 0; j < f->d; j++)
        s->pick[j] = j;
    return HONE_OK;
}

static hone_status make_newton(const struct hone_machine *f, bool few, struct newton *s,
                               hone_error *err) {
    hone_status status;
    *s = (struct newton){.f = f};
    if ((status = few ? make_few(f, s, err) : make_any(f, s, err)) != HONE_OK ||
        (status = hone_new2(&s->r, 3, f->d, err)) != HONE_OK)
        return status;
    s->q = s->r + f->d, s->hq = s->q + f->d;
    return f->d <= MOST_DIRECT ? hone_new2(&s->h, f->d, f->d, err) : HONE_OK;
}

static void free_newton(struct newton *s) {
    hone_machine_few_free(&s->few);
    hone_release(s->z);
    hone_release(s->h);
    hone_release(s->pick);
    hone_release(s->r);
}

hone_status hone_machine_newton(const struct hone_machine *f, double *v,
                                struct hone_machine_end *out, const hone_monitor *mon,
                                hone_error *err) {
    struct newton s;
    hone_minimum end;
    double value;
    bool few = hone_machine_few_suit(f);
    hone_objective objective = {&s, f->d, few ? value_gradient_of_few : value_gradient,
                                few ? step_of_few : newton_step};
    hone_status status = make_newton(f, few, &s, err);
    if (status != HONE_OK || /* the gradient at 0 is the unit */
        (status = objective.value_gradient(&s, s.q, &value, s.r, mon, err)) != HONE_OK)
        goto done;
    s.first = hone_max_abs(f->d, s.r);
    hone_stop stop = {.tol = f->tol * s.first, .max_iter = f->max_iter};
    if ((status = hone_newton(&objective, &stop, v, &end, mon, err)) != HONE_OK)
        goto done;
    *out = (struct hone_machine_end){end.value, s.first > 0 ? end.gradient / s.first : 0,
                                     end.n_iter, end.converged};
done:
    free_newton(&s);
    return status;
}
