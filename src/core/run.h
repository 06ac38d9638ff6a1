/* run.h -- another program, started without a shell and waited for. The only way to start one. */
#ifndef HONE_CORE_RUN_H
#define HONE_CORE_RUN_H

/* Starts arguments[0], which is looked for along PATH, in `folder` (NULL: here), with the files
 * `in` and `out` (in the folder; NULL: /dev/null) as its standard streams; what it says to
 * standard error is lost. Returns what it left with, 127 when there is no such program, -1 when it
 * could not be started or did not end by itself. */
int hone_run(char *const *arguments, const char *folder, const char *in, const char *out);

#endif
