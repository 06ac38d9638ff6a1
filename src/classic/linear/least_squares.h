/* least_squares.h -- weighted least squares, in three ways with one result.
 *
 * Minimises  sum_i w_i (y_i - x_i'c - b)^2;  of several c that do, the one of least norm. Shapes: X
 * n x m, c m. Internally columns are centred where there is an intercept and divided by their
 * spread: a_ij = (x_ij - mean_j) inverse_j. */
#ifndef HONE_LINEAR_LEAST_SQUARES_H
#define HONE_LINEAR_LEAST_SQUARES_H

#include "core/alloc.h"
#include "core/error.h"

#include <hone/dataset.h>
#include <hone/monitor.h>

struct hone_least_squares {
    /* the problem, borrowed from the data set */
    const hone_dataset *data;
    const double *w; /* n, or NULL = all 1 */
    bool intercept;
    size_t n, m;
    /* its columns; owned, as all that follows */
    double *mean, *spread, *inverse; /* m; inverse 0 of columns that do not vary */
    double total, y_mean;            /* sum of weights */
    /* the solution */
    double *coef, *variance; /* m; variance: diagonal of the inverse of sum w a a', NaN where the
                                data do not settle the coefficient or it was not computed */
    double b, b_variance;
    double *residual; /* n: root(w_i) (y_i - x_i'c - b) */
    double *singular; /* n_singular, descending: of X, centred and weighted as it was solved */
    size_t n_singular;
    double rank; /* of X, centred; NaN when it was not found */
};

/* Measures the columns and makes room; the solution is still to come. Free in any case. */
HONE_NODISCARD hone_status hone_least_squares_begin(const hone_dataset *data, bool intercept,
                                                    struct hone_least_squares *out,
                                                    const hone_monitor *mon, hone_error *err);
void hone_least_squares_free(struct hone_least_squares *ls);

/* By QR with pivots, refined with residuals of higher precision: all digits that the data hold, and
 * any rank. Full rows only. 2 n m^2 flops, n m doubles. */
HONE_NODISCARD hone_status hone_least_squares_qr(struct hone_least_squares *ls,
                                                 const hone_monitor *mon, hone_error *err);
/* By the normal equations, refined once. *fit is false, and nothing is solved, where the columns
 * are too close to depending on one another. n m^2 flops, m^2 doubles (n m too when a mean is far
 * from 0). */
HONE_NODISCARD hone_status hone_least_squares_normal(struct hone_least_squares *ls, bool *fit,
                                                     const hone_monitor *mon, hone_error *err);
/* By LSQR: iterations of products with X alone, for compressed rows of many columns. No rank,
 * variances or singular values. alpha |c|^2 is added to what is minimised. */
HONE_NODISCARD hone_status hone_least_squares_iterate(struct hone_least_squares *ls, double alpha,
                                                      const hone_monitor *mon, hone_error *err);

#endif
