/* platt.c -- Platt's sigmoid: minimises over a, b
 *     - sum_i w_i (t_i log p_i + (1 - t_i) log(1 - p_i)),   p_i = 1 / (1 + exp(a f_i + b)),
 * with targets t = (W+ + 1) / (W+ + 2) for the rows with y > 0, whose weights sum to W+, and
 * 1 / (W- + 2) for the others, by Newton with backtracking. Where all f are 0 only b is looked for:
 * a = 0.
 * Cost: O(n) per step, about ten steps.   Reference: Platt 1999; Lin, Lin, Weng 2007. */
#include "optim/platt.h"

#include <stdbool.h>

enum { MAX_STEPS = 100 };

struct problem {
    const double *f, *y, *weight;
    size_t n;
    double high, low; /* targets of the positive rows, and of the others */
};

static double weight_of(const struct problem *s, size_t i) {
    return s->weight ? s->weight[i] : 1;
}

/* log(1 + exp(z)) without overflow. */
static double softplus(double z) {
    return z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

static double loss(const struct problem *s, double a, double b) {
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        double z = a * s->f[i] + b, t = s->y[i] > 0 ? s->high : s->low;
        sum += weight_of(s, i) * (t * z + softplus(-z));
    }
    return sum;
}

/* g: gradient; h: Hessian aa, ab, bb. */
static void derivatives(const struct problem *s, double a, double b, double g[2], double h[3]) {
    g[0] = g[1] = h[0] = h[1] = h[2] = 0;
    for (size_t i = 0; i < s->n; i++) {
        double f = s->f[i], z = a * f + b, t = s->y[i] > 0 ? s->high : s->low;
        double e = exp(-fabs(z)), p = (z > 0 ? e : 1) / (1 + e);
        double slope = weight_of(s, i) * (t - p), pq = weight_of(s, i) * e / ((1 + e) * (1 + e));
        g[0] += f * slope, g[1] += slope;
        h[0] += f * f * pq, h[1] += f * pq, h[2] += pq;
    }
}

/* One Newton step with backtracking; true when it was so short that the next would change nothing:
 * the error falls with the square of the step. */
static bool newton_step(const struct problem *s, double scale, hone_platt *at, double *value) {
    double g[2], h[3];
    derivatives(s, at->a, at->b, g, h);
    h[0] += 1e-12 * scale * scale, h[2] += 1e-12;
    double det = h[0] * h[2] - h[1] * h[1];
    double da = (h[1] * g[1] - h[2] * g[0]) / det, db = (h[1] * g[0] - h[0] * g[1]) / det;
    double slope = g[0] * da + g[1] * db, length = 1, next = loss(s, at->a + da, at->b + db);
    bool last = -slope <= 1e-11 * *value;
    while (!last && !(next <= *value + 1e-4 * length * slope)) {
        length /= 2;
        if (length < 1e-10)
            return true;
        next = loss(s, at->a + length * da, at->b + length * db);
    }
    at->a += length * da, at->b += length * db, *value = next;
    return last;
}

hone_platt hone_platt_fit(const double *f, const double *y, const double *weight, size_t n) {
    struct problem s = {f, y, weight, n, 0, 0};
    double positive = 0, negative = 0, scale = 0;
    for (size_t i = 0; i < n; i++) {
        *(y[i] > 0 ? &positive : &negative) += weight_of(&s, i);
        scale = fmax(scale, fabs(f[i]));
    }
    s.high = (positive + 1) / (positive + 2), s.low = 1 / (negative + 2);
    hone_platt at = {0, log((negative + 1) / (positive + 1))};
    double value = loss(&s, at.a, at.b);
    if (scale == 0)
        return at;
    for (int step = 0; step < MAX_STEPS; step++)
        if (newton_step(&s, scale, &at, &value))
            break;
    return at;
}
