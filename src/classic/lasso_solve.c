/* lasso_solve.c -- the lasso on growing parts of the columns, until the duality gap is small.
 *
 * A step finds s = X'(y - X c) for all columns, stops if the gap is below tol |y|^2, takes the
 * columns whose conditions are off the most into the part that is worked on, and descends on that.
 * The dual point is the residual, shrunk until no column is above a (El Ghaoui et al. 2012):
 *   gap = P(c) - D(theta),  theta = r min(1, a / max |s - b c|)
 * With X'X at hand s = X'y - X'X c costs m per coefficient in use; without, two passes over X, and
 * the columns of the part are copied, centred, one behind the other, for their part of X'X.
 * Shapes: X n x m, H p x p for p columns in the part. Cost of a step: as said, p k per sweep.
 * Reference: Massias, Gramfort & Salmon 2018 (working sets).                                   */
#include "classic/lasso_impl.h"

#include "classic/data_rows.h"
#include "core/alloc.h"
#include "core/parallel.h"
#include "core/sort.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

#define FEW_COLUMNS ((size_t)64)
#define FRACTION    0.02 /* of the worst offence, which a descent leaves */
#define MOST_STEPS  500
#define FEW_CELLS   ((size_t)1 << 22) /* passes over so few are done before threads wake */
#define ROUNDING    1e-13

struct search {
    const struct hone_lasso *f;
    double *c, *s, *r;    /* m, m, n */
    double r2;            /* |y - X c|^2 */
    size_t p, room;       /* columns in the part; room for so many */
    size_t *pick, *place; /* m: which those are; m: where they stand there, or m */
    double *block, *h;    /* room columns of n, root(w) X centred; room x room */
    struct hone_lasso_part part;
    hone_rng rng;
};

static void free_search(struct search *s) {
    hone_release(s->s);
    hone_release(s->r);
    hone_release(s->pick);
    hone_release(s->place);
    hone_release(s->block);
    hone_release(s->h);
    hone_release(s->part.c);
    hone_release(s->part.s);
    hone_release(s->part.order);
}

static hone_status make_search(const struct hone_lasso *f, double *c, struct search *s,
                               hone_error *err) {
    hone_status status;
    *s = (struct search){.f = f, .c = c, .rng = hone_rng_at(f->seed, 0)};
    if ((status = hone_new(&s->s, f->m, err)) != HONE_OK ||
        (status = hone_new(&s->r, f->gram ? 0 : f->n, err)) != HONE_OK ||
        (status = hone_new(&s->pick, f->m, err)) != HONE_OK)
        return status;
    status = hone_new(&s->place, f->m, err);
    for (size_t j = 0; status == HONE_OK && j < f->m; j++)
        s->place[j] = f->m;
    return status;
}

/* ---- slopes of all columns ------------------------------------------------------------------- */

static void slopes_by_gram(struct search *s) {
    const struct hone_lasso *f = s->f;
    double both = 0;
    memcpy(s->s, f->q, f->m * sizeof *s->s);
    for (size_t j = 0; j < f->m; j++)
        if (s->c[j] != 0)
            hone_daxpy(f->m, -s->c[j], f->gram + j * f->m, s->s);
    for (size_t j = 0; j < f->m; j++)
        both += s->c[j] * (f->q[j] + s->s[j]);
    s->r2 = fmax(f->y2 - both, 0); /* |y|^2 - c'(X'y) - c's */
}

static hone_status slopes_by_rows(struct search *s, const hone_monitor *mon, hone_error *err) {
    const struct hone_lasso *f = s->f;
    double shift = f->y_mean, sum = 0;
    hone_status status = hone_data_times(f->data, s->c, s->r, mon, err);
    for (size_t j = 0; j < f->m; j++)
        shift -= f->mean[j] * s->c[j];
    s->r2 = 0;
    for (size_t i = 0; status == HONE_OK && i < f->n; i++) {
        double w = (f->w ? f->w[i] : 1) / f->total;
        double r = *hone_view_row(f->data->y, i) - s->r[i] - shift;
        s->r2 += w * r * r;
        sum += s->r[i] = w * r;
    }
    if (status == HONE_OK)
        status = hone_data_back(f->data, s->r, s->s, mon, err);
    for (size_t j = 0; j < f->m; j++)
        s->s[j] -= f->mean[j] * sum;
    return status;
}

