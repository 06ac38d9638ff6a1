/* delong.c -- covariance of the AUCs of k models on the same m positives and n negatives.
 *
 *   V10_i = share of the negatives below positive i (ties half),  V01_j likewise for negatives
 *   AUC = mean V10 = mean V01
 *   S_rs = sum_i (V10_ri - A_r)(V10_si - A_s) / (m (m - 1)) + the same for V01 with n
 * Rows in clusters (Obuchowski): with u_c, v_c the sums over the cluster's positives, negatives,
 *   S_rs = I10/(I10 - 1) sum u_r u_s / m^2 + I01/(I01 - 1) sum v_r v_s / n^2
 *        + I/(I - 1) sum (u_r v_s + u_s v_r) / (m n),
 * where I10, I01, I clusters have a positive, a negative, either. One row a cluster: the same.
 *
 * The V come from one walk over the sorted blocks; AUC is counted in whole numbers.
 * Cost: O(k n + k^2 n).   Reference: DeLong et al. 1988; Sun & Xu 2014; Obuchowski 1997. */
#include "inference/delong.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sum.h"

#include <math.h>

enum { BLOCK = 256 };

void hone_delong_free(hone_delong *delong) {
    if (!delong)
        return;
    hone_release(delong->auc);
    hone_release(delong->covariance);
    hone_release(delong->up);
    hone_release(delong->down);
    *delong = (hone_delong){0};
}

/* ---- placements ------------------------------------------------------------------------------ */

static double counted_auc(const hone_cases *cases, const hone_order *order) {
    uint64_t twice = 0;
    for (size_t b = 0; b < order->blocks; b++) {
        uint64_t width = order->fp[b + 1] - order->fp[b];
        twice += width * ((uint64_t)order->tp[b] + order->tp[b + 1]);
    }
    return (double)twice / (2 * (double)cases->positives * (double)cases->negatives);
}

/* Adds the deviations of all rows to their units. */
static void place(const hone_cases *cases, const hone_order *order, double auc, double *up,
                  double *down) {
    const uint32_t *up_unit = cases->cluster;
    const uint32_t *down_unit = cases->cluster ? cases->cluster + cases->positives : NULL;
    double m = (double)cases->positives, n = (double)cases->negatives;
    for (size_t b = 0; b < order->blocks; b++) {
        uint32_t p = order->tp[b], p_end = order->tp[b + 1];
        uint32_t q = order->fp[b], q_end = order->fp[b + 1];
        double v10 = (2 * n - ((double)q + q_end)) / (2 * n) - auc;
        double v01 = ((double)p + p_end) / (2 * m) - auc;
        for (; p < p_end; p++)
            up[up_unit ? up_unit[order->positive[p]] : order->positive[p]] += v10;
        for (; q < q_end; q++)
            down[down_unit ? down_unit[order->negative[q]] : order->negative[q]] += v01;
    }
}

/* Clusters that have a row among the n. */
static hone_status count_units(const uint32_t *cluster, size_t n, size_t clusters, size_t *out,
                               hone_error *err) {
    bool *seen = NULL;
    hone_status status = hone_new(&seen, clusters, err);
    if (status)
        return status;
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        *out += !seen[cluster[i]];
        seen[cluster[i]] = true;
    }
    hone_release(seen);
    return HONE_OK;
}

static hone_status set_units(const hone_cases *cases, hone_delong *d, hone_error *err) {
    size_t m = cases->positives, n = cases->negatives, clusters = cases->clusters;
    d->units_up = d->length_up = m;
    d->units_down = d->length_down = n;
    if (!clusters)
        return HONE_OK;
    d->length_up = d->length_down = clusters;
    hone_status status = count_units(cases->cluster, m, clusters, &d->units_up, err);
    if (!status)
        status = count_units(cases->cluster + m, n, clusters, &d->units_down, err);
    return status;
}

/* ---- covariance ------------------------------------------------------------------------------ */

