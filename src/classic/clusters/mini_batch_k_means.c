/* mini_batch_k_means.c -- k-means by steps, each on a few rows that are drawn.
 *
 * A step finds the nearest centre c of each row x of a batch and makes it the mean of all rows that
 * have come to it:   W_c += w,   c += w (x - c) / W_c.
 * Centres with a small part of the largest W are put on rows of the batch from time to time. It
 * ends when the smoothed inertia of the batches has not become less for some steps. A batch of all
 * rows is the same in each step, which then begins with W = 0: one of Lloyd's, until none moves.
 * Shapes: X n x m, centres k x m. Cost: batch_size m k for a step, n m k at the end.
 * Reference: Sculley 2010. */
#include "classic/classic.h"

#include "classic/clusters/k_means.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

static const char WHO[] = "mini_batch_k_means";

enum { RANDOM = 1, PATIENCE_PER_CLUSTER = 10 };
enum { BATCH_STREAM = 0x6b6d11, SAMPLE_STREAM = 0x6b6d12, RENEW_STREAM = 0x6b6d13 };
static const char *const INITS[] = {"k-means++", "random", NULL};
static const char *const AUTOS[] = {"auto", NULL};

struct params {
    int n_clusters, init;
    hone_mixed n_init, init_size;
    int batch_size, max_iter;
    double tol;
    int max_no_improvement;
    double reassignment_ratio;
    uint64_t seed;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_INT  (params, n_clusters, 8, "[1, 2147483647]",      "number of clusters"),
    HONE_ENUM (params, init, "k-means++", INITS,              "where to begin: rows far apart, or any rows"),
    HONE_MIXED(params, n_init, "auto", AUTOS, "[1, 1000000]", "beginnings to try; auto: 1 for k-means++, 3 for random"),
    HONE_MIXED(params, init_size, "auto", AUTOS, "[1, 2147483647]", "rows to begin from; auto: 3 batches, at least 3 n_clusters"),
    HONE_INT  (params, batch_size, 1024, "[1, 2147483647]",   "rows of a step"),
    HONE_INT  (params, max_iter, 100, "[1, 2147483647]",      "most passes over as many rows as there are"),
    HONE_REAL (params, tol, 0, "[0, inf)",                    "stop when the centres move less, as a part of the columns' mean variance; 0 = never"),
    HONE_INT  (params, max_no_improvement, 10, "[0, 2147483647]", "steps without a lower smoothed inertia before it stops; 0 = any number"),
    HONE_REAL (params, reassignment_ratio, 0.01, "[0, 1]",    "centres with less than this part of the largest count are renewed"),
    HONE_SEED (params, seed,                                  "of the beginnings and the batches"),
    HONE_PARAM_END
};

static const hone_attr ATTRS[] = {
    HONE_MEANS_ATTRS,
    HONE_COUNT(hone_means_state, n_steps,    "batches that it has learnt from"),
    HONE_COUNT(hone_means_state, n_repaired, "centres that were put on a row because few came to them"),
    HONE_ATTR_END
};
/* clang-format on */

/* Rows taken from others. */
struct batch {
    size_t n, m;
    double *x, *w; /* n x m, n */
    uint32_t *label;
    double inertia;
};

static hone_status batch_make(struct batch *batch, size_t n, size_t m, hone_error *err) {
    hone_status status;
    batch->n = n, batch->m = m;
    if ((status = hone_new2(&batch->x, n, m, err)) || (status = hone_new(&batch->w, n, err)))
        return status;
    return hone_new(&batch->label, n, err);
}

static void batch_free(struct batch *batch) {
    hone_release(batch->x);
    hone_release(batch->w);
    hone_release(batch->label);
}

static void set_row(struct batch *batch, size_t at, const hone_dataset *data, size_t i) {
    memcpy(batch->x + at * batch->m, hone_view_row(data->x, i), batch->m * sizeof *batch->x);
    batch->w[at] = data->weights ? data->weights[i] : 1;
}

