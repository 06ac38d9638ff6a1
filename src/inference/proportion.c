/* proportion.c -- intervals of shares and of ratios of shares, from counts.
 *
 *   Wilson: (p + z^2/2n -+ z sqrt(p q / n + z^2 / 4n^2)) / (1 + z^2 / n)
 *   exact:  quantiles of Beta(x, n - x + 1) at a/2 and Beta(x + 1, n - x) at 1 - a/2
 *   paired difference d = (b - c) / n, Newcombe's method 10: with Wilson's bounds l_i, u_i of the
 *     two shares p_i and f the correlation of the table, its numerator cut by n/2 where positive,
 *     d - sqrt(x^2 - 2 f x y + y^2) .. d + sqrt(v^2 - 2 f v w + w^2),
 *     x = p1 - l1, y = u2 - p2, v = u1 - p1, w = p2 - l2
 *   likelihood ratio: log-normal, var log LR+ = 1/TP - 1/m + 1/FP - 1/n, LR- with FN and TN
 *   average precision: normal on its log-odds with variance 1 / (m AP (1 - AP))
 *
 * Cost: O(1).  Reference: Wilson 1927; Clopper & Pearson 1934; Newcombe 1998; Simel et al. 1991;
 * Boyd, Eng & Page 2013. */
#include "inference/inference.h"

#include "core/error.h"
#include "inference/special.h"

#include <math.h>

static void wilson(double hits, double n, double z, double *low, double *high) {
    double p = hits / n, z2 = z * z / n;
    double centre = p + z2 / 2, half = z * sqrt(p * (1 - p) / n + z2 / (4 * n));
    *low = hits == 0 ? 0 : (centre - half) / (1 + z2);
    *high = hits == n ? 1 : (centre + half) / (1 + z2);
}

hone_status hone_proportion_interval(double hits, double n, bool exact, double level,
                                     hone_interval *out, hone_error *err) {
    hone_status status = hone_level_check("proportion", level, err);
    if (!status)
        status = hone_count_check("proportion", "the count of hits", hits, err);
    if (!status)
        status = hone_count_check("proportion", "the count of rows", n, err);
    if (status)
        return status;
    if (hits > n)
        return hone_fail(err, HONE_EINVAL, "proportion: %g hits are more than the %g rows", hits,
                         n);
    const char *method = exact ? "Clopper-Pearson" : "Wilson";
    double tail = (1 - level) / 2;
    *out = hone_interval_undefined(hits / n, level, method, n == 0 ? "there are no rows" : NULL);
    if (n == 0)
        return HONE_OK;
    out->se = sqrt(out->estimate * (1 - out->estimate) / n);
    if (!exact) {
        wilson(hits, n, hone_level_z(level), &out->low, &out->high);
        return HONE_OK;
    }
    out->low = hits == 0 ? 0 : hone_beta_quantile(tail, hits, n - hits + 1);
    out->high = hits == n ? 1 : 1 - hone_beta_quantile(tail, n - hits, hits + 1);
    return HONE_OK;
}

/* Correlation of the two models' successes, its numerator drawn towards 0. */
static double correlation(double a, double b, double c, double d) {
    double product = (a + b) * (c + d) * (a + c) * (b + d), n = a + b + c + d;
    double numerator = a * d - b * c;
    if (product == 0)
        return 0;
    if (numerator > 0)
        numerator = fmax(numerator - n / 2, 0);
    return numerator / sqrt(product);
}

hone_status hone_paired_proportions(double both, double b, double c, double neither, double level,
                                    hone_interval *out, hone_error *err) {
    const double count[] = {both, b, c, neither};
    hone_status status = hone_level_check("paired proportions", level, err);
    for (size_t i = 0; i < 4 && !status; i++)
        status = hone_count_check("paired proportions", "every count", count[i], err);
    if (status)
        return status;
    double n = both + b + c + neither, z = hone_level_z(level);
    *out = hone_interval_undefined((b - c) / n, level, "Newcombe, paired",
                                   n == 0 ? "there are no rows" : NULL);
    if (n == 0)
        return HONE_OK;
    double l1, u1, l2, u2, p1 = (both + b) / n, p2 = (both + c) / n;
    wilson(both + b, n, z, &l1, &u1);
    wilson(both + c, n, z, &l2, &u2);
    double x = p1 - l1, y = u2 - p2, v = u1 - p1, w = p2 - l2;
    double f = correlation(both, b, c, neither);
    out->se = sqrt(b + c - (b - c) * (b - c) / n) / n;
    out->low = out->estimate - sqrt(fmax(0, x * x - 2 * f * x * y + y * y));
    out->high = out->estimate + sqrt(fmax(0, v * v - 2 * f * v * w + w * w));
    return HONE_OK;
}

/* (x / m) / (y / n) */
static hone_interval ratio(double x, double m, double y, double n, double level) {
    double value = (x / m) / (y / n), spread = sqrt(1 / x - 1 / m + 1 / y - 1 / n);
    const char *why = m == 0 || n == 0   ? "a class has no rows"
                      : x == 0 || y == 0 ? "a count is 0"
                                         : NULL;
    hone_interval out = hone_interval_undefined(value, level, "log-normal", why);
    if (why)
        return out;
    double factor = exp(hone_level_z(level) * spread);
    out.low = value / factor;
    out.high = value * factor;
    return out;
}

hone_status hone_likelihood_ratios(double tp, double fn, double fp, double tn, double level,
                                   hone_interval *positive, hone_interval *negative,
                                   hone_error *err) {
    const double count[] = {tp, fn, fp, tn};
    hone_status status = hone_level_check("likelihood ratio", level, err);
    for (size_t i = 0; i < 4 && !status; i++)
        status = hone_count_check("likelihood ratio", "every count", count[i], err);
    if (status)
        return status;
    *positive = ratio(tp, tp + fn, fp, fp + tn, level);
    *negative = ratio(fn, tp + fn, tn, fp + tn, level);
    return HONE_OK;
}

hone_status hone_average_precision_interval(double precision, double m, double level,
                                            hone_interval *out, hone_error *err) {
    hone_status status = hone_level_check("average precision", level, err);
    if (!status)
        status = hone_count_check("average precision", "the count of positives", m, err);
    if (status)
        return status;
    if (!(precision >= 0 && precision <= 1))
        return hone_fail(err, HONE_EINVAL, "average precision: must be in [0, 1], got %g",
                         precision);
    bool inner = precision > 0 && precision < 1 && m > 0;
    *out =
        hone_interval_undefined(precision, level, "log-odds",
                                inner ? NULL : "its log-odds are infinite or nothing is positive");
    if (!inner)
        return HONE_OK;
    double odds = log(precision / (1 - precision));
    double half = hone_level_z(level) / sqrt(m * precision * (1 - precision));
    out->se = sqrt(precision * (1 - precision) / m);
    out->low = 1 / (1 + exp(half - odds));
    out->high = 1 / (1 + exp(-half - odds));
    return HONE_OK;
}
