/* common.c -- see inference.h: checks, and the t or z behind every difference.
 *
 *   statistic = d / se,  interval d +- q se,  q the quantile of Student's t.   Cost: O(1). */
#include "inference/inference.h"

#include "core/error.h"
#include "inference/special.h"

#include <math.h>

hone_status hone_level_check(const char *who, double level, hone_error *err) {
    if (level > 0 && level < 1)
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL, "%s: the level must be in (0, 1), got %g", who, level);
}

hone_status hone_index_check(const char *who, const char *what, size_t index, size_t n,
                             hone_error *err) {
    if (index < n)
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL, "%s: the number of the %s must be below %zu, got %zu", who,
                     what, n, index);
}

hone_status hone_finite_check(const char *who, const double *value, size_t n, hone_error *err) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(value[i]))
            return hone_fail(err, HONE_EDATA, "%s: value %zu must be finite, got %g", who, i + 1,
                             value[i]);
    return HONE_OK;
}

hone_status hone_count_check(const char *who, const char *what, double value, hone_error *err) {
    if (value >= 0 && value <= 0x1p53 && value == floor(value))
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL, "%s: %s must be a whole number >= 0, got %g", who, what,
                     value);
}

double hone_level_z(double level) {
    return -hone_normal_quantile((1 - level) / 2);
}

hone_interval hone_interval_undefined(double estimate, double level, const char *method,
                                      const char *why) {
    return (hone_interval){.estimate = estimate,
                           .se = NAN,
                           .low = NAN,
                           .high = NAN,
                           .level = level,
                           .method = method,
                           .why = why};
}

hone_interval hone_interval_symmetric(double estimate, double se, double quantile, double level,
                                      const char *method, const char *why) {
    hone_interval out = hone_interval_undefined(estimate, level, method, why);
    out.se = se;
    if (why)
        return out;
    out.low = estimate - quantile * se;
    out.high = estimate + quantile * se;
    return out;
}

void hone_interval_cut(hone_interval *interval, double low, double high) {
    if (interval->low < low)
        interval->low = low;
    if (interval->high > high)
        interval->high = high;
}

hone_test hone_test_undefined(const char *method, const char *why) {
    return (hone_test){
        .statistic = NAN, .df = NAN, .df2 = NAN, .p = NAN, .method = method, .why = why};
}

hone_comparison hone_compare(double difference, double se, double df, double level,
                             const char *method) {
    hone_comparison out;
    const char *why = isnan(difference) ? "the difference is undefined"
                      : isnan(se)       ? "there are too few independent units for a variance"
                      : se == 0 && difference != 0
                          ? "the difference does not vary in this sample, so its error is unknown"
                          : NULL;
    out.test = hone_test_undefined(method, why);
    out.test.df = isinf(df) ? NAN : df;
    double quantile = se == 0 || why ? 0 : -hone_student_quantile((1 - level) / 2, df);
    out.difference = hone_interval_symmetric(difference, se, quantile, level, method, why);
    if (why)
        return out;
    out.test.statistic = se == 0 ? 0 : difference / se;
    out.test.p = se == 0 ? 1 : hone_student_two_sided(out.test.statistic, df);
    return out;
}
