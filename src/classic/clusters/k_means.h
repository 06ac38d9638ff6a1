/* k_means.h -- what the files of k-means share: the rows, where to begin, and how to go on.
 *
 * References: Lloyd 1982; Arthur & Vassilvitskii 2007 (k-means++); Raff 2021 (without needless
 * distances); Hamerly 2010, Ding et al. 2015 (bounds on distances). */
#ifndef HONE_CLUSTERS_K_MEANS_H
#define HONE_CLUSTERS_K_MEANS_H

#include "classic/clusters/centers.h"
#include "core/estimator_impl.h"
#include "linalg/linalg.h"

#include <hone/monitor.h>

/* Rows to be clustered, in both precisions. */
typedef struct hone_means_rows {
    hone_view x;
    const double *w; /* n or NULL */
    hone_frame frame;
    float *flat; /* n x m */
    hone_cut cut;
} hone_means_rows;

/* x and w are borrowed; free with hone_means_rows_free(), also after a failure. */
HONE_NODISCARD hone_status hone_means_rows_make(hone_view x, const double *w, hone_means_rows *out,
                                                const hone_monitor *mon, hone_error *err);
void hone_means_rows_free(hone_means_rows *rows);

static inline double hone_means_weight(const hone_means_rows *rows, size_t i) {
    return rows->w ? rows->w[i] : 1;
}

/* ---- models (k_means_model.c) ---------------------------------------------------------------- */

/* The state of all kinds of k-means. */
struct hone_means_state {
    size_t n_clusters, n_columns, n_rows;
    double *cluster_centers, *counts, *labels;
    double inertia;
    size_t n_iter, n_steps, n_repaired;
};

/* clang-format off */
/* Rows of the table of attributes that all have. */
#define HONE_MEANS_ATTRS \
    HONE_COUNT (hone_means_state, n_clusters,                             "number of clusters"), \
    HONE_COUNT (hone_means_state, n_columns,                              "number of columns"), \
    HONE_COUNT (hone_means_state, n_rows,                                 "number of rows"), \
    HONE_ARRAY (hone_means_state, cluster_centers, n_clusters, n_columns, "the centres"), \
    HONE_VECTOR(hone_means_state, counts, n_clusters,                     "weight of the rows that each centre is the mean of"), \
    HONE_VECTOR(hone_means_state, labels, n_rows,                         "cluster of each row that it learnt from"), \
    HONE_NUMBER(hone_means_state, inertia,                                "weighted sum of squared distances to the nearest centres"), \
    HONE_COUNT (hone_means_state, n_iter,                                 "iterations")
/* clang-format on */

/* Room in a zeroed state, but for labels; HONE_EDATA when there are fewer rows than clusters. */
HONE_NODISCARD hone_status hone_means_state_make(struct hone_means_state *s, const char *who,
                                                 size_t k, size_t n, size_t m, hone_error *err);
/* The end of a fit slot: labels, counts and inertia; HONE_ENUMERIC when that is not finite. */
HONE_NODISCARD hone_status hone_means_keep(struct hone_means_state *s, const char *who,
                                           const double *w, const uint32_t *label, double inertia,
                                           hone_error *err);
/* label (x.rows): the nearest of k centres, and the sum of w |x - c|^2. O(n m k). */
HONE_NODISCARD hone_status hone_means_assign(const double *center, size_t k, hone_view x,
                                             const double *w, uint32_t *label, double *inertia,
                                             const hone_monitor *mon, hone_error *err);
/* Slots. transform gives the distances to the centres. */
hone_status hone_means_predict(const void *params, const void *state, hone_view x, double *out,
                               hone_error *err);
hone_status hone_means_transform(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err);
hone_status hone_means_output_schema(const void *params, const void *state,
                                     const hone_schema *input, hone_schema **out, hone_error *err);
hone_status hone_means_validate(const void *params, const void *state, size_t n_cols,
                                size_t n_classes, hone_error *err);

