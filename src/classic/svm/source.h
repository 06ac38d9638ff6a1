/* source.h -- kernel values of the training rows, wherever they come from.
 *
 * K(r, c) has the same bits by every way from the same source: computed when asked for, out of the
 * whole matrix, as (r, c) or as (c, r). */
#ifndef HONE_SVM_SOURCE_H
#define HONE_SVM_SOURCE_H

#include "classic/svm/svm.h"

/* Borrows all but `gram`. One of x.data, sparse and base is there. */
struct hone_svm_source {
    struct hone_svm_kernel kernel;
    size_t n, m;            /* rows and columns */
    hone_view x;            /* n x m */
    const hone_csr *sparse; /* or compressed rows */
    const size_t *order;    /* n: row r is row order[r] of either; NULL: in order */
    const double *base;     /* N x N products, squared distances or kernel values of a larger set */
    const size_t *base_rows; /* n: which of that set each row is; NULL: the first n */
    size_t base_ld;
    float *gram; /* n x n, all kernel values, and room for a row; NULL: computed when asked for */
    size_t gram_ld;
    size_t by_rows; /* problems of at most so many rows ask for those they need; 0: for all */
    bool narrow;    /* and x holds floats alone */
    struct hone_smo_pool *pool; /* room for them (smo.h) */
};

/* Row r of full rows. */
static inline const double *hone_svm_source_row(const struct hone_svm_source *s, size_t r) {
    return hone_view_row(s->x, s->order ? s->order[r] : r);
}

/* Computes all kernel values at once, O(n^2 m). Free with hone_svm_source_free(). */
HONE_NODISCARD hone_status hone_svm_source_fill(struct hone_svm_source *source,
                                                const hone_monitor *mon, hone_error *err);
/* Are all entries of x floats, as counts and pixels are? O(n m). */
bool hone_svm_source_is_narrow(const struct hone_svm_source *source);
/* Full rows and a kernel that is computed from them? */
bool hone_svm_source_has_panels(const struct hone_svm_source *source);
void hone_svm_source_free(struct hone_svm_source *source); /* empties it */

/* out[r * ldo + c] = K(rows[r], columns[c]); both ascend. O(n_rows n_columns m). */
HONE_NODISCARD hone_status hone_svm_source_values(const struct hone_svm_source *source,
                                                  const size_t *rows, size_t n_rows,
                                                  const size_t *columns, size_t n_columns,
                                                  double *out, size_t ldo, hone_error *err);
/* The same rounded to float, as libsvm does; rows in any order. */
HONE_NODISCARD hone_status hone_svm_source_block(const struct hone_svm_source *source,
                                                 const size_t *rows, size_t n_rows,
                                                 const size_t *columns, size_t n_columns,
                                                 float *out, size_t ldo, hone_error *err);
/* out (n x n, ldo) = K among rows index, ascending or not, rounded to float. O(n^2 m / 2). */
HONE_NODISCARD hone_status hone_svm_source_square(const struct hone_svm_source *source,
                                                  const size_t *index, size_t n, float *out,
                                                  size_t ldo, const hone_monitor *mon,
                                                  hone_error *err);
/* K(r, r). */
HONE_NODISCARD hone_status hone_svm_source_self(const struct hone_svm_source *source, size_t r,
                                                double *out, hone_error *err);

#endif
