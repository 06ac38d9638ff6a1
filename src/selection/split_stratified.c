/* split_stratified.c -- folds that keep the shares of the classes.
 *
 * Think of the shuffled rows sorted by class; the row at position p goes to fold p mod k. A class
 * is a run of positions, so its rows per fold differ by at most one, and so do the fold sizes.
 * Nothing is sorted: a counter per class walks its own run.
 * Shapes: classes are the distinct values of y, `class_of` (n) their indices.
 * Cost: O(n log n) for the distinct values, O(n) per repeat. */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"

#include <hone/text.h>

#include <math.h>
#include <stdlib.h>

/* The classes met in y. */
struct classes {
    size_t n;
    double *value;    /* n distinct values of y, ascending */
    size_t *count;    /* n */
    size_t *next;     /* n: place of the next row of this class */
    size_t *class_of; /* rows */
    size_t *order;    /* rows: scratch of a repeat */
};

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void classes_free(struct classes *c) {
    hone_release(c->value);
    hone_release(c->count);
    hone_release(c->next);
    hone_release(c->class_of);
    hone_release(c->order);
}

static double label_of(const hone_dataset *data, size_t row) {
    return data->y.data[row * data->y.ld];
}

/* Sorted distinct values of y into value (room for all rows); 0 and *row when one is NaN. */
static size_t distinct(const hone_dataset *data, size_t n, double *value, size_t *row) {
    for (size_t i = 0; i < n; i++) {
        value[i] = label_of(data, i);
        if (isnan(value[i])) {
            *row = i;
            return 0;
        }
    }
    qsort(value, n, sizeof *value, ascending);
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (found == 0 || value[i] != value[found - 1])
            value[found++] = value[i];
    return found;
}

static hone_status classes_find(const hone_dataset *data, struct classes *c, hone_error *err) {
    size_t n = hone_dataset_rows(data), row = 0;
    hone_status status = hone_new(&c->value, n, err);
    if (status != HONE_OK)
        return status;
    c->n = distinct(data, n, c->value, &row);
    if (c->n == 0)
        return hone_fail(err, HONE_EDATA, "stratified_kfold: row %zu has no class", row + 1);
    if ((status = hone_new(&c->count, c->n, err)) != HONE_OK ||
        (status = hone_new(&c->next, c->n, err)) != HONE_OK ||
        (status = hone_new(&c->class_of, n, err)) != HONE_OK ||
        (status = hone_new(&c->order, n, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        double value = label_of(data, i);
        const double *at = bsearch(&value, c->value, c->n, sizeof value, ascending);
        c->class_of[i] = (size_t)(at - c->value);
        c->count[c->class_of[i]]++;
    }
    return HONE_OK;
}

/* A class as the user knows it: its label, or its number where there is no schema. */
static const char *class_name(const hone_dataset *data, double value, char number[]) {
    if (data->schema && value >= 0 && value < (double)data->schema->targets[0].n_levels)
        return data->schema->targets[0].levels[(size_t)value];
    return hone_write_double(value, number);
}

static hone_status check_counts(const hone_dataset *data, const struct classes *c, size_t folds,
                                hone_error *err) {
    char number[HONE_NUMBER_SIZE];
    for (size_t k = 0; k < c->n; k++)
        if (c->count[k] < folds)
            return hone_fail(err, HONE_EDATA,
                             "stratified_kfold: class \"%s\" has %zu row%s, fewer than %zu folds; "
                             "lower the number of folds",
                             class_name(data, c->value[k], number), c->count[k],
                             c->count[k] == 1 ? "" : "s", folds);
    return HONE_OK;
}

static void deal(struct classes *c, const hone_folds *folds, size_t repeat) {
    size_t n = folds->n_rows;
    uint32_t *fold_of = folds->fold_of + repeat * n;
    hone_rng rng = hone_split_rng(folds, repeat);
    for (size_t i = 0; i < n; i++)
        c->order[i] = i;
    hone_rng_shuffle(&rng, c->order, n);
    for (size_t k = 0, start = 0; k < c->n; start += c->count[k++])
        c->next[k] = start;
    for (size_t i = 0; i < n; i++) {
        size_t row = c->order[i];
        fold_of[row] = (uint32_t)(c->next[c->class_of[row]]++ % folds->folds);
    }
}

hone_status hone_split_stratified(const hone_dataset *data, hone_folds *folds, hone_error *err) {
    struct classes c = {0};
    hone_status status = classes_find(data, &c, err);
    if (status == HONE_OK)
        status = check_counts(data, &c, folds->folds, err);
    for (size_t r = 0; status == HONE_OK && r < folds->repeats; r++)
        deal(&c, folds, r);
    classes_free(&c);
    return status;
}
