#include "core/alloc.h"

#include <hone/hone.h>

#include <criterion/criterion.h>
#include <string.h>

static const double X[] = {1, 2, -1, 3, 4, -1, 5, 6, -1}; /* 3 x 2, one of padding */
static const double Y[] = {0, 1, 0}, WEIGHTS[] = {0.5, 1, 2};
static const double TIME[] = {5, -1, 3};
static const uint32_t GROUPS[] = {7, 8, 9};
static const int32_t FOLD[] = {1, -1, 0};
static const size_t IDS[] = {10, 20, 30}, ROWS[] = {2, 0, 2, 1};
static const char *const LEVELS[] = {"no", "yes"};
static const hone_column COLUMNS[] = {{"a", HONE_NUMERIC, 0, NULL},
                                      {"b", HONE_CATEGORICAL, 2, LEVELS}};
static const hone_column TARGET = {"t", HONE_CATEGORICAL, 2, LEVELS};
static const hone_schema SCHEMA = {2, COLUMNS, 1, &TARGET};

static hone_dataset full(void) {
    return (hone_dataset){.x = {X, 3, 2, 3},
                          .y = hone_view_of(Y, 3, 1),
                          .weights = WEIGHTS,
                          .groups = GROUPS,
                          .time = TIME,
                          .fold = FOLD,
                          .row_ids = IDS,
                          .schema = &SCHEMA};
}

static hone_dataset sparse(hone_csr *csr) {
    static const double values[] = {1, 2, 3};
    static const uint32_t columns[] = {0, 4, 2};
    static const size_t starts[] = {0, 2, 2, 3};
    *csr = (hone_csr){values, columns, starts, 3, 5};
    return (hone_dataset){.sparse = csr};
}

Test(dataset, rows_are_taken_with_all_that_belongs_to_them) {
    hone_dataset data = full(), *copy = NULL;
    cr_assert_eq(hone_dataset_take(&data, ROWS, 4, &copy, NULL), HONE_OK);
    const double x[] = {5, 6, 1, 2, 5, 6, 3, 4}, weights[] = {2, 0.5, 2, 1}, y[] = {0, 0, 0, 1};
    const uint32_t groups[] = {9, 7, 9, 8};
    const size_t ids[] = {30, 10, 30, 20};
    cr_expect_eq(hone_dataset_rows(copy), 4);
    cr_expect_eq(hone_dataset_cols(copy), 2);
    cr_expect_eq(copy->x.ld, 2);
    cr_expect_arr_eq(copy->x.data, x, sizeof x);
    cr_expect_arr_eq(copy->y.data, y, sizeof y);
    cr_expect_arr_eq(copy->weights, weights, sizeof weights);
    cr_expect_arr_eq(copy->groups, groups, sizeof groups);
    const double time[] = {3, 5, 3, -1};
    const int32_t fold[] = {0, 1, 0, -1};
    cr_expect_arr_eq(copy->time, time, sizeof time);
    cr_expect_arr_eq(copy->fold, fold, sizeof fold);
    cr_expect_arr_eq(copy->row_ids, ids, sizeof ids);
    cr_expect_neq(copy->schema, &SCHEMA);
    cr_expect_str_eq(copy->schema->columns[1].levels[1], "yes");
    cr_expect_str_eq(copy->schema->targets[0].name, "t");
    hone_dataset_free(copy);
}

Test(dataset, what_is_not_there_stays_away_and_rows_keep_their_origin) {
    hone_dataset data = {.x = hone_view_of(X, 3, 2)}, *copy = NULL;
    cr_assert_eq(hone_dataset_take(&data, ROWS, 4, &copy, NULL), HONE_OK);
    cr_expect_null(copy->y.data);
    cr_expect_null(copy->weights);
    cr_expect_null(copy->groups);
    cr_expect_null(copy->schema);
    cr_expect_arr_eq(copy->row_ids, ROWS, sizeof ROWS);
    hone_dataset_free(copy);
    hone_dataset_free(NULL);
}

Test(dataset, sparse_rows_are_taken) {
    hone_csr csr;
    hone_dataset data = sparse(&csr), *copy = NULL;
    cr_assert_eq(hone_dataset_take(&data, ROWS, 4, &copy, NULL), HONE_OK);
    const double values[] = {3, 1, 2, 3};
    const uint32_t columns[] = {2, 0, 4, 2};
    const size_t starts[] = {0, 1, 3, 4, 4};
    cr_expect_eq(hone_dataset_rows(copy), 4);
    cr_expect_eq(hone_dataset_cols(copy), 5);
    cr_expect_arr_eq(copy->sparse->values, values, sizeof values);
    cr_expect_arr_eq(copy->sparse->columns, columns, sizeof columns);
    cr_expect_arr_eq(copy->sparse->starts, starts, sizeof starts);
    hone_dataset_free(copy);
}

Test(dataset, no_rows_are_a_data_set_too) {
    hone_dataset data = full(), *copy = NULL;
    cr_assert_eq(hone_dataset_take(&data, NULL, 0, &copy, NULL), HONE_OK);
    cr_expect_eq(hone_dataset_rows(copy), 0);
    cr_expect_eq(hone_dataset_cols(copy), 2);
    hone_dataset_free(copy);
}

static void fail_every_allocation(const hone_dataset *data) {
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_dataset *copy = NULL;
        hone_error err = {0};
        hone_alloc_fail_at(k, 1);
        hone_status status = hone_dataset_take(data, ROWS, 4, &copy, &err);
        hone_alloc_fail_at(0, 0);
        if (status == HONE_OK) {
            cr_assert_gt(k, 3);
            hone_dataset_free(copy);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
        cr_assert_null(copy);
        cr_assert_eq(hone_alloc_live(), live);
    }
    cr_expect_eq(hone_alloc_live(), live);
}

Test(dataset, out_of_memory_leaves_nothing_behind) {
    hone_csr csr;
    hone_dataset dense = full(), rare = sparse(&csr);
    fail_every_allocation(&dense);
    fail_every_allocation(&rare);
}
