/* model.c -- the model of a Newton step with absolute values, by coordinate descent.
 *
 *   min over D of  g'D + D'H D / 2 + sum_i a_i |V_i + D_i|
 * One variable has its minimum in closed form; g + H D is kept up to date, a row of H for each
 * change. Where H would cost more than it saves, the columns themselves do (columns.c).
 * Shapes: H (k p)^2 for p columns at work. Cost: n p^2 k (k + 1) / 2 flops for H, (k p)^2 per
 * sweep. */
#include "classic/logistic/descent.h"

#include "core/alloc.h"
#include "core/parallel.h"

#define MOST_VARIABLES 2000
#define MOST_SPARSE    300
#define MOST_SWEEPS    1000
#define RIDGE          1e-12

/* H of the working set, in full, with the penalty on squares. */
static hone_status make_hessian(struct hone_logistic_descent *s, const hone_monitor *mon,
                                hone_error *err) {
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

/* The minimum along variable i of the set; tells by how much its condition was off. */
static double descend(struct hone_logistic_descent *s, size_t i) {
    size_t size = s->k * s->p;
    double h = s->diagonal[i], a = s->f->penalty1[s->pick[i % s->p]];
    double at = s->v[hone_logistic_variable(s, i)] + s->step[i],
           off = hone_logistic_offence(at, s->slope[i], a);
    if (off == 0 || !(h > 0))
        return 0;
    double change = hone_logistic_shrink(at, s->slope[i], h, a) - at;
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
static hone_status solve(struct hone_logistic_descent *s, double tol, const hone_monitor *mon,
                         hone_error *err) {
    size_t size = s->k * s->p;
    hone_status status = HONE_OK;
    bool all = true;
    for (size_t i = 0; i < size; i++) {
        s->step[i] = 0;
        s->slope[i] = s->g[hone_logistic_variable(s, i)];
    }
    for (int sweep = 0; status == HONE_OK && sweep < MOST_SWEEPS; sweep++) {
        double worst = 0;
        for (size_t i = 0; i < size; i++)
            if (all || s->v[hone_logistic_variable(s, i)] + s->step[i] != 0)
                worst = fmax(worst, descend(s, i));
        if (worst <= tol && all)
            break;
        all = worst <= tol;
        status = hone_monitor_poll(mon, err);
    }
    return status;
}

/* Is H worth its price? Sparse columns do a sweep in the time of their cells; without what joins
 * the vectors of softmax there are more steps. */
static bool takes_hessian(const struct hone_logistic_descent *s) {
    size_t most = s->f->rows.sparse && s->k == 1 ? MOST_SPARSE : MOST_VARIABLES;
    return s->k * s->p <= most;
}

hone_status hone_logistic_model(struct hone_logistic_descent *s, double tol,
                                const hone_monitor *mon, hone_error *err) {
    if (!takes_hessian(s))
        return hone_logistic_model_by_columns(s, tol, mon, err);
    hone_status status = make_hessian(s, mon, err);
    return status ? status : solve(s, tol, mon, err);
}
