/* The estimators: what they learn on real data, same bits always, sentences for what goes wrong. */
#include <criterion/criterion.h>

#include "core/alloc.h"
#include "nn/nn.h"
#include "support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void fit_fine(hone_estimator *est, const hone_dataset *data) {
    hone_error err;
    cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s", err.message);
}

static double number(const hone_estimator *est, const char *name) {
    double value;
    cr_assert_eq(hone_get_number(est, name, &value, NULL), HONE_OK);
    return value;
}

/* Data of support_make(), freed by data_free(). */
struct data {
    double *x, *y;
    hone_dataset set;
};

static struct data data_make(size_t n, size_t m, size_t k, uint64_t seed) {
    struct data data;
    support_make(n, m, k, seed, &data.x, &data.y);
    data.set = (hone_dataset){.x = hone_view_of(data.x, n, m), .y = hone_view_of(data.y, n, 1)};
    return data;
}

static void data_free(struct data *data) {
    free(data->x), free(data->y);
}

/* ---- learning -------------------------------------------------------------------------------- */

static double accuracy(const hone_estimator *est, const hone_dataset *data) {
    double *label = malloc(data->x.rows * sizeof *label), right = 0;
    cr_assert_eq(hone_predict(est, data, label, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < data->x.rows; i++)
        right += label[i] == data->y.data[i];
    free(label);
    return right / (double)data->x.rows;
}

Test(mlp, tells_classes_apart) {
    for (size_t k = 2; k < 5; k++) {
        struct data data = data_make(300, 12, k, 1), fresh = data_make(200, 12, k, 2);
        hone_estimator *est = support_create("mlp_classifier", "seed=3");
        fit_fine(est, &data.set);
        cr_expect_gt(accuracy(est, &fresh.set), 0.85, "%zu classes", k);
        hone_free(est);
        data_free(&data), data_free(&fresh);
    }
}

Test(mlp, probabilities_sum_to_one_even_far_away) {
    for (size_t k = 2; k < 5; k++) {
        struct data data = data_make(90, 3, k, 1);
        hone_estimator *est = support_create("mlp_classifier", "max_iter=20");
        fit_fine(est, &data.set);
        const double far[] = {1e300, -1e300, 1e30, -1e6, 0, 1e5};
        double proba[2 * 4];
        hone_dataset odd = {.x = hone_view_of(far, 2, 3)};
        cr_assert_eq(hone_predict_proba(est, &odd, proba, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < 2; i++) {
            double sum = 0;
            for (size_t j = 0; j < k; j++)
                sum += proba[i * k + j];
            cr_expect_float_eq(sum, 1, 1e-12);
        }
        hone_free(est);
        data_free(&data);
    }
}

static double r2(const hone_estimator *est, const hone_dataset *data) {
    size_t n = data->x.rows;
    double *value = malloc(n * sizeof *value), mean = 0, left = 0, all = 0;
    cr_assert_eq(hone_predict(est, data, value, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < n; i++)
        mean += data->y.data[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        left += pow(data->y.data[i] - value[i], 2);
        all += pow(data->y.data[i] - mean, 2);
    }
    free(value);
    return 1 - left / all;
}

/* The unit of y does not matter: the target is standardised inside. */
Test(mlp, values_of_any_scale_are_learned) {
    struct data data = data_make(300, 5, 0, 1), fresh = data_make(200, 5, 0, 2);
    for (size_t i = 0; i < 300; i++)
        data.y[i] = 1e6 + 1e4 * data.y[i];
    for (size_t i = 0; i < 200; i++)
        fresh.y[i] = 1e6 + 1e4 * fresh.y[i];
    hone_estimator *est = support_create("mlp_regressor", "seed=3");
    fit_fine(est, &data.set);
    cr_expect_gt(r2(est, &fresh.set), 0.95);
    hone_free(est);
    data_free(&data), data_free(&fresh);
}

Test(mlp, constant_target_is_predicted) {
    struct data data = data_make(40, 3, 0, 1);
    for (size_t i = 0; i < 40; i++)
        data.y[i] = 7;
    hone_estimator *est = support_create("mlp_regressor", "learning_rate_init=0.01");
    fit_fine(est, &data.set);
    double value[40];
    cr_assert_eq(hone_predict(est, &data.set, value, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 40; i++)
        cr_expect_float_eq(value[i], 7, 0.1);
    hone_free(est);
    data_free(&data);
}

/* ---- parameters that mean something ---------------------------------------------------------- */

Test(mlp, early_stopping_stops_and_keeps_a_curve) {
    struct data data = data_make(400, 8, 3, 1);
    hone_estimator *est =
        support_create("mlp_classifier", "early_stopping=true learning_rate_init=0.02");
    hone_view curve;
    fit_fine(est, &data.set);
    cr_assert_eq(hone_get_array(est, "validation_curve", &curve, NULL), HONE_OK);
    cr_assert_eq((double)curve.rows, number(est, "n_iter"));
    cr_assert_lt(curve.rows, 200);
    double best = INFINITY;
    for (size_t i = 0; i < curve.rows; i++)
        best = fmin(best, curve.data[i]);
    cr_assert_eq(best, number(est, "best_loss"));
    cr_assert_gt(accuracy(est, &data.set), 0.85);
    hone_free(est);
    data_free(&data);
}

Test(mlp, early_stopping_needs_rows) {
    struct data data = data_make(4, 2, 2, 1);
    hone_error err;
    hone_estimator *est = support_create("mlp_classifier", "early_stopping=true");
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_EDATA);
    cr_assert(strstr(err.message, "validation_fraction 0.1 of 4 rows"), "%s", err.message);
    hone_free(est);
    data_free(&data);
}

Test(mlp, every_solver_and_schedule_learns) {
    struct data data = data_make(200, 5, 3, 1);
    const char *const settings[] = {
        "solver=sgd learning_rate_init=0.1",
        "solver=sgd learning_rate_init=0.1 nesterovs_momentum=false momentum=0.5",
        "solver=sgd learning_rate_init=0.3 learning_rate=invscaling power_t=0.1",
        "solver=sgd learning_rate_init=0.1 learning_rate=adaptive batch_size=20",
        "solver=adam activation=tanh batch_size=30",
        "solver=adam activation=logistic learning_rate_init=0.02",
        "activation=identity hidden_layer_sizes=(4,4) learning_rate_init=0.02",
        "hidden_layer_sizes=() learning_rate_init=0.02",
        "hidden_layer_sizes=(20,10,5) shuffle=false learning_rate_init=0.01",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        hone_estimator *est = support_create("mlp_classifier", settings[i]);
        fit_fine(est, &data.set);
        cr_expect_gt(accuracy(est, &data.set), 0.85, "%s", settings[i]);
        hone_free(est);
    }
    data_free(&data);
}

Test(mlp, broken_batch_size_is_refused) {
    struct data data = data_make(30, 2, 2, 1);
    hone_error err;
    hone_estimator *est = support_create("mlp_classifier", "batch_size=1.5");
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "mlp_classifier: parameter batch_size must be auto or a whole "
                                  "number, got 1.5");
    hone_free(est);
    data_free(&data);
}

Test(mlp, infinite_loss_says_what_to_change) {
    struct data data = data_make(50, 3, 0, 1);
    hone_error err;
    hone_estimator *est = support_create(
        "mlp_regressor", "solver=sgd learning_rate_init=1e30 activation=identity max_iter=50");
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_ENUMERIC);
    cr_assert(strstr(err.message, "mlp_regressor: the loss became") &&
                  strstr(err.message, "lower learning_rate_init"),
              "%s", err.message);
    hone_free(est);
    data_free(&data);
}

/* inf - inf has its sign bit set on some machines, and printf shows it. */
Test(mlp, lost_loss_is_nan_without_a_sign) {
    struct data data = data_make(50, 3, 2, 1);
    hone_error err;
    hone_estimator *est = support_create("mlp_classifier", "learning_rate_init=1e300");
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_ENUMERIC);
    cr_assert(strstr(err.message, "mlp_classifier: the loss became nan in epoch "), "%s",
              err.message);
    hone_free(est);
    data_free(&data);
}

