/* xgboost_trees.c -- the trees of a model of XGBoost.
 *
 * A tree is a dozen arrays over its nodes; a leaf (left_children -1) has its value in
 * split_conditions. categories holds the lists of the nodes named in categories_nodes, node number
 * i's from categories_segments[i] on, categories_sizes[i] long. A category in its list goes right,
 * any other one left, and so does one that is larger than all that the model knows of.
 * What a node that is no leaf would give is the mean of its children by their Hessians.
 * Cost: O(nodes + words of sets). */
#include "classic/foreign/xgboost.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

/* One tree being read. */
struct tree {
    hone_foreign_model *m;
    const hone_json *json;
    size_t number, n;
    const hone_json *left, *right, *column, *condition, *missing_left, *split_type; /* n each */
    const hone_json *gain, *cover;                                                  /* or NULL */
    hone_foreign_node *nodes;
    uint32_t *words; /* of all sets of the tree */
};

static hone_status wrong(const struct tree *t, const char *what, hone_error *err) {
    return hone_foreign_fail(t->m, err, "tree %zu: %s", t->number, what);
}

static bool whole_at(const hone_json *array, size_t i, int32_t *out) {
    long long value;
    if (!hone_json_as_integer(hone_json_at(array, i), &value) || value < INT32_MIN ||
        value > INT32_MAX)
        return false;
    *out = (int32_t)value;
    return true;
}

/* ---- arrays ---------------------------------------------------------------------------------- */

/* The array under a key, n long; NULL where it is optional and not there. */
static hone_status find(const struct tree *t, const char *key, bool optional, const hone_json **out,
                        hone_error *err) {
    *out = hone_json_get(t->json, key);
    if (!*out && optional)
        return HONE_OK;
    if (hone_json_size(*out) != t->n)
        return hone_foreign_fail(t->m, err, "tree %zu: %s has %zu numbers, expected %zu", t->number,
                                 key, hone_json_size(*out), t->n);
    return HONE_OK;
}

