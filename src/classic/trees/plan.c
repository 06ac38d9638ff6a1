/* plan.c -- lining up an ensemble: counts first, then one block of memory per kind, then filling.
 * Children lie past their parents, so that a tree is gone over once backwards (how many leaves lie
 * below a node) and once forwards (which they are). Cost: O(nodes + words), no sorting. */
#include "classic/trees/plan.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

/* What lining up needs beside the plan. */
struct maker {
    const hone_trees *trees;
    hone_trees_plan *plan;
    size_t n_cols, most; /* columns asked about; nodes of the largest tree */
    int32_t *number[2];  /* n_cols each: 1 + the plane where missing ones go right, or left; or 0 */
    int32_t *code;       /* n_cols: 1 + the plane of codes; or 0 */
    int32_t *below;      /* most: leaves below a node, */
    int32_t *from;       /* most: and the first of them */
};

/* ---- sets ------------------------------------------------------------------------------------ */

static bool set_has(const int32_t *set, size_t code) {
    return (uint32_t)set[1 + code / 32] >> code % 32 & 1;
}

/* Codes from here on are answered as missing ones are. */
static size_t set_codes(const int32_t *set, bool missing_left) {
    size_t n = 32 * (size_t)set[0];
    while (n > 0 && set_has(set, n - 1) == missing_left)
        n--;
    return n;
}

static size_t set_bits(const hone_trees *t, size_t node) {
    int32_t rule = t->rule[node];
    return 2 + set_codes(t->words + hone_rule_set(rule), hone_rule_missing_left(rule)) / 64;
}

/* Writes the set of a node to the plan's bits; where it begins. */
static size_t put_set(struct maker *m, size_t node) {
    const hone_trees *t = m->trees;
    bool missing_left = hone_rule_missing_left(t->rule[node]);
    const int32_t *set = t->words + hone_rule_set(t->rule[node]);
    size_t n = set_codes(set, missing_left), at = m->plan->n_bits;
    uint64_t *bits = m->plan->bits + at;
    m->plan->n_bits += 2 + n / 64;
    bits[0] = n;
    for (size_t code = 0; code < n; code++)
        bits[1 + code / 64] |= (uint64_t)set_has(set, code) << code % 64;
    bits[1 + n / 64] |= (uint64_t)missing_left << n % 64;
    return at;
}

/* ---- counting -------------------------------------------------------------------------------- */

static size_t tree_nodes(const hone_trees *t, size_t tree) {
    return (size_t)(t->start[tree + 1] - t->start[tree]);
}

/* A binary tree of n nodes has (n + 1) / 2 leaves. */
static bool is_small(size_t n_nodes) {
    return (n_nodes + 1) / 2 <= HONE_PLAN_LEAVES;
}

/* The plane that node asks; made if there is none yet. */
static size_t plane_of(struct maker *m, size_t node) {
    const hone_trees *t = m->trees;
    size_t column = (size_t)t->column[node];
    bool codes = hone_rule_is_set(t->rule[node]), left = hone_rule_missing_left(t->rule[node]);
    int32_t *number = codes ? &m->code[column] : &m->number[left][column];
    size_t *n = codes ? &m->plan->n_codes : &m->plan->n_numbers;
    if (*number == 0)
        *number = (int32_t)++ * n;
    return (size_t)*number - 1;
}

static void count_tree(struct maker *m, size_t tree) {
    const hone_trees *t = m->trees;
    hone_trees_plan *plan = m->plan;
    size_t start = (size_t)t->start[tree], n = tree_nodes(t, tree), asks = 0;
    for (size_t i = start; i < start + n; i++) {
        if (t->column[i] < 0)
            continue;
        plane_of(m, i);
        if (hone_rule_is_set(t->rule[i]))
            plan->n_bits += set_bits(t, i), plan->n_sets += is_small(n);
        else
            asks++;
    }
    if (is_small(n)) {
        plan->n_asks += (asks + HONE_PLAN_ASKS - 1) / HONE_PLAN_ASKS * HONE_PLAN_ASKS;
        plan->n_leaves += (n + 1) / 2;
    } else {
        plan->n_steps += n;
    }
}

/* ---- filling --------------------------------------------------------------------------------- */

/* Numbers the leaves from left to right: below node i of the tree lie below[i] from from[i] on. */
static void number_leaves(struct maker *m, size_t start, size_t n) {
    const hone_trees *t = m->trees;
    for (size_t i = n; i-- > 0;) {
        size_t child = (size_t)t->child[start + i];
        m->below[i] = t->column[start + i] < 0 ? 1 : m->below[child] + m->below[child + 1];
    }
    m->from[0] = 0;
    for (size_t i = 0; i < n; i++) {
        if (t->column[start + i] < 0)
            continue;
        size_t child = (size_t)t->child[start + i];
        m->from[child] = m->from[i];
        m->from[child + 1] = m->from[i] + m->below[child];
    }
}

static void put_masks(struct maker *m, size_t start, size_t n, hone_plan_tree *tree) {
    const hone_trees *t = m->trees;
    hone_trees_plan *plan = m->plan;
    *tree = (hone_plan_tree){.ask = plan->n_asks, .set = plan->n_sets, .leaf = plan->n_leaves};
    number_leaves(m, start, n);
    for (size_t i = 0; i < n; i++) {
        size_t node = start + i;
        if (t->column[node] < 0) {
            plan->leaf[tree->leaf + (size_t)m->from[i]] = (int32_t)i;
            continue;
        }
        uint64_t strike = (((uint64_t)1 << m->below[t->child[node]]) - 1) << m->from[i];
        if (hone_rule_is_set(t->rule[node]))
            plan->set[plan->n_sets++] =
                (hone_ask_set){put_set(m, node), ~strike, plane_of(m, node)};
        else
            plan->ask[plan->n_asks++] = (hone_ask){t->threshold[node], ~strike, plane_of(m, node)};
    }
    plan->n_leaves += (n + 1) / 2;
    while ((plan->n_asks - tree->ask) % HONE_PLAN_ASKS != 0) /* 0 <= 0 strikes nothing out */
        plan->ask[plan->n_asks++] = (hone_ask){0, ~(uint64_t)0, 0};
    tree->n_asks = plan->n_asks - tree->ask;
    tree->n_sets = plan->n_sets - tree->set;
}

