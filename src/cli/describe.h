/* describe.h -- the parts of `hone describe`: what is known of each column. */
#ifndef HONE_CLI_DESCRIBE_H
#define HONE_CLI_DESCRIBE_H

#include "cli/data.h"
#include "cli/output.h"

/* One column. */
typedef struct cli_facts {
    const hone_column *column;
    size_t missing, infinite, distinct; /* distinct: among the values that are there */
    double min, mean, max;              /* of finite numbers; NaN for categorical columns */
    bool whole;                         /* all finite numbers are integers */
    size_t *counts;                     /* n_levels: rows of each level; NULL if numeric; owned */
    char *remark;                       /* what is suspicious and what to do, or NULL; owned */
} cli_facts;

typedef struct cli_description {
    const cli_session *session;
    const char *path;
    cli_data data;
    const hone_column *target; /* or NULL */
    size_t rows, columns, duplicates;
    cli_facts *facts; /* columns */
} cli_description;

/* Fills rows, columns, duplicates and facts, remarks included. O(n m log n). */
void cli_describe_columns(cli_description *out);
/* Adds a remark about columns that give the target away. O(n m log n). */
void cli_describe_leaks(cli_description *out);
/* "--drop NAME", quoted where it must be; owned by the caller. */
char *cli_drop_option(const char *name);
void cli_describe_print(const cli_description *description, cli_sink *sink);
/* hone.describe/1; NULL when memory is out. */
hone_json *cli_describe_json(const cli_description *description);

#endif
