/* smo_gap.c -- how far variables are from optimal, and what is told of them at the end.
 *
 * Where b is optimal, no f of a variable that may rise is below an f of one of its part that may
 * fall; the f of those that may do both is the multiplier of the part's sum.
 * Shapes: f n_vars.   Cost: O(n_vars). */
#include "classic/svm/smo.h"

#include <math.h>

struct hone_smo_bounds hone_smo_look(const struct hone_smo_problem *p, const double *f) {
    double most = (double)INFINITY;
    struct hone_smo_bounds bounds = {{most, most}, {-most, -most}};
    for (size_t v = 0; v < p->n_vars; v++) {
        size_t part = hone_smo_part(p, v);
        if (p->b[v] < p->hi[v] && f[v] < bounds.least[part])
            bounds.least[part] = f[v];
        if (p->b[v] > p->lo[v] && f[v] > bounds.most[part])
            bounds.most[part] = f[v];
    }
    return bounds;
}

static double gap_of(const struct hone_smo_bounds *bounds) {
    return fmax(fmax(bounds->most[0] - bounds->least[0], bounds->most[1] - bounds->least[1]), 0);
}

/* Without a free variable the multiplier is half-way between those that may rise and those that
 * may fall. */
static double between(double least, double most) {
    double middle = isinf(least) ? most : isinf(most) ? least : (least + most) / 2;
    return isinf(middle) ? 0 : middle;
}

void hone_smo_finish(const struct hone_smo_problem *p, const double *f,
                     struct hone_smo_result *out) {
    double sum[2] = {0}, free[2] = {0};
    out->objective = 0;
    for (size_t v = 0; v < p->n_vars; v++) {
        size_t part = hone_smo_part(p, v);
        if (p->b[v] < p->hi[v] && p->b[v] > p->lo[v])
            sum[part] += f[v], free[part]++;
        out->objective += p->b[v] * (f[v] + p->p[v]) / 2;
    }
    for (size_t part = 0; part < (p->split ? 2 : 1); part++) {
        if (free[part] > 0) {
            out->rho[part] = sum[part] / free[part];
            continue;
        }
        struct hone_smo_bounds bounds = hone_smo_look(p, f);
        out->rho[part] = between(bounds.least[part], bounds.most[part]);
    }
}

bool hone_smo_is_done(const struct hone_smo_problem *p, const struct hone_smo_bounds *bounds,
                      double until, struct hone_smo_result *out) {
    out->gap = gap_of(bounds);
    out->converged = out->gap <= p->tol;
    return out->converged || out->steps >= p->max_steps || (isfinite(until) && hone_now() > until);
}
