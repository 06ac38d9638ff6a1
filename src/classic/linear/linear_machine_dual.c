/* linear_machine_dual.c -- a squared penalty, and losses plain or (where columns outnumber rows)
 * squared: coordinate descent in the dual.
 *
 *   min over 0 <= s_i b_i <= u_i of |sum_i b_i t_i|^2 / 2 - sum_i (y_i b_i - epsilon |b_i|),
 *   v = sum_i b_i t_i,  t_i = (x_i, scale);  of classes b_i has the sign of y_i and epsilon is 0,
 *   of values any sign;  squared losses have no upper bound but add sum_i b_i^2 / (4 u_i)
 * One row at a time, in an order drawn anew for each sweep; rows at a bound whose gradient points
 * out of the box by more than the last sweep's worst violation are left out until the others are
 * done. A violation is a projected gradient: how far a score is from where it may rest.
 * Few rows of few columns begin at an interior point (linear_machine_interior.c): sweeps are many
 * where columns depend on one another.
 * Cost: 2 cells of a row per visit; n doubles for b.
 * Reference: Hsieh, Chang, Lin, Keerthi & Sundararajan 2008; Ho & Lin 2012.                    */
#include "classic/linear/linear_machine_few.h"

#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "linalg/linalg.h"
#include "optim/line_search.h"

#include <math.h>
#include <string.h>

#define MOST_FAR 1e300 /* no sweep has measured a violation yet */

struct dual {
    const struct hone_machine *f;
    double *b, *q; /* n: q = |t_i|^2 + soft_i */
    double *soft;  /* n: 1 / (2 u_i) of squared losses, else 0 */
    double *v;     /* d */
    size_t *order; /* n; the first `active` are at work */
    size_t active;
    double low, high; /* worst violations of the last sweep, the bounds of shrinking */
};

HONE_CLONES
static double inner(size_t n, const double *restrict x, const double *restrict v) {
    hone_f64x8 sum = {0};
    size_t j = 0;
    double rest = 0;
    for (; j + 8 <= n; j += 8)
        sum += *(const hone_f64x8_in_memory *)(x + j) * *(const hone_f64x8_in_memory *)(v + j);
    for (; j < n; j++)
        rest += x[j] * v[j];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])) + rest;
}

HONE_CLONES
static void add(size_t n, double a, const double *restrict x, double *restrict v) {
    for (size_t j = 0; j < n; j++)
        v[j] += a * x[j];
}

/* Four sums at a time: an addition need not wait for the one before. */
static double sparse_inner(const hone_csr *x, size_t i, const double *v) {
    double a = 0, b = 0, c = 0, d = 0;
    size_t at = x->starts[i], end = x->starts[i + 1];
    for (; at + 4 <= end; at += 4) {
        a += x->values[at] * v[x->columns[at]];
        b += x->values[at + 1] * v[x->columns[at + 1]];
        c += x->values[at + 2] * v[x->columns[at + 2]];
        d += x->values[at + 3] * v[x->columns[at + 3]];
    }
    for (; at < end; at++)
        a += x->values[at] * v[x->columns[at]];
    return (a + b) + (c + d);
}

static double score(const struct dual *s, size_t i) {
    const struct hone_machine *f = s->f;
    double z = f->d > f->m ? f->scale * s->v[f->m] : 0;
    if (f->data->sparse)
        return z + sparse_inner(f->data->sparse, i, s->v);
    return z + inner(f->m, hone_view_row(f->data->x, i), s->v);
}

static void move(struct dual *s, size_t i, double change) {
    const struct hone_machine *f = s->f;
    const hone_csr *x = f->data->sparse;
    s->b[i] += change;
    if (f->d > f->m)
        s->v[f->m] += change * f->scale;
    if (!x)
        add(f->m, change, hone_view_row(f->data->x, i), s->v);
    else
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
            s->v[x->columns[at]] += change * x->values[at];
}

static void measure_rows(struct dual *s) {
    const struct hone_machine *f = s->f;
    const hone_csr *x = f->data->sparse;
    for (size_t i = 0; i < f->n; i++) {
        double sum = f->d > f->m ? f->scale * f->scale : 0;
        if (!x)
            sum += inner(f->m, hone_view_row(f->data->x, i), hone_view_row(f->data->x, i));
        else
            for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++)
                sum += x->values[at] * x->values[at];
        s->soft[i] = f->squared ? 1 / (2 * f->u[i]) : 0;
        s->q[i] = sum + s->soft[i];
    }
}

/* ---- one row --------------------------------------------------------------------------------- */

/* The box of a row, and the gradient of its quadratic to the right and to the left of b (they
 * differ at 0 only, by 2 epsilon). */
struct row {
    double least, most, right, left;
};

static struct row look(const struct dual *s, size_t i) {
    const struct hone_machine *f = s->f;
    double b = s->b[i], g = score(s, i) - f->y[i] + b * s->soft[i];
    double u = f->squared ? INFINITY : f->u[i];
    if (f->hinge)
        return (struct row){f->y[i] > 0 ? 0 : -u, f->y[i] > 0 ? u : 0, g, g};
    return (struct row){-u, u, b >= 0 ? g + f->epsilon : g - f->epsilon,
                        b > 0 ? g + f->epsilon : g - f->epsilon};
}

