/* discriminant.h -- directions in which the scatter within classes is that of a unit ball. */
#ifndef HONE_BAYES_DISCRIMINANT_H
#define HONE_BAYES_DISCRIMINANT_H

#include <hone/dataset.h>

/* How the covariance within classes is estimated. */
typedef struct hone_within {
    bool pooled;      /* all rows together, directions of no scatter left out; else the
                         classes' own, averaged by their priors, which may shrink */
    double shrinkage; /* in [0, 1] towards a multiple of the identity; < 0 = Ledoit and Wolf's */
    double tol;       /* (pooled) singular values of the scaled scatter up to here count as 0 */
} hone_within;

/* The moments of the classes, borrowed. */
typedef struct hone_class_stats {
    size_t k, m;
    const double *weight, *prior; /* k */
    const double *mean, *var;     /* k x m */
} hone_class_stats;

/* *out (m x *rank, new): D with D' S D = I, S the covariance within classes.
 * HONE_ENUMERIC where S is not to be inverted. Free with hone_release(). O(n m min(n, m)). */
HONE_NODISCARD hone_status hone_whiten_within(const hone_dataset *data,
                                              const hone_class_stats *stats, hone_within how,
                                              double **out, size_t *rank, const hone_monitor *mon,
                                              hone_error *err);

#endif
