/* forest_data.c -- bins, their ranges, and rows as two numbers on a grid.
 *
 * Numbers are rounded to multiples of a power of two so small that n times the largest takes 52
 * bits: sums of them are exact, hence the same in any order, and two columns that part the rows
 * alike win exactly alike. Whole weights and classes are not changed; values keep 52 - log2 n bits
 * (the leaves answer with those that were given). Cost: O(n m). */
#include "classic/forest/forest_data.h"

#include "classic/forest/grow.h"

#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"

#include <math.h>

enum { LANES = 8, LEAST_EXPONENT = -1000 };
enum { BINS = 256, COLUMNS = 8 }; /* at once: their bins and their numbers share lines of memory */

/* ---- rows ------------------------------------------------------------------------------------ */

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

/* Of every LANES-th value; their sum x 2^-64, which no value makes overflow. */
struct survey {
    double low[LANES], high[LANES], sum[LANES];
};

HONE_CLONES
static void survey_values(const double *restrict y, size_t n, struct survey *restrict lane) {
    for (size_t i = 0; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            lane->low[k] = y[i + k] < lane->low[k] ? y[i + k] : lane->low[k];
            lane->high[k] = y[i + k] > lane->high[k] ? y[i + k] : lane->high[k];
            lane->sum[k] += y[i + k] * 0x1p-64;
        }
}

/* Least, greatest, and sum, in the first lane. */
static struct survey look_at(const double *y, size_t n) {
    struct survey all;
    for (size_t k = 0; k < LANES; k++)
        all.low[k] = all.high[k] = *y, all.sum[k] = 0;
    survey_values(y, n, &all);
    for (size_t i = n / LANES * LANES; i < n; i++) {
        size_t k = i % LANES;
        all.low[k] = fmin(all.low[k], y[i]), all.high[k] = fmax(all.high[k], y[i]);
        all.sum[k] += y[i] * 0x1p-64;
    }
    for (size_t k = 1; k < LANES; k++) {
        *all.low = fmin(*all.low, all.low[k]), *all.high = fmax(*all.high, all.high[k]);
        *all.sum += all.sum[k];
    }
    return all;
}

/* A value is (y x scale - mean) x finer x weight, rounded to multiples of step. */
struct units {
    double scale, mean, finer, step;
};

HONE_CLONES
static void put_on_grid(const double *restrict y, size_t n, struct units by,
                        hone_row_stat *restrict stat) {
    for (size_t i = 0; i < n; i++) {
        double v = (y[i] * by.scale - by.mean) * by.finer * stat[i].weight;
        stat[i].value = nearbyint(v / by.step) * by.step;
    }
}

static double most_weighted(const double *y, size_t n, struct units by, const hone_row_stat *stat) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((y[i] * by.scale - by.mean) * by.finer * stat[i].weight));
    return most;
}

/* Values from their mean, in units of 2^e that make them less than 2. */
static void set_values(const hone_dataset *data, struct forest_rows *out) {
    size_t n = data->x.rows;
    for (size_t i = 0; i < n; i++)
        out->y[i] = target(data, i);
    struct survey all = look_at(out->y, n);
    int e = exponent_of(fmax(fabs(*all.low), fabs(*all.high)));
    e = e < LEAST_EXPONENT ? LEAST_EXPONENT : e;
    struct units by = {.scale = ldexp(1, -e), .mean = ldexp(*all.sum / (double)n, 64 - e)};
    double most = fmax(by.mean - *all.low * by.scale, *all.high * by.scale - by.mean);
    int finer = exponent_of(most);
    by.finer = ldexp(1, -finer);
    most = data->weights ? most_weighted(out->y, n, by, out->stat) : most * by.finer;
    by.step = grid_step(most, n);
    put_on_grid(out->y, n, by, out->stat);
    out->score_unit = ldexp(1, 2 * (e + finer));
}

