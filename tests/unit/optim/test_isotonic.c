/* test_isotonic.c -- pooling against the min-max formula, and what every answer must keep. */
#include "core/alloc.h"
#include "core/rng.h"
#include "optim/isotonic.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { MOST = 40 };

static double mean(const double *y, const double *w, size_t first, size_t end) {
    double sum = 0, total = 0;
    for (size_t i = first; i < end; i++)
        sum += w[i] * y[i], total += w[i];
    return sum / total;
}

/* f_i = max over a <= i of min over b > i of the mean of [a, b): Barlow et al. 1972. */
static double min_max(const double *y, const double *w, size_t n, size_t i) {
    double best = -INFINITY;
    for (size_t a = 0; a <= i; a++) {
        double least = INFINITY;
        for (size_t b = i + 1; b <= n; b++)
            least = fmin(least, mean(y, w, a, b));
        best = fmax(best, least);
    }
    return best;
}

Test(isotonic, is_the_min_max_of_means) {
    hone_rng rng = hone_rng_at(1, 0);
    for (int trial = 0; trial < 1000; trial++) {
        double y[MOST], w[MOST], fit[MOST];
        size_t n = 1 + hone_rng_below(&rng, MOST);
        for (size_t i = 0; i < n; i++) { /* few values, so that ties happen */
            y[i] = trial % 2 ? (double)hone_rng_below(&rng, 3) : hone_rng_normal(&rng);
            w[i] = trial % 3 ? 1 + (double)hone_rng_below(&rng, 3) : 0.1 + hone_rng_uniform(&rng);
        }
        memcpy(fit, y, n * sizeof *fit);
        cr_assert_eq(hone_isotonic(fit, w, n, NULL), HONE_OK);
        for (size_t i = 0; i < n; i++) {
            cr_assert_float_eq(fit[i], min_max(y, w, n, i), 1e-12);
            cr_assert(i == 0 || fit[i] >= fit[i - 1]);
        }
    }
}

Test(isotonic, without_weights_all_are_one_and_what_ascends_stays) {
    double a[] = {3, 1, 2, 5, 4}, b[] = {3, 1, 2, 5, 4}, ones[] = {1, 1, 1, 1, 1};
    const double fitted[] = {2, 2, 2, 4.5, 4.5};
    cr_assert_eq(hone_isotonic(a, NULL, 5, NULL), HONE_OK);
    cr_assert_eq(hone_isotonic(b, ones, 5, NULL), HONE_OK);
    cr_assert_arr_eq(a, fitted, sizeof a);
    cr_assert_arr_eq(b, fitted, sizeof b);
    cr_assert_eq(hone_isotonic(a, NULL, 5, NULL), HONE_OK);
    cr_assert_arr_eq(a, fitted, sizeof a);
    cr_assert_eq(hone_isotonic(a, NULL, 0, NULL), HONE_OK);
}

Test(isotonic, a_failing_allocation_changes_nothing) {
    double y[] = {2, 1};
    hone_alloc_fail_at(1, 0);
    cr_assert_eq(hone_isotonic(y, NULL, 2, NULL), HONE_ENOMEM);
    hone_alloc_fail_at(0, 0);
    cr_assert_eq(y[0], 2);
}
