/* band.c -- a 95 % band around the ROC curve of one test set: the true positive rate at fixed false
 * positive rates, over bootstrap samples of the positives and the negatives.
 *
 * Cost: one sort, then O(replicates (n + grid)): 0.15 s for 1e5 rows, 1 s for 1e6. For more the
 * band is left out. */
#include "report/page.h"

#include "core/alloc.h"

#include <hone/inference.h>

enum { GRID = 41, REPLICATES = 400, ROWS_MOST = 1000000 };

/* More points where ROC curves bend: squares of an even grid. */
static double place(size_t i) {
    double share = (double)i / (GRID - 1);
    return share * share;
}

hone_status hone_page_band(const hone_page *page, size_t model, hone_chain *low, hone_chain *high,
                           hone_error *err) {
    hone_statistic statistics[GRID];
    hone_rated rated = {0};
    hone_bootstrap *drawn = NULL;
    if (page->n_rows > ROWS_MOST)
        return HONE_OK;
    for (size_t i = 0; i < GRID; i++)
        statistics[i] = (hone_statistic){.kind = HONE_STATISTIC_TPR_AT_FPR, .low = place(i)};
    hone_status status =
        hone_rated_make(page, model, HONE_ALL_ROWS, page->report->positive, &rated, err);
    const hone_scored scored = {.n = rated.n,
                                .models = 1,
                                .truth = rated.truth,
                                .score = rated.score,
                                .weight = rated.weight};
    if (status == HONE_OK)
        status = hone_bootstrap_make(&scored, statistics, GRID, REPLICATES, page->report->seed,
                                     page->mon, &drawn, err);
    if (status == HONE_OK)
        status = hone_chain_make(GRID, low, err);
    if (status == HONE_OK)
        status = hone_chain_make(GRID, high, err);
    if (status == HONE_OK)
        status = hone_bootstrap_band(drawn, 0, 0, GRID, false, 0.95, low->y, high->y, err);
    for (size_t i = 0; i < GRID && status == HONE_OK; i++)
        low->x[i] = high->x[i] = place(i);
    hone_bootstrap_free(drawn);
    hone_rated_free(&rated);
    return status;
}
