/* lasso_work.h -- what fits of the lasso, the elastic net and ridge on the same rows share. */
#ifndef HONE_LINEAR_LASSO_WORK_H
#define HONE_LINEAR_LASSO_WORK_H

#include "classic/linear/lasso_impl.h"
#include "core/attr.h"

/* Moments and X'X; X'y serves only while y and weights are those that it was made with. */
struct hone_lasso_work {
    size_t n_rows, n_columns, n_gram, n_weights;
    double *mean, *spread, *q, *gram, *y, *weights;
    double total, y_mean, y2;
};

extern const hone_attr hone_lasso_work_attrs[];
extern const char *const hone_lasso_work_params[]; /* fit_intercept */

/* Fills a zeroed struct; leaves it empty where there is no y to go by. */
HONE_NODISCARD hone_status hone_lasso_prepare(const hone_dataset *data, bool intercept,
                                              struct hone_lasso_work *out, const hone_monitor *mon,
                                              hone_error *err);
/* What hone_lasso_measure() would give, borrowed from the work (NULL: none) where it was made of
 * these very rows, weights and y, else measured. Free *out in any case. */
HONE_NODISCARD hone_status hone_lasso_begin(const struct hone_lasso_work *work, const size_t *rows,
                                            const hone_dataset *data, bool intercept,
                                            struct hone_lasso *out, const hone_monitor *mon,
                                            hone_error *err);

#endif
