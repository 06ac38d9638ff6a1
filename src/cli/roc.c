/* roc.c -- `hone roc`: AUCs, intervals and paired tests for scores of any tool. */
#include "cli/roc.h"
#include "cli/options.h"
#include "cli/outputs.h"

#include <stdlib.h>

static const cli_option ROC_OPTIONS[] = {
    CLI_OPTION("truth", 't', "COL", CLI_TEXT, truth, "the column with the true classes"),
    CLI_OPTION("score", 's', "COL[,COL]", CLI_LIST, scores,
               "columns of scores: the larger, the more likely positive; never turned around"),
    CLI_OPTION("positive", 0, "LABEL", CLI_TEXT, positive,
               "the positive class (default: the second of two); all others are negative"),
    CLI_OPTION("group", 0, "COL", CLI_TEXT, group,
               "rows of one group (one patient) belong together and are no independent evidence"),
    CLI_OPTION("ci", 0, "METHOD", CLI_TEXT, ci,
               "interval: logit, score, wald or bootstrap (default: logit; score for few rows)"),
    CLI_OPTION("partial", 0, "RATE=A:B", CLI_TEXT, partial,
               "also the area for fpr=A:B or tpr=A:B, as fpr=0:0.1"),
    CLI_OPTION("proba", 0, NULL, CLI_FLAG, proba,
               "the scores are probabilities of the positive class: judge their calibration in "
               "the report"),
    CLI_OPTION("seed", 0, "N", CLI_SEED, seed, "of the bootstrap (default: 0)"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Scores", ROC_OPTIONS},
                                          {"Report", cli_report_options},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

static void put_text(const void *run, cli_sink *sink) {
    cli_roc_print(run, sink);
}

static hone_json *make_json(const void *run) {
    return cli_roc_json(run);
}

static hone_status put_page(const void *run, cli_sink *sink, hone_json **tables,
                            const hone_monitor *mon, hone_error *err) {
    return cli_roc_report(run, sink, tables, mon, err);
}

static void free_run(cli_roc *run) {
    hone_table_free(run->table);
    free(run->positive);
    free(run->negative);
    free(run->truth);
    free(run->cluster);
    free(run->score);
    free(run->raters);
    free(run->pairs);
}

static hone_status roc(cli_session *session, hone_error *err) {
    cli_roc run = {.session = session, .path = session->set.arguments[0]};
    const cli_results results = {&run, put_text, make_json, put_page, NULL};
    cli_outputs out = {0};
    run.shown = cli_shown(run.path);
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = cli_roc_options(&run, err);
    if (status == HONE_OK)
        status = cli_outputs_open(&out, session, err);
    if (status == HONE_OK)
        status = cli_roc_read(&run, &watch.monitor, err);
    if (status == HONE_OK)
        status = cli_roc_score(&run, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK)
        status = cli_outputs_write(&out, &results, &watch, err);
    cli_watch_stop(&watch); /* the report may have warned */
    cli_outputs_discard(&out);
    free_run(&run);
    return status;
}

static const char *const REQUIRED[] = {"truth", "score", NULL};

const cli_command cli_roc_command = {
    .name = "roc",
    .summary = "AUC, intervals and paired tests for scores of any tool",
    .arguments = "SCORES --truth COL --score COL[,COL]",
    .about =
        "Reads the truth and one or more columns of scores from a table (CSV or TSV, also .gz;\n"
        "'-' reads standard input). Prints each AUC with its interval (DeLong), average\n"
        "precision, the best threshold by Youden, and the paired test of every two columns.\n"
        "The scores must come from rows that no model was fitted on; of cross-validated\n"
        "models give hone the models instead: hone compare.\n\n"
        "Example: hone roc scores.csv --truth outcome --score model_a,model_b",
    .min_arguments = 1,
    .max_arguments = 1,
    .required = REQUIRED,
    .groups = GROUPS,
    .run = roc,
};
