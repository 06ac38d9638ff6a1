/* folds.c -- what a split is called, how it is written on a command line, and its rows. */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"

#include <string.h>

enum { MOST_FOLDS = 1000000 }; /* more are a slip of the finger */

const char *hone_cv_scheme_name(hone_cv_scheme scheme) {
    switch (scheme) {
    case HONE_CV_AUTO:
        return "auto";
    case HONE_CV_KFOLD:
        return "kfold";
    case HONE_CV_STRATIFIED:
        return "stratified_kfold";
    case HONE_CV_GROUP:
        return "group_kfold";
    case HONE_CV_LOO:
        return "leave_one_out";
    }
    return "unknown";
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
    *folds = (hone_folds){.fold_of = NULL};
}

size_t hone_fold_rows(const hone_folds *folds, size_t repeat, size_t fold, bool test,
                      size_t *rows) {
    const uint32_t *fold_of = folds->fold_of + repeat * folds->n_rows;
    size_t n = 0;
    for (size_t i = 0; i < folds->n_rows; i++)
        if ((fold_of[i] == fold) == test)
            rows[n++] = i;
    return n;
}
