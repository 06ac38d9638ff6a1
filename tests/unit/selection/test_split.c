/* Splitters: what every split must keep, on many random data sets. */
#include "core/alloc.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <hone/hone.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

/* Every row is tested once per repeat, no fold is empty; sizes differ by at most `spread`. */
static void check_partition(const hone_folds *f, size_t spread) {
    for (size_t r = 0; r < f->repeats; r++) {
        size_t *size = calloc(f->folds, sizeof *size);
        size_t least = SIZE_MAX, most = 0;
        for (size_t i = 0; i < f->n_rows; i++) {
            cr_assert_lt(f->fold_of[r * f->n_rows + i], f->folds);
            size[f->fold_of[r * f->n_rows + i]]++;
        }
        for (size_t k = 0; k < f->folds; k++) {
            least = size[k] < least ? size[k] : least;
            most = size[k] > most ? size[k] : most;
        }
        cr_assert_geq(least, 1);
        cr_assert_leq(most - least, spread, "sizes %zu to %zu", least, most);
        free(size);
    }
}

Test(split, plain_folds_are_a_balanced_partition) {
    hone_rng rng = hone_rng_at(7, 0);
    for (int trial = 0; trial < 300; trial++) {
        size_t n = 2 + hone_rng_below(&rng, 200);
        hone_cv cv = {.scheme = HONE_CV_KFOLD, .seed = (uint64_t)trial};
        cv.folds = 2 + hone_rng_below(&rng, n - 1);
        cv.repeats = 1 + hone_rng_below(&rng, 3);
        double *x = calloc(n, sizeof *x);
        hone_folds f;
        ok(hone_split(&cv, &(hone_dataset){.x = hone_view_of(x, n, 1)}, &f, &err));
        cr_assert_eq(f.scheme, HONE_CV_KFOLD);
        check_partition(&f, 1);
        hone_folds_free(&f);
        free(x);
    }
}

/* Rows of class c in fold k of repeat r. */
static size_t count_class(const hone_folds *f, size_t r, size_t k, const double *y, double c) {
    size_t n = 0;
    for (size_t i = 0; i < f->n_rows; i++)
        n += f->fold_of[r * f->n_rows + i] == k && y[i] == c;
    return n;
}

Test(split, stratified_folds_keep_class_shares_and_sizes_within_one_row) {
    hone_rng rng = hone_rng_at(8, 0);
    for (int trial = 0; trial < 300; trial++) {
        size_t folds = 2 + hone_rng_below(&rng, 8), k = 1 + hone_rng_below(&rng, 6);
        size_t n = folds * k + hone_rng_below(&rng, 150);
        double *y = malloc(n * sizeof *y);
        for (size_t i = 0; i < n; i++) /* each class has `folds` rows at least */
            y[i] = i < folds * k ? (double)(i % k) : (double)hone_rng_below(&rng, k);
        hone_cv cv = {.scheme = HONE_CV_STRATIFIED, .folds = folds, .repeats = 2};
        cv.seed = (uint64_t)trial;
        hone_dataset data = {.x = hone_view_of(y, n, 1), .y = hone_view_of(y, n, 1)};
        hone_folds f;
        ok(hone_split(&cv, &data, &f, &err));
        check_partition(&f, 1);
        for (size_t r = 0; r < 2; r++)
            for (size_t c = 0; c < k; c++) {
                size_t least = SIZE_MAX, most = 0;
                for (size_t fold = 0; fold < folds; fold++) {
                    size_t count = count_class(&f, r, fold, y, (double)c);
                    least = count < least ? count : least;
                    most = count > most ? count : most;
                }
                cr_assert_leq(most - least, 1);
            }
        hone_folds_free(&f);
        free(y);
    }
}

Test(split, groups_are_never_parted_and_folds_are_as_even_as_groups_allow) {
    hone_rng rng = hone_rng_at(9, 0);
    for (int trial = 0; trial < 300; trial++) {
        size_t folds = 2 + hone_rng_below(&rng, 6), g = folds + hone_rng_below(&rng, 20);
        size_t n = g + hone_rng_below(&rng, 200), largest = 0;
        uint32_t *groups = malloc(n * sizeof *groups), *fold_of = malloc(g * sizeof *fold_of);
        size_t *size = calloc(g, sizeof *size);
        double *x = calloc(n, sizeof *x);
        for (size_t i = 0; i < n; i++) { /* codes with gaps */
            size_t group = i < g ? i : hone_rng_below(&rng, g);
            groups[i] = (uint32_t)(1000 * group + 17);
            largest = ++size[group] > largest ? size[group] : largest;
        }
        hone_cv cv = {.folds = folds, .repeats = 2, .seed = (uint64_t)trial};
        hone_folds f;
        ok(hone_split(&cv, &(hone_dataset){.x = hone_view_of(x, n, 1), .groups = groups}, &f,
                      &err));
        cr_assert_eq(f.scheme, HONE_CV_GROUP);
        check_partition(&f, largest);
        for (size_t r = 0; r < 2; r++) {
            memset(fold_of, 0xff, g * sizeof *fold_of);
            for (size_t i = 0; i < n; i++) {
                uint32_t *known = &fold_of[groups[i] / 1000];
                cr_assert(*known == UINT32_MAX || *known == f.fold_of[r * n + i]);
                *known = f.fold_of[r * n + i];
            }
        }
        hone_folds_free(&f);
        free(groups), free(fold_of), free(size), free(x);
    }
}

