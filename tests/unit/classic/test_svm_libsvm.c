/* test_svm_libsvm.c -- svc and svr against libsvm's own C interface on the same problem: values
 * and dual objectives to 1e-9. All are solved to a gap of 1e-12. libsvm keeps kernel values in
 * float, so this also shows that all round the same kernel values (the objective that smo reports
 * is made of the rounded ones, that of the others of the exact ones). */
#include "classic/classic.h"
#include "classic/svm/svc_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <libsvm/svm.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TIGHT 1e-9

static const struct solver {
    const char *set;
    double objective, values; /* tolerances */
} SOLVERS[] = {{"solver=libsvm", TIGHT, TIGHT}, {"solver=smo", 1e-6, TIGHT}};

struct example {
    const char *name, *set; /* parameters of hone; the others say the same to libsvm */
    int kernel, degree;
    double gamma, coef0, C, epsilon;
    size_t n, m, classes; /* classes 0: regression */
};
/* What class_weight=... gives the first, the second, the third class. */
static double WEIGHTS[] = {2, 0.5, 3};
static int LABELS[] = {0, 1, 2};

static struct svm_parameter reference_parameter(const struct example *e) {
    struct svm_parameter param = {.svm_type = e->classes ? C_SVC : EPSILON_SVR,
                                  .kernel_type = e->kernel,
                                  .degree = e->degree,
                                  .gamma = e->gamma,
                                  .coef0 = e->coef0,
                                  .C = e->C,
                                  .p = e->epsilon,
                                  .eps = 1e-12,
                                  .cache_size = 50,
                                  .shrinking = !strstr(e->set, "shrinking=false")};
    if (strstr(e->set, "class_weight"))
        param.nr_weight = (int)e->classes, param.weight_label = LABELS, param.weight = WEIGHTS;
    return param;
}

static void quiet(const char *text) {
    (void)text;
}

/* ---- libsvm's side -------------------------------------------------------------------- */

struct reference {
    struct svm_node *nodes;
    struct svm_problem problem;
    struct svm_model *model;
};

static struct reference reference_train(const double *x, const double *y, size_t n, size_t m,
                                        const struct svm_parameter *param) {
    struct reference out = {.nodes = malloc(n * (m + 1) * sizeof(struct svm_node))};
    out.problem = (struct svm_problem){
        .l = (int)n, .y = malloc(n * sizeof(double)), .x = malloc(n * sizeof(struct svm_node *))};
    for (size_t i = 0; i < n; i++) {
        out.problem.y[i] = y[i];
        out.problem.x[i] = out.nodes + i * (m + 1);
        for (size_t j = 0; j < m; j++)
            out.problem.x[i][j] = (struct svm_node){(int)j + 1, x[i * m + j]};
        out.problem.x[i][m].index = -1;
    }
    svm_set_print_string_function(quiet);
    cr_assert_null(svm_check_parameter(&out.problem, param));
    out.model = svm_train(&out.problem, param);
    return out;
}

static void reference_free(struct reference *r) {
    svm_free_and_destroy_model(&r->model);
    free(r->problem.x);
    free(r->problem.y);
    free(r->nodes);
}

static double kernel(const struct svm_parameter *p, const double *a, const double *b, size_t m) {
    double dot = 0, distance = 0;
    for (size_t j = 0; j < m; j++) {
        dot += a[j] * b[j];
        distance += (a[j] - b[j]) * (a[j] - b[j]);
    }
    switch (p->kernel_type) {
    case LINEAR:
        return dot;
    case POLY:
        return pow(p->gamma * dot + p->coef0, p->degree);
    case SIGMOID:
        return tanh(p->gamma * dot + p->coef0);
    default:
        return exp(-p->gamma * distance);
    }
}

/* Coefficient of libsvm's support vector s in the pair (a, b), 0 if it has no part in it. */
static double pair_coef(const struct svm_model *model, int s, int a, int b) {
    int class = 0, first = 0;
    if (!model->nSV)
        return model->sv_coef[0][s];
    while (s >= first + model->nSV[class])
        first += model->nSV[class ++];
    return class == a ? model->sv_coef[b - 1][s] : class == b ? model->sv_coef[a][s] : 0;
}

