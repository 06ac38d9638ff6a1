/* watch.h -- the monitor of a long call: progress on a terminal, warnings, Ctrl-C, threads, time.
 */
#ifndef HONE_CLI_WATCH_H
#define HONE_CLI_WATCH_H

#include "cli/cli.h"

#define CLI_WARNINGS_MAX 20

typedef struct cli_watch {
    hone_monitor monitor;
    bool bar;         /* a progress bar is wanted */
    bool drawn;       /* and stands on the terminal's last line */
    double drawn_at;  /* hone_now() of the last drawing */
    cli_texts warned; /* messages shown, each once */
} cli_watch;

/* Fills the monitor from the settings and catches Ctrl-C: the first one asks the library to stop,
 * a second one ends the process. The watch must stay where it is until cli_watch_stop(). */
void cli_watch_start(cli_watch *watch, const cli_session *session);
/* Takes the bar away and frees. */
void cli_watch_stop(cli_watch *watch);

#endif
