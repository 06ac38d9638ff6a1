/* k_means_model.c -- what a model of centres answers: the nearest one, and the distances to all.
 *
 * Shapes: X n x m, centres k x m. Cost: n m k. */
#include "classic/clusters/k_means.h"

#include "core/parallel.h"
#include "core/sum.h"

#include <math.h>

enum { MOST_CHUNKS = 64 };

hone_status hone_means_state_make(struct hone_means_state *s, const char *who, size_t k, size_t n,
                                  size_t m, hone_error *err) {
    hone_status status;
    s->n_clusters = k, s->n_columns = m, s->n_rows = n;
    if (k > n || n > UINT32_MAX)
        return hone_fail(err, HONE_EDATA, "%s: n_clusters is %zu, but there are %zu rows", who, k,
                         n);
    status = hone_new2(&s->cluster_centers, k, m, err);
    return status ? status : hone_new(&s->counts, k, err);
}

hone_status hone_means_keep(struct hone_means_state *s, const char *who, const double *w,
                            const uint32_t *label, double inertia, hone_error *err) {
    if (!isfinite(inertia))
        return hone_fail(err, HONE_ENUMERIC,
                         "%s: squared distances overflow; bring the columns to a smaller scale",
                         who);
    hone_status status = hone_new(&s->labels, s->n_rows, err);
    if (status != HONE_OK)
        return status;
    s->inertia = inertia;
    for (size_t c = 0; c < s->n_clusters; c++)
        s->counts[c] = 0;
    for (size_t i = 0; i < s->n_rows; i++) {
        s->labels[i] = label[i];
        s->counts[label[i]] += w ? w[i] : 1;
    }
    return HONE_OK;
}

/* ---- use ------------------------------------------------------------------------------------- */

static hone_status prepare(const double *center, size_t k, size_t m, hone_frame *frame,
                           hone_centers *centers, hone_error *err) {
    static const hone_monitor ALONE = {.threads = 1};
    hone_status status = hone_frame_make(hone_view_of(center, k, m), frame, &ALONE, err);
    if (status == HONE_OK)
        status = hone_centers_make(frame, k, centers, err);
    if (status == HONE_OK)
        hone_centers_set(centers, center);
    return status;
}

hone_status hone_means_predict(const void *params, const void *state, hone_view x, double *out,
                               hone_error *err) {
    const struct hone_means_state *s = state;
    hone_frame frame = {.m = 0};
    hone_centers centers = {.k = 0};
    (void)params;
    hone_status status =
        prepare(s->cluster_centers, s->n_clusters, s->n_columns, &frame, &centers, err);
    if (status == HONE_OK)
        status = hone_centers_nearest(&centers, x, out, err);
    hone_centers_free(&centers);
    hone_frame_free(&frame);
    return status;
}

hone_status hone_means_transform(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct hone_means_state *s = state;
    hone_frame frame = {.m = 0};
    hone_centers centers = {.k = 0};
    (void)params;
    hone_status status =
        prepare(s->cluster_centers, s->n_clusters, s->n_columns, &frame, &centers, err);
    if (status == HONE_OK)
        hone_centers_squares(&centers, x, out);
    for (size_t i = 0; i < x.rows * centers.k && status == HONE_OK; i++)
        out[i] = sqrt(out[i]);
    hone_centers_free(&centers);
    hone_frame_free(&frame);
    return status;
}

hone_status hone_means_output_schema(const void *params, const void *state,
                                     const hone_schema *input, hone_schema **out, hone_error *err) {
    const struct hone_means_state *s = state;
    (void)params, (void)input;
    return hone_schema_numbered("distance", s->n_clusters, out, err);
}

hone_status hone_means_validate(const void *params, const void *state, size_t n_cols,
                                size_t n_classes, hone_error *err) {
    const struct hone_means_state *s = state;
    (void)params, (void)n_classes;
    if (s->n_columns != n_cols || s->n_clusters == 0)
        return hone_fail(err, HONE_EFORMAT, "centres are %zu x %zu, expected columns: %zu",
                         s->n_clusters, s->n_columns, n_cols);
    for (size_t i = 0; i < s->n_clusters * s->n_columns; i++)
        if (!isfinite(s->cluster_centers[i]))
            return hone_fail(err, HONE_EFORMAT, "a centre is %g, expected finite numbers",
                             s->cluster_centers[i]);
    for (size_t i = 0; i < s->n_rows; i++)
        if (!(s->labels[i] >= 0 && s->labels[i] < (double)s->n_clusters))
            return hone_fail(err, HONE_EFORMAT, "label %zu is %g, expected [0, %zu)", i + 1,
                             s->labels[i], s->n_clusters);
    return HONE_OK;
}

/* ---- many rows ------------------------------------------------------------------------------- */

struct assignment {
    const hone_centers *centers;
    hone_view x;
    const double *w;
    uint32_t *label;
    double *place, *inertia; /* n; chunks */
    hone_cut cut;
};

static hone_status assign_chunk(void *context, size_t chunk, hone_error *err) {
    const struct assignment *job = context;
    size_t first = hone_cut_first(job->cut, chunk), end = hone_cut_first(job->cut, chunk + 1);
    hone_view x = hone_view_rows(job->x, first, end - first);
    hone_status status = hone_centers_nearest(job->centers, x, job->place + first, err);
    hone_sum sum = {0, 0};
    for (size_t i = first; i < end && status == HONE_OK; i++) {
        job->label[i] = (uint32_t)job->place[i];
        const double *center = job->centers->at + job->label[i] * x.cols;
        hone_sum_add(&sum, (job->w ? job->w[i] : 1) *
                               hone_means_square(hone_view_row(job->x, i), center, x.cols));
    }
    job->inertia[chunk] = hone_sum_value(sum);
    return status;
}

hone_status hone_means_assign(const double *center, size_t k, hone_view x, const double *w,
                              uint32_t *label, double *inertia, const hone_monitor *mon,
                              hone_error *err) {
    hone_frame frame = {.m = 0};
    hone_centers centers = {.k = 0};
    struct assignment job = {.centers = &centers,
                             .x = x,
                             .w = w,
                             .label = label,
                             .cut = hone_cut_rows(x.rows, k * x.cols, MOST_CHUNKS)};
    hone_status status;
    *inertia = 0;
    if ((status = prepare(center, k, x.cols, &frame, &centers, err)) ||
        (status = hone_new(&job.place, x.rows, err)) ||
        (status = hone_new(&job.inertia, job.cut.chunks, err)) ||
        (status = hone_parallel(job.cut.chunks, assign_chunk, &job, mon, err)))
        goto done;
    for (size_t chunk = 0; chunk < job.cut.chunks; chunk++)
        *inertia += job.inertia[chunk];
done:
    hone_release(job.place);
    hone_release(job.inertia);
    hone_centers_free(&centers);
    hone_frame_free(&frame);
    return status;
}
