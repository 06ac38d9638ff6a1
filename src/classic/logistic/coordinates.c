/* coordinates.c -- logistic regression with absolute values in the penalty.
 *
 *   F(V) = f(V) + sum_kj a_j |V_kj|
 * Newton steps on a working set of columns: those with coefficients, and those that break their
 * condition |g| <= a most. Each step minimises g'D + D'H D / 2 + sum a |V + D| by coordinate
 * descent (model.c), as exactly as the step is worth, and is shortened until F falls by
 * what it promised. Every evaluation gives the gradient by all columns, so that the conditions of
 * the columns left out are checked in each step, and the end is the minimum over all of them. Stops
 * when no variable's condition (its smallest subgradient) is off by more than tol.
 * Shapes: V k x d. Cost of a step: one or two evaluations, and its model.
 * References: Yuan, Ho & Lin 2012 (newGLMNET); Friedman, Hastie & Tibshirani 2010. */
#include "classic/logistic/descent.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/sort.h"
#include "optim/line_search.h"

#include <math.h>
#include <string.h>

#define FEW_COLUMNS   ((size_t)200)
#define MOST_HALVINGS 40
#define DECREASE      1e-4 /* of what the step promises */
#define MAX_IDLE      5

static double column_offence(const struct hone_logistic_descent *s, size_t j) {
    double worst = 0;
    for (size_t c = 0; c < s->k; c++) {
        size_t i = c * s->d + j;
        worst = fmax(worst, hone_logistic_offence(s->v[i], s->g[i], s->f->penalty1[j]));
    }
    return worst;
}

static double worst_offence(const struct hone_logistic_descent *s) {
    double worst = 0;
    for (size_t j = 0; j < s->d; j++)
        worst = fmax(worst, column_offence(s, j));
    return worst;
}

static double absolute(const struct hone_logistic_descent *s, const double *v) {
    double sum = 0;
    for (size_t i = 0; i < s->k * s->d; i++)
        sum += s->f->penalty1[i % s->d] * fabs(v[i]);
    return sum;
}

static bool in_use(const struct hone_logistic_descent *s, size_t j) {
    bool used = s->f->penalty1[j] == 0;
    for (size_t c = 0; c < s->k; c++)
        used = used || s->v[c * s->d + j] != 0;
    return used;
}

/* The working set: columns in use and those that offend, the worst of them where there are many. */
static hone_status choose(struct hone_logistic_descent *s, hone_error *err) {
    size_t used = 0, count = 0;
    for (size_t j = 0; j < s->d; j++) {
        bool use = in_use(s, j);
        double rank = use ? INFINITY : column_offence(s, j);
        used += use;
        if (rank > 0)
            s->key[count] = hone_sort_key(-rank), s->pick[count++] = j;
    }
    size_t room = 2 * used > FEW_COLUMNS ? 2 * used : FEW_COLUMNS;
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

/* Moves V along D, shortened until F falls as promised; `moved` is false when it never does. */
static hone_status move(struct hone_logistic_descent *s, bool *moved, const hone_monitor *mon,
                        hone_error *err) {
    size_t total = s->k * s->d, size = s->k * s->p;
    double promise = 0, length = 1, noise = hone_value_noise(s->value);
    *moved = false;
    for (size_t i = 0; i < size; i++) {
        size_t at = hone_logistic_variable(s, i);
        double a = s->f->penalty1[at % s->d];
        promise += s->g[at] * s->step[i] + a * (fabs(s->v[at] + s->step[i]) - fabs(s->v[at]));
    }
    for (int trial = 0; trial < MOST_HALVINGS && !*moved; trial++, length /= 2) {
        double value;
        memcpy(s->trial, s->v, total * sizeof *s->v);
        for (size_t i = 0; i < size; i++)
            s->trial[hone_logistic_variable(s, i)] += length * s->step[i];
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

static hone_status make_descent(struct hone_logistic *f, struct hone_logistic_descent *s,
                                hone_error *err) {
    size_t total = f->k * f->rows.d;
    hone_status status;
    *s = (struct hone_logistic_descent){.f = f, .k = f->k, .d = f->rows.d};
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

static void free_descent(struct hone_logistic_descent *s) {
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
static hone_status advance(struct hone_logistic_descent *s, double worst, double tol, bool *moved,
                           const hone_monitor *mon, hone_error *err) {
    double goal = fmax(fmin(0.1, worst) * worst, tol / 10);
    hone_status status;
    if ((status = choose(s, err)) != HONE_OK ||
        (status = hone_logistic_model(s, goal, mon, err)) != HONE_OK)
        return status;
    return move(s, moved, mon, err);
}

hone_status hone_logistic_coordinates(struct hone_logistic *f, const hone_stop *stop, double *v,
                                      hone_minimum *out, const hone_monitor *mon, hone_error *err) {
    struct hone_logistic_descent s;
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
