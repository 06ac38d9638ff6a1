/* svmlight.h -- the inside of reading svmlight text: parts of it, and their rows. */
#ifndef HONE_DATA_SVMLIGHT_H
#define HONE_DATA_SVMLIGHT_H

#include "data/place.h"
#include "data/table.h"

#include <hone/svmlight.h>

/* What holds for every line. */
typedef struct hone_svmlight_rules {
    const hone_csv_text *text;
    uint64_t lowest, highest; /* indices */
    bool grouped;             /* does each line have a qid? */
} hone_svmlight_rules;

/* A part of the text, of whole lines, and the rows in it: borrowed slices of the whole's arrays. */
typedef struct hone_svmlight_part {
    const char *start, *end;
    size_t rows, stored; /* before reading: the most there can be */
    double *y, *values;  /* rows, stored */
    uint32_t *columns;   /* stored: indices as they stand there */
    uint32_t *groups;    /* rows, or NULL */
    size_t *starts;      /* rows: where each begins, from 0 in this part */
    uint32_t smallest, largest;
    const char *largest_at;
    hone_status status; /* of its first line that cannot be read */
    hone_error err;
} hone_svmlight_part;

/* All rows of a text. Owned; free with hone_svmlight_free(). */
typedef struct hone_svmlight {
    double *y, *values;
    uint32_t *columns; /* from 0 */
    uint32_t *groups;  /* or NULL */
    size_t *starts;    /* rows + 1 */
    size_t rows, stored, cols;
    uint32_t first; /* the index that column 0 has in the text */
} hone_svmlight;

/* Counts the most rows and pairs there can be: lines and colons. O(length). */
void hone_svmlight_count(hone_svmlight_part *part);
/* Reads the part's lines; what is wrong is kept in the part. O(length). */
void hone_svmlight_read_part(const hone_svmlight_rules *rules, hone_svmlight_part *part);
/* Does the first line of data have a qid? */
bool hone_svmlight_grouped(const hone_csv_text *text);
/* Is it svmlight text, by its first lines: is a label followed by pairs? */
bool hone_svmlight_looks(const hone_csv_text *text);

HONE_NODISCARD hone_status hone_svmlight_read(const hone_csv_text *text,
                                              const hone_svmlight_options *options,
                                              const hone_monitor *mon, hone_svmlight *out,
                                              hone_error *err);
void hone_svmlight_free(hone_svmlight *rows);

/* Fills an empty table: columns y, qid (if there are groups) and x<index>, all numeric; beyond
 * 1 GiB, or if it is to be `compressed`, y and qid alone, the rest compressed. `model` (or NULL):
 * columns of this schema that are called so are there as well. HONE_EDATA beyond ten million
 * columns. */
HONE_NODISCARD hone_status hone_svmlight_table(const hone_csv_text *text, const hone_schema *model,
                                               bool compressed, const hone_monitor *mon,
                                               hone_table *table, hone_error *err);

#endif
