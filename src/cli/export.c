/* export.c -- `hone export`: a fitted support vector machine as a model file of LIBSVM.
 * (hone_load() reads those as it reads its own, so the way back needs no command.) */
#include "cli/use.h"

#include "cli/options.h"
#include "cli/output.h"

static const cli_option_group GROUPS[] = {{NULL, NULL}};

static hone_status export_model(cli_session *session, hone_error *err) {
    const char *const *arguments = session->set.arguments;
    hone_estimator *est = NULL;
    hone_status status = hone_load(arguments[0], &est, err);
    if (status == HONE_OK)
        status = hone_libsvm_save(est, arguments[1], err);
    hone_free(est);
    return status;
}

const cli_command cli_export = {
    .name = "export",
    .summary = "write a support vector machine as LIBSVM does",
    .arguments = "MODEL.hone FILE",
    .about =
        "Writes svc, nu_svc, svr, nu_svr or one_class_svm as a model file that svm-predict\n"
        "reads. Such a file holds the machine alone: fit it with --raw. Where a command takes\n"
        "a model, it takes a model file of LIBSVM too.\n\n"
        "Example: hone fit data.svm --target y --model svm --raw -o m.hone\n"
        "         hone export m.hone m.model",
    .min_arguments = 2,
    .max_arguments = 2,
    .groups = GROUPS,
    .run = export_model,
};
