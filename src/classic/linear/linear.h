/* linear.h -- what a fitted linear model answers, for full and for compressed rows.
 *
 *   z_ik = sum_j x_ij coef_kj + intercept_k
 * Two classes have one vector (k = 1), of the second class; K > 2 have one each. */
#ifndef HONE_LINEAR_LINEAR_H
#define HONE_LINEAR_LINEAR_H

#include "core/estimator_impl.h"

/* A fitted model, borrowed. */
typedef struct hone_linear {
    size_t k, m;             /* vectors, columns */
    const double *coef;      /* k x m */
    const double *intercept; /* k, or NULL = all 0 */
} hone_linear;

/* Vectors of coefficients for so many classes (0: values). */
static inline size_t hone_linear_vectors(size_t n_classes) {
    return n_classes > 2 ? n_classes : 1;
}

/* Scores of rows (x: rows x m), out: rows x k. A row has the same bits in whatever block it comes.
 * On the calling thread, made for the slots of estimators. O(rows m k), of stored cells if sparse.
 */
HONE_NODISCARD hone_status hone_linear_scores(hone_linear model, hone_view x, double *out,
                                              hone_error *err);
HONE_NODISCARD hone_status hone_linear_scores_sparse(hone_linear model, const hone_csr *x,
                                                     double *out, hone_error *err);

/* Scores (rows x k, at the start of out) become probabilities (rows x K) by softmax; one score z
 * per row counts as the two scores 0 and z. out: room for rows x K. */
void hone_linear_softmax(size_t rows, size_t k, double *out);
/* The same by one sigmoid per class, scaled to sum to 1 (one-vs-rest). */
void hone_linear_sigmoids(size_t rows, size_t k, double *out);

/* HONE_EFORMAT with a sentence unless a model read from a file has k x m coefficients. */
HONE_NODISCARD hone_status hone_linear_check(size_t k, size_t m, size_t expected_k,
                                             size_t expected_m, hone_error *err);

/* ---- models of one vector -------------------------------------------------------------------- */

/* Their state begins with it, and their table with its rows. */
struct hone_line {
    size_t n_columns;
    double *coef;
    double intercept;
};

/* clang-format off */
#define HONE_LINE_ATTRS \
    HONE_COUNT (hone_line, n_columns,       "columns of X"), \
    HONE_VECTOR(hone_line, coef, n_columns, "coefficients"), \
    HONE_NUMBER(hone_line, intercept,       "intercept")
/* clang-format on */

/* Their slots. */
hone_status hone_line_predict(const void *params, const void *state, hone_view x, double *out,
                              hone_error *err);
hone_status hone_line_validate(const void *params, const void *state, size_t n_cols,
                               size_t n_classes, hone_error *err);
extern const hone_sparse_slots hone_line_sparse;

/* ---- models of a vector per class ------------------------------------------------------------ */

/* The same for them; two classes, and values, have one vector. */
struct hone_lines {
    size_t n_vectors, n_columns;
    double *coef, *intercept;
};

/* clang-format off */
#define HONE_LINES_ATTRS \
    HONE_COUNT (hone_lines, n_vectors,              "vectors of coefficients: one per class from three classes on, else 1"), \
    HONE_COUNT (hone_lines, n_columns,              "columns of X"), \
    HONE_ARRAY (hone_lines, coef, n_vectors, n_columns, "coefficients; for two classes those of the second"), \
    HONE_VECTOR(hone_lines, intercept, n_vectors,   "intercepts")
/* clang-format on */

/* Zeros for the columns and classes of the data; a state that has coefficients keeps them. */
HONE_NODISCARD hone_status hone_lines_make(const hone_dataset *data, struct hone_lines *lines,
                                           hone_error *err);

/* Their slots: scores are decisions, or values. */
hone_status hone_lines_scores(const void *params, const void *state, hone_view x, double *out,
                              hone_error *err);
hone_status hone_lines_scores_sparse(const void *params, const void *state, const hone_csr *x,
                                     double *out, hone_error *err);
hone_status hone_lines_validate(const void *params, const void *state, size_t n_cols,
                                size_t n_classes, hone_error *err);

#endif
