/* forest_data.c -- bins, their ranges, and rows as two numbers on a grid.
 *
 * Numbers are rounded to multiples of a power of two so small that n times the largest takes 52
 * bits: sums of them are exact, hence the same in any order, and two columns that part the rows
 * alike win exactly alike. Whole weights and classes are not changed; values keep 52 - log2 n bits
 * (the leaves answer with those that were given). Cost: O(n m). */
#include "classic/forest/forest_data.h"

#include "core/alloc.h"
#include "core/parallel.h"

#include <math.h>

/* The exponent e with |v| < 2^e. */
static int exponent_of(double v) {
    int e = 0;
    (void)frexp(v, &e);
    return e;
}

/* Steps of the grid for n numbers up to `most`. */
static double grid_step(double most, size_t n) {
    return ldexp(1, exponent_of(most) + exponent_of((double)n) - 52);
}

static double to_grid(double v, double step) {
    return nearbyint(v / step) * step;
}

static double target(const hone_dataset *data, size_t i) {
    return data->y.data[i * data->y.ld];
}

static void set_weights(const hone_dataset *data, hone_row_stat *stat) {
    size_t n = data->x.rows;
    double most = 1;
    for (size_t i = 0; data->weights && i < n; i++)
        most = i == 0 || data->weights[i] > most ? data->weights[i] : most;
    double step = grid_step(most, n);
    for (size_t i = 0; i < n; i++) {
        double w = data->weights ? to_grid(data->weights[i], step) : 1;
        stat[i].weight = w > 0 ? w : step;
    }
}

static void set_classes(const hone_dataset *data, size_t n_classes, hone_row_stat *stat) {
    for (size_t i = 0; i < data->x.rows; i++) {
        double code = target(data, i);
        stat[i].value = n_classes > 2 ? code : code * stat[i].weight;
    }
}

/* Values from their mean, in units of 2^e that make them less than 2. */
static void set_values(const hone_dataset *data, struct forest_data *out) {
    size_t n = data->x.rows;
    double most = 0, mean = 0;
    for (size_t i = 0; i < n; i++) {
        out->y[i] = target(data, i);
        most = fabs(out->y[i]) > most ? fabs(out->y[i]) : most;
    }
    int e = exponent_of(most);
    for (size_t i = 0; i < n; i++)
        mean += (ldexp(out->y[i], -e) - mean) / (double)(i + 1);
    most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(ldexp(out->y[i], -e) - mean));
    int finer = exponent_of(most);
    most = 0;
    for (size_t i = 0; i < n; i++) {
        double v = ldexp(ldexp(out->y[i], -e) - mean, -finer) * out->stat[i].weight;
        out->stat[i].value = v, most = fmax(most, fabs(v));
    }
    double step = grid_step(most, n);
    for (size_t i = 0; i < n; i++)
        out->stat[i].value = to_grid(out->stat[i].value, step);
    out->score_unit = ldexp(1, 2 * (e + finer));
}

struct ranging {
    const hone_dataset *data;
    const hone_bins *bins;
    hone_bin_range *range;
    uint8_t *column;
};

enum { COLUMNS = 8 }; /* at once: their bins and their numbers share lines of memory */

/* Turns the bins round, too. */
static hone_status find_range(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct ranging *job = context;
    size_t first = chunk * COLUMNS, end = first + COLUMNS;
    end = end < job->bins->cols ? end : job->bins->cols;
    for (size_t j = first; j < end; j++)
        for (size_t b = 0; b < 256; b++)
            job->range[j].low[b] = INFINITY, job->range[j].high[b] = -INFINITY;
    for (size_t i = 0; i < job->bins->rows; i++) {
        const uint8_t *bin = job->bins->bin + i * job->bins->stride;
        const double *x = hone_view_row(job->data->x, i);
        for (size_t j = first; j < end; j++) { /* NaN changes nothing */
            job->column[j * job->bins->rows + i] = bin[j];
            double *low = job->range[j].low + bin[j], *high = job->range[j].high + bin[j];
            *low = x[j] < *low ? x[j] : *low;
            *high = x[j] > *high ? x[j] : *high;
        }
    }
    for (size_t j = first; j < end; j++)
        for (size_t b = 0; b < 256; b++)
            job->range[j].middle[b] = job->range[j].low[b] / 2 + job->range[j].high[b] / 2;
    return HONE_OK;
}

hone_status hone_forest_data_make(const hone_dataset *data, size_t n_classes, size_t max_bins,
                                  uint64_t seed, const hone_monitor *mon, struct forest_data *out,
                                  hone_error *err) {
    size_t n = data->x.rows, m = data->x.cols;
    hone_status status;
    out->score_unit = 1;
    if ((status = hone_bins_make(data, max_bins, seed, mon, &out->bins, err)) != HONE_OK ||
        (status = hone_new(&out->range, m, err)) != HONE_OK ||
        (status = hone_new2(&out->column, m, n, err)) != HONE_OK ||
        (status = hone_new(&out->stat, n, err)) != HONE_OK ||
        (n_classes == 0 && (status = hone_new(&out->y, n, err)) != HONE_OK))
        return status;
    set_weights(data, out->stat);
    if (n_classes > 0)
        set_classes(data, n_classes, out->stat);
    else
        set_values(data, out);
    struct ranging job = {data, out->bins, out->range, out->column};
    return hone_parallel((m + COLUMNS - 1) / COLUMNS, find_range, &job, mon, err);
}

void hone_forest_data_clear(struct forest_data *data) {
    hone_bins_free(data->bins);
    hone_release(data->range);
    hone_release(data->column);
    hone_release(data->stat);
    hone_release(data->y);
}
