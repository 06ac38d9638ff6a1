/* inner.h -- what estimators made of others do with the ones inside.
 *
 * An estimator that learns something about its inner one (a calibration, a threshold, the best of
 * several settings) must learn it from rows that the inner one has not seen. It does so within the
 * rows that it is fitted on, by inner folds: cross-validating it is then nested. */
#ifndef HONE_SELECTION_INNER_H
#define HONE_SELECTION_INNER_H

#include "core/estimator_impl.h"

#include <hone/selection.h>

/* A clone of `est`, fitted. Weights reach the estimators that take them; the others learn from the
 * rows as they are. */
HONE_NODISCARD hone_status hone_inner_fit(const hone_estimator *est, const hone_dataset *data,
                                          const hone_monitor *mon, hone_estimator **out,
                                          hone_error *err);

/* The same, and the rows as the next step is to learn from them; out: zeroed. */
HONE_NODISCARD hone_status hone_inner_fit_transform(const hone_estimator *est,
                                                    const hone_dataset *data,
                                                    const hone_monitor *mon, hone_estimator **out,
                                                    hone_matrix *rows, hone_error *err);

/* hone_inner_fit() as the one step of a zeroed state. */
HONE_NODISCARD hone_status hone_inner_fit_step(const hone_estimator *est, const hone_dataset *data,
                                               const hone_monitor *mon, hone_steps *out,
                                               hone_error *err);

/* How a classifier answers with numbers: by decision values or by probabilities. */
typedef struct hone_inner_kind {
    bool proba;
    size_t cols; /* of two classes one number, for the second; else one per class */
} hone_inner_kind;

/* The kind for an estimator with these tags; the one preferred where it gives both. */
hone_inner_kind hone_inner_kind_of(unsigned tags, size_t n_classes, bool prefer_proba);

/* Out-of-fold numbers (n x cols, free with hone_release()) of clones of `est`, each fitted without
 * the rows that it answers about; a row is NaN where no fold tests it, or the fold's training rows
 * lacked a class. data: as a fit slot gets it. The folds are those of hone_split(): they follow
 * the data's own fold numbers, times, groups or classes.
 * HONE_EDATA when no row is known. Messages begin with `who`. Cost: `folds` fits. */
HONE_NODISCARD hone_status hone_inner_numbers(const hone_estimator *est, const hone_dataset *data,
                                              hone_inner_kind kind, size_t folds, uint64_t seed,
                                              const char *who, const hone_monitor *mon,
                                              double **out, hone_error *err);

/* The same numbers of a fitted inner estimator about new rows; out: x.rows x cols. For the slots
 * of the outer one, whose rows have been spread over threads already. */
HONE_NODISCARD hone_status hone_inner_ask(const hone_estimator *fitted, hone_view x,
                                          hone_inner_kind kind, double *out, hone_error *err);

/* ---- what is inside -------------------------------------------------------------------------- */

/* The tags that an estimator made around `inner` passes on from it. */
unsigned hone_inner_tags(const hone_steps *inner, unsigned which);

/* HONE_EINVAL unless there is exactly one classifier inside that answers with numbers. */
HONE_NODISCARD hone_status hone_inner_check(const hone_steps *inner, hone_error *err);

/* HONE_EFORMAT unless the fitted one is of the unfitted one's class and answers as it, takes n_cols
 * columns and has met classes below n_classes: all of them, with `whole`. */
HONE_NODISCARD hone_status hone_inner_validate_one(const hone_estimator *unfitted,
                                                   const hone_estimator *fitted, size_t n_cols,
                                                   size_t n_classes, bool whole, hone_error *err);
/* The same of each of several, on all columns and classes. */
HONE_NODISCARD hone_status hone_inner_validate(const hone_steps *unfitted, const hone_steps *fitted,
                                               size_t n_cols, size_t n_classes, hone_error *err);

#endif
