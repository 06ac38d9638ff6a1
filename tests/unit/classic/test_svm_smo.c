/* test_svm_smo.c -- solver=smo: the optimum of libsvm on thirty problems, the same bits on any
 * number of threads and with any cache, limits, hard margins, weights. */
#include "classic/classic.h"
#include "classic/svm/svc_impl.h"
#include "classic/svm/svr_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hone_estimator *created(const hone_class *cls, const char *set) {
    hone_estimator *est = support_create(cls->name, set);
    if (cls != &hone_svr)
        cr_assert_eq(hone_set(est, "probability=false", NULL), HONE_OK);
    return est;
}

static hone_estimator *fitted(const hone_class *cls, const char *set, const hone_dataset *data,
                              const hone_monitor *mon) {
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = created(cls, set);
    cr_assert_eq(hone_fit(est, data, mon, &err), HONE_OK, "%s", err.message);
    return est;
}

/* ---- the same optimum ---------------------------------------------------------------------- */

static double sum_of(const hone_estimator *est, const char *name) {
    hone_view array;
    double sum = 0;
    if (hone_get_number(est, name, &sum, NULL) == HONE_OK)
        return sum;
    cr_assert_eq(hone_get_array(est, name, &array, NULL), HONE_OK);
    for (size_t i = 0; i < array.rows * array.cols; i++)
        sum += array.data[i];
    return sum;
}

/* The dual objective of a fitted machine for two classes or values, with exact kernel values (both
 * solvers work on rounded ones, and their sum is no smoother than that). */
static double exact_objective(const hone_class *cls, hone_estimator *est,
                              const hone_dataset *data) {
    const struct svc_state *c = hone_estimator_state(est);
    const struct svr_state *r = hone_estimator_state(est);
    bool classes = cls == &hone_svc;
    const struct hone_svm_vectors *v = classes ? &c->v : &r->v;
    const double *coef = classes ? c->dual_coef : r->dual_coef;
    const struct svr_params *p = hone_estimator_params(est);
    struct hone_svm_kernel kernel = {.kind = p->kernel,
                                     .degree = p->degree,
                                     .gamma = classes ? c->gamma : r->gamma,
                                     .coef0 = p->coef0};
    if (classes)
        kernel = hone_svc_kernel(hone_estimator_params(est), c->gamma);
    double *k = malloc(v->n_sv * v->n_sv * sizeof *k), sum = 0;
    hone_view rows = hone_view_of(v->support_vectors, v->n_sv, v->n_cols);
    cr_assert_eq(hone_svm_vectors_block(v, &kernel, rows, k, NULL), HONE_OK);
    for (size_t i = 0; i < v->n_sv; i++) {
        double f = 0, y = hone_view_row(data->y, (size_t)v->support[i])[0];
        for (size_t j = 0; j < v->n_sv; j++)
            f += k[i * v->n_sv + j] * coef[j];
        sum += coef[i] * f / 2;
        sum += classes ? -fabs(coef[i]) : p->epsilon * fabs(coef[i]) - y * coef[i];
    }
    free(k);
    return sum;
}

/* Without libsvm's shrinking, which looks away from rows for good too early on the hard ones. */
static void same_optimum(const hone_class *cls, const char *set, const hone_dataset *data) {
    char ours[256], theirs[256];
    snprintf(ours, sizeof ours, "solver=smo %s", set);
    snprintf(theirs, sizeof theirs, "solver=libsvm shrinking=false %s", set);
    hone_estimator *a = fitted(cls, ours, data, NULL), *b = fitted(cls, theirs, data, NULL);
    double mine = exact_objective(cls, a, data), want = exact_objective(cls, b, data);
    cr_assert_lt(fabs(mine - want), 1e-6 * fabs(want), "%s: objective %.12g, libsvm %.12g", set,
                 mine, want);
    cr_assert_eq(sum_of(a, "fit_status"), 0);
    cr_assert_leq(sum_of(a, "gap"), 1e-4);
    hone_free(a);
    hone_free(b);
}

static const char *const SETS[] = {
    "C=0.01 tol=1e-7",
    "C=1 gamma=0.3 tol=1e-5",
    "C=100 gamma=2 tol=1e-4",
    "C=10000 tol=1e-4",
    "C=1 kernel=linear tol=1e-5",
    "C=10 kernel=poly degree=2 coef0=1 gamma=0.1 tol=1e-4",
};
enum { N_SETS = sizeof SETS / sizeof *SETS };

/* More rows than a working set, so that rounds are needed. */
Test(svm_smo, libsvm_s_optimum_on_two_classes) {
    struct support_sample s = support_sample(800, 5, 2, 1);
    for (size_t i = 0; i < N_SETS; i++)
        same_optimum(&hone_svc, SETS[i], &s.data);
    support_sample_free(&s);
}

