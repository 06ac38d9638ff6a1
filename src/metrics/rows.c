/* rows.c -- mean = sum_i w_i t_i / sum_i w_i over rows, for any term t_i of a row.
 *
 * Terms are made in blocks that stay in cache, so that the loop of a metric is plain and fast.
 * Cost: O(n), no memory. */
#include "metrics/metrics.h"

#include "core/sum.h"

enum { BLOCK = 256 };

double hone_row_mean(const hone_outcome *outcome, hone_row_terms *terms, const void *with) {
    double term[BLOCK];
    hone_sum sum = {0};
    const double *weight = outcome->weight;
    for (size_t first = 0; first < outcome->n; first += BLOCK) {
        size_t n = outcome->n - first < BLOCK ? outcome->n - first : BLOCK;
        terms(outcome, with, first, n, term);
        for (size_t i = 0; weight && i < n; i++)
            term[i] *= weight[first + i];
        hone_sum_add(&sum, hone_sum_of(term, n));
    }
    return hone_sum_value(sum) / (weight ? hone_sum_of(weight, outcome->n) : (double)outcome->n);
}
