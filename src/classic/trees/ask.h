/* ask.h -- the ensemble behind an estimator, for what is asked in public (include/hone/trees.h). */
#ifndef HONE_CLASSIC_TREES_ASK_H
#define HONE_CLASSIC_TREES_ASK_H

#include "classic/trees/trees.h"
#include "core/estimator_impl.h"

/* *out: the ensemble of the estimator, or of the last step of a pipeline, and *last (or NULL) that
 * step. A class whose slot `ready` is hone_trees_ready() says by it that its state begins with a
 * hone_trees. HONE_ESTATE before fit; HONE_EUNSUPPORTED where there are no trees. */
HONE_NODISCARD hone_status hone_trees_of(const hone_estimator *est, const hone_trees **out,
                                         const hone_estimator **last, hone_error *err);
/* hone_ask_rows() with the columns that the trees see: the rows have gone through the steps before
 * the last one. */
HONE_NODISCARD hone_status hone_trees_ask_rows(const hone_estimator *est, const hone_dataset *data,
                                               hone_rows_fn *fn, void *context,
                                               const hone_monitor *mon, hone_error *err);

#endif
