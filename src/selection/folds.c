/* folds.c -- what a split is called, how it is written on a command line, and its rows. */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"

#include <string.h>

enum { MOST_FOLDS = 1000000 }; /* more are a slip of the finger */

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

/* Reads a count at *text and moves behind it; 0 when there is none or it is too large. */
static size_t read_count(const char **text) {
    size_t value = 0;
    for (; **text >= '0' && **text <= '9'; ++*text) {
        value = 10 * value + (size_t)(**text - '0');
        if (value > MOST_FOLDS)
            return 0;
    }
    return value;
}

hone_status hone_cv_parse(const char *text, hone_cv *out, hone_error *err) {
    const char *at = text;
    hone_cv_scheme scheme = HONE_CV_AUTO;
    size_t folds = 0, repeats = 1;
    if (!strcmp(text, "loo")) {
        scheme = HONE_CV_LOO;
    } else {
        folds = read_count(&at);
        if (*at == 'x') {
            at++;
            repeats = read_count(&at);
        }
        if (*at || folds < 2 || repeats < 1)
            return hone_fail(err, HONE_EINVAL,
                             "cross-validation '%s': expected folds (5), folds x repeats (10x10) "
                             "or loo, with at least 2 folds",
                             text);
    }
    out->scheme = scheme;
    out->folds = folds;
    out->repeats = repeats;
    return HONE_OK;
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
