/* layer.h -- a layer is a const table of functions (its kind) and a few sizes (this one).
 *
 * A layer owns no memory: its parameters are a piece of one flat array, its input and output are
 * pieces of one block per batch. A new kind (dropout, batch norm, embedding, ...) is a new file
 * that ends in such a table. */
#ifndef HONE_NN_LAYER_H
#define HONE_NN_LAYER_H

#include "core/rng.h"
#include "nn/activation.h"
#include "nn/init.h"
#include "nn/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hone_layer hone_layer;

/* What a pass over the net is for; layers that draw numbers key them by (seed, step). */
typedef struct hone_pass {
    bool training;
    uint64_t seed, step;
} hone_pass;

/* The arrays of one layer during one pass. */
typedef struct hone_tape {
    size_t rows;
    const real *x; /* rows x in */
    real *out;     /* rows x out */
    real *kept;    /* rows x n_kept: whatever forward wants to tell backward */
    real *d_out;   /* rows x out: gradient with respect to `out`; backward may overwrite it */
    real *d_x;     /* rows x in: to be written, or NULL when nobody asks (the first layer) */
} hone_tape;

typedef struct hone_layer_kind {
    const char *name;
    /* Trainable numbers. SIZE_MAX when they cannot be counted. */
    size_t (*n_params)(const hone_layer *layer);
    /* The first so many of them are weights: the penalty is theirs. */
    size_t (*n_weights)(const hone_layer *layer);
    /* (optional; defaults to 0) Numbers per row in `kept`. */
    size_t (*n_kept)(const hone_layer *layer);
    /* params: n_params, to be filled. */
    void (*init)(const hone_layer *layer, hone_rng *rng, real *params);
    /* Fills tape->out (and kept) from tape->x. */
    void (*forward)(const hone_layer *layer, const hone_pass *pass, const real *params,
                    const hone_tape *tape);
    /* Fills grads (n_params, overwritten) and tape->d_x from tape->d_out. */
    void (*backward)(const hone_layer *layer, const hone_pass *pass, const real *params,
                     const hone_tape *tape, real *grads);
} hone_layer_kind;

struct hone_layer {
    const hone_layer_kind *kind;
    const hone_activation *activation; /* of kinds that have one */
    size_t in, out;                    /* columns */
    size_t first;                      /* where its parameters begin; hone_net_plan() fills it */
};

/* out = f(x W + b): `activation`, `in` and `out` are read. */
extern const hone_layer_kind hone_dense;

#endif
