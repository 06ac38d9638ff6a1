/* The allocator door: overflow, failing on purpose, alignment. */
#include "core/alloc.h"

#include <criterion/criterion.h>
#include <stdint.h>

Test(alloc, zeroed_and_aligned) {
    for (size_t n = 0; n < 300; n += 7) {
        double *block = NULL;
        cr_assert_eq(hone_new(&block, n, NULL), HONE_OK);
        cr_assert_eq((uintptr_t)block % 64, 0);
        for (size_t i = 0; i < n; i++)
            cr_assert(block[i] == 0);
        hone_release(block);
    }
}

Test(alloc, overflow_is_out_of_memory) {
    double *block = NULL;
    hone_error err;
    cr_assert_eq(hone_new(&block, SIZE_MAX / 4, &err), HONE_ENOMEM);
    cr_assert_eq(hone_new2(&block, SIZE_MAX / 2, 3, &err), HONE_ENOMEM);
    cr_assert_null(block);
}

Test(alloc, grow_keeps_what_was_there) {
    int *block = NULL;
    cr_assert_eq(hone_grow(&block, 0, 3, NULL), HONE_OK);
    block[2] = 42;
    cr_assert_eq(hone_grow(&block, 3, 100, NULL), HONE_OK);
    cr_assert(block[2] == 42 && block[99] == 0);
    hone_alloc_fail_at(1, 0);
    cr_assert_eq(hone_grow(&block, 100, 200, NULL), HONE_ENOMEM);
    cr_assert_eq(block[2], 42);
    hone_alloc_fail_at(0, 0);
    hone_release(block);
}

Test(alloc, fails_when_told) {
    long before = hone_alloc_live();
    char *a = NULL, *b = NULL, *c = NULL;
    hone_alloc_fail_at(2, 0);
    cr_assert_eq(hone_new(&a, 1, NULL), HONE_OK);
    cr_assert_eq(hone_new(&b, 1, NULL), HONE_ENOMEM);
    cr_assert_eq(hone_new(&c, 1, NULL), HONE_OK);
    hone_alloc_fail_at(1, 1);
    cr_assert_eq(hone_new(&b, 1, NULL), HONE_ENOMEM);
    cr_assert_eq(hone_new(&b, 1, NULL), HONE_ENOMEM);
    hone_alloc_fail_at(0, 0);
    hone_release(a);
    hone_release(c);
    cr_assert_eq(hone_alloc_live(), before);
}
