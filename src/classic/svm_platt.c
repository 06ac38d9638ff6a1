/* svm_platt.c -- probabilities from the values of machines.
 *
 * Sigmoid (Platt 1999; Lin, Lin, Weng 2007): minimises over a, b
 *     - sum_i t_i log p_i + (1 - t_i) log(1 - p_i),   p_i = 1 / (1 + exp(a f_i + b)),
 * with targets t = (N+ + 1) / (N+ + 2) for the N+ rows of +1 and 1 / (N- + 2) for the others, by
 * Newton with backtracking. Where all f are 0 only b is looked for: a = 0.
 * Cost: O(n) per step, about ten steps.
 *
 * Coupling (Wu, Lin, Weng 2004, second method): p minimises sum_ij (r_ji p_i - r_ij p_j)^2 subject
 * to sum p = 1, that is p'Qp with Q_ii = sum_j r_ji^2, Q_ij = -r_ji r_ij. On the constraint
 * p'(Q + ee')p differs by one only, and Q + ee' is positive definite: p ~ (Q + ee')^-1 e, solved
 * by Cholesky instead of iterated. Cost: O(K^3) per row. */
#include "classic/svm_impl.h"

#include "linalg/linalg.h"

#include <math.h>

struct sigmoid {
    const double *f, *y;
    size_t n;
    double high, low; /* targets of the rows of +1, and of the others */
};

/* log(1 + exp(z)) without overflow. */
static double softplus(double z) {
    return z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

static double loss(const struct sigmoid *s, double a, double b) {
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        double z = a * s->f[i] + b, t = s->y[i] > 0 ? s->high : s->low;
        sum += t * z + softplus(-z);
    }
    return sum;
}

/* g: gradient; h: Hessian aa, ab, bb. */
static void derivatives(const struct sigmoid *s, double a, double b, double g[2], double h[3]) {
    g[0] = g[1] = h[0] = h[1] = h[2] = 0;
    for (size_t i = 0; i < s->n; i++) {
        double f = s->f[i], z = a * f + b, t = s->y[i] > 0 ? s->high : s->low;
        double e = exp(-fabs(z)), p = (z > 0 ? e : 1) / (1 + e), pq = e / ((1 + e) * (1 + e));
        g[0] += f * (t - p), g[1] += t - p;
        h[0] += f * f * pq, h[1] += f * pq, h[2] += pq;
    }
}

/* One Newton step with backtracking; true when it was so short that the next would change nothing:
 * the error falls with the square of the step. */
static bool newton_step(const struct sigmoid *s, double scale, double *a, double *b,
                        double *value) {
    double g[2], h[3];
    derivatives(s, *a, *b, g, h);
    h[0] += 1e-12 * scale * scale, h[2] += 1e-12;
    double det = h[0] * h[2] - h[1] * h[1];
    double da = (h[1] * g[1] - h[2] * g[0]) / det, db = (h[1] * g[0] - h[0] * g[1]) / det;
    double slope = g[0] * da + g[1] * db, length = 1, next = loss(s, *a + da, *b + db);
    bool last = -slope <= 1e-11 * *value;
    while (!last && !(next <= *value + 1e-4 * length * slope)) {
        length /= 2;
        if (length < 1e-10)
            return true;
        next = loss(s, *a + length * da, *b + length * db);
    }
    *a += length * da, *b += length * db, *value = next;
    return last;
}

void hone_svm_platt_fit(const double *f, const double *y, size_t n, double *a, double *b) {
    enum { MAX_STEPS = 100 };
    double positive = 0, scale = 0;
    for (size_t i = 0; i < n; i++) {
        positive += y[i] > 0;
        scale = fmax(scale, fabs(f[i]));
    }
    double negative = (double)n - positive;
    struct sigmoid s = {f, y, n, (positive + 1) / (positive + 2), 1 / (negative + 2)};
    *a = 0, *b = log((negative + 1) / (positive + 1));
    double value = loss(&s, *a, *b);
    if (scale == 0)
        return;
    for (int step = 0; step < MAX_STEPS; step++)
        if (newton_step(&s, scale, a, b, &value))
            return;
}

double hone_svm_platt(double f, double a, double b) {
    double z = a * f + b, e = exp(-fabs(z)), p = (z > 0 ? e : 1) / (1 + e);
    return fmin(fmax(p, 1e-7), 1 - 1e-7);
}

hone_status hone_svm_couple(const double *r, size_t k, double *p, double *work, hone_error *err) {
    double sum = 0;
    for (size_t i = 0; i < k * k; i++)
        work[i] = 1;
    for (size_t i = 0; i < k; i++)
        for (size_t j = i + 1; j < k; j++, r++) {
            double ij = *r, ji = 1 - *r;
            work[i * k + i] += ji * ji;
            work[j * k + j] += ij * ij;
            work[j * k + i] -= ij * ji;
        }
    for (size_t i = 0; i < k; i++)
        p[i] = 1;
    hone_status status = hone_cholesky(work, k, k, err);
    if (status == HONE_OK)
        status = hone_cholesky_solve(work, k, k, p, 1, 1, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < k; i++)
        sum += p[i] = fmax(p[i], 0);
    for (size_t i = 0; i < k; i++)
        p[i] /= sum;
    return HONE_OK;
}
