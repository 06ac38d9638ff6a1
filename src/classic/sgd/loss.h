/* loss.h -- the losses of stochastic gradient descent: one row each, value and derivative.
 *
 * p is the score of a row, y its target: -1 or +1 for the second class or its absence, or a value.
 * Every loss is convex in p; `bound` is the margin of hinge losses and epsilon of the others. */
#ifndef HONE_SGD_LOSS_H
#define HONE_SGD_LOSS_H

#include <stddef.h>

/* Of a loss as a function of p: two straight lines that meet, a parabola, or neither. */
enum hone_sgd_shape { HONE_SGD_OTHER_SHAPE, HONE_SGD_BENT, HONE_SGD_PARABOLA };

typedef struct hone_sgd_loss {
    /* Sum over n rows. */
    double (*sum)(size_t n, const double *p, const double *y, double bound);
    double (*slope)(double p, double y, double bound); /* d loss / dp */
    double bound;                                      /* NaN: the parameter epsilon */
    enum hone_sgd_shape
        shape; /* max(0, bound - y p), (p - y)^2 / 2, or what takes these functions */
} hone_sgd_loss;

/* In the order of the names; those of regressors come last. */
enum hone_sgd_loss_number {
    HONE_SGD_HINGE,
    HONE_SGD_LOG_LOSS,
    HONE_SGD_SQUARED_HINGE,
    HONE_SGD_MODIFIED_HUBER,
    HONE_SGD_PERCEPTRON,
    HONE_SGD_SQUARED_ERROR,
    HONE_SGD_HUBER,
    HONE_SGD_EPSILON_INSENSITIVE,
    HONE_SGD_SQUARED_EPSILON_INSENSITIVE
};
enum { HONE_SGD_FIRST_REGRESSION = HONE_SGD_SQUARED_ERROR };
extern const char *const hone_sgd_loss_names[]; /* NULL-terminated */
extern const hone_sgd_loss hone_sgd_losses[];

#endif
