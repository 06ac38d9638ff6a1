/* lbfgs.h -- minimisers over callbacks; know nothing of models. */
#ifndef HONE_OPTIM_LBFGS_H
#define HONE_OPTIM_LBFGS_H

#include <hone/monitor.h>

#include <stddef.h>

/* A smooth function of n variables. */
typedef struct hone_objective {
    void *context;
    size_t n;
    /* Value at x (n) and gradient g (n). */
    hone_status (*value_gradient)(void *context, const double *x, double *value, double *g,
                                  const hone_monitor *mon, hone_error *err);
    /* (for Newton) Solves H p = -g at the x of the last value_gradient call; p: n. */
    hone_status (*newton_step)(void *context, const double *x, const double *g, double *p,
                               const hone_monitor *mon, hone_error *err);
} hone_objective;

typedef struct hone_stop {
    double tol;      /* stop when max |g_i| <= tol */
    size_t max_iter; /* most iterations */
    double first;    /* first step of L-BFGS along -g, e.g. 1 where the Hessian is about I;
                        0 = 1 / |g| */
} hone_stop;

typedef struct hone_minimum {
    double value, gradient; /* at the end; gradient: its largest entry */
    size_t n_iter;
    int converged; /* gradient <= tol, or no step makes the value smaller in double precision */
} hone_minimum;

/* Limited-memory BFGS with a strong Wolfe line search; x (n) is start and result. Running out
 * of iterations is HONE_OK with converged = 0. Reference: Nocedal & Wright 2006, ch. 7. */
HONE_NODISCARD hone_status hone_lbfgs(const hone_objective *f, const hone_stop *stop, double *x,
                                      hone_minimum *out, const hone_monitor *mon, hone_error *err);
/* Newton with the objective's own step and backtracking. Same conventions. */
HONE_NODISCARD hone_status hone_newton(const hone_objective *f, const hone_stop *stop, double *x,
                                       hone_minimum *out, const hone_monitor *mon, hone_error *err);

#endif
