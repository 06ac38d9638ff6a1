/* Every gradient against central differences, in double: all activations x losses x depths, with
 * and without weights and penalty, to a relative error of 1e-6. */
#include <criterion/criterion.h>

#include "nets.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 7, INPUTS = 4 };

/* Five points: the error is O(h^4), so that rounding is all that is left. */
static double central(double (*f)(void *context), void *context, double *at) {
    const double h = 1e-4, x = *at;
    double value[4];
    const double offsets[] = {-2 * h, -h, h, 2 * h};
    for (int i = 0; i < 4; i++) {
        *at = x + offsets[i];
        value[i] = f(context);
    }
    *at = x;
    return (value[0] - 8 * value[1] + 8 * value[2] - value[3]) / (12 * h);
}

static void expect_close(double got, double want, const char *what, size_t i) {
    double scale = fmax(fmax(fabs(got), fabs(want)), 1e-5);
    cr_expect_leq(fabs(got - want), 1e-6 * scale, "%s, entry %zu: %.12g, differences give %.12g",
                  what, i, got, want);
}

/* ---- whole nets ------------------------------------------------------------------------------ */

struct problem {
    struct test_net net;
    const hone_loss *loss;
    hone_samples samples;
    hone_net_work *work;
    double alpha;
    real *grads;
};

static double objective(void *context) {
    struct problem *p = context;
    hone_pass pass = {.training = true};
    return hone_net_gradient(&p->net.net, p->loss, &pass, p->alpha, p->net.params, &p->samples,
                             p->work, p->grads);
}

/* Targets of the loss: soft labels that sum to 1, shares, values. */
static real *targets_for(const hone_loss *loss, size_t cols) {
    real *t = test_normals(5, ROWS * cols, 1);
    if (loss != hone_loss_find("squared_error"))
        for (size_t i = 0; i < ROWS * cols; i++)
            t[i] = 1 / (1 + exp(-t[i]));
    if (loss == hone_loss_find("softmax_cross_entropy"))
        for (size_t i = 0; i < ROWS; i++) {
            double sum = 0;
            for (size_t j = 0; j < cols; j++)
                sum += t[i * cols + j];
            for (size_t j = 0; j < cols; j++)
                t[i * cols + j] /= sum;
        }
    return t;
}

static void check_net(const double *sizes, size_t n, const hone_activation *activation,
                      const hone_loss *loss, bool weighted, double alpha) {
    struct problem p = {.loss = loss, .alpha = alpha};
    test_net_make(&p.net, sizes, n, activation);
    size_t n_params = p.net.net.n_params, cols = (size_t)sizes[n - 1];
    hone_net_init(&p.net.net, 11, p.net.params);
    real *x = test_normals(1, ROWS * INPUTS, 1), *t = targets_for(loss, cols);
    real *w = weighted ? test_normals(2, ROWS, 1) : NULL;
    for (size_t i = 0; w && i < ROWS; i++)
        w[i] = fabs(w[i]) + 0.1;
    p.samples = (hone_samples){ROWS, x, t, w};
    p.grads = malloc(n_params * sizeof *p.grads);
    real *grads = malloc(n_params * sizeof *grads);
    cr_assert_eq(hone_net_work_create(&p.net.net, ROWS, &p.work, NULL), HONE_OK);

    objective(&p);
    for (size_t i = 0; i < n_params; i++)
        grads[i] = p.grads[i];
    char what[100];
    snprintf(what, sizeof what, "%s, %s, %zu layers, weights %d, alpha %g", activation->name,
             loss->name, n - 1, weighted, alpha);
    for (size_t i = 0; i < n_params; i++)
        expect_close(grads[i], central(objective, &p, &p.net.params[i]), what, i);

    free(x), free(t), free(w), free(grads), free(p.grads);
    hone_net_work_free(p.work);
    test_net_free(&p.net);
}

static void check_every_net(const hone_activation *activation) {
    const double shallow[] = {INPUTS, 3}, deep[] = {INPUTS, 6, 5, 3}, one[] = {INPUTS, 5, 1};
    for (const hone_loss *loss = hone_losses; loss->name; loss++)
        for (int weighted = 0; weighted < 2; weighted++)
            for (int penalised = 0; penalised < 2; penalised++) {
                double alpha = penalised ? 0.7 : 0;
                check_net(shallow, 2, activation, loss, weighted, alpha);
                check_net(deep, 4, activation, loss, weighted, alpha);
                check_net(one, 3, activation, loss, weighted, alpha);
            }
}

