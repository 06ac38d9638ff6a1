/* Splits in time, by groups and classes, by drawn sets and by given numbers. */
#include "core/alloc.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

/* No row both trains and is tested; the two accessors agree with their own counts. */
static void check_disjoint(const hone_folds *f) {
    size_t *train = malloc(f->n_rows * sizeof *train), *test = malloc(f->n_rows * sizeof *test);
    for (size_t s = 0; s < f->repeats * f->folds; s++) {
        size_t n = hone_folds_train(f, s / f->folds, s % f->folds, train);
        size_t m = hone_folds_test(f, s / f->folds, s % f->folds, test);
        cr_assert_eq(n, hone_folds_train(f, s / f->folds, s % f->folds, NULL));
        cr_assert_eq(m, hone_folds_test(f, s / f->folds, s % f->folds, NULL));
        cr_assert(n > 0 && m > 0);
        for (size_t i = 0, j = 0; i < n && j < m;) {
            cr_assert_neq(train[i], test[j]);
            cr_assert(i == 0 || train[i - 1] < train[i]);
            cr_assert(j == 0 || test[j - 1] < test[j]);
            if (train[i] < test[j])
                i++;
            else
                j++;
        }
    }
    free(train), free(test);
}

/* ---- time --------------------------------------------------------------------------------- */

Test(split, time_series_is_that_of_scikit_learn_where_times_differ) {
    hone_json *golden = support_golden("selection.json");
    const hone_json *cases = hone_json_get(golden, "time_series");
    for (size_t c = 0; c < hone_json_size(cases); c++) {
        const hone_json *one = hone_json_at(cases, c);
        size_t n = (size_t)support_real(one, "n"), folds = (size_t)support_real(one, "folds"), size;
        hone_cv cv = {.scheme = HONE_CV_TIME_SERIES, .folds = folds};
        cv.gap = (size_t)support_real(one, "gap");
        double *parts = support_reals(one, "parts", &size), *time = malloc(n * sizeof *time);
        for (size_t i = 0; i < n; i++) /* the rows stand in an order of their own */
            time[i] = (double)((i * 7 + 3) % n) / 3 - 5;
        hone_folds f;
        ok(hone_split(&cv, &(hone_dataset){.x = hone_view_of(time, n, 1), .time = time}, &f, &err));
        cr_assert_eq(size, 3 * folds);
        check_disjoint(&f);
        for (size_t k = 0; k < folds; k++) {
            const double *part = parts + 3 * k; /* training ends; test starts, ends */
            size_t rows[128], m = hone_folds_train(&f, 0, k, rows);
            cr_assert_eq(m, (size_t)part[0]);
            for (size_t i = 0; i < m; i++)
                cr_assert_lt((rows[i] * 7 + 3) % n, (size_t)part[0]);
            m = hone_folds_test(&f, 0, k, rows);
            cr_assert_eq(m, (size_t)(part[2] - part[1]));
            for (size_t i = 0; i < m; i++)
                cr_assert((rows[i] * 7 + 3) % n >= (size_t)part[1] &&
                          (rows[i] * 7 + 3) % n < (size_t)part[2]);
        }
        hone_folds_free(&f);
        free(parts), free(time);
    }
    hone_json_free(golden);
}

Test(split, time_series_never_trains_on_the_future_nor_parts_a_moment) {
    hone_rng rng = hone_rng_at(11, 0);
    for (int trial = 0; trial < 300; trial++) {
        size_t n = 20 + hone_rng_below(&rng, 200), times = 8 + hone_rng_below(&rng, 20);
        double *time = malloc(n * sizeof *time);
        size_t *rows = malloc(n * sizeof *rows);
        for (size_t i = 0; i < n; i++)
            time[i] = i < times ? (double)i : (double)hone_rng_below(&rng, times);
        hone_cv cv = {.folds = 2 + hone_rng_below(&rng, 3), .gap = hone_rng_below(&rng, 2)};
        hone_folds f;
        ok(hone_split(&cv, &(hone_dataset){.x = hone_view_of(time, n, 1), .time = time}, &f, &err));
        cr_assert_eq(f.scheme, HONE_CV_TIME_SERIES);
        check_disjoint(&f);
        for (size_t k = 0; k < f.folds; k++) {
            double latest = -1, earliest = INFINITY;
            size_t m = hone_folds_train(&f, 0, k, rows);
            for (size_t i = 0; i < m; i++)
                latest = fmax(latest, time[rows[i]]);
            m = hone_folds_test(&f, 0, k, rows);
            for (size_t i = 0; i < m; i++)
                earliest = fmin(earliest, time[rows[i]]);
            cr_assert_eq(earliest, latest + 1 + (double)cv.gap);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < i; j++)
                    if (time[i] == time[j])
                        cr_assert_eq(f.fold_of[i], f.fold_of[j]);
        }
        hone_folds_free(&f);
        free(time), free(rows);
    }
}

