/* svr_impl.h -- machines of one sum: the parameters and the fitted model of svr, nu_svr and
 * one_class_svm, and the slots that they share. */
#ifndef HONE_SVM_SVR_IMPL_H
#define HONE_SVM_SVR_IMPL_H

#include "classic/svm/svm.h"

struct svr_params {
    double C, nu, epsilon; /* of some of them */
    int kernel, degree;
    hone_mixed gamma;
    double coef0;
    bool shrinking;
    double tol, cache_size, max_iter, time_limit;
    int solver;
    struct hone_svm_call call;
};

struct svr_state {
    struct hone_svm_vectors v;
    double gamma, fit_status, intercept, objective, gap, n_iter;
    double *dual_coef; /* n_sv */
};

extern const hone_attr hone_svr_attrs[];
extern const hone_sparse_slots hone_svr_sparse;

/* kind: HONE_SVM_VALUES, HONE_SVM_NU_VALUES or HONE_SVM_ONE_CLASS. */
HONE_NODISCARD hone_status hone_svr_train(const char *who, int kind,
                                          const struct svr_params *params, const hone_dataset *data,
                                          const struct hone_svm_work *work, const size_t *rows,
                                          const hone_monitor *mon, struct svr_state *state,
                                          hone_error *err);
/* The slots; predict gives sum_s coef_s K(sv_s, x) + intercept. */
hone_svm_slot hone_svr_predict;
HONE_NODISCARD hone_status hone_svr_validate(const void *params, const void *state, size_t n_cols,
                                             size_t n_classes, hone_error *err);
hone_status hone_svr_check(const void *params, hone_error *err);
unsigned hone_svr_tags_of(const void *params);
HONE_NODISCARD hone_status hone_svr_savable(const void *params, hone_error *err);
HONE_NODISCARD hone_status hone_svr_prepare(const void *params, const hone_dataset *data,
                                            const hone_monitor *mon, void *work, hone_error *err);

/* Rows of the classes svr, nu_svr and one_class_svm. */
/* clang-format off */
#define HONE_SVR_SLOTS                                                                      \
    .params_size = sizeof(struct svr_params),                                               \
    .attrs = hone_svr_attrs,                                                                \
    .state_size = sizeof(struct svr_state),                                                 \
    .check = hone_svr_check,                                                                \
    .validate = hone_svr_validate,                                                          \
    .savable = hone_svr_savable,                                                            \
    .prepare = hone_svr_prepare,                                                            \
    HONE_SVM_WORK_SLOTS
/* clang-format on */

#endif
