/* svm.h -- what the support vector machines share: kernels, solvers, probabilities.
 *
 * A machine is one solved problem: rows `sv` of the training data with signed
 * coefficients, f(x) = sum_s coef_s K(sv_s, x) - rho. A classifier of K classes holds K (K - 1) / 2
 * of them, one per pair of classes i < j, positive for class i; a regressor holds one. */
#ifndef HONE_SVM_SVM_H
#define HONE_SVM_SVM_H

#include "core/estimator_impl.h"

#include <hone/svm.h>

/* ---- kernels (kernel.c) --------------------------------------------------------------- */

/* In the order of hone_svm_kernel_words and of libsvm. */
enum {
    HONE_SVM_LINEAR,
    HONE_SVM_POLY,
    HONE_SVM_RBF,
    HONE_SVM_SIGMOID,
    HONE_SVM_PRECOMPUTED,
    HONE_SVM_CALLBACK,
    HONE_SVM_DISTANCE /* |x - z|^2: for shared work only, no word */
};
extern const char *const hone_svm_kernel_words[]; /* the same, in lower case */
extern const char *const hone_svm_gamma_words[];  /* scale auto */

/* linear x'z, poly (gamma x'z + coef0)^degree, rbf exp(-gamma |x - z|^2),
 * sigmoid tanh(gamma x'z + coef0), precomputed what X says, callback what the caller's function
 * says. */
struct hone_svm_kernel {
    int kind;
    int degree;
    double gamma, coef0;
    hone_svm_kernel_fn *call; /* of callback */
    void *user;
};

/* A kernel of the caller's own, as the parameters of every machine hold it. */
struct hone_svm_call {
    hone_svm_kernel_fn *fn;
    void *user;
};

/* Rows of parameter tables. */
/* clang-format off */
#define HONE_SVM_KERNEL_PARAMS(type)                                                                                               \
    HONE_ENUM(type, kernel, "rbf", hone_svm_kernel_words, "kernel; of a precomputed one X holds the values, rows x training rows"), \
    HONE_INT(type, degree, 3, "[0, inf)", "degree of the poly kernel"),                                                            \
    HONE_MIXED(type, gamma, "scale", hone_svm_gamma_words, "(0, inf)",                                                             \
               "kernel coefficient; scale = 1 / (columns * Var(X)), auto = 1 / columns"),                                          \
    HONE_REAL(type, coef0, 0.0, "(-inf, inf)", "constant of the poly and sigmoid kernels")
#define HONE_SVM_SOLVER_PARAMS(type)                                                                                               \
    HONE_REAL(type, tol, 1e-3, "(0, inf)", "stop when the optimality gap is below this"),                                          \
    HONE_REAL(type, cache_size, 200, "(0, inf)", "megabytes for kernel values"),                                                   \
    HONE_REAL(type, max_iter, inf, "[1, inf]", "most steps of the solver, for each pair of classes; the model is what it then has"), \
    HONE_REAL(type, time_limit, inf, "(0, inf]", "most seconds of the solver, for each pair of classes; likewise")
/* clang-format on */

/* The number behind gamma: scale = 1 / (m Var(X)) over all entries of X (1 if they are all the
 * same), auto = 1 / m. O(n m), of compressed rows O(entries). */
double hone_svm_gamma(hone_mixed gamma, const hone_dataset *data);

/* out (x.rows x z.rows, ldo) = K(x_i, z_j). Each entry is the same bits whatever the other rows
 * are. O(x.rows z.rows m). */
HONE_NODISCARD hone_status hone_svm_kernel_block(const struct hone_svm_kernel *kernel, hone_view x,
                                                 hone_view z, double *out, size_t ldo,
                                                 hone_error *err);
/* The same for rows z_rows[0 .. n_z - 1] (NULL: the first n_z) of compressed z. rbf from |x|^2 +
 * |z|^2 - 2 x'z. O(x.rows (m + entries of those rows)). */
void hone_svm_sparse_block(const struct hone_svm_kernel *kernel, hone_view x, const hone_csr *z,
                           const size_t *z_rows, size_t n_z, double *out, size_t ldo);
