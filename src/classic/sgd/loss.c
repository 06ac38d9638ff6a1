/* loss.c -- see loss.h. With z = y p:
 *
 *   hinge            max(0, bound - z)         bound 1; the perceptron's is 0
 *   squared_hinge    max(0, 1 - z)^2
 *   log_loss         log(1 + exp(-z))
 *   modified_huber   max(0, 1 - z)^2 for z >= -1, else -4 z
 *   squared_error    (p - y)^2 / 2
 *   huber            the same up to |p - y| = epsilon, a straight line from there
 *   epsilon_insensitive, squared_...   max(0, |p - y| - epsilon), its square
 * Reference: Zhang, "Solving large scale linear prediction problems using stochastic gradient
 * descent algorithms", ICML 2004. */
#include "classic/sgd/loss.h"

#include "core/clones.h"
#include "linalg/linalg.h"

#include <math.h>

#define LANES 8

/* On which side of its margin a row is cannot be foreseen: without branches it takes half the time.
 */
HONE_INLINE double positive_part(double x) {
    return (x + fabs(x)) / 2;
}

/* 1, for +0 too, or 0. */
HONE_INLINE double is_positive(double x) {
    return 0.5 + copysign(0.5, x);
}

typedef double value_of(double p, double y, double bound);

/* In eight lanes, so that no sum waits for the one before. */
HONE_INLINE double sum_of(value_of *value, size_t n, const double *p, const double *y,
                          double bound) {
    double lanes[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lanes[k] += value(p[i + k], y[i + k], bound);
    for (; i < n; i++)
        sum += value(p[i], y[i], bound);
    for (size_t k = 0; k < LANES; k++)
        sum += lanes[k];
    return sum;
}

HONE_INLINE double hinge_value(double p, double y, double bound) {
    return positive_part(bound - p * y);
}

static double hinge_sum(size_t n, const double *p, const double *y, double bound) {
    return sum_of(hinge_value, n, p, y, bound);
}

static double hinge_slope(double p, double y, double bound) {
    return -y * is_positive(bound - p * y);
}

HONE_INLINE double squared_hinge_value(double p, double y, double bound) {
    double short_of = positive_part(bound - p * y);
    return short_of * short_of;
}

static double squared_hinge_sum(size_t n, const double *p, const double *y, double bound) {
    return sum_of(squared_hinge_value, n, p, y, bound);
}

static double squared_hinge_slope(double p, double y, double bound) {
    return -2 * y * positive_part(bound - p * y);
}

HONE_INLINE double modified_huber_value(double p, double y, double bound) {
    return p * y < -1 ? -4 * p * y : squared_hinge_value(p, y, bound);
}

static double modified_huber_sum(size_t n, const double *p, const double *y, double bound) {
    return sum_of(modified_huber_value, n, p, y, bound);
}

static double modified_huber_slope(double p, double y, double bound) {
    return p * y < -1 ? -4 * y : squared_hinge_slope(p, y, bound);
}

static double log_slope(double p, double y, double bound) {
    (void)bound;
    return -y / (1 + exp(p * y));
}

/* Eight rows at a time: alone, the logarithms would cost as much as all the rest. */
static double log_sum(size_t n, const double *p, const double *y, double bound) {
    enum { BLOCK = 64 };
    double z[BLOCK], softplus[BLOCK], sum = 0;
    (void)bound;
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t many = n - first < BLOCK ? n - first : BLOCK;
        for (size_t i = 0; i < many; i++)
            z[i] = -p[first + i] * y[first + i];
        hone_sigmoid(many, z, z, softplus);
        for (size_t i = 0; i < many; i++)
            sum += softplus[i];
    }
    return sum;
}

HONE_INLINE double squared_value(double p, double y, double bound) {
    (void)bound;
    return (p - y) * (p - y) / 2;
}

static double squared_sum(size_t n, const double *p, const double *y, double bound) {
    return sum_of(squared_value, n, p, y, bound);
}

static double squared_slope(double p, double y, double bound) {
    (void)bound;
    return p - y;
}

HONE_INLINE double huber_value(double p, double y, double bound) {
    double far = fabs(p - y);
    return far <= bound ? far * far / 2 : bound * (far - bound / 2);
}

static double huber_sum(size_t n, const double *p, const double *y, double bound) {
    return sum_of(huber_value, n, p, y, bound);
}

static double huber_slope(double p, double y, double bound) {
    double miss = p - y;
    return fabs(miss) <= bound ? miss : copysign(bound, miss);
}

HONE_INLINE double insensitive_value(double p, double y, double bound) {
    return positive_part(fabs(p - y) - bound);
}

static double insensitive_sum(size_t n, const double *p, const double *y, double bound) {
    return sum_of(insensitive_value, n, p, y, bound);
}

static double insensitive_slope(double p, double y, double bound) {
    return copysign(1 - is_positive(bound - fabs(p - y)), p - y);
}

HONE_INLINE double squared_insensitive_value(double p, double y, double bound) {
    double beyond = insensitive_value(p, y, bound);
    return beyond * beyond;
}

static double squared_insensitive_sum(size_t n, const double *p, const double *y, double bound) {
    return sum_of(squared_insensitive_value, n, p, y, bound);
}

static double squared_insensitive_slope(double p, double y, double bound) {
    return copysign(2 * insensitive_value(p, y, bound), p - y);
}

const char *const hone_sgd_loss_names[] = {
    [HONE_SGD_HINGE] = "hinge",
    [HONE_SGD_LOG_LOSS] = "log_loss",
    [HONE_SGD_SQUARED_HINGE] = "squared_hinge",
    [HONE_SGD_MODIFIED_HUBER] = "modified_huber",
    [HONE_SGD_PERCEPTRON] = "perceptron",
    [HONE_SGD_SQUARED_ERROR] = "squared_error",
    [HONE_SGD_HUBER] = "huber",
    [HONE_SGD_EPSILON_INSENSITIVE] = "epsilon_insensitive",
    [HONE_SGD_SQUARED_EPSILON_INSENSITIVE] = "squared_epsilon_insensitive",
    NULL,
};

const hone_sgd_loss hone_sgd_losses[] = {
    [HONE_SGD_HINGE] = {hinge_sum, hinge_slope, 1, HONE_SGD_BENT},
    [HONE_SGD_LOG_LOSS] = {log_sum, log_slope, 0, HONE_SGD_OTHER_SHAPE},
    [HONE_SGD_SQUARED_HINGE] = {squared_hinge_sum, squared_hinge_slope, 1, HONE_SGD_OTHER_SHAPE},
    [HONE_SGD_MODIFIED_HUBER] = {modified_huber_sum, modified_huber_slope, 1, HONE_SGD_OTHER_SHAPE},
    [HONE_SGD_PERCEPTRON] = {hinge_sum, hinge_slope, 0, HONE_SGD_BENT},
    [HONE_SGD_SQUARED_ERROR] = {squared_sum, squared_slope, 0, HONE_SGD_PARABOLA},
    [HONE_SGD_HUBER] = {huber_sum, huber_slope, NAN, HONE_SGD_OTHER_SHAPE},
    [HONE_SGD_EPSILON_INSENSITIVE] = {insensitive_sum, insensitive_slope, NAN,
                                      HONE_SGD_OTHER_SHAPE},
    [HONE_SGD_SQUARED_EPSILON_INSENSITIVE] = {squared_insensitive_sum, squared_insensitive_slope,
                                              NAN, HONE_SGD_OTHER_SHAPE},
};
