/* linear_machine_interior.c -- plain losses of few rows and columns: an interior point of the dual.
 *
 *   min |X'b|^2 / 2 + c'b,  lo <= b <= hi:   X v + c = lambda - mu,  v = X'b,
 *   lambda (b - lo) = sigma,  mu (hi - b) = sigma;  sigma -> 0 by Mehrotra's two steps
 * Variable k is about row k mod n: one for each row, two where epsilon gives each its own side
 * (b = b_k + b_{k+n}). Elimination leaves (I + X' diag(w) X) dv = r, w_i = sum 1 / theta_k. What
 * ends nearer to a bound than its multiplier is to 0 is put there. Coordinate descent
 * (linear_machine_dual.c) takes very many sweeps where columns depend on one another; here it only
 * confirms. Shapes: b, lambda, mu and their like N = stride or 2 stride. Cost: n d^2 / 2 for each
 * of some 15 iterations.   Reference: Mehrotra 1992; Ferris & Munson 2002. */
#include "classic/linear/linear_machine_few.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

enum { MOST_ITERATIONS = 60, VECTORS = 11, ROW_VECTORS = 4 };
static const double ENOUGH = 1e-13; /* of complementarity, beside the largest there was */
static const double SHORT = 0.995;  /* of the way to the nearest bound */

struct interior {
    const struct hone_machine *f;
    struct hone_machine_few few;
    size_t n_vars, stride, d;
    double *b, *c, *below, *above;      /* n_vars: b - lo, hi - b */
    double *lower, *upper;              /* multipliers */
    double *theta, *rho, *db, *dl, *du; /* of a step */
    double *z, *dz, *w, *sum;           /* stride */
    double *v, *dv, *h;                 /* d, d, d x d */
    double *pool;
};

static hone_status make(const struct hone_machine *f, struct interior *s, hone_error *err) {
    hone_status status;
    *s = (struct interior){.f = f, .d = f->d};
    if ((status = hone_machine_few_create(f, &s->few, err)) != HONE_OK)
        return status;
    s->stride = s->few.stride;
    s->n_vars = f->epsilon > 0 && !f->hinge ? 2 * s->stride : s->stride;
    size_t room = VECTORS * s->n_vars + ROW_VECTORS * s->stride + s->d * (s->d + 2);
    if ((status = hone_new(&s->pool, room, err)) != HONE_OK)
        return status;
    double **const vectors[] = {&s->b,     &s->c,   &s->below, &s->above, &s->lower, &s->upper,
                                &s->theta, &s->rho, &s->db,    &s->dl,    &s->du};
    double **const of_rows[] = {&s->z, &s->dz, &s->w, &s->sum};
    double *at = s->pool;
    for (size_t i = 0; i < VECTORS; i++, at += s->n_vars)
        *vectors[i] = at;
    for (size_t i = 0; i < ROW_VECTORS; i++, at += s->stride)
        *of_rows[i] = at;
    s->v = at, s->dv = s->v + s->d, s->h = s->dv + s->d;
    return HONE_OK;
}

/* The bounds of variable k. Places beyond the rows have a box of their own, without a row. */
static void bounds_of(const struct interior *s, size_t k, double *lo, double *hi) {
    const struct hone_machine *f = s->f;
    size_t i = k % s->stride;
    double u = i < f->n ? f->u[i] : 1, y = i < f->n ? f->y[i] : 1;
    bool falls = f->hinge ? y < 0 : k >= s->stride, both = !f->hinge && s->n_vars == s->stride;
    *lo = falls || both ? -u : 0;
    *hi = falls ? 0 : u;
}

/* sum (stride) of x (n_vars) over the variables of each row. */
static void gather_rows(const struct interior *s, const double *x, double *sum) {
    memcpy(sum, x, s->stride * sizeof *sum);
    for (size_t i = s->stride; i < s->n_vars; i++)
        sum[i - s->stride] += x[i];
}

/* b in the middle of its box; multipliers that hold the gradient there. */
static void begin(struct interior *s) {
    const struct hone_machine *f = s->f;
    double most = 0;
    for (size_t k = 0; k < s->n_vars; k++) {
        double lo, hi, margin = f->hinge ? 0 : f->epsilon;
        size_t i = k % s->stride;
        bounds_of(s, k, &lo, &hi);
        s->b[k] = (lo + hi) / 2;
        s->below[k] = s->above[k] = (hi - lo) / 2;
        s->c[k] = i < f->n ? (k < s->stride ? margin : -margin) - f->y[i] : 0;
    }
    gather_rows(s, s->b, s->sum);
    hone_machine_few_back(&s->few, s->sum, s->v);
    hone_machine_few_scores(&s->few, s->v, s->z);
    for (size_t k = 0; k < s->n_vars; k++)
        most = fmax(most, fabs(s->z[k % s->stride] + s->c[k]));
    for (size_t k = 0; k < s->n_vars; k++) {
        double g = s->z[k % s->stride] + s->c[k];
        s->lower[k] = most / 10 + fmax(g, 0);
        s->upper[k] = s->lower[k] - g;
    }
}

