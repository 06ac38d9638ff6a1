/* roc_json.c -- the result as hone.roc/1. */
#include "cli/report.h"
#include "cli/roc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "DeLong, logit" -> "logit": the method as --ci names it. */
static const char *method_name(const hone_interval *interval) {
    const char *comma = interval->method ? strstr(interval->method, ", ") : NULL;
    if (!comma)
        return interval->method;
    return strncmp(interval->method, "bootstrap", 9) == 0 ? "bootstrap"
           : strcmp(comma + 2, "Wald") == 0               ? "wald"
                                                          : comma + 2;
}

static bool set_interval(hone_json *out, const hone_interval *interval) {
    const double ends[] = {interval->low, interval->high};
    bool bad = hone_json_set(out, "ci", hone_json_reals(ends, 2));
    bad |= hone_json_set(out, "ci_method", hone_json_text(method_name(interval)));
    if (interval->why)
        bad |= hone_json_set(out, "ci_undefined", hone_json_text(interval->why));
    return bad;
}

static bool set_youden(hone_json *out, const cli_rater *rater) {
    const hone_threshold *at = &rater->youden;
    hone_json *json = hone_json_object();
    double tpr = at->tp / (at->tp + at->fn), fpr = at->fp / (at->fp + at->tn);
    bool bad = hone_json_set(json, "threshold", hone_json_real(at->score));
    bad |= hone_json_set(json, "midpoint", hone_json_real(at->threshold));
    bad |= hone_json_set(json, "j", hone_json_real(tpr - fpr));
    bad |= hone_json_set(json, "tpr", hone_json_real(tpr));
    bad |= hone_json_set(json, "fpr", hone_json_real(fpr));
    if (!isnan(rater->youden_interval.low))
        bad |= set_interval(json, &rater->youden_interval);
    return hone_json_set(out, "youden", json) || bad;
}

static bool set_partial(hone_json *out, const cli_roc *run, const cli_rater *rater) {
    hone_json *json = hone_json_object();
    bool bad =
        hone_json_set(json, "over", hone_json_text(run->over == HONE_OVER_FPR ? "fpr" : "tpr"));
    bad |= hone_json_set(json, "from", hone_json_real(run->from));
    bad |= hone_json_set(json, "to", hone_json_real(run->to));
    bad |= hone_json_set(json, "area", hone_json_real(rater->partial));
    bad |= hone_json_set(json, "mcclish", hone_json_real(rater->mcclish));
    if (!isnan(rater->partial_interval.low))
        bad |= set_interval(json, &rater->partial_interval);
    return hone_json_set(out, "partial", json) || bad;
}

static bool append_rater(hone_json *raters, const cli_roc *run, const cli_rater *rater) {
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "name", hone_json_text(rater->name));
    bad |= hone_json_set(json, "auc", hone_json_real(rater->auc));
    bad |= hone_json_set(json, "variance", hone_json_real(rater->variance));
    bad |= set_interval(json, &rater->interval);
    bad |= hone_json_set(json, "average_precision", hone_json_real(rater->average_precision));
    bad |= hone_json_set(json, "ks", hone_json_real(rater->ks));
    if (run->partial)
        bad |= set_partial(json, run, rater);
    bad |= set_youden(json, rater);
    return hone_json_append(raters, json) || bad;
}

static bool append_pair(hone_json *pairs, const cli_roc *run, const cli_rater_pair *pair) {
    const hone_comparison *found = &pair->found;
    const double ends[] = {found->difference.low, found->difference.high};
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "a", hone_json_text(run->raters[pair->a].name));
    bad |= hone_json_set(json, "b", hone_json_text(run->raters[pair->b].name));
    bad |= hone_json_set(json, "method", hone_json_text("delong"));
    bad |= hone_json_set(json, "difference", hone_json_real(found->difference.estimate));
    bad |= hone_json_set(json, "ci", hone_json_reals(ends, 2));
    bad |= hone_json_set(json, "z", hone_json_real(found->test.statistic));
    bad |= hone_json_set(json, "p_value", hone_json_real(found->test.p));
    bad |= hone_json_set(json, "p_adjusted", hone_json_real(pair->p_adjusted));
    return hone_json_append(pairs, json) || bad;
}

static bool set_data(hone_json *out, const cli_roc *run) {
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "path", cli_json_text(run->path));
    bad |= hone_json_set(json, "truth", hone_json_text(run->session->set.truth));
    bad |= hone_json_set(json, "sha256", hone_json_text(hone_table_info(run->table)->sha256));
    return hone_json_set(out, "data", json) || bad;
}

hone_json *cli_roc_json(const cli_roc *run) {
    hone_json *json = cli_result(run->session, "hone.roc/1");
    hone_json *raters = hone_json_array(), *pairs = hone_json_array();
    bool bad = set_data(json, run);
    bad |= hone_json_set(json, "rows", hone_json_integer((long long)run->n));
    bad |= hone_json_set(json, "positives", hone_json_integer((long long)run->n_positive));
    bad |=
        hone_json_set(json, "negatives", hone_json_integer((long long)(run->n - run->n_positive)));
    bad |= hone_json_set(json, "positive", hone_json_text(run->positive));
    for (size_t s = 0; s < run->n_raters; s++)
        bad |= append_rater(raters, run, &run->raters[s]);
    for (size_t i = 0; i < run->n_pairs; i++)
        bad |= append_pair(pairs, run, &run->pairs[i]);
    bad |= hone_json_set(json, "scores", raters);
    bad |= hone_json_set(json, "comparisons", pairs);
    if (run->n_raters > 2)
        bad |= hone_json_set(json, "all_equal_p_value", hone_json_real(run->all.p));
    char *verdict = cli_roc_verdict(run);
    bad |= hone_json_set(json, "verdict", hone_json_text(verdict));
    free(verdict);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}
