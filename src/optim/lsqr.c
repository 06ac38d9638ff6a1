/* lsqr.c -- Golub and Kahan's bidiagonalisation of A, and a QR of the bidiagonal matrix beside it.
 *
 *   beta u = A v - alpha u,  alpha v = A'u - beta v
 * in exact arithmetic the iterates of conjugate gradients on the normal equations, with A's
 * condition where those have its square. With damp, A stands on damp I, whose rows are turned away
 * as they come. Cost: one product with A and one with A' per step, 2 m + n doubles.
 * Reference: Paige & Saunders 1982. */
#include "optim/lsqr.h"

#include "core/alloc.h"
#include "core/parallel.h"
#include "optim/line_search.h"

#include <math.h>
#include <string.h>

struct lsqr {
    const hone_operator *a;
    double *u, *v, *w, *x, *next_u, *next_v; /* n, m, m, m, n, m */
    double damp, alpha, rho_bar, phi_bar, norm2, start, damped2;
};

/* Divides by the length, which it tells. */
static double normalise(size_t n, double *x) {
    double length = sqrt(hone_inner(n, x, x));
    for (size_t i = 0; length > 0 && i < n; i++)
        x[i] /= length;
    return length;
}

static hone_status begin(struct lsqr *s, const hone_monitor *mon, hone_error *err) {
    double beta = normalise(s->a->n, s->u);
    hone_status status = s->a->back(s->a->context, s->u, s->v, mon, err);
    if (status != HONE_OK)
        return status;
    s->alpha = normalise(s->a->m, s->v);
    memcpy(s->w, s->v, s->a->m * sizeof *s->w);
    memset(s->x, 0, s->a->m * sizeof *s->x);
    s->phi_bar = s->start = beta;
    s->rho_bar = s->alpha;
    return HONE_OK;
}

/* The next pair of vectors; *beta belongs to u. */
static hone_status bidiagonalise(struct lsqr *s, double *beta, const hone_monitor *mon,
                                 hone_error *err) {
    size_t n = s->a->n, m = s->a->m;
    hone_status status = s->a->times(s->a->context, s->v, s->next_u, mon, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        s->u[i] = s->next_u[i] - s->alpha * s->u[i];
    *beta = normalise(n, s->u);
    s->norm2 += s->alpha * s->alpha + *beta * *beta + s->damp * s->damp;
    if ((status = s->a->back(s->a->context, s->u, s->next_v, mon, err)) != HONE_OK)
        return status;
    for (size_t j = 0; j < m; j++)
        s->v[j] = s->next_v[j] - *beta * s->v[j];
    s->alpha = normalise(m, s->v);
    return HONE_OK;
}

/* Turns damp and beta away and moves x. True when the residual or its gradient is small. */
static bool advance(struct lsqr *s, double beta, double tol) {
    double rho1 = hypot(s->rho_bar, s->damp), psi = s->damp / rho1 * s->phi_bar;
    double phi_bar = s->rho_bar / rho1 * s->phi_bar;
    double rho = hypot(rho1, beta), c = rho1 / rho, sine = beta / rho;
    double theta = sine * s->alpha, phi = c * phi_bar;
    s->rho_bar = -c * s->alpha;
    s->phi_bar = sine * phi_bar;
    s->damped2 += psi * psi;
    for (size_t j = 0; j < s->a->m; j++) {
        s->x[j] += phi / rho * s->w[j];
        s->w[j] = s->v[j] - theta / rho * s->w[j];
    }
    double residual = sqrt(s->phi_bar * s->phi_bar + s->damped2);
    double gradient = s->alpha * fabs(c * s->phi_bar);
    return residual <= tol * s->start || gradient <= tol * sqrt(s->norm2) * residual;
}

hone_status hone_lsqr(const hone_operator *a, double *d, double damp, double tol, size_t max_iter,
                      double *x, size_t *n_iter, int *converged, const hone_monitor *mon,
                      hone_error *err) {
    struct lsqr s = {.a = a, .u = d, .x = x, .damp = damp};
    hone_status status;
    *n_iter = 0, *converged = 1;
    if ((status = hone_new(&s.v, a->m, err)) != HONE_OK ||
        (status = hone_new(&s.w, a->m, err)) != HONE_OK ||
        (status = hone_new(&s.next_v, a->m, err)) != HONE_OK ||
        (status = hone_new(&s.next_u, a->n, err)) != HONE_OK ||
        (status = begin(&s, mon, err)) != HONE_OK)
        goto done;
    *converged = s.alpha == 0;
    while (!*converged && *n_iter < max_iter) {
        double beta;
        if ((status = bidiagonalise(&s, &beta, mon, err)) != HONE_OK ||
            (status = hone_monitor_poll(mon, err)) != HONE_OK)
            goto done;
        *converged = advance(&s, beta, tol);
        ++*n_iter;
    }
done:
    hone_release(s.v);
    hone_release(s.w);
    hone_release(s.next_v);
    hone_release(s.next_u);
    return status;
}
