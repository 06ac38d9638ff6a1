/* linalg.h -- dense linear algebra on row-major arrays; the only folder that names BLAS and
 * LAPACKE.
 *
 * BLAS runs single-threaded here; functions that take a monitor cut their rows into fixed blocks
 * and spread those over threads, so results are the same bits for any number of threads.
 * Leading dimensions are those of row-major storage. Shapes are written behind each argument. */
#ifndef HONE_LINALG_H
#define HONE_LINALG_H

#include <hone/blas.h>
#include <hone/matrix.h>
#include <hone/monitor.h>

#include <stdbool.h>

/* ---- products (single-threaded) ---------------------------------------------------------- */

/* C (m x n) = alpha op(A) (m x k) op(B) (k x n) + beta C; op transposes where the flag says so. */
void hone_dgemm(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, double alpha,
                const double *a, size_t lda, const double *b, size_t ldb, double beta, double *c,
                size_t ldc);
void hone_sgemm(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, float alpha,
                const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                size_t ldc);
/* y (m, or k if trans) = alpha op(A) x + beta y, A (m x k). */
void hone_dgemv(bool trans, size_t m, size_t k, double alpha, const double *a, size_t lda,
                const double *x, double beta, double *y);
/* Lower triangle of C (n x n) = alpha A'A + beta C, A (k x n). */
void hone_dsyrk_t(size_t n, size_t k, double alpha, const double *a, size_t lda, double beta,
                  double *c, size_t ldc);
double hone_ddot(size_t n, const double *x, const double *y);
void hone_daxpy(size_t n, double alpha, const double *x, double *y); /* y += alpha x */
void hone_dscal(size_t n, double alpha, double *x);
double hone_dnrm2(size_t n, const double *x);

/* ---- products over many rows (parallel over fixed blocks of rows) -------------------------- */

/* Rows cut into chunks for hone_parallel(): a function of the counts alone, never of threads. */
typedef struct hone_cut {
    size_t rows, chunks, chunk_rows; /* the last chunk may be shorter */
} hone_cut;

/* Chunks of at least ~1/4 million units of work, `row_work` units per row, at most `max_chunks`:
 * little work gives one chunk, which hone_parallel() runs without a thread. */
hone_cut hone_cut_rows(size_t rows, size_t row_work, size_t max_chunks);
/* First row of a chunk (that of chunk `chunks` is `rows`). */
static inline size_t hone_cut_first(hone_cut cut, size_t chunk) {
    size_t first = chunk * cut.chunk_rows;
    return first < cut.rows ? first : cut.rows;
}
/* Rows to be done between two looks at memory: about `bytes` of rows of m doubles. */
size_t hone_block_rows(size_t m, size_t bytes);

/* Lower triangle of C (m x m) = X' diag(w) X, X (n x m); w (n) or NULL = all 1. */
HONE_NODISCARD hone_status hone_gram_weighted(hone_view x, const double *w, double *c,
                                              const hone_monitor *mon, hone_error *err);
/* The same of (x - mean); mean (m). */
HONE_NODISCARD hone_status hone_gram_centred(hone_view x, const double *w, const double *mean,
                                             double *c, const hone_monitor *mon, hone_error *err);
/* out (n x k, packed) = X (n x m) W' (W: k x m, ldw). Not by BLAS: each element is summed in one
 * fixed order, so a row has the same bits in whatever block it comes (predict needs that). */
HONE_NODISCARD hone_status hone_rows_times(hone_view x, const double *w, size_t k, size_t ldw,
                                           double *out, const hone_monitor *mon, hone_error *err);
/* out (k x m, packed) = R' (R: n x k, packed) X (n x m). */
HONE_NODISCARD hone_status hone_rows_back(hone_view x, const double *r, size_t k, double *out,
                                          const hone_monitor *mon, hone_error *err);

/* Means of the columns (m) and C (m x m) = sum over rows of (x - mean) (x - mean)', in one pass
 * over X (n x m, n >= 1). */
HONE_NODISCARD hone_status hone_scatter(hone_view x, double *mean, double *c,
                                        const hone_monitor *mon, hone_error *err);

/* ---- factorisations ------------------------------------------------------------------------- */

/* Lower Cholesky factor in place, A (n x n, only the lower triangle is read).
 * HONE_ENUMERIC when A is not positive definite. */
HONE_NODISCARD hone_status hone_cholesky(double *a, size_t n, size_t lda, hone_error *err);
/* Solves L L' X = B in place, L from hone_cholesky(), B (n x k, ldb). */
HONE_NODISCARD hone_status hone_cholesky_solve(const double *l, size_t n, size_t lda, double *b,
                                               size_t k, size_t ldb, hone_error *err);
