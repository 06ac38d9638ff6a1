/* rows.h -- the rows of a logistic regression, full or compressed, in scaled columns.
 *
 *   t_ij = (x_ij - mean_j) inverse_j, and t_id = 1 behind them where there is an intercept
 * No copy of X is made: scores are X times coefficients that are scaled back, and gradients are
 * scaled once they are summed. Only where a mean is so far from 0 that this would cost digits are
 * the columns of full rows copied and centred. */
#ifndef HONE_LOGISTIC_ROWS_H
#define HONE_LOGISTIC_ROWS_H

#include <hone/dataset.h>
#include <hone/monitor.h>

#include <stdbool.h>

struct hone_logistic_rows {
    hone_view full;         /* n x m, or data NULL */
    const hone_csr *sparse; /* n x m, or NULL */
    const size_t *pick;     /* n: which of those rows these are, or NULL = all of them */
    size_t n, m, d;         /* d = m + 1 with an intercept, else m */
    const double *mean;     /* m, all 0 for compressed rows and without an intercept */
    const double *inverse;  /* m: 1 / scale, 0 for a column that says nothing */
};

static inline size_t hone_logistic_row(const struct hone_logistic_rows *rows, size_t i) {
    return rows->pick ? rows->pick[i] : i;
}

/* raw (k x (m + 1)): coefficients and intercepts of the columns as they came, of V (k x d). */
void hone_logistic_raw(const struct hone_logistic_rows *rows, size_t k, const double *v,
                       double *raw);
/* V of raw ones; an intercept that the model does not have is left out. */
void hone_logistic_from_raw(const struct hone_logistic_rows *rows, size_t k, const double *raw,
                            double *v);

/* Rows that hold [first, first + n), from *first on: `rows` itself, or full ones that are picked,
 * side by side in room (n x m), from 0 on. */
struct hone_logistic_rows hone_logistic_gather(const struct hone_logistic_rows *rows, size_t *first,
                                               size_t n, double *room);
/* Numbers of that room, for n rows; 0 where none is needed. */
size_t hone_logistic_room(const struct hone_logistic_rows *rows, size_t n);

/* z (n x k) = scores of the rows [first, first + n), which must be side by side if they are full.
 * On the calling thread. */
void hone_logistic_scores(const struct hone_logistic_rows *rows, size_t first, size_t n, size_t k,
                          const double *raw, double *z);
/* part (k x (m + 1)) += R' [X, 1] over such rows; r: n x k. */
void hone_logistic_back(const struct hone_logistic_rows *rows, size_t first, size_t n, size_t k,
                        const double *r, double *part);
/* g (k x d): the gradient in scaled columns of such a sum over all rows. */
void hone_logistic_gradient(const struct hone_logistic_rows *rows, size_t k, const double *sum,
                            double *g);

/* block (n x d, packed) = the rows [first, first + n) in scaled columns. */
void hone_logistic_expand(const struct hone_logistic_rows *rows, size_t first, size_t n,
                          double *block);

/* Lower triangle of C (d x d) = T' diag(w) T, w (n) >= 0 or NULL = all 1. Parallel. n d^2 flops, of
 * stored cells if compressed. */
HONE_NODISCARD hone_status hone_logistic_gram(const struct hone_logistic_rows *rows,
                                              const double *w, double *c, const hone_monitor *mon,
                                              hone_error *err);
/* Of the columns pick[0 .. n_pick), ascending, below d (d - 1 may be the intercept). C: n_pick^2.
 */
HONE_NODISCARD hone_status hone_logistic_gram_of(const struct hone_logistic_rows *rows,
                                                 const double *w, const size_t *pick, size_t n_pick,
                                                 double *c, const hone_monitor *mon,
                                                 hone_error *err);
#endif
