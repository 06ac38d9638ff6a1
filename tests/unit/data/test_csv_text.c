/* Quoting, blanks, line ends, missing tokens: what a cell is and what it means. */
#include "tables.h"

#include "core/alloc.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect(const char *text, const char *table) {
    cr_expect_str_eq(described(text, NULL), table);
}

Test(csv_text, plain_cells_are_numbers_or_categories) {
    expect("a,b,c\n1,x,2.5\n-3e2,y,.5\n", "a:num b:cat c:num | 1 x 2.5 | -300 y 0.5");
}

Test(csv_text, quotes_hold_delimiters_line_ends_and_quotes) {
    expect("a,b\n\"x,y\",1\n\"p\nq\",2\n\"say \"\"no\"\"\",3\n\"\"\"\",4\n",
           "a:cat b:num | x,y 1 | p\nq 2 | say \"no\" 3 | \" 4");
}

Test(csv_text, quoted_numbers_are_numbers) {
    expect("a,b\n\"1\",\" 2 \"\n\"3\",\"4\"\n", "a:num b:num | 1 2 | 3 4");
}

Test(csv_text, quotes_within_a_cell_are_plain) {
    expect("a,b\nJoe \"Big\" Smith,5\"\nx,7\"\n", "a:cat b:cat | Joe \"Big\" Smith 5\" | x 7\"");
}

Test(csv_text, blanks_around_cells_are_cut_but_not_within_quotes) {
    expect("  a , b\n 1 ,  x y \n2\t, \" z \" \n", "a:num b:cat | 1 x y | 2  z ");
}

Test(csv_text, every_line_end_will_do) {
    expect("a,b\r\n1,2\r\n3,4\r\n", "a:num b:num | 1 2 | 3 4");
    expect("a,b\r1,2\r3,4", "a:num b:num | 1 2 | 3 4");
    expect("a,b\n1,2\r\n3,4\r5,6", "a:num b:num | 1 2 | 3 4 | 5 6");
    expect("a,b\r\n1,\"x\r\ny\"\r\n", "a:num b:cat | 1 x\r\ny");
}

Test(csv_text, blank_lines_are_skipped_everywhere) {
    expect("\n  \na,b\n\n1,2\n \t \r\n\n3,4\n\n", "a:num b:num | 1 2 | 3 4");
    expect("a\n1\n\n\"\"\n2\n", "a:num | 1 | - | 2");
}

Test(csv_text, a_byte_order_mark_is_no_part_of_the_first_name) {
    hone_table *table = table_of("\xef\xbb\xbf"
                                 "a,b\n1,2\n",
                                 NULL);
    cr_expect_str_eq(describe(table), "a:num b:num | 1 2");
    cr_expect(hone_table_info(table)->bom);
    cr_expect_eq(hone_table_info(table)->bytes, 11);
    hone_table_free(table);
}

Test(csv_text, characters_beyond_ascii_are_kept) {
    expect("naïve,市\n漢字,1\n\xf0\x9f\x90\x9d,2\n",
           "naïve:cat 市:num | 漢字 1 | \xf0\x9f\x90\x9d 2");
}

Test(csv_text, standard_tokens_mean_missing) {
    expect("a,b\n,x\nNA,NA\nn/a,N/A\nNaN,nan\nNULL,null\n?,?\n \"\" ,\"\"\n1,y\n",
           "a:num b:cat | - x | - - | - - | - - | - - | - - | - - | 1 y");
}

Test(csv_text, a_quoted_token_is_missing_among_numbers_and_a_level_among_texts) {
    expect("a,b\n\"NA\",\"NA\"\n1,Namibia\n\"?\",NA\n", "a:num b:cat | - NA | 1 Namibia | - -");
}

Test(csv_text, own_tokens_replace_the_standard_ones) {
    static const char *const tokens[] = {"-999", "none"};
    hone_csv_options options = {.missing = tokens, .n_missing = 2};
    cr_expect_str_eq(described("a,b,c\n-999,none,NA\n1,None,x\n", &options),
                     "a:num b:cat c:cat | - - NA | 1 None x");
    cr_expect_str_eq(described("a,b\n-999.0,1\nnan,\n", &options), "a:num b:cat | -999 1 | - ");
}

Test(csv_text, no_tokens_at_all_leave_empty_cells_as_texts) {
    static const char *const none[] = {""};
    hone_csv_options options = {.missing = none, .n_missing = 0};
    cr_expect_str_eq(described("a,b\n,1\nx,2\n", &options), "a:cat b:num |  1 | x 2");
}

Test(csv_text, infinities_are_numbers) {
    expect("a\ninf\n-Infinity\n1e999\n0\n", "a:num | inf | -inf | inf | 0");
}

Test(csv_text, one_column_needs_no_delimiter) {
    expect("a\n1\n2\n", "a:num | 1 | 2");
    expect("name\nx\ny", "name:cat | x | y");
}

Test(csv_text, an_empty_last_cell_is_a_cell) {
    expect("a,b\n1,\n,2\n,", "a:num b:num | 1 - | - 2 | - -");
}