hone_status hone_forest_rows_make(const hone_dataset *data, size_t n_classes,
                                  struct forest_rows *out, hone_error *err) {
    size_t n = data->x.rows;
    hone_status status = hone_new(&out->stat, n, err);
    if (status == HONE_OK && n_classes == 0)
        status = hone_new(&out->y, n, err);
    if (status != HONE_OK)
        return status;
    out->score_unit = 1;
    set_weights(data, out->stat);
    if (n_classes > 0)
        set_classes(data, n_classes, out->stat);
    else
        set_values(data, out);
    return HONE_OK;
}

void hone_forest_rows_clear(struct forest_rows *rows) {
    hone_release(rows->stat);
    hone_release(rows->y);
}

/* ---- bins ------------------------------------------------------------------------------------ */

static bool of_many_numbers(const hone_bin_column *column) {
    return !column->categorical && column->value == NULL;
}

static hone_status make_ranges(struct forest_columns *out, hone_error *err) {
    size_t m = out->bins->cols, many = 0;
    for (size_t j = 0; j < m; j++)
        many += of_many_numbers(out->bins->column + j);
    hone_status status = hone_new(&out->range, m, err);
    if (status == HONE_OK && many > 0)
        status = hone_new2(&out->spread, many, 3 * BINS, err);
    double *next = out->spread;
    for (size_t j = 0; j < m && status == HONE_OK; j++) {
        double *value = out->bins->column[j].value;
        out->range[j] = (hone_bin_range){value, value, value};
        if (of_many_numbers(out->bins->column + j)) {
            out->range[j] = (hone_bin_range){next, next + BINS, next + 2 * BINS};
            next += 3 * BINS;
        }
    }
    return status;
}

struct reading {
    hone_view x;
    const struct forest_columns *out;
};

/* Turns the bins of some columns round, and finds the ranges of those of many numbers. */
static hone_status read_columns(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct reading *job = context;
    const hone_bins *bins = job->out->bins;
    hone_bin_range *range = job->out->range;
    size_t first = chunk * COLUMNS, end = first + COLUMNS, many[COLUMNS], n = 0;
    end = end < bins->cols ? end : bins->cols;
    for (size_t j = first; j < end; j++) {
        if (of_many_numbers(bins->column + j))
            many[n++] = j;
        for (size_t b = 0; b < BINS && n > 0 && many[n - 1] == j; b++)
            range[j].low[b] = INFINITY, range[j].high[b] = -INFINITY;
    }
    for (size_t i = 0; i < bins->rows; i++) {
        const uint8_t *bin = bins->bin + i * bins->stride;
        const double *x = hone_view_row(job->x, i);
        for (size_t j = first; j < end && job->out->column != NULL; j++)
            job->out->column[j * bins->rows + i] = bin[j];
        for (size_t k = 0; k < n; k++) { /* NaN changes nothing */
            size_t j = many[k];
            double *low = range[j].low + bin[j], *high = range[j].high + bin[j];
            *low = x[j] < *low ? x[j] : *low;
            *high = x[j] > *high ? x[j] : *high;
        }
    }
    for (size_t k = 0; k < n; k++)
        for (size_t b = 0; b < BINS; b++)
            range[many[k]].middle[b] = range[many[k]].low[b] / 2 + range[many[k]].high[b] / 2;
    return HONE_OK;
}

hone_status hone_forest_columns_make(const hone_dataset *data, size_t max_bins, uint64_t seed,
                                     const hone_monitor *mon, struct forest_columns *out,
                                     hone_error *err) {
    size_t n = data->x.rows, m = data->x.cols;
    hone_status status = hone_bins_make(data, max_bins, seed, mon, &out->bins, err);
    if (status == HONE_OK)
        status = make_ranges(out, err);
    if (status == HONE_OK && !hone_grow_near(out->bins))
        status = hone_new2(&out->column, m, n, err);
    if (status != HONE_OK || (out->column == NULL && out->spread == NULL))
        return status;
    struct reading job = {data->x, out};
    return hone_parallel((m + COLUMNS - 1) / COLUMNS, read_columns, &job, mon, err);
}

void hone_forest_columns_clear(struct forest_columns *columns) {
    hone_bins_free(columns->bins);
    hone_release(columns->range);
    hone_release(columns->spread);
    hone_release(columns->column);
}