static double complementarity(const struct interior *s) {
    double sum = 0;
    for (size_t k = 0; k < s->n_vars; k++)
        sum += s->below[k] * s->lower[k] + s->above[k] * s->upper[k];
    return sum / (2 * (double)s->n_vars);
}

/* theta, and the factor of I + X' diag(w) X. */
static bool factor(struct interior *s) {
    for (size_t k = 0; k < s->n_vars; k++) {
        s->theta[k] = s->lower[k] / s->below[k] + s->upper[k] / s->above[k];
        s->db[k] = 1 / s->theta[k];
    }
    gather_rows(s, s->db, s->w);
    hone_machine_few_gram(&s->few, s->w, s->h);
    for (size_t j = 0; j < s->d; j++)
        s->h[j * (s->d + 1)] += 1;
    return hone_machine_few_factor(s->h, s->d);
}

/* The step towards products of sigma; `second`: with those of the first step's own changes. */
static void find_step(struct interior *s, double sigma, bool second) {
    for (size_t k = 0; k < s->n_vars; k++) {
        double lower = sigma, upper = sigma, g = s->z[k % s->stride] + s->c[k];
        if (second)
            lower -= s->db[k] * s->dl[k], upper += s->db[k] * s->du[k];
        lower /= s->below[k], upper /= s->above[k];
        s->dl[k] = lower - s->lower[k], s->du[k] = upper - s->upper[k];
        s->rho[k] = (lower - upper - g) / s->theta[k];
    }
    gather_rows(s, s->rho, s->sum);
    hone_machine_few_back(&s->few, s->sum, s->dv);
    hone_machine_few_solve(s->h, s->d, s->dv);
    hone_machine_few_scores(&s->few, s->dv, s->dz);
    for (size_t k = 0; k < s->n_vars; k++) {
        s->db[k] = s->rho[k] - s->dz[k % s->stride] / s->theta[k];
        s->dl[k] -= s->lower[k] / s->below[k] * s->db[k];
        s->du[k] += s->upper[k] / s->above[k] * s->db[k];
    }
}

/* How far along the step nothing becomes negative; at most 1. */
static double room_of(const struct interior *s) {
    double worst = 1; /* of -change / value */
    for (size_t k = 0; k < s->n_vars; k++) {
        double a = -s->db[k] / s->below[k], b = s->db[k] / s->above[k];
        double c = -s->dl[k] / s->lower[k], d = -s->du[k] / s->upper[k];
        double x = a > b ? a : b, y = c > d ? c : d;
        x = x > y ? x : y, worst = x > worst ? x : worst;
    }
    return 1 / worst;
}

static double complementarity_after(const struct interior *s, double t) {
    double sum = 0;
    for (size_t k = 0; k < s->n_vars; k++)
        sum += (s->below[k] + t * s->db[k]) * (s->lower[k] + t * s->dl[k]) +
               (s->above[k] - t * s->db[k]) * (s->upper[k] + t * s->du[k]);
    return sum / (2 * (double)s->n_vars);
}

static void go(struct interior *s, double t) {
    for (size_t k = 0; k < s->n_vars; k++) {
        s->b[k] += t * s->db[k];
        s->below[k] += t * s->db[k], s->above[k] -= t * s->db[k];
        s->lower[k] += t * s->dl[k], s->upper[k] += t * s->du[k];
    }
    for (size_t j = 0; j < s->d; j++)
        s->v[j] += t * s->dv[j];
    for (size_t i = 0; i < s->stride; i++)
        s->z[i] += t * s->dz[i];
}

static size_t iterate(struct interior *s, size_t limit) {
    double now = complementarity(s), most = now;
    size_t n = 0;
    for (; n < limit && now > ENOUGH * most && factor(s); n++) {
        find_step(s, 0, false);
        double share = complementarity_after(s, room_of(s)) / now;
        find_step(s, share * share * share * now, true);
        double t = room_of(s);
        go(s, t < 1 ? SHORT * t : 1);
        now = complementarity(s);
        most = fmax(most, now);
    }
    return n;
}

/* b (n) at a bound where that is what the multipliers say. */
static void settle(const struct interior *s, double *b) {
    double most = 0;
    for (size_t k = 0; k < s->n_vars; k++)
        most = fmax(most, fmax(s->lower[k], s->upper[k]));
    memset(b, 0, s->f->n * sizeof *b);
    for (size_t k = 0; k < s->n_vars; k++) {
        double lo, hi, value = s->b[k];
        size_t i = k % s->stride;
        if (i >= s->f->n)
            continue;
        bounds_of(s, k, &lo, &hi);
        if (s->below[k] * most < s->lower[k] * (hi - lo))
            value = lo;
        else if (s->above[k] * most < s->upper[k] * (hi - lo))
            value = hi;
        b[i] += value;
    }
}

hone_status hone_machine_interior(const struct hone_machine *f, double *b, size_t *n_iter,
                                  hone_error *err) {
    size_t limit = f->max_iter < MOST_ITERATIONS ? f->max_iter - 1 : MOST_ITERATIONS;
    struct interior s;
    hone_status status = make(f, &s, err);
    if (status == HONE_OK) {
        begin(&s);
        *n_iter = iterate(&s, limit);
        settle(&s, b);
    }
    hone_machine_few_free(&s.few);
    hone_release(s.pool);
    return status;
}
