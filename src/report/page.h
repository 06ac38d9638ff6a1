/* page.h -- a report while it is written: what its sections share. */
#ifndef HONE_REPORT_PAGE_H
#define HONE_REPORT_PAGE_H

#include "report/chain.h"
#include "report/html.h"
#include "report/plot.h"

#include <hone/curves.h>
#include <hone/report.h>

/* Points that a curve keeps when it stands among others, and alone. */
enum { HONE_CHAIN_POINTS = 240, HONE_CHAIN_POINTS_SMALL = 90 };

typedef struct hone_page {
    const hone_report *report;
    FILE *file;
    hone_json *tables; /* all tables, or NULL */
    bool failed;       /* memory was out while a table was recorded */
    hone_plotter plotter;
    const hone_monitor *mon;
    size_t *order;          /* n_models: the model at each rank of the first metric */
    size_t *rank;           /* n_models: the rank of each model, from 0 */
    size_t n_rows, *rows;   /* the rows that the first repeat tests */
    size_t n_whole, *whole; /* models with predictions of all those rows, best first */
} hone_page;

typedef hone_status hone_section_fn(hone_page *page, hone_error *err);

/* The sections; each is shown when its `applies` says so. */
typedef struct hone_section {
    const char *id, *title;
    bool (*applies)(const hone_page *page);
    hone_section_fn *write;
} hone_section;

extern const hone_section hone_section_models, hone_section_pairs, hone_section_data,
    hone_section_roc, hone_section_classes, hone_section_precision, hone_section_gain,
    hone_section_calibration, hone_section_confusion, hone_section_thresholds, hone_section_scores,
    hone_section_folds, hone_section_learning, hone_section_validation, hone_section_residuals,
    hone_section_metrics, hone_section_importance, hone_section_origin;

/* ---- models: page.c -------------------------------------------------------------------------- */

bool hone_page_is_binary(const hone_page *page);
/* Several test sets, with metrics of each: not so when one row is left out. */
bool hone_page_has_folds(const hone_page *page);
size_t hone_page_fold_count(const hone_page *page); /* folds x repeats, 1 without folds */
/* Colour of a model: by its rank. */
int hone_page_colour(const hone_page *page, size_t model);
/* Position of a metric among the report's; n_metrics if it is not there. */
size_t hone_page_metric(const hone_page *page, const char *name);
/* Test rows over training rows of the folds (of the first one). */
double hone_page_test_share(const hone_page *page);
/* Fills order, rank, rows and whole. */
HONE_NODISCARD hone_status hone_page_rank(hone_page *page, hone_error *err);
/* "on the held-out rows", "over the out-of-fold predictions of ..." */
const char *hone_page_rows_in_words(const hone_page *page);

/* Has the model scores or probabilities; are there two classes and a whole model that has? */
bool hone_page_is_rated(const hone_page *page, size_t model);
bool hone_page_has_ranking(const hone_page *page);

/* One class against the rest, on some rows. Owned. */
typedef struct hone_rated {
    size_t n;
    double *truth, *score, *weight; /* n; truth: 1 = positive; weight: NULL if there are none */
} hone_rated;

/* The rows of fold `fold` (counted through all repeats), or, with HONE_ALL_ROWS, the page's
 * rows with the predictions of the first repeat. The score of a model is its own, or the
 * probability of the class. Free with hone_rated_free(). */
#define HONE_ALL_ROWS ((size_t)-1)
HONE_NODISCARD hone_status hone_rated_make(const hone_page *page, size_t model, size_t fold,
                                           size_t positive, hone_rated *out, hone_error *err);
/* The page's rows with the probability of the positive class in place of the score; of more than
 * two classes: of the predicted one, and whether it is the right one. */
HONE_NODISCARD hone_status hone_rated_probable(const hone_page *page, size_t model, hone_rated *out,
                                               hone_error *err);
void hone_rated_free(hone_rated *rated);
/* One of its curves as a chain of at most about `most` points; of precision and recall as the
 * steps whose area is the average precision. out->n is 0 when a class has no rows. */