Test(svm_smo, libsvm_s_optimum_on_unbalanced_classes_with_duplicates) {
    const size_t n = 700, m = 4;
    struct support_sample s = support_sample(n, m, 2, 2);
    for (size_t i = 0; i < n; i++)
        s.y[i] = s.y[i] == 1 && i % 9 == 0;
    for (size_t i = 350; i < n; i++) { /* rows twice, some of them in both classes */
        memcpy(s.x + i * m, s.x + (i - 350) * m, m * sizeof *s.x);
        s.y[i] = i % 7 ? s.y[i - 350] : 1 - s.y[i - 350];
    }
    for (size_t i = 0; i < N_SETS; i++)
        same_optimum(&hone_svc, SETS[i], &s.data);
    support_sample_free(&s);
}

Test(svm_smo, libsvm_s_optimum_of_regressions) {
    struct support_sample s = support_sample(400, 5, 0, 3); /* 800 variables */
    for (size_t i = 0; i < N_SETS; i++)
        same_optimum(&hone_svr, SETS[i], &s.data);
    support_sample_free(&s);
}

/* The second class against all others; columns of any scale as they are in the files, so that rbf
 * is the kernel to take. */
static void same_on_file(const char *file, const char *target) {
    hone_dataset *data = support_data(file, target);
    double *y = malloc(data->y.rows * sizeof *y);
    for (size_t i = 0; i < data->y.rows; i++)
        y[i] = hone_view_row(data->y, i)[0] == 1;
    hone_dataset two = {.x = data->x, .y = hone_view_of(y, data->y.rows, 1)};
    for (size_t i = 0; i < 4; i++)
        same_optimum(&hone_svc, SETS[i], &two);
    free(y);
    hone_dataset_free(data);
}

Test(svm_smo, libsvm_s_optimum_on_iris) {
    same_on_file("iris.csv", "species");
}

Test(svm_smo, libsvm_s_optimum_on_wine) {
    same_on_file("wine.csv", "class");
}

Test(svm_smo, libsvm_s_optimum_on_breast_cancer) {
    same_on_file("breast_cancer.csv", "diagnosis");
}

/* ---- the same bits ------------------------------------------------------------------------- */

Test(svm_smo, the_same_bits_for_any_threads_and_cache) {
    struct support_sample s = support_sample(1500, 6, 2, 4), t = support_sample(700, 6, 0, 4);
    const struct {
        const hone_class *cls;
        const hone_dataset *data;
    } cases[] = {{&hone_svc, &s.data}, {&hone_svr, &t.data}};
    for (size_t c = 0; c < 2; c++) {
        hone_monitor one = {.threads = 1};
        hone_estimator *first = fitted(cases[c].cls, "C=30", cases[c].data, &one);
        double want = sum_of(first, "dual_coef");
        for (int threads = 2; threads <= 4; threads *= 2) {
            hone_monitor mon = {.threads = threads};
            hone_estimator *est = fitted(cases[c].cls, "C=30", cases[c].data, &mon);
            cr_assert(hone_estimator_equal(first, est), "%d threads", threads);
            hone_free(est);
        }
        hone_estimator *small = fitted(cases[c].cls, "C=30 cache_size=0.01", cases[c].data, NULL);
        cr_assert_eq(sum_of(small, "dual_coef"), want);
        cr_assert_eq(sum_of(small, "intercept"), sum_of(first, "intercept"));
        hone_free(small);
        hone_free(first);
    }
    support_sample_free(&s);
    support_sample_free(&t);
}

