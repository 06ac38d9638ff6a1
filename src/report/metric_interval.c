/* metric_interval.c -- intervals of metrics on one test set, by drawing its rows again.
 *
 * A replicate is a count for each row: of classes within each class (stratified), of values over
 * all rows. Each metric is computed with the counts times the weights as weights, which is what it
 * would be of the drawn rows. The bounds are quantiles of the replicates in which it is defined
 * (percentile bootstrap, type 7); with less than nine of ten defined there are none, nor where
 * drawing shifts the metric by more than a quarter of its standard error (a maximum, a calibration
 * error): the quantiles are then those of something else. The draws of replicate b come from stream
 * b: the same bits for any number of threads. Cost: replicates x the cost of the metrics, n doubles
 * a thread. Reference: Efron & Tibshirani 1993, chapters 10.3 and 13. */
#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <hone/judge.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPLICATES = 1000, FEWEST = 200, PURPOSE = 0x6d657472 };
/* Replicates times rows that are drawn at most, unless that leaves too few. */
static const size_t MOST_DRAWS = 4000000;
static const double MOST_SHIFT = 0.25; /* of a standard error */

struct draws {
    const hone_metric *const *metrics;
    size_t n_metrics, replicates;
    const hone_outcome *outcome;
    size_t *order, *start; /* n rows by class; classes + 1 */
    size_t n_classes;      /* 1 for values */
    uint64_t seed;
    double *values; /* n_metrics x replicates */
};

/* Rows by class, in their order. */
static hone_status sort_rows(struct draws *d, hone_error *err) {
    const hone_outcome *o = d->outcome;
    d->n_classes = o->n_classes ? o->n_classes : 1;
    hone_status status = hone_new(&d->order, o->n, err);
    if (status == HONE_OK)
        status = hone_new(&d->start, d->n_classes + 2, err);
    if (status != HONE_OK)
        return status;
    size_t *next = d->start + 1; /* next[k] ends as the place after class k */
    for (size_t i = 0; i < o->n; i++)
        next[(o->n_classes ? (size_t)o->truth[i] : 0) + 1]++;
    for (size_t k = 1; k <= d->n_classes; k++)
        next[k] += next[k - 1];
    for (size_t i = 0; i < o->n; i++)
        d->order[next[o->n_classes ? (size_t)o->truth[i] : 0]++] = i;
    return HONE_OK;
}

static void draw(const struct draws *d, size_t replicate, double *weight) {
    hone_rng rng = hone_rng_at(d->seed, hone_rng_stream(PURPOSE, replicate));
    memset(weight, 0, d->outcome->n * sizeof *weight);
    for (size_t k = 0; k < d->n_classes; k++) {
        size_t n = d->start[k + 1] - d->start[k];
        for (size_t i = 0; i < n; i++)
            weight[d->order[d->start[k] + hone_rng_below(&rng, n)]]++;
    }
    for (size_t i = 0; d->outcome->weight && i < d->outcome->n; i++)
        weight[i] *= d->outcome->weight[i];
}

static double sum_of(const double *weight, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weight[i];
    return sum;
}

static hone_status replicate(void *context, size_t b, hone_error *err) {
    const struct draws *d = context;
    hone_outcome outcome = *d->outcome;
    double *weight = NULL;
    hone_status status = hone_new(&weight, outcome.n, err);
    if (status != HONE_OK)
        return status;
    draw(d, b, weight);
    outcome.weight = weight;
    bool empty = !(sum_of(weight, outcome.n) > 0); /* only rows of weight zero were drawn */
    for (size_t m = 0; status == HONE_OK && m < d->n_metrics; m++) {
        double *out = &d->values[m * d->replicates + b];
        *out = NAN;
        if (!empty)
            status = hone_metric_compute(d->metrics[m], &outcome, out, NULL, err);
    }
    hone_release(weight);
    return status;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t n, double q) {
    double at = q * (double)(n - 1);
    size_t low = (size_t)at, high = low + 1 < n ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

/* Sorts the defined values to the front and reads the bounds. */
static void read_interval(double *values, size_t n, double level, hone_interval *out) {
    size_t defined = 0;
    double mean = 0, squares = 0;
    for (size_t b = 0; b < n; b++)
        if (!isnan(values[b]))
            values[defined++] = values[b];
    if (defined * 10 < n * 9) {
        out->why = "it is undefined in too many replicates";
        return;
    }
    qsort(values, defined, sizeof *values, ascending);
    for (size_t b = 0; b < defined; b++)
        mean += values[b] / (double)defined;
    for (size_t b = 0; b < defined; b++)
        squares += (values[b] - mean) * (values[b] - mean);
    out->se = sqrt(squares / (double)(defined - 1));
    if (fabs(mean - out->estimate) > MOST_SHIFT * out->se) {
        out->why = "drawing rows again shifts it";
        return;
    }
    out->low = quantile(values, defined, (1 - level) / 2);
    out->high = quantile(values, defined, (1 + level) / 2);
}

hone_status hone_metric_intervals(const hone_metric *const *metrics, size_t n_metrics,
                                  const hone_outcome *outcome, double level, size_t replicates,
                                  uint64_t seed, const hone_monitor *mon, hone_interval *out,
                                  hone_error *err) {
    struct draws d = {.metrics = metrics, .n_metrics = n_metrics, .outcome = outcome, .seed = seed};
    hone_status status = HONE_OK;
    if (!(level > 0 && level < 1))
        return hone_fail(err, HONE_EINVAL, "intervals: level must be in (0, 1), got %g", level);
    for (size_t m = 0; m < n_metrics; m++) {
        out[m] = (hone_interval){
            .se = NAN, .low = NAN, .high = NAN, .level = level, .method = "bootstrap, percentile"};
        status = hone_metric_compute(metrics[m], outcome, &out[m].estimate, &out[m].why, err);
        if (status != HONE_OK)
            return status;
    }
    d.replicates = replicates ? replicates : MOST_DRAWS / outcome->n;
    if (!replicates)
        d.replicates = d.replicates > REPLICATES ? REPLICATES
                       : d.replicates < FEWEST   ? FEWEST
                                                 : d.replicates;
    if (n_metrics == 0 || d.replicates < 2)
        return HONE_OK;
    if ((status = sort_rows(&d, err)) == HONE_OK &&
        (status = hone_new2(&d.values, n_metrics, d.replicates, err)) == HONE_OK)
        status = hone_parallel(d.replicates, replicate, &d, mon, err);
    for (size_t m = 0; status == HONE_OK && m < n_metrics; m++)
        if (!out[m].why)
            read_interval(d.values + m * d.replicates, d.replicates, level, &out[m]);
    hone_release(d.order);
    hone_release(d.start);
    hone_release(d.values);
    return status;
}
