/* Every sentence about text that cannot be read, with its place. */
#include "tables.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse(const char *text, const char *message) {
    cr_expect_str_eq(refusal_of(text, NULL, HONE_EDATA), message);
}

Test(csv_errors, ragged_rows) {
    refuse("a,b,c\n1,2,3\n4,5\n", "t.csv:3:1: 2 cells, expected 3 as in line 1");
    refuse("\na,b\n\"x\ny\",1\n1,2,3,4\n", "t.csv:5:1: 4 cells, expected 2 as in line 2");
    refuse("a,b\n1\n", "t.csv:2:1: 1 cell, expected 2 as in line 1");
}

Test(csv_errors, nothing_there) {
    refuse("", "t.csv:1:1: the file is empty, expected a header and rows");
    refuse("\n  \r\n", "t.csv:1:1: the file is empty, expected a header and rows");
    refuse("\xef\xbb\xbf", "t.csv:1:1: the file is empty, expected a header and rows");
}

Test(csv_errors, header_only) {
    refuse("a,b\n", "t.csv:2:1: there is a header and nothing below it, expected rows of data");
}

Test(csv_errors, duplicate_names) {
    refuse("a,b,a\n1,2,3\n",
           "t.csv:1:5: column 3 is called 'a' like column 1, expected a name of its own");
    refuse("x1,\n1,2\n",
           "t.csv:1:4: column 2 is called 'x1' like column 1, expected a name of its own");
}

Test(csv_errors, duplicate_made_up_name) {
    cr_expect_str_eq(described("x2,\n1,2\n", NULL), "x2:num x1:num | 1 2");
}

Test(csv_errors, invalid_utf8) {
    refuse("a,b\n1,caf\xe9\n", "t.csv:2:6: byte 0xE9 is not valid UTF-8, expected UTF-8 text "
                               "(iconv -f LATIN1 -t UTF-8 may help)");
    static const char *const bad[] = {"\x80",
                                      "\xc0\xaf",
                                      "\xe0\x80\xaf",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80",
                                      "\xe2\x82",
                                      "\xff",
                                      "\xf0\x82\x82\xac"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[64], start[64];
        snprintf(text, sizeof text, "a\nb\n%s", bad[i]);
        snprintf(start, sizeof start, "t.csv:3:1: byte 0x%02X is", (unsigned char)bad[i][0]);
        const char *message = refusal_of(text, NULL, HONE_EDATA);
        cr_expect_eq(strncmp(message, start, strlen(start)), 0, "%s", message);
    }
}

Test(csv_errors, nul_byte) {
    static const char text[] = "a,b\n1,2\n3,\0\n";
    hone_table *table = NULL;
    hone_error err;
    cr_assert_eq(hone_parse_csv(text, sizeof text - 1, "t.csv", NULL, NULL, &table, &err),
                 HONE_EDATA);
    cr_expect_str_eq(err.message,
                     "t.csv:3:3: NUL byte, expected text; the file is binary or damaged");
}

Test(csv_errors, files_that_are_no_text) {
    static const char text[] = "\xff\xfe"
                               "a\0,\0b\0";
    hone_table *table = NULL;
    hone_error err;
    cr_assert_eq(hone_parse_csv(text, sizeof text - 1, "t.csv", NULL, NULL, &table, &err),
                 HONE_EDATA);
    cr_expect_str_eq(err.message, "t.csv:1:1: this is UTF-16 text, expected delimited text in "
                                  "UTF-8, plain or gzipped");
}

Test(csv_errors, quotes_without_partner) {
    refuse("a,b\n1,\"x\n2,y\n",
           "t.csv:2:3: the quote that opens here is never closed, expected another '\"' before "
           "the end of the file");
    refuse("a,\"b\n1,2\n",
           "t.csv:1:3: the quote that opens here is never closed, expected another '\"' before "
           "the end of the file");
}

Test(csv_errors, text_behind_a_closing_quote) {
    refuse("a,b\n1,\"x\"yz,3\n",
           "t.csv:2:6: 'yz' after a closing quote, expected the delimiter or the line's end (a "
           "quote within quotes is written \"\")");
}

Test(csv_errors, text_in_a_column_pinned_as_numeric) {
    const hone_column pin = {.name = "age", .kind = HONE_NUMERIC};
    hone_csv_options options = {.pins = &pin, .n_pins = 1};
    cr_expect_str_eq(refusal_of("id,age\n1,2\n22, abc \n", &options, HONE_EDATA),
                     "t.csv:3:5: column 'age' is pinned as numeric, got \"abc\"");
    cr_expect_str_eq(
        refusal_of("id,age\n1,a text that goes on and on and on and on and on\n", &options,
                   HONE_EDATA),
        "t.csv:2:3: column 'age' is pinned as numeric, got \"a text that goes on and on and on "
        "and on...\"");
}

Test(csv_errors, a_pin_of_an_unknown_column) {
    const hone_column pin = {.name = "agee", .kind = HONE_NUMERIC};
    hone_csv_options options = {.pins = &pin, .n_pins = 1};
    cr_expect_str_eq(refusal_of("id,age\n1,2\n", &options, HONE_ENAME),
                     "t.csv: pinned kind: unknown column 'agee'; did you mean 'age'?");
}

Test(csv_errors, a_delimiter_that_cannot_be_one) {
    hone_csv_options options = {.delimiter = '"'};
    cr_expect_str_eq(refusal_of("a,b\n1,2\n", &options, HONE_EINVAL),
                     "t.csv: the delimiter must be an ASCII character other than a quote or a "
                     "line end, got byte 0x22");
}

/* 100 MB without a line end, of one cell or of many: a sentence, and soon. */
Test(csv_errors, one_endless_line, .timeout = 60) {
    size_t size = 100u << 20;
    char *text = malloc(size + 1);
    text[size] = 0;
    memset(text, 'x', size);
    refuse(text, "t.csv:1:1: cell of 104857600 bytes, expected at most 1048576; are the line ends "
                 "or the delimiter other than expected?");
    text[0] = text[size - 1] = '"';
    refuse(text, "t.csv:1:1: cell of 104857598 bytes, expected at most 1048576; does a quote lack "
                 "its partner?");
    for (size_t i = 0; i < size; i++)
        text[i] = i % 2 ? ',' : '7';
    refuse(text, "t.csv:1:2000001: more than 1000000 columns, expected fewer; are the delimiter "
                 "and the line ends other than expected?");
    memset(text, '"', size);
    refuse(text, "t.csv:1:1: cell of 104857598 bytes, expected at most 1048576; does a quote lack "
                 "its partner?");
    free(text);
}

Test(csv_errors, long_names_of_files_leave_room_for_the_sentence) {
    char name[5000], end[64] = "d.csv:1:1: the file is empty, expected a header and rows";
    memset(name, 'd', sizeof name - 1);
    strcpy(name + 4990, ".csv");
    hone_table *table = NULL;
    hone_error err;
    cr_assert_eq(hone_parse_csv("", 0, name, NULL, NULL, &table, &err), HONE_EDATA);
    cr_expect_eq(strncmp(err.message, "...dddd", 7), 0);
    cr_expect_str_eq(err.message + strlen(err.message) - strlen(end), end);
}

Test(csv_errors, nobody_needs_to_listen) {
    hone_table *table = NULL;
    cr_expect_eq(hone_parse_csv("a,b\n1\n", 6, "t.csv", NULL, NULL, &table, NULL), HONE_EDATA);
}
