/* test_logistic_infer.c -- goldens of the other penalties (logistic.json), standard errors,
 * profiles and Firth's penalty (logistic_inference.json), and separation. */
#include "classic/classic.h"
#include "core/alloc.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static char warning[HONE_ERROR_SIZE];

static void keep_warning(void *user, const char *message) {
    (void)user;
    snprintf(warning, sizeof warning, "%s", message);
}

static hone_estimator *fitted(const hone_dataset *data, const char *params) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_monitor mon = {.warn = keep_warning};
    warning[0] = '\0';
    cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, data, &mon, &err), HONE_OK, "%s: %s", params, err.message);
    return est;
}

static hone_view array(const hone_estimator *est, const char *name) {
    hone_view view;
    cr_assert_eq(hone_get_array(est, name, &view, NULL), HONE_OK);
    return view;
}

static double number(const hone_estimator *est, const char *name) {
    double value;
    cr_assert_eq(hone_get_number(est, name, &value, NULL), HONE_OK);
    return value;
}

/* The largest difference from a golden list, relative to numbers above 1. */
static double off_by(hone_view view, const hone_json *example, const char *name) {
    size_t n;
    double *theirs = support_reals(example, name, &n), worst = 0;
    cr_assert_eq(n, view.rows * view.cols, "%s: %zu, %zu", name, n, view.rows * view.cols);
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(view.data[i] - theirs[i]) / fmax(1, fabs(theirs[i])));
    free(theirs);
    return worst;
}

/* The first columns of an example, standardised on demand. Free table and *x. */
static hone_dataset rows_of(const char *file, const char *target, size_t m, bool standardise,
                            hone_dataset **table, double **x) {
    *table = support_data(file, target);
    size_t n = (*table)->x.rows;
    *x = calloc(n * m, sizeof **x);
    for (size_t j = 0; j < m; j++) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < n; i++)
            mean += hone_view_row((*table)->x, i)[j] / (double)n;
        for (size_t i = 0; i < n; i++)
            square += pow(hone_view_row((*table)->x, i)[j] - mean, 2) / (double)n;
        for (size_t i = 0; i < n; i++)
            (*x)[i * m + j] = standardise ? (hone_view_row((*table)->x, i)[j] - mean) / sqrt(square)
                                          : hone_view_row((*table)->x, i)[j];
    }
    return (hone_dataset){.x = hone_view_of(*x, n, m), .y = (*table)->y};
}

static const char *text(const hone_json *object, const char *key) {
    return hone_json_as_text(hone_json_get(object, key));
}

