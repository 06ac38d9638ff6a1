/* levels.h -- distinct texts, numbered in the order in which they were met. */
#ifndef HONE_DATA_LEVELS_H
#define HONE_DATA_LEVELS_H

#include <hone/status.h>

#include <stddef.h>
#include <stdint.h>

struct hone_level_slot {
    uint32_t hash;
    uint32_t code; /* + 1; 0 = free */
};

/* Zero it before use; free it with hone_levels_free(). */
typedef struct hone_levels {
    size_t n;      /* texts so far */
    char *bytes;   /* all texts, each with a terminating zero */
    size_t *start; /* n: where each one is in `bytes` */
    size_t used, bytes_room, start_room;
    struct hone_level_slot *slots; /* open addressing, n_slots is 0 or a power of two > n */
    size_t n_slots;
} hone_levels;

/* The number of a text, a new one if it has not been met. Amortised O(length). */
HONE_NODISCARD hone_status hone_levels_code(hone_levels *levels, const char *text, size_t length,
                                            size_t *code, hone_error *err);

/* Text number i; valid until the next new text. */
static inline const char *hone_levels_text(const hone_levels *levels, size_t i) {
    return levels->bytes + levels->start[i];
}

/* The labels in their final order (by value if all are numbers, then by bytes), pointing into
 * levels->bytes, and the new code of each old one. Both are owned by the caller. O(n log n). */
HONE_NODISCARD hone_status hone_levels_sort(const hone_levels *levels, const char ***labels,
                                            double **new_code, hone_error *err);

void hone_levels_free(hone_levels *levels);

#endif
