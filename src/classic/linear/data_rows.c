/* data_rows.c -- see data_rows.h. Full rows go to linalg; of compressed ones each chunk walks its
 * stored cells and fills a part of its own. */
#include "classic/linear/data_rows.h"

#include "core/alloc.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define MOST_PARTS      16
#define FEW_CELLS       ((size_t)1 << 21) /* one pass over so few is done before threads wake */
#define MOST_GRAM_PARTS 4
#define FAR             2.0 /* a mean this many spreads from 0 */

struct walk {
    const hone_csr *x;
    const double *c, *r, *w;
    double *out, *parts;
    size_t size; /* of a part */
    hone_cut cut;
};

static size_t cells_per_row(const hone_csr *x) {
    return x->starts[x->rows] / (x->rows ? x->rows : 1) + 1;
}

static bool few_cells(const hone_csr *x) {
    return x->starts[x->rows] < FEW_CELLS;
}

static hone_status times_chunk(void *context, size_t chunk, hone_error *err) {
    const struct walk *job = context;
    const hone_csr *x = job->x;
    size_t end = hone_cut_first(job->cut, chunk + 1);
    (void)err;
    for (size_t i = hone_cut_first(job->cut, chunk); i < end; i++) {
        double sum = 0;
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
            sum += x->values[at] * job->c[x->columns[at]];
        job->out[i] = sum;
    }
    return HONE_OK;
}

hone_status hone_data_times(const hone_dataset *data, const double *c, double *out,
                            const hone_monitor *mon, hone_error *err) {
    const hone_csr *x = data->sparse;
    if (!x)
        return hone_rows_times(data->x, c, 1, data->x.cols, out, mon, err);
    struct walk job = {.x = x, .c = c, .out = out};
    job.cut = hone_cut_rows(x->rows, 2 * cells_per_row(x), few_cells(x) ? 1 : 256);
    return hone_parallel(job.cut.chunks, times_chunk, &job, mon, err);
}

static hone_status back_chunk(void *context, size_t chunk, hone_error *err) {
    const struct walk *job = context;
    const hone_csr *x = job->x;
    double *part = job->parts + chunk * job->size;
    size_t end = hone_cut_first(job->cut, chunk + 1);
    (void)err;
    for (size_t i = hone_cut_first(job->cut, chunk); i < end; i++)
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
            part[x->columns[at]] += job->r[i] * x->values[at];
    return HONE_OK;
}

static hone_status gram_chunk(void *context, size_t chunk, hone_error *err) {
    const struct walk *job = context;
    const hone_csr *x = job->x;
    double *part = job->parts + chunk * job->size;
    size_t end = hone_cut_first(job->cut, chunk + 1);
    (void)err;
    for (size_t i = hone_cut_first(job->cut, chunk); i < end; i++)
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++) {
            double value = x->values[at] * (job->w ? job->w[i] : 1);
            double *row = part + x->columns[at] * x->cols;
            for (size_t b = x->starts[i]; b <= at; b++)
                row[x->columns[b]] += value * x->values[b];
        }
    return HONE_OK;
}

/* out (size) = the sum of the parts of all chunks. */
static hone_status add_chunks(struct walk *job, hone_chunk_fn *fn, size_t row_work, size_t most,
                              double *out, const hone_monitor *mon, hone_error *err) {
    job->cut = hone_cut_rows(job->x->rows, row_work, most);
    hone_status status = hone_new2(&job->parts, job->cut.chunks, job->size, err);
    if (status == HONE_OK)
        status = hone_parallel(job->cut.chunks, fn, job, mon, err);
    if (status == HONE_OK) {
        memset(out, 0, job->size * sizeof *out);
        for (size_t part = 0; part < job->cut.chunks; part++)
            for (size_t i = 0; i < job->size; i++)
                out[i] += job->parts[part * job->size + i];
    }
    hone_release(job->parts);
    return status;
}

