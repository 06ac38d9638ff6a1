/* attr.c -- see attr.h. */
#include "core/attr.h"

#include "core/alloc.h"
#include "core/estimator_impl.h"

#include <string.h>

static const void *field(const hone_attr *row, const void *state) {
    return (const char *)state + row->offset;
}

static size_t shape(size_t offset, const void *state) {
    return offset == HONE_ATTR_ONE ? 1
                                   : *(const size_t *)(const void *)((const char *)state + offset);
}

size_t hone_attr_rows(const hone_attr *row, const void *state) {
    return shape(row->rows, state);
}

size_t hone_attr_cols(const hone_attr *row, const void *state) {
    return shape(row->cols, state);
}

size_t hone_attr_item_size(hone_attr_kind kind) {
    switch (kind) {
    case HONE_ATTR_F64:
        return sizeof(double);
    case HONE_ATTR_F32:
        return sizeof(float);
    case HONE_ATTR_I32:
        return sizeof(int32_t);
    case HONE_ATTR_COUNT:
    case HONE_ATTR_NUMBER:
    case HONE_ATTR_STEPS:
        break;
    }
    return 0;
}

const char *hone_attr_kind_name(hone_attr_kind kind) {
    static const char *const NAMES[] = {
        [HONE_ATTR_COUNT] = "count",           [HONE_ATTR_NUMBER] = "number",
        [HONE_ATTR_F64] = "array of double",   [HONE_ATTR_F32] = "array of float",
        [HONE_ATTR_I32] = "array of integers", [HONE_ATTR_STEPS] = "estimators",
    };
    return NAMES[kind];
}

void hone_state_free(const hone_attr *table, void *state) {
    if (!state)
        return;
    for (const hone_attr *row = table; row->name; row++) {
        void *at = (char *)state + row->offset;
        if (row->kind == HONE_ATTR_STEPS)
            hone_steps_free(at);
        else if (hone_attr_item_size(row->kind))
            hone_release(*(void **)at);
    }
    hone_release(state);
}

static hone_status copy_array(const hone_attr *row, const void *from, void *to, hone_error *err) {
    size_t rows = hone_attr_rows(row, from), cols = hone_attr_cols(row, from);
    size_t size = hone_attr_item_size(row->kind);
    const void *values = *(void *const *)field(row, from);
    void *copy = NULL;
    if (!values)
        return HONE_OK;
    hone_status status = hone_alloc(&copy, rows * cols, size, err);
    if (status == HONE_OK && rows * cols > 0)
        memcpy(copy, values, rows * cols * size);
    *(void **)((char *)to + row->offset) = copy;
    return status;
}

static hone_status copy_fitted_steps(const hone_attr *row, const void *from, void *to,
                                     hone_error *err) {
    const hone_steps *steps = field(row, from);
    hone_steps *copy = (hone_steps *)(void *)((char *)to + row->offset);
    hone_status status = hone_new(&copy->at, steps->n, err);
    for (size_t i = 0; i < steps->n && status == HONE_OK; i++) {
        status = hone_estimator_copy(steps->at[i], &copy->at[i], err);
        copy->n += status == HONE_OK;
    }
    return status;
}

/* The plain fields go over as they are; blocks are unlinked first, so that a failure half-way
 * frees none of the original's. */
hone_status hone_state_copy(const hone_attr *table, size_t size, const void *from, void **out,
                            hone_error *err) {
    void *copy = NULL;
    hone_status status = hone_alloc(&copy, 1, size, err);
    if (status)
        return status;
    memcpy(copy, from, size);
    for (const hone_attr *row = table; row->name; row++) {
        if (row->kind == HONE_ATTR_STEPS)
            memset((char *)copy + row->offset, 0, sizeof(hone_steps));
        else if (hone_attr_item_size(row->kind))
            *(void **)((char *)copy + row->offset) = NULL;
    }
    for (const hone_attr *row = table; row->name && status == HONE_OK; row++)
        if (row->kind == HONE_ATTR_STEPS)
            status = copy_fitted_steps(row, from, copy, err);
        else if (hone_attr_item_size(row->kind))
            status = copy_array(row, from, copy, err);
    if (status)
        hone_state_free(table, copy);
    else
        *out = copy;
    return status;
}

bool hone_steps_equal(const hone_steps *a, const hone_steps *b) {
    bool equal = a->n == b->n;
    for (size_t i = 0; i < a->n && equal; i++)
        equal = hone_estimator_equal(a->at[i], b->at[i]);
    return equal;
}

static bool array_equal(const hone_attr *row, const void *a, const void *b) {
    size_t rows = hone_attr_rows(row, a), cols = hone_attr_cols(row, a);
    if (rows != hone_attr_rows(row, b) || cols != hone_attr_cols(row, b))
        return false;
    if (rows == 0 || cols == 0)
        return true; /* a file's reader makes a block where a fit may have left NULL */
    const void *x = *(void *const *)field(row, a), *y = *(void *const *)field(row, b);
    if (!x || !y)
        return x == y;
    return memcmp(x, y, rows * cols * hone_attr_item_size(row->kind)) == 0;
}

bool hone_state_equal(const hone_attr *table, const void *a, const void *b) {
    for (const hone_attr *row = table; row->name; row++) {
        bool equal;
        if (row->kind == HONE_ATTR_STEPS)
            equal = hone_steps_equal(field(row, a), field(row, b));
        else if (hone_attr_item_size(row->kind))
            equal = array_equal(row, a, b);
        else
            equal = memcmp(field(row, a), field(row, b), sizeof(double)) == 0;
        if (!equal)
            return false;
    }
    return true;
}
