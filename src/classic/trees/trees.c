/* trees.c -- building an ensemble node by node, and trusting nothing of one that was read.
 *
 * Arrays grow by half their size, so that n nodes cost O(n) in all. */
#include "classic/trees/trees.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

/* ---- building -------------------------------------------------------------------------------- */

hone_status hone_trees_begin(hone_trees *trees, size_t n_outputs, size_t width, hone_error *err) {
    trees->n_outputs = n_outputs, trees->width = width;
    trees->n_ends = 1;
    hone_status status = hone_new(&trees->base, n_outputs, err);
    return status ? status : hone_new(&trees->start, 1, err);
}

hone_trees_builder hone_trees_build(hone_trees *trees) {
    return (hone_trees_builder){trees, trees->n_trees, trees->n_nodes, trees->n_words};
}

static size_t more_room(size_t room, size_t need) {
    size_t grown = room + room / 2 + 16;
    return grown > need ? grown : need;
}

static hone_status grow_trees(hone_trees_builder *b, size_t room, hone_error *err) {
    hone_status status = hone_grow(&b->trees->start, b->room_trees + 1, room + 1, err);
    if (status == HONE_OK)
        b->room_trees = room;
    return status;
}

static hone_status room_for_trees(hone_trees_builder *b, size_t n, hone_error *err) {
    return n <= b->room_trees ? HONE_OK : grow_trees(b, more_room(b->room_trees, n), err);
}

static hone_status grow_nodes(hone_trees_builder *b, size_t room, hone_error *err) {
    hone_trees *t = b->trees;
    size_t old = b->room_nodes;
    hone_status status;
    if ((status = hone_grow(&t->column, old, room, err)) != HONE_OK ||
        (status = hone_grow(&t->child, old, room, err)) != HONE_OK ||
        (status = hone_grow(&t->threshold, old, room, err)) != HONE_OK ||
        (status = hone_grow(&t->rule, old, room, err)) != HONE_OK ||
        (status = hone_grow(&t->value, old * t->width, room * t->width, err)) != HONE_OK ||
        (status = hone_grow(&t->cover, old, room, err)) != HONE_OK ||
        (status = hone_grow(&t->gain, old, room, err)) != HONE_OK)
        return status;
    b->room_nodes = room;
    return HONE_OK;
}

static hone_status room_for_nodes(hone_trees_builder *b, size_t n, hone_error *err) {
    if (n > INT32_MAX)
        return hone_fail(err, HONE_EDATA, "more than %ld nodes in the trees", (long)INT32_MAX);
    return n <= b->room_nodes ? HONE_OK : grow_nodes(b, more_room(b->room_nodes, n), err);
}

static hone_status grow_words(hone_trees_builder *b, size_t room, hone_error *err) {
    hone_status status = hone_grow(&b->trees->words, b->room_words, room, err);
    if (status == HONE_OK)
        b->room_words = room;
    return status;
}

static hone_status room_for_words(hone_trees_builder *b, size_t n, hone_error *err) {
    if (n > INT32_MAX / 2) /* rule holds twice the place */
        return hone_fail(err, HONE_EDATA, "more than %ld words of categories in the trees",
                         (long)INT32_MAX / 2);
    return n <= b->room_words ? HONE_OK : grow_words(b, more_room(b->room_words, n), err);
}

hone_status hone_trees_reserve(hone_trees_builder *b, size_t trees, size_t nodes, size_t words,
                               hone_error *err) {
    hone_status status = HONE_OK;
    if (trees > b->room_trees)
        status = grow_trees(b, trees, err);
    if (status == HONE_OK && nodes > b->room_nodes)
        status = nodes > INT32_MAX ? room_for_nodes(b, nodes, err) : grow_nodes(b, nodes, err);
    if (status == HONE_OK && words > b->room_words)
        status = words > INT32_MAX / 2 ? room_for_words(b, words, err) : grow_words(b, words, err);
    return status;
}

hone_status hone_trees_open(hone_trees_builder *b, hone_error *err) {
    hone_trees *t = b->trees;
    hone_status status = room_for_trees(b, t->n_trees + 1, err);
    if (status != HONE_OK)
        return status;
    t->n_trees++, t->n_ends++;
    t->start[t->n_trees] = (int32_t)t->n_nodes;
    return HONE_OK;
}

