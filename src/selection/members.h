/* members.h -- what ensembles do with the estimators in them: seeds, fits, answers, checks. */
#ifndef HONE_SELECTION_MEMBERS_H
#define HONE_SELECTION_MEMBERS_H

#include "selection/inner.h"

/* Gives every parameter of kind seed, those of inner estimators too, a number drawn by `seed`. */
void hone_members_seed(hone_estimator *est, uint64_t seed);

/* A clone of `est` with seeds drawn by `seed`, fitted. Weights as in hone_inner_fit(); work (or
 * NULL) and rows as in hone_fit_prepared(). */
HONE_NODISCARD hone_status hone_members_fit_seeded(const hone_estimator *est, uint64_t seed,
                                                   const hone_dataset *data, const hone_work *work,
                                                   const size_t *rows, const hone_monitor *mon,
                                                   hone_estimator **out, hone_error *err);

/* A clone of each, fitted on all rows, several at a time; `out`: zeroed. Messages begin with who.
 */
HONE_NODISCARD hone_status hone_members_fit(const hone_steps *members, const hone_dataset *data,
                                            const char *who, const hone_monitor *mon,
                                            hone_steps *out, hone_error *err);

/* Answers of a fitted member about rows in codes 0 .. n_classes - 1 (0: values), though it may have
 * met fewer: labels or values (x.rows), or with `proba` probabilities (x.rows x n_classes). For
 * slots, whose rows have been spread over threads already. */
HONE_NODISCARD hone_status hone_members_ask(const hone_estimator *fitted, hone_view x,
                                            size_t n_classes, bool proba, double *out,
                                            hone_error *err);

/* Tags that all of them have, of `all`, and those that one of them has, of `any`. */
unsigned hone_members_tags(const hone_steps *members, unsigned all, unsigned any);

/* HONE_EINVAL unless there are `least` members at least, each with this task. */
HONE_NODISCARD hone_status hone_members_check(const hone_steps *members, size_t least,
                                              hone_task task, hone_error *err);

#endif
