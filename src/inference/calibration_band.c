/* calibration_band.c -- the consistency band of a reliability curve.
 *
 * If the forecasts p_i are calibrated, y_i ~ Bernoulli(p_i). So y is drawn so, the curve refitted,
 *   f = argmin over ascending f of sum_i (y_i - f(p_i))^2    (pool adjacent violators),
 * and the band at q is made of the quantiles (1 -+ level) / 2 of f(q), linear between forecasts.
 * Draws of replicate b come from stream b.
 * Cost: O(n log n + B n), n draws a replicate.   Reference: Dimitriadis, Gneiting & Jordan 2021. */
#include "inference/inference.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "core/sort.h"
#include "optim/isotonic.h"

#include <math.h>

enum { REPLICATES = 1000, CHUNK = 16, PURPOSE = 0x63616c69 };
static const size_t MOST_REPLICATES = 10000000;

struct band {
    size_t n;      /* distinct forecasts */
    double *p;     /* n: ascending */
    double *count; /* n: rows of each */
    const double *grid;
    size_t n_grid, replicates;
    uint64_t seed;
    double *value; /* n_grid x replicates */
    const hone_monitor *mon;
};

/* share: n, of each forecast the share of rows with y = 1. */
static void draw(const struct band *band, hone_rng *rng, double *share) {
    for (size_t i = 0; i < band->n; i++) {
        double hits = 0;
        for (double left = band->count[i]; left > 0; left--)
            hits += hone_rng_uniform(rng) < band->p[i] ? 1 : 0;
        share[i] = hits / band->count[i];
    }
}

/* The curve f at the points of the grid. */
static void read_off(const struct band *band, const double *f, size_t replicate) {
    const double *p = band->p;
    for (size_t g = 0, i = 0; g < band->n_grid; g++) {
        double q = band->grid[g], *to = &band->value[g * band->replicates + replicate];
        while (i < band->n && p[i] < q)
            i++;
        if (i == band->n || (i == 0 && p[0] > q))
            *to = NAN;
        else
            *to = p[i] == q ? f[i]
                            : f[i - 1] + (f[i] - f[i - 1]) * (q - p[i - 1]) / (p[i] - p[i - 1]);
    }
}

static hone_status run_chunk(void *context, size_t chunk, hone_error *err) {
    const struct band *band = context;
    size_t end = (chunk + 1) * CHUNK < band->replicates ? (chunk + 1) * CHUNK : band->replicates;
    double *f = NULL;
    hone_status status = hone_new(&f, band->n, err);
    for (size_t b = chunk * CHUNK; !status && b < end; b++) {
        hone_rng rng = hone_rng_at(band->seed, hone_rng_stream(PURPOSE, b));
        draw(band, &rng, f);
        status = hone_isotonic(f, band->count, band->n, err);
        if (!status)
            read_off(band, f, b);
        if (!status)
            status = hone_monitor_poll(band->mon, err);
    }
    hone_release(f);
    return status;
}

static hone_status check(const double *proba, size_t n, const double *grid, size_t n_grid,
                         size_t replicates, double level, hone_error *err) {
    if (n == 0)
        return hone_fail(err, HONE_EDATA, "calibration band: needs at least one row, got none");
    if (replicates > MOST_REPLICATES)
        return hone_fail(err, HONE_EINVAL, "calibration band: at most %zu replicates, got %zu",
                         MOST_REPLICATES, replicates);
    for (size_t i = 0; i < n; i++)
        if (!(proba[i] >= 0 && proba[i] <= 1))
            return hone_fail(err, HONE_EDATA,
                             "calibration band: the probability of row %zu must be in [0, 1], "
                             "got %g",
                             i + 1, proba[i]);
    for (size_t g = 0; g < n_grid; g++)
        if (isnan(grid[g]) || (g > 0 && grid[g] < grid[g - 1]))
            return hone_fail(err, HONE_EINVAL,
                             "calibration band: the grid must ascend, point %zu is %g", g + 1,
                             grid[g]);
    return hone_level_check("calibration band", level, err);
}

static double quantile(const uint64_t *key, size_t n, double at) {
    size_t i = (size_t)(at * (double)(n - 1));
    double part = at * (double)(n - 1) - (double)i, low = hone_sort_value(key[i]);
    return i + 1 < n ? low + part * (hone_sort_value(key[i + 1]) - low) : low;
}

static hone_status summarise(const struct band *band, double level, double *low, double *high,
                             hone_error *err) {
    size_t n = band->replicates;
    uint64_t *key = NULL;
    hone_status status = hone_new(&key, n, err);
    for (size_t g = 0; g < band->n_grid && !status; g++) {
        const double *value = band->value + g * n;
        low[g] = high[g] = NAN;
        if (isnan(value[0])) /* out of the range of the forecasts, in every replicate */
            continue;
        for (size_t b = 0; b < n; b++)
            key[b] = hone_sort_key(value[b]);
        status = hone_sort_keys(key, NULL, n, err);
        low[g] = quantile(key, n, (1 - level) / 2);
        high[g] = quantile(key, n, (1 + level) / 2);
    }
    hone_release(key);
    return status;
}

/* Fills p and count with the distinct forecasts. */
static hone_status sort_forecasts(const double *proba, size_t n, struct band *band,
                                  hone_error *err) {
    uint64_t *key = NULL;
    hone_status status = hone_new(&key, n, err);
    if (!status)
        status = hone_new(&band->p, n, err);
    if (!status)
        status = hone_new(&band->count, n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        key[i] = hone_sort_key(proba[i]);
    status = hone_sort_keys(key, NULL, n, err);
    for (size_t i = 0; !status && i < n; i++) {
        band->n += i == 0 || key[i] != key[i - 1];
        band->p[band->n - 1] = hone_sort_value(key[i]);
        band->count[band->n - 1]++;
    }
done:
    hone_release(key);
    return status;
}

hone_status hone_calibration_band(const double *proba, size_t n, const double *grid, size_t n_grid,
                                  size_t replicates, double level, uint64_t seed,
                                  const hone_monitor *mon, double *low, double *high,
                                  hone_error *err) {
    size_t b = replicates ? replicates : REPLICATES;
    struct band band = {.grid = grid, .n_grid = n_grid, .replicates = b, .seed = seed, .mon = mon};
    hone_status status = check(proba, n, grid, n_grid, b, level, err);
    if (!status)
        status = sort_forecasts(proba, n, &band, err);
    if (!status)
        status = hone_new2(&band.value, n_grid, b, err);
    if (!status)
        status = hone_parallel((b + CHUNK - 1) / CHUNK, run_chunk, &band, mon, err);
    if (!status)
        status = summarise(&band, level, low, high, err);
    hone_release(band.p);
    hone_release(band.count);
    hone_release(band.value);
    return status;
}
