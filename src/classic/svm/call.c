/* call.c -- kernels of the caller's own: a function among the parameters of a machine. Clones
 * keep it; a model file cannot, and so there is none. */
#include "classic/classic.h"
#include "classic/svm/svc_impl.h"
#include "classic/svm/svr_impl.h"

/* Where a machine keeps its function; NULL for all other estimators. */
static struct hone_svm_call *call_of(hone_estimator *est, int **kernel) {
    const hone_class *cls = hone_estimator_class(est);
    if (cls == &hone_svc || cls == &hone_nu_svc) {
        struct svc_params *p = hone_estimator_params(est);
        *kernel = &p->kernel;
        return &p->call;
    }
    if (cls == &hone_svr || cls == &hone_nu_svr || cls == &hone_one_class_svm) {
        struct svr_params *p = hone_estimator_params(est);
        *kernel = &p->kernel;
        return &p->call;
    }
    return NULL;
}

hone_status hone_svm_set_kernel(hone_estimator *est, hone_svm_kernel_fn *fn, void *user,
                                hone_error *err) {
    int *kernel = NULL;
    struct hone_svm_call *call = call_of(est, &kernel);
    if (!call)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes no kernel function", hone_name(est));
    if (!fn)
        return hone_fail(err, HONE_EINVAL, "%s: the kernel function is NULL", hone_name(est));
    *call = (struct hone_svm_call){fn, user};
    *kernel = HONE_SVM_CALLBACK;
    return HONE_OK;
}
