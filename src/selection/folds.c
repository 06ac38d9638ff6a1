/* folds.c -- what a split is called, and the rows of its folds. */
#include "selection/split.h"

#include "core/alloc.h"

static const char *const NAMES[] = {
    [HONE_CV_AUTO] = "auto",
    [HONE_CV_KFOLD] = "kfold",
    [HONE_CV_STRATIFIED] = "stratified_kfold",
    [HONE_CV_GROUP] = "group_kfold",
    [HONE_CV_LOO] = "leave_one_out",
    [HONE_CV_STRATIFIED_GROUP] = "stratified_group_kfold",
    [HONE_CV_TIME_SERIES] = "time_series",
    [HONE_CV_SHUFFLE] = "shuffle",
    [HONE_CV_STRATIFIED_SHUFFLE] = "stratified_shuffle",
    [HONE_CV_PREDEFINED] = "predefined",
};
enum { N_NAMES = sizeof NAMES / sizeof *NAMES };

const char *hone_cv_scheme_name(hone_cv_scheme scheme) {
    return (size_t)scheme < N_NAMES ? NAMES[scheme] : "unknown";
}

void hone_folds_free(hone_folds *folds) {
    if (!folds)
        return;
    hone_release(folds->fold_of);
    hone_release(folds->rank);
    hone_release(folds->window);
    *folds = (hone_folds){.fold_of = NULL};
}

size_t hone_folds_test(const hone_folds *folds, size_t repeat, size_t fold, size_t *rows) {
    const uint32_t *fold_of = folds->fold_of + repeat * folds->n_rows;
    size_t n = 0;
    for (size_t i = 0; i < folds->n_rows; i++)
        if (fold_of[i] == fold) {
            if (rows)
                rows[n] = i;
            n++;
        }
    return n;
}

size_t hone_folds_train(const hone_folds *folds, size_t repeat, size_t fold, size_t *rows) {
    const uint32_t *fold_of = folds->fold_of + repeat * folds->n_rows;
    const uint32_t *rank = folds->rank ? folds->rank + repeat * folds->n_rows : NULL;
    hone_window window = {0, UINT32_MAX};
    size_t n = 0;
    if (folds->window)
        window = folds->window[repeat * folds->folds + fold];
    for (size_t i = 0; i < folds->n_rows; i++) {
        bool inside = !rank || (rank[i] >= window.first && rank[i] < window.last);
        if (fold_of[i] == fold || !inside)
            continue;
        if (rows)
            rows[n] = i;
        n++;
    }
    return n;
}
