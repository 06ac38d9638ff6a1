/* The net against scikit-learn's: the same weights give the same predictions, and a few epochs of
 * training lead to the same weights. Compiled with float and with double. */
#include <criterion/criterion.h>

#include "nets.h"
#include "nn/train.h"

#include <math.h>
#include <stdlib.h>

static const double FORWARD = sizeof(real) == sizeof(double) ? 1e-12 : 1e-5;
static const double TRAINED = sizeof(real) == sizeof(double) ? 1e-10 : 1e-4;

static void load_net(const hone_json *item, struct test_net *net) {
    size_t n;
    double *sizes = support_reals(item, "sizes", &n);
    const char *name = hone_json_as_text(hone_json_get(item, "activation"));
    test_net_make(net, sizes, n, hone_activation_find(name));
    free(sizes);
}

static const hone_loss *loss_of(const hone_json *item) {
    return hone_loss_find(hone_json_as_text(hone_json_get(item, "loss")));
}

static void check_forward(const hone_json *item) {
    struct test_net net;
    load_net(item, &net);
    size_t n_params, n_x, n_out;
    real *params = test_golden(item, "params", &n_params);
    real *x = test_golden(item, "x", &n_x);
    double *want = support_reals(item, "out", &n_out);
    cr_assert_eq(n_params, net.net.n_params);

    size_t rows = n_x / net.layers[0].in;
    hone_net_work *work = NULL;
    hone_pass pass = {.training = false};
    cr_assert_eq(hone_net_work_create(&net.net, rows, &work, NULL), HONE_OK);
    const real *z = hone_net_forward(&net.net, &pass, params, rows, x, work);
    double *out = malloc(n_out * sizeof *out);
    for (size_t i = 0; i < n_out; i++)
        out[i] = (double)z[i];
    loss_of(item)->link(rows, n_out / rows, out);
    cr_expect_lt(support_distance(out, want, n_out), FORWARD);

    free(out), free(want), free(x), free(params);
    hone_net_work_free(work);
    test_net_free(&net);
}

Test(golden, forward_agrees_with_scikit_learn) {
    hone_json *golden = support_golden("nn.json");
    const hone_json *items = hone_json_get(golden, "forward");
    cr_assert_eq(hone_json_size(items), 36);
    for (size_t i = 0; i < hone_json_size(items); i++)
        check_forward(hone_json_at(items, i));
    hone_json_free(golden);
}

/* A setting that only some of the cases have. */
static double setting(const hone_json *item, const char *key) {
    const hone_json *value = hone_json_get(item, key);
    return value ? hone_json_as_real(value) : 0.5;
}

static hone_net_training settings(const hone_json *item) {
    const char *schedule = hone_json_as_text(hone_json_get(item, "learning_rate"));
    bool nesterov = hone_json_as_boolean(hone_json_get(item, "nesterovs_momentum"));
    return (hone_net_training){
        .loss = loss_of(item),
        .optimizer = hone_optimizer_find(hone_json_as_text(hone_json_get(item, "solver"))),
        .optimizer_options = {setting(item, "momentum"), nesterov, 0.9, 0.999, 1e-8},
        .schedule = hone_schedule_find(schedule ? schedule : "constant"),
        .schedule_options = {setting(item, "learning_rate_init"), setting(item, "power_t")},
        .alpha = setting(item, "alpha"),
        .batch_size = (size_t)setting(item, "batch_size"),
        .max_epochs = (size_t)setting(item, "max_iter"),
        .patience = 1000,
    };
}

static void check_training(const hone_json *item) {
    struct test_net net;
    load_net(item, &net);
    size_t n, n_x, n_t, n_w, n_end, n_curve;
    real *params = test_golden(item, "start", &n);
    real *x = test_golden(item, "x", &n_x);
    real *t = test_golden(item, "targets", &n_t);
    real *w = test_golden(item, "weights", &n_w);
    double *want = support_reals(item, "end", &n_end);
    double *curve = support_reals(item, "loss_curve", &n_curve);
    cr_assert_eq(n, net.net.n_params);

    hone_samples samples = {n_x / net.layers[0].in, x, t, w};
    hone_net_training how = settings(item);
    hone_net_history history;
    cr_assert_eq(hone_net_train(&net.net, &how, &samples, NULL, params, &history, NULL, NULL),
                 HONE_OK);
    cr_assert_eq(history.n_epochs, n_curve);
    cr_expect_lt(support_distance(history.loss, curve, n_curve), TRAINED);
    for (size_t i = 0; i < n; i++)
        cr_assert_lt(fabs((double)params[i] - want[i]), TRAINED,
                     "%s %s: parameter %zu is %g, not %g", how.loss->name, how.optimizer->name, i,
                     (double)params[i], want[i]);

    hone_net_history_free(&history);
    free(params), free(x), free(t), free(w), free(want), free(curve);
    test_net_free(&net);
}

Test(golden, training_follows_scikit_learn) {
    hone_json *golden = support_golden("nn.json");
    const hone_json *items = hone_json_get(golden, "training");
    cr_assert_eq(hone_json_size(items), 15);
    for (size_t i = 0; i < hone_json_size(items); i++)
        check_training(hone_json_at(items, i));
    hone_json_free(golden);
}
