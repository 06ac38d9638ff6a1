/* model.c -- a spec becomes an estimator in its pipeline. */
#include "cli/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPEC_SIZE 4096

/* ---- specs in files -------------------------------------------------------------------------- */

static hone_status read_file(const char *path, char **out, size_t *size, hone_error *err) {
    enum { BLOCK = 1 << 16, MOST = 1 << 28 };
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t n = 0, got = file ? 1 : 0;
    while (got && n < MOST) {
        text = cli_resize(text, n + BLOCK, 1);
        got = fread(text + n, 1, BLOCK, file);
        n += got;
    }
    bool failed = !file || ferror(file);
    int reason = errno;
    if (file)
        fclose(file);
    if (failed) {
        free(text);
        return cli_fail(err, HONE_EIO, "cannot read %s: %s", path, strerror(reason));
    }
    *out = text;
    *size = n;
    return HONE_OK;
}

/* The text under "spec" of the object, of its "model", or of the only one of its "models". */
static const char *find_spec(const hone_json *json) {
    const hone_json *models = hone_json_get(json, "models");
    const hone_json *owner = hone_json_get(json, "model");
    if (hone_json_size(models) == 1)
        owner = hone_json_at(models, 0);
    return hone_json_as_text(hone_json_get(owner ? owner : json, "spec"));
}

/* Replaces "@FILE.json" by the spec in it; other specs are copied. */
static hone_status resolve(const char *spec, char **out, hone_error *err) {
    char *text = NULL;
    size_t size = 0;
    hone_json *json = NULL;
    if (spec[0] != '@') {
        *out = cli_format("%s", spec);
        return HONE_OK;
    }
    hone_status status = read_file(spec + 1, &text, &size, err);
    if (status == HONE_OK) {
        hone_error why;
        status = hone_json_parse(text, size, &json, &why);
        if (status != HONE_OK)
            cli_fail(err, status, "%s: %s", spec + 1, why.message);
    }
    const char *found = find_spec(json);
    if (status == HONE_OK && !found)
        status = cli_fail(err, HONE_EDATA,
                          "%s: expected the JSON of one model with its \"spec\", found none or "
                          "several",
                          spec + 1);
    if (status == HONE_OK)
        *out = cli_format("%s", found);
    hone_json_free(json);
    free(text);
    return status;
}

/* ---- building -------------------------------------------------------------------------------- */

bool cli_is_pipeline(const hone_estimator *est) {
    return strcmp(hone_name(est), "pipeline") == 0;
}

const hone_estimator *cli_predictor(const hone_estimator *est) {
    while (cli_is_pipeline(est) && hone_n_steps(est) > 0)
        est = hone_step(est, hone_n_steps(est) - 1);
    return est;
}

/* What a target holds; without one any model will do. */
static hone_target_kind kind_of(const hone_column *target) {
    if (!target)
        return HONE_TARGET_AUTO;
    return target->kind == HONE_CATEGORICAL ? HONE_TARGET_CLASSES : HONE_TARGET_REAL;
}

static bool has_param(const hone_estimator *est, const char *name, hone_target_kind kind) {
    const hone_class *cls = NULL;
    hone_param_info row;
    if (hone_class_find(hone_name(est), kind, &cls, NULL) != HONE_OK)
        return false;
    for (size_t i = 0; hone_class_param(cls, i, &row); i++)
        if (strcmp(row.name, name) == 0)
            return true;
    return false;
}

/* Does "name:a=1,seed=7" set the seed? */
static bool sets_param(const char *spec, const char *name) {
    size_t n = strlen(name);
    for (const char *at = spec; (at = strstr(at, name)); at++)
        if (at > spec && strchr(":, ", at[-1]) && at[n + strspn(at + n, " ")] == '=')
            return true;
    return false;
}

/* Sets a parameter to what an option of the command says, where the model has it and its spec does
 * not say otherwise. Takes `value` over. */
static hone_status give_param(const char *spec, hone_target_kind kind, const char *name,
                              char *value, hone_estimator *est, hone_error *err) {
    hone_status status = HONE_OK;
    if (has_param(est, name, kind) && !sets_param(spec, name)) {
        char *text = cli_format("%s=%s", name, value);
        status = hone_set(est, text, err);
        free(text);
    }
    free(value);
    return status;
}

/* The same, of a pipeline to its steps. */
static hone_status give_steps(const char *spec, hone_target_kind kind, const char *name,
                              const char *value, hone_estimator *est, hone_error *err) {
    hone_status status = HONE_OK;
    if (!cli_is_pipeline(est))
        return give_param(spec, kind, name, cli_format("%s", value), est, err);
    for (size_t i = 0; i < hone_n_steps(est) && status == HONE_OK; i++) {
        const hone_estimator *step = hone_step(est, i);
        if (!has_param(step, name, kind) || sets_param(spec, name))
            continue;
        char *text = cli_format("%s__%s=%s", hone_name(step), name, value);
        status = hone_set(est, text, err);
        free(text);
    }
    return status;
}

