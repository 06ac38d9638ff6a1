/* The losses of boosting: derivatives against central differences, first scores against their
 * neighbours, quantiles against counting, and what a caller's own loss may not answer. */
#include "classic/gbdt/objective.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 40, MOST = 5 };

/* A loss with targets that suit it, weights and scores. */
struct fixture {
    hone_loss loss;
    double y[ROWS], weights[ROWS], score[ROWS * MOST];
    float g[ROWS * MOST], h[ROWS * MOST];
};

static void make(struct fixture *f, bool classes, int word, size_t k) {
    hone_rng rng = hone_rng_at(7, (uint64_t)word * 10 + k);
    f->loss = (hone_loss){.kind = hone_objective_of(classes, word, classes ? k : 0),
                          .n = ROWS,
                          .outputs = classes && k > 2 ? k : 1,
                          .y = f->y,
                          .weights = f->weights,
                          .alpha = 0.8,
                          .power = 1.4,
                          .delta = 0.7};
    for (size_t i = 0; i < ROWS; i++) {
        f->y[i] = classes ? (double)(i % k) : 0.1 + 3 * hone_rng_uniform(&rng);
        f->weights[i] = 0.5 + hone_rng_uniform(&rng);
    }
    for (size_t i = 0; i < ROWS * f->loss.outputs; i++)
        f->score[i] = 2 * hone_rng_uniform(&rng) - 0.8;
}

static double loss_of(struct fixture *f) {
    return f->loss.kind->loss(&f->loss, f->score, 0, ROWS);
}

static void derive(struct fixture *f) {
    cr_assert_eq(hone_loss_derive("test", &f->loss, f->score, 1, f->g, f->h, NULL, NULL), HONE_OK);
}

/* g against the loss, h against g (times its factor for many classes). */
static void expect_derivatives(struct fixture *f) {
    size_t k = f->loss.outputs;
    const double t = 1e-4;
    float g[ROWS * MOST];
    derive(f);
    memcpy(g, f->g, sizeof g);
    double factor = k > 1 ? (double)k / (double)(k - 1) : 1;
    for (size_t i = 0; i < ROWS; i++)
        for (size_t c = 0; c < k; c++) {
            double middle = f->score[i * k + c];
            f->score[i * k + c] = middle + t;
            double high = loss_of(f);
            derive(f);
            double slope = f->g[c * ROWS + i];
            f->score[i * k + c] = middle - t;
            double low = loss_of(f);
            derive(f);
            slope = factor * (slope - (double)f->g[c * ROWS + i]) / (2 * t);
            f->score[i * k + c] = middle;
            derive(f);
            cr_expect_float_eq((double)g[c * ROWS + i], (high - low) / (2 * t), 1e-5,
                               "%s: g of row %zu, %zu", f->loss.kind->name, i, c);
            if (!f->loss.kind->constant_hessian)
                cr_expect_float_eq((double)f->h[c * ROWS + i], slope, 5e-3, "%s: h of row %zu, %zu",
                                   f->loss.kind->name, i, c);
            else
                cr_expect_eq(f->h[c * ROWS + i], (float)f->weights[i]);
        }
}

Test(objective, derivatives_of_values_are_those_of_the_loss) {
    for (int word = HONE_LOSS_SQUARED; word < HONE_LOSS_CALLBACK; word++) {
        struct fixture f;
        make(&f, false, word - HONE_LOSS_SQUARED, 0);
        expect_derivatives(&f);
    }
}

Test(objective, derivatives_of_classes_are_those_of_the_loss) {
    for (size_t k = 2; k <= MOST; k++) {
        struct fixture f;
        make(&f, true, 0, k);
        expect_derivatives(&f);
    }
}

