/* discriminant.c -- see discriminant.h.
 *
 *   pooled   A_i = sqrt(w_i / W) (x_i - mean_k(i)) / sd,  A = U diag(s) V',  D = diag(1 / sd)
 * V / s over s > tol, sd the standard deviation within classes else     S = sum_k prior_k
 * diag(sd_k) [(1 - a_k) R_k + a_k tr(R_k) / m I] diag(sd_k), R_k = Z_k' Z_k / W_k the covariance of
 * the rows Z_k of class k in units of sd_k; S = V diag(l) V',  D = V / sqrt(l)
 *
 * Shrinkage a_k is given or Ledoit and Wolf's, which needs the fourth moments of Z_k:
 *   a = min(b, d) / d,  d = |R|^2 / m - (tr R / m)^2,  b = (sum_i |z_i|^4 / W - |R|^2) / (m W).
 * Shapes: X n x m, A and Z n x m, S m x m. Cost: O(n m min(n, m)).
 * Reference: Ledoit, Wolf 2004; Hastie, Tibshirani, Friedman 2009, section 4.3. */
#include "classic/bayes/discriminant.h"

#include "core/alloc.h"
#include "core/error.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

static size_t class_of(const hone_dataset *data, size_t i) {
    return (size_t)*hone_view_row(data->y, i);
}

static double weight_of(const hone_dataset *data, size_t i) {
    return data->weights ? data->weights[i] : 1;
}

/* a (n x m) = sqrt(w) (x - mean of the class) / sd of the column (sd: m). */
static void fill_scatter(const hone_dataset *data, const hone_class_stats *stats, const double *sd,
                         double factor, double *a) {
    size_t m = stats->m;
    for (size_t i = 0; i < data->x.rows; i++) {
        const double *x = hone_view_row(data->x, i), *mean = stats->mean + class_of(data, i) * m;
        double root = sqrt(weight_of(data, i) * factor);
        for (size_t j = 0; j < m; j++)
            a[i * m + j] = root * (x[j] - mean[j]) / sd[j];
    }
}

static double total_weight(const hone_class_stats *stats) {
    double total = 0;
    for (size_t k = 0; k < stats->k; k++)
        total += stats->weight[k];
    return total;
}

/* The lower triangle, mirrored to the upper. */
static void mirror(double *s, size_t m) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < i; j++)
            s[j * m + i] = s[i * m + j];
}

/* ---- pooled ------------------------------------------------------------------------------- */

static void pooled_sd(const hone_class_stats *stats, double total, double *sd) {
    for (size_t j = 0; j < stats->m; j++) {
        double var = 0;
        for (size_t k = 0; k < stats->k; k++)
            var += stats->weight[k] / total * stats->var[k * stats->m + j];
        sd[j] = var > 0 ? sqrt(var) : 1;
    }
}

/* Singular values and right vectors of A (overwritten): from A itself, or A'A where n is large. */
static hone_status right_vectors(double *a, size_t n, size_t m, double *s, double *vt,
                                 const hone_monitor *mon, hone_error *err) {
    size_t r = n < m ? n : m;
    double *u = NULL, *gram = NULL;
    hone_status status;
    if (n <= m) {
        if ((status = hone_new2(&u, n, r, err)) == HONE_OK)
            status = hone_svd(a, n, m, u, s, vt, err);
    } else if ((status = hone_new2(&u, m, m, err)) == HONE_OK &&
               (status = hone_new2(&gram, m, m, err)) == HONE_OK &&
               (status = hone_gram_weighted(hone_view_of(a, n, m), NULL, gram, mon, err)) ==
                   HONE_OK) {
        mirror(gram, m);
        status = hone_svd(gram, m, m, u, s, vt, err);
        for (size_t i = 0; status == HONE_OK && i < m; i++)
            s[i] = sqrt(s[i]);
    }
    hone_release(u);
    hone_release(gram);
    return status;
}

static hone_status whiten_pooled(const hone_dataset *data, const hone_class_stats *stats,
                                 double tol, double *out, size_t *rank, const hone_monitor *mon,
                                 hone_error *err) {
    size_t n = data->x.rows, m = stats->m, r = n < m ? n : m;
    double total = total_weight(stats);
    double *a = NULL, *sd = NULL, *s = NULL, *vt = NULL;
    hone_status status;
    if (!(total > (double)stats->k))
        return hone_fail(err, HONE_EDATA,
                         "linear_discriminant_analysis: needs more rows than classes, got a weight "
                         "of %g and %zu classes",
                         total, stats->k);
    if ((status = hone_new2(&a, n, m, err)) || (status = hone_new(&sd, m, err)) ||
        (status = hone_new(&s, r, err)) || (status = hone_new2(&vt, r, m, err)))
        goto done;
    pooled_sd(stats, total, sd);
    fill_scatter(data, stats, sd, 1 / total, a);
    if ((status = right_vectors(a, n, m, s, vt, mon, err)))
        goto done;
    for (*rank = 0; *rank < r && s[*rank] > tol;)
        ++*rank;
    if (*rank == 0) {
        status = hone_fail(err, HONE_EDATA,
                           "linear_discriminant_analysis: no column varies within the classes");
        goto done;
    }
    for (size_t j = 0; j < m; j++)
        for (size_t c = 0; c < *rank; c++)
            out[j * *rank + c] = vt[c * m + j] / (sd[j] * s[c]);
done:
    hone_release(a);
    hone_release(sd);
    hone_release(s);
    hone_release(vt);
    return status;
}

