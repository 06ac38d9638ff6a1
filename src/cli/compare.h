/* compare.h -- the parts of `hone compare`: one run's data, models, folds and scores. */
#ifndef HONE_CLI_COMPARE_H
#define HONE_CLI_COMPARE_H

#include "cli/data.h"
#include "cli/model.h"
#include "cli/options.h"
#include "cli/output.h"

/* How one model ended. */
typedef enum cli_ending { CLI_RAN, CLI_CANCELLED, CLI_BROKE } cli_ending;

/* One metric of one model. */
typedef struct cli_score {
    hone_cv_summary summary;
    double *folds;   /* repeats x folds values, NaN where undefined or not finished; owned */
    const char *why; /* why one of them is undefined, or NULL */
    hone_interval interval;
} cli_score;

/* One model's results. */
typedef struct cli_entry {
    cli_model model;
    char *label; /* name, or spec where two models share a name; owned */
    cli_ending ending;
    const char *error; /* of the first fold that failed; borrowed from the result */
    size_t n_done;     /* folds that ran */
    double fit_seconds, predict_seconds; /* mean of one fold */
    cli_score *scores;                   /* n_metrics */
    hone_score_curve *curve;             /* with --learning-curve, else NULL */
    hone_score_curve *validation;        /* with --validation-curve, else NULL */
} cli_entry;

typedef struct cli_comparison {
    const cli_session *session;
    const char *path;
    cli_data data;
    hone_metric_task task;
    size_t positive;
    hone_folds folds;
    size_t n; /* models */
    cli_entry *entries;
    cli_texts left_out; /* names of default models that take no weights */
    size_t n_metrics;   /* the n_shown ones of the table first */
    size_t n_shown;
    const hone_metric **metrics;
    hone_cv_result *result;
    size_t n_pairs;
    hone_pair *pairs; /* in the first metric; the corrected t of every pair first */
    double rope;
    char *param;      /* of --validation-curve, with its values; or NULL */
    cli_texts values; /* as they were given */
    bool stopped;     /* cancelled, or out of time */
} cli_comparison;

/* Warns of folds that lack a class in training or in test. */
void cli_compare_warn_folds(const cli_comparison *run);
/* Fits and predicts all; fills the entries. HONE_ECANCELLED and HONE_ETIME leave results too. */
HONE_NODISCARD hone_status cli_compare_score(cli_comparison *run, const hone_monitor *mon,
                                             hone_error *err);
/* The whole of `compare`, and of `cv`. */
hone_status cli_compare_run(cli_session *session, hone_error *err);
extern const cli_option cli_cv_options[]; /* folds, metrics, seed, oof */
/* The entry with the best mean of a metric, `but` one (or CLI_NONE); the first of equals. Only
 * models that finished every fold count. */
enum { CLI_NONE = -1 };
int cli_best_of(const cli_comparison *run, size_t metric, int but);
/* Reads --validation-curve; a parameter that the model does not have, or a value that it does not
 * take, is misuse. */
HONE_NODISCARD hone_status cli_compare_read_curve(cli_session *session, cli_comparison *run,
                                                  hone_error *err);
/* Computes the curves that are asked for, of models that ran. */
HONE_NODISCARD hone_status cli_compare_curves(cli_comparison *run, const hone_monitor *mon,
                                              hone_error *err);
/* What they say. */
void cli_compare_print_curves(const cli_comparison *run, cli_sink *sink);
/* Sets "learning_curve" or "validation_curve"; true when memory is out. */
bool cli_compare_set_curve(hone_json *out, const hone_score_curve *curve);
/* The table and the verdict. */
void cli_compare_print(const cli_comparison *run, cli_sink *sink);
/* A part of it: intervals, and differences to the best model. */
void cli_compare_print_judged(const cli_comparison *run, cli_sink *sink);
/* What the numbers allow to say; owned by the caller. */
char *cli_compare_verdict(const cli_comparison *run);
/* The result as hone.compare/1. NULL when memory is out. */
hone_json *cli_compare_json(const cli_comparison *run);
/* The result as a page; tables (NULL allowed) gets its tables. */
HONE_NODISCARD hone_status cli_compare_report(const cli_comparison *run, cli_sink *sink,
                                              hone_json **tables, const hone_monitor *mon,
                                              hone_error *err);
/* Out-of-fold predictions as CSV: one line per row and repeat. */
void cli_compare_oof(const cli_comparison *run, cli_sink *sink);

#endif
