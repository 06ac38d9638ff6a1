/* logistic_coordinates.c -- logistic regression with absolute values in the penalty.
 *
 *   F(V) = f(V) + sum_kj a_j |V_kj|
 * Newton steps on a working set of columns: those with coefficients, and those that break their
 * condition |g| <= a most. Each step minimises g'D + D'H D / 2 + sum a |V + D| by coordinate
 * descent on the small Hessian H of the set, as exactly as the step is worth, and is shortened
 * until F falls by what it promised. Every evaluation gives the gradient by all columns, so that
 * the conditions of the columns left out are checked in each step, and the end is the minimum over
 * all of them. Stops when no variable's condition (its smallest subgradient) is off by more than
 * tol. Shapes: V k x d; H (k p)^2 for p columns at work. Cost of a step: an evaluation, k (k + 1) /
 * 2 times n p^2 flops for H, (k p)^2 per sweep; (k p)^2 doubles, k p <= 4000. References: Yuan, Ho
 * & Lin 2012 (newGLMNET); Friedman, Hastie & Tibshirani 2010. */
#include "classic/logistic_objective.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/sort.h"
#include "optim/line_search.h"

#include <math.h>
#include <string.h>

#define MOST_VARIABLES ((size_t)4000)
#define FEW_COLUMNS    ((size_t)200)
#define MOST_SWEEPS    1000
#define MOST_HALVINGS  40
#define DECREASE       1e-4 /* of what the step promises */
#define RIDGE          1e-12
#define MAX_IDLE       5

struct descent {
    struct hone_logistic *f;
    size_t k, d, p; /* p columns at work */
    double *v, *g;  /* k x d */
    double *trial, *g_trial;
    double value;         /* F at v */
    size_t *pick;         /* d: the first p are at work, ascending */
    uint64_t *key;        /* d */
    double *h;            /* (k p)^2 */
    size_t h_size;        /* k p for which there is room */
    double *step, *slope; /* k p: D, and g + H D */
    double *diagonal;     /* k p */
};

/* How far the subgradient nearest to 0 is from it. */
static double offence(double v, double g, double a) {
    if (v != 0)
        return fabs(g + copysign(a, v));
    return fabs(g) > a ? fabs(g) - a : 0;
}

static double column_offence(const struct descent *s, size_t j) {
    double worst = 0;
    for (size_t c = 0; c < s->k; c++) {
        size_t i = c * s->d + j;
        worst = fmax(worst, offence(s->v[i], s->g[i], s->f->penalty1[j]));
    }
    return worst;
}

static double worst_offence(const struct descent *s) {
    double worst = 0;
    for (size_t j = 0; j < s->d; j++)
        worst = fmax(worst, column_offence(s, j));
    return worst;
}

static double absolute(const struct descent *s, const double *v) {
    double sum = 0;
    for (size_t i = 0; i < s->k * s->d; i++)
        sum += s->f->penalty1[i % s->d] * fabs(v[i]);
    return sum;
}

static bool in_use(const struct descent *s, size_t j) {
    bool used = s->f->penalty1[j] == 0;
    for (size_t c = 0; c < s->k; c++)
        used = used || s->v[c * s->d + j] != 0;
    return used;
}

/* The working set: columns in use and those that offend, the worst of them where there are many. */
static hone_status choose(struct descent *s, hone_error *err) {
    size_t used = 0, count = 0, most = MOST_VARIABLES / s->k;
    for (size_t j = 0; j < s->d; j++) {
        bool use = in_use(s, j);
        double rank = use ? INFINITY : column_offence(s, j);
        used += use;
        if (rank > 0)
            s->key[count] = hone_sort_key(-rank), s->pick[count++] = j;
    }
    size_t room = 2 * used > FEW_COLUMNS ? 2 * used : FEW_COLUMNS;
    room = room > most ? (most > 0 ? most : 1) : room;
    s->p = count < room ? count : room;
    hone_status status = count > room ? hone_sort_keys(s->key, s->pick, count, err) : HONE_OK;
    for (size_t a = 0; status == HONE_OK && count > room && a < s->p; a++)
        s->key[a] = s->pick[a];
    if (status == HONE_OK && count > room)
        status = hone_sort_keys(s->key, NULL, s->p, err);
    for (size_t a = 0; status == HONE_OK && count > room && a < s->p; a++)
        s->pick[a] = (size_t)s->key[a];
    return status;
}

