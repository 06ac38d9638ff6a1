/* spectral.c -- eigenvalues of a symmetric matrix, and orthonormal bases, by LAPACK on the calling
 * thread.
 *
 * LAPACK stores columns: our lower triangle is its upper one, its eigenvectors in columns are ours
 * in rows, and an orthonormal basis of our columns is an LQ factorisation of its rows.
 * Cost: about 9 n^3 flops for all eigenvectors, 4 n k^2 for a basis of k columns. */
#include "core/alloc.h"
#include "core/error.h"
#include "linalg/blas_kernels.h"
#include "linalg/linalg.h"

#include <lapacke.h>

static hone_status too_large(const char *what, size_t n, hone_error *err) {
    return hone_fail(err, HONE_EINVAL, "%s: at most %d rows or columns, got %zu", what, INT_MAX, n);
}

/* Ascending to descending. */
static void turn_round(double *a, size_t n, double *values) {
    for (size_t i = 0; i < n / 2; i++) {
        size_t other = n - 1 - i;
        double value = values[i];
        values[i] = values[other], values[other] = value;
        for (size_t j = 0; j < n; j++) {
            double entry = a[i * n + j];
            a[i * n + j] = a[other * n + j], a[other * n + j] = entry;
        }
    }
}

hone_status hone_symmetric_eigen(double *a, size_t n, double *values, hone_error *err) {
    double *work = NULL, best = 0;
    int *iwork = NULL, ibest = 0, info;
    if (!hone_blas_fits(n) || n > 20000) /* 1 + 6 n + 2 n^2 must be an int */
        return hone_blas_fits(n)
                   ? hone_fail(err, HONE_EINVAL, "symmetric_eigen: at most 20000 rows, got %zu", n)
                   : too_large("symmetric_eigen", n, err);
    if (n == 0)
        return HONE_OK;
    hone_blas_ready();
    info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'U', (int)n, a, (int)n, values, &best, -1,
                               &ibest, -1);
    hone_status status = hone_new(&work, (size_t)best, err);
    if (status == HONE_OK)
        status = hone_new(&iwork, (size_t)ibest, err);
    if (status == HONE_OK && info == 0)
        info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'U', (int)n, a, (int)n, values, work,
                                   (int)best, iwork, ibest);
    if (status == HONE_OK && info != 0)
        status =
            hone_fail(err, HONE_ENUMERIC, "symmetric_eigen: no convergence (LAPACK says %d)", info);
    if (status == HONE_OK)
        turn_round(a, n, values);
    hone_release(work);
    hone_release(iwork);
    return status;
}

hone_status hone_column_basis(double *a, size_t n, size_t k, hone_error *err) {
    double *work = NULL, *tau = NULL, best = 0, more = 0;
    int rows = (int)k, cols = (int)n, info;
    if (!hone_blas_fits(n) || !hone_blas_fits(k))
        return too_large("column_basis", n > k ? n : k, err);
    if (k == 0)
        return HONE_OK;
    hone_blas_ready();
    hone_status status = hone_new(&tau, k, err);
    info = LAPACKE_dgelqf_work(LAPACK_COL_MAJOR, rows, cols, a, rows, tau, &best, -1);
    if (info == 0)
        info = LAPACKE_dorglq_work(LAPACK_COL_MAJOR, rows, cols, rows, a, rows, tau, &more, -1);
    best = best > more ? best : more;
    if (status == HONE_OK)
        status = hone_new(&work, (size_t)best, err);
    if (status == HONE_OK && info == 0)
        info = LAPACKE_dgelqf_work(LAPACK_COL_MAJOR, rows, cols, a, rows, tau, work, (int)best);
    if (status == HONE_OK && info == 0)
        info =
            LAPACKE_dorglq_work(LAPACK_COL_MAJOR, rows, cols, rows, a, rows, tau, work, (int)best);
    if (status == HONE_OK && info != 0)
        status = hone_fail(err, HONE_ENUMERIC, "column_basis: LAPACK refused argument %d", -info);
    hone_release(work);
    hone_release(tau);
    return status;
}
