/* clustering.h -- how good a clustering is: beside known classes, or by its distances alone.
 *
 * Undefined is NaN with the reason, as in metrics.h. */
#ifndef HONE_CLUSTERING_H
#define HONE_CLUSTERING_H

#include <stdbool.h>

#include <hone/estimator.h>

HONE_BEGIN_DECLS

/** A clustering of n rows; borrowed. Labels are any numbers, equal = together (the -1 of noise is a
 *  cluster like any other). */
typedef struct hone_clustering {
    size_t n;
    const double *label; /**< n */
    const double *truth; /**< n: the other grouping, or NULL */
    hone_view x;         /**< n x m: the rows that were clustered; data NULL = not there */
} hone_clustering;

/** What a metric of clusters looks at beside the labels. */
typedef enum hone_cluster_needs { HONE_NEEDS_TRUTH, HONE_NEEDS_ROWS } hone_cluster_needs;

/** One row of the table of metrics of clusters. */
typedef struct hone_cluster_metric {
    const char *name; /**< "silhouette" */
    bool greater_is_better;
    hone_cluster_needs needs;
    const char *help;
    /** The value, or NaN with `*why` set to static text when undefined. O(n m), but the
     *  silhouette: O(n^2 m). */
    hone_status (*compute)(const hone_clustering *clustering, const hone_monitor *mon, double *out,
                           const char **why, hone_error *err);
} hone_cluster_metric;

HONE_API size_t hone_cluster_metric_count(void);
/** Row i of the table; NULL past its end. */
HONE_API const hone_cluster_metric *hone_cluster_metric_at(size_t i);
/** HONE_ENAME with the nearest name suggested. */
HONE_API HONE_NODISCARD hone_status hone_cluster_metric_find(const char *name,
                                                             const hone_cluster_metric **out,
                                                             hone_error *err);
/** Computes a metric after checking what it looks at: HONE_EDATA, with the row named, for no rows,
 * a label that is NaN, a cell that is not finite, as many rows of x as not n, or a part that is not
 *  there. `*why` (NULL allowed) is set to the reason when undefined, else to NULL. The same bits
 *  for any number of threads. */
HONE_API HONE_NODISCARD hone_status hone_cluster_metric_compute(const hone_cluster_metric *metric,
                                                                const hone_clustering *clustering,
                                                                const hone_monitor *mon,
                                                                double *out, const char **why,
                                                                hone_error *err);

/** The silhouette of each row: (b - a) / max(a, b), a its mean distance to the rows of its own
 *  cluster, b to those of the nearest other one; 0 for a row alone in its cluster. out: n.
 *  HONE_EDATA like hone_cluster_metric_compute(), and for less than two clusters.
 *  O(n^2 m). Reference: Rousseeuw 1987. */
HONE_API HONE_NODISCARD hone_status hone_silhouette_rows(hone_view x, const double *label,
                                                         double *out, const hone_monitor *mon,
                                                         hone_error *err);

/* ---- how many clusters ----------------------------------------------------------------------- */

/** How well one number of clusters fits. */
typedef struct hone_k_row {
    size_t k;
    double inertia;
    double silhouette; /**< more is better; NaN for one cluster */
    double gap;        /**< log inertia of rows without clusters, less that of these; NaN without
                            references */
    double gap_error;  /**< standard error of the gap's simulation */
    double bic;        /**< of round normal clusters of one width: less is better */
} hone_k_row;

/** What the criteria say of each number. Owned; free with hone_k_choice_free(). */
typedef struct hone_k_choice {
    size_t n;                     /**< numbers tried, ascending */
    hone_k_row *rows;             /**< n */
    size_t by_silhouette, by_bic; /**< the best k */
    size_t by_gap; /**< the least k whose gap is within one error of the next one's; 0 = none */
    size_t silhouette_rows; /**< rows that the silhouette looks at: at most 4000, drawn */
} hone_k_choice;

/** Fits k_min .. k_max clusters and judges each. `est`: an unfitted clusterer with a parameter
 *  n_clusters and an attribute inertia, or a pipeline that ends in one; the steps before it are
 *  fitted once. References: sets of rows drawn evenly from the box of the columns (at most 5000
 *  rows each) for the gap; 0 = no gap. No criterion proves that there are clusters: each takes
 *  round groups of like width for granted. HONE_EINVAL, HONE_EDATA or HONE_EUNSUPPORTED with a
 * sentence. Cost: k_max - k_min + 1 times (1 + references) fits. References: Rousseeuw 1987;
 * Tibshirani, Walther & Hastie 2001; Pelleg & Moore 2000. */
HONE_API HONE_NODISCARD hone_status hone_choose_k(const hone_estimator *est,
                                                  const hone_dataset *data, size_t k_min,
                                                  size_t k_max, size_t references, uint64_t seed,
                                                  hone_k_choice *out, const hone_monitor *mon,
                                                  hone_error *err);
/** Frees what the choice holds and empties it. */
HONE_API void hone_k_choice_free(hone_k_choice *choice);

HONE_END_DECLS
#endif
