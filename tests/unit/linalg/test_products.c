/* Products against plain loops, over shapes with every kind of edge; threads do not change a bit.
 */
#include "core/alloc.h"
#include "core/rng.h"
#include "linalg/blas_kernels.h"
#include "linalg/linalg.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *noise(size_t n, uint64_t stream) {
    hone_rng rng = hone_rng_at(7, stream);
    double *out = malloc((n + 1) * sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = hone_rng_normal(&rng);
    return out;
}

static const size_t SIZES[] = {0, 1, 2, 3, 7, 8, 9, 17, 33};
#define N_SIZES (sizeof SIZES / sizeof *SIZES)

Test(products, dgemm_agrees_with_plain_loops_for_every_transpose_and_edge) {
    double *a = noise(40 * 40, 1), *b = noise(40 * 40, 2), *old = noise(40 * 40, 3);
    for (size_t which = 0; which < N_SIZES * N_SIZES * N_SIZES * 4; which++) {
        size_t m = SIZES[which / 4 % N_SIZES], n = SIZES[which / 4 / N_SIZES % N_SIZES];
        size_t k = SIZES[which / 4 / N_SIZES / N_SIZES];
        bool ta = which & 1, tb = which & 2;
        double c[40 * 40], d[40 * 40];
        memcpy(c, old, sizeof c);
        memcpy(d, old, sizeof d);
        hone_dgemm(ta, tb, m, n, k, 0.5, a, 40, b, 39, 2, c, 38);
        hone_dgemm_plain(ta, tb, m, n, k, 0.5, a, 40, b, 39, 2, d, 38);
        cr_assert_lt(support_distance(c, d, 40 * 40), 1e-13, "%zu x %zu x %zu", m, n, k);
    }
    free(a), free(b), free(old);
}

Test(products, sgemm_and_gemv_and_syrk_agree_with_plain_loops) {
    enum { M = 19, K = 23, N = 11 };
    double *a = noise(M * K, 1), *x = noise(K + M, 2);
    float fa[M * K], fb[K * N], fc[M * N] = {0}, fd[M * N] = {0};
    for (size_t i = 0; i < M * K; i++)
        fa[i] = (float)a[i];
    for (size_t i = 0; i < K * N; i++)
        fb[i] = (float)a[i] + 1;
    hone_sgemm(false, false, M, N, K, 1, fa, K, fb, N, 0, fc, N);
    hone_sgemm_plain(false, false, M, N, K, 1, fa, K, fb, N, 0, fd, N);
    for (size_t i = 0; i < M * N; i++)
        cr_assert_float_eq(fc[i], fd[i], 2e-5f);
    for (int trans = 0; trans < 2; trans++) {
        double y[K] = {1}, z[K] = {1};
        size_t rows = trans ? K : M, cols = trans ? M : K;
        hone_dgemv(trans, M, K, 2, a, K, x, 3, y);
        hone_dgemm_plain(trans, false, rows, 1, cols, 2, a, K, x, 1, 3, z, 1);
        cr_assert_lt(support_distance(y, z, rows), 1e-12);
    }
    double c[K * K], d[K * K];
    for (size_t i = 0; i < K * K; i++)
        c[i] = d[i] = 77;
    hone_dsyrk_t(K, M, 1, a, K, 0, c, K);
    hone_dsyrk_t_plain(K, M, 1, a, K, 0, d, K);
    cr_assert_lt(support_distance(c, d, K * K), 1e-12);
    cr_assert_eq(c[1], 77, "the upper triangle stays as it was");
    free(a), free(x);
}

Test(products, vectors) {
    double x[] = {3, 4, 0}, y[] = {1, -1, 5};
    cr_assert_eq(hone_ddot(3, x, y), -1);
    cr_assert_eq(hone_dnrm2(3, x), 5);
    hone_daxpy(3, 2, x, y);
    hone_dscal(3, -1, x);
    cr_assert(y[0] == 7 && y[1] == 7 && y[2] == 5 && x[0] == -3 && x[2] == 0);
    cr_assert_eq(hone_ddot(0, x, y), 0);
}

Test(products, gemv_overwrites_nan_when_beta_is_zero) {
    double a[] = {1, 2, 3, 4}, x[] = {1, 1}, y[] = {NAN, NAN};
    hone_dgemv(false, 2, 2, 1, a, 2, x, 0, y);
    cr_assert(y[0] == 3 && y[1] == 7);
}

enum { ROWS = 20011, COLS = 21, OUT = 3 };

