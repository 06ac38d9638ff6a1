/* Bins against their definition: bin b holds upper[b-1] < x <= upper[b]. */
#include "classic/gbdt/binning.h"
#include "core/alloc.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

/* n x 4: normal with a missing value in every 97th row, a few whole numbers, skew with a frequent
 * value, and all missing. */
static double *make(size_t n) {
    double *x = malloc(n * 4 * sizeof *x);
    hone_rng rng = hone_rng_at(7, 0);
    for (size_t i = 0; i < n; i++) {
        x[4 * i] = i % 97 == 3 ? (double)NAN : hone_rng_normal(&rng);
        x[4 * i + 1] = (double)hone_rng_below(&rng, 11) - 5;
        double skew = hone_rng_uniform(&rng);
        x[4 * i + 2] = skew < 0.4 ? 0.0 : pow(skew, 9);
        x[4 * i + 3] = (double)NAN;
    }
    return x;
}

static hone_bins *bins_of(const double *x, size_t n, size_t m, size_t max_bins, int threads) {
    hone_dataset data = {.x = hone_view_of(x, n, m)};
    hone_monitor mon = {.threads = threads};
    hone_bins *bins = NULL;
    cr_assert_eq(hone_bins_make(&data, max_bins, 3, &mon, &bins, NULL), HONE_OK);
    return bins;
}

static size_t plain_bin(const hone_bin_column *column, double x) {
    size_t b = 0;
    if (isnan(x))
        return column->n_bins;
    while (b + 1 < column->n_bins && x > column->upper[b])
        b++;
    return b;
}

Test(gbdt_binning, each_value_lies_between_the_thresholds_of_its_bin) {
    size_t sizes[] = {1, 2, 37, 64, 65, 1000, 90000}, most[] = {2, 3, 64, 255};
    for (size_t s = 0; s < 7; s++)
        for (size_t b = 0; b < 4; b++) {
            double *x = make(sizes[s]);
            hone_bins *bins = bins_of(x, sizes[s], 4, most[b], 1);
            for (size_t j = 0; j < 4; j++)
                cr_assert_leq(bins->column[j].n_bins, most[b]);
            for (size_t i = 0; i < sizes[s] * 4; i++)
                cr_assert_eq(bins->bin[i / 4 * bins->stride + i % 4],
                             plain_bin(&bins->column[i % 4], x[i]), "cell %zu of %zu", i, sizes[s]);
            cr_assert_eq(bins->column[3].n_bins, 0);
            cr_assert(bins->column[3].missing);
            cr_assert_not(bins->column[1].missing);
            hone_bins_free(bins);
            free(x);
        }
}

Test(gbdt_binning, few_values_have_a_bin_each_and_many_have_even_ones) {
    size_t n = 90000;
    double *x = make(n);
    hone_bins *bins = bins_of(x, n, 4, 255, 1);
    size_t count[3][256] = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < 3; j++)
            count[j][bins->bin[i * bins->stride + j]]++;
    cr_assert_eq(bins->column[1].n_bins, 11);
    for (size_t b = 0; b < 10; b++)
        cr_assert_eq(bins->column[1].upper[b], (double)b - 4.5);
    cr_assert_eq(bins->column[0].n_bins, 255);
    for (size_t b = 0; b < 255; b++)
        cr_assert(count[0][b] > n / 255 / 2 && count[0][b] < 2 * n / 255, "bin %zu: %zu", b,
                  count[0][b]);
    cr_assert_gt(count[2][0], n * 2 / 5 - 1000); /* the frequent value: few share its bin */
    cr_assert_lt(count[2][0], n * 2 / 5 + 1000);
    cr_assert_gt(bins->column[2].n_bins, 240);
    hone_bins_free(bins);
    free(x);
}

Test(gbdt_binning, few_values_are_known_and_many_are_not) {
    size_t sizes[] = {1000, 90000};
    for (size_t s = 0; s < 2; s++) {
        double *x = make(sizes[s]);
        hone_bins *bins = bins_of(x, sizes[s], 4, 255, 1);
        cr_assert_null(bins->column[0].value);
        cr_assert_not_null(bins->column[1].value);
        for (size_t i = 0; i < sizes[s]; i++)
            cr_assert_eq(bins->column[1].value[bins->bin[i * bins->stride + 1]], x[4 * i + 1]);
        hone_bins_free(bins);
        free(x);
    }
}

Test(gbdt_binning, threads_change_nothing) {
    size_t n = 90000;
    double *x = make(n);
    hone_bins *one = bins_of(x, n, 4, 200, 1), *four = bins_of(x, n, 4, 200, 4);
    cr_assert_arr_eq(one->bin, four->bin, n * one->stride);
    for (size_t j = 0; j < 3; j++)
        cr_assert_arr_eq(one->column[j].upper, four->column[j].upper,
                         (one->column[j].n_bins - 1) * sizeof(double));
    hone_bins_free(one);
    hone_bins_free(four);
    free(x);
}

Test(gbdt_binning, neighbouring_numbers_and_both_ends_of_the_range_are_told_apart) {
    double x[] = {1.0, nextafter(1.0, 2.0), -1.7e308, 1.7e308, -0.0, 0.0};
    hone_bins *bins = bins_of(x, 6, 1, 255, 1);
    uint8_t expected[] = {2, 3, 0, 4, 1, 1};
    cr_assert_eq(bins->column[0].n_bins, 5);
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(bins->bin[i * bins->stride], expected[i], "row %zu", i);
    hone_bins_free(bins);
}

Test(gbdt_binning, rare_and_unknown_categories_share_the_bin_of_missing_ones) {
    double x[] = {2, 2, 2, 0, 0, 5, 4, 4, (double)NAN, 9}; /* 9: no level of the schema */
    hone_column column = {.name = "c", .kind = HONE_CATEGORICAL, .n_levels = 6};
    hone_schema schema = {.n_columns = 1, .columns = &column};
    hone_dataset data = {.x = hone_view_of(x, 10, 1), .schema = &schema};
    hone_bins *bins = NULL;
    cr_assert_eq(hone_bins_make(&data, 3, 0, NULL, &bins, NULL), HONE_OK);
    uint8_t expected[] = {0, 0, 0, 1, 1, 3, 2, 2, 3, 3};
    int32_t codes[] = {2, 0, 4};
    cr_assert_eq(bins->column[0].n_bins, 3);
    cr_assert(bins->column[0].missing);
    cr_assert_arr_eq(bins->column[0].code, codes, sizeof codes);
    for (size_t i = 0; i < 10; i++)
        cr_assert_eq(bins->bin[i * bins->stride], expected[i], "row %zu", i);
    hone_bins_free(bins);
}

Test(gbdt_binning, every_allocation_may_fail) {
    double *x = make(500);
    hone_dataset data = {.x = hone_view_of(x, 500, 4)};
    hone_monitor mon = {.threads = 1};
    for (long k = 1;; k++) {
        hone_bins *bins = NULL;
        hone_alloc_fail_at(k, 0);
        long live = hone_alloc_live();
        hone_status status = hone_bins_make(&data, 16, 0, &mon, &bins, NULL);
        hone_alloc_fail_at(0, 0);
        hone_bins_free(bins);
        cr_assert_eq(hone_alloc_live(), live);
        if (status == HONE_OK)
            break;
        cr_assert_eq(status, HONE_ENOMEM);
    }
    free(x);
}
