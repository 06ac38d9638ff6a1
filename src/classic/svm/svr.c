/* svr.c -- support vector regression with kernels and a tube in which errors cost nothing.
 *
 * Minimises 1/2 |w|^2 + C sum_i w_i max(0, |y_i - f(x_i)| - epsilon) in the dual (machine.c).
 * Training and prediction: svr_fit.c.
 * Reference: Smola & Schoelkopf 2004; Chang & Lin 2011, LIBSVM. */
#include "classic/classic.h"
#include "classic/svm/svr_impl.h"

static const hone_param PARAMS[] = {
    HONE_REAL(svr_params, C, 1.0, "(0, inf]",
              "inverse of the regularisation strength; inf = no error beyond epsilon"),
    HONE_REAL(svr_params, epsilon, 0.1, "[0, inf)", "half the width of the tube"),
    HONE_SVM_KERNEL_PARAMS(svr_params),
    HONE_SVM_SOLVER_PARAMS(svr_params),
    HONE_ENUM(svr_params, solver, "auto", hone_svm_solver_words,
              "libsvm, or working sets of our own with the same optimum; auto = the faster"),
    HONE_BOOL(svr_params, shrinking, true, "use libsvm's shrinking heuristic"),
    HONE_PARAM_END};

static hone_status fit_prepared(const void *params, const hone_dataset *data, const void *work,
                                const size_t *rows, const hone_monitor *mon, void *state,
                                hone_error *err) {
    return hone_svr_train("svr", HONE_SVM_VALUES, params, data, work, rows, mon, state, err);
}

const hone_class hone_svr = {
    .name = "svr",
    .summary = "support vector regression with kernels",
    .alias = "svm",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_NEEDS_SCALING | HONE_TAG_WEIGHTS | HONE_TAG_SPARSE,
    .tags_of = hone_svr_tags_of,
    .params = PARAMS,
    .predict = hone_svr_predict,
    .sparse = &hone_svr_sparse,
    .fit_prepared = fit_prepared,
    HONE_SVR_SLOTS,
};
