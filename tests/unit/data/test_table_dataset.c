/* From tables to data sets: parts, targets, weights, groups, rows that go. */
#include "tables.h"

#include "core/alloc.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char TEXT[] = "age,sex,w,site,y\n"
                           "10,m,1,3,2\n"
                           "20,f,2,1.5,\n"
                           "NA,f,0.5,3,-1\n"
                           "40,m,0,7,2\n";

static hone_dataset *data_of(const char *text, const hone_roles *roles, size_t *dropped) {
    hone_table *table = table_of(text, NULL);
    hone_dataset *data = NULL;
    hone_error err = {HONE_OK, ""};
    hone_status status = hone_table_dataset(table, roles, &data, dropped, &err);
    cr_assert_eq(status, HONE_OK, "%s", err.message);
    hone_table_free(table); /* the data set owns all it needs */
    return data;
}

static void expect_refusal(const char *text, const hone_roles *roles, hone_status status,
                           const char *message) {
    hone_table *table = table_of(text, NULL);
    hone_dataset *data = NULL;
    hone_error err = {HONE_OK, ""};
    long live = hone_alloc_live();
    cr_expect_eq(hone_table_dataset(table, roles, &data, NULL, &err), status);
    cr_expect_str_eq(err.message, message);
    cr_expect_null(data);
    cr_expect_eq(hone_alloc_live(), live);
    hone_table_free(table);
}

Test(table_dataset, every_column_plays_its_part) {
    hone_roles roles = {.target = "y", .weight = "w", .group = "site"};
    size_t dropped = 99;
    hone_dataset *data = data_of(TEXT, &roles, &dropped);
    cr_assert_eq(hone_dataset_rows(data), 3);
    cr_assert_eq(hone_dataset_cols(data), 2);
    cr_expect_eq(dropped, 1);
    const double x[] = {10, 1, NAN, 0, 40, 1}, y[] = {1, 0, 1}, w[] = {1, 0.5, 0};
    const uint32_t groups[] = {0, 0, 1};
    const size_t ids[] = {0, 2, 3};
    for (size_t i = 0; i < 6; i++)
        cr_expect(data->x.data[i] == x[i] || (isnan(data->x.data[i]) && isnan(x[i])));
    cr_expect_arr_eq(data->y.data, y, sizeof y);
    cr_expect_arr_eq(data->weights, w, sizeof w);
    cr_expect_arr_eq(data->groups, groups, sizeof groups);
    cr_expect_arr_eq(data->row_ids, ids, sizeof ids);
    const hone_schema *schema = data->schema;
    cr_expect_eq(schema->n_columns, 2);
    cr_expect_str_eq(schema->columns[0].name, "age");
    cr_expect_eq(schema->columns[0].kind, HONE_NUMERIC);
    cr_expect_str_eq(schema->columns[1].levels[1], "m");
    cr_assert_eq(schema->n_targets, 1);
    cr_expect_str_eq(schema->targets[0].name, "y");
    cr_expect_eq(schema->targets[0].kind, HONE_CATEGORICAL);
    cr_assert_eq(schema->targets[0].n_levels, 2);
    cr_expect_str_eq(schema->targets[0].levels[0], "-1");
    cr_expect_str_eq(schema->targets[0].levels[1], "2");
    hone_dataset_free(data);
}

Test(table_dataset, columns_can_be_dropped_and_nothing_is_needed) {
    const char *drop[] = {"sex", "y", "sex"};
    hone_roles roles = {.drop = drop, .n_drop = 3};
    hone_dataset *data = data_of(TEXT, &roles, NULL);
    cr_expect_eq(hone_dataset_rows(data), 4);
    cr_expect_eq(hone_dataset_cols(data), 3);
    cr_expect_null(data->y.data);
    cr_expect_null(data->weights);
    cr_expect_null(data->groups);
    cr_expect_eq(data->schema->n_targets, 0);
    hone_dataset_free(data);
}

static hone_kind kind_of(const char *text, hone_target_kind kind, size_t *levels) {
    hone_roles roles = {.target = "y", .target_kind = kind};
    hone_dataset *data = data_of(text, &roles, NULL);
    hone_kind found = data->schema->targets[0].kind;
    *levels = data->schema->targets[0].n_levels;
    hone_dataset_free(data);
    return found;
}

static char *integers(int n) {
    static char text[2000];
    char *p = text + sprintf(text, "a,y\n");
    for (int i = 0; i < 2 * n; i++)
        p += sprintf(p, "1,%d\n", 3 * (i % n));
    return text;
}

