/* contingency.h -- two groupings of the same rows, crossed. */
#ifndef HONE_METRICS_CONTINGENCY_H
#define HONE_METRICS_CONTINGENCY_H

#include "metrics/clusters.h"

/* Only the pairs of groups that share a row: at most n of them. */
typedef struct hone_contingency {
    hone_partition truth, label;
    size_t cells;
    size_t *count; /* cells: rows in both groups, > 0 */
    size_t *from;  /* cells: the group in truth */
    size_t *to;    /* cells: the group in label */
} hone_contingency;

/* Free with hone_contingency_free(). O(n). */
HONE_NODISCARD hone_status hone_contingency_make(const hone_clustering *clustering,
                                                 hone_contingency *out, hone_error *err);
void hone_contingency_free(hone_contingency *table);

/* Expected mutual information of two groupings with these sizes, the rows dealt out at random.
 * O(distinct sizes of one x distinct sizes of the other x the spread of a cell). */
HONE_NODISCARD hone_status hone_expected_mutual_info(const hone_partition *a,
                                                     const hone_partition *b, double *out,
                                                     hone_error *err);

#endif
