/* Every minimiser on every problem: it must find the known minimum. */
#include "core/alloc.h"
#include "optim/lbfgs.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST 40

/* f(x) with gradient g and, where asked for, Hessian h (n x n). */
typedef double function(size_t n, const double *x, double *g, double *h);

struct problem {
    const char *name;
    size_t n;
    double start, minimum; /* every coordinate alike */
    function *f;
    size_t lbfgs_iterations, newton_iterations; /* most */
};

static double rosenbrock(size_t n, const double *x, double *g, double *h) {
    double sum = 0;
    memset(g, 0, n * sizeof *g);
    for (size_t i = 0; i < n; i += 2) {
        double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        sum += 100 * a * a + b * b;
        g[i] = -400 * a * x[i] - 2 * b;
        g[i + 1] = 200 * a;
        if (h) {
            h[i * n + i] = 1200 * x[i] * x[i] - 400 * x[i + 1] + 2;
            h[i * n + i + 1] = h[(i + 1) * n + i] = -400 * x[i];
            h[(i + 1) * n + i + 1] = 200;
        }
    }
    return sum;
}

/* 1/2 sum 10^(2 i) (x_i - 1)^2: condition number 10^(2 (n - 1)). */
static double quadratic(size_t n, const double *x, double *g, double *h) {
    double sum = 0, scale = 1;
    for (size_t i = 0; i < n; i++, scale *= 100) {
        sum += 0.5 * scale * (x[i] - 1) * (x[i] - 1);
        g[i] = scale * (x[i] - 1);
        if (h)
            h[i * n + i] = scale;
    }
    return sum;
}

/* sum sqrt(1 + (x - 2)^2): Newton's full step overshoots from afar. */
static double pseudo_huber(size_t n, const double *x, double *g, double *h) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - 2, root = sqrt(1 + d * d);
        sum += root;
        g[i] = d / root;
        if (h)
            h[i * n + i] = 1 / (root * root * root);
    }
    return sum;
}

/* (x - 1)^4: the Hessian vanishes at the minimum. */
static double quartic(size_t n, const double *x, double *g, double *h) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - 1;
        sum += d * d * d * d;
        g[i] = 4 * d * d * d;
        if (h)
            h[i * n + i] = 12 * d * d + 1e-300;
    }
    return sum;
}

/* A large constant hides the last half of the digits. */
static double offset(size_t n, const double *x, double *g, double *h) {
    return 1e8 + rosenbrock(n, x, g, h);
}

/* x - log x: infinite (NaN) for x <= 0. */
static double barrier(size_t n, const double *x, double *g, double *h) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i] - log(x[i]);
        g[i] = 1 - 1 / x[i];
        if (h)
            h[i * n + i] = 1 / (x[i] * x[i]);
    }
    return sum;
}

static const struct problem PROBLEMS[] = {
    {"rosenbrock 2", 2, -1.2, 1, rosenbrock, 60, 40},
    {"rosenbrock 40", 40, -1.2, 1, rosenbrock, 80, 60},
    {"quadratic", 2, 30, 1, quadratic, 20, 2},
    {"ill-conditioned", 5, 3, 1, quadratic, 100, 2},
    {"pseudo huber", 3, 100, 2, pseudo_huber, 30, 30},
    {"quartic", 4, 3, 1, quartic, 60, 60},
    {"offset", 2, -1.2, 1, offset, 80, 40},
    {"barrier", 3, 20, 1, barrier, 30, 30},
};
#define N_PROBLEMS (sizeof PROBLEMS / sizeof *PROBLEMS)

struct run {
    const struct problem *problem;
    size_t evaluations;
};

static hone_status value_gradient(void *context, const double *x, double *value, double *g,
                                  const hone_monitor *mon, hone_error *err) {
    struct run *run = context;
    (void)mon, (void)err;
    run->evaluations++;
    *value = run->problem->f(run->problem->n, x, g, NULL);
    return HONE_OK;
}

/* Gauss without pivots: the test's own, as optim stands beside linalg. */
static hone_status newton_step(void *context, const double *x, const double *g, double *p,
                               const hone_monitor *mon, hone_error *err) {
    struct run *run = context;
    (void)mon, (void)err;
    size_t n = run->problem->n;
    double h[MOST * MOST] = {0}, unused[MOST];
    run->problem->f(n, x, unused, h);
    for (size_t i = 0; i < n; i++)
        p[i] = -g[i];
    for (size_t i = 0; i < n; i++)
        for (size_t r = i + 1; r < n; r++) {
            double factor = h[r * n + i] / h[i * n + i];
            for (size_t c = i; c < n; c++)
                h[r * n + c] -= factor * h[i * n + c];
            p[r] -= factor * p[i];
        }
    for (size_t i = n; i-- > 0;) {
        for (size_t c = i + 1; c < n; c++)
            p[i] -= h[i * n + c] * p[c];
        p[i] /= h[i * n + i];
    }
    return HONE_OK;
}

