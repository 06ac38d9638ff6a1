/* clusters.h -- the one table of metrics of clusters, and what they share.
 *
 * A new one is one row of HONE_CLUSTER_METRICS and one function hone_cluster_<name>(), which can
 * rely on what hone_cluster_metric_compute() promises to look at. */
#ifndef HONE_METRICS_CLUSTERS_H
#define HONE_METRICS_CLUSTERS_H

#include "metrics/metrics.h"

#include <hone/clustering.h>

/* clang-format off */
/* name, is greater better, needs, help; in the order in which they are shown. */
#define HONE_CLUSTER_METRICS(X) \
    X(silhouette,             true,  ROWS,  "mean over rows of how much nearer the own cluster is than the next, -1 .. 1") \
    X(davies_bouldin,         false, ROWS,  "mean over clusters of the worst (spread + spread) / distance of centres") \
    X(calinski_harabasz,      true,  ROWS,  "variance between clusters over variance within them") \
    X(adjusted_rand,          true,  TRUTH, "share of pairs of rows on which both groupings agree, 0 = by chance") \
    X(rand,                   true,  TRUTH, "share of pairs of rows on which both groupings agree") \
    X(adjusted_mutual_info,   true,  TRUTH, "mutual information, 0 = by chance, 1 = the same grouping") \
    X(normalized_mutual_info, true,  TRUTH, "mutual information over the mean entropy of both groupings") \
    X(mutual_info,            true,  TRUTH, "mutual information in nats") \
    X(homogeneity,            true,  TRUTH, "is each cluster of one class? 1 = yes") \
    X(completeness,           true,  TRUTH, "is each class in one cluster? 1 = yes") \
    X(v_measure,              true,  TRUTH, "harmonic mean of homogeneity and completeness") \
    X(fowlkes_mallows,        true,  TRUTH, "geometric mean of precision and recall over pairs of rows")
/* clang-format on */

#define HONE_DECLARE_CLUSTER_METRIC(name, greater, needs, help)                                 \
    hone_status hone_cluster_##name(const hone_clustering *clustering, const hone_monitor *mon, \
                                    double *out, const char **why, hone_error *err);
HONE_CLUSTER_METRICS(HONE_DECLARE_CLUSTER_METRIC)
#undef HONE_DECLARE_CLUSTER_METRIC

/* Labels as codes: clusters are numbered in the order of their labels. */
typedef struct hone_partition {
    size_t n, k;
    size_t *code; /* n */
    size_t *size; /* k: rows of each */
} hone_partition;
/* HONE_EDATA for NaN, row and `what` named. Free with hone_partition_free(). O(n). */
HONE_NODISCARD hone_status hone_partition_make(const char *what, const double *label, size_t n,
                                               hone_partition *out, hone_error *err);
void hone_partition_free(hone_partition *groups);
/* Why distances say nothing about so many clusters of so many rows, or NULL. */
const char *hone_partition_obstacle(const hone_partition *groups);
/* Finite cells everywhere; `who` is named in the message with row and column. O(n m). */
HONE_NODISCARD hone_status hone_cells_check(const char *who, hone_view x, hone_error *err);

#endif
