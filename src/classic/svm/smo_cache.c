/* smo_cache.c -- kernel rows that were asked for, kept while there is room.
 *
 * Missing rows are computed together, by chunks of columns on all threads. A row that was asked
 * for longest ago gives way first. Memory grows with the rows that are asked for.
 * Shapes: rows of n floats, in blocks of some megabytes.   Cost: O(n m) for a missing row, O(rows
 * kept) for a call that has to make room. */
#include "classic/svm/smo.h"

#include "core/parallel.h"
#include "linalg/linalg.h"

#include <stdint.h>

enum { LEAST_BLOCK = 64, BLOCK_BYTES = 1 << 22, LEAST_COLUMNS = 256, ROW_WORK = 16 };

struct hone_smo_cache {
    const struct hone_svm_source *source;
    const size_t *index;
    size_t n, n_slots, n_used;
    size_t block;    /* rows in one block */
    float **blocks;  /* n_slots / block, NULL until used */
    size_t *slot_of; /* n: 1 + slot of each row, 0 for those that are not there */
    size_t *row_of;  /* n_slots */
    size_t *asked;   /* n_slots: number of the last call that wanted it */
    size_t calls, hand;
    size_t *missing, n_missing; /* n_slots: row numbers */
    size_t *missing_rows;       /* n_slots: the same as rows of the source */
};

void hone_smo_cache_free(struct hone_smo_cache *cache) {
    if (!cache)
        return;
    for (size_t i = 0; cache->blocks && i * cache->block < cache->n_slots; i++)
        hone_release(cache->blocks[i]);
    hone_release(cache->blocks);
    hone_release(cache->slot_of);
    hone_release(cache->row_of);
    hone_release(cache->asked);
    hone_release(cache->missing);
    hone_release(cache->missing_rows);
    hone_release(cache);
}

hone_status hone_smo_cache_create(const struct hone_svm_source *source, const size_t *index,
                                  size_t n, size_t least, double bytes, struct hone_smo_cache **out,
                                  hone_error *err) {
    struct hone_smo_cache *cache = NULL;
    hone_status status;
    double room = bytes / ((double)n * sizeof(float));
    size_t slots = room < (double)least ? least : room < (double)n ? (size_t)room : n;
    if ((status = hone_new(&cache, 1, err)))
        return status;
    cache->source = source, cache->index = index, cache->n = n;
    cache->n_slots = slots < n ? slots : n;
    cache->block = BLOCK_BYTES / (n * sizeof(float)) + LEAST_BLOCK;
    if ((status = hone_new(&cache->blocks, cache->n_slots / cache->block + 1, err)) ||
        (status = hone_new(&cache->slot_of, n, err)) ||
        (status = hone_new(&cache->row_of, cache->n_slots, err)) ||
        (status = hone_new(&cache->asked, cache->n_slots, err)) ||
        (status = hone_new(&cache->missing, cache->n_slots, err)) ||
        (status = hone_new(&cache->missing_rows, cache->n_slots, err)))
        goto done;
    *out = cache, cache = NULL;
done:
    hone_smo_cache_free(cache);
    return status;
}

static float *slot_row(const struct hone_smo_cache *cache, size_t slot) {
    return cache->blocks[slot / cache->block] + slot % cache->block * cache->n;
}

/* A place for a row: a new one while there are any, else the next that this call does not want
 * and that the hand has not passed since it was last wanted. */
static hone_status make_room(struct hone_smo_cache *cache, size_t *out, hone_error *err) {
    if (cache->n_used < cache->n_slots) {
        size_t slot = *out = cache->n_used;
        if (slot % cache->block == 0) {
            size_t left = cache->n_slots - slot, rows = left < cache->block ? left : cache->block;
            hone_status status =
                hone_new2(&cache->blocks[slot / cache->block], rows, cache->n, err);
            if (status != HONE_OK)
                return status;
        }
        cache->n_used++;
        return HONE_OK;
    }
    size_t oldest = SIZE_MAX;
    for (size_t step = 0; step < cache->n_slots; step++) {
        size_t slot = (cache->hand + step) % cache->n_slots;
        if (cache->asked[slot] < oldest)
            oldest = cache->asked[slot], *out = slot;
        if (oldest + 8 < cache->calls)
            break; /* old enough */
    }
    cache->hand = (*out + 1) % cache->n_slots;
    cache->slot_of[cache->row_of[*out]] = 0;
    return HONE_OK;
}

/* ---- filling --------------------------------------------------------------------------------- */

struct filling {
    const struct hone_smo_cache *cache;
    hone_cut cut;
};

static hone_status fill(void *context, size_t chunk, hone_error *err) {
    const struct filling *f = context;
    const struct hone_smo_cache *c = f->cache;
    size_t first = hone_cut_first(f->cut, chunk), width = hone_cut_first(f->cut, chunk + 1) - first;
    for (size_t i = 0; i < c->n_missing;) {
        size_t slot = c->slot_of[c->missing[i]] - 1, run = 1;
        while (i + run < c->n_missing && c->slot_of[c->missing[i + run]] == slot + run + 1 &&
               (slot + run) % c->block != 0)
            run++;
        hone_status status =
            hone_svm_source_block(c->source, c->missing_rows + i, run, c->index + first, width,
                                  slot_row(c, slot) + first, c->n, err);
        if (status != HONE_OK)
            return status;
        i += run;
    }
    return HONE_OK;
}

hone_status hone_smo_cache_get(struct hone_smo_cache *cache, const size_t *wanted, size_t n_wanted,
                               const float **rows, const hone_monitor *mon, hone_error *err) {
    hone_status status = HONE_OK;
    cache->n_missing = 0, cache->calls++;
    for (size_t i = 0; i < n_wanted; i++)
        if (cache->slot_of[wanted[i]])
            cache->asked[cache->slot_of[wanted[i]] - 1] = cache->calls;
    for (size_t i = 0; i < n_wanted; i++) {
        size_t slot = 0;
        if (cache->slot_of[wanted[i]])
            continue;
        if ((status = make_room(cache, &slot, err)))
            return status;
        cache->slot_of[wanted[i]] = slot + 1;
        cache->row_of[slot] = wanted[i], cache->asked[slot] = cache->calls;
        cache->missing[cache->n_missing] = wanted[i];
        cache->missing_rows[cache->n_missing++] = cache->index[wanted[i]];
    }
    if (cache->n_missing) {
        struct filling f = {
            cache, hone_cut_rows(cache->n, cache->n_missing * (cache->source->x.cols + ROW_WORK),
                                 cache->n / LEAST_COLUMNS + 1)};
        status = hone_parallel(f.cut.chunks, fill, &f, mon, err);
    }
    for (size_t i = 0; status == HONE_OK && i < n_wanted; i++)
        rows[i] = slot_row(cache, cache->slot_of[wanted[i]] - 1);
    return status;
}
