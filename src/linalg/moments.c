/* moments.c -- weighted mean and standard deviation of each column, over the cells that are there.
 *
 * mean = x_0 + sum w (x - x_0) / W, then with d = x - mean the correction
 * mean += sum w d / W,  sd^2 = sum w d^2 / W - (sum w d / W)^2:  two passes, no cancellation, and
 * exactly the value and 0 for a constant column. W = sum w over cells that are not NaN, x_0 the
 * first of them. Shapes: X n x m, w n.
 * Cost: O(n m), twice. Reference: Chan, Golub, LeVeque 1983. */
#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

#define MOST_PARTS 64

struct moments {
    hone_view x;
    const double *w;
    const double *center; /* m */
    double *parts;        /* chunks x 3 m: sums of w, of w d, and of w d^2 */
    hone_cut cut;
};

/* The sums of the rows of a view, added to `total`, `first`, `second` (m each). */
HONE_CLONES static void add_block(hone_view x, const double *w, const double *restrict center,
                                  double *restrict total, double *restrict first,
                                  double *restrict second) {
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        double weight = w ? w[i] : 1.0;
        for (size_t j = 0; j < x.cols; j++) {
            bool there = row[j] == row[j];
            double wj = there ? weight : 0.0, d = there ? row[j] - center[j] : 0.0;
            total[j] += wj;
            first[j] += wj * d;
            second[j] += wj * d * d;
        }
    }
}

static hone_status add_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct moments *job = context;
    size_t m = job->x.cols, from = hone_cut_first(job->cut, chunk);
    double *total = job->parts + chunk * 3 * m;
    memset(total, 0, 3 * m * sizeof *total);
    hone_view rows = hone_view_rows(job->x, from, hone_cut_first(job->cut, chunk + 1) - from);
    add_block(rows, job->w ? job->w + from : NULL, job->center, total, total + m, total + 2 * m);
    return HONE_OK;
}

/* Sums over all rows around `center`, left in the first part. */
static hone_status add_rows(struct moments *job, const double *center, const hone_monitor *mon,
                            hone_error *err) {
    job->center = center;
    hone_status status = hone_parallel(job->cut.chunks, add_chunk, job, mon, err);
    size_t size = 3 * job->x.cols;
    for (size_t p = 1; status == HONE_OK && p < job->cut.chunks; p++)
        for (size_t i = 0; i < size; i++)
            job->parts[i] += job->parts[p * size + i];
    return status;
}

/* The first value of each column that is there; 0 where none is. */
static void first_values(hone_view x, double *out) {
    for (size_t j = 0; j < x.cols; j++) {
        size_t i = 0;
        while (i < x.rows && isnan(hone_view_row(x, i)[j]))
            i++;
        out[j] = i < x.rows ? hone_view_row(x, i)[j] : 0;
    }
}

hone_status hone_column_moments(hone_view x, const double *w, double *mean, double *sd,
                                const hone_monitor *mon, hone_error *err) {
    size_t m = x.cols;
    struct moments job = {.x = x, .w = w, .cut = hone_cut_rows(x.rows, 4 * m, MOST_PARTS)};
    memset(sd, 0, m * sizeof *sd);
    first_values(x, mean);
    if (x.rows == 0)
        return HONE_OK;
    hone_status status = hone_new2(&job.parts, job.cut.chunks, 3 * m, err);
    if (status == HONE_OK)
        status = add_rows(&job, mean, mon, err);
    for (size_t j = 0; status == HONE_OK && j < m; j++) {
        double total = job.parts[j], first = job.parts[m + j];
        mean[j] += total > 0 ? first / total : 0;
    }
    if (status == HONE_OK)
        status = add_rows(&job, mean, mon, err);
    for (size_t j = 0; status == HONE_OK && j < m; j++) {
        double total = job.parts[j], first = job.parts[m + j], second = job.parts[2 * m + j];
        double shift = total > 0 ? first / total : 0;
        double variance = total > 0 ? second / total - shift * shift : 0;
        mean[j] += shift;
        sd[j] = variance > 0 ? sqrt(variance) : 0;
    }
    hone_release(job.parts);
    return status;
}
