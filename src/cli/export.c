/* export.c -- `hone export`: a fitted model in a form that other programs read, or as C source.
 * (hone_load() reads the files of LIBSVM, XGBoost and LightGBM as it reads its own, so the way back
 * needs no command.) */
#include "cli/use.h"

#include "cli/model.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/watch.h"

#include <string.h>

static const cli_option EXPORT_OPTIONS[] = {
    CLI_OPTION("format", 'f', "FORMAT", CLI_TEXT, format,
               "libsvm, xgboost, lightgbm or c (default: by the end of FILE: .json, .txt, .c; else "
               "libsvm)"),
    CLI_OPTION(
        "check", 0, "DATA", CLI_TEXT, check,
        "compile what --format c has written with cc, and compare it with the model on DATA"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Export", EXPORT_OPTIONS},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

static const struct format {
    const char *name, *end;
    hone_status (*save)(const hone_estimator *est, const char *path, hone_error *err);
} FORMATS[] = {{"libsvm", NULL, hone_libsvm_save},
               {"xgboost", ".json", hone_xgboost_save},
               {"lightgbm", ".txt", hone_lightgbm_save},
               {"c", ".c", hone_c_save}};
enum { N_FORMATS = sizeof FORMATS / sizeof *FORMATS };

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

static hone_status find_format(cli_session *session, const struct format **out, hone_error *err) {
    const char *name = session->set.format, *path = session->set.arguments[1];
    *out = &FORMATS[0];
    for (size_t i = 0; i < N_FORMATS; i++) {
        const struct format *format = &FORMATS[i];
        if (name ? strcmp(format->name, name) == 0 : format->end && ends_with(path, format->end)) {
            *out = format;
            return HONE_OK;
        }
    }
    return name ? cli_misuse(session, err,
                             "--format: expected libsvm, xgboost, lightgbm or c, got '%s'", name)
                : HONE_OK;
}

/* How far the compiled file is from the model on the data. */
static hone_status check(cli_session *session, cli_use *use, double *difference, hone_error *err) {
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = cli_read_data(session, session->set.check, hone_input_schema(use->est),
                                       &watch.monitor, &use->data, err);
    if (status == HONE_OK)
        status = hone_c_check(use->est, session->set.arguments[1], use->data.set, &watch.monitor,
                              difference, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK)
        use->n = hone_dataset_rows(use->data.set);
    return status;
}

static hone_json *export_json(const cli_session *session, const cli_use *use,
                              const struct format *format, double difference) {
    const cli_settings *set = &session->set;
    hone_json *json = cli_result(session, "hone.export/1");
    bool bad = hone_json_set(json, "model", cli_use_json(use, set->arguments[0]));
    bad |= hone_json_set(json, "format", hone_json_text(format->name));
    bad |= hone_json_set(json, "file", hone_json_text(set->arguments[1]));
    if (set->check) {
        bad |= cli_set_data(json, set->check, &use->data, NULL);
        bad |= hone_json_set(json, "largest_difference", hone_json_real(difference));
    }
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static hone_status put_result(cli_session *session, const cli_use *use, const struct format *format,
                              double difference, hone_error *err) {
    const cli_settings *set = &session->set;
    char text[HONE_NUMBER_SIZE];
    cli_sink json = {0};
    hone_status status = HONE_OK;
    if (set->check && !cli_is_standard(set->json))
        printf("%s: %zu rows, largest difference %s\n", set->arguments[1], use->n,
               hone_write_double(difference, text));
    if (set->json && (status = cli_sink_open(&json, set->json, err)) == HONE_OK &&
        (status = cli_write_json(&json, export_json(session, use, format, difference), err)) ==
            HONE_OK)
        status = cli_sink_close(&json, err);
    cli_sink_discard(&json);
    return status;
}

/* Of a format that nobody chose: which others there are. */
static hone_status save(const cli_session *session, const cli_use *use, const struct format *format,
                        hone_error *err) {
    hone_status status = format->save(use->est, session->set.arguments[1], err);
    if (status == HONE_EUNSUPPORTED && format == &FORMATS[0] && !session->set.format &&
        !cli_is_pipeline(use->est)) {
        hone_error why = *err;
        cli_fail(err, status, "%.400s; --format has xgboost, lightgbm and c", why.message);
    }
    return status;
}

static hone_status export_model(cli_session *session, hone_error *err) {
    const struct format *format = NULL;
    double difference = 0;
    cli_use use = {0};
    hone_status status = find_format(session, &format, err);
    if (status == HONE_OK && session->set.check && format->save != hone_c_save)
        status = cli_misuse(session, err, "--check goes with --format c alone");
    if (status == HONE_OK)
        status = cli_use_load(session->set.arguments[0], &use, err);
    if (status == HONE_OK)
        status = save(session, &use, format, err);
    if (status == HONE_OK && session->set.check)
        status = check(session, &use, &difference, err);
    if (status == HONE_OK)
        status = put_result(session, &use, format, difference, err);
    cli_use_free(&use);
    return status;
}

const cli_command cli_export = {
    .name = "export",
    .summary = "write a model for LIBSVM, XGBoost or LightGBM, or as C source",
    .arguments = "MODEL.hone FILE",
    .about =
        "libsvm    svc, nu_svc, svr, nu_svr and one_class_svm, as svm-predict reads them\n"
        "xgboost   boosted trees, and trees and forests of values, as JSON\n"
        "lightgbm  the same as LightGBM's text\n"
        "c         one C99 file with a function that predicts a row: trees, forests, boosting,\n"
        "          linear and logistic regression, nets, behind scalers and encoders too\n"
        "The first three hold a model alone: fit it with --raw. Where a command takes a model,\n"
        "it takes such files of LIBSVM, XGBoost and LightGBM too.\n\n"
        "Example: hone fit data.csv --target y --model gbdt -o m.hone\n"
        "         hone export m.hone model.c --check data.csv",
    .min_arguments = 2,
    .max_arguments = 2,
    .groups = GROUPS,
    .run = export_model,
};