/* 1/2 c'Kc + epsilon sum |c| - y'c for a regressor, 1/2 c'Kc - sum |c| for a pair of classes. */
static double reference_objective(const struct reference *r, const double *x, size_t m, int a,
                                  int b) {
    const struct svm_parameter *p = &r->model->param;
    bool regression = p->svm_type == EPSILON_SVR;
    double sum = 0;
    for (int s = 0; s < r->model->l; s++) {
        size_t i = (size_t)r->model->sv_indices[s] - 1;
        double c = pair_coef(r->model, s, a, b), f = 0;
        for (int t = 0; t < r->model->l; t++)
            f += pair_coef(r->model, t, a, b) *
                 kernel(p, x + i * m, x + ((size_t)r->model->sv_indices[t] - 1) * m, m);
        sum += c * f / 2 + (regression ? p->p * fabs(c) - r->problem.y[i] * c : -fabs(c));
    }
    return sum;
}

/* ---- both sides ------------------------------------------------------------------------ */

static hone_estimator *fitted(const hone_class *cls, const char *set, const char *solver,
                              const double *x, const double *y, size_t n, size_t m) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
    cr_assert_eq(hone_estimator_new(cls, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, set, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, solver, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, "tol=1e-12", &err), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    return est;
}

static void compare_objectives(const struct example *e, hone_estimator *est,
                               const struct reference *r, const double *x, double tolerance) {
    hone_view ours = {NULL, 0, 0, 0};
    double value = 0;
    if (e->classes == 0) {
        cr_assert_eq(hone_get_number(est, "objective", &value, NULL), HONE_OK);
        double theirs = reference_objective(r, x, e->m, 0, 1);
        cr_assert_lt(fabs(value - theirs), tolerance * fmax(1, fabs(theirs)), "%s: %.17g, %.17g",
                     e->name, value, theirs);
        return;
    }
    cr_assert_eq(hone_get_array(est, "objective", &ours, NULL), HONE_OK);
    for (int a = 0, pair = 0; a < (int)e->classes; a++)
        for (int b = a + 1; b < (int)e->classes; b++, pair++) {
            double theirs = reference_objective(r, x, e->m, a, b);
            cr_assert_lt(fabs(ours.data[pair] - theirs), tolerance * fmax(1, fabs(theirs)),
                         "%s: pair %d: %.17g, libsvm %.17g", e->name, pair, ours.data[pair],
                         theirs);
        }
}

/* New rows, not those of the training. */
static void compare_values(const struct example *e, hone_estimator *est, const struct reference *r,
                           double tolerance) {
    size_t n = 50, pairs = e->classes ? e->classes * (e->classes - 1) / 2 : 1;
    double *x, *y, *ours = malloc(n * pairs * sizeof *ours), *theirs = malloc(pairs * sizeof *ours);
    struct svm_node *row = malloc((e->m + 1) * sizeof *row);
    support_make(n, e->m, e->classes, 99, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, n, e->m)};
    if (e->classes)
        cr_assert_eq(hone_svc_pair_values(hone_estimator_params(est), hone_estimator_state(est),
                                          data.x, ours, NULL),
                     HONE_OK);
    else
        cr_assert_eq(hone_predict(est, &data, ours, NULL, NULL), HONE_OK);
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < e->m; j++)
            row[j] = (struct svm_node){(int)j + 1, x[i * e->m + j]};
        row[e->m].index = -1;
        svm_predict_values(r->model, row, theirs);
        worst = fmax(worst, support_distance(ours + i * pairs, theirs, pairs));
    }
    cr_assert_leq(worst, tolerance, "%s: values differ by %g", e->name, worst);
    free(x);
    free(y);
    free(ours);
    free(theirs);
    free(row);
}

static void compare(const struct example *e) {
    double *x, *y;
    struct svm_parameter param = reference_parameter(e);
    support_make(e->n, e->m, e->classes, 7, &x, &y);
    struct reference r = reference_train(x, y, e->n, e->m, &param);
    for (size_t k = 0; k < 2; k++) {
        hone_estimator *est =
            fitted(e->classes ? &hone_svc : &hone_svr, e->set, SOLVERS[k].set, x, y, e->n, e->m);
        double n_sv;
        cr_assert_eq(hone_get_number(est, "n_sv", &n_sv, NULL), HONE_OK);
        cr_assert_eq((int)n_sv, r.model->l, "%s: %g support vectors, libsvm %d", e->name, n_sv,
                     r.model->l);
        compare_objectives(e, est, &r, x, SOLVERS[k].objective);
        compare_values(e, est, &r, SOLVERS[k].values);
        hone_free(est);
    }
    reference_free(&r);
    free(x);
    free(y);
}

