/* real_double.h -- double precision for the checks; every outside symbol of the engine gets a name
 * of its own, so that both builds can live in one program. */
#ifndef HONE_NN_REAL_DOUBLE_H
#define HONE_NN_REAL_DOUBLE_H

#include <math.h>

typedef double real;

#define real_gemm hone_dgemm
#define real_sqrt sqrt
#define real_exp  exp
#define real_tanh tanh

#define hone_dense            hone_dense_f64
#define hone_activations      hone_activations_f64
#define hone_activation_find  hone_activation_find_f64
#define hone_inits            hone_inits_f64
#define hone_init_find        hone_init_find_f64
#define hone_losses           hone_losses_f64
#define hone_loss_find        hone_loss_find_f64
#define hone_optimizers       hone_optimizers_f64
#define hone_optimizer_find   hone_optimizer_find_f64
#define hone_schedules        hone_schedules_f64
#define hone_schedule_find    hone_schedule_find_f64
#define hone_row_product      hone_row_product_f64
#define hone_small_forward    hone_small_forward_f64
#define hone_small_gradient   hone_small_gradient_f64
#define hone_small_backward   hone_small_backward_f64
#define hone_net_plan         hone_net_plan_f64
#define hone_net_init         hone_net_init_f64
#define hone_net_work_create  hone_net_work_create_f64
#define hone_net_work_free    hone_net_work_free_f64
#define hone_net_forward      hone_net_forward_f64
#define hone_net_loss         hone_net_loss_f64
#define hone_net_gradient     hone_net_gradient_f64
#define hone_net_train        hone_net_train_f64
#define hone_net_history_free hone_net_history_free_f64

#endif