/* ---- groups and classes ------------------------------------------------------------------- */

/* sum over folds and classes of the squared share of the class in the fold. */
static double spread(const hone_folds *f, const double *y, size_t classes) {
    double sum = 0;
    for (size_t k = 0; k < f->folds; k++)
        for (size_t c = 0; c < classes; c++) {
            double in = 0, all = 0;
            for (size_t i = 0; i < f->n_rows; i++) {
                all += y[i] == (double)c;
                in += y[i] == (double)c && f->fold_of[i] == k;
            }
            sum += in * in / (all * all);
        }
    return sum;
}

Test(split, stratified_groups_are_never_parted_and_classes_spread_better) {
    hone_rng rng = hone_rng_at(12, 0);
    double plain = 0, stratified = 0;
    size_t better = 0, n_trials = 200;
    for (size_t trial = 0; trial < n_trials; trial++) {
        enum { CLASSES = 3 };
        size_t folds = 2 + hone_rng_below(&rng, 4), g = 3 * folds + hone_rng_below(&rng, 20);
        size_t n = 10 * g;
        uint32_t *groups = malloc(n * sizeof *groups);
        double *y = malloc(n * sizeof *y);
        for (size_t i = 0; i < n; i++) { /* groups lean towards one class each */
            size_t group = i < g ? i : hone_rng_below(&rng, g);
            groups[i] = (uint32_t)group * 5;
            y[i] =
                (double)(hone_rng_below(&rng, 4) ? group % CLASSES : hone_rng_below(&rng, CLASSES));
        }
        hone_dataset data = {
            .x = hone_view_of(y, n, 1), .y = hone_view_of(y, n, 1), .groups = groups};
        hone_cv cv = {.scheme = HONE_CV_STRATIFIED_GROUP, .folds = folds, .seed = trial};
        hone_folds f, p;
        ok(hone_split(&cv, &data, &f, &err));
        cv.scheme = HONE_CV_GROUP;
        ok(hone_split(&cv, &data, &p, &err));
        check_disjoint(&f);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < i; j++)
                if (groups[i] == groups[j])
                    cr_assert_eq(f.fold_of[i], f.fold_of[j]);
        double a = spread(&f, y, CLASSES), b = spread(&p, y, CLASSES);
        stratified += a, plain += b;
        better += a <= b;
        hone_folds_free(&f), hone_folds_free(&p);
        free(groups), free(y);
    }
    /* CLASSES / folds is the least possible; groups alone know nothing of classes */
    cr_assert_lt(stratified, plain);
    cr_assert_gt(better, n_trials * 95 / 100, "better in %zu of %zu", better, n_trials);
}

/* ---- drawn sets --------------------------------------------------------------------------- */

Test(split, drawn_sets_have_their_sizes_and_differ) {
    double x[101] = {0};
    hone_dataset data = {.x = hone_view_of(x, 101, 1)};
    hone_cv cv = {.scheme = HONE_CV_SHUFFLE, .folds = 7, .repeats = 2, .seed = 3};
    cv.test_share = 0.25, cv.train_share = 0.5;
    hone_folds f, again;
    ok(hone_split(&cv, &data, &f, &err));
    ok(hone_split(&cv, &data, &again, &err));
    cr_assert(f.folds == 1 && f.repeats == 14);
    check_disjoint(&f);
    for (size_t r = 0; r < 14; r++) {
        cr_assert_eq(hone_folds_test(&f, r, 0, NULL), 26);
        cr_assert_eq(hone_folds_train(&f, r, 0, NULL), 50);
        for (size_t q = 0; q < r; q++)
            cr_assert_neq(memcmp(f.fold_of + r * 101, f.fold_of + q * 101, 101 * 4), 0);
    }
    cr_assert_arr_eq(f.rank, again.rank, 14 * 101 * sizeof *f.rank);
    hone_folds_free(&f), hone_folds_free(&again);
    cv = (hone_cv){.scheme = HONE_CV_SHUFFLE};
    ok(hone_split(&cv, &data, &f, &err));
    cr_assert_eq(f.repeats, 5);
    cr_assert_eq(hone_folds_test(&f, 0, 0, NULL), 21);
    cr_assert_eq(hone_folds_train(&f, 0, 0, NULL), 80);
    hone_folds_free(&f);
}

