/* compare_json.c -- the result as hone.compare/1 (or hone.cv/1). Makers of JSON give NULL when
 * memory is out; containers notice it, so that one check at the end is enough. */
#include "cli/compare.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>

/* Rows that no fold of the first repeat tests: they only train. */
static size_t count_untested(const hone_folds *folds) {
    size_t n = 0;
    for (size_t i = 0; i < folds->n_rows; i++)
        n += folds->fold_of[i] == HONE_NO_FOLD;
    return n;
}

static bool set_cv(hone_json *out, const hone_folds *folds) {
    hone_json *cv = hone_json_object();
    bool bad = hone_json_set(cv, "scheme", hone_json_text(hone_cv_scheme_name(folds->scheme)));
    bad |= hone_json_set(cv, "folds", hone_json_integer((long long)folds->folds));
    bad |= hone_json_set(cv, "repeats", hone_json_integer((long long)folds->repeats));
    bad |= hone_json_set(cv, "seed", hone_json_integer((long long)folds->seed));
    if (folds->scheme == HONE_CV_PREDEFINED)
        bad |= hone_json_set(cv, "rows_never_tested",
                             hone_json_integer((long long)count_untested(folds)));
    return hone_json_set(out, "cv", cv) || bad;
}

static bool set_score(hone_json *out, const char *name, const cli_score *score, size_t n) {
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "mean", hone_json_real(score->summary.mean));
    bad |= hone_json_set(json, "std", hone_json_real(score->summary.std));
    const double ends[] = {score->interval.low, score->interval.high};
    if (!isnan(ends[0])) {
        bad |= hone_json_set(json, "ci", hone_json_reals(ends, 2));
        bad |= hone_json_set(json, "ci_method", hone_json_text(score->interval.method));
    }
    bad |= hone_json_set(json, "folds", hone_json_reals(score->folds, n));
    if (score->why)
        bad |= hone_json_set(json, "undefined", hone_json_text(score->why));
    return hone_json_set(out, name, json) || bad;
}

static bool append_entry(hone_json *models, const cli_comparison *run, const cli_entry *entry) {
    static const char *const ENDINGS[] = {"ok", "cancelled", "failed"};
    hone_json *json = hone_json_object(), *metrics = hone_json_object();
    bool bad = hone_json_set(json, "name", hone_json_text(entry->model.name));
    bad |= hone_json_set(json, "spec", hone_json_text(entry->model.spec));
    bad |= hone_json_set(json, "status", hone_json_text(ENDINGS[entry->ending]));
    if (entry->error)
        bad |= hone_json_set(json, "error", hone_json_text(entry->error));
    /* of leave-one-out there is one value, over all rows */
    size_t n = run->folds.scheme == HONE_CV_LOO ? 1 : run->folds.folds * run->folds.repeats;
    for (size_t k = 0; k < run->n_metrics && entry->n_done; k++)
        bad |= set_score(metrics, run->metrics[k]->name, &entry->scores[k], n);
    bad |= hone_json_set(json, "metrics", metrics);
    bad |= hone_json_set(json, "fit_seconds", hone_json_real(entry->fit_seconds));
    bad |= hone_json_set(json, "predict_seconds", hone_json_real(entry->predict_seconds));
    if (entry->curve)
        bad |= cli_compare_set_curve(json, entry->curve);
    if (entry->validation)
        bad |= cli_compare_set_curve(json, entry->validation);
    return hone_json_append(models, json) || bad;
}

/* Probabilities that are not known are left out. */
static bool set_posterior(hone_json *json, const cli_comparison *run, const hone_pair *pair) {
    if (isnan(pair->p_equivalent))
        return false;
    bool bad = hone_json_set(json, "rope", hone_json_real(run->rope));
    bad |= hone_json_set(json, "p_a_better", hone_json_real(pair->p_a_better));
    bad |= hone_json_set(json, "p_equivalent", hone_json_real(pair->p_equivalent));
    return hone_json_set(json, "p_b_better", hone_json_real(pair->p_b_better)) || bad;
}

static bool append_pair(hone_json *pairs, const cli_comparison *run, const hone_pair *pair) {
    const double ends[] = {pair->low, pair->high};
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "a", hone_json_text(run->entries[pair->a].label));
    bad |= hone_json_set(json, "b", hone_json_text(run->entries[pair->b].label));
    bad |= hone_json_set(json, "metric", hone_json_text(pair->metric->name));
    bad |= hone_json_set(json, "method", hone_json_text(hone_pair_method_name(pair->method)));
    bad |= hone_json_set(json, "difference", hone_json_real(pair->difference));
    bad |= hone_json_set(json, "ci", hone_json_reals(ends, 2));
    bad |= hone_json_set(json, "statistic", hone_json_real(pair->statistic));
    bad |= hone_json_set(json, "p_value", hone_json_real(pair->p_value));
    bad |= hone_json_set(json, "p_adjusted", hone_json_real(pair->p_adjusted));
    bad |= set_posterior(json, run, pair);
    return hone_json_append(pairs, json) || bad;
}

hone_json *cli_compare_json(const cli_comparison *run) {
    char *schema = cli_format("hone.%s/1", run->session->command->name);
    hone_json *json = cli_result(run->session, schema), *models = hone_json_array();
    free(schema);
    const size_t *positive = run->task == HONE_FOR_BINARY ? &run->positive : NULL;
    bool bad = cli_set_data(json, run->path, &run->data, positive);
    bad |= set_cv(json, &run->folds);
    for (size_t i = 0; i < run->n; i++)
        bad |= append_entry(models, run, &run->entries[i]);
    bad |= hone_json_set(json, "models", models);
    if (run->left_out.n)
        bad |=
            hone_json_set(json, "left_out",
                          cli_json_texts((const char *const *)run->left_out.at, run->left_out.n));
    hone_json *pairs = hone_json_array();
    for (size_t i = 0; i < run->n_pairs; i++)
        bad |= append_pair(pairs, run, &run->pairs[i]);
    bad |= hone_json_set(json, "comparisons", pairs);
    char *verdict = cli_compare_verdict(run);
    bad |= hone_json_set(json, "verdict", hone_json_text(verdict));
    free(verdict);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}