/* --seed, and --positive for a model that has to know the positive class. */
static hone_status give_options(const cli_session *session, const char *spec,
                                const hone_column *target, hone_estimator *est, hone_error *err) {
    const cli_settings *set = &session->set;
    hone_target_kind kind = kind_of(target);
    hone_status status = HONE_OK;
    if (set->seeded) {
        char *seed = cli_format("%llu", (unsigned long long)set->seed);
        status = give_steps(spec, kind, "seed", seed, est, err);
        free(seed);
    }
    if (status == HONE_OK && set->positive && target && target->n_levels == 2 &&
        strcmp(set->positive, target->levels[0]) == 0)
        status = give_steps(spec, kind, "positive", "first", est, err);
    return status;
}

hone_status cli_spec_text(const hone_estimator *est, char **out, hone_error *err) {
    char text[SPEC_SIZE];
    hone_status status = hone_spec(est, text, sizeof text, err);
    if (status == HONE_OK)
        *out = cli_format("%s", text);
    return status;
}

static hone_status try_spec(const char *spec, hone_target_kind kind, const char *setting,
                            hone_error *err) {
    hone_estimator *est = NULL;
    hone_status status = hone_create_spec(spec, kind, &est, err);
    if (status == HONE_OK && setting)
        status = hone_set(est, setting, err);
    hone_free(est);
    return status;
}

hone_status cli_model_check(cli_session *session, const char *spec, const char *setting,
                            hone_error *err) {
    char *text = NULL;
    hone_status status = resolve(spec, &text, err);
    if (status == HONE_OK) {
        status = try_spec(text, HONE_TARGET_CLASSES, setting, err);
        if (status != HONE_OK && try_spec(text, HONE_TARGET_REAL, setting, NULL) == HONE_OK)
            status = HONE_OK;
        cli_misused(session, status);
    }
    free(text);
    return status;
}

/* A model for the other kind of target would fit class codes as if they were amounts. */
static hone_status check_task(cli_session *session, const hone_estimator *est,
                              const hone_column *target, hone_error *err) {
    hone_task task = hone_estimator_task(est);
    bool predicts = task == HONE_CLASSIFIER || task == HONE_REGRESSOR;
    bool learns_target = predicts || (hone_estimator_tags(est) & HONE_TAG_TARGET);
    if (!target)
        return learns_target ? cli_misuse(session, err, "--target COL is missing: %s %s it",
                                          hone_name(est), predicts ? "predicts" : "learns from")
                             : HONE_OK;
    if (!learns_target)
        return cli_fail(err, HONE_EUNSUPPORTED,
                        "%s learns no target; give 'hone fit' --drop %s instead of --target",
                        hone_name(est), target->name);
    bool classes = target->kind == HONE_CATEGORICAL;
    if (!predicts || task == (classes ? HONE_CLASSIFIER : HONE_REGRESSOR))
        return HONE_OK;
    return cli_fail(err, HONE_EUNSUPPORTED,
                    "%s is no %s, but target %s has %s; 'hone models' lists the models, --task %s "
                    "changes the target",
                    hone_name(est), classes ? "classifier" : "regressor", target->name,
                    classes ? "classes" : "real values", classes ? "regression" : "classification");
}

hone_status cli_model_create(cli_session *session, const char *spec, const hone_schema *schema,
                             cli_model *out, hone_error *err) {
    cli_model model = {0};
    char *text = NULL;
    const hone_column *target = schema->n_targets ? &schema->targets[0] : NULL;
    hone_status status = resolve(spec, &text, err);
    if (status != HONE_OK)
        goto done;
    status = cli_misused(session, hone_create_spec(text, kind_of(target), &model.est, err));
    if (status == HONE_OK)
        status = check_task(session, model.est, target, err);
    if (status == HONE_OK)
        status = give_options(session, text, target, model.est, err);
    if (status == HONE_OK)
        status = cli_spec_text(model.est, &model.spec, err);
    if (status != HONE_OK)
        goto done;
    model.name = hone_name(cli_predictor(model.est));
    if (!session->set.raw) {
        hone_estimator *bare = model.est;
        model.est = NULL; /* handed over, also on failure */
        status = hone_auto_pipeline(bare, schema, &model.est, err);
    }
    if (status == HONE_OK)
        *out = model, model = (cli_model){0};
done:
    cli_model_free(&model);
    free(text);
    return status;
}

void cli_model_free(cli_model *model) {
    hone_free(model->est);
    free(model->spec);
    *model = (cli_model){0};
}
