/* activation.h -- elementwise functions f behind a layer's linear part: one table row each. */
#ifndef HONE_NN_ACTIVATION_H
#define HONE_NN_ACTIVATION_H

#include "nn/real.h"

#include <stdbool.h>
#include <stddef.h>

/* f is z itself, or its positive part: products can do that on the way; or neither. */
typedef enum hone_bend { HONE_BEND_NONE, HONE_BEND_AT_0, HONE_BEND_ALL_ALONG } hone_bend;

typedef struct hone_activation {
    const char *name;
    hone_bend bend;
    const char *init; /* name of the initialiser that suits it */
    /* backward wants the input z + bias; otherwise it works from the output, and z may be `out`. */
    bool keeps_input;
    /* z (rows x cols) += bias (cols); out = f(z). `out` is z itself unless keeps_input. */
    void (*forward)(size_t rows, size_t cols, const real *bias, real *z, real *out);
    /* d (n) *= f'(.), from what was kept (n): z if keeps_input, else f(z). */
    void (*backward)(size_t n, const real *kept, real *d);
} hone_activation;

/* Ends with a row without a name. */
extern const hone_activation hone_activations[];

/* Row by name, or NULL. */
const hone_activation *hone_activation_find(const char *name);

#endif