static void remember(void *user, const char *message) {
    snprintf(user, 200, "%s", message);
}

Test(mlp, running_out_of_epochs_is_told) {
    struct data data = data_make(100, 3, 2, 1);
    char message[200] = "";
    hone_monitor mon = {.user = message, .warn = remember};
    hone_estimator *est = support_create("mlp_classifier", "max_iter=5");
    cr_assert_eq(hone_fit(est, &data.set, &mon, NULL), HONE_OK);
    cr_assert(strstr(message, "mlp_classifier: ") && strstr(message, "max_iter = 5"), "%s",
              message);
    hone_free(est);
    data_free(&data);
}

/* ---- weights --------------------------------------------------------------------------------- */

/* Rows of class 1 with great weight win where classes overlap. */
Test(mlp, weights_are_heard) {
    struct data data = data_make(200, 1, 2, 1);
    double w[200], plain = 0, heavy = 0, proba[400];
    for (size_t i = 0; i < 200; i++)
        w[i] = data.y[i] > 0 ? 20 : 1;
    hone_estimator *est = support_create("mlp_classifier", "");
    fit_fine(est, &data.set);
    cr_assert_eq(hone_predict_proba(est, &data.set, proba, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 200; i++)
        plain += proba[2 * i + 1] / 200;
    data.set.weights = w;
    fit_fine(est, &data.set);
    cr_assert_eq(hone_predict_proba(est, &data.set, proba, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 200; i++)
        heavy += proba[2 * i + 1] / 200;
    cr_expect_float_eq(plain, 0.5, 0.05);
    cr_expect_gt(heavy, 0.8);
    hone_free(est);
    data_free(&data);
}

Test(mlp, equal_weights_are_no_weights) {
    struct data data = data_make(120, 4, 3, 1);
    double w[120];
    for (size_t i = 0; i < 120; i++)
        w[i] = 4;
    hone_estimator *a = support_create("mlp_classifier", "max_iter=20 batch_size=32");
    hone_estimator *b = support_create("mlp_classifier", "max_iter=20 batch_size=32");
    fit_fine(a, &data.set);
    data.set.weights = w;
    fit_fine(b, &data.set);
    cr_assert(hone_estimator_equal(a, b));
    hone_free(a), hone_free(b);
    data_free(&data);
}

/* ---- same bits ------------------------------------------------------------------------------- */

Test(mlp, same_bits_for_any_number_of_threads) {
    struct data data = data_make(500, 7, 3, 1);
    hone_estimator *first = NULL;
    double *want = malloc(1500 * sizeof *want), *got = malloc(1500 * sizeof *got);
    for (int threads = 1; threads <= 4; threads *= 2) {
        hone_monitor mon = {.threads = threads};
        hone_estimator *est =
            support_create("mlp_classifier", "max_iter=15 early_stopping=true seed=9");
        cr_assert_eq(hone_fit(est, &data.set, &mon, NULL), HONE_OK);
        cr_assert_eq(hone_predict_proba(est, &data.set, first ? got : want, &mon, NULL), HONE_OK);
        if (!first) {
            first = est;
            continue;
        }
        cr_expect(hone_estimator_equal(first, est), "%d threads", threads);
        cr_expect_eq(memcmp(want, got, 1500 * sizeof *want), 0, "%d threads", threads);
        hone_free(est);
    }
    hone_free(first);
    free(want), free(got);
    data_free(&data);
}

Test(mlp, another_seed_is_another_net) {
    struct data data = data_make(60, 4, 2, 1);
    hone_estimator *a = support_create("mlp_classifier", "max_iter=3 seed=1");
    hone_estimator *b = support_create("mlp_classifier", "max_iter=3 seed=2");
    fit_fine(a, &data.set), fit_fine(b, &data.set);
    cr_assert_not(hone_estimator_equal(a, b));
    hone_free(a), hone_free(b);
    data_free(&data);
}

/* A row's probabilities do not depend on the rows that come with it. */
Test(mlp, rows_are_predicted_alone) {
    enum { N = 301 };
    struct data data = data_make(N, 13, 3, 1);
    double *all = malloc(N * 3 * sizeof *all), one[3];
    hone_estimator *est = support_create("mlp_classifier", "max_iter=5 hidden_layer_sizes=(37,11)");
    fit_fine(est, &data.set);
    cr_assert_eq(hone_predict_proba(est, &data.set, all, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < N; i++) {
        hone_dataset row = {.x = hone_view_rows(data.set.x, i, 1)};
        cr_assert_eq(hone_predict_proba(est, &row, one, NULL, NULL), HONE_OK);
        cr_assert_eq(memcmp(one, all + 3 * i, sizeof one), 0, "row %zu", i);
    }
    hone_free(est);
    free(all);
    data_free(&data);
}

/* ---- what can go wrong ----------------------------------------------------------------------- */

Test(mlp, memory_failing_anywhere_leaves_the_old_net) {
    struct data data = data_make(60, 3, 3, 1);
    hone_estimator *est =
        support_create("mlp_classifier", "max_iter=3 early_stopping=true batch_size=9");
    double before[180], after[180];
    fit_fine(est, &data.set);
    cr_assert_eq(hone_predict_proba(est, &data.set, before, NULL, NULL), HONE_OK);
    long live = hone_alloc_live();
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status != HONE_OK; k++) {
        hone_alloc_fail_at(k, 0);
        status = hone_fit(est, &data.set, NULL, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK ? k > 20 : status == HONE_ENOMEM);
        cr_assert_eq(hone_alloc_live(), live, "allocation %ld", k);
        cr_assert_eq(hone_predict_proba(est, &data.set, after, NULL, NULL), HONE_OK);
        cr_assert_eq(memcmp(before, after, sizeof before), 0);
    }
    hone_free(est);
    data_free(&data);
}

/* Says yes from 0.1 s on, by the thread's own clock: other work of the machine does not count. */
struct watch {
    double limit;
};

static double thread_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int after_a_while(void *user) {
    const struct watch *watch = user;
    return thread_seconds() > watch->limit;
}

/* The time between two polls is what the caller has to wait. */
Test(mlp, cancel_is_heard_within_50_ms) {
    struct data data = data_make(3000, 50, 10, 1);
    struct watch watch = {.limit = thread_seconds() + 0.1};
    hone_monitor mon = {.user = &watch, .cancelled = after_a_while};
    hone_estimator *est =
        support_create("mlp_classifier", "hidden_layer_sizes=(512,512) max_iter=100000 tol=0");
    cr_assert_eq(hone_fit(est, &data.set, &mon, NULL), HONE_ECANCELLED);
    cr_assert_lt(thread_seconds() - watch.limit, 0.05);
    cr_assert_not(hone_is_fitted(est));
    hone_free(est);
    data_free(&data);
}

/* A state that does not fit the file's columns and classes. */
Test(mlp, foreign_states_are_refused) {
    struct data data = data_make(60, 3, 4, 1);
    hone_estimator *est = support_create("mlp_classifier", "max_iter=2");
    hone_error err;
    fit_fine(est, &data.set);
    const void *params = hone_estimator_params(est), *state = hone_estimator_state(est);
    const struct {
        size_t cols, classes;
        hone_status want;
    } cases[] = {{3, 4, HONE_OK},      {2, 4, HONE_EFORMAT}, {4, 4, HONE_EFORMAT},
                 {3, 3, HONE_EFORMAT}, {3, 2, HONE_EFORMAT}, {3, 0, HONE_EFORMAT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(
            hone_mlp_classifier.validate(params, state, cases[i].cols, cases[i].classes, &err),
            cases[i].want, "case %zu", i);
    hone_free(est);
    data_free(&data);
}

Test(mlp, is_saved_and_read_back) {
    struct data data = data_make(60, 3, 2, 1);
    const char *path = support_path("mlp.hone");
    hone_estimator *est = support_create("mlp_classifier", "max_iter=4 activation=tanh"),
                   *back = NULL;
    hone_error err;
    fit_fine(est, &data.set);
    cr_assert_eq(hone_save(est, path, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_load(path, &back, &err), HONE_OK, "%s", err.message);
    double want[120], got[120];
    cr_assert_eq(hone_predict_proba(est, &data.set, want, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict_proba(back, &data.set, got, NULL, NULL), HONE_OK);
    cr_assert_eq(memcmp(want, got, sizeof want), 0);
    cr_assert(hone_estimator_equal(est, back));
    remove(path);
    hone_free(est), hone_free(back);
    data_free(&data);
}

/* What the spine promises on its own data, with the defaults. */
static double real_data(const char *name, const char *target, size_t every,
                        double (*score)(const hone_estimator *, const hone_dataset *),
                        const hone_class *cls) {
    hone_dataset *all = support_data(name, target);
    size_t n = all->x.rows, n_train = 0, n_test = 0;
    size_t *train = malloc(n * sizeof *train), *test = malloc(n * sizeof *test);
    for (size_t i = 0; i < n; i++)
        if (i % every)
            train[n_train++] = i;
        else
            test[n_test++] = i;
    double *x = malloc(n * all->x.cols * sizeof *x);
    for (size_t j = 0; j < all->x.cols; j++) { /* scaled by the moments of the training rows */
        double mean = 0, square = 0;
        for (size_t i = 0; i < n_train; i++)
            mean += all->x.data[train[i] * all->x.ld + j] / (double)n_train;
        for (size_t i = 0; i < n_train; i++)
            square += pow(all->x.data[train[i] * all->x.ld + j] - mean, 2) / (double)n_train;
        for (size_t i = 0; i < n; i++)
            x[i * all->x.cols + j] =
                (all->x.data[i * all->x.ld + j] - mean) / (square > 0 ? sqrt(square) : 1);
    }
    hone_dataset scaled = *all, *known = NULL, *fresh = NULL;
    scaled.x = hone_view_of(x, n, all->x.cols);
    cr_assert_eq(hone_dataset_take(&scaled, train, n_train, &known, NULL), HONE_OK);
    cr_assert_eq(hone_dataset_take(&scaled, test, n_test, &fresh, NULL), HONE_OK);
    hone_estimator *est = support_create(cls->name, "");
    fit_fine(est, known);
    double value = score(est, fresh);
    hone_free(est);
    hone_dataset_free(known), hone_dataset_free(fresh), hone_dataset_free(all);
    free(train), free(test), free(x);
    return value;
}

Test(mlp, does_well_on_real_data) {
    cr_expect_geq(real_data("digits.csv", "digit", 5, accuracy, &hone_mlp_classifier), 0.965);
    cr_expect_geq(real_data("breast_cancer.csv", "diagnosis", 5, accuracy, &hone_mlp_classifier),
                  0.95);
    cr_expect_geq(real_data("wine.csv", "class", 5, accuracy, &hone_mlp_classifier), 0.95);
    cr_expect_geq(real_data("iris.csv", "species", 5, accuracy, &hone_mlp_classifier), 0.9);
    cr_expect_geq(real_data("diabetes.csv", "progression", 5, r2, &hone_mlp_regressor), 0.4);
}
