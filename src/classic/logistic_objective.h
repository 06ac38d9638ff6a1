/* logistic_objective.h -- value, gradient and Newton step of logistic regression.
 *
 *   f(V) = sum_i u_i loss(V x_i, y_i) + 1/2 sum_kj penalty_j V_kj^2
 * with the logistic loss of one vector for two classes (k = 1), else that of softmax (k >= 3). */
#ifndef HONE_CLASSIC_LOGISTIC_OBJECTIVE_H
#define HONE_CLASSIC_LOGISTIC_OBJECTIVE_H

#include "linalg/linalg.h"
#include "optim/lbfgs.h"

#include <stdint.h>

struct hone_logistic {
    /* the problem, borrowed */
    hone_view x;           /* n x d, packed */
    const uint32_t *y;     /* n class codes */
    const double *u;       /* n weights, their sum is 1 */
    const double *penalty; /* d, >= 0 */
    size_t k;              /* vectors */
    double curvature;      /* p (1 - p), the mean over classes, of every row at the start */
    /* work areas, made by hone_logistic_create() */
    hone_cut cut;
    size_t block;     /* rows between two looks at memory */
    double *parts;    /* chunks x (1 + k d): value and gradient of each chunk */
    double *scratch;  /* chunks x block x (k + 2) */
    double *row_part; /* n: u times p (1 - p), the mean over classes, of the last evaluation */
    double *proba;    /* n x k of the last evaluation; Newton on softmax only */
    double *gram;     /* d^2, the same */
    double *hessian;  /* (k d)^2, Newton only */
    double *factor;   /* (k d)^2, Newton only */
    double *whiten;   /* d x d, lower, once there is a metric */
    double *point;    /* k x d, the same */
    const double *v;  /* k x d: where it is being evaluated */
};

/* Makes the work areas for a problem whose upper half is filled in. Free with
 * hone_logistic_free(), after a failure too. */
HONE_NODISCARD hone_status hone_logistic_create(struct hone_logistic *f, bool newton,
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

enum hone_logistic_solver { HONE_LOGISTIC_AUTO, HONE_LOGISTIC_LBFGS, HONE_LOGISTIC_NEWTON };

/* Makes the work areas and minimises; V (k x d) is start and result. */
HONE_NODISCARD hone_status hone_logistic_minimise(struct hone_logistic *f,
                                                  enum hone_logistic_solver solver,
                                                  const hone_stop *stop, double *v,
                                                  hone_minimum *out, const hone_monitor *mon,
                                                  hone_error *err);

#endif