static hone_status find_slopes(struct search *s, const hone_monitor *mon, hone_error *err) {
    hone_monitor alone = mon ? *mon : (hone_monitor){.threads = 1};
    bool few = s->f->n <= FEW_CELLS / s->f->m;
    alone.threads = 1;
    if (!s->f->gram)
        return slopes_by_rows(s, few ? &alone : mon, err);
    slopes_by_gram(s);
    return HONE_OK;
}

static double offence(const struct search *s, size_t j) {
    return hone_lasso_offence(s->c[j], s->s[j], s->f->a, s->f->b, s->f->positive);
}

/* The worst offence; *rounding tells that none is more than the rounding of x_j'y, as *noise is of
 * the longest column. */
static double find_worst(const struct search *s, bool *rounding, double *noise) {
    double worst = 0, unit = ROUNDING * sqrt(s->f->y2);
    *rounding = true, *noise = 0;
    for (size_t j = 0; j < s->f->m; j++) {
        double off = offence(s, j);
        worst = fmax(worst, off);
        *noise = fmax(*noise, unit * s->f->spread[j]);
        *rounding = *rounding && off <= unit * s->f->spread[j];
    }
    return worst;
}

/* P(c) - D(theta), over |y|^2. y'r = |r|^2 + c's. */
static double find_gap(const struct search *s) {
    const struct hone_lasso *f = s->f;
    double top = 0, absolute = 0, squares = 0, fitted = 0;
    for (size_t j = 0; j < f->m; j++) {
        double g = s->s[j] - f->b * s->c[j];
        top = fmax(top, f->positive ? g : fabs(g));
        absolute += fabs(s->c[j]);
        squares += s->c[j] * s->c[j];
        fitted += s->c[j] * s->s[j];
    }
    double t = top > f->a ? f->a / top : 1;
    double gap =
        (1 + t * t) / 2 * (s->r2 + f->b * squares) + f->a * absolute - t * (s->r2 + fitted);
    return f->y2 > 0 ? fmax(gap, 0) / f->y2 : 0;
}

/* ---- the part that is worked on -------------------------------------------------------------- */

/* The columns that shall join: those in use, then the worst offenders, at most as many as there
 * are in use. pick[p .. p + count). */
static hone_status choose(struct search *s, size_t *count, hone_error *err) {
    size_t m = s->f->m, found = 0, used = 0, *id = NULL;
    uint64_t *key = NULL;
    hone_status status;
    *count = 0;
    if ((status = hone_new(&id, m, err)) != HONE_OK || (status = hone_new(&key, m, err)) != HONE_OK)
        goto done;
    for (size_t j = 0; j < m; j++) {
        used += s->c[j] != 0;
        double off = s->c[j] != 0 ? INFINITY : offence(s, j);
        if (s->place[j] == m && off > 0)
            key[found] = hone_sort_key(-off), id[found++] = j;
    }
    size_t most = used > FEW_COLUMNS ? used : FEW_COLUMNS;
    if (found > most && (status = hone_sort_keys(key, id, found, err)) != HONE_OK)
        goto done;
    *count = found < most ? found : most;
    memcpy(s->pick + s->p, id, *count * sizeof *id);
done:
    hone_release(id);
    hone_release(key);
    return status;
}

static hone_status make_room(struct search *s, size_t count, hone_error *err) {
    size_t old = s->room, m = s->f->m, n = s->f->gram || s->f->data->sparse ? 0 : s->f->n;
    double *h = NULL;
    if (s->p + count <= old)
        return HONE_OK;
    size_t room = 2 * (s->p + count) < m ? 2 * (s->p + count) : m;
    hone_status status = hone_new2(&h, room, room, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < s->p; i++)
        memcpy(h + i * room, s->h + i * old, s->p * sizeof *h);
    hone_release(s->h);
    s->h = h, s->room = room;
    if ((status = hone_grow(&s->block, old * n, room * n, err)) != HONE_OK ||
        (status = hone_grow(&s->part.c, old, room, err)) != HONE_OK ||
        (status = hone_grow(&s->part.s, old, room, err)) != HONE_OK)
        return status;
    return hone_grow(&s->part.order, old, room, err);
}

