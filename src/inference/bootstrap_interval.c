/* bootstrap_interval.c -- intervals, differences and bands of the replicates t_1 .. t_B of t.
 *
 *   percentile: quantiles at a/2, 1 - a/2      basic: 2 t - those
 *   BCa: quantiles at Phi(z0 + (z0 + z) / (1 - c (z0 + z))), z the normal quantile of a/2, 1 - a/2,
 *     z0 = Phi^-1(share of t_b below t, equal ones half),  c = sum D^3 / (6 (sum D^2)^(3/2)),
 *     D = mean of the jackknife values of a stratum - value; of an AUC, D = (V10 - AUC) / (m - 1)
 *   band: t +- quantile of max over its points of |t_b - t|
 * Quantiles are interpolated linearly between order statistics. Replicates that are all the same
 * (an AUC of 1) tell nothing about the error: no bounds.
 * Cost: O(B), bands O(points B).   Reference: Efron 1987; Davison & Hinkley 1997, 5.3. */
#include "inference/bootstrap.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"
#include "inference/special.h"

#include <math.h>

/* ---- replicates ------------------------------------------------------------------------------ */

/* Column i (see hone_bootstrap.value) of a contrast. */
static double column(const hone_bootstrap *b, hone_contrast x, size_t statistic, size_t i) {
    double value = hone_bootstrap_row(b, x.a, statistic)[i];
    return x.b == HONE_ALONE ? value : value - hone_bootstrap_row(b, x.b, statistic)[i];
}

static double quantile(const double *sorted, size_t n, double p) {
    double at = p * (double)(n - 1);
    size_t i = (size_t)at;
    double part = at - (double)i;
    if (part == 0 || i + 1 >= n || sorted[i] == sorted[i + 1])
        return sorted[i < n ? i : n - 1];
    return sorted[i] + part * (sorted[i + 1] - sorted[i]);
}

