/* reliability.c -- probabilities in bins.
 *
 *   ECE = sum_b w_b / W |share_b - mean p_b|   MCE = max_b |share_b - mean p_b|
 *   debiased: sqrt max(0, sum_b w_b / W ((share_b - mean p_b)^2 - v_b)), bins of equal mass,
 *     v_b = share_b (1 - share_b) q_b / (1 - q_b) the variance of share_b, q_b = sum w^2 / (sum
 * w)^2 over its rows: 1/n_b where they weigh the same; a bin of less than two rows adds 0
 *
 * For more than two classes: of the most probable class, is it right? (top label); or of each class
 * against the rest, plain mean (classwise). Ten bins in the table of metrics.
 * Cost: O(n), a sort.   Reference: Naeini et al. 2015; Guo et al. 2017; Kull et al. 2019; Kumar,
 * Liang & Ma 2019 (debiased). */
#include "metrics/blocks.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

enum { BINS = 10 };

void hone_reliability_free(hone_reliability *reliability) {
    if (!reliability)
        return;
    hone_release(reliability->proba);
    hone_release(reliability->share);
    hone_release(reliability->weight);
    *reliability = (hone_reliability){0};
}

/* The bin of [b / bins, (b + 1) / bins) that holds p, exactly: the product may be rounded up. */
static size_t bin_by_width(double p, size_t bins) {
    size_t b = (size_t)(p * (double)bins);
    if (b > 0 && p < (double)b / (double)bins)
        b--;
    if (p >= (double)(b + 1) / (double)bins)
        b++;
    return b < bins ? b : bins - 1;
}

/* below: share of the weight below the middle of the block. */
static size_t bin_by_mass(double below, size_t bins) {
    size_t b = (size_t)(below * (double)bins);
    return b < bins ? b : bins - 1;
}

/* Sums of proba and of positives while filling, then means; empty bins never get a place. top
 * (bins, or NULL): the largest probability of each. */
static void fill(const hone_blocks *blocks, hone_bins kind, size_t bins, double *top,
                 hone_reliability *out) {
    hone_sum below = {0};
    size_t current = SIZE_MAX;
    for (size_t i = 0; i < blocks->n; i++) {
        double w = blocks->all[i], middle = (hone_sum_value(below) + w / 2) / blocks->total;
        size_t bin = kind == HONE_EQUAL_WIDTH ? bin_by_width(blocks->proba[i], bins)
                                              : bin_by_mass(middle, bins);
        out->n += bin != current;
        current = bin;
        out->proba[out->n - 1] += w * blocks->proba[i];
        out->share[out->n - 1] += blocks->positive[i];
        out->weight[out->n - 1] += w;
        if (top)
            top[out->n - 1] = blocks->proba[i];
        hone_sum_add(&below, w);
    }
    for (size_t b = 0; b < out->n; b++) {
        out->proba[b] /= out->weight[b];
        out->share[b] /= out->weight[b];
        double gap = fabs(out->share[b] - out->proba[b]);
        out->ece += out->weight[b] / blocks->total * gap;
        out->mce = fmax(out->mce, gap);
    }
}

static hone_status make(const hone_ranking *ranking, hone_bins kind, size_t bins, double *top,
                        hone_reliability *out, hone_error *err) {
    hone_blocks blocks = {0};
    hone_reliability made = {0};
    hone_status status = hone_blocks_make("reliability", ranking, &blocks, err);
    size_t room = bins < blocks.n ? bins : blocks.n;
    if (!status)
        status = hone_new(&made.proba, room, err);
    if (!status)
        status = hone_new(&made.share, room, err);
    if (!status)
        status = hone_new(&made.weight, room, err);
    if (!status) {
        fill(&blocks, kind, bins, top, &made);
        *out = made;
        made = (hone_reliability){0};
    }
    hone_blocks_free(&blocks);
    hone_reliability_free(&made);
    return status;
}

hone_status hone_reliability_make(const double *is_positive, const double *proba,
                                  const double *weight, size_t n, hone_bins kind, size_t bins,
                                  hone_reliability *out, hone_error *err) {
    const hone_ranking ranking = hone_ranking_by(is_positive, proba, weight, n);
    if (bins == 0)
        return hone_fail(err, HONE_EINVAL, "reliability: needs at least one bin, got 0");
    return make(&ranking, kind, bins, NULL, out, err);
}

/* ---- metrics --------------------------------------------------------------------------------- */

/* What is binned: the probability of one class against the rest. */
static hone_ranking of_class(const hone_outcome *outcome, size_t c) {
    hone_outcome one = *outcome;
    one.score = NULL;
    one.positive = c;
    return hone_ranking_of(&one);
}