/* H of the working set, in full, with the penalty on squares. */
static hone_status make_hessian(struct descent *s, const hone_monitor *mon, hone_error *err) {
    size_t size = s->k * s->p;
    hone_status status = HONE_OK;
    if (size > s->h_size) {
        hone_release(s->h);
        s->h = NULL, s->h_size = size;
        if ((status = hone_new2(&s->h, size, size, err)) != HONE_OK)
            return status;
    }
    status = hone_logistic_hessian(s->f, s->p == s->d ? NULL : s->pick, s->p, s->h, mon, err);
    double top = 0;
    for (size_t i = 0; status == HONE_OK && i < size; i++) {
        s->h[i * (size + 1)] += s->f->penalty[s->pick[i % s->p]];
        top = fmax(top, s->h[i * (size + 1)]);
        for (size_t j = 0; j < i; j++)
            s->h[j * size + i] = s->h[i * size + j];
    }
    for (size_t i = 0; status == HONE_OK && i < size; i++)
        s->diagonal[i] = s->h[i * (size + 1)] += RIDGE * top;
    return status;
}

static size_t variable(const struct descent *s, size_t i) {
    return i / s->p * s->d + s->pick[i % s->p];
}

/* The minimum along variable i of the set; tells by how much its condition was off. */
static double descend(struct descent *s, size_t i) {
    size_t size = s->k * s->p;
    double h = s->diagonal[i], a = s->f->penalty1[s->pick[i % s->p]];
    double at = s->v[variable(s, i)] + s->step[i], off = offence(at, s->slope[i], a);
    if (off == 0 || !(h > 0))
        return 0;
    double goal = at - s->slope[i] / h, next = 0;
    if (fabs(goal) > a / h)
        next = goal - copysign(a / h, goal);
    double change = next - at;
    if (change == 0)
        return 0;
    s->step[i] += change;
    const double *row = s->h + i * size;
    for (size_t j = 0; j < size; j++)
        s->slope[j] += change * row[j];
    return off;
}

/* D of the model, until no condition in the set is off by more than tol. Sweeps go over the
 * variables in use until those are done, then over all. */
static hone_status solve_model(struct descent *s, double tol, const hone_monitor *mon,
                               hone_error *err) {
    size_t size = s->k * s->p;
    hone_status status = HONE_OK;
    bool all = true;
    for (size_t i = 0; i < size; i++) {
        s->step[i] = 0;
        s->slope[i] = s->g[variable(s, i)];
    }
    for (int sweep = 0; status == HONE_OK && sweep < MOST_SWEEPS; sweep++) {
        double worst = 0;
        for (size_t i = 0; i < size; i++)
            if (all || s->v[variable(s, i)] + s->step[i] != 0)
                worst = fmax(worst, descend(s, i));
        if (worst <= tol && all)
            break;
        all = worst <= tol;
        status = hone_monitor_poll(mon, err);
    }
    return status;
}

