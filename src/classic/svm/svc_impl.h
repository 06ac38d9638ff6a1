/* svc_impl.h -- the parameters and the fitted model of svc, for its fit and its prediction. */
#ifndef HONE_SVM_SVC_IMPL_H
#define HONE_SVM_SVC_IMPL_H

#include "classic/svm/svm.h"

struct svc_params {
    double C, nu; /* svc, nu_svc */
    int kernel, degree;
    hone_mixed gamma;
    double coef0;
    bool shrinking, probability;
    double tol, cache_size, max_iter, time_limit;
    int solver;
    hone_short_text class_weight;
    uint64_t seed;
    struct hone_svm_call call;
};

/* The rows that both tables share. */
/* clang-format off */
#define HONE_SVC_PARAMS                                                                                                            \
    HONE_SVM_KERNEL_PARAMS(svc_params),                                                                                            \
    HONE_BOOL(svc_params, probability, true, "fit what predict_proba needs: up to five more fits per pair of classes"),            \
    HONE_SVM_SOLVER_PARAMS(svc_params),                                                                                            \
    HONE_SEED(svc_params, seed, "shuffles the folds behind the probabilities")
/* clang-format on */

/* Pairs of classes are numbered (0,1) (0,2) .. (0,K-1) (1,2) ..; a positive value is a vote for
 * the first of the two. Support vectors are sorted by class, then by row. The machine of the pair
 * (i, j) has the coefficients of i's vectors in row j - 1 of dual_coef, those of j's in row i. */
struct svc_state {
    struct hone_svm_vectors v;
    size_t n_classes, n_pairs, n_coef, n_platt; /* n_coef K-1; n_platt n_pairs or 0 */
    double gamma, fit_status;
    int32_t *n_support;        /* n_classes */
    double *dual_coef;         /* n_coef x n_sv: y_i a_i, signed for the first class of the pair */
    double *intercept;         /* n_pairs: -rho */
    double *objective;         /* n_pairs */
    double *gap;               /* n_pairs */
    double *n_iter;            /* n_pairs */
    double *platt_a, *platt_b; /* n_platt */
};

static inline struct hone_svm_kernel hone_svc_kernel(const struct svc_params *p, double gamma) {
    return (struct hone_svm_kernel){p->kernel, p->degree,  gamma,
                                    p->coef0,  p->call.fn, p->call.user};
}

extern const hone_attr hone_svc_attrs[];
extern const hone_sparse_slots hone_svc_sparse;

/* kind: HONE_SVM_CLASSES or HONE_SVM_NU_CLASSES. work and rows: see hone_class.fit_prepared. */
HONE_NODISCARD hone_status hone_svc_train(const char *who, int kind,
                                          const struct svc_params *params, const hone_dataset *data,
                                          const struct hone_svm_work *work, const size_t *rows,
                                          const hone_monitor *mon, struct svc_state *state,
                                          hone_error *err);
/* out (x.rows x n_pairs) = one-vs-one values of the pairs. O(x.rows n_sv (m + K)). */
hone_status hone_svc_pair_values(const struct svc_params *params, const struct svc_state *state,
                                 hone_view x, double *out, hone_error *err);
/* The slots. */
hone_svm_slot hone_svc_predict, hone_svc_predict_proba, hone_svc_decision;
HONE_NODISCARD hone_status hone_svc_validate(const void *params, const void *state, size_t n_cols,
                                             size_t n_classes, hone_error *err);
hone_status hone_svc_check(const void *params, hone_error *err);
unsigned hone_svc_tags_of(const void *params);
HONE_NODISCARD hone_status hone_svc_savable(const void *params, hone_error *err);
HONE_NODISCARD hone_status hone_svc_prepare(const void *params, const hone_dataset *data,
                                            const hone_monitor *mon, void *work, hone_error *err);

/* Rows of the classes svc and nu_svc. */
/* clang-format off */
#define HONE_SVC_SLOTS                                                                      \
    .task = HONE_CLASSIFIER,                                                                \
    .tags = HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_NEEDS_SCALING |                   \
            HONE_TAG_WEIGHTS | HONE_TAG_SPARSE,                                             \
    .tags_of = hone_svc_tags_of,                                                            \
    .params_size = sizeof(struct svc_params),                                               \
    .attrs = hone_svc_attrs,                                                                \
    .state_size = sizeof(struct svc_state),                                                 \
    .predict = hone_svc_predict,                                                            \
    .predict_proba = hone_svc_predict_proba,                                                \
    .decision = hone_svc_decision,                                                          \
    .sparse = &hone_svc_sparse,                                                             \
    .check = hone_svc_check,                                                                \
    .validate = hone_svc_validate,                                                          \
    .savable = hone_svc_savable,                                                            \
    .prepare = hone_svc_prepare,                                                            \
    HONE_SVM_WORK_SLOTS
/* clang-format on */

#endif
