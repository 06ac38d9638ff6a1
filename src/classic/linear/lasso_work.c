/* lasso_work.c -- see lasso_work.h. Whether y and weights are the same is looked up: n numbers are
 * compared where n m would be multiplied. */
#include "classic/linear/lasso_work.h"

#include "core/alloc.h"

#include <string.h>

/* clang-format off */
const hone_attr hone_lasso_work_attrs[] = {
    HONE_COUNT (hone_lasso_work, n_rows,                "rows"),
    HONE_COUNT (hone_lasso_work, n_columns,             "columns"),
    HONE_COUNT (hone_lasso_work, n_gram,                "columns of X'X, or 0"),
    HONE_COUNT (hone_lasso_work, n_weights,             "rows, or 0 without weights"),
    HONE_VECTOR(hone_lasso_work, mean, n_columns,       "means of the columns"),
    HONE_VECTOR(hone_lasso_work, spread, n_columns,     "their spread"),
    HONE_VECTOR(hone_lasso_work, q, n_columns,          "X'y"),
    HONE_ARRAY (hone_lasso_work, gram, n_gram, n_gram,  "X'X"),
    HONE_VECTOR(hone_lasso_work, y, n_rows,             "y"),
    HONE_VECTOR(hone_lasso_work, weights, n_weights,    "weights"),
    HONE_ATTR_END
};
/* clang-format on */

const char *const hone_lasso_work_params[] = {"fit_intercept", NULL};

hone_status hone_lasso_prepare(const hone_dataset *data, bool intercept,
                               struct hone_lasso_work *out, const hone_monitor *mon,
                               hone_error *err) {
    struct hone_lasso f;
    size_t n = hone_dataset_rows(data);
    if (!data->y.data || data->y.cols != 1)
        return HONE_OK;
    hone_status status = hone_lasso_measure(data, intercept, &f, mon, err);
    if (status == HONE_OK && hone_lasso_multiplies(data))
        status = hone_lasso_multiply(&f, mon, err);
    if (status == HONE_ENUMERIC) { /* the fit will look at X and say what is wrong */
        status = HONE_OK;
        goto done;
    }
    if (status != HONE_OK || (status = hone_new(&out->y, n, err)) != HONE_OK ||
        (f.w && (status = hone_new(&out->weights, n, err)) != HONE_OK))
        goto done;
    for (size_t i = 0; i < n; i++)
        out->y[i] = *hone_view_row(data->y, i);
    if (f.w)
        memcpy(out->weights, f.w, n * sizeof *f.w);
    out->n_rows = n, out->n_columns = f.m, out->n_weights = f.w ? n : 0;
    out->n_gram = f.own_gram ? f.m : 0;
    out->mean = f.mean, out->spread = f.spread, out->q = f.q, out->gram = f.own_gram;
    f.mean = f.spread = f.q = f.own_gram = NULL;
    out->total = f.total, out->y_mean = f.y_mean, out->y2 = f.y2;
done:
    hone_lasso_free(&f);
    return status;
}

/* Was the work made of these very rows, weights and y? */
static bool is_of(const struct hone_lasso_work *work, const hone_dataset *data) {
    size_t n = hone_dataset_rows(data);
    bool same = work->n_rows == n && (work->n_weights > 0) == (data->weights != NULL);
    for (size_t i = 0; same && i < n; i++)
        same = work->y[i] == *hone_view_row(data->y, i) &&
               (!data->weights || data->weights[i] == work->weights[i]);
    return same;
}

hone_status hone_lasso_begin(const struct hone_lasso_work *work, const size_t *rows,
                             const hone_dataset *data, bool intercept, struct hone_lasso *out,
                             const hone_monitor *mon, hone_error *err) {
    if (!work || rows || !is_of(work, data))
        return hone_lasso_measure(data, intercept, out, mon, err);
    *out = (struct hone_lasso){.data = data,
                               .w = data->weights,
                               .n = work->n_rows,
                               .m = work->n_columns,
                               .mean = work->mean,
                               .spread = work->spread,
                               .q = work->q,
                               .total = work->total,
                               .y_mean = work->y_mean,
                               .y2 = work->y2,
                               .gram = work->n_gram ? work->gram : NULL,
                               .borrowed = true};
    return HONE_OK;
}
