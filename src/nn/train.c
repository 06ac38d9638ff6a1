/* train.c -- mini-batch training.
 *
 *   for every epoch:  shuffle the rows;  for every batch:  w <- optimizer(w, grad J(batch))
 *
 * The curve that decides when to stop is the validation loss if there is validation, else the
 * epoch's training loss (measured during the epoch, as scikit-learn does). The batches of a
 * shuffled epoch are gathered into one small buffer that stays in the cache.
 * Shapes: X rows x inputs, T rows x outputs, w rows; n parameters, of which the optimizer keeps
 * n_slots copies.                                                                           */
#include "nn/train.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

enum { SHUFFLE_STREAM = 0x73687566 };

/* Everything that lives as long as one call of hone_net_train(). */
struct trainer {
    const hone_net *net;
    const hone_net_training *how;
    const hone_samples *samples, *validation;
    hone_net_work *work;
    real *params;        /* n_params, the caller's */
    real *grads, *slots; /* n_params, n_slots x n_params */
    real *best_params;   /* n_params, with validation */
    size_t *order;       /* rows, or NULL: as they lie */
    real *batch_x, *batch_t, *batch_w;
    size_t batch, inputs, outputs; /* rows per step; columns of X and T */
    size_t step;
    hone_moment now;
    size_t stalled; /* epochs in a row without progress */
};

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Rows are only moved when there are several batches: in a single one their order is nothing. */
static hone_status trainer_create(struct trainer *t, hone_error *err) {
    size_t rows = t->samples->rows, n = t->net->n_params;
    t->batch = smaller(t->how->batch_size, rows);
    t->inputs = t->net->layers[0].in;
    t->outputs = t->net->layers[t->net->n_layers - 1].out;
    bool gather = t->how->shuffle && t->batch < rows;

    hone_status status = hone_net_work_create(t->net, t->batch, &t->work, err);
    if (status == HONE_OK)
        status = hone_new(&t->grads, n, err);
    if (status == HONE_OK)
        status = hone_new2(&t->slots, t->how->optimizer->n_slots, n, err);
    if (status == HONE_OK && t->validation)
        status = hone_new(&t->best_params, n, err);
    if (status == HONE_OK && gather)
        status = hone_new(&t->order, rows, err);
    if (status == HONE_OK && gather)
        status = hone_new2(&t->batch_x, t->batch, t->inputs, err);
    if (status == HONE_OK && gather)
        status = hone_new2(&t->batch_t, t->batch, t->outputs, err);
    if (status == HONE_OK && gather && t->samples->w)
        status = hone_new(&t->batch_w, t->batch, err);
    for (size_t i = 0; status == HONE_OK && gather && i < rows; i++)
        t->order[i] = i;
    return status;
}

static void trainer_free(struct trainer *t) {
    hone_net_work_free(t->work);
    hone_release(t->grads);
    hone_release(t->slots);
    hone_release(t->best_params);
    hone_release(t->order);
    hone_release(t->batch_x);
    hone_release(t->batch_t);
    hone_release(t->batch_w);
}

/* The rows [first, first + n) as they lie. */
static hone_samples slice(const struct trainer *t, const hone_samples *all, size_t first,
                          size_t n) {
    return (hone_samples){n, all->x + first * t->inputs, all->t + first * t->outputs,
                          all->w ? all->w + first : NULL};
}

/* The n rows from `first` in the order of this epoch. */
static hone_samples take_batch(struct trainer *t, size_t first, size_t n) {
    if (!t->order)
        return slice(t, t->samples, first, n);
    for (size_t i = 0; i < n; i++) {
        size_t row = t->order[first + i];
        memcpy(t->batch_x + i * t->inputs, t->samples->x + row * t->inputs,
               t->inputs * sizeof(real));
        for (size_t j = 0; j < t->outputs; j++)
            t->batch_t[i * t->outputs + j] = t->samples->t[row * t->outputs + j];
        if (t->batch_w)
            t->batch_w[i] = t->samples->w[row];
    }
    return (hone_samples){n, t->batch_x, t->batch_t, t->batch_w};
}

/* One pass over all rows; *loss = mean of J over its batches, weighed by their rows. */
static hone_status run_epoch(struct trainer *t, double *loss, const hone_monitor *mon,
                             hone_error *err) {
    const hone_net_training *how = t->how;
    size_t rows = t->samples->rows;
    if (t->order) {
        hone_rng rng = hone_rng_at(how->seed, hone_rng_stream(SHUFFLE_STREAM, t->now.epoch));
        hone_rng_shuffle(&rng, t->order, rows);
    }
    double rate = how->schedule->rate(&how->schedule_options, &t->now);
    double sum = 0;
    for (size_t first = 0; first < rows; first += t->batch) {
        hone_status status = hone_monitor_poll(mon, err);
        if (status != HONE_OK)
            return status;
        hone_samples batch = take_batch(t, first, smaller(t->batch, rows - first));
        hone_pass pass = {.training = true, .seed = how->seed, .step = t->step};
        sum += (double)batch.rows * hone_net_gradient(t->net, how->loss, &pass, how->alpha,
                                                      t->params, &batch, t->work, t->grads);
        how->optimizer->step(&how->optimizer_options, rate, ++t->step, t->net->n_params, t->grads,
                             t->slots, t->params);
    }
    t->now.epoch++;
    t->now.seen += rows;
    *loss = sum / (double)rows;
    return HONE_OK;
}

