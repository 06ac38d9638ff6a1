/* special.c -- see special.h.
 *
 *   density of the beta:   x^a y^b / B(a, b) = a b / (a + b) binomial(a; a + b, x)
 *   density of the gamma:  x^a e^-x / Gamma(a + 1) = poisson(a; x)
 * where binomial and Poisson probabilities, continued to real counts, are taken in Loader's
 * saddle-point form: no difference of large logarithms, hence full digits for any size.
 * On them stand the continued fraction of the beta (O(sqrt(a + b)) steps) and the series and
 * continued fraction (Lentz's method) of the gamma. The normal comes from erfc().
 *
 *   range: P(R <= q) = k int phi(z) (Phi(z) - Phi(z - q))^(k - 1) dz
 * by the trapezoidal rule, whose error vanishes faster than any power of the step for such
 * integrands.   Reference: Loader 2000; DiDonato & Morris 1992 (9); DLMF 8.9;
 * Trefethen & Weideman 2014. */
#include "inference/special.h"

#include <math.h>
#include <stdbool.h>

#define HALF_LOG_2PI 0.918938533204672741780329736406
#define TINY         1e-300 /* keeps Lentz's quotients away from 0 / 0 */
#define CLOSE        3e-16  /* more than one unit in the last place, lest a quotient flutters */
enum { MOST_STEPS = 1000000 };

double hone_log_gamma(double x) {
    int sign;
    return lgamma_r(x, &sign);
}

/* ---- saddle-point probabilities ------------------------------------------------------------ */

/* log Gamma(x + 1) - ((x + 1/2) log x - x + 1/2 log 2 pi), x > 0. */
static double stirling_error(double x) {
    if (x < 16)
        return hone_log_gamma(x + 1) - ((x + 0.5) * log(x) - x + HALF_LOG_2PI);
    double s = 1 / (x * x);
    return (1.0 / 12 -
            s * (1.0 / 360 -
                 s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * 691.0 / 360360))))) /
           x;
}

/* x log(x / m) + m - x without cancellation. */
static double deviance(double x, double m) {
    double d = x - m, v = d / (x + m);
    if (fabs(v) >= 0.1)
        return x * log(x / m) - d;
    double sum = d * v, term = 2 * x * v;
    for (int j = 1; j < 1000; j++) {
        term *= v * v;
        double next = sum + term / (2 * j + 1);
        if (next == sum)
            break;
        sum = next;
    }
    return sum;
}

/* Gamma(n+1) / (Gamma(k+1) Gamma(n-k+1)) p^k q^(n-k) for real 0 < k < n. */
static double binomial_raw(double k, double n, double p, double q) {
    double rest = n - k;
    double log_ratio = stirling_error(n) - stirling_error(k) - stirling_error(rest) -
                       deviance(k, n * p) - deviance(rest, n * q);
    return exp(log_ratio) * sqrt(n / (2 * M_PI * k * rest));
}

/* m^k e^-m / Gamma(k + 1) for real k > 0. */
static double poisson_raw(double k, double m) {
    return exp(-stirling_error(k) - deviance(k, m)) / sqrt(2 * M_PI * k);
}

/* ---- quantiles ----------------------------------------------------------------------------- */

/* A distribution function, ascending in x. */
struct distribution {
    double (*cdf)(const struct distribution *self, double x);
    double a, b;
};

/* Where the function passes p, to the last bit: bisection between low and high. */
static double pass(const struct distribution *d, double p, double low, double high) {
    for (;;) {
        double middle = low + (high - low) / 2;
        if (!(middle > low && middle < high))
            return high;
        if (d->cdf(d, middle) < p)
            low = middle;
        else
            high = middle;
    }
}

/* ---- normal -------------------------------------------------------------------------------- */

