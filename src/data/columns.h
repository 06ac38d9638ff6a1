/* columns.h -- columns that find out their kind while they are read.
 *
 * Every column is taken for numeric until a cell shows that it is text; its earlier cells are then
 * owed, and paid by one second reading of the rows before (of all such columns together). */
#ifndef HONE_DATA_COLUMNS_H
#define HONE_DATA_COLUMNS_H

#include "data/scanner.h"
#include "data/table.h"

/* How a column is read. */
typedef enum hone_csv_mode {
    HONE_CSV_NUMBERS, /* so far */
    HONE_CSV_TEXTS,   /* levels */
    HONE_CSV_PINNED   /* numbers, and anything else is an error */
} hone_csv_mode;

typedef struct hone_csv_columns {
    const hone_csv_scanner *scanner;
    const hone_csv_tokens *tokens;
    hone_table *table; /* its columns and levels are filled in */
    size_t n;
    hone_csv_mode *mode; /* n */
    size_t *text_from;   /* n: in mode TEXTS, the first row whose code is there already */
    char *scratch;       /* for cells with doubled quotes */
    size_t scratch_room;
} hone_csv_columns;

/* table: its n columns have their names; pins are applied. HONE_ENAME for a pin of an unknown
 * column (nearest suggested). */
HONE_NODISCARD hone_status hone_csv_columns_make(const hone_csv_scanner *scanner,
                                                 const hone_csv_tokens *tokens, hone_table *table,
                                                 const hone_csv_options *options,
                                                 hone_csv_columns *out, hone_error *err);

/* Reads record number `row` at *at into out (n values) and moves *at behind it. HONE_EDATA for
 * another number of cells, or text in a column pinned as numeric. */
HONE_NODISCARD hone_status hone_csv_read_record(hone_csv_columns *c, size_t row, const char **at,
                                                double *out, hone_error *err);

/* Pays what text columns owe: reads the records from `first` on once more, as far as needed. */
HONE_NODISCARD hone_status hone_csv_settle(hone_csv_columns *c, const char *first, hone_error *err);

/* Gives the columns their kinds, and levels in order; needs all rows in the table. */
HONE_NODISCARD hone_status hone_csv_columns_finish(hone_csv_columns *c, hone_error *err);

void hone_csv_columns_free(hone_csv_columns *c);

#endif
