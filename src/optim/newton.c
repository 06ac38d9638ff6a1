/* newton.c -- Newton's method with the objective's own step.
 *
 * x' = x + a p, H p = -g, a = 1 if that makes the value smaller, else shortened. Where H is not
 * good for a descent direction the step goes along -g instead.
 * Cost: one solution and one evaluation per iteration, mostly; 4 n doubles.
 * Reference: Nocedal & Wright 2006, section 3.3. */
#include "core/alloc.h"
#include "core/error.h"
#include "optim/lbfgs.h"
#include "optim/line_search.h"

#include <string.h>

#define MAX_IDLE 3

struct work {
    double *g, *p, *x_new, *g_new; /* n each, one block that starts at g */
};

static hone_status advance(const hone_objective *f, const struct work *work, double *x,
                           double *value, bool *found, const hone_monitor *mon, hone_error *err) {
    hone_status status = f->newton_step(f->context, x, work->g, work->p, mon, err);
    if (status != HONE_OK)
        return status;
    struct hone_line_search line = {.f = f, .x0 = x, .p = work->p, .value0 = *value, .step = 1};
    line.curvature = INFINITY;
    line.x = work->x_new;
    line.g = work->g_new;
    line.slope0 = hone_inner(f->n, work->g, work->p);
    if (!(line.slope0 < 0)) {
        for (size_t i = 0; i < f->n; i++)
            work->p[i] = -work->g[i];
        line.slope0 = -hone_inner(f->n, work->g, work->g);
    }
    status = hone_line_search(&line, found, mon, err);
    if (status == HONE_OK && *found) {
        memcpy(x, line.x, f->n * sizeof *x);
        memcpy(work->g, line.g, f->n * sizeof *work->g);
        *value = line.value;
    }
    return status;
}

hone_status hone_newton(const hone_objective *f, const hone_stop *stop, double *x,
                        hone_minimum *out, const hone_monitor *mon, hone_error *err) {
    struct work work = {0};
    hone_minimum at = {0};
    bool found = true;
    hone_status status = hone_new2(&work.g, f->n, 4, err);
    if (status != HONE_OK)
        return status;
    work.p = work.g + f->n;
    work.x_new = work.p + f->n;
    work.g_new = work.x_new + f->n;
    if ((status = f->value_gradient(f->context, x, &at.value, work.g, mon, err)) != HONE_OK)
        goto done;
    at.gradient = hone_max_abs(f->n, work.g);
    if (!isfinite(at.value) || !isfinite(at.gradient)) {
        status = hone_fail(err, HONE_ENUMERIC, "newton: the objective is not finite at the start");
        goto done;
    }
    struct hone_progress progress = {at.value, at.gradient, 0};
    while (at.gradient > stop->tol && at.n_iter < stop->max_iter && progress.idle < MAX_IDLE) {
        status = advance(f, &work, x, &at.value, &found, mon, err);
        if (status != HONE_OK || !found)
            break;
        at.n_iter++;
        at.gradient = hone_max_abs(f->n, work.g);
        hone_progress_made(&progress, at.value, at.gradient);
    }
    at.converged = at.gradient <= stop->tol || !found || progress.idle >= MAX_IDLE;
    if (status == HONE_OK)
        *out = at;
done:
    hone_release(work.g);
    return status;
}