/* ---- by class, shrunk --------------------------------------------------------------------- */

/* z: the rows of class k, scaled; r: their covariance; weights w. */
static double ledoit_wolf(const double *z, const double *w, size_t n, size_t m, double weight,
                          const double *r) {
    double squares = 0, trace = 0, fourth = 0, size = (double)m;
    for (size_t i = 0; i < m; i++) {
        trace += r[i * m + i];
        for (size_t j = 0; j < m; j++)
            squares += r[i * m + j] * r[i * m + j];
    }
    for (size_t i = 0; i < n; i++) {
        double norm = 0;
        for (size_t j = 0; j < m; j++)
            norm += z[i * m + j] * z[i * m + j];
        fourth += w[i] * norm * norm;
    }
    double apart = (squares - trace * trace / size) / size;
    double noise = (fourth / weight - squares) / (size * weight);
    return noise > 0 && apart > 0 ? fmin(noise, apart) / apart : 0;
}

/* The rows of class k in units of its standard deviations (sd: m), and their weights. */
static size_t take_class(const hone_dataset *data, const hone_class_stats *stats, size_t k,
                         const double *sd, double *z, double *w) {
    size_t m = stats->m, n = 0;
    for (size_t i = 0; i < data->x.rows; i++) {
        const double *x = hone_view_row(data->x, i), *mean = stats->mean + k * m;
        if (class_of(data, i) != k)
            continue;
        for (size_t j = 0; j < m; j++)
            z[n * m + j] = (x[j] - mean[j]) / sd[j];
        w[n++] = weight_of(data, i);
    }
    return n;
}

/* s += prior_k times the shrunk covariance of class k. r: m x m, scratch. */
static hone_status add_class(const hone_dataset *data, const hone_class_stats *stats, size_t k,
                             double shrinkage, double *z, double *w, double *sd, double *r,
                             double *s, const hone_monitor *mon, hone_error *err) {
    size_t m = stats->m;
    for (size_t j = 0; j < m; j++) {
        double var = shrinkage < 0 ? stats->var[k * m + j] : 1;
        sd[j] = var > 0 ? sqrt(var) : 1;
    }
    size_t n = take_class(data, stats, k, sd, z, w);
    memset(r, 0, m * m * sizeof *r);
    hone_status status = hone_gram_weighted(hone_view_of(z, n, m), w, r, mon, err);
    if (status != HONE_OK)
        return status;
    mirror(r, m);
    double trace = 0;
    for (size_t c = 0; c < m * m; c++)
        r[c] /= stats->weight[k];
    double a = shrinkage < 0 ? ledoit_wolf(z, w, n, m, stats->weight[k], r) : shrinkage;
    for (size_t j = 0; j < m; j++)
        trace += r[j * m + j];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            s[i * m + j] += stats->prior[k] * sd[i] * sd[j] *
                            ((1 - a) * r[i * m + j] + (i == j ? a * trace / (double)m : 0));
    return HONE_OK;
}

static hone_status whiten_by_class(const hone_dataset *data, const hone_class_stats *stats,
                                   double shrinkage, double *out, size_t *rank,
                                   const hone_monitor *mon, hone_error *err) {
    size_t n = data->x.rows, m = stats->m;
    double *z = NULL, *w = NULL, *sd = NULL, *r = NULL, *s = NULL, *values = NULL, *vt = NULL;
    hone_status status;
    if ((status = hone_new2(&z, n, m, err)) || (status = hone_new(&w, n, err)) ||
        (status = hone_new(&sd, m, err)) || (status = hone_new2(&r, m, m, err)) ||
        (status = hone_new2(&s, m, m, err)) || (status = hone_new(&values, m, err)) ||
        (status = hone_new2(&vt, m, m, err)))
        goto done;
    for (size_t k = 0; status == HONE_OK && k < stats->k; k++)
        status = add_class(data, stats, k, shrinkage, z, w, sd, r, s, mon, err);
    if (status != HONE_OK || (status = hone_svd(s, m, m, r, values, vt, err)) != HONE_OK)
        goto done;
    if (!(values[m - 1] > values[0] * 1e-15)) {
        status = hone_fail(err, HONE_ENUMERIC,
                           "linear_discriminant_analysis: the covariance within classes is "
                           "singular; let it shrink, or take solver=svd");
        goto done;
    }
    *rank = m;
    for (size_t j = 0; j < m; j++)
        for (size_t c = 0; c < m; c++)
            out[j * m + c] = vt[c * m + j] / sqrt(values[c]);
done:
    hone_release(z);
    hone_release(w);
    hone_release(sd);
    hone_release(r);
    hone_release(s);
    hone_release(values);
    hone_release(vt);
    return status;
}

hone_status hone_whiten_within(const hone_dataset *data, const hone_class_stats *stats,
                               hone_within how, double **out, size_t *rank, const hone_monitor *mon,
                               hone_error *err) {
    size_t n = data->x.rows, most = how.pooled && n < stats->m ? n : stats->m;
    double *directions = NULL;
    hone_status status = hone_new2(&directions, stats->m, most, err);
    if (status == HONE_OK)
        status = how.pooled
                     ? whiten_pooled(data, stats, how.tol, directions, rank, mon, err)
                     : whiten_by_class(data, stats, how.shrinkage, directions, rank, mon, err);
    if (status == HONE_OK)
        *out = directions, directions = NULL;
    hone_release(directions);
    return status;
}
