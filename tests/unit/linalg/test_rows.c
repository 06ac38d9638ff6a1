/* Elementwise functions against the C library, softmax and moments against their definitions. */
#include "core/rng.h"
#include "linalg/linalg.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#define ULP 0x1p-52L

Test(rows, exp_is_right_to_the_last_place) {
    enum { N = 20001 };
    static double x[N], y[N];
    for (size_t i = 0; i < N; i++)
        x[i] = -708 + 1416.999 * (double)i / N;
    hone_exp(N, x, y);
    for (size_t i = 0; i < N; i++) {
        long double right = expl(x[i]);
        cr_assert_lt(fabsl(y[i] - right), 0.8L * ULP * right, "exp(%g)", x[i]);
    }
}

Test(rows, exp_at_the_ends) {
    double x[] = {-INFINITY, -1e300, -709, 0, 710, INFINITY, NAN};
    hone_exp(7, x, x);
    cr_assert(x[0] == 0 && x[1] == 0 && x[2] == 0 && x[3] == 1);
    cr_assert(isinf(x[4]) && isinf(x[5]) && isnan(x[6]));
}

Test(rows, sigmoid_and_softplus) {
    enum { N = 4001 };
    static double z[N], p[N], softplus[N];
    for (size_t i = 0; i < N; i++)
        z[i] = -700 + 1400 * (double)i / N;
    for (size_t i = 0; i < N; i += 2)
        z[i] /= 50;
    hone_sigmoid(N, z, p, softplus);
    for (size_t i = 0; i < N; i++) {
        long double e = expl(-fabsl((long double)z[i])), plus = z[i] > 0 ? z[i] : 0;
        cr_assert_lt(fabsl(p[i] - (z[i] > 0 ? 1 : e) / (1 + e)), 2 * ULP * p[i]);
        cr_assert_lt(fabsl(softplus[i] - (plus + log1pl(e))), 2.5L * ULP * softplus[i]);
    }
}

Test(rows, softmax_does_not_overflow_and_sums_to_one) {
    double z[] = {1000, 1001, 999, -1e308, 0, 1e308, 2, 2, 2}, log_sum[3];
    hone_softmax_rows(z, 3, 3, log_sum);
    double total = exp(-1) + 1 + exp(-2);
    cr_assert_float_eq(z[1], 1 / total, 1e-15);
    cr_assert_float_eq(log_sum[0], 1001 + log(total), 1e-12);
    cr_assert(z[3] == 0 && z[4] == 0 && z[5] == 1 && log_sum[1] == 1e308);
    cr_assert(z[6] == 1.0 / 3 && z[8] == 1.0 / 3);
    hone_softmax_rows(z, 3, 3, NULL);
}

Test(rows, norms) {
    double x[] = {3, 4, 99, 1, 2, 99}, out[2];
    hone_row_norms2((hone_view){x, 2, 2, 3}, out);
    cr_assert(out[0] == 25 && out[1] == 5);
}

Test(moments, constant_columns_are_exact_and_large_means_lose_nothing) {
    enum { N = 1000, M = 3 };
    static double x[N * M];
    for (size_t i = 0; i < N; i++) {
        x[i * M] = 0.1;
        x[i * M + 1] = 1e12 + (double)(i % 2);
        x[i * M + 2] = i == 0 ? 1e8 : (double)(i % 2);
    }
    double mean[M], sd[M];
    cr_assert_eq(hone_column_moments(hone_view_of(x, N, M), NULL, mean, sd, NULL, NULL), HONE_OK);
    cr_assert(mean[0] == 0.1 && sd[0] == 0);
    cr_assert(mean[1] == 1e12 + 0.5 && sd[1] == 0.5);
    cr_assert_float_eq(mean[2], 1e5 + 0.5, 1e-9);
}

Test(moments, weights_repeat_rows_and_threads_change_no_bit) {
    enum { N = 30000, M = 40 };
    static double x[N * M], twice[2 * N * M], w[N];
    hone_rng rng = hone_rng_at(1, 1);
    size_t n = 0;
    for (size_t i = 0; i < N; i++) {
        w[i] = (double)(i % 3);
        for (size_t j = 0; j < M; j++)
            x[i * M + j] = 5 + hone_rng_normal(&rng);
        for (size_t copy = 0; copy < i % 3; copy++)
            memcpy(twice + M * n++, x + i * M, M * sizeof *x);
    }
    double moments[5][2 * M];
    for (int t = 0; t < 4; t++) {
        hone_monitor mon = {.threads = t};
        cr_assert_eq(
            hone_column_moments(hone_view_of(x, N, M), w, moments[t], moments[t] + M, &mon, NULL),
            HONE_OK);
        cr_assert_arr_eq(moments[t], moments[0], sizeof *moments);
    }
    cr_assert_eq(hone_column_moments(hone_view_of(twice, n, M), NULL, moments[4], moments[4] + M,
                                     NULL, NULL),
                 HONE_OK);
    cr_assert_lt(support_distance(moments[0], moments[4], 2 * M), 1e-13);
}