Test(table_dataset, few_integers_are_classes_and_all_else_is_real) {
    size_t levels;
    cr_expect_eq(kind_of(integers(20), HONE_TARGET_AUTO, &levels), HONE_CATEGORICAL);
    cr_expect_eq(levels, 20);
    cr_expect_eq(kind_of(integers(21), HONE_TARGET_AUTO, &levels), HONE_NUMERIC);
    cr_expect_eq(levels, 0);
    cr_expect_eq(kind_of("a,y\n1,0.5\n2,1\n", HONE_TARGET_AUTO, &levels), HONE_NUMERIC);
    cr_expect_eq(kind_of("a,y\n1,inf\n2,1\n", HONE_TARGET_AUTO, &levels), HONE_NUMERIC);
    cr_expect_eq(kind_of("a,y\n1,p\n2,q\n", HONE_TARGET_AUTO, &levels), HONE_CATEGORICAL);
    cr_expect_eq(kind_of("a,y\n1,p\n2,q\n", HONE_TARGET_CLASSES, &levels), HONE_CATEGORICAL);
    cr_expect_eq(levels, 2);
}

Test(table_dataset, the_kind_of_the_target_can_be_asked_for) {
    size_t levels;
    cr_expect_eq(kind_of(integers(3), HONE_TARGET_REAL, &levels), HONE_NUMERIC);
    cr_expect_eq(kind_of(integers(50), HONE_TARGET_CLASSES, &levels), HONE_CATEGORICAL);
    cr_expect_eq(levels, 50);
    hone_roles roles = {.target = "y", .target_kind = HONE_TARGET_REAL};
    expect_refusal("a,y\n1,p\n2,q\n", &roles, HONE_EDATA,
                   "target 'y' holds text (\"p\"), expected numbers for regression");
}

Test(table_dataset, class_labels_are_the_shortest_numbers_in_numeric_order) {
    hone_roles roles = {.target = "y", .target_kind = HONE_TARGET_CLASSES};
    hone_dataset *data = data_of("a,y\n1,10.0\n2,0.10\n3,-0\n4,0\n5,1e-5\n", &roles, NULL);
    const hone_column *target = data->schema->targets;
    static const char *const labels[] = {"0", "1e-05", "0.1", "10"};
    const double y[] = {3, 2, 0, 0, 1};
    cr_assert_eq(target->n_levels, 4);
    for (size_t k = 0; k < 4; k++)
        cr_expect_str_eq(target->levels[k], labels[k]);
    cr_expect_arr_eq(data->y.data, y, sizeof y);
    hone_dataset_free(data);
}

Test(table_dataset, groups_come_from_any_kind_of_column) {
    hone_roles roles = {.group = "sex"};
    hone_dataset *data = data_of(TEXT, &roles, NULL);
    const uint32_t groups[] = {1, 0, 0, 1};
    cr_expect_arr_eq(data->groups, groups, sizeof groups);
    hone_dataset_free(data);
}

Test(table_dataset, times_and_folds_come_from_numbers_and_texts) {
    static const char text[] = "a,when,day,f,part\n"
                               "1,3.5,2024-10-01,0,b\n"
                               "2,1e9,2023-12-31,-7,train\n"
                               "3,-2,2024-02-01,,c\n"
                               "4,0,2023-12-31,12,b\n";
    hone_roles numbers = {.time = "when", .fold = "f"}, texts = {.time = "day", .fold = "part"};
    hone_dataset *a = data_of(text, &numbers, NULL), *b = data_of(text, &texts, NULL);
    const double when[] = {3.5, 1e9, -2, 0}, day[] = {2, 0, 1, 0};
    const int32_t f[] = {0, -1, -1, 12}, part[] = {0, -1, 1, 0};
    cr_expect_arr_eq(a->time, when, sizeof when);
    cr_expect_arr_eq(a->fold, f, sizeof f);
    cr_expect_arr_eq(b->time, day, sizeof day);
    cr_expect_arr_eq(b->fold, part, sizeof part);
    cr_expect_eq(hone_dataset_cols(a), 3);
    hone_dataset_free(a);
    hone_dataset_free(b);
}

Test(table_dataset, bad_times_and_folds_name_their_row) {
    hone_roles time = {.time = "t"}, fold = {.fold = "t"};
    expect_refusal("a,t\n1,5\n2,\n", &time, HONE_EDATA,
                   "time column 't': row 2 is missing, expected a time");
    expect_refusal("a,t\n1,inf\n2,1\n", &time, HONE_EDATA,
                   "time column 't': row 1 is inf, expected a time");
    expect_refusal("a,t\n1,3/1/2024\n2,12/1/2023\n", &time, HONE_EDATA,
                   "time column 't' holds \"12/1/2023\", expected numbers or dates that all have "
                   "the form of 2024-05-31");
    expect_refusal("a,t\n1,2024-1-1\n2,2024-10-01\n", &time, HONE_EDATA,
                   "time column 't' holds \"2024-10-01\", expected numbers or dates that all have "
                   "the form of 2024-05-31");
    expect_refusal("a,t\n1,0.5\n2,1\n", &fold, HONE_EDATA,
                   "fold column 't': row 1 is 0.5, expected a whole number");
}

