/* loss.c -- losses of one row with outputs z and targets t (k of each), and their gradients.
 *
 *   softmax_cross_entropy  sum_j t_j (log sum_k e^z_k - z_j)         dl/dz = p sum_j t_j - t
 *   logistic               sum_j log(1 + e^z_j) - t_j z_j            dl/dz = 1/(1 + e^-z) - t
 *   squared_error          1/2 |z - t|^2                             dl/dz = z - t
 *
 * Cost: O(rows k). Sums over rows are in double, in the order of the rows. */
#include "nn/loss.h"

#include "core/clones.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

static double logistic_row(size_t k, const real *z, const real *t, real scale, real *d) {
    double loss = 0;
    for (size_t j = 0; j < k; j++) {
        real e = real_exp(z[j] < 0 ? z[j] : -z[j]); /* e^-|z| */
        real p = (z[j] < 0 ? e : 1) / (1 + e);
        d[j] = scale * (p - t[j]);
        loss += log1p((double)e) + (double)((z[j] > 0 ? z[j] : 0) - t[j] * z[j]);
    }
    return loss;
}

static double squared_row(size_t k, const real *z, const real *t, real scale, real *d) {
    double loss = 0;
    for (size_t j = 0; j < k; j++) {
        real gap = z[j] - t[j];
        d[j] = scale * gap;
        loss += 0.5 * (double)(gap * gap);
    }
    return loss;
}

/* The sum over rows of a loss given for one row. */
static inline double over_rows(double (*row)(size_t, const real *, const real *, real, real *),
                               size_t rows, size_t cols, const real *z, const real *t,
                               const real *w, real scale, real *d) {
    double sum = 0;
    for (size_t i = 0; i < rows; i++) {
        size_t at = i * cols;
        real weight = w ? w[i] : 1;
        sum += (double)weight * row(cols, z + at, t + at, scale * weight, d + at);
    }
    return sum;
}

static real largest(size_t k, const real *z) {
    real top = z[0];
    for (size_t j = 1; j < k; j++)
        top = z[j] > top ? z[j] : top;
    return top;
}

/* Of all rows at once: sixteen take as long as one. */
HONE_CLONES
static void softmax_exps(size_t n, real *d) {
    for (size_t i = 0; i < n; i++)
        d[i] = real_exp(d[i]);
}

/* d holds e^(z - top); log a + log b = log ab, so that most rows need no logarithm of their own. */
static double softmax_value(size_t rows, size_t cols, const real *z, const real *t, const real *w,
                            real scale, real *d) {
    double loss = 0, product = 1;
    for (size_t i = 0; i < rows * cols; i += cols) {
        real top = largest(cols, z + i);
        for (size_t j = 0; j < cols; j++)
            d[i + j] = z[i + j] - top;
    }
    softmax_exps(rows * cols, d);
    for (size_t i = 0; i < rows; i++, z += cols, t += cols, d += cols) {
        real top = largest(cols, z), weight = w ? w[i] : 1, sum = 0, mass = 0, hit = 0;
        for (size_t j = 0; j < cols; j++) {
            sum += d[j];
            mass += t[j];
            hit += t[j] * (z[j] - top);
        }
        real share = mass / sum;
        for (size_t j = 0; j < cols; j++)
            d[j] = scale * weight * (d[j] * share - t[j]);
        loss -= (double)(weight * hit);
        if (weight * mass == 1)
            product *= (double)sum;
        else
            loss += (double)(weight * mass) * log((double)sum);
        if (product > 0x1p900) {
            loss += log(product);
            product = 1;
        }
    }
    return loss + log(product);
}

static double logistic_value(size_t rows, size_t cols, const real *z, const real *t, const real *w,
                             real scale, real *d) {
    return over_rows(logistic_row, rows, cols, z, t, w, scale, d);
}

static double squared_value(size_t rows, size_t cols, const real *z, const real *t, const real *w,
                            real scale, real *d) {
    return over_rows(squared_row, rows, cols, z, t, w, scale, d);
}

static void softmax_link(size_t rows, size_t cols, double *z) {
    hone_softmax_rows(z, rows, cols, NULL);
}

static void logistic_link(size_t rows, size_t cols, double *z) {
    for (size_t i = 0; i < rows * cols; i++)
        z[i] = 1 / (1 + exp(-z[i]));
}

static void identity_link(size_t rows, size_t cols, double *z) {
    (void)rows, (void)cols, (void)z;
}

const hone_loss hone_losses[] = {
    {"softmax_cross_entropy", softmax_value, softmax_link},
    {"logistic", logistic_value, logistic_link},
    {"squared_error", squared_value, identity_link},
    {NULL, NULL, NULL},
};

const hone_loss *hone_loss_find(const char *name) {
    for (const hone_loss *row = hone_losses; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}