Test(split, leave_one_out_tests_each_row_alone) {
    double x[7] = {0};
    hone_folds f;
    ok(hone_split(&(hone_cv){.scheme = HONE_CV_LOO}, &(hone_dataset){.x = hone_view_of(x, 7, 1)},
                  &f, &err));
    cr_assert_eq(f.folds, 7);
    cr_assert_eq(f.repeats, 1);
    check_partition(&f, 0);
    hone_folds_free(&f);
}

Test(split, seeds_and_repeats_shuffle_anew_and_the_same_seed_repeats) {
    double y[100];
    for (size_t i = 0; i < 100; i++)
        y[i] = (double)(i % 2);
    hone_dataset data = {.x = hone_view_of(y, 100, 1), .y = hone_view_of(y, 100, 1)};
    for (hone_cv_scheme scheme = HONE_CV_KFOLD; scheme <= HONE_CV_STRATIFIED; scheme++) {
        hone_folds a, b, c;
        ok(hone_split(&(hone_cv){.scheme = scheme, .folds = 5, .repeats = 3, .seed = 1}, &data, &a,
                      &err));
        ok(hone_split(&(hone_cv){.scheme = scheme, .folds = 5, .repeats = 2, .seed = 1}, &data, &b,
                      &err));
        ok(hone_split(&(hone_cv){.scheme = scheme, .folds = 5, .repeats = 3, .seed = 2}, &data, &c,
                      &err));
        size_t bytes = 100 * sizeof *a.fold_of;
        cr_assert_arr_eq(a.fold_of, b.fold_of, 2 * bytes); /* a repeat depends on its number only */
        cr_assert_neq(memcmp(a.fold_of, c.fold_of, bytes), 0);
        cr_assert_neq(memcmp(a.fold_of, a.fold_of + 100, bytes), 0);
        cr_assert_neq(memcmp(a.fold_of + 100, a.fold_of + 200, bytes), 0);
        hone_folds_free(&a), hone_folds_free(&b), hone_folds_free(&c);
    }
}

static void expect(const hone_cv *cv, const hone_dataset *data, hone_status status,
                   const char *message) {
    hone_folds f = {.n_rows = 42};
    cr_assert_eq(hone_split(cv, data, &f, &err), status, "%s", err.message);
    cr_assert_str_eq(err.message, message);
    cr_assert_eq(f.n_rows, 42); /* untouched */
}

Test(split, errors_name_the_class_and_the_counts) {
    static const char *const LABELS[] = {"setosa", "virginica"};
    hone_column column = {"x", HONE_NUMERIC, 0, NULL};
    hone_column classes = {"species", HONE_CATEGORICAL, 2, LABELS};
    hone_column real = {"size", HONE_NUMERIC, 0, NULL};
    hone_schema schema = {1, &column, 1, &classes}, valued = {1, &column, 1, &real};
    double x[9] = {0}, y[9] = {0, 0, 0, 1, 1, 1, 1, 1, 1}, holed[2] = {1, NAN};
    uint32_t groups[9] = {1, 1, 1, 2, 2, 2, 3, 3, 3};
    hone_dataset data = {.x = hone_view_of(x, 9, 1), .y = hone_view_of(y, 9, 1), .schema = &schema};
    hone_cv cv = {.folds = 5};
    expect(&cv, &data, HONE_EDATA,
           "stratified_kfold: class \"setosa\" has 3 rows, fewer than 5 folds; lower the number "
           "of folds");
    data.schema = NULL;
    cv.scheme = HONE_CV_STRATIFIED;
    expect(&cv, &data, HONE_EDATA,
           "stratified_kfold: class \"0\" has 3 rows, fewer than 5 folds; lower the number of "
           "folds");
    data.schema = &valued;
    expect(&cv, &data, HONE_EDATA,
           "stratified_kfold: needs classes, but the target holds real values");
    data.groups = groups;
    cv.scheme = HONE_CV_AUTO;
    expect(&cv, &data, HONE_EDATA,
           "group_kfold: 3 groups are fewer than 5 folds; lower the number of folds");
    data.groups = NULL;
    cv.folds = 10;
    expect(&cv, &data, HONE_EDATA,
           "kfold: 9 rows are fewer than 10 folds; lower the number of "
           "folds");
    cv.scheme = HONE_CV_GROUP, cv.folds = 2;
    expect(&cv, &data, HONE_EDATA, "group_kfold: needs groups, but the data has none");
    expect(&(hone_cv){.folds = 1}, &data, HONE_EINVAL, "kfold: needs at least 2 folds, got 1");
    expect(&(hone_cv){.scheme = HONE_CV_LOO, .repeats = 2}, &data, HONE_EINVAL,
           "leave_one_out: every repeat is the same, expected 1, got 2");
    expect(&(hone_cv){.scheme = HONE_CV_STRATIFIED, .folds = 2},
           &(hone_dataset){.x = hone_view_of(x, 2, 1), .y = hone_view_of(holed, 2, 1)}, HONE_EDATA,
           "stratified_kfold: row 2 has no class");
    expect(&(hone_cv){.scheme = HONE_CV_LOO}, &(hone_dataset){.x = hone_view_of(x, 1, 1)},
           HONE_EDATA, "leave_one_out: needs at least 2 rows, got 1");
}

