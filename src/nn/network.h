/* network.h -- a sequence of layers over one flat array of parameters.
 *
 * The net itself is only a plan: it owns nothing and never changes after hone_net_plan(). The
 * caller holds the parameters, so that optimizer, penalty, averaging, saving and loading are each
 * one loop over one array, and a fitted net can be used by any number of threads. */
#ifndef HONE_NN_NETWORK_H
#define HONE_NN_NETWORK_H

#include "nn/layer.h"
#include "nn/loss.h"

#include <hone/status.h>

typedef struct hone_net {
    const char *who; /* named in messages */
    size_t n_layers;
    const hone_layer *layers; /* n_layers, the caller's; layers[i].in == layers[i - 1].out */
    size_t n_params;
} hone_net;

/* Room for one pass over at most `rows` rows: outputs and gradients of every layer in one block. */
typedef struct hone_net_work hone_net_work;

/* Lays out the parameters of the layers (fills their `first`) and fills `net`.
 * HONE_EINVAL when there are more parameters than can be counted. */
HONE_NODISCARD hone_status hone_net_plan(const char *who, hone_layer *layers, size_t n_layers,
                                         hone_net *net, hone_error *err);
/* params (n_params): fresh ones; every layer draws from a stream of its own. */
void hone_net_init(const hone_net *net, uint64_t seed, real *params);

/* Free with hone_net_work_free(). O(rows x sum of the layers' outputs). */
HONE_NODISCARD hone_status hone_net_work_create(const hone_net *net, size_t rows,
                                                hone_net_work **out, hone_error *err);
void hone_net_work_free(hone_net_work *work);

/* The outputs (rows x last out) for x (rows x first in), inside `work` until its next use. */
const real *hone_net_forward(const hone_net *net, const hone_pass *pass, const real *params,
                             size_t rows, const real *x, hone_net_work *work);
/* sum_i w_i l_i over the samples, forward only. samples->rows: at most those of `work`. */
double hone_net_loss(const hone_net *net, const hone_loss *loss, const real *params,
                     const hone_samples *samples, hone_net_work *work);
/* Mean loss over the samples with its penalty, and its gradient:
 *     J = 1/rows (sum_i w_i l_i + alpha/2 |weights|^2);    grads (n_params) is overwritten. */
double hone_net_gradient(const hone_net *net, const hone_loss *loss, const hone_pass *pass,
                         double alpha, const real *params, const hone_samples *samples,
                         hone_net_work *work, real *grads);

#endif
