/* profile.c -- intervals and tests of one coefficient by the profile of the likelihood.
 *
 *   D(b) = 2 W (min over V with coefficient b of f  -  min f)
 * is chi-squared with one degree of freedom at the true b: the interval holds the b for which D(b)
 * is at most its quantile, p = P(chi2 > D(0)), z = +-sqrt D(0). f is the mean loss, with Firth's
 * penalty if that was asked for. sqrt D is nearly linear in b, so that a secant on it finds an end
 * in some five fits, each from the end of the one before; where D never gets there the interval is
 * open. An intercept is looked at in columns that are not centred, where it is a variable of its
 * own. Shapes: H d x d. Cost: ten to twenty fits of d - 1 variables per term. References: Venzon &
 * Moolgavkar 1988; Heinze & Schemper 2002. */
#include "classic/logistic/infer.h"

#include "core/alloc.h"
#include "core/parallel.h"
#include "inference/special.h"

#include <math.h>
#include <string.h>

#define EXACT      1e-9 /* of sqrt D, relative */
#define MOST_FITS  60
#define MOST_GROWS 12
#define GROWTH     2.0

/* A minimum with one variable held. */
struct profile {
    struct hone_logistic *f;
    bool firth;
    size_t held, d;
    double *start, *v; /* d: the minimum over all; where the last fit ended */
    double total, least, tol;
    size_t max_iter;
};

static hone_status held_value(void *context, const double *v, double *value, double *g,
                              const hone_monitor *mon, hone_error *err) {
    const struct profile *s = context;
    hone_status status = s->firth ? hone_logistic_firth_value(s->f, v, value, g, mon, err)
                                  : hone_logistic_value(s->f, v, value, g, mon, err);
    g[s->held] = 0;
    return status;
}

/* The step with the held variable's row and column of H put to those of I. */
static hone_status held_step(void *context, const double *v, const double *g, double *p,
                             const hone_monitor *mon, hone_error *err) {
    struct profile *s = context;
    struct hone_logistic *f = s->f;
    size_t d = s->d;
    (void)v;
    hone_status status = hone_logistic_curvature(f, mon, err);
    for (size_t j = 0; status == HONE_OK && j < d; j++) {
        if (j <= s->held)
            f->hessian[s->held * d + j] = 0;
        if (j >= s->held)
            f->hessian[j * d + s->held] = 0;
    }
    if (status != HONE_OK)
        return status;
    f->hessian[s->held * (d + 1)] = 1;
    for (size_t j = 0; j < d; j++)
        p[j] = -g[j];
    return hone_logistic_factorise(f) ? hone_cholesky_solve(f->factor, d, d, p, 1, 1, err)
                                      : HONE_OK;
}

/* *root = sqrt D with the held variable moved by `shift` from its best value. */
static hone_status profile_at(struct profile *s, double shift, double *root,
                              const hone_monitor *mon, hone_error *err) {
    hone_objective objective = {s, s->d, held_value, held_step};
    hone_stop stop = {s->tol, s->max_iter, 0};
    hone_minimum end;
    s->v[s->held] = s->start[s->held] + shift;
    hone_status status = hone_newton(&objective, &stop, s->v, &end, mon, err);
    if (status == HONE_OK)
        *root = sqrt(fmax(0, 2 * s->total * (end.value - s->least)));
    return status;
}

/* *shift: where sqrt D is `goal`, on the side of the first guess; infinite when nowhere. */
static hone_status find_end(struct profile *s, double goal, double *shift, const hone_monitor *mon,
                            hone_error *err) {
    double low = 0, low_gap = -goal, high = INFINITY, high_gap = 0, at = *shift;
    int grows = 0, side = 0;
    memcpy(s->v, s->start, s->d * sizeof *s->v);
    for (int fit = 0; fit < MOST_FITS; fit++) {
        double root;
        hone_status status = profile_at(s, at, &root, mon, err);
        if (status != HONE_OK)
            return status;
        double gap = root - goal;
        *shift = at;
        if (fabs(gap) <= EXACT * goal)
            return HONE_OK;
        if (gap > 0) { /* Illinois: the end that stays twice counts half */
            low_gap /= side > 0 ? 2 : 1;
            high = at, high_gap = gap, side = 1;
        } else {
            high_gap /= side < 0 ? 2 : 1;
            low = at, low_gap = gap, side = -1;
        }
        if (isfinite(high)) {
            at = low - low_gap * (high - low) / (high_gap - low_gap);
        } else if (grows++ == MOST_GROWS) {
            *shift = copysign(INFINITY, at);
            return HONE_OK;
        } else {
            at *= GROWTH;
        }
    }
    return HONE_OK;
}

