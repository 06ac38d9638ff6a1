/* walk.c -- large trees: all rows of a block go down a few steps together, so that the loads of one
 * hide behind those of the others; then those that have come to a leaf leave the list.
 * Cost: O(rows depth), a row about its own depth. */
#include "classic/trees/plan.h"

enum { STEPS = 4 }; /* before it is asked who is there */

/* Rows on their way. */
struct walk {
    size_t n;
    uint32_t at[HONE_PLAN_ROWS];  /* node */
    uint32_t row[HONE_PLAN_ROWS]; /* of the block */
};

static bool in_set(const uint64_t *set, uint64_t code) {
    code = code < set[0] ? code : set[0];
    return set[1 + code / 64] >> code % 64 & 1;
}

/* One step of each row, in trees without sets. */
static void step_numbers(const hone_plan_step *steps, const double *numbers, struct walk *w) {
    for (size_t i = 0; i < w->n; i++) {
        const hone_plan_step *s = steps + w->at[i];
        double x = numbers[(size_t)s->plane * HONE_PLAN_ROWS + w->row[i]];
        w->at[i] = (uint32_t)s->child + !(x <= s->than.threshold);
    }
}

static void step_any(const hone_trees_plan *plan, const hone_plan_step *steps,
                     const hone_planes *planes, struct walk *w) {
    for (size_t i = 0; i < w->n; i++) {
        const hone_plan_step *s = steps + w->at[i];
        size_t row = w->row[i];
        bool left = s->plane >= 0 ? planes->numbers[(size_t)s->plane * HONE_PLAN_ROWS + row] <=
                                        s->than.threshold
                                  : in_set(plan->bits + s->than.set,
                                           planes->codes[(size_t)~s->plane * HONE_PLAN_ROWS + row]);
        w->at[i] = (uint32_t)s->child + !left;
    }
}

/* A leaf is its own child: whoever would move stays in the list. */
static void leave(const hone_plan_step *steps, struct walk *w, uint64_t *leaf) {
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        uint32_t at = w->at[i], row = w->row[i];
        leaf[row] = at;
        w->at[n] = at, w->row[n] = row;
        n += (uint32_t)steps[at].child != at;
    }
    w->n = n;
}

void hone_plan_walk(const hone_trees_plan *plan, const hone_plan_tree *tree,
                    const hone_planes *planes, size_t rows, uint64_t *leaf) {
    const hone_plan_step *steps = plan->step + tree->ask;
    struct walk w;
    w.n = rows;
    for (size_t i = 0; i < rows; i++)
        w.at[i] = 0, w.row[i] = (uint32_t)i;
    while (w.n > 0) {
        for (int s = 0; s < STEPS; s++)
            if (tree->n_sets)
                step_any(plan, steps, planes, &w);
            else
                step_numbers(steps, planes->numbers, &w);
        leave(steps, &w, leaf);
    }
}
