/* test_partial.c -- partial dependence: straight lines of a linear model, and the mean of plain
 * predictions for others. */
#include "core/alloc.h"
#include "support/support.h"

#include <hone/hone.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 60, M = 3 };

static hone_estimator *fitted(const char *name, const hone_dataset *data) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_create(name, &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s", err.message);
    return est;
}

Test(partial, of_a_linear_model_is_a_line) {
    double *x, *y;
    support_make(N, M, 0, 3, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, N, M), .y = hone_view_of(y, N, 1)};
    hone_estimator *est = fitted("linear_regression", &data);
    hone_view coef;
    hone_partial found;
    size_t columns[] = {1, 2};
    cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
    cr_assert_eq(hone_partial_dependence(est, &data, columns, 1, 7, NULL, &found, NULL), HONE_OK);
    cr_assert_eq(found.n[0], 7);
    cr_assert_eq(found.n[1], 1);
    cr_assert_eq(found.outputs, 1);
    for (size_t i = 1; i < 7; i++) {
        cr_assert_gt(found.at[0][i], found.at[0][i - 1]);
        cr_expect_float_eq((found.mean[i] - found.mean[0]) / (found.at[0][i] - found.at[0][0]),
                           coef.data[1], 1e-10);
    }
    hone_partial_free(&found);
    cr_assert_eq(hone_partial_dependence(est, &data, columns, 2, 4, NULL, &found, NULL), HONE_OK);
    cr_assert_eq(found.n[0] * found.n[1], 16);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            cr_expect_float_eq(found.mean[i * 4 + j] - found.mean[0],
                               coef.data[1] * (found.at[0][i] - found.at[0][0]) +
                                   coef.data[2] * (found.at[1][j] - found.at[1][0]),
                               1e-10);
    hone_partial_free(&found);
    hone_free(est);
    free(x), free(y);
}

/* By hand: set, predict, average. */
static void check(const char *name, const hone_dataset *data, const double *x, size_t column) {
    hone_estimator *est = fitted(name, data);
    size_t k = hone_n_classes(est);
    hone_partial found;
    double copy[N * M], proba[N * 3];
    hone_monitor one = {.threads = 1}, three = {.threads = 3};
    hone_partial again;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_partial_dependence(est, data, &column, 1, 5, &one, &found, &err), HONE_OK,
                 "%s", err.message);
    cr_assert_eq(hone_partial_dependence(est, data, &column, 1, 5, &three, &again, NULL), HONE_OK);
    cr_assert_eq(found.outputs, k);
    cr_assert(memcmp(found.mean, again.mean, found.n[0] * k * sizeof *found.mean) == 0);
    for (size_t p = 0; p < found.n[0]; p++) {
        double want[3] = {0}, total = 0;
        memcpy(copy, x, sizeof copy);
        for (size_t i = 0; i < N; i++)
            copy[i * M + column] = found.at[0][p];
        hone_dataset rows = {.x = hone_view_of(copy, N, M), .schema = data->schema};
        cr_assert_eq(hone_predict_proba(est, &rows, proba, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < N; i++) {
            double w = data->weights ? data->weights[i] : 1;
            total += w;
            for (size_t c = 0; c < k; c++)
                want[c] += w * proba[i * k + c];
        }
        for (size_t c = 0; c < k; c++)
            cr_expect_float_eq(found.mean[p * k + c], want[c] / total, 1e-14);
    }
    hone_partial_free(&found), hone_partial_free(&again);
    hone_free(est);
}

Test(partial, is_the_mean_of_predictions) {
    double *x, *y, weights[N];
    support_make(N, M, 3, 4, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, N, M), .y = hone_view_of(y, N, 1)};
    check("logistic_regression", &data, x, 0);
    check("decision_tree_classifier", &data, x, 2);
    for (size_t i = 0; i < N; i++)
        weights[i] = (double)(i % 4);
    data.weights = weights;
    check("gaussian_nb", &data, x, 1);
    free(x), free(y);
}

/* Levels in the order of the model, although the data have others; missing values are no point. */
Test(partial, takes_levels_and_few_values_as_they_are) {
    static const char *const LEVELS[] = {"a", "b", "c"};
    static const hone_column COLUMNS[] = {{"kind", HONE_CATEGORICAL, 3, LEVELS},
                                          {"size", HONE_NUMERIC, 0, NULL}};
    static const hone_column TARGET[] = {{"y", HONE_NUMERIC, 0, NULL}};
    static const hone_schema SCHEMA = {2, COLUMNS, 1, TARGET};
    double x[] = {0, 1, 1, 2, 2, NAN, 0, 1, 1, 2, 2, 7}, y[] = {1, 5, 9, 1, 5, 9};
    hone_dataset data = {.x = hone_view_of(x, 6, 2), .y = hone_view_of(y, 6, 1), .schema = &SCHEMA};
    hone_estimator *est = fitted("decision_tree_regressor", &data);
    hone_partial found;
    size_t kind = 0, size = 1, both[] = {1, 1}, far = 2;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_partial_dependence(est, &data, &kind, 1, 2, NULL, &found, &err), HONE_OK);
    cr_assert_eq(found.n[0], 3);
    hone_partial_free(&found);
    cr_assert_eq(hone_partial_dependence(est, &data, &size, 1, 0, NULL, &found, &err), HONE_OK);
    cr_assert_eq(found.n[0], 3);
    cr_expect(found.at[0][0] == 1 && found.at[0][1] == 2 && found.at[0][2] == 7);
    hone_partial_free(&found);
    cr_expect_eq(hone_partial_dependence(est, &data, both, 2, 0, NULL, &found, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "partial dependence: both columns are the same");
    cr_expect_eq(hone_partial_dependence(est, &data, &far, 1, 0, NULL, &found, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "partial dependence: the number of a column must be below 2, got 2");
    for (size_t i = 0; i < 6; i++)
        x[2 * i + 1] = NAN;
    cr_expect_eq(hone_partial_dependence(est, &data, &size, 1, 0, NULL, &found, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "partial dependence: column 'size' has no values");
    hone_free(est);
}

Test(partial, survives_any_allocation_that_fails) {
    double *x, *y;
    support_make(N, M, 0, 3, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, N, M), .y = hone_view_of(y, N, 1)};
    hone_estimator *est = fitted("linear_regression", &data);
    hone_status status = HONE_ENOMEM;
    size_t column = 0;
    hone_partial found;
    long live = hone_alloc_live();
    for (long k = 1; status != HONE_OK; k++) {
        hone_alloc_fail_at(k, 0);
        status = hone_partial_dependence(est, &data, &column, 1, 3, &(hone_monitor){.threads = 1},
                                         &found, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        cr_assert(status == HONE_OK || hone_alloc_live() == live);
        cr_assert_lt(k, 200);
    }
    hone_partial_free(&found);
    hone_free(est);
    free(x), free(y);
}