hone_status hone_data_back(const hone_dataset *data, const double *r, double *out,
                           const hone_monitor *mon, hone_error *err) {
    const hone_csr *x = data->sparse;
    if (!x)
        return hone_rows_back(data->x, r, 1, out, mon, err);
    struct walk job = {.x = x, .r = r, .size = x->cols};
    return add_chunks(&job, back_chunk, 2 * cells_per_row(x), few_cells(x) ? 1 : MOST_PARTS, out,
                      mon, err);
}

hone_status hone_data_gram(const hone_dataset *data, const double *w, double *g,
                           const hone_monitor *mon, hone_error *err) {
    const hone_csr *x = data->sparse;
    if (!x)
        return hone_gram_weighted(data->x, w, g, mon, err);
    struct walk job = {.x = x, .w = w, .size = x->cols * x->cols};
    size_t cells = cells_per_row(x);
    return add_chunks(&job, gram_chunk, cells * cells, MOST_GRAM_PARTS, g, mon, err);
}

static bool is_far(const hone_dataset *data, const double *mean, const double *spread) {
    bool far = false;
    for (size_t j = 0; !data->sparse && j < data->x.cols; j++)
        far = far || fabs(mean[j]) > FAR * spread[j];
    return far;
}

hone_status hone_data_gram_centred(const hone_dataset *data, const double *w, const double *mean,
                                   const double *spread, double *g, const hone_monitor *mon,
                                   hone_error *err) {
    size_t n = hone_dataset_rows(data), m = hone_dataset_cols(data);
    double total = 0;
    if (is_far(data, mean, spread))
        return hone_gram_centred(data->x, w, mean, g, mon, err);
    hone_status status = hone_data_gram(data, w, g, mon, err);
    for (size_t i = 0; i < n; i++)
        total += w ? w[i] : 1;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++)
            g[i * m + j] -= total * mean[i] * mean[j];
    return status;
}

/* Means first, then squares about them; `present` (m): weight of the rows where a cell is stored.
 */
static void sparse_moments(const hone_csr *x, const double *w, double *present, double *mean,
                           double *sd) {
    double total = 0;
    memset(mean, 0, x->cols * sizeof *mean);
    memset(sd, 0, x->cols * sizeof *sd);
    for (size_t i = 0; i < x->rows; i++) {
        double wi = w ? w[i] : 1;
        total += wi;
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
            mean[x->columns[at]] += wi * x->values[at];
    }
    for (size_t j = 0; j < x->cols; j++)
        mean[j] /= total;
    for (size_t i = 0; i < x->rows; i++)
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++) {
            size_t j = x->columns[at];
            double wi = w ? w[i] : 1, off = x->values[at] - mean[j];
            present[j] += wi;
            sd[j] += wi * off * off;
        }
    for (size_t j = 0; j < x->cols; j++)
        sd[j] = sqrt((sd[j] + fmax(total - present[j], 0) * mean[j] * mean[j]) / total);
}

hone_status hone_data_moments(const hone_dataset *data, const double *w, double *mean, double *sd,
                              const hone_monitor *mon, hone_error *err) {
    if (!data->sparse)
        return hone_column_moments(data->x, w, mean, sd, mon, err);
    double *present = NULL;
    hone_status status = hone_new(&present, data->sparse->cols, err);
    if (status == HONE_OK)
        sparse_moments(data->sparse, w, present, mean, sd);
    hone_release(present);
    return status == HONE_OK ? hone_monitor_poll(mon, err) : status;
}

hone_status hone_data_covary(const hone_dataset *data, const double *w, const double *r,
                             double *mean, double *sd, double *ties, const hone_monitor *mon,
                             hone_error *err) {
    double sum = 0;
    if (!data->sparse)
        return hone_column_covary(data->x, w, r, mean, sd, ties, mon, err);
    hone_status status = hone_data_moments(data, w, mean, sd, mon, err);
    if (status == HONE_OK)
        status = hone_data_back(data, r, ties, mon, err);
    for (size_t i = 0; i < data->sparse->rows; i++)
        sum += r[i];
    for (size_t j = 0; j < data->sparse->cols; j++)
        ties[j] -= mean[j] * sum;
    return status;
}