/* Fills it with rows drawn with replacement; with all of them when it is as large. */
static void draw_rows(struct batch *batch, const hone_dataset *data, hone_rng rng) {
    for (size_t at = 0; at < batch->n; at++)
        set_row(batch, at, data,
                batch->n == data->x.rows ? at : hone_rng_below(&rng, data->x.rows));
}

/* ---- beginning ------------------------------------------------------------------------------- */

/* The best of several beginnings, judged by the inertia of the same rows. */
static hone_status begin(const struct params *p, struct batch *batch, double *center,
                         const hone_monitor *mon, hone_error *err) {
    size_t k = (size_t)p->n_clusters, m = batch->m, *chosen = NULL;
    int tries = p->n_init.word < 0 ? (int)p->n_init.value : p->init == RANDOM ? 3 : 1;
    double best = INFINITY, inertia, *trial = NULL;
    hone_means_rows rows = {.w = NULL};
    bool labelled;
    hone_status status;
    if ((status = hone_means_rows_make(hone_view_of(batch->x, batch->n, m), batch->w, &rows, mon,
                                       err)) ||
        (status = hone_new(&chosen, k, err)) || (status = hone_new2(&trial, k, m, err)))
        goto done;
    for (int t = 0; t < tries; t++) {
        status = p->init == RANDOM ? hone_means_random(&rows, k, p->seed, (uint64_t)t, chosen, err)
                                   : hone_means_plus_plus(&rows, k, p->seed, (uint64_t)t, chosen,
                                                          batch->label, &labelled, mon, err);
        if (status)
            goto done;
        for (size_t c = 0; c < k; c++)
            memcpy(trial + c * m, batch->x + chosen[c] * m, m * sizeof *trial);
        status = tries == 1 ? HONE_OK
                            : hone_means_assign(trial, k, rows.x, batch->w, batch->label, &inertia,
                                                mon, err);
        if (status)
            goto done;
        if (t == 0 || inertia < best) {
            best = tries == 1 ? 0 : inertia;
            memcpy(center, trial, k * m * sizeof *center);
        }
    }
done:
    hone_means_rows_free(&rows);
    hone_release(chosen);
    hone_release(trial);
    return status;
}

