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

#define MOST_PARTS       ((size_t)16)
#define LEAST_GRAM_PARTS ((size_t)4)
#define BLOCK_BYTES      ((size_t)1 << 18)

struct sum {
    hone_view x;
    const double *w, *mean; /* n and m, or NULL (gram) */
    const double *r;        /* n x k (back) */
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

static hone_status sum_rows(struct sum *job, hone_chunk_fn *fn, size_t row_work, size_t most,
                            double *out, hone_error *err) {
    job->cut = hone_cut_rows(job->x.rows, row_work, most);
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

/* block (rows x m, packed) = diag(sqrt w) (x - mean). */
HONE_CLONES
static void scale_rows(hone_view x, const double *w, const double *mean, double *block) {
    for (size_t i = 0; i < x.rows; i++) {
        double root = w ? sqrt(w[i]) : 1;
        const double *row = x.data + i * x.ld;
        if (mean)
            for (size_t j = 0; j < x.cols; j++)
                block[i * x.cols + j] = root * (row[j] - mean[j]);
        else
            for (size_t j = 0; j < x.cols; j++)
                block[i * x.cols + j] = root * row[j];
    }
}

static hone_status gram_chunk(void *context, size_t chunk, hone_error *err) {
    const struct sum *job = context;
    size_t m = job->x.cols, step = hone_block_rows(m, BLOCK_BYTES);
    size_t first = hone_cut_first(job->cut, chunk), end = hone_cut_first(job->cut, chunk + 1);
    double *part = job->parts + chunk * job->size, *block = NULL;
    bool copy = job->w || job->mean;
    hone_status status = copy ? hone_new2(&block, min(step, end - first), m, err) : HONE_OK;
    for (size_t i = first; status == HONE_OK && i < end; i += step) {
        hone_view rows = hone_view_rows(job->x, i, min(step, end - i));
        if (copy)
            scale_rows(rows, job->w ? job->w + i : NULL, job->mean, block);
        hone_dsyrk_t(m, rows.rows, 1, copy ? block : rows.data, copy ? m : rows.ld, 1, part, m);
        status = hone_monitor_poll(job->mon, err);
    }
    hone_release(block);
    return status;
}

/* Parts of more than an eighth of X would cost more memory, and time to fetch it, than they help.
 */
static size_t most_gram_parts(hone_view x) {
    size_t parts = x.rows / (8 * x.cols + 1);
    return parts < LEAST_GRAM_PARTS ? LEAST_GRAM_PARTS : min(parts, MOST_PARTS);
}

hone_status hone_gram_centred(hone_view x, const double *w, const double *mean, double *c,
                              const hone_monitor *mon, hone_error *err) {
    struct sum job = {.x = x, .w = w, .mean = mean, .size = x.cols * x.cols, .mon = mon};
    return sum_rows(&job, gram_chunk, x.cols * x.cols / 2, most_gram_parts(x), c, err);
}

hone_status hone_gram_weighted(hone_view x, const double *w, double *c, const hone_monitor *mon,
                               hone_error *err) {
    return hone_gram_centred(x, w, NULL, c, mon, err);
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
    return sum_rows(&job, back_chunk, x.cols * k, MOST_PARTS, out, err);
}
