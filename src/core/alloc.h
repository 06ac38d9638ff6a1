/* alloc.h -- the one door to the heap: overflow-checked, and able to fail on purpose. */
#ifndef HONE_CORE_ALLOC_H
#define HONE_CORE_ALLOC_H

#include <hone/status.h>

#include <stddef.h>

/* n zeroed items of `size` bytes; HONE_ENOMEM (with the size in the message) when they cannot be
 * had. n == 0 gives a valid pointer too. Every block is aligned to 64 bytes. Use the macro:
 *     double *w = NULL;
 *     status = hone_new(&w, n, err);                                                            */
HONE_NODISCARD hone_status hone_alloc(void **out, size_t n, size_t size, hone_error *err);
#define hone_new(out, n, err) hone_alloc((void **)(out), (n), sizeof **(out), (err))

/* The same for a product of two counts that may overflow. */
HONE_NODISCARD hone_status hone_alloc2(void **out, size_t n, size_t m, size_t size,
                                       hone_error *err);
#define hone_new2(out, n, m, err) hone_alloc2((void **)(out), (n), (m), sizeof **(out), (err))

/* Grows *block from `old_n` to `new_n` items; the new ones are zero. On failure it is unchanged. */
HONE_NODISCARD hone_status hone_grow_block(void **block, size_t old_n, size_t new_n, size_t size,
                                           hone_error *err);
#define hone_grow(block, old_n, new_n, err) \
    hone_grow_block((void **)(block), (old_n), (new_n), sizeof **(block), (err))

/* A copy of a text. NULL gives NULL. */
HONE_NODISCARD hone_status hone_text_copy(const char *text, char **out, hone_error *err);

/* Frees any block of the door. NULL is fine. */
void hone_release(void *block);

/* For tests: the k-th allocation from now fails (1 = the next), and all after it if `forever`.
 * 0 switches it off. Thread-safe to call only while no other thread allocates. */
void hone_alloc_fail_at(long k, int forever);
/* For tests: allocations done since the last hone_alloc_fail_at(), and blocks not yet freed. */
long hone_alloc_count(void);
long hone_alloc_live(void);

#endif