static hone_status find_all(struct tree *t, hone_error *err) {
    const hone_json *param = hone_json_get(t->json, "tree_param");
    const char *vector = hone_json_as_text(hone_json_get(param, "size_leaf_vector"));
    const char *count = hone_json_as_text(hone_json_get(param, "num_nodes"));
    double nodes;
    if (vector && strcmp(vector, "0") != 0 && strcmp(vector, "1") != 0)
        return hone_foreign_cannot(t->m, err, "tree %zu: leaves with several values are not read",
                                   t->number);
    t->n = hone_json_size(hone_json_get(t->json, "left_children"));
    if (t->n == 0 || (count && (!hone_parse_double(count, &nodes) || nodes != (double)t->n)))
        return wrong(t, "left_children is not num_nodes long", err);
    hone_status status;
    if ((status = find(t, "left_children", false, &t->left, err)) ||
        (status = find(t, "right_children", false, &t->right, err)) ||
        (status = find(t, "split_indices", false, &t->column, err)) ||
        (status = find(t, "split_conditions", false, &t->condition, err)) ||
        (status = find(t, "default_left", false, &t->missing_left, err)) ||
        (status = find(t, "split_type", true, &t->split_type, err)) ||
        (status = find(t, "loss_changes", true, &t->gain, err)))
        return status;
    return find(t, "sum_hessian", true, &t->cover, err);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static bool is_set(const struct tree *t, size_t i) {
    int32_t type = 0;
    return t->split_type && whole_at(t->split_type, i, &type) && type == 1;
}

/* Of leaves too: there it means nothing. */
static hone_status read_node(const struct tree *t, size_t i, double weight, hone_error *err) {
    hone_foreign_node *node = &t->nodes[i];
    const hone_json *missing = hone_json_at(t->missing_left, i);
    int32_t flag = 0;
    double condition = is_set(t, i) ? 0 : (float)hone_json_as_real(hone_json_at(t->condition, i));
    if (!whole_at(t->left, i, &node->left) || !whole_at(t->right, i, &node->right) ||
        !whole_at(t->column, i, &node->node.column) || !isfinite(condition))
        return hone_foreign_fail(t->m, err, "tree %zu: node %zu has no readable link or number",
                                 t->number, i);
    if (!whole_at(t->missing_left, i, &flag))
        flag = hone_json_as_boolean(missing);
    bool leaf = node->left == -1;
    node->value = leaf ? weight * condition : 0;
    node->node.threshold = leaf ? 0 : hone_threshold_of_float((float)condition);
    node->node.missing_left = flag != 0;
    node->node.gain = t->gain ? (float)hone_json_as_real(hone_json_at(t->gain, i)) : 0;
    node->node.cover = t->cover ? (float)hone_json_as_real(hone_json_at(t->cover, i)) : 0;
    return isfinite(node->node.gain) && isfinite(node->node.cover)
               ? HONE_OK
               : hone_foreign_fail(t->m, err,
                                   "tree %zu: node %zu has a gain or cover that is not "
                                   "finite",
                                   t->number, i);
}

/* ---- sets ------------------------------------------------------------------------------------ */

/* List number k of the tree: its node, and where it lies. */
static hone_status find_list(const struct tree *t, size_t k, int32_t *node, int32_t *first,
                             int32_t *size, hone_error *err) {
    size_t total = hone_json_size(hone_json_get(t->json, "categories"));
    if (!whole_at(hone_json_get(t->json, "categories_nodes"), k, node) ||
        !whole_at(hone_json_get(t->json, "categories_segments"), k, first) ||
        !whole_at(hone_json_get(t->json, "categories_sizes"), k, size) || *node < 0 ||
        (size_t)*node >= t->n || *first < 0 || *size < 0 || (size_t)*first > total ||
        (size_t)*size > total - (size_t)*first || !is_set(t, (size_t)*node))
        return hone_foreign_fail(t->m, err, "tree %zu: list %zu of categories is out of range",
                                 t->number, k);
    return HONE_OK;
}

/* Columns learn how many categories they have: before any set is made. */
static hone_status count_levels(const struct tree *t, hone_error *err) {
    const hone_json *categories = hone_json_get(t->json, "categories");
    hone_status status = HONE_OK;
    size_t lists = hone_json_size(hone_json_get(t->json, "categories_nodes"));
    for (size_t k = 0; k < lists && status == HONE_OK; k++) {
        int32_t node, first, size, column;
        if ((status = find_list(t, k, &node, &first, &size, err)))
            return status;
        if (!whole_at(t->column, (size_t)node, &column) || column < 0 ||
            (size_t)column >= t->m->n_cols)
            return hone_foreign_fail(t->m, err,
                                     "tree %zu: node %d asks about a column that there is not",
                                     t->number, (int)node);
        t->m->columns[column].categorical = true;
        for (int32_t i = 0; i < size && status == HONE_OK; i++)
            status = hone_foreign_level(
                t->m, (size_t)column,
                hone_json_as_real(hone_json_at(categories, (size_t)(first + i))), err);
    }
    return status;
}

/* The set of what goes left at a node: all codes that the column has and one more, for what is new,
 * but for those in the list. */
static hone_status make_set(const struct tree *t, size_t k, size_t *used, hone_error *err) {
    const hone_json *categories = hone_json_get(t->json, "categories");
    int32_t at, first, size;
    hone_status status = find_list(t, k, &at, &first, &size, err);
    if (status != HONE_OK)
        return status;
    hone_node *node = &t->nodes[at].node;
    size_t words = t->m->columns[node->column].n_levels / 32 + 1;
    if (node->set)
        return hone_foreign_fail(t->m, err, "tree %zu: node %d has two lists of categories",
                                 t->number, (int)at);
    uint32_t *set = t->words + *used;
    memset(set, 0xff, words * sizeof *set);
    for (int32_t i = 0; i < size; i++) {
        uint32_t code = (uint32_t)hone_json_as_real(hone_json_at(categories, (size_t)(first + i)));
        set[code / 32] &= ~((uint32_t)1 << code % 32);
    }
    node->set = set, node->n_set = words;
    *used += words;
    return HONE_OK;
}

static hone_status make_sets(struct tree *t, hone_error *err) {
    size_t lists = hone_json_size(hone_json_get(t->json, "categories_nodes")), words = 0, used = 0;
    int32_t node, first, size;
    hone_status status = HONE_OK;
    for (size_t k = 0; k < lists && status == HONE_OK; k++) {
        status = find_list(t, k, &node, &first, &size, err);
        if (status == HONE_OK)
            words += t->m->columns[t->nodes[node].node.column].n_levels / 32 + 1;
    }
    if (status == HONE_OK)
        status = hone_new(&t->words, words, err);
    for (size_t k = 0; k < lists && status == HONE_OK; k++)
        status = make_set(t, k, &used, err);
    return status;
}

/* A column is asked about as a number or as a category, never as both. */
static hone_status check_kinds(const struct tree *t, hone_error *err) {
    for (size_t i = 0; i < t->n; i++) {
        const hone_foreign_node *node = &t->nodes[i];
        if (node->left == -1 || node->node.column < 0 || (size_t)node->node.column >= t->m->n_cols)
            continue; /* the graft knows whether it matters */
        hone_foreign_column *column = &t->m->columns[node->node.column];
        if (is_set(t, i) && !node->node.set)
            return hone_foreign_fail(t->m, err, "tree %zu: node %zu has no list of categories",
                                     t->number, i);
        *(node->node.set ? &column->categorical : &column->numeric) = true;
        if (column->numeric && column->categorical)
            return hone_foreign_fail(t->m, err,
                                     "tree %zu: node %zu asks column %d as a number, others as "
                                     "a category, or the other way round",
                                     t->number, i, (int)node->node.column);
    }
    return HONE_OK;
}

/* ---- trees ----------------------------------------------------------------------------------- */

static hone_status open_tree(hone_foreign_model *m, const hone_json *trees, size_t number,
                             struct tree *t, hone_error *err) {
    *t = (struct tree){.m = m, .json = hone_json_at(trees, number), .number = number};
    return find_all(t, err);
}

/* From the last node of the newest tree to its root: children lie past their parents. */
static void fill_inner_values(hone_trees *trees) {
    size_t start = (size_t)trees->start[trees->n_trees - 1];
    for (size_t i = trees->n_nodes; i-- > start;) {
        if (trees->column[i] < 0)
            continue;
        size_t left = start + (size_t)trees->child[i], right = left + 1;
        double a = trees->cover[left], b = trees->cover[right];
        if (!(a >= 0 && b >= 0 && a + b > 0))
            a = b = 1;
        trees->value[i] =
            trees->value[left] + b / (a + b) * (trees->value[right] - trees->value[left]);
    }
}

static hone_status read_tree(hone_foreign_model *m, const hone_json *trees, size_t number,
                             double weight, hone_trees_builder *builder, hone_error *err) {
    struct tree t;
    hone_status status = open_tree(m, trees, number, &t, err);
    if (status == HONE_OK)
        status = hone_new(&t.nodes, t.n, err);
    for (size_t i = 0; status == HONE_OK && i < t.n; i++)
        status = read_node(&t, i, weight, err);
    if (status == HONE_OK)
        status = make_sets(&t, err);
    if (status == HONE_OK)
        status = check_kinds(&t, err);
    if (status == HONE_OK)
        status = hone_foreign_graft(m, builder, number, t.nodes, t.n, err);
    if (status == HONE_OK)
        fill_inner_values(&m->state->trees);
    hone_release(t.nodes);
    hone_release(t.words);
    return status;
}

/* order (n): the trees of the file so that those of each iteration stand together, one of each
 * group, whatever their order there (num_parallel_tree puts several of a group in a row). */
static hone_status order_trees(const hone_foreign_model *m, const hone_json *info, size_t n,
                               size_t *order, hone_error *err) {
    size_t groups = m->n_groups, *count = NULL;
    if (hone_json_size(info) != n || n % groups != 0)
        return hone_foreign_fail(m, err, "tree_info has %zu numbers for %zu trees of %zu groups",
                                 hone_json_size(info), n, groups);
    hone_status status = hone_new(&count, groups, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++) {
        int32_t g;
        if (!whole_at(info, i, &g) || g < 0 || (size_t)g >= groups || count[g] == n / groups)
            status = hone_foreign_fail(m, err, "tree_info of tree %zu is impossible", i);
        else
            order[count[g]++ * groups + (size_t)g] = i;
    }
    hone_release(count);
    return status;
}

hone_status hone_xgboost_read_trees(hone_foreign_model *m, const hone_json *model,
                                    const hone_json *drop, hone_error *err) {
    const hone_json *trees = hone_json_get(model, "trees");
    hone_trees_builder builder = hone_trees_build(&m->state->trees);
    size_t n = hone_json_size(trees), *order = NULL;
    struct tree t;
    if (!trees || (drop && hone_json_size(drop) != n))
        return hone_foreign_fail(m, err, "trees are missing, or not as many as weight_drop");
    hone_status status = hone_new(&order, n, err);
    if (status == HONE_OK)
        status = order_trees(m, hone_json_get(model, "tree_info"), n, order, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++)
        if ((status = open_tree(m, trees, i, &t, err)) == HONE_OK)
            status = count_levels(&t, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++) {
        size_t number = order[i];
        double weight = drop ? (float)hone_json_as_real(hone_json_at(drop, number)) : 1;
        weight *= hone_foreign_sign(m, i % m->n_groups);
        status = read_tree(m, trees, number, weight, &builder, err);
    }
    hone_release(order);
    return status;
}
