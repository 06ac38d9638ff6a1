/* k_means_sums.c -- the rows of k-means in single precision, and the means of each cluster's rows.
 *
 *     c_k = f_k + sum_i w_i [label_i = k] (x_i - f_k) / sum_i w_i [label_i = k]
 * with f_k a point near c_k, so that little is lost to rounding wherever the rows lie. Sums are
 * kept for each chunk of rows, so that chunks can be worked on side by side, and added in the order
 * of chunks: the same bits for any number of threads. Shapes: X n x m, f k x m, sums chunks x k x
 * m. Cost: O(m) for a row that moves. */
#include "classic/clusters/k_means.h"

#include "core/alloc.h"
#include "core/parallel.h"

#include <string.h>

enum { MOST_CHUNKS = 16 };

/* ---- rows ------------------------------------------------------------------------------------ */

static hone_status flatten_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    hone_means_rows *rows = context;
    size_t first = hone_cut_first(rows->cut, chunk), end = hone_cut_first(rows->cut, chunk + 1);
    hone_frame_rows(&rows->frame, hone_view_rows(rows->x, first, end - first),
                    rows->flat + first * rows->x.cols);
    return HONE_OK;
}

hone_status hone_means_rows_make(hone_view x, const double *w, hone_means_rows *out,
                                 const hone_monitor *mon, hone_error *err) {
    hone_cut cut = hone_cut_rows(x.rows, 4 * x.cols, MOST_CHUNKS);
    cut.chunk_rows = (cut.chunk_rows + HONE_MEANS_UNIT - 1) / HONE_MEANS_UNIT * HONE_MEANS_UNIT;
    cut.chunks = (x.rows + cut.chunk_rows - 1) / cut.chunk_rows;
    *out = (hone_means_rows){.x = x, .w = w, .cut = cut};
    hone_status status = hone_frame_make(x, &out->frame, mon, err);
    if (status == HONE_OK)
        status = hone_new2(&out->flat, x.rows, x.cols, err);
    return status ? status : hone_parallel(cut.chunks, flatten_chunk, out, mon, err);
}

void hone_means_rows_free(hone_means_rows *rows) {
    hone_frame_free(&rows->frame);
    hone_release(rows->flat);
}

/* ---- sums ------------------------------------------------------------------------------------ */

hone_status hone_means_sums_make(const hone_means_rows *rows, size_t k, hone_means_sums *out,
                                 hone_error *err) {
    size_t m = rows->x.cols, chunks = rows->cut.chunks;
    hone_status status;
    *out = (hone_means_sums){.rows = rows, .k = k};
    if ((status = hone_new2(&out->from, k, m, err)) ||
        (status = hone_new2(&out->sum, chunks * k, m, err)) ||
        (status = hone_new2(&out->weight, chunks, k, err)) ||
        (status = hone_new2(&out->count, chunks, k, err)) ||
        (status = hone_new2(&out->mean, k, m, err)) || (status = hone_new(&out->total, k, err)) ||
        (status = hone_new(&out->rows_of, k, err)))
        return status;
    return HONE_OK;
}

void hone_means_sums_free(hone_means_sums *sums) {
    hone_release(sums->from);
    hone_release(sums->sum);
    hone_release(sums->weight);
    hone_release(sums->count);
    hone_release(sums->mean);
    hone_release(sums->total);
    hone_release(sums->rows_of);
}

/* Adds a row to (sign 1) or takes it from (-1) the sums of a chunk. */
static void add_row(const hone_means_sums *sums, size_t chunk, size_t i, size_t label,
                    double sign) {
    size_t m = sums->rows->x.cols, at = chunk * sums->k + label;
    double *restrict sum = sums->sum + at * m, w = sign * hone_means_weight(sums->rows, i);
    const double *x = hone_view_row(sums->rows->x, i), *from = sums->from + label * m;
    sums->count[at] = sign > 0 ? sums->count[at] + 1 : sums->count[at] - 1;
    sums->weight[at] += w;
    for (size_t j = 0; j < m; j++)
        sum[j] += w * (x[j] - from[j]);
    if (sums->count[at] == 0) { /* not even rounding remains */
        sums->weight[at] = 0;
        memset(sum, 0, m * sizeof *sum);
    }
}

void hone_means_move_row(const hone_means_sums *sums, size_t chunk, size_t i, size_t from,
                         size_t to) {
    add_row(sums, chunk, i, from, -1);
    add_row(sums, chunk, i, to, 1);
}

struct count {
    const hone_means_sums *sums;
    const uint32_t *label;
};

static hone_status sum_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct count *job = context;
    const hone_means_sums *sums = job->sums;
    size_t k = sums->k, m = sums->rows->x.cols, end = hone_cut_first(sums->rows->cut, chunk + 1);
    memset(sums->sum + chunk * k * m, 0, k * m * sizeof *sums->sum);
    memset(sums->weight + chunk * k, 0, k * sizeof *sums->weight);
    memset(sums->count + chunk * k, 0, k * sizeof *sums->count);
    for (size_t i = hone_cut_first(sums->rows->cut, chunk); i < end; i++)
        add_row(sums, chunk, i, job->label[i], 1);
    return HONE_OK;
}

hone_status hone_means_count(const hone_means_sums *sums, const uint32_t *label,
                             const double *center, const hone_monitor *mon, hone_error *err) {
    struct count job = {sums, label};
    memcpy(sums->from, center, sums->k * sums->rows->x.cols * sizeof *center);
    return hone_parallel(sums->rows->cut.chunks, sum_chunk, &job, mon, err);
}

void hone_means_average(const hone_means_sums *sums, const double *center) {
    size_t k = sums->k, m = sums->rows->x.cols;
    memset(sums->mean, 0, k * m * sizeof *sums->mean);
    memset(sums->total, 0, k * sizeof *sums->total);
    memset(sums->rows_of, 0, k * sizeof *sums->rows_of);
    for (size_t chunk = 0; chunk < sums->rows->cut.chunks; chunk++)
        for (size_t c = 0; c < k; c++) {
            size_t at = chunk * k + c;
            sums->rows_of[c] += sums->count[at];
            sums->total[c] += sums->weight[at];
            for (size_t j = 0; sums->count[at] && j < m; j++)
                sums->mean[c * m + j] += sums->sum[at * m + j];
        }
    for (size_t c = 0; c < k; c++)
        for (size_t j = 0; j < m; j++) {
            double *mean = sums->mean + c * m + j, from = sums->from[c * m + j];
            *mean = sums->rows_of[c] ? from + *mean / sums->total[c] : center[c * m + j];
        }
}

double hone_means_square(const double *x, const double *center, size_t m) {
    double sum = 0;
    for (size_t j = 0; j < m; j++)
        sum += (x[j] - center[j]) * (x[j] - center[j]);
    return sum;
}

size_t hone_means_furthest(const hone_means_sums *sums, const uint32_t *label,
                           const double *center) {
    hone_view x = sums->rows->x;
    size_t best = x.rows;
    double most = -1;
    for (size_t i = 0; i < x.rows; i++) {
        double square = hone_means_square(hone_view_row(x, i), center + label[i] * x.cols, x.cols);
        if (sums->rows_of[label[i]] > 1 && square > most)
            most = square, best = i;
    }
    return best;
}