typedef hone_status minimiser(const hone_objective *, const hone_stop *, double *, hone_minimum *,
                              const hone_monitor *, hone_error *);

static void check(minimiser *minimise, const char *name, const struct problem *problem,
                  size_t most) {
    struct run run = {problem, 0};
    hone_objective f = {&run, problem->n, value_gradient, newton_step};
    hone_stop stop = {1e-9, 500, 0};
    hone_minimum out = {0};
    double x[MOST];
    for (size_t i = 0; i < problem->n; i++)
        x[i] = problem->start;
    cr_assert_eq(minimise(&f, &stop, x, &out, NULL, NULL), HONE_OK);
    cr_expect(out.converged, "%s, %s", name, problem->name);
    cr_expect_leq(out.n_iter, most, "%s, %s: %zu iterations", name, problem->name, out.n_iter);
    cr_expect_leq(run.evaluations, 3 * most + 10, "%s, %s", name, problem->name);
    double tolerance = problem->f == quartic ? 1e-3 : 1e-8;
    for (size_t i = 0; i < problem->n; i++)
        cr_expect_float_eq(x[i], problem->minimum, tolerance, "%s, %s: x[%zu] = %.17g", name,
                           problem->name, i, x[i]);
}

Test(minimise, every_method_finds_every_minimum) {
    for (size_t i = 0; i < N_PROBLEMS; i++) {
        check(hone_lbfgs, "lbfgs", &PROBLEMS[i], PROBLEMS[i].lbfgs_iterations);
        check(hone_newton, "newton", &PROBLEMS[i], PROBLEMS[i].newton_iterations);
    }
}

Test(minimise, any_first_step_will_do) {
    static const double STEPS[] = {1, 1e-9, 1e6};
    for (int i = 0; i < 3; i++) {
        struct run run = {&PROBLEMS[0], 0};
        hone_objective f = {&run, 2, value_gradient, NULL};
        hone_stop stop = {1e-9, 500, STEPS[i]};
        hone_minimum out;
        double x[] = {-1.2, 1};
        cr_assert_eq(hone_lbfgs(&f, &stop, x, &out, NULL, NULL), HONE_OK);
        cr_expect(out.converged && out.gradient <= 1e-9, "first step %g", STEPS[i]);
        cr_expect_float_eq(x[0], 1, 1e-8, "first step %g", STEPS[i]);
    }
}

static const struct problem *const FIRST = &PROBLEMS[0];
static minimiser *const METHODS[] = {hone_lbfgs, hone_newton};

Test(minimise, an_unreachable_tolerance_ends_as_converged) {
    for (int method = 0; method < 2; method++) {
        struct run run = {FIRST, 0};
        hone_objective f = {&run, 2, value_gradient, newton_step};
        hone_stop stop = {0, 10000, 0};
        hone_minimum out;
        double x[] = {-1.2, 1};
        cr_assert_eq(METHODS[method](&f, &stop, x, &out, NULL, NULL), HONE_OK);
        cr_assert(out.converged && out.n_iter < 200);
        cr_assert_float_eq(x[0], 1, 1e-12);
    }
}

Test(minimise, running_out_of_iterations_is_no_error_and_not_converged) {
    for (int method = 0; method < 2; method++) {
        struct run run = {FIRST, 0};
        hone_objective f = {&run, 2, value_gradient, newton_step};
        hone_stop stop = {1e-9, 3, 0};
        hone_minimum out;
        double x[] = {-1.2, 1};
        cr_assert_eq(METHODS[method](&f, &stop, x, &out, NULL, NULL), HONE_OK);
        cr_assert(!out.converged && out.n_iter == 3 && out.gradient > 1e-9);
    }
}

static int stop_at_once(void *user) {
    (void)user;
    return 1;
}

Test(minimise, cancels_and_fails_without_a_leak) {
    hone_monitor mon = {.cancelled = stop_at_once};
    long live = hone_alloc_live();
    for (int method = 0; method < 2; method++) {
        struct run run = {FIRST, 0};
        hone_objective f = {&run, 2, value_gradient, newton_step};
        hone_stop stop = {1e-9, 100, 0};
        hone_minimum out = {.n_iter = 77};
        double x[] = {-1.2, 1};
        cr_assert_eq(METHODS[method](&f, &stop, x, &out, &mon, NULL), HONE_ECANCELLED);
        cr_assert_eq(out.n_iter, 77, "the result is untouched");
        for (long k = 1; k <= (method == 0 ? 2 : 1); k++) {
            hone_alloc_fail_at(k, 0);
            cr_assert_eq(METHODS[method](&f, &stop, x, &out, NULL, NULL), HONE_ENOMEM);
        }
        hone_alloc_fail_at(0, 0);
        x[0] = NAN;
        cr_assert_eq(METHODS[method](&f, &stop, x, &out, NULL, NULL), HONE_ENUMERIC);
    }
    cr_assert_eq(hone_alloc_live(), live);
}