static void all_products(int threads, const double *x, const double *w, double *out) {
    hone_monitor mon = {.threads = threads};
    hone_view view = {x, ROWS, COLS, COLS + 2};
    memset(out, 0, (2 * COLS * COLS + OUT * COLS + OUT * ROWS) * sizeof *out);
    cr_assert_eq(hone_gram_weighted(view, w, out, &mon, NULL), HONE_OK);
    cr_assert_eq(hone_gram_weighted(view, NULL, out + COLS * COLS, &mon, NULL), HONE_OK);
    cr_assert_eq(hone_rows_back(view, x, OUT, out + 2 * COLS * COLS, &mon, NULL), HONE_OK);
    cr_assert_eq(
        hone_rows_times(view, x, OUT, COLS + 1, out + 2 * COLS * COLS + OUT * COLS, &mon, NULL),
        HONE_OK);
}

Test(products, sums_over_many_rows_have_the_same_bits_for_any_number_of_threads) {
    size_t n = 2 * COLS * COLS + OUT * COLS + OUT * ROWS;
    double *x = noise(ROWS * (COLS + 2), 1), *w = noise(ROWS, 2);
    double *one = malloc(n * sizeof *one), *more = malloc(n * sizeof *more);
    for (size_t i = 0; i < ROWS; i++)
        w[i] = fabs(w[i]);
    all_products(1, x, w, one);
    for (int threads = 2; threads <= 4; threads++) {
        all_products(threads, x, w, more);
        cr_assert_arr_eq(one, more, n * sizeof *one);
    }
    double *plain = calloc(n, sizeof *plain), *scaled = malloc(ROWS * COLS * sizeof *scaled);
    for (size_t i = 0; i < ROWS * COLS; i++)
        scaled[i] = sqrt(w[i / COLS]) * x[i / COLS * (COLS + 2) + i % COLS];
    hone_dsyrk_t_plain(COLS, ROWS, 1, scaled, COLS, 0, plain, COLS);
    hone_dsyrk_t_plain(COLS, ROWS, 1, x, COLS + 2, 0, plain + COLS * COLS, COLS);
    hone_dgemm_plain(true, false, OUT, COLS, ROWS, 1, x, OUT, x, COLS + 2, 0,
                     plain + 2 * COLS * COLS, COLS);
    hone_dgemm_plain(false, true, ROWS, OUT, COLS, 1, x, COLS + 2, x, COLS + 1, 0,
                     plain + 2 * COLS * COLS + OUT * COLS, OUT);
    cr_assert_lt(support_distance(one, plain, n), 1e-9);
    free(x), free(w), free(one), free(more), free(plain), free(scaled);
}

Test(products, a_row_has_the_same_bits_in_any_block) {
    enum { M = 13, K = 2 };
    double *x = noise(50 * M, 1), *w = noise(K * M, 2), all[50 * K], one[K];
    cr_assert_eq(hone_rows_times(hone_view_of(x, 50, M), w, K, M, all, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 50; i++) {
        cr_assert_eq(hone_rows_times(hone_view_of(x + i * M, 1, M), w, K, M, one, NULL, NULL),
                     HONE_OK);
        cr_assert_arr_eq(one, all + i * K, sizeof one);
    }
    free(x), free(w);
}

Test(products, empty_and_failing) {
    double c[4] = {5, 5, 5, 5}, x[] = {1, 2}, w[] = {1};
    cr_assert_eq(hone_gram_weighted((hone_view){x, 0, 2, 2}, NULL, c, NULL, NULL), HONE_OK);
    cr_assert_eq(c[0], 0);
    cr_assert_eq(hone_rows_times((hone_view){x, 0, 2, 2}, x, 1, 2, c, NULL, NULL), HONE_OK);
    long live = hone_alloc_live();
    for (long k = 1; k <= 2; k++) {
        hone_error err;
        hone_alloc_fail_at(k, 0);
        cr_assert_eq(hone_gram_weighted(hone_view_of(x, 1, 2), w, c, NULL, &err), HONE_ENOMEM);
    }
    hone_alloc_fail_at(0, 0);
    cr_assert_eq(hone_alloc_live(), live);
}

Test(products, a_cut_covers_all_rows_once) {
    for (size_t n = 0; n < 3000; n += 7) {
        hone_cut cut = hone_cut_rows(n, 5000, 9);
        cr_assert_leq(cut.chunks, 9);
        cr_assert_eq(hone_cut_first(cut, 0), 0);
        cr_assert_eq(hone_cut_first(cut, cut.chunks), n);
        for (size_t c = 0; c < cut.chunks; c++)
            cr_assert_lt(hone_cut_first(cut, c), hone_cut_first(cut, c + 1));
    }
    cr_assert_eq(hone_cut_rows(100, 10, 64).chunks, 1, "little work is not cut");
    cr_assert_eq(hone_cut_rows(1000000, 10, 64).chunks, 38);
}
