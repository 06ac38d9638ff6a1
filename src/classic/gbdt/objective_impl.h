/* objective_impl.h -- what the files of the losses share. */
#ifndef HONE_GBDT_OBJECTIVE_IMPL_H
#define HONE_GBDT_OBJECTIVE_IMPL_H

#include "classic/gbdt/objective.h"

static inline double hone_loss_weight(const hone_loss *loss, size_t i) {
    return loss->weights ? loss->weights[i] : 1;
}

static inline double hone_loss_top(const double *f, size_t k) {
    double top = f[0];
    for (size_t c = 1; c < k; c++)
        top = f[c] > top ? f[c] : top;
    return top;
}

/* Sum of weights, and weighted mean of the target (objective_values.c). */
double hone_loss_total_weight(const hone_loss *loss);
double hone_loss_target_mean(const hone_loss *loss);

extern const hone_objective hone_squared_loss, hone_absolute_loss, hone_huber_loss,
    hone_quantile_loss, hone_poisson_loss, hone_gamma_loss, hone_tweedie_loss;

#endif
