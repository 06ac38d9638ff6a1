/* categories.c -- the categorical columns that an encoder was fitted on.   Cost: O(columns). */
#include "preprocess/categories.h"

#include <limits.h>

hone_status hone_categories_learn(const char *who, const hone_schema *schema, int32_t **n_levels,
                                  size_t *n_cols, hone_error *err) {
    *n_cols = schema->n_columns;
    hone_status status = hone_new(n_levels, *n_cols, err);
    for (size_t j = 0; j < *n_cols && !status; j++) {
        const hone_column *column = &schema->columns[j];
        bool numeric = column->kind == HONE_NUMERIC;
        if (!numeric && column->n_levels > INT32_MAX)
            status = hone_fail(err, HONE_EDATA, "%s: column '%s' has too many levels: %zu", who,
                               column->name, column->n_levels);
        else
            (*n_levels)[j] = numeric ? HONE_NO_LEVELS : (int32_t)column->n_levels;
    }
    return status;
}

hone_status hone_categories_check_schema(const char *who, const int32_t *n_levels,
                                         const hone_schema *input, hone_error *err) {
    for (size_t j = 0; j < input->n_columns; j++) {
        const hone_column *column = &input->columns[j];
        bool categorical = column->kind == HONE_CATEGORICAL;
        if (categorical != hone_has_levels(n_levels[j]) ||
            (categorical && (size_t)n_levels[j] != column->n_levels))
            return hone_fail(err, HONE_EFORMAT,
                             "%s: the levels of column '%s' are not those of its schema", who,
                             column->name);
    }
    return HONE_OK;
}

hone_status hone_categories_check(const int32_t *n_levels, size_t n, size_t n_cols,
                                  hone_error *err) {
    if (n != n_cols)
        return hone_fail(err, HONE_EFORMAT, "attribute 'n_levels' is for %zu columns, expected %zu",
                         n, n_cols);
    for (size_t j = 0; j < n_cols; j++)
        if (n_levels[j] < HONE_NO_LEVELS)
            return hone_fail(err, HONE_EFORMAT, "column %zu has %d levels", j + 1,
                             (int)n_levels[j]);
    return HONE_OK;
}
