/* lightgbm_tree.c -- a tree of a model of LightGBM: a dozen lines key=list.
 *
 * A tree of L leaves has L - 1 nodes that ask; a link >= 0 is such a node, a negative one the leaf
 * ~link. A number goes left when x <= threshold. What is missing is said by each node: nothing (NaN
 * counts as 0), NaN, or zero and NaN; these go to the default side. The last kind has another
 * place than its number's only where the default side is not that of 0: that no node of ours can
 * say. A category goes left when it is in the node's set (threshold is the set's number), right
 * when it is not, or missing. Leaves hold the shrinkage already.
 * Cost: O(bytes).   Reference: src/io/tree.cpp and include/LightGBM/tree.h of LightGBM 4.6. */
#include "classic/foreign/lightgbm.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

enum { MOST_LEAVES = 1 << 28 };
static const double ZERO = 1e-35f; /* what is as small counts as zero there */

enum key {
    SPLIT_FEATURE,
    SPLIT_GAIN,
    THRESHOLD,
    DECISION_TYPE,
    LEFT_CHILD,
    RIGHT_CHILD,
    INTERNAL_VALUE,
    INTERNAL_WEIGHT,
    INTERNAL_COUNT,
    LEAF_VALUE,
    LEAF_WEIGHT,
    LEAF_COUNT,
    CAT_BOUNDARIES,
    CAT_THRESHOLD,
    NUM_LEAVES,
    NUM_CAT,
    IS_LINEAR,
    N_KEYS
};
static const char *const KEYS[N_KEYS] = {
    "split_feature", "split_gain",     "threshold",       "decision_type",  "left_child",
    "right_child",   "internal_value", "internal_weight", "internal_count", "leaf_value",
    "leaf_weight",   "leaf_count",     "cat_boundaries",  "cat_threshold",  "num_leaves",
    "num_cat",       "is_linear",
};

struct tree {
    hone_foreign_model *m;
    size_t number;
    hone_span list[N_KEYS];
    size_t n_leaves, n_sets;
    double *value[N_KEYS];    /* the numbers of the lists that are there */
    uint32_t *words;          /* of all sets */
    hone_foreign_node *nodes; /* those that ask, then the leaves */
};

static hone_status wrong(const struct tree *t, enum key key, const char *what, hone_error *err) {
    return hone_foreign_fail(t->m, err, "line %zu: tree %zu: %s %s", t->list[key].line, t->number,
                             KEYS[key], what);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static hone_status read_lines(struct tree *t, hone_lines *lines, hone_error *err) {
    const char *start, *stop;
    hone_span value;
    while (hone_lines_next(lines, &start, &stop) && start < stop)
        for (size_t k = 0; k < N_KEYS; k++)
            if (hone_line_value(start, stop, KEYS[k], &value)) {
                value.line = lines->number;
                t->list[k] = value;
                break;
            }
    for (size_t k = 0; k < N_KEYS; k++)
        if (!t->list[k].start)
            t->list[k].line = lines->number;
    return lines->at < lines->end
               ? HONE_OK
               : hone_foreign_fail(t->m, err, "line %zu: the file ends within tree %zu",
                                   lines->number, t->number);
}

static hone_status read_count(const struct tree *t, enum key key, double most, size_t *out,
                              hone_error *err) {
    double number = 0;
    hone_span list = t->list[key];
    const char *at = list.start ? hone_span_number(list.start, list.stop, &number) : NULL;
    if (!at || at != list.stop || !(number >= 0) || number > most || number != floor(number))
        return wrong(t, key, "is no possible count", err);
    *out = (size_t)number;
    return HONE_OK;
}

/* The list under a key: n finite numbers (a threshold may be infinite: then the question is whether
 * the value is missing). A list that may be missing is NULL then. */
static hone_status read_list(struct tree *t, enum key key, size_t n, bool optional,
                             hone_error *err) {
    hone_span list = t->list[key];
    if (optional && (!list.start || list.start == list.stop))
        return HONE_OK;
    if (!list.start)
        return wrong(t, key, "is missing", err);
    if (n > (size_t)(list.stop - list.start) / 2 + 1)
        return wrong(t, key, "has too few numbers", err);
    hone_status status = hone_new(&t->value[key], n, err);
    if (status != HONE_OK)
        return status;
    const char *at = list.start;
    for (size_t i = 0; i < n; i++) {
        at = hone_span_number(at, list.stop, &t->value[key][i]);
        if (!at)
            return wrong(t, key, "has too few numbers", err);
        if (key == THRESHOLD ? isnan(t->value[key][i]) : !isfinite(t->value[key][i]))
            return wrong(t, key, "has a number that is not finite", err);
    }
    double more;
    return hone_span_number(at, list.stop, &more) || at != list.stop
               ? wrong(t, key, "has too many numbers", err)
               : HONE_OK;
}

/* Are the numbers of a list whole and in [low, high]? */
static hone_status check_whole(const struct tree *t, enum key key, size_t n, double low,
                               double high, hone_error *err) {
    const double *value = t->value[key];
    for (size_t i = 0; i < n; i++)
        if (!(value[i] >= low && value[i] <= high) || value[i] != floor(value[i]))
            return hone_foreign_fail(t->m, err, "line %zu: tree %zu: node %zu: %s %g is impossible",
                                     t->list[key].line, t->number, i, KEYS[key], value[i]);
    return HONE_OK;
}

static hone_status read_lists(struct tree *t, hone_error *err) {
    static const struct {
        enum key key;
        bool leaves, optional;
    } lists[] = {{SPLIT_FEATURE, false, false}, {THRESHOLD, false, false},
                 {DECISION_TYPE, false, false}, {LEFT_CHILD, false, false},
                 {RIGHT_CHILD, false, false},   {SPLIT_GAIN, false, true},
                 {INTERNAL_VALUE, false, true}, {INTERNAL_WEIGHT, false, true},
                 {INTERNAL_COUNT, false, true}, {LEAF_VALUE, true, false},
                 {LEAF_WEIGHT, true, true},     {LEAF_COUNT, true, true}};
    size_t leaves = t->n_leaves, asks = leaves - 1;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < sizeof lists / sizeof *lists && status == HONE_OK; i++)
        status = read_list(t, lists[i].key, lists[i].leaves ? leaves : asks,
                           lists[i].optional || asks == 0, err);
    if (status == HONE_OK && !t->value[LEAF_VALUE])
        return wrong(t, LEAF_VALUE, "is missing", err);
    if (status == HONE_OK &&
        (status = check_whole(t, SPLIT_FEATURE, asks, 0, (double)t->m->n_cols - 1, err)) ==
            HONE_OK &&
        (status = check_whole(t, DECISION_TYPE, asks, 0, 11, err)) == HONE_OK &&
        (status = check_whole(t, LEFT_CHILD, asks, -(double)leaves, (double)asks - 1, err)) ==
            HONE_OK)
        status = check_whole(t, RIGHT_CHILD, asks, -(double)leaves, (double)asks - 1, err);
    return status;
}

