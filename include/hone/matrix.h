/* matrix.h -- row-major matrices of double: a view borrows, a matrix owns. */
#ifndef HONE_MATRIX_H
#define HONE_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include <hone/status.h>

HONE_BEGIN_DECLS

/** Borrowed row-major matrix, passed by value: element (i, j) is data[i * ld + j], ld >= cols. */
typedef struct hone_view {
    const double *data;
    size_t rows, cols, ld;
} hone_view;

/** Owned row-major matrix, packed (ld == cols). */
typedef struct hone_matrix {
    double *data;
    size_t rows, cols;
} hone_matrix;

/** Borrowed compressed sparse rows: row i holds values[k] in columns[k] for
 *  k in [starts[i], starts[i + 1]); columns ascend within a row. */
typedef struct hone_csr {
    const double *values;    /* starts[rows] */
    const uint32_t *columns; /* starts[rows] */
    const size_t *starts;    /* rows + 1 */
    size_t rows, cols;
} hone_csr;

/** View of a packed rows x cols array. Borrows `data`. O(1). */
static inline hone_view hone_view_of(const double *data, size_t rows, size_t cols) {
    hone_view view = {data, rows, cols, cols};
    return view;
}

/** View of a matrix. O(1). */
static inline hone_view hone_matrix_view(const hone_matrix *m) {
    return hone_view_of(m->data, m->rows, m->cols);
}

/** The rows [first, first + n) of a view; the caller keeps the range within it. O(1). */
static inline hone_view hone_view_rows(hone_view v, size_t first, size_t n) {
    hone_view part = {v.data ? v.data + first * v.ld : v.data, n, v.cols, v.ld};
    return part;
}

/** Row i of a view. O(1). */
static inline const double *hone_view_row(hone_view v, size_t i) {
    return v.data + i * v.ld;
}

/** Makes `out` a zeroed rows x cols matrix; free it with hone_matrix_free().
 *  HONE_ENOMEM when the memory (or its size) cannot be had; `out` is then unchanged. */
HONE_API HONE_NODISCARD hone_status hone_matrix_create(size_t rows, size_t cols, hone_matrix *out,
                                                       hone_error *err);

/** Frees what the matrix holds and empties it. NULL and an empty matrix are fine. */
HONE_API void hone_matrix_free(hone_matrix *m);

HONE_END_DECLS
#endif
