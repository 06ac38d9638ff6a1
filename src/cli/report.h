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
/* A text that may not be UTF-8 (a path, an argument): then foreign bytes become '?'. */
hone_json *cli_json_text(const char *text);
/* An array of texts. NULL when memory is out. */
hone_json *cli_json_texts(const char *const *texts, size_t n);
/* Code k of a column as text: its level, or the number. Owned by the caller. */
char *cli_level_text(const hone_column *column, double code);

#endif