/* Sorts values without NaN. */
static hone_status sort_values(double *value, size_t n, hone_error *err) {
    uint64_t *key = NULL;
    hone_status status = hone_new(&key, n, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        key[i] = hone_sort_key(value[i]);
    status = hone_sort_keys(key, NULL, n, err);
    for (size_t i = 0; !status && i < n; i++)
        value[i] = hone_sort_value(key[i]);
    hone_release(key);
    return status;
}

/* Of sorted values: exactly 0 when they are all the same. */
static double deviation(const double *value, size_t n) {
    double mean = 0, square = 0;
    if (value[0] == value[n - 1])
        return 0;
    for (size_t i = 0; i < n; i++)
        mean += value[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (value[i] - mean) * (value[i] - mean);
    return sqrt(square / (double)(n - 1));
}

/* ---- acceleration ---------------------------------------------------------------------------- */

/* Sums of squares and cubes of deviations. */
struct moments {
    double square, cube;
};

static void add_deviation(struct moments *sums, double d) {
    sums->square += d * d;
    sums->cube += d * d * d;
}

static void add_side(struct moments *sums, const double *table, size_t length, hone_contrast x) {
    for (size_t i = 0; length > 1 && i < length; i++) {
        double other = x.b == HONE_ALONE ? 0 : table[x.b * length + i];
        add_deviation(sums, (table[x.a * length + i] - other) / (double)(length - 1));
    }
}

static void add_groups(struct moments *sums, const hone_bootstrap *b, hone_contrast x,
                       size_t statistic) {
    size_t first = 1;
    for (size_t s = 0; s < b->n_strata; s++) {
        size_t groups = b->strata[s].groups;
        double mean = 0;
        for (size_t g = 0; g < groups; g++)
            mean += column(b, x, statistic, first + g) / (double)groups;
        for (size_t g = 0; g < groups; g++)
            add_deviation(sums, mean - column(b, x, statistic, first + g));
        first += groups;
    }
}

static double acceleration(const hone_bootstrap *b, hone_contrast x, size_t statistic) {
    const hone_delong *d = &b->delong;
    struct moments sums = {0, 0};
    if (b->is_auc[statistic] && d->auc) {
        add_side(&sums, d->up, d->length_up, x);
        add_side(&sums, d->down, d->length_down, x);
    } else {
        add_groups(&sums, b, x, statistic);
    }
    return sums.square == 0 ? 0 : sums.cube / (6 * sums.square * sqrt(sums.square));
}

/* ---- intervals ------------------------------------------------------------------------------- */

/* A difference may miss an equal one by its rounding: `slack`. */
static double bias(const double *sorted, size_t n, double estimate, double slack) {
    double below = 0;
    for (size_t i = 0; i < n; i++)
        below += sorted[i] < estimate - slack ? 1 : sorted[i] <= estimate + slack ? 0.5 : 0;
    return hone_normal_quantile(below / (double)n);
}

/* Where to look among the replicates instead of at the normal quantile z. */
static double shifted(double z0, double c, double z) {
    return hone_normal_cdf(z0 + (z0 + z) / (1 - c * (z0 + z)));
}

static const char *const METHODS[] = {[HONE_BOOTSTRAP_PERCENTILE] = "bootstrap, percentile",
                                      [HONE_BOOTSTRAP_BASIC] = "bootstrap, basic",
                                      [HONE_BOOTSTRAP_BCA] = "bootstrap, BCa"};

/* Fills the bounds from sorted replicates, or why there are none. */
static void bounds(const hone_bootstrap *b, hone_contrast x, size_t statistic,
                   hone_bootstrap_method method, const double *sorted, hone_interval *out) {
    size_t n = b->replicates;
    double tail = (1 - out->level) / 2, low = tail, high = 1 - tail;
    if (sorted[0] == sorted[n - 1]) {
        out->why = "all replicates are the same";
        return;
    }
    if (method == HONE_BOOTSTRAP_BCA) {
        double z0 = bias(sorted, n, out->estimate, 1e-10 * out->se),
               c = acceleration(b, x, statistic);
        double z = hone_normal_quantile(tail);
        low = shifted(z0, c, z);
        high = shifted(z0, c, -z);
        bool folded = c * (z0 - z) >= 1 || c * (z0 + z) >= 1;
        if (!isfinite(z0) || isnan(c) || folded) {
            out->why = isnan(c)        ? "it is undefined without some of the units"
                       : !isfinite(z0) ? "all replicates lie on one side of the estimate"
                                       : "the replicates are too skew for this correction";
            return;
        }
    }
    out->low = quantile(sorted, n, low);
    out->high = quantile(sorted, n, high);
    if (method == HONE_BOOTSTRAP_BASIC) {
        double swap = 2 * out->estimate - out->low;
        out->low = 2 * out->estimate - out->high;
        out->high = swap;
    }
}

static hone_status interval(const hone_bootstrap *b, hone_contrast x, size_t statistic,
                            hone_bootstrap_method method, double level, hone_interval *out,
                            hone_error *err) {
    double *value = NULL;
    size_t n = b->replicates;
    bool undefined = false;
    hone_status status = hone_new(&value, n, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        value[i] = column(b, x, statistic, 1 + b->groups + i);
        undefined |= isnan(value[i]);
    }
    *out = hone_interval_undefined(column(b, x, statistic, 0), level, METHODS[method], NULL);
    if (!isfinite(out->estimate))
        out->why = "there is no finite value on the sample";
    else if (undefined)
        out->why = "it is undefined on some replicates";
    if (!out->why) {
        status = sort_values(value, n, err);
        out->se = deviation(value, n);
    }
    if (!out->why && !status)
        bounds(b, x, statistic, method, value, out);
    hone_release(value);
    return status;
}

static hone_status check(const hone_bootstrap *b, size_t model, size_t statistic,
                         hone_bootstrap_method method, double level, hone_error *err) {
    if ((unsigned)method >= sizeof METHODS / sizeof *METHODS)
        return hone_fail(err, HONE_EINVAL, "bootstrap: unknown method %d", (int)method);
    hone_status status = hone_level_check("bootstrap", level, err);
    if (!status)
        status = hone_index_check("bootstrap", "model", model, b->models, err);
    if (!status)
        status = hone_index_check("bootstrap", "statistic", statistic, b->statistics, err);
    return status;
}

hone_status hone_bootstrap_interval(const hone_bootstrap *b, size_t model, size_t statistic,
                                    hone_bootstrap_method method, double level, hone_interval *out,
                                    hone_error *err) {
    hone_status status = check(b, model, statistic, method, level, err);
    if (status)
        return status;
    return interval(b, (hone_contrast){model, HONE_ALONE}, statistic, method, level, out, err);
}

hone_status hone_bootstrap_difference(const hone_bootstrap *bootstrap, size_t a, size_t b,
                                      size_t statistic, hone_bootstrap_method method, double level,
                                      hone_comparison *out, hone_error *err) {
    hone_interval found;
    hone_status status = check(bootstrap, a > b ? a : b, statistic, method, level, err);
    if (!status)
        status = interval(bootstrap, (hone_contrast){a, b}, statistic, method, level, &found, err);
    if (status)
        return status;
    *out = hone_compare(found.estimate, found.se, INFINITY, level, "bootstrap, paired");
    if (found.estimate == 0 && found.se == 0) /* the same model twice */
        found.low = found.high = 0, found.why = NULL;
    out->difference = found;
    return HONE_OK;
}

/* ---- bands ----------------------------------------------------------------------------------- */

static double most_off(const hone_bootstrap *b, size_t model, size_t first, size_t n,
                       size_t replicate) {
    double most = 0;
    for (size_t s = first; s < first + n; s++) {
        const double *row = hone_bootstrap_row(b, model, s);
        double off = fabs(row[1 + b->groups + replicate] - row[0]);
        most = off > most || isnan(off) ? off : most;
    }
    return most;
}

static hone_status simultaneous_band(const hone_bootstrap *b, size_t model, size_t first, size_t n,
                                     double level, double *low, double *high, hone_error *err) {
    double *most = NULL;
    bool undefined = false;
    hone_status status = hone_new(&most, b->replicates, err);
    if (status)
        return status;
    for (size_t i = 0; i < b->replicates; i++) {
        most[i] = most_off(b, model, first, n, i);
        undefined |= isnan(most[i]);
    }
    status = undefined ? HONE_OK : sort_values(most, b->replicates, err);
    double q = undefined || status ? NAN : quantile(most, b->replicates, level);
    for (size_t s = 0; s < n; s++) {
        double estimate = hone_bootstrap_row(b, model, first + s)[0];
        low[s] = estimate - q < 0 ? 0 : estimate - q;
        high[s] = estimate + q > 1 ? 1 : estimate + q;
    }
    hone_release(most);
    return status;
}

hone_status hone_bootstrap_band(const hone_bootstrap *b, size_t model, size_t first, size_t n,
                                bool simultaneous, double level, double *low, double *high,
                                hone_error *err) {
    size_t last = n ? first + n - 1 : first;
    hone_status status = check(b, model, last, HONE_BOOTSTRAP_PERCENTILE, level, err);
    if (status || n == 0)
        return status;
    if (simultaneous)
        return simultaneous_band(b, model, first, n, level, low, high, err);
    for (size_t s = 0; s < n && !status; s++) {
        hone_contrast x = {model, HONE_ALONE};
        hone_interval one = {0};
        status = interval(b, x, first + s, HONE_BOOTSTRAP_PERCENTILE, level, &one, err);
        bool fixed = one.se == 0; /* the curve is pinned there, as at FPR = 1 */
        low[s] = fixed ? one.estimate : one.low;
        high[s] = fixed ? one.estimate : one.high;
    }
    return status;
}
