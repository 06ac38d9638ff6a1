/* partition.c -- see partition.h. A row is written to both sides and one of them moves on, so that
 * nothing hangs on a guess; many rows are dealt in chunks, which then find their places. */
#include "classic/gbdt/partition.h"

#include "core/parallel.h"

#include <string.h>

enum { LEAST = 32768, MOST_CHUNKS = 64 };

/* Rows to `a` or `b`; how many to a. a may be `row` itself. */
static size_t deal(const uint8_t *column, const uint8_t *left, const uint32_t *row, size_t n,
                   uint32_t *a, uint32_t *b) {
    size_t n_left = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t r = row[i];
        size_t goes = left[column[r]];
        b[i - n_left] = r;
        a[n_left] = r;
        n_left += goes;
    }
    return n_left;
}

struct job {
    const uint8_t *column, *left;
    uint32_t *row, *a, *b;
    size_t n, chunk_rows, n_left;
    size_t lefts[MOST_CHUNKS], first[MOST_CHUNKS]; /* rows of a chunk to the left, those before */
};

static size_t rows_of(const struct job *job, size_t chunk) {
    size_t left = job->n - chunk * job->chunk_rows;
    return left < job->chunk_rows ? left : job->chunk_rows;
}

static hone_status deal_chunk(void *context, size_t chunk, hone_error *err) {
    struct job *job = context;
    size_t at = chunk * job->chunk_rows, n = rows_of(job, chunk);
    (void)err;
    job->lefts[chunk] = deal(job->column, job->left, job->row + at, n, job->a + at, job->b + at);
    return HONE_OK;
}

static hone_status place_chunk(void *context, size_t chunk, hone_error *err) {
    const struct job *job = context;
    size_t at = chunk * job->chunk_rows, n = rows_of(job, chunk);
    size_t lefts = job->lefts[chunk], before = job->first[chunk];
    (void)err;
    memcpy(job->row + before, job->a + at, lefts * sizeof *job->row);
    memcpy(job->row + job->n_left + at - before, job->b + at, (n - lefts) * sizeof *job->row);
    return HONE_OK;
}

static hone_status partition_chunks(struct job *job, const hone_monitor *mon, hone_error *err) {
    size_t fair = (job->n + MOST_CHUNKS - 1) / MOST_CHUNKS;
    job->chunk_rows = fair > LEAST ? fair : LEAST;
    size_t chunks = (job->n + job->chunk_rows - 1) / job->chunk_rows;
    hone_status status = hone_parallel(chunks, deal_chunk, job, mon, err);
    for (size_t i = 0; status == HONE_OK && i < chunks; i++) {
        job->first[i] = job->n_left;
        job->n_left += job->lefts[i];
    }
    return status ? status : hone_parallel(chunks, place_chunk, job, mon, err);
}

hone_status hone_partition(const uint8_t *column, const uint8_t left[256], uint32_t *row, size_t n,
                           uint32_t *spare, size_t *n_left, const hone_monitor *mon,
                           hone_error *err) {
    if (n < 2 * LEAST) {
        *n_left = deal(column, left, row, n, row, spare);
        memcpy(row + *n_left, spare, (n - *n_left) * sizeof *row);
        return HONE_OK;
    }
    struct job job = {.column = column, .left = left, .row = row, .n = n};
    job.a = spare, job.b = spare + n;
    hone_status status = partition_chunks(&job, mon, err);
    *n_left = job.n_left;
    return status;
}
