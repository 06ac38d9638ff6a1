/* scanner.h -- cells and records of delimited text, one at a time, and what a cell means.
 *
 * RFC 4180 with these decisions: lines end with LF, CRLF or CR; blanks (spaces, and tabs where they
 * do not delimit) around a cell are no part of it, within quotes they are; a quote that does not
 * open a cell is an ordinary character; nothing but blanks may follow a closing quote. */
#ifndef HONE_DATA_SCANNER_H
#define HONE_DATA_SCANNER_H

#include "core/text.h"
#include "data/place.h"

#include <hone/dataset.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A longer cell is a mistake (a forgotten quote, no line ends), not a table. */
#define HONE_CSV_CELL_MAX ((size_t)1 << 20)

typedef struct hone_csv_scanner {
    const hone_csv_text *text;
    char delimiter;
    uint8_t marks[256]; /* what each byte does: set of hone_csv_mark */
} hone_csv_scanner;

typedef enum hone_csv_mark { HONE_CSV_STOP = 1, HONE_CSV_BLANK = 2 } hone_csv_mark;

typedef struct hone_csv_cell {
    const char *start; /* where it begins, for messages */
    const char *text;  /* without blanks around, without its quotes */
    size_t length;
    bool quoted;
    bool doubled; /* holds quotes written twice that stand for one */
} hone_csv_cell;

/* The tokens that mean missing, and how numbers are written. */
typedef struct hone_csv_tokens {
    const char *const *texts; /* NULL: the standard ones */
    size_t n;
    bool numeric; /* one of them reads as a number ("-999") */
    bool comma;   /* of numbers, in place of the point */
} hone_csv_tokens;

hone_csv_scanner hone_csv_scanner_make(const hone_csv_text *text, char delimiter);

static inline bool hone_csv_marked(const hone_csv_scanner *s, const char *p, hone_csv_mark mark) {
    return s->marks[(unsigned char)*p] & mark;
}

static inline const char *hone_csv_skip_blanks(const hone_csv_scanner *s, const char *p) {
    while (p < s->text->end && hone_csv_marked(s, p, HONE_CSV_BLANK))
        p++;
    return p;
}

/* Reads the cell at *at and moves *at to the delimiter or line end (or the text's end) after it.
 * HONE_EDATA for a quote without partner, characters after a closing quote, a cell that is too
 * long. */
HONE_NODISCARD hone_status hone_csv_read_cell(const hone_csv_scanner *s, const char **at,
                                              hone_csv_cell *out, hone_error *err);

/* The start of the record at or behind p: blank lines are skipped. The text's end if there is no
 * more. */
const char *hone_csv_next_record(const hone_csv_scanner *s, const char *p);

/* The position behind the line end at p. */
const char *hone_csv_skip_line_end(const hone_csv_scanner *s, const char *p);

/* Moves from the end of a cell to the start of the next one in the record; false at its end. */
static inline bool hone_csv_next_cell(const hone_csv_scanner *s, const char **at) {
    if (*at == s->text->end || **at != s->delimiter)
        return false;
    ++*at;
    return true;
}

/* Reads a number that is a whole cell without quotes: the fast way. On false *at stays. */
static inline bool hone_csv_read_plain_number(const hone_csv_scanner *s, const char **at,
                                              double *out) {
    const char *p = hone_csv_skip_blanks(s, *at), *end = s->text->end;
    p = hone_read_double(p, end, out);
    if (!p)
        return false;
    p = hone_csv_skip_blanks(s, p);
    if (p < end && !hone_csv_marked(s, p, HONE_CSV_STOP))
        return false;
    *at = p;
    return true;
}

hone_csv_tokens hone_csv_tokens_make(const hone_csv_options *options);
/* Is it a token that means missing? Blanks within quotes do not count. */
bool hone_csv_missing(const hone_csv_tokens *tokens, const hone_csv_cell *cell);
/* Is it a number as a whole? Quotes, and blanks within them, do not count. */
bool hone_csv_number(const hone_csv_tokens *tokens, const hone_csv_cell *cell, double *out);
/* Copies the cell's text to `out` (room for its length), with doubled quotes made single; returns
 * the length. */
size_t hone_csv_unquote(const hone_csv_cell *cell, char *out);

#endif
