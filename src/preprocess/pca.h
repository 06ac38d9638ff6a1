/* pca.h -- what pca.c asks of pca_solve.c. */
#ifndef HONE_PREPROCESS_PCA_H
#define HONE_PREPROCESS_PCA_H

#include <hone/matrix.h>
#include <hone/monitor.h>

/* As in the words of svd_solver. */
enum { HONE_PCA_AUTO, HONE_PCA_FULL, HONE_PCA_COVARIANCE, HONE_PCA_RANDOMIZED };

/* How a sketch is made. */
typedef struct hone_pca_sketch {
    size_t count, more; /* components asked for, and columns beyond */
    int rounds;         /* -1: scikit-learn's choice */
    uint64_t seed;
} hone_pca_sketch;

/* All components that a solver finds, by variance. Owned. */
typedef struct hone_pca {
    hone_pca_sketch sketch;
    size_t found;       /* min(n, m), or those of a sketch */
    double *components; /* found x m at least */
    double *variance;   /* found at least */
    double total;       /* variance of all columns */
} hone_pca;

/* Fills mean (m) and the rest; free with hone_pca_free(), also after a failure. n >= 2.
 * covariance n m^2 + 9 m^3, full 6 n m min(n, m), randomized 4 n m (count + more) (rounds + 1). */
HONE_NODISCARD hone_status hone_pca_solve(int solver, hone_view x, double *mean, hone_pca *out,
                                          const hone_monitor *mon, hone_error *err);
void hone_pca_free(hone_pca *pca);

#endif