double hone_normal_cdf(double x) {
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/* Where the upper tail is p <= 1/2: a guess good to 4.5e-4 (Abramowitz & Stegun 26.2.23) and
 * three of Halley's steps, each of which triples the digits. */
static double normal_upper(double p) {
    double t = sqrt(-2 * log(p));
    double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int i = 0; i < 3; i++) {
        double density = exp(-0.5 * x * x - HALF_LOG_2PI);
        double e = (hone_normal_cdf(-x) - p) / density;
        x += e / (1 - x * e / 2);
    }
    return x;
}

double hone_normal_quantile(double p) {
    if (!(p >= 0 && p <= 1))
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? -INFINITY : INFINITY;
    if (p == 0.5)
        return 0;
    return p < 0.5 ? -normal_upper(p) : normal_upper(1 - p);
}

/* ---- gamma --------------------------------------------------------------------------------- */

/* P(a, x) by its series, for x < a + 1. */
static double gamma_series(double a, double x) {
    double term = 1, sum = 1;
    for (int i = 1; i < MOST_STEPS && term > CLOSE * sum; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return sum * poisson_raw(a, x);
}

/* Q(a, x) by its continued fraction, for x >= a + 1. */
static double gamma_fraction(double a, double x) {
    double b = x + 1 - a, c = 1 / TINY, d = 1 / b, h = d;
    for (int i = 1; i < MOST_STEPS; i++) {
        double numerator = -i * (i - a);
        b += 2;
        d = numerator * d + b;
        d = 1 / (fabs(d) < TINY ? TINY : d);
        c = b + numerator / c;
        c = fabs(c) < TINY ? TINY : c;
        h *= d * c;
        if (fabs(d * c - 1) <= CLOSE)
            break;
    }
    return h * a * poisson_raw(a, x);
}

static double gamma_side(double a, double x, bool upper) {
    if (!(a > 0 && x >= 0))
        return NAN;
    if (x == 0 || isinf(x))
        return (x > 0) == upper ? 0 : 1;
    bool series = x < a + 1;
    double part = series ? gamma_series(a, x) : gamma_fraction(a, x);
    return series == upper ? 1 - part : part;
}

double hone_gamma_cdf(double a, double x) {
    return gamma_side(a, x, false);
}

double hone_gamma_tail(double a, double x) {
    return gamma_side(a, x, true);
}

double hone_chi2_tail(double x, double df) {
    return hone_gamma_tail(df / 2, x / 2);
}

/* ---- beta ---------------------------------------------------------------------------------- */

/* I_x(a, b) for x below about the mean: the even part of the continued fraction, written with
 * a - (a + b) x, which is taken from the smaller of x and y, so that nothing cancels near x = 1. */
static double beta_fraction(double a, double b, double x, double y) {
    double c = 1 + (a > b ? (a + b) * y - b : a - (a + b) * x);
    double before[2] = {0, 1}, now[2] = {1, c / (1 + 1 / a)}; /* numerator, denominator */
    double r = now[0] / now[1];
    for (int i = 1; i < MOST_STEPS; i++) {
        double s = a + 2 * i - 1, w = i * (b - i) * x;
        double p = 1 + (i - 1) / a, e = a / s;
        double alpha = p * (p + b / a) * e * e * w * x;
        double beta = i + w / s + (1 + i / a) / (1 + (1 + 2 * i) / a) * (c + i * (1 + y));
        double next[2];
        for (int j = 0; j < 2; j++)
            next[j] = alpha * before[j] + beta * now[j];
        for (int j = 0; j < 2; j++) {
            before[j] = now[j] / next[1];
            now[j] = next[j] / next[1];
        }
        double last = r;
        r = now[0];
        if (fabs(r - last) <= CLOSE * r)
            break;
    }
    return r * a * b / (a + b) * binomial_raw(a, a + b, x, y);
}

double hone_beta_cdf(double a, double b, double x, double y) {
    if (!(a > 0 && b > 0 && x >= 0 && y >= 0))
        return NAN;
    if (x == 0 || y == 0)
        return x == 0 ? 0 : 1;
    bool below = x < (a + 1) / (a + b + 2);
    return below ? beta_fraction(a, b, x, y) : 1 - beta_fraction(b, a, y, x);
}

static double beta_at(const struct distribution *self, double x) {
    return hone_beta_cdf(self->a, self->b, x, 1 - x);
}

double hone_beta_quantile(double p, double a, double b) {
    const struct distribution beta = {beta_at, a, b};
    if (!(p >= 0 && p <= 1 && a > 0 && b > 0))
        return NAN;
    return p == 0 ? 0 : p == 1 ? 1 : pass(&beta, p, 0, 1);
}

double hone_student_two_sided(double t, double df) {
    if (isinf(df))
        return 2 * hone_normal_cdf(-fabs(t));
    if (isinf(t))
        return df > 0 ? 0 : NAN;
    double square = t * t, sum = df + square;
    return hone_beta_cdf(df / 2, 0.5, df / sum, square / sum);
}

double hone_student_cdf(double t, double df) {
    double outside = hone_student_two_sided(t, df);
    return t < 0 ? outside / 2 : 1 - outside / 2;
}

/* -P(|T| >= x) / 2: ascending, and with all digits in the tail. */
static double student_at(const struct distribution *self, double x) {
    return -hone_student_two_sided(x, self->a) / 2;
}

double hone_student_quantile(double p, double df) {
    if (!(p >= 0 && p <= 1 && df > 0))
        return NAN;
    if (p == 0.5)
        return 0;
    if (p > 0.5)
        return -hone_student_quantile(1 - p, df);
    if (p == 0 || isinf(df))
        return hone_normal_quantile(p);
    const struct distribution student = {student_at, df, 0};
    double high = 1;
    while (student_at(&student, high) < -p && high < 1e300)
        high *= 2;
    return -pass(&student, -p, 0, high);
}

double hone_f_tail(double f, double df1, double df2) {
    if (isinf(f) && f > 0)
        return 0;
    double part = df1 * f, sum = part + df2;
    return hone_beta_cdf(df2 / 2, df1 / 2, df2 / sum, part / sum);
}

double hone_binomial_pmf(double k, double n, double p) {
    if (!(k >= 0 && k <= n && p >= 0 && p <= 1))
        return NAN;
    if (p == 0 || p == 1)
        return k == (p == 0 ? 0 : n) ? 1 : 0;
    if (k == 0 || k == n)
        return exp(n * (k == 0 ? log1p(-p) : log(p)));
    return binomial_raw(k, n, p, 1 - p);
}

double hone_binomial_cdf(double k, double n, double p) {
    if (!(n >= 0 && p >= 0 && p <= 1))
        return NAN;
    if (k < 0 || k >= n)
        return k < 0 ? 0 : 1;
    return hone_beta_cdf(n - k, k + 1, 1 - p, p);
}

/* ---- studentised range --------------------------------------------------------------------- */

double hone_range_cdf(double q, double k) {
    if (!(k >= 2) || isnan(q))
        return NAN;
    if (q <= 0 || isinf(q))
        return q <= 0 ? 0 : 1;
    const double step = 1.0 / 32;
    double sum = 0;
    for (int i = -39 * 32; i <= 39 * 32; i++) { /* phi is 0 beyond */
        double z = i * step;
        double within = z > 0 ? hone_normal_cdf(q - z) - hone_normal_cdf(-z)
                              : hone_normal_cdf(z) - hone_normal_cdf(z - q);
        sum += exp(-0.5 * z * z - HALF_LOG_2PI) * pow(within, k - 1);
    }
    return fmin(1, k * sum * step);
}

static double range_at(const struct distribution *self, double x) {
    return hone_range_cdf(x, self->a);
}

double hone_range_quantile(double p, double k) {
    if (!(p >= 0 && p < 1 && k >= 2))
        return p == 1 && k >= 2 ? INFINITY : NAN;
    const struct distribution range = {range_at, k, 0};
    return p == 0 ? 0 : pass(&range, p, 0, 100);
}