/* ---- sets ------------------------------------------------------------------------------------ */

static hone_status read_sets(struct tree *t, hone_error *err) {
    hone_status status = read_count(t, NUM_CAT, MOST_LEAVES, &t->n_sets, err);
    if (status != HONE_OK || t->n_sets == 0)
        return status;
    if ((status = read_list(t, CAT_BOUNDARIES, t->n_sets + 1, false, err)) ||
        (status = check_whole(t, CAT_BOUNDARIES, t->n_sets + 1, 0, MOST_LEAVES, err)))
        return status;
    const double *ends = t->value[CAT_BOUNDARIES];
    size_t n = (size_t)ends[t->n_sets];
    for (size_t k = 0; k < t->n_sets; k++)
        if (ends[k + 1] < ends[k] || ends[0] != 0)
            return wrong(t, CAT_BOUNDARIES, "do not ascend from 0", err);
    if ((status = read_list(t, CAT_THRESHOLD, n, false, err)) ||
        (status = check_whole(t, CAT_THRESHOLD, n, 0, UINT32_MAX, err)) ||
        (status = hone_new(&t->words, n, err)))
        return status;
    for (size_t i = 0; i < n; i++)
        t->words[i] = (uint32_t)t->value[CAT_THRESHOLD][i];
    return HONE_OK;
}

