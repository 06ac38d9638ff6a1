/* test_svm_golden.c -- svc and svr against scikit-learn's SVC and SVR (tests/golden/svm.json).
 *
 * All sides are solved to a gap of 1e-10 and keep kernel values in float; that they agree so well
 * means that all round every kernel value to the same float. */
#include "classic/classic.h"
#include "classic/svm/svc_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

/* With solver=libsvm, and with solver=smo. */
static const struct solver {
    const char *set;
    double tolerance;
} SOLVERS[] = {{"solver=libsvm", 1e-11}, {"solver=smo", 1e-9}};
enum { N_SOLVERS = sizeof SOLVERS / sizeof *SOLVERS };

struct problem {
    double *x, *y, *new;
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
    cr_assert_eq(count, p.n * p.m);
    return p;
}

static hone_estimator *fitted(const hone_class *cls, const char *solver, const hone_json *example,
                              const struct problem *p) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_dataset data = {.x = hone_view_of(p->x, p->n, p->m), .y = hone_view_of(p->y, p->n, 1)};
    const char *params = hone_json_as_text(hone_json_get(example, "params"));
    cr_assert_eq(hone_estimator_new(cls, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, "tol=1e-10", &err), HONE_OK);
    cr_assert_eq(hone_set(est, solver, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    double gamma, theirs = support_real(example, "gamma");
    cr_assert_eq(hone_get_number(est, "gamma", &gamma, &err), HONE_OK);
    cr_assert_lt(fabs(gamma - theirs), 1e-14 * theirs, "gamma %.17g, scikit-learn %.17g", gamma,
                 theirs);
    return est;
}

/* out (n_new x cols), where `key` of the golden example says what it should be. */
static void compare(const hone_json *example, const char *key, const double *out, size_t n,
                    double tolerance) {
    size_t count;
    double *theirs = support_reals(example, key, &count);
    cr_assert_eq(count, n);
    double worst = support_distance(out, theirs, n);
    cr_assert_leq(worst, tolerance, "%s of %s on %s differs by %g", key,
                  hone_json_as_text(hone_json_get(example, "params")),
                  hone_json_as_text(hone_json_get(example, "data")), worst);
    free(theirs);
}

static void compare_classifier(const hone_json *golden, const hone_json *example,
                               const struct solver *solver) {
    struct problem p = problem_of(golden, example);
    hone_estimator *est = fitted(&hone_svc, solver->set, example, &p);
    hone_dataset new = {.x = hone_view_of(p.new, p.n_new, p.m)};
    size_t cols = hone_decision_cols(est);
    double *out = malloc(p.n_new * cols * sizeof *out);
    cr_assert_eq(hone_decision_function(est, &new, out, NULL, NULL), HONE_OK);
    compare(example, "decision", out, p.n_new * cols, solver->tolerance);
    cr_assert_eq(hone_predict(est, &new, out, NULL, NULL), HONE_OK);
    compare(example, "predict", out, p.n_new, 0);
    const int32_t *n_support = ((const struct svc_state *)hone_estimator_state(est))->n_support;
    for (size_t k = 0; k < hone_n_classes(est); k++)
        out[k] = n_support[k];
    compare(example, "n_support", out, hone_n_classes(est), 0);
    hone_free(est);
    free(out);
    free(p.x);
    free(p.y);
    free(p.new);
}

static void compare_regressor(const hone_json *golden, const hone_json *example,
                              const struct solver *solver) {
    struct problem p = problem_of(golden, example);
    hone_estimator *est = fitted(&hone_svr, solver->set, example, &p);
    hone_dataset new = {.x = hone_view_of(p.new, p.n_new, p.m)};
    double *out = malloc(p.n_new * sizeof *out), n_sv;
    cr_assert_eq(hone_predict(est, &new, out, NULL, NULL), HONE_OK);
    compare(example, "predict", out, p.n_new, solver->tolerance);
    cr_assert_eq(hone_get_number(est, "n_sv", &n_sv, NULL), HONE_OK);
    compare(example, "n_support", &n_sv, 1, 0);
    hone_free(est);
    free(out);
    free(p.x);
    free(p.y);
    free(p.new);
}

Test(svm_golden, classifiers_agree_with_scikit_learn) {
    hone_json *golden = support_golden("svm.json");
    const hone_json *examples = hone_json_get(golden, "classifiers");
    cr_assert_geq(hone_json_size(examples), 8);
    for (size_t i = 0; i < hone_json_size(examples); i++)
        for (size_t k = 0; k < N_SOLVERS; k++)
            compare_classifier(golden, hone_json_at(examples, i), &SOLVERS[k]);
    hone_json_free(golden);
}

Test(svm_golden, regressors_agree_with_scikit_learn) {
    hone_json *golden = support_golden("svm.json");
    const hone_json *examples = hone_json_get(golden, "regressors");
    cr_assert_geq(hone_json_size(examples), 3);
    for (size_t i = 0; i < hone_json_size(examples); i++)
        for (size_t k = 0; k < N_SOLVERS; k++)
            compare_regressor(golden, hone_json_at(examples, i), &SOLVERS[k]);
    hone_json_free(golden);
}
