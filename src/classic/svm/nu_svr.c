/* nu_svr.c -- support vector regression that finds the width of its tube: nu bounds the share of
 * rows outside from above and that of support vectors from below.
 *
 * The problem stands in machine.c, training and prediction in svr_fit.c.
 * Reference: Schoelkopf et al. 2000; Chang & Lin 2011, LIBSVM. */
#include "classic/classic.h"
#include "classic/svm/svr_impl.h"

static const hone_param PARAMS[] = {
    HONE_REAL(
        svr_params, nu, 0.5, "(0, 1]",
        "at most this share of rows outside the tube, at least this share of support vectors"),
    HONE_REAL(svr_params, C, 1.0, "(0, inf)", "inverse of the regularisation strength"),
    HONE_SVM_KERNEL_PARAMS(svr_params), HONE_SVM_SOLVER_PARAMS(svr_params), HONE_PARAM_END};

static hone_status fit_prepared(const void *params, const hone_dataset *data, const void *work,
                                const size_t *rows, const hone_monitor *mon, void *state,
                                hone_error *err) {
    return hone_svr_train("nu_svr", HONE_SVM_NU_VALUES, params, data, work, rows, mon, state, err);
}

const hone_class hone_nu_svr = {
    .name = "nu_svr",
    .summary = "support vector regression that finds the width of its tube",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_NEEDS_SCALING | HONE_TAG_WEIGHTS | HONE_TAG_SPARSE,
    .tags_of = hone_svr_tags_of,
    .params = PARAMS,
    .predict = hone_svr_predict,
    .sparse = &hone_svr_sparse,
    .fit_prepared = fit_prepared,
    HONE_SVR_SLOTS,
};
