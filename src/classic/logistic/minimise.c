/* minimise.c -- which minimiser, and L-BFGS in stages.
 *
 * L-BFGS runs 12, 24, 48, ... iterations, each stage in the metric of the point where it starts
 * (whiten.c): the Hessian at the shares of the classes says little about that of a model
 * that is sure of most rows. On digits this makes 200 evaluations of 770.
 * A Newton step squares the error: for one more of them the gradient falls to tol / 1000, and
 * coefficients are good to 1e-8 where the penalty is weak and H nearly singular.              */
#include "classic/logistic/objective.h"

#include "core/alloc.h"

#define FIRST_STAGE  12
#define NEWTON_SHARE 1e-3 /* of tol */

/* Of n rows with z stored cells out of d each: Newton takes about 8 steps at the speed of dsyrk, 3
 * times that of the rest; lbfgs 20 to 200 evaluations. Where both cost the same Newton is the more
 * exact. */
static bool newton_is_cheaper(double n, double d, double k, double z) {
    double products = k > 1 ? k * (k - 1) / 2 : 1;
    double newton = 8 * (n * z * z * products + k * d * k * d * k * d / 3) / 3;
    return newton < 25 * 4 * n * z * k && k * d < 5000;
}

/* Is the price of a metric, n z^2 + d^3 / 3, that of a few evaluations? */
static bool whitening_is_cheap(double n, double d, double k, double z) {
    return (n * z * z + d * d * d / 3) / 3 < 20 * 4 * n * z * k && d < 10000;
}

static size_t min(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Leaves the curvature at V in row_part. */
static hone_status measure(struct hone_logistic *f, const double *v, const hone_monitor *mon,
                           hone_error *err) {
    double value, *g = NULL;
    hone_status status = hone_new2(&g, f->k, f->rows.d, err);
    if (status == HONE_OK)
        status = hone_logistic_value(f, v, &value, g, mon, err);
    hone_release(g);
    return status;
}

static hone_status stages(const hone_objective *objective, const hone_stop *stop, double *v,
                          hone_minimum *out, const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = objective->context;
    size_t used = 0;
    hone_status status = HONE_OK;
    for (size_t i = 0; f->cold && i < f->rows.n; i++)
        f->row_part[i] = f->u[i] * f->curvature;
    if (!f->cold)
        status = measure(f, v, mon, err);
    for (size_t stage = FIRST_STAGE; status == HONE_OK; stage *= 2) {
        hone_stop part = {stop->tol, min(stage, stop->max_iter - used), 1};
        if ((status = hone_logistic_whiten(f, mon, err)) != HONE_OK ||
            (status = hone_logistic_to_u(f, v, err)) != HONE_OK ||
            (status = hone_lbfgs(objective, &part, v, out, mon, err)) != HONE_OK ||
            (status = hone_logistic_to_v(f, v, err)) != HONE_OK)
            break;
        used += out->n_iter;
        if (out->converged || used >= stop->max_iter)
            break;
    }
    out->n_iter = used;
    return status;
}

/* Cells of a row that are there, and what a product of them all with one another costs. */
static double cells(const struct hone_logistic_rows *rows) {
    const hone_csr *x = rows->sparse;
    return x ? (double)(x->starts[x->rows] - x->starts[0]) / (double)x->rows + 1 : (double)rows->d;
}

static bool takes_newton(const struct hone_logistic *f, enum hone_logistic_solver solver) {
    double n = (double)f->rows.n, d = (double)f->rows.d, k = (double)f->k, z = cells(&f->rows);
    return solver == HONE_LOGISTIC_NEWTON ||
           (solver == HONE_LOGISTIC_AUTO && newton_is_cheaper(n, d, k, z));
}

hone_status hone_logistic_minimise(struct hone_logistic *f, enum hone_logistic_solver solver,
                                   const hone_stop *stop, double *v, hone_minimum *out,
                                   const hone_monitor *mon, hone_error *err) {
    hone_objective objective = {f, f->k * f->rows.d, hone_logistic_value, hone_logistic_newton};
    bool coordinates = solver == HONE_LOGISTIC_COORDINATES;
    bool newton = takes_newton(f, solver) || f->firth > 0;
    hone_status status = HONE_OK;
    if (f->cold && !coordinates && f->firth == 0)
        status = hone_logistic_start(f, solver, v, mon, err);
    if (status == HONE_OK)
        status = hone_logistic_create(f, newton || coordinates, err);
    if (status != HONE_OK)
        return status;
    if (f->firth > 0) {
        objective.value_gradient = hone_logistic_firth_value;
        objective.newton_step = hone_logistic_firth_step;
    }
    hone_stop tight = {NEWTON_SHARE * stop->tol, stop->max_iter, 0};
    if (coordinates)
        return hone_logistic_coordinates(f, stop, v, out, mon, err);
    if (newton)
        return hone_newton(&objective, &tight, v, out, mon, err);
    if (!whitening_is_cheap((double)f->rows.n, (double)f->rows.d, (double)f->k, cells(&f->rows)))
        return hone_lbfgs(&objective, stop, v, out, mon, err);
    return stages(&objective, stop, v, out, mon, err);
}
