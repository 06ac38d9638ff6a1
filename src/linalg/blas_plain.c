/* blas_plain.c -- the products of blas.c in plain loops: slow, and right for every size.
 *
 * C (m x n) = alpha op(A) op(B) + beta C; with beta = 0 the old C is not read (it may hold NaN). */
#include "linalg/blas_kernels.h"

void hone_dgemm_plain(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, double alpha,
                      const double *a, size_t lda, const double *b, size_t ldb, double beta,
                      double *c, size_t ldc) {
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t l = 0; l < k; l++)
                sum +=
                    a[trans_a ? l * lda + i : i * lda + l] * b[trans_b ? j * ldb + l : l * ldb + j];
            double *to = c + i * ldc + j;
            *to = alpha * sum + (beta == 0 ? 0 : beta * *to);
        }
    }
}

void hone_sgemm_plain(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, float alpha,
                      const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                      size_t ldc) {
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            float sum = 0;
            for (size_t l = 0; l < k; l++)
                sum +=
                    a[trans_a ? l * lda + i : i * lda + l] * b[trans_b ? j * ldb + l : l * ldb + j];
            float *to = c + i * ldc + j;
            *to = alpha * sum + (beta == 0 ? 0 : beta * *to);
        }
    }
}

void hone_dsyrk_t_plain(size_t n, size_t k, double alpha, const double *a, size_t lda, double beta,
                        double *c, size_t ldc) {
    for (size_t i = 0; i < n; i++)
        hone_dgemm_plain(true, false, 1, i + 1, k, alpha, a + i, lda, a, lda, beta, c + i * ldc,
                         ldc);
}
