/* loss.h -- what training makes small, on the net's raw outputs z: one table row each.
 *
 * Targets are dense (rows x cols), so that soft labels (smoothing, mixup) need no other loss. */
#ifndef HONE_NN_LOSS_H
#define HONE_NN_LOSS_H

#include "nn/real.h"

#include <stddef.h>

/* Rows with targets, borrowed. */
typedef struct hone_samples {
    size_t rows;
    const real *x; /* rows x inputs */
    const real *t; /* rows x outputs */
    const real *w; /* rows, or NULL = all 1 */
} hone_samples;

typedef struct hone_loss {
    const char *name;
    /* Returns sum_i w_i l(z_i, t_i); d (rows x cols) = scale * its gradient by z.
     * w: rows, or NULL = all 1. */
    double (*value)(size_t rows, size_t cols, const real *z, const real *t, const real *w,
                    real scale, real *d);
    /* z (rows x cols) becomes what the net predicts: probabilities or values. */
    void (*link)(size_t rows, size_t cols, double *z);
} hone_loss;

/* Ends with a row without a name. */
extern const hone_loss hone_losses[];

/* Row by name, or NULL. */
const hone_loss *hone_loss_find(const char *name);

#endif
