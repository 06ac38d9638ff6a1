/* svm.h -- what support vector machines have beyond hone_set(): kernels of the caller's own, and
 * the model files of LIBSVM. */
#ifndef HONE_SVM_H
#define HONE_SVM_H

#include <hone/estimator.h>

HONE_BEGIN_DECLS

/** K(a, b) of two rows of n columns: symmetric, positive definite, finite. Called from any of the
 *  worker threads, several at a time. */
typedef double hone_svm_kernel_fn(void *user, const double *a, const double *b, size_t n);

/** Gives svc, nu_svc, svr, nu_svr or one_class_svm a kernel of the caller's own and sets
 *  kernel=callback. `user` is borrowed while the estimator or a clone of it lives. Such a model
 *  cannot be saved. HONE_EUNSUPPORTED for other estimators. */
HONE_API HONE_NODISCARD hone_status hone_svm_set_kernel(hone_estimator *est, hone_svm_kernel_fn *fn,
                                                        void *user, hone_error *err);

HONE_END_DECLS
#endif
