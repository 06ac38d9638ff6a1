/* binning_few.c -- sorts few numbers by counting for each how many are smaller: no branch hangs on
 * them, and the loop runs over a register of them at once. Cost: O(n^2), for n <= 255. */
#include "classic/gbdt/binning_few.h"

#include "core/clones.h"

HONE_CLONES
static void count_smaller(const double *restrict value, size_t n, int64_t *restrict smaller) {
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            smaller[i] += value[k] < value[i];
}

void hone_few_sort(const hone_few *few, double *order, uint8_t rank[HONE_BINS_MOST]) {
    int64_t smaller[HONE_BINS_MOST];
    memset(smaller, 0, few->n * sizeof *smaller);
    count_smaller(few->value, few->n, smaller);
    for (size_t i = 0; i < few->n; i++) {
        order[smaller[i]] = few->value[i];
        rank[i] = (uint8_t)smaller[i];
    }
}
