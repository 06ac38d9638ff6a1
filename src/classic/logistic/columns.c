/* columns.c -- the model of a Newton step by its columns, where H would be too large.
 *
 * For one vector, with w = u p (1 - p) and q = diag(w) T D kept up to date, the slope by D_i is
 * g_i + t_i'q and the curvature sum w t_i^2: a change of D_i costs the cells of column i, twice.
 * The vectors of softmax are taken as if they were alone, each with its own w; the search along D
 * (coordinates.c) sees to it that F falls all the same.
 * Shapes: T n x p at work, kept by columns, q n. Cost: the cells of T per sweep; 12 bytes each, 8
 * of full rows.   Reference: Yuan, Ho & Lin 2012. */
#include "classic/logistic/descent.h"

#include "core/alloc.h"
#include "core/parallel.h"

#include <string.h>

#define MOST_SWEEPS 1000
#define NOWHERE     SIZE_MAX

/* Columns at work: cells [starts[a], starts[a + 1]) of column a. */
struct columns {
    size_t n, p, *starts, *place; /* p + 1; d: where a column is */
    uint32_t *rows;               /* NULL where every row has a cell */
    double *values;
    double *w, *q; /* n, of the vector under way */
};

static void free_columns(struct columns *c) {
    hone_release(c->starts);
    hone_release(c->place);
    hone_release(c->rows);
    hone_release(c->values);
    hone_release(c->w);
    hone_release(c->q);
}

static void fill_full(const struct hone_logistic_descent *s, struct columns *c) {
    const struct hone_logistic_rows *rows = &s->f->rows;
    for (size_t i = 0; i < c->n; i++)
        for (size_t a = 0; a < c->p; a++) {
            size_t j = s->pick[a];
            double x = j < rows->m ? hone_view_row(rows->full, i)[j] : 1;
            c->values[a * c->n + i] = j < rows->m ? (x - rows->mean[j]) * rows->inverse[j] : 1;
        }
}

/* starts[a + 1] = cells of column a; the intercept has one in every row. */
static void count_cells(const struct hone_logistic_descent *s, const hone_csr *x,
                        struct columns *c) {
    size_t one = c->place[s->d - 1];
    for (size_t at = x->starts[0]; at < x->starts[x->rows]; at++)
        if (c->place[x->columns[at]] != NOWHERE)
            c->starts[c->place[x->columns[at]] + 1]++;
    if (s->d > x->cols && one != NOWHERE)
        c->starts[one + 1] = c->n;
    for (size_t a = 0; a < c->p; a++)
        c->starts[a + 1] += c->starts[a];
}

/* starts must be ahead by one column while it fills: starts[a] is where the next cell goes. */
static void fill_sparse(const struct hone_logistic_descent *s, const hone_csr *x,
                        struct columns *c) {
    size_t one = s->d > x->cols ? c->place[s->d - 1] : NOWHERE;
    for (size_t i = 0; i < c->n; i++) {
        for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++) {
            size_t j = x->columns[at], a = c->place[j];
            if (a == NOWHERE)
                continue;
            c->values[c->starts[a]] = x->values[at] * s->f->rows.inverse[j];
            c->rows[c->starts[a]++] = (uint32_t)i;
        }
        if (one != NOWHERE) {
            c->values[c->starts[one]] = 1;
            c->rows[c->starts[one]++] = (uint32_t)i;
        }
    }
    memmove(c->starts + 1, c->starts, c->p * sizeof *c->starts);
    c->starts[0] = 0;
}

static hone_status take_columns(const struct hone_logistic_descent *s, struct columns *c,
                                hone_error *err) {
    const hone_csr *x = s->f->rows.sparse;
    hone_status status;
    *c = (struct columns){.n = s->f->rows.n, .p = s->p};
    if ((status = hone_new(&c->starts, c->p + 1, err)) != HONE_OK ||
        (status = hone_new(&c->place, s->d, err)) != HONE_OK ||
        (status = hone_new(&c->w, c->n, err)) != HONE_OK ||
        (status = hone_new(&c->q, c->n, err)) != HONE_OK)
        return status;
    if (!x) {
        for (size_t a = 0; a <= c->p; a++)
            c->starts[a] = a * c->n;
        status = hone_new2(&c->values, c->n, c->p, err);
        if (status == HONE_OK)
            fill_full(s, c);
        return status;
    }
    for (size_t j = 0; j < s->d; j++)
        c->place[j] = NOWHERE;
    for (size_t a = 0; a < c->p; a++)
        c->place[s->pick[a]] = a;
    count_cells(s, x, c);
    if ((status = hone_new(&c->values, c->starts[c->p], err)) != HONE_OK ||
        (status = hone_new(&c->rows, c->starts[c->p], err)) != HONE_OK)
        return status;
    fill_sparse(s, x, c);
    return HONE_OK;
}

