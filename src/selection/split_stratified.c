/* split_stratified.c -- folds that keep the shares of the classes.
 *
 * Think of the shuffled rows sorted by class; the row at position p goes to fold p mod k. A class
 * is a run of positions, so its rows per fold differ by at most one, and so do the fold sizes.
 * Nothing is sorted: a counter per class walks its own run.
 * Cost: O(n log n) for the distinct classes, O(n) per repeat. */
#include "selection/split.h"

#include "core/alloc.h"

/* order: rows, scratch; next: place of the next row of each class. */
static void deal(const hone_split_classes *c, const hone_folds *folds, size_t repeat, size_t *order,
                 size_t *next) {
    size_t n = folds->n_rows;
    uint32_t *fold_of = folds->fold_of + repeat * n;
    hone_rng rng = hone_split_rng(folds, repeat);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    hone_rng_shuffle(&rng, order, n);
    for (size_t k = 0, start = 0; k < c->n; start += c->count[k++])
        next[k] = start;
    for (size_t i = 0; i < n; i++) {
        size_t row = order[i];
        fold_of[row] = (uint32_t)(next[c->class_of[row]]++ % folds->folds);
    }
}

hone_status hone_split_stratified(const hone_cv *cv, const hone_dataset *data, hone_folds *folds,
                                  hone_error *err) {
    (void)cv;
    hone_split_classes c = {0};
    size_t *order = NULL, *next = NULL;
    hone_status status = hone_split_classes_find(data, hone_cv_scheme_name(folds->scheme), &c, err);
    if (status != HONE_OK ||
        (status = hone_split_classes_check(data, &c, c.count, "row", folds, err)) != HONE_OK ||
        (status = hone_new(&order, folds->n_rows, err)) != HONE_OK ||
        (status = hone_new(&next, c.n, err)) != HONE_OK)
        goto done;
    for (size_t r = 0; r < folds->repeats; r++)
        deal(&c, folds, r, order, next);
done:
    hone_release(order);
    hone_release(next);
    hone_split_classes_free(&c);
    return status;
}
