/* smo_small.c -- a problem of few rows: its whole matrix is one block.
 *
 * Rows whose variables are >= 0 in front of those whose are <= 0 are two runs. Where each row has
 * two variables b+ >= 0 and b- <= 0, they share one gradient: with one sum for all they are one
 * variable b = b+ + b-, whose f has a kink of half p+ - p- at 0; with two sums (and p+ = p-) they
 * are two runs about the same rows.
 * Shapes: K n x n or a part of all kernel values; runs are rounded up to whole lanes.
 * Cost: O(n^2 m), O(n) for a step. */
#include "classic/svm/smo.h"

#include "core/parallel.h"

#include <math.h>

enum { LANES = HONE_SMO_LANES, STEPS_A_ROUND = 20000, VECTORS = 8 };

struct small {
    const struct hone_smo_problem *p;
    struct hone_smo_dense dense;
    size_t first; /* rows of the first run */
    float *k;     /* or NULL: borrowed, or by rows */
    struct hone_smo_rows *rows;
    double *pool; /* vectors of the dense problem */
    double *f;    /* n_vars */
};

static size_t round_up(size_t n) {
    return (n + LANES - 1) / LANES * LANES;
}

static bool doubled(const struct hone_smo_problem *p) {
    return p->n_vars > p->n;
}

/* With two sums, the variables of the second must come last; twice the rows share f. */
bool hone_smo_is_small(const struct hone_smo_problem *p) {
    if (p->n > HONE_SVM_ONE_BLOCK)
        return false;
    for (size_t v = 1; v < p->n_vars && p->split; v++) {
        size_t part = hone_smo_part(p, v);
        if (doubled(p) ? part != (v >= p->n) : part < hone_smo_part(p, v - 1))
            return false;
    }
    for (size_t v = 0; v < p->n && p->split && doubled(p); v++)
        if (p->p[v] != p->p[v + p->n])
            return false;
    return true;
}

/* Where v < n is; its double is as far into the second run. */
static size_t place_of(const struct small *s, size_t v) {
    return v < s->first ? v : v + s->dense.middle - s->first;
}

/* How many variables come before the first that is <= 0; all, where they are mixed. */
static size_t first_run(const struct hone_smo_problem *p) {
    size_t first = 0;
    while (first < p->n && (doubled(p) || !(p->lo[first] < 0)))
        first++;
    for (size_t v = first; v < p->n; v++)
        if (p->hi[v] > 0)
            return p->n;
    return first;
}

static void lay_out(struct small *s) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    s->first = first_run(p);
    d->middle = round_up(s->first);
    d->n = d->middle + round_up(p->n - s->first);
    d->ld = round_up(p->n);
    d->column[1] = s->first;
    d->split = p->split;
    d->shared = p->split && doubled(p);
    if (d->shared)
        d->n = 2 * d->middle, d->column[1] = 0;
}

/* Are index[first .. end - 1] neighbours? */
static bool unbroken(const size_t *index, size_t first, size_t end) {
    for (size_t v = first + 1; v < end; v++)
        if (index[v] != index[v - 1] + 1)
            return false;
    return true;
}

/* All kernel values are there, and each run is a part of them. */
static bool borrow(struct small *s) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    if (!p->source->gram || !unbroken(p->index, 0, s->first) || !unbroken(p->index, s->first, p->n))
        return false;
    d->k = p->source->gram, d->ld = p->source->gram_ld;
    d->column[0] = p->index[0];
    d->column[1] = d->shared || s->first == p->n ? p->index[0] : p->index[s->first];
    return true;
}

static hone_status make(struct small *s, const hone_monitor *mon, hone_error *err) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    double **const vectors[VECTORS] = {&d->lo, &d->hi, &d->kink, &d->half,
                                       &d->b,  &d->f,  &d->up,   &d->down};
    hone_status status;
    lay_out(s);
    if ((status = hone_new(&s->f, p->n_vars, err)) ||
        (status = hone_new2(&s->pool, VECTORS, d->n, err)))
        return status;
    for (size_t i = 0; i < VECTORS; i++)
        *vectors[i] = s->pool + i * d->n;
    if (borrow(s))
        return HONE_OK;
    if (p->source->by_rows) {
        status = hone_smo_rows_create(p->source, p->index, p->n, &s->rows, err);
        d->rows = status == HONE_OK ? hone_smo_rows_table(s->rows) : NULL;
        return status;
    }
    if ((status = hone_new2(&s->k, p->n + 1, d->ld, err)))
        return status;
    d->k = s->k;
    return hone_svm_source_square(p->source, p->index, p->n, s->k, d->ld, mon, err);
}