Test(split, stratified_draws_keep_the_shares_in_both_sets) {
    hone_rng rng = hone_rng_at(13, 0);
    for (int trial = 0; trial < 200; trial++) {
        size_t n = 40 + hone_rng_below(&rng, 300), k = 2 + hone_rng_below(&rng, 4);
        double *y = malloc(n * sizeof *y);
        for (size_t i = 0; i < n; i++) /* class 0 is the most frequent by far */
            y[i] = (double)(hone_rng_below(&rng, 2) ? 0 : hone_rng_below(&rng, k));
        hone_dataset data = {.x = hone_view_of(y, n, 1), .y = hone_view_of(y, n, 1)};
        hone_cv cv = {.scheme = HONE_CV_STRATIFIED_SHUFFLE, .folds = 3, .seed = (uint64_t)trial};
        cv.test_share = 0.3, cv.train_share = 0.4;
        hone_folds f;
        size_t *rows = malloc(n * sizeof *rows);
        ok(hone_split(&cv, &data, &f, &err));
        check_disjoint(&f);
        for (size_t r = 0; r < 3; r++)
            for (size_t c = 0; c < k; c++) {
                double all = 0, test = 0, train = 0;
                size_t m = hone_folds_test(&f, r, 0, rows), p;
                for (size_t i = 0; i < n; i++)
                    all += y[i] == (double)c;
                for (size_t i = 0; i < m; i++)
                    test += y[rows[i]] == (double)c;
                p = hone_folds_train(&f, r, 0, rows);
                for (size_t i = 0; i < p; i++)
                    train += y[rows[i]] == (double)c;
                double slack = (double)(k + 1) / 2;
                cr_assert_leq(fabs(test - all * (double)m / (double)n), slack);
                cr_assert_leq(fabs(train - all * (double)p / (double)n), 2 * slack);
            }
        hone_folds_free(&f);
        free(rows), free(y);
    }
}

/* ---- given numbers ------------------------------------------------------------------------ */

Test(split, predefined_folds_are_those_of_the_data) {
    double x[8] = {0};
    const int32_t fold[8] = {7, -1, 2, 7, 2, -3, 100, 2};
    const uint32_t expected[8] = {1, HONE_NO_FOLD, 0, 1, 0, HONE_NO_FOLD, 2, 0};
    hone_folds f;
    ok(hone_split(&(hone_cv){.folds = 5}, &(hone_dataset){.x = hone_view_of(x, 8, 1), .fold = fold},
                  &f, &err));
    cr_assert_eq(f.scheme, HONE_CV_PREDEFINED);
    cr_assert_eq(f.folds, 3);
    cr_assert_arr_eq(f.fold_of, expected, sizeof expected);
    check_disjoint(&f);
    cr_assert_eq(hone_folds_train(&f, 0, 1, NULL), 6);
    hone_folds_free(&f);
}

/* ---- what is chosen, refused and written -------------------------------------------------- */

