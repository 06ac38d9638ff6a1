/* split_shuffle.c -- test sets of a fixed share of the rows, each drawn anew.
 *
 * Every draw is a repeat of one fold: the rows in random order (spread over the classes where the
 * split is stratified), of which the first ceil(test n) are tested and the next floor(train n), or
 * all others, train.
 * Cost: O(draws n), and O(n log n) to find the classes. */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

/* Shares are written as decimals: what is a whole number up to rounding means that number. */
static const double ROUNDING = 1e-9;

struct sizes {
    size_t test, train;
};

static hone_status check_share(const char *who, const char *which, double share, hone_error *err) {
    if (share >= 0 && share < 1)
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL, "%s: the %s share must be in (0, 1), got %g", who, which,
                     share);
}

static hone_status measure(const hone_cv *cv, const hone_folds *folds, struct sizes *out,
                           hone_error *err) {
    const char *who = hone_cv_scheme_name(folds->scheme);
    double n = (double)folds->n_rows, test = cv->test_share > 0 ? cv->test_share : 0.2;
    hone_status status = check_share(who, "test", cv->test_share, err);
    if (status == HONE_OK)
        status = check_share(who, "training", cv->train_share, err);
    if (status != HONE_OK)
        return status;
    out->test = (size_t)ceil(test * n - ROUNDING);
    out->train = folds->n_rows - out->test;
    if (cv->train_share > 0) {
        size_t train = (size_t)floor(cv->train_share * n + ROUNDING);
        if (train > out->train)
            return hone_fail(err, HONE_EINVAL,
                             "%s: shares of %g for training and %g for test are more than all rows",
                             who, cv->train_share, test);
        out->train = train;
    }
    if (out->train == 0)
        return hone_fail(err, HONE_EDATA, "%s: of %zu rows none is left to train on", who,
                         folds->n_rows);
    return HONE_OK;
}

hone_status hone_split_shuffle(const hone_cv *cv, const hone_dataset *data, hone_folds *folds,
                               hone_error *err) {
    bool stratified = folds->scheme == HONE_CV_STRATIFIED_SHUFFLE;
    size_t n = folds->n_rows, *order = NULL;
    hone_split_classes classes = {0};
    struct sizes sizes;
    hone_status status = measure(cv, folds, &sizes, err);
    if (status == HONE_OK && stratified)
        status = hone_split_classes_find(data, "stratified_shuffle", &classes, err);
    if (status != HONE_OK || (status = hone_new(&order, n, err)) != HONE_OK ||
        (status = hone_new2(&folds->rank, folds->repeats, n, err)) != HONE_OK ||
        (status = hone_new(&folds->window, folds->repeats, err)) != HONE_OK)
        goto done;
    for (size_t r = 0; r < folds->repeats; r++) {
        hone_rng rng = hone_split_rng(folds, r);
        status = hone_split_order(stratified ? &classes : NULL, &rng, n, order, err);
        if (status != HONE_OK)
            goto done;
        for (size_t i = 0; i < n; i++) {
            folds->rank[r * n + order[i]] = (uint32_t)i;
            folds->fold_of[r * n + order[i]] = i < sizes.test ? 0 : HONE_NO_FOLD;
        }
        folds->window[r] =
            (hone_window){(uint32_t)sizes.test, (uint32_t)(sizes.test + sizes.train)};
    }
done:
    hone_release(order);
    hone_split_classes_free(&classes);
    return status;
}
