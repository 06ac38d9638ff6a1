/* test_chain.c -- thinning keeps areas, ends and order; means have the mean of the areas. */
#include "report/chain.h"

#include "core/rng.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* A walk from (0, 0) to (1, 1): n steps to the right or up. */
static hone_chain staircase(size_t n, uint64_t seed) {
    hone_rng rng = hone_rng_at(seed, 1);
    hone_chain chain = {0};
    cr_assert_eq(hone_chain_make(n + 1, &chain, NULL), HONE_OK);
    for (size_t i = 1; i <= n; i++) {
        bool right = hone_rng_uniform(&rng) < 0.2 + 0.6 * (double)i / (double)n;
        chain.x[i] = chain.x[i - 1] + (right ? hone_rng_uniform(&rng) : 0);
        chain.y[i] = chain.y[i - 1] + (right ? 0 : hone_rng_uniform(&rng));
    }
    double width = chain.x[n], height = chain.y[n];
    for (size_t i = 0; i <= n; i++) {
        chain.x[i] /= width;
        chain.y[i] /= height;
    }
    return chain;
}

Test(chain, thinning_keeps_area_ends_and_order) {
    static const size_t SIZES[] = {9, 60, 241, 1000, 100000};
    for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++)
        for (size_t most = 8; most <= 800; most *= 10) {
            hone_chain chain = staircase(SIZES[s], s + most);
            double area = hone_chain_area(&chain);
            hone_chain_thin(&chain, most);
            cr_assert_leq(chain.n, most + 4);
            cr_assert_float_eq(hone_chain_area(&chain), area, 1e-12);
            cr_assert_eq(chain.x[0], 0);
            cr_assert_eq(chain.y[0], 0);
            cr_assert_eq(chain.x[chain.n - 1], 1);
            cr_assert_eq(chain.y[chain.n - 1], 1);
            for (size_t i = 1; i < chain.n; i++) {
                cr_assert_geq(chain.x[i], chain.x[i - 1]);
                cr_assert_geq(chain.y[i], chain.y[i - 1] - 1e-15);
            }
            cr_assert_eq(chain.n_before, SIZES[s] + 1);
            hone_chain_free(&chain);
        }
}

Test(chain, thinning_stays_in_the_box_of_a_curve_that_goes_up_and_down) {
    enum { N = 5000 };
    hone_rng rng = hone_rng_at(3, 1);
    hone_chain chain = {0};
    cr_assert_eq(hone_chain_make(N, &chain, NULL), HONE_OK);
    for (size_t i = 0; i < N; i++) {
        chain.x[i] = (double)i / (N - 1);
        chain.y[i] = hone_rng_uniform(&rng);
    }
    double area = hone_chain_area(&chain);
    hone_chain_thin(&chain, 100);
    cr_assert_leq(chain.n, 104);
    cr_assert_float_eq(hone_chain_area(&chain), area, 1e-12);
    for (size_t i = 0; i < chain.n; i++)
        cr_assert(chain.y[i] >= 0 && chain.y[i] <= 1);
    hone_chain_free(&chain);
}

Test(chain, points_on_a_line_go_first) {
    const double x[] = {0, 0, 0, 0.25, 0.5, 1}, y[] = {0, 0.2, 0.5, 0.5, 0.5, 1};
    hone_chain chain = {0};
    cr_assert_eq(hone_chain_of(x, y, 6, &chain, NULL), HONE_OK);
    hone_chain_thin(&chain, 100);
    cr_assert_eq(chain.n, 4);
    cr_assert_eq(chain.y[1], 0.5);
    cr_assert_eq(chain.x[2], 0.5);
    hone_chain_free(&chain);
}

Test(chain, mean_has_the_mean_area_and_a_band_around_it) {
    enum { K = 5 };
    hone_chain curves[K], mean = {0}, low = {0}, high = {0};
    double area = 0;
    for (size_t k = 0; k < K; k++) {
        curves[k] = staircase(40 + 30 * k, k);
        area += hone_chain_area(&curves[k]) / K;
    }
    cr_assert_eq(hone_chain_mean(curves, K, 1.5, &mean, &low, &high, NULL), HONE_OK);
    cr_assert_float_eq(hone_chain_area(&mean), area, 1e-13);
    cr_assert_eq(low.n, mean.n);
    cr_assert_eq(high.n, mean.n);
    for (size_t i = 0; i < mean.n; i++) {
        cr_assert(low.y[i] <= mean.y[i] && mean.y[i] <= high.y[i]);
        cr_assert(low.y[i] >= 0 && high.y[i] <= 1);
        cr_assert(i == 0 || mean.x[i] >= mean.x[i - 1]);
    }
    cr_assert_eq(mean.y[mean.n - 1], 1);
    for (size_t k = 0; k < K; k++)
        hone_chain_free(&curves[k]);
    hone_chain_free(&mean);
    hone_chain_free(&low);
    hone_chain_free(&high);
}

/* Two steps at different places: the mean is 1/2 between them. */
Test(chain, mean_of_two_steps) {
    const double x1[] = {0, 0.2, 0.2, 1}, x2[] = {0, 0.6, 0.6, 1}, y[] = {0, 0, 1, 1};
    const double want_x[] = {0, 0.2, 0.2, 0.6, 0.6, 1}, want_y[] = {0, 0, 0.5, 0.5, 1, 1};
    hone_chain curves[2] = {{0}, {0}}, mean = {0};
    cr_assert_eq(hone_chain_of(x1, y, 4, &curves[0], NULL), HONE_OK);
    cr_assert_eq(hone_chain_of(x2, y, 4, &curves[1], NULL), HONE_OK);
    cr_assert_eq(hone_chain_mean(curves, 2, 0, &mean, NULL, NULL, NULL), HONE_OK);
    cr_assert_eq(mean.n, 6);
    for (size_t i = 0; i < 6; i++) {
        cr_assert_eq(mean.x[i], want_x[i]);
        cr_assert_eq(mean.y[i], want_y[i]);
    }
    hone_chain_free(&curves[0]);
    hone_chain_free(&curves[1]);
    hone_chain_free(&mean);
}