static void compare_all(const struct example *examples, size_t n) {
    for (size_t i = 0; i < n; i++)
        compare(&examples[i]);
}

/* ---- the problems ----------------------------------------------------------------------- */

Test(svm_libsvm, two_classes) {
    static const struct example examples[] = {
        {"linear", "probability=false kernel=linear C=0.5", LINEAR, 0, 0, 0, 0.5, 0, 200, 5, 2},
        {"poly", "probability=false kernel=poly degree=3 gamma=0.2 coef0=1 C=2", POLY, 3, 0.2, 1, 2,
         0, 200, 5, 2},
        {"rbf", "probability=false gamma=0.1 C=10", RBF, 0, 0.1, 0, 10, 0, 301, 7, 2},
        {"rbf, no shrinking", "probability=false gamma=0.1 C=10 shrinking=false", RBF, 0, 0.1, 0,
         10, 0, 200, 7, 2},
        {"sigmoid", "probability=false kernel=sigmoid gamma=0.05 coef0=-0.5", SIGMOID, 0, 0.05,
         -0.5, 1, 0, 200, 4, 2},
    };
    compare_all(examples, sizeof examples / sizeof *examples);
}

Test(svm_libsvm, three_and_more_classes) {
    static const struct example examples[] = {
        {"linear, 3", "probability=false kernel=linear", LINEAR, 0, 0, 0, 1, 0, 180, 6, 3},
        {"poly, 3", "probability=false kernel=poly degree=2 gamma=0.3", POLY, 2, 0.3, 0, 1, 0, 180,
         6, 3},
        {"rbf, 5", "probability=false gamma=auto", RBF, 0, 0.125, 0, 1, 0, 300, 8, 5},
        {"sigmoid, 3", "probability=false kernel=sigmoid gamma=0.02", SIGMOID, 0, 0.02, 0, 1, 0,
         150, 6, 3},
    };
    compare_all(examples, sizeof examples / sizeof *examples);
}

Test(svm_libsvm, without_a_gram_matrix) {
    static const struct example examples[] = {
        {"rbf, 3", "probability=false gamma=0.125 cache_size=0.01", RBF, 0, 0.125, 0, 1, 0, 200, 8,
         3},
        {"linear", "probability=false kernel=linear cache_size=0.01", LINEAR, 0, 0, 0, 1, 0, 200, 5,
         2},
        {"regression", "gamma=0.1 C=5 epsilon=0.05 cache_size=0.01", RBF, 0, 0.1, 0, 5, 0.05, 150,
         5, 0},
    };
    compare_all(examples, sizeof examples / sizeof *examples);
}

Test(svm_libsvm, class_weights) {
    static const struct example examples[] = {
        {"2 classes", "probability=false gamma=0.1 class_weight={0:2,1:0.5}", RBF, 0, 0.1, 0, 1, 0,
         200, 5, 2},
        {"3 classes", "probability=false gamma=0.1 C=3 class_weight={0:2,1:0.5,2:3}", RBF, 0, 0.1,
         0, 3, 0, 200, 5, 3},
    };
    compare_all(examples, sizeof examples / sizeof *examples);
}

Test(svm_libsvm, regression) {
    static const struct example examples[] = {
        {"linear", "kernel=linear C=0.5", LINEAR, 0, 0, 0, 0.5, 0.1, 150, 5, 0},
        {"poly", "kernel=poly degree=2 gamma=0.2 coef0=1 epsilon=0.2", POLY, 2, 0.2, 1, 1, 0.2, 150,
         5, 0},
        {"rbf", "gamma=0.1 C=5 epsilon=0.05", RBF, 0, 0.1, 0, 5, 0.05, 251, 6, 0},
        {"sigmoid", "kernel=sigmoid gamma=0.02 shrinking=false", SIGMOID, 0, 0.02, 0, 1, 0.1, 150,
         5, 0},
    };
    compare_all(examples, sizeof examples / sizeof *examples);
}
