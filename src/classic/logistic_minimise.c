/* logistic_minimise.c -- which minimiser, and L-BFGS in stages.
 *
 * L-BFGS runs 12, 24, 48, ... iterations, each stage in the metric of the point where it starts
 * (logistic_whiten.c): the Hessian at the shares of the classes says little about that of a model
 * that is sure of most rows. On digits this makes 200 evaluations of 770.
 * A Newton step squares the error: for one more of them the gradient falls to tol / 1000, and
 * coefficients are good to 1e-8 where the penalty is weak and H nearly singular.              */
#include "classic/logistic_objective.h"

#define FIRST_STAGE  12
#define NEWTON_SHARE 1e-3 /* of tol */

/* Newton takes about 8 steps at the speed of dsyrk, 3 times that of the rest; lbfgs 20 to 200
 * evaluations. Where both cost the same Newton is the more exact. */
static bool newton_is_cheaper(double n, double d, double k) {
    double products = k > 1 ? k * (k - 1) / 2 : 1;
    double newton = 8 * (n * d * d * products + k * d * k * d * k * d / 3) / 3;
    return newton < 25 * 4 * n * d * k && k * d < 5000;
}

/* Is the price of a metric, n d^2 + d^3 / 3, that of a few evaluations? */
static bool whitening_is_cheap(double n, double d, double k) {
    return (n * d * d + d * d * d / 3) / 3 < 20 * 4 * n * d * k;
}

static size_t min(size_t a, size_t b) {
    return a < b ? a : b;
}

static hone_status stages(const hone_objective *objective, const hone_stop *stop, double *v,
                          hone_minimum *out, const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = objective->context;
    size_t used = 0;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < f->x.rows; i++)
        f->row_part[i] = f->u[i] * f->curvature;
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

hone_status hone_logistic_minimise(struct hone_logistic *f, enum hone_logistic_solver solver,
                                   const hone_stop *stop, double *v, hone_minimum *out,
                                   const hone_monitor *mon, hone_error *err) {
    double n = (double)f->x.rows, d = (double)f->x.cols, k = (double)f->k;
    hone_objective objective = {f, f->k * f->x.cols, hone_logistic_value, hone_logistic_newton};
    bool newton = solver == HONE_LOGISTIC_NEWTON;
    if (solver == HONE_LOGISTIC_AUTO)
        newton = newton_is_cheaper(n, d, k);
    hone_status status = hone_logistic_create(f, newton, err);
    if (status != HONE_OK)
        return status;
    hone_stop tight = {NEWTON_SHARE * stop->tol, stop->max_iter, 0};
    if (newton)
        return hone_newton(&objective, &tight, v, out, mon, err);
    if (!whitening_is_cheap(n, d, k))
        return hone_lbfgs(&objective, stop, v, out, mon, err);
    return stages(&objective, stop, v, out, mon, err);
}