/* Moves V along D, shortened until F falls as promised; `moved` is false when it never does. */
static hone_status move(struct descent *s, bool *moved, const hone_monitor *mon, hone_error *err) {
    size_t total = s->k * s->d, size = s->k * s->p;
    double promise = 0, length = 1, noise = hone_value_noise(s->value);
    *moved = false;
    for (size_t i = 0; i < size; i++) {
        size_t at = variable(s, i);
        double a = s->f->penalty1[at % s->d];
        promise += s->g[at] * s->step[i] + a * (fabs(s->v[at] + s->step[i]) - fabs(s->v[at]));
    }
    for (int trial = 0; trial < MOST_HALVINGS && !*moved; trial++, length /= 2) {
        double value;
        memcpy(s->trial, s->v, total * sizeof *s->v);
        for (size_t i = 0; i < size; i++)
            s->trial[variable(s, i)] += length * s->step[i];
        hone_status status = hone_monitor_poll(mon, err);
        if (status != HONE_OK ||
            (status = hone_logistic_value(s->f, s->trial, &value, s->g_trial, mon, err)) != HONE_OK)
            return status;
        value += absolute(s, s->trial);
        *moved = value <= s->value + DECREASE * length * promise + noise;
        if (*moved)
            s->value = value;
    }
    if (*moved) {
        memcpy(s->v, s->trial, total * sizeof *s->v);
        memcpy(s->g, s->g_trial, total * sizeof *s->g);
    }
    return HONE_OK;
}

static hone_status make_descent(struct hone_logistic *f, struct descent *s, hone_error *err) {
    size_t total = f->k * f->rows.d;
    hone_status status;
    *s = (struct descent){.f = f, .k = f->k, .d = f->rows.d};
    if ((status = hone_new(&s->g, total, err)) != HONE_OK ||
        (status = hone_new(&s->trial, total, err)) != HONE_OK ||
        (status = hone_new(&s->g_trial, total, err)) != HONE_OK ||
        (status = hone_new(&s->step, total, err)) != HONE_OK ||
        (status = hone_new(&s->slope, total, err)) != HONE_OK ||
        (status = hone_new(&s->diagonal, total, err)) != HONE_OK ||
        (status = hone_new(&s->key, s->d, err)) != HONE_OK)
        return status;
    return hone_new(&s->pick, s->d, err);
}

static void free_descent(struct descent *s) {
    hone_release(s->g);
    hone_release(s->trial);
    hone_release(s->g_trial);
    hone_release(s->step);
    hone_release(s->slope);
    hone_release(s->diagonal);
    hone_release(s->key);
    hone_release(s->pick);
    hone_release(s->h);
}

/* One Newton step; its model is solved to a tenth of the worst offence, more exactly near the end.
 */
static hone_status advance(struct descent *s, double worst, double tol, bool *moved,
                           const hone_monitor *mon, hone_error *err) {
    double goal = fmax(fmin(0.1, worst) * worst, tol / 10);
    hone_status status;
    if ((status = choose(s, err)) != HONE_OK || (status = make_hessian(s, mon, err)) != HONE_OK ||
        (status = solve_model(s, goal, mon, err)) != HONE_OK)
        return status;
    return move(s, moved, mon, err);
}

hone_status hone_logistic_coordinates(struct hone_logistic *f, const hone_stop *stop, double *v,
                                      hone_minimum *out, const hone_monitor *mon, hone_error *err) {
    struct descent s;
    hone_minimum at = {0};
    bool moved = true;
    hone_status status = make_descent(f, &s, err);
    s.v = v;
    if (status != HONE_OK ||
        (status = hone_logistic_value(f, v, &s.value, s.g, mon, err)) != HONE_OK)
        goto done;
    s.value += absolute(&s, v);
    at.gradient = worst_offence(&s);
    struct hone_progress progress = {s.value, at.gradient, 0};
    while (at.gradient > stop->tol && at.n_iter < stop->max_iter && moved &&
           progress.idle < MAX_IDLE) {
        if ((status = advance(&s, at.gradient, stop->tol, &moved, mon, err)) != HONE_OK)
            goto done;
        at.n_iter++;
        at.gradient = worst_offence(&s);
        hone_progress_made(&progress, s.value, at.gradient);
    }
    at.value = s.value;
    at.converged = at.gradient <= stop->tol || !moved || progress.idle >= MAX_IDLE;
    *out = at;
done:
    free_descent(&s);
    return status;
}
