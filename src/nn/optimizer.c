/* optimizer.c -- sgd and adam; g gradient, r learning rate, t number of the step.
 *
 *   sgd    v = mu v - r g;   w += v,  or with Nesterov's look ahead  w += mu v - r g
 *   adam   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 *          w -= r sqrt(1 - b2^t) / (1 - b1^t)  m / (sqrt(v) + eps)
 *
 * Adam is in the cheaper order given at the end of section 2 of the paper (eps is its epsilon hat),
 * as in scikit-learn. Cost: one pass over 3 or 4 arrays of n.
 * References: Sutskever et al. 2013; Kingma & Ba 2015. */
#include "nn/optimizer.h"

#include "core/clones.h"

#include <math.h>
#include <string.h>

HONE_CLONES
static void sgd_plain(size_t n, real rate, real momentum, const real *restrict g, real *restrict v,
                      real *restrict w) {
    for (size_t i = 0; i < n; i++) {
        v[i] = momentum * v[i] - rate * g[i];
        w[i] += v[i];
    }
}

HONE_CLONES
static void sgd_nesterov(size_t n, real rate, real momentum, const real *restrict g,
                         real *restrict v, real *restrict w) {
    for (size_t i = 0; i < n; i++) {
        v[i] = momentum * v[i] - rate * g[i];
        w[i] += momentum * v[i] - rate * g[i];
    }
}

static void sgd_step(const hone_optimizer_options *options, double rate, size_t t, size_t n,
                     const real *grads, real *slots, real *params) {
    (void)t;
    bool nesterov = options->nesterov && options->momentum > 0;
    (nesterov ? sgd_nesterov : sgd_plain)(n, (real)rate, (real)options->momentum, grads, slots,
                                          params);
}

HONE_CLONES
static void adam_loop(size_t n, real rate, real beta_1, real beta_2, real epsilon,
                      const real *restrict g, real *restrict m, real *restrict v,
                      real *restrict w) {
    for (size_t i = 0; i < n; i++) {
        m[i] = beta_1 * m[i] + (1 - beta_1) * g[i];
        v[i] = beta_2 * v[i] + (1 - beta_2) * (g[i] * g[i]);
        w[i] -= rate * m[i] / (real_sqrt(v[i]) + epsilon);
    }
}

static void adam_step(const hone_optimizer_options *options, double rate, size_t t, size_t n,
                      const real *grads, real *slots, real *params) {
    double b1 = options->beta_1, b2 = options->beta_2, count = (double)t;
    double corrected = rate * sqrt(1 - pow(b2, count)) / (1 - pow(b1, count));
    adam_loop(n, (real)corrected, (real)b1, (real)b2, (real)options->epsilon, grads, slots,
              slots + n, params);
}

const hone_optimizer hone_optimizers[] = {
    {"sgd", 1, sgd_step},
    {"adam", 2, adam_step},
    {NULL, 0, NULL},
};

const hone_optimizer *hone_optimizer_find(const char *name) {
    for (const hone_optimizer *row = hone_optimizers; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}