double hone_dot_differences(const double *a, const double *b, const double *c, const double *d,
                            size_t n) {
    double term[BLOCK];
    hone_sum sum = {0};
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t size = n - first < BLOCK ? n - first : BLOCK;
        for (size_t i = 0; i < size; i++) {
            double x = a[first + i] - (b ? b[first + i] : 0);
            double y = c[first + i] - (d ? d[first + i] : 0);
            term[i] = x * y;
        }
        hone_sum_add(&sum, hone_sum_of(term, size));
    }
    return hone_sum_value(sum);
}

static const double *row(const double *table, size_t length, size_t model) {
    return model == HONE_ALONE ? NULL : table + model * length;
}

double hone_delong_value(const hone_delong *delong, hone_contrast x) {
    return delong->auc[x.a] - (x.b == HONE_ALONE ? 0 : delong->auc[x.b]);
}

double hone_delong_covariance(const hone_delong *d, hone_contrast x, hone_contrast y) {
    if (d->units_up < 2 || d->units_down < 2)
        return NAN;
    double m = (double)d->positives, n = (double)d->negatives;
    double i10 = (double)d->units_up, i01 = (double)d->units_down, all = (double)d->clusters;
    const double *xu = row(d->up, d->length_up, x.a), *xu2 = row(d->up, d->length_up, x.b);
    const double *yu = row(d->up, d->length_up, y.a), *yu2 = row(d->up, d->length_up, y.b);
    const double *xv = row(d->down, d->length_down, x.a), *xv2 = row(d->down, d->length_down, x.b);
    const double *yv = row(d->down, d->length_down, y.a), *yv2 = row(d->down, d->length_down, y.b);
    double up = hone_dot_differences(xu, xu2, yu, yu2, d->length_up);
    double down = hone_dot_differences(xv, xv2, yv, yv2, d->length_down);
    double sum = i10 / (i10 - 1) * up / (m * m) + i01 / (i01 - 1) * down / (n * n);
    if (!d->clusters)
        return sum;
    double cross = hone_dot_differences(xu, xu2, yv, yv2, d->clusters) +
                   hone_dot_differences(yu, yu2, xv, xv2, d->clusters);
    return sum + all / (all - 1) * cross / (m * n);
}

hone_status hone_delong_of(const hone_cases *cases, hone_delong *out, hone_error *err) {
    size_t k = cases->models;
    hone_delong d = {.models = k,
                     .rows = cases->n,
                     .positives = cases->positives,
                     .negatives = cases->negatives,
                     .clusters = cases->clusters};
    hone_status status = set_units(cases, &d, err);
    if (!status)
        status = hone_new(&d.auc, k, err);
    if (!status)
        status = hone_new2(&d.covariance, k, k, err);
    if (!status)
        status = hone_new2(&d.up, k, d.length_up, err);
    if (!status)
        status = hone_new2(&d.down, k, d.length_down, err);
    if (status)
        goto done;
    for (size_t r = 0; r < k; r++) {
        d.auc[r] = counted_auc(cases, &cases->orders[r]);
        place(cases, &cases->orders[r], d.auc[r], d.up + r * d.length_up,
              d.down + r * d.length_down);
    }
    for (size_t r = 0; r < k; r++)
        for (size_t s = 0; s <= r; s++)
            d.covariance[r * k + s] = d.covariance[s * k + r] = hone_delong_covariance(
                &d, (hone_contrast){r, HONE_ALONE}, (hone_contrast){s, HONE_ALONE});
    *out = d;
    d = (hone_delong){0};
done:
    hone_delong_free(&d);
    return status;
}

hone_status hone_delong_make(const hone_scored *scores, const hone_monitor *mon, hone_delong *out,
                             hone_error *err) {
    hone_cases cases = {0};
    hone_status status = hone_cases_make("DeLong", scores, mon, &cases, err);
    if (!status)
        status = hone_delong_of(&cases, out, err);
    hone_cases_free(&cases);
    return status;
}
