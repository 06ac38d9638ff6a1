/* html.h -- HTML that is XML too: every text escaped, every element closed.
 *
 * Nothing here fails: the stream keeps its own error, to be looked at once at the end. What is
 * written as a table is recorded as JSON as well, at full precision, so that no number of a page
 * has to be copied from it. */
#ifndef HONE_REPORT_HTML_H
#define HONE_REPORT_HTML_H

#include <hone/json.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Most characters of a number written by hone_html_number(). */
#define HONE_HTML_NUMBER 64

/* Writes text with & < > " ' escaped; bytes that are no UTF-8, and control characters, become
 * U+FFFD. Fits element contents and quoted attributes. */
void hone_html_text(FILE *file, const char *text);
/* `value` with fixed decimals, a point whatever the locale, and a real minus sign. NaN is a dash.
 * Returns `out`. */
char *hone_html_number(double value, int decimals, char out[HONE_HTML_NUMBER]);
/* Decimals that show numbers as large as `size` with about five digits. */
int hone_html_decimals(double size);
/* A count with its thousands apart. */
void hone_html_count(FILE *file, double value);
/* <tag>text</tag> */
void hone_html_element(FILE *file, const char *tag, const char *text);

/* One table while it is written. The cells of the header and the first one of a row are headers. */
typedef struct hone_html_table {
    FILE *file;
    hone_json *tables; /* where the record goes, or NULL; borrowed */
    bool *failed;
    const char *caption;
    bool open;                       /* a row is */
    hone_json *columns, *rows, *row; /* the record; NULL when there is none */
} hone_html_table;

/* Begins a table. tables: an array that records it, or NULL. failed: set to true when the record
 * runs out of memory. titles: n, the first one over the row headers; one that begins with
 * '<' (which is not shown) stands over a column of texts. */
void hone_html_table_begin(hone_html_table *table, FILE *file, hone_json *tables, bool *failed,
                           const char *caption, const char *const *titles, size_t n);
/* Begins a row; colour: 1 .. 10 puts the key of a series before the header, 0 puts none. */
void hone_html_row(hone_html_table *table, const char *header, int colour);
void hone_html_cell(hone_html_table *table, const char *text);
/* A number; style: a class of the style sheet, or NULL. */
void hone_html_cell_number(hone_html_table *table, double value, int decimals, const char *style);
/* value with its interval below; only the value where the ends are NaN. */
void hone_html_cell_interval(hone_html_table *table, double value, double low, double high,
                             int decimals, const char *style);
void hone_html_cell_count(hone_html_table *table, double value);
/* Records the value of a cell that the caller has written himself; takes it over. */
void hone_html_record(hone_html_table *table, hone_json *value);
/* Ends row and table. */
void hone_html_table_end(hone_html_table *table);

#endif