/* Copies the new columns and multiplies them with all. */
static void join_full(struct search *s, size_t count) {
    const struct hone_lasso *f = s->f;
    size_t n = f->n, p = s->p;
    for (size_t i = 0; i < n; i++) {
        const double *row = hone_view_row(f->data->x, i);
        double root = sqrt((f->w ? f->w[i] : 1) / f->total);
        for (size_t k = p; k < p + count; k++)
            s->block[k * n + i] = root * (row[s->pick[k]] - f->mean[s->pick[k]]);
    }
    hone_dgemm(false, true, count, p + count, n, 1, s->block + p * n, n, s->block, n, 0,
               s->h + p * s->room, s->room);
}

/* The same from the stored cells of the part in each row. */
static hone_status join_sparse(struct search *s, size_t count, hone_error *err) {
    const struct hone_lasso *f = s->f;
    const hone_csr *x = f->data->sparse;
    size_t p = s->p, *where = NULL;
    double *cell = NULL;
    hone_status status;
    if ((status = hone_new(&where, p + count, err)) == HONE_OK)
        status = hone_new(&cell, p + count, err);
    for (size_t i = 0; status == HONE_OK && i < f->n; i++) {
        double w = (f->w ? f->w[i] : 1) / f->total;
        size_t k = 0;
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
            if (s->place[x->columns[at]] < f->m)
                where[k] = s->place[x->columns[at]], cell[k++] = x->values[at];
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; where[a] >= p && b < k; b++)
                s->h[where[a] * s->room + where[b]] += w * cell[a] * cell[b];
    }
    for (size_t a = p; status == HONE_OK && a < p + count; a++)
        for (size_t b = 0; b < p + count; b++)
            s->h[a * s->room + b] -= f->mean[s->pick[a]] * f->mean[s->pick[b]];
    hone_release(where);
    hone_release(cell);
    return status;
}

static void join_by_gram(struct search *s, size_t count) {
    const struct hone_lasso *f = s->f;
    for (size_t a = s->p; a < s->p + count; a++)
        for (size_t b = 0; b < s->p + count; b++)
            s->h[a * s->room + b] = f->gram[s->pick[a] * f->m + s->pick[b]];
}

static hone_status widen(struct search *s, hone_error *err) {
    size_t count = 0;
    hone_status status = choose(s, &count, err);
    if (status != HONE_OK || (status = make_room(s, count, err)) != HONE_OK)
        return status;
    for (size_t k = s->p; k < s->p + count; k++)
        s->place[s->pick[k]] = k;
    if (s->f->gram)
        join_by_gram(s, count);
    else if (s->f->data->sparse)
        status = join_sparse(s, count, err);
    else
        join_full(s, count);
    for (size_t a = s->p; a < s->p + count; a++)
        for (size_t b = 0; b < a; b++)
            s->h[b * s->room + a] = s->h[a * s->room + b];
    s->p += count;
    return status;
}

/* ---- the search ------------------------------------------------------------------------------ */

static hone_status descend(struct search *s, double eps, struct hone_lasso_end *out,
                           const hone_monitor *mon, hone_error *err) {
    struct hone_lasso_part *part = &s->part;
    part->p = s->p, part->ld = s->room, part->h = s->h;
    part->a = s->f->a, part->b = s->f->b, part->positive = s->f->positive;
    part->random = s->f->random ? &s->rng : NULL;
    for (size_t k = 0; k < s->p; k++) {
        part->c[k] = s->c[s->pick[k]];
        part->s[k] = s->s[s->pick[k]];
    }
    size_t left = s->f->max_iter - out->n_iter;
    hone_status status = hone_lasso_descend(part, eps, left, &out->n_iter, mon, err);
    for (size_t k = 0; k < s->p; k++)
        s->c[s->pick[k]] = part->c[k];
    return status;
}

hone_status hone_lasso_solve(const struct hone_lasso *f, double *c, struct hone_lasso_end *out,
                             const hone_monitor *mon, hone_error *err) {
    struct search s;
    hone_status status = make_search(f, c, &s, err);
    *out = (struct hone_lasso_end){.gap = INFINITY};
    for (int step = 0; status == HONE_OK && step < MOST_STEPS; step++) {
        double noise;
        bool rounding;
        if ((status = find_slopes(&s, mon, err)) != HONE_OK)
            break;
        double worst = find_worst(&s, &rounding, &noise);
        out->gap = find_gap(&s);
        out->converged = out->gap <= f->tol || rounding;
        if (out->converged || out->n_iter >= f->max_iter)
            break;
        if ((status = widen(&s, err)) == HONE_OK)
            status = descend(&s, fmax(FRACTION * worst, noise / 10), out, mon, err);
    }
    free_search(&s);
    return status;
}
