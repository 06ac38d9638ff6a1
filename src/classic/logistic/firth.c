/* firth.c -- Firth's penalty, which keeps coefficients finite and takes their bias away.
 *
 * Maximises  log L + log det(I) / 2  with I = sum w p (1 - p) t t' the information; per unit of
 * weight W = sum w that is  f(v) - log det(H) / (2 W),  H = I / W, with the gradient
 *   sum u (p - y) t - sum u p (1 - p) (1 - 2 p) h t / (2 W),   h = t' H^-1 t.
 * Steps are those of H alone; they converge linearly and fast, the rest being of order 1 / W.
 * Whole weights count rows. Shapes: T n x d, H d x d. Cost of an evaluation: 2 n d^2 flops.
 * References: Firth 1993; Heinze & Schemper 2002. */
#include "classic/logistic/objective.h"

#include "core/alloc.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

/* Adds to part (m + 1) the penalty's share of the gradient by the rows [first, first + n); block: n
 * x d, z and p: n. */
static hone_status add_rows(const struct hone_logistic *f, size_t first, size_t n, double *block,
                            double *z, double *p, double *part, hone_error *err) {
    size_t d = f->rows.d;
    hone_logistic_expand(&f->rows, first, n, block);
    hone_status status = hone_lower_solve_rows(true, n, d, f->factor, d, block, d, err);
    if (status != HONE_OK)
        return status;
    hone_logistic_scores(&f->rows, first, n, 1, f->raw, z);
    hone_sigmoid(n, z, p, z);
    for (size_t i = 0; i < n; i++) {
        double h = 0;
        for (size_t j = 0; j < d; j++)
            h += block[i * d + j] * block[i * d + j];
        z[i] = -f->row_part[first + i] * (1 - 2 * p[i]) * h / (2 * f->firth);
    }
    hone_logistic_back(&f->rows, first, n, 1, z, part);
    return HONE_OK;
}

static hone_status add_chunk(void *context, size_t chunk, hone_error *err) {
    const struct hone_logistic *f = context;
    size_t size = f->rows.m + 2, end = hone_cut_first(f->cut, chunk + 1), d = f->rows.d;
    double *part = f->parts + chunk * size, *block = NULL;
    memset(part, 0, size * sizeof *part);
    hone_status status = hone_new2(&block, f->block, d + 2, err);
    for (size_t i = hone_cut_first(f->cut, chunk); status == HONE_OK && i < end; i += f->block) {
        size_t n = end - i < f->block ? end - i : f->block;
        double *z = block + f->block * d;
        status = add_rows(f, i, n, block, z, z + f->block, part, err);
    }
    hone_release(block);
    return status;
}

hone_status hone_logistic_firth_value(void *context, const double *v, double *value, double *g,
                                      const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = context;
    size_t d = f->rows.d, size = f->rows.m + 2;
    double log_det = 0, *more = NULL;
    hone_status status;
    if ((status = hone_logistic_value(f, v, value, g, mon, err)) != HONE_OK ||
        (status = hone_logistic_curvature(f, mon, err)) != HONE_OK)
        return status;
    if (!hone_logistic_factorise(f)) {
        *value = INFINITY;
        return HONE_OK;
    }
    for (size_t j = 0; j < d; j++)
        log_det += 2 * log(f->factor[j * (d + 1)]);
    *value -= log_det / (2 * f->firth);
    if ((status = hone_new(&more, d, err)) != HONE_OK ||
        (status = hone_parallel(f->cut.chunks, add_chunk, f, mon, err)) != HONE_OK)
        goto done;
    for (size_t chunk = 1; chunk < f->cut.chunks; chunk++)
        for (size_t i = 0; i + 1 < size; i++)
            f->parts[i] += f->parts[chunk * size + i];
    hone_logistic_gradient(&f->rows, 1, f->parts, more);
    for (size_t j = 0; j < d; j++)
        g[j] += more[j];
done:
    hone_release(more);
    return status;
}

hone_status hone_logistic_firth_step(void *context, const double *v, const double *g, double *p,
                                     const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = context;
    size_t d = f->rows.d;
    (void)v, (void)mon;
    for (size_t j = 0; j < d; j++)
        p[j] = -g[j];
    return hone_cholesky_solve(f->factor, d, d, p, 1, 1, err);
}
