/* work.c -- what machines on rows of one X share, and what is checked of parameters and of
 * precomputed kernels.
 *
 *     base_ij = x_i'x_j, of rbf |x_i - x_j|^2
 * A kernel value computed from it has the bits of one computed from the rows: the sums are the
 * same.   Shapes: n x n.   Cost: O(n^2 m). */
#include "classic/svm/source.h"

#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>

enum { ROWS = 64 };

const hone_attr hone_svm_work_attrs[] = {
    HONE_COUNT(hone_svm_work, n, "rows"),
    HONE_ARRAY(hone_svm_work, base, n, n, "products or squared distances of the rows"),
    HONE_ATTR_END};
const char *const hone_svm_work_params[] = {"kernel", "cache_size", NULL};

struct filling {
    struct hone_svm_source source;
    size_t *all;
    double *base;
};

static hone_status fill(void *context, size_t block, hone_error *err) {
    const struct filling *f = context;
    size_t n = f->source.n, first = block * ROWS, height = n - first < ROWS ? n - first : ROWS;
    double *to = f->base + first * n + first;
    hone_status status = hone_svm_source_values(&f->source, f->all + first, height, f->all + first,
                                                n - first, to, n, err);
    for (size_t c = height; status == HONE_OK && c < n - first; c++)
        for (size_t r = 0; r < height; r++)
            f->base[(first + c) * n + first + r] = to[r * n + c];
    return status;
}

hone_status hone_svm_work_prepare(int kernel, double cache_size, const hone_dataset *data,
                                  const hone_monitor *mon, struct hone_svm_work *work,
                                  hone_error *err) {
    size_t n = hone_dataset_rows(data);
    struct filling f = {
        .source = {.kernel = {.kind = kernel == HONE_SVM_RBF ? HONE_SVM_DISTANCE : HONE_SVM_LINEAR},
                   .n = n,
                   .m = hone_dataset_cols(data),
                   .x = data->x,
                   .sparse = data->sparse}};
    hone_status status;
    if (kernel > HONE_SVM_SIGMOID || (double)n * (double)n * 8 > cache_size * 0x1p20 ||
        (kernel == HONE_SVM_RBF && !data->sparse && n > HONE_SVM_MOST_SHARED))
        return HONE_OK;
    if ((status = hone_new2(&work->base, n, n, err)) || (status = hone_new(&f.all, n, err)))
        return status;
    work->n = n, f.base = work->base;
    for (size_t i = 0; i < n; i++)
        f.all[i] = i;
    status = hone_parallel((n + ROWS - 1) / ROWS, fill, &f, mon, err);
    hone_release(f.all);
    return status;
}

/* ---- checks ---------------------------------------------------------------------------------- */

hone_status hone_svm_check_params(int kernel, const struct hone_svm_call *call, hone_error *err) {
    if (kernel == HONE_SVM_CALLBACK && !call->fn)
        return hone_fail(err, HONE_EINVAL,
                         "kernel=callback needs a function; give it with "
                         "hone_svm_set_kernel()");
    return HONE_OK;
}

unsigned hone_svm_tags(int kernel) {
    return HONE_TAG_WEIGHTS | HONE_TAG_SPARSE |
           (kernel == HONE_SVM_PRECOMPUTED ? 0u : (unsigned)HONE_TAG_NEEDS_SCALING);
}

hone_status hone_svm_savable(int kernel, hone_error *err) {
    if (kernel == HONE_SVM_CALLBACK)
        return hone_fail(err, HONE_EUNSUPPORTED,
                         "kernel=callback: a model with a function of the program's own cannot be "
                         "saved");
    return HONE_OK;
}

enum { MOST_JUDGED = 1024 };
#define SLACK 1e-5 /* of the largest entry: rounding, also of kernels in single precision */

/* Up to MOST_JUDGED rows, evenly taken: a part of a definite matrix is definite. */
static hone_status is_definite(hone_view x, double slack, bool *out, hone_error *err) {
    size_t n = x.rows < MOST_JUDGED ? x.rows : MOST_JUDGED;
    double *part = NULL;
    hone_status status = hone_new2(&part, n, n, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++)
        for (size_t j = 0; j <= i; j++)
            part[i * n + j] = hone_view_row(x, i * x.rows / n)[j * x.rows / n] + (i == j) * slack;
    if (status == HONE_OK)
        status = hone_cholesky(part, n, n, err);
    *out = status == HONE_OK;
    hone_release(part);
    return status == HONE_ENUMERIC ? HONE_OK : status;
}

hone_status hone_svm_check_precomputed(const char *who, const hone_dataset *data,
                                       const hone_monitor *mon, hone_error *err) {
    hone_view x = data->x;
    double largest = 0;
    bool definite;
    if (data->sparse)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: kernel=precomputed takes no sparse X", who);
    if (x.rows != x.cols)
        return hone_fail(err, HONE_EDATA,
                         "%s: kernel=precomputed takes the kernel values of all pairs of training "
                         "rows as X, n x n, got %zu x %zu",
                         who, x.rows, x.cols);
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < x.rows; j++)
            largest = fmax(largest, fabs(hone_view_row(x, i)[j]));
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < i; j++) {
            double a = hone_view_row(x, i)[j], b = hone_view_row(x, j)[i];
            double bound = hone_view_row(x, i)[i] * hone_view_row(x, j)[j];
            if (fabs(a - b) > 1e-6 * largest)
                return hone_fail(err, HONE_EDATA,
                                 "%s: the precomputed kernel is not symmetric: K(%zu, %zu) is %g, "
                                 "K(%zu, %zu) is %g",
                                 who, i, j, a, j, i, b);
            if (hone_view_row(x, j)[j] < 0 || a * a > bound + 1e-6 * largest * largest) {
                hone_monitor_warn(mon,
                                  "%s: the precomputed kernel is not positive definite (rows %zu "
                                  "and %zu): the machine is a stationary point, not the optimum",
                                  who, j, i);
                return HONE_OK;
            }
        }
    hone_status status = is_definite(x, SLACK * largest, &definite, err);
    if (status == HONE_OK && !definite)
        hone_monitor_warn(mon,
                          "%s: the precomputed kernel is not positive definite: the machine is a "
                          "stationary point, not the optimum",
                          who);
    return status;
}
