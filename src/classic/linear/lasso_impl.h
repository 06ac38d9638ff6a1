/* lasso_impl.h -- least squares with L1 and L2 penalties, shared by lasso*.c and elastic_net.c.
 *
 *   P(c) = |y - X c|^2 / 2 + a |c|_1 + b |c|^2 / 2
 * all sums weighted with w_i / sum w, columns and y centred where there is an intercept; a = alpha
 * l1_ratio, b = alpha (1 - l1_ratio). Shapes: X n x m, c m. */
#ifndef HONE_LINEAR_LASSO_IMPL_H
#define HONE_LINEAR_LASSO_IMPL_H

#include "core/rng.h"

#include <hone/dataset.h>
#include <hone/monitor.h>

#include <stdbool.h>

struct hone_lasso {
    const hone_dataset *data; /* borrowed, as w */
    const double *w;          /* n, or NULL = all 1 */
    size_t n, m;
    double *mean, *spread, *q; /* m: of the columns; X'y */
    double total, y_mean, y2;  /* sum of weights; |y|^2 */
    double *own_gram;
    const double *gram; /* m x m, X'X in full; NULL while nobody asked for it */
    double a, b, tol;
    bool positive, random;
    bool borrowed; /* the arrays are another's */
    size_t max_iter;
    uint64_t seed;
};

struct hone_lasso_end {
    double gap;    /* P less a lower bound of the minimum, over |y|^2 */
    size_t n_iter; /* sweeps */
    bool converged;
};

/* A part of the columns: P as a quadratic of their coefficients alone. */
struct hone_lasso_part {
    size_t p, ld;
    const double *h; /* p x p, ld: X'X of them */
    double *c, *s;   /* p: coefficients; X'(y - X c), kept true */
    double a, b;
    bool positive;
    hone_rng *random; /* or NULL: in turn */
    size_t *order;    /* p */
    const double *q;  /* p: X'y, or NULL: the gap is not looked at */
    double y2, gap;   /* |y|^2; a gap that is small enough */
};

/* Moments of columns and y, X'y. */
HONE_NODISCARD hone_status hone_lasso_measure(const hone_dataset *data, bool intercept,
                                              struct hone_lasso *out, const hone_monitor *mon,
                                              hone_error *err);
void hone_lasso_free(struct hone_lasso *f);
/* Does X'X pay for data of this shape: m <= n, and it has room? */
bool hone_lasso_multiplies(const hone_dataset *data);
/* X'X, where it is not there yet. */
HONE_NODISCARD hone_status hone_lasso_multiply(struct hone_lasso *f, const hone_monitor *mon,
                                               hone_error *err);

/* Minimises from c (m), which becomes the result. */
HONE_NODISCARD hone_status hone_lasso_solve(struct hone_lasso *f, double *c,
                                            struct hone_lasso_end *out, const hone_monitor *mon,
                                            hone_error *err);

/* Coordinate descent until the gap is small enough or no condition is off by more than eps, or for
 * `most` sweeps; adds those used to *n_iter. */
HONE_NODISCARD hone_status hone_lasso_descend(struct hone_lasso_part *part, double eps, size_t most,
                                              size_t *n_iter, const hone_monitor *mon,
                                              hone_error *err);

/* P(c) - D(theta) over |y|^2 of the p columns of a part, from c, s and r2 = |y - X c|^2. */
double hone_lasso_gap(const struct hone_lasso_part *part, double r2);

/* By how much the condition of a coefficient c with X'r = s is off. */
static inline double hone_lasso_offence(double c, double s, double a, double b, bool positive) {
    double g = s - b * c;
    if (c > 0)
        return g > a ? g - a : a - g;
    if (c < 0)
        return g < -a ? -a - g : g + a;
    if (g > a)
        return g - a;
    return g < -a && !positive ? -a - g : 0;
}

#endif
