/* test_svm_platt.c -- sigmoids and coupling against optima found in another way. */
#include "classic/svm_impl.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>

enum { ROWS = 200, CLASSES = 6 };

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

Test(svm_platt, reaches_the_optimum_of_a_blind_search) {
    static const double scales[] = {1, 0.01, 30};
    double f[ROWS], y[ROWS], a, b, a2, b2;
    for (size_t i = 0; i < 3; i++) {
        noisy(f, y, 0.5 * scales[i], scales[i]);
        hone_svm_platt_fit(f, y, ROWS, &a, &b);
        search(f, y, &a2, &b2);
        cr_assert_lt(a, 0, "a larger value must mean a larger probability");
        /* where the loss is flat to the last bit, the search knows a and b to 1e-7 */
        cr_assert_leq(fabs(a - a2) * scales[i], 1e-6, "a %.12g, search %.12g", a, a2);
        cr_assert_leq(fabs(b - b2), 1e-6, "b %.12g, search %.12g", b, b2);
        cr_assert_leq(loss(f, y, a, b), loss(f, y, a2, b2) * (1 + 1e-14));
    }
}

Test(svm_platt, the_gradient_vanishes) {
    double f[ROWS], y[ROWS], a, b, ga = 0, gb = 0, positive = 0;
    noisy(f, y, 0.2, 1);
    hone_svm_platt_fit(f, y, ROWS, &a, &b);
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

Test(svm_platt, separated_constant_and_huge_values_stay_finite) {
    double f[ROWS], y[ROWS], a, b;
    for (size_t i = 0; i < ROWS; i++)
        y[i] = i % 2 ? 1 : -1, f[i] = 1e6 * y[i];
    hone_svm_platt_fit(f, y, ROWS, &a, &b);
    cr_assert(isfinite(a) && isfinite(b));
    cr_assert_lt(fabs(1 / (1 + exp(a * 1e6 + b)) - 101. / 102), 1e-9,
                 "the target of the rows of +1");
    for (size_t i = 0; i < ROWS; i++)
        f[i] = 0;
    hone_svm_platt_fit(f, y, ROWS, &a, &b);
    cr_assert_eq(a, 0);
    cr_assert_lt(fabs(b), 1e-12);
    cr_assert_eq(hone_svm_platt(1e300, -1e5, 0), 1 - 1e-7);
    cr_assert_eq(hone_svm_platt(-1e300, -1e5, 0), 1e-7);
}

/* ---- coupling --------------------------------------------------------------------------- */

static void random_pairs(uint64_t stream, double *r) {
    hone_rng rng = hone_rng_at(5, stream);
    for (size_t i = 0; i < CLASSES * (CLASSES - 1) / 2; i++)
        r[i] = 0.001 + 0.998 * hone_rng_uniform(&rng);
}

static double pair(const double *r, size_t i, size_t j) { /* P(i | i or j) */
    size_t at = 0;
    for (size_t a = 0; a < CLASSES; a++)
        for (size_t b = a + 1; b < CLASSES; b++, at++) {
            if (a == i && b == j)
                return r[at];
            if (a == j && b == i)
                return 1 - r[at];
        }
    return 0;
}

static double disagreement(const double *r, const double *p) {
    double sum = 0;
    for (size_t i = 0; i < CLASSES; i++)
        for (size_t j = 0; j < CLASSES; j++)
            if (i != j)
                sum += pow(pair(r, j, i) * p[i] - pair(r, i, j) * p[j], 2);
    return sum;
}

Test(svm_platt, coupling_recovers_what_pairs_agree_on) {
    static const double truth[CLASSES] = {0.4, 0.3, 0.15, 0.1, 0.04, 0.01};
    double r[CLASSES * CLASSES], p[CLASSES], work[CLASSES * CLASSES];
    size_t n = 0;
    for (size_t i = 0; i < CLASSES; i++)
        for (size_t j = i + 1; j < CLASSES; j++)
            r[n++] = truth[i] / (truth[i] + truth[j]);
    cr_assert_eq(hone_svm_couple(r, CLASSES, p, work, NULL), HONE_OK);
    for (size_t i = 0; i < CLASSES; i++)
        cr_assert_lt(fabs(p[i] - truth[i]), 1e-14);
}

Test(svm_platt, coupling_is_the_minimum_on_the_simplex) {
    double r[CLASSES * CLASSES], p[CLASSES], q[CLASSES], work[CLASSES * CLASSES];
    for (uint64_t stream = 0; stream < 20; stream++) {
        double sum = 0;
        random_pairs(stream, r);
        cr_assert_eq(hone_svm_couple(r, CLASSES, p, work, NULL), HONE_OK);
        for (size_t i = 0; i < CLASSES; i++) {
            cr_assert_gt(p[i], 0);
            sum += p[i];
        }
        cr_assert_lt(fabs(sum - 1), 1e-15);
        for (size_t i = 0; i < CLASSES; i++)
            for (size_t j = 0; j < CLASSES; j++) { /* any exchange between two classes is worse */
                for (size_t k = 0; k < CLASSES; k++)
                    q[k] = p[k] + (k == i ? 1e-4 : 0) - (k == j ? 1e-4 : 0);
                if (i != j)
                    cr_assert_gt(disagreement(r, q), disagreement(r, p));
            }
    }
}

Test(svm_platt, coupling_bears_certainties) {
    double r[CLASSES * CLASSES], p[CLASSES], work[CLASSES * CLASSES], sum = 0;
    for (size_t i = 0; i < CLASSES * (CLASSES - 1) / 2; i++)
        r[i] = 1 - 1e-7; /* a chain: 0 beats all, 1 beats all but 0, ... */
    cr_assert_eq(hone_svm_couple(r, CLASSES, p, work, NULL), HONE_OK);
    for (size_t i = 0; i < CLASSES; i++)
        sum += p[i];
    cr_assert_lt(fabs(sum - 1), 1e-15);
    cr_assert_gt(p[0], 0.999999);
}
