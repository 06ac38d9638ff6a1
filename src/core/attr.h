/* attr.h -- one table row per fitted attribute: get, save, load, compare and free come from it.
 *
 * A fitted model is a plain struct (the state) whose every heap block is named by a row; a state
 * is therefore freed, written and read without the estimator's help. Shapes are named by size_t
 * fields of the same struct, which are rows (HONE_COUNT) themselves, placed before the arrays
 * that they measure. */
#ifndef HONE_CORE_ATTR_H
#define HONE_CORE_ATTR_H

#include "core/param.h"

typedef enum hone_attr_kind {
    HONE_ATTR_COUNT,  /* size_t */
    HONE_ATTR_NUMBER, /* double */
    HONE_ATTR_F64,    /* double *, rows x cols */
    HONE_ATTR_F32,    /* float *, rows x cols */
    HONE_ATTR_I32,    /* int32_t *, rows x cols */
    HONE_ATTR_STEPS   /* hone_steps: fitted inner estimators */
} hone_attr_kind;

#define HONE_ATTR_ONE ((size_t)-1) /* instead of the offset of a shape field: one */

typedef struct hone_attr {
    const char *name;
    hone_attr_kind kind;
    size_t offset;
    size_t rows, cols; /* offsets of the size_t fields that hold the shape, or HONE_ATTR_ONE */
    const char *help;
} hone_attr;

/* clang-format off */
#define HONE_COUNT(type, field, help) \
    {#field, HONE_ATTR_COUNT, offsetof(struct type, field), HONE_ATTR_ONE, HONE_ATTR_ONE, help}
#define HONE_NUMBER(type, field, help) \
    {#field, HONE_ATTR_NUMBER, offsetof(struct type, field), HONE_ATTR_ONE, HONE_ATTR_ONE, help}
#define HONE_ARRAY(type, field, rows, cols, help) \
    {#field, HONE_ATTR_F64, offsetof(struct type, field), offsetof(struct type, rows), offsetof(struct type, cols), help}
#define HONE_VECTOR(type, field, rows, help) \
    {#field, HONE_ATTR_F64, offsetof(struct type, field), offsetof(struct type, rows), HONE_ATTR_ONE, help}
#define HONE_ARRAY_F32(type, field, rows, cols, help) \
    {#field, HONE_ATTR_F32, offsetof(struct type, field), offsetof(struct type, rows), offsetof(struct type, cols), help}
#define HONE_VECTOR_F32(type, field, rows, help) \
    {#field, HONE_ATTR_F32, offsetof(struct type, field), offsetof(struct type, rows), HONE_ATTR_ONE, help}
#define HONE_ARRAY_I32(type, field, rows, cols, help) \
    {#field, HONE_ATTR_I32, offsetof(struct type, field), offsetof(struct type, rows), offsetof(struct type, cols), help}
#define HONE_VECTOR_I32(type, field, rows, help) \
    {#field, HONE_ATTR_I32, offsetof(struct type, field), offsetof(struct type, rows), HONE_ATTR_ONE, help}
#define HONE_FITTED_STEPS(type, field, help) \
    {#field, HONE_ATTR_STEPS, offsetof(struct type, field), HONE_ATTR_ONE, HONE_ATTR_ONE, help}
#define HONE_ATTR_END {NULL, HONE_ATTR_COUNT, 0, 0, 0, NULL}
/* clang-format on */

/* Rows and columns of an array attribute in this state. */
size_t hone_attr_rows(const hone_attr *row, const void *state);
size_t hone_attr_cols(const hone_attr *row, const void *state);
/* Bytes of one item of an array kind; 0 for kinds that hold no array. */
size_t hone_attr_item_size(hone_attr_kind kind);
/* Frees every block named by the table, and the state. NULL is fine. */
void hone_state_free(const hone_attr *table, void *state);
/* A deep copy of a state of `size` bytes; free with hone_state_free(). */
HONE_NODISCARD hone_status hone_state_copy(const hone_attr *table, size_t size, const void *from,
                                           void **out, hone_error *err);
/* Same numbers, bit for bit (inner estimators too)? */
bool hone_state_equal(const hone_attr *table, const void *a, const void *b);
const char *hone_attr_kind_name(hone_attr_kind kind);

#endif
