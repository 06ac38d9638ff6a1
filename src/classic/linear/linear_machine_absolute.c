/* linear_machine_absolute.c -- squared losses and a penalty on absolute values: Newton's method
 * with coordinate descent within.
 *
 * Each step minimises  g'D + D'H D / 2 + |v + D|_1  over a part of the variables (those in use and
 * those whose condition is off, the worst where these are many) by the lasso's descent, then goes
 * along D until F falls. A violation is the largest entry of the subgradient nearest to 0.
 * Shapes: v d; H p x p for p variables at work. Cost: n m and n_e p^2 per step, p per coordinate.
 * Reference: Yuan, Chang, Hsieh & Lin 2010; Lee, Sun & Saunders 2014.                          */
#include "classic/linear/lasso_impl.h"
#include "classic/linear/linear_machine.h"
#include "core/alloc.h"
#include "core/parallel.h"
#include "core/sort.h"
#include "optim/line_search.h"

#include <math.h>
#include <string.h>

#define MOST_VARIABLES ((size_t)2000)
#define FEW_VARIABLES  ((size_t)200)
#define MOST_HALVINGS  40
#define DECREASE       1e-4
#define MOST_SWEEPS    1000
#define MAX_IDLE       5

struct steps {
    const struct hone_machine *f;
    double *v, *g, *trial; /* d */
    double *z, *e;         /* n */
    double value;
    size_t *pick;  /* d: the first p are at work, ascending */
    uint64_t *key; /* d */
    size_t p, room;
    double *h; /* room x room */
    struct hone_lasso_part part;
};

static double offence(const struct steps *s, size_t j) {
    return hone_lasso_offence(s->v[j], -s->g[j], 1, 0, false);
}

static double worst_offence(const struct steps *s) {
    double worst = 0;
    for (size_t j = 0; j < s->f->d; j++)
        worst = fmax(worst, offence(s, j));
    return worst;
}

/* F at v; e of its rows. */
static hone_status evaluate(struct steps *s, const double *v, double *value,
                            const hone_monitor *mon, hone_error *err) {
    hone_status status = hone_machine_scores(s->f, v, s->z, mon, err);
    if (status != HONE_OK)
        return status;
    *value = hone_machine_losses(s->f, s->z, s->e);
    for (size_t j = 0; j < s->f->d; j++)
        *value += fabs(v[j]);
    return HONE_OK;
}

static hone_status choose(struct steps *s, hone_error *err) {
    size_t d = s->f->d, used = 0, count = 0;
    for (size_t j = 0; j < d; j++) {
        double off = s->v[j] != 0 ? INFINITY : offence(s, j);
        used += s->v[j] != 0;
        if (off > 0)
            s->key[count] = hone_sort_key(-off), s->pick[count++] = j;
    }
    size_t most = 2 * used > FEW_VARIABLES ? 2 * used : FEW_VARIABLES;
    most = most > MOST_VARIABLES ? MOST_VARIABLES : most;
    s->p = count < most ? count : most;
    if (count <= most)
        return HONE_OK;
    hone_status status = hone_sort_keys(s->key, s->pick, count, err);
    for (size_t a = 0; status == HONE_OK && a < s->p; a++)
        s->key[a] = s->pick[a];
    if (status == HONE_OK)
        status = hone_sort_keys(s->key, NULL, s->p, err);
    for (size_t a = 0; status == HONE_OK && a < s->p; a++)
        s->pick[a] = (size_t)s->key[a];
    return status;
}

static hone_status make_room(struct steps *s, hone_error *err) {
    hone_status status;
    if (s->p <= s->room)
        return HONE_OK;
    hone_release(s->h);
    s->h = NULL;
    if ((status = hone_new2(&s->h, s->p, s->p, err)) != HONE_OK ||
        (status = hone_grow(&s->part.c, s->room, s->p, err)) != HONE_OK ||
        (status = hone_grow(&s->part.s, s->room, s->p, err)) != HONE_OK ||
        (status = hone_grow(&s->part.order, s->room, s->p, err)) != HONE_OK)
        return status;
    s->room = s->p;
    return HONE_OK;
}

