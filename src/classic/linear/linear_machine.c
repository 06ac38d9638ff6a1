/* linear_machine.c -- scores, losses and derivatives of linear machines; see linear_machine.h.
 *
 * Of squared losses only rows with a loss count in gradient and Hessian: these are gathered, so
 * that late steps, in which most rows are settled, cost little.
 * Shapes: H p x p. Cost: n m for scores and gradient, n_e p^2 for H, n_e rows with a loss. */
#include "classic/linear/linear_machine.h"

#include "classic/linear/data_rows.h"
#include "core/alloc.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

hone_status hone_machine_scores(const struct hone_machine *f, const double *v, double *z,
                                const hone_monitor *mon, hone_error *err) {
    hone_status status = hone_data_times(f->data, v, z, mon, err);
    for (size_t i = 0; f->d > f->m && i < f->n; i++)
        z[i] += f->scale * v[f->m];
    return status;
}

/* By how much z is over (> 0) or under (< 0) what would be without loss. */
static double excess(const struct hone_machine *f, double z, double y) {
    double off = z - y;
    if (f->hinge)
        return y * z < 1 ? off : 0;
    if (off > f->epsilon)
        return off - f->epsilon;
    return off < -f->epsilon ? off + f->epsilon : 0;
}

double hone_machine_losses(const struct hone_machine *f, const double *z, double *e) {
    double sum = 0;
    for (size_t i = 0; i < f->n; i++) {
        double off = excess(f, z[i], f->y[i]);
        sum += f->u[i] * (f->squared ? off * off : fabs(off));
        if (e)
            e[i] = off;
    }
    return sum;
}

hone_status hone_machine_gradient(const struct hone_machine *f, const double *e, double *g,
                                  const hone_monitor *mon, hone_error *err) {
    double *r = NULL, sum = 0;
    hone_status status = hone_new(&r, f->n, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < f->n; i++)
        sum += r[i] = 2 * f->u[i] * e[i];
    status = hone_data_back(f->data, r, g, mon, err);
    if (f->d > f->m)
        g[f->m] = f->scale * sum;
    hone_release(r);
    return status;
}

/* Rows with a loss, their picked cells behind one another; weights 2 u. */
static hone_status full_hessian(const struct hone_machine *f, const double *e, const size_t *pick,
                                size_t p, double *h, const hone_monitor *mon, hone_error *err) {
    size_t k = 0, whole = p >= f->m && pick[f->m - 1] == f->m - 1 ? f->m : 0;
    double *block = NULL, *w = NULL;
    for (size_t i = 0; i < f->n; i++)
        k += e[i] != 0;
    hone_status status = hone_new2(&block, k, p, err);
    if (status == HONE_OK)
        status = hone_new(&w, k, err);
    k = 0;
    for (size_t i = 0; status == HONE_OK && i < f->n; i++) {
        if (e[i] == 0)
            continue;
        const double *row = hone_view_row(f->data->x, i);
        double *to = block + k * p;
        memcpy(to, row, whole * sizeof *to);
        for (size_t a = whole; a < p; a++)
            to[a] = pick[a] < f->m ? row[pick[a]] : f->scale;
        w[k++] = 2 * f->u[i];
    }
    if (status == HONE_OK)
        status = hone_gram_weighted(hone_view_of(block, k, p), w, h, mon, err);
    hone_release(block);
    hone_release(w);
    return status;
}

static hone_status sparse_hessian(const struct hone_machine *f, const double *e, const size_t *pick,
                                  size_t p, double *h, hone_error *err) {
    const hone_csr *x = f->data->sparse;
    size_t *place = NULL, *at = NULL;
    double *cell = NULL;
    hone_status status;
    if ((status = hone_new(&place, f->m + 1, err)) != HONE_OK ||
        (status = hone_new(&at, p, err)) != HONE_OK ||
        (status = hone_new(&cell, p, err)) != HONE_OK)
        goto done;
    memset(h, 0, p * p * sizeof *h);
    for (size_t a = 0; a < p; a++)
        place[pick[a]] = a + 1;
    for (size_t i = 0; i < f->n; i++) {
        size_t k = 0;
        if (e[i] == 0)
            continue;
        for (size_t c = x->starts[i]; c < x->starts[i + 1]; c++)
            if (place[x->columns[c]])
                at[k] = place[x->columns[c]] - 1, cell[k++] = x->values[c];
        if (place[f->m])
            at[k] = place[f->m] - 1, cell[k++] = f->scale;
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b <= a; b++)
                h[at[a] * p + at[b]] += 2 * f->u[i] * cell[a] * cell[b];
    }
done:
    hone_release(place);
    hone_release(at);
    hone_release(cell);
    return status;
}

hone_status hone_machine_hessian(const struct hone_machine *f, const double *e, const size_t *pick,
                                 size_t p, double *h, const hone_monitor *mon, hone_error *err) {
    return f->data->sparse ? sparse_hessian(f, e, pick, p, h, err)
                           : full_hessian(f, e, pick, p, h, mon, err);
}

/* A step of the dual visits the rows, one of Newton's method is a system of the columns. */
static bool suits_dual(const struct hone_machine *f) {
    return !f->squared || (!f->absolute && !f->free_intercept && f->m > f->n);
}

hone_status hone_machine_solve(const struct hone_machine *f, double *v,
                               struct hone_machine_end *out, const hone_monitor *mon,
                               hone_error *err) {
    if (suits_dual(f))
        return hone_machine_dual(f, v, out, mon, err);
    return f->absolute ? hone_machine_absolute(f, v, out, mon, err)
                       : hone_machine_newton(f, v, out, mon, err);
}