/* B (k x n) = B L^-1, or B L'^-1 if trans; L (n x n) lower triangular. */
HONE_NODISCARD hone_status hone_lower_solve_rows(bool trans, size_t k, size_t n, const double *l,
                                                 size_t lda, double *b, size_t ldb,
                                                 hone_error *err);
/* Thin SVD A (m x n, overwritten) = U diag(s) V', r = min(m, n); U (m x r), s (r), Vt (r x n). */
HONE_NODISCARD hone_status hone_svd(double *a, size_t m, size_t n, double *u, double *s, double *vt,
                                    hone_error *err);
/* Symmetric A (n x n, only the lower triangle is read): its eigenvectors in its place, one in each
 * row, and values (n), descending. */
HONE_NODISCARD hone_status hone_symmetric_eigen(double *a, size_t n, double *values,
                                                hone_error *err);
/* The columns of A (n x k, n >= k) become an orthonormal basis of what they span (and of more where
 * they depend on one another). */
HONE_NODISCARD hone_status hone_column_basis(double *a, size_t n, size_t k, hone_error *err);

/* QR of A (n x m), which stands in columns: column j is a[j * n .. j * n + n). a becomes R, in its
 * upper triangle, and the Householder vectors below; tau: min(n, m). */
HONE_NODISCARD hone_status hone_qr(double *a, size_t n, size_t m, double *tau, hone_error *err);
/* The same of A P: column j of the factor is column pivot[j] of A (pivot: m). The first `fixed`
 * columns stay where they are, of the others the longest remaining one comes next. */
HONE_NODISCARD hone_status hone_qr_pivoted(double *a, size_t n, size_t m, size_t fixed, double *tau,
                                           size_t *pivot, hone_error *err);
/* b (n) = Q b, or Q'b if trans, with the first k Householder vectors. */
HONE_NODISCARD hone_status hone_qr_apply(bool trans, const double *a, size_t n, size_t k,
                                         const double *tau, double *b, hone_error *err);
/* b (k) = R^-1 b, or R'^-1 b if trans; R: upper triangle (k x k) in columns, ld apart. */
void hone_upper_solve(bool trans, const double *r, size_t k, size_t ld, double *b);
/* The same of `columns` vectors, ld apart, without trans. */
void hone_upper_solve_columns(const double *r, size_t k, size_t ld, double *b, size_t columns);
/* Singular values of A (n x m in columns, overwritten), descending; s: min(n, m). */
HONE_NODISCARD hone_status hone_singular_values(double *a, size_t n, size_t m, double *s,
                                                hone_error *err);

/* ---- rows ---------------------------------------------------------------- */

/* exp(x[i]), own polynomial: error below 1 unit in the last place, the same bits on every machine;
 * 0 below -708, infinite above 709. out may be x. */
void hone_exp(size_t n, const double *x, double *out);
/* proba[i] = 1 / (1 + exp(-z[i])), softplus[i] = log(1 + exp(z[i])), without overflow. proba
 * may be z. */
void hone_sigmoid(size_t n, const double *z, double *proba, double *softplus);
/* Each row of Z (n x k) becomes its softmax, without overflow.
 * log_sum (n, or NULL) gets log sum exp of each row. */
void hone_softmax_rows(double *z, size_t n, size_t k, double *log_sum);
/* Weighted mean and standard deviation (population) of each column of X; w (n) or NULL. Two-pass.
 * Missing cells (NaN) are left out of their column. Constant columns get an sd of exactly 0,
 * columns without any value 0 and 0. mean, sd: m. O(n m). */
HONE_NODISCARD hone_status hone_column_moments(hone_view x, const double *w, double *mean,
                                               double *sd, const hone_monitor *mon,
                                               hone_error *err);
/* Weighted mean and standard deviation as above of finite cells (not finite where squares are too
 * large), and ties (m) = sum over rows of r (x - mean); r (n). One pass over X (n >= 1). */
HONE_NODISCARD hone_status hone_column_covary(hone_view x, const double *w, const double *r,
                                              double *mean, double *sd, double *ties,
                                              const hone_monitor *mon, hone_error *err);
/* Means and variances (m) of some hundred rows, spread over all (n >= 1): the mean of a constant
 * column is exact, variances are rough. */
void hone_guess_moments(hone_view x, double *mean, double *squares);
/* Squared euclidean norm of every row; out: n. */
void hone_row_norms2(hone_view x, double *out);

#endif
