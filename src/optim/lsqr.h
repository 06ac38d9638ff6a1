/* lsqr.h -- least squares by products with A and A' alone; knows nothing of models. */
#ifndef HONE_OPTIM_LSQR_H
#define HONE_OPTIM_LSQR_H

#include <hone/monitor.h>

#include <stddef.h>

/* A (n x m), by what it does. */
typedef struct hone_operator {
    void *context;
    size_t n, m;
    /* out (n) = A v, v: m; and out (m) = A'u, u: n. */
    hone_status (*times)(void *context, const double *v, double *out, const hone_monitor *mon,
                         hone_error *err);
    hone_status (*back)(void *context, const double *u, double *out, const hone_monitor *mon,
                        hone_error *err);
} hone_operator;

/* x (m) minimises |A x - d|^2 + damp^2 |x|^2; of several that do, the one of least norm. d (n) is
 * overwritten. Stops when |A'r| <= tol |A| |r| or |r| <= tol |d|, or after max_iter steps
 * (*converged is then 0). Reference: Paige & Saunders 1982. */
HONE_NODISCARD hone_status hone_lsqr(const hone_operator *a, double *d, double damp, double tol,
                                     size_t max_iter, double *x, size_t *n_iter, int *converged,
                                     const hone_monitor *mon, hone_error *err);

#endif
