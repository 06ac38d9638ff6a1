/* objective.h -- value, gradient and Newton step of logistic regression.
 *
 *   f(V) = sum_i u_i loss(V t_i, y_i) + 1/2 sum_kj penalty_j V_kj^2
 * with the logistic loss of one vector for two classes (k = 1), else that of softmax (k >= 3). */
#ifndef HONE_LOGISTIC_OBJECTIVE_H
#define HONE_LOGISTIC_OBJECTIVE_H

#include "classic/logistic/rows.h"
#include "linalg/linalg.h"
#include "optim/lbfgs.h"

#include <stdint.h>

struct hone_logistic {
    /* the problem, borrowed */
    struct hone_logistic_rows rows;
    const uint32_t *y;      /* n class codes */
    const double *u;        /* n weights, their sum is 1 */
    const double *penalty;  /* d, >= 0, of squares */
    const double *penalty1; /* d, >= 0, of absolute values; coordinate and gradient descent only */
    size_t k;               /* vectors */
    double firth;           /* the sum of weights where the penalty is Firth's, else 0 */
    double curvature;       /* p (1 - p), the mean over classes, of every row at the start */
    bool cold;              /* V says nothing of the columns yet */
    /* work areas, made by hone_logistic_create() */
    hone_cut cut;
    size_t block;         /* rows between two looks at memory */
    double *parts;        /* chunks x (1 + k (m + 1)): value and sums of each chunk */
    double *row_part;     /* n: u times p (1 - p), the mean over classes, of the last evaluation */
    double *proba;        /* n x k of the last evaluation; for exact Hessians of softmax only */
    double *hessian;      /* (k d)^2, Newton only */
    double *factor;       /* (k d)^2, Newton only */
    double last_gradient; /* largest entry at the last step of Newton, 0 before */
    double shift;         /* what makes the Hessian of softmax definite (newton.c) */
    double *whiten;       /* d x d, lower, once there is a metric */
    double *point;        /* k x d, the same */
    double *raw;          /* k x (m + 1): where it is being evaluated, for columns as they came */
};

/* Makes the work areas for a problem whose upper half is filled in; exact: for Hessians too. Free
 * with hone_logistic_free(), after a failure too; it leaves the problem as it was. */
HONE_NODISCARD hone_status hone_logistic_create(struct hone_logistic *f, bool exact,
                                                hone_error *err);
void hone_logistic_free(struct hone_logistic *f);

/* Changes the variables to U = V L with L L' the mean Hessian of a vector at the last evaluation:
 * in U it is I, and L-BFGS needs few steps however the columns are scaled and correlated.
 * Without a factor of it nothing changes. n d^2 + d^3 / 3 flops. */
HONE_NODISCARD hone_status hone_logistic_whiten(struct hone_logistic *f, const hone_monitor *mon,
                                                hone_error *err);
/* V of U and back, in place (k x d); nothing to do without whitening. */
HONE_NODISCARD hone_status hone_logistic_to_v(const struct hone_logistic *f, double *v,
                                              hone_error *err);
HONE_NODISCARD hone_status hone_logistic_to_u(const struct hone_logistic *f, double *v,
                                              hone_error *err);

/* Slots of a hone_objective; context: the struct above; x: V, or U if whitened (k x d). */
hone_status hone_logistic_value(void *context, const double *v, double *value, double *g,
                                const hone_monitor *mon, hone_error *err);
hone_status hone_logistic_newton(void *context, const double *v, const double *g, double *p,
                                 const hone_monitor *mon, hone_error *err);

/* Lower triangle of the Hessian at the last evaluation, without penalties, of the columns pick[0 ..
 * p) (ascending; NULL: all d) of every vector: out (k p)^2. Overwrites row_part if k > 1. */
HONE_NODISCARD hone_status hone_logistic_hessian(struct hone_logistic *f, const size_t *pick,
                                                 size_t p, double *out, const hone_monitor *mon,
                                                 hone_error *err);

/* f->hessian = the Hessian at the last evaluation (lower triangle) with penalty and, for softmax,
 * f->shift on the diagonals of the blocks; f->factor = room of that size. */
HONE_NODISCARD hone_status hone_logistic_curvature(struct hone_logistic *f, const hone_monitor *mon,
                                                   hone_error *err);
/* f->factor = Cholesky factor of f->hessian + r I with the smallest r that will do; false when none
 * does. */
bool hone_logistic_factorise(struct hone_logistic *f);

/* Slots with Firth's penalty (k = 1): f(V) - log det(H) / 2 per weight, and a step with H. */
hone_status hone_logistic_firth_value(void *context, const double *v, double *value, double *g,
                                      const hone_monitor *mon, hone_error *err);
hone_status hone_logistic_firth_step(void *context, const double *v, const double *g, double *p,
                                     const hone_monitor *mon, hone_error *err);

enum hone_logistic_solver {
    HONE_LOGISTIC_AUTO,
    HONE_LOGISTIC_LBFGS,
    HONE_LOGISTIC_NEWTON,
    HONE_LOGISTIC_COORDINATES,
    HONE_LOGISTIC_GD,
    HONE_LOGISTIC_SGD,
    HONE_LOGISTIC_MINI_BATCH
};

/* Makes the work areas and minimises; V (k x d) is start and result. */
HONE_NODISCARD hone_status hone_logistic_minimise(struct hone_logistic *f,
                                                  enum hone_logistic_solver solver,
                                                  const hone_stop *stop, double *v,
                                                  hone_minimum *out, const hone_monitor *mon,
                                                  hone_error *err);

/* Moves V to the minimum over a share of the rows where there are many; then f->cold is false. */
HONE_NODISCARD hone_status hone_logistic_start(struct hone_logistic *f,
                                               enum hone_logistic_solver solver, double *v,
                                               const hone_monitor *mon, hone_error *err);

/* The same with absolute values in the penalty (penalty1); coordinates.c. */
HONE_NODISCARD hone_status hone_logistic_coordinates(struct hone_logistic *f, const hone_stop *stop,
                                                     double *v, hone_minimum *out,
                                                     const hone_monitor *mon, hone_error *err);

#endif
