/* schema.c -- see schema.h. A schema owned by hone is const to readers, so that it may have several
 * owners; the casts below are the only places where its maker writes it.
 *
 * Who fills a schema column by column cannot know its size, so its pieces are blocks of their own.
 * A copy, or one of numbered names, is a single block: every fit makes some. */
#include "core/schema.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct owned {
    hone_schema schema;
    bool whole;           /* columns, levels and texts lie in this block */
    atomic_size_t shares; /* owners besides the first */
};

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

hone_schema *hone_schema_share(hone_schema *schema) {
    if (schema)
        atomic_fetch_add(&((struct owned *)schema)->shares, 1);
    return schema;
}

void hone_schema_free(hone_schema *schema) {
    if (!schema || atomic_fetch_sub(&((struct owned *)schema)->shares, 1) > 0)
        return;
    if (!((struct owned *)schema)->whole) {
        free_columns(schema->columns, schema->n_columns);
        free_columns(schema->targets, schema->n_targets);
    }
    hone_release(schema);
}

hone_status hone_schema_create(size_t n_columns, size_t n_targets, hone_schema **out,
                               hone_error *err) {
    struct owned *owned = NULL;
    hone_column *columns = NULL, *targets = NULL;
    hone_status status = hone_new(&owned, 1, err);
    if (status == HONE_OK)
        status = hone_new(&columns, n_columns, err);
    if (status == HONE_OK)
        status = hone_new(&targets, n_targets, err);
    if (status) {
        hone_release(columns);
        hone_release(owned);
        return status;
    }
    owned->schema = (hone_schema){n_columns, columns, n_targets, targets};
    *out = &owned->schema;
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

/* ---- in a single block ----------------------------------------------------------------------- */

/* Levels of some columns, and bytes of all their texts. */
struct extent {
    size_t levels, bytes;
};

static const char *text_of(const char *text) {
    return text ? text : "";
}

static void measure(const hone_column *columns, size_t n, struct extent *extent) {
    for (size_t j = 0; j < n; j++) {
        extent->bytes += strlen(text_of(columns[j].name)) + 1;
        extent->levels += columns[j].n_levels;
        for (size_t k = 0; k < columns[j].n_levels; k++)
            extent->bytes += strlen(columns[j].levels[k]) + 1;
    }
}

/* Where the next ones go. */
struct room {
    const char **levels;
    char *text;
};

static const char *put(const char *text, struct room *room) {
    size_t size = strlen(text) + 1;
    char *copy = memcpy(room->text, text, size);
    room->text += size;
    return copy;
}

static void put_columns(const hone_column *from, size_t n, hone_column *to, struct room *room) {
    for (size_t j = 0; j < n; j++) {
        to[j] = (hone_column){.name = put(text_of(from[j].name), room), .kind = from[j].kind};
        if (from[j].n_levels == 0)
            continue;
        to[j].levels = room->levels;
        to[j].n_levels = from[j].n_levels;
        for (size_t k = 0; k < from[j].n_levels; k++)
            *room->levels++ = put(from[j].levels[k], room);
    }
}

hone_status hone_schema_copy(const hone_schema *schema, hone_schema **out, hone_error *err) {
    size_t n = schema->n_columns + schema->n_targets;
    struct extent extent = {0, 0};
    char *block = NULL;
    measure(schema->columns, schema->n_columns, &extent);
    measure(schema->targets, schema->n_targets, &extent);
    hone_status status = hone_new(&block,
                                  sizeof(struct owned) + n * sizeof(hone_column) +
                                      extent.levels * sizeof(char *) + extent.bytes,
                                  err);
    if (status)
        return status;
    struct owned *owned = (void *)block;
    hone_column *columns = (void *)(owned + 1), *targets = columns + schema->n_columns;
    const char **levels = (void *)(columns + n);
    struct room room = {levels, (char *)(levels + extent.levels)};
    put_columns(schema->columns, schema->n_columns, columns, &room);
    put_columns(schema->targets, schema->n_targets, targets, &room);
    owned->schema = (hone_schema){schema->n_columns, columns, schema->n_targets, targets};
    owned->whole = true;
    *out = &owned->schema;
    return HONE_OK;
}

hone_status hone_schema_numeric(size_t n, hone_schema **out, hone_error *err) {
    return hone_schema_numbered("x", n, out, err);
}

/* Decimal, with a zero byte. */
static char *write_count(size_t value, char *out) {
    char digits[20];
    size_t n = 0;
    do
        digits[n++] = (char)('0' + value % 10);
    while (value /= 10);
    while (n > 0)
        *out++ = digits[--n];
    *out = '\0';
    return out;
}

hone_status hone_schema_numbered(const char *prefix, size_t n, hone_schema **out, hone_error *err) {
    enum { DIGITS = 20 };
    _Static_assert(sizeof(struct owned) < sizeof(hone_column) + DIGITS, "an item holds the head");
    size_t length = strlen(prefix), item = sizeof(hone_column) + length + DIGITS + 1;
    char *block = NULL;
    hone_status status = hone_alloc((void **)&block, n + (n < SIZE_MAX), item, err);
    if (status)
        return status;
    struct owned *owned = (void *)block;
    hone_column *columns = (void *)(owned + 1);
    char *text = (char *)(columns + n);
    for (size_t j = 0; j < n; j++) {
        columns[j].name = memcpy(text, prefix, length);
        text = write_count(j, text + length) + 1;
    }
    owned->schema = (hone_schema){n, columns, 0, NULL};
    owned->whole = true;
    *out = &owned->schema;
    return HONE_OK;
}

static bool same_column(const hone_column *a, const hone_column *b) {
    if (strcmp(text_of(a->name), text_of(b->name)) != 0 || a->kind != b->kind ||
        a->n_levels != b->n_levels)
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

bool hone_schema_equal(const hone_schema *a, const hone_schema *b) {
    bool same = a->n_targets == b->n_targets && hone_schema_same(a, b);
    for (size_t j = 0; j < a->n_targets && same; j++)
        same = same_column(&a->targets[j], &b->targets[j]);
    return same;
}
