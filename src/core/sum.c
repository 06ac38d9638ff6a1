/* sum.c -- see sum.h. Error: that of 256 / 8 + 3 plain additions within a block, one rounding
 * over the blocks. Cost: O(n), one pass. */
#include "core/sum.h"

enum { BLOCK = 256, LANES = 8 };

/* n <= BLOCK. */
static double block_sum(const double *terms, size_t n) {
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += terms[i + j];
    for (size_t j = 0; i < n; i++, j++)
        lane[j] += terms[i];
    return ((lane[0] + lane[4]) + (lane[1] + lane[5])) +
           ((lane[2] + lane[6]) + (lane[3] + lane[7]));
}

double hone_sum_of(const double *terms, size_t n) {
    hone_sum sum = {0};
    for (size_t first = 0; first < n; first += BLOCK)
        hone_sum_add(&sum, block_sum(terms + first, n - first < BLOCK ? n - first : BLOCK));
    return hone_sum_value(sum);
}
