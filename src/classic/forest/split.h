/* split.h -- the best question that a node of a decision tree can ask.
 *
 * A row is two numbers, its weight and its value: w and w y of a target (0 and 1 for two classes,
 * whose Gini impurity is twice the variance), or w and the code of one of K > 2 classes. Both lie
 * on a grid on which sums have no rounding: equal partitions win equally, whatever their order. */
#ifndef HONE_FOREST_SPLIT_H
#define HONE_FOREST_SPLIT_H

#include "classic/gbdt/binning.h"
#include "core/rng.h"

enum { HONE_FEW_ROWS = 192 }; /* of a node: up to so many it pays to note which bins are met */

typedef struct hone_row_stat {
    double weight, value;
} hone_row_stat;

enum hone_impurity { HONE_GINI, HONE_ENTROPY, HONE_SQUARED_ERROR };

/* Smallest and largest number in each bin of a column, and half-way between: thresholds lie
 * half-way between those of neighbours. Of few numbers each has its bin: all three are the same. */
typedef struct hone_bin_range {
    double *low, *high, *middle; /* n_bins each */
} hone_bin_range;

/* What all nodes of all trees share. Borrowed. */
typedef struct hone_split_rules {
    const hone_bins *bins;
    const hone_bin_range *range; /* cols */
    size_t n_classes;            /* 0 for values */
    enum hone_impurity criterion;
    size_t max_features;     /* columns that a node looks at */
    size_t min_samples_leaf; /* rows, however often they were drawn */
    bool random;             /* one threshold per column, by chance */
} hone_split_rules;

/* Are two sums all that there is to know of a node? */
static inline bool hone_in_pairs(const hone_split_rules *rules) {
    return rules->n_classes <= 2;
}

/* Rows row[0 .. n-1] of a node, with what they are read from: the whole data, column by column, or
 * a copy of the node's, row by row. */
typedef struct hone_node_rows {
    const uint8_t *bin; /* of row i and column j: bin[i * row_step + j * column_step] */
    size_t row_step, column_step;
    const hone_row_stat *stat; /* n, as row */
    const uint32_t *row;       /* n */
    size_t n;
} hone_node_rows;

typedef struct hone_tree_split {
    double gain; /* weight of the node x what its impurity falls by */
    size_t column;
    double threshold;  /* of a number */
    uint64_t left[4];  /* bins that go left */
    bool missing_left; /* also: what the node has not met goes left */
    double left_weight, left_value;
} hone_tree_split;

/* A bin that rows of the node are in. */
struct slot {
    double weight, value;
    uint32_t n, bin; /* n: rows, where they must be counted */
};

/* A candidate: the slots 0 .. last go left, and missing values if told so. */
struct cut {
    double score; /* the node's weight x gain, up to what all cuts of a node share */
    size_t last;
    bool missing_left, pure; /* pure: nothing is better */
    double weight, value;    /* of the left side */
};

typedef struct hone_splitter {
    const hone_split_rules *rules;
    double min_weight_leaf;
    /* the node */
    double weight, value;
    size_t k;        /* classes on its rows; of K > 2, as all that follows */
    uint32_t *met;   /* k: which these are, in the order of the rows */
    uint32_t *place; /* n_classes: 1 + where in met, else 0 */
    uint32_t *at;    /* rows of the node: place of their class, from 0 */
    double *total;   /* k */
    /* the column; the last slot but one is followed by that of missing values, if any */
    struct slot slot[257];
    size_t n_slots;
    bool has_missing;
    struct slot missing;
    /* scratch */
    size_t *order;             /* cols: a permutation */
    hone_row_stat pair[256];   /* zero between columns */
    uint32_t count[256];       /* zero between columns */
    double *share;             /* 256 x k, zero between columns; of K > 2 */
    double *left, *axis, *sum; /* k; of K > 2 */
    uint8_t *seen;             /* rows; of cuts by chance */
} hone_splitter;

HONE_NODISCARD hone_status hone_splitter_make(const hone_split_rules *rules, hone_splitter **out,
                                              hone_error *err);
void hone_splitter_free(hone_splitter *s);
/* Before each tree: the least weight of a leaf, and columns in their order again. */
void hone_splitter_begin(hone_splitter *s, double min_weight_leaf);
/* The best split of a node with these sums; false where there is none. Looks at max_features
 * columns drawn without replacement, and at more while all are constant. */
bool hone_split_find(hone_splitter *s, const hone_node_rows *rows, double weight, double value,
                     hone_rng *rng, hone_tree_split *best);

/* ---- two numbers (split_pairs.c), K > 2 classes (split_classes.c) ---------------------------- */

/* Slots of the node's rows in a column, ascending; missing values apart if there are any. */
void hone_pairs_collect(hone_splitter *s, const hone_node_rows *rows, size_t column);
void hone_classes_collect(hone_splitter *s, const hone_node_rows *rows, size_t column);
/* Tries the cuts first .. end-1, missing values on one side, and improves `best`. */
void hone_pairs_scan(const hone_splitter *s, size_t first, size_t end, bool missing_left,
                     struct cut *best);
void hone_classes_scan(hone_splitter *s, size_t first, size_t end, bool missing_left,
                       struct cut *best);
/* Totals of the node's classes, before its first column; bins empty again, after each. */
void hone_classes_node(hone_splitter *s, const hone_node_rows *rows);
void hone_classes_clear(hone_splitter *s);
/* Where the categories of the slots lie on the axis along which classes differ most: slot.value. */
void hone_classes_project(hone_splitter *s);
/* Of a cut by chance (split_random.c): two slots for all that lies on its sides. */
void hone_random_collect(hone_splitter *s, const hone_node_rows *rows, size_t column, hone_rng *rng,
                         double *threshold);
/* Adds to count (256) the rows in each bin: for min_samples_leaf > 1. */
void hone_count_bins(const hone_node_rows *rows, size_t column, uint32_t *count);

#endif
