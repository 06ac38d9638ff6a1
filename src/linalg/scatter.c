/* scatter.c -- means of the columns and sums of products around them, in one pass over the rows.
 *
 * With s, the mean of some rows, and z = x - s:
 *     mean = s + sum z / n,   S = sum z z' - (sum z) (sum z)' / n
 * s is near the mean, so little cancels in S. Each chunk of rows adds up its own part, from blocks
 * that are still in the cache; the parts are added in the order of chunks.
 * Shapes: X n x m, S m x m. Cost: n m^2 flops; memory for one part per chunk.
 * Reference: Chan, Golub, LeVeque 1983. */
#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <string.h>

enum { MOST_PARTS = 16, SAMPLE = 256 };
#define BLOCK_BYTES ((size_t)1 << 18)

struct scatter_job {
    hone_view x;
    const double *center; /* m: s */
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
    size_t m = job->x.cols, step = hone_block_rows(m, BLOCK_BYTES);
    size_t end = hone_cut_first(job->cut, chunk + 1);
    double *sum = job->parts + chunk * (m + m * m), *block = NULL;
    hone_status status = hone_new2(&block, step, m, err);
    for (size_t i = hone_cut_first(job->cut, chunk); status == HONE_OK && i < end; i += step) {
        hone_view rows = hone_view_rows(job->x, i, min(step, end - i));
        center_rows(rows, job->center, block, sum);
        hone_dsyrk_t(m, rows.rows, 1, block, m, 1, sum + m, m);
        status = hone_monitor_poll(job->mon, err);
    }
    hone_release(block);
    return status;
}

/* The mean of rows spread over all of them. */
static void guess_center(hone_view x, double *center) {
    size_t n = min(x.rows, SAMPLE);
    memset(center, 0, x.cols * sizeof *center);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < x.cols; j++)
            center[j] += hone_view_row(x, i * (x.rows / n))[j] / (double)n;
}

hone_status hone_scatter(hone_view x, double *mean, double *c, const hone_monitor *mon,
                         hone_error *err) {
    size_t m = x.cols;
    double *all = NULL, n = (double)x.rows;
    struct scatter_job job = {.x = x,
                              .center = mean,
                              .cut = hone_cut_rows(x.rows, m * m / 2 + m, MOST_PARTS),
                              .mon = mon};
    guess_center(x, mean);
    hone_status status = hone_new2(&job.parts, job.cut.chunks, m + m * m, err);
    if (status == HONE_OK)
        status = hone_parallel(job.cut.chunks, scatter_chunk, &job, mon, err);
    all = job.parts;
    for (size_t p = 1; status == HONE_OK && p < job.cut.chunks; p++)
        for (size_t i = 0; i < m + m * m; i++)
            all[i] += job.parts[p * (m + m * m) + i];
    for (size_t i = 0; i < m && status == HONE_OK; i++) {
        for (size_t j = 0; j <= i; j++)
            c[i * m + j] = c[j * m + i] = all[m + i * m + j] - all[i] * all[j] / n;
        mean[i] += all[i] / n;
    }
    hone_release(job.parts);
    return status;
}
