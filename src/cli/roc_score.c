/* roc_score.c -- the numbers: areas, intervals, thresholds, pairs. */
#include "cli/roc.h"

#include <math.h>
#include <stdlib.h>

static const double LEVEL = 0.95;
static const hone_criterion YOUDEN = {.kind = HONE_BEST_YOUDEN};

static hone_scored scored(const cli_roc *run) {
    return (hone_scored){.n = run->n,
                         .models = run->n_raters,
                         .truth = run->truth,
                         .score = run->score,
                         .cluster = run->cluster};
}

/* What one sort gives. */
static hone_status score_curve(const cli_roc *run, size_t s, cli_rater *rater, hone_error *err) {
    hone_cutoffs cutoffs = {0};
    hone_status status =
        hone_cutoffs_make(run->truth, run->score + s * run->n, NULL, run->n, &cutoffs, err);
    if (status == HONE_OK) {
        rater->average_precision = hone_cutoffs_average_precision(&cutoffs);
        rater->ks = hone_cutoffs_ks(&cutoffs, NULL);
        rater->partial = rater->mcclish = NAN;
        rater->partial_interval = rater->youden_interval = (hone_interval){.low = NAN, .high = NAN};
    }
    if (status == HONE_OK && run->partial)
        status = hone_cutoffs_partial_auc(&cutoffs, run->over, run->from, run->to, &rater->partial,
                                          &rater->mcclish, err);
    hone_cutoffs_free(&cutoffs);
    return status;
}

static hone_status score_rater(cli_roc *run, const hone_delong *delong, size_t s, hone_error *err) {
    cli_rater *rater = &run->raters[s];
    const hone_scored all = scored(run);
    rater->auc = delong->auc[s];
    rater->variance = delong->covariance[s * delong->models + s];
    hone_status status = score_curve(run, s, rater, err);
    if (status == HONE_OK)
        status = hone_auc_interval(delong, s, run->method, LEVEL, &rater->interval, err);
    if (status == HONE_OK)
        status = hone_threshold_choose(&all, s, &YOUDEN, &rater->youden, err);
    if (status == HONE_OK && rater->auc < 0.5)
        cli_warn("score column '%s' ranks negatives above positives (AUC %.4f): if small values "
                 "mean positive, change its sign; it is not turned around here",
                 rater->name, rater->auc);
    return status;
}

static hone_status bootstrap(cli_roc *run, const hone_monitor *mon, hone_error *err) {
    const hone_scored all = scored(run);
    const hone_statistic statistics[] = {{.kind = HONE_STATISTIC_AUC},
                                         {.kind = HONE_STATISTIC_THRESHOLD, .criterion = YOUDEN},
                                         {.kind = run->over == HONE_OVER_FPR
                                                      ? HONE_STATISTIC_PARTIAL_FPR
                                                      : HONE_STATISTIC_PARTIAL_TPR,
                                          .low = run->from,
                                          .high = run->to}};
    hone_bootstrap *drawn = NULL;
    hone_status status = hone_bootstrap_make(&all, statistics, run->partial ? 3 : 2, 0,
                                             run->session->set.seed, mon, &drawn, err);
    for (size_t s = 0; s < run->n_raters && status == HONE_OK; s++) {
        status = hone_bootstrap_interval(drawn, s, 0, HONE_BOOTSTRAP_BCA, LEVEL,
                                         &run->raters[s].interval, err);
        if (status == HONE_OK)
            status = hone_bootstrap_interval(drawn, s, 1, HONE_BOOTSTRAP_PERCENTILE, LEVEL,
                                             &run->raters[s].youden_interval, err);
        if (status == HONE_OK && run->partial)
            status = hone_bootstrap_interval(drawn, s, 2, HONE_BOOTSTRAP_PERCENTILE, LEVEL,
                                             &run->raters[s].partial_interval, err);
    }
    hone_bootstrap_free(drawn);
    return status;
}

static hone_status compare(cli_roc *run, const hone_delong *delong, hone_error *err) {
    size_t n = run->n_raters;
    double *p = cli_take(n * n, sizeof *p);
    hone_status status = HONE_OK;
    run->pairs = cli_take(n * n, sizeof *run->pairs);
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n && status == HONE_OK; b++) {
            cli_rater_pair *pair = &run->pairs[run->n_pairs];
            *pair = (cli_rater_pair){.a = a, .b = b};
            status = hone_auc_difference(delong, a, b, LEVEL, &pair->found, err);
            p[run->n_pairs++] = pair->found.test.p;
        }
    if (status == HONE_OK && run->n_pairs)
        status = hone_holm(p, run->n_pairs, p, err);
    for (size_t i = 0; i < run->n_pairs; i++)
        run->pairs[i].p_adjusted = p[i];
    if (status == HONE_OK && n > 2)
        status = hone_auc_all_equal(delong, &run->all, err);
    free(p);
    return status;
}

hone_status cli_roc_score(cli_roc *run, const hone_monitor *mon, hone_error *err) {
    const hone_scored all = scored(run);
    hone_delong delong = {0};
    hone_status status = hone_delong_make(&all, mon, &delong, err);
    for (size_t s = 0; s < run->n_raters && status == HONE_OK; s++)
        status = score_rater(run, &delong, s, err);
    if (status == HONE_OK)
        status = compare(run, &delong, err);
    if (status == HONE_OK && run->bootstrap)
        status = bootstrap(run, mon, err);
    hone_delong_free(&delong);
    return status;
}
