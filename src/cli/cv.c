/* cv.c -- `hone cv`: cross-validates one model; `hone compare` with a field of one. */
#include "cli/compare.h"

static const cli_option MODEL_OPTIONS[] = {
    CLI_OPTION("model", 'm', "SPEC", CLI_EACH, specs,
               "the model: name[:param=value,...] or @FILE.json; see hone models"),
    CLI_OPTION("raw", 0, NULL, CLI_FLAG, raw,
               "leave out the imputing, encoding and scaling that the model asks for"),
    CLI_OPTION("validation-curve", 0, "PARAM=VALUES", CLI_TEXT, validation,
               "also fit with these values of a parameter, as C=0.1,1,10: which one, and does the "
               "model overfit?"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Columns", cli_role_options},
                                          {"Model", MODEL_OPTIONS},
                                          {"Evaluation", cli_cv_options},
                                          {"Report", cli_report_options},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

static hone_status cross_validate(cli_session *session, hone_error *err) {
    if (session->set.specs.n > 1)
        return cli_misuse(session, err,
                          "--model is given %zu times, expected one; hone compare takes "
                          "several",
                          session->set.specs.n);
    return cli_compare_run(session, err);
}

static const char *const REQUIRED[] = {"target", "model", NULL};

const cli_command cli_cv = {
    .name = "cv",
    .summary = "cross-validate one model, keep its out-of-fold predictions",
    .arguments = "DATA --target COL --model SPEC",
    .about =
        "Cross-validates one model on DATA and prints every metric with its spread over the\n"
        "folds and its 95 % interval. --oof writes a prediction for every row by a model that\n"
        "has not seen it.\n\n"
        "Example: hone cv data/titanic.csv --target survived --model svm:C=3 --oof oof.csv",
    .min_arguments = 1,
    .max_arguments = 1,
    .required = REQUIRED,
    .groups = GROUPS,
    .computes = true,
    .run = cross_validate,
};
