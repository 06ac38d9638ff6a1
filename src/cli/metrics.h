/* metrics.h -- which metrics a command shows, and in which order. */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include "cli/cli.h"

/* *metrics: all *n metrics of the task (free with free()), the *n_shown that were asked for with
 * --metric ('all': every one; nothing: the usual ones of the task) first. */
hone_status cli_choose_metrics(cli_session *session, unsigned task, const hone_metric ***metrics,
                               size_t *n_shown, size_t *n, hone_error *err);

#endif
