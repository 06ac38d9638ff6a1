/* place.h -- the text being read, and messages that name a place in it. */
#ifndef HONE_DATA_PLACE_H
#define HONE_DATA_PLACE_H

#include <hone/monitor.h>

#include <stdbool.h>
#include <stddef.h>

/* Room for a name or cell in a message: 40 bytes, "..." and the end. */
#define HONE_SHOWN_SIZE 48

/* A borrowed text. `start` lies behind the byte order mark. */
typedef struct hone_csv_text {
    const char *name; /* of the file, for messages */
    const char *start, *end;
} hone_csv_text;

/* HONE_EDATA with "name:line:column: " before the message. Lines end with LF, CRLF or CR, within
 * quotes too; the column counts bytes from 1, as compilers and editors do. O(at - start). */
hone_status hone_csv_fail(const hone_csv_text *text, const char *at, hone_error *err,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The line, from 1, in which `at` lies. O(at - start). */
size_t hone_csv_line(const hone_csv_text *text, const char *at);

/* A text fit for a message: at most 40 bytes, cut between characters, control bytes as blanks.
 * Returns `out`. */
const char *hone_csv_show(const char *text, size_t length, char out[HONE_SHOWN_SIZE]);

/* Checks the bytes of the text (UTF-8 without NUL) and counts its lines. HONE_EDATA names the
 * place of the first offence. O(length), some 10 GB/s for plain ASCII. */
HONE_NODISCARD hone_status hone_csv_survey(const hone_csv_text *text, const hone_monitor *mon,
                                           size_t *lines, hone_error *err);

#endif
