/* report.h -- results as one HTML file that explains itself: no network, no script, light and
 * dark, printable; figures drawn by gnuplot where it is there, tables in any case.
 *
 * A report is made of a plain struct, so that results from anywhere can be shown: from a
 * cross-validation, from one test set, or from scores of another tool. What is zero or NULL in it
 * is simply not shown. */
#ifndef HONE_REPORT_H
#define HONE_REPORT_H

#include <stdio.h>

#include <hone/explain.h>
#include <hone/selection.h>

HONE_BEGIN_DECLS

/** One metric of one model. */
typedef struct hone_report_score {
    double value;        /**< mean over the folds, or of all rows; NaN = undefined */
    double std;          /**< standard deviation over the folds; NaN = none */
    double low, high;    /**< 95 % confidence interval; NaN = none */
    const char *method;  /**< of the interval, in words; or NULL */
    const double *folds; /**< repeats x folds values, or NULL */
    const char *why;     /**< why it is undefined (somewhere), or NULL */
} hone_report_score;

/** One model, or one column of scores. */
typedef struct hone_report_model {
    const char *name;  /**< unique among the models */
    const char *spec;  /**< what makes it again, or NULL */
    const char *error; /**< why it failed, or NULL; a model that failed has no curves */
    const hone_report_score *scores; /**< n_metrics, or NULL */
    const double *label;             /**< repeats x n class codes or values, or NULL */
    const double *proba;             /**< repeats x n x n_classes, or NULL */
    const double *score; /**< repeats x n: larger = more likely positive (two classes), or NULL */
    double fit_seconds, predict_seconds; /**< NaN = unknown */
} hone_report_model;

/** What is known of the difference of two models, a - b in one metric. NaN = not known. */
typedef struct hone_report_pair {
    size_t a, b; /**< models */
    const char *metric;
    const char *method; /**< "corrected resampled t", "DeLong", ... */
    double difference, low, high;
    double p_value, p_adjusted;
    double p_a_better, p_equivalent, p_b_better; /**< posterior probabilities */
} hone_report_pair;

/** All of a report. Borrowed, arrays and texts alike. */
typedef struct hone_report {
    const char *title;   /**< NULL = "hone report" */
    const char *verdict; /**< one sentence, or NULL */
    const char *command; /**< that made it, or NULL */
    /* data */
    const char *data_path, *sha256;
    size_t n_dropped;         /**< rows left out because their target is missing */
    const hone_dataset *data; /**< columns for the data card, or NULL */
    size_t n;                 /**< rows */
    const double *truth;      /**< n class codes or values */
    const double *weight;     /**< n, or NULL */
    const char *target;       /**< name of the target, or NULL */
    size_t n_classes;         /**< 0 for regression */
    const char *const *classes;
    size_t positive; /**< code of the positive class, of two */
    /* evaluation */
    const hone_folds *folds; /**< NULL: one test set */
    size_t n_metrics;        /**< the first n_shown ones in the first table */
    size_t n_shown;
    const hone_metric *const *metrics;
    size_t n_models;
    const hone_report_model *models;
    size_t n_pairs;
    const hone_report_pair *pairs;
    const hone_score_curve *const *curves; /**< n_models learning curves, entries NULL where there
                                                is none; or NULL */
    const hone_score_curve *const *validation; /**< the same of validation curves */
    const hone_importance *importance;   /**< of columns for the first metric, of the first model;
                                              or NULL */
    const char *const *importance_names; /**< importance->n: what they are called */
    double rope; /**< differences below it are of no practical weight; 0 = not used */
    uint64_t seed;
    /* figures */
    const char *plots; /**< folder that keeps scripts and data of the figures; NULL = none */
} hone_report;

/** Writes the report as HTML (which is XML too). tables: NULL, or gets every table of the page as
 *  JSON, an array of {caption, columns, rows}; free it with hone_json_free().
 *  Curves are thinned without a change of their area: 10 models of 100,000 rows stay below 1 MB.
 *  Warns through `mon` (NULL allowed) when gnuplot is missing. HONE_EINVAL for a struct without
 *  models, metrics or rows, HONE_EIO for files. O(models x folds x n log n). */
HONE_API HONE_NODISCARD hone_status hone_report_write(const hone_report *report, FILE *file,
                                                      hone_json **tables, const hone_monitor *mon,
                                                      hone_error *err);

/** The report of a cross-validation: all metrics of its task, the default ones first.
 *  names: n_models texts, unique. `more` (NULL allowed) gives what the result does not know: title,
 *  verdict, command, data_path, sha256, n_dropped, pairs, rope, plots; its other fields are not
 *  read. Otherwise like hone_report_write(). */
HONE_API HONE_NODISCARD hone_status hone_report_compare(const hone_cv_result *result,
                                                        const char *const *names,
                                                        const hone_report *more, FILE *file,
                                                        hone_json **tables, const hone_monitor *mon,
                                                        hone_error *err);

HONE_END_DECLS
#endif
