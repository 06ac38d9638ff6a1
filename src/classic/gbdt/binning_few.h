/* binning_few.h -- the distinct numbers of a column, as long as there are few. */
#ifndef HONE_GBDT_BINNING_FEW_H
#define HONE_GBDT_BINNING_FEW_H

#include "classic/gbdt/binning.h"

#include <string.h>

enum { HONE_BINS_MOST = 255, HONE_FEW_SLOTS = 512 };

/* {.limit = at most HONE_BINS_MOST} has none. */
typedef struct hone_few {
    size_t n, limit;              /* n > limit: there are more */
    double value[HONE_BINS_MOST]; /* in the order in which they came */
    uint8_t slot[HONE_FEW_SLOTS]; /* 1 + the place of a value there, by its hash; 0: free */
} hone_few;

/* Which number this is, from 0 on, and limit where there are more. NaN has no place here. */
static inline size_t hone_few_add(hone_few *few, double value) {
    uint64_t bits;
    value += 0.0; /* -0.0 becomes 0.0 */
    memcpy(&bits, &value, sizeof bits);
    size_t at = (size_t)(bits * 0x9E3779B97F4A7C15u >> 55) % HONE_FEW_SLOTS;
    for (; few->slot[at] != 0; at = (at + 1) % HONE_FEW_SLOTS)
        if (few->value[few->slot[at] - 1] == value)
            return few->slot[at] - 1;
    if (few->n >= few->limit)
        return few->n = few->limit + 1, few->limit;
    few->value[few->n] = value;
    few->slot[at] = (uint8_t)++few->n;
    return few->n - 1;
}

/* order (n <= limit): the numbers, ascending; rank: where the i-th that came stands among them. */
void hone_few_sort(const hone_few *few, double *order, uint8_t rank[HONE_BINS_MOST]);

#endif
