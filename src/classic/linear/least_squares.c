/* least_squares.c -- the problem: sums and scales that every way of solving it needs. O(n m). */
#include "classic/linear/least_squares.h"

#include "classic/linear/data_rows.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

void hone_least_squares_free(struct hone_least_squares *ls) {
    hone_release(ls->mean);
    hone_release(ls->spread);
    hone_release(ls->inverse);
    hone_release(ls->coef);
    hone_release(ls->variance);
    hone_release(ls->residual);
    hone_release(ls->singular);
}

static hone_status make_room(struct hone_least_squares *ls, hone_error *err) {
    hone_status status;
    if ((status = hone_new(&ls->mean, ls->m, err)) != HONE_OK ||
        (status = hone_new(&ls->spread, ls->m, err)) != HONE_OK ||
        (status = hone_new(&ls->inverse, ls->m, err)) != HONE_OK ||
        (status = hone_new(&ls->coef, ls->m, err)) != HONE_OK ||
        (status = hone_new(&ls->variance, ls->m, err)) != HONE_OK ||
        (status = hone_new(&ls->singular, ls->n < ls->m ? ls->n : ls->m, err)) != HONE_OK)
        return status;
    return hone_new(&ls->residual, ls->n, err);
}

/* Without an intercept the spread is about 0. */
static hone_status set_scales(struct hone_least_squares *ls, hone_error *err) {
    for (size_t j = 0; j < ls->m; j++) {
        if (!isfinite(ls->mean[j]) || !isfinite(ls->spread[j]))
            return hone_fail(err, HONE_ENUMERIC,
                             "least squares: column %zu is too large to be squared; bring the "
                             "columns to a like scale",
                             j + 1);
        if (!ls->intercept) {
            ls->spread[j] = hypot(ls->spread[j], ls->mean[j]);
            ls->mean[j] = 0;
        }
        double inverse = 1 / ls->spread[j];
        ls->inverse[j] = isfinite(inverse) ? inverse : 0;
        ls->variance[j] = NAN;
    }
    return HONE_OK;
}

hone_status hone_least_squares_begin(const hone_dataset *data, bool intercept,
                                     struct hone_least_squares *out, const hone_monitor *mon,
                                     hone_error *err) {
    *out = (struct hone_least_squares){.data = data, .w = data->weights, .intercept = intercept};
    out->n = hone_dataset_rows(data), out->m = hone_dataset_cols(data);
    out->rank = out->b_variance = NAN;
    hone_status status = make_room(out, err);
    if (status == HONE_OK)
        status = hone_data_moments(data, out->w, out->mean, out->spread, mon, err);
    if (status != HONE_OK || (status = set_scales(out, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < out->n; i++)
        out->total += out->w ? out->w[i] : 1;
    for (size_t i = 0; intercept && i < out->n; i++)
        out->y_mean += (out->w ? out->w[i] : 1) / out->total * *hone_view_row(data->y, i);
    return HONE_OK;
}
