/* Stochastic gradient descent on few columns, which has a loop of its own: against the other loop,
 * which the same rows take when columns of zeros stand beside them. */
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { N = 600, WIDE = 12 };

static hone_estimator *fitted(const char *name, const char *params, const hone_dataset *data,
                              int threads) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_monitor mon = {.threads = threads};
    cr_assert_eq(hone_create(name, &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, data, &mon, &err), HONE_OK, "%s", err.message);
    return est;
}

static double number(const hone_estimator *est, const char *name) {
    double value = NAN;
    cr_assert_eq(hone_get_number(est, name, &value, NULL), HONE_OK);
    return value;
}

/* Largest difference of the coefficients and intercepts of two models that share m columns, as a
 * part of the largest of them if that is above 1. */
static double distance(const hone_estimator *a, const hone_estimator *b, size_t m) {
    hone_view wa, wb, ba, bb;
    double most = 0, size = 1;
    cr_assert_eq(hone_get_array(a, "coef", &wa, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(b, "coef", &wb, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(a, "intercept", &ba, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(b, "intercept", &bb, NULL), HONE_OK);
    for (size_t c = 0; c < wa.rows; c++) {
        for (size_t j = 0; j < m; j++) {
            size = fmax(size, fabs(wa.data[c * wa.ld + j]));
            most = fmax(most, fabs(wa.data[c * wa.ld + j] - wb.data[c * wb.ld + j]));
        }
        size = fmax(size, fabs(ba.data[c]));
        most = fmax(most, fabs(ba.data[c] - bb.data[c]));
    }
    return most / size;
}

static void expect_same(const char *name, const char *params, size_t m, size_t classes, bool weigh,
                        double within) {
    double *x, *y, *wide = calloc(N * WIDE, sizeof *wide), *weights = calloc(N, sizeof *weights);
    support_make(N, m, classes, 7, &x, &y);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < m; j++)
            wide[i * WIDE + j] = x[i * m + j];
        weights[i] = 0.5 + (double)(i % 3);
    }
    hone_dataset few = {.x = hone_view_of(x, N, m), .y = hone_view_of(y, N, 1)}, many = few;
    many.x = hone_view_of(wide, N, WIDE);
    few.weights = many.weights = weigh ? weights : NULL;
    hone_estimator *a = fitted(name, params, &few, 1), *b = fitted(name, params, &many, 1);
    cr_expect(distance(a, b, m) < within, "%s %s, %zu columns, %zu classes: %g", name, params, m,
              classes, distance(a, b, m));
    cr_expect_eq(number(a, "n_iter"), number(b, "n_iter"));
    hone_free(a), hone_free(b);
    free(x), free(y), free(wide), free(weights);
}

Test(sgd_narrow, learns_as_the_wide_loop_does) {
    for (size_t m = 1; m <= 8; m++) {
        bool odd = m % 2;
        expect_same("sgd_classifier", "alpha=0.01 max_iter=20", m, 2 + m % 5, odd, 1e-9);
        expect_same("sgd_classifier", "learning_rate=constant eta0=0.01 penalty=none max_iter=5", m,
                    3, !odd, 1e-9);
        expect_same("sgd_classifier", "alpha=30 max_iter=9", m, 2 + m % 3, odd, 1e-9);
        expect_same("perceptron", "max_iter=5 fit_intercept=false", m, 2 + m, odd, 1e-9);
        expect_same("sgd_regressor", "alpha=0.01 eta0=0.001", m, 0, odd, 1e-9);
        expect_same("sgd_regressor", "average=700 learning_rate=optimal alpha=1 max_iter=9", m, 0,
                    false, 1e-9);
    }
}

/* Derivatives above 1e12 are cut down, which the narrow loop leaves to the other; until then the
 * vectors grow manifold with each row, and rounding with them. */
Test(sgd_narrow, hands_over_what_runs_away) {
    expect_same("sgd_regressor", "learning_rate=constant eta0=0.6 tol=none max_iter=1", 3, 0, false,
                1e-7);
    expect_same("sgd_regressor", "learning_rate=constant eta0=1 alpha=0.1 max_iter=1 tol=none", 2,
                0, false, 1e-7);
}

Test(sgd_narrow, threads_make_no_difference) {
    double *x, *y;
    support_make(5000, 3, 6, 1, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 5000, 3), .y = hone_view_of(y, 5000, 1)};
    hone_estimator *models[3];
    for (size_t i = 0; i < 3; i++) {
        models[i] = fitted("sgd_classifier", "", &data, (int[]){1, 2, 7}[i]);
        cr_expect(distance(models[0], models[i], 3) == 0);
    }
    for (size_t i = 0; i < 3; i++)
        hone_free(models[i]);
    free(x), free(y);
}
