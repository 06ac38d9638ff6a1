/* pca_solve.c -- three ways to principal components.
 *
 * With A = X - 1 mean' and its covariance C = A'A / (n - 1):
 *   covariance   C = V diag(variance) V'
 *   full         A = U diag(s) V'
 *   randomized   Q a basis of the span of (A A')^r A Omega, Omega random; Q'A = U diag(s) V'
 * The last never makes A: A W = X W - 1 (mean'W). It is exact as far as variances fall off.
 * Shapes: X n x m, Omega m x l. Cost: n m^2; n m min(n, m); n m l (r + 1).
 * Reference: Halko, Martinsson & Tropp 2011. */
#include "preprocess/pca.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { SKETCH_STREAM = 0x706361 };

void hone_pca_free(hone_pca *pca) {
    hone_release(pca->components);
    hone_release(pca->variance);
}

static size_t min(size_t a, size_t b) {
    return a < b ? a : b;
}

static hone_status by_covariance(hone_view x, double *mean, hone_pca *out, const hone_monitor *mon,
                                 hone_error *err) {
    size_t m = x.cols;
    double freedom = (double)(x.rows - 1);
    hone_status status;
    if ((status = hone_new2(&out->components, m, m, err)) ||
        (status = hone_new(&out->variance, m, err)) ||
        (status = hone_scatter(x, mean, out->components, mon, err)))
        return status;
    for (size_t j = 0; j < m; j++)
        out->total += out->components[j * (m + 1)] / freedom;
    if (!isfinite(out->total))
        return HONE_OK;
    status = hone_symmetric_eigen(out->components, m, out->variance, err);
    for (size_t i = 0; i < m && status == HONE_OK; i++)
        out->variance[i] = fmax(out->variance[i] / freedom, 0);
    out->found = min(x.rows, m);
    return status;
}

/* Variances from the singular values in their place. */
static void square_up(hone_pca *pca, size_t n) {
    for (size_t i = 0; i < pca->found; i++)
        pca->variance[i] *= pca->variance[i] / (double)(n - 1);
}

