/* moments.c -- weighted mean and standard deviation of each column.
 *
 * mean = x_0 + sum w (x - x_0) / W, then with d = x - mean the correction
 * mean += sum w d / W,  sd^2 = sum w d^2 / W - (sum w d / W)^2:  two passes, no cancellation, and
 * exactly the value and 0 for a constant column. W = sum w. Shapes: X n x m, w n.
 * Cost: O(n m), twice. Reference: Chan, Golub, LeVeque 1983. */
#include "core/alloc.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

#define MOST_PARTS 64

struct moments {
    hone_view x;
    const double *w;
    const double *center; /* m */
    double *parts;        /* chunks x (2 m + 1): sums of w d, of w d^2, and of w */
    size_t size;
    hone_cut cut;
};

static hone_status add_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct moments *job = context;
    size_t m = job->x.cols, end = hone_cut_first(job->cut, chunk + 1);
    double *first = job->parts + chunk * job->size, *second = first + m, *total = second + m;
    memset(first, 0, job->size * sizeof *first);
    for (size_t i = hone_cut_first(job->cut, chunk); i < end; i++) {
        const double *row = hone_view_row(job->x, i);
        double w = job->w ? job->w[i] : 1.0;
        *total += w;
        for (size_t j = 0; j < m; j++) {
            double d = row[j] - job->center[j];
            first[j] += w * d;
            second[j] += w * d * d;
        }
    }
    return HONE_OK;
}

/* Sums over all rows around `center`, left in the first part. */
static hone_status add_rows(struct moments *job, const double *center, const hone_monitor *mon,
                            hone_error *err) {
    job->center = center;
    hone_status status = hone_parallel(job->cut.chunks, add_chunk, job, mon, err);
    for (size_t p = 1; status == HONE_OK && p < job->cut.chunks; p++)
        for (size_t i = 0; i < job->size; i++)
            job->parts[i] += job->parts[p * job->size + i];
    return status;
}

hone_status hone_column_moments(hone_view x, const double *w, double *mean, double *sd,
                                const hone_monitor *mon, hone_error *err) {
    size_t m = x.cols;
    struct moments job = {.x = x, .w = w, .size = 2 * m + 1};
    job.cut = hone_cut_rows(x.rows, 4 * m, MOST_PARTS);
    memset(sd, 0, m * sizeof *sd);
    memset(mean, 0, m * sizeof *mean);
    if (x.rows == 0)
        return HONE_OK;
    hone_status status = hone_new2(&job.parts, job.cut.chunks, job.size, err);
    if (status == HONE_OK)
        status = add_rows(&job, hone_view_row(x, 0), mon, err);
    for (size_t j = 0; status == HONE_OK && j < m; j++)
        mean[j] = x.data[j] + job.parts[j] / job.parts[2 * m];
    if (status == HONE_OK)
        status = add_rows(&job, mean, mon, err);
    for (size_t j = 0; status == HONE_OK && j < m; j++) {
        double shift = job.parts[j] / job.parts[2 * m];
        double variance = job.parts[m + j] / job.parts[2 * m] - shift * shift;
        mean[j] += shift;
        sd[j] = variance > 0 ? sqrt(variance) : 0;
    }
    hone_release(job.parts);
    return status;
}
