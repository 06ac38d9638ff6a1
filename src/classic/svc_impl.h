/* svc_impl.h -- the parameters and the fitted model of svc, for its fit and its prediction. */
#ifndef HONE_CLASSIC_SVC_IMPL_H
#define HONE_CLASSIC_SVC_IMPL_H

#include "classic/svm_impl.h"

struct svc_params {
    double C;
    int kernel, degree;
    hone_mixed gamma;
    double coef0;
    bool shrinking, probability;
    double tol, cache_size;
    hone_short_text class_weight;
    uint64_t seed;
};

/* Pairs of classes are numbered (0,1) (0,2) .. (0,K-1) (1,2) ..; a positive value is a vote for
 * the first of the two. Support vectors are sorted by class, then by row. The machine of the pair
 * (i, j) has the coefficients of i's vectors in row j - 1 of dual_coef, those of j's in row i. */
struct svc_state {
    size_t n_cols, n_classes, n_pairs, n_sv, n_coef, n_platt; /* n_coef K-1; n_platt n_pairs or 0 */
    double gamma;
    double *support_vectors;   /* n_sv x n_cols */
    int32_t *support;          /* n_sv: row of the data given to fit */
    int32_t *n_support;        /* n_classes */
    double *dual_coef;         /* n_coef x n_sv: y_i a_i, signed for the first class of the pair */
    double *intercept;         /* n_pairs: -rho */
    double *objective;         /* n_pairs */
    double *n_iter;            /* n_pairs */
    double *platt_a, *platt_b; /* n_platt */
};

hone_status hone_svc_fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                         void *state, hone_error *err);
/* out (x.rows x n_pairs) = one-vs-one values of the pairs. O(x.rows n_sv (m + K)). */
hone_status hone_svc_pair_values(const struct svc_params *params, const struct svc_state *state,
                                 hone_view x, double *out, hone_error *err);

#endif
