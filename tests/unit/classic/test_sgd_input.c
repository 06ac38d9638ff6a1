/* Stochastic gradient descent: data and settings that are hard or wrong. */
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double X[] = {1, 0, 2, 1, 3, 0, 8, 4, 9, 5, 7, 6}, Y[] = {0, 0, 0, 1, 1, 1};
static const hone_dataset DATA = {.x = {X, 6, 2, 2}, .y = {Y, 6, 1, 1}};

typedef hone_status learn_fn(hone_estimator *, const hone_dataset *, const hone_monitor *,
                             hone_error *);

static void expect_sentence(const char *name, const char *settings, learn_fn *learn,
                            const hone_dataset *data, const char *sentence) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_create(name, &est, NULL), HONE_OK);
    if (hone_set(est, settings, &err) == HONE_OK)
        cr_expect_neq(learn(est, data, NULL, &err), HONE_OK);
    cr_expect_str_eq(err.message, sentence);
    hone_free(est);
}

Test(sgd_input, contradictions_get_a_sentence) {
    const char *c = "sgd_classifier", *r = "sgd_regressor";
    expect_sentence(c, "alpha=0", hone_fit, &DATA,
                    "sgd_classifier: learning_rate=optimal is computed from alpha, which must be "
                    "above 0");
    expect_sentence(c, "learning_rate=pa1 loss=log_loss", hone_fit, &DATA,
                    "sgd_classifier: learning_rate=pa1 goes with loss=hinge only");
    expect_sentence(r, "learning_rate=pa2", hone_fit, &DATA,
                    "sgd_regressor: learning_rate=pa2 goes with loss=epsilon_insensitive only");
    expect_sentence(r, "average=2.5", hone_fit, &DATA,
                    "sgd_regressor: parameter average must be false, true or a whole number, got "
                    "2.5");
    expect_sentence(r, "loss=hinge", hone_fit, &DATA,
                    "sgd_regressor: parameter loss must be squared_error, huber, "
                    "epsilon_insensitive or squared_epsilon_insensitive, got hinge");
    expect_sentence(c, "penalty=l3", hone_fit, &DATA,
                    "sgd_classifier: parameter penalty must be l2, l1, elasticnet or none, got l3");
    expect_sentence("perceptron", "early_stopping=true", hone_partial_fit, &DATA,
                    "perceptron: early_stopping sets rows of the whole data aside; set it to false "
                    "for batches");
    expect_sentence(c, "early_stopping=true", hone_fit, &DATA,
                    "sgd_classifier: validation_fraction 0.1 of 6 rows leaves no row for "
                    "validation; give more rows or set early_stopping=false");
    expect_sentence(c, "class_weight=balanced", hone_partial_fit, &DATA,
                    "sgd_classifier: class_weight=balanced needs all rows at once; give a weight "
                    "per class");
}

/* ---- numbers that run away ------------------------------------------------------------------- */

static void keep_warning(void *user, const char *message) {
    snprintf(user, 256, "%s", message);
}

Test(sgd_input, divergence_is_said) {
    static const double huge[] = {1e300, 0, 2e300, 1, -3e300, 0, 8e300, 4, -9e300, 5, 7e300, 6};
    hone_dataset data = DATA;
    char warning[256] = "";
    hone_monitor mon = {.user = warning, .warn = keep_warning};
    data.x.data = huge;
    expect_sentence("sgd_regressor", "", hone_fit, &data,
                    "sgd_regressor: the coefficients overflowed in epoch 1; bring the columns to a "
                    "like scale (standard_scaler) or lower eta0, now 0.01");
    double large[12];
    for (size_t i = 0; i < 12; i++)
        large[i] = 1e6 * X[i];
    data.x.data = large;
    hone_estimator *est = NULL;
    cr_assert_eq(hone_create("sgd_regressor", &est, NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, &mon, NULL), HONE_OK);
    cr_expect(strstr(warning, "run away") && strstr(warning, "standard_scaler") &&
                  strstr(warning, "eta0"),
              "%s", warning);
    hone_free(est);
}

