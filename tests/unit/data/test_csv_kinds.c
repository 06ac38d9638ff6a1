/* Dialects, headers, kinds of columns, levels and pins. */
#include "tables.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hone_csv_info info_of(const char *text, const hone_csv_options *options) {
    hone_table *table = table_of(text, options);
    hone_csv_info info = *hone_table_info(table);
    hone_table_free(table);
    return info;
}

static char delimiter_of(const char *text) {
    return info_of(text, NULL).delimiter;
}

static bool header_of(const char *text) {
    return info_of(text, NULL).header;
}

Test(csv_kinds, the_delimiter_is_found) {
    cr_expect_eq(delimiter_of("a,b\n1,2\n"), ',');
    cr_expect_eq(delimiter_of("a;b\n1;2\n"), ';');
    cr_expect_eq(delimiter_of("a\tb\n1\t2\n"), '\t');
    cr_expect_eq(delimiter_of("a|b\n1|2\n"), '|');
    cr_expect_eq(delimiter_of("a\n1\n"), ',');
}

Test(csv_kinds, delimiters_within_texts_do_not_deceive) {
    cr_expect_eq(delimiter_of("id;note\n1;x, y, z\n2;a, b, c\n"), ';');
    cr_expect_eq(delimiter_of("id,note\n1,\"p;q;r\"\n2,\"s;t;u\"\n"), ',');
    cr_expect_eq(delimiter_of("a;b,c\n1;2,3\n4;5,6\n7;8\n"), ';', "',' fits 3 of 4 lines");
    cr_expect_eq(delimiter_of("n;v\n1;0,5\n2;1,5\n"), ';');
}

Test(csv_kinds, numbers_may_have_a_decimal_comma) {
    const hone_csv_options comma = {.decimal = ','}, point = {.decimal = '.'},
                           odd = {.decimal = ';'};
    cr_expect_str_eq(described("a;b\n1,5;x\n-2,5e1;y\n3; z \n;NA\n", &comma),
                     "a:num b:cat | 1.5 x | -25 y | 3 z | - -");
    cr_expect_str_eq(described("a;b\n1.5;1,\n2,5;,5\n", &comma), "a:cat b:num | 1.5 1 | 2,5 0.5",
                     "a point makes it a text");
    cr_expect_str_eq(described("a,b\n\"1,5\",2\n\"2,5\",3\n", &comma),
                     "a:num b:num | 1.5 2 | 2.5 3", "',' delimits where nothing else does");
    cr_expect_str_eq(described("a;b\n1,2,3;1\n2;3\n", &comma), "a:cat b:num | 1,2,3 1 | 2 3");
    cr_expect_str_eq(described("a,b\n1.5,x\n", &point), "a:num b:cat | 1.5 x");
    cr_expect_str_eq(refusal_of("a,b\n1.5,x\n", &odd, HONE_EINVAL),
                     "t.csv: the decimal sign must be '.' or ',', got byte 0x3B");
}

Test(csv_kinds, a_given_delimiter_is_taken) {
    hone_csv_options options = {.delimiter = ':'};
    cr_expect_str_eq(described("a:b\n1:x,y\n2:z,w\n", &options), "a:num b:cat | 1 x,y | 2 z,w");
    options.delimiter = ' ';
    cr_expect_str_eq(described("a b\n1 2\n", &options), "a:num b:num | 1 2");
}

Test(csv_kinds, blanks_stay_delimiters_between_tabs) {
    cr_expect_str_eq(described("a\tb\tc\n1\t\t x \n\t\t\n", NULL),
                     "a:num b:num c:cat | 1 - x | - - -");
}

Test(csv_kinds, the_header_is_found) {
    cr_expect(header_of("a,b\n1,2\n"));
    cr_expect(header_of("a,b\nx,y\nz,w\n"), "texts that are not met again are names");
    cr_expect(header_of("name,2019,2020,2021\nA,1,2,5\nB,3,4,5\n"), "years");
    cr_expect(header_of("0,1,2\n1.5,2.5,3\n"), "numbers of columns");
    cr_expect_not(header_of("1,2,3\n4,5,6\n"));
    cr_expect(header_of("id,NA\n1,2\n"));
    cr_expect_not(header_of("1,2\n3,4\n"));
    cr_expect_not(header_of("5.1,3.5,setosa\n4.9,3,setosa\n"));
    cr_expect_not(header_of("p,x,s\ne,x,s\np,x,y\ne,b,s\n"), "first cells are met again");
    cr_expect_not(header_of("?,1\n2,3\n"));
}

Test(csv_kinds, a_header_can_be_asked_for_or_denied) {
    hone_csv_options with = {.header = 1}, without = {.header = -1};
    cr_expect_str_eq(described("1,2\n3,4\n", &with), "1:num 2:num | 3 4");
    cr_expect_str_eq(described("a,b\nc,d\n", &without), "x0:cat x1:cat | a b | c d");
}

Test(csv_kinds, columns_without_a_name_get_one) {
    cr_expect_str_eq(described("\"\",a,\n1,2,3\n", NULL), "x0:num a:num x2:num | 1 2 3");
}

