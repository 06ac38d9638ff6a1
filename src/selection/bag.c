/* bag.c -- see bag.h.
 *
 *     with replacement:     rows draws, each uniform or P(i) = w_i / sum w
 *     without:              the first of a Fisher-Yates shuffle                                */
#include "selection/bag.h"

#include "core/alloc.h"
#include "core/rng.h"

#include <string.h>

enum { ROW_STREAM = 0x626701, COLUMN_STREAM = 0x626702, MEMBER_STREAM = 0x626703 };
enum { MOST_TRIES = 100 };

void hone_bag_totals(const double *weights, size_t n, double *sums) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sums[i] = sum += weights[i];
}

/* The first i with sums[i] > u sums[n - 1]: what weighs nothing is never picked. */
size_t hone_bag_pick(const double *sums, size_t n, double uniform) {
    double at = uniform * sums[n - 1];
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sums[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* `taken` of n items, each once; count: zeroed. */
static hone_status draw_some(hone_rng *rng, size_t n, size_t taken, uint32_t *count,
                             hone_error *err) {
    size_t *order = NULL;
    hone_status status = hone_new(&order, n, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = 0; i < taken; i++) {
        size_t j = i + hone_rng_below(rng, n - i), item = order[j];
        order[j] = order[i];
        order[i] = item;
        count[item] = 1;
    }
    hone_release(order);
    return HONE_OK;
}

static hone_status draw(hone_rng *rng, const hone_bag *bag, const double *sums, uint32_t *count,
                        hone_error *err) {
    memset(count, 0, bag->n * sizeof *count);
    if (!bag->repeats_rows)
        return draw_some(rng, bag->n, bag->rows, count, err);
    for (size_t i = 0; i < bag->rows; i++)
        count[sums ? hone_bag_pick(sums, bag->n, hone_rng_uniform(rng))
                   : hone_rng_below(rng, bag->n)]++;
    return HONE_OK;
}

static bool has_two_classes(const double *y, const uint32_t *count, size_t n) {
    size_t first = 0;
    while (first < n && !count[first])
        first++;
    for (size_t i = first; i < n; i++)
        if (count[i] && y[i] != y[first])
            return true;
    return false;
}

hone_status hone_bag_rows(const hone_bag *bag, size_t member, uint32_t *count, hone_error *err) {
    hone_rng rng = hone_rng_at(bag->seed, hone_rng_stream(ROW_STREAM, member));
    double *sums = NULL;
    hone_status status = HONE_OK;
    if (bag->weights && bag->repeats_rows) {
        if ((status = hone_new(&sums, bag->n, err)) != HONE_OK)
            return status;
        hone_bag_totals(bag->weights, bag->n, sums);
    }
    for (int tries = 0; status == HONE_OK && tries < MOST_TRIES; tries++) {
        status = draw(&rng, bag, sums, count, err);
        if (!bag->y || has_two_classes(bag->y, count, bag->n))
            break;
    }
    hone_release(sums);
    return status;
}

hone_status hone_bag_columns(const hone_bag *bag, size_t member, int32_t *column, hone_error *err) {
    hone_rng rng = hone_rng_at(bag->seed, hone_rng_stream(COLUMN_STREAM, member));
    uint32_t *count = NULL;
    hone_status status = hone_new(&count, bag->m, err);
    if (status == HONE_OK && !bag->repeats_columns)
        status = draw_some(&rng, bag->m, bag->columns, count, err);
    for (size_t i = 0; status == HONE_OK && bag->repeats_columns && i < bag->columns; i++)
        count[hone_rng_below(&rng, bag->m)]++;
    for (size_t j = 0, at = 0; status == HONE_OK && j < bag->m; j++)
        for (uint32_t c = 0; c < count[j]; c++)
            column[at++] = (int32_t)j;
    hone_release(count);
    return status;
}

uint64_t hone_bag_seed(const hone_bag *bag, size_t member) {
    hone_rng rng = hone_rng_at(bag->seed, hone_rng_stream(MEMBER_STREAM, member));
    return hone_rng_next(&rng);
}
