/* factor.c -- Cholesky and singular value decomposition, by LAPACK on the calling thread.
 *
 * LAPACK stores columns: our lower triangle of a symmetric matrix is its upper one, and our
 * A (m x n) = U S V' is its A' = V S U'. So nothing is transposed, and the work areas are ours.
 * Cost: n^3/3 flops for Cholesky, 2 n^2 k to solve, O(m n min(m, n)) for the SVD. */
#include "core/alloc.h"
#include "core/error.h"
#include "linalg/blas_kernels.h"
#include "linalg/linalg.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>

static hone_status too_large(const char *what, size_t n, hone_error *err) {
    return hone_fail(err, HONE_EINVAL, "%s: at most %d rows or columns, got %zu", what, INT_MAX, n);
}

hone_status hone_cholesky(double *a, size_t n, size_t lda, hone_error *err) {
    if (!hone_blas_fits(lda))
        return too_large("cholesky", lda, err);
    if (n == 0)
        return HONE_OK;
    hone_blas_ready();
    int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', (int)n, a, (int)lda);
    if (info < 0)
        return hone_fail(err, HONE_ENUMERIC, "cholesky: LAPACK refused argument %d", -info);
    for (size_t i = 0; info == 0 && i < n; i++)
        if (!isfinite(a[i * lda + i])) /* OpenBLAS lets NaN pass */
            info = (int)i + 1;
    if (info > 0)
        return hone_fail(err, HONE_ENUMERIC,
                         "cholesky: the matrix is not positive definite (pivot %d of %zu)", info,
                         n);
    return HONE_OK;
}

hone_status hone_cholesky_solve(const double *l, size_t n, size_t lda, double *b, size_t k,
                                size_t ldb, hone_error *err) {
    if (!hone_blas_fits(lda) || !hone_blas_fits(ldb))
        return too_large("cholesky", lda > ldb ? lda : ldb, err);
    if (n == 0 || k == 0)
        return HONE_OK;
    hone_blas_ready();
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (int)n, (int)k, 1,
                l, (int)lda, b, (int)ldb);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, (int)n, (int)k, 1,
                l, (int)lda, b, (int)ldb);
    return HONE_OK;
}

hone_status hone_lower_solve_rows(bool trans, size_t k, size_t n, const double *l, size_t lda,
                                  double *b, size_t ldb, hone_error *err) {
    size_t side = lda > ldb ? lda : ldb;
    side = side > k ? side : k;
    if (!hone_blas_fits(side))
        return too_large("lower_solve_rows", side, err);
    if (n == 0 || k == 0)
        return HONE_OK;
    hone_blas_ready();
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, trans ? CblasTrans : CblasNoTrans,
                CblasNonUnit, (int)k, (int)n, 1, l, (int)lda, b, (int)ldb);
    return HONE_OK;
}

hone_status hone_svd(double *a, size_t m, size_t n, double *u, double *s, double *vt,
                     hone_error *err) {
    size_t r = m < n ? m : n;
    double *work = NULL, best = 0;
    int *iwork = NULL, info = 0;
    hone_status status = HONE_OK;
    if (!hone_blas_fits(m) || !hone_blas_fits(n) || r > INT_MAX / 8)
        return too_large("svd", m > n ? m : n, err);
    if (r == 0)
        return HONE_OK;
    if ((status = hone_new(&iwork, 8 * r, err)) != HONE_OK)
        goto done;
    hone_blas_ready();
    info = LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'S', (int)n, (int)m, a, (int)n, s, vt, (int)n, u,
                               (int)r, &best, -1, iwork);
    if (info == 0 && best > INT_MAX) {
        status = too_large("svd", m > n ? m : n, err);
        goto done;
    }
    if ((status = hone_new(&work, (size_t)best, err)) != HONE_OK)
        goto done;
    if (info == 0)
        info = LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'S', (int)n, (int)m, a, (int)n, s, vt, (int)n,
                                   u, (int)r, work, (int)best, iwork);
    if (info != 0)
        status = hone_fail(err, HONE_ENUMERIC, "svd: no convergence (LAPACK says %d)", info);
done:
    hone_release(work);
    hone_release(iwork);
    return status;
}
