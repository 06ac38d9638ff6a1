/* test_logistic_objective.c -- gradient and Newton step against differences of the value. */
#include "classic/logistic/objective.h"
#include "core/alloc.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { N = 37, D = 4, MOST = 4 * D };

struct problem {
    double x[N * D], u[N], penalty[D], mean[D], inverse[D], v[MOST];
    uint32_t y[N];
    struct hone_logistic f;
};

static void make(struct problem *p, size_t k) {
    hone_rng rng = hone_rng_at(11, k);
    size_t classes = k == 1 ? 2 : k;
    memset(p, 0, sizeof *p);
    double total = 0;
    for (size_t i = 0; i < N * D; i++)
        p->x[i] = i % D == D - 1 ? 1 : hone_rng_normal(&rng);
    for (size_t i = 0; i < N; i++) {
        p->y[i] = (uint32_t)(i % classes);
        p->u[i] = 1 + (double)(i % 3);
        total += p->u[i];
    }
    for (size_t i = 0; i < N; i++)
        p->u[i] /= total;
    for (size_t j = 0; j + 1 < D; j++)
        p->penalty[j] = 0.1 * (double)(j + 1);
    for (size_t i = 0; i < MOST; i++)
        p->v[i] = hone_rng_normal(&rng);
    for (size_t j = 0; j + 1 < D; j++)
        p->mean[j] = 0.3 * (double)j, p->inverse[j] = 2 - 0.5 * (double)j;
    p->f = (struct hone_logistic){.y = p->y, .u = p->u, .penalty = p->penalty, .k = k};
    p->f.rows = (struct hone_logistic_rows){.full = {p->x, N, D - 1, D},
                                            .n = N,
                                            .m = D - 1,
                                            .d = D,
                                            .mean = p->mean,
                                            .inverse = p->inverse};
}

static double value_of(struct problem *p, const double *v, double *g) {
    double value;
    cr_assert_eq(hone_logistic_value(&p->f, v, &value, g, NULL, NULL), HONE_OK);
    return value;
}

/* A cell in scaled columns, 1 in the last. */
static double scaled(const struct problem *p, size_t i, size_t j) {
    return j + 1 < D ? (p->x[i * D + j] - p->mean[j]) * p->inverse[j] : 1;
}

/* The definition, term by term. */
static double by_definition(const struct problem *p, const double *v) {
    size_t k = p->f.k, classes = k == 1 ? 2 : k;
    long double value = 0;
    for (size_t i = 0; i < N; i++) {
        long double z[4] = {0}, sum = 0;
        for (size_t c = 0; c < k; c++)
            for (size_t j = 0; j < D; j++)
                z[c + (k == 1)] += (long double)scaled(p, i, j) * v[c * D + j];
        for (size_t c = 0; c < classes; c++)
            sum += expl(z[c]);
        value -= p->u[i] * logl(expl(z[p->y[i]]) / sum);
    }
    for (size_t i = 0; i < k * D; i++)
        value += 0.5L * p->penalty[i % D] * v[i] * v[i];
    return (double)value;
}

Test(logistic_objective, value_is_its_definition) {
    for (size_t k = 1; k <= 4; k += k == 1 ? 2 : 1) {
        struct problem p;
        double g[MOST];
        make(&p, k);
        cr_assert_eq(hone_logistic_create(&p.f, true, NULL), HONE_OK);
        cr_assert_lt(fabs(value_of(&p, p.v, g) - by_definition(&p, p.v)), 1e-14);
        hone_logistic_free(&p.f);
    }
}

/* Checks g and, in these variables, that the whitened value belongs to the whitened gradient. */
static void check_gradient(struct problem *p, const double *at) {
    size_t size = p->f.k * D;
    double g[MOST], unused[MOST], v[MOST];
    value_of(p, at, g);
    for (size_t i = 0; i < size; i++) {
        const double step = 1e-5;
        memcpy(v, at, sizeof v);
        v[i] = at[i] + step;
        double up = value_of(p, v, unused);
        v[i] = at[i] - step;
        double slope = (up - value_of(p, v, unused)) / (2 * step);
        cr_assert_lt(fabs(slope - g[i]), 1e-9, "k %zu, entry %zu: %g, %g", p->f.k, i, slope, g[i]);
    }
}

Test(logistic_objective, gradient_agrees_with_central_differences) {
    for (size_t k = 1; k <= 4; k += k == 1 ? 2 : 1) {
        struct problem p;
        double g[MOST], u[MOST];
        make(&p, k);
        cr_assert_eq(hone_logistic_create(&p.f, false, NULL), HONE_OK);
        check_gradient(&p, p.v);
        double before = value_of(&p, p.v, g);
        cr_assert_eq(hone_logistic_whiten(&p.f, NULL, NULL), HONE_OK);
        cr_assert_not_null(p.f.whiten);
        memcpy(u, p.v, sizeof u);
        cr_assert_eq(hone_logistic_to_u(&p.f, u, NULL), HONE_OK);
        cr_assert_lt(fabs(value_of(&p, u, g) - before), 1e-14, "the same point, the same value");
        check_gradient(&p, u);
        cr_assert_eq(hone_logistic_to_v(&p.f, u, NULL), HONE_OK);
        cr_assert_lt(support_distance(u, p.v, k * D), 1e-13);
        hone_logistic_free(&p.f);
    }
}

