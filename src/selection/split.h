/* split.h -- the splitters behind hone_split(), and reading the rows of a fold. */
#ifndef HONE_SELECTION_SPLIT_H
#define HONE_SELECTION_SPLIT_H

#include "core/rng.h"

#include <hone/selection.h>

/* Deal the rows of every repeat into folds->fold_of. The caller has checked that 2 <= folds <=
 * rows; HONE_EDATA for what only the labels or groups can tell. */
HONE_NODISCARD hone_status hone_split_stratified(const hone_dataset *data, hone_folds *folds,
                                                 hone_error *err);
HONE_NODISCARD hone_status hone_split_groups(const hone_dataset *data, hone_folds *folds,
                                             hone_error *err);

/* The stream of random numbers that shuffles a repeat. */
hone_rng hone_split_rng(const hone_folds *folds, size_t repeat);

#endif
