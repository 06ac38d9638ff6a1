/* class_moments.c -- see class_moments.h.
 *
 *     mean_kj = sum w x_ij / W_k,   var_kj = sum w d^2 / W_k - (sum w d / W_k)^2,  d = x_ij -
 * mean_kj
 *
 * over the rows i of class k. Of compressed rows the cells that are not stored come in as their
 * common d = -mean_kj, times the weight that is left for them.
 * Shapes: X n x m, parts: chunks x k x m per sum. Cost: O(n m), twice. */
#include "classic/bayes/class_moments.h"

#include "core/alloc.h"
#include "core/class_weight.h"
#include "core/clones.h"
#include "core/error.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { MOST_PARTS = 64, MOST_PART_NUMBERS = 1 << 22 };

struct pass {
    const hone_dataset *data;
    size_t k, m;
    const double *mean; /* k x m: deviations from it; NULL = from 0 */
    double *weight;     /* chunks x k */
    double *sums;       /* chunks x 3 x k x m: w of the cells seen, w d, w d^2 */
    hone_cut cut;
};

HONE_CLONES static void add_row(const double *x, const double *center, size_t m, double w,
                                double *restrict first, double *restrict second) {
    for (size_t j = 0; j < m; j++) {
        double d = x[j] - center[j];
        first[j] += w * d;
        second[j] += w * d * d;
    }
}

static void add_stored(const hone_csr *x, size_t i, const double *center, double w, double *seen,
                       double *first, double *second) {
    for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++) {
        size_t j = x->columns[at];
        double d = x->values[at] - center[j];
        seen[j] += w;
        first[j] += w * d;
        second[j] += w * d * d;
    }
}

static hone_status add_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    struct pass *pass = context;
    const hone_dataset *data = pass->data;
    size_t m = pass->m, all = pass->k * m;
    double *weight = pass->weight + chunk * pass->k, *sums = pass->sums + chunk * 3 * all;
    for (size_t i = hone_cut_first(pass->cut, chunk); i < hone_cut_first(pass->cut, chunk + 1);
         i++) {
        size_t k = (size_t)*hone_view_row(data->y, i);
        double w = data->weights ? data->weights[i] : 1, *at = sums + k * m;
        const double *center = pass->mean + k * m;
        weight[k] += w;
        if (data->sparse)
            add_stored(data->sparse, i, center, w, at, at + all, at + 2 * all);
        else
            add_row(hone_view_row(data->x, i), center, m, w, at + all, at + 2 * all);
    }
    return HONE_OK;
}

static void add_parts(double *parts, size_t n_parts, size_t size) {
    for (size_t p = 1; p < n_parts; p++)
        for (size_t i = 0; i < size; i++)
            parts[i] += parts[p * size + i];
}

/* Cells that are not stored: all weight of the class that was not seen, at d = -mean. */
static void add_unstored(struct pass *pass) {
    size_t all = pass->k * pass->m;
    for (size_t c = 0; c < all; c++) {
        double w = pass->weight[c / pass->m] - pass->sums[c], d = -pass->mean[c];
        pass->sums[all + c] += w * d;
        pass->sums[2 * all + c] += w * d * d;
    }
}

/* All sums around `mean`, left in the first part. */
static hone_status run_pass(struct pass *pass, const hone_monitor *mon, hone_error *err) {
    size_t parts = pass->cut.chunks, all = pass->k * pass->m;
    memset(pass->weight, 0, parts * pass->k * sizeof *pass->weight);
    memset(pass->sums, 0, parts * 3 * all * sizeof *pass->sums);
    hone_status status = hone_parallel(parts, add_chunk, pass, mon, err);
    if (status != HONE_OK)
        return status;
    add_parts(pass->weight, parts, pass->k);
    add_parts(pass->sums, parts, 3 * all);
    if (pass->data->sparse)
        add_unstored(pass);
    return HONE_OK;
}

static hone_status two_passes(struct pass *pass, double *mean, double *var, const hone_monitor *mon,
                              hone_error *err) {
    size_t all = pass->k * pass->m;
    const double *first = pass->sums + all, *second = pass->sums + 2 * all;
    memset(mean, 0, all * sizeof *mean);
    pass->mean = mean;
    for (int turn = 0; turn < 2; turn++) {
        hone_status status = run_pass(pass, mon, err);
        if (status != HONE_OK)
            return status;
        for (size_t c = 0; c < all; c++) {
            double w = pass->weight[c / pass->m], shift = w > 0 ? first[c] / w : 0;
            mean[c] += shift;
            if (turn == 1 && var)
                var[c] = w > 0 ? fmax(second[c] / w - shift * shift, 0) : 0;
        }
    }
    return HONE_OK;
}

hone_status hone_class_moments(const hone_dataset *data, size_t k, double *weight, double *mean,
                               double *var, const hone_monitor *mon, hone_error *err) {
    size_t n = hone_dataset_rows(data), m = hone_dataset_cols(data);
    size_t most = MOST_PART_NUMBERS / (k * m) + 1;
    struct pass pass = {.data = data, .k = k, .m = m};
    pass.cut = hone_cut_rows(n, m, most < MOST_PARTS ? most : MOST_PARTS);
    hone_status status;
    if ((status = hone_new2(&pass.weight, pass.cut.chunks, k, err)) == HONE_OK &&
        (status = hone_new2(&pass.sums, pass.cut.chunks * 3 * k, m, err)) == HONE_OK &&
        (status = two_passes(&pass, mean, var, mon, err)) == HONE_OK)
        memcpy(weight, pass.weight, k * sizeof *weight);
    hone_release(pass.weight);
    hone_release(pass.sums);
    return status;
}

/* ---- priors ------------------------------------------------------------------------------- */

static bool is_none(const char *text) {
    return strcmp(text, "none") == 0;
}

hone_status hone_class_priors_accept(const char *text, hone_error *err) {
    if (is_none(text) ||
        (strcmp(text, "balanced") != 0 && hone_class_weight_check(text, "", NULL) == HONE_OK))
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL, "expected none or {label:probability,...}");
}

/* The text is read as class weights of one row per class. */
hone_status hone_class_priors(const char *text, const char *who, const hone_column *target,
                              const double *weight, double *prior, hone_error *err) {
    size_t k = target->n_levels;
    double total = 0, *codes = NULL;
    for (size_t c = 0; c < k; c++)
        total += weight[c];
    for (size_t c = 0; c < k; c++)
        prior[c] = is_none(text) ? weight[c] / total : 1;
    if (is_none(text))
        return HONE_OK;
    hone_status status = hone_new(&codes, k, err);
    for (size_t c = 0; status == HONE_OK && c < k; c++)
        codes[c] = (double)c;
    if (status == HONE_OK &&
        hone_class_weight_apply(text, who, target, NULL, codes, k, prior, NULL) != HONE_OK)
        status = hone_fail(err, HONE_EINVAL, "%s: priors %s name a class that '%s' does not have",
                           who, text, target->name);
    total = 0;
    for (size_t c = 0; status == HONE_OK && c < k; c++)
        total += prior[c];
    if (status == HONE_OK && fabs(total - 1) > 1e-9)
        status = hone_fail(err, HONE_EINVAL,
                           "%s: priors must name every class of '%s' and sum to 1, got a sum of %g",
                           who, target->name, total);
    hone_release(codes);
    return status;
}
