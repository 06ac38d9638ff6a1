/* qr.c -- Householder QR, with pivots or without, by LAPACK on the calling thread.
 *
 * A stands in columns (column j is a[j * n .. j * n + n)), which is how LAPACK has it.
 * Cost: 2 n m^2 - 2/3 m^3 flops to factor, 4 n m to apply Q, m^2 to solve. */
#include "core/alloc.h"
#include "core/error.h"
#include "linalg/blas_kernels.h"
#include "linalg/linalg.h"

#include <cblas.h>
#include <lapacke.h>

static hone_status check_size(size_t n, size_t m, hone_error *err) {
    size_t side = n > m ? n : m;
    if (hone_blas_fits(side) && side <= INT_MAX / 64)
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL, "qr: at most %d rows or columns, got %zu", INT_MAX / 64,
                     side);
}

static hone_status refused(int info, hone_error *err) {
    return info == 0 ? HONE_OK
                     : hone_fail(err, HONE_ENUMERIC, "qr: LAPACK refused argument %d", -info);
}

static int factor_plain(size_t n, size_t m, double *a, double *tau, double *work, int size) {
    return LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, (int)n, (int)m, a, (int)n, tau, work, size);
}

hone_status hone_qr(double *a, size_t n, size_t m, double *tau, hone_error *err) {
    double *work = NULL, best = 0;
    hone_status status = check_size(n, m, err);
    if (status != HONE_OK || n == 0 || m == 0)
        return status;
    hone_blas_ready();
    int info = factor_plain(n, m, a, tau, &best, -1);
    if ((status = hone_new(&work, (size_t)best + 1, err)) == HONE_OK && info == 0)
        info = factor_plain(n, m, a, tau, work, (int)best);
    hone_release(work);
    return status == HONE_OK ? refused(info, err) : status;
}

static int factor_pivoted(size_t n, size_t m, double *a, int *at, double *tau, double *work,
                          int size) {
    return LAPACKE_dgeqp3_work(LAPACK_COL_MAJOR, (int)n, (int)m, a, (int)n, at, tau, work, size);
}

hone_status hone_qr_pivoted(double *a, size_t n, size_t m, size_t fixed, double *tau, size_t *pivot,
                            hone_error *err) {
    double *work = NULL, best = 0;
    int *at = NULL, info = 0;
    hone_status status = check_size(n, m, err);
    if (status != HONE_OK || n == 0 || m == 0)
        return status;
    if ((status = hone_new(&at, m, err)) != HONE_OK)
        return status;
    for (size_t j = 0; j < fixed && j < m; j++)
        at[j] = 1;
    hone_blas_ready();
    info = factor_pivoted(n, m, a, at, tau, &best, -1);
    if ((status = hone_new(&work, (size_t)best + 1, err)) == HONE_OK && info == 0)
        info = factor_pivoted(n, m, a, at, tau, work, (int)best);
    for (size_t j = 0; status == HONE_OK && info == 0 && j < m; j++)
        pivot[j] = (size_t)at[j] - 1;
    hone_release(work);
    hone_release(at);
    return status == HONE_OK ? refused(info, err) : status;
}

hone_status hone_qr_apply(bool trans, const double *a, size_t n, size_t k, const double *tau,
                          double *b, hone_error *err) {
    double work[64]; /* one vector needs one */
    if (n == 0 || k == 0)
        return HONE_OK;
    hone_blas_ready();
    return refused(LAPACKE_dormqr_work(LAPACK_COL_MAJOR, 'L', trans ? 'T' : 'N', (int)n, 1, (int)k,
                                       a, (int)n, tau, b, (int)n, work, 64),
                   err);
}

void hone_upper_solve(bool trans, const double *r, size_t k, size_t ld, double *b) {
    if (k == 0)
        return;
    hone_blas_ready();
    cblas_dtrsv(CblasColMajor, CblasUpper, trans ? CblasTrans : CblasNoTrans, CblasNonUnit, (int)k,
                r, (int)ld, b, 1);
}

void hone_upper_solve_columns(const double *r, size_t k, size_t ld, double *b, size_t columns) {
    if (k == 0 || columns == 0)
        return;
    hone_blas_ready();
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, (int)k,
                (int)columns, 1, r, (int)ld, b, (int)ld);
}

hone_status hone_singular_values(double *a, size_t n, size_t m, double *s, hone_error *err) {
    double *work = NULL, best = 0;
    int *iwork = NULL, info = 0;
    size_t r = n < m ? n : m;
    hone_status status = check_size(n, m, err);
    if (status != HONE_OK || r == 0)
        return status;
    if ((status = hone_new(&iwork, 8 * r, err)) != HONE_OK)
        return status;
    hone_blas_ready();
    info = LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'N', (int)n, (int)m, a, (int)n, s, NULL, 1, NULL,
                               1, &best, -1, iwork);
    if ((status = hone_new(&work, (size_t)best + 1, err)) == HONE_OK && info == 0)
        info = LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'N', (int)n, (int)m, a, (int)n, s, NULL, 1,
                                   NULL, 1, work, (int)best, iwork);
    if (status == HONE_OK && info != 0)
        status = hone_fail(err, HONE_ENUMERIC, "svd: no convergence (LAPACK says %d)", info);
    hone_release(work);
    hone_release(iwork);
    return status;
}
