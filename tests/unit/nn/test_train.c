/* Training: it learns, it stops when it should, it gives back the best epoch. Float and double. */
#include <criterion/criterion.h>

#include "core/alloc.h"
#include "nets.h"
#include "nn/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* XOR with some noise: rows x 2 and its classes. */
struct xor_data {
    real *x, *t;
    hone_samples samples;
};

static struct xor_data xor_make(size_t rows, uint64_t seed) {
    struct xor_data data = {.x = test_normals(seed, rows * 2, 0.2),
                            .t = malloc(rows * sizeof(real))};
    for (size_t i = 0; i < rows; i++) {
        size_t a = i & 1, b = i >> 1 & 1;
        data.x[2 * i] += a ? 1 : -1;
        data.x[2 * i + 1] += b ? 1 : -1;
        data.t[i] = (real)(a ^ b);
    }
    data.samples = (hone_samples){rows, data.x, data.t, NULL};
    return data;
}

static void xor_free(struct xor_data *data) {
    free(data->x), free(data->t);
}

static hone_net_training settings(void) {
    return (hone_net_training){
        .loss = hone_loss_find("logistic"),
        .optimizer = hone_optimizer_find("adam"),
        .optimizer_options = {0.9, true, 0.9, 0.999, 1e-8},
        .schedule = hone_schedule_find("constant"),
        .schedule_options = {0.01, 0.5},
        .alpha = 1e-4,
        .batch_size = 32,
        .max_epochs = 150,
        .patience = 10,
        .tol = 1e-4,
        .shuffle = true,
        .seed = 1,
    };
}

static const double SIZES[] = {2, 8, 1};

static void start(struct test_net *net, const char *activation) {
    test_net_make(net, SIZES, 3, hone_activation_find(activation));
    hone_net_init(&net->net, 1, net->params);
}

static double accuracy(const struct test_net *net, const hone_samples *samples) {
    hone_net_work *work = NULL;
    hone_pass pass = {.training = false};
    cr_assert_eq(hone_net_work_create(&net->net, samples->rows, &work, NULL), HONE_OK);
    const real *z =
        hone_net_forward(&net->net, &pass, net->params, samples->rows, samples->x, work);
    size_t right = 0;
    for (size_t i = 0; i < samples->rows; i++)
        right += (z[i] > 0) == (samples->t[i] > 0);
    hone_net_work_free(work);
    return (double)right / (double)samples->rows;
}

Test(train, learns_xor_with_every_bent_activation) {
    struct xor_data data = xor_make(200, 1);
    for (const hone_activation *row = hone_activations; row->name; row++) {
        struct test_net net;
        hone_net_history history;
        hone_net_training how = settings();
        how.schedule_options.initial = 0.05;
        start(&net, row->name);
        cr_assert_eq(
            hone_net_train(&net.net, &how, &data.samples, NULL, net.params, &history, NULL, NULL),
            HONE_OK);
        if (strcmp(row->name, "identity"))
            cr_expect_eq(accuracy(&net, &data.samples), 1, "%s", row->name);
        else
            cr_expect_lt(accuracy(&net, &data.samples), 0.8, "a line cannot part XOR");
        hone_net_history_free(&history);
        test_net_free(&net);
    }
    xor_free(&data);
}

Test(train, loss_falls_and_is_told) {
    struct xor_data data = xor_make(100, 2);
    struct test_net net;
    hone_net_history history;
    hone_net_training how = settings();
    start(&net, "tanh");
    cr_assert_eq(
        hone_net_train(&net.net, &how, &data.samples, NULL, net.params, &history, NULL, NULL),
        HONE_OK);
    cr_assert_null(history.validation);
    cr_assert_gt(history.n_epochs, 20);
    for (size_t i = 5; i < history.n_epochs; i += 5)
        cr_expect_lt(history.loss[i], history.loss[i - 5], "epoch %zu", i);
    double best = INFINITY;
    for (size_t i = 0; i < history.n_epochs; i++)
        best = fmin(best, history.loss[i]);
    cr_assert_eq(history.best, best);
    hone_net_history_free(&history);
    test_net_free(&net);
    xor_free(&data);
}

/* Labels of the validation rows are turned round: learning makes its loss rise. */
Test(train, validation_puts_back_the_best_epoch) {
    struct xor_data data = xor_make(100, 3), other = xor_make(40, 4);
    for (size_t i = 0; i < 40; i += 3)
        other.t[i] = 1 - other.t[i];
    struct test_net net;
    hone_net_history history;
    hone_net_training how = settings();
    how.schedule_options.initial = 0.05;
    start(&net, "relu");
    cr_assert_eq(hone_net_train(&net.net, &how, &data.samples, &other.samples, net.params, &history,
                                NULL, NULL),
                 HONE_OK);
    size_t best = 0;
    for (size_t i = 0; i < history.n_epochs; i++)
        best = history.validation[i] < history.validation[best] ? i : best;
    cr_assert_eq(history.best, history.validation[best]);
    cr_assert(history.converged && history.n_epochs < how.max_epochs);
    cr_assert_gt(history.n_epochs, best + how.patience);

    hone_net_work *work = NULL;
    cr_assert_eq(hone_net_work_create(&net.net, 40, &work, NULL), HONE_OK);
    double loss = hone_net_loss(&net.net, how.loss, net.params, &other.samples, work) / 40;
    cr_assert_float_eq(loss, history.best, 1e-6);
    cr_assert_lt(loss, history.validation[history.n_epochs - 1] - 0.01);
    hone_net_work_free(work);
    hone_net_history_free(&history);
    test_net_free(&net);
    xor_free(&data), xor_free(&other);
}