Test(split, auto_follows_what_the_data_has) {
    double x[12], time[12];
    uint32_t groups[12];
    int32_t fold[12], one[12], none[12];
    for (size_t i = 0; i < 12; i++) {
        x[i] = time[i] = (double)i;
        groups[i] = (uint32_t)(i / 2);
        fold[i] = (int32_t)(i % 3), one[i] = 4, none[i] = -1;
    }
    hone_dataset data = {.x = hone_view_of(x, 12, 1), .groups = groups};
    const struct {
        const double *time;
        const int32_t *fold;
        hone_cv_scheme scheme;
    } cases[] = {{NULL, NULL, HONE_CV_GROUP},       {time, NULL, HONE_CV_TIME_SERIES},
                 {time, fold, HONE_CV_PREDEFINED},  {NULL, one, HONE_CV_GROUP},
                 {time, none, HONE_CV_TIME_SERIES}, {NULL, fold, HONE_CV_PREDEFINED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_folds f;
        data.time = cases[i].time, data.fold = cases[i].fold;
        ok(hone_split(&(hone_cv){.folds = 3}, &data, &f, &err));
        cr_assert_eq(f.scheme, cases[i].scheme, "case %zu", i);
        hone_folds_free(&f);
    }
}

static void expect(const hone_cv *cv, const hone_dataset *data, hone_status status,
                   const char *message) {
    hone_folds f = {.n_rows = 42};
    cr_assert_eq(hone_split(cv, data, &f, &err), status, "%s", err.message);
    cr_assert_str_eq(err.message, message);
    cr_assert_eq(f.n_rows, 42);
}

Test(split, each_scheme_says_what_it_needs) {
    double x[12] = {0}, y[12], time[12];
    uint32_t groups[12];
    int32_t one[12], none[12];
    for (size_t i = 0; i < 12; i++) {
        y[i] = i < 9 ? 0 : 1;
        time[i] = (double)(i / 4);
        groups[i] = (uint32_t)(i / 2);
        one[i] = 4, none[i] = -1;
    }
    hone_dataset data = {.x = hone_view_of(x, 12, 1), .y = hone_view_of(y, 12, 1)};
    expect(&(hone_cv){.scheme = HONE_CV_TIME_SERIES}, &data, HONE_EDATA,
           "time_series: needs times, but the data has none");
    expect(&(hone_cv){.scheme = HONE_CV_PREDEFINED}, &data, HONE_EDATA,
           "predefined: needs fold numbers, but the data has none");
    expect(&(hone_cv){.scheme = HONE_CV_STRATIFIED_GROUP}, &data, HONE_EDATA,
           "stratified_group_kfold: needs groups, but the data has none");
    expect(&(hone_cv){.scheme = (hone_cv_scheme)77}, &data, HONE_EINVAL,
           "cross-validation: unknown scheme 77");
    data.groups = groups;
    expect(&(hone_cv){.scheme = HONE_CV_STRATIFIED_GROUP, .folds = 3}, &data, HONE_EDATA,
           "stratified_group_kfold: class \"1\" has 2 groups, fewer than 3 folds; lower the number "
           "of folds");
    data.time = time;
    expect(&(hone_cv){.scheme = HONE_CV_TIME_SERIES, .folds = 3}, &data, HONE_EDATA,
           "time_series: 3 distinct times are too few for 3 folds, expected at least 4; lower the "
           "number of folds");
    expect(&(hone_cv){.scheme = HONE_CV_TIME_SERIES, .folds = 2, .gap = 1}, &data, HONE_EDATA,
           "time_series: a gap of 1 leaves nothing of the 1 times before the first test set to "
           "train on; lower the gap or the number of folds");
    expect(&(hone_cv){.scheme = HONE_CV_TIME_SERIES, .folds = 2, .repeats = 2}, &data, HONE_EINVAL,
           "time_series: every repeat is the same, expected 1, got 2");
    time[4] = NAN;
    expect(&(hone_cv){.scheme = HONE_CV_TIME_SERIES, .folds = 2}, &data, HONE_EDATA,
           "time_series: row 5 has no time");
    data.fold = one;
    expect(&(hone_cv){.scheme = HONE_CV_PREDEFINED}, &data, HONE_EDATA,
           "predefined: all rows are in fold 4, so nothing is left to train on");
    data.fold = none;
    expect(&(hone_cv){.scheme = HONE_CV_PREDEFINED}, &data, HONE_EDATA,
           "predefined: every fold number is negative or missing, so nothing is tested");
    expect(&(hone_cv){.scheme = HONE_CV_SHUFFLE, .test_share = 1}, &data, HONE_EINVAL,
           "shuffle: the test share must be in (0, 1), got 1");
    expect(&(hone_cv){.scheme = HONE_CV_SHUFFLE, .test_share = 0.5, .train_share = 0.6}, &data,
           HONE_EINVAL,
           "shuffle: shares of 0.6 for training and 0.5 for test are more than all rows");
    expect(&(hone_cv){.scheme = HONE_CV_SHUFFLE, .test_share = 0.99}, &data, HONE_EDATA,
           "shuffle: of 12 rows none is left to train on");
}

Test(split, schemes_are_written_by_name) {
    const struct {
        const char *text;
        hone_cv expected;
    } good[] = {
        {"kfold", {HONE_CV_KFOLD, 0, 1, 11, 0, 0, 0}},
        {"stratified_group_kfold:4x3", {HONE_CV_STRATIFIED_GROUP, 4, 3, 11, 0, 0, 0}},
        {"time_series:6,gap=7", {HONE_CV_TIME_SERIES, 6, 1, 11, 7, 0, 0}},
        {"time_series,gap=2", {HONE_CV_TIME_SERIES, 0, 1, 11, 2, 0, 0}},
        {"shuffle:1,test=0.5", {HONE_CV_SHUFFLE, 1, 1, 11, 0, 0.5, 0}},
        {"stratified_shuffle:9,train=0.25,test=0.5",
         {HONE_CV_STRATIFIED_SHUFFLE, 9, 1, 11, 0, 0.5, 0.25}},
        {"predefined", {HONE_CV_PREDEFINED, 0, 1, 11, 0, 0, 0}},
        {"leave_one_out", {HONE_CV_LOO, 0, 1, 11, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        hone_cv cv = {.seed = 11};
        const hone_cv *want = &good[i].expected;
        ok(hone_cv_parse(good[i].text, &cv, &err));
        cr_assert(cv.scheme == want->scheme && cv.folds == want->folds &&
                      cv.repeats == want->repeats && cv.seed == 11 && cv.gap == want->gap &&
                      cv.test_share == want->test_share && cv.train_share == want->train_share,
                  "%s", good[i].text);
    }
    const char *bad[] = {"kfold:1",
                         "kfold,gap=2",
                         "time_series:5,gap=-1",
                         "time_series,gap",
                         "shuffle,test=1.5",
                         "shuffle,test=",
                         "predefined:5",
                         "loo:3",
                         "kfold:5y",
                         "time_series,gap=1.5",
                         "kfold:",
                         ":5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        hone_cv cv = {.folds = 77};
        cr_assert_eq(hone_cv_parse(bad[i], &cv, &err), HONE_EINVAL, "'%s' was taken", bad[i]);
        cr_assert_eq(cv.folds, 77);
    }
    const char *said[][2] = {
        {"timeseries:5", "did you mean 'time_series'?"},
        {"kfold:3,foo=1", "kfold takes nothing of the kind, got 'foo=1'"},
        {"5,gap=1", "a number of folds takes nothing of the kind, got 'gap=1'"},
        {"time_series:5,test=0.2", "time_series takes gap=N, got 'test=0.2'"},
        {"shuffle:5,test=2,train=0.1",
         "shuffle takes test=SHARE and train=SHARE, both in (0, 1), got 'test=2'"},
        {"shuffle:5,test=0.2,test=0.3", "'test' is given twice"},
        {"predefined:5", "predefined takes no number of folds: the data has it"}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        char expected[200];
        hone_cv cv;
        snprintf(expected, sizeof expected, "cross-validation '%s': %s", said[i][0], said[i][1]);
        cr_assert_eq(hone_cv_parse(said[i][0], &cv, &err), HONE_EINVAL);
        cr_assert_str_eq(err.message, expected);
    }
}

Test(split, a_failing_allocation_of_any_scheme_leaks_nothing) {
    double y[40];
    uint32_t groups[40];
    int32_t fold[40];
    for (size_t i = 0; i < 40; i++) {
        y[i] = (double)(i % 2);
        groups[i] = (uint32_t)(i % 20);
        fold[i] = (int32_t)(i % 4) - 1;
    }
    double time[40];
    for (size_t i = 0; i < 40; i++)
        time[i] = (double)i;
    hone_dataset data = {.x = hone_view_of(y, 40, 1), .y = hone_view_of(y, 40, 1)};
    data.groups = groups, data.time = time, data.fold = fold;
    for (hone_cv_scheme scheme = HONE_CV_KFOLD; scheme <= HONE_CV_PREDEFINED; scheme++) {
        long before = hone_alloc_live();
        hone_status status = HONE_ENOMEM;
        for (long k = 1; status == HONE_ENOMEM; k++) {
            hone_folds f = {.fold_of = NULL};
            hone_alloc_fail_at(k, 0);
            status = hone_split(&(hone_cv){.scheme = scheme}, &data, &f, NULL);
            hone_alloc_fail_at(0, 0);
            hone_folds_free(&f);
            cr_assert_eq(hone_alloc_live(), before, "%s", hone_cv_scheme_name(scheme));
            cr_assert_lt(k, 100);
        }
        cr_assert_eq(status, HONE_OK);
    }
}