/* The model's minimum, in part.c. */
static hone_status solve_model(struct steps *s, double eps, const hone_monitor *mon,
                               hone_error *err) {
    struct hone_lasso_part *part = &s->part;
    size_t p = s->p, sweeps = 0;
    double top = 0;
    hone_status status = make_room(s, err);
    if (status != HONE_OK ||
        (status = hone_machine_hessian(s->f, s->e, s->pick, p, s->h, mon, err)) != HONE_OK)
        return status;
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < a; b++)
            s->h[b * p + a] = s->h[a * p + b];
    for (size_t a = 0; a < p; a++)
        top = fmax(top, s->h[a * (p + 1)]);
    for (size_t a = 0; a < p; a++) {
        s->h[a * (p + 1)] += 1e-12 * (top + 1);
        part->c[a] = s->v[s->pick[a]];
        part->s[a] = -s->g[s->pick[a]];
    }
    part->p = part->ld = p, part->h = s->h, part->a = 1;
    return hone_lasso_descend(part, eps, MOST_SWEEPS, &sweeps, mon, err);
}

static hone_status go(struct steps *s, bool *moved, const hone_monitor *mon, hone_error *err) {
    size_t d = s->f->d;
    double promise = 0, length = 1, noise = hone_value_noise(s->value);
    *moved = false;
    for (size_t a = 0; a < s->p; a++) {
        double v = s->v[s->pick[a]], step = s->part.c[a] - v;
        promise += s->g[s->pick[a]] * step + fabs(v + step) - fabs(v);
    }
    for (int trial = 0; trial < MOST_HALVINGS && !*moved; trial++, length /= 2) {
        double value;
        memcpy(s->trial, s->v, d * sizeof *s->v);
        for (size_t a = 0; a < s->p; a++) {
            size_t j = s->pick[a];
            s->trial[j] = trial == 0 ? s->part.c[a] : s->v[j] + length * (s->part.c[a] - s->v[j]);
        }
        hone_status status = evaluate(s, s->trial, &value, mon, err);
        if (status != HONE_OK || (status = hone_monitor_poll(mon, err)) != HONE_OK)
            return status;
        *moved = value <= s->value + DECREASE * length * promise + noise;
        if (*moved) {
            s->value = value;
            memcpy(s->v, s->trial, d * sizeof *s->v);
        }
    }
    return HONE_OK;
}

static hone_status make_steps(const struct hone_machine *f, double *v, struct steps *s,
                              hone_error *err) {
    hone_status status;
    *s = (struct steps){.f = f, .v = v};
    if ((status = hone_new(&s->g, f->d, err)) != HONE_OK ||
        (status = hone_new(&s->trial, f->d, err)) != HONE_OK ||
        (status = hone_new(&s->z, f->n, err)) != HONE_OK ||
        (status = hone_new(&s->e, f->n, err)) != HONE_OK ||
        (status = hone_new(&s->pick, f->d, err)) != HONE_OK)
        return status;
    return hone_new(&s->key, f->d, err);
}

static void free_steps(struct steps *s) {
    hone_release(s->g);
    hone_release(s->trial);
    hone_release(s->z);
    hone_release(s->e);
    hone_release(s->pick);
    hone_release(s->key);
    hone_release(s->h);
    hone_release(s->part.c);
    hone_release(s->part.s);
    hone_release(s->part.order);
}

hone_status hone_machine_absolute(const struct hone_machine *f, double *v,
                                  struct hone_machine_end *out, const hone_monitor *mon,
                                  hone_error *err) {
    struct steps s;
    double first = 0;
    bool moved = true;
    hone_status status = make_steps(f, v, &s, err);
    *out = (struct hone_machine_end){.n_iter = 0};
    struct hone_progress progress = {INFINITY, INFINITY, 0};
    if (status != HONE_OK || (status = evaluate(&s, s.trial, &s.value, mon, err)) != HONE_OK ||
        (status = hone_machine_gradient(f, s.e, s.g, mon, err)) != HONE_OK)
        goto done;
    first = hone_max_abs(f->d, s.g); /* at 0 */
    if ((status = evaluate(&s, v, &s.value, mon, err)) != HONE_OK)
        goto done;
    for (;;) {
        if ((status = hone_machine_gradient(f, s.e, s.g, mon, err)) != HONE_OK)
            goto done;
        double worst = worst_offence(&s);
        hone_progress_made(&progress, s.value, worst);
        out->violation = first > 0 ? worst / first : 0;
        out->converged = out->violation <= f->tol || !moved || progress.idle >= MAX_IDLE;
        if (out->converged || out->n_iter >= f->max_iter)
            break;
        double goal = fmax(fmin(0.1, worst) * worst, f->tol * first / 10);
        if ((status = choose(&s, err)) != HONE_OK ||
            (status = solve_model(&s, goal, mon, err)) != HONE_OK ||
            (status = go(&s, &moved, mon, err)) != HONE_OK)
            goto done;
        if (!moved && (status = evaluate(&s, v, &s.value, mon, err)) != HONE_OK)
            goto done;
        out->n_iter++;
    }
    out->objective = s.value;
done:
    free_steps(&s);
    return status;
}
