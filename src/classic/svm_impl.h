/* svm_impl.h -- what svc and svr share: kernels, the door to libsvm, probabilities.
 *
 * A machine is one solved problem of libsvm: rows `sv` of the training data with signed
 * coefficients, f(x) = sum_s coef_s K(sv_s, x) - rho. A classifier of K classes holds K (K - 1) / 2
 * of them, one per pair of classes i < j, positive for class i; a regressor holds one. */
#ifndef HONE_CLASSIC_SVM_IMPL_H
#define HONE_CLASSIC_SVM_IMPL_H

#include "core/estimator_impl.h"

/* ---- kernels (svm_kernel.c) ----------------------------------------------------------- */

/* In the order of hone_svm_kernel_words and of libsvm. */
enum { HONE_SVM_LINEAR, HONE_SVM_POLY, HONE_SVM_RBF, HONE_SVM_SIGMOID };
extern const char *const hone_svm_kernel_words[]; /* linear poly rbf sigmoid */
extern const char *const hone_svm_gamma_words[];  /* scale auto */

/* linear x'z, poly (gamma x'z + coef0)^degree, rbf exp(-gamma |x - z|^2),
 * sigmoid tanh(gamma x'z + coef0). */
struct hone_svm_kernel {
    int kind;
    int degree;
    double gamma, coef0;
};

/* The number behind gamma: scale = 1 / (m Var(X)) over all entries of X (1 if they are all the
 * same), auto = 1 / m. O(n m). */
double hone_svm_gamma(hone_mixed gamma, hone_view x);

/* out (x.rows x z.rows, ldo) = K(x_i, z_j). Each entry is the same bits whatever the other rows
 * are. O(x.rows z.rows m). */
HONE_NODISCARD hone_status hone_svm_kernel_block(const struct hone_svm_kernel *kernel, hone_view x,
                                                 hone_view z, double *out, size_t ldo,
                                                 hone_error *err);
/* K(x, x) for x of m entries. */
double hone_svm_kernel_self(const struct hone_svm_kernel *kernel, const double *x, size_t m);

/* out (n_rows x n_out) = K (n_rows x n, ld) times coef' (n_out x n, ld too). Each row is summed in
 * the same order whatever the others are. O(n_rows n n_out). */
void hone_svm_weigh(const double *k, size_t n_rows, size_t n, size_t ld, const double *coef,
                    size_t n_out, double *out);

/* ---- the door to libsvm (svm_solver.c) ------------------------------------------------ */

/* Training rows in the form that libsvm wants, with their Gram matrix if it is small enough;
 * shared, read-only, by all problems on these rows. Borrows x. */
struct hone_svm_rows;

struct hone_svm_settings {
    const char *who; /* estimator's name, for messages */
    bool regression;
    bool shrinking;
    double tol, cache_size, epsilon;
};

/* rows index[0 .. n-1] of the shared rows with targets y: +1 (the first of them) and -1 with their
 * bounds c[0] and c[1], or real values with the bound c[0]. */
struct hone_svm_problem {
    const size_t *index;
    const double *y;
    size_t n;
    double c[2];
};

struct hone_svm_machine {
    size_t n_sv;
    size_t *sv;   /* row numbers, ascending in the order of the problem */
    double *coef; /* n_sv */
    double rho;
    double n_iter;
    bool converged; /* false: libsvm ran out of iterations */
};

HONE_NODISCARD hone_status hone_svm_rows_create(const struct hone_svm_kernel *kernel, hone_view x,
                                                const struct hone_svm_settings *settings,
                                                const hone_monitor *mon, struct hone_svm_rows **out,
                                                hone_error *err);
void hone_svm_rows_free(struct hone_svm_rows *rows);

/* Any number of threads may solve on the same rows. libsvm cannot be interrupted within. Free
 * with hone_svm_machine_free(). */
HONE_NODISCARD hone_status hone_svm_solve(const struct hone_svm_rows *rows,
                                          const struct hone_svm_settings *settings,
                                          const struct hone_svm_problem *problem,
                                          struct hone_svm_machine *out, hone_error *err);
void hone_svm_machine_free(struct hone_svm_machine *machine); /* empties it; safe to repeat */

/* out (n) = f of training rows index[0 .. n-1]. O(n n_sv), without a Gram matrix O(n n_sv m). */
HONE_NODISCARD hone_status hone_svm_values(const struct hone_svm_rows *rows,
                                           const struct hone_svm_machine *machine,
                                           const size_t *index, size_t n, double *out,
                                           hone_error *err);

/* sum_rs coef_r coef_s K(sv_r, sv_s): the quadratic part of the dual objective, doubled. */
HONE_NODISCARD hone_status hone_svm_quadratic(const struct hone_svm_rows *rows,
                                              const struct hone_svm_machine *machine, double *out,
                                              hone_error *err);

/* ---- probabilities (svm_platt.c) ------------------------------------------------------ */

/* P(+1 | f) = 1 / (1 + exp(a f + b)), kept within [1e-7, 1 - 1e-7]. */
double hone_svm_platt(double f, double a, double b);
/* Probabilities p (k, sum 1) of k >= 2 classes from those of the pairs: r (pairs in the order
 * (0,1) (0,2) .. (1,2) ..) holds P(i | i or j). work: k x k. */
HONE_NODISCARD hone_status hone_svm_couple(const double *r, size_t k, double *p, double *work,
                                           hone_error *err);

#endif
