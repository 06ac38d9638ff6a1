/* nu_svc.c -- support vector classification in which nu bounds the share of errors from above and
 * that of support vectors from below.
 *
 * Machines, votes and probabilities are those of svc (svc.c), trained by working sets of our own
 * (machine.c): nu must be feasible for each pair of classes, nu <= 2 min(W_i, W_j) / (W_i +
 * W_j) with W the weights of the rows. Reference: Schoelkopf et al. 2000; Chang & Lin 2011, LIBSVM.
 */
#include "classic/classic.h"
#include "classic/svm/svc_impl.h"

static const hone_param PARAMS[] = {
    HONE_REAL(svc_params, nu, 0.5, "(0, 1]",
              "at most this share of margin errors, at least this share of support vectors"),
    HONE_SVC_PARAMS, HONE_CLASS_WEIGHT(svc_params, class_weight, "weights of the classes"),
    HONE_PARAM_END};

static hone_status fit_prepared(const void *params, const hone_dataset *data, const void *work,
                                const size_t *rows, const hone_monitor *mon, void *state,
                                hone_error *err) {
    return hone_svc_train("nu_svc", HONE_SVM_NU_CLASSES, params, data, work, rows, mon, state, err);
}

const hone_class hone_nu_svc = {
    .name = "nu_svc",
    .summary = "support vector classification with a bound on the share of errors",
    .params = PARAMS,
    .fit_prepared = fit_prepared,
    HONE_SVC_SLOTS,
};