/* From some rows; from all when these hold too few distinct ones. */
static hone_status begin_anywhere(const struct params *p, const hone_dataset *data, double *center,
                                  const hone_monitor *mon, hone_error *err) {
    size_t n = data->x.rows, k = (size_t)p->n_clusters;
    size_t size = p->init_size.word < 0 ? (size_t)p->init_size.value : 3 * (size_t)p->batch_size;
    struct batch some = {.n = 0}, all = {.n = 0};
    size = size < 3 * k && p->init_size.word >= 0 ? 3 * k : size < k ? k : size;
    size = size < n ? size : n;
    hone_status status = batch_make(&some, size, data->x.cols, err);
    if (status == HONE_OK) {
        draw_rows(&some, data, hone_rng_at(p->seed, SAMPLE_STREAM));
        status = begin(p, &some, center, mon, err);
    }
    if (status == HONE_EDATA && size < n) {
        status = batch_make(&all, n, data->x.cols, err);
        if (status == HONE_OK) {
            draw_rows(&all, data, hone_rng_at(p->seed, SAMPLE_STREAM));
            status = begin(p, &all, center, mon, err);
        }
    }
    batch_free(&some);
    batch_free(&all);
    return status;
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* Puts centres that few rows have come to on rows of the batch, half of these at most. */
static void renew(const struct params *p, struct hone_means_state *s, const struct batch *batch) {
    size_t k = s->n_clusters, m = s->n_columns, left = batch->n / 2;
    double most = 0, least = INFINITY;
    hone_rng rng = hone_rng_at(p->seed, hone_rng_stream(RENEW_STREAM, s->n_steps));
    for (size_t c = 0; c < k; c++)
        most = fmax(most, s->counts[c]);
    for (size_t c = 0; c < k; c++)
        if (s->counts[c] >= p->reassignment_ratio * most)
            least = fmin(least, s->counts[c]);
    for (size_t c = 0; c < k && left > 0; c++) {
        if (s->counts[c] >= p->reassignment_ratio * most)
            continue;
        memcpy(s->cluster_centers + c * m, batch->x + hone_rng_below(&rng, batch->n) * m,
               m * sizeof(double));
        s->counts[c] = least;
        s->n_repaired++;
        left--;
    }
}

/* A row comes to a centre. */
static void come(const double *x, double w, size_t m, double *count, double *center) {
    double part = w / (*count += w);
    for (size_t j = 0; j < m; j++)
        center[j] = part < 1 ? center[j] + part * (x[j] - center[j]) : x[j];
}

/* One step; *moved is the sum of squares by which the centres move. */
static hone_status step(struct hone_means_state *s, struct batch *batch, bool all, double *before,
                        double *moved, const hone_monitor *mon, hone_error *err) {
    size_t k = s->n_clusters, m = s->n_columns;
    hone_view x = hone_view_of(batch->x, batch->n, m);
    hone_status status = hone_means_assign(s->cluster_centers, k, x, batch->w, batch->label,
                                           &batch->inertia, mon, err);
    if (status != HONE_OK)
        return status;
    memcpy(before, s->cluster_centers, k * m * sizeof *before);
    if (all)
        memset(s->counts, 0, k * sizeof *s->counts);
    for (size_t i = 0; i < batch->n; i++) {
        size_t c = batch->label[i];
        come(batch->x + i * m, batch->w[i], m, &s->counts[c], s->cluster_centers + c * m);
    }
    *moved = hone_means_square(before, s->cluster_centers, k * m);
    s->n_steps++;
    return HONE_OK;
}

/* How the steps go. */
struct course {
    double smoothed, best;
    int idle;
    size_t since_renewal;
};

/* Is it time to stop? The smoothed inertia is that of the last n rows, about. */
static bool is_done(const struct params *p, struct course *course, const struct batch *batch,
                    size_t n, size_t steps, double moved, double limit) {
    double weight = 0, share = fmin(1, 2.0 * (double)batch->n / (double)(n + 1));
    for (size_t i = 0; i < batch->n; i++)
        weight += batch->w[i];
    double inertia = batch->inertia / weight;
    if (steps == 1) /* the first batch may be the rows that it began from */
        return false;
    course->smoothed = steps == 2 ? inertia : course->smoothed * (1 - share) + inertia * share;
    if (limit > 0 && moved <= limit)
        return true;
    if (steps == 2 || course->smoothed < course->best)
        course->best = course->smoothed, course->idle = 0;
    else
        course->idle++;
    return p->max_no_improvement > 0 && course->idle >= p->max_no_improvement;
}

static bool has_empty(const struct hone_means_state *s) {
    for (size_t c = 0; c < s->n_clusters; c++)
        if (s->counts[c] == 0)
            return true;
    return false;
}

static hone_status run(const struct params *p, const hone_dataset *data, double limit,
                       struct hone_means_state *s, const hone_monitor *mon, hone_error *err) {
    size_t n = data->x.rows, size = (size_t)p->batch_size < n ? (size_t)p->batch_size : n;
    size_t passes = (size_t)p->max_iter, steps = (n * passes + size - 1) / size;
    struct batch batch = {.n = 0};
    struct course course = {.idle = 0};
    double *before = NULL, moved = 0;
    bool all = size == n, done = false;
    hone_status status = batch_make(&batch, size, data->x.cols, err);
    if (status == HONE_OK)
        status = hone_new2(&before, s->n_clusters, s->n_columns, err);
    while (status == HONE_OK && s->n_steps < steps && !done) {
        if (!all || s->n_steps == 0)
            draw_rows(&batch, data,
                      hone_rng_at(p->seed, hone_rng_stream(BATCH_STREAM, s->n_steps)));
        if ((status = hone_monitor_poll(mon, err)) ||
            (status = step(s, &batch, all, before, &moved, mon, err)))
            break;
        if (has_empty(s) || ++course.since_renewal >= PATIENCE_PER_CLUSTER * s->n_clusters) {
            renew(p, s, &batch);
            course.since_renewal = 0;
        }
        done = (all && moved == 0) || is_done(p, &course, &batch, n, s->n_steps, moved, limit);
        hone_monitor_progress(mon, (double)s->n_steps / (double)steps, WHO);
    }
    s->n_iter = (s->n_steps * size + n - 1) / n;
    batch_free(&batch);
    hone_release(before);
    return status;
}

/* ---- slots ----------------------------------------------------------------------------------- */

/* Labels and inertia of these rows. */
static hone_status finish(const hone_dataset *data, struct hone_means_state *s,
                          const hone_monitor *mon, hone_error *err) {
    uint32_t *label = NULL;
    double inertia = 0;
    hone_status status = hone_new(&label, data->x.rows, err);
    if (status == HONE_OK)
        status = hone_means_assign(s->cluster_centers, s->n_clusters, data->x, data->weights, label,
                                   &inertia, mon, err);
    if (status == HONE_OK && !isfinite(inertia))
        status =
            hone_fail(err, HONE_ENUMERIC,
                      "%s: squared distances overflow; bring the columns to a smaller scale", WHO);
    if (status == HONE_OK && !s->labels)
        status = hone_new(&s->labels, s->n_rows, err);
    for (size_t i = 0; i < data->x.rows && status == HONE_OK; i++)
        s->labels[i] = label[i];
    s->inertia = inertia;
    hone_release(label);
    return status;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct hone_means_state *s = state;
    hone_frame frame = {.m = 0};
    double variance = 0;
    hone_status status =
        hone_means_state_make(s, WHO, (size_t)p->n_clusters, data->x.rows, data->x.cols, err);
    if (status == HONE_OK && p->tol > 0)
        status = hone_frame_make(data->x, &frame, mon, err);
    for (size_t j = 0; j < frame.m && status == HONE_OK; j++)
        variance += frame.spread[j] * frame.spread[j] / (double)frame.m;
    if (status == HONE_OK)
        status = begin_anywhere(p, data, s->cluster_centers, mon, err);
    if (status == HONE_OK)
        status = run(p, data, p->tol * variance, s, mon, err);
    if (status == HONE_OK)
        status = finish(data, s, mon, err);
    hone_frame_free(&frame);
    return status;
}

static hone_status partial_fit(const void *params, const hone_dataset *data,
                               const hone_monitor *mon, void *state, hone_error *err) {
    const struct params *p = params;
    struct hone_means_state *s = state;
    size_t n = data->x.rows;
    struct batch batch = {.n = 0};
    double *before = NULL, moved;
    hone_status status = HONE_OK;
    if (s->n_steps == 0) {
        status = hone_means_state_make(s, WHO, (size_t)p->n_clusters, n, data->x.cols, err);
        if (status == HONE_OK)
            status = begin_anywhere(p, data, s->cluster_centers, mon, err);
    } else if (s->n_rows < n) {
        status = hone_grow(&s->labels, s->n_rows, n, err);
    }
    if (status != HONE_OK)
        return status;
    s->n_rows = n;
    if ((status = batch_make(&batch, n, s->n_columns, err)) ||
        (status = hone_new2(&before, s->n_clusters, s->n_columns, err)))
        goto done;
    draw_rows(&batch, data, hone_rng_at(p->seed, BATCH_STREAM));
    if ((status = step(s, &batch, false, before, &moved, mon, err)))
        goto done;
    if (has_empty(s) || s->n_steps % (PATIENCE_PER_CLUSTER * s->n_clusters) == 0)
        renew(p, s, &batch);
    s->n_iter = s->n_steps;
    status = finish(data, s, mon, err);
done:
    batch_free(&batch);
    hone_release(before);
    return status;
}

const hone_class hone_mini_batch_k_means = {
    .name = "mini_batch_k_means",
    .summary = "k-means by steps on few rows each; takes rows in batches",
    .task = HONE_CLUSTERER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING | HONE_TAG_PARTIAL,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct hone_means_state),
    .fit = fit,
    .partial_fit = partial_fit,
    .predict = hone_means_predict,
    .transform = hone_means_transform,
    .output_schema = hone_means_output_schema,
    .validate = hone_means_validate,
};
