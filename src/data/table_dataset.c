/* table_dataset.c -- a table and the parts that its columns play make a data set.
 *
 * The columns of X are turned into rows by tiles that stay in the cache: 64 rows of 8 columns are
 * 64 lines read and 64 lines written. Cost: O(n m). */
#include "core/alloc.h"
#include "core/error.h"
#include "core/schema.h"
#include "data/dataset.h"
#include "data/place.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TILE_ROWS = 64, TILE_COLS = 8 };

/* Which column plays which part; NONE where no one does. */
static const size_t NONE = (size_t)-1;

struct cast {
    size_t target, weight, group, time, fold;
    size_t *features; /* the columns of X */
    size_t n_features;
    size_t *rows; /* kept */
    size_t n_rows;
};

static void free_cast(struct cast *cast) {
    hone_release(cast->features);
    hone_release(cast->rows);
}

/* ---- parts ---------------------------------------------------------------------------------- */

/* Gives column `name` a part; a column plays one at most. NULL name: nobody plays it. */
static hone_status give_part(const hone_table *table, const char *name, const char *part,
                             const char **parts, size_t *out, hone_error *err) {
    char shown[HONE_SHOWN_SIZE];
    size_t j;
    *out = NONE;
    if (!name)
        return HONE_OK;
    hone_status status = hone_table_find(table, name, &j, err);
    if (status)
        return status;
    if (parts[j] && strcmp(parts[j], part) != 0)
        return hone_fail(err, HONE_EINVAL,
                         "column '%s' is named as %s and as %s, expected one of them",
                         hone_csv_show(name, strlen(name), shown), parts[j], part);
    parts[j] = part;
    *out = j;
    return HONE_OK;
}

static hone_status give_parts(const hone_table *table, const hone_roles *roles, struct cast *cast,
                              hone_error *err) {
    hone_status status;
    const char **parts = NULL;
    size_t m = table->cols, ignored;
    if ((status = hone_new(&parts, m, err)) || (status = hone_new(&cast->features, m, err)) ||
        (status = give_part(table, roles->target, "target", parts, &cast->target, err)) ||
        (status = give_part(table, roles->weight, "weight", parts, &cast->weight, err)) ||
        (status = give_part(table, roles->group, "group", parts, &cast->group, err)) ||
        (status = give_part(table, roles->time, "time", parts, &cast->time, err)) ||
        (status = give_part(table, roles->fold, "fold", parts, &cast->fold, err)))
        goto done;
    for (size_t i = 0; i < roles->n_drop; i++)
        if ((status = give_part(table, roles->drop[i], "dropped", parts, &ignored, err)))
            goto done;
    for (size_t j = 0; j < m && !table->sparse; j++)
        if (!parts[j])
            cast->features[cast->n_features++] = j;
    if (cast->n_features == 0 && !table->sparse)
        status = hone_fail(err, HONE_EDATA,
                           "no column is left for X, expected at least one beside target, weight, "
                           "group, time, fold and dropped ones");
done:
    hone_release(parts);
    return status;
}

/* The rows whose target is there. */
static hone_status keep_rows(const hone_table *table, struct cast *cast, hone_error *err) {
    hone_status status = hone_new(&cast->rows, table->rows, err);
    if (status)
        return status;
    const double *y = cast->target == NONE ? NULL : hone_table_values(table, cast->target);
    for (size_t i = 0; i < table->rows; i++)
        if (!y || !isnan(y[i]))
            cast->rows[cast->n_rows++] = i;
    if (cast->n_rows == 0) {
        char shown[HONE_SHOWN_SIZE];
        const char *name = table->columns[cast->target].name;
        return hone_fail(err, HONE_EDATA, "target '%s' is missing in all %zu rows",
                         hone_csv_show(name, strlen(name), shown), table->rows);
    }
    return HONE_OK;
}

/* ---- X -------------------------------------------------------------------------------------- */

static void turn_tile(const hone_table *table, const struct cast *cast, size_t first_row,
                      size_t first_col, double *x) {
    size_t m = cast->n_features;
    size_t last_row = first_row + TILE_ROWS < cast->n_rows ? first_row + TILE_ROWS : cast->n_rows;
    size_t last_col = first_col + TILE_COLS < m ? first_col + TILE_COLS : m;
    for (size_t j = first_col; j < last_col; j++) {
        const double *column = hone_table_values(table, cast->features[j]);
        for (size_t i = first_row; i < last_row; i++)
            x[i * m + j] = column[cast->rows[i]];
    }
}

