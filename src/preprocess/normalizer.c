/* normalizer.c -- rows of length 1, each by itself; a row of zeros stays as it is.
 *
 *   z = x / |x|,   |x| = sum |x|  (l1),  sqrt(sum x^2)  (l2),  max |x|  (max)
 *
 * Learns nothing. Takes compressed rows, and gives them back in full.
 * Cost: O(n m), or of the cells that are stored. */
#include "preprocess/preprocess.h"

#include "core/clones.h"
#include "preprocess/columns.h"

#include <math.h>
#include <string.h>

enum { L1, L2, MAX };
static const char *const NORMS[] = {"l1", "l2", "max", NULL};

struct params {
    int norm;
};
static const hone_param PARAMS[] = {
    HONE_ENUM(params, norm, "l2", NORMS, "how the length of a row is measured"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_ATTR_END,
};

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    (void)params, (void)mon, (void)err;
    ((struct state *)out)->n_cols = hone_dataset_cols(data);
    return HONE_OK;
}

/* Sums in eight lanes: the same order for every row of this width. */
enum { LANES = 8 };

HONE_CLONES static double sum_of(bool squares, const double *x, size_t n) {
    double lane[LANES] = {0}, sum = 0;
    size_t whole = n - n % LANES;
    for (size_t j = 0; j < whole; j += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += squares ? x[j + l] * x[j + l] : fabs(x[j + l]);
    for (size_t j = whole; j < n; j++)
        lane[j - whole] += squares ? x[j] * x[j] : fabs(x[j]);
    for (size_t l = 0; l < LANES; l++)
        sum += lane[l];
    return sum;
}

HONE_CLONES static void divide(const double *x, double by, size_t n, double *out) {
    for (size_t j = 0; j < n; j++)
        out[j] = x[j] / by;
}

static double largest(const double *x, size_t n) {
    double most = 0;
    for (size_t j = 0; j < n; j++)
        most = fabs(x[j]) > most ? fabs(x[j]) : most;
    return most;
}

/* z = x / |x| of n cells; out may be x. A row whose sum over- or underflows is first divided by its
 * largest cell. */
static void normalize(int norm, const double *x, size_t n, double *out) {
    double sum = norm == MAX ? largest(x, n) : sum_of(norm == L2, x, n);
    if (norm != MAX && !(sum > 1e-280 && sum < 1e280)) {
        double unit = largest(x, n);
        divide(x, unit > 0 ? unit : 1, n, out);
        x = out;
        sum = sum_of(norm == L2, x, n);
    }
    double length = norm == L2 ? sqrt(sum) : sum;
    divide(x, length > 0 ? length : 1, n, out);
}

static hone_status transform(const void *params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)fitted, (void)err;
    for (size_t i = 0; i < x.rows; i++)
        normalize(((const struct params *)params)->norm, hone_view_row(x, i), x.cols,
                  out + i * x.cols);
    return HONE_OK;
}

static hone_status transform_sparse(const void *params, const void *fitted, const hone_csr *x,
                                    double *out, hone_error *err) {
    (void)fitted, (void)err;
    memset(out, 0, x->rows * x->cols * sizeof *out);
    for (size_t i = 0; i < x->rows; i++, out += x->cols) {
        for (size_t k = x->starts[i]; k < x->starts[i + 1]; k++)
            out[x->columns[k]] = x->values[k];
        normalize(((const struct params *)params)->norm, out, x->cols, out);
    }
    return HONE_OK;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    return hone_fitted_columns_check(((const struct state *)fitted)->n_cols, n_cols, err);
}

static const hone_sparse_slots SPARSE = {.transform = transform_sparse};

const hone_class hone_normalizer = {
    .name = "normalizer",
    .summary = "scales each row to length 1",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .validate = validate,
    .sparse = &SPARSE,
};
