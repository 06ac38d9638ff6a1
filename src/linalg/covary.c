/* covary.c -- moments of the columns and their products with a vector, in one pass over the rows.
 *
 * With s, the mean of some rows, and z = x - s:
 *     mean = s + sum w z / W,   sd^2 = sum w z^2 / W - (sum w z / W)^2,
 *     X'r - mean 1'r = sum r z - (mean - s) sum r
 * s is near the mean, so little cancels; that of a constant column is its value, and all z are 0.
 * Shapes: X n x m, w and r n. Cost: O(n m). Reference: Chan, Golub, LeVeque 1983. */
#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { MOST_PARTS = 16, SAMPLE = 256 };

struct covary_job {
    hone_view x;
    const double *w, *r;
    const double *center; /* m: s */
    double *parts;        /* chunks x 3 m: sums of w z, w z^2 and r z */
    hone_cut cut;
};

HONE_CLONES
static void covary_rows(hone_view x, const double *w, const double *r,
                        const double *restrict center, double *restrict first,
                        double *restrict second, double *restrict ties) {
    size_t i = 0;
    for (; i + 4 <= x.rows; i += 4) {
        const double *a = x.data + i * x.ld, *b = a + x.ld, *c = b + x.ld, *d = c + x.ld;
        double wa = w ? w[i] : 1, wb = w ? w[i + 1] : 1, wc = w ? w[i + 2] : 1;
        double wd = w ? w[i + 3] : 1;
        for (size_t j = 0; j < x.cols; j++) {
            double za = a[j] - center[j], zb = b[j] - center[j];
            double zc = c[j] - center[j], zd = d[j] - center[j];
            first[j] += (wa * za + wb * zb) + (wc * zc + wd * zd);
            second[j] += (wa * za * za + wb * zb * zb) + (wc * zc * zc + wd * zd * zd);
            ties[j] += (r[i] * za + r[i + 1] * zb) + (r[i + 2] * zc + r[i + 3] * zd);
        }
    }
    for (; i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++) {
            double z = x.data[i * x.ld + j] - center[j], wz = w ? w[i] * z : z;
            first[j] += wz;
            second[j] += wz * z;
            ties[j] += r[i] * z;
        }
}

static hone_status covary_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct covary_job *job = context;
    size_t m = job->x.cols, from = hone_cut_first(job->cut, chunk);
    double *part = job->parts + chunk * 3 * m;
    hone_view rows = hone_view_rows(job->x, from, hone_cut_first(job->cut, chunk + 1) - from);
    covary_rows(rows, job->w ? job->w + from : NULL, job->r + from, job->center, part, part + m,
                part + 2 * m);
    return HONE_OK;
}

void hone_guess_moments(hone_view x, double *mean, double *squares) {
    size_t n = x.rows < SAMPLE ? x.rows : SAMPLE, step = x.rows / n;
    double share = 1 / (double)n;
    memset(mean, 0, x.cols * sizeof *mean);
    memset(squares, 0, x.cols * sizeof *squares);
    for (size_t i = 1; i < n; i++) {
        const double *row = hone_view_row(x, i * step);
        for (size_t j = 0; j < x.cols; j++) {
            double z = row[j] - x.data[j];
            mean[j] += z;
            squares[j] += z * z;
        }
    }
    for (size_t j = 0; j < x.cols; j++) {
        double shift = mean[j] * share;
        squares[j] = fmax(squares[j] * share - shift * shift, 0);
        mean[j] = x.data[j] + shift;
    }
}

hone_status hone_column_covary(hone_view x, const double *w, const double *r, double *mean,
                               double *sd, double *ties, const hone_monitor *mon, hone_error *err) {
    size_t m = x.cols;
    double total = 0, sum = 0;
    struct covary_job job = {
        .x = x, .w = w, .r = r, .center = mean, .cut = hone_cut_rows(x.rows, 4 * m, MOST_PARTS)};
    hone_guess_moments(x, mean, sd);
    hone_status status = hone_new2(&job.parts, job.cut.chunks, 3 * m, err);
    if (status == HONE_OK)
        status = hone_parallel(job.cut.chunks, covary_chunk, &job, mon, err);
    for (size_t p = 1; status == HONE_OK && p < job.cut.chunks; p++)
        for (size_t i = 0; i < 3 * m; i++)
            job.parts[i] += job.parts[p * 3 * m + i];
    for (size_t i = 0; i < x.rows; i++)
        total += w ? w[i] : 1, sum += r[i];
    for (size_t j = 0; status == HONE_OK && j < m; j++) {
        double shift = job.parts[j] / total;
        double variance = job.parts[m + j] / total - shift * shift;
        sd[j] = variance > 0 || !isfinite(variance) ? sqrt(variance) : 0;
        ties[j] = job.parts[2 * m + j] - shift * sum;
        mean[j] += shift;
    }
    hone_release(job.parts);
    return status;
}
