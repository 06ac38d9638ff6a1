/* gradient.c -- gradient descent, as textbooks have it: over all rows, batches, or one
 * row.
 *
 *   V' = prox(V - eta g),   prox(v) = sign(v) max(0, |v| - eta a)   for a |v| in the penalty
 * All rows (gd): g is that of f; a step that does not make F smaller by half of what g promises is
 * taken back and eta halved, after others it grows by a tenth. With an eta0 of the user's it stays.
 * Batches (sgd: one row): each epoch goes over the rows in a drawn order, with steps of eta0, or
 * of 1 / (1 + mean |t|^2 / 4). Its result is the mean of its steps, in which their noise averages
 * out (Polyak & Juditsky 1992). An epoch that does not bring F down by a millionth (or tol) halves
 * eta; it ends when five in a row have not, with the best of the means.
 * For teaching, and for more rows than one wants to see often; the other solvers are faster to the
 * minimum. Shapes: V k x d. Cost: O(n d k) an iteration, or an epoch, on one thread. */
#include "classic/logistic/logistic.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "optim/line_search.h"

#include <math.h>
#include <string.h>

#define ROW_ORDER  0x0dde5
#define GROWTH     1.1
#define MOST_IDLE  5
#define LEAST_GAIN 1e-6
#define LEAST_STEP 1e-12

static double absolute(const struct hone_logistic *f, const double *v) {
    double sum = 0;
    for (size_t i = 0; i < f->k * f->rows.d; i++)
        sum += f->penalty1[i % f->rows.d] * fabs(v[i]);
    return sum;
}

/* How far the subgradient nearest to 0 is from it. */
static double offence(const struct hone_logistic *f, const double *v, const double *g) {
    double worst = 0;
    for (size_t i = 0; i < f->k * f->rows.d; i++) {
        double a = f->penalty1[i % f->rows.d];
        double off = v[i] != 0 ? fabs(g[i] + copysign(a, v[i])) : fmax(0, fabs(g[i]) - a);
        worst = fmax(worst, off);
    }
    return worst;
}

static double prox(double v, double a) {
    return fabs(v) > a ? v - copysign(a, v) : 0;
}

static hone_status diverged(double eta0, hone_error *err) {
    return hone_fail(err, HONE_ENUMERIC,
                     "logistic_regression: gradient descent has left the numbers with eta0 %g; "
                     "lower it",
                     eta0);
}

/* ---- over all rows ------------------------------------------------------------------------ */

struct batch {
    double *g, *next, *g_next; /* k x d */
    double value, eta;         /* F at V */
};

/* One step, shorter and shorter until F falls as promised (`fixed`: as it is). */
static hone_status step(struct hone_logistic *f, bool fixed, double *v, struct batch *s,
                        bool *moved, const hone_monitor *mon, hone_error *err) {
    size_t size = f->k * f->rows.d;
    for (*moved = false; !*moved && s->eta > LEAST_STEP; s->eta *= *moved ? 1 : 0.5) {
        double value, square = 0;
        for (size_t i = 0; i < size; i++) {
            s->next[i] = prox(v[i] - s->eta * s->g[i], s->eta * f->penalty1[i % f->rows.d]);
            square += (s->next[i] - v[i]) * (s->next[i] - v[i]);
        }
        hone_status status = hone_monitor_poll(mon, err);
        if (status == HONE_OK)
            status = hone_logistic_value(f, s->next, &value, s->g_next, mon, err);
        if (status != HONE_OK)
            return status;
        value += absolute(f, s->next);
        *moved = fixed || value <= s->value - square / (2 * s->eta) + hone_value_noise(value);
        if (*moved)
            s->value = value;
    }
    memcpy(v, s->next, size * sizeof *v);
    memcpy(s->g, s->g_next, size * sizeof *v);
    return HONE_OK;
}