/* In one pass what moments and a product give. */
Test(moments, covary_with_a_vector) {
    enum { N = 30001, M = 11 };
    static double x[N * M], w[N], r[N];
    hone_rng rng = hone_rng_at(1, 2);
    double sum = 0, mean[M], sd[M], back[M], got[4][3 * M];
    for (size_t i = 0; i < N; i++) {
        w[i] = 1 + (double)(i % 3);
        sum += r[i] = hone_rng_normal(&rng);
        for (size_t j = 0; j < M; j++)
            x[i * M + j] = j == 0 ? 0.1 : j == 1 ? 1e9 + (double)(i % 2) : hone_rng_normal(&rng);
    }
    hone_view view = hone_view_of(x, N, M);
    for (int weighted = 0; weighted < 2; weighted++) {
        const double *weights = weighted ? w : NULL;
        cr_assert_eq(hone_column_moments(view, weights, mean, sd, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_rows_back(view, r, 1, back, NULL, NULL), HONE_OK);
        for (int t = 0; t < 4; t++) {
            hone_monitor mon = {.threads = t};
            cr_assert_eq(hone_column_covary(view, weights, r, got[t], got[t] + M, got[t] + 2 * M,
                                            &mon, NULL),
                         HONE_OK);
            cr_assert_arr_eq(got[t], got[0], sizeof *got);
        }
        cr_expect(got[0][0] == 0.1 && got[0][M] == 0 && got[0][2 * M] == 0);
        cr_expect_float_eq(got[0][1], mean[1], 1e-6);
        cr_expect_float_eq(got[0][M + 1], sd[1], 1e-12);
        cr_expect_lt(support_distance(got[0] + 2, mean + 2, M - 2), 1e-14);
        cr_expect_lt(support_distance(got[0] + M + 2, sd + 2, M - 2), 1e-14);
        for (size_t j = 2; j < M; j++)
            cr_expect_float_eq(got[0][2 * M + j], back[j] - mean[j] * sum, 1e-10);
    }
}

/* Around 0, far from it, and far where no rows are taken for the guess: what moments say, for any
 * threads. */
Test(moments, scatter_about_the_means) {
    enum { N = 30001, M = 6 };
    static double x[N * M];
    static const double SHIFTS[] = {0, 1e9, 1e6}, SAMPLE_SHIFTS[] = {0, 1e9, 0};
    hone_rng rng = hone_rng_at(1, 3);
    for (int kind = 0; kind < 3; kind++) {
        double mean[M], sd[M], got[4][M + M * M];
        for (size_t i = 0; i < N * M; i++) {
            double shift = i / M % (N / 256) == 0 ? SAMPLE_SHIFTS[kind] : SHIFTS[kind];
            x[i] = shift + (i % M == 0 && kind < 2 ? 0 : hone_rng_normal(&rng));
        }
        hone_view view = hone_view_of(x, N, M);
        cr_assert_eq(hone_column_moments(view, NULL, mean, sd, NULL, NULL), HONE_OK);
        for (int t = 0; t < 4; t++) {
            hone_monitor mon = {.threads = t};
            cr_assert_eq(hone_scatter(view, got[t], got[t] + M, &mon, NULL), HONE_OK);
            cr_assert_arr_eq(got[t], got[0], sizeof *got);
        }
        for (size_t a = 0; a < M; a++)
            for (size_t b = 0; b < M; b++) {
                double sum = 0;
                for (size_t i = 0; i < N; i++)
                    sum += (x[i * M + a] - mean[a]) * (x[i * M + b] - mean[b]);
                cr_expect_float_eq(got[0][M + a * M + b], sum, 1e-10 * N * sd[a] * sd[b] + 1e-300);
            }
        for (size_t j = 0; j < M; j++)
            cr_expect_float_eq(got[0][j], mean[j], 1e-13 * (fabs(mean[j]) + sd[j]));
    }
}
