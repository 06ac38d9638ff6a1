/* rows.c -- products with rows in scaled columns; see rows.h.
 *
 * With raw_j = v_j inverse_j and raw_m = v_d - sum_j mean_j raw_j the score is x raw + raw_m, and
 * the gradient by v_j is inverse_j (sum r x_j - mean_j sum r).
 * Cost: 2 n m k flops for scores and gradient, of stored cells if the rows are compressed. */
#include "classic/logistic/rows.h"

#include "linalg/linalg.h"

#include <string.h>

void hone_logistic_raw(const struct hone_logistic_rows *rows, size_t k, const double *v,
                       double *raw) {
    size_t m = rows->m;
    for (size_t c = 0; c < k; c++, v += rows->d, raw += m + 1) {
        raw[m] = rows->d > m ? v[m] : 0;
        for (size_t j = 0; j < m; j++) {
            raw[j] = v[j] * rows->inverse[j];
            raw[m] -= raw[j] * rows->mean[j];
        }
    }
}

void hone_logistic_from_raw(const struct hone_logistic_rows *rows, size_t k, const double *raw,
                            double *v) {
    size_t m = rows->m;
    for (size_t c = 0; c < k; c++, v += rows->d, raw += m + 1) {
        if (rows->d > m)
            v[m] = raw[m];
        for (size_t j = 0; j < m; j++) {
            v[j] = rows->inverse[j] > 0 ? raw[j] / rows->inverse[j] : 0;
            if (rows->d > m)
                v[m] += raw[j] * rows->mean[j];
        }
    }
}

/* ---- picked rows ----------------------------------------------------------------------------- */

enum { AHEAD = 512, CACHE_LINE = 8 }; /* numbers */

size_t hone_logistic_room(const struct hone_logistic_rows *rows, size_t n) {
    return rows->pick && !rows->sparse ? n * rows->m : 0;
}

/* Rows apart are told to memory early: their next one cannot be guessed. */
struct hone_logistic_rows hone_logistic_gather(const struct hone_logistic_rows *rows, size_t *first,
                                               size_t n, double *room) {
    struct hone_logistic_rows here = *rows;
    size_t m = rows->m, ahead = AHEAD / m + 1;
    if (!rows->pick || rows->sparse)
        return here;
    for (size_t i = *first; i < *first + n; i++) {
        size_t next = i + ahead < rows->n ? i + ahead : i;
        for (size_t j = 0; j < m; j += CACHE_LINE)
            __builtin_prefetch(hone_view_row(rows->full, rows->pick[next]) + j);
        memcpy(room + (i - *first) * m, hone_view_row(rows->full, rows->pick[i]), m * sizeof *room);
    }
    *first = 0;
    here.full = hone_view_of(room, n, m), here.pick = NULL;
    return here;
}

/* ---- products -------------------------------------------------------------------------------- */

static void sparse_scores(const struct hone_logistic_rows *rows, size_t first, size_t n, size_t k,
                          const double *raw, double *z) {
    const hone_csr *x = rows->sparse;
    size_t m = x->cols;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0, row = hone_logistic_row(rows, first + i); c < k; c++) {
            const double *w = raw + c * (m + 1);
            double sum = 0;
            for (size_t at = x->starts[row]; at < x->starts[row + 1]; at++)
                sum += x->values[at] * w[x->columns[at]];
            z[i * k + c] = sum;
        }
}

void hone_logistic_scores(const struct hone_logistic_rows *rows, size_t first, size_t n, size_t k,
                          const double *raw, double *z) {
    size_t m = rows->m;
    const double *x = rows->sparse ? NULL : hone_view_row(rows->full, first);
    if (rows->sparse)
        sparse_scores(rows, first, n, k, raw, z);
    else if (k == 1)
        hone_dgemv(false, n, m, 1, x, rows->full.ld, raw, 0, z);
    else
        hone_dgemm(false, true, n, k, m, 1, x, rows->full.ld, raw, m + 1, 0, z, k);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < k; c++)
            z[i * k + c] += raw[c * (m + 1) + m];
}

static void sparse_back(const struct hone_logistic_rows *rows, size_t first, size_t n, size_t k,
                        const double *r, double *part) {
    const hone_csr *x = rows->sparse;
    size_t m = x->cols;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0, row = hone_logistic_row(rows, first + i); c < k; c++) {
            double *g = part + c * (m + 1), ri = r[i * k + c];
            for (size_t at = x->starts[row]; at < x->starts[row + 1]; at++)
                g[x->columns[at]] += ri * x->values[at];
        }
}

void hone_logistic_back(const struct hone_logistic_rows *rows, size_t first, size_t n, size_t k,
                        const double *r, double *part) {
    size_t m = rows->m;
    const double *x = rows->sparse ? NULL : hone_view_row(rows->full, first);
    if (rows->sparse)
        sparse_back(rows, first, n, k, r, part);
    else if (k == 1)
        hone_dgemv(true, n, m, 1, x, rows->full.ld, r, 1, part);
    else
        hone_dgemm(true, false, k, m, n, 1, r, k, x, rows->full.ld, 1, part, m + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < k; c++)
            part[c * (m + 1) + m] += r[i * k + c];
}

void hone_logistic_gradient(const struct hone_logistic_rows *rows, size_t k, const double *sum,
                            double *g) {
    size_t m = rows->m;
    for (size_t c = 0; c < k; c++, sum += m + 1, g += rows->d) {
        for (size_t j = 0; j < m; j++)
            g[j] = (sum[j] - rows->mean[j] * sum[m]) * rows->inverse[j];
        if (rows->d > m)
            g[m] = sum[m];
    }
}

void hone_logistic_expand(const struct hone_logistic_rows *rows, size_t first, size_t n,
                          double *block) {
    size_t m = rows->m, d = rows->d;
    const hone_csr *x = rows->sparse;
    for (size_t i = 0; i < n; i++) {
        double *to = block + i * d;
        memset(to, 0, d * sizeof *to);
        for (size_t j = 0; !x && j < m; j++)
            to[j] = (hone_view_row(rows->full, first + i)[j] - rows->mean[j]) * rows->inverse[j];
        for (size_t at = x ? x->starts[first + i] : 0; x && at < x->starts[first + i + 1]; at++)
            to[x->columns[at]] = x->values[at] * rows->inverse[x->columns[at]];
        if (d > m)
            to[m] = 1;
    }
}
