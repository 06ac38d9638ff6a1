/* vectors.c -- support vectors in a fitted model: full rows, compressed rows, or the numbers of
 * the rows of a precomputed kernel.
 *
 * Compressed rows that are asked about are made full a few at a time; their products with
 * compressed vectors run over the entries of the vectors.
 * Shapes: see svm.h.   Cost: O(rows n_sv m), O(rows (m + entries)) of compressed vectors. */
#include "classic/svm/svm.h"

#include <string.h>

enum { AT_A_TIME = 1 << 19 }; /* numbers of compressed rows made full: 4 MB */

static hone_status keep_full(const hone_dataset *data, const size_t *rows,
                             struct hone_svm_vectors *out, hone_error *err) {
    size_t m = out->n_cols;
    hone_status status = hone_new2(&out->support_vectors, out->n_sv, m, err);
    if (status != HONE_OK)
        return status;
    out->n_dense = out->n_sv;
    for (size_t s = 0; s < out->n_sv; s++)
        memcpy(out->support_vectors + s * m, hone_view_row(data->x, rows[s]),
               m * sizeof *out->support_vectors);
    return HONE_OK;
}

static hone_status keep_compressed(const hone_csr *x, const size_t *rows,
                                   struct hone_svm_vectors *out, hone_error *err) {
    size_t n_entries = 0;
    hone_status status;
    for (size_t s = 0; s < out->n_sv; s++)
        n_entries += x->starts[rows[s] + 1] - x->starts[rows[s]];
    if (n_entries > INT32_MAX)
        return hone_fail(err, HONE_EDATA, "support vectors of more than %d entries", INT32_MAX);
    if ((status = hone_new(&out->entry_values, n_entries, err)) ||
        (status = hone_new(&out->entry_columns, n_entries, err)) ||
        (status = hone_new(&out->entry_starts, out->n_sv + 1, err)))
        return status;
    out->n_starts = out->n_sv + 1, out->n_entries = n_entries;
    for (size_t s = 0, at = 0; s < out->n_sv; s++) {
        for (size_t k = x->starts[rows[s]]; k < x->starts[rows[s] + 1]; k++, at++) {
            out->entry_values[at] = x->values[k];
            out->entry_columns[at] = (int32_t)x->columns[k];
        }
        out->entry_starts[s + 1] = (int32_t)at;
    }
    return HONE_OK;
}

hone_status hone_svm_vectors_keep(const hone_dataset *data, bool precomputed, const size_t *rows,
                                  size_t n_sv, struct hone_svm_vectors *out, hone_error *err) {
    hone_status status = hone_new(&out->support, n_sv, err);
    out->n_cols = hone_dataset_cols(data), out->n_sv = n_sv;
    if (status != HONE_OK)
        return status;
    for (size_t s = 0; s < n_sv; s++)
        out->support[s] = (int32_t)rows[s];
    if (data->sparse)
        return keep_compressed(data->sparse, rows, out, err);
    return precomputed ? HONE_OK : keep_full(data, rows, out, err);
}

/* ---- use ------------------------------------------------------------------------------------- */

struct hone_svm_vectors hone_svm_vectors_slice(const struct hone_svm_vectors *v, size_t first,
                                               size_t n) {
    struct hone_svm_vectors slice = *v;
    slice.n_sv = n, slice.support += first;
    if (v->n_dense)
        slice.n_dense = n, slice.support_vectors += first * v->n_cols;
    if (v->n_starts)
        slice.n_starts = n + 1, slice.entry_starts += first;
    return slice;
}

static hone_status compressed_block(const struct hone_svm_vectors *v,
                                    const struct hone_svm_kernel *kernel, hone_view x, double *out,
                                    hone_error *err) {
    size_t *starts = NULL;
    hone_status status = hone_new(&starts, v->n_starts, err);
    if (status != HONE_OK)
        return status;
    for (size_t s = 0; s < v->n_starts; s++)
        starts[s] = (size_t)v->entry_starts[s];
    hone_csr z = {v->entry_values, (const uint32_t *)v->entry_columns, starts, v->n_sv, v->n_cols};
    hone_svm_sparse_block(kernel, x, &z, NULL, v->n_sv, out, v->n_sv);
    hone_release(starts);
    return HONE_OK;
}

hone_status hone_svm_vectors_block(const struct hone_svm_vectors *v,
                                   const struct hone_svm_kernel *kernel, hone_view x, double *out,
                                   hone_error *err) {
    if (v->n_starts)
        return compressed_block(v, kernel, x, out, err);
    if (kernel->kind != HONE_SVM_PRECOMPUTED)
        return hone_svm_kernel_block(
            kernel, x, hone_view_of(v->support_vectors, v->n_sv, v->n_cols), out, v->n_sv, err);
    for (size_t i = 0; i < x.rows; i++)
        for (size_t s = 0; s < v->n_sv; s++)
            out[i * v->n_sv + s] = hone_view_row(x, i)[v->support[s]];
    return HONE_OK;
}

hone_status hone_svm_ask_sparse(hone_svm_slot *slot, const void *params, const void *state,
                                const hone_csr *x, size_t width, double *out, hone_error *err) {
    size_t m = x->cols, most = AT_A_TIME / m + 1, high = most < x->rows ? most : x->rows;
    double *full = NULL;
    hone_status status = hone_new2(&full, high, m, err);
    for (size_t first = 0; first < x->rows && status == HONE_OK; first += high) {
        size_t n = x->rows - first < high ? x->rows - first : high;
        memset(full, 0, n * m * sizeof *full);
        for (size_t i = 0; i < n; i++)
            for (size_t k = x->starts[first + i]; k < x->starts[first + i + 1]; k++)
                full[i * m + x->columns[k]] = x->values[k];
        status = slot(params, state, hone_view_of(full, n, m), out + first * width, err);
    }
    hone_release(full);
    return status;
}

/* ---- reading a file -------------------------------------------------------------------------- */

static bool entries_fit(const struct hone_svm_vectors *v) {
    if (v->n_starts == 0)
        return v->n_entries == 0;
    if (v->n_starts != v->n_sv + 1 || v->entry_starts[0] != 0 ||
        (size_t)v->entry_starts[v->n_sv] != v->n_entries)
        return false;
    for (size_t s = 0; s < v->n_sv; s++)
        if (v->entry_starts[s + 1] < v->entry_starts[s])
            return false;
    for (size_t k = 0; k < v->n_entries; k++)
        if (v->entry_columns[k] < 0 || (size_t)v->entry_columns[k] >= v->n_cols)
            return false;
    return true;
}

hone_status hone_svm_vectors_validate(const struct hone_svm_vectors *v, bool precomputed,
                                      size_t n_cols, hone_error *err) {
    if (v->n_cols != n_cols)
        return hone_fail(err, HONE_EFORMAT, "the model has %zu columns, its schema %zu", v->n_cols,
                         n_cols);
    if (!entries_fit(v) || v->n_dense != (v->n_starts || precomputed ? 0 : v->n_sv))
        return hone_fail(err, HONE_EFORMAT, "the model's support vectors do not add up");
    for (size_t s = 0; s < v->n_sv; s++)
        if (v->support[s] < 0 || (precomputed && (size_t)v->support[s] >= n_cols))
            return hone_fail(err, HONE_EFORMAT, "the model's support vector %zu is row %d", s,
                             (int)v->support[s]);
    return HONE_OK;
}
