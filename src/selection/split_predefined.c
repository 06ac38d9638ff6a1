/* split_predefined.c -- the folds that the data itself names.
 *
 * The distinct numbers that are not negative, ascending, are folds 0, 1, ...; a row with a negative
 * number is tested by none and trains for all.
 * Cost: O(n log n). */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The distinct numbers, ascending, into `number`; returns how many, *folds: not negative. */
static size_t distinct(const int32_t *fold, size_t n, int32_t *number, size_t *folds) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        number[i] = fold[i] < 0 ? -1 : fold[i];
    qsort(number, n, sizeof *number, ascending);
    for (size_t i = 0; i < n; i++)
        if (found == 0 || number[i] != number[found - 1])
            number[found++] = number[i];
    *folds = found - (number[0] < 0);
    return found;
}

hone_status hone_split_predefined(const hone_cv *cv, const hone_dataset *data, hone_folds *folds,
                                  hone_error *err) {
    (void)cv;
    int32_t *number = NULL;
    hone_status status = hone_new(&number, folds->n_rows, err);
    if (status != HONE_OK)
        return status;
    size_t found = distinct(data->fold, folds->n_rows, number, &folds->folds);
    if (folds->folds == 0)
        status = hone_fail(err, HONE_EDATA,
                           "predefined: every fold number is negative or missing, so nothing is "
                           "tested");
    else if (found == 1)
        status = hone_fail(err, HONE_EDATA,
                           "predefined: all rows are in fold %ld, so nothing is left to train on",
                           (long)number[0]);
    const int32_t *first = number + (found - folds->folds);
    for (size_t i = 0; status == HONE_OK && i < folds->n_rows; i++) {
        const int32_t *at = bsearch(&data->fold[i], first, folds->folds, sizeof *first, ascending);
        folds->fold_of[i] = at ? (uint32_t)(at - first) : HONE_NO_FOLD;
    }
    hone_release(number);
    return status;
}
