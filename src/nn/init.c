/* init.c -- uniform on (-b, b) with b chosen so that signals keep their variance.
 *
 *   glorot_uniform   b = sqrt(6 / (in + out))    Glorot & Bengio 2010
 *   glorot_logistic  b = sqrt(2 / (in + out))    the same for logistic units, as scikit-learn has
 * it he_uniform       b = sqrt(6 / in)            He et al. 2015                              */
#include "nn/init.h"

#include <math.h>
#include <string.h>

static void fill_uniform(double bound, hone_rng *rng, real *w, size_t n) {
    for (size_t i = 0; i < n; i++)
        w[i] = (real)((2 * hone_rng_uniform(rng) - 1) * bound);
}

static void glorot_uniform(size_t in, size_t out, hone_rng *rng, real *w, size_t n) {
    fill_uniform(sqrt(6 / ((double)in + (double)out)), rng, w, n);
}

static void glorot_logistic(size_t in, size_t out, hone_rng *rng, real *w, size_t n) {
    fill_uniform(sqrt(2 / ((double)in + (double)out)), rng, w, n);
}

static void he_uniform(size_t in, size_t out, hone_rng *rng, real *w, size_t n) {
    (void)out;
    fill_uniform(sqrt(6 / (double)in), rng, w, n);
}

const hone_init hone_inits[] = {
    {"glorot_uniform", glorot_uniform},
    {"glorot_logistic", glorot_logistic},
    {"he_uniform", he_uniform},
    {NULL, NULL},
};

const hone_init *hone_init_find(const char *name) {
    for (const hone_init *row = hone_inits; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}
