/* masks.c -- small trees: all questions of a tree for all rows of a block, without a branch.
 *
 *     alive = AND over the questions that a row answers by "no" of ~(leaves on their left)
 *     leaf of the row = lowest bit of alive
 * Four questions go over the rows at once, eight rows to a register. Cost: O(rows questions / 8).
 * Reference: Lucchese et al. 2015, QuickScorer. */
#include "classic/trees/plan.h"

#include "core/clones.h"

enum { LANES = 8 }; /* rows are taken so many at a time, also past the last one */
static const uint64_t ALL = ~(uint64_t)0;

HONE_CLONES
static void trees_ask_numbers(const hone_ask *ask, size_t n, const double *numbers, size_t rows,
                              uint64_t *alive) {
    for (size_t q = 0; q < n; q += HONE_PLAN_ASKS, ask += HONE_PLAN_ASKS) {
        const double *x0 = numbers + ask[0].plane * HONE_PLAN_ROWS;
        const double *x1 = numbers + ask[1].plane * HONE_PLAN_ROWS;
        const double *x2 = numbers + ask[2].plane * HONE_PLAN_ROWS;
        const double *x3 = numbers + ask[3].plane * HONE_PLAN_ROWS;
        double t0 = ask[0].threshold, t1 = ask[1].threshold;
        double t2 = ask[2].threshold, t3 = ask[3].threshold;
        uint64_t k0 = ask[0].keep, k1 = ask[1].keep, k2 = ask[2].keep, k3 = ask[3].keep;
        for (size_t i = 0; i < rows; i++) {
            uint64_t a = alive[i];
            a &= x0[i] <= t0 ? ALL : k0;
            a &= x1[i] <= t1 ? ALL : k1;
            a &= x2[i] <= t2 ? ALL : k2;
            a &= x3[i] <= t3 ? ALL : k3;
            alive[i] = a;
        }
    }
}

/* A set of at most 63 codes is one word, and bit n of it stands for all others. */
HONE_CLONES
static void trees_ask_word(uint64_t word, uint64_t n, uint64_t keep, const uint64_t *codes,
                           size_t rows, uint64_t *alive) {
    for (size_t i = 0; i < rows; i++) {
        uint64_t code = codes[i] < n ? codes[i] : n;
        alive[i] &= word >> code & 1 ? ALL : keep;
    }
}

HONE_CLONES
static void trees_ask_words(const uint64_t *words, uint64_t n, uint64_t keep, const uint64_t *codes,
                            size_t rows, uint64_t *alive) {
    for (size_t i = 0; i < rows; i++) {
        uint64_t code = codes[i] < n ? codes[i] : n;
        alive[i] &= words[code / 64] >> code % 64 & 1 ? ALL : keep;
    }
}

static void ask_set(const hone_ask_set *ask, const uint64_t *bits, const uint64_t *codes,
                    size_t rows, uint64_t *alive) {
    const uint64_t *set = bits + ask->set, *plane = codes + ask->plane * HONE_PLAN_ROWS;
    if (set[0] < 64)
        trees_ask_word(set[1], set[0], ask->keep, plane, rows, alive);
    else
        trees_ask_words(set + 1, set[0], ask->keep, plane, rows, alive);
}

void hone_plan_ask(const hone_trees_plan *plan, const hone_plan_tree *tree,
                   const hone_planes *planes, size_t rows, uint64_t *leaf) {
    rows = (rows + LANES - 1) / LANES * LANES;
    for (size_t i = 0; i < rows; i++)
        leaf[i] = ALL;
    trees_ask_numbers(plan->ask + tree->ask, tree->n_asks, planes->numbers, rows, leaf);
    for (size_t s = 0; s < tree->n_sets; s++)
        ask_set(plan->set + tree->set + s, plan->bits, planes->codes, rows, leaf);
    const int32_t *node = plan->leaf + tree->leaf;
    for (size_t i = 0; i < rows; i++)
        leaf[i] = (uint64_t)node[__builtin_ctzll(leaf[i])];
}
