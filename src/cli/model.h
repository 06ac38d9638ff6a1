/* model.h -- estimators from what the command line says. */
#ifndef HONE_CLI_MODEL_H
#define HONE_CLI_MODEL_H

#include "cli/cli.h"

/* One model of a run. Owned; free with cli_model_free(). */
typedef struct cli_model {
    const char *name;    /* the estimator's full name; static */
    char *spec;          /* name and every parameter that is not at its default */
    hone_estimator *est; /* with the preprocessing that it needs, unless --raw */
} cli_model;

/* Is the spec right for some kind of target, and would the model take the setting "param=value"
 * (or NULL)? Asked before the data is read, which may take long. */
HONE_NODISCARD hone_status cli_model_check(cli_session *session, const char *spec,
                                           const char *setting, hone_error *err);
/* A model for this data from a spec: "name[:param=value,...]", or "@FILE.json" with one written by
 * --json. Without a target: one that learns none. --seed goes to the parameter `seed` unless the
 * spec sets it. */
HONE_NODISCARD hone_status cli_model_create(cli_session *session, const char *spec,
                                            const hone_schema *schema, cli_model *out,
                                            hone_error *err);
void cli_model_free(cli_model *model);

bool cli_is_pipeline(const hone_estimator *est);
/* The estimator that predicts: of a pipeline its last step. */
const hone_estimator *cli_predictor(const hone_estimator *est);
/* The spec as a text, owned by the caller. */
HONE_NODISCARD hone_status cli_spec_text(const hone_estimator *est, char **out, hone_error *err);

#endif
