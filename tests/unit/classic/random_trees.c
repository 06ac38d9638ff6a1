/* random_trees.c -- see random_trees.h. */
#include "random_trees.h"

#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

static bool categorical(const random_spec *spec, size_t column) {
    return spec->levels > 0 && column % 3 == 2;
}

/* A question about some column; sets are of any length, also shorter than the levels need. */
static hone_node random_question(const random_spec *spec, hone_rng *rng, uint32_t *set) {
    size_t column = hone_rng_below(rng, spec->cols);
    hone_node node = {.column = (int32_t)column,
                      .threshold = ((double)hone_rng_below(rng, 33) - 16) / 8,
                      .missing_left = hone_rng_below(rng, 2),
                      .gain = (float)hone_rng_uniform(rng)};
    if (!categorical(spec, column))
        return node;
    node.set = set;
    node.n_set = hone_rng_below(rng, spec->levels / 32 + 2);
    for (size_t i = 0; i < node.n_set; i++)
        set[i] = (uint32_t)hone_rng_next(rng);
    return node;
}

static void add_node(hone_trees_builder *b, const hone_node *node, hone_rng *rng) {
    double value[16];
    hone_error err = {HONE_OK, ""};
    for (size_t k = 0; k < b->trees->width; k++)
        value[k] = hone_rng_normal(rng);
    cr_assert_eq(hone_trees_add(b, node, value, NULL, &err), HONE_OK, "%s", err.message);
}

/* Splits a leaf drawn at random until there are so many; every child has a share of the cover. */
static void grow(hone_trees_builder *b, const random_spec *spec, hone_rng *rng) {
    hone_trees *t = b->trees;
    uint32_t set[64];
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_trees_open(b, &err), HONE_OK);
    size_t start = t->n_nodes;
    add_node(b, &(hone_node){.column = -1, .cover = 1000}, rng);
    for (size_t leaves = 1; leaves < spec->leaves;) {
        size_t i = hone_rng_below(rng, t->n_nodes - start);
        if (t->column[start + i] >= 0)
            continue;
        hone_node question = random_question(spec, rng, set);
        float cover = t->cover[start + i], share = (float)(0.1 + 0.8 * hone_rng_uniform(rng));
        question.child = (int32_t)(t->n_nodes - start);
        cr_assert_eq(hone_trees_split(b, i, &question, &err), HONE_OK);
        add_node(b, &(hone_node){.column = -1, .cover = cover * share}, rng);
        add_node(b, &(hone_node){.column = -1, .cover = cover * (1 - share)}, rng);
        leaves++;
    }
}

hone_trees random_trees(const random_spec *spec) {
    hone_trees trees = {0};
    hone_error err = {HONE_OK, ""};
    hone_rng rng = hone_rng_at(spec->seed, 1);
    cr_assert_eq(hone_trees_begin(&trees, spec->outputs, spec->width, &err), HONE_OK);
    for (size_t k = 0; k < spec->outputs; k++)
        trees.base[k] = hone_rng_normal(&rng);
    hone_trees_builder b = hone_trees_build(&trees);
    for (size_t i = 0; i < spec->trees; i++)
        grow(&b, spec, &rng);
    cr_assert_eq(hone_trees_validate(&trees, spec->cols, &err), HONE_OK, "%s", err.message);
    return trees;
}

hone_view random_rows(const random_spec *spec, size_t n, bool missing) {
    hone_rng rng = hone_rng_at(spec->seed, 2);
    double *x = calloc(n * spec->cols, sizeof *x);
    cr_assert(x);
    for (size_t i = 0; i < n * spec->cols; i++) {
        x[i] = categorical(spec, i % spec->cols)
                   ? (double)hone_rng_below(&rng, spec->levels + (missing ? spec->levels : 0))
                   : ((double)hone_rng_below(&rng, 65) - 32) / 16;
        if (missing && hone_rng_below(&rng, 8) == 0)
            x[i] = NAN;
    }
    return hone_view_of(x, n, spec->cols);
}

static bool says_yes(const hone_trees *t, size_t node, double x) {
    int32_t rule = t->rule[node];
    bool missing_left = rule % 2 == 1;
    if (rule < 2)
        return isnan(x) ? missing_left : x <= t->threshold[node];
    const int32_t *set = t->words + rule / 2 - 1;
    if (isnan(x) || x >= 32 * (double)set[0])
        return missing_left;
    size_t code = (size_t)x;
    return ((uint32_t)set[1 + code / 32] & (1u << (code % 32))) != 0;
}

static size_t walk(const hone_trees *t, size_t start, size_t node, const double *x) {
    int32_t column = t->column[start + node];
    if (column < 0)
        return node;
    size_t left = (size_t)t->child[start + node];
    return walk(t, start, says_yes(t, start + node, x[column]) ? left : left + 1, x);
}

size_t plain_leaf(const hone_trees *trees, size_t tree, const double *x) {
    return walk(trees, (size_t)trees->start[tree], 0, x);
}

void plain_answer(const hone_trees *trees, const double *x, size_t first, size_t end, double *out) {
    for (size_t k = 0; k < trees->n_outputs; k++)
        out[k] = trees->base[k];
    for (size_t tree = first; tree < end; tree++) {
        size_t leaf = (size_t)trees->start[tree] + plain_leaf(trees, tree, x);
        for (size_t k = 0; k < trees->n_outputs; k++)
            if (trees->width > 1 || trees->n_outputs == 1)
                out[k] += trees->value[leaf * trees->width + k];
            else if (tree % trees->n_outputs == k)
                out[k] += trees->value[leaf];
    }
}

/* ---- as an estimator ------------------------------------------------------------------------- */

struct params {
    int trees, leaves, levels;
    uint64_t seed;
};
static const hone_param PARAMS[] = {
    HONE_INT(params, trees, 10, "[0, inf)", "trees"),
    HONE_INT(params, leaves, 31, "[1, inf)", "leaves of each"),
    HONE_INT(params, levels, 0, "[0, inf)", "levels of every third column"),
    HONE_SEED(params, seed, "of all that is drawn"),
    HONE_PARAM_END,
};

static const hone_attr ATTRS[] = {HONE_TREES_ATTRS, HONE_ATTR_END};

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    (void)mon, (void)err;
    *(hone_trees *)state = random_trees(&(random_spec){.cols = data->x.cols,
                                                       .levels = (size_t)p->levels,
                                                       .outputs = 1,
                                                       .width = 1,
                                                       .trees = (size_t)p->trees,
                                                       .leaves = (size_t)p->leaves,
                                                       .seed = p->seed});
    return HONE_OK;
}

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    (void)params;
    return hone_trees_predict(state, x, 0, SIZE_MAX, out, err);
}

const hone_class random_trees_regressor = {
    .name = "random_trees_regressor",
    .summary = "trees that nothing was learnt by",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_MISSING | HONE_TAG_CATEGORIES,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(hone_trees),
    .fit = fit,
    .predict = predict,
    .ready = hone_trees_ready,
    .unready = hone_trees_unready,
};