Test(split, auto_follows_the_target) {
    static const char *const LABELS[] = {"a", "b"};
    hone_column column = {"x", HONE_NUMERIC, 0, NULL};
    hone_column classes = {"y", HONE_CATEGORICAL, 2, LABELS}, real = {"y", HONE_NUMERIC, 0, NULL};
    double y[10] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
    hone_dataset data = {.x = hone_view_of(y, 10, 1), .y = hone_view_of(y, 10, 1)};
    const hone_schema schemas[] = {{1, &column, 1, &classes}, {1, &column, 1, &real}};
    const hone_cv_scheme expected[] = {HONE_CV_STRATIFIED, HONE_CV_KFOLD};
    for (size_t s = 0; s < 2; s++) {
        hone_folds f;
        data.schema = &schemas[s];
        ok(hone_split(&(hone_cv){.seed = 3}, &data, &f, &err));
        cr_assert_eq(f.scheme, expected[s]);
        cr_assert_eq(f.folds, 5);
        cr_assert_eq(f.repeats, 1);
        cr_assert_eq(f.seed, 3);
        hone_folds_free(&f);
    }
}

Test(split, parse_reads_what_the_command_line_says) {
    const struct {
        const char *text;
        hone_cv_scheme scheme;
        size_t folds, repeats;
    } good[] = {
        {"5", HONE_CV_AUTO, 5, 1}, {"10x3", HONE_CV_AUTO, 10, 3}, {"loo", HONE_CV_LOO, 0, 1}};
    for (size_t i = 0; i < 3; i++) {
        hone_cv cv = {.seed = 11};
        ok(hone_cv_parse(good[i].text, &cv, &err));
        cr_assert_eq(cv.scheme, good[i].scheme);
        cr_assert_eq(cv.folds, good[i].folds);
        cr_assert_eq(cv.repeats, good[i].repeats);
        cr_assert_eq(cv.seed, 11); /* left alone */
    }
    const char *bad[] = {"",    "1",  "0",  "-5",  "5x",   "x5",   "5x0",
                         "5.0", "5 ", " 5", "LOO", "loo2", "5x5x", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        hone_cv cv = {.folds = 77};
        cr_assert_eq(hone_cv_parse(bad[i], &cv, &err), HONE_EINVAL, "'%s' was taken", bad[i]);
        cr_assert_eq(cv.folds, 77);
    }
}

Test(split, a_failing_allocation_leaks_nothing) {
    double y[40];
    uint32_t groups[40];
    for (size_t i = 0; i < 40; i++) {
        y[i] = (double)(i % 2);
        groups[i] = (uint32_t)(i % 10);
    }
    hone_dataset data = {
        .x = hone_view_of(y, 40, 1), .y = hone_view_of(y, 40, 1), .groups = groups};
    for (hone_cv_scheme scheme = HONE_CV_KFOLD; scheme <= HONE_CV_LOO; scheme++) {
        long before = hone_alloc_live();
        hone_status status = HONE_ENOMEM;
        for (long k = 1; status == HONE_ENOMEM; k++) {
            hone_folds f = {.fold_of = NULL};
            hone_alloc_fail_at(k, 0);
            status = hone_split(&(hone_cv){.scheme = scheme}, &data, &f, NULL);
            hone_alloc_fail_at(0, 0);
            hone_folds_free(&f);
            cr_assert_eq(hone_alloc_live(), before);
            cr_assert_lt(k, 100);
        }
        cr_assert_eq(status, HONE_OK);
    }
}
