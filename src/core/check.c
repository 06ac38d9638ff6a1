/* check.c -- what X may hold. Rows in messages count from 1, as in a table. */
#include "core/estimator_private.h"

#include "core/clones.h"

#include <math.h>

/* Codes are stored as doubles: beyond this, whole numbers have gaps. */
static const double MAX_CODE = 0x1p53;

/* The sum of x - x is NaN exactly when something is not finite: one pass at the speed of memory
 * decides whether to look for the culprit. */
HONE_CLONES
static bool all_finite(hone_view x) {
    hone_f64x8 sums = {0};
    double sum = 0;
    if (x.ld == x.cols) /* without gaps it is one long row */
        x = (hone_view){x.data, 1, x.rows * x.cols, x.rows * x.cols};
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = x.data + i * x.ld;
        size_t j = 0;
        for (; j + 8 <= x.cols; j += 8) {
            hone_f64x8 part = *(const hone_f64x8_in_memory *)(row + j);
            sums += part - part;
        }
        for (; j < x.cols; j++)
            sum += row[j] - row[j];
    }
    for (size_t l = 0; l < 8; l++)
        sum += sums[l];
    return sum == 0;
}

bool hone_all_finite(hone_view x) {
    return all_finite(x);
}

static hone_status refuse_value(double value, size_t row, const char *column, const char *who,
                                hone_error *err) {
    if (isnan(value))
        return hone_fail(err, HONE_EDATA,
                         "%s: row %zu, column '%s' is missing, and %s takes no missing values; "
                         "put simple_imputer before it",
                         who, row, column, who);
    return hone_fail(err, HONE_EDATA, "%s: row %zu, column '%s' is infinite, expected a number",
                     who, row, column);
}

hone_status hone_check_codes(hone_view x, const hone_schema *schema, bool known,
                             const size_t *row_ids, const char *who, hone_error *err) {
    for (size_t j = 0; j < schema->n_columns; j++) {
        const hone_column *column = &schema->columns[j];
        for (size_t i = 0; i < x.rows && column->kind == HONE_CATEGORICAL; i++) {
            double v = x.data[i * x.ld + j];
            bool fine = isnan(v) || (v >= 0 && v <= MAX_CODE && v == floor(v));
            if (!fine || (known && v >= (double)column->n_levels))
                return hone_fail(err, HONE_EDATA,
                                 "%s: row %zu, column '%s' is %g, expected the code of a level",
                                 who, (row_ids ? row_ids[i] : i) + 1, column->name, v);
        }
    }
    return HONE_OK;
}

hone_status hone_check_values(hone_view x, const hone_schema *schema, unsigned tags,
                              const size_t *row_ids, const char *who, hone_error *err) {
    if (!(tags & HONE_TAG_CATEGORIES))
        for (size_t j = 0; j < schema->n_columns; j++)
            if (schema->columns[j].kind == HONE_CATEGORICAL)
                return hone_fail(err, HONE_EDATA,
                                 "%s: column '%s' is categorical, and %s takes numbers only; "
                                 "put one_hot_encoder before it",
                                 who, schema->columns[j].name, who);
    if (all_finite(x))
        return HONE_OK;
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++) {
            double value = x.data[i * x.ld + j];
            if (isinf(value) || (isnan(value) && !(tags & HONE_TAG_MISSING)))
                return refuse_value(value, (row_ids ? row_ids[i] : i) + 1, schema->columns[j].name,
                                    who, err);
        }
    return HONE_OK;
}

hone_status hone_check_sparse(const hone_csr *x, const hone_schema *schema, unsigned tags,
                              const size_t *row_ids, const char *who, hone_error *err) {
    for (size_t j = 0; j < schema->n_columns; j++)
        if (schema->columns[j].kind == HONE_CATEGORICAL)
            return hone_fail(err, HONE_EDATA,
                             "%s: column '%s' is categorical; sparse data hold numbers only", who,
                             schema->columns[j].name);
    for (size_t i = 0; i < x->rows; i++) {
        size_t row = (row_ids ? row_ids[i] : i) + 1, first = x->starts[i], end = x->starts[i + 1];
        if (end < first)
            return hone_fail(err, HONE_EDATA,
                             "%s: row %zu of the sparse data ends before it begins", who, row);
        for (size_t k = first; k < end; k++) {
            size_t j = x->columns[k];
            if (j >= x->cols || (k > first && j <= x->columns[k - 1]))
                return hone_fail(err, HONE_EDATA,
                                 "%s: row %zu of the sparse data: columns must ascend below %zu",
                                 who, row, x->cols);
            if (isinf(x->values[k]) || (isnan(x->values[k]) && !(tags & HONE_TAG_MISSING)))
                return refuse_value(x->values[k], row, schema->columns[j].name, who, err);
        }
    }
    return HONE_OK;
}