static hone_status validate(struct trainer *t, double *loss, const hone_monitor *mon,
                            hone_error *err) {
    const hone_samples *all = t->validation;
    double sum = 0;
    for (size_t first = 0; first < all->rows; first += t->batch) {
        hone_status status = hone_monitor_poll(mon, err);
        if (status != HONE_OK)
            return status;
        hone_samples part = slice(t, all, first, smaller(t->batch, all->rows - first));
        sum += hone_net_loss(t->net, t->how->loss, t->params, &part, t->work);
    }
    *loss = sum / (double)all->rows;
    return HONE_OK;
}

/* Grows the curves to hold epoch number `epoch` (from 0): by doubling. */
static hone_status history_reserve(hone_net_history *history, size_t epoch, bool validation,
                                   hone_error *err) {
    if (epoch & (epoch - 1)) /* room is 1, 2, 4, 8, ...: full at powers of two only */
        return HONE_OK;
    size_t room = epoch ? 2 * epoch : 1;
    hone_status status = hone_grow(&history->loss, epoch, room, err);
    if (status == HONE_OK && validation)
        status = hone_grow(&history->validation, epoch, room, err);
    return status;
}

/* After an epoch: remembers the best, and tells whether that was enough. */
static bool should_stop(struct trainer *t, double value, hone_net_history *history) {
    t->stalled = value > history->best - t->how->tol ? t->stalled + 1 : 0;
    if (value < history->best) {
        history->best = value;
        if (t->best_params)
            memcpy(t->best_params, t->params, t->net->n_params * sizeof(real));
    }
    if (t->stalled <= t->how->patience)
        return false;
    const hone_schedule *schedule = t->how->schedule;
    double rate = schedule->rate(&t->how->schedule_options, &t->now);
    t->stalled = 0;
    t->now.stalls++;
    return schedule->smallest == 0 || rate <= schedule->smallest;
}

static hone_status run_epochs(struct trainer *t, hone_net_history *history, const hone_monitor *mon,
                              hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t epoch = 0; epoch < t->how->max_epochs && !history->converged; epoch++) {
        double loss, value;
        status = history_reserve(history, epoch, t->validation, err);
        if (status == HONE_OK)
            status = run_epoch(t, &loss, mon, err);
        if (status == HONE_OK)
            value = loss;
        if (status == HONE_OK && t->validation)
            status = validate(t, &value, mon, err);
        if (status != HONE_OK)
            return status;
        if (!isfinite(loss) || !isfinite(value)) {
            double odd = isfinite(loss) ? value : loss;
            return hone_fail(err, HONE_ENUMERIC,
                             "%s: the loss became %g in epoch %zu; scale the columns, or lower "
                             "learning_rate_init (now %g)",
                             t->net->who, isnan(odd) ? (double)NAN : odd, /* never "-nan" */
                             epoch + 1, t->how->schedule_options.initial);
        }
        history->loss[epoch] = loss;
        if (t->validation)
            history->validation[epoch] = value;
        history->n_epochs = epoch + 1;
        history->converged = should_stop(t, value, history);
        hone_monitor_progress(mon, (double)(epoch + 1) / (double)t->how->max_epochs, t->net->who);
    }
    return HONE_OK;
}

hone_status hone_net_train(const hone_net *net, const hone_net_training *how,
                           const hone_samples *samples, const hone_samples *validation,
                           real *params, hone_net_history *out, const hone_monitor *mon,
                           hone_error *err) {
    struct trainer t = {.net = net,
                        .how = how,
                        .samples = samples,
                        .validation = validation,
                        .params = params,
                        .now = {.max_epochs = how->max_epochs}};
    hone_net_history history = {.best = INFINITY};
    hone_status status = trainer_create(&t, err);
    if (status == HONE_OK)
        status = run_epochs(&t, &history, mon, err);
    if (status != HONE_OK)
        goto done;
    if (t.best_params)
        memcpy(params, t.best_params, net->n_params * sizeof(real));
    *out = history, history = (hone_net_history){0};
done:
    trainer_free(&t);
    hone_net_history_free(&history);
    return status;
}

void hone_net_history_free(hone_net_history *history) {
    hone_release(history->loss);
    hone_release(history->validation);
    *history = (hone_net_history){0};
}