Test(objective, more_classes_than_a_block_holds_give_the_same) {
    enum { K = 2100, N = 3 };
    static double score[N * K];
    static float g[N * K], h[N * K];
    double y[N] = {0, 17, K - 1};
    hone_loss loss = {.kind = hone_objective_of(true, 0, K), .n = N, .outputs = K, .y = y};
    hone_rng rng = hone_rng_at(1, 1);
    for (size_t i = 0; i < N * K; i++)
        score[i] = hone_rng_normal(&rng);
    cr_assert_eq(hone_loss_derive("test", &loss, score, 1, g, h, NULL, NULL), HONE_OK);
    loss.kind->link(score, N, K);
    for (size_t i = 0; i < N; i++)
        for (size_t c = 0; c < K; c++) {
            double p = score[i * K + c];
            cr_assert_float_eq((double)g[c * N + i], p - (y[i] == (double)c), 1e-7);
            cr_assert_float_eq((double)h[c * N + i], p * (1 - p) * K / (K - 1.0), 1e-7);
        }
}

static double loss_of_constant(struct fixture *f, double score) {
    for (size_t i = 0; i < ROWS; i++)
        f->score[i] = score;
    return loss_of(f);
}

Test(objective, begins_where_a_constant_loses_least) {
    for (int word = 0; word < 7; word++) {
        struct fixture f;
        double base;
        if (word == HONE_LOSS_HUBER - HONE_LOSS_SQUARED)
            continue; /* begins at the median: delta is not known yet */
        make(&f, false, word, 0);
        cr_assert_eq(f.loss.kind->start(&f.loss, &base, NULL), HONE_OK);
        double least = loss_of_constant(&f, base);
        cr_expect_leq(least, loss_of_constant(&f, base + 0.01), "%s", f.loss.kind->name);
        cr_expect_leq(least, loss_of_constant(&f, base - 0.01), "%s", f.loss.kind->name);
    }
}

