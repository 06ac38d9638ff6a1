/* sgd_loss.c -- see sgd_loss.h. With z = y p:
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
#include "classic/sgd_loss.h"

#include "linalg/linalg.h"

#include <math.h>

static double hinge_value(double p, double y, double bound) {
    double short_of = bound - p * y;
    return short_of > 0 ? short_of : 0;
}

static double hinge_slope(double p, double y, double bound) {
    return p * y <= bound ? -y : 0;
}

static double squared_hinge_value(double p, double y, double bound) {
    double short_of = bound - p * y;
    return short_of > 0 ? short_of * short_of : 0;
}

static double squared_hinge_slope(double p, double y, double bound) {
    double short_of = bound - p * y;
    return short_of > 0 ? -2 * y * short_of : 0;
}

static double modified_huber_value(double p, double y, double bound) {
    return p * y < -1 ? -4 * p * y : squared_hinge_value(p, y, bound);
}

static double modified_huber_slope(double p, double y, double bound) {
    return p * y < -1 ? -4 * y : squared_hinge_slope(p, y, bound);
}

static double log_value(double p, double y, double bound) {
    double z = p * y;
    (void)bound;
    return z > 0 ? log1p(exp(-z)) : log1p(exp(z)) - z;
}

static double log_slope(double p, double y, double bound) {
    (void)bound;
    return -y / (1 + exp(p * y));
}

/* Eight rows at a time: alone, the logarithms would cost as much as all the rest. */
static double log_sum(size_t n, const double *p, const double *y) {
    enum { BLOCK = 64 };
    double z[BLOCK], softplus[BLOCK], sum = 0;
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

static double squared_value(double p, double y, double bound) {
    (void)bound;
    return (p - y) * (p - y) / 2;
}

static double squared_slope(double p, double y, double bound) {
    (void)bound;
    return p - y;
}

static double huber_value(double p, double y, double bound) {
    double far = fabs(p - y);
    return far <= bound ? far * far / 2 : bound * (far - bound / 2);
}

static double huber_slope(double p, double y, double bound) {
    double miss = p - y;
    return fabs(miss) <= bound ? miss : copysign(bound, miss);
}

static double insensitive_value(double p, double y, double bound) {
    double beyond = fabs(p - y) - bound;
    return beyond > 0 ? beyond : 0;
}

static double insensitive_slope(double p, double y, double bound) {
    return fabs(p - y) > bound ? copysign(1, p - y) : 0;
}

static double squared_insensitive_value(double p, double y, double bound) {
    double beyond = insensitive_value(p, y, bound);
    return beyond * beyond;
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
    [HONE_SGD_HINGE] = {hinge_value, hinge_slope, NULL, 1},
    [HONE_SGD_LOG_LOSS] = {log_value, log_slope, log_sum, 0},
    [HONE_SGD_SQUARED_HINGE] = {squared_hinge_value, squared_hinge_slope, NULL, 1},
    [HONE_SGD_MODIFIED_HUBER] = {modified_huber_value, modified_huber_slope, NULL, 1},
    [HONE_SGD_PERCEPTRON] = {hinge_value, hinge_slope, NULL, 0},
    [HONE_SGD_SQUARED_ERROR] = {squared_value, squared_slope, NULL, 0},
    [HONE_SGD_HUBER] = {huber_value, huber_slope, NULL, NAN},
    [HONE_SGD_EPSILON_INSENSITIVE] = {insensitive_value, insensitive_slope, NULL, NAN},
    [HONE_SGD_SQUARED_EPSILON_INSENSITIVE] = {squared_insensitive_value, squared_insensitive_slope,
                                              NULL, NAN},
};

double hone_sgd_loss_sum(const hone_sgd_loss *loss, double bound, size_t n, const double *p,
                         const double *y) {
    double sum = 0;
    if (loss->sum)
        return loss->sum(n, p, y);
    for (size_t i = 0; i < n; i++)
        sum += loss->value(p[i], y[i], bound);
    return sum;
}
