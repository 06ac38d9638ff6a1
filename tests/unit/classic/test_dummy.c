/* test_dummy.c -- the dummies answer what their strategy says. */
#include "classic/classic.h"
#include "support/support.h"

#include <criterion/criterion.h>

static const double X[6] = {0};

static hone_estimator *fitted(const hone_class *cls, const char *params, const double *y,
                              const double *w, size_t n) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_dataset data = {.x = hone_view_of(X, n, 1), .y = hone_view_of(y, n, 1), .weights = w};
    cr_assert_eq(hone_estimator_new(cls, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    return est;
}

static double answer(const char *params, const double *y, const double *w, size_t n) {
    hone_estimator *est = fitted(&hone_dummy_regressor, params, y, w, n);
    hone_dataset data = {.x = hone_view_of(X, 2, 1)};
    double out[2];
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert_eq(out[0], out[1]);
    hone_free(est);
    return out[0];
}

Test(dummy, regressor) {
    const double y[] = {7, 1, 3, 4, 2, 100}, w[] = {1, 2, 1, 1, 1, 0};
    cr_assert_eq(answer("", y, NULL, 5), 17.0 / 5);
    cr_assert_eq(answer("", y, w, 5), 3);
    cr_assert_eq(answer("strategy=median", y, NULL, 5), 3);
    cr_assert_eq(answer("strategy=median", y, NULL, 6), 3.5);
    cr_assert_eq(answer("strategy=median", y, w, 6), 2.5, "of 1 1 2 3 4 7");
    cr_assert_eq(answer("strategy=quantile quantile=0", y, NULL, 6), 1);
    cr_assert_eq(answer("strategy=quantile quantile=1", y, NULL, 6), 100);
    cr_assert_eq(answer("strategy=quantile quantile=0.25", y, NULL, 6), 2);
    cr_assert_eq(answer("strategy=constant constant=-2.5", y, NULL, 6), -2.5);
}

static void expect_proba(const char *params, const double *w, double a, double b, double c,
                         double predicted) {
    const double y[] = {4, 9, 9, 6, 4, 9};
    hone_estimator *est = fitted(&hone_dummy_classifier, params, y, w, 6);
    hone_dataset data = {.x = hone_view_of(X, 2, 1)};
    double proba[6], out[2];
    cr_assert_eq(hone_predict_proba(est, &data, proba, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert(proba[3] == a && proba[4] == b && proba[5] == c, "%s: %g %g %g", params, proba[3],
              proba[4], proba[5]);
    cr_assert(out[0] == predicted && out[1] == predicted, "%s: %g", params, out[0]);
    hone_free(est);
}

Test(dummy, classifier) {
    const double w[] = {1, 1, 1, 6, 2, 1};
    expect_proba("", NULL, 2.0 / 6, 1.0 / 6, 3.0 / 6, 9);
    expect_proba("", w, 3.0 / 12, 6.0 / 12, 3.0 / 12, 6);
    expect_proba("strategy=most_frequent", NULL, 0, 0, 1, 9);
    expect_proba("strategy=most_frequent", w, 0, 1, 0, 6);
    expect_proba("strategy=uniform", w, 1.0 / 3, 1.0 / 3, 1.0 / 3, 4);
}

Test(dummy, classifier_of_one_class) {
    const double y[] = {5, 5};
    hone_estimator *est = fitted(&hone_dummy_classifier, "", y, NULL, 2);
    hone_dataset data = {.x = hone_view_of(X, 1, 1)};
    double out;
    cr_assert_eq(hone_predict(est, &data, &out, NULL, NULL), HONE_OK);
    cr_assert_eq(out, 5);
    hone_free(est);
}