/* > 0: b should fall, < 0: it should rise, 0: it may rest. */
static double violation(const struct row *row, double b) {
    if (row->right < 0 && b < row->most)
        return row->right;
    return row->left > 0 && b > row->least ? row->left : 0;
}

/* Is the row so firmly at its bound that it may be left out? */
static bool settled(const struct dual *s, const struct row *row, double b) {
    double far = s->high > -s->low ? s->high : -s->low;
    if (far > MOST_FAR)
        return false;
    return (b == row->most && row->left < -far) || (b == row->least && row->right > far) ||
           (b == 0 && !s->f->hinge && row->right > far && row->left < -far);
}

/* The minimum along b_i. */
static double goal(const struct dual *s, const struct row *row, size_t i, double v) {
    double b = s->b[i], next = b - v / s->q[i];
    if (!s->f->hinge && ((b > 0 && next < 0) || (b < 0 && next > 0))) {
        /* beyond 0 the slope is another by 2 epsilon */
        double other = v + copysign(2 * s->f->epsilon, next);
        next = b - other / s->q[i];
        if ((b > 0 && next > 0) || (b < 0 && next < 0))
            next = 0;
    }
    return next < row->least ? row->least : next > row->most ? row->most : next;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

static hone_status sweep(struct dual *s, hone_rng *rng, const hone_monitor *mon, hone_error *err) {
    double low = 0, high = 0;
    hone_status status = HONE_OK;
    hone_rng_shuffle(rng, s->order, s->active);
    for (size_t k = 0; k < s->active && status == HONE_OK; k++) {
        size_t i = s->order[k];
        struct row row = look(s, i);
        if (settled(s, &row, s->b[i])) {
            s->order[k] = s->order[--s->active];
            s->order[s->active] = i;
            k--;
            continue;
        }
        double v = violation(&row, s->b[i]);
        low = v < low ? v : low, high = v > high ? v : high;
        if (v != 0 && s->q[i] > 0)
            move(s, i, goal(s, &row, i, v) - s->b[i]);
        if (k % 1024 == 0)
            status = hone_monitor_poll(mon, err);
    }
    s->low = low, s->high = high;
    return status;
}

static hone_status make_dual(const struct hone_machine *f, double *v, struct dual *s,
                             hone_error *err) {
    hone_status status;
    *s = (struct dual){.f = f, .v = v, .active = f->n};
    s->low = -INFINITY, s->high = INFINITY;
    if ((status = hone_new(&s->b, f->n, err)) != HONE_OK ||
        (status = hone_new(&s->q, f->n, err)) != HONE_OK ||
        (status = hone_new(&s->soft, f->n, err)) != HONE_OK)
        return status;
    if ((status = hone_new(&s->order, f->n, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < f->n; i++)
        s->order[i] = i;
    memset(v, 0, f->d * sizeof *v);
    measure_rows(s);
    return HONE_OK;
}

/* Where rows and columns are few: b of an interior point, and v that belongs to it. */
static hone_status begin_inside(struct dual *s, size_t *n_iter, hone_error *err) {
    const struct hone_machine *f = s->f;
    double *b = NULL;
    hone_status status = HONE_OK;
    if (f->squared || !hone_machine_few_suit(f))
        return HONE_OK;
    if ((status = hone_new(&b, f->n, err)) == HONE_OK)
        status = hone_machine_interior(f, b, n_iter, err);
    for (size_t i = 0; i < f->n && status == HONE_OK; i++)
        if (b[i] != 0)
            move(s, i, b[i]);
    hone_release(b);
    return status;
}

static hone_status find_objective(const struct dual *s, double *out, const hone_monitor *mon,
                                  hone_error *err) {
    double *z = NULL;
    hone_status status = hone_new(&z, s->f->n, err);
    if (status == HONE_OK)
        status = hone_machine_scores(s->f, s->v, z, mon, err);
    if (status == HONE_OK)
        *out = hone_inner(s->f->d, s->v, s->v) / 2 + hone_machine_losses(s->f, z, NULL);
    hone_release(z);
    return status;
}

hone_status hone_machine_dual(const struct hone_machine *f, double *v, struct hone_machine_end *out,
                              const hone_monitor *mon, hone_error *err) {
    struct dual s;
    hone_rng rng = hone_rng_at(f->seed, 0);
    *out = (struct hone_machine_end){.violation = INFINITY};
    hone_status status = make_dual(f, v, &s, err);
    if (status == HONE_OK)
        status = begin_inside(&s, &out->n_iter, err);
    while (status == HONE_OK && out->n_iter < f->max_iter && !out->converged) {
        bool all = s.active == f->n;
        status = sweep(&s, &rng, mon, err);
        out->n_iter++;
        out->violation = s.high - s.low;
        if (out->violation > f->tol)
            continue;
        out->converged = all && s.active == f->n;
        s.active = f->n; /* what was left out must agree */
        s.low = -INFINITY, s.high = INFINITY;
    }
    if (status == HONE_OK)
        status = find_objective(&s, &out->objective, mon, err);
    hone_release(s.b);
    hone_release(s.q);
    hone_release(s.soft);
    hone_release(s.order);
    return status;
}
