/* dense.c -- the fully connected layer.
 *
 *   forward   A = f(Z),  Z = X W + 1 b'
 *   backward  D = dA .* f'(Z),  dW = X' D,  db = D' 1,  dX = D W'
 *
 * Shapes: X rows x in, W in x out, b out, A rows x out; the parameters lie as W, then b.
 * Cost: 2 rows in out operations forward, twice that backward (once without dX).          */
#include "nn/layer.h"

#include "core/clones.h"
#include "linalg/linalg.h"
#include "nn/product.h"

#include <string.h>

static size_t n_weights(const hone_layer *layer) {
    return layer->in * layer->out;
}

static size_t n_params(const hone_layer *layer) {
    size_t n;
    if (__builtin_mul_overflow(layer->in, layer->out, &n) ||
        __builtin_add_overflow(n, layer->out, &n))
        return SIZE_MAX;
    return n;
}

static size_t n_kept(const hone_layer *layer) {
    return layer->activation->keeps_input ? layer->out : 0;
}

/* Weights and biases alike, as scikit-learn does: a unit starts with a bend somewhere in the data
 * and not with all bends at the origin. */
static void init(const hone_layer *layer, hone_rng *rng, real *params) {
    hone_init_find(layer->activation->init)
        ->fill(layer->in, layer->out, rng, params, n_params(layer));
}

/* Does all of forward where bias and activation can be had with the product. */
static bool forward_at_once(const hone_layer *layer, const real *params, const hone_tape *tape) {
    const hone_activation *f = layer->activation;
    size_t in = layer->in, out = layer->out;
    return f->bend != HONE_BEND_ALL_ALONG && !f->keeps_input &&
           hone_small_forward(tape->rows, in, out, tape->x, params, params + in * out,
                              f->bend == HONE_BEND_AT_0, tape->out);
}

/* Outside of training a row's result must not depend on its neighbours: see product.h. */
static void forward(const hone_layer *layer, const hone_pass *pass, const real *params,
                    const hone_tape *tape) {
    size_t rows = tape->rows, in = layer->in, out = layer->out;
    real *z = layer->activation->keeps_input ? tape->kept : tape->out;
    if (pass->training && forward_at_once(layer, params, tape))
        return;
    if (!pass->training)
        hone_row_product(rows, in, out, tape->x, params, z);
    else if (!hone_small_forward(rows, in, out, tape->x, params, NULL, false, z))
        real_gemm(false, false, rows, out, in, 1, tape->x, in, params, out, 0, z, out);
    layer->activation->forward(rows, out, params + in * out, z, tape->out);
}

/* sums (cols) of the columns of d (rows x cols). */
HONE_CLONES
static void sum_columns(size_t rows, size_t cols, const real *restrict d, real *restrict sums) {
    memset(sums, 0, cols * sizeof *sums);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            sums[j] += d[i * cols + j];
}

static void backward(const hone_layer *layer, const hone_pass *pass, const real *params,
                     const hone_tape *tape, real *grads) {
    (void)pass;
    size_t rows = tape->rows, in = layer->in, out = layer->out;
    const real *kept = layer->activation->keeps_input ? tape->kept : tape->out;
    real *d = tape->d_out;
    layer->activation->backward(rows * out, kept, d);
    if (!hone_small_gradient(rows, in, out, tape->x, d, grads, grads + in * out)) {
        real_gemm(true, false, in, out, rows, 1, tape->x, in, d, out, 0, grads, out);
        sum_columns(rows, out, d, grads + in * out);
    }
    if (tape->d_x && !hone_small_backward(rows, in, out, d, params, tape->d_x))
        real_gemm(false, true, rows, in, out, 1, d, out, params, out, 0, tape->d_x, in);
}

const hone_layer_kind hone_dense = {
    .name = "dense",
    .n_params = n_params,
    .n_weights = n_weights,
    .n_kept = n_kept,
    .init = init,
    .forward = forward,
    .backward = backward,
};
