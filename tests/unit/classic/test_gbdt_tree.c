/* A whole tree against one that tries every threshold of every column with plain sums. */
#include "classic/gbdt/gbdt.h"
#include "classic/gbdt/grower.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 60, COLS = 3, NODES = 64 };

/* The reference: squared loss, so that g = base - y, h = 1. */
struct node {
    size_t column, left, n, row[ROWS];
    double threshold, gain, value;
    bool leaf;
};
struct tree {
    const double *x;
    double g[ROWS];
    struct node node[NODES];
    size_t n_nodes, least;
};

static double score(double g, size_t n) {
    return g * g / (double)n;
}

static void try_threshold(struct tree *t, struct node *node, size_t j, double threshold) {
    double left = 0, all = 0;
    size_t n = 0;
    for (size_t i = 0; i < node->n; i++) {
        size_t row = node->row[i];
        all += t->g[row];
        if (t->x[row * COLS + j] <= threshold)
            left += t->g[row], n++;
    }
    if (n < t->least || node->n - n < t->least)
        return;
    double gain = score(left, n) + score(all - left, node->n - n) - score(all, node->n);
    if (gain > node->gain)
        node->gain = gain, node->column = j, node->threshold = threshold;
}

static void look(struct tree *t, struct node *node) {
    double sum = 0;
    node->leaf = true, node->gain = 0;
    for (size_t i = 0; i < node->n; i++)
        sum += t->g[node->row[i]];
    node->value = -sum / (double)node->n;
    for (size_t j = 0; j < COLS; j++)
        for (size_t i = 0; i < node->n; i++)
            try_threshold(t, node, j, t->x[node->row[i] * COLS + j]);
}

static void split(struct tree *t, struct node *node) {
    node->leaf = false, node->left = t->n_nodes;
    for (size_t side = 0; side < 2; side++) {
        struct node *child = t->node + t->n_nodes++;
        child->n = 0;
        for (size_t i = 0; i < node->n; i++)
            if ((t->x[node->row[i] * COLS + node->column] > node->threshold) == side)
                child->row[child->n++] = node->row[i];
        look(t, child);
    }
}

/* Leaf by leaf, the largest gain first. */
static void grow(struct tree *t, const double *y, size_t leaves) {
    double mean = 0;
    for (size_t i = 0; i < ROWS; i++)
        mean += y[i] / ROWS;
    t->n_nodes = 1, t->node[0].n = ROWS;
    for (size_t i = 0; i < ROWS; i++)
        t->g[i] = mean - y[i], t->node[0].row[i] = i;
    look(t, t->node);
    for (size_t n = 1; n < leaves; n++) {
        struct node *best = NULL;
        for (size_t i = 0; i < t->n_nodes; i++)
            if (t->node[i].leaf && t->node[i].gain > 0 && (!best || t->node[i].gain > best->gain))
                best = t->node + i;
        if (best == NULL)
            return;
        split(t, best);
    }
}

static double answer(const struct tree *t, const double *x) {
    size_t at = 0;
    while (!t->node[at].leaf)
        at = t->node[at].left + (x[t->node[at].column] > t->node[at].threshold);
    return t->node[at].value;
}