static hone_status by_all(struct hone_logistic *f, double eta0, const hone_stop *stop, double *v,
                          hone_minimum *out, const hone_monitor *mon, hone_error *err) {
    size_t size = f->k * f->rows.d;
    struct batch s = {.eta = eta0 > 0 ? eta0 : 1};
    bool moved = true;
    hone_status status = hone_new2(&s.g, size, 3, err);
    if (status != HONE_OK)
        return status;
    s.next = s.g + size, s.g_next = s.next + size;
    status = hone_logistic_value(f, v, &s.value, s.g, mon, err);
    s.value += absolute(f, v);
    out->gradient = offence(f, v, s.g);
    while (status == HONE_OK && out->gradient > stop->tol && out->n_iter < stop->max_iter &&
           moved) {
        status = step(f, eta0 > 0, v, &s, &moved, mon, err);
        if (status == HONE_OK && !isfinite(s.value))
            status = diverged(eta0, err);
        out->n_iter++;
        out->gradient = offence(f, v, s.g);
        s.eta *= eta0 > 0 ? 1 : GROWTH;
    }
    out->value = s.value;
    out->converged = out->gradient <= stop->tol || !moved;
    hone_release(s.g);
    return status;
}

/* ---- over batches ------------------------------------------------------------------------- */

struct epochs {
    size_t size, *order;           /* rows in a batch; n */
    double *block, *z;             /* size x d; size x k */
    double *g, *own, *mean, *best; /* k x d: gradients of a batch and of all; means */
    double eta, steps;             /* steps in the mean */
};

/* z (rows x k) becomes r = p - [y], each with its row's weight in units of the mean weight. */
static void residuals(const struct hone_logistic *f, const size_t *rows, size_t n, double *z) {
    size_t k = f->k;
    if (k > 1)
        hone_softmax_rows(z, n, k, NULL);
    for (size_t i = 0; i < n; i++) {
        double u = f->u[rows[i]] * (double)f->rows.n;
        if (k == 1)
            z[i] = 1 / (1 + exp(-z[i]));
        if (k == 1)
            z[i] -= f->y[rows[i]];
        else
            z[i * k + f->y[rows[i]]] -= 1;
        for (size_t c = 0; c < k; c++)
            z[i * k + c] *= u / (double)n;
    }
}

static void one_batch(const struct hone_logistic *f, const size_t *rows, size_t n, double *v,
                      struct epochs *s) {
    size_t d = f->rows.d, k = f->k;
    for (size_t i = 0; i < n; i++)
        hone_logistic_expand(&f->rows, rows[i], 1, s->block + i * d);
    hone_dgemm(false, true, n, k, d, 1, s->block, d, v, d, 0, s->z, k);
    residuals(f, rows, n, s->z);
    hone_dgemm(true, false, k, d, n, 1, s->z, k, s->block, d, 0, s->g, d);
    s->steps++;
    for (size_t i = 0; i < k * d; i++) {
        double g = s->g[i] + f->penalty[i % d] * v[i];
        v[i] = prox(v[i] - s->eta * g, s->eta * f->penalty1[i % d]);
        s->mean[i] += (v[i] - s->mean[i]) / s->steps;
    }
}

static hone_status one_epoch(const struct hone_logistic *f, uint64_t seed, size_t epoch, double *v,
                             struct epochs *s, const hone_monitor *mon, hone_error *err) {
    hone_rng rng = hone_rng_at(seed, hone_rng_stream(ROW_ORDER, epoch));
    hone_status status = HONE_OK;
    size_t n = f->rows.n;
    for (size_t i = 0; i < n; i++)
        s->order[i] = i;
    hone_rng_shuffle(&rng, s->order, n);
    for (size_t i = 0, batch = 0; status == HONE_OK && i < n; i += s->size, batch++) {
        one_batch(f, s->order + i, n - i < s->size ? n - i : s->size, v, s);
        if (batch % 256 == 0)
            status = hone_monitor_poll(mon, err);
    }
    return status;
}

static hone_status make_epochs(const struct hone_logistic *f, size_t size, struct epochs *out,
                               hone_error *err) {
    size_t n = f->rows.n, d = f->rows.d, all = f->k * d;
    double square = 0;
    hone_status status;
    out->size = size < n ? size : n;
    if ((status = hone_new(&out->order, n, err)) != HONE_OK ||
        (status = hone_new2(&out->block, out->size, d, err)) != HONE_OK ||
        (status = hone_new2(&out->z, out->size, f->k, err)) != HONE_OK ||
        (status = hone_new2(&out->g, all, 4, err)) != HONE_OK)
        return status;
    out->own = out->g + all, out->mean = out->own + all, out->best = out->mean + all;
    for (size_t i = 0; i < n; i++) {
        hone_logistic_expand(&f->rows, i, 1, out->block);
        square += f->u[i] * hone_inner(d, out->block, out->block);
    }
    out->eta = 1 / (1 + square / 4);
    return HONE_OK;
}

