/* lasso_columns.c -- see lasso_columns.h.
 *
 * Once it goes by X'X everything is read from there. Before, columns of full rows that join are
 * copied into a panel of their own, weighted and centred, so that y - X c is found from panels and
 * one pass over X gives the slopes; compressed rows are walked twice. Shapes: X n x m, H p x p for
 * p columns. Sums over rows run over chunks of the data alone. */
#include "classic/linear/lasso_columns.h"

#include "classic/linear/data_rows.h"
#include "core/alloc.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

/* Passes over so few cells, and so few multiplications, are done before threads wake. */
#define FEW_CELLS   ((size_t)1 << 21)
#define FEW_FLOPS   ((size_t)1 << 25)
#define MOST_PARTS  ((size_t)16)
#define LEAST_PARTS ((size_t)4)
#define SPARE       ((size_t)16) /* columns more than are asked for */
#define BLOCK_BYTES ((size_t)1 << 18)

hone_status hone_lasso_columns_make(struct hone_lasso *f, struct hone_lasso_columns *out,
                                    hone_error *err) {
    hone_status status;
    *out = (struct hone_lasso_columns){.f = f};
    if ((status = hone_new(&out->pick, f->m, err)) != HONE_OK ||
        (status = hone_new(&out->place, f->m, err)) != HONE_OK ||
        (status = hone_new(&out->first, HONE_LASSO_STEPS + 2, err)) != HONE_OK ||
        (status = hone_new(&out->panel, HONE_LASSO_STEPS + 1, err)) != HONE_OK)
        return status;
    for (size_t j = 0; j < f->m; j++)
        out->place[j] = f->m;
    return HONE_OK;
}

static void free_panels(struct hone_lasso_columns *part) {
    for (size_t k = 0; k < part->panels; k++)
        hone_release(part->panel[k]);
    part->panels = 0;
}

hone_status hone_lasso_columns_by_gram(struct hone_lasso_columns *part, const hone_monitor *mon,
                                       hone_error *err) {
    for (size_t k = 0; k < part->p; k++)
        part->place[part->pick[k]] = part->f->m;
    free_panels(part);
    part->p = 0, part->by_gram = true;
    return hone_lasso_multiply(part->f, mon, err);
}

void hone_lasso_columns_free(struct hone_lasso_columns *part) {
    free_panels(part);
    hone_release(part->pick);
    hone_release(part->place);
    hone_release(part->h);
    hone_release(part->first);
    hone_release(part->panel);
}

static double root_of(const struct hone_lasso *f, size_t i) {
    return sqrt((f->w ? f->w[i] : 1) / f->total);
}

static hone_monitor alone_of(const hone_monitor *mon) {
    hone_monitor alone = mon ? *mon : (hone_monitor){.threads = 1};
    alone.threads = 1;
    return alone;
}

/* ---- joining --------------------------------------------------------------------------------- */

static hone_status make_room(struct hone_lasso_columns *part, size_t count, hone_error *err) {
    size_t old = part->room, m = part->f->m, all = part->p + count;
    double *h = NULL;
    if (all <= old)
        return HONE_OK;
    size_t room = all + all / 4 + SPARE < m ? all + all / 4 + SPARE : m;
    hone_status status = hone_new2(&h, room, room, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < part->p; i++)
        memcpy(h + i * room, part->h + i * old, part->p * sizeof *h);
    hone_release(part->h);
    part->h = h, part->room = room;
    return HONE_OK;
}

struct join_job {
    const struct hone_lasso_columns *part;
    size_t count;
    double *sums; /* chunks x count x (p + count) */
    hone_cut cut;
};

/* Copies the new columns of some rows and multiplies them with all. */
static hone_status join_chunk(void *context, size_t chunk, hone_error *err) {
    const struct join_job *job = context;
    const struct hone_lasso_columns *part = job->part;
    const struct hone_lasso *f = part->f;
    size_t from = hone_cut_first(job->cut, chunk), count = job->count, all = part->p + count;
    size_t rows = hone_cut_first(job->cut, chunk + 1) - from;
    const size_t *pick = part->pick + part->p;
    double *fresh = part->panel[part->panels] + from * count;
    double *sum = job->sums + chunk * count * all;
    (void)err;
    for (size_t i = 0; i < rows; i++) {
        const double *row = hone_view_row(f->data->x, from + i);
        double root = root_of(f, from + i);
        for (size_t k = 0; k < count; k++)
            fresh[i * count + k] = root * (row[pick[k]] - f->mean[pick[k]]);
    }
    for (size_t k = 0; k < part->panels; k++) {
        size_t first = part->first[k], wide = part->first[k + 1] - first;
        hone_dgemm(true, false, count, wide, rows, 1, fresh, count, part->panel[k] + from * wide,
                   wide, 0, sum + first, all);
    }
    hone_dsyrk_t(count, rows, 1, fresh, count, 0, sum + part->p, all);
    return HONE_OK;
}