Test(logistic_objective, newton_step_undoes_the_gradient) {
    for (size_t k = 1; k <= 4; k += k == 1 ? 2 : 1) {
        struct problem p;
        double g[MOST], step[MOST], v[MOST], up[MOST], down[MOST];
        make(&p, k);
        for (size_t j = 0; k > 1 && j < D; j++) { /* no part along the shift */
            double mean = 0;
            for (size_t c = 0; c < k; c++)
                mean += p.v[c * D + j] / (double)k;
            for (size_t c = 0; c < k; c++)
                p.v[c * D + j] -= mean;
        }
        cr_assert_eq(hone_logistic_create(&p.f, true, NULL), HONE_OK);
        value_of(&p, p.v, g);
        cr_assert_eq(hone_logistic_newton(&p.f, p.v, g, step, NULL, NULL), HONE_OK);
        const double h = 1e-5;
        for (size_t i = 0; i < k * D; i++)
            v[i] = p.v[i] + h * step[i];
        value_of(&p, v, up);
        for (size_t i = 0; i < k * D; i++)
            v[i] = p.v[i] - h * step[i];
        value_of(&p, v, down);
        for (size_t i = 0; i < k * D; i++) /* H p by differences of the gradient */
            cr_assert_lt(fabs((up[i] - down[i]) / (2 * h) + g[i]), 1e-8, "k %zu, entry %zu", k, i);
        hone_logistic_free(&p.f);
    }
}

/* The cells of X as compressed rows. */
static hone_csr compress(const struct problem *p, double *values, uint32_t *columns,
                         size_t *starts) {
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j + 1 < D; j++)
            values[i * (D - 1) + j] = p->x[i * D + j], columns[i * (D - 1) + j] = (uint32_t)j;
        starts[i + 1] = (i + 1) * (D - 1);
    }
    return (hone_csr){values, columns, starts, N, D - 1};
}

/* Each third row, picked and copied. */
Test(logistic_objective, picked_rows_are_rows_like_any_other) {
    enum { FEW = N / 3 };
    for (int compressed = 0; compressed < 2; compressed++)
        for (size_t k = 1; k <= 3; k += 2) {
            struct problem all, few;
            double values[2][N * (D - 1)], g[2][MOST], gram[2][D * D] = {{0}};
            uint32_t columns[2][N * (D - 1)];
            size_t starts[2][N + 1] = {{0}}, pick[FEW];
            make(&all, k), make(&few, k);
            for (size_t i = 0; i < FEW; i++) {
                pick[i] = 3 * i + 2;
                memcpy(few.x + i * D, all.x + pick[i] * D, D * sizeof *few.x);
            }
            hone_csr x[] = {compress(&all, values[0], columns[0], starts[0]),
                            compress(&few, values[1], columns[1], starts[1])};
            all.f.rows.pick = pick;
            all.f.rows.n = few.f.rows.n = FEW;
            if (compressed)
                all.f.rows.sparse = &x[0], few.f.rows.sparse = &x[1];
            cr_assert_eq(hone_logistic_create(&all.f, false, NULL), HONE_OK);
            cr_assert_eq(hone_logistic_create(&few.f, false, NULL), HONE_OK);
            double apart = value_of(&all, all.v, g[0]) - value_of(&few, few.v, g[1]);
            cr_assert_lt(fabs(apart), 1e-15);
            cr_assert_lt(support_distance(g[0], g[1], k * D), 1e-15);
            cr_assert_eq(hone_logistic_gram(&all.f.rows, all.u, gram[0], NULL, NULL), HONE_OK);
            cr_assert_eq(hone_logistic_gram(&few.f.rows, few.u, gram[1], NULL, NULL), HONE_OK);
            cr_assert_lt(support_distance(gram[0], gram[1], D * D), 1e-15);
            hone_logistic_free(&all.f);
            hone_logistic_free(&few.f);
        }
}

Test(logistic_objective, scores_of_any_size_are_finite) {
    for (size_t k = 1; k <= 3; k += 2) {
        struct problem p;
        double g[MOST];
        make(&p, k);
        for (size_t i = 0; i < MOST; i++)
            p.v[i] *= 1e6;
        cr_assert_eq(hone_logistic_create(&p.f, true, NULL), HONE_OK);
        cr_assert(isfinite(value_of(&p, p.v, g)));
        for (size_t i = 0; i < k * D; i++)
            cr_assert(isfinite(g[i]));
        hone_logistic_free(&p.f);
    }
}

Test(logistic_objective, failing_memory_leaks_nothing) {
    static const enum hone_logistic_solver SOLVERS[] = {HONE_LOGISTIC_LBFGS, HONE_LOGISTIC_NEWTON};
    long live = hone_alloc_live();
    for (int s = 0; s < 2; s++) {
        hone_status got = HONE_ENOMEM;
        for (long k = 1; got == HONE_ENOMEM; k++) {
            struct problem p;
            hone_minimum out;
            hone_error err;
            make(&p, 3);
            hone_alloc_fail_at(k, 0);
            got = hone_logistic_minimise(&p.f, SOLVERS[s], &(hone_stop){1e-9, 50, 0}, p.v, &out,
                                         NULL, &err);
            hone_alloc_fail_at(0, 0);
            hone_logistic_free(&p.f);
            cr_assert_eq(hone_alloc_live(), live);
            cr_assert(got == HONE_OK || got == HONE_ENOMEM);
            cr_assert_lt(k, 1000);
        }
    }
}
