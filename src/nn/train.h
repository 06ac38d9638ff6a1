/* train.h -- mini-batch training of a net: epochs, shuffling, stopping. */
#ifndef HONE_NN_TRAIN_H
#define HONE_NN_TRAIN_H

#include "nn/network.h"
#include "nn/optimizer.h"
#include "nn/schedule.h"

#include <hone/monitor.h>

#include <stdint.h>

typedef struct hone_net_training {
    const hone_loss *loss;
    const hone_optimizer *optimizer;
    hone_optimizer_options optimizer_options;
    const hone_schedule *schedule;
    hone_schedule_options schedule_options;
    double alpha;                /* strength of the penalty on weights, see hone_net_gradient() */
    size_t batch_size;           /* rows per step; the last step of an epoch may have fewer */
    size_t max_epochs, patience; /* stop after more than `patience` epochs in a row ... */
    double tol;                  /* ... in which the loss did not fall by tol */
    bool shuffle;
    uint64_t seed;
} hone_net_training;

/* How training went. Free with hone_net_history_free(). */
typedef struct hone_net_history {
    size_t n_epochs;
    double *loss;       /* n_epochs: mean of J over the epoch's batches */
    double *validation; /* n_epochs: mean loss on the validation rows; NULL without any */
    double best;        /* smallest value of the curve that decides: validation if there is one */
    bool converged;     /* stopped before max_epochs */
} hone_net_history;

/* Trains params (net->n_params: where to start, and the result). With validation samples (rows >
 * 0) the result is that of the epoch with the smallest validation loss, without (NULL) that of the
 * last epoch. Same seed, same bits; one thread.
 * HONE_ENUMERIC, naming the epoch, when the loss is not finite; `params` is then of no use.
 * Cost: epochs x rows x the cost of the layers' forward and backward. */
HONE_NODISCARD hone_status hone_net_train(const hone_net *net, const hone_net_training *how,
                                          const hone_samples *samples,
                                          const hone_samples *validation, real *params,
                                          hone_net_history *out, const hone_monitor *mon,
                                          hone_error *err);
void hone_net_history_free(hone_net_history *history);

#endif