/* Of one class against the rest. mce: NULL allowed. */
static hone_status errors(const hone_outcome *outcome, size_t c, hone_bins kind, double *ece,
                          double *mce, hone_error *err) {
    hone_reliability reliability = {0};
    const hone_ranking ranking = of_class(outcome, c);
    hone_status status = make(&ranking, kind, BINS, NULL, &reliability, err);
    if (status)
        return status;
    *ece = reliability.ece;
    if (mce)
        *mce = reliability.mce;
    hone_reliability_free(&reliability);
    return HONE_OK;
}

hone_status hone_metric_ece(const hone_outcome *outcome, double *out, const char **why,
                            hone_error *err) {
    (void)why;
    return errors(outcome, outcome->positive, HONE_EQUAL_WIDTH, out, NULL, err);
}

hone_status hone_metric_ece_equal_mass(const hone_outcome *outcome, double *out, const char **why,
                                       hone_error *err) {
    (void)why;
    return errors(outcome, outcome->positive, HONE_EQUAL_MASS, out, NULL, err);
}

/* square (BINS): sum of the squared weights of each bin's rows. */
static void add_squares(const hone_ranking *ranking, const double *top, size_t bins,
                        double *square) {
    for (size_t i = 0; i < ranking->n; i++) {
        double w = ranking->weight ? ranking->weight[i] : 1,
               p = ranking->score[i * ranking->stride];
        size_t b = 0;
        while (b + 1 < bins && p > top[b])
            b++;
        square[b] += w * w;
    }
}

/* NaN when no bin has two rows, or what weighs like two. */
static double debiased(const hone_reliability *r, const double *square) {
    double sum = 0, total = 0;
    bool known = false;
    for (size_t b = 0; b < r->n; b++) {
        double gap = r->share[b] - r->proba[b], share = r->share[b];
        double q = square[b] / (r->weight[b] * r->weight[b]);
        total += r->weight[b];
        if (q > 0.5 + 1e-12)
            continue;
        sum += r->weight[b] * (gap * gap - share * (1 - share) * q / (1 - q));
        known = true;
    }
    return known ? sqrt(fmax(sum / total, 0)) : NAN;
}

hone_status hone_metric_ece_debiased(const hone_outcome *outcome, double *out, const char **why,
                                     hone_error *err) {
    const hone_ranking ranking = of_class(outcome, outcome->positive);
    hone_reliability reliability = {0};
    double top[BINS] = {0}, square[BINS] = {0};
    hone_status status = make(&ranking, HONE_EQUAL_MASS, BINS, top, &reliability, err);
    if (status)
        return status;
    add_squares(&ranking, top, reliability.n, square);
    *out = debiased(&reliability, square);
    hone_reliability_free(&reliability);
    return isnan(*out) ? hone_undefined("no bin has two rows of like weight", out, why) : HONE_OK;
}

hone_status hone_metric_mce(const hone_outcome *outcome, double *out, const char **why,
                            hone_error *err) {
    (void)why;
    double ece;
    return errors(outcome, outcome->positive, HONE_EQUAL_WIDTH, &ece, out, err);
}

hone_status hone_metric_ece_classwise(const hone_outcome *outcome, double *out, const char **why,
                                      hone_error *err) {
    (void)why;
    double sum = 0, one = 0;
    for (size_t c = 0; c < outcome->n_classes; c++) {
        hone_status status = errors(outcome, c, HONE_EQUAL_WIDTH, &one, NULL, err);
        if (status)
            return status;
        sum += one;
    }
    *out = sum / (double)outcome->n_classes;
    return HONE_OK;
}

/* The largest probability of each row, and whether its class (the first such) is right. */
static void top_labels(const hone_outcome *outcome, double *right, double *proba) {
    size_t k = outcome->n_classes;
    for (size_t i = 0; i < outcome->n; i++) {
        const double *p = outcome->proba + i * k;
        size_t best = 0;
        for (size_t c = 1; c < k; c++)
            best = p[c] > p[best] ? c : best;
        proba[i] = p[best];
        right[i] = outcome->truth[i] == (double)best ? 1 : 0;
    }
}

hone_status hone_metric_ece_top_label(const hone_outcome *outcome, double *out, const char **why,
                                      hone_error *err) {
    (void)why;
    double *right = NULL, *proba = NULL;
    hone_reliability reliability = {0};
    hone_status status = hone_new(&right, outcome->n, err);
    if (!status)
        status = hone_new(&proba, outcome->n, err);
    if (!status) {
        top_labels(outcome, right, proba);
        status = hone_reliability_make(right, proba, outcome->weight, outcome->n, HONE_EQUAL_WIDTH,
                                       BINS, &reliability, err);
    }
    *out = reliability.ece;
    hone_reliability_free(&reliability);
    hone_release(right);
    hone_release(proba);
    return status;
}
