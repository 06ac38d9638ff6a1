/* deal.h -- folds within a fit, for transformers that learn from y. (Those of a cross-validation
 * are selection's, a floor above.) */
#ifndef HONE_PREPROCESS_DEAL_H
#define HONE_PREPROCESS_DEAL_H

#include "core/estimator_impl.h"

/* fold_of (n): 0 .. *folds - 1, rows dealt out in shuffled order, class by class where y holds
 * classes; where data has groups, the groups are dealt out, whole. *folds: at most as many as rows
 * or groups. HONE_EDATA when there is only one of them. O(n). */
HONE_NODISCARD hone_status hone_deal(const char *who, const hone_dataset *data, uint64_t seed,
                                     size_t *folds, uint32_t *fold_of, hone_error *err);

#endif
