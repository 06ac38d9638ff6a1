/* linear_machine_few.c -- products of few rows by few columns, which stay in the cache.
 *
 * X stands in columns, the last one full of `scale` where there is an intercept; loops run over
 * eight rows at a time, so that a product costs little more than its arithmetic.
 * Shapes: X d x stride (n rounded up to lanes, zeros beyond n), vectors of rows stride.
 * Cost: n d for scores and sums, n d^2 / 2 for H. */
#include "classic/linear/linear_machine_few.h"

#include "core/alloc.h"
#include "core/clones.h"

#include <math.h>
#include <string.h>

enum { LANES = 8, MOST_COLUMNS = 16, MOST_ROWS = 4096 };

typedef int64_t i64x8 __attribute__((vector_size(64)));
typedef hone_f64x8_in_memory lanes;
#define LOAD(a) (*(const lanes *)(a))

bool hone_machine_few_suit(const struct hone_machine *f) {
    return f->n <= MOST_ROWS && f->d <= MOST_COLUMNS;
}

/* to: places of row i, one in each column. */
static void fill_row(const hone_dataset *data, size_t i, size_t stride, double *to) {
    const hone_csr *x = data->sparse;
    for (size_t j = 0; j < data->x.cols && !x; j++)
        to[j * stride] = hone_view_row(data->x, i)[j];
    for (size_t at = x ? x->starts[i] : 0; x && at < x->starts[i + 1]; at++)
        to[x->columns[at] * stride] = x->values[at];
}

hone_status hone_machine_few_create(const struct hone_machine *f, struct hone_machine_few *out,
                                    hone_error *err) {
    *out = (struct hone_machine_few){.n = f->n, .d = f->d};
    out->stride = (f->n + LANES - 1) / LANES * LANES;
    hone_status status = hone_new2(&out->x, f->d + 1, out->stride, err);
    if (status != HONE_OK)
        return status;
    out->w = out->x + f->d * out->stride;
    for (size_t i = 0; i < f->n; i++) {
        fill_row(f->data, i, out->stride, out->x + i);
        if (f->d > f->m)
            out->x[f->m * out->stride + i] = f->scale;
    }
    return HONE_OK;
}

void hone_machine_few_free(struct hone_machine_few *few) {
    hone_release(few->x);
    few->x = NULL;
}

/* ---- products -------------------------------------------------------------------------------- */

HONE_CLONES static void scores_of_few(const double *x, size_t n, size_t d, const double *v,
                                      double *z) {
    for (size_t i = 0; i < n; i += LANES) {
        hone_f64x8 sum = {0};
        for (size_t j = 0; j < d; j++)
            sum += v[j] * LOAD(x + j * n + i);
        *(lanes *)(z + i) = sum;
    }
}

HONE_INLINE double inner_of_lanes(const double *a, const double *b, size_t n) {
    hone_f64x8 sum = {0}, odd = sum;
    size_t i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        sum += LOAD(a + i) * LOAD(b + i);
        odd += LOAD(a + i + LANES) * LOAD(b + i + LANES);
    }
    if (i < n)
        sum += LOAD(a + i) * LOAD(b + i);
    sum += odd;
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

HONE_CLONES static void back_of_few(const double *x, size_t n, size_t d, const double *r,
                                    double *g) {
    for (size_t j = 0; j < d; j++)
        g[j] = inner_of_lanes(x + j * n, r, n);
}

HONE_CLONES static void gram_of_few(const double *x, size_t n, size_t d, const double *w,
                                    double *wx, double *h) {
    for (size_t j = 0; j < d; j++) {
        for (size_t i = 0; i < n; i += LANES)
            *(lanes *)(wx + i) = LOAD(w + i) * LOAD(x + j * n + i);
        for (size_t k = 0; k <= j; k++)
            h[j * d + k] = inner_of_lanes(wx, x + k * n, n);
    }
}

void hone_machine_few_scores(const struct hone_machine_few *few, const double *v, double *z) {
    scores_of_few(few->x, few->stride, few->d, v, z);
}

void hone_machine_few_back(const struct hone_machine_few *few, const double *r, double *g) {
    back_of_few(few->x, few->stride, few->d, r, g);
}

void hone_machine_few_gram(const struct hone_machine_few *few, const double *w, double *h) {
    gram_of_few(few->x, few->stride, few->d, w, few->w, h);
}

/* ---- a small system -------------------------------------------------------------------------- */

bool hone_machine_few_factor(double *h, size_t d) {
    for (size_t j = 0; j < d; j++)
        for (size_t i = j; i < d; i++) {
            double sum = h[i * d + j];
            for (size_t k = 0; k < j; k++)
                sum -= h[i * d + k] * h[j * d + k];
            if (i == j && !(sum > 0))
                return false;
            h[i * d + j] = i == j ? sqrt(sum) : sum / h[j * d + j];
        }
    return true;
}

void hone_machine_few_solve(const double *l, size_t d, double *b) {
    for (size_t i = 0; i < d; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= l[i * d + k] * b[k];
        b[i] /= l[i * d + i];
    }
    for (size_t i = d; i-- > 0;) {
        for (size_t k = i + 1; k < d; k++)
            b[i] -= l[k * d + i] * b[k];
        b[i] /= l[i * d + i];
    }
}

/* ---- squared losses -------------------------------------------------------------------------- */

/* e = by how much z is over or under, r = 2 u e; the sum of u e^2. */
HONE_CLONES static void losses_of_few(bool hinge, double epsilon, size_t n, const double *z,
                                      const double *y, const double *u, double *e, double *r,
                                      double *out) {
    hone_f64x8 sum = {0}, zero = sum, one = zero + 1.0;
    for (size_t i = 0; i < n; i += LANES) {
        hone_f64x8 off = LOAD(z + i) - LOAD(y + i);
        i64x8 over = hinge ? LOAD(y + i) * LOAD(z + i) < one : off > zero + epsilon;
        i64x8 under = hinge ? over : off < zero - epsilon;
        hone_f64x8 shift = (hone_f64x8)(over & (i64x8)(zero + (hinge ? 0 : epsilon)));
        shift += (hone_f64x8)((under & ~over) & (i64x8)(zero - epsilon));
        hone_f64x8 excess = (hone_f64x8)((over | under) & (i64x8)(off - shift));
        hone_f64x8 pull = LOAD(u + i) * excess;
        *(lanes *)(e + i) = excess;
        *(lanes *)(r + i) = pull + pull;
        sum += pull * excess;
    }
    *out = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

double hone_machine_few_losses(const struct hone_machine *f, size_t stride, const double *z,
                               const double *y, const double *u, double *e, double *r) {
    double sum = 0;
    losses_of_few(f->hinge, f->epsilon, stride, z, y, u, e, r, &sum);
    return sum;
}
