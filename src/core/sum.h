/* sum.h -- sums that keep the digits that plain addition loses.
 *
 * Neumaier's variant of Kahan summation: the error stays near one rounding whatever the number of
 * terms and their order of size; integers below 2^53 are exact. Infinite and NaN terms come
 * through as such.   Reference: Neumaier 1974. */
#ifndef HONE_CORE_SUM_H
#define HONE_CORE_SUM_H

#include <math.h>
#include <stddef.h>

typedef struct hone_sum {
    double high, low;
} hone_sum; /* {0, 0} is zero */

static inline void hone_sum_add(hone_sum *sum, double term) {
    double total = sum->high + term;
    sum->low +=
        fabs(sum->high) >= fabs(term) ? (sum->high - total) + term : (term - total) + sum->high;
    sum->high = total;
}

static inline double hone_sum_value(hone_sum sum) {
    return isfinite(sum.high) ? sum.high + sum.low : sum.high;
}

/* Of n terms, for which the order of addition is free: eight running sums for each block of 256,
 * so that the loop runs at the speed of memory; the blocks are then added as above. */
double hone_sum_of(const double *terms, size_t n);

#endif