static void put_steps(struct maker *m, size_t start, size_t n, hone_plan_tree *tree) {
    const hone_trees *t = m->trees;
    hone_trees_plan *plan = m->plan;
    *tree = (hone_plan_tree){.steps = true, .ask = plan->n_steps};
    for (size_t i = 0; i < n; i++) {
        size_t node = start + i;
        hone_plan_step *step = &plan->step[plan->n_steps++];
        if (t->column[node] < 0) {
            *step = (hone_plan_step){.than.threshold = INFINITY, .child = (int32_t)i};
            continue;
        }
        step->child = t->child[node];
        step->plane = (int32_t)plane_of(m, node);
        if (!hone_rule_is_set(t->rule[node])) {
            step->than.threshold = t->threshold[node];
            continue;
        }
        step->than.set = put_set(m, node);
        step->plane = ~step->plane;
        tree->n_sets++;
    }
}

/* Planes by their numbers, and the trees. Counts begin anew, as places. */
static void fill(struct maker *m) {
    const hone_trees *t = m->trees;
    hone_trees_plan *plan = m->plan;
    plan->numbers[0].column = -1;
    for (size_t j = 0; j < m->n_cols; j++) {
        for (int left = 0; left < 2; left++)
            if (m->number[left][j])
                plan->numbers[m->number[left][j] - 1] = (hone_number_plane){(int32_t)j, left};
        if (m->code[j])
            plan->codes[m->code[j] - 1] = (int32_t)j;
    }
    plan->n_asks = plan->n_sets = plan->n_steps = plan->n_leaves = plan->n_bits = 0;
    for (size_t tree = plan->first; tree < plan->end; tree++) {
        size_t n = tree_nodes(t, tree);
        (is_small(n) ? put_masks : put_steps)(m, (size_t)t->start[tree], n,
                                              &plan->tree[tree - plan->first]);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static hone_status make_room(struct maker *m, hone_error *err) {
    const hone_trees *t = m->trees;
    hone_status status;
    for (size_t tree = m->plan->first; tree < m->plan->end; tree++)
        m->most = tree_nodes(t, tree) > m->most ? tree_nodes(t, tree) : m->most;
    for (size_t i = 0; i < t->n_nodes; i++)
        m->n_cols = t->column[i] >= (int32_t)m->n_cols ? (size_t)t->column[i] + 1 : m->n_cols;
    if ((status = hone_new(&m->number[0], m->n_cols, err)) != HONE_OK ||
        (status = hone_new(&m->number[1], m->n_cols, err)) != HONE_OK ||
        (status = hone_new(&m->code, m->n_cols, err)) != HONE_OK ||
        (status = hone_new(&m->below, m->most, err)) != HONE_OK ||
        (status = hone_new(&m->from, m->most, err)) != HONE_OK)
        return status;
    return HONE_OK;
}

static hone_status plan_room(hone_trees_plan *p, hone_error *err) {
    hone_status status;
    if ((status = hone_new(&p->tree, p->end - p->first, err)) != HONE_OK ||
        (status = hone_new(&p->numbers, p->n_numbers, err)) != HONE_OK ||
        (status = hone_new(&p->codes, p->n_codes, err)) != HONE_OK ||
        (status = hone_new(&p->ask, p->n_asks, err)) != HONE_OK ||
        (status = hone_new(&p->set, p->n_sets, err)) != HONE_OK ||
        (status = hone_new(&p->step, p->n_steps, err)) != HONE_OK ||
        (status = hone_new(&p->leaf, p->n_leaves, err)) != HONE_OK ||
        (status = hone_new(&p->bits, p->n_bits, err)) != HONE_OK)
        return status;
    return HONE_OK;
}

hone_status hone_plan_make(const hone_trees *trees, size_t first, size_t end, hone_trees_plan **out,
                           hone_error *err) {
    struct maker m = {.trees = trees};
    hone_status status = hone_new(&m.plan, 1, err);
    if (status != HONE_OK)
        return status;
    m.plan->trees = trees;
    m.plan->first = first, m.plan->end = end;
    m.plan->n_numbers = 1;
    status = make_room(&m, err);
    for (size_t tree = first; status == HONE_OK && tree < end; tree++)
        count_tree(&m, tree);
    if (status == HONE_OK)
        status = plan_room(m.plan, err);
    if (status == HONE_OK) {
        fill(&m);
        *out = m.plan, m.plan = NULL;
    }
    hone_release(m.number[0]);
    hone_release(m.number[1]);
    hone_release(m.code);
    hone_release(m.below);
    hone_release(m.from);
    hone_plan_free(m.plan);
    return status;
}

void hone_plan_free(hone_trees_plan *plan) {
    if (plan == NULL)
        return;
    hone_release(plan->tree);
    hone_release(plan->numbers);
    hone_release(plan->codes);
    hone_release(plan->ask);
    hone_release(plan->set);
    hone_release(plan->step);
    hone_release(plan->leaf);
    hone_release(plan->bits);
    hone_release(plan);
}
