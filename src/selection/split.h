/* split.h -- the deals behind hone_split(), and what several of them look at. */
#ifndef HONE_SELECTION_SPLIT_H
#define HONE_SELECTION_SPLIT_H

#include "core/rng.h"

#include <hone/selection.h>

/* ---- deals -------------------------------------------------------------------------------- */

/* Fills folds->fold_of (repeats x n_rows, there), and rank and window where it makes them. The
 * caller has checked that there are rows, folds and all that the scheme needs; HONE_EDATA for what
 * only labels, groups or times can tell. */
typedef hone_status hone_split_deal(const hone_cv *cv, const hone_dataset *data, hone_folds *folds,
                                    hone_error *err);
hone_split_deal hone_split_stratified, hone_split_groups, hone_split_stratified_groups,
    hone_split_times, hone_split_shuffle, hone_split_predefined;

/* The stream of random numbers that shuffles a repeat. */
hone_rng hone_split_rng(const hone_folds *folds, size_t repeat);

/* ---- classes ------------------------------------------------------------------------------ */

/* The classes met in y. */
typedef struct hone_split_classes {
    size_t n;
    double *value;    /* n distinct values of y, ascending */
    size_t *count;    /* n: rows */
    size_t *class_of; /* rows */
} hone_split_classes;

/* HONE_EDATA for a row without a class. Free with hone_split_classes_free(), after a failure too.
 * O(n log n). */
HONE_NODISCARD hone_status hone_split_classes_find(const hone_dataset *data, const char *who,
                                                   hone_split_classes *out, hone_error *err);
void hone_split_classes_free(hone_split_classes *classes);

/* HONE_EDATA when a class has fewer than `least` of what was counted (n counts; "row", "group"). */
HONE_NODISCARD hone_status hone_split_classes_check(const hone_dataset *data,
                                                    const hone_split_classes *classes,
                                                    const size_t *count, const char *what,
                                                    const hone_folds *folds, hone_error *err);

/* Moves rows (n, in an order of which each class keeps its own) so that every run from the start
 * keeps the shares of the classes as well as whole rows can. Looks at n, count and class_of. O(n).
 */
HONE_NODISCARD hone_status hone_split_spread(const hone_split_classes *classes, size_t n,
                                             size_t *order, hone_error *err);

/* The rows 0 .. n-1 shuffled; with classes (or NULL) spread as above. O(n). */
HONE_NODISCARD hone_status hone_split_order(const hone_split_classes *classes, hone_rng *rng,
                                            size_t n, size_t *order, hone_error *err);

/* ---- groups ------------------------------------------------------------------------------- */

/* The groups of the data. */
typedef struct hone_split_groups_met {
    size_t n;
    size_t *size;     /* n: rows, in the order of their codes */
    size_t *group_of; /* rows */
} hone_split_groups_met;

/* HONE_EDATA when they are fewer than folds. Free with hone_split_groups_free(), after a failure
 * too. O(n log n). */
HONE_NODISCARD hone_status hone_split_groups_find(const hone_dataset *data, const hone_folds *folds,
                                                  hone_split_groups_met *out, hone_error *err);
void hone_split_groups_free(hone_split_groups_met *groups);

#endif