Test(gradient, of_every_activation_and_loss) {
    for (const hone_activation *row = hone_activations; row->name; row++)
        check_every_net(row);
}

/* z^2, whose backward wants z: a row from outside the table is as good as one in it. */
static void square_forward(size_t rows, size_t cols, const real *bias, real *z, real *out) {
    for (size_t i = 0; i < rows * cols; i++) {
        z[i] += bias[i % cols];
        out[i] = z[i] * z[i];
    }
}

static void square_backward(size_t n, const real *kept, real *d) {
    for (size_t i = 0; i < n; i++)
        d[i] *= 2 * kept[i];
}

Test(gradient, of_an_activation_that_keeps_its_input) {
    const hone_activation square = {"square", HONE_BEND_ALL_ALONG, "he_uniform",
                                    true,     square_forward,      square_backward};
    check_every_net(&square);
}

/* ---- one layer: also the gradient by its input ----------------------------------------------- */

struct lone {
    hone_layer layer;
    hone_tape tape;
    real *params, *r; /* the value is sum r .* out */
    size_t n_out;
};

static double lone_value(void *context) {
    struct lone *p = context;
    hone_pass pass = {.training = true};
    p->layer.kind->forward(&p->layer, &pass, p->params, &p->tape);
    double sum = 0;
    for (size_t i = 0; i < p->n_out; i++)
        sum += p->r[i] * p->tape.out[i];
    return sum;
}

static void check_dense(const hone_activation *activation, size_t in, size_t out) {
    struct lone p = {.layer = {&hone_dense, activation, in, out, 0}, .n_out = ROWS * out};
    size_t n = hone_dense.n_params(&p.layer);
    real *x = test_normals(1, ROWS * in, 1), *d_x = test_normals(0, ROWS * in, 1);
    real *grads = test_normals(0, n, 1), *result = test_normals(0, p.n_out, 1);
    real *d = test_normals(4, p.n_out, 1);
    p.params = test_normals(2, n, 0.5), p.r = test_normals(4, p.n_out, 1);
    p.tape = (hone_tape){.rows = ROWS, .x = x, .out = result, .d_out = d, .d_x = d_x};

    hone_pass pass = {.training = true};
    lone_value(&p);
    hone_dense.backward(&p.layer, &pass, p.params, &p.tape, grads);
    for (size_t i = 0; i < n; i++)
        expect_close(grads[i], central(lone_value, &p, &p.params[i]), activation->name, i);
    for (size_t i = 0; i < ROWS * in; i++)
        expect_close(d_x[i], central(lone_value, &p, &x[i]), activation->name, i);
    free(x), free(d_x), free(grads), free(result), free(d), free(p.params), free(p.r);
}

Test(gradient, of_the_dense_layer_alone) {
    for (const hone_activation *row = hone_activations; row->name; row++)
        for (size_t out = 1; out < 6; out++)
            check_dense(row, 5, out);
    check_dense(hone_activation_find("tanh"), 37, 41);
}

/* ---- losses alone ---------------------------------------------------------------------------- */

struct loss_problem {
    const hone_loss *loss;
    real *z, *t, *w, *d;
    size_t cols;
};

static double loss_value(void *context) {
    struct loss_problem *p = context;
    return p->loss->value(ROWS, p->cols, p->z, p->t, p->w, 1, p->d);
}

Test(gradient, of_every_loss_by_its_input) {
    const double scale = 0.25;
    for (const hone_loss *loss = hone_losses; loss->name; loss++)
        for (size_t cols = 1; cols < 5; cols++) {
            struct loss_problem p = {.loss = loss, .cols = cols};
            size_t n = ROWS * cols;
            p.z = test_normals(1, n, 3), p.t = targets_for(loss, cols);
            p.w = test_normals(2, ROWS, 1), p.d = test_normals(0, n, 1);
            real *d = test_normals(0, n, 1);
            loss->value(ROWS, cols, p.z, p.t, p.w, scale, d);
            for (size_t i = 0; i < n; i++)
                expect_close(d[i], scale * central(loss_value, &p, &p.z[i]), loss->name, i);
            free(p.z), free(p.t), free(p.w), free(p.d), free(d);
        }
}