/* What a node asks. On failure the node is as it was. */
static hone_status set_question(hone_trees_builder *b, size_t i, const hone_node *node,
                                hone_error *err) {
    hone_trees *t = b->trees;
    t->rule[i] = hone_rule_of_number(node->missing_left);
    if (node->set != NULL) {
        size_t at = t->n_words;
        hone_status status = room_for_words(b, at + 1 + node->n_set, err);
        if (status != HONE_OK)
            return status;
        t->words[at] = (int32_t)node->n_set;
        memcpy(t->words + at + 1, node->set, node->n_set * sizeof *node->set);
        t->n_words += 1 + node->n_set;
        t->rule[i] = hone_rule_of_set(at, node->missing_left);
    }
    t->column[i] = node->column;
    t->child[i] = node->child;
    t->threshold[i] = node->threshold;
    t->gain[i] = node->gain;
    return HONE_OK;
}

hone_status hone_trees_add(hone_trees_builder *b, const hone_node *node, const double *value,
                           size_t *number, hone_error *err) {
    hone_trees *t = b->trees;
    size_t i = t->n_nodes;
    hone_status status = room_for_nodes(b, i + 1, err);
    if (status == HONE_OK)
        status = set_question(b, i, node, err);
    if (status != HONE_OK)
        return status;
    memcpy(t->value + i * t->width, value, t->width * sizeof *value);
    t->cover[i] = node->cover;
    t->n_nodes++;
    t->start[t->n_trees] = (int32_t)t->n_nodes;
    if (number != NULL)
        *number = i - (size_t)t->start[t->n_trees - 1];
    return HONE_OK;
}

hone_status hone_trees_split(hone_trees_builder *b, size_t i, const hone_node *node,
                             hone_error *err) {
    return set_question(b, (size_t)b->trees->start[b->trees->n_trees - 1] + i, node, err);
}