HONE_NODISCARD hone_status hone_rated_chain(const hone_rated *rated, hone_rank_curve_kind kind,
                                            size_t most, hone_chain *out, hone_error *err);

/* A band around the ROC curve of the page's rows; both stay empty for more than a million rows. */
HONE_NODISCARD hone_status hone_page_band(const hone_page *page, size_t model, hone_chain *low,
                                          hone_chain *high, hone_error *err);

/* ---- writing: write.c ------------------------------------------------------------------------ */

/* Begins a table whose first column holds models. titles: n. */
void hone_page_table(hone_page *page, hone_html_table *table, const char *caption,
                     const char *const *titles, size_t n);
/* A row for a model: its name with its colour. */
void hone_page_row(const hone_page *page, hone_html_table *table, size_t model);
void hone_page_note(hone_page *page, const char *text);
/* <details><summary>...</summary> */
void hone_page_fold(hone_page *page, const char *summary);
void hone_page_unfold(hone_page *page);

/* What stands around a figure. legend: n entries beside the colours of the series of the same
 * position, NULL entries left out; or NULL. */
typedef struct hone_figure {
    const char *title, *alt, *caption; /* title, caption: NULL allowed */
    const char *const *legend;
    const hone_plot *plot;
} hone_figure;

/* Draws and writes a figure. Where gnuplot is missing nothing is written, and the page says so
 * once.
 */
HONE_NODISCARD hone_status hone_page_figure(hone_page *page, const hone_figure *figure,
                                            hone_error *err);
void hone_page_figures_begin(hone_page *page);
void hone_page_figures_end(hone_page *page);
/* A row of small figures, one for each whole model that `has` one: the first ones stand open, of
 * many the rest is folded away. */
HONE_NODISCARD hone_status hone_page_each(hone_page *page,
                                          bool (*has)(const hone_page *page, size_t model),
                                          hone_status (*draw)(hone_page *page, size_t model,
                                                              void *context, hone_error *err),
                                          void *context, hone_error *err);

/* The points of one series of a plot that own their arrays. */
hone_series hone_chain_series(const hone_chain *curve, int colour, const char *title);
/* A thin dashed line that is no model: chance, perfection. */
hone_series hone_page_guide(const double *x, const double *y, size_t n, const char *title);
extern const double hone_unit[2]; /* 0, 1 */

/* ---- one curve a model: curves.c ------------------------------------------------------------- */

enum { HONE_LEGEND = 200 };

/* What is drawn of one model. Owned. */
typedef struct hone_curve {
    hone_chain chain;         /* empty: left out */
    char legend[HONE_LEGEND]; /* the model's name at first */
    double note;              /* one number for the caption; NaN = none */
} hone_curve;

typedef hone_status hone_curve_fn(const hone_page *page, size_t model, const void *context,
                                  hone_curve *out, hone_error *err);

/* A figure with a curve for each whole model. */
typedef struct hone_curves {
    hone_plot plot;           /* without series */
    hone_figure figure;       /* without plot and legend */
    const hone_series *guide; /* drawn first, named in the legend by its title; or NULL */
    hone_curve_fn *make;
    const void *context;
    const char *note; /* what the numbers of the curves are; or NULL */
    int decimals;
} hone_curves;

/* Makes the curves, draws them, and says the numbers of the first ones behind the caption. */
HONE_NODISCARD hone_status hone_page_curves(hone_page *page, const hone_curves *curves,
                                            hone_error *err);

/* ---- reliability: reliability.c -------------------------------------------------------------- */

/* Reliability curves: all models in one figure; and, of several, each with the band in which it
 * would lie were its probabilities calibrated. */
bool hone_page_has_proba(const hone_page *page, size_t model);
HONE_NODISCARD hone_status hone_page_reliability(hone_page *page, hone_error *err);
HONE_NODISCARD hone_status hone_page_reliability_bands(hone_page *page, hone_error *err);

#endif
