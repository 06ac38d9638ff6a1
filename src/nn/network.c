/* network.c -- forward and backward through a sequence of layers.
 *
 *   a_0 = x,  a_l = layer_l(a_(l-1)),  z = a_L;      J = 1/rows (sum_i w_i l(z_i) + alpha/2 |W|^2)
 *
 * One block holds what a pass needs: for every layer its output (rows x out) and what it keeps
 * (rows x n_kept), then two buffers (rows x widest) that gradients take in turns. Each piece begins
 * at a multiple of 16 numbers. Cost: that of the layers. */
#include "nn/network.h"

#include "core/alloc.h"
#include "core/clones.h"
#include "core/error.h"

struct hone_net_work {
    real *block;
    hone_tape *tapes; /* n_layers */
    real *d[2];       /* rows x widest layer */
};

enum { INIT_STREAM = 0x696e6974 };

static const hone_layer *last(const hone_net *net) {
    return &net->layers[net->n_layers - 1];
}

hone_status hone_net_plan(const char *who, hone_layer *layers, size_t n_layers, hone_net *net,
                          hone_error *err) {
    size_t total = 0;
    for (size_t i = 0; i < n_layers; i++) {
        size_t n = layers[i].kind->n_params(&layers[i]);
        layers[i].first = total;
        if (__builtin_add_overflow(total, n, &total) || total > SIZE_MAX / sizeof(real))
            return hone_fail(err, HONE_EINVAL,
                             "%s: hidden_layer_sizes asks for more weights than can be counted",
                             who);
    }
    *net = (hone_net){who, n_layers, layers, total};
    return HONE_OK;
}

void hone_net_init(const hone_net *net, uint64_t seed, real *params) {
    for (size_t i = 0; i < net->n_layers; i++) {
        const hone_layer *layer = &net->layers[i];
        hone_rng rng = hone_rng_at(seed, hone_rng_stream(INIT_STREAM, i));
        if (layer->kind->init)
            layer->kind->init(layer, &rng, params + layer->first);
    }
}

/* ---- room for a pass ---------------------------------------------------------------------- */

static size_t kept_per_row(const hone_layer *layer) {
    return layer->kind->n_kept ? layer->kind->n_kept(layer) : 0;
}

/* Numbers for rows x cols, rounded up to the next piece; SIZE_MAX when there is no such number. */
static size_t piece(size_t rows, size_t cols) {
    size_t n;
    if (__builtin_mul_overflow(rows, cols, &n) || n > SIZE_MAX - 15)
        return SIZE_MAX;
    return (n + 15) / 16 * 16;
}

/* Sum of two counts, SIZE_MAX when it is none. */
static size_t plus(size_t a, size_t b) {
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

hone_status hone_net_work_create(const hone_net *net, size_t rows, hone_net_work **out,
                                 hone_error *err) {
    hone_net_work *work = NULL;
    size_t widest = 0, total = 0;
    for (size_t i = 0; i < net->n_layers; i++) {
        const hone_layer *layer = &net->layers[i];
        widest = layer->out > widest ? layer->out : widest;
        total = plus(total, piece(rows, layer->out));
        total = plus(total, piece(rows, kept_per_row(layer)));
    }
    total = plus(total, plus(piece(rows, widest), piece(rows, widest)));

    hone_status status = hone_new(&work, 1, err);
    if (status == HONE_OK)
        status = hone_new(&work->tapes, net->n_layers, err);
    if (status == HONE_OK)
        status = hone_new(&work->block, total, err);
    if (status != HONE_OK)
        goto done;

    real *at = work->block;
    for (size_t i = 0; i < net->n_layers; i++) {
        work->tapes[i].out = at;
        at += piece(rows, net->layers[i].out);
        work->tapes[i].kept = at;
        at += piece(rows, kept_per_row(&net->layers[i]));
    }
    work->d[0] = at;
    work->d[1] = at + piece(rows, widest);
    *out = work, work = NULL;
done:
    hone_net_work_free(work);
    return status;
}

void hone_net_work_free(hone_net_work *work) {
    if (!work)
        return;
    hone_release(work->block);
    hone_release(work->tapes);
    hone_release(work);
}

/* ---- passes --------------------------------------------------------------------------------- */

const real *hone_net_forward(const hone_net *net, const hone_pass *pass, const real *params,
                             size_t rows, const real *x, hone_net_work *work) {
    for (size_t i = 0; i < net->n_layers; i++) {
        const hone_layer *layer = &net->layers[i];
        hone_tape *tape = &work->tapes[i];
        tape->rows = rows;
        tape->x = x;
        layer->kind->forward(layer, pass, params + layer->first, tape);
        x = tape->out;
    }
    return x;
}

/* From the gradient of the outputs in work->d[0] to that of the parameters. Nobody asks for the
 * gradient of the net's own input. */
static void net_backward(const hone_net *net, const hone_pass *pass, const real *params,
                         hone_net_work *work, real *grads) {
    real *d = work->d[0], *spare = work->d[1];
    for (size_t i = net->n_layers; i-- > 0;) {
        const hone_layer *layer = &net->layers[i];
        hone_tape *tape = &work->tapes[i];
        tape->d_out = d;
        tape->d_x = i > 0 ? spare : NULL;
        layer->kind->backward(layer, pass, params + layer->first, tape, grads + layer->first);
        real *next = spare;
        spare = d, d = next;
    }
}

double hone_net_loss(const hone_net *net, const hone_loss *loss, const real *params,
                     const hone_samples *samples, hone_net_work *work) {
    hone_pass pass = {.training = false};
    const real *z = hone_net_forward(net, &pass, params, samples->rows, samples->x, work);
    return loss->value(samples->rows, last(net)->out, z, samples->t, samples->w, 1, work->d[0]);
}

/* g (n) += c w; returns |w|^2. Sixteen partial sums, whatever the width of the registers. */
HONE_CLONES
static double add_decay(size_t n, real c, const real *restrict w, real *restrict g) {
    real sum[16] = {0};
    size_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (size_t l = 0; l < 16; l++) {
            sum[l] += w[i + l] * w[i + l];
            g[i + l] += c * w[i + l];
        }
    double total = 0;
    for (; i < n; i++) {
        total += (double)(w[i] * w[i]);
        g[i] += c * w[i];
    }
    for (size_t l = 0; l < 16; l++)
        total += (double)sum[l];
    return total;
}

double hone_net_gradient(const hone_net *net, const hone_loss *loss, const hone_pass *pass,
                         double alpha, const real *params, const hone_samples *samples,
                         hone_net_work *work, real *grads) {
    double share = 1 / (double)samples->rows;
    const real *z = hone_net_forward(net, pass, params, samples->rows, samples->x, work);
    double value = loss->value(samples->rows, last(net)->out, z, samples->t, samples->w,
                               (real)share, work->d[0]);
    net_backward(net, pass, params, work, grads);

    double squares = 0;
    for (size_t i = 0; alpha > 0 && i < net->n_layers; i++) {
        const hone_layer *layer = &net->layers[i];
        squares += add_decay(layer->kind->n_weights(layer), (real)(alpha * share),
                             params + layer->first, grads + layer->first);
    }
    return share * (value + 0.5 * alpha * squares);
}
