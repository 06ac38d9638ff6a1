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

/** Writes a fitted svc, nu_svc, svr, nu_svr or one_class_svm as a model file of LIBSVM, which
 *  svm-predict reads: labels are the names of the classes where
 *  these are whole numbers, else the values of y; columns count from 1. HONE_EUNSUPPORTED for other
 *  estimators (a pipeline too) and for kernels that LIBSVM's files do not have; HONE_EIO. */
HONE_API HONE_NODISCARD hone_status hone_libsvm_save(const hone_estimator *est, const char *path,
                                                     hone_error *err);

/** Reads a model file of LIBSVM (svm-train writes them) as a fitted estimator: columns x1, x2, ...
 *  up to the last that a support vector has, classes ascending, the parameters that the file tells.
 *  Trusts nothing: HONE_EFORMAT with the line. Free with hone_free(). */
HONE_API HONE_NODISCARD hone_status hone_libsvm_load(const char *path, hone_estimator **out,
                                                     hone_error *err);

HONE_END_DECLS
#endif
