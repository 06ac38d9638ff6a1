/* least_squares_iterate.c -- least squares and ridge by LSQR on rows that stay as they are.
 *
 *   A v = diag(root w) (X v - mean'v),  A'u = X'(root w u) - mean sum root w u
 * so centring fills nothing. Columns are not scaled: the solution of least norm is that of X.
 * Cost: two products with X per step. */
#include "classic/linear/least_squares.h"

#include "classic/linear/data_rows.h"
#include "core/parallel.h"
#include "optim/lsqr.h"

#include <math.h>
#include <string.h>

#define TOL        1e-13
#define MOST_STEPS 20 /* times the number of columns or rows, whichever is less; and 1000 */

struct centred {
    const struct hone_least_squares *ls;
    double *scratch; /* n */
};

static double root_weight(const struct hone_least_squares *ls, size_t i) {
    return ls->w ? sqrt(ls->w[i]) : 1;
}

static hone_status times(void *context, const double *v, double *out, const hone_monitor *mon,
                         hone_error *err) {
    const struct hone_least_squares *ls = ((const struct centred *)context)->ls;
    double shift = 0;
    hone_status status = hone_data_times(ls->data, v, out, mon, err);
    for (size_t j = 0; j < ls->m; j++)
        shift += ls->mean[j] * v[j];
    for (size_t i = 0; i < ls->n; i++)
        out[i] = root_weight(ls, i) * (out[i] - shift);
    return status;
}

static hone_status back(void *context, const double *u, double *out, const hone_monitor *mon,
                        hone_error *err) {
    const struct centred *s = context;
    const struct hone_least_squares *ls = s->ls;
    double sum = 0;
    for (size_t i = 0; i < ls->n; i++)
        sum += s->scratch[i] = root_weight(ls, i) * u[i];
    hone_status status = hone_data_back(ls->data, s->scratch, out, mon, err);
    for (size_t j = 0; j < ls->m; j++)
        out[j] -= ls->mean[j] * sum;
    return status;
}

hone_status hone_least_squares_iterate(struct hone_least_squares *ls, double alpha,
                                       const hone_monitor *mon, hone_error *err) {
    struct centred s = {.ls = ls};
    hone_operator a = {&s, ls->n, ls->m, times, back};
    double *d = NULL;
    size_t steps, least = ls->n < ls->m ? ls->n : ls->m;
    int converged;
    hone_status status;
    if ((status = hone_new(&s.scratch, ls->n, err)) != HONE_OK ||
        (status = hone_new(&d, ls->n, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < ls->n; i++)
        d[i] = root_weight(ls, i) * (*hone_view_row(ls->data->y, i) - ls->y_mean);
    if ((status = hone_lsqr(&a, d, sqrt(alpha), TOL, MOST_STEPS * least + 1000, ls->coef, &steps,
                            &converged, mon, err)) != HONE_OK ||
        (status = times(&s, ls->coef, ls->residual, mon, err)) != HONE_OK)
        goto done;
    ls->b = ls->y_mean;
    for (size_t j = 0; j < ls->m; j++)
        ls->b -= ls->coef[j] * ls->mean[j];
    for (size_t i = 0; i < ls->n; i++)
        ls->residual[i] =
            root_weight(ls, i) * (*hone_view_row(ls->data->y, i) - ls->y_mean) - ls->residual[i];
    if (!converged)
        hone_monitor_warn(mon,
                          "least squares: stopped after %zu iterations; bring the columns to a "
                          "like scale",
                          steps);
done:
    hone_release(s.scratch);
    hone_release(d);
    return status;
}