static void free_epochs(struct epochs *s) {
    hone_release(s->order);
    hone_release(s->block);
    hone_release(s->z);
    hone_release(s->g);
}

/* One epoch, and F at the mean of its steps; the best mean is kept. */
static hone_status try_epoch(struct hone_logistic *f, const struct hone_logistic_params *p,
                             size_t epoch, double *v, struct epochs *s, hone_minimum *out,
                             bool *better, const hone_monitor *mon, hone_error *err) {
    double value, gain = fmax(p->tol, LEAST_GAIN);
    s->steps = 0;
    hone_status status = one_epoch(f, p->seed, epoch, v, s, mon, err);
    if (status == HONE_OK)
        status = hone_logistic_value(f, s->mean, &value, s->own, mon, err);
    if (status != HONE_OK)
        return status;
    value += absolute(f, s->mean);
    if (!isfinite(value))
        return diverged(s->eta, err);
    *better = epoch == 1 || value < out->value - gain * fabs(value);
    out->n_iter = epoch;
    if (epoch > 1 && !(value < out->value))
        return HONE_OK;
    out->value = value;
    out->gradient = offence(f, s->mean, s->own);
    memcpy(s->best, s->mean, f->k * f->rows.d * sizeof *v);
    return HONE_OK;
}

static hone_status by_batches(struct hone_logistic *f, const struct hone_logistic_params *p,
                              size_t size, double *v, hone_minimum *out, const hone_monitor *mon,
                              hone_error *err) {
    struct epochs s = {0};
    bool better = true;
    int idle = 0;
    hone_status status = make_epochs(f, size, &s, err);
    s.eta = p->eta0 > 0 ? p->eta0 : s.eta;
    for (size_t epoch = 1; status == HONE_OK && idle < MOST_IDLE && epoch <= (size_t)p->max_iter;
         epoch++) {
        status = try_epoch(f, p, epoch, v, &s, out, &better, mon, err);
        idle = better ? 0 : idle + 1;
        s.eta /= better ? 1 : 2;
    }
    if (status == HONE_OK)
        memcpy(v, s.best, f->k * f->rows.d * sizeof *v);
    out->converged = idle >= MOST_IDLE;
    free_epochs(&s);
    return status;
}

hone_status hone_logistic_descend(struct hone_logistic *f, const struct hone_logistic_params *p,
                                  double *v, hone_minimum *out, const hone_monitor *mon,
                                  hone_error *err) {
    hone_stop stop = {p->tol, (size_t)p->max_iter, 0};
    *out = (hone_minimum){0};
    hone_status status = hone_logistic_create(f, false, err);
    if (status != HONE_OK)
        return status;
    if (p->solver == HONE_LOGISTIC_GD)
        return by_all(f, p->eta0, &stop, v, out, mon, err);
    return by_batches(f, p, p->solver == HONE_LOGISTIC_SGD ? 1 : (size_t)p->batch_size, v, out, mon,
                      err);
}

hone_status hone_logistic_pass(const struct hone_logistic *f, const struct hone_logistic_params *p,
                               size_t pass, double *eta, double *v, const hone_monitor *mon,
                               hone_error *err) {
    struct epochs s = {0};
    hone_status status =
        make_epochs(f, p->solver == HONE_LOGISTIC_SGD ? 1 : (size_t)p->batch_size, &s, err);
    if (status == HONE_OK) {
        *eta = p->eta0 > 0 ? p->eta0 : *eta > 0 ? *eta : s.eta;
        s.eta = *eta / sqrt((double)pass);
        status = one_epoch(f, p->seed, pass, v, &s, mon, err);
    }
    for (size_t i = 0; status == HONE_OK && i < f->k * f->rows.d; i++)
        if (!isfinite(v[i]))
            status = diverged(*eta, err);
    free_epochs(&s);
    return status;
}
