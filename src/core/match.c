/* match.c -- new data in the columns of an old schema: by name, with levels recoded. */
#include "core/schema.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/estimator_private.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

/* Where each wanted column is found, and how its codes are translated. */
struct plan {
    size_t *source;  /* n_columns of `want` */
    double **recode; /* per column: new code of each level of the data, or NULL = as it is */
};

static void free_plan(struct plan *plan, size_t n) {
    for (size_t j = 0; j < n && plan->recode; j++)
        hone_release(plan->recode[j]);
    hone_release(plan->recode);
    hone_release(plan->source);
}

static const char *column_name(const void *schema, size_t j) {
    return ((const hone_schema *)schema)->columns[j].name;
}

/* Its place, n_columns if there is none. Columns as a rule come in the same order in both schemas,
 * so the search begins at `from`, behind the last one found. */
static size_t find(const hone_schema *schema, const char *name, size_t from) {
    size_t n = schema->n_columns, j = from < n ? from : 0;
    for (size_t tried = 0; tried < n; tried++) {
        if (strcmp(schema->columns[j].name, name) == 0)
            return j;
        j = j + 1 < n ? j + 1 : 0;
    }
    return n;
}

static hone_status missing_column(const char *who, const char *name, const hone_schema *have,
                                  hone_error *err) {
    const char *near = hone_nearest(name, have->n_columns, column_name, have);
    if (near)
        return hone_fail(err, HONE_EDATA,
                         "%s: the data has no column '%s', which the model needs; "
                         "the nearest is '%s'",
                         who, name, near);
    return hone_fail(err, HONE_EDATA, "%s: the data has no column '%s', which the model needs", who,
                     name);
}

/* codes[k] = the code in `want` of level k of `have`, n_levels for one that is not there. As a rule
 * levels come in the same order in both, so the search begins where the last one ended. */
static hone_status recode_levels(const hone_column *want, const hone_column *have, double **codes,
                                 hone_error *err) {
    hone_status status = hone_new(codes, have->n_levels, err);
    size_t at = 0;
    for (size_t k = 0; k < have->n_levels && status == HONE_OK; k++) {
        size_t tried = 0;
        while (tried < want->n_levels && strcmp(want->levels[at], have->levels[k]) != 0) {
            at = at + 1 < want->n_levels ? at + 1 : 0;
            tried++;
        }
        (*codes)[k] = tried < want->n_levels ? (double)at : (double)want->n_levels;
    }
    return status;
}

static hone_status plan_column(const hone_schema *want, size_t j, const hone_schema *have,
                               const char *who, struct plan *plan, hone_error *err) {
    const hone_column *column = &want->columns[j];
    size_t source = find(have, column->name, j > 0 ? plan->source[j - 1] + 1 : 0);
    if (source == have->n_columns)
        return missing_column(who, column->name, have, err);
    plan->source[j] = source;
    const hone_column *given = &have->columns[source];
    if (column->kind != given->kind)
        return hone_fail(err, HONE_EDATA, "%s: column '%s' must be %s, got %s", who, column->name,
                         column->kind == HONE_NUMERIC ? "numeric" : "categorical",
                         given->kind == HONE_NUMERIC ? "numeric" : "categorical");
    if (column->kind == HONE_NUMERIC)
        return HONE_OK;
    return recode_levels(column, given, &plan->recode[j], err);
}

static void copy_column(const hone_schema *want, const hone_schema *have, size_t j,
                        const struct plan *plan, hone_view x, double *out) {
    size_t m = want->n_columns, source = plan->source[j];
    const double *recode = plan->recode[j];
    for (size_t i = 0; i < x.rows; i++) {
        double value = x.data[i * x.ld + source];
        if (recode && !isnan(value))
            value = value < (double)have->columns[source].n_levels
                        ? recode[(size_t)value]
                        : (double)want->columns[j].n_levels;
        out[i * m + j] = value;
    }
}

hone_status hone_schema_match(const hone_schema *want, const hone_dataset *data, const char *who,
                              hone_view *out, double **owned, hone_error *err) {
    const hone_schema *have = data->schema;
    hone_view x = data->x;
    struct plan plan = {NULL, NULL};
    hone_status status = HONE_OK;
    size_t m = want->n_columns;
    *owned = NULL;
    *out = x;
    if (!have || hone_schema_same(want, have)) {
        if (x.cols != m)
            return hone_fail(err, HONE_EDATA, "%s: expected %zu columns, as in the fit, got %zu",
                             who, m, x.cols);
        return HONE_OK;
    }
    if ((status = hone_new(&plan.source, m, err)) || (status = hone_new(&plan.recode, m, err)))
        goto done;
    for (size_t j = 0; j < m; j++)
        if ((status = plan_column(want, j, have, who, &plan, err)))
            goto done;
    if ((status = hone_check_codes(x, have, false, data->row_ids, who, err)) ||
        (status = hone_new2(owned, x.rows, m, err)))
        goto done;
    for (size_t j = 0; j < m; j++)
        copy_column(want, have, j, &plan, x, *owned);
    *out = hone_view_of(*owned, x.rows, m);
done:
    free_plan(&plan, m);
    return status;
}

hone_status hone_schema_match_sparse(const hone_schema *want, const hone_dataset *data,
                                     const char *who, hone_error *err) {
    const hone_schema *have = data->schema;
    size_t m = want->n_columns;
    if (data->sparse->cols != m)
        return hone_fail(err, HONE_EDATA, "%s: expected %zu columns, as in the fit, got %zu", who,
                         m, data->sparse->cols);
    for (size_t j = 0; have && j < m; j++)
        if (strcmp(want->columns[j].name, have->columns[j].name) != 0)
            return hone_fail(err, HONE_EDATA,
                             "%s: column %zu of the sparse data must be '%s', as in the fit, got "
                             "'%s'",
                             who, j + 1, want->columns[j].name, have->columns[j].name);
    return HONE_OK;
}