/* The term of variable `held`: `scale` raw units are one of its own. */
static hone_status one_term(struct profile *s, double scale, double level, double raw, size_t at,
                            const struct hone_logistic_terms *out, const hone_monitor *mon,
                            hone_error *err) {
    double goal = hone_normal_quantile(0.5 + level / 2), se = out->std_err[at], root;
    double low = -goal * se / scale, high = goal * se / scale;
    hone_status status;
    if (!isfinite(se))
        return HONE_OK; /* NaN already */
    memcpy(s->v, s->start, s->d * sizeof *s->v);
    if ((status = profile_at(s, -raw / scale, &root, mon, err)) != HONE_OK ||
        (status = find_end(s, goal, &low, mon, err)) != HONE_OK ||
        (status = find_end(s, goal, &high, mon, err)) != HONE_OK)
        return status;
    out->z[at] = copysign(root, raw);
    out->p_value[at] = hone_chi2_tail(root * root, 1);
    out->conf_low[at] = raw + low * scale;
    out->conf_high[at] = raw + high * scale;
    return HONE_OK;
}

/* The terms [first, end) in the problem's columns as they are now. */
static hone_status terms(const struct hone_logistic_params *p,
                         struct hone_logistic_problem *problem, const double *raw, size_t first,
                         size_t end, const struct hone_logistic_terms *out, const hone_monitor *mon,
                         hone_error *err) {
    struct hone_logistic *f = &problem->f;
    size_t d = f->rows.d, m = f->rows.m;
    struct profile s = {.f = f, .firth = f->firth > 0, .d = d, .total = problem->total};
    double *g = NULL;
    hone_status status;
    s.tol = 1e-3 * p->tol, s.max_iter = (size_t)p->max_iter;
    hone_logistic_free(f);
    if ((status = hone_logistic_create(f, true, err)) != HONE_OK ||
        (status = hone_new(&g, d, err)) != HONE_OK ||
        (status = hone_new(&s.v, d, err)) != HONE_OK ||
        (status = hone_new(&s.start, d, err)) != HONE_OK)
        goto done;
    hone_logistic_from_raw(&f->rows, 1, raw, s.start);
    if ((status = held_value(&s, s.start, &s.least, g, mon, err)) != HONE_OK)
        goto done;
    for (size_t j = first; status == HONE_OK && j < end; j++) {
        s.held = j;
        status = one_term(&s, j < m ? f->rows.inverse[j] : 1, p->confidence_level, raw[j], j, out,
                          mon, err);
    }
done:
    hone_release(g);
    hone_release(s.v);
    hone_release(s.start);
    return status;
}

hone_status hone_logistic_profile(const struct hone_logistic_params *p,
                                  struct hone_logistic_problem *problem, const double *raw,
                                  const struct hone_logistic_terms *out, const hone_monitor *mon,
                                  hone_error *err) {
    struct hone_logistic_rows *rows = &problem->f.rows, kept = *rows;
    size_t d = rows->d, m = rows->m;
    double *moved = NULL, *none = NULL;
    hone_status status = hone_new(&moved, m + 1, err);
    if (status == HONE_OK)
        status = hone_new(&none, m + 1, err);
    if (status != HONE_OK)
        goto done;
    memcpy(moved, raw, (m + 1) * sizeof *moved);
    for (size_t j = 0; rows->mean != problem->mean && j < m; j++)
        moved[m] += raw[j] * problem->mean[j]; /* the rows have been centred */
    status = terms(p, problem, moved, 0, m, out, mon, err);
    rows->full = problem->given, rows->mean = none;
    if (status == HONE_OK)
        status = terms(p, problem, raw, m, d, out, mon, err);
done:
    *rows = kept;
    hone_release(moved);
    hone_release(none);
    return status;
}
