/* walk.c -- large trees: rows go down in groups, so that the loads of one hide behind those of the
 * others. A row that has come to a leaf stays there until all of its group have. */
#include "classic/trees/plan.h"

enum { GROUP = 16, STEPS = 4 }; /* rows at once; steps before it is asked who is there */

static bool in_set(const uint64_t *set, uint64_t code) {
    code = code < set[0] ? code : set[0];
    return set[1 + code / 64] >> code % 64 & 1;
}

/* One step of each row; leaves are trees without sets. */
static void step_numbers(const hone_plan_step *steps, const double *numbers, uint32_t *at) {
    for (size_t i = 0; i < GROUP; i++) {
        const hone_plan_step *s = steps + at[i];
        double x = numbers[(size_t)s->plane * HONE_PLAN_ROWS + i];
        at[i] = (uint32_t)s->child + !(x <= s->than.threshold);
    }
}

static void step_any(const hone_trees_plan *plan, const hone_plan_step *steps,
                     const double *numbers, const uint64_t *codes, uint32_t *at) {
    for (size_t i = 0; i < GROUP; i++) {
        const hone_plan_step *s = steps + at[i];
        bool left =
            s->plane >= 0
                ? numbers[(size_t)s->plane * HONE_PLAN_ROWS + i] <= s->than.threshold
                : in_set(plan->bits + s->than.set, codes[(size_t)~s->plane * HONE_PLAN_ROWS + i]);
        at[i] = (uint32_t)s->child + !left;
    }
}

static bool all_there(const hone_plan_step *steps, const uint32_t *at) {
    uint32_t moving = 0;
    for (size_t i = 0; i < GROUP; i++)
        moving |= (uint32_t)steps[at[i]].child ^ at[i];
    return moving == 0;
}

void hone_plan_walk(const hone_trees_plan *plan, const hone_plan_tree *tree,
                    const hone_planes *planes, size_t rows, uint64_t *leaf) {
    const hone_plan_step *steps = plan->step + tree->ask;
    for (size_t first = 0; first < rows; first += GROUP) {
        const double *numbers = planes->numbers + first;
        const uint64_t *codes = planes->codes + first;
        uint32_t at[GROUP] = {0};
        while (!all_there(steps, at))
            for (int s = 0; s < STEPS; s++)
                if (tree->n_sets)
                    step_any(plan, steps, numbers, codes, at);
                else
                    step_numbers(steps, numbers, at);
        for (size_t i = 0; i < GROUP; i++)
            leaf[first + i] = at[i];
    }
}
