/* columns.c -- one column of a row-major table at a time, without its missing values.
 * Cost: O(n) each. */
#include "preprocess/columns.h"

#include "core/sort.h"
#include "core/sum.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

void hone_present_free(hone_present *present) {
    hone_release(present->value);
    hone_release(present->weight);
    *present = (hone_present){0};
}

hone_status hone_present_make(const hone_dataset *data, size_t j, hone_present *out,
                              hone_error *err) {
    hone_view x = data->x;
    hone_present present = {0};
    hone_status status = hone_new(&present.value, x.rows, err);
    if (!status && data->weights)
        status = hone_new(&present.weight, x.rows, err);
    if (status) {
        hone_present_free(&present);
        return status;
    }
    for (size_t i = 0; i < x.rows; i++) {
        double value = x.data[i * x.ld + j];
        if (isnan(value))
            continue;
        if (present.weight)
            present.weight[present.n] = data->weights[i];
        present.value[present.n++] = value;
    }
    *out = present;
    return HONE_OK;
}

hone_status hone_present_sort(hone_present *present, hone_error *err) {
    size_t n = present->n, *rows = NULL;
    uint64_t *keys = NULL;
    double *weight = NULL;
    hone_status status = hone_new(&keys, n, err);
    if (!status && present->weight)
        status = hone_new(&rows, n, err);
    if (!status && present->weight)
        status = hone_new(&weight, n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        keys[i] = hone_sort_key(present->value[i]);
    for (size_t i = 0; rows && i < n; i++)
        rows[i] = i;
    status = hone_sort_keys(keys, rows, n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        present->value[i] = hone_sort_value(keys[i]);
    if (weight) {
        for (size_t i = 0; i < n; i++)
            weight[i] = present->weight[rows[i]];
        hone_release(present->weight);
        present->weight = weight;
        weight = NULL;
    }
done:
    hone_release(keys);
    hone_release(rows);
    hone_release(weight);
    return status;
}

/* ---- quantiles ------------------------------------------------------------------------------- */

static double between(double a, double b, double share) {
    return a == b ? a : a + (b - a) * share;
}

/* Where a row of weight w that begins at `from` lies: copies of it are 1 apart, so the first is at
 * `from` and the last at from + w - 1; a row of less than one is in the middle of its room. */
static double first_copy(double from, double w) {
    return w >= 1 ? from : from + (w - 1) / 2;
}
static double last_copy(double from, double w) {
    return w >= 1 ? from + (w - 1) : from + (w - 1) / 2;
}

static double weighted_quantile(const double *value, const double *weight, size_t n, double q) {
    hone_sum total = {0}, below = {0};
    for (size_t i = 0; i + 1 < n; i++)
        hone_sum_add(&total, weight[i]);
    double start = first_copy(0, weight[0]);
    double end = last_copy(hone_sum_value(total), weight[n - 1]);
    double wanted = start + q * (end - start), last = start;
    for (size_t i = 0; i < n; i++) {
        double from = hone_sum_value(below), first = first_copy(from, weight[i]);
        if (i > 0 && wanted < first)
            return between(value[i - 1], value[i], (wanted - last) / (first - last));
        last = last_copy(from, weight[i]);
        if (wanted <= last)
            return value[i];
        hone_sum_add(&below, weight[i]);
    }
    return value[n - 1];
}

double hone_present_quantile(const hone_present *present, double q) {
    size_t n = present->n;
    if (n == 0)
        return 0;
    if (present->weight)
        return weighted_quantile(present->value, present->weight, n, q);
    double place = q * (double)(n - 1), at = floor(place);
    size_t i = (size_t)at;
    return i + 1 < n ? between(present->value[i], present->value[i + 1], place - at)
                     : present->value[n - 1];
}

/* ---- quantiles of values that are not sorted ------------------------------------------------- */

/* Values are told apart by the first 16 bits of their sort keys: those in a bin that no wanted
 * place lies in are only counted. */
enum { BIN_SHIFT = 48, BINS = 1 << 16 };

struct selection {
    uint32_t *count; /* BINS: values in each bin */
    bool *wanted;    /* BINS */
    uint64_t *keys;  /* of the values in wanted bins, sorted in the end */
};

/* The bins of the places at and behind q (n - 1). */
static void mark_bins(struct selection *s, size_t n, double q) {
    size_t place = (size_t)(q * (double)(n - 1)), bin = 0, below = 0;
    for (; below + s->count[bin] <= place; bin++)
        below += s->count[bin];
    s->wanted[bin] = true;
    if (place + 1 == below + s->count[bin] && place + 1 < n) { /* the next one is in the next bin */
        do
            bin++;
        while (s->count[bin] == 0);
        s->wanted[bin] = true;
    }
}

/* Number `place` of all values. */
static double value_at(const struct selection *s, size_t place) {
    size_t below = 0, skipped = 0;
    for (size_t bin = 0; below + s->count[bin] <= place; bin++) {
        below += s->count[bin];
        skipped += s->wanted[bin] ? 0 : s->count[bin];
    }
    return hone_sort_value(s->keys[place - skipped]);
}

static double selected_quantile(const struct selection *s, size_t n, double q) {
    double place = q * (double)(n - 1), at = floor(place), here = value_at(s, (size_t)at);
    return at + 1 < (double)n ? between(here, value_at(s, (size_t)at + 1), place - at) : here;
}

static hone_status select_quantiles(const hone_present *present, const double *shares,
                                    size_t n_shares, double *out, hone_error *err) {
    struct selection s = {.count = NULL};
    size_t n = present->n, kept = 0;
    hone_status status;
    if ((status = hone_new(&s.count, BINS, err)) || (status = hone_new(&s.wanted, BINS, err)) ||
        (status = hone_new(&s.keys, n, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        s.count[hone_sort_key(present->value[i]) >> BIN_SHIFT]++;
    for (size_t k = 0; k < n_shares; k++)
        mark_bins(&s, n, shares[k]);
    for (size_t i = 0; i < n; i++) {
        uint64_t key = hone_sort_key(present->value[i]);
        s.keys[kept] = key;
        kept += s.wanted[key >> BIN_SHIFT];
    }
    if ((status = hone_sort_keys(s.keys, NULL, kept, err)))
        goto done;
    for (size_t k = 0; k < n_shares; k++)
        out[k] = selected_quantile(&s, n, shares[k]);
done:
    hone_release(s.count);
    hone_release(s.wanted);
    hone_release(s.keys);
    return status;
}

hone_status hone_present_quantiles(hone_present *present, const double *shares, size_t n_shares,
                                   double *out, hone_error *err) {
    bool few = present->n < BINS / 8; /* sorting is faster */
    if (!few && !present->weight && present->n < UINT32_MAX)
        return select_quantiles(present, shares, n_shares, out, err);
    hone_status status = hone_present_sort(present, err);
    for (size_t k = 0; k < n_shares && !status; k++)
        out[k] = hone_present_quantile(present, shares[k]);
    return status;
}

/* ---- names and files ------------------------------------------------------------------------- */

hone_status hone_column_name(hone_column *column, hone_error *err, const char *format, ...) {
    va_list args, again;
    char *name = NULL;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    hone_status status = hone_new(&name, size, err);
    if (!status) {
        vsnprintf(name, size, format, again);
        *column = (hone_column){.name = name, .kind = HONE_NUMERIC};
    }
    va_end(again);
    va_end(args);
    return status;
}

hone_status hone_fitted_columns_check(size_t n, size_t n_cols, hone_error *err) {
    if (n == n_cols)
        return HONE_OK;
    return hone_fail(err, HONE_EFORMAT, "is for %zu columns, expected %zu", n, n_cols);
}

hone_status hone_fitted_vector_check(const char *attribute, const double *values, size_t n,
                                     size_t n_cols, hone_error *err) {
    if (n != n_cols)
        return hone_fail(err, HONE_EFORMAT, "attribute '%s' is for %zu columns, expected %zu",
                         attribute, n, n_cols);
    for (size_t j = 0; j < n; j++)
        if (!isfinite(values[j]))
            return hone_fail(err, HONE_EFORMAT,
                             "attribute '%s' of column %zu is %g, expected a finite number",
                             attribute, j + 1, values[j]);
    return HONE_OK;
}
