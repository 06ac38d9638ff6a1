/* target.c -- columns that are no features: target, weights, groups.
 *
 * Distinct values are found by sorting the keys of the doubles (radix sort), codes by binary
 * search. Cost: O(n log distinct). */
#include "data/dataset.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/schema.h"
#include "core/sort.h"
#include "core/text.h"
#include "data/place.h"

#include <math.h>
#include <string.h>

/* Integers with more distinct values than this are taken for quantities. */
enum { CLASSES_AUTO_MAX = 20 };

/* ---- codes ---------------------------------------------------------------------------------- */

/* Leaves the distinct ones at the front of sorted keys; returns their number. */
static size_t squeeze(uint64_t *keys, size_t n) {
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || keys[i] != keys[i - 1])
            keys[k++] = keys[i];
    return k;
}

static size_t search(const uint64_t *keys, size_t n, uint64_t key) {
    size_t low = 0;
    while (n > 1) {
        size_t half = n / 2;
        low += keys[low + half] <= key ? half : 0;
        n -= half;
    }
    return low;
}

hone_status hone_values_code(const hone_table *table, size_t j, hone_kept kept, double **distinct,
                             size_t *n_distinct, double **codes, hone_error *err) {
    hone_status status;
    const double *values = hone_table_values(table, j);
    uint64_t *keys = NULL;
    double *found = NULL, *code = NULL;
    if ((status = hone_new(&keys, kept.n, err)) || (status = hone_new(&code, kept.n, err)))
        goto done;
    for (size_t i = 0; i < kept.n; i++)
        keys[i] = hone_sort_key(values[kept.rows[i]]);
    if ((status = hone_sort_keys(keys, NULL, kept.n, err)))
        goto done;
    size_t k = squeeze(keys, kept.n);
    if ((status = hone_new(&found, k, err)))
        goto done;
    for (size_t i = 0; i < k; i++)
        found[i] = hone_sort_value(keys[i]);
    for (size_t i = 0; i < kept.n; i++)
        code[i] = (double)search(keys, k, hone_sort_key(values[kept.rows[i]]));
    *n_distinct = k;
    *distinct = found, *codes = code, found = NULL, code = NULL;
done:
    hone_release(keys);
    hone_release(found);
    hone_release(code);
    return status;
}

/* ---- target --------------------------------------------------------------------------------- */

/* Only integers, and few of them? */
static bool looks_like_classes(const double *values, hone_kept kept) {
    double met[CLASSES_AUTO_MAX];
    size_t n = 0;
    for (size_t i = 0; i < kept.n; i++) {
        double value = values[kept.rows[i]];
        size_t k = 0;
        while (k < n && met[k] != value)
            k++;
        if (k < n)
            continue;
        if (!isfinite(value) || value != floor(value) || n == CLASSES_AUTO_MAX)
            return false;
        met[n++] = value;
    }
    return true;
}

/* Fills the target's column with the values as labels, in the order of their codes. */
static hone_status label_classes(const char *name, const double *distinct, size_t n,
                                 hone_column *column, hone_error *err) {
    hone_status status;
    char(*texts)[HONE_NUMBER_SIZE] = NULL;
    const char **levels = NULL;
    if ((status = hone_new(&texts, n, err)) || (status = hone_new(&levels, n, err)))
        goto done;
    for (size_t k = 0; k < n; k++)
        levels[k] = hone_write_double(distinct[k], texts[k]);
    hone_column borrowed = {name, HONE_CATEGORICAL, n, levels};
    status = hone_column_copy(&borrowed, column, err);
done:
    hone_release(texts);
    hone_release(levels);
    return status;
}

static hone_status make_classes(const hone_table *table, size_t j, hone_kept kept, double **y,
                                hone_column *column, hone_error *err) {
    double *distinct = NULL, *codes = NULL;
    size_t n;
    hone_status status = hone_values_code(table, j, kept, &distinct, &n, &codes, err);
    if (status == HONE_OK)
        status = label_classes(table->columns[j].name, distinct, n, column, err);
    if (status == HONE_OK)
        *y = codes, codes = NULL;
    hone_release(distinct);
    hone_release(codes);
    return status;
}

