/* chain.h -- curves as chains of points: thinned without a change of their area, and averaged. */
#ifndef HONE_REPORT_CHAIN_H
#define HONE_REPORT_CHAIN_H

#include <hone/metrics.h>

/* Points joined by straight lines, x ascending; equal x make a jump. Owned: free with
 * hone_chain_free(). Zeroed = empty. */
typedef struct hone_chain {
    size_t n;
    double *x, *y;
    size_t n_before; /* points before thinning */
} hone_chain;

void hone_chain_free(hone_chain *chain);
/* n points at (0, 0). */
HONE_NODISCARD hone_status hone_chain_make(size_t n, hone_chain *out, hone_error *err);
/* A copy of n points. */
HONE_NODISCARD hone_status hone_chain_of(const double *x, const double *y, size_t n,
                                         hone_chain *out, hone_error *err);
/* Area under the curve. O(n). */
double hone_chain_area(const hone_chain *chain);
/* Leaves at most about `most` points (>= 8) and the area as it was, to rounding; see chain.c. O(n).
 */
void hone_chain_thin(hone_chain *chain, size_t most);

/* Leaves at most `most` points, evenly among all, the ends too: for bands, whose two sides must
 * keep the same places. O(most). */
void hone_chain_sample(hone_chain *chain, size_t most);

/* The mean over `n` curves that all reach from x = 0 to x = 1: at every x where one of them bends,
 * the mean of their values. So its area is the mean of their areas. low, high (both or none NULL):
 * on the same points, mean -+ width times the standard deviation over the curves, cut to [0, 1].
 * O(points log n). */
HONE_NODISCARD hone_status hone_chain_mean(const hone_chain *chains, size_t n, double width,
                                           hone_chain *out, hone_chain *low, hone_chain *high,
                                           hone_error *err);

#endif
