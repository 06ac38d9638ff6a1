/* test_svm_platt.c -- probabilities of pairs, and their coupling against optima found in another
 * way.
 */
#include "classic/svm/svm.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>

enum { CLASSES = 6 };

Test(svm_platt, certainty_is_kept_away) {
    cr_assert_eq(hone_svm_platt(1e300, -1e5, 0), 1 - 1e-7);
    cr_assert_eq(hone_svm_platt(-1e300, -1e5, 0), 1e-7);
    cr_assert_float_eq(hone_svm_platt(0.5, -2, 0.25), 1 / (1 + exp(-0.75)), 1e-15);
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
