/* products.c -- sums over many rows: X' diag(w) X and R' X.
 *
 * Each chunk of rows adds up its own part, block by block while the block is in the cache; the
 * parts are added in the order of chunks. Shapes: X n x m, w n, R n x k.
 * Cost: n m^2 and 2 n m k flops; memory for one part per chunk. */
#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

#define MOST_PARTS  16
#define BLOCK_BYTES ((size_t)1 << 18)

struct sum {
    hone_view x;
    const double *w; /* n or NULL (gram) */
    const double *r; /* n x k (back) */
    size_t k;
    double *parts; /* chunks x size */
    size_t size;   /* of a part */
    hone_cut cut;
    const hone_monitor *mon;
};

static size_t min(size_t a, size_t b) {
    return a < b ? a : b;
}

/* out (n) = the sum of `parts` vectors behind one another. */
static void add_parts(const double *in, size_t parts, size_t n, double *out) {
    memcpy(out, in, n * sizeof *out);
    for (size_t p = 1; p < parts; p++)
        for (size_t i = 0; i < n; i++)
            out[i] += in[p * n + i];
}

static hone_status sum_rows(struct sum *job, hone_chunk_fn *fn, size_t row_work, double *out,
                            hone_error *err) {
    job->cut = hone_cut_rows(job->x.rows, row_work, MOST_PARTS);
    if (job->cut.chunks == 0) {
        memset(out, 0, job->size * sizeof *out);
        return HONE_OK;
    }
    hone_status status = hone_new2(&job->parts, job->cut.chunks, job->size, err);
    if (status == HONE_OK)
        status = hone_parallel(job->cut.chunks, fn, job, job->mon, err);
    if (status == HONE_OK)
        add_parts(job->parts, job->cut.chunks, job->size, out);
    hone_release(job->parts);
    return status;
}

/* block (rows x m, packed) = diag(sqrt w) x. */
HONE_CLONES
static void scale_rows(hone_view x, const double *w, double *block) {
    for (size_t i = 0; i < x.rows; i++) {
        double root = sqrt(w[i]);
        const double *row = hone_view_row(x, i);
        for (size_t j = 0; j < x.cols; j++)
            block[i * x.cols + j] = root * row[j];
    }
}

static hone_status gram_chunk(void *context, size_t chunk, hone_error *err) {
    const struct sum *job = context;
    size_t m = job->x.cols, step = hone_block_rows(m, BLOCK_BYTES);
    size_t end = hone_cut_first(job->cut, chunk + 1);
    double *part = job->parts + chunk * job->size, *block = NULL;
    hone_status status = job->w ? hone_new2(&block, step, m, err) : HONE_OK;
    for (size_t i = hone_cut_first(job->cut, chunk); status == HONE_OK && i < end; i += step) {
        hone_view rows = hone_view_rows(job->x, i, min(step, end - i));
        if (job->w)
            scale_rows(rows, job->w + i, block);
        hone_dsyrk_t(m, rows.rows, 1, job->w ? block : rows.data, job->w ? m : rows.ld, 1, part, m);
        status = hone_monitor_poll(job->mon, err);
    }
    hone_release(block);
    return status;
}

hone_status hone_gram_weighted(hone_view x, const double *w, double *c, const hone_monitor *mon,
                               hone_error *err) {
    struct sum job = {.x = x, .w = w, .size = x.cols * x.cols, .mon = mon};
    return sum_rows(&job, gram_chunk, x.cols * x.cols / 2, c, err);
}

static hone_status back_chunk(void *context, size_t chunk, hone_error *err) {
    const struct sum *job = context;
    size_t m = job->x.cols, step = hone_block_rows(m, BLOCK_BYTES);
    size_t end = hone_cut_first(job->cut, chunk + 1);
    double *part = job->parts + chunk * job->size;
    hone_status status = HONE_OK;
    for (size_t i = hone_cut_first(job->cut, chunk); status == HONE_OK && i < end; i += step) {
        hone_view x = hone_view_rows(job->x, i, min(step, end - i));
        const double *r = job->r + i * job->k;
        if (job->k == 1)
            hone_dgemv(true, x.rows, m, 1, x.data, x.ld, r, 1, part);
        else
            hone_dgemm(true, false, job->k, m, x.rows, 1, r, job->k, x.data, x.ld, 1, part, m);
        status = hone_monitor_poll(job->mon, err);
    }
    return status;
}

hone_status hone_rows_back(hone_view x, const double *r, size_t k, double *out,
                           const hone_monitor *mon, hone_error *err) {
    struct sum job = {.x = x, .r = r, .k = k, .size = k * x.cols, .mon = mon};
    return sum_rows(&job, back_chunk, x.cols * k, out, err);
}