Test(sgd_input, an_unfinished_fit_is_said) {
    char warning[256] = "";
    hone_monitor mon = {.user = warning, .warn = keep_warning};
    hone_estimator *est = NULL;
    cr_assert_eq(hone_create("sgd_classifier", &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, "max_iter=2", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &DATA, &mon, NULL), HONE_OK);
    cr_expect_str_eq(warning, "sgd_classifier: stopped after max_iter = 2 epochs, before tol did; "
                              "raise either");
    hone_free(est);
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static void expect_finite(const char *name, const char *settings, const hone_dataset *data) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_view coef;
    cr_assert_eq(hone_create(name, &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, settings, NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_get_array(est, "coef", &coef, NULL), HONE_OK);
    for (size_t j = 0; j < coef.rows * coef.cols; j++)
        cr_assert(isfinite(coef.data[j]));
    hone_free(est);
}

static const char *const NAMES[] = {"sgd_classifier", "sgd_regressor", "perceptron"};

Test(sgd_input, one_column_and_constant_columns_are_fine) {
    static const double flat[] = {1, 5, 1, 5, 1, 5, 1, 5, 1, 5, 1, 5};
    hone_dataset narrow = DATA, constant = DATA;
    narrow.x.cols = 1;
    constant.x.data = flat;
    for (size_t i = 0; i < 3; i++) {
        expect_finite(NAMES[i], "", &narrow);
        expect_finite(NAMES[i], "penalty=l1", &constant);
    }
}

Test(sgd_input, many_columns_are_fine) {
    enum { ROWS = 50, COLUMNS = 100000 };
    double *x, *y, right = 0, out[ROWS];
    support_make(ROWS, COLUMNS, 2, 5, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, ROWS, COLUMNS), .y = hone_view_of(y, ROWS, 1)};
    for (size_t i = 0; i < 3; i++)
        expect_finite(NAMES[i], "penalty=elasticnet max_iter=10 eta0=0.00001", &data);
    hone_estimator *est = NULL;
    cr_assert_eq(hone_create("sgd_classifier", &est, NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < ROWS; i++)
        right += out[i] == y[i];
    cr_expect_eq(right, ROWS, "so many columns separate any rows");
    hone_free(est);
    free(x), free(y);
}

/* ---- batches --------------------------------------------------------------------------------- */

/* Of three classes the first batch has two: the schema names the third, or it is an error. */
Test(sgd_input, a_class_may_come_late_if_it_is_named) {
    static const char *const LEVELS[] = {"ant", "bee", "cat"};
    hone_column columns[2] = {{.name = "a"}, {.name = "b"}};
    hone_column target = {"t", HONE_CATEGORICAL, 3, LEVELS};
    hone_schema schema = {2, columns, 1, &target};
    static const double late[] = {0, 1, 2, 2, 0, 1};
    double out[18];
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = NULL, *bare = NULL;
    hone_dataset first = DATA, second = DATA;
    second.y = hone_view_of(late, 6, 1);
    cr_assert_eq(hone_create("sgd_classifier", &bare, NULL), HONE_OK);
    cr_assert_eq(hone_partial_fit(bare, &first, NULL, NULL), HONE_OK);
    cr_expect_eq(hone_partial_fit(bare, &second, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "sgd_classifier: y of row 3 is 2, a class that the first rows "
                                  "did not have; name all classes in the schema");
    first.schema = second.schema = &schema;
    cr_assert_eq(hone_create("sgd_classifier", &est, NULL), HONE_OK);
    cr_assert_eq(hone_partial_fit(est, &first, NULL, &err), HONE_OK, "%s", err.message);
    cr_expect_eq(hone_n_classes(est), 3);
    cr_assert_eq(hone_partial_fit(est, &second, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_decision_function(est, &DATA, out, NULL, &err), HONE_OK, "%s", err.message);
    hone_free(est), hone_free(bare);
}
