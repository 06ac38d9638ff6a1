/* show.h -- what a fitted model holds: its steps, and the numbers that each has learnt. */
#ifndef HONE_CLI_SHOW_H
#define HONE_CLI_SHOW_H

#include "cli/output.h"

/* Each step with a table of its fitted attributes: numbers, and the first of arrays. */
void cli_show_model(const hone_estimator *est, cli_sink *sink);
/* "steps": [{"name", "spec", "columns", "attributes": {name: number or rows}}]; NULL when memory is
 * out. Arrays of more than a million numbers are left out. */
hone_json *cli_show_json(const hone_estimator *est);

#endif
