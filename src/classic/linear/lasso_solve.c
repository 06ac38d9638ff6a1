/* lasso_solve.c -- the lasso on growing parts of the columns, until the duality gap is small.
 *
 * A step finds s = X'(y - X c) for all columns, stops if the gap is below tol |y|^2, takes the
 * columns whose conditions are off the most into the part that is worked on, and descends on that.
 * The dual point is the residual, shrunk until no column is above a (El Ghaoui et al. 2012):
 *   gap = P(c) - D(theta),  theta = r min(1, a / max |s - b c|)
 * A descent goes until the gap that its part has for itself is small beside the whole one, or
 * enough. Where X'X may be had (m <= n) it is made once the part is large; a search that begins at
 * coefficients has been here before, and makes it at once. That there is X'X already changes
 * nothing: a fit is the same with shared work and without. See lasso_columns.c. Shapes: X n x m, H
 * p x p for p columns in the part. Cost of a step: that of the slopes, and p k per sweep that moves
 * k coefficients. Reference: Massias, Gramfort & Salmon 2018 (working sets). */
#include "classic/linear/lasso_columns.h"
#include "core/alloc.h"
#include "core/sort.h"

#include <math.h>
#include <string.h>

#define FEW_COLUMNS ((size_t)64)
#define SMALL_PART  ((size_t)3) /* of m columns: an m-th of them cost little beside X'X */
#define FRACTION    1e-5        /* of the gap, which a descent leaves in its part */
#define OFFENCE     0.02        /* of the worst, which one without L1 penalty leaves */
#define ROUNDING    1e-13

struct search {
    struct hone_lasso *f;
    double *c, *s; /* m, m */
    double r2;     /* |y - X c|^2 */
    struct hone_lasso_columns columns;
    struct hone_lasso_part part;
    double *q;   /* of part */
    size_t room; /* of part and q */
    hone_rng rng;
};

static void free_search(struct search *s) {
    hone_release(s->s);
    hone_lasso_columns_free(&s->columns);
    hone_release(s->part.c);
    hone_release(s->part.s);
    hone_release(s->q);
    hone_release(s->part.order);
}

/* ---- how far it is --------------------------------------------------------------------------- */

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

static double find_gap(const struct search *s) {
    const struct hone_lasso *f = s->f;
    struct hone_lasso_part all = {.p = f->m,
                                  .c = s->c,
                                  .s = s->s,
                                  .a = f->a,
                                  .b = f->b,
                                  .positive = f->positive,
                                  .y2 = f->y2};
    return hone_lasso_gap(&all, s->r2);
}

/* ---- the part that is worked on -------------------------------------------------------------- */

/* The worst offenders that are not there yet, at most as many as coefficients are in use, to
 * pick[p .. p + count). */
static hone_status choose(struct search *s, size_t *count, hone_error *err) {
    size_t m = s->f->m, found = 0, used = 0, *id = NULL;
    uint64_t *key = NULL;
    hone_status status;
    *count = 0;
    if ((status = hone_new(&id, m, err)) != HONE_OK || (status = hone_new(&key, m, err)) != HONE_OK)
        goto done;
    for (size_t j = 0; j < m; j++) {
        used += s->c[j] != 0;
        double off = offence(s, j);
        if (s->columns.place[j] == m && off > 0)
            key[found] = hone_sort_key(-off), id[found++] = j;
    }
    size_t most = used > FEW_COLUMNS ? used : FEW_COLUMNS;
    if (found > most && (status = hone_sort_keys(key, id, found, err)) != HONE_OK)
        goto done;
    *count = found < most ? found : most;
    memcpy(s->columns.pick + s->columns.p, id, *count * sizeof *id);
done:
    hone_release(id);
    hone_release(key);
    return status;
}

/* The columns in use join. */
static hone_status join_used(struct search *s, const hone_monitor *mon, hone_error *err) {
    size_t count = 0;
    for (size_t j = 0; j < s->f->m; j++)
        if (s->c[j] != 0 && s->columns.place[j] == s->f->m)
            s->columns.pick[s->columns.p + count++] = j;
    return hone_lasso_columns_join(&s->columns, count, mon, err);
}