static hone_status ask_set(const struct tree *t, size_t i, hone_node *node, hone_error *err) {
    double set = t->value[THRESHOLD][i];
    if (!(set >= 0 && set < (double)t->n_sets) || set != floor(set))
        return hone_foreign_fail(t->m, err, "line %zu: tree %zu: node %zu has a set out of range",
                                 t->list[THRESHOLD].line, t->number, i);
    size_t first = (size_t)t->value[CAT_BOUNDARIES][(size_t)set];
    node->set = t->words + first;
    node->n_set = (size_t)t->value[CAT_BOUNDARIES][(size_t)set + 1] - first;
    for (size_t k = node->n_set * 32; k-- > 0;)
        if (node->set[k / 32] >> k % 32 & 1)
            return hone_foreign_level(t->m, (size_t)node->column, (double)k, err);
    return HONE_OK;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static hone_status ask_number(const struct tree *t, size_t i, int missing, hone_node *node,
                              hone_error *err) {
    double threshold = node->threshold = t->value[THRESHOLD][i];
    if (missing == HONE_LIGHTGBM_MISSING_NONE)
        node->missing_left = 0 <= threshold;
    else if (missing == HONE_LIGHTGBM_MISSING_ZERO &&
             !(node->missing_left ? ZERO <= threshold : threshold < -ZERO))
        return hone_foreign_cannot(t->m, err,
                                   "line %zu: tree %zu: node %zu: zero_as_missing sends 0 to the "
                                   "side that its value is not on; no tree of hone can",
                                   t->list[DECISION_TYPE].line, t->number, i);
    return HONE_OK;
}

static double optional_at(const struct tree *t, enum key first, enum key second, size_t i) {
    const double *value = t->value[first] ? t->value[first] : t->value[second];
    return value ? (float)value[i] : 0;
}

static int32_t link_of(const struct tree *t, double link) {
    return (int32_t)(link >= 0 ? link : (double)t->n_leaves - 1 + (-link - 1));
}

static hone_status make_ask(const struct tree *t, size_t i, double scale, hone_error *err) {
    hone_foreign_node *out = &t->nodes[i];
    int type = (int)t->value[DECISION_TYPE][i], missing = type & HONE_LIGHTGBM_MISSING;
    bool set = type & HONE_LIGHTGBM_CATEGORY;
    out->left = link_of(t, t->value[LEFT_CHILD][i]);
    out->right = link_of(t, t->value[RIGHT_CHILD][i]);
    out->value = scale * (t->value[INTERNAL_VALUE] ? t->value[INTERNAL_VALUE][i] : 0);
    out->node.column = (int32_t)t->value[SPLIT_FEATURE][i];
    out->node.gain = (float)optional_at(t, SPLIT_GAIN, SPLIT_GAIN, i);
    out->node.cover = (float)optional_at(t, INTERNAL_WEIGHT, INTERNAL_COUNT, i);
    out->node.missing_left = !set && (type & HONE_LIGHTGBM_DEFAULT_LEFT);
    hone_foreign_column *column = &t->m->columns[out->node.column];
    *(set ? &column->categorical : &column->numeric) = true;
    if (column->categorical && column->numeric)
        return hone_foreign_fail(t->m, err,
                                 "line %zu: tree %zu: node %zu asks column %d as a number, others "
                                 "as a category, or the other way round",
                                 t->list[DECISION_TYPE].line, t->number, i, (int)out->node.column);
    return set ? ask_set(t, i, &out->node, err) : ask_number(t, i, missing, &out->node, err);
}

static hone_status make_nodes(struct tree *t, double scale, hone_error *err) {
    size_t asks = t->n_leaves - 1;
    hone_status status = hone_new(&t->nodes, asks + t->n_leaves, err);
    for (size_t i = 0; i < asks && status == HONE_OK; i++)
        status = make_ask(t, i, scale, err);
    for (size_t i = 0; i < t->n_leaves && status == HONE_OK; i++) {
        hone_foreign_node *leaf = &t->nodes[asks + i];
        leaf->left = leaf->right = -1;
        leaf->value = scale * t->value[LEAF_VALUE][i];
        leaf->node.cover = (float)optional_at(t, LEAF_WEIGHT, LEAF_COUNT, i);
    }
    return status;
}

hone_status hone_lightgbm_read_tree(hone_foreign_model *m, hone_lines *lines, size_t number,
                                    double scale, hone_trees_builder *builder, hone_error *err) {
    struct tree t = {.m = m, .number = number};
    size_t linear = 0;
    hone_status status = read_lines(&t, lines, err);
    if (status == HONE_OK)
        status = read_count(&t, NUM_LEAVES, MOST_LEAVES, &t.n_leaves, err);
    if (status == HONE_OK && t.n_leaves == 0)
        status = wrong(&t, NUM_LEAVES, "is 0", err);
    if (status == HONE_OK && t.list[IS_LINEAR].start)
        status = read_count(&t, IS_LINEAR, 1, &linear, err);
    if (status == HONE_OK && linear)
        status = hone_foreign_cannot(m, err,
                                     "line %zu: tree %zu has linear models in its leaves; "
                                     "hone reads leaves with one value",
                                     t.list[IS_LINEAR].line, number);
    if (status == HONE_OK && (status = read_lists(&t, err)) == HONE_OK &&
        (status = read_sets(&t, err)) == HONE_OK &&
        (status = make_nodes(&t, scale, err)) == HONE_OK)
        status = hone_foreign_graft(m, builder, number, t.nodes, 2 * t.n_leaves - 1, err);
    for (size_t k = 0; k < N_KEYS; k++)
        hone_release(t.value[k]);
    hone_release(t.words);
    hone_release(t.nodes);
    return status;
}