Test(gbdt_tree, is_the_one_that_trying_everything_finds) {
    struct tree *t = malloc(sizeof *t);
    for (uint64_t seed = 0; seed < 40; seed++) {
        double x[ROWS * COLS], y[ROWS], mean = 0, out[ROWS];
        hone_rng rng = hone_rng_at(seed, 9);
        char params[128];
        hone_estimator *est = NULL;
        for (size_t i = 0; i < ROWS * COLS; i++)
            x[i] = seed % 2 ? floor(3 * hone_rng_normal(&rng)) : hone_rng_normal(&rng);
        for (size_t i = 0; i < ROWS; i++) {
            y[i] = x[COLS * i] + x[COLS * i + 1] * x[COLS * i + 2] + hone_rng_normal(&rng);
            mean += y[i] / ROWS;
        }
        t->x = x, t->least = 1 + seed % 6;
        grow(t, y, 8);
        hone_dataset data = {.x = hone_view_of(x, ROWS, COLS), .y = hone_view_of(y, ROWS, 1)};
        snprintf(params, sizeof params,
                 "n_estimators=1,learning_rate=1,max_leaf_nodes=8,min_samples_leaf=%zu", t->least);
        cr_assert_eq(hone_create("gradient_boosting_regressor", &est, NULL), HONE_OK);
        cr_assert_eq(hone_set(est, params, NULL), HONE_OK);
        cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < ROWS; i++)
            cr_assert_float_eq(out[i] - mean, answer(t, x + COLS * i), 1e-5,
                               "seed %lu, row %zu: %g, %g", (unsigned long)seed, i, out[i] - mean,
                               answer(t, x + COLS * i));
        hone_free(est);
    }
    free(t);
}

/* Grows one tree of 40 leaves over n rows of random bins with room for so many histograms. */
static size_t grow_with(size_t slots, bool depthwise, hone_grown *nodes) {
    enum { N = 5000, M = 4 };
    double *x = malloc(N * M * sizeof *x);
    uint64_t *word = malloc(N * sizeof *word);
    hone_rng rng = hone_rng_at(1, 1);
    hone_layout layout = {.flat = true, .most = 131071, .g_unit = 0.01, .h_unit = 1};
    hone_growth growth = {.rules = {.min_rows = 5},
                          .max_leaves = 40,
                          .max_depth = SIZE_MAX,
                          .depthwise = depthwise,
                          .by_tree = 1,
                          .by_level = 1,
                          .by_node = 1};
    hone_bins *bins = NULL;
    hone_panels panels;
    hone_grower grower;
    for (size_t i = 0; i < N * M; i++)
        x[i] = hone_rng_normal(&rng);
    for (size_t i = 0; i < N; i++) {
        double g = 100 * sin(3 * x[M * i]) + 50 * x[M * i + 1] * x[M * i + 2];
        word[i] = hone_sums_word(true, (hone_sums){(int64_t)g, 1, 1});
    }
    hone_dataset data = {.x = hone_view_of(x, N, M)};
    cr_assert_eq(hone_bins_make(&data, 255, 0, NULL, &bins, NULL), HONE_OK);
    cr_assert_eq(hone_panels_make(&bins, NULL, NULL, &panels, NULL), HONE_OK);
    cr_assert_eq(hone_gbdt_make(&panels, &growth, N, &grower, NULL), HONE_OK);
    grower.most_slots = slots < grower.most_slots ? slots : grower.most_slots;
    for (size_t i = 0; i < N; i++)
        grower.row[i] = (uint32_t)i;
    cr_assert_eq(hone_gbdt_grow(&grower, word, &layout, N, 0, NULL, NULL), HONE_OK);
    size_t n = grower.n_nodes;
    memcpy(nodes, grower.node, n * sizeof *nodes);
    hone_gbdt_clear(&grower);
    hone_panels_clear(&panels);
    free(word);
    free(x);
    return n;
}

Test(gbdt_tree, is_the_same_with_little_room_for_histograms) {
    for (int depthwise = 0; depthwise < 2; depthwise++) {
        hone_grown all[79], few[79];
        size_t n = grow_with(SIZE_MAX, depthwise, all);
        cr_assert_eq(n, 79);
        cr_assert_eq(grow_with(3, depthwise, few), n);
        for (size_t i = 0; i < n; i++) {
            cr_assert_eq(all[i].split.column, few[i].split.column);
            cr_assert_eq(all[i].split.bin, few[i].split.bin);
            cr_assert_eq(all[i].n, few[i].n);
            cr_assert_eq(all[i].sums.g, few[i].sums.g);
        }
    }
}