Test(table_dataset, unknown_columns_are_named_with_their_nearest) {
    hone_roles target = {.target = "ages"}, weight = {.weight = "sx"}, group = {.group = "Site"};
    const char *drop[] = {"nothing like it"};
    hone_roles dropped = {.drop = drop, .n_drop = 1};
    expect_refusal(TEXT, &target, HONE_ENAME, "unknown column 'ages'; did you mean 'age'?");
    expect_refusal(TEXT, &weight, HONE_ENAME, "unknown column 'sx'; did you mean 'sex'?");
    expect_refusal(TEXT, &group, HONE_ENAME, "unknown column 'Site'; did you mean 'site'?");
    expect_refusal(TEXT, &dropped, HONE_ENAME,
                   "unknown column 'nothing like it', expected one of the table's 5 columns");
}

Test(table_dataset, a_column_plays_one_part) {
    hone_roles roles = {.target = "y", .weight = "y"};
    expect_refusal(TEXT, &roles, HONE_EINVAL,
                   "column 'y' is named as target and as weight, expected one of them");
    const char *drop[] = {"site"};
    hone_roles dropped = {.group = "site", .drop = drop, .n_drop = 1};
    expect_refusal(TEXT, &dropped, HONE_EINVAL,
                   "column 'site' is named as group and as dropped, expected one of them");
}

Test(table_dataset, bad_weights_and_groups_name_their_row) {
    hone_roles weight = {.target = "y", .weight = "w"}, group = {.target = "y", .group = "g"};
    expect_refusal("a,w,y\n1,1,0\n1,-2,1\n", &weight, HONE_EDATA,
                   "weight column 'w': row 2 is -2, expected a finite number >= 0");
    expect_refusal("a,w,y\n1,,0\n1,1,1\n", &weight, HONE_EDATA,
                   "weight column 'w': row 1 is missing, expected a finite number >= 0");
    expect_refusal("a,w,y\n1,1,0\n1,inf,1\n", &weight, HONE_EDATA,
                   "weight column 'w': row 2 is inf, expected a finite number >= 0");
    expect_refusal("a,w,y\n1,p,0\n1,q,1\n", &weight, HONE_EDATA,
                   "weight column 'w' holds text, expected numbers >= 0");
    expect_refusal("a,g,y\n1,u,0\n1,,1\n", &group, HONE_EDATA,
                   "group column 'g': row 2 is missing, expected a group");
    hone_dataset_free(data_of("a,w,y\n1,-1,\n1,1,1\n", &weight, NULL)); /* a row that goes */
}

Test(table_dataset, nothing_left_is_refused) {
    hone_roles all = {.target = "y"}, only = {.target = "a"};
    expect_refusal("a,y\n1,\n2,NA\n", &all, HONE_EDATA, "target 'y' is missing in all 2 rows");
    expect_refusal("a\n1\n2\n", &only, HONE_EDATA,
                   "no column is left for X, expected at least one beside target, weight, group, "
                   "time, fold and dropped ones");
}

Test(table_dataset, wide_and_long_tables_are_turned_whole) {
    enum { N = 150, M = 21 };
    static char text[N * M * 12];
    char *p = text;
    for (int i = -1; i < N; i++)
        for (int j = 0; j < M; j++)
            p += i < 0 ? sprintf(p, "c%d%c", j, j + 1 < M ? ',' : '\n')
                       : sprintf(p, "%d%c", 1000 * i + j, j + 1 < M ? ',' : '\n');
    hone_roles roles = {.target = "c20"};
    hone_dataset *data = data_of(text, &roles, NULL);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < M - 1; j++)
            cr_assert_eq(hone_view_row(data->x, (size_t)i)[j], 1000 * i + j);
        cr_assert_eq(data->y.data[i], 1000 * i + 20);
    }
    hone_dataset_free(data);
}

Test(table_dataset, out_of_memory_leaves_nothing_behind) {
    hone_roles roles = {.target = "y", .weight = "w", .group = "site", .fold = "sex"};
    hone_table *table = table_of(TEXT, NULL);
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_dataset *data = NULL;
        hone_error err;
        hone_alloc_fail_at(k, 1);
        hone_status status = hone_table_dataset(table, &roles, &data, NULL, &err);
        hone_alloc_fail_at(0, 0);
        if (status == HONE_OK) {
            cr_assert_gt(k, 10);
            hone_dataset_free(data);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
        cr_assert_null(data);
        cr_assert_eq(hone_alloc_live(), live, "allocation %ld", k);
    }
    cr_expect_eq(hone_alloc_live(), live);
    hone_table_free(table);
}
