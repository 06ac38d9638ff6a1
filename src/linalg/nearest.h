/* nearest.h -- the rows nearest to a row: the k first, or all within a radius.
 *
 * Distances are kept as ranks, numbers in the same order that are cheaper to compute: a square for
 * the euclidean distance. Every rank is the sum over columns in their order, in double precision,
 * so it has the same bits by any way of searching and in any block of rows; equal ranks are
 * ordered by the number of the row. */
#ifndef HONE_LINALG_NEAREST_H
#define HONE_LINALG_NEAREST_H

#include <hone/matrix.h>
#include <hone/monitor.h>

#include <stdbool.h>

/* rank(x, r), sums over columns j. */
typedef enum hone_rank_kind {
    HONE_RANK_SQUARES,   /* sum (x_j - r_j)^2 */
    HONE_RANK_ABSOLUTES, /* sum |x_j - r_j| */
    HONE_RANK_POWERS,    /* sum |x_j - r_j|^p */
    HONE_RANK_LARGEST,   /* max |x_j - r_j| */
    HONE_RANK_UNEQUAL,   /* sum [x_j != r_j] */
    HONE_RANK_GOWER      /* mean of |x_j - r_j|, or [x_j != r_j] where is_category[j], over the
                            columns that both have; infinite where there is none */
} hone_rank_kind;

/* Rows to search among; borrowed. With n_nodes == 0 they lie as in a matrix, else as
 * hone_kd_build() has left them. */
typedef struct hone_near_rows {
    hone_rank_kind kind;
    double p;                   /* of POWERS */
    const int32_t *is_category; /* width, of GOWER */
    size_t n, width;
    const double *rows;   /* n x width; a tree has HONE_KD_SPARE numbers more */
    const double *center; /* width: a point amid the rows (of SQUARES without a tree) */
    size_t n_nodes;
    const int32_t *order; /* n: which row lies where */
    const double *boxes;  /* n_nodes x 2 width: smallest and largest value of each column */
    const int32_t *least; /* n_nodes: smallest number of a row */
} hone_near_rows;

/* What has been found for one row. */
typedef struct hone_near {
    size_t n, room;
    size_t k;     /* the most to be kept: a heap with the last one on top; 0 = all below bound */
    double bound; /* only ranks below it are taken; NaN while there are fewer than k */
    double *rank;
    int32_t *row;
} hone_near;

/* The k nearest: rank and row have room for k and stay the caller's. */
hone_near hone_near_first(size_t k, double *rank, int32_t *row);
/* All with a rank up to `rank`; free with hone_near_free(). */
hone_near hone_near_within(double rank);
void hone_near_free(hone_near *near);
/* Takes a row into account. Only an unlimited one allocates. */
HONE_NODISCARD hone_status hone_near_offer(hone_near *near, double rank, int32_t row,
                                           hone_error *err);
/* Would this rank and row number come in? */
static inline bool hone_near_wants(const hone_near *near, double rank, int32_t row) {
    return !(rank >= near->bound) || (near->k > 0 && rank == near->bound && row < near->row[0]);
}
/* Puts what was found in order: by rank, then by row. Afterwards nothing can be offered. */
void hone_near_sort(hone_near *near);

/* found[i] for each row of x (x.rows x width): finds what it wants. One thread. By blocks of 16
 * rows x.rows n width operations, or fewer with a tree. */
HONE_NODISCARD hone_status hone_near_search(const hone_near_rows *among, hone_view x,
                                            hone_near *found, hone_error *err);

/* ---- k-d trees ------------------------------------------------------------------------------- */

enum { HONE_KD_SPARE = 8 };

/* Nodes of the tree of n rows with leaves of at most leaf_size: a full binary tree in the order of
 * a heap, children of node i at 2 i + 1 and 2 i + 2, each with half of its rows. */
size_t hone_kd_nodes(size_t n, size_t leaf_size);
/* x (n x width) into a tree of n_nodes nodes. rows (n width + HONE_KD_SPARE): the rows of each leaf
 * together, column by column; order, boxes and least as above. Split at the median of the widest
 * column, equal values by the number of the row. O(n width log n). */
HONE_NODISCARD hone_status hone_kd_build(hone_view x, size_t n_nodes, double *rows, int32_t *order,
                                         double *boxes, int32_t *least, const hone_monitor *mon,
                                         hone_error *err);

#endif
