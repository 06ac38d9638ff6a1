/* test_platt.c -- Platt's sigmoid against optima found in another way. */
#include "core/rng.h"
#include "optim/platt.h"

#include <criterion/criterion.h>
#include <math.h>

enum { ROWS = 200 };

static void noisy(double *f, double *y, double shift, double scale) {
    hone_rng rng = hone_rng_at(3, 1);
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = i % 3 ? 1 : -1;
        f[i] = scale * (y[i] + 1.5 * hone_rng_normal(&rng)) + shift;
    }
}

static double loss(const double *f, const double *y, double a, double b) {
    double positive = 0, sum = 0;
    for (size_t i = 0; i < ROWS; i++)
        positive += y[i] > 0;
    for (size_t i = 0; i < ROWS; i++) {
        double t = y[i] > 0 ? (positive + 1) / (positive + 2) : 1 / (ROWS - positive + 2);
        double p = 1 / (1 + exp(a * f[i] + b));
        sum -= t * log(p) + (1 - t) * log(1 - p);
    }
    return sum;
}

/* Walks along both axes and diagonals, halving the step when no move helps. */
static void search(const double *f, const double *y, double *a, double *b) {
    double best = loss(f, y, *a = 0, *b = 0);
    for (double step = 1; step > 1e-9;) {
        bool better = false;
        for (int move = 0; move < 9; move++) {
            double a2 = *a + step * (move / 3 - 1), b2 = *b + step * (move % 3 - 1);
            double value = loss(f, y, a2, b2);
            if (value < best)
                best = value, *a = a2, *b = b2, better = true;
        }
        if (!better)
            step /= 2;
    }
}

static void fit(const double *f, const double *y, double *a, double *b) {
    hone_platt s = hone_platt_fit(f, y, NULL, ROWS);
    *a = s.a, *b = s.b;
}

Test(platt, reaches_the_optimum_of_a_blind_search) {
    static const double scales[] = {1, 0.01, 30};
    double f[ROWS], y[ROWS], a, b, a2, b2;
    for (size_t i = 0; i < 3; i++) {
        noisy(f, y, 0.5 * scales[i], scales[i]);
        fit(f, y, &a, &b);
        search(f, y, &a2, &b2);
        cr_assert_lt(a, 0, "a larger value must mean a larger probability");
        /* where the loss is flat to the last bit, the search knows a and b to 1e-7 */
        cr_assert_leq(fabs(a - a2) * scales[i], 1e-6, "a %.12g, search %.12g", a, a2);
        cr_assert_leq(fabs(b - b2), 1e-6, "b %.12g, search %.12g", b, b2);
        cr_assert_leq(loss(f, y, a, b), loss(f, y, a2, b2) * (1 + 1e-14));
    }
}

Test(platt, the_gradient_vanishes) {
    double f[ROWS], y[ROWS], a, b, ga = 0, gb = 0, positive = 0;
    noisy(f, y, 0.2, 1);
    fit(f, y, &a, &b);
    for (size_t i = 0; i < ROWS; i++)
        positive += y[i] > 0;
    for (size_t i = 0; i < ROWS; i++) {
        double t = y[i] > 0 ? (positive + 1) / (positive + 2) : 1 / (ROWS - positive + 2);
        double d = t - 1 / (1 + exp(a * f[i] + b));
        ga += f[i] * d, gb += d;
    }
    cr_assert_leq(fabs(ga), 1e-9, "%g", ga);
    cr_assert_leq(fabs(gb), 1e-9, "%g", gb);
}

Test(platt, separated_constant_and_huge_values_stay_finite) {
    double f[ROWS], y[ROWS], a, b;
    for (size_t i = 0; i < ROWS; i++)
        y[i] = i % 2 ? 1 : -1, f[i] = 1e6 * y[i];
    fit(f, y, &a, &b);
    cr_assert(isfinite(a) && isfinite(b));
    cr_assert_lt(fabs(1 / (1 + exp(a * 1e6 + b)) - 101. / 102), 1e-9,
                 "the target of the rows of +1");
    for (size_t i = 0; i < ROWS; i++)
        f[i] = 0;
    fit(f, y, &a, &b);
    cr_assert_eq(a, 0);
    cr_assert_lt(fabs(b), 1e-12);
}

Test(platt, weight_two_is_the_row_twice) {
    double f[2 * ROWS], y[2 * ROWS], weight[ROWS];
    size_t n = ROWS;
    noisy(f, y, 0.5, 1);
    for (size_t i = 0; i < ROWS; i++) {
        weight[i] = i % 4 ? 1 : 2;
        if (weight[i] > 1)
            f[n] = f[i], y[n++] = y[i];
    }
    hone_platt a = hone_platt_fit(f, y, weight, ROWS), b = hone_platt_fit(f, y, NULL, n);
    cr_assert_float_eq(a.a, b.a, 1e-10);
    cr_assert_float_eq(a.b, b.b, 1e-10);
}

Test(platt, bears_any_number) {
    cr_assert_eq(hone_platt_of(1e300), 0);
    cr_assert_eq(hone_platt_of(-1e300), 1);
    cr_assert_eq(hone_platt_of(0), 0.5);
    cr_assert_float_eq(hone_platt_of(3), 1 - hone_platt_of(-3), 2.3e-16);
}
