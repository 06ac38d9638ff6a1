/* lasso_columns.h -- the columns that a lasso works on: their part of X'X, and what they leave. */
#ifndef HONE_LINEAR_LASSO_COLUMNS_H
#define HONE_LINEAR_LASSO_COLUMNS_H

#include "classic/linear/lasso_impl.h"

#define HONE_LASSO_STEPS 500 /* at most so many times columns join */

struct hone_lasso_columns {
    struct hone_lasso *f;
    bool by_gram;
    size_t p, room;       /* how many; room for so many */
    size_t *pick, *place; /* m: which those are; m: where they stand there, or m */
    double *h;            /* room x room: X'X of them, lower and upper */
    size_t panels, *first;
    double **panel; /* rows in full, no X'X: n x (first[k + 1] - first[k]), root(w) X centred */
};

HONE_NODISCARD hone_status hone_lasso_columns_make(struct hone_lasso *f,
                                                   struct hone_lasso_columns *out, hone_error *err);
/* Goes by X'X from now on, which is made if it is not there. No columns are worked on. */
HONE_NODISCARD hone_status hone_lasso_columns_by_gram(struct hone_lasso_columns *part,
                                                      const hone_monitor *mon, hone_error *err);
void hone_lasso_columns_free(struct hone_lasso_columns *part);

/* The columns pick[p .. p + count) join. By rows: O(n count p), threads of mon. */
HONE_NODISCARD hone_status hone_lasso_columns_join(struct hone_lasso_columns *part, size_t count,
                                                   const hone_monitor *mon, hone_error *err);
/* s (m) = X'(y - X c), *r2 = |y - X c|^2, where all coefficients that are not 0 belong to columns
 * that are worked on. O(m k) for k of them with X'X, else one pass over X. */
HONE_NODISCARD hone_status hone_lasso_columns_slopes(const struct hone_lasso_columns *part,
                                                     const double *c, double *s, double *r2,
                                                     const hone_monitor *mon, hone_error *err);

#endif
