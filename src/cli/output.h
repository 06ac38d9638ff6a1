/* output.h -- where results go: sinks that notice every failed write, tables, numbers, notes. */
#ifndef HONE_CLI_OUTPUT_H
#define HONE_CLI_OUTPUT_H

#include "cli/cli.h"

#include <stdio.h>

/* ---- sinks ----------------------------------------------------------------------------------- */

/* A file being written. A regular file is written beside and renamed by cli_sink_close(), so that
 * an old one stays whole until then; devices, pipes and "-" (standard output) are written as they
 * are. Zeroed = not open. */
typedef struct cli_sink {
    FILE *file;
    char *path, *beside; /* owned; beside is NULL when there is nothing to rename */
    int failed;          /* errno of the first failed write */
} cli_sink;

/* Opens before the work begins, so that a path that cannot be written is known at once. */
HONE_NODISCARD hone_status cli_sink_open(cli_sink *sink, const char *path, hone_error *err);
/* Call after writing a line or a row: keeps the reason of a failure. */
void cli_sink_check(cli_sink *sink);
/* Flushes, closes, renames. HONE_EIO with the reason; the sink is then discarded. */
HONE_NODISCARD hone_status cli_sink_close(cli_sink *sink, hone_error *err);
/* Drops what was written. A sink that is not open is fine. */
void cli_sink_discard(cli_sink *sink);
/* Is this the path of standard output? */
bool cli_is_standard(const char *path);

/* Writes `value` (taken over) to path; nothing to do for a NULL path. */
HONE_NODISCARD hone_status cli_write_json(cli_sink *sink, hone_json *value, hone_error *err);

/* ---- style ----------------------------------------------------------------------------------- */

bool cli_colour(FILE *file); /* a terminal, and no NO_COLOR, TERM=dumb */
bool cli_utf8(void);         /* the locale's characters are UTF-8 */

/* ---- tables ---------------------------------------------------------------------------------- */

/* Cells row by row; the first row is the header. Text goes left, numbers go right. */
typedef struct cli_table {
    size_t columns, n;
    char **cells;                 /* n, owned */
    bool *marked;                 /* n: shown as the best of its column */
    size_t right_from, right_end; /* these columns go right */
} cli_table;

void cli_table_cell(cli_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Marks the last cell. */
void cli_table_mark(cli_table *table);
void cli_table_print(const cli_table *table, cli_sink *sink);
void cli_table_free(cli_table *table);

/* ---- numbers --------------------------------------------------------------------------------- */

#define CLI_NUMBER 48

/* Decimals that show numbers as large as `size` with about five digits. */
int cli_decimals(double size);
/* Fixed decimals, but six digits in all from 1e9 on; "-" for NaN. Returns `out`. */
char *cli_number(double value, int decimals, char out[CLI_NUMBER]);
/* Seconds with three digits: "0.012 s". */
char *cli_seconds(double value, char out[CLI_NUMBER]);

/* ---- words to the user ----------------------------------------------------------------------- */

/* A copy of `text` that is safe on a terminal: control characters become '?'. free() it. */
char *cli_clean(const char *text);
/* One line on standard error, unless --quiet. */
void cli_note(const cli_session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "hone: warning: ..." on standard error. */
void cli_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A CSV field, quoted where RFC 4180 asks for it. */
void cli_csv_field(FILE *file, const char *text);
/* The same for a number: the shortest text that reads back to the same bits; empty for NaN. */
void cli_csv_number(FILE *file, double value);

#endif
