/* cutoffs.c -- the rows taken at every distinct score, and the numbers that follow from it.
 *
 *   tp_k, fp_k = weight of the positives, negatives with score >= threshold_k,  P, N: of all
 *   AUC = sum_k (fp_k - fp_(k-1)) (tp_k + tp_(k-1)) / 2 P N
 *   AP  = sum_k (tp_k - tp_(k-1)) / P  tp_k / (tp_k + fp_k)
 *   KS  = max_k |tp_k / P - fp_k / N|
 *
 * Cost: O(n) once, O(cutoffs) for each number.   Reference: Fawcett 2006; Davis & Goadrich 2006. */
#include "metrics/ranking.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"

#include <math.h>

void hone_cutoffs_free(hone_cutoffs *cutoffs) {
    if (!cutoffs)
        return;
    hone_release(cutoffs->threshold);
    hone_release(cutoffs->tp);
    hone_release(cutoffs->fp);
    *cutoffs = (hone_cutoffs){0};
}

/* Weights of blocks become sums from the top down. They never descend: neither do the sums that
 * are rounded. */
static void accumulate(double *value, size_t n) {
    hone_sum sum = {0};
    for (size_t i = 0; i < n; i++) {
        hone_sum_add(&sum, value[i]);
        double total = hone_sum_value(sum);
        value[i] = i && value[i - 1] > total ? value[i - 1] : total;
    }
}

static bool has_weight(const hone_sides *sides, const hone_block *b) {
    return !sides->weight || hone_block_positive_weight(sides, b) > 0 ||
           hone_block_negative_weight(sides, b) > 0;
}

static void fill(const hone_sides *sides, hone_cutoffs *out) {
    size_t i = out->n;
    for (hone_block b = {0}; hone_block_next(sides, &b);) {
        if (!has_weight(sides, &b))
            continue;
        i--;
        out->threshold[i] = hone_sort_value(b.key);
        out->tp[i] = hone_block_positive_weight(sides, &b);
        out->fp[i] = hone_block_negative_weight(sides, &b);
    }
    accumulate(out->tp, out->n);
    accumulate(out->fp, out->n);
}

hone_status hone_cutoffs_of(const hone_ranking *ranking, hone_cutoffs *out, hone_error *err) {
    hone_sides sides = {0};
    hone_cutoffs cutoffs = {0};
    if (ranking->n == 0)
        return hone_fail(err, HONE_EDATA, "ROC: needs at least one row, got none");
    hone_status status = hone_sides_make(ranking, &sides, err);
    if (status)
        goto done;
    for (hone_block b = {0}; hone_block_next(&sides, &b);)
        cutoffs.n += has_weight(&sides, &b);
    status = hone_new(&cutoffs.threshold, cutoffs.n, err);
    if (!status)
        status = hone_new(&cutoffs.tp, cutoffs.n, err);
    if (!status)
        status = hone_new(&cutoffs.fp, cutoffs.n, err);
    if (status)
        goto done;
    fill(&sides, &cutoffs);
    *out = cutoffs;
    cutoffs = (hone_cutoffs){0};
done:
    hone_sides_free(&sides);
    hone_cutoffs_free(&cutoffs);
    return status;
}

hone_status hone_cutoffs_make(const double *is_positive, const double *score, const double *weight,
                              size_t n, hone_cutoffs *out, hone_error *err) {
    const hone_ranking ranking = {
        .n = n, .truth = is_positive, .score = score, .stride = 1, .weight = weight};
    return hone_cutoffs_of(&ranking, out, err);
}

/* ---- numbers --------------------------------------------------------------------------------- */

double hone_cutoffs_roc_auc(const hone_cutoffs *c) {
    hone_sum area = {0};
    for (size_t i = 0; i < c->n; i++) {
        double tp = i ? c->tp[i - 1] : 0, fp = i ? c->fp[i - 1] : 0;
        hone_sum_add(&area, (c->fp[i] - fp) * ((c->tp[i] + tp) / 2));
    }
    return hone_sum_value(area) / (c->tp[c->n - 1] * c->fp[c->n - 1]);
}

double hone_cutoffs_average_precision(const hone_cutoffs *c) {
    hone_sum sum = {0};
    for (size_t i = 0; i < c->n; i++) {
        double tp = i ? c->tp[i - 1] : 0;
        hone_sum_add(&sum, (c->tp[i] - tp) * (c->tp[i] / (c->tp[i] + c->fp[i])));
    }
    return hone_sum_value(sum) / c->tp[c->n - 1];
}

double hone_cutoffs_ks(const hone_cutoffs *c, double *threshold) {
    double positives = c->tp[c->n - 1], negatives = c->fp[c->n - 1], best = -1;
    size_t at = 0;
    for (size_t i = 0; i < c->n; i++) {
        double gap = fabs(c->tp[i] / positives - c->fp[i] / negatives);
        if (gap > best)
            best = gap, at = i;
    }
    if (threshold)
        *threshold = best < 0 ? NAN : c->threshold[at];
    return best < 0 ? NAN : best;
}

const char *hone_score_doubt(const double *score, size_t n) {
    size_t other = 0;
    while (other < n && score[other] == score[0])
        other++;
    for (size_t i = other; i < n; i++)
        if (score[i] != score[0] && score[i] != score[other])
            return NULL;
    return n < 3        ? NULL
           : other == n ? "all scores are the same: they rank nothing"
                        : "there are only two different scores: are these predicted labels? A "
                          "curve needs scores or probabilities";
}
