/* blas.c -- products on the calling thread, by OpenBLAS.
 *
 * OpenBLAS counts with 32-bit integers and complains on standard error about empty shapes: both
 * are caught here. Vectors are walked in pieces; a matrix with a side beyond 2^31 - 1 goes through
 * the plain loops. Cost: 2 m n k flops for a product, n^2 k for dsyrk_t. */
#include "linalg/blas_kernels.h"
#include "linalg/linalg.h"

#include <cblas.h>
#include <math.h>

#define PIECE ((size_t)1 << 30) /* entries of a vector in one call */

static CBLAS_TRANSPOSE op(bool trans) {
    return trans ? CblasTrans : CblasNoTrans;
}

static bool fit(size_t m, size_t n, size_t k, size_t lda, size_t ldb, size_t ldc) {
    return hone_blas_fits(m) && hone_blas_fits(n) && hone_blas_fits(k) && hone_blas_fits(lda) &&
           hone_blas_fits(ldb) && hone_blas_fits(ldc);
}

void hone_dgemm(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, double alpha,
                const double *a, size_t lda, const double *b, size_t ldb, double beta, double *c,
                size_t ldc) {
    if (k == 0 || !fit(m, n, k, lda, ldb, ldc)) {
        hone_dgemm_plain(trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    hone_blas_ready();
    if (m > 0 && n > 0)
        cblas_dgemm(CblasRowMajor, op(trans_a), op(trans_b), (int)m, (int)n, (int)k, alpha, a,
                    (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

void hone_sgemm(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, float alpha,
                const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                size_t ldc) {
    if (k == 0 || !fit(m, n, k, lda, ldb, ldc)) {
        hone_sgemm_plain(trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    hone_blas_ready();
    if (m > 0 && n > 0)
        cblas_sgemm(CblasRowMajor, op(trans_a), op(trans_b), (int)m, (int)n, (int)k, alpha, a,
                    (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

void hone_dgemv(bool trans, size_t m, size_t k, double alpha, const double *a, size_t lda,
                const double *x, double beta, double *y) {
    if (m == 0 || k == 0 || !fit(m, 1, k, lda, 1, 1)) {
        hone_dgemm_plain(trans, false, trans ? k : m, 1, trans ? m : k, alpha, a, lda, x, 1, beta,
                         y, 1);
        return;
    }
    hone_blas_ready();
    cblas_dgemv(CblasRowMajor, op(trans), (int)m, (int)k, alpha, a, (int)lda, x, 1, beta, y, 1);
}

void hone_dsyrk_t(size_t n, size_t k, double alpha, const double *a, size_t lda, double beta,
                  double *c, size_t ldc) {
    if (k == 0 || !fit(n, n, k, lda, 1, ldc)) {
        hone_dsyrk_t_plain(n, k, alpha, a, lda, beta, c, ldc);
        return;
    }
    hone_blas_ready();
    if (n > 0)
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)n, (int)k, alpha, a, (int)lda, beta,
                    c, (int)ldc);
}

static int piece(size_t n, size_t done) {
    return (int)(n - done < PIECE ? n - done : PIECE);
}

double hone_ddot(size_t n, const double *x, const double *y) {
    hone_blas_ready();
    double sum = 0;
    for (size_t i = 0; i < n; i += PIECE)
        sum += cblas_ddot(piece(n, i), x + i, 1, y + i, 1);
    return sum;
}

void hone_daxpy(size_t n, double alpha, const double *x, double *y) {
    hone_blas_ready();
    for (size_t i = 0; i < n; i += PIECE)
        cblas_daxpy(piece(n, i), alpha, x + i, 1, y + i, 1);
}

void hone_dscal(size_t n, double alpha, double *x) {
    hone_blas_ready();
    for (size_t i = 0; i < n; i += PIECE)
        cblas_dscal(piece(n, i), alpha, x + i, 1);
}

double hone_dnrm2(size_t n, const double *x) {
    hone_blas_ready();
    double norm = 0;
    for (size_t i = 0; i < n; i += PIECE)
        norm = hypot(norm, cblas_dnrm2(piece(n, i), x + i, 1));
    return norm;
}
