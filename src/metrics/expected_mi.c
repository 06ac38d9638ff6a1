/* expected_mi.c -- mutual information that two groupings have by chance.
 *
 *   E = sum_ij sum_x P(x) x / n log(n x / (a_i b_j)),  x hypergeometric (a_i, b_j; n)
 *
 * P is walked from its largest value, taken as 1, to both sides by the ratio of neighbours until
 * it no longer counts, and divided by its sum: no gamma function, whose rounding grows with n.
 * Equal sizes are done once. Cost: distinct sizes of a x distinct sizes of b x sqrt(n). Reference:
 * Vinh, Epps & Bailey 2010, eq. 24a. */
#include "metrics/contingency.h"

#include "core/alloc.h"
#include "core/sort.h"
#include "core/sum.h"

#include <math.h>

static const double NEGLIGIBLE = 1e-25; /* beside the largest probability */

/* Group sizes that occur, and how often. */
struct sizes {
    size_t n;
    double *size, *times;
};

static hone_status distinct(const hone_partition *groups, struct sizes *out, hone_error *err) {
    uint64_t *keys = NULL;
    hone_status status = hone_new(&keys, groups->k, err);
    if (!status)
        status = hone_new(&out->size, groups->k, err);
    if (!status)
        status = hone_new(&out->times, groups->k, err);
    for (size_t i = 0; !status && i < groups->k; i++)
        keys[i] = groups->size[i];
    if (!status)
        status = hone_sort_keys(keys, NULL, groups->k, err);
    for (size_t i = 0; !status && i < groups->k; i++) {
        out->n += i == 0 || keys[i] != keys[i - 1];
        out->size[out->n - 1] = (double)keys[i];
        out->times[out->n - 1]++;
    }
    hone_release(keys);
    return status;
}

static double information(double x, double a, double b, double n) {
    return x > 0 ? x / n * log(n * x / (a * b)) : 0;
}

/* The mean of information(x) over the hypergeometric distribution. */
static double cell(double a, double b, double n) {
    double low = fmax(0, a + b - n), high = fmin(a, b);
    double mode = fmin(high, fmax(low, floor((a + 1) * (b + 1) / (n + 2))));
    hone_sum mass = {1, 0}, sum = {information(mode, a, b, n), 0};
    double p = 1;
    for (double x = mode; x < high && p > NEGLIGIBLE; x++) {
        p *= (a - x) / (x + 1) * ((b - x) / (n - a - b + x + 1));
        hone_sum_add(&mass, p);
        hone_sum_add(&sum, p * information(x + 1, a, b, n));
    }
    p = 1;
    for (double x = mode; x > low && p > NEGLIGIBLE; x--) {
        p *= x / (a - x + 1) * ((n - a - b + x) / (b - x + 1));
        hone_sum_add(&mass, p);
        hone_sum_add(&sum, p * information(x - 1, a, b, n));
    }
    return hone_sum_value(sum) / hone_sum_value(mass);
}

hone_status hone_expected_mutual_info(const hone_partition *a, const hone_partition *b, double *out,
                                      hone_error *err) {
    struct sizes rows = {0}, cols = {0};
    hone_sum sum = {0};
    hone_status status = distinct(a, &rows, err);
    if (!status)
        status = distinct(b, &cols, err);
    for (size_t i = 0; !status && i < rows.n; i++)
        for (size_t j = 0; j < cols.n; j++)
            hone_sum_add(&sum, rows.times[i] * cols.times[j] *
                                   cell(rows.size[i], cols.size[j], (double)a->n));
    *out = hone_sum_value(sum);
    hone_release(rows.size);
    hone_release(rows.times);
    hone_release(cols.size);
    hone_release(cols.times);
    return status;
}