/* A rate so small that nothing ever improves by tol. */
Test(train, stops_when_nothing_improves) {
    struct xor_data data = xor_make(50, 5);
    struct test_net net;
    hone_net_history history;
    hone_net_training how = settings();
    how.schedule_options.initial = 1e-9;
    how.shuffle = false;
    start(&net, "relu");
    cr_assert_eq(
        hone_net_train(&net.net, &how, &data.samples, NULL, net.params, &history, NULL, NULL),
        HONE_OK);
    cr_assert(history.converged);
    cr_assert_eq(history.n_epochs, how.patience + 2); /* the first epoch improves on infinity */
    hone_net_history_free(&history);

    how.schedule = hone_schedule_find("adaptive"); /* 5^-5 * 0.001 is below 1e-6 */
    how.schedule_options.initial = 0.001, how.tol = 10, how.max_epochs = 1000;
    cr_assert_eq(
        hone_net_train(&net.net, &how, &data.samples, NULL, net.params, &history, NULL, NULL),
        HONE_OK);
    cr_assert_eq(history.n_epochs, 1 + 6 * (how.patience + 1));
    hone_net_history_free(&history);
    test_net_free(&net);
    xor_free(&data);
}

Test(train, endless_loss_names_the_epoch) {
    struct xor_data data = xor_make(50, 6);
    struct test_net net;
    hone_net_history history;
    hone_error err;
    hone_net_training how = settings();
    data.x[7] = (real)NAN;
    start(&net, "relu");
    cr_assert_eq(
        hone_net_train(&net.net, &how, &data.samples, NULL, net.params, &history, NULL, &err),
        HONE_ENUMERIC);
    cr_assert(strstr(err.message, "test: the loss became nan in epoch 1;") &&
                  strstr(err.message, "learning_rate_init (now 0.01)"),
              "%s", err.message);
    test_net_free(&net);
    xor_free(&data);
}

/* Weights w on rows are as good as the rows w times, as far as sums can tell. */
Test(train, weight_two_is_the_row_twice) {
    struct xor_data data = xor_make(30, 7);
    real *x = malloc(60 * 2 * sizeof *x), *t = malloc(60 * sizeof *t), w[30];
    for (size_t i = 0; i < 60; i++) {
        memcpy(x + 2 * i, data.x + 2 * (i % 30), 2 * sizeof *x);
        t[i] = data.t[i % 30];
    }
    for (size_t i = 0; i < 30; i++)
        w[i] = 2;
    hone_samples once = data.samples, twice = {60, x, t, NULL};
    once.w = w;
    struct test_net a, b;
    hone_net_work *work = NULL;
    start(&a, "tanh"), start(&b, "tanh");
    hone_pass pass = {.training = true};
    cr_assert_eq(hone_net_work_create(&a.net, 60, &work, NULL), HONE_OK);
    real *ga = test_normals(0, a.net.n_params, 1), *gb = test_normals(0, a.net.n_params, 1);
    const hone_loss *loss = hone_loss_find("logistic");
    double ja = hone_net_gradient(&a.net, loss, &pass, 0, a.params, &once, work, ga);
    double jb = hone_net_gradient(&b.net, loss, &pass, 0, b.params, &twice, work, gb);
    cr_expect_float_eq(ja * 30, jb * 60, 1e-5);
    for (size_t i = 0; i < a.net.n_params; i++)
        cr_expect_float_eq((double)ga[i] * 30, (double)gb[i] * 60, 1e-5);
    hone_net_work_free(work);
    test_net_free(&a), test_net_free(&b);
    free(x), free(t), free(ga), free(gb);
    xor_free(&data);
}

Test(train, memory_failing_anywhere_leaves_nothing) {
    struct xor_data data = xor_make(50, 8);
    struct test_net net;
    hone_net_training how = settings();
    how.max_epochs = 9;
    start(&net, "relu");
    long live = hone_alloc_live();
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status != HONE_OK; k++) {
        hone_net_history history = {0};
        hone_alloc_fail_at(k, 0);
        status = hone_net_train(&net.net, &how, &data.samples, &data.samples, net.params, &history,
                                NULL, NULL);
        cr_assert(status == HONE_OK ? k > 10 : status == HONE_ENOMEM);
        hone_alloc_fail_at(0, 0);
        hone_net_history_free(&history);
        cr_assert_eq(hone_alloc_live(), live);
    }
    test_net_free(&net);
    xor_free(&data);
}

/* A plan that no machine can hold is refused before anything is written. */
Test(train, too_large_nets_are_refused) {
    hone_layer layer = {&hone_dense, hone_activation_find("relu"), SIZE_MAX / 2, 3, 0};
    hone_net net;
    hone_error err;
    cr_assert_eq(hone_net_plan("test", &layer, 1, &net, &err), HONE_EINVAL);
    layer.in = 1, layer.out = SIZE_MAX / 64;
    cr_assert_eq(hone_net_plan("test", &layer, 1, &net, NULL), HONE_OK);
    hone_net_work *work = NULL;
    cr_assert_eq(hone_net_work_create(&net, SIZE_MAX / 8, &work, &err), HONE_ENOMEM);
    cr_assert_null(work);
}
