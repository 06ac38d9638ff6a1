/* bag.h -- which rows and columns a member of a bagging ensemble gets: drawn by the seed and the
 * member's number alone, so that they need not be kept. */
#ifndef HONE_SELECTION_BAG_H
#define HONE_SELECTION_BAG_H

#include <hone/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hone_bag {
    uint64_t seed;
    size_t n, rows;    /* rows there are, and in a bag (repetitions counted) */
    size_t m, columns; /* the same of columns */
    bool repeats_rows; /* with replacement */
    bool repeats_columns;
    const double *weights; /* n: rows are drawn in proportion; only with replacement; or NULL */
    const double *y;       /* n class codes: draw again (100 times at most) until two are there; or
                              NULL */
} hone_bag;

/* count (bag->n): how often each row is in the member's bag. O(n), O(n log n) with weights. */
HONE_NODISCARD hone_status hone_bag_rows(const hone_bag *bag, size_t member, uint32_t *count,
                                         hone_error *err);
/* column (bag->columns): the member's columns, ascending; all in order where all are taken once. */
HONE_NODISCARD hone_status hone_bag_columns(const hone_bag *bag, size_t member, int32_t *column,
                                            hone_error *err);
/* The seed of the member. */
uint64_t hone_bag_seed(const hone_bag *bag, size_t member);

/* Draws of numbers 0 .. n - 1 in proportion to weights >= 0: sums (n) are their running totals. */
void hone_bag_totals(const double *weights, size_t n, double *sums);
size_t hone_bag_pick(const double *sums, size_t n, double uniform);

#endif