static hone_status join_full(struct hone_lasso_columns *part, size_t count, const hone_monitor *mon,
                             hone_error *err) {
    size_t n = part->f->n, all = part->p + count, most = n / (2 * count + 1);
    struct join_job job = {.part = part, .count = count};
    hone_monitor alone = alone_of(mon);
    most = most > MOST_PARTS ? MOST_PARTS : most < LEAST_PARTS ? LEAST_PARTS : most;
    job.cut = hone_cut_rows(n, count * (all + 8), most);
    hone_status status = hone_new2(&part->panel[part->panels], n, count, err);
    if (status == HONE_OK)
        status = hone_new2(&job.sums, job.cut.chunks, count * all, err);
    if (status == HONE_OK)
        status = hone_parallel(job.cut.chunks, join_chunk, &job,
                               n <= FEW_FLOPS / count / all ? &alone : mon, err);
    for (size_t chunk = 0; status == HONE_OK && chunk < job.cut.chunks; chunk++)
        for (size_t a = 0; a < count; a++)
            for (size_t b = 0; b <= part->p + a; b++)
                part->h[(part->p + a) * part->room + b] += job.sums[(chunk * count + a) * all + b];
    if (status == HONE_OK)
        part->first[++part->panels] = all;
    else
        hone_release(part->panel[part->panels]);
    hone_release(job.sums);
    return status;
}

/* The same from the stored cells of the part in each row. */
static hone_status join_sparse(struct hone_lasso_columns *part, size_t count, hone_error *err) {
    const struct hone_lasso *f = part->f;
    const hone_csr *x = f->data->sparse;
    size_t p = part->p, *where = NULL;
    double *cell = NULL;
    hone_status status;
    if ((status = hone_new(&where, p + count, err)) == HONE_OK)
        status = hone_new(&cell, p + count, err);
    for (size_t i = 0; status == HONE_OK && i < f->n; i++) {
        double w = (f->w ? f->w[i] : 1) / f->total;
        size_t k = 0;
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
            if (part->place[x->columns[at]] < f->m)
                where[k] = part->place[x->columns[at]], cell[k++] = x->values[at];
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; where[a] >= p && b < k; b++)
                part->h[where[a] * part->room + where[b]] += w * cell[a] * cell[b];
    }
    for (size_t a = p; status == HONE_OK && a < p + count; a++)
        for (size_t b = 0; b < p + count; b++)
            part->h[a * part->room + b] -= f->mean[part->pick[a]] * f->mean[part->pick[b]];
    hone_release(where);
    hone_release(cell);
    return status;
}

static void join_by_gram(struct hone_lasso_columns *part, size_t count) {
    const struct hone_lasso *f = part->f;
    for (size_t a = part->p; a < part->p + count; a++)
        for (size_t b = 0; b <= a; b++)
            part->h[a * part->room + b] = f->gram[part->pick[a] * f->m + part->pick[b]];
}

hone_status hone_lasso_columns_join(struct hone_lasso_columns *part, size_t count,
                                    const hone_monitor *mon, hone_error *err) {
    size_t all = part->p + count;
    hone_status status = make_room(part, count, err);
    if (status != HONE_OK || count == 0)
        return status;
    for (size_t k = part->p; k < all; k++) {
        part->place[part->pick[k]] = k;
        memset(part->h + k * part->room, 0, all * sizeof *part->h);
    }
    if (part->by_gram)
        join_by_gram(part, count);
    else if (part->f->data->sparse)
        status = join_sparse(part, count, err);
    else
        status = join_full(part, count, mon, err);
    for (size_t a = part->p; a < all; a++)
        for (size_t b = 0; b < a; b++)
            part->h[b * part->room + a] = part->h[a * part->room + b];
    part->p = all;
    return status;
}

/* ---- slopes of all columns ------------------------------------------------------------------- */

static void slopes_by_gram(const struct hone_lasso_columns *part, const double *c, double *s,
                           double *r2) {
    const struct hone_lasso *f = part->f;
    double both = 0;
    memcpy(s, f->q, f->m * sizeof *s);
    for (size_t k = 0; k < part->p; k++)
        if (c[part->pick[k]] != 0)
            hone_daxpy(f->m, -c[part->pick[k]], f->gram + part->pick[k] * f->m, s);
    for (size_t k = 0; k < part->p; k++)
        both += c[part->pick[k]] * (f->q[part->pick[k]] + s[part->pick[k]]);
    *r2 = fmax(f->y2 - both, 0); /* |y|^2 - c'(X'y) - c's */
}

struct slopes_job {
    const struct hone_lasso_columns *part;
    const double *c; /* p: of the columns in their order there */
    double *sums;    /* chunks x (m + 2): X'(w r), |r|^2, sum of w r */
    hone_cut cut;
};