static hone_status by_rows(hone_view x, double *mean, hone_pca *out, const hone_monitor *mon,
                           hone_error *err) {
    size_t n = x.rows, m = x.cols, r = min(n, m);
    double *a = NULL, *u = NULL, *sd = NULL;
    hone_status status;
    if ((status = hone_new(&sd, m, err)) ||
        (status = hone_column_moments(x, NULL, mean, sd, mon, err)) ||
        (status = hone_new2(&a, n, m, err)) || (status = hone_new2(&u, n, r, err)) ||
        (status = hone_new2(&out->components, r, m, err)) ||
        (status = hone_new(&out->variance, r, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            a[i * m + j] = hone_view_row(x, i)[j] - mean[j];
    for (size_t j = 0; j < m; j++)
        out->total += sd[j] * sd[j] * (double)n / (double)(n - 1);
    out->found = r;
    if (isfinite(out->total) &&
        !(status = hone_svd(a, n, m, u, out->variance, out->components, err)))
        square_up(out, n);
done:
    hone_release(a);
    hone_release(u);
    hone_release(sd);
    return status;
}

/* ---- randomized ------------------------------------------------------------------------------ */

struct sketch {
    hone_view x;
    const double *mean;
    size_t l;
    double *narrow; /* m x l, and its transpose's room */
    double *turned; /* l x m */
    double *tall;   /* n x l */
    double *shift;  /* l */
};

/* tall = A narrow. */
static hone_status go_up(const struct sketch *s, const hone_monitor *mon, hone_error *err) {
    size_t m = s->x.cols, l = s->l;
    memset(s->shift, 0, l * sizeof *s->shift);
    for (size_t j = 0; j < m; j++)
        for (size_t c = 0; c < l; c++) {
            s->turned[c * m + j] = s->narrow[j * l + c];
            s->shift[c] += s->mean[j] * s->narrow[j * l + c];
        }
    hone_status status = hone_rows_times(s->x, s->turned, l, m, s->tall, mon, err);
    for (size_t i = 0; i < s->x.rows && status == HONE_OK; i++)
        for (size_t c = 0; c < l; c++)
            s->tall[i * l + c] -= s->shift[c];
    return status;
}

/* turned = tall' A. */
static hone_status go_down(const struct sketch *s, const hone_monitor *mon, hone_error *err) {
    size_t m = s->x.cols, l = s->l;
    memset(s->shift, 0, l * sizeof *s->shift);
    for (size_t i = 0; i < s->x.rows; i++)
        for (size_t c = 0; c < l; c++)
            s->shift[c] += s->tall[i * l + c];
    hone_status status = hone_rows_back(s->x, s->tall, l, s->turned, mon, err);
    for (size_t c = 0; c < l && status == HONE_OK; c++)
        for (size_t j = 0; j < m; j++)
            s->turned[c * m + j] -= s->shift[c] * s->mean[j];
    return status;
}

/* One round: narrow = basis of A' basis of A narrow. */
static hone_status sharpen(const struct sketch *s, const hone_monitor *mon, hone_error *err) {
    size_t m = s->x.cols;
    hone_status status;
    if ((status = go_up(s, mon, err)) ||
        (status = hone_column_basis(s->tall, s->x.rows, s->l, err)) ||
        (status = go_down(s, mon, err)))
        return status;
    for (size_t j = 0; j < m; j++)
        for (size_t c = 0; c < s->l; c++)
            s->narrow[j * s->l + c] = s->turned[c * m + j];
    return hone_column_basis(s->narrow, m, s->l, err);
}

static hone_status run_sketch(const struct sketch *s, const hone_pca_sketch *how,
                              const hone_monitor *mon, hone_error *err) {
    size_t n = s->x.rows, m = s->x.cols;
    int rounds = how->rounds >= 0 ? how->rounds : 10 * how->count < min(n, m) ? 7 : 4;
    hone_rng rng = hone_rng_at(how->seed, SKETCH_STREAM);
    for (size_t i = 0; i < m * s->l; i++)
        s->narrow[i] = hone_rng_normal(&rng);
    hone_status status = HONE_OK;
    for (int r = 0; r < rounds && status == HONE_OK; r++) {
        hone_monitor_progress(mon, (double)r / rounds, "pca");
        status = sharpen(s, mon, err);
    }
    if (status == HONE_OK)
        status = go_up(s, mon, err);
    if (status == HONE_OK)
        status = hone_column_basis(s->tall, n, s->l, err);
    return status ? status : go_down(s, mon, err);
}

static hone_status by_sketch(hone_view x, double *mean, hone_pca *out, const hone_monitor *mon,
                             hone_error *err) {
    size_t n = x.rows, m = x.cols, l = min(out->sketch.count + out->sketch.more, min(n, m));
    struct sketch s = {.x = x, .mean = mean, .l = l};
    double *u = NULL, *sd = NULL;
    hone_status status;
    if ((status = hone_new(&sd, m, err)) ||
        (status = hone_column_moments(x, NULL, mean, sd, mon, err)) ||
        (status = hone_new2(&s.narrow, m, l, err)) || (status = hone_new2(&s.turned, l, m, err)) ||
        (status = hone_new2(&s.tall, n, l, err)) || (status = hone_new(&s.shift, l, err)) ||
        (status = hone_new2(&u, l, l, err)) || (status = hone_new2(&out->components, l, m, err)) ||
        (status = hone_new(&out->variance, l, err)))
        goto done;
    for (size_t j = 0; j < m; j++)
        out->total += sd[j] * sd[j] * (double)n / (double)(n - 1);
    out->found = l;
    if (isfinite(out->total) && !(status = run_sketch(&s, &out->sketch, mon, err)) &&
        !(status = hone_svd(s.turned, l, m, u, out->variance, out->components, err)))
        square_up(out, n);
done:
    hone_release(s.narrow);
    hone_release(s.turned);
    hone_release(s.tall);
    hone_release(s.shift);
    hone_release(u);
    hone_release(sd);
    return status;
}

hone_status hone_pca_solve(int solver, hone_view x, double *mean, hone_pca *out,
                           const hone_monitor *mon, hone_error *err) {
    hone_status status = solver == HONE_PCA_COVARIANCE   ? by_covariance(x, mean, out, mon, err)
                         : solver == HONE_PCA_RANDOMIZED ? by_sketch(x, mean, out, mon, err)
                                                         : by_rows(x, mean, out, mon, err);
    return status == HONE_ENUMERIC ? hone_fail_within(err, status, "pca") : status;
}
