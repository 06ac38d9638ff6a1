/* scatter.c -- means of the columns and sums of products around them, in one pass over the rows.
 *
 * With s, the mean of some rows, and z = x - s:
 *     mean = s + sum z / n,   S = sum z z' - (sum z) (sum z)' / n
 * s is near the mean, so little cancels in S. Where 0 is near enough to all means, s = 0 and rows
 * are multiplied as they lie. Each chunk of rows adds up its own part, from blocks that are still
 * in the cache; the parts are added in the order of chunks. Shapes: X n x m, S m x m. Cost: n m^2
 * flops; memory for one part per chunk. Reference: Chan, Golub, LeVeque 1983. */
#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { MOST_PARTS = 8 };
#define NEAR        2.0  /* a mean of some rows so few standard deviations from 0 */
#define STILL_NEAR  10.0 /* the same of the mean of all: two digits are lost */
#define BLOCK_BYTES ((size_t)1 << 17)

struct scatter_job {
    hone_view x;
    const double *center; /* m: s, or NULL = 0 */
    double *parts;        /* chunks x (m + m m): sum z, then sum z z' */
    hone_cut cut;
    const hone_monitor *mon;
};

static size_t min(size_t a, size_t b) {
    return a < b ? a : b;
}

/* block (rows x m) = x - s; sum (m) += its columns. */
HONE_CLONES
static void center_rows(hone_view x, const double *restrict center, double *restrict block,
                        double *restrict sum) {
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = x.data + i * x.ld;
        for (size_t j = 0; j < x.cols; j++) {
            double z = row[j] - center[j];
            block[i * x.cols + j] = z;
            sum[j] += z;
        }
    }
}

static hone_status scatter_chunk(void *context, size_t chunk, hone_error *err) {
    const struct scatter_job *job = context;
    size_t m = job->x.cols, step = min(hone_block_rows(m, BLOCK_BYTES), job->cut.chunk_rows);
    size_t end = hone_cut_first(job->cut, chunk + 1);
    double *sum = job->parts + chunk * (m + m * m), *block = NULL;
    hone_status status = hone_new2(&block, step, job->center ? m : 1, err);
    for (size_t i = 0; status == HONE_OK && !job->center && i < step; i++)
        block[i] = 1;
    for (size_t i = hone_cut_first(job->cut, chunk); status == HONE_OK && i < end; i += step) {
        hone_view rows = hone_view_rows(job->x, i, min(step, end - i));
        if (job->center)
            center_rows(rows, job->center, block, sum);
        else
            hone_dgemv(true, rows.rows, m, 1, rows.data, rows.ld, block, 1, sum);
        hone_dsyrk_t(m, rows.rows, 1, job->center ? block : rows.data, job->center ? m : rows.ld, 1,
                     sum + m, m);
        status = hone_monitor_poll(job->mon, err);
    }
    hone_release(block);
    return status;
}

/* *zero: is 0 as good as the mean of some rows? */
static hone_status guess_center(hone_view x, double *center, bool *zero, hone_error *err) {
    double *squares = NULL;
    hone_status status = hone_new(&squares, x.cols, err);
    if (status == HONE_OK)
        hone_guess_moments(x, center, squares);
    *zero = true;
    for (size_t j = 0; j < x.cols && status == HONE_OK; j++)
        *zero = *zero && fabs(center[j]) <= NEAR * sqrt(squares[j]);
    hone_release(squares);
    return status;
}

/* From the sums in the first part. */
static void finish(const struct scatter_job *job, double *mean, double *c) {
    const double *all = job->parts;
    size_t m = job->x.cols;
    double n = (double)job->x.rows;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j <= i; j++)
            c[i * m + j] = c[j * m + i] = all[m + i * m + j] - all[i] * all[j] / n;
        mean[i] = (job->center ? mean[i] : 0) + all[i] / n;
    }
}

static hone_status add_up(struct scatter_job *job, double *mean, double *c, hone_error *err) {
    size_t m = job->x.cols;
    hone_status status = hone_new2(&job->parts, job->cut.chunks, m + m * m, err);
    if (status == HONE_OK)
        status = hone_parallel(job->cut.chunks, scatter_chunk, job, job->mon, err);
    for (size_t p = 1; status == HONE_OK && p < job->cut.chunks; p++)
        for (size_t i = 0; i < m + m * m; i++)
            job->parts[i] += job->parts[p * (m + m * m) + i];
    if (status == HONE_OK)
        finish(job, mean, c);
    hone_release(job->parts);
    return status;
}

hone_status hone_scatter(hone_view x, double *mean, double *c, const hone_monitor *mon,
                         hone_error *err) {
    size_t m = x.cols;
    bool zero = true, near = true;
    struct scatter_job job = {
        .x = x, .cut = hone_cut_rows(x.rows, m * m / 2 + m, MOST_PARTS), .mon = mon};
    hone_status status = guess_center(x, mean, &zero, err);
    job.center = zero ? NULL : mean;
    if (status == HONE_OK)
        status = add_up(&job, mean, c, err);
    for (size_t j = 0; j < m && status == HONE_OK && zero; j++)
        near = near && fabs(mean[j]) <= STILL_NEAR * sqrt(c[j * (m + 1)] / (double)x.rows);
    job.center = mean;
    return status == HONE_OK && !near ? add_up(&job, mean, c, err) : status;
}
