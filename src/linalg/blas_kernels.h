/* blas_kernels.h -- shared by the files of this folder that call BLAS or LAPACKE. */
#ifndef HONE_LINALG_BLAS_KERNELS_H
#define HONE_LINALG_BLAS_KERNELS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* Sees to it that OpenBLAS runs on the calling thread alone. To be called before every call of
 * BLAS; costs one load after the first time. */
void hone_blas_ready(void);

/* Does a size fit OpenBLAS's 32-bit integer? */
static inline bool hone_blas_fits(size_t n) {
    return n <= INT_MAX;
}

/* The products of linalg.h in plain loops: for sizes that OpenBLAS's integers cannot hold, and as
 * witness in the tests. */
void hone_dgemm_plain(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, double alpha,
                      const double *a, size_t lda, const double *b, size_t ldb, double beta,
                      double *c, size_t ldc);
void hone_sgemm_plain(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, float alpha,
                      const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                      size_t ldc);
void hone_dsyrk_t_plain(size_t n, size_t k, double alpha, const double *a, size_t lda, double beta,
                        double *c, size_t ldc);

#endif
