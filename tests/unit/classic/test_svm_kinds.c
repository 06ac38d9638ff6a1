/* test_svm_kinds.c -- nu_svc, nu_svr, one_class_svm, and all machines with sample weights, against
 * scikit-learn (tests/golden/svm_kinds.json), all solved to a gap of 1e-10; and what each kind
 * promises or refuses. */
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIGHT 1e-8

struct problem {
    double *x, *y, *new, *weights;
    size_t n, m, n_new;
};

static struct problem problem_of(const hone_json *golden, const hone_json *example) {
    const char *name = hone_json_as_text(hone_json_get(example, "data"));
    const hone_json *data = hone_json_get(hone_json_get(golden, "data"), name);
    struct problem p = {.m = (size_t)support_real(data, "columns")};
    size_t count;
    p.x = support_reals(data, "x", &count);
    p.new = support_reals(data, "new", &p.n_new);
    p.y = support_reals(data, "y", &p.n);
    p.n_new /= p.m;
    p.weights = malloc(p.n * sizeof *p.weights);
    for (size_t i = 0; i < p.n; i++)
        p.weights[i] = 1.0 + (double)(i % 3);
    return p;
}

static void problem_free(struct problem *p) {
    free(p->x);
    free(p->y);
    free(p->new);
    free(p->weights);
}

static void compare(const hone_json *example, const char *key, const double *out, size_t n,
                    double tolerance) {
    size_t count;
    double *theirs = support_reals(example, key, &count), largest = 1;
    cr_assert_eq(count, n);
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(theirs[i]));
    double worst = support_distance(out, theirs, n) / largest;
    cr_assert_leq(worst, tolerance, "%s: %s of %s on %s differs by %g",
                  hone_json_as_text(hone_json_get(example, "estimator")), key,
                  hone_json_as_text(hone_json_get(example, "params")),
                  hone_json_as_text(hone_json_get(example, "data")), worst);
    free(theirs);
}

static void check_example(const hone_json *golden, const hone_json *example) {
    struct problem p = problem_of(golden, example);
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_dataset data = {.x = hone_view_of(p.x, p.n, p.m), .y = hone_view_of(p.y, p.n, 1)};
    hone_dataset new = {.x = hone_view_of(p.new, p.n_new, p.m)};
    if (hone_json_as_boolean(hone_json_get(example, "weighted")))
        data.weights = p.weights;
    const char *name = hone_json_as_text(hone_json_get(example, "estimator"));
    cr_assert_eq(hone_create(name, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, "tol=1e-10", &err), HONE_OK);
    cr_assert_eq(hone_set(est, hone_json_as_text(hone_json_get(example, "params")), &err), HONE_OK,
                 "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    bool values = hone_estimator_tags(est) & HONE_TAG_DECISION;
    size_t cols = values ? hone_decision_cols(est) : 1;
    double *out = malloc(p.n_new * cols * sizeof *out), n_sv;
    cr_assert_eq((values ? hone_decision_function : hone_predict)(est, &new, out, NULL, &err),
                 HONE_OK);
    compare(example, "values", out, p.n_new * cols, TIGHT);
    cr_assert_eq(hone_predict(est, &new, out, NULL, &err), HONE_OK);
    compare(example, "predict", out, p.n_new, values ? 0 : TIGHT);
    cr_assert_eq(hone_get_number(est, "n_sv", &n_sv, &err), HONE_OK);
    cr_assert_eq(n_sv, support_real(example, "n_sv"));
    hone_free(est);
    free(out);
    problem_free(&p);
}

Test(svm_kinds, agree_with_scikit_learn) {
    hone_json *golden = support_golden("svm_kinds.json");
    const hone_json *examples = hone_json_get(golden, "examples");
    cr_assert_geq(hone_json_size(examples), 11);
    for (size_t i = 0; i < hone_json_size(examples); i++)
        check_example(golden, hone_json_at(examples, i));
    hone_json_free(golden);
}

/* ---- what nu means ------------------------------------------------------------------------ */

static hone_status fit(const char *name, const char *set, const hone_dataset *data,
                       hone_estimator **out, hone_error *err) {
    cr_assert_eq(hone_create(name, out, err), HONE_OK);
    cr_assert_eq(hone_set(*out, set, err), HONE_OK, "%s", err->message);
    return hone_fit(*out, data, NULL, err);
}

Test(svm_kinds, nu_bounds_outliers_from_above_and_vectors_from_below) {
    struct support_sample s = support_sample(700, 3, 2, 5); /* more than one working set */
    static const double nus[] = {0.05, 0.2, 0.6};
    hone_error err = {HONE_OK, ""};
    for (size_t i = 0; i < 3; i++) {
        char set[64];
        snprintf(set, sizeof set, "nu=%g tol=1e-6", nus[i]);
        hone_estimator *est = NULL;
        double label[700], n_sv, outside = 0;
        cr_assert_eq(fit("one_class_svm", set, &s.data, &est, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(hone_predict(est, &s.data, label, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_get_number(est, "n_sv", &n_sv, NULL), HONE_OK);
        for (size_t r = 0; r < 700; r++)
            outside += label[r] == -1;
        cr_assert_geq(n_sv, nus[i] * 700);
        cr_assert_leq(outside, nus[i] * 700 + 5, "nu %g: %g outside", nus[i], outside);
        cr_assert_geq(outside, nus[i] * 700 - 20);
        hone_free(est);
    }
    support_sample_free(&s);
}

Test(svm_kinds, nu_beyond_what_the_classes_allow_is_a_sentence) {
    struct support_sample s = support_sample(60, 3, 2, 5);
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    for (size_t i = 0; i < 60; i++)
        s.y[i] = i < 6;
    cr_assert_eq(fit("nu_svc", "nu=0.5", &s.data, &est, &err), HONE_EDATA);
    cr_assert_str_eq(err.message, "nu_svc: nu must be at most 0.2 for these classes (twice the "
                                  "share of the smaller of two), got 0.5");
    hone_free(est);
    cr_assert_eq(fit("nu_svc", "nu=0.2", &s.data, &est, &err), HONE_OK, "%s", err.message);
    hone_free(est);
    support_sample_free(&s);
}
