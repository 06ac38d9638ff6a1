/* Chunks: each once, first failure wins, nesting, cancelling. */
#include "core/error.h"
#include "core/parallel.h"

#include <criterion/criterion.h>
#include <stdatomic.h>

struct work {
    atomic_int runs[200];
    size_t fail_from;
    const hone_monitor *mon;
};

static hone_status count_chunk(void *context, size_t chunk, hone_error *err) {
    struct work *work = context;
    atomic_fetch_add(&work->runs[chunk], 1);
    return chunk >= work->fail_from ? hone_fail(err, HONE_ENUMERIC, "chunk %zu", chunk) : HONE_OK;
}

Test(parallel, every_chunk_once) {
    for (int threads = 0; threads <= 4; threads++) {
        struct work work = {.fail_from = 1000};
        hone_monitor mon = {.threads = threads};
        cr_assert_eq(hone_parallel(200, count_chunk, &work, &mon, NULL), HONE_OK);
        for (int i = 0; i < 200; i++)
            cr_assert_eq(atomic_load(&work.runs[i]), 1);
    }
}

Test(parallel, failure_stops_and_is_told) {
    struct work work = {.fail_from = 10};
    hone_monitor mon = {.threads = 1};
    hone_error err;
    cr_assert_eq(hone_parallel(200, count_chunk, &work, &mon, &err), HONE_ENUMERIC);
    cr_assert_str_eq(err.message, "chunk 10");
    cr_assert_eq(atomic_load(&work.runs[11]), 0);
    mon.threads = 4;
    cr_assert_eq(hone_parallel(200, count_chunk, &work, &mon, NULL), HONE_ENUMERIC);
}

static hone_status outer_chunk(void *context, size_t chunk, hone_error *err) {
    struct work *works = context;
    return hone_parallel(200, count_chunk, &works[chunk], works[chunk].mon, err);
}

Test(parallel, nested_chunks_share_the_threads) {
    static struct work works[8];
    hone_monitor mon = {.threads = 3};
    for (int i = 0; i < 8; i++)
        works[i] = (struct work){.fail_from = 1000, .mon = &mon};
    cr_assert_eq(hone_parallel(8, outer_chunk, works, &mon, NULL), HONE_OK);
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 200; j++)
            cr_assert_eq(atomic_load(&works[i].runs[j]), 1);
}

static int yes(void *user) {
    (void)user;
    return 1;
}

Test(parallel, cancelled_before_it_begins) {
    struct work work = {.fail_from = 1000};
    hone_monitor mon = {.threads = 2, .cancelled = yes};
    hone_error err;
    cr_assert_eq(hone_parallel(200, count_chunk, &work, &mon, &err), HONE_ECANCELLED);
    for (int i = 0; i < 200; i++)
        cr_assert_eq(atomic_load(&work.runs[i]), 0);
    mon = (hone_monitor){.deadline = hone_now() - 1};
    cr_assert_eq(hone_parallel(200, count_chunk, &work, &mon, &err), HONE_ETIME);
}
