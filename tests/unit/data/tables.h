/* tables.h -- short ways to make tables from text and to look at them. */
#ifndef HONE_TESTS_TABLES_H
#define HONE_TESTS_TABLES_H

#include <hone/hone.h>

/* The table of a text called "t.csv"; fails the test when it cannot be read. */
hone_table *table_of(const char *text, const hone_csv_options *options);

/* The message for a text that cannot be read, in a static buffer; fails the test when it can, or
 * when the status is not `status`. */
const char *refusal_of(const char *text, const hone_csv_options *options, hone_status status);

/* A table in one line: names and kinds, then rows; levels as text, missing as "-":
 * "a:num b:cat | 1 x | - y". In a static buffer. */
const char *describe(const hone_table *table);

/* The same, straight from a text. */
const char *described(const char *text, const hone_csv_options *options);

#endif
