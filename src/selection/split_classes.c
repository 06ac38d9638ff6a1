/* split_classes.c -- the classes that a split looks at, and orders that keep their shares.
 *
 * Row j (from 0, shuffled) of the n_c rows of class c gets the key (j + 1/2) / n_c; the rows
 * sorted by key spread each class evenly, so that every run from the start keeps the shares.
 * Shapes: classes are the distinct values of y, class_of (rows) their indices.
 * Cost: O(n log n) for the distinct values, O(n) per order. */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"

#include <hone/text.h>

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void hone_split_classes_free(hone_split_classes *c) {
    hone_release(c->value);
    hone_release(c->count);
    hone_release(c->class_of);
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

hone_status hone_split_classes_find(const hone_dataset *data, const char *who,
                                    hone_split_classes *c, hone_error *err) {
    size_t n = hone_dataset_rows(data), row = 0;
    hone_status status = hone_new(&c->value, n, err);
    if (status != HONE_OK)
        return status;
    c->n = distinct(data, n, c->value, &row);
    if (c->n == 0)
        return hone_fail(err, HONE_EDATA, "%s: row %zu has no class", who, row + 1);
    if ((status = hone_new(&c->count, c->n, err)) != HONE_OK ||
        (status = hone_new(&c->class_of, n, err)) != HONE_OK)
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

hone_status hone_split_classes_check(const hone_dataset *data, const hone_split_classes *c,
                                     const size_t *count, const char *what, const hone_folds *folds,
                                     hone_error *err) {
    char number[HONE_NUMBER_SIZE];
    for (size_t k = 0; k < c->n; k++)
        if (count[k] < folds->folds)
            return hone_fail(err, HONE_EDATA,
                             "%s: class \"%s\" has %zu %s%s, fewer than %zu folds; lower the "
                             "number of folds",
                             hone_cv_scheme_name(folds->scheme),
                             class_name(data, c->value[k], number), count[k], what,
                             count[k] == 1 ? "" : "s", folds->folds);
    return HONE_OK;
}

hone_status hone_split_spread(const hone_split_classes *c, size_t n, size_t *order,
                              hone_error *err) {
    uint64_t *keys = NULL;
    size_t *met = NULL;
    hone_status status;
    if ((status = hone_new(&keys, n, err)) != HONE_OK ||
        (status = hone_new(&met, c->n, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < n; i++) {
        size_t k = c->class_of[order[i]];
        keys[i] = hone_sort_key(((double)met[k]++ + 0.5) / (double)c->count[k]);
    }
    status = hone_sort_keys(keys, order, n, err);
done:
    hone_release(keys);
    hone_release(met);
    return status;
}

hone_status hone_split_order(const hone_split_classes *c, hone_rng *rng, size_t n, size_t *order,
                             hone_error *err) {
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    hone_rng_shuffle(rng, order, n);
    return c ? hone_split_spread(c, n, order, err) : HONE_OK;
}
