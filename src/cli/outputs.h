/* outputs.h -- where the results of one run go: the text, --json, --report and --oof. */
#ifndef HONE_CLI_OUTPUTS_H
#define HONE_CLI_OUTPUTS_H

#include "cli/output.h"
#include "cli/watch.h"

/* The files of a run; those that were not asked for are not open. Zeroed = none. */
typedef struct cli_outputs {
    const cli_session *session;
    cli_sink json, oof, page;
} cli_outputs;

/* How a command writes its results; each gets the command's own `run`. What no option of the
 * command asks for is NULL. */
typedef struct cli_results {
    const void *run;
    void (*text)(const void *run, cli_sink *sink);
    hone_json *(*json)(const void *run); /* NULL when memory is out */
    /* tables: NULL, or gets those of the page. */
    hone_status (*page)(const void *run, cli_sink *sink, hone_json **tables,
                        const hone_monitor *mon, hone_error *err);
    void (*oof)(const void *run, cli_sink *sink);
} cli_results;

/* Opens what the options ask for, before the work begins. Misuse: two of them on standard output,
 * --plots without --report. */
HONE_NODISCARD hone_status cli_outputs_open(cli_outputs *out, cli_session *session,
                                            hone_error *err);
/* Writes and closes them all; the text only where standard output is not taken. Warnings of the
 * page go through the watch. */
HONE_NODISCARD hone_status cli_outputs_write(cli_outputs *out, const cli_results *results,
                                             cli_watch *watch, hone_error *err);
/* Drops what is still open. */
void cli_outputs_discard(cli_outputs *out);

#endif
