/* init.h -- how weights start: one table row each. */
#ifndef HONE_NN_INIT_H
#define HONE_NN_INIT_H

#include "core/rng.h"
#include "nn/real.h"

#include <stddef.h>

typedef struct hone_init {
    const char *name;
    /* Fills w (n) for a unit with `in` inputs and `out` outputs. */
    void (*fill)(size_t in, size_t out, hone_rng *rng, real *w, size_t n);
} hone_init;

/* Ends with a row without a name. */
extern const hone_init hone_inits[];

/* Row by name, or NULL. */
const hone_init *hone_init_find(const char *name);

#endif
