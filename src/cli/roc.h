/* roc.h -- the parts of `hone roc`: scores from any tool against the truth. */
#ifndef HONE_CLI_ROC_H
#define HONE_CLI_ROC_H

#include "cli/data.h"
#include "cli/output.h"

/* One column of scores. */
typedef struct cli_rater {
    const char *name;
    double auc, variance, average_precision, ks;
    hone_interval interval;
    double partial, mcclish;        /* of the part asked for, else NaN */
    hone_interval partial_interval; /* by bootstrap, else NaN */
    hone_threshold youden;
    hone_interval youden_interval; /* of the threshold, by bootstrap, else NaN */
} cli_rater;

/* Two columns; a - b. */
typedef struct cli_rater_pair {
    size_t a, b;
    hone_comparison found;
    double p_adjusted;
} cli_rater_pair;

typedef struct cli_roc {
    cli_session *session;
    const char *path, *shown; /* shown: in messages */
    hone_table *table;
    size_t n, n_positive;
    char *positive, *negative; /* labels; owned */
    double *truth;             /* n: 1 = positive */
    double *cluster;           /* n, or NULL */
    double *score;             /* n_raters x n */
    size_t n_raters;
    cli_rater *raters;
    hone_auc_method method;
    bool bootstrap, partial;
    hone_rate over;
    double from, to; /* of the partial area */
    size_t n_pairs;
    cli_rater_pair *pairs;
    hone_test all; /* are all AUCs the same? of three and more */
} cli_roc;

/* Reads --ci and --partial; misuse when they say nothing known. */
HONE_NODISCARD hone_status cli_roc_options(cli_roc *run, hone_error *err);
/* Reads the columns and checks them; warns of what looks wrong. */
HONE_NODISCARD hone_status cli_roc_read(cli_roc *run, const hone_monitor *mon, hone_error *err);
HONE_NODISCARD hone_status cli_roc_score(cli_roc *run, const hone_monitor *mon, hone_error *err);
void cli_roc_print(const cli_roc *run, cli_sink *sink);
/* hone.roc/1; NULL when memory is out. */
hone_json *cli_roc_json(const cli_roc *run);
HONE_NODISCARD hone_status cli_roc_report(const cli_roc *run, cli_sink *sink, hone_json **tables,
                                          const hone_monitor *mon, hone_error *err);
/* One or two sentences; owned by the caller. */
char *cli_roc_verdict(const cli_roc *run);

#endif