Test(objective, base_of_many_classes_gives_their_shares) {
    struct fixture f;
    make(&f, true, 0, 3);
    double base[3], share[3] = {0, 0, 0}, total = 0;
    cr_assert_eq(f.loss.kind->start(&f.loss, base, NULL), HONE_OK);
    cr_expect_float_eq(base[0] + base[1] + base[2], 0, 1e-12);
    f.loss.kind->link(base, 1, 3);
    for (size_t i = 0; i < ROWS; i++)
        share[(size_t)f.y[i]] += f.weights[i], total += f.weights[i];
    for (size_t c = 0; c < 3; c++)
        cr_expect_float_eq(base[c], share[c] / total, 1e-12);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

Test(objective, a_quantile_with_whole_weights_is_that_of_repeated_rows) {
    double y[6] = {5, 1, 4, 1, 3, 9}, weights[6] = {2, 1, 3, 2, 1, 1}, sorted[10];
    hone_loss loss = {
        .kind = hone_objective_of(false, 1, 0), .n = 6, .outputs = 1, .y = y, .weights = weights};
    size_t n = 0;
    for (size_t i = 0; i < 6; i++)
        for (int r = 0; r < (int)weights[i]; r++)
            sorted[n++] = y[i];
    qsort(sorted, n, sizeof *sorted, by_size);
    for (int q = 1; q < 20; q++) { /* ten rows: every other twentieth lies on a step */
        double got, want = q % 2 ? sorted[q / 2] : (sorted[q / 2 - 1] + sorted[q / 2]) / 2;
        cr_assert_eq(hone_loss_quantile(&loss, NULL, NULL, 6, q / 20.0, &got, NULL), HONE_OK);
        cr_expect_eq(got, want, "q = %g: %g, expected %g", q / 20.0, got, want);
    }
}

Test(objective, a_quantile_of_some_rows_looks_at_no_others) {
    double y[5] = {10, 20, 30, 40, 50}, score[5] = {0, 0, 1, 0, 2}, got;
    uint32_t rows[3] = {4, 0, 2};
    hone_loss loss = {.kind = hone_objective_of(false, 1, 0), .n = 5, .outputs = 1, .y = y};
    cr_assert_eq(hone_loss_quantile(&loss, score, rows, 3, 0.5, &got, NULL), HONE_OK);
    cr_expect_eq(got, 29);
}

Test(objective, huber_takes_its_bend_from_the_residuals) {
    struct fixture f;
    make(&f, false, HONE_LOSS_HUBER - HONE_LOSS_SQUARED, 0);
    f.loss.weights = NULL;
    f.loss.alpha = 0.9;
    cr_assert_eq(hone_loss_tune(&f.loss, f.score, NULL), HONE_OK);
    size_t within = 0;
    for (size_t i = 0; i < ROWS; i++)
        within += fabs(f.y[i] - f.score[i]) <= f.loss.delta;
    cr_expect_eq(within, 36);
}

Test(objective, targets_that_a_loss_cannot_have_are_named) {
    const double negative[3] = {1, 2, -1}, zero[3] = {1, 0, 2}, none[3] = {0, 0, 0};
    hone_error err;
    const hone_objective *poisson = hone_objective_of(false, 4, 0);
    const hone_objective *gamma = hone_objective_of(false, 5, 0);
    const hone_objective *tweedie = hone_objective_of(false, 6, 0);
    cr_expect_eq(poisson->check("me", negative, 3, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "me: loss=poisson needs targets >= 0, got -1 in row 2");
    cr_expect_eq(gamma->check("me", zero, 3, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "me: loss=gamma needs targets > 0, got 0 in row 1");
    cr_expect_eq(tweedie->check("me", none, 3, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "me: loss=tweedie needs a target > 0, all are 0");
    cr_expect_eq(poisson->check("me", zero, 3, NULL), HONE_OK);
}

/* ---- a caller's own -------------------------------------------------------------------------- */

/* Squared error, with a fault on demand: 1 NaN, 2 negative hessian, 3 stops, 4 wrong gradient. */
static int squared(void *user, const double *y, const double *score, size_t n, size_t k,
                   double *gradient, double *hessian) {
    int fault = *(const int *)user;
    for (size_t i = 0; i < n * k; i++)
        gradient[i] = score[i] - y[i / k], hessian[i] = 1;
    if (fault == 1)
        gradient[2] = NAN;
    if (fault == 2)
        hessian[3] = -1;
    if (fault == 4)
        gradient[1] += 0.5;
    return fault == 3;
}

static double squared_loss(void *user, const double *y, const double *score, size_t n, size_t k) {
    double sum = 0;
    (void)user;
    for (size_t i = 0; i < n * k; i++)
        sum += (score[i] - y[i / k]) * (score[i] - y[i / k]) / 2;
    return sum;
}

Test(objective, answers_of_a_caller_are_checked_and_named) {
    double y[4] = {1, 2, 3, 4}, score[4] = {0, 0, 1, 5};
    float g[4], h[4];
    int fault = 0;
    hone_error err;
    hone_loss loss = {.kind = hone_objective_of(false, 7, 0),
                      .n = 4,
                      .outputs = 1,
                      .y = y,
                      .fn = squared,
                      .user = &fault};
    cr_assert_eq(hone_loss_derive("me", &loss, score, 0, g, h, NULL, &err), HONE_OK);
    cr_expect_eq(g[3], 1);
    fault = 1;
    cr_expect_eq(hone_loss_derive("me", &loss, score, 7, g, h, NULL, &err), HONE_EDATA);
    cr_expect(strstr(err.message, "me: loss=callback: iteration 7, row 2: gradient nan") != NULL,
              "%s", err.message);
    fault = 2;
    cr_expect_eq(hone_loss_derive("me", &loss, score, 7, g, h, NULL, &err), HONE_EDATA);
    cr_expect(strstr(err.message, "row 3") && strstr(err.message, "hessian -1"), "%s", err.message);
    fault = 3;
    cr_expect_eq(hone_loss_derive("me", &loss, score, 7, g, h, NULL, &err), HONE_ECANCELLED);
}

Test(objective, the_check_tells_right_from_wrong) {
    double y[4] = {1, 2, 3, 4}, score[4] = {0.5, 0, 1, 5};
    int fault = 0;
    hone_error err;
    cr_expect_eq(hone_check_objective(squared, squared_loss, &fault, y, score, 4, 1, 1e-6, &err),
                 HONE_OK, "%s", err.message);
    fault = 4;
    cr_expect_eq(hone_check_objective(squared, squared_loss, &fault, y, score, 4, 1, 1e-4, &err),
                 HONE_EDATA);
    cr_expect(strstr(err.message, "gradient of row 1, output 0 is -1.5"), "%s", err.message);
}
