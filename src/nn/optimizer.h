/* optimizer.h -- one step downhill over one flat array of parameters: one table row each. */
#ifndef HONE_NN_OPTIMIZER_H
#define HONE_NN_OPTIMIZER_H

#include "nn/real.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct hone_optimizer_options {
    double momentum; /* sgd */
    bool nesterov;
    double beta_1, beta_2, epsilon; /* adam */
} hone_optimizer_options;

typedef struct hone_optimizer {
    const char *name;
    size_t n_slots; /* numbers remembered per parameter, 0 at the start */
    /* params (n) -= a step along grads (n); slots: n_slots x n; t: number of this step, from 1. */
    void (*step)(const hone_optimizer_options *options, double rate, size_t t, size_t n,
                 const real *grads, real *slots, real *params);
} hone_optimizer;

/* Ends with a row without a name. */
extern const hone_optimizer hone_optimizers[];

/* Row by name, or NULL. */
const hone_optimizer *hone_optimizer_find(const char *name);

#endif
