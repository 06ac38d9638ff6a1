/* calibrate.c -- isotonic maps and temperatures.
 *
 * Isotonic: rows of one score are pooled, the hits pooled to the best non-decreasing sequence, and
 * of each run of one value the two ends are kept (Zadrozny & Elkan 2002; as scikit-learn).
 *
 * Temperature (Guo et al. 2017): f(b) = sum_i w_i (lse(b z_i) - b z_i[y_i]) is convex in b; with
 * p = softmax(b z) and mean and variance taken under p,
 *     f' = sum_i w_i (mean(z_i) - z_i[y_i]),   f'' = sum_i w_i var(z_i),
 * so its minimum is where f' changes sign: Newton in log b, kept within the bracket of what is
 * known to lie left and right. */
#include "selection/calibrate.h"

#include "core/alloc.h"
#include "core/sort.h"
#include "optim/isotonic.h"

#include <math.h>
#include <stdbool.h>

/* ---- isotonic ----------------------------------------------------------------------------- */

/* The scores that are there, ascending, with their rows; returns how many. */
static hone_status sort_scores(const double *score, size_t stride, size_t n, uint64_t *keys,
                               size_t *rows, size_t *out, hone_error *err) {
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(score[i * stride])) {
            keys[known] = hone_sort_key(score[i * stride]);
            rows[known++] = i;
        }
    *out = known;
    return hone_sort_keys(keys, rows, known, err);
}

/* One row per distinct score: its score, its share of hits, its weight; returns their number. */
static size_t pool(const uint64_t *keys, const size_t *rows, size_t n, const double *y,
                   const double *weight, double *at, double *value, double *total) {
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        double w = weight ? weight[rows[i]] : 1;
        if (i == 0 || keys[i] != keys[i - 1]) {
            at[m] = hone_sort_value(keys[i]);
            value[m] = total[m] = 0;
            m++;
        }
        value[m - 1] += y[rows[i]] > 0 ? w : 0;
        total[m - 1] += w;
    }
    for (size_t j = 0; j < m; j++)
        value[j] /= total[j];
    return m;
}

/* Keeps the ends of each run of one value; returns how many points are left. */
static size_t trim(double *at, double *value, size_t m) {
    size_t kept = 0;
    double left = NAN;
    for (size_t j = 0; j < m; j++) {
        double own = value[j];
        bool inside = j > 0 && j + 1 < m && own == left && own == value[j + 1];
        left = own;
        if (!inside) {
            at[kept] = at[j];
            value[kept++] = own;
        }
    }
    return kept;
}

hone_status hone_knots_fit(const double *score, size_t stride, const double *y,
                           const double *weight, size_t n, hone_knots *out, hone_error *err) {
    uint64_t *keys = NULL;
    size_t *rows = NULL, known = 0, m;
    double *total = NULL;
    hone_status status;
    if ((status = hone_new(&keys, n, err)) != HONE_OK ||
        (status = hone_new(&rows, n, err)) != HONE_OK ||
        (status = hone_new(&total, n, err)) != HONE_OK ||
        (status = hone_new(&out->at, n, err)) != HONE_OK ||
        (status = hone_new(&out->value, n, err)) != HONE_OK ||
        (status = sort_scores(score, stride, n, keys, rows, &known, err)) != HONE_OK)
        goto done;
    m = pool(keys, rows, known, y, weight, out->at, out->value, total);
    if ((status = hone_isotonic(out->value, total, m, err)) == HONE_OK)
        out->n = trim(out->at, out->value, m);
done:
    hone_release(keys);
    hone_release(rows);
    hone_release(total);
    return status;
}

double hone_knots_at(const hone_knots *knots, double score) {
    const double *at = knots->at, *value = knots->value;
    size_t low = 0, high = knots->n - 1;
    if (score <= at[0])
        return value[0];
    if (score >= at[high])
        return value[high];
    while (high - low > 1) { /* at[low] <= score < at[high] */
        size_t middle = low + (high - low) / 2;
        if (at[middle] <= score)
            low = middle;
        else
            high = middle;
    }
    double part = (score - at[low]) / (at[high] - at[low]);
    return value[low] + part * (value[high] - value[low]);
}

/* ---- temperature -------------------------------------------------------------------------- */

/* f' and f'' at b. */
static void slopes(const double *z, const double *y, const double *weight, size_t n, size_t k,
                   double b, double *first, double *second) {
    *first = *second = 0;
    for (size_t i = 0; i < n; i++, z += k) {
        double top = z[0], sum = 0, mean = 0, squares = 0, w = weight ? weight[i] : 1;
        for (size_t c = 1; c < k; c++)
            top = fmax(top, z[c]);
        if (isnan(z[0]))
            continue;
        for (size_t c = 0; c < k; c++) {
            double p = exp(b * (z[c] - top));
            sum += p, mean += p * (z[c] - top), squares += p * (z[c] - top) * (z[c] - top);
        }
        mean /= sum, squares /= sum;
        *first += w * (mean - (z[(size_t)y[i]] - top));
        *second += w * fmax(squares - mean * mean, 0);
    }
}

double hone_temperature_fit(const double *z, const double *y, const double *weight, size_t n,
                            size_t k) {
    enum { MOST_STEPS = 200 };
    const double MOST = 10, CLOSE = 1e-13;
    double low = -MOST, high = MOST, at = 0; /* log b */
    for (int step = 0; step < MOST_STEPS && high - low > CLOSE; step++) {
        double b = exp(at), first, second;
        slopes(z, y, weight, n, k, b, &first, &second);
        if (first == 0)
            break;
        if (first > 0)
            high = at;
        else
            low = at;
        double move = first / (second * b); /* Newton on f' as a function of log b */
        double next = at - move;
        if (fabs(move) <= CLOSE)
            break;
        at = next > low && next < high ? next : low + (high - low) / 2;
    }
    return exp(at);
}
