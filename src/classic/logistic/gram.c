/* gram.c -- T' diag(w) T of rows in scaled columns, of all columns or of some.
 *
 * Full rows are scaled and weighed into a block that stays in the cache and goes to dsyrk; of a
 * compressed row all pairs of its stored cells are added. Each chunk of rows makes its own sum, the
 * sums are added in order; there are fewer chunks where d is large, so that they take 64 MB.
 * Shapes: T n x d, w n, C p x p for p picked columns.
 * Cost: n p^2 flops; sum_i z_i^2 / 2 for z_i stored cells in row i. */
#include "classic/logistic/rows.h"

#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

#define MOST_PARTS   8
#define PART_NUMBERS ((size_t)1 << 23)
#define BLOCK_BYTES  ((size_t)1 << 17)
#define NOWHERE      SIZE_MAX

struct gram {
    const struct hone_logistic_rows *rows;
    const double *w;
    const size_t *pick; /* p, or NULL = all */
    size_t *place;      /* (compressed rows) m + 1: where a column is among those picked */
    size_t p;
    double *parts; /* chunks x p^2 */
    hone_cut cut;
    const hone_monitor *mon;
};

/* block (x.rows x d, packed) = diag(sqrt w) T. */
HONE_CLONES
static void scale_all(hone_view x, size_t d, const double *mean, const double *inverse,
                      const double *w, double *block) {
    for (size_t i = 0; i < x.rows; i++) {
        double root = w ? sqrt(w[i]) : 1;
        const double *row = x.data + i * x.ld;
        double *to = block + i * d;
        for (size_t j = 0; j < x.cols; j++)
            to[j] = (row[j] - mean[j]) * inverse[j] * root;
        if (d > x.cols)
            to[x.cols] = root;
    }
}

static void scale_some(const struct gram *job, hone_view x, const double *w, double *block) {
    const struct hone_logistic_rows *rows = job->rows;
    for (size_t i = 0; i < x.rows; i++) {
        double root = w ? sqrt(w[i]) : 1;
        const double *row = hone_view_row(x, i);
        for (size_t a = 0; a < job->p; a++) {
            size_t j = job->pick[a];
            double t = j < rows->m ? (row[j] - rows->mean[j]) * rows->inverse[j] : 1;
            block[i * job->p + a] = t * root;
        }
    }
}

static hone_status full_chunk(const struct gram *job, size_t first, size_t end, double *part,
                              hone_error *err) {
    const struct hone_logistic_rows *rows = job->rows;
    size_t step = hone_block_rows(job->p, BLOCK_BYTES);
    step = step < job->cut.chunk_rows ? step : job->cut.chunk_rows;
    double *block = NULL, *room = NULL;
    hone_status status = hone_new2(&block, step, job->p, err);
    if (status == HONE_OK)
        status = hone_new(&room, hone_logistic_room(rows, step), err);
    for (size_t i = first; status == HONE_OK && i < end; i += step) {
        size_t n = end - i < step ? end - i : step, at = i;
        struct hone_logistic_rows here = hone_logistic_gather(rows, &at, n, room);
        hone_view x = hone_view_rows(here.full, at, n);
        const double *w = job->w ? job->w + i : NULL;
        if (job->pick)
            scale_some(job, x, w, block);
        else
            scale_all(x, rows->d, rows->mean, rows->inverse, w, block);
        hone_dsyrk_t(job->p, x.rows, 1, block, job->p, 1, part, job->p);
        status = hone_monitor_poll(job->mon, err);
    }
    hone_release(block);
    hone_release(room);
    return status;
}

/* Adds one compressed row; columns and their places both ascend. */
static void add_row(const struct gram *job, size_t i, double *part) {
    const hone_csr *x = job->rows->sparse;
    const double *inverse = job->rows->inverse;
    double w = job->w ? job->w[i] : 1;
    size_t p = job->p, m = job->rows->m, one = job->place[m], r = hone_logistic_row(job->rows, i);
    for (size_t at = x->starts[r]; at < x->starts[r + 1]; at++) {
        size_t a = job->place[x->columns[at]];
        if (a == NOWHERE)
            continue;
        double ta = w * x->values[at] * inverse[x->columns[at]], *row = part + a * p;
        for (size_t to = x->starts[r]; to <= at; to++) {
            size_t b = job->place[x->columns[to]];
            if (b != NOWHERE)
                row[b] += ta * x->values[to] * inverse[x->columns[to]];
        }
        if (one != NOWHERE)
            part[one * p + a] += ta;
    }
    if (one != NOWHERE)
        part[one * p + one] += w;
}

static hone_status gram_chunk(void *context, size_t chunk, hone_error *err) {
    const struct gram *job = context;
    size_t first = hone_cut_first(job->cut, chunk), end = hone_cut_first(job->cut, chunk + 1);
    double *part = job->parts + chunk * job->p * job->p;
    if (!job->rows->sparse)
        return full_chunk(job, first, end, part, err);
    for (size_t i = first; i < end; i++)
        add_row(job, i, part);
    return HONE_OK;
}

static hone_status place_columns(struct gram *job, hone_error *err) {
    size_t m = job->rows->m;
    hone_status status = hone_new(&job->place, m + 1, err);
    for (size_t j = 0; status == HONE_OK && j <= m; j++)
        job->place[j] = job->pick || j >= job->rows->d ? NOWHERE : j;
    for (size_t a = 0; status == HONE_OK && job->pick && a < job->p; a++)
        job->place[job->pick[a]] = a;
    return status;
}

static hone_cut cut_rows(const struct gram *job) {
    size_t most = PART_NUMBERS / (job->p * job->p + 1), row = job->p * job->p / 2;
    const hone_csr *x = job->rows->sparse;
    if (x && x->rows) {
        size_t cells = (x->starts[x->rows] - x->starts[0]) / x->rows + 1;
        row = 2 * cells * cells < row ? 2 * cells * cells : row;
    }
    most = most < 2 ? 2 : most > MOST_PARTS ? MOST_PARTS : most;
    return hone_cut_rows(job->rows->n, row, most);
}

static hone_status make_gram(struct gram *job, double *c, hone_error *err) {
    size_t size = job->p * job->p;
    hone_status status = HONE_OK;
    job->cut = cut_rows(job);
    if (job->rows->sparse && (status = place_columns(job, err)) != HONE_OK)
        goto done;
    if ((status = hone_new2(&job->parts, job->cut.chunks, size, err)) != HONE_OK ||
        (status = hone_parallel(job->cut.chunks, gram_chunk, job, job->mon, err)) != HONE_OK)
        goto done;
    memcpy(c, job->parts, size * sizeof *c);
    for (size_t chunk = 1; chunk < job->cut.chunks; chunk++)
        for (size_t i = 0; i < size; i++)
            c[i] += job->parts[chunk * size + i];
done:
    hone_release(job->parts);
    hone_release(job->place);
    return status;
}

hone_status hone_logistic_gram(const struct hone_logistic_rows *rows, const double *w, double *c,
                               const hone_monitor *mon, hone_error *err) {
    struct gram job = {.rows = rows, .w = w, .p = rows->d, .mon = mon};
    return make_gram(&job, c, err);
}

hone_status hone_logistic_gram_of(const struct hone_logistic_rows *rows, const double *w,
                                  const size_t *pick, size_t n_pick, double *c,
                                  const hone_monitor *mon, hone_error *err) {
    struct gram job = {.rows = rows, .w = w, .pick = pick, .p = n_pick, .mon = mon};
    return make_gram(&job, c, err);
}