hone_status hone_trees_append(hone_trees_builder *b, const hone_trees *from, hone_error *err) {
    hone_trees *t = b->trees;
    size_t nodes = t->n_nodes, words = t->n_words, n = from->n_nodes;
    hone_status status;
    if ((status = room_for_trees(b, t->n_trees + from->n_trees, err)) != HONE_OK ||
        (status = room_for_nodes(b, nodes + n, err)) != HONE_OK ||
        (status = room_for_words(b, words + from->n_words, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < from->n_trees; i++)
        t->start[t->n_trees + 1 + i] = (int32_t)nodes + from->start[i + 1];
    memcpy(t->column + nodes, from->column, n * sizeof *t->column);
    memcpy(t->child + nodes, from->child, n * sizeof *t->child);
    memcpy(t->threshold + nodes, from->threshold, n * sizeof *t->threshold);
    memcpy(t->value + nodes * t->width, from->value, n * t->width * sizeof *t->value);
    memcpy(t->cover + nodes, from->cover, n * sizeof *t->cover);
    memcpy(t->gain + nodes, from->gain, n * sizeof *t->gain);
    for (size_t i = 0; i < n; i++) {
        int32_t rule = from->rule[i];
        t->rule[nodes + i] = hone_rule_is_set(rule) ? rule + ((int32_t)words << 1) : rule;
    }
    if (from->n_words > 0)
        memcpy(t->words + words, from->words, from->n_words * sizeof *t->words);
    t->n_trees += from->n_trees, t->n_ends += from->n_trees;
    t->n_nodes += n, t->n_words += from->n_words;
    return HONE_OK;
}

void hone_trees_cut(hone_trees *trees, size_t n) {
    if (n >= trees->n_trees)
        return;
    trees->n_trees = n, trees->n_ends = n + 1;
    trees->n_nodes = (size_t)trees->start[n]; /* words of dropped sets stay: nobody points there */
}

void hone_trees_clear(hone_trees *trees) {
    hone_release(trees->base);
    hone_release(trees->start);
    hone_release(trees->column);
    hone_release(trees->child);
    hone_release(trees->threshold);
    hone_release(trees->rule);
    hone_release(trees->value);
    hone_release(trees->cover);
    hone_release(trees->gain);
    hone_release(trees->words);
    memset(trees, 0, sizeof *trees);
}

/* ---- trusting nothing ------------------------------------------------------------------------ */

static hone_status bad_shape(const hone_trees *t, hone_error *err) {
    if (t->n_outputs == 0 || t->n_ends != t->n_trees + 1 || t->start[0] != 0 ||
        (t->width != 1 && t->width != t->n_outputs) || t->n_nodes > INT32_MAX ||
        (size_t)t->start[t->n_trees] != t->n_nodes ||
        (t->width == 1 && t->n_trees % t->n_outputs != 0))
        return hone_fail(err, HONE_EFORMAT,
                         "the model has %zu trees, %zu nodes and %zu outputs that do not fit",
                         t->n_trees, t->n_nodes, t->n_outputs);
    for (size_t k = 0; k < t->n_outputs; k++)
        if (!isfinite(t->base[k]))
            return hone_fail(err, HONE_EFORMAT, "base %zu of the model is not finite", k);
    for (size_t i = 0; i < t->n_trees; i++)
        if (t->start[i] >= t->start[i + 1])
            return hone_fail(err, HONE_EFORMAT, "tree %zu of the model has no nodes", i);
    return HONE_OK;
}

static bool set_fits(const hone_trees *t, int32_t rule) {
    if (rule < 0)
        return false;
    if (!hone_rule_is_set(rule))
        return true;
    size_t at = hone_rule_set(rule);
    return at < t->n_words && t->words[at] >= 0 && (size_t)t->words[at] < t->n_words - at;
}

/* What is wrong with node i of a tree of n nodes that begins at `start`, or NULL. */
static const char *bad_node(const hone_trees *t, size_t start, size_t i, size_t n, size_t n_cols) {
    int32_t column = t->column[start + i], child = t->child[start + i];
    for (size_t k = 0; k < t->width; k++)
        if (!isfinite(t->value[(start + i) * t->width + k]))
            return "has a value that is not finite";
    if (column == -1)
        return NULL;
    if (column < 0 || (size_t)column >= n_cols)
        return "asks about a column that there is not";
    if (child < 0 || (size_t)child <= i || (size_t)child + 1 >= n)
        return "has children out of order";
    if (isnan(t->threshold[start + i]))
        return "has no threshold";
    return set_fits(t, t->rule[start + i]) ? NULL : "has a set out of range";
}

/* met (n, zero): how often each node is a child; once each but the root. */
static const char *bad_links(const hone_trees *t, size_t start, size_t n, char *met, size_t *node) {
    for (size_t i = 0; i < n; i++)
        if (t->column[start + i] >= 0) {
            met[t->child[start + i]]++;
            met[t->child[start + i] + 1]++;
            if (met[t->child[start + i]] > 1 || met[t->child[start + i] + 1] > 1)
                return *node = i, "has a child that another node has";
        }
    for (size_t i = 1; i < n; i++)
        if (met[i] != 1)
            return *node = i, "is no node's child";
    return NULL;
}

hone_status hone_trees_validate(const hone_trees *t, size_t n_cols, hone_error *err) {
    char *met = NULL;
    hone_status status = bad_shape(t, err);
    if (status == HONE_OK)
        status = hone_new(&met, t->n_nodes, err);
    for (size_t tree = 0; status == HONE_OK && tree < t->n_trees; tree++) {
        size_t start = (size_t)t->start[tree], n = (size_t)t->start[tree + 1] - start, node = 0;
        const char *wrong = NULL;
        if (start + n > t->n_nodes)
            wrong = "lies past the end";
        for (size_t i = 0; i < n && wrong == NULL; i++)
            wrong = bad_node(t, start, node = i, n, n_cols);
        if (wrong == NULL)
            wrong = bad_links(t, start, n, met + start, &node);
        if (wrong != NULL)
            status = hone_fail(err, HONE_EFORMAT, "node %zu of tree %zu of the model %s", node,
                               tree, wrong);
    }
    hone_release(met);
    return status;
}
