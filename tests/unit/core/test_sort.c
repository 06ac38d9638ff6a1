#include "core/alloc.h"
#include "core/rng.h"
#include "core/sort.h"
#include "core/sum.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = 5000 };

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

Test(sort, keys_compare_like_their_doubles) {
    static const double up[] = {-INFINITY, -DBL_MAX, -1, -DBL_MIN, -0x1p-1074, 0,
                                0x1p-1074, DBL_MIN,  1,  DBL_MAX,  INFINITY};
    for (size_t i = 0; i < sizeof up / sizeof *up; i++) {
        cr_expect(i == 0 || hone_sort_key(up[i - 1]) < hone_sort_key(up[i]), "%zu", i);
        cr_expect_eq(hone_sort_value(hone_sort_key(up[i])), up[i]);
    }
    cr_expect_eq(hone_sort_key(-0.0), hone_sort_key(0.0));
    cr_expect_gt(hone_sort_key(NAN), hone_sort_key(INFINITY));
}

/* Any size, few or many distinct values, against the C library; rows of equal keys stay in order.
 */
Test(sort, agrees_with_qsort_and_is_stable) {
    static double value[MOST];
    static uint64_t keys[MOST], bare[MOST];
    static size_t rows[MOST];
    hone_rng rng = hone_rng_at(11, 1);
    for (size_t n = 0; n < MOST; n = n * 5 / 4 + 1) {
        size_t levels = n % 3 ? 1 + n / 8 : (size_t)1 << 50;
        for (size_t i = 0; i < n; i++) {
            value[i] = ((double)hone_rng_below(&rng, levels) - (double)(levels / 3)) * 1.7e-5;
            bare[i] = keys[i] = hone_sort_key(value[i]);
            rows[i] = i;
        }
        cr_assert_eq(hone_sort_keys(keys, rows, n, NULL), HONE_OK);
        cr_assert_eq(hone_sort_keys(bare, NULL, n, NULL), HONE_OK);
        for (size_t i = 0; i < n; i++) {
            cr_assert_eq(keys[i], hone_sort_key(value[rows[i]]));
            cr_assert(i == 0 || keys[i] != keys[i - 1] || rows[i] > rows[i - 1]);
        }
        qsort(value, n, sizeof *value, ascending);
        for (size_t i = 0; i < n; i++)
            cr_assert(hone_sort_value(keys[i]) == value[i] && bare[i] == keys[i]);
    }
}

Test(sort, without_memory_nothing_moves) {
    static uint64_t keys[MOST];
    static size_t rows[MOST];
    for (size_t i = 0; i < MOST; i++)
        keys[i] = rows[i] = MOST - i;
    for (long k = 1; k <= 2; k++) {
        hone_alloc_fail_at(k, 1);
        hone_status status = hone_sort_keys(keys, rows, MOST, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert_eq(status, HONE_ENOMEM);
        for (size_t i = 0; i < MOST; i++)
            cr_assert(keys[i] == MOST - i && rows[i] == MOST - i);
    }
}

Test(sum, keeps_what_plain_addition_loses) {
    hone_sum sum = {0};
    static const double terms[] = {1, 1e100, 1, -1e100};
    for (size_t i = 0; i < 4; i++)
        hone_sum_add(&sum, terms[i]);
    cr_expect_eq(hone_sum_value(sum), 2);
    hone_sum far = {0};
    hone_sum_add(&far, INFINITY);
    hone_sum_add(&far, 1);
    cr_expect_eq(hone_sum_value(far), INFINITY);
}

Test(sum, of_any_length_is_right) {
    static double terms[MOST];
    hone_rng rng = hone_rng_at(11, 2);
    long double exact = 0;
    for (size_t n = 0; n < MOST; n++) {
        cr_assert(fabsl((long double)hone_sum_of(terms, n) - exact) <= 1e-14L * (1 + exact), "%zu",
                  n);
        terms[n] = hone_rng_uniform(&rng) * (n % 7 ? 1 : 1e6);
        exact += terms[n];
    }
}
