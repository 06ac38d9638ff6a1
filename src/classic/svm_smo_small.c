/* svm_smo_small.c -- a problem of few rows: its whole matrix is one block.
 *
 * Where each row has two variables, both halves share the matrix of the rows.
 * Shapes: K columns x columns, columns n rounded up to whole lanes (a sum of its own begins on
 * one); b, f and their like n or 2 n of these.   Cost: O(n^2 m), O(n) for a step. */
#include "classic/svm_smo.h"

#include "core/parallel.h"

#include <string.h>

enum { LANES = HONE_SMO_LANES, STEPS_A_ROUND = 20000, VECTORS = 7 };

struct small {
    const struct hone_smo_problem *p;
    struct hone_smo_dense dense;
    size_t first;  /* rows of the first part; the others stand behind a gap */
    size_t *place; /* n_vars */
    float *k;
    double *pool; /* vectors of the dense problem */
    double *f;    /* n_vars */
};

static size_t round_up(size_t n) {
    return (n + LANES - 1) / LANES * LANES;
}

static bool doubled(const struct hone_smo_problem *p) {
    return p->n_vars > p->n;
}

/* With two sums, the variables of the second must come last, and be the second half of 2 n. */
bool hone_smo_is_small(const struct hone_smo_problem *p) {
    if (p->n > HONE_SVM_ONE_BLOCK)
        return false;
    for (size_t v = 1; v < p->n_vars && p->split; v++) {
        size_t part = hone_smo_part(p, v);
        if (doubled(p) ? part != (v >= p->n) : part < hone_smo_part(p, v - 1))
            return false;
    }
    return true;
}

/* Places of the variables, and how many there are. */
static void lay_out(struct small *s) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    while (s->first < p->n && hone_smo_part(p, s->first) == 0)
        s->first++;
    d->middle = round_up(s->first);
    d->columns = round_up(d->middle + p->n - s->first);
    d->n = doubled(p) ? 2 * d->columns : d->columns;
    if (doubled(p) && !p->split)
        d->middle = d->n;
    for (size_t v = 0; v < p->n; v++)
        s->place[v] = v < s->first ? v : v + d->middle - s->first;
    for (size_t v = p->n; v < p->n_vars; v++)
        s->place[v] = d->columns + s->place[v - p->n];
}

/* The values of the second part move behind the gap. */
static void open_gap(struct small *s) {
    size_t n = s->p->n, first = s->first, ld = s->dense.columns, gap = round_up(first) - first;
    for (size_t i = n; i-- > 0 && gap > 0;) {
        float *from = s->k + i * ld, *to = s->k + (i < first ? i : i + gap) * ld;
        memmove(to + first + gap, from + first, (n - first) * sizeof *to);
        memmove(to, from, first * sizeof *to);
    }
}

static hone_status make(struct small *s, hone_error *err) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    double **const vectors[VECTORS] = {&d->lo, &d->hi, &d->diagonal, &d->b,
                                       &d->f,  &d->up, &d->down};
    hone_status status;
    if ((status = hone_new(&s->place, p->n_vars, err)) ||
        (status = hone_new(&s->f, p->n_vars, err)))
        return status;
    lay_out(s);
    if ((status = hone_new2(&s->k, d->columns, d->columns, err)) ||
        (status = hone_new2(&s->pool, VECTORS, d->n, err)))
        return status;
    for (size_t i = 0; i < VECTORS; i++)
        *vectors[i] = s->pool + i * d->n;
    d->k = s->k;
    return HONE_OK;
}

static void unmake(struct small *s) {
    hone_release(s->place);
    hone_release(s->k);
    hone_release(s->pool);
    hone_release(s->f);
}

static void load(struct small *s) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    for (size_t v = 0; v < p->n_vars; v++) {
        size_t at = s->place[v], row = at < d->columns ? at : at - d->columns;
        d->lo[at] = p->lo[v], d->hi[at] = p->hi[v];
        d->b[at] = p->b[v], d->f[at] = p->p[v];
        d->diagonal[at] = (double)d->k[row * d->columns + row];
    }
    hone_smo_dense_begin(d);
}

static void unload(struct small *s) {
    for (size_t v = 0; v < s->p->n_vars; v++) {
        s->p->b[v] = s->dense.b[s->place[v]];
        s->f[v] = s->dense.f[s->place[v]];
    }
}

static hone_status solve(struct small *s, const hone_monitor *mon, struct hone_smo_result *out,
                         hone_error *err) {
    const struct hone_smo_problem *p = s->p;
    struct hone_smo_dense *d = &s->dense;
    double until = hone_now() + p->time_limit;
    hone_status status = HONE_OK;
    for (bool moved = true; status == HONE_OK; status = hone_monitor_poll(mon, err)) {
        double left = p->max_steps - out->steps;
        unload(s);
        struct hone_smo_bounds bounds = hone_smo_look(p, s->f);
        if (hone_smo_is_done(p, &bounds, until, out) || !moved)
            return HONE_OK;
        size_t steps =
            hone_smo_dense_solve(d, p->tol, left < STEPS_A_ROUND ? (size_t)left : STEPS_A_ROUND);
        moved = steps > 0;
        out->steps += (double)steps;
    }
    return status;
}

hone_status hone_smo_solve_small(const struct hone_smo_problem *problem, const hone_monitor *mon,
                                 struct hone_smo_result *out, hone_error *err) {
    struct small s = {.p = problem};
    hone_status status;
    if ((status = make(&s, err)) ||
        (status = hone_svm_source_square(problem->source, problem->index, problem->n, s.k,
                                         s.dense.columns, mon, err)))
        goto done;
    open_gap(&s);
    load(&s);
    if ((status = solve(&s, mon, out, err)) == HONE_OK)
        hone_smo_finish(problem, s.f, out);
done:
    unmake(&s);
    return status;
}
