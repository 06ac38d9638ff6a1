/* blocks.c -- rows of the same probability together: cutoffs, taken apart again.   Cost: O(n). */
#include "metrics/blocks.h"

#include "core/alloc.h"
#include "core/error.h"

void hone_blocks_free(hone_blocks *blocks) {
    hone_release(blocks->proba);
    hone_release(blocks->positive);
    hone_release(blocks->all);
    *blocks = (hone_blocks){0};
}

hone_ranking hone_ranking_by(const double *is_positive, const double *proba, const double *weight,
                             size_t n) {
    return (hone_ranking){
        .n = n, .truth = is_positive, .score = proba, .stride = 1, .weight = weight};
}

/* The weights of cutoffs, from the top down, become those of blocks, from the bottom up. */
static void fill(const hone_cutoffs *cutoffs, hone_blocks *out) {
    size_t n = cutoffs->n;
    for (size_t i = n; i-- > 0;) {
        double tp = cutoffs->tp[i] - (i ? cutoffs->tp[i - 1] : 0);
        double fp = cutoffs->fp[i] - (i ? cutoffs->fp[i - 1] : 0);
        if (!(tp + fp > 0))
            continue; /* less than a rounding of the sum above it */
        out->proba[out->n] = cutoffs->threshold[i];
        out->positive[out->n] = tp;
        out->all[out->n++] = tp + fp;
    }
    out->total = cutoffs->tp[n - 1] + cutoffs->fp[n - 1];
}

hone_status hone_blocks_make(const char *who, const hone_ranking *ranking, hone_blocks *out,
                             hone_error *err) {
    hone_cutoffs cutoffs = {0};
    hone_blocks blocks = {0};
    for (size_t i = 0; i < ranking->n; i++) {
        double p = ranking->score[i * ranking->stride];
        if (!(p >= 0 && p <= 1))
            return hone_fail(err, HONE_EDATA,
                             "%s: probability of row %zu must be in [0, 1], got %g", who, i + 1, p);
    }
    hone_status status = hone_cutoffs_of(ranking, &cutoffs, err);
    if (!status)
        status = hone_new(&blocks.proba, cutoffs.n, err);
    if (!status)
        status = hone_new(&blocks.positive, cutoffs.n, err);
    if (!status)
        status = hone_new(&blocks.all, cutoffs.n, err);
    if (!status) {
        fill(&cutoffs, &blocks);
        *out = blocks;
        blocks = (hone_blocks){0};
    }
    hone_cutoffs_free(&cutoffs);
    hone_blocks_free(&blocks);
    return status;
}
