/* linear_machine.h -- linear support vector machines: one vector of coefficients, two kinds of
 * losses, shared by linear_svc.c, linear_svr.c and linear_machine_*.c.
 *
 *   F(v) = R(v) + sum_i u_i l(z_i, y_i),  z_i = x_i'v + scale v_m,  R = |v|^2 / 2 or |v|_1
 * The intercept is scale v_m; it is penalised like a coefficient unless `free_intercept`, where
 * scale is 1. Classes are y = -1 and 1:
 *   hinge  max(0, 1 - y z)^power,  epsilon-insensitive  max(0, |z - y| - epsilon)^power
 * Shapes: X n x m, u and y n, v d = m + intercept. */
#ifndef HONE_LINEAR_LINEAR_MACHINE_H
#define HONE_LINEAR_LINEAR_MACHINE_H

#include <hone/dataset.h>
#include <hone/monitor.h>

#include <stdbool.h>

struct hone_machine {
    const hone_dataset *data; /* borrowed, as u and y */
    const double *u, *y;
    size_t n, m, d;
    double scale, epsilon;
    bool hinge, squared, absolute, free_intercept; /* absolute: R = |v|_1 */
    double tol;
    size_t max_iter;
    uint64_t seed;
};

struct hone_machine_end {
    double objective, violation; /* violation: as tol measures it */
    size_t n_iter;
    bool converged;
};

/* Minimises from v (d), which becomes the result, by what suits losses and penalty. */
HONE_NODISCARD hone_status hone_machine_solve(const struct hone_machine *f, double *v,
                                              struct hone_machine_end *out, const hone_monitor *mon,
                                              hone_error *err);

/* z (n) = X v. */
HONE_NODISCARD hone_status hone_machine_scores(const struct hone_machine *f, const double *v,
                                               double *z, const hone_monitor *mon, hone_error *err);
/* Sum of losses; e (n) or NULL: half their derivatives by z, without u, and 0 where there is no
 * loss (of squared losses). */
double hone_machine_losses(const struct hone_machine *f, const double *z, double *e);
/* g (d) = 2 sum_i u_i e_i (x_i, scale). */
HONE_NODISCARD hone_status hone_machine_gradient(const struct hone_machine *f, const double *e,
                                                 double *g, const hone_monitor *mon,
                                                 hone_error *err);
/* Lower triangle of H (p x p) = 2 sum_{e_i != 0} u_i t_i t_i', t_i the columns pick (p, ascending;
 * m is the intercept's) of (x_i, scale). */
HONE_NODISCARD hone_status hone_machine_hessian(const struct hone_machine *f, const double *e,
                                                const size_t *pick, size_t p, double *h,
                                                const hone_monitor *mon, hone_error *err);

/* The three ways: Newton (squared losses and penalty), Newton with coordinate descent within
 * (squared losses, absolute penalty), dual coordinate descent (squared penalty without a free
 * intercept). */
HONE_NODISCARD hone_status hone_machine_newton(const struct hone_machine *f, double *v,
                                               struct hone_machine_end *out,
                                               const hone_monitor *mon, hone_error *err);
HONE_NODISCARD hone_status hone_machine_absolute(const struct hone_machine *f, double *v,
                                                 struct hone_machine_end *out,
                                                 const hone_monitor *mon, hone_error *err);
HONE_NODISCARD hone_status hone_machine_dual(const struct hone_machine *f, double *v,
                                             struct hone_machine_end *out, const hone_monitor *mon,
                                             hone_error *err);

#endif
