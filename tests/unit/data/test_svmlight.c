/* svmlight text: against scikit-learn (tests/golden/svmlight.json), every refusal with its place,
 * parts, tables, and what is written is read again. */
#include "support/support.h"

#include "core/alloc.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hone_error err;

static hone_dataset *rows_of(const char *text, const hone_svmlight_options *options) {
    hone_dataset *data = NULL;
    hone_status status =
        hone_parse_svmlight(text, strlen(text), "t.svm", options, NULL, &data, &err);
    cr_assert_eq(status, HONE_OK, "%s", err.message);
    return data;
}

static void refuse_with(const char *text, hone_svmlight_options options, const char *message) {
    hone_dataset *data = NULL;
    cr_assert_eq(hone_parse_svmlight(text, strlen(text), "t.svm", &options, NULL, &data, &err),
                 HONE_EDATA, "%s", text);
    cr_expect_str_eq(err.message, message);
    cr_expect_null(data);
}

static void refuse(const char *text, const char *message) {
    refuse_with(text, (hone_svmlight_options){0}, message);
}

/* ---- scikit-learn ---------------------------------------------------------------------------- */

static void expect_items(const hone_json *item, const char *key, const void *ours, size_t size,
                         size_t n) {
    size_t there;
    double *theirs = support_reals(item, key, &there);
    cr_assert_eq(there, n, "%s", key);
    for (size_t i = 0; i < n; i++) {
        double value = size == sizeof(uint32_t) ? (double)((const uint32_t *)ours)[i]
                                                : ((const double *)ours)[i];
        cr_expect_eq(value, theirs[i], "%s[%zu]: %.17g, expected %.17g", key, i, value, theirs[i]);
    }
    free(theirs);
}

static void compare(const hone_json *item) {
    hone_svmlight_options options = {.n_columns = (size_t)support_real(item, "n_features")};
    hone_dataset *data = rows_of(hone_json_as_text(hone_json_get(item, "text")), &options);
    const hone_csr *x = data->sparse;
    cr_assert_eq(x->rows, (size_t)support_real(item, "rows"));
    cr_assert_eq(x->cols, (size_t)support_real(item, "cols"));
    expect_items(item, "values", x->values, sizeof *x->values, x->starts[x->rows]);
    expect_items(item, "columns", x->columns, sizeof *x->columns, x->starts[x->rows]);
    expect_items(item, "y", data->y.data, sizeof *data->y.data, x->rows);
    if (data->groups)
        expect_items(item, "qid", data->groups, sizeof *data->groups, x->rows);
    size_t n;
    double *starts = support_reals(item, "starts", &n);
    for (size_t i = 0; i < n; i++)
        cr_expect_eq((double)x->starts[i], starts[i]);
    free(starts);
    hone_dataset_free(data);
}