/* One matrix of distances serves all C and gamma. */
Test(svm_smo, shared_distances_serve_all_gammas_to_the_bit) {
    struct support_sample s = support_sample(600, 4, 2, 5);
    hone_estimator *est = created(&hone_svc, "gamma=0.5");
    hone_work *work = NULL;
    static const char *const sets[] = {"gamma=0.1 C=3", "gamma=2 C=0.5", "gamma=scale"};
    cr_assert_eq(hone_work_prepare(est, &s.data, NULL, &work, NULL), HONE_OK);
    for (size_t i = 0; i < 3; i++) {
        hone_estimator *shared = created(&hone_svc, sets[i]);
        hone_estimator *alone = fitted(&hone_svc, sets[i], &s.data, NULL);
        cr_assert(hone_work_serves(work, shared));
        cr_assert_eq(hone_fit_prepared(shared, &s.data, work, NULL, NULL, NULL), HONE_OK);
        cr_assert(hone_estimator_equal(shared, alone), "%s", sets[i]);
        hone_free(shared);
        hone_free(alone);
    }
    hone_estimator *other = created(&hone_svc, "kernel=linear");
    cr_assert_not(hone_work_serves(work, other));
    hone_free(other);
    hone_free(est);
    hone_work_free(work);
    support_sample_free(&s);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void keep_warning(void *user, const char *message) {
    snprintf(user, HONE_ERROR_SIZE, "%s", message);
}

Test(svm_smo, a_limit_gives_a_usable_model_and_says_its_gap) {
    struct support_sample s = support_sample(600, 4, 2, 6);
    static const char *const sets[] = {"max_iter=20", "time_limit=1e-9 C=100"};
    for (size_t i = 0; i < 2; i++) {
        char warning[HONE_ERROR_SIZE] = "";
        hone_monitor mon = {.user = warning, .warn = keep_warning};
        hone_estimator *est = fitted(&hone_svc, sets[i], &s.data, &mon);
        double label[600];
        cr_assert_eq(sum_of(est, "fit_status"), 1);
        cr_assert_gt(sum_of(est, "gap"), 1e-3);
        cr_assert_leq(sum_of(est, "n_iter"), 20 + 20000 * (double)i);
        cr_assert_not_null(strstr(warning, "svc: stopped at classes"), "%s", warning);
        cr_assert_not_null(strstr(warning, "with a gap of"), "%s", warning);
        cr_assert_eq(hone_predict(est, &s.data, label, NULL, NULL), HONE_OK);
        hone_free(est);
    }
    support_sample_free(&s);
}

Test(svm_smo, a_deadline_stops_the_fit_within) {
    struct support_sample s = support_sample(3000, 10, 2, 7);
    hone_estimator *est = created(&hone_svc, "kernel=linear C=10000");
    hone_error err = {HONE_OK, ""};
    hone_monitor mon = {.deadline = hone_now() + 0.2};
    cr_assert_eq(hone_fit(est, &s.data, &mon, &err), HONE_ETIME);
    cr_assert_lt(hone_now() - mon.deadline, 1.0);
    hone_free(est);
    support_sample_free(&s);
}

/* ---- hard margins ---------------------------------------------------------------------------- */

Test(svm_smo, a_hard_margin_keeps_every_row_at_one) {
    struct support_sample s = support_sample(80, 3, 2, 8);
    for (size_t i = 0; i < 80; i++) /* apart by 20 in the first column */
        s.x[i * 3] += 20 * s.y[i];
    hone_estimator *est = fitted(&hone_svc, "C=inf kernel=linear tol=1e-6", &s.data, NULL);
    double f[80], least = INFINITY;
    cr_assert_eq(hone_decision_function(est, &s.data, f, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 80; i++)
        least = fmin(least, s.y[i] > 0 ? f[i] : -f[i]);
    cr_assert_float_eq(least, 1, 1e-5);
    hone_free(est);
    support_sample_free(&s);
}

Test(svm_smo, a_hard_margin_that_does_not_exist_is_a_sentence) {
    double x[] = {0, 1, 2, 3}, y[] = {0, 1, 0, 1};
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)};
    hone_estimator *est = created(&hone_svc, "C=inf kernel=linear");
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_EDATA);
    cr_assert_not_null(strstr(err.message, "svc: C=inf asks for a margin without errors, but this "
                                           "kernel does not separate the classes 0 and 1"),
                       "%s", err.message);
    hone_free(est);
}

/* ---- weights --------------------------------------------------------------------------------- */

Test(svm_smo, weight_two_is_the_row_twice) {
    struct support_sample s = support_sample(300, 4, 2, 9);
    double weights[300], *a = malloc(300 * sizeof *a), *b = malloc(300 * sizeof *b);
    size_t rows[600], n = 0;
    for (size_t i = 0; i < 300; i++) {
        weights[i] = i % 3 ? 1 : 2;
        for (double w = 0; w < weights[i]; w++)
            rows[n++] = i;
    }
    hone_dataset weighted = s.data, *twice = NULL;
    weighted.weights = weights;
    cr_assert_eq(hone_dataset_take(&s.data, rows, n, &twice, NULL), HONE_OK);
    hone_estimator *one = fitted(&hone_svc, "tol=1e-10 gamma=0.3", &weighted, NULL);
    hone_estimator *two = fitted(&hone_svc, "tol=1e-10 gamma=0.3", twice, NULL);
    cr_assert_eq(hone_decision_function(one, &s.data, a, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_decision_function(two, &s.data, b, NULL, NULL), HONE_OK);
    cr_assert_lt(support_distance(a, b, 300), 1e-8);
    hone_dataset_free(twice);
    hone_free(one);
    hone_free(two);
    free(a);
    free(b);
    support_sample_free(&s);
}
