/* split.c -- which fold tests which row.
 *
 * Plain k-fold: shuffle the rows, deal them in turn, so that fold sizes differ by at most one.
 * Leave one out: fold i tests row i. The stratified and the grouped deal have files of their own.
 * Without a schema nothing says that y holds classes, so AUTO then means plain k-fold.
 * Cost: O(repeats n).   Random numbers: one stream per (seed, repeat). */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"

enum { SHUFFLE_ROWS = 0x5350 }; /* purpose of the stream */

hone_rng hone_split_rng(const hone_folds *folds, size_t repeat) {
    return hone_rng_at(folds->seed, hone_rng_stream(SHUFFLE_ROWS, repeat));
}

static hone_status split_plain(hone_folds *folds, hone_error *err) {
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

static bool has_classes(const hone_dataset *data) {
    return data->schema && data->schema->n_targets && data->y.data &&
           data->schema->targets[0].kind == HONE_CATEGORICAL;
}

/* Replaces AUTO and zeros by what they stand for. */
static void settle(const hone_cv *cv, const hone_dataset *data, hone_folds *out) {
    *out = (hone_folds){
        .scheme = cv->scheme,
        .n_rows = hone_dataset_rows(data),
        .folds = cv->folds ? cv->folds : 5,
        .repeats = cv->repeats ? cv->repeats : 1,
        .seed = cv->seed,
    };
    if (out->scheme == HONE_CV_AUTO)
        out->scheme = data->groups        ? HONE_CV_GROUP
                      : has_classes(data) ? HONE_CV_STRATIFIED
                                          : HONE_CV_KFOLD;
    if (out->scheme == HONE_CV_LOO)
        out->folds = out->n_rows;
}

/* Is there anything to deal? */
static hone_status check(const hone_folds *folds, const hone_dataset *data, hone_error *err) {
    const char *who = hone_cv_scheme_name(folds->scheme);
    if (folds->n_rows < 2)
        return hone_fail(err, HONE_EDATA, "%s: needs at least 2 rows, got %zu", who, folds->n_rows);
    if (folds->folds < 2)
        return hone_fail(err, HONE_EINVAL, "%s: needs at least 2 folds, got %zu", who,
                         folds->folds);
    if (folds->n_rows > UINT32_MAX)
        return hone_fail(err, HONE_EDATA, "%s: takes at most %lu rows, got %zu", who,
                         (unsigned long)UINT32_MAX, folds->n_rows);
    if (folds->scheme == HONE_CV_LOO && folds->repeats > 1)
        return hone_fail(err, HONE_EINVAL, "%s: every repeat is the same, expected 1, got %zu", who,
                         folds->repeats);
    if (folds->folds > folds->n_rows)
        return hone_fail(err, HONE_EDATA,
                         "%s: %zu rows are fewer than %zu folds; lower the number of folds", who,
                         folds->n_rows, folds->folds);
    if (folds->scheme == HONE_CV_STRATIFIED && !data->y.data)
        return hone_fail(err, HONE_EDATA, "%s: needs classes, but the data has no target", who);
    if (folds->scheme == HONE_CV_STRATIFIED && data->schema && !has_classes(data))
        return hone_fail(err, HONE_EDATA, "%s: needs classes, but the target holds real values",
                         who);
    if (folds->scheme == HONE_CV_GROUP && !data->groups)
        return hone_fail(err, HONE_EDATA, "%s: needs groups, but the data has none", who);
    return HONE_OK;
}

static hone_status deal(const hone_dataset *data, hone_folds *folds, hone_error *err) {
    switch (folds->scheme) {
    case HONE_CV_STRATIFIED:
        return hone_split_stratified(data, folds, err);
    case HONE_CV_GROUP:
        return hone_split_groups(data, folds, err);
    case HONE_CV_LOO:
        for (size_t i = 0; i < folds->n_rows; i++)
            folds->fold_of[i] = (uint32_t)i;
        return HONE_OK;
    default:
        return split_plain(folds, err);
    }
}

hone_status hone_split(const hone_cv *cv, const hone_dataset *data, hone_folds *out,
                       hone_error *err) {
    hone_folds folds;
    settle(cv, data, &folds);
    hone_status status = check(&folds, data, err);
    if (status == HONE_OK)
        status = hone_new2(&folds.fold_of, folds.repeats, folds.n_rows, err);
    if (status == HONE_OK)
        status = deal(data, &folds, err);
    if (status == HONE_OK) {
        *out = folds;
        return HONE_OK;
    }
    hone_folds_free(&folds);
    return status;
}
