/* sort.h -- sorting doubles by their bits, with the numbers of their rows going along. */
#ifndef HONE_CORE_SORT_H
#define HONE_CORE_SORT_H

#include <hone/status.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A key that compares like the double: -0.0 and 0.0 have the same key, infinities are the ends,
 * NaN lies beyond them (callers sort it out first). */
static inline uint64_t hone_sort_key(double value) {
    uint64_t bits;
    value += 0.0; /* -0.0 becomes 0.0 */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

/* The double of a key (0.0 for both zeros). */
static inline double hone_sort_value(uint64_t key) {
    double value;
    key = key >> 63 ? key & ~((uint64_t)1 << 63) : ~key;
    memcpy(&value, &key, sizeof value);
    return value;
}

/* Sorts n keys ascending; rows (n, or NULL) are moved as their keys are, and keep their order
 * among equal keys. HONE_ENOMEM leaves both as they were. O(n), 2 n words of scratch. */
HONE_NODISCARD hone_status hone_sort_keys(uint64_t *keys, size_t *rows, size_t n, hone_error *err);

#endif
