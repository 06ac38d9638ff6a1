/* engine.h -- stochastic gradient descent of linear models, one row at a time.
 *
 * Minimises  mean_i loss(w'x_i + b, y_i) + alpha (l1_ratio |w|_1 + (1 - l1_ratio) |w|^2 / 2)
 * for one or several w (one per class, against all others): for each row, in order or shuffled,
 *   w -= eta_t (d loss / dp x_i + penalty's part),   b -= eta_t d loss / dp.
 * Several vectors see each row together, so that it is fetched once; they stay independent, and so
 * the same however they are shared out over threads. */
#ifndef HONE_SGD_ENGINE_H
#define HONE_SGD_ENGINE_H

#include "classic/sgd/loss.h"

#include <hone/dataset.h>

#include <stdint.h>

enum hone_sgd_penalty { HONE_SGD_L2, HONE_SGD_L1, HONE_SGD_ELASTICNET, HONE_SGD_NO_PENALTY };
extern const char *const hone_sgd_penalty_names[];

enum hone_sgd_schedule {
    HONE_SGD_CONSTANT,   /* eta = eta0 */
    HONE_SGD_OPTIMAL,    /* eta = 1 / (alpha (t0 + t - 1)), t0 by Bottou's rule */
    HONE_SGD_INVSCALING, /* eta = eta0 / t^power_t */
    HONE_SGD_ADAPTIVE,   /* eta0, divided by 5 whenever an epoch would end the fit */
    HONE_SGD_PA1,        /* eta = min(eta0, loss / |x|^2) */
    HONE_SGD_PA2         /* eta = loss / (|x|^2 + 1 / (2 eta0)) */
};
extern const char *const hone_sgd_schedule_names[];

/* What is to be done. */
typedef struct hone_sgd_plan {
    const char *who; /* named in messages */
    const hone_sgd_loss *loss;
    enum hone_sgd_penalty penalty;
    enum hone_sgd_schedule schedule;
    double alpha, l1_ratio, epsilon, eta0, power_t;
    double tol; /* -inf: never stop before max_iter */
    double validation_fraction;
    size_t max_iter, n_iter_no_change;
    size_t average; /* average the vectors from this update on; 0 = do not */
    uint64_t seed;
    bool classes; /* y holds class codes, not values */
    bool fit_intercept, shuffle, early_stopping;
} hone_sgd_plan;

/* The rows to learn from and those that tell when to stop; borrowed. */
typedef struct hone_sgd_rows {
    const hone_dataset *data;
    const size_t *train, *validation; /* row numbers */
    size_t n_train, n_validation;
} hone_sgd_rows;

/* One vector: where it stands before and after. w and average: one per column, borrowed. */
typedef struct hone_sgd_vector {
    double *w, intercept;
    double *average, average_intercept; /* of the vectors averaged so far; NULL without averaging */
    double averaged;                    /* how many */
    double positive;                    /* code of the class that counts as +1 */
    size_t n_iter;                      /* out: epochs */
    bool converged;                     /* out: stopped by tol */
} hone_sgd_vector;

/* Runs up to plan->max_iter epochs over the rows for each of n vectors, t counting from `t`.
 * HONE_ENUMERIC when a vector overflows. O(epochs * cells * n); n_train numbers per thread, a few
 * per column and vector. */
HONE_NODISCARD hone_status hone_sgd_run(const hone_sgd_plan *plan, const hone_sgd_rows *rows,
                                        double t, size_t n, hone_sgd_vector *vectors,
                                        const hone_monitor *mon, hone_error *err);

#endif
