/* dialect.h -- finding out how a delimited text is written. */
#ifndef HONE_DATA_DIALECT_H
#define HONE_DATA_DIALECT_H

#include "data/scanner.h"

/* The delimiter, among , ; tab | (the first wins a draw): the one by which most of the first
 * records have as many cells as the first, then the one with most cells. ',' for a single
 * column; the decimal sign only where nothing else delimits. Never fails: a text that no delimiter
 * fits is refused by the reader, with its place. O(sample). */
char hone_csv_sniff_delimiter(const hone_csv_text *text, char decimal);

/* Does the first record name the columns? Looks at each column of the sample: a text above
 * numbers says yes; else a number in the first record says no, unless its numbers count up by
 * one (years, 0 1 2 ...) and those of the second do not; first cells that are met again below in
 * most columns say no; without any word: yes. n_cols: cells of the first record, which starts at
 * `first`. O(sample). */
HONE_NODISCARD hone_status hone_csv_sniff_header(const hone_csv_scanner *s,
                                                 const hone_csv_tokens *tokens, const char *first,
                                                 size_t n_cols, bool *out, hone_error *err);

#endif
