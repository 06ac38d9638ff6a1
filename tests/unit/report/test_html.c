/* test_html.c -- escaping, numbers, tables and their record. */
#include "report/html.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAD   "\xef\xbf\xbd" /* U+FFFD */
#define MINUS "\xe2\x88\x92"
#define THIN  "\xe2\x80\xaf"

static void check_text(const char *text, const char *want) {
    char *out = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&out, &size);
    hone_html_text(file, text);
    fclose(file);
    cr_assert_str_eq(out, want);
    free(out);
}

Test(html, text_is_escaped) {
    check_text("<script>alert(\"1\" & '2')</script>",
               "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
    check_text("gr\xc3\xbc\xc3\x9f \xf0\x9f\x8c\x8d \xe2\x80\x93",
               "gr\xc3\xbc\xc3\x9f \xf0\x9f\x8c\x8d \xe2\x80\x93");
}

/* What is no character, or none that XML allows. */
Test(html, bytes_that_are_no_text_are_replaced) {
    check_text("a\x01\x1f\x7f\tb\n", "a" BAD BAD BAD "\tb\n");
    check_text("\xff\xc0\x80|", BAD BAD BAD "|");
    check_text("\xe2\x82", BAD BAD);
    check_text("\xed\xa0\x80", BAD BAD BAD); /* a surrogate */
    check_text("\xef\xbf\xbe", BAD BAD BAD); /* U+FFFE */
    check_text("\xc2\x85", BAD BAD);         /* a control character */
}

static void check_number(double value, int decimals, const char *want) {
    char out[HONE_HTML_NUMBER];
    cr_assert_str_eq(hone_html_number(value, decimals, out), want);
}

Test(html, numbers) {
    check_number(0.99564, 4, "0.9956");
    check_number(-1.5, 1, MINUS "1.5");
    check_number(0, 4, "0.0000");
    check_number(-0.0, 4, "0.0000");
    check_number(-0.3, 0, "0"); /* what rounds to 0 has no sign */
    check_number(1e-7, 4, "1.00e-07");
    check_number(-2e12, 1, MINUS "2.00e+12");
    check_number(NAN, 4, "\xe2\x80\x93");
    check_number(INFINITY, 4, "\xe2\x88\x9e");
}

Test(html, counts_have_their_thousands_apart) {
    char *out = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&out, &size);
    hone_html_count(file, 1234567);
    putc('|', file);
    hone_html_count(file, 999);
    putc('|', file);
    hone_html_count(file, 1000.5);
    fclose(file);
    cr_assert_str_eq(out, "1" THIN "234" THIN "567|999|1" THIN "000.50");
    free(out);
}

Test(html, tables_are_recorded_at_full_precision) {
    const char *const TITLES[] = {"model", "<note", "auc", "share"};
    char *out = NULL;
    size_t size = 0;
    bool failed = false;
    FILE *file = open_memstream(&out, &size);
    hone_json *tables = hone_json_array();
    hone_html_table table;
    hone_html_table_begin(&table, file, tables, &failed, "A & B", TITLES, 4);
    hone_html_row(&table, "svc\xff", 3);
    hone_html_cell(&table, "a<b");
    hone_html_cell_number(&table, 1.0 / 3, 2, "best");
    hone_html_cell_interval(&table, 0.5, 0.25, 0.75, 2, NULL);
    hone_html_row(&table, "lr", 0);
    hone_html_cell(&table, "");
    hone_html_cell_number(&table, NAN, 2, NULL);
    hone_html_cell_interval(&table, 0.5, NAN, NAN, 2, NULL);
    hone_html_table_end(&table);
    fclose(file);
    cr_assert(!failed);
    cr_assert(strstr(out, "<caption>A &amp; B</caption>"));
    cr_assert(strstr(out, "<th scope=\"col\">note</th>"));
    cr_assert(strstr(out, "<span class=\"key k3\"></span>svc" BAD));
    cr_assert(strstr(out, ">0.33<"));
    const hone_json *rows = hone_json_get(hone_json_at(tables, 0), "rows");
    const hone_json *first = hone_json_at(rows, 0), *second = hone_json_at(rows, 1);
    cr_assert_eq(hone_json_size(rows), 2);
    cr_assert_str_eq(hone_json_as_text(hone_json_at(first, 1)), "a<b");
    cr_assert_eq(hone_json_as_real(hone_json_at(first, 2)), 1.0 / 3);
    cr_assert_eq(hone_json_size(hone_json_at(first, 3)), 3);
    cr_assert(isnan(hone_json_as_real(hone_json_at(second, 2))));
    cr_assert_eq(hone_json_as_real(hone_json_at(second, 3)), 0.5);
    hone_json_free(tables);
    free(out);
}