/* The sum of q t over the cells of column a. */
static double dot(const struct columns *c, size_t a) {
    const double *t = c->values + c->starts[a];
    size_t cells = c->starts[a + 1] - c->starts[a];
    const uint32_t *rows = c->rows ? c->rows + c->starts[a] : NULL;
    double sum = 0, other = 0;
    size_t i = 0;
    for (; rows && i + 2 <= cells; i += 2) {
        sum += t[i] * c->q[rows[i]];
        other += t[i + 1] * c->q[rows[i + 1]];
    }
    for (; rows && i < cells; i++)
        sum += t[i] * c->q[rows[i]];
    for (; !rows && i + 2 <= cells; i += 2) {
        sum += t[i] * c->q[i];
        other += t[i + 1] * c->q[i + 1];
    }
    for (; !rows && i < cells; i++)
        sum += t[i] * c->q[i];
    return sum + other;
}

static void add(const struct columns *c, size_t a, double change) {
    for (size_t at = c->starts[a]; at < c->starts[a + 1]; at++) {
        size_t row = c->rows ? c->rows[at] : at - c->starts[a];
        c->q[row] += change * c->values[at] * c->w[row];
    }
}

/* The minimum along variable i, which is column a of the vector under way. */
static double descend(struct hone_logistic_descent *s, const struct columns *c, size_t i) {
    size_t a = i % s->p, at = hone_logistic_variable(s, i);
    double penalty = s->f->penalty1[s->pick[a]], h = s->diagonal[i];
    double v = s->v[at] + s->step[i];
    double slope = s->g[at] + s->f->penalty[s->pick[a]] * s->step[i] + dot(c, a);
    double off = hone_logistic_offence(v, slope, penalty);
    if (off == 0 || !(h > 0))
        return 0;
    double change = hone_logistic_shrink(v, slope, h, penalty) - v;
    if (change == 0)
        return 0;
    s->step[i] += change;
    add(c, a, change);
    return off;
}

/* w of one vector, and the curvatures of its variables. */
static void weigh(struct hone_logistic_descent *s, struct columns *c, size_t vector) {
    const struct hone_logistic *f = s->f;
    for (size_t i = 0; i < c->n; i++) {
        double p = s->k > 1 ? f->proba[i * s->k + vector] : 0;
        c->w[i] = s->k > 1 ? f->u[i] * p * (1 - p) : f->row_part[i];
        c->q[i] = 0;
    }
    for (size_t a = 0; a < c->p; a++) {
        double sum = f->penalty[s->pick[a]];
        for (size_t at = c->starts[a]; at < c->starts[a + 1]; at++) {
            size_t row = c->rows ? c->rows[at] : at - c->starts[a];
            sum += c->w[row] * c->values[at] * c->values[at];
        }
        s->diagonal[vector * s->p + a] = sum;
        s->step[vector * s->p + a] = 0;
    }
}

static hone_status solve(struct hone_logistic_descent *s, const struct columns *c, size_t vector,
                         double tol, const hone_monitor *mon, hone_error *err) {
    size_t first = vector * s->p, end = first + s->p;
    hone_status status = HONE_OK;
    bool all = true;
    for (int sweep = 0; status == HONE_OK && sweep < MOST_SWEEPS; sweep++) {
        double worst = 0;
        for (size_t i = first; i < end; i++)
            if (all || s->v[hone_logistic_variable(s, i)] + s->step[i] != 0)
                worst = fmax(worst, descend(s, c, i));
        if (worst <= tol && all)
            break;
        all = worst <= tol;
        status = hone_monitor_poll(mon, err);
    }
    return status;
}

hone_status hone_logistic_model_by_columns(struct hone_logistic_descent *s, double tol,
                                           const hone_monitor *mon, hone_error *err) {
    struct columns c;
    hone_status status = take_columns(s, &c, err);
    for (size_t vector = 0; status == HONE_OK && vector < s->k; vector++) {
        weigh(s, &c, vector);
        status = solve(s, &c, vector, tol, mon, err);
    }
    free_columns(&c);
    return status;
}
