/* one_class_svm.c -- where the rows lie: a machine that is positive on most of them and negative
 * far from all.
 *
 * f(x) = sum_s coef_s K(sv_s, x) - rho; predict gives 1 inside (f >= 0) and -1 outside, at most a
 * share nu of the training rows. It learns from X alone. The problem stands in machine.c,
 * training in svr_fit.c.
 * Reference: Schoelkopf et al. 2001; Chang & Lin 2011, LIBSVM. */
#include "classic/classic.h"
#include "classic/svm/svr_impl.h"

static const hone_param PARAMS[] = {
    HONE_REAL(svr_params, nu, 0.5, "(0, 1]",
              "at most this share of rows outside, at least this share of support vectors"),
    HONE_SVM_KERNEL_PARAMS(svr_params), HONE_SVM_SOLVER_PARAMS(svr_params), HONE_PARAM_END};

static hone_status fit_prepared(const void *params, const hone_dataset *data, const void *work,
                                const size_t *rows, const hone_monitor *mon, void *state,
                                hone_error *err) {
    return hone_svr_train("one_class_svm", HONE_SVM_ONE_CLASS, params, data, work, rows, mon, state,
                          err);
}

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    hone_status status = hone_svr_predict(params, state, x, out, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++)
        out[i] = out[i] >= 0 ? 1 : -1;
    return status;
}

static hone_status predict_sparse(const void *params, const void *state, const hone_csr *x,
                                  double *out, hone_error *err) {
    return hone_svm_ask_sparse(predict, params, state, x, 1, out, err);
}

static hone_status decision_sparse(const void *params, const void *state, const hone_csr *x,
                                   double *out, hone_error *err) {
    return hone_svm_ask_sparse(hone_svr_predict, params, state, x, 1, out, err);
}

static unsigned tags_of(const void *params) {
    return HONE_TAG_DECISION | hone_svr_tags_of(params);
}

static const hone_sparse_slots SPARSE = {.predict = predict_sparse, .decision = decision_sparse};

const hone_class hone_one_class_svm = {
    .name = "one_class_svm",
    .summary = "what lies among the rows (1) and what lies apart (-1)",
    .task = HONE_OUTLIER_DETECTOR,
    .tags = HONE_TAG_DECISION | HONE_TAG_NEEDS_SCALING | HONE_TAG_WEIGHTS | HONE_TAG_SPARSE,
    .tags_of = tags_of,
    .params = PARAMS,
    .predict = predict,
    .decision = hone_svr_predict,
    .sparse = &SPARSE,
    .fit_prepared = fit_prepared,
    HONE_SVR_SLOTS,
};
