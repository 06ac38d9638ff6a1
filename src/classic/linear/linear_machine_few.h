/* linear_machine_few.h -- linear machines of few rows and columns: products without overhead.
 *
 * Vectors of rows have `stride` places, those beyond n are 0. */
#ifndef HONE_LINEAR_LINEAR_MACHINE_FEW_H
#define HONE_LINEAR_LINEAR_MACHINE_FEW_H

#include "classic/linear/linear_machine.h"

struct hone_machine_few {
    size_t n, d, stride;
    double *x; /* d x stride: columns, then that of the intercept; owned */
    double *w; /* stride: scratch, behind x */
};

bool hone_machine_few_suit(const struct hone_machine *f);
/* Free with hone_machine_few_free(), which takes what was never filled too. O(n d). */
HONE_NODISCARD hone_status hone_machine_few_create(const struct hone_machine *f,
                                                   struct hone_machine_few *out, hone_error *err);
void hone_machine_few_free(struct hone_machine_few *few);

/* z (stride) = X v. */
void hone_machine_few_scores(const struct hone_machine_few *few, const double *v, double *z);
/* g (d) = X' r. */
void hone_machine_few_back(const struct hone_machine_few *few, const double *r, double *g);
/* Lower triangle of h (d x d) = X' diag(w) X. */
void hone_machine_few_gram(const struct hone_machine_few *few, const double *w, double *h);

/* Cholesky factor in place of the lower triangle; false where h is not positive definite. */
bool hone_machine_few_factor(double *h, size_t d);
/* b = (L L')^-1 b. */
void hone_machine_few_solve(const double *l, size_t d, double *b);

/* Sum of squared losses at z, e = excesses, r = 2 u e; all `stride`. */
double hone_machine_few_losses(const struct hone_machine *f, size_t stride, const double *z,
                               const double *y, const double *u, double *e, double *r);

/* Plain losses: b (n), the optimum of the dual (linear_machine_dual.c), all but the last digits. */
HONE_NODISCARD hone_status hone_machine_interior(const struct hone_machine *f, double *b,
                                                 size_t *n_iter, hone_error *err);

#endif
