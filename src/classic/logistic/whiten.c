/* whiten.c -- variables in which L-BFGS has the right metric.
 *
 * With A = X' diag(u p (1 - p)) X + diag(penalty) = L L', p (1 - p) the mean over the classes at
 * the last evaluation, and V = U L^-1, the mean Hessian of a vector is L^-1 A L'^-1 = I. What is
 * left for L-BFGS is how the classes differ and what changes on the way. Shapes: L d x d, U and V k
 * x d. Cost: n d^2 + d^3 / 3 flops once, 2 k d^2 per evaluation. Reference: Boehning 1992 (one
 * fixed matrix in place of the Hessian).                         */
#include "classic/logistic/objective.h"

#include "core/alloc.h"

#include <string.h>

/* On the diagonal, relative: columns that are sums of others leave A without a factor. */
#define RIDGE 1e-10

hone_status hone_logistic_whiten(struct hone_logistic *f, const hone_monitor *mon,
                                 hone_error *err) {
    size_t d = f->rows.d;
    double *l = NULL, top = 0;
    hone_status status = HONE_OK;
    if (!f->point)
        status = hone_new2(&f->point, f->k, d, err);
    if (status != HONE_OK || (status = hone_new2(&l, d, d, err)) != HONE_OK ||
        (status = hone_logistic_gram(&f->rows, f->row_part, l, mon, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < d; i++) {
        l[i * (d + 1)] += f->penalty[i];
        top = l[i * (d + 1)] > top ? l[i * (d + 1)] : top;
    }
    for (size_t i = 0; i < d; i++)
        l[i * (d + 1)] += RIDGE * top;
    if (hone_cholesky(l, d, d, NULL) == HONE_OK) {
        hone_release(f->whiten);
        f->whiten = l, l = NULL;
    }
done:
    hone_release(l);
    return status;
}

hone_status hone_logistic_to_v(const struct hone_logistic *f, double *v, hone_error *err) {
    size_t d = f->rows.d;
    return f->whiten ? hone_lower_solve_rows(false, f->k, d, f->whiten, d, v, d, err) : HONE_OK;
}

hone_status hone_logistic_to_u(const struct hone_logistic *f, double *v, hone_error *err) {
    size_t d = f->rows.d;
    double *u = NULL;
    if (!f->whiten)
        return HONE_OK;
    hone_status status = hone_new2(&u, f->k, d, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < d; i++) /* L's upper triangle holds nothing of use */
        for (size_t c = 0; c < f->k; c++)
            for (size_t j = 0; j <= i; j++)
                u[c * d + j] += v[c * d + i] * f->whiten[i * d + j];
    memcpy(v, u, f->k * d * sizeof *v);
    hone_release(u);
    return HONE_OK;
}