/* r (rows) = root(w) (y - X c) of the rows from `from` on. */
static void residual(const struct slopes_job *job, size_t from, size_t rows, double *r) {
    const struct hone_lasso_columns *part = job->part;
    const struct hone_lasso *f = part->f;
    for (size_t i = 0; i < rows; i++)
        r[i] = root_of(f, from + i) * (*hone_view_row(f->data->y, from + i) - f->y_mean);
    for (size_t k = 0; k < part->panels; k++) {
        size_t wide = part->first[k + 1] - part->first[k];
        hone_dgemv(false, rows, wide, -1, part->panel[k] + from * wide, wide,
                   job->c + part->first[k], 1, r);
    }
}

static hone_status slopes_chunk(void *context, size_t chunk, hone_error *err) {
    const struct slopes_job *job = context;
    const struct hone_lasso *f = job->part->f;
    size_t step = hone_block_rows(f->m, BLOCK_BYTES), end = hone_cut_first(job->cut, chunk + 1);
    step = step < job->cut.chunk_rows ? step : job->cut.chunk_rows;
    double *sum = job->sums + chunk * (f->m + 2), *r = NULL;
    hone_status status = hone_new(&r, step, err);
    for (size_t i = hone_cut_first(job->cut, chunk); status == HONE_OK && i < end; i += step) {
        size_t rows = step < end - i ? step : end - i;
        residual(job, i, rows, r);
        for (size_t k = 0; k < rows; k++) {
            sum[f->m] += r[k] * r[k];
            sum[f->m + 1] += r[k] *= root_of(f, i + k);
        }
        hone_dgemv(true, rows, f->m, 1, hone_view_row(f->data->x, i), f->data->x.ld, r, 1, sum);
    }
    hone_release(r);
    return status;
}

static hone_status slopes_by_panels(const struct hone_lasso_columns *part, const double *c,
                                    double *s, double *r2, const hone_monitor *mon,
                                    hone_error *err) {
    const struct hone_lasso *f = part->f;
    double *picked = NULL;
    struct slopes_job job = {.part = part, .cut = hone_cut_rows(f->n, 2 * f->m, MOST_PARTS)};
    hone_status status = hone_new2(&job.sums, job.cut.chunks, f->m + 2, err);
    if (status == HONE_OK)
        status = hone_new(&picked, part->p, err);
    for (size_t k = 0; status == HONE_OK && k < part->p; k++)
        picked[k] = c[part->pick[k]];
    job.c = picked;
    if (status == HONE_OK)
        status = hone_parallel(job.cut.chunks, slopes_chunk, &job, mon, err);
    for (size_t chunk = 1; status == HONE_OK && chunk < job.cut.chunks; chunk++)
        for (size_t j = 0; j < f->m + 2; j++)
            job.sums[j] += job.sums[chunk * (f->m + 2) + j];
    for (size_t j = 0; status == HONE_OK && j < f->m; j++)
        s[j] = job.sums[j] - f->mean[j] * job.sums[f->m + 1];
    *r2 = status == HONE_OK ? job.sums[f->m] : 0;
    hone_release(job.sums);
    hone_release(picked);
    return status;
}

static hone_status slopes_by_cells(const struct hone_lasso *f, const double *c, double *s,
                                   double *r2, const hone_monitor *mon, hone_error *err) {
    double shift = f->y_mean, sum = 0, *r = NULL;
    hone_status status = hone_new(&r, f->n, err);
    if (status == HONE_OK)
        status = hone_data_times(f->data, c, r, mon, err);
    for (size_t j = 0; j < f->m; j++)
        shift -= f->mean[j] * c[j];
    *r2 = 0;
    for (size_t i = 0; status == HONE_OK && i < f->n; i++) {
        double w = (f->w ? f->w[i] : 1) / f->total;
        double rest = *hone_view_row(f->data->y, i) - r[i] - shift;
        *r2 += w * rest * rest;
        sum += r[i] = w * rest;
    }
    if (status == HONE_OK)
        status = hone_data_back(f->data, r, s, mon, err);
    for (size_t j = 0; j < f->m; j++)
        s[j] -= f->mean[j] * sum;
    hone_release(r);
    return status;
}

hone_status hone_lasso_columns_slopes(const struct hone_lasso_columns *part, const double *c,
                                      double *s, double *r2, const hone_monitor *mon,
                                      hone_error *err) {
    const struct hone_lasso *f = part->f;
    hone_monitor alone = alone_of(mon);
    if (f->n <= FEW_CELLS / f->m)
        mon = &alone;
    if (part->by_gram || part->p == 0) {
        slopes_by_gram(part, c, s, r2);
        return HONE_OK;
    }
    return f->data->sparse ? slopes_by_cells(f, c, s, r2, mon, err)
                           : slopes_by_panels(part, c, s, r2, mon, err);
}
