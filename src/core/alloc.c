/* alloc.c -- see alloc.h. Blocks are aligned to 64 bytes, so that vector loads and BLAS meet whole
 * cache lines. Big ones ask for huge pages: walking a Gram matrix by columns is otherwise mostly
 * misses of the page table's cache.
 *
 * malloc() keeps small blocks at hand, posix_memalign() does not and takes ten times as long. So
 * hone's block lies within a larger one, whose address stands right before it. */
#include "core/alloc.h"

#include "core/error.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64, HUGE_PAGE = 1 << 21 };

/* Test hooks only; the library's behaviour does not depend on them. */
static atomic_long fail_at;
static atomic_int fail_forever;
static atomic_long count;
static atomic_long live;

static int told_to_fail(void) {
    long done = atomic_fetch_add(&count, 1) + 1;
    long k = atomic_load(&fail_at);
    return k && (done == k || (done > k && atomic_load(&fail_forever)));
}

/* Huge pages are a wish: nothing depends on the answer. */
static void *get(size_t bytes) {
    size_t alignment = bytes >= 2 * HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;
    char *whole = malloc(bytes + alignment);
    if (!whole)
        return NULL;
    void **block = (void *)(whole + alignment - ((uintptr_t)whole & (alignment - 1)));
    block[-1] = whole; /* malloc() aligns to 16 bytes: so many at least lie in between */
    if (alignment == HUGE_PAGE)
        (void)!madvise(block, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
    return block;
}

hone_status hone_alloc2(void **out, size_t n, size_t m, size_t size, hone_error *err) {
    size_t items, bytes;
    if (__builtin_mul_overflow(n, m, &items) || __builtin_mul_overflow(items, size, &bytes) ||
        bytes > PTRDIFF_MAX - HUGE_PAGE)
        return hone_fail(err, HONE_ENOMEM, "out of memory: %zu x %zu items of %zu bytes", n, m,
                         size);
    bytes = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    void *block = told_to_fail() ? NULL : get(bytes);
    if (!block)
        return hone_fail(err, HONE_ENOMEM, "out of memory: %zu bytes", bytes);
    memset(block, 0, bytes);
    atomic_fetch_add(&live, 1);
    *out = block;
    return HONE_OK;
}

hone_status hone_alloc(void **out, size_t n, size_t size, hone_error *err) {
    return hone_alloc2(out, n, 1, size, err);
}

hone_status hone_grow_block(void **block, size_t old_n, size_t new_n, size_t size,
                            hone_error *err) {
    void *grown = NULL;
    hone_status status = hone_alloc(&grown, new_n, size, err);
    if (status)
        return status;
    if (*block)
        memcpy(grown, *block, (old_n < new_n ? old_n : new_n) * size);
    hone_release(*block);
    *block = grown;
    return HONE_OK;
}

hone_status hone_text_copy(const char *text, char **out, hone_error *err) {
    char *copy = NULL;
    if (text) {
        hone_status status = hone_new(&copy, strlen(text) + 1, err);
        if (status)
            return status;
        strcpy(copy, text);
    }
    *out = copy;
    return HONE_OK;
}

void hone_release(void *block) {
    if (!block)
        return;
    atomic_fetch_sub(&live, 1);
    free(((void **)block)[-1]);
}

void hone_alloc_fail_at(long k, int forever) {
    atomic_store(&count, 0);
    atomic_store(&fail_at, k);
    atomic_store(&fail_forever, forever);
}

long hone_alloc_count(void) {
    return atomic_load(&count);
}

long hone_alloc_live(void) {
    return atomic_load(&live);
}