Test(logistic_infer, other_penalties_agree_with_scikit_learn) {
    hone_json *golden = support_golden("logistic.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 7);
    for (size_t i = 0; i < hone_json_size(cases); i++) {
        const hone_json *example = hone_json_at(cases, i);
        hone_dataset *table;
        double *x, proba[5 * 3];
        hone_dataset data = rows_of(text(example, "file"), text(example, "target"),
                                    (size_t)support_real(example, "columns"), true, &table, &x);
        hone_estimator *est = fitted(&data, text(example, "params"));
        const char *name = text(example, "name");
        double coef = off_by(array(est, "coef"), example, "coef");
        double intercept = off_by(array(est, "intercept"), example, "intercept");
        cr_expect_lt(coef, 1e-6, "%s: coef is %.1e off", name, coef);
        cr_expect_lt(intercept, 1e-6, "%s: intercept is %.1e off", name, intercept);
        data.x.rows = data.y.rows = 5;
        cr_assert_eq(hone_predict_proba(est, &data, proba, NULL, NULL), HONE_OK);
        double off = off_by(hone_view_of(proba, 5, hone_n_classes(est)), example, "proba");
        cr_expect_lt(off, 1e-6, "%s: probabilities are %.1e off", name, off);
        hone_free(est);
        hone_dataset_free(table);
        free(x);
    }
    hone_json_free(golden);
}

static void check_terms(const hone_estimator *est, const hone_json *example, double tolerance) {
    static const char *const NAMES[] = {"std_err", "z", "p_value", "conf_low", "conf_high"};
    for (size_t i = 0; i < 5; i++) {
        double off = off_by(array(est, NAMES[i]), example, NAMES[i]);
        cr_expect_lt(off, tolerance, "%s, %s: %.1e off", text(example, "name"), NAMES[i], off);
    }
}

Test(logistic_infer, standard_errors_and_profiles_agree_with_glm) {
    static const char *const PARAMS[] = {"penalty=none", "C=inf", "penalty=none intervals=profile"};
    hone_json *golden = support_golden("logistic_inference.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    hone_dataset *table;
    double *x, w[569];
    hone_dataset data = rows_of("breast_cancer.csv", "diagnosis", 3, false, &table, &x);
    for (size_t i = 0; i < 569; i++)
        w[i] = 1 + (double)((i + 1) % 3);
    for (size_t i = 0; i < 3; i++) {
        data.weights = i == 1 ? w : NULL;
        hone_estimator *est = fitted(&data, PARAMS[i]);
        cr_assert_str_eq(warning, "");
        cr_assert_eq(number(est, "separation"), 0);
        check_terms(est, hone_json_at(cases, i), 1e-8);
        hone_free(est);
    }
    hone_dataset_free(table), hone_json_free(golden);
    free(x);
}

Test(logistic_infer, firth_agrees_with_brglm2_on_the_endometrial_cancers) {
    hone_json *golden = support_golden("logistic_inference.json");
    const hone_json *example = hone_json_at(hone_json_get(golden, "cases"), 3);
    size_t n, m3;
    double *y = support_reals(example, "y", &n), *x = support_reals(example, "x", &m3);
    cr_assert(n == 79 && m3 == 3 * n);
    hone_dataset data = {.x = hone_view_of(x, n, 3), .y = hone_view_of(y, n, 1)};
    hone_estimator *est = fitted(&data, "penalty=firth intervals=profile");
    cr_assert_str_eq(warning, "");
    check_terms(est, example, 1e-6);
    hone_view coef = array(est, "coef");
    static const double PUBLISHED[] = {2.93, -0.03, -2.60}; /* Heinze & Schemper 2002 */
    for (size_t j = 0; j < 3; j++)
        cr_assert_lt(fabs(coef.data[j] - PUBLISHED[j]), 0.005);
    hone_free(est);
    est = fitted(&data, "penalty=none"); /* NV parts its 13 rows from the rest */
    cr_assert_eq(number(est, "separation"), 1);
    cr_assert_str_eq(warning, "logistic_regression: the classes are separated but for rows on the "
                              "border by the columns, 'x0' most: the coefficients have no finite "
                              "maximum; take penalty=firth or penalty=l2");
    hone_free(est);
    free(x), free(y), hone_json_free(golden);
}

Test(logistic_infer, errors_of_softmax_agree_with_statsmodels) {
    hone_json *golden = support_golden("logistic.json");
    const hone_json *example = hone_json_get(golden, "softmax");
    hone_dataset *table;
    double *x;
    hone_dataset data =
        rows_of(text(example, "file"), text(example, "target"), 2, false, &table, &x);
    hone_estimator *est = fitted(&data, "penalty=none intervals=wald");
    double off = off_by(array(est, "std_err"), example, "std_err");
    cr_assert_lt(off, 1e-7, "%g", off);
    hone_free(est);
    est = fitted(&data, "penalty=none intervals=none");
    cr_assert_eq(array(est, "std_err").rows, 0);
    hone_free(est);
    est = fitted(&data, "");
    cr_assert_eq(array(est, "std_err").rows, 0, "a penalty makes them meaningless");
    hone_free(est), hone_dataset_free(table), hone_json_free(golden);
    free(x);
}

Test(logistic_infer, perfect_separation_is_said_and_ends) {
    double x[] = {-2, 5, -1, 4, 1, 5, 2, 4}, y[] = {0, 0, 1, 1}, out[4];
    hone_dataset data = {.x = hone_view_of(x, 4, 2), .y = hone_view_of(y, 4, 1)};
    static const char *const PARAMS[] = {"penalty=none solver=lbfgs", "penalty=none",
                                         "C=inf multi_class=ovr"};
    for (int i = 0; i < 3; i++) {
        hone_estimator *est = fitted(&data, PARAMS[i]);
        cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
        cr_assert_arr_eq(out, y, sizeof y);
        cr_assert_eq(number(est, "separation"), 2, "%s", PARAMS[i]);
        cr_assert_not_null(strstr(warning, "perfectly separated by the columns, 'x0' most"), "%s",
                           warning);
        hone_free(est);
    }
    hone_estimator *est = fitted(&data, "penalty=firth");
    cr_assert_str_eq(warning, "");
    cr_assert(fabs(array(est, "coef").data[0]) < 10);
    hone_free(est);
}

/* Columns that nearly depend on one another, at the end of any search; and more of them than have
 * standard errors. */
Test(logistic_infer, separation_is_said_by_every_solver_and_of_any_number_of_columns) {
    static const char *const SOLVERS[] = {"auto", "lbfgs", "newton_cholesky", "coordinate_descent",
                                          "gd,max_iter=5000"};
    hone_dataset *table;
    double *x;
    hone_dataset data = rows_of("breast_cancer.csv", "diagnosis", 30, true, &table, &x);
    for (size_t i = 0; i < 5; i++) {
        char params[80];
        snprintf(params, sizeof params, "penalty=none,intervals=none,solver=%s", SOLVERS[i]);
        hone_estimator *est = fitted(&data, params);
        double out[1000], wrong = 0;
        cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
        for (size_t r = 0; r < data.x.rows; r++)
            wrong += out[r] != *hone_view_row(data.y, r);
        cr_assert_eq(number(est, "separation"), wrong == 0 ? 2 : 0, "%s: %g wrong", params, wrong);
        cr_assert(i == 4 || wrong == 0, "%s: %g wrong", params, wrong);
        hone_free(est);
    }
    /* no maximum: no profile, which would look for its sides for minutes */
    hone_estimator *wald = fitted(&data, "penalty=none");
    hone_estimator *profile = fitted(&data, "penalty=none,intervals=profile");
    hone_view a = array(wald, "conf_low"), b = array(profile, "conf_low");
    cr_assert_eq(b.cols, 31);
    cr_assert_arr_eq(a.data, b.data, 31 * sizeof *a.data);
    hone_free(wald), hone_free(profile);
    hone_dataset_free(table);
    free(x);

    enum { N = 20, M = 4000 };
    double *wide, *y;
    support_make(N, M, 2, 5, &wide, &y);
    for (size_t i = 0; i < N; i++)
        y[i] = (double)(i % 2);
    hone_estimator *est = fitted(
        &(hone_dataset){.x = hone_view_of(wide, N, M), .y = hone_view_of(y, N, 1)}, "penalty=none");
    cr_assert_eq(number(est, "separation"), 2);
    cr_assert_not_null(strstr(warning, "perfectly separated"), "%s", warning);
    hone_free(est);
    free(wide), free(y);
}

Test(logistic_infer, three_separated_classes_are_said) {
    double x[] = {-2, -1.5, -0.2, 0.3, 2, 2.5}, y[] = {0, 0, 1, 1, 2, 2};
    hone_dataset data = {.x = hone_view_of(x, 6, 1), .y = hone_view_of(y, 6, 1)};
    hone_estimator *est = fitted(&data, "penalty=none");
    cr_assert_eq(number(est, "separation"), 2);
    hone_free(est);
}

Test(logistic_infer, columns_that_say_nothing_of_their_own_have_no_errors) {
    double *x, *y, wide[200 * 4];
    support_make(200, 2, 2, 5, &x, &y);
    for (size_t i = 0; i < 200; i++) {
        y[i] = i % 3 ? y[i] : (double)(i % 2);
        wide[4 * i] = x[2 * i], wide[4 * i + 1] = 7, wide[4 * i + 2] = x[2 * i + 1];
        wide[4 * i + 3] = (double)(i % 5);
    }
    hone_dataset data = {.x = hone_view_of(wide, 200, 4), .y = hone_view_of(y, 200, 1)};
    hone_estimator *est = fitted(&data, "penalty=none");
    hone_view se = array(est, "std_err");
    cr_assert(se.cols == 5 && isnan(se.data[1]) && isfinite(se.data[0]) && isfinite(se.data[4]));
    cr_assert_str_eq(warning, "");
    hone_free(est);
    for (size_t i = 0; i < 200; i++)
        wide[4 * i + 3] = wide[4 * i] + wide[4 * i + 2];
    est = fitted(&data, "penalty=none");
    cr_assert(isnan(array(est, "std_err").data[0]), "a sum of the others");
    cr_assert_not_null(strstr(warning, "columns depend on one another"), "%s", warning);
    hone_free(est);
    free(x), free(y);
}

static void refused(const char *params, size_t k, hone_status expected, const char *message) {
    double x[] = {0, 1, 2, 3, 4, 5}, y[] = {0, 1, 2, 1, 0, 2};
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    for (size_t i = 0; k == 2 && i < 6; i++)
        y[i] = (double)(i % 2);
    hone_dataset data = {.x = hone_view_of(x, 6, 1), .y = hone_view_of(y, 6, 1)};
    cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, params, NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), expected, "%s", params);
    cr_assert_str_eq(err.message, message);
    hone_free(est);
}

