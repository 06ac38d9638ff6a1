/* Optimizers, schedules and initialisers against their formulas, in double. */
#include <criterion/criterion.h>

#include "nets.h"
#include "nn/optimizer.h"
#include "nn/schedule.h"

#include <math.h>
#include <stdlib.h>

enum { N = 37 };

static const hone_optimizer_options OPTIONS = {
    .momentum = 0.9, .nesterov = false, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-8};

/* Algorithm 1 of Kingma & Ba, whose epsilon is ours / sqrt(1 - beta_2^t). */
Test(optimizer, adam_follows_the_paper) {
    double m[N] = {0}, v[N] = {0}, w[N];
    real slots[2 * N] = {0}, params[N], *g = NULL;
    for (size_t i = 0; i < N; i++)
        params[i] = w[i] = 1.0 / (double)(i + 1);
    for (size_t t = 1; t <= 5; t++) {
        g = test_normals(t, N, 1);
        hone_optimizer_find("adam")->step(&OPTIONS, 0.01, t, N, g, slots, params);
        for (size_t i = 0; i < N; i++) {
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
            double m_hat = m[i] / (1 - pow(0.9, (double)t));
            double v_hat = v[i] / (1 - pow(0.999, (double)t));
            w[i] -= 0.01 * m_hat / (sqrt(v_hat) + 1e-8 / sqrt(1 - pow(0.999, (double)t)));
            cr_assert_float_eq(params[i], w[i], 1e-14);
        }
        free(g);
    }
}

/* By hand: g = 0.5 twice moves a weight by almost exactly the learning rate each time. */
Test(optimizer, adam_by_hand) {
    real slots[2] = {0}, w = 1, g = 0.5;
    hone_optimizer_find("adam")->step(&OPTIONS, 0.1, 1, 1, &g, slots, &w);
    cr_assert_float_eq(slots[0], 0.05, 1e-16);
    cr_assert_float_eq(slots[1], 0.00025, 1e-18);
    cr_assert_float_eq(w, 0.9, 1e-7);
    hone_optimizer_find("adam")->step(&OPTIONS, 0.1, 2, 1, &g, slots, &w);
    cr_assert_float_eq(slots[0], 0.095, 1e-16);
    cr_assert_float_eq(w, 0.8, 2e-7);
}

Test(optimizer, sgd_by_hand) {
    real slot = 0, w = 1, g = 2;
    hone_optimizer_find("sgd")->step(&OPTIONS, 0.1, 1, 1, &g, &slot, &w);
    cr_assert_float_eq(w, 0.8, 1e-15); /* v = -0.2 */
    hone_optimizer_find("sgd")->step(&OPTIONS, 0.1, 2, 1, &g, &slot, &w);
    cr_assert_float_eq(w, 0.42, 1e-15); /* v = -0.38 */
}

Test(optimizer, nesterov_by_hand) {
    hone_optimizer_options options = OPTIONS;
    options.nesterov = true;
    real slot = 0, w = 1, g = 2;
    hone_optimizer_find("sgd")->step(&options, 0.1, 1, 1, &g, &slot, &w);
    cr_assert_float_eq(w, 0.62, 1e-15); /* v = -0.2; 0.9 v - 0.2 = -0.38 */
    hone_optimizer_find("sgd")->step(&options, 0.1, 2, 1, &g, &slot, &w);
    cr_assert_float_eq(w, 0.078, 1e-15); /* v = -0.38; 0.9 v - 0.2 = -0.542 */
}

Test(schedule, by_hand) {
    hone_schedule_options options = {0.8, 0.5};
    hone_moment now = {.epoch = 3, .max_epochs = 10, .seen = 63, .stalls = 2};
    cr_assert_eq(hone_schedule_find("constant")->rate(&options, &now), 0.8);
    cr_assert_float_eq(hone_schedule_find("invscaling")->rate(&options, &now), 0.1, 1e-16);
    cr_assert_float_eq(hone_schedule_find("adaptive")->rate(&options, &now), 0.032, 1e-16);
    cr_assert_null(hone_schedule_find("nothing"));
}

/* Uniform on (-b, b): no entry beyond b, variance b^2 / 3. */
static void check_init(const char *name, double bound) {
    enum { IN = 60, OUT = 40 };
    hone_rng rng = hone_rng_at(1, 2);
    real *w = malloc(IN * OUT * sizeof *w);
    hone_init_find(name)->fill(IN, OUT, &rng, w, IN * OUT);
    double largest = 0, squares = 0;
    for (size_t i = 0; i < IN * OUT; i++) {
        largest = fmax(largest, fabs(w[i]));
        squares += w[i] * w[i];
    }
    cr_expect(largest < bound && largest > 0.98 * bound, "%s: %g, bound %g", name, largest, bound);
    cr_expect_float_eq(squares / (IN * OUT), bound * bound / 3, 0.1 * bound * bound / 3);
    free(w);
}

Test(init, keeps_its_bound) {
    check_init("glorot_uniform", sqrt(6.0 / 100));
    check_init("glorot_logistic", sqrt(2.0 / 100));
    check_init("he_uniform", sqrt(6.0 / 60));
    cr_assert_null(hone_init_find("nothing"));
}

Test(init, suits_every_activation) {
    for (const hone_activation *row = hone_activations; row->name; row++)
        cr_assert(hone_init_find(row->init), "%s", row->name);
}
