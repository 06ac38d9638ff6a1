/* split.c -- which fold tests which row.
 *
 * Plain k-fold: shuffle the rows, deal them in turn, so that fold sizes differ by at most one.
 * Leave one out: fold i tests row i. The other deals have files of their own.
 * Without a schema nothing says that y holds classes, so AUTO then means plain k-fold.
 * Cost: O(repeats n).   Random numbers: one stream per (seed, repeat). */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"

enum { SHUFFLE_ROWS = 0x5350 }; /* purpose of the stream */

hone_rng hone_split_rng(const hone_folds *folds, size_t repeat) {
    return hone_rng_at(folds->seed, hone_rng_stream(SHUFFLE_ROWS, repeat));
}

static hone_status split_plain(const hone_cv *cv, const hone_dataset *data, hone_folds *folds,
                               hone_error *err) {
    (void)cv, (void)data;
    size_t n = folds->n_rows;
    size_t *order = NULL;
    hone_status status = hone_new(&order, n, err);
    for (size_t r = 0; status == HONE_OK && r < folds->repeats; r++) {
        uint32_t *fold_of = folds->fold_of + r * n;
        hone_rng rng = hone_split_rng(folds, r);
        for (size_t i = 0; i < n; i++)
            order[i] = i;
        hone_rng_shuffle(&rng, order, n);
        for (size_t i = 0; i < n; i++)
            fold_of[order[i]] = (uint32_t)(i % folds->folds);
    }
    hone_release(order);
    return status;
}

static hone_status split_single(const hone_cv *cv, const hone_dataset *data, hone_folds *folds,
                                hone_error *err) {
    (void)cv, (void)data, (void)err;
    for (size_t i = 0; i < folds->n_rows; i++)
        folds->fold_of[i] = (uint32_t)i;
    return HONE_OK;
}

/* What a scheme does and needs. */
static const struct scheme {
    hone_split_deal *deal;
    bool repeats; /* shuffles, so that another repeat is another split */
    bool draws;   /* each fold is a repeat of its own */
    bool classes, groups, times, numbers;
} SCHEMES[] = {
    [HONE_CV_KFOLD] = {split_plain, .repeats = true},
    [HONE_CV_STRATIFIED] = {hone_split_stratified, .repeats = true, .classes = true},
    [HONE_CV_GROUP] = {hone_split_groups, .repeats = true, .groups = true},
    [HONE_CV_LOO] = {split_single, .repeats = false},
    [HONE_CV_STRATIFIED_GROUP] = {hone_split_stratified_groups, .repeats = true, .classes = true,
                                  .groups = true},
    [HONE_CV_TIME_SERIES] = {hone_split_times, .times = true},
    [HONE_CV_SHUFFLE] = {hone_split_shuffle, .repeats = true, .draws = true},
    [HONE_CV_STRATIFIED_SHUFFLE] = {hone_split_shuffle, .repeats = true, .draws = true,
                                    .classes = true},
    [HONE_CV_PREDEFINED] = {hone_split_predefined, .numbers = true},
};
enum { N_SCHEMES = sizeof SCHEMES / sizeof *SCHEMES };

/* ---- what stands for what ----------------------------------------------------------------- */

static bool has_classes(const hone_dataset *data) {
    return data->schema && data->schema->n_targets && data->y.data &&
           data->schema->targets[0].kind == HONE_CATEGORICAL;
}

/* Do the fold numbers make a split: is there something to test, and something else to train on?
 * Within a fold of a predefined split that may be no longer so. */
static bool has_folds(const hone_dataset *data) {
    bool tested = false, parted = false;
    for (size_t i = 0; data->fold && i < hone_dataset_rows(data); i++) {
        tested |= data->fold[i] >= 0;
        parted |= data->fold[i] != data->fold[0];
    }
    return tested && parted;
}

static hone_cv_scheme choose(const hone_dataset *data) {
    return has_folds(data)     ? HONE_CV_PREDEFINED
           : data->time        ? HONE_CV_TIME_SERIES
           : data->groups      ? HONE_CV_GROUP
           : has_classes(data) ? HONE_CV_STRATIFIED
                               : HONE_CV_KFOLD;
}

