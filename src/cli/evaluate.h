/* evaluate.h -- the parts of `hone evaluate`. */
#ifndef HONE_CLI_EVALUATE_H
#define HONE_CLI_EVALUATE_H

#include "cli/output.h"
#include "cli/use.h"

/* One evaluation: the values of all metrics of the task. Arrays are owned. */
struct evaluation {
    cli_session *session;
    cli_use use;
    double *truth; /* n: class numbers of the model, or values */
    size_t positive;
    size_t n_metrics; /* of the task, the n_shown ones of the table first */
    size_t n_shown;
    const hone_metric **metrics;
    double *values;             /* n_metrics */
    const char **whys;          /* n_metrics: why a value is undefined, or NULL */
    hone_interval *intervals;   /* n_metrics; low is NaN where there is none */
    double *confusion;          /* k x k, or NULL */
    hone_importance importance; /* of columns for the first metric; n is 0 where nobody asks */
};

/* The predictions beside the truth; borrowed. */
hone_outcome cli_evaluate_outcome(const struct evaluation *run);
/* Fills the intervals: of the AUC by DeLong and of the accuracy by Wilson for unweighted rows, of
 * all else by drawing rows again, where those are not too many. */
HONE_NODISCARD hone_status cli_evaluate_judge(struct evaluation *run, const hone_monitor *mon,
                                              hone_error *err);
/* Measures how much the first metric loses when a column is dealt to other rows. */
HONE_NODISCARD hone_status cli_evaluate_importance(struct evaluation *run, const hone_monitor *mon,
                                                   hone_error *err);
/* The evaluation as a page; tables (NULL allowed) gets its tables. */
HONE_NODISCARD hone_status cli_evaluate_report(const struct evaluation *run, cli_sink *sink,
                                               hone_json **tables, const hone_monitor *mon,
                                               hone_error *err);

#endif
