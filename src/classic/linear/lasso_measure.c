/* lasso_measure.c -- what a lasso needs to know of its data once, whatever alpha.
 *
 * X'X pays where it is small beside X and its descents: m <= n and m <= MOST_GRAM. Cost: one pass
 * over X; n m^2 flops and m^2 doubles for X'X. */
#include "classic/linear/data_rows.h"
#include "classic/linear/lasso_impl.h"
#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

#define MOST_GRAM ((size_t)3000)

void hone_lasso_free(struct hone_lasso *f) {
    hone_release(f->own_gram);
    if (f->borrowed)
        return;
    hone_release(f->mean);
    hone_release(f->spread);
    hone_release(f->q);
}

bool hone_lasso_multiplies(const hone_dataset *data) {
    size_t m = hone_dataset_cols(data);
    return m <= hone_dataset_rows(data) && m <= MOST_GRAM;
}

/* total, y_mean, |y|^2, r (n) = w y. */
static void measure_y(struct hone_lasso *f, bool intercept, double *r) {
    for (size_t i = 0; i < f->n; i++)
        f->total += f->w ? f->w[i] : 1;
    for (size_t i = 0; intercept && i < f->n; i++)
        f->y_mean += (f->w ? f->w[i] : 1) / f->total * *hone_view_row(f->data->y, i);
    for (size_t i = 0; i < f->n; i++) {
        double w = (f->w ? f->w[i] : 1) / f->total, y = *hone_view_row(f->data->y, i) - f->y_mean;
        f->y2 += w * y * y;
        r[i] = w * y;
    }
}

static hone_status measure_columns(struct hone_lasso *f, bool intercept, const double *r,
                                   const hone_monitor *mon, hone_error *err) {
    double sum = 0;
    hone_status status = hone_data_covary(f->data, f->w, r, f->mean, f->spread, f->q, mon, err);
    for (size_t i = 0; i < f->n; i++)
        sum += r[i];
    for (size_t j = 0; status == HONE_OK && j < f->m; j++) {
        if (!isfinite(f->spread[j]) || !isfinite(f->mean[j]))
            return hone_fail(err, HONE_ENUMERIC,
                             "column %zu is too large to be squared; bring the columns to a like "
                             "scale",
                             j + 1);
        if (!intercept) {
            f->spread[j] = hypot(f->spread[j], f->mean[j]);
            f->q[j] += f->mean[j] * sum;
            f->mean[j] = 0;
        }
    }
    return status;
}

hone_status hone_lasso_multiply(struct hone_lasso *f, const hone_monitor *mon, hone_error *err) {
    size_t m = f->m;
    if (f->gram)
        return HONE_OK;
    hone_status status = hone_new2(&f->own_gram, m, m, err);
    if (status == HONE_OK)
        status = hone_data_gram_centred(f->data, f->w, f->mean, f->spread, f->own_gram, mon, err);
    for (size_t i = 0; status == HONE_OK && i < m; i++)
        for (size_t j = 0; j <= i; j++)
            f->own_gram[j * m + i] = f->own_gram[i * m + j] /= f->total;
    f->gram = f->own_gram;
    return status;
}

hone_status hone_lasso_measure(const hone_dataset *data, bool intercept, struct hone_lasso *out,
                               const hone_monitor *mon, hone_error *err) {
    hone_status status;
    double *r = NULL;
    *out = (struct hone_lasso){.data = data, .w = data->weights};
    out->n = hone_dataset_rows(data), out->m = hone_dataset_cols(data);
    if ((status = hone_new(&out->mean, out->m, err)) == HONE_OK &&
        (status = hone_new(&out->spread, out->m, err)) == HONE_OK &&
        (status = hone_new(&out->q, out->m, err)) == HONE_OK &&
        (status = hone_new(&r, out->n, err)) == HONE_OK) {
        measure_y(out, intercept, r);
        status = measure_columns(out, intercept, r, mon, err);
    }
    hone_release(r);
    return status;
}