static hone_status fail_text_target(const hone_column *column, hone_error *err) {
    char name[HONE_SHOWN_SIZE], level[HONE_SHOWN_SIZE];
    const char *text = column->n_levels ? column->levels[0] : "";
    return hone_fail(err, HONE_EDATA,
                     "target '%s' holds text (\"%s\"), expected numbers for regression",
                     hone_csv_show(column->name, strlen(column->name), name),
                     hone_csv_show(text, strlen(text), level));
}

hone_status hone_target_make(const hone_table *table, size_t j, hone_kept kept,
                             hone_target_kind kind, double **y, hone_column *column,
                             hone_error *err) {
    const hone_column *source = &table->columns[j];
    const double *values = hone_table_values(table, j);
    bool numeric = source->kind == HONE_NUMERIC;
    if (kind == HONE_TARGET_REAL && !numeric)
        return fail_text_target(source, err);
    if (numeric && (kind == HONE_TARGET_CLASSES ||
                    (kind == HONE_TARGET_AUTO && looks_like_classes(values, kept))))
        return make_classes(table, j, kept, y, column, err);
    hone_status status = hone_new(y, kept.n, err);
    for (size_t i = 0; status == HONE_OK && i < kept.n; i++)
        (*y)[i] = values[kept.rows[i]];
    return status ? status : hone_column_copy(source, column, err);
}

/* ---- weights and groups --------------------------------------------------------------------- */

hone_status hone_weights_make(const hone_table *table, size_t j, hone_kept kept, double **out,
                              hone_error *err) {
    char name[HONE_SHOWN_SIZE], number[HONE_NUMBER_SIZE];
    const hone_column *column = &table->columns[j];
    const double *values = hone_table_values(table, j);
    hone_csv_show(column->name, strlen(column->name), name);
    if (column->kind != HONE_NUMERIC)
        return hone_fail(err, HONE_EDATA, "weight column '%s' holds text, expected numbers >= 0",
                         name);
    hone_status status = hone_new(out, kept.n, err);
    if (status)
        return status;
    for (size_t i = 0; i < kept.n; i++) {
        double weight = values[kept.rows[i]];
        if (!(weight >= 0 && isfinite(weight)))
            return hone_fail(err, HONE_EDATA,
                             "weight column '%s': row %zu is %s, expected a finite number >= 0",
                             name, kept.rows[i] + 1,
                             isnan(weight) ? "missing" : hone_write_double(weight, number));
        (*out)[i] = weight;
    }
    return HONE_OK;
}

hone_status hone_groups_make(const hone_table *table, size_t j, hone_kept kept, uint32_t **out,
                             hone_error *err) {
    char name[HONE_SHOWN_SIZE];
    double *distinct = NULL, *codes = NULL;
    size_t n;
    const hone_column *column = &table->columns[j];
    const double *values = hone_table_values(table, j);
    for (size_t i = 0; i < kept.n; i++)
        if (isnan(values[kept.rows[i]]))
            return hone_fail(
                err, HONE_EDATA, "group column '%s': row %zu is missing, expected a group",
                hone_csv_show(column->name, strlen(column->name), name), kept.rows[i] + 1);
    hone_status status = hone_values_code(table, j, kept, &distinct, &n, &codes, err);
    if (status == HONE_OK && n > UINT32_MAX)
        status = hone_fail(err, HONE_EDATA, "more than %u groups", UINT32_MAX);
    if (status == HONE_OK)
        status = hone_new(out, kept.n, err);
    for (size_t i = 0; status == HONE_OK && i < kept.n; i++)
        (*out)[i] = (uint32_t)codes[i];
    hone_release(distinct);
    hone_release(codes);
    return status;
}
