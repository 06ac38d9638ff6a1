/* file.h -- the words of LIBSVM's model files. */
#ifndef HONE_SVM_FILE_H
#define HONE_SVM_FILE_H

#include "classic/svm/svc_impl.h"
#include "classic/svm/svr_impl.h"

/* Its kinds of machines and ours; ends with names of NULL. */
struct hone_svm_file_kind {
    const char *type, *name;
    bool classes;
};
extern const struct hone_svm_file_kind hone_svm_file_kinds[];
/* In the order of ours, NULL at the end. */
extern const char *const hone_svm_file_kernels[];

#endif