Test(csv_kinds, one_text_makes_a_column_categorical_however_late) {
    char text[20000] = "n,late\n";
    for (int i = 0; i < 1500; i++)
        sprintf(text + strlen(text), "%d,%s\n", i, i == 1400 ? "end" : i % 2 ? "1" : "1.0");
    hone_table *table = table_of(text, NULL);
    const hone_column *column = hone_table_column(table, 1);
    cr_assert_eq(column->kind, HONE_CATEGORICAL);
    cr_assert_eq(column->n_levels, 3);
    cr_expect_str_eq(column->levels[0], "1");
    cr_expect_str_eq(column->levels[1], "1.0", "texts stay as they are written");
    cr_expect_str_eq(column->levels[2], "end");
    const double *values = hone_table_values(table, 1), *n = hone_table_values(table, 0);
    for (int i = 0; i < 1500; i++) {
        cr_assert_eq(values[i], i == 1400 ? 2 : i % 2 ? 0 : 1);
        cr_assert_eq(n[i], i);
    }
    hone_table_free(table);
}

Test(csv_kinds, several_late_columns_are_read_again_together) {
    cr_expect_str_eq(
        described("a,b,c,d\n1,2,3,\n\"4\",5,\"N\"\"A\",NA\nx,\"6\",7,1\n8,y,9,?\n", NULL),
        "a:cat b:cat c:cat d:num | 1 2 3 - | 4 5 N\"A - | x 6 7 1 | 8 y 9 -");
}

Test(csv_kinds, leading_zeros_are_numbers_and_truth_values_are_not) {
    cr_expect_str_eq(described("a,b,c\n007,TRUE,yes\n01,FALSE,no\n", NULL),
                     "a:num b:cat c:cat | 7 TRUE yes | 1 FALSE no");
}

Test(csv_kinds, a_column_of_nothing_is_numeric) {
    cr_expect_str_eq(described("a,b\n,1\nNA,2\n", NULL), "a:num b:num | - 1 | - 2");
}

static void expect_levels(const char *text, const char *const *levels, size_t n) {
    static const hone_column pin = {.name = "a", .kind = HONE_CATEGORICAL};
    hone_csv_options options = {.pins = &pin, .n_pins = 1};
    hone_table *table = table_of(text, &options);
    const hone_column *column = hone_table_column(table, 0);
    cr_assert_eq(column->kind, HONE_CATEGORICAL);
    cr_assert_eq(column->n_levels, n);
    for (size_t k = 0; k < n; k++)
        cr_expect_str_eq(column->levels[k], levels[k]);
    hone_table_free(table);
}

Test(csv_kinds, levels_are_in_numeric_order_if_all_are_numbers_else_bytewise) {
    expect_levels("a\n10\n2\n-1\n2\n1e1\n", (const char *const[]){"-1", "2", "10", "1e1"}, 4);
    expect_levels("a\n10\n2\nB\nc\n", (const char *const[]){"10", "2", "B", "c"}, 4);
}

Test(csv_kinds, pins_decide) {
    const hone_column pins[] = {{.name = "b", .kind = HONE_CATEGORICAL},
                                {.name = "a", .kind = HONE_NUMERIC}};
    hone_csv_options options = {.pins = pins, .n_pins = 2};
    cr_expect_str_eq(described("a,b\n1,007\nNA,7\n2,NA\n", &options),
                     "a:num b:cat | 1 007 | - 7 | 2 -");
}

Test(csv_kinds, a_fitted_model_s_schema_sets_kinds_where_no_pin_does) {
    const hone_column known[] = {{.name = "a", .kind = HONE_CATEGORICAL},
                                 {.name = "b", .kind = HONE_NUMERIC},
                                 {.name = "gone", .kind = HONE_NUMERIC}};
    const hone_schema schema = {.n_columns = 3, .columns = known};
    const hone_column pin = {.name = "b", .kind = HONE_CATEGORICAL};
    hone_csv_options options = {.schema = &schema};
    cr_expect_str_eq(described("a,b,c\n1,2,3\n", &options), "a:cat b:num c:num | 1 2 3");
    cr_expect_str_eq(refusal_of("a,b,c\n1,x,3\n", &options, HONE_EDATA),
                     "t.csv:2:3: column 'b' is pinned as numeric, got \"x\"");
    options.pins = &pin, options.n_pins = 1;
    cr_expect_str_eq(described("a,b,c\n1,x,3\n", &options), "a:cat b:cat c:num | 1 x 3");
}

Test(csv_kinds, many_levels_and_wide_tables_are_read) {
    size_t n = 5000, m = 300, room = n * 16 + m * 12 + 64;
    char *text = malloc(room), *p = text;
    p += sprintf(p, "name\n");
    for (size_t i = 0; i < n; i++)
        p += sprintf(p, "p%zu\n", i * 7919 % n);
    hone_table *table = table_of(text, NULL);
    cr_expect_eq(hone_table_column(table, 0)->n_levels, n);
    cr_expect_str_eq(hone_table_column(table, 0)->levels[(size_t)hone_table_values(table, 0)[1]],
                     "p2919");
    hone_table_free(table);
    p = text;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < m; j++)
            p += sprintf(p, "%s%zu%c", i ? "" : "c", j, j + 1 < m ? ';' : '\n');
    table = table_of(text, NULL);
    cr_expect_eq(hone_table_cols(table), m);
    for (size_t j = 0; j < m; j++)
        cr_assert_eq(*hone_table_values(table, j), (double)j);
    hone_table_free(table);
    free(text);
}

Test(csv_kinds, more_rows_than_lines_by_plain_cr_and_lf_are_read) {
    char text[4000] = "a,b\n", *p = text + 4;
    for (int i = 0; i < 100; i++)
        p += sprintf(p, "%d,%d%c", i, -i, i % 2 ? '\n' : '\r');
    hone_table *table = table_of(text, NULL);
    cr_assert_eq(hone_table_rows(table), 100);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(hone_table_values(table, 0)[i], i);
        cr_assert_eq(hone_table_values(table, 1)[i], -i);
    }
    hone_table_free(table);
}
