/* schema.c -- see schema.h. A schema owned by hone is const to readers; the casts below are the
 * only places where its maker writes it. */
#include "core/schema.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

hone_column *hone_schema_column(hone_schema *schema, size_t j) {
    return (hone_column *)(uintptr_t)&schema->columns[j];
}

hone_column *hone_schema_target(hone_schema *schema, size_t j) {
    return (hone_column *)(uintptr_t)&schema->targets[j];
}

static void release(const void *block) {
    hone_release((void *)(uintptr_t)block);
}

static void free_columns(const hone_column *columns, size_t n) {
    for (size_t j = 0; j < n && columns; j++) {
        for (size_t k = 0; k < columns[j].n_levels && columns[j].levels; k++)
            release(columns[j].levels[k]);
        release(columns[j].levels);
        release(columns[j].name);
    }
    release(columns);
}

void hone_schema_free(hone_schema *schema) {
    if (!schema)
        return;
    free_columns(schema->columns, schema->n_columns);
    free_columns(schema->targets, schema->n_targets);
    hone_release(schema);
}

hone_status hone_schema_create(size_t n_columns, size_t n_targets, hone_schema **out,
                               hone_error *err) {
    hone_schema *schema = NULL;
    hone_column *columns = NULL, *targets = NULL;
    hone_status status = hone_new(&schema, 1, err);
    if (status == HONE_OK)
        status = hone_new(&columns, n_columns, err);
    if (status == HONE_OK)
        status = hone_new(&targets, n_targets, err);
    if (status) {
        hone_release(columns);
        hone_release(schema);
        return status;
    }
    *schema = (hone_schema){n_columns, columns, n_targets, targets};
    *out = schema;
    return HONE_OK;
}

hone_status hone_column_copy(const hone_column *from, hone_column *to, hone_error *err) {
    char *name = NULL;
    char **levels = NULL;
    hone_status status = hone_text_copy(from->name ? from->name : "", &name, err);
    if (status)
        return status;
    *to = (hone_column){.name = name, .kind = from->kind};
    if (from->n_levels == 0)
        return HONE_OK;
    status = hone_new(&levels, from->n_levels, err);
    if (status)
        return status;
    to->levels = (const char *const *)levels;
    to->n_levels = from->n_levels;
    for (size_t k = 0; k < from->n_levels && status == HONE_OK; k++)
        status = hone_text_copy(from->levels[k], &levels[k], err);
    return status;
}

hone_status hone_schema_copy(const hone_schema *schema, hone_schema **out, hone_error *err) {
    hone_schema *copy = NULL;
    hone_status status = hone_schema_create(schema->n_columns, schema->n_targets, &copy, err);
    for (size_t j = 0; j < schema->n_columns && status == HONE_OK; j++)
        status = hone_column_copy(&schema->columns[j], hone_schema_column(copy, j), err);
    for (size_t j = 0; j < schema->n_targets && status == HONE_OK; j++)
        status = hone_column_copy(&schema->targets[j], hone_schema_target(copy, j), err);
    if (status)
        hone_schema_free(copy);
    else
        *out = copy;
    return status;
}

hone_status hone_schema_numeric(size_t n, hone_schema **out, hone_error *err) {
    return hone_schema_numbered("x", n, out, err);
}

hone_status hone_schema_numbered(const char *prefix, size_t n, hone_schema **out, hone_error *err) {
    hone_schema *schema = NULL;
    hone_status status = hone_schema_create(n, 0, &schema, err);
    for (size_t j = 0; j < n && status == HONE_OK; j++) {
        char name[64];
        snprintf(name, sizeof name, "%s%zu", prefix, j);
        hone_column column = {.name = name};
        status = hone_column_copy(&column, hone_schema_column(schema, j), err);
    }
    if (status)
        hone_schema_free(schema);
    else
        *out = schema;
    return status;
}

static bool same_column(const hone_column *a, const hone_column *b) {
    if (strcmp(a->name, b->name) != 0 || a->kind != b->kind || a->n_levels != b->n_levels)
        return false;
    for (size_t k = 0; k < a->n_levels; k++)
        if (strcmp(a->levels[k], b->levels[k]) != 0)
            return false;
    return true;
}

bool hone_schema_same(const hone_schema *a, const hone_schema *b) {
    bool same = a->n_columns == b->n_columns;
    for (size_t j = 0; j < a->n_columns && same; j++)
        same = same_column(&a->columns[j], &b->columns[j]);
    return same;
}