/* ---- means (k_means_sums.c) ------------------------------------------------------------------ */

/* Chunks of rows begin at multiples of it, and so do blocks of 256 or 240. */
enum { HONE_MEANS_UNIT = 256 * 15 };

/* What the rows of each cluster add up to. Owned, but for rows. */
typedef struct hone_means_sums {
    const hone_means_rows *rows;
    size_t k;
    double *from;    /* k x m: where the centres were when the sums were made */
    double *sum;     /* chunks x k x m: of w (x - from) */
    double *weight;  /* chunks x k */
    size_t *count;   /* chunks x k */
    double *mean;    /* k x m, by hone_means_average() */
    double *total;   /* k: all weight, likewise */
    size_t *rows_of; /* k: all rows, likewise */
} hone_means_sums;

/* Free with hone_means_sums_free(), also after a failure. */
HONE_NODISCARD hone_status hone_means_sums_make(const hone_means_rows *rows, size_t k,
                                                hone_means_sums *out, hone_error *err);
void hone_means_sums_free(hone_means_sums *sums);
/* Sums made anew from labels (n), around the centres that are there. O(n m). */
HONE_NODISCARD hone_status hone_means_count(const hone_means_sums *sums, const uint32_t *label,
                                            const double *center, const hone_monitor *mon,
                                            hone_error *err);
/* Row i, of this chunk, changes its cluster. O(m). */
void hone_means_move_row(const hone_means_sums *sums, size_t chunk, size_t i, size_t from,
                         size_t to);
/* Fills mean, total and rows_of; without rows a mean is the centre. O(chunks k m). */
void hone_means_average(const hone_means_sums *sums, const double *center);
/* |x - center|^2. */
double hone_means_square(const double *x, const double *center, size_t m);
/* The row furthest from its centre among those that are not alone there; n if there is none.
 * O(n m). */
size_t hone_means_furthest(const hone_means_sums *sums, const uint32_t *label,
                           const double *center);

/* ---- beginnings (k_means_init.c) ------------------------------------------------------------- */

/* Rows to begin with, drawn by their weights. chosen: k row numbers, of distinct rows. HONE_EDATA
 * when there are fewer of these. O(n + k^2 m) as a rule. */
HONE_NODISCARD hone_status hone_means_random(const hone_means_rows *rows, size_t k, uint64_t seed,
                                             uint64_t run, size_t *chosen, hone_error *err);
/* The same by k-means++: a row is drawn by the square of its distance to those that were drawn
 * before it; of 2 + log k draws the one is taken that lowers the sum of squares most. label (n):
 * which one is nearest to each row; *labelled tells whether that is so. At most O(n m k). */
HONE_NODISCARD hone_status hone_means_plus_plus(const hone_means_rows *rows, size_t k,
                                                uint64_t seed, uint64_t run, size_t *chosen,
                                                uint32_t *label, bool *labelled,
                                                const hone_monitor *mon, hone_error *err);

/* ---- iterations (k_means_lloyd.c) ------------------------------------------------------------ */

/* Groups of centres with one bound each per row; 0 is no bounds: every distance is computed. */
typedef struct hone_means_plan {
    size_t k, groups, group_tiles;
    int max_iter;
    double tol; /* on the sum of squares by which the centres move */
} hone_means_plan;

/* What a run gives. The caller owns center (k x m) and label (n). */
typedef struct hone_means_run {
    double *center;
    uint32_t *label;
    bool labelled; /* label holds the nearest centres already */
    double inertia;
    int n_iter;
    size_t n_repaired;
    bool converged;
} hone_means_run;

/* From the centres in `run` to where no row changes its centre. The same bits for any plan. */
HONE_NODISCARD hone_status hone_means_lloyd(const hone_means_rows *rows,
                                            const hone_means_plan *plan, hone_means_run *run,
                                            const hone_monitor *mon, hone_error *err);

#endif
