/* design.c -- see design.h. */
#include "classic/linear/design.h"

#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>

struct fill {
    hone_view x;
    const double *mean, *scale, *w;
    bool ones;
    double *out;
    hone_cut cut;
};

static void fill_row(const struct fill *job, size_t i, double *to) {
    const double *row = hone_view_row(job->x, i);
    double root = job->w ? sqrt(job->w[i]) : 1;
    size_t m = job->x.cols;
    for (size_t j = 0; j < m; j++)
        to[j] = row[j];
    for (size_t j = 0; job->mean && j < m; j++)
        to[j] -= job->mean[j];
    for (size_t j = 0; job->scale && j < m; j++)
        to[j] /= job->scale[j];
    if (job->ones)
        to[m++] = 1;
    for (size_t j = 0; job->w && j < m; j++)
        to[j] *= root;
}

static hone_status fill_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct fill *job = context;
    size_t end = hone_cut_first(job->cut, chunk + 1);
    for (size_t i = hone_cut_first(job->cut, chunk); i < end; i++)
        fill_row(job, i, job->out + i * (job->x.cols + job->ones));
    return HONE_OK;
}

hone_status hone_design_fill(hone_view x, const double *mean, const double *scale, const double *w,
                             bool ones, double *out, const hone_monitor *mon, hone_error *err) {
    struct fill job = {x, mean, scale, w, ones, out, hone_cut_rows(x.rows, 4 * x.cols, 256)};
    return hone_parallel(job.cut.chunks, fill_chunk, &job, mon, err);
}
