/* sort.c -- least-significant-digit radix sort of 64-bit keys, eight digits of eight bits.
 *
 * One pass counts all digits, then each digit that differs somewhere costs one pass that deals the
 * keys out in order. 256 places at a time stay in the first cache: for a million keys this is
 * faster than six digits of eleven bits. Few keys are sorted by insertion.
 * Cost: at most 9 n key moves.   Reference: Knuth, The Art of Computer Programming 3, 5.2.5. */
#include "core/sort.h"

#include "core/alloc.h"

#include <stdbool.h>
#include <stdint.h>

enum { DIGITS = 8, PLACES = 256, FEW = 40 };

static size_t digit(uint64_t key, unsigned d) {
    return key >> 8 * d & (PLACES - 1);
}

static void insertion_sort(uint64_t *keys, size_t *rows, size_t n) {
    for (size_t i = 1; i < n; i++) {
        uint64_t key = keys[i];
        size_t row = rows ? rows[i] : 0, j = i;
        for (; j > 0 && keys[j - 1] > key; j--) {
            keys[j] = keys[j - 1];
            if (rows)
                rows[j] = rows[j - 1];
        }
        keys[j] = key;
        if (rows)
            rows[j] = row;
    }
}

/* Turns the counts of a digit into the places where its keys start; false when all keys share one
 * value of it. */
static bool starts_of(size_t count[PLACES], size_t n) {
    size_t before = 0;
    for (size_t v = 0; v < PLACES; v++) {
        size_t here = count[v];
        if (here == n)
            return false;
        count[v] = before;
        before += here;
    }
    return true;
}

static void deal(const uint64_t *keys, const size_t *rows, size_t n, unsigned d,
                 size_t start[PLACES], uint64_t *to_keys, size_t *to_rows) {
    if (!rows) {
        for (size_t i = 0; i < n; i++)
            to_keys[start[digit(keys[i], d)]++] = keys[i];
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = start[digit(keys[i], d)]++;
        to_keys[at] = keys[i];
        to_rows[at] = rows[i];
    }
}

/* The other_* arrays hold n items each (other_rows is NULL when rows is). */
static void radix_sort(uint64_t *keys, size_t *rows, size_t n, uint64_t *other_keys,
                       size_t *other_rows) {
    uint64_t *from = keys, *to = other_keys;
    size_t *from_rows = rows, *to_rows = other_rows;
    size_t count[DIGITS][PLACES] = {0};
    for (size_t i = 0; i < n; i++)
        for (unsigned d = 0; d < DIGITS; d++)
            count[d][digit(keys[i], d)]++;
    for (unsigned d = 0; d < DIGITS; d++) {
        if (!starts_of(count[d], n))
            continue;
        deal(from, from_rows, n, d, count[d], to, to_rows);
        uint64_t *swap = from;
        from = to;
        to = swap;
        size_t *swap_rows = from_rows;
        from_rows = to_rows;
        to_rows = swap_rows;
    }
    if (from == keys)
        return;
    memcpy(keys, from, n * sizeof *keys);
    if (rows)
        memcpy(rows, from_rows, n * sizeof *rows);
}

hone_status hone_sort_keys(uint64_t *keys, size_t *rows, size_t n, hone_error *err) {
    if (n <= FEW) {
        insertion_sort(keys, rows, n);
        return HONE_OK;
    }
    uint64_t *other_keys = NULL;
    size_t *other_rows = NULL;
    hone_status status = hone_new(&other_keys, n, err);
    if (!status && rows)
        status = hone_new(&other_rows, n, err);
    if (!status)
        radix_sort(keys, rows, n, other_keys, other_rows);
    hone_release(other_keys);
    hone_release(other_rows);
    return status;
}