Test(logistic_infer, what_does_not_go_together_is_refused) {
    refused("penalty=firth solver=lbfgs", 2, HONE_EINVAL,
            "logistic_regression: solver lbfgs cannot do penalty firth; use auto or "
            "newton_cholesky");
    refused("penalty=firth multi_class=multinomial", 2, HONE_EINVAL,
            "logistic_regression: penalty firth has no multinomial form here; use "
            "multi_class=ovr");
    refused("penalty=firth", 3, HONE_EDATA,
            "logistic_regression: penalty firth takes two classes, got 3; use multi_class=ovr");
    refused("penalty=none intervals=profile", 3, HONE_EDATA,
            "logistic_regression: intervals=profile takes two classes, got 3; use wald or "
            "multi_class=ovr");
}

Test(logistic_infer, failing_memory_leaks_nothing) {
    static const char *const PARAMS[] = {"penalty=firth intervals=profile multi_class=ovr",
                                         "penalty=none", "penalty=l1", "penalty=none C=inf"};
    double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, y[] = {0, 1, 2, 1, 0, 2, 1, 2, 0};
    hone_dataset data = {.x = hone_view_of(x, 9, 1), .y = hone_view_of(y, 9, 1)};
    for (int p = 0; p < 4; p++) {
        hone_status got = HONE_ENOMEM;
        for (long k = 1; got == HONE_ENOMEM; k += 1 + k / 20) { /* a profile has thousands */
            hone_estimator *est = NULL;
            long live = hone_alloc_live();
            cr_assert_eq(hone_estimator_new(&hone_logistic_regression, &est, NULL), HONE_OK);
            cr_assert_eq(hone_set(est, PARAMS[p], NULL), HONE_OK);
            hone_alloc_fail_at(k, 0);
            got = hone_fit(est, &data, NULL, NULL);
            hone_alloc_fail_at(0, 0);
            hone_free(est);
            cr_assert_eq(hone_alloc_live(), live, "%s, allocation %ld", PARAMS[p], k);
            cr_assert(got == HONE_OK || got == HONE_ENOMEM);
        }
    }
}
