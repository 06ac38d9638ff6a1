/* start.c -- a start from some of the rows.
 *
 * The minimum over a share of the rows is as near to that over all as the rows let us hope for:
 * what remains takes two steps of Newton in place of five, over a sixteenth of the data. One row is
 * drawn from each piece of n / n' rows in a fixed stream, so that neither order nor period of the
 * rows matters, and the same data have the same start. Larger shares begin in the same way. Left
 * alone: few rows for the variables, a class that was not drawn, and a share whose classes can be
 * parted, which says nothing of the whole. Cost: a fit of n / 16 rows, which stay where they are.
 */
#include "classic/logistic/objective.h"

#include "core/alloc.h"
#include "core/rng.h"

#include <string.h>

#define SHARE          16
#define LEAST_ROWS     2000
#define PER_VARIABLE   20
#define START_TOL      1e-3
#define MOST_STEPS     50
#define LEAST_LOSS     0.01 /* below, the share is parted or nearly so */
#define ROWS_AT_RANDOM 0x109157

struct share {
    struct hone_logistic f;
    size_t *pick;
    double *u, *v;
    uint32_t *y;
};

static void free_share(struct share *s) {
    hone_logistic_free(&s->f);
    hone_release(s->pick);
    hone_release(s->u);
    hone_release(s->v);
    hone_release(s->y);
}

static hone_status draw(struct share *s, size_t n, size_t from, hone_error *err) {
    hone_status status = hone_new(&s->pick, n, err);
    hone_rng rng = hone_rng_at(0, hone_rng_stream(ROWS_AT_RANDOM, n));
    for (size_t i = 0; status == HONE_OK && i < n; i++) {
        size_t first = i * from / n, end = (i + 1) * from / n;
        s->pick[i] = first + hone_rng_below(&rng, end - first);
    }
    return status;
}

/* Codes and weights of the rows drawn; *every: has each class a row? */
static hone_status take_y(struct share *s, const struct hone_logistic *f, size_t n, bool *every,
                          hone_error *err) {
    size_t classes = f->k == 1 ? 2 : f->k, *count = NULL;
    double total = 0;
    hone_status status;
    if ((status = hone_new(&s->u, n, err)) != HONE_OK ||
        (status = hone_new(&s->y, n, err)) != HONE_OK ||
        (status = hone_new(&count, classes, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        s->y[i] = f->y[s->pick[i]];
        count[s->y[i]]++;
        total += s->u[i] = f->u[s->pick[i]];
    }
    for (size_t i = 0; i < n; i++)
        s->u[i] /= total;
    *every = true;
    for (size_t c = 0; c < classes; c++)
        *every = *every && count[c] > 0;
    hone_release(count);
    return HONE_OK;
}

static hone_status take(struct share *s, const struct hone_logistic *f, size_t n, bool *every,
                        hone_error *err) {
    s->f = (struct hone_logistic){.rows = f->rows, .penalty = f->penalty, .k = f->k, .cold = true};
    s->f.curvature = f->curvature;
    s->f.rows.n = n;
    hone_status status = draw(s, n, f->rows.n, err);
    if (status == HONE_OK)
        status = take_y(s, f, n, every, err);
    if (status != HONE_OK || !*every)
        return status;
    for (size_t i = 0; i < n; i++)
        s->pick[i] = hone_logistic_row(&f->rows, s->pick[i]);
    s->f.y = s->y, s->f.u = s->u, s->f.rows.pick = s->pick;
    return HONE_OK;
}

hone_status hone_logistic_start(struct hone_logistic *f, enum hone_logistic_solver solver,
                                double *v, const hone_monitor *mon, hone_error *err) {
    size_t size = f->k * f->rows.d, n = f->rows.n / SHARE, least = PER_VARIABLE * size;
    struct share share = {0};
    hone_stop stop = {START_TOL, MOST_STEPS, 0};
    hone_minimum end = {0};
    bool every = false;
    least = least < LEAST_ROWS ? LEAST_ROWS : least;
    n = n < least ? least : n;
    if (n > f->rows.n / 4)
        return HONE_OK;
    hone_status status = take(&share, f, n, &every, err);
    if (status != HONE_OK || !every || (status = hone_new(&share.v, size, err)) != HONE_OK)
        goto done;
    memcpy(share.v, v, size * sizeof *v);
    status = hone_logistic_minimise(&share.f, solver, &stop, share.v, &end, mon, err);
    if (status == HONE_OK && end.converged && end.value > LEAST_LOSS) {
        memcpy(v, share.v, size * sizeof *v);
        f->cold = false;
    }
done:
    free_share(&share);
    return status;
}
