/* categories.h -- what encoders keep of the categorical columns: how many levels each has. */
#ifndef HONE_PREPROCESS_CATEGORIES_H
#define HONE_PREPROCESS_CATEGORIES_H

#include "core/estimator_impl.h"

enum { HONE_NO_LEVELS = -1 }; /* of a numeric column */

/* Does this column, with so many levels, hold categories? */
static inline bool hone_has_levels(int32_t n_levels) {
    return n_levels != HONE_NO_LEVELS;
}

/* *n_levels (n_cols, an attribute of the state) = the levels of each column, HONE_NO_LEVELS for
 * numeric ones. HONE_EDATA for a column with more than 2^31 - 1. */
HONE_NODISCARD hone_status hone_categories_learn(const char *who, const hone_schema *schema,
                                                 int32_t **n_levels, size_t *n_cols,
                                                 hone_error *err);

/* For output_schema slots: HONE_EFORMAT unless the columns are those that were learnt. */
HONE_NODISCARD hone_status hone_categories_check_schema(const char *who, const int32_t *n_levels,
                                                        const hone_schema *input, hone_error *err);

/* For validate slots: HONE_EFORMAT unless there is a possible number for each of n_cols columns. */
HONE_NODISCARD hone_status hone_categories_check(const int32_t *n_levels, size_t n, size_t n_cols,
                                                 hone_error *err);

#endif
