/* nearest_impl.h -- shared by the files that search for near rows. */
#ifndef HONE_LINALG_NEAREST_IMPL_H
#define HONE_LINALG_NEAREST_IMPL_H

#include "linalg/nearest.h"

/* Rows of x that are compared at once, side by side in registers; a `tile` is their numbers
 * transposed (width x HONE_TILE), what is missing of the last tile repeats its last row. */
enum { HONE_TILE = 16 };

/* ranks (count x HONE_TILE, with room for 2 rows more) of `count` rows that follow one another. */
void hone_ranks_of_tile(const hone_near_rows *among, const double *tile, const double *rows,
                        size_t count, double *ranks);
/* Which of `count` rows of ranks hold one below bound (HONE_TILE, no NaN): their numbers to hits,
 * ascending; returns how many. (Maybe more, where ranks and bounds are infinite.) */
size_t hone_ranks_below(const double *ranks, size_t count, const double *bound, uint32_t *hits);
/* ranks (count, with HONE_KD_SPARE more) of x to a leaf: `count` rows, column by column. */
void hone_ranks_of_leaf(const hone_near_rows *among, const double *x, const double *leaf,
                        size_t count, double *ranks);
/* A lower limit of the rank of x to whatever lies in a box (2 width: smallest, largest). Never
 * above a rank as computed, to the last bit. */
double hone_rank_of_box(const hone_near_rows *among, const double *x, const double *box);
/* sum_j (x_j - r_j)^2 in the order of j. */
static inline double hone_rank_squares(size_t width, const double *x, const double *r) {
    double sum = 0;
    for (size_t j = 0; j < width; j++)
        sum += (x[j] - r[j]) * (x[j] - r[j]);
    return sum;
}

/* found for the rows of x, by a walk through the tree. */
HONE_NODISCARD hone_status hone_kd_search(const hone_near_rows *among, hone_view x,
                                          hone_near *found, hone_error *err);

#endif