static void unmake(struct small *s) {
    hone_release(s->k);
    hone_smo_rows_free(s->rows);
    hone_release(s->pool);
    hone_release(s->f);
}

/* Variable `from` of the problem goes to a place. */
static void load_variable(const struct small *s, size_t from, size_t at) {
    s->dense.lo[at] = s->p->lo[from], s->dense.hi[at] = s->p->hi[from];
    s->dense.b[at] = s->p->b[from];
}

/* Half of K(v, v). */
static hone_status load_half(const struct small *s, size_t v, double *out, hone_error *err) {
    const struct hone_smo_dense *d = &s->dense;
    size_t column = v < s->first ? d->column[0] + v : d->column[1] + v - s->first;
    hone_status status = HONE_OK;
    double self;
    if (s->rows)
        status = hone_svm_source_self(s->p->source, s->p->index[v], &self, err);
    else
        self = (double)d->k[column * d->ld + column];
    if (status == HONE_OK)
        *out = (double)(float)self / 2;
    return status;
}

static hone_status load(struct small *s, hone_error *err) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    hone_status status;
    for (size_t v = 0; v < p->n; v++) {
        size_t at = place_of(s, v);
        load_variable(s, v, at);
        d->f[at] = p->p[v];
        if ((status = load_half(s, v, &d->half[at], err)) ||
            (s->rows && p->b[v] != 0 && (status = hone_smo_rows_add(s->rows, v, err))))
            return status;
        if (d->shared) {
            load_variable(s, v + p->n, d->middle + at);
            d->half[d->middle + at] = d->half[at];
        } else if (doubled(p)) {
            d->lo[at] = p->lo[v + p->n], d->b[at] += p->b[v + p->n];
            d->f[at] = (p->p[v] + p->p[v + p->n]) / 2;
            d->kink[at] = (p->p[v] - p->p[v + p->n]) / 2;
        }
    }
    hone_smo_dense_begin(d);
    hone_smo_dense_mark(d);
    return HONE_OK;
}

static void unload(struct small *s) {
    const struct hone_smo_problem *p = s->p;
    const struct hone_smo_dense *d = &s->dense;
    for (size_t v = 0; v < p->n; v++) {
        size_t at = place_of(s, v), other = v + p->n;
        double b = d->b[at], f = d->f[at];
        if (!doubled(p)) {
            p->b[v] = b, s->f[v] = f;
        } else if (d->shared) {
            p->b[v] = b, p->b[other] = d->b[d->middle + at];
            s->f[v] = s->f[other] = f;
        } else {
            p->b[v] = b > 0 ? b : 0, p->b[other] = b < 0 ? b : 0;
            s->f[v] = f + d->kink[at], s->f[other] = f - d->kink[at];
        }
    }
}

static hone_status solve(struct small *s, const hone_monitor *mon, struct hone_smo_result *out,
                         hone_error *err) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    double until = hone_now() + p->time_limit;
    hone_status status = HONE_OK;
    do {
        double left = p->max_steps - out->steps;
        size_t steps =
            hone_smo_dense_solve(d, p->tol, left < STEPS_A_ROUND ? (size_t)left : STEPS_A_ROUND);
        out->steps += (double)steps;
        if (d->missing != HONE_SMO_ALL_THERE) {
            status = hone_smo_rows_add(s->rows, d->missing, err);
            continue;
        }
        unload(s);
        struct hone_smo_bounds bounds = hone_smo_look(p, s->f);
        if (hone_smo_is_done(p, &bounds, until, out) || steps == 0)
            return HONE_OK;
        status = hone_monitor_poll(mon, err);
    } while (status == HONE_OK);
    return status;
}

hone_status hone_smo_solve_small(const struct hone_smo_problem *problem, const hone_monitor *mon,
                                 struct hone_smo_result *out, hone_error *err) {
    struct small s = {.p = problem};
    hone_status status;
    if ((status = make(&s, mon, err)))
        goto done;
    if ((status = load(&s, err)) == HONE_OK && (status = solve(&s, mon, out, err)) == HONE_OK)
        hone_smo_finish(problem, s.f, out);
done:
    unmake(&s);
    return status;
}