/* v (n): products (rbf: squared distances) become kernel values. */
void hone_svm_kernel_apply(const struct hone_svm_kernel *kernel, double *v, size_t n);
/* out (n): the same rounded to float, which needs less than full precision. Overwrites v. */
void hone_svm_kernel_round(const struct hone_svm_kernel *kernel, double *v, size_t n, float *out);
/* Of out (n x n, ldo) = K among rows index (n) of x, rounded to float: columns [col, col + width),
 * at most HONE_SVM_PANEL, from row `from` down, and the same as rows. O(width (n - from) m). */
HONE_NODISCARD hone_status hone_svm_kernel_twice(const struct hone_svm_kernel *kernel, hone_view x,
                                                 const size_t *index, size_t n, size_t col,
                                                 size_t width, size_t from, float *out, size_t ldo,
                                                 hone_error *err);
enum { HONE_SVM_PANEL = 16 };
/* A problem of so many rows is solved on one block of the matrix (smo_small.c). */
enum { HONE_SVM_ONE_BLOCK = 512 };
/* K(x, x) for x of m entries. */
double hone_svm_kernel_self(const struct hone_svm_kernel *kernel, const double *x, size_t m);

/* out (n_rows x n_out) = K (n_rows x n, ldk) times coef' (n_out x n, ldc). Each row is summed in
 * the same order whatever the others are. O(n_rows n n_out). */
void hone_svm_weigh(const double *k, size_t n_rows, size_t n, size_t ldk, const double *coef,
                    size_t n_out, size_t ldc, double *out);

/* ---- support vectors (vectors.c) ---------------------------------------------------------- */

/* Part of every fitted state. Rows are kept as they came: full, compressed, or (of a precomputed
 * kernel) not at all. */
struct hone_svm_vectors {
    size_t n_cols, n_sv, n_dense, n_entries,
        n_starts;                          /* n_dense n_sv or 0; n_starts n_sv + 1 or 0 */
    double *support_vectors;               /* n_dense x n_cols */
    int32_t *support;                      /* n_sv: row of the data given to fit */
    double *entry_values;                  /* n_entries: of compressed vectors */
    int32_t *entry_columns, *entry_starts; /* n_entries, n_starts */
};

/* Rows of an attribute table; `v` is the name of the field. */
/* clang-format off */
#define HONE_SVM_VECTORS(type)                                                                     \
    HONE_SVM_FIELD(type, n_cols, HONE_ATTR_COUNT, HONE_ATTR_ONE, HONE_ATTR_ONE, "columns"),        \
    HONE_SVM_FIELD(type, n_sv, HONE_ATTR_COUNT, HONE_ATTR_ONE, HONE_ATTR_ONE, "support vectors"),  \
    HONE_SVM_FIELD(type, n_dense, HONE_ATTR_COUNT, HONE_ATTR_ONE, HONE_ATTR_ONE, "those kept in full: all, or none"),          \
    HONE_SVM_FIELD(type, n_entries, HONE_ATTR_COUNT, HONE_ATTR_ONE, HONE_ATTR_ONE, "entries of compressed support vectors"),   \
    HONE_SVM_FIELD(type, n_starts, HONE_ATTR_COUNT, HONE_ATTR_ONE, HONE_ATTR_ONE, "compressed support vectors + 1, or 0"),     \
    HONE_SVM_FIELD(type, support_vectors, HONE_ATTR_F64, offsetof(struct type, v.n_dense), offsetof(struct type, v.n_cols), "support vectors"),             \
    HONE_SVM_FIELD(type, support, HONE_ATTR_I32, offsetof(struct type, v.n_sv), HONE_ATTR_ONE, "rows of the support vectors in the training data"),         \
    HONE_SVM_FIELD(type, entry_values, HONE_ATTR_F64, offsetof(struct type, v.n_entries), HONE_ATTR_ONE, "entries of compressed support vectors"),         \
    HONE_SVM_FIELD(type, entry_columns, HONE_ATTR_I32, offsetof(struct type, v.n_entries), HONE_ATTR_ONE, "column of each entry"),                         \
    HONE_SVM_FIELD(type, entry_starts, HONE_ATTR_I32, offsetof(struct type, v.n_starts), HONE_ATTR_ONE, "first entry of each compressed vector, and the end")
