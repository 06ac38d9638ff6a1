/* split_time.c -- folds that follow time: train on what was, test on what came then.
 *
 * The T distinct times are cut from the end into k test sets of s = floor(T / (k + 1)) times each;
 * fold f tests the ranks [T - (k - f) s, T - (k - f - 1) s) and trains on all ranks before it but
 * the last `gap`. Rows of one time have one rank and are never parted, so no fold tests on a
 * moment that it has trained on.
 * With distinct times this is scikit-learn's TimeSeriesSplit on the rows in order of time.
 * Cost: O(n). */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"

#include <math.h>

static hone_status check_times(const hone_dataset *data, hone_error *err) {
    for (size_t i = 0; i < hone_dataset_rows(data); i++)
        if (isnan(data->time[i]))
            return hone_fail(err, HONE_EDATA, "time_series: row %zu has no time", i + 1);
    return HONE_OK;
}

/* rank[i]: how many distinct times are before that of row i; *n_times: their number. */
static hone_status rank_times(const hone_dataset *data, uint32_t *rank, size_t *n_times,
                              hone_error *err) {
    size_t n = hone_dataset_rows(data), *order = NULL;
    uint64_t *keys = NULL;
    hone_status status;
    if ((status = hone_new(&order, n, err)) != HONE_OK ||
        (status = hone_new(&keys, n, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
        keys[i] = hone_sort_key(data->time[i]);
    }
    if ((status = hone_sort_keys(keys, order, n, err)) != HONE_OK)
        goto done;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        at += i > 0 && keys[i] != keys[i - 1];
        rank[order[i]] = (uint32_t)at;
    }
    *n_times = at + 1;
done:
    hone_release(order);
    hone_release(keys);
    return status;
}

hone_status hone_split_times(const hone_cv *cv, const hone_dataset *data, hone_folds *folds,
                             hone_error *err) {
    size_t k = folds->folds, times = 0;
    hone_status status;
    if ((status = check_times(data, err)) != HONE_OK ||
        (status = hone_new(&folds->rank, folds->n_rows, err)) != HONE_OK ||
        (status = hone_new(&folds->window, k, err)) != HONE_OK ||
        (status = rank_times(data, folds->rank, &times, err)) != HONE_OK)
        return status;
    size_t size = times / (k + 1), first = times - k * size;
    if (size == 0)
        return hone_fail(err, HONE_EDATA,
                         "time_series: %zu distinct times are too few for %zu folds, expected at "
                         "least %zu; lower the number of folds",
                         times, k, k + 1);
    if (cv->gap >= first)
        return hone_fail(err, HONE_EDATA,
                         "time_series: a gap of %zu leaves nothing of the %zu times before the "
                         "first test set to train on; lower the gap or the number of folds",
                         cv->gap, first);
    for (size_t i = 0; i < folds->n_rows; i++)
        folds->fold_of[i] =
            folds->rank[i] < first ? HONE_NO_FOLD : (uint32_t)((folds->rank[i] - first) / size);
    for (size_t f = 0; f < k; f++)
        folds->window[f] = (hone_window){0, (uint32_t)(first + f * size - cv->gap)};
    return HONE_OK;
}
