/* report.h -- the parts that the results of several commands share. */
#ifndef HONE_CLI_REPORT_H
#define HONE_CLI_REPORT_H

#include "cli/data.h"

/* The command line as a shell would read it back; owned by the caller. */
char *cli_command_line(const cli_session *session);
/* A result with its schema's name, hone's version and the command line. NULL: memory is out. */
hone_json *cli_result(const cli_session *session, const char *schema);
/* Sets "data"; positive: code of the positive class, or NULL. True when memory is out. */
bool cli_set_data(hone_json *out, const char *path, const cli_data *data, const size_t *positive);
/* Sets "tables", those of a report (taken over; NULL: there is none), in a result, which may be
 * NULL. Returns the result; NULL when memory is out. */
hone_json *cli_with_tables(hone_json *result, hone_json *tables);
/* Misuse: --plots without --report, --report - where something else takes standard output. */
HONE_NODISCARD hone_status cli_check_report(cli_session *session, hone_error *err);
/* A text that may not be UTF-8 (a path, an argument): then foreign bytes become '?'. */
hone_json *cli_json_text(const char *text);
/* An array of texts. NULL when memory is out. */
hone_json *cli_json_texts(const char *const *texts, size_t n);
/* Code k of a column as text: its level, or the number. Owned by the caller. */
char *cli_level_text(const hone_column *column, double code);

#endif
