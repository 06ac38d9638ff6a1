/* corp.c -- the Brier score in parts, without bins.
 *
 *   S(q) = sum_i w_i (q_i - y_i)^2 / W   q^c = isotonic regression of y on p   r = mean y
 *   MCB = S(p) - S(q^c)   DSC = S(r) - S(q^c)   UNC = S(r) = r (1 - r)   S(p) = MCB - DSC + UNC
 *
 * Cost: O(n), a sort.   Reference: Dimitriadis, Gneiting & Jordan 2021. */
#include "metrics/blocks.h"

#include "core/alloc.h"
#include "optim/isotonic.h"

#include <math.h>

void hone_corp_free(hone_corp *corp) {
    if (!corp)
        return;
    hone_release(corp->proba);
    hone_release(corp->recalibrated);
    hone_release(corp->weight);
    *corp = (hone_corp){0};
}

/* S of saying q[i * stride] in block i. */
static double score(const hone_blocks *blocks, const double *q, size_t stride) {
    hone_sum sum = {0};
    for (size_t i = 0; i < blocks->n; i++) {
        double up = blocks->positive[i], p = q[i * stride];
        hone_sum_add(&sum, up * ((1 - p) * (1 - p)) + (blocks->all[i] - up) * (p * p));
    }
    return hone_sum_value(sum) / blocks->total;
}

/* blocks' arrays of probabilities and weights go over to *out. */
static hone_status decompose(hone_blocks *blocks, hone_corp *out, hone_error *err) {
    double *recalibrated = NULL;
    hone_status status = hone_new(&recalibrated, blocks->n, err);
    for (size_t i = 0; !status && i < blocks->n; i++)
        recalibrated[i] = blocks->positive[i] / blocks->all[i];
    if (!status)
        status = hone_isotonic(recalibrated, blocks->all, blocks->n, err);
    if (status) {
        hone_release(recalibrated);
        return status;
    }
    double prevalence = hone_sum_of(blocks->positive, blocks->n) / blocks->total;
    double said = score(blocks, blocks->proba, 1), best = score(blocks, recalibrated, 1);
    double unc = score(blocks, &prevalence, 0);
    *out = (hone_corp){.n = blocks->n,
                       .proba = blocks->proba,
                       .recalibrated = recalibrated,
                       .weight = blocks->all,
                       .score = said,
                       .mcb = fmax(0, said - best),
                       .dsc = fmax(0, unc - best),
                       .unc = unc};
    blocks->proba = blocks->all = NULL;
    return HONE_OK;
}

static hone_status make(const hone_ranking *ranking, hone_corp *out, hone_error *err) {
    hone_blocks blocks = {0};
    hone_status status = hone_blocks_make("CORP", ranking, &blocks, err);
    if (!status)
        status = decompose(&blocks, out, err);
    hone_blocks_free(&blocks);
    return status;
}

hone_status hone_corp_make(const double *is_positive, const double *proba, const double *weight,
                           size_t n, hone_corp *out, hone_error *err) {
    const hone_ranking ranking = hone_ranking_by(is_positive, proba, weight, n);
    return make(&ranking, out, err);
}

static hone_status parts(const hone_outcome *outcome, double *mcb, double *dsc, hone_error *err) {
    hone_outcome one = *outcome;
    hone_corp corp = {0};
    one.score = NULL;
    const hone_ranking ranking = hone_ranking_of(&one);
    hone_status status = make(&ranking, &corp, err);
    if (status)
        return status;
    *mcb = corp.mcb;
    *dsc = corp.dsc;
    hone_corp_free(&corp);
    return HONE_OK;
}

hone_status hone_metric_miscalibration(const hone_outcome *outcome, double *out, const char **why,
                                       hone_error *err) {
    (void)why;
    double dsc;
    return parts(outcome, out, &dsc, err);
}

hone_status hone_metric_discrimination(const hone_outcome *outcome, double *out, const char **why,
                                       hone_error *err) {
    (void)why;
    double mcb;
    return parts(outcome, &mcb, out, err);
}
