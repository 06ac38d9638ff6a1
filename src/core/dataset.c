/* dataset.c -- sizes, copies of rows and the end of data sets.
 *
 * An owned data set holds each of its arrays as one block of the allocator door, so that whoever
 * fills one in by hand (the tables of data/) can hand it to hone_dataset_free() as well. */
#include <hone/dataset.h>

#include "core/alloc.h"
#include "core/schema.h"

#include <string.h>

size_t hone_dataset_rows(const hone_dataset *data) {
    return data->sparse ? data->sparse->rows : data->x.rows;
}

size_t hone_dataset_cols(const hone_dataset *data) {
    return data->sparse ? data->sparse->cols : data->x.cols;
}

static hone_status take_view(hone_view from, const size_t *rows, size_t n, hone_view *to,
                             hone_error *err) {
    double *values = NULL;
    hone_status status = hone_new2(&values, n, from.cols, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n && from.cols > 0; i++)
        memcpy(values + i * from.cols, hone_view_row(from, rows[i]), from.cols * sizeof *values);
    *to = hone_view_of(values, n, from.cols);
    return HONE_OK;
}

static void free_sparse(hone_csr *csr) {
    if (!csr)
        return;
    hone_release((void *)csr->values);
    hone_release((void *)csr->columns);
    hone_release((void *)csr->starts);
    hone_release(csr);
}

static hone_status take_sparse(const hone_csr *from, const size_t *rows, size_t n,
                               const hone_csr **out, hone_error *err) {
    hone_status status;
    hone_csr *csr = NULL;
    double *values = NULL;
    uint32_t *columns = NULL;
    size_t *starts = NULL, stored = 0;
    for (size_t i = 0; i < n; i++)
        stored += from->starts[rows[i] + 1] - from->starts[rows[i]];
    if ((status = hone_new(&csr, 1, err)) || (status = hone_new(&values, stored, err)) ||
        (status = hone_new(&columns, stored, err)) || (status = hone_new(&starts, n + 1, err)))
        goto done;
    for (size_t i = 0, at = 0; i < n; i++) {
        size_t first = from->starts[rows[i]], length = from->starts[rows[i] + 1] - first;
        if (length > 0) {
            memcpy(values + at, from->values + first, length * sizeof *values);
            memcpy(columns + at, from->columns + first, length * sizeof *columns);
        }
        starts[i + 1] = at += length;
    }
    *csr = (hone_csr){values, columns, starts, n, from->cols};
    *out = csr, csr = NULL, values = NULL, columns = NULL, starts = NULL;
done:
    hone_release(csr);
    hone_release(values);
    hone_release(columns);
    hone_release(starts);
    return status;
}

/* The items of some rows, each of `size` bytes; NULL gives NULL. */
static hone_status take_items(const void *from, size_t size, const size_t *rows, size_t n,
                              const void **out, hone_error *err) {
    char *items = NULL;
    if (!from)
        return HONE_OK;
    hone_status status = hone_alloc((void **)&items, n, size, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        memcpy(items + i * size, (const char *)from + rows[i] * size, size);
    *out = items;
    return status;
}
#define TAKE(field) \
    take_items(data->field, sizeof *data->field, rows, n, (const void **)&copy->field, err)

/* Without row_ids a row came from its own index, so a copy always knows its origin. */
static hone_status take_ids(const size_t *from, const size_t *rows, size_t n, const size_t **out,
                            hone_error *err) {
    size_t *ids = NULL;
    hone_status status = hone_new(&ids, n, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        ids[i] = from ? from[rows[i]] : rows[i];
    *out = ids;
    return status;
}

static hone_status take_schema(const hone_schema *from, const hone_schema **out, hone_error *err) {
    hone_schema *schema = NULL;
    hone_status status = hone_schema_copy(from, &schema, err);
    *out = schema;
    return status;
}

static hone_status take_x(const hone_dataset *data, const size_t *rows, size_t n,
                          hone_dataset *copy, hone_error *err) {
    if (data->sparse)
        return take_sparse(data->sparse, rows, n, &copy->sparse, err);
    return take_view(data->x, rows, n, &copy->x, err);
}

hone_status hone_dataset_take(const hone_dataset *data, const size_t *rows, size_t n,
                              hone_dataset **out, hone_error *err) {
    hone_status status;
    hone_dataset *copy = NULL;
    if ((status = hone_new(&copy, 1, err)) || (status = take_x(data, rows, n, copy, err)) ||
        (status = take_ids(data->row_ids, rows, n, &copy->row_ids, err)))
        goto done;
    if (data->y.data && (status = take_view(data->y, rows, n, &copy->y, err)))
        goto done;
    if ((status = TAKE(weights)) || (status = TAKE(groups)) || (status = TAKE(time)) ||
        (status = TAKE(fold)))
        goto done;
    if (data->schema && (status = take_schema(data->schema, &copy->schema, err)))
        goto done;
    *out = copy, copy = NULL;
done:
    hone_dataset_free(copy);
    return status;
}

void hone_dataset_free(hone_dataset *data) {
    if (!data)
        return;
    hone_release((void *)data->x.data);
    free_sparse((hone_csr *)data->sparse);
    hone_release((void *)data->y.data);
    hone_release((void *)data->weights);
    hone_release((void *)data->groups);
    hone_release((void *)data->time);
    hone_release((void *)data->fold);
    hone_release((void *)data->row_ids);
    hone_schema_free((hone_schema *)data->schema);
    hone_release(data);
}