static hone_status make_x(const hone_table *table, const struct cast *cast, hone_view *out,
                          hone_error *err) {
    double *x = NULL;
    size_t n = cast->n_rows, m = cast->n_features;
    hone_status status = hone_new2(&x, n, m, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i += TILE_ROWS)
        for (size_t j = 0; j < m; j += TILE_COLS)
            turn_tile(table, cast, i, j, x);
    *out = hone_view_of(x, n, m);
    return HONE_OK;
}

/* Compressed rows: all of them, since svmlight text has no missing target. */
static hone_status copy_sparse(const hone_csr *from, const hone_csr **out, hone_error *err) {
    hone_status status;
    hone_csr *csr = NULL;
    double *values = NULL;
    uint32_t *columns = NULL;
    size_t *starts = NULL, stored = from->starts[from->rows];
    if ((status = hone_new(&csr, 1, err)) || (status = hone_new(&values, stored, err)) ||
        (status = hone_new(&columns, stored, err)) ||
        (status = hone_new(&starts, from->rows + 1, err))) {
        hone_release(csr);
        hone_release(values);
        hone_release(columns);
        return status;
    }
    memcpy(values, from->values, stored * sizeof *values);
    memcpy(columns, from->columns, stored * sizeof *columns);
    memcpy(starts, from->starts, (from->rows + 1) * sizeof *starts);
    *csr = (hone_csr){values, columns, starts, from->rows, from->cols};
    *out = csr;
    return HONE_OK;
}

/* ---- the rest ------------------------------------------------------------------------------- */

static hone_status make_schema(const hone_table *table, const struct cast *cast, hone_schema **out,
                               hone_error *err) {
    char name[32];
    size_t sparse = table->sparse ? table->sparse->cols : 0;
    hone_status status =
        hone_schema_create(cast->n_features + sparse, cast->target == NONE ? 0 : 1, out, err);
    for (size_t j = 0; j < sparse && status == HONE_OK; j++) {
        snprintf(name, sizeof name, "x%zu", table->sparse_first + j);
        status = hone_column_copy(&(hone_column){.name = name}, hone_schema_column(*out, j), err);
    }
    for (size_t j = 0; j < cast->n_features && status == HONE_OK; j++)
        status =
            hone_column_copy(&table->columns[cast->features[j]], hone_schema_column(*out, j), err);
    return status;
}

/* Everything but X; what was made before a failure is freed with the data set. */
static hone_status make_parts(const hone_table *table, const struct cast *cast,
                              hone_target_kind kind, hone_dataset *data, hone_error *err) {
    hone_status status;
    hone_kept kept = {cast->rows, cast->n_rows};
    hone_schema *schema = NULL;
    double *y = NULL, *weights = NULL, *time = NULL;
    uint32_t *groups = NULL;
    int32_t *fold = NULL;
    status = make_schema(table, cast, &schema, err);
    if (status == HONE_OK && cast->target != NONE)
        status = hone_target_make(table, cast->target, kept, kind, &y,
                                  hone_schema_target(schema, 0), err);
    if (status == HONE_OK && cast->weight != NONE)
        status = hone_weights_make(table, cast->weight, kept, &weights, err);
    if (status == HONE_OK && cast->group != NONE)
        status = hone_groups_make(table, cast->group, kept, &groups, err);
    if (status == HONE_OK && cast->time != NONE)
        status = hone_times_make(table, cast->time, kept, &time, err);
    if (status == HONE_OK && cast->fold != NONE)
        status = hone_fold_numbers_make(table, cast->fold, kept, &fold, err);
    data->schema = schema;
    data->y = y ? hone_view_of(y, kept.n, 1) : (hone_view){0};
    data->weights = weights;
    data->groups = groups;
    data->time = time;
    data->fold = fold;
    return status;
}

hone_status hone_table_dataset(const hone_table *table, const hone_roles *roles, hone_dataset **out,
                               size_t *n_dropped, hone_error *err) {
    hone_status status;
    struct cast cast = {0};
    hone_dataset *data = NULL;
    if ((status = give_parts(table, roles, &cast, err)) ||
        (status = keep_rows(table, &cast, err)) || (status = hone_new(&data, 1, err)) ||
        (status = make_parts(table, &cast, roles->target_kind, data, err)) ||
        (status = table->sparse ? copy_sparse(table->sparse, &data->sparse, err)
                                : make_x(table, &cast, &data->x, err)))
        goto done;
    if (n_dropped)
        *n_dropped = table->rows - cast.n_rows;
    data->row_ids = cast.rows, cast.rows = NULL;
    *out = data, data = NULL;
done:
    free_cast(&cast);
    hone_dataset_free(data);
    return status;
}
