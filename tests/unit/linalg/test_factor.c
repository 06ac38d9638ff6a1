/* Factorisations are checked by multiplying the factors again. */
#include "core/alloc.h"
#include "core/rng.h"
#include "linalg/blas_kernels.h"
#include "linalg/linalg.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void noise(double *out, size_t n) {
    hone_rng rng = hone_rng_at(3, 1);
    for (size_t i = 0; i < n; i++)
        out[i] = hone_rng_normal(&rng);
}

Test(factor, cholesky_solves) {
    enum { N = 9, K = 2, LD = 11 };
    double x[20 * N], a[N * LD] = {0}, l[N * LD], b[N * K], solution[N * K], back[N * K];
    noise(x, 20 * N);
    hone_dgemm_plain(true, false, N, N, 20, 1, x, N, x, N, 0, a, LD);
    memcpy(l, a, sizeof l);
    noise(b, N * K);
    memcpy(solution, b, sizeof b);
    cr_assert_eq(hone_cholesky(l, N, LD, NULL), HONE_OK);
    cr_assert_eq(l[1], a[1], "the upper triangle stays as it was");
    cr_assert_eq(hone_cholesky_solve(l, N, LD, solution, K, K, NULL), HONE_OK);
    hone_dgemm_plain(false, false, N, K, N, 1, a, LD, solution, K, 0, back, K);
    cr_assert_lt(support_distance(back, b, N * K), 1e-12);
}

Test(factor, lower_solve_rows_undoes_a_product) {
    enum { N = 6, K = 3, LD = 8 };
    double l[N * LD] = {0}, b[K * LD], x[K * LD], back[K * LD];
    noise(l, N * LD);
    for (size_t i = 0; i < N; i++) {
        l[i * (LD + 1)] = 2 + (double)i;
        for (size_t j = i + 1; j < N; j++)
            l[i * LD + j] = 0;
    }
    noise(b, K * LD);
    for (int trans = 0; trans < 2; trans++) {
        memcpy(x, b, sizeof b);
        memcpy(back, b, sizeof b);
        cr_assert_eq(hone_lower_solve_rows(trans, K, N, l, LD, x, LD, NULL), HONE_OK);
        hone_dgemm_plain(false, trans, K, N, N, 1, x, LD, l, LD, 0, back, LD);
        cr_assert_lt(support_distance(back, b, K * LD), 1e-14);
    }
    cr_assert_eq(hone_lower_solve_rows(false, (size_t)1 << 40, N, l, LD, x, LD, NULL), HONE_EINVAL);
}

Test(factor, cholesky_says_when_the_matrix_is_not_positive_definite) {
    double singular[] = {1, 0, 1, 1}, nan[] = {1, 0, NAN, 1}, negative[] = {-1};
    hone_error err;
    cr_assert_eq(hone_cholesky(singular, 2, 2, &err), HONE_ENUMERIC);
    cr_assert_str_eq(err.message, "cholesky: the matrix is not positive definite (pivot 2 of 2)");
    cr_assert_eq(hone_cholesky(nan, 2, 2, &err), HONE_ENUMERIC);
    cr_assert_eq(hone_cholesky(negative, 1, 1, &err), HONE_ENUMERIC);
    cr_assert_eq(hone_cholesky(NULL, 0, 1, &err), HONE_OK);
}

static void check_svd(size_t m, size_t n) {
    double a[200], copy[200], u[200], s[20], vt[200], back[200], eye[400];
    size_t r = m < n ? m : n;
    noise(a, m * n);
    memcpy(copy, a, m * n * sizeof *a);
    cr_assert_eq(hone_svd(a, m, n, u, s, vt, NULL), HONE_OK);
    hone_dgemm_plain(true, false, r, r, m, 1, u, r, u, r, 0, eye, r);
    for (size_t i = 0; i < r * r; i++)
        cr_assert_float_eq(eye[i], i % (r + 1) == 0, 1e-13);
    for (size_t i = 0; i < r; i++) {
        cr_assert(s[i] >= 0 && (i == 0 || s[i] <= s[i - 1]));
        for (size_t j = 0; j < m; j++)
            u[j * r + i] *= s[i];
    }
    hone_dgemm_plain(false, false, m, n, r, 1, u, r, vt, n, 0, back, n);
    cr_assert_lt(support_distance(back, copy, m * n), 1e-13);
}

Test(factor, svd_of_tall_wide_and_thin_matrices) {
    check_svd(12, 5);
    check_svd(5, 12);
    check_svd(6, 6);
    check_svd(1, 7);
    check_svd(7, 1);
}

Test(factor, svd_fails_in_words) {
    double a[] = {1, NAN, 2, 3}, u[4], s[2], vt[4];
    hone_error err;
    cr_assert_eq(hone_svd(a, 2, 2, u, s, vt, &err), HONE_ENUMERIC);
    long live = hone_alloc_live();
    for (long k = 1; k <= 2; k++) {
        double b[] = {1, 1, 2, 3};
        hone_alloc_fail_at(k, 0);
        cr_assert_eq(hone_svd(b, 2, 2, u, s, vt, &err), HONE_ENOMEM);
    }
    hone_alloc_fail_at(0, 0);
    cr_assert_eq(hone_alloc_live(), live);
}
