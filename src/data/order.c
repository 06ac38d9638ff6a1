/* order.c -- columns that say when a row was, or which fold tests it.
 *
 * Text keeps the order of its levels (bytes), which is that of time only where all texts have the
 * form of 2024-05-31: four digits first, and all of one length.
 * Cost: O(n). */
#include "core/alloc.h"
#include "core/error.h"
#include "data/dataset.h"
#include "data/place.h"

#include <hone/text.h>

#include <math.h>
#include <string.h>

/* ---- times ---------------------------------------------------------------------------------- */

static bool starts_with_year(const char *text) {
    return strspn(text, "0123456789") >= 4;
}

static hone_status check_dates(const hone_column *column, const char *name, hone_error *err) {
    char shown[HONE_SHOWN_SIZE];
    for (size_t k = 0; k < column->n_levels; k++) {
        const char *level = column->levels[k];
        if (!starts_with_year(level) || strlen(level) != strlen(column->levels[0]))
            return hone_fail(err, HONE_EDATA,
                             "time column '%s' holds \"%s\", expected numbers or dates that all "
                             "have the form of 2024-05-31",
                             name, hone_csv_show(level, strlen(level), shown));
    }
    return HONE_OK;
}

hone_status hone_times_make(const hone_table *table, size_t j, hone_kept kept, double **out,
                            hone_error *err) {
    char name[HONE_SHOWN_SIZE], number[HONE_NUMBER_SIZE];
    const hone_column *column = &table->columns[j];
    const double *values = hone_table_values(table, j);
    hone_csv_show(column->name, strlen(column->name), name);
    hone_status status = check_dates(column, name, err);
    if (status == HONE_OK)
        status = hone_new(out, kept.n, err);
    for (size_t i = 0; status == HONE_OK && i < kept.n; i++) {
        double time = (*out)[i] = values[kept.rows[i]];
        if (!isfinite(time))
            status = hone_fail(err, HONE_EDATA, "time column '%s': row %zu is %s, expected a time",
                               name, kept.rows[i] + 1,
                               isnan(time) ? "missing" : hone_write_double(time, number));
    }
    return status;
}

/* ---- folds ---------------------------------------------------------------------------------- */

/* The fold that a cell means; false when it is no whole number. */
static bool read_fold(const hone_column *column, double value, int32_t *out) {
    bool text = column->kind == HONE_CATEGORICAL;
    *out = -1;
    if (isnan(value) || (text && !strcmp(column->levels[(size_t)value], "train")))
        return true;
    if (value != floor(value) || fabs(value) > INT32_MAX)
        return false;
    *out = value < 0 ? -1 : (int32_t)value;
    return true;
}

hone_status hone_fold_numbers_make(const hone_table *table, size_t j, hone_kept kept, int32_t **out,
                                   hone_error *err) {
    char name[HONE_SHOWN_SIZE], number[HONE_NUMBER_SIZE];
    const hone_column *column = &table->columns[j];
    const double *values = hone_table_values(table, j);
    hone_status status = hone_new(out, kept.n, err);
    for (size_t i = 0; status == HONE_OK && i < kept.n; i++)
        if (!read_fold(column, values[kept.rows[i]], &(*out)[i]))
            status = hone_fail(err, HONE_EDATA,
                               "fold column '%s': row %zu is %s, expected a whole number",
                               hone_csv_show(column->name, strlen(column->name), name),
                               kept.rows[i] + 1, hone_write_double(values[kept.rows[i]], number));
    return status;
}
