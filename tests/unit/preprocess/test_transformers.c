#include "core/alloc.h"
#include "core/estimator_impl.h"
#include "core/rng.h"
#include "preprocess/preprocess.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const hone_class *const ALL[] = {&hone_simple_imputer, &hone_one_hot_encoder,
                                        &hone_standard_scaler, &hone_min_max_scaler};

/* age | sex | deck: one numeric and two categorical columns */
static const char *const SEXES[] = {"female", "male"};
static const char *const DECKS[] = {"A", "B", "C"};
static const hone_column COLUMNS[] = {
    {.name = "age"}, {"sex", HONE_CATEGORICAL, 2, SEXES}, {"deck", HONE_CATEGORICAL, 3, DECKS}};
static const hone_schema SCHEMA = {.n_columns = 3, .columns = COLUMNS};

static hone_dataset table(const double *x, size_t n) {
    return (hone_dataset){.x = hone_view_of(x, n, 3), .schema = &SCHEMA};
}

static hone_dataset numbers(const double *x, size_t n, size_t m) {
    return (hone_dataset){.x = hone_view_of(x, n, m)};
}

static hone_estimator *make(const hone_class *cls, const char *params) {
    hone_estimator *est = NULL;
    hone_error err = {0};
    cr_assert_eq(hone_estimator_new(cls, &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    return est;
}

static hone_estimator *fitted(const hone_class *cls, const char *params, hone_dataset data,
                              const hone_monitor *mon) {
    hone_estimator *est = make(cls, params);
    hone_error err = {0};
    cr_assert_eq(hone_fit(est, &data, mon, &err), HONE_OK, "%s", err.message);
    return est;
}

static void gives(const hone_estimator *est, hone_dataset data, const double *want, size_t cols) {
    double out[64];
    hone_error err = {0};
    cr_assert_eq(hone_output_schema(est)->n_columns, cols);
    cr_assert_eq(hone_transform(est, &data, out, NULL, &err), HONE_OK, "%s", err.message);
    for (size_t i = 0; i < data.x.rows * cols; i++)
        cr_expect((isnan(out[i]) && isnan(want[i])) || out[i] == want[i],
                  "cell %zu is %.17g, expected %.17g", i, out[i], want[i]);
}

static void fails(const hone_class *cls, const char *params, hone_dataset data, hone_status status,
                  const char *message) {
    hone_estimator *est = make(cls, params);
    hone_error err = {0};
    cr_expect_eq(hone_fit(est, &data, NULL, &err), status);
    cr_expect_str_eq(err.message, message);
    hone_free(est);
}

/* Warnings, one after the other. */
static void keep_warning(void *user, const char *message) {
    strcat(strcat(user, message), "\n");
}

/* ---- simple_imputer -------------------------------------------------------------------------- */

Test(imputer, categories_become_the_most_frequent_whatever_the_strategy) {
    const double x[] = {1, 1, 2, 3, 0, 2, NAN, 1, 0, 8, NAN, NAN};
    const double want[] = {4, 1, 2, 5, 1, 2};
    const double asked[] = {NAN, NAN, NAN, 5, NAN, NAN};
    hone_estimator *est = fitted(&hone_simple_imputer, "strategy=mean", table(x, 4), NULL);
    gives(est, table(asked, 2), want, 3);
    const hone_schema *schema = hone_output_schema(est);
    cr_expect_eq(schema->n_targets, 0);
    cr_expect_eq(schema->columns[1].kind, HONE_CATEGORICAL);
    cr_expect_str_eq(schema->columns[2].levels[2], "C");
    hone_free(est);

    est = fitted(&hone_simple_imputer, "strategy=constant fill_value=-1", table(x, 4), NULL);
    const double constant[] = {-1, 1, 2, 5, 1, 2};
    gives(est, table(asked, 2), constant, 3);
    hone_free(est);
}

Test(imputer, the_smallest_wins_a_tie) {
    const double x[] = {7, -1, 7, -1, 3, NAN}, want[] = {-1};
    hone_estimator *est =
        fitted(&hone_simple_imputer, "strategy=most_frequent", numbers(x, 6, 1), NULL);
    gives(est, numbers(x + 5, 1, 1), want, 1);
    hone_free(est);
}

Test(imputer, a_column_without_values_becomes_zero_and_is_named) {
    const double x[] = {NAN, NAN, NAN, NAN, NAN, 1}, want[] = {0, 0, 1};
    char warnings[1000] = "";
    hone_monitor mon = {.user = warnings, .warn = keep_warning};
    hone_estimator *est = fitted(&hone_simple_imputer, "strategy=median", table(x, 2), &mon);
    gives(est, table(x, 1), want, 3);
    cr_expect_str_eq(warnings, "simple_imputer: column 'age' has no value; it becomes 0\n"
                               "simple_imputer: column 'sex' has no value; it becomes its first "
                               "level\n");
    hone_free(est);
    warnings[0] = 0;
    est = fitted(&hone_simple_imputer, "strategy=constant fill_value=5", numbers(x, 3, 1), &mon);
    const double five[] = {5};
    gives(est, numbers(x, 1, 1), five, 1);
    cr_expect_str_eq(warnings, "", "the constant was asked for");
    hone_free(est);
}

/* Whole weights are rows: for every strategy and any weights. */
Test(imputer, weight_two_is_the_row_twice) {
    static const char *const strategies[] = {"strategy=mean", "strategy=median",
                                             "strategy=most_frequent"};
    static double x[100], weight[100], repeated[400];
    const double missing[] = {NAN};
    hone_rng rng = hone_rng_at(5, 1);
    for (int trial = 0; trial < 300; trial++) {
        size_t n = 1 + hone_rng_below(&rng, 100), m = 0;
        for (size_t i = 0; i < n; i++) {
            x[i] = (double)hone_rng_below(&rng, 20) / 4;
            weight[i] = (double)(i == 0 ? 1 : hone_rng_below(&rng, 4));
            for (double w = 0; w < weight[i]; w++)
                repeated[m++] = x[i];
        }
        hone_dataset heavy = numbers(x, n, 1);
        heavy.weights = weight;
        for (size_t s = 0; s < 3; s++) {
            double a, b;
            hone_dataset asked = numbers(missing, 1, 1);
            hone_estimator *one = fitted(&hone_simple_imputer, strategies[s], heavy, NULL);
            hone_estimator *two =
                fitted(&hone_simple_imputer, strategies[s], numbers(repeated, m, 1), NULL);
            cr_assert_eq(hone_transform(one, &asked, &a, NULL, NULL), HONE_OK);
            cr_assert_eq(hone_transform(two, &asked, &b, NULL, NULL), HONE_OK);
            cr_assert(fabs(a - b) <= (s == 0 ? 1e-15 * a : 0), "trial %d, %s: %.17g and %.17g",
                      trial, strategies[s], a, b);
            hone_free(one);
            hone_free(two);
        }
    }
}

Test(imputer, a_mean_that_overflows_is_an_error) {
    const double x[] = {1.7e308, -1.7e308, NAN};
    fails(&hone_simple_imputer, "strategy=mean", numbers(x, 3, 1), HONE_ENUMERIC,
          "simple_imputer: the sum of column 'x0' overflows");
}

/* ---- one_hot_encoder ------------------------------------------------------------------------- */

Test(one_hot, each_level_gets_a_named_column_seen_or_not) {
    const double x[] = {30, 1, 0, 41, 0, 2}; /* deck B is not there */
    const double want[] = {30, 0, 1, 1, 0, 0, 41, 1, 0, 0, 0, 1};
    static const char *const names[] = {"age",    "sex=female", "sex=male",
                                        "deck=A", "deck=B",     "deck=C"};
    hone_estimator *est = fitted(&hone_one_hot_encoder, "", table(x, 2), NULL);
    gives(est, table(x, 2), want, 6);
    for (size_t j = 0; j < 6; j++) {
        cr_expect_str_eq(hone_output_schema(est)->columns[j].name, names[j]);
        cr_expect_eq(hone_output_schema(est)->columns[j].kind, HONE_NUMERIC);
    }
    hone_free(est);
}

Test(one_hot, drop_leaves_out_the_first_level) {
    const double x[] = {30, 1, 0, 41, 0, 2};
    const double binary[] = {30, 1, 1, 0, 0, 41, 0, 0, 0, 1}, first[] = {30, 1, 0, 0, 41, 0, 0, 1};
    hone_estimator *est = fitted(&hone_one_hot_encoder, "drop=if_binary", table(x, 2), NULL);
    gives(est, table(x, 2), binary, 5);
    cr_expect_str_eq(hone_output_schema(est)->columns[1].name, "sex=male");
    hone_free(est);
    est = fitted(&hone_one_hot_encoder, "drop=first", table(x, 2), NULL);
    gives(est, table(x, 2), first, 4);
    cr_expect_str_eq(hone_output_schema(est)->columns[2].name, "deck=B");
    hone_free(est);
}

Test(one_hot, unknown_and_missing_categories) {
    static const char *const decks[] = {"A", "Z"};
    const hone_column columns[] = {COLUMNS[0], COLUMNS[1], {"deck", HONE_CATEGORICAL, 2, decks}};
    const hone_schema schema = {.n_columns = 3, .columns = columns};
    const double x[] = {30, 1, 0}, new[] = {NAN, NAN, 1, 5, 0, 0};
    const double want[] = {NAN, 0, 0, 0, 0, 0, 5, 1, 0, 1, 0, 0};
    double out[12];
    hone_error err;
    hone_dataset asked = {.x = hone_view_of(new, 2, 3), .schema = &schema};
    hone_estimator *est = fitted(&hone_one_hot_encoder, "", table(x, 1), NULL);
    gives(est, asked, want, 6);
    hone_free(est);

    est = fitted(&hone_one_hot_encoder, "handle_unknown=error", table(x, 1), NULL);
    cr_expect_eq(hone_transform(est, &asked, out, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "one_hot_encoder: column 2 holds a missing category; expected "
                                  "one known from fit, or handle_unknown=ignore");
    const double fresh[] = {1, 1, 1};
    asked.x = hone_view_of(fresh, 1, 3);
    cr_expect_eq(hone_transform(est, &asked, out, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "one_hot_encoder: column 3 holds a new category; expected one "
                                  "known from fit, or handle_unknown=ignore");
    hone_free(est);
}

Test(one_hot, no_column_left_is_an_error) {
    const hone_column column = {"sex", HONE_CATEGORICAL, 1, SEXES};
    const hone_schema schema = {.n_columns = 1, .columns = &column};
    const double x[] = {0, 0};
    hone_dataset data = {.x = hone_view_of(x, 2, 1), .schema = &schema};
    fails(&hone_one_hot_encoder, "drop=first", data, HONE_EDATA,
          "one_hot_encoder: no column is left: all are categorical with too few levels for this "
          "drop");
}

/* ---- scalers --------------------------------------------------------------------------------- */

Test(scalers, constant_and_empty_columns_become_the_low_end) {
    const double x[] = {0.1, NAN, 1, 0.1, NAN, 3}, standard[] = {0, NAN, -1, 0, NAN, 1};
    const double scaled[] = {0, NAN, 0, 0, NAN, 1};
    hone_estimator *est = fitted(&hone_standard_scaler, "", numbers(x, 2, 3), NULL);
    gives(est, numbers(x, 2, 3), standard, 3);
    hone_free(est);
    est = fitted(&hone_min_max_scaler, "", numbers(x, 2, 3), NULL);
    gives(est, numbers(x, 2, 3), scaled, 3);
    hone_free(est);
}

Test(scalers, fitted_numbers_are_attributes) {
    const double x[] = {1, 10, 3, 10};
    hone_view mean, scale, high;
    hone_estimator *est = fitted(&hone_standard_scaler, "", numbers(x, 2, 2), NULL);
    cr_assert_eq(hone_get_array(est, "mean", &mean, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(est, "scale", &scale, NULL), HONE_OK);
    cr_expect(mean.data[0] == 2 && mean.data[1] == 10 && mean.rows == 2);
    cr_expect(scale.data[0] == 1 && scale.data[1] == 1);
    hone_free(est);
    est = fitted(&hone_min_max_scaler, "", numbers(x, 2, 2), NULL);
    cr_assert_eq(hone_get_array(est, "data_max", &high, NULL), HONE_OK);
    cr_expect(high.data[0] == 3 && high.data[1] == 10);
    hone_free(est);
}

Test(scalers, numbers_too_large_to_scale_are_an_error) {
    const double x[] = {1e308, -1e308};
    fails(&hone_standard_scaler, "", numbers(x, 2, 1), HONE_ENUMERIC,
          "standard_scaler: the variance of column 'x0' overflows");
    fails(&hone_min_max_scaler, "", numbers(x, 2, 1), HONE_ENUMERIC,
          "min_max_scaler: the range of column 'x0' overflows");
}

Test(scalers, a_range_must_go_up) {
    const double x[] = {1, 2};
    fails(&hone_min_max_scaler, "feature_range_low=1", numbers(x, 2, 1), HONE_EINVAL,
          "min_max_scaler: parameter feature_range_low must be below feature_range_high, got 1 and "
          "1");
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Many rows and gaps, so that work is cut into several chunks. */
static hone_dataset large(size_t n, size_t m) {
    hone_rng rng = hone_rng_at(5, 2);
    double *x = malloc(n * m * sizeof *x);
    for (size_t i = 0; i < n * m; i++)
        x[i] = hone_rng_below(&rng, 10) ? hone_rng_normal(&rng) * 100 : NAN;
    return numbers(x, n, m);
}

Test(all, same_bits_for_any_number_of_threads) {
    enum { N = 20000, M = 9 };
    hone_dataset data = large(N, M);
    double *out = malloc(N * M * sizeof *out), *again = malloc(N * M * sizeof *out);
    for (size_t c = 0; c < 4; c++) {
        hone_estimator *first = NULL;
        for (int threads = 1; threads <= 4; threads *= 2) {
            hone_monitor mon = {.threads = threads};
            hone_estimator *est =
                fitted(ALL[c], ALL[c] == &hone_simple_imputer ? "strategy=median" : "", data, &mon);
            double *to = first ? again : out;
            cr_assert_eq(hone_transform(est, &data, to, &mon, NULL), HONE_OK);
            if (!first) {
                first = est;
                continue;
            }
            cr_expect(hone_estimator_equal(first, est), "%s, %d threads", ALL[c]->name, threads);
            cr_expect_eq(memcmp(out, again, N * M * sizeof *out), 0, "%s", ALL[c]->name);
            hone_free(est);
        }
        hone_free(first);
    }
    free(out), free(again), free((void *)(uintptr_t)data.x.data);
}

static const hone_class *lookup(const char *name) {
    for (size_t c = 0; c < 4; c++)
        if (strcmp(ALL[c]->name, name) == 0)
            return ALL[c];
    return NULL;
}

Test(all, come_back_from_their_file) {
    const double x[] = {30, 1, 0, NAN, 0, 2, 5, NAN, 1}, plain[] = {1, 2, 3, 4, 5, 8};
    for (size_t c = 0; c < 4; c++) {
        bool categories = (ALL[c]->tags & HONE_TAG_CATEGORIES) != 0;
        hone_estimator *est =
            fitted(ALL[c], "", categories ? table(x, 3) : numbers(plain, 3, 2), NULL);
        hone_estimator *back = NULL;
        const char *path = support_path("transformer.hone");
        hone_error err = {0};
        cr_assert_eq(hone_save(est, path, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(hone_model_read(path, lookup, &back, &err), HONE_OK, "%s", err.message);
        cr_expect(hone_estimator_equal(est, back), "%s", ALL[c]->name);
        unlink(path);
        hone_free(est);
        hone_free(back);
    }
}

Test(all, states_that_no_fit_makes_are_refused) {
    struct {
        size_t n_cols, n_out;
        int32_t *n_levels;
    } hot = {2, 3, (int32_t[]){-1, 2}};
    struct {
        size_t n_cols;
        double *mean, *scale;
    } scaler = {2, (double[]){1, 2}, (double[]){1, 0}};
    struct {
        size_t n_cols;
        double *statistics;
    } imputer = {2, (double[]){1, INFINITY}};
    struct {
        int drop, unknown;
    } params = {0, 0};
    hone_error err;
    cr_expect_eq(hone_one_hot_encoder.validate(&params, &hot, 2, 0, &err), HONE_OK);
    cr_expect_eq(hone_one_hot_encoder.validate(&params, &hot, 3, 0, &err), HONE_EFORMAT);
    hot.n_out = 4;
    cr_expect_eq(hone_one_hot_encoder.validate(&params, &hot, 2, 0, &err), HONE_EFORMAT);
    hot.n_levels[0] = -2;
    cr_expect_eq(hone_one_hot_encoder.validate(&params, &hot, 2, 0, &err), HONE_EFORMAT);
    cr_expect_str_eq(err.message, "column 1 has -2 levels");
    cr_expect_eq(hone_standard_scaler.validate(&params, &scaler, 2, 0, &err), HONE_EFORMAT);
    cr_expect_str_eq(err.message, "attribute 'scale' of column 2 is 0, expected (0, inf)");
    cr_expect_eq(hone_standard_scaler.validate(&params, &scaler, 1, 0, &err), HONE_EFORMAT);
    cr_expect_eq(hone_min_max_scaler.validate(&params, &scaler, 2, 0, &err), HONE_OK);
    cr_expect_eq(hone_min_max_scaler.validate(&params, &scaler, 1, 0, &err), HONE_EFORMAT);
    cr_expect_eq(hone_simple_imputer.validate(&params, &imputer, 2, 0, &err), HONE_EFORMAT);
    cr_expect_str_eq(err.message,
                     "attribute 'statistics' of column 2 is inf, expected a finite number");
}

Test(all, a_failed_allocation_is_a_failure_without_a_leak) {
    hone_dataset data = large(300, 4);
    double weight[300];
    for (size_t i = 0; i < 300; i++)
        weight[i] = 1 + (double)(i % 3);
    data.weights = weight;
    for (size_t c = 0; c < 4; c++) {
        hone_estimator *est = make(ALL[c], ALL[c] == &hone_simple_imputer ? "strategy=median" : "");
        hone_monitor mon = {.threads = 1};
        long live = hone_alloc_live();
        hone_status status = HONE_ENOMEM;
        for (long k = 1; status == HONE_ENOMEM; k++) {
            hone_alloc_fail_at(k, 0);
            status = hone_fit(est, &data, &mon, NULL);
            hone_alloc_fail_at(0, 0);
            if (status)
                cr_assert_eq(hone_alloc_live(), live, "%s leaks at %ld", ALL[c]->name, k);
        }
        cr_expect_eq(status, HONE_OK, "%s", ALL[c]->name);
        hone_free(est);
    }
    free((void *)(uintptr_t)data.x.data);
}
