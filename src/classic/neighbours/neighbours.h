/* neighbours.h -- shared by the estimators that answer from the rows nearest to a row. */
#ifndef HONE_NEIGHBOURS_NEIGHBOURS_H
#define HONE_NEIGHBOURS_NEIGHBOURS_H

#include "core/estimator_impl.h"
#include "linalg/nearest.h"

enum neighbours_metric {
    NEIGHBOURS_MINKOWSKI,
    NEIGHBOURS_EUCLIDEAN,
    NEIGHBOURS_MANHATTAN,
    NEIGHBOURS_CHEBYSHEV,
    NEIGHBOURS_COSINE,
    NEIGHBOURS_HAMMING,
    NEIGHBOURS_HAVERSINE,
    NEIGHBOURS_GOWER
};
enum neighbours_algorithm { NEIGHBOURS_AUTO, NEIGHBOURS_BRUTE, NEIGHBOURS_KD_TREE };
enum neighbours_weights { NEIGHBOURS_UNIFORM, NEIGHBOURS_DISTANCE };

/* Each estimator has rows for those that it uses. */
struct neighbours_params {
    hone_mixed n_neighbors; /* word 0: auto */
    int k;                  /* n_neighbors where there is no auto */
    int max_neighbors;
    double radius;
    int weights, outliers;
    int algorithm, leaf_size, metric;
    double p;
};
extern const char *const hone_neighbours_metrics[], *const hone_neighbours_algorithms[],
                                                        *const hone_neighbours_weights[];

/* Rows of the tables that all of them have. */
/* clang-format off */
#define NEIGHBOURS_SEARCH_PARAMS \
    HONE_ENUM(neighbours_params, metric, "minkowski", hone_neighbours_metrics, \
              "distance; haversine takes latitude and longitude in radians, gower categories and missing values"), \
    HONE_REAL(neighbours_params, p, 2, "[1, inf]", "power of minkowski: 1 manhattan, 2 euclidean, inf chebyshev"), \
    HONE_ENUM(neighbours_params, algorithm, "auto", hone_neighbours_algorithms, \
              "how to search: brute compares with every row; auto takes a tree for few columns"), \
    HONE_INT(neighbours_params, leaf_size, 30, "[1, inf)", "most rows of a leaf of the tree")
/* clang-format on */

/* Counts come first: they measure what follows. What is not there has a count of 0. */
struct neighbours_state {
    size_t n_rows, n_cols, n_classes, n_neighbors;
    size_t width, n_numbers, n_center, n_order, n_nodes, n_bounds;
    size_t n_scale, n_y, n_weights, n_prior, n_tried;
    double *rows, *center, *boxes;
    int32_t *order, *least;
    double *scale;
    int32_t *is_category;
    double *y, *weights, *prior, *loo_error;
};
extern const hone_attr hone_neighbours_attrs[];

/* ---- distances (space.c) -----------------------------------------------------------------------
 * Rows are mapped into a space where the metric is a rank of nearest.h. */

hone_rank_kind hone_neighbours_rank_kind(const struct neighbours_params *p);
size_t hone_neighbours_width(const struct neighbours_params *p, size_t n_cols);
/* Does hone_neighbours_map() change anything? */
bool hone_neighbours_maps(const struct neighbours_params *p);
/* out: x.rows x width. `asked`: rows that are asked about, not those of the fit. */
void hone_neighbours_map(const struct neighbours_params *p, const struct neighbours_state *s,
                         hone_view x, bool asked, double *out);
double hone_neighbours_distance(const struct neighbours_params *p, size_t width, double rank);
/* The rank up to which distances are at most `radius`. */
double hone_neighbours_rank(const struct neighbours_params *p, size_t width, double radius);

/* ---- fit (fit.c) ---------------------------------------------------------------------------- */

/* Keeps the rows, for `who`, and with `target` what the data say of it; s->n_neighbors is k. */
HONE_NODISCARD hone_status hone_neighbours_fit(const char *who, const struct neighbours_params *p,
                                               const hone_dataset *data, bool target, size_t k,
                                               const hone_monitor *mon, struct neighbours_state *s,
                                               hone_error *err);
HONE_NODISCARD hone_status hone_neighbours_validate(const struct neighbours_params *p,
                                                    const struct neighbours_state *s, size_t n_cols,
                                                    size_t n_classes, hone_error *err);
/* The slot check: parameters that exclude each other. */
hone_status hone_neighbours_check(const void *params, hone_error *err);
/* What the metric adds to the tags of a class. */
unsigned hone_neighbours_tags(const struct neighbours_params *p);

/* ---- use ------------------------------------------------------------------------------------ */

/* What has been found for row i: in order, near->rank holding distances. */
typedef hone_status neighbours_use(void *context, size_t i, const hone_near *near, hone_error *err);
/* Finds the k nearest of each row of x, or with k == 0 all within `radius`. One thread. */
HONE_NODISCARD hone_status hone_neighbours_find(const struct neighbours_params *p,
                                                const struct neighbours_state *s, hone_view x,
                                                size_t k, double radius, neighbours_use *use,
                                                void *context, hone_error *err);

/* The weight of the vote of near->row[i]. */
double hone_neighbours_vote(const struct neighbours_params *p, const struct neighbours_state *s,
                            const hone_near *near, size_t i);
/* proba (n_classes): votes, summing to 1; false without a vote. */
bool hone_neighbours_proba(const struct neighbours_params *p, const struct neighbours_state *s,
                           const hone_near *near, double *proba);
/* The weighted mean of y; NaN without a vote. */
double hone_neighbours_mean(const struct neighbours_params *p, const struct neighbours_state *s,
                            const hone_near *near);

/* s->loo_error of k = 1 .. n_tried, each row judged by the others, and s->n_neighbors with the
 * least (the smallest of equals). One search. */
HONE_NODISCARD hone_status hone_neighbours_choose(const struct neighbours_params *p, hone_view x,
                                                  const hone_monitor *mon,
                                                  struct neighbours_state *s, hone_error *err);

#endif
