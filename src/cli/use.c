/* use.c -- a fitted model on new data. */
#include "cli/use.h"
#include "cli/model.h"
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

/* The classes as texts: the levels of the target that the model was fitted on. */
static void describe_target(cli_use *use) {
    const hone_schema *schema = hone_input_schema(use->est);
    const hone_column *fitted = schema && schema->n_targets ? &schema->targets[0] : NULL;
    size_t n = hone_n_classes(use->est);
    for (size_t k = 0; k < n; k++) {
        char *text = cli_level_text(fitted, hone_classes(use->est)[k]);
        cli_texts_add(&use->labels, text, strlen(text));
        free(text);
    }
    use->target = (hone_column){.name = fitted ? fitted->name : NULL,
                                .kind = n ? HONE_CATEGORICAL : HONE_NUMERIC,
                                .n_levels = n,
                                .levels = (const char *const *)use->labels.at};
}

hone_status cli_use_load(const char *path, cli_use *use, hone_error *err) {
    hone_status status = hone_load(path, &use->est, err);
    if (status == HONE_OK)
        describe_target(use);
    return status;
}

hone_status cli_use_read(cli_session *session, cli_use *use, const hone_monitor *mon,
                         hone_error *err) {
    hone_status status = cli_read_data(session, session->set.arguments[1],
                                       hone_input_schema(use->est), mon, &use->data, err);
    if (status == HONE_OK)
        use->n = hone_dataset_rows(use->data.set);
    return status;
}

hone_status cli_use_target(cli_session *session, const cli_use *use, hone_error *err) {
    cli_settings *set = &session->set;
    set->target = set->target ? set->target : use->target.name;
    set->task = use->target.n_levels ? HONE_TARGET_CLASSES : HONE_TARGET_REAL;
    return set->target ? HONE_OK
                       : cli_misuse(session, err,
                                    "the model has no name for its target: --target COL is "
                                    "missing");
}

/* Class codes as they stood in y become positions among the model's classes. */
static void number_classes(cli_use *use) {
    const double *classes = hone_classes(use->est);
    size_t n = use->target.n_levels;
    for (size_t i = 0; i < use->n && n; i++) {
        size_t k = 0;
        while (k + 1 < n && classes[k] < use->label[i])
            k++;
        use->label[i] = (double)k;
    }
}

hone_status cli_use_predict(cli_use *use, bool all, const hone_monitor *mon, hone_error *err) {
    unsigned tags = hone_estimator_tags(use->est);
    const hone_dataset *set = use->data.set;
    size_t classes = use->target.n_levels;
    use->label = cli_take(use->n, sizeof *use->label);
    hone_status status = hone_predict(use->est, set, use->label, mon, err);
    if (status != HONE_OK)
        return status;
    number_classes(use);
    if (all && classes && tags & HONE_TAG_PROBA) {
        use->proba = cli_take(use->n * classes, sizeof *use->proba);
        status = hone_predict_proba(use->est, set, use->proba, mon, err);
    }
    if (status == HONE_OK && all && classes == 2 && tags & HONE_TAG_DECISION) {
        use->score = cli_take(use->n, sizeof *use->score);
        status = hone_decision_function(use->est, set, use->score, mon, err);
    }
    return status;
}

size_t cli_use_code(const cli_use *use, size_t number) {
    const hone_column *have = cli_target(use->data.set);
    size_t code = 0;
    while (code < have->n_levels && strcmp(have->levels[code], use->target.levels[number]) != 0)
        code++;
    return code;
}

hone_json *cli_use_json(const cli_use *use, const char *path) {
    hone_json *json = hone_json_object();
    const hone_estimator *predictor = cli_predictor(use->est);
    char *spec = NULL;
    bool bad = cli_spec_text(use->est, &spec, NULL);
    bad |= hone_json_set(json, "path", cli_json_text(path));
    bad |= hone_json_set(json, "name", hone_json_text(hone_name(predictor)));
    bad |= hone_json_set(json, "spec", hone_json_text(spec));
    free(spec);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

void cli_use_free(cli_use *use) {
    free(use->label);
    free(use->proba);
    free(use->score);
    cli_texts_free(&use->labels);
    cli_data_free(&use->data);
    hone_free(use->est);
    *use = (cli_use){0};
}