#define HONE_SVM_FIELD(type, field, kind, rows, cols, help) \
    {#field, kind, offsetof(struct type, v.field), rows, cols, help}
/* clang-format on */

/* Keeps rows[0 .. n_sv - 1] of the data. Freed with the state, also after a failure. */
HONE_NODISCARD hone_status hone_svm_vectors_keep(const hone_dataset *data, bool precomputed,
                                                 const size_t *rows, size_t n_sv,
                                                 struct hone_svm_vectors *out, hone_error *err);
/* Vectors [first, first + n), borrowed. Questions take HONE_SVM_SLICE at a time, so that the values
 * between them and some rows stay in the cache. */
enum { HONE_SVM_SLICE = 256 };
struct hone_svm_vectors hone_svm_vectors_slice(const struct hone_svm_vectors *v, size_t first,
                                               size_t n);
/* out (x.rows x n_sv) = K(x_i, sv_s); a precomputed x holds K(x_i, .) of all training rows. Each
 * row has the same bits whatever the others are. O(x.rows n_sv m). */
HONE_NODISCARD hone_status hone_svm_vectors_block(const struct hone_svm_vectors *v,
                                                  const struct hone_svm_kernel *kernel, hone_view x,
                                                  double *out, hone_error *err);
/* Of a state that was read from a file. */
HONE_NODISCARD hone_status hone_svm_vectors_validate(const struct hone_svm_vectors *v,
                                                     bool precomputed, size_t n_cols,
                                                     hone_error *err);

/* A slot for full rows, asked about compressed ones: few rows at a time are made full. */
typedef hone_status hone_svm_slot(const void *params, const void *state, hone_view x, double *out,
                                  hone_error *err);
HONE_NODISCARD hone_status hone_svm_ask_sparse(hone_svm_slot *slot, const void *params,
                                               const void *state, const hone_csr *x, size_t width,
                                               double *out, hone_error *err);

/* ---- shared work (work.c) ------------------------------------------------------------------- */

/* Beyond so many full rows, values of the rbf kernel are cheaper to compute anew (smo_tiles.c).
 */
enum { HONE_SVM_MOST_SHARED = 4096 };

/* Products of all pairs of rows, of rbf their squared distances: what all C, gamma and folds have
 * in common. Empty where it does not fit in cache_size, and of kernels that share nothing. */
struct hone_svm_work {
    size_t n;     /* rows, or 0 */
    double *base; /* n x n */
};
extern const hone_attr hone_svm_work_attrs[];
extern const char *const hone_svm_work_params[];

/* Rows of every machine's class. */
#define HONE_SVM_WORK_SLOTS                                                 \
    .work_params = hone_svm_work_params, .work_attrs = hone_svm_work_attrs, \
    .work_size = sizeof(struct hone_svm_work)

HONE_NODISCARD hone_status hone_svm_work_prepare(int kernel, double cache_size,
                                                 const hone_dataset *data, const hone_monitor *mon,
                                                 struct hone_svm_work *work, hone_error *err);
/* A square X, symmetric to 1e-6 of its largest entry, warned of where a diagonal entry is negative
 * or smaller than the square of another of its row allows, or a part of it (up to 1024 rows) is not
 * positive definite. */
HONE_NODISCARD hone_status hone_svm_check_precomputed(const char *who, const hone_dataset *data,
                                                      const hone_monitor *mon, hone_error *err);
/* Every machine's words on its own parameters. */
HONE_NODISCARD hone_status hone_svm_check_params(int kernel, const struct hone_svm_call *call,
                                                 hone_error *err);
/* What every machine takes: kernel values that X itself holds are not scaled. */
unsigned hone_svm_tags(int kernel);
/* A kernel function cannot be written to a file. */
HONE_NODISCARD hone_status hone_svm_savable(int kernel, hone_error *err);

/* ---- problems and machines (machine.c) -------------------------------------------------- */

/* What is learned: classes or values with C, the same with nu, or where the rows lie. */
enum {
    HONE_SVM_CLASSES,
    HONE_SVM_VALUES,
    HONE_SVM_NU_CLASSES,
    HONE_SVM_NU_VALUES,
    HONE_SVM_ONE_CLASS
};

enum { HONE_SVM_AUTO, HONE_SVM_LIBSVM, HONE_SVM_SMO };
extern const char *const hone_svm_solver_words[]; /* auto libsvm smo */

struct hone_svm_settings {
    const char *who; /* estimator's name, for messages */
    int kind, solver;
    bool shrinking;              /* libsvm's */
    double tol, cache_size;      /* megabytes for kernel values, of all problems at a time */
    double epsilon, nu;          /* of values; of the nu kinds and of one class */
    double max_iter, time_limit; /* smo's; infinite: none */
    bool clip_nu;                /* to what the classes allow, instead of an error */
    size_t tasks;                /* problems that will be solved on the rows */
};

/* Training rows with what the solver needs to know of them; shared, read-only, by all problems on
 * these rows. */
struct hone_svm_rows;
struct hone_svm_source; /* source.h */

/* rows index[0 .. n-1], ascending, of the shared rows with targets y: +1 and -1 (the first of them
 * is +1), real values, or nothing; bound[r] is C times the weight of shared row r. */
struct hone_svm_problem {
    const size_t *index;
    const double *y;
    size_t n;
    const double *bound;
};

struct hone_svm_machine {
    size_t n_sv;
    size_t *sv;   /* row numbers, ascending in the order of the problem */
    double *coef; /* n_sv */
    double rho;
    double objective; /* of the dual */
    double gap;       /* by how much two rows still violate optimality; <= tol if it converged */
    double n_iter;
    bool converged; /* false: the solver was stopped, or ran out of iterations */
};

/* Takes `source` over with its borrowed data; frees its own when it fails. settings->solver auto
 * becomes the one that is used: libsvm where it is as fast and can do what is asked (`uniform`:
 * one bound for each side). */
HONE_NODISCARD hone_status hone_svm_rows_create(const struct hone_svm_source *source,
                                                struct hone_svm_settings *settings, bool uniform,
                                                const hone_monitor *mon, struct hone_svm_rows **out,
                                                hone_error *err);
void hone_svm_rows_free(struct hone_svm_rows *rows);

/* Any number of threads may solve on the same rows. libsvm cannot be interrupted within. Free
 * with hone_svm_machine_free(). */
HONE_NODISCARD hone_status hone_svm_solve(const struct hone_svm_rows *rows,
                                          const struct hone_svm_settings *settings,
                                          const struct hone_svm_problem *problem,
                                          const hone_monitor *mon, struct hone_svm_machine *out,
                                          hone_error *err);
void hone_svm_machine_free(struct hone_svm_machine *machine); /* empties it; safe to repeat */

/* out (n) = f of training rows index[0 .. n-1]. O(n n_sv), O(n n_sv m) without kernel values. */
HONE_NODISCARD hone_status hone_svm_values(const struct hone_svm_rows *rows,
                                           const struct hone_svm_machine *machine,
                                           const size_t *index, size_t n, double *out,
                                           hone_error *err);

/* ---- the door to libsvm (solver.c) -------------------------------------------------------- */

/* Rows in the form that libsvm wants, with their Gram matrix if it is small enough. */
struct hone_libsvm_rows;

HONE_NODISCARD hone_status hone_libsvm_rows_create(const struct hone_svm_source *source,
                                                   const struct hone_svm_settings *settings,
                                                   const hone_monitor *mon,
                                                   struct hone_libsvm_rows **out, hone_error *err);
void hone_libsvm_rows_free(struct hone_libsvm_rows *rows);
/* K(i, 0), with K(i, 1) two places on, and so forth; NULL without a Gram matrix. */
const double *hone_libsvm_gram_row(const struct hone_libsvm_rows *rows, size_t i);
/* All of a machine but objective and gap; kinds CLASSES and VALUES only. */
HONE_NODISCARD hone_status hone_libsvm_solve(const struct hone_libsvm_rows *rows,
                                             const struct hone_svm_settings *settings,
                                             const struct hone_svm_problem *problem,
                                             struct hone_svm_machine *out, hone_error *err);

/* ---- probabilities (platt.c) ---------------------------------------------------------- */

/* P(+1 | f) = 1 / (1 + exp(a f + b)), kept within [1e-7, 1 - 1e-7]. */
double hone_svm_platt(double f, double a, double b);
/* Probabilities p (k, sum 1) of k >= 2 classes from those of the pairs: r (pairs in the order
 * (0,1) (0,2) .. (1,2) ..) holds P(i | i or j). work: k x k. */
HONE_NODISCARD hone_status hone_svm_couple(const double *r, size_t k, double *p, double *work,
                                           hone_error *err);

#endif
