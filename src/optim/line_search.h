/* line_search.h -- a step along a descent direction; shared by the minimisers of this folder. */
#ifndef HONE_OPTIM_LINE_SEARCH_H
#define HONE_OPTIM_LINE_SEARCH_H

#include "optim/lbfgs.h"

#include <math.h>
#include <stdbool.h>

/* A search from x0 along p, phi(a) = f(x0 + a p). */
struct hone_line_search {
    const hone_objective *f;
    const double *x0, *p; /* n */
    double value0;        /* phi(0) */
    double slope0;        /* phi'(0) < 0 */
    double curvature;   /* accept when |phi'| <= curvature |phi'(0)|; INFINITY: any slope will do */
    double *x, *g;      /* n: the point of `step` and the gradient there */
    double step, value; /* in: first step to try; out: the step found and phi there */
};

/* Finds a step with strong Wolfe conditions; *found is false when no step makes the value smaller
 * in double precision (line's results are then void). */
HONE_NODISCARD hone_status hone_line_search(struct hone_line_search *line, bool *found,
                                            const hone_monitor *mon, hone_error *err);

/* Differences of values below this are rounding. */
static inline double hone_value_noise(double value) {
    return 1e-14 * fabs(value);
}

/* Is there still something to be won? Steps that gain neither value nor gradient are counted. */
struct hone_progress {
    double value, gradient; /* best so far */
    int idle;
};
static inline bool hone_progress_made(struct hone_progress *p, double value, double gradient) {
    bool better = value < p->value - hone_value_noise(value) || gradient < p->gradient / 2;
    p->idle = better ? 0 : p->idle + 1;
    p->value = value < p->value ? value : p->value;
    p->gradient = gradient < p->gradient ? gradient : p->gradient;
    return better;
}

static inline double hone_max_abs(size_t n, const double *x) {
    double max = 0;
    for (size_t i = 0; i < n; i++)
        max = fabs(x[i]) <= max ? max : fabs(x[i]); /* NaN comes through */
    return max;
}

/* Four sums side by side: a fixed order, and no waiting for the last addition. */
static inline double hone_inner(size_t n, const double *x, const double *y) {
    double a = 0, b = 0, c = 0, d = 0;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        a += x[i] * y[i];
        b += x[i + 1] * y[i + 1];
        c += x[i + 2] * y[i + 2];
        d += x[i + 3] * y[i + 3];
    }
    for (; i < n; i++)
        a += x[i] * y[i];
    return (a + b) + (c + d);
}

#endif