static hone_status make_search(struct hone_lasso *f, double *c, struct search *s,
                               const hone_monitor *mon, hone_error *err) {
    bool cold = true;
    *s = (struct search){.f = f, .c = c, .rng = hone_rng_at(f->seed, 0)};
    for (size_t j = 0; cold && j < f->m; j++)
        cold = c[j] == 0;
    hone_status status = hone_new(&s->s, f->m, err);
    if (status == HONE_OK)
        status = hone_lasso_columns_make(f, &s->columns, err);
    if (status == HONE_OK && !cold && hone_lasso_multiplies(f->data))
        status = hone_lasso_columns_by_gram(&s->columns, mon, err);
    return status == HONE_OK ? join_used(s, mon, err) : status;
}

static hone_status make_room(struct search *s, hone_error *err) {
    size_t room = s->columns.room;
    hone_status status;
    if (s->room >= room)
        return HONE_OK;
    if ((status = hone_grow(&s->part.c, s->room, room, err)) != HONE_OK ||
        (status = hone_grow(&s->part.s, s->room, room, err)) != HONE_OK ||
        (status = hone_grow(&s->q, s->room, room, err)) != HONE_OK ||
        (status = hone_grow(&s->part.order, s->room, room, err)) != HONE_OK)
        return status;
    s->room = room;
    return HONE_OK;
}

/* Takes more columns into the part; makes X'X where they are many. */
static hone_status widen(struct search *s, const hone_monitor *mon, hone_error *err) {
    size_t count = 0;
    hone_status status = choose(s, &count, err);
    bool many = SMALL_PART * (s->columns.p + count) > s->f->m;
    if (status == HONE_OK && many && !s->columns.by_gram && hone_lasso_multiplies(s->f->data)) {
        if ((status = hone_lasso_columns_by_gram(&s->columns, mon, err)) == HONE_OK &&
            (status = join_used(s, mon, err)) == HONE_OK)
            status = choose(s, &count, err);
    }
    if (status == HONE_OK)
        status = hone_lasso_columns_join(&s->columns, count, mon, err);
    return status == HONE_OK ? make_room(s, err) : status;
}

/* ---- the search ------------------------------------------------------------------------------ */

static hone_status descend(struct search *s, double eps, struct hone_lasso_end *out,
                           const hone_monitor *mon, hone_error *err) {
    struct hone_lasso_part *part = &s->part;
    const size_t *pick = s->columns.pick;
    part->p = s->columns.p, part->ld = s->columns.room, part->h = s->columns.h;
    part->a = s->f->a, part->b = s->f->b, part->positive = s->f->positive;
    part->random = s->f->random ? &s->rng : NULL;
    for (size_t k = 0; k < part->p; k++) {
        part->c[k] = s->c[pick[k]];
        part->s[k] = s->s[pick[k]];
        s->q[k] = s->f->q[pick[k]];
    }
    part->q = s->q, part->y2 = s->f->y2, part->gap = fmax(s->f->tol / 2, FRACTION * out->gap);
    size_t left = s->f->max_iter - out->n_iter;
    hone_status status = hone_lasso_descend(part, eps, left, &out->n_iter, mon, err);
    for (size_t k = 0; k < part->p; k++)
        s->c[pick[k]] = part->c[k];
    return status;
}

hone_status hone_lasso_solve(struct hone_lasso *f, double *c, struct hone_lasso_end *out,
                             const hone_monitor *mon, hone_error *err) {
    struct search s;
    hone_status status = make_search(f, c, &s, mon, err);
    *out = (struct hone_lasso_end){.gap = INFINITY};
    for (int step = 0; status == HONE_OK && step < HONE_LASSO_STEPS; step++) {
        double noise;
        bool rounding;
        if ((status = hone_lasso_columns_slopes(&s.columns, c, s.s, &s.r2, mon, err)) != HONE_OK)
            break;
        double worst = find_worst(&s, &rounding, &noise);
        out->gap = find_gap(&s);
        out->converged = out->gap <= f->tol || rounding;
        if (out->converged || out->n_iter >= f->max_iter)
            break;
        if ((status = widen(&s, mon, err)) == HONE_OK)
            status = descend(&s, f->a > 0 ? noise / 10 : fmax(OFFENCE * worst, noise / 10), out,
                             mon, err);
    }
    free_search(&s);
    return status;
}