/* Replaces AUTO and zeros by what they stand for. */
static void settle(const hone_cv *cv, const hone_dataset *data, hone_folds *out) {
    *out = (hone_folds){
        .scheme = cv->scheme == HONE_CV_AUTO ? choose(data) : cv->scheme,
        .n_rows = hone_dataset_rows(data),
        .folds = cv->folds ? cv->folds : 5,
        .repeats = cv->repeats ? cv->repeats : 1,
        .seed = cv->seed,
    };
    if (out->scheme == HONE_CV_LOO)
        out->folds = out->n_rows;
    else if (out->scheme == HONE_CV_PREDEFINED)
        out->folds = 2; /* at least, one of which may be empty: the numbers will tell */
    else if (SCHEMES[out->scheme].draws)
        out->repeats *= out->folds, out->folds = 1;
}

/* ---- checks ------------------------------------------------------------------------------- */

static hone_status check_counts(const struct scheme *scheme, const char *who,
                                const hone_folds *folds, hone_error *err) {
    if (folds->n_rows < 2)
        return hone_fail(err, HONE_EDATA, "%s: needs at least 2 rows, got %zu", who, folds->n_rows);
    if (folds->folds < 2 && !scheme->draws)
        return hone_fail(err, HONE_EINVAL, "%s: needs at least 2 folds, got %zu", who,
                         folds->folds);
    if (folds->n_rows >= HONE_NO_FOLD)
        return hone_fail(err, HONE_EDATA, "%s: takes fewer than %lu rows, got %zu", who,
                         (unsigned long)HONE_NO_FOLD, folds->n_rows);
    if (folds->repeats > 1 && !scheme->repeats)
        return hone_fail(err, HONE_EINVAL, "%s: every repeat is the same, expected 1, got %zu", who,
                         folds->repeats);
    if (folds->folds > folds->n_rows)
        return hone_fail(err, HONE_EDATA,
                         "%s: %zu rows are fewer than %zu folds; lower the number of folds", who,
                         folds->n_rows, folds->folds);
    return HONE_OK;
}

/* Is all there that the scheme looks at? */
static hone_status check_parts(const struct scheme *scheme, const char *who,
                               const hone_dataset *data, hone_error *err) {
    if (scheme->classes && !data->y.data)
        return hone_fail(err, HONE_EDATA, "%s: needs classes, but the data has no target", who);
    if (scheme->classes && data->schema && !has_classes(data))
        return hone_fail(err, HONE_EDATA, "%s: needs classes, but the target holds real values",
                         who);
    const char *missing = scheme->groups && !data->groups  ? "groups"
                          : scheme->times && !data->time   ? "times"
                          : scheme->numbers && !data->fold ? "fold numbers"
                                                           : NULL;
    if (missing)
        return hone_fail(err, HONE_EDATA, "%s: needs %s, but the data has none", who, missing);
    return HONE_OK;
}

hone_status hone_split(const hone_cv *cv, const hone_dataset *data, hone_folds *out,
                       hone_error *err) {
    hone_folds folds;
    if ((size_t)cv->scheme >= N_SCHEMES)
        return hone_fail(err, HONE_EINVAL, "cross-validation: unknown scheme %d", (int)cv->scheme);
    settle(cv, data, &folds);
    const struct scheme *scheme = &SCHEMES[folds.scheme];
    const char *who = hone_cv_scheme_name(folds.scheme);
    hone_status status = check_counts(scheme, who, &folds, err);
    if (status == HONE_OK)
        status = check_parts(scheme, who, data, err);
    if (status == HONE_OK)
        status = hone_new2(&folds.fold_of, folds.repeats, folds.n_rows, err);
    if (status == HONE_OK)
        status = scheme->deal(cv, data, &folds, err);
    if (status == HONE_OK) {
        *out = folds;
        return HONE_OK;
    }
    hone_folds_free(&folds);
    return status;
}
