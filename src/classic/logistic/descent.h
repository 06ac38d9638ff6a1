/* descent.h -- what coordinates.c and model.c share. */
#ifndef HONE_LOGISTIC_DESCENT_H
#define HONE_LOGISTIC_DESCENT_H

#include "classic/logistic/objective.h"

#include <math.h>

/* A search under way. Variable i of the k p at work is column pick[i % p] of vector i / p. */
struct hone_logistic_descent {
    struct hone_logistic *f;
    size_t k, d, p; /* p columns at work */
    double *v, *g;  /* k x d */
    double *trial, *g_trial;
    double value;         /* F at v */
    size_t *pick;         /* d: the first p are at work, ascending */
    uint64_t *key;        /* d */
    double *h;            /* (k p)^2 */
    size_t h_size;        /* k p for which there is room */
    double *step, *slope; /* k p: D, and g + H D */
    double *diagonal;     /* k p */
};

/* How far the subgradient nearest to 0 is from it. */
static inline double hone_logistic_offence(double v, double g, double a) {
    if (v != 0)
        return fabs(g + copysign(a, v));
    return fabs(g) > a ? fabs(g) - a : 0;
}

/* Where the i-th variable at work stands in v. */
static inline size_t hone_logistic_variable(const struct hone_logistic_descent *s, size_t i) {
    return i / s->p * s->d + s->pick[i % s->p];
}

/* Where a variable goes that is at `at`, has curvature h, slope g and penalty a |.|. */
static inline double hone_logistic_shrink(double at, double g, double h, double a) {
    double goal = at - g / h;
    return fabs(goal) > a / h ? goal - copysign(a / h, goal) : 0;
}

/* step = the minimum of the quadratic model at V over the variables at work, until no condition in
 * it is off by more than tol. */
HONE_NODISCARD hone_status hone_logistic_model(struct hone_logistic_descent *s, double tol,
                                               const hone_monitor *mon, hone_error *err);
/* The same with columns in place of a Hessian (columns.c): H is taken vector by vector,
 * without what joins the vectors of softmax. */
HONE_NODISCARD hone_status hone_logistic_model_by_columns(struct hone_logistic_descent *s,
                                                          double tol, const hone_monitor *mon,
                                                          hone_error *err);
#endif