Test(svmlight, reads_what_scikit_learn_reads) {
    hone_json *golden = support_golden("svmlight.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 10);
    for (size_t i = 0; i < hone_json_size(cases); i++)
        compare(hone_json_at(cases, i));
    hone_json_free(golden);
}

/* ---- refusals -------------------------------------------------------------------------------- */

Test(svmlight, says_what_is_wrong_with_a_label) {
    refuse("one 1:1\n", "t.svm:1:1: 'one' is no label, expected a number");
    refuse("1 1:1\n1x 1:1\n", "t.svm:2:1: '1x' is no label, expected a number");
    refuse("1:1 2:1\n", "t.svm:1:1: '1:1' is no label, expected a number");
    refuse("nan 1:1\n", "t.svm:1:1: the label is nan, expected a finite number");
    refuse("1,3 1:1\n", "t.svm:1:1: '1,3' holds several labels, expected one number");
}

Test(svmlight, says_what_is_wrong_with_a_pair) {
    refuse("1 a:1\n", "t.svm:1:3: 'a:1', expected index:value");
    refuse("1 5\n", "t.svm:1:3: '5', expected index:value");
    refuse("1 -1:5\n", "t.svm:1:3: '-1:5', expected index:value");
    refuse("1 1:\n", "t.svm:1:5: '' is no value, expected a finite number");
    refuse("1 1:x # y\n", "t.svm:1:5: 'x' is no value, expected a finite number");
    refuse("1 1:1e999\n", "t.svm:1:5: '1e999' is no value, expected a finite number");
    refuse("1 1:2\n\n1 2:nan\n", "t.svm:3:5: 'nan' is no value, expected a finite number");
    refuse("1 1:2 1: 3\n", "t.svm:1:7: index 1 is there twice in this row");
    refuse("1 1:2:3\n", "t.svm:1:5: '2:3' is no value, expected a finite number");
}

Test(svmlight, says_what_is_wrong_with_an_index) {
    refuse("1 2:1 2:1\n", "t.svm:1:7: index 2 is there twice in this row");
    refuse("1 1:1 7:1 3:1\n", "t.svm:1:11: index 3 follows 7, expected ascending indices");
    refuse("1 4294967295:1\n", "t.svm:1:3: the index is too large, expected at most 4294967294");
    refuse("1 99999999999999999999:1\n",
           "t.svm:1:3: the index is too large, expected at most 4294967294");
    refuse_with("1 0:1\n", (hone_svmlight_options){.base = HONE_SVMLIGHT_FROM_1},
                "t.svm:1:3: index 0, expected indices from 1 on");
    refuse_with("1 4:1\n", (hone_svmlight_options){HONE_SVMLIGHT_FROM_1, 3},
                "t.svm:1:3: the index is too large, expected at most 3");
    refuse_with("1 3:1\n", (hone_svmlight_options){HONE_SVMLIGHT_FROM_0, 3},
                "t.svm:1:3: the index is too large, expected at most 2");
    refuse_with("1 3:1\n1 0:1\n", (hone_svmlight_options){.n_columns = 3},
                "t.svm:1:3: index 3 is too large, expected at most 2: there is an index 0 as well, "
                "so 3 columns end there");
}

Test(svmlight, says_what_is_wrong_with_groups) {
    refuse("1 qid:1 1:1\n1 1:1\n",
           "t.svm:2:3: no qid: here but in the first row, expected one in all rows or in none");
    refuse("1 1:1\n1 qid:1 1:1\n",
           "t.svm:2:3: qid: here but not in the first row, expected one in all rows or in none");
    refuse("1 qid:x 1:1\n",
           "t.svm:1:3: 'qid:x', expected a whole number up to 4294967295 behind qid:");
    refuse("1 qid:1 1:1 qid:2\n", "t.svm:1:13: 'qid:2', expected qid: in front of all indices");
}

Test(svmlight, says_that_nothing_is_there) {
    refuse("", "t.svm:1:1: there are no rows, expected some");
    refuse("# 1:1\n\n", "t.svm:1:1: there are no rows, expected some");
    refuse("1\n2\n", "t.svm:1:1: no row has an index, expected index:value in some");
    hone_dataset *data = NULL;
    cr_assert_eq(hone_read_svmlight("/nowhere/x.svm", NULL, NULL, &data, &err), HONE_EIO);
    cr_expect_str_eq(err.message, "/nowhere/x.svm: cannot open: No such file or directory");
}

/* ---- long texts ------------------------------------------------------------------------------ */

enum { LINES = 200000 }; /* several parts */

static char *long_text(size_t bad_line) {
    char *text = malloc(LINES * 48), *p = text;
    cr_assert_not_null(text);
    for (size_t i = 0; i < LINES; i++) {
        p += sprintf(p, "%zu 1:%zu 7:0.5", i % 3, i);
        p += sprintf(p, i == bad_line || (bad_line < LINES && i == LINES - 2) ? " 3:1\n"
                        : i % 10 == 0                                         ? " # a:b:c\n\n"
                                                                              : " 9:1e-3\n");
    }
    return text;
}

Test(svmlight, parts_join_to_the_whole) {
    char *text = long_text(LINES);
    hone_dataset *data = rows_of(text, NULL);
    const hone_csr *x = data->sparse;
    cr_assert_eq(x->rows, LINES);
    cr_assert_eq(x->cols, 9);
    for (size_t i = 0; i < LINES; i++) {
        size_t at = x->starts[i], n = x->starts[i + 1] - at;
        cr_assert_eq(n, i % 10 ? 3 : 2);
        cr_assert_eq(x->values[at], (double)i);
        cr_assert_eq(x->columns[at + n - 1], i % 10 ? 8 : 6);
        cr_assert_eq(data->y.data[i], (double)(i % 3));
    }
    hone_dataset_free(data);
    free(text);
}

Test(svmlight, the_first_bad_line_is_told) {
    char *text = long_text(150001), message[128];
    sprintf(message, "t.svm:%d:18: index 3 follows 7, expected ascending indices", 150002 + 15001);
    refuse(text, message);
    free(text);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static hone_table *table_of(const char *text, const hone_schema *schema) {
    hone_table *table = NULL;
    const hone_csv_options options = {.svmlight = true, .schema = schema};
    hone_status status = hone_parse_csv(text, strlen(text), "t", &options, NULL, &table, &err);
    cr_assert_eq(status, HONE_OK, "%s", err.message);
    return table;
}

Test(svmlight, a_table_calls_columns_as_the_text_counts_them) {
    hone_table *table = table_of("1 qid:7 1:5 3:2\n0 qid:8 2:1\n", NULL);
    static const char *const names[] = {"y", "qid", "x1", "x2", "x3"};
    static const double cells[5][2] = {{1, 0}, {7, 8}, {5, 0}, {0, 1}, {2, 0}};
    cr_assert(hone_table_info(table)->svmlight);
    cr_assert_eq(hone_table_cols(table), 5);
    for (size_t j = 0; j < 5; j++) {
        cr_expect_str_eq(hone_table_column(table, j)->name, names[j]);
        cr_expect_eq(hone_table_values(table, j)[0], cells[j][0]);
        cr_expect_eq(hone_table_values(table, j)[1], cells[j][1]);
    }
    hone_table_free(table);
}

Test(svmlight, a_table_has_the_columns_of_the_model) {
    const hone_column columns[] = {{.name = "x0"}, {.name = "x6"}, {.name = "other"}};
    const hone_schema schema = {.n_columns = 3, .columns = columns};
    hone_table *table = table_of("1 2:5\n", &schema);
    cr_assert_eq(hone_table_cols(table), 8);
    cr_expect_str_eq(hone_table_column(table, 1)->name, "x0");
    cr_expect_str_eq(hone_table_column(table, 7)->name, "x6");
    cr_expect_eq(hone_table_values(table, 3)[0], 5);
    cr_expect_eq(hone_table_values(table, 7)[0], 0);
    hone_table_free(table);
}

Test(svmlight, a_table_that_is_too_wide_stays_compressed) {
    const hone_column columns[] = {{.name = "x1"}, {.name = "x3"}};
    const hone_schema schema = {.n_columns = 2, .columns = columns};
    hone_table *table = table_of("1 2:5 3:7 2000000:1\n0 1:4\n1 0:9\n", &schema);
    cr_assert_eq(hone_table_cols(table), 1);
    cr_assert_not_null(hone_table_sparse(table));
    hone_dataset *data = NULL;
    const hone_roles roles = {.target = "y"};
    cr_assert_eq(hone_table_dataset(table, &roles, &data, NULL, &err), HONE_OK, "%s", err.message);
    hone_table_free(table);
    const hone_csr *x = data->sparse;
    cr_assert(x && x->rows == 3 && x->cols == 3 && x->starts[3] == 3);
    static const size_t starts[] = {0, 2, 3, 3};
    static const uint32_t places[] = {1, 2, 0};
    static const double values[] = {5, 7, 4};
    cr_expect_eq(memcmp(x->starts, starts, sizeof starts), 0);
    cr_expect_eq(memcmp(x->columns, places, sizeof places), 0);
    cr_expect_eq(memcmp(x->values, values, sizeof values), 0);
    cr_assert_eq(data->schema->n_columns, 3);
    cr_expect_str_eq(data->schema->columns[2].name, "x3");
    cr_expect_eq(data->schema->targets[0].n_levels, 2);
    hone_dataset_free(data);
}

Test(svmlight, a_table_stays_compressed_where_that_is_asked_for) {
    hone_table *table = NULL;
    const hone_csv_options options = {.svmlight = true, .compressed = true};
    cr_assert_eq(hone_parse_csv("1 1:5\n2 3:3\n", 12, "t", &options, NULL, &table, &err), HONE_OK);
    const hone_csr *x = hone_table_sparse(table);
    cr_assert(hone_table_cols(table) == 1 && x && x->rows == 2 && x->cols == 3);
    cr_assert(x->starts[2] == 2 && x->columns[1] == 2 && x->values[1] == 3);
    hone_table_free(table);
}

Test(svmlight, other_text_is_no_svmlight) {
    static const char *const texts[] = {"a,b\n1,2\n", "1\n2\n3\n", "time\n12:30\n", "1;2:3\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hone_table *table = table_of(texts[i], NULL);
        cr_expect_not(hone_table_info(table)->svmlight, "%s", texts[i]);
        hone_table_free(table);
    }
    hone_table *table = NULL;
    const hone_csv_options header = {.svmlight = true, .header = -1};
    cr_assert_eq(hone_parse_csv("1 1:5\n2 1:3\n", 12, "t", &header, NULL, &table, &err), HONE_OK);
    cr_expect_not(hone_table_info(table)->svmlight);
    hone_table_free(table);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void expect_same(const hone_dataset *a, const hone_dataset *b) {
    const hone_csr *x = a->sparse, *z = b->sparse;
    size_t stored = x->starts[x->rows];
    cr_assert(x->rows == z->rows && x->cols == z->cols && stored == z->starts[z->rows]);
    cr_expect_eq(memcmp(x->starts, z->starts, (x->rows + 1) * sizeof *x->starts), 0);
    cr_expect_eq(memcmp(x->columns, z->columns, stored * sizeof *x->columns), 0);
    cr_expect_eq(memcmp(x->values, z->values, stored * sizeof *x->values), 0);
    cr_expect_eq(memcmp(a->y.data, b->y.data, x->rows * sizeof(double)), 0);
    cr_expect_eq(a->groups == NULL, b->groups == NULL);
}

Test(svmlight, what_is_written_is_read_again) {
    const char *path = support_path("again.svm");
    hone_dataset *data = rows_of("1 qid:4 0:0.1 2:1e-300\n-1.5 qid:4 1:123456789.125\n", NULL);
    for (int from_1 = 0; from_1 < 2; from_1++) {
        hone_dataset *again = NULL;
        const hone_svmlight_options options = {from_1 ? HONE_SVMLIGHT_FROM_1 : HONE_SVMLIGHT_FROM_0,
                                               3};
        cr_assert_eq(hone_write_svmlight(data, path, &options, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(hone_read_svmlight(path, &options, NULL, &again, &err), HONE_OK, "%s",
                     err.message);
        expect_same(data, again);
        hone_dataset_free(again);
    }
    hone_dataset_free(data);
}

Test(svmlight, dense_rows_are_written_without_zeros) {
    const double x[] = {0, 2, 0, 0, -0.5, 3}, y[] = {1, 0};
    const char *const levels[] = {"-1", "1"};
    const hone_column target = {.name = "y", HONE_CATEGORICAL, 2, levels};
    const hone_schema schema = {.n_targets = 1, .targets = &target};
    const hone_dataset data = {
        .x = hone_view_of(x, 2, 3), .y = hone_view_of(y, 2, 1), .schema = &schema};
    const char *path = support_path("dense.svm");
    cr_assert_eq(hone_write_svmlight(&data, path, NULL, &err), HONE_OK, "%s", err.message);
    char text[64] = "";
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    cr_assert_gt(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    cr_expect_str_eq(text, "1 2:2\n-1 2:-0.5 3:3\n");
}

Test(svmlight, writing_refuses_what_the_text_cannot_hold) {
    const double x[] = {1, NAN};
    const hone_dataset data = {.x = hone_view_of(x, 1, 2)};
    cr_assert_eq(hone_write_svmlight(&data, "/nowhere/x", NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "row 1, column 2 is nan, expected a finite number: svmlight text "
                                  "has no other");
    const hone_dataset fine = {.x = hone_view_of(x, 1, 1)};
    cr_assert_eq(hone_write_svmlight(&fine, "/nowhere/x", NULL, &err), HONE_EIO);
    cr_expect_str_eq(err.message, "cannot write /nowhere/x: No such file or directory");
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* The k-th allocation of reading and casting fails; is it told, and is nothing left behind? */
static hone_status read_with_failure(const char *text, const hone_csv_options *options, long k) {
    hone_table *table = NULL;
    hone_dataset *data = NULL;
    const hone_roles roles = {.target = "y"};
    hone_alloc_fail_at(k, 1);
    hone_status status = hone_parse_csv(text, strlen(text), "t", options, NULL, &table, &err);
    if (status == HONE_OK)
        status = hone_table_dataset(table, &roles, &data, NULL, &err);
    hone_alloc_fail_at(0, 0);
    hone_table_free(table);
    hone_dataset_free(data);
    return status;
}

Test(svmlight, memory_that_runs_out_is_told) {
    static const char TEXT[] = "1 qid:1 1:1 2:2\n0 qid:2 3:1\n";
    const hone_column columns[] = {{.name = "x1"}, {.name = "x3"}};
    const hone_schema schema = {.n_columns = 2, .columns = columns};
    const hone_csv_options options = {.svmlight = true, .schema = &schema};
    hone_status status = HONE_ENOMEM;
    long live = hone_alloc_live();
    for (long k = 1; status != HONE_OK; k++) {
        hone_dataset *data = NULL;
        hone_alloc_fail_at(k, 1);
        status = hone_parse_svmlight(TEXT, strlen(TEXT), "t", NULL, NULL, &data, &err);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        hone_dataset_free(data);
        cr_assert_eq(hone_alloc_live(), live);
    }
    const char *const texts[] = {TEXT, "1 qid:3 1:1 2000000:2\n"};
    for (size_t i = 0; i < 2; i++) {
        status = HONE_ENOMEM;
        for (long k = 1; status != HONE_OK; k++) {
            status = read_with_failure(texts[i], &options, k);
            cr_assert(status == HONE_OK || status == HONE_ENOMEM);
            cr_assert_eq(hone_alloc_live(), live);
        }
    }
}
