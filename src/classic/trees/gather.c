/* gather.c -- many ensembles become one, without a second copy of them all.
 *
 * Cost: O(nodes); memory for one array beyond what there is. */
#include "classic/trees/trees.h"

#include "core/alloc.h"
#include "core/error.h"

#include <string.h>

/* An array of an ensemble: where its address stands, and what it holds. */
struct array {
    size_t offset, item;
    size_t (*length)(const hone_trees *trees);
};

static size_t nodes(const hone_trees *trees) {
    return trees->n_nodes;
}

static size_t values(const hone_trees *trees) {
    return trees->n_nodes * trees->width;
}

static size_t words(const hone_trees *trees) {
    return trees->n_words;
}

static const struct array ARRAYS[] = {
    {offsetof(hone_trees, column), sizeof(int32_t), nodes},
    {offsetof(hone_trees, child), sizeof(int32_t), nodes},
    {offsetof(hone_trees, threshold), sizeof(double), nodes},
    {offsetof(hone_trees, rule), sizeof(int32_t), nodes},
    {offsetof(hone_trees, value), sizeof(double), values},
    {offsetof(hone_trees, cover), sizeof(float), nodes},
    {offsetof(hone_trees, gain), sizeof(float), nodes},
    {offsetof(hone_trees, words), sizeof(int32_t), words},
};

/* Takes the block out of an ensemble. */
static char *take(hone_trees *trees, const struct array *array) {
    char *block, *none = NULL;
    memcpy(&block, (char *)trees + array->offset, sizeof block);
    memcpy((char *)trees + array->offset, &none, sizeof none);
    return block;
}

static hone_status gather_array(const struct array *array, hone_trees *out, hone_trees *from,
                                size_t n, hone_error *err) {
    size_t total = array->length(out), at = 0;
    char *all = NULL;
    for (size_t i = 0; i < n; i++)
        total += array->length(from + i);
    hone_status status = hone_alloc((void **)&all, total, array->item, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i <= n; i++) {
        hone_trees *trees = i == 0 ? out : from + i - 1;
        size_t bytes = array->length(trees) * array->item;
        char *block = take(trees, array);
        if (bytes > 0)
            memcpy(all + at, block, bytes);
        at += bytes;
        hone_release(block);
    }
    memcpy((char *)out + array->offset, &all, sizeof all);
    return HONE_OK;
}

/* Where the trees begin, and the sets of each ensemble, behind those before it. */
static hone_status move_links(hone_trees *out, hone_trees *from, size_t n, hone_error *err) {
    size_t trees = out->n_trees, first = out->n_nodes, sets = out->n_words;
    for (size_t i = 0; i < n; i++)
        trees += from[i].n_trees, first += from[i].n_nodes, sets += from[i].n_words;
    if (first > INT32_MAX || sets > INT32_MAX / 2)
        return hone_fail(err, HONE_EDATA,
                         "more than %ld nodes, or half as many words of "
                         "categories, in the trees",
                         (long)INT32_MAX);
    hone_status status = hone_grow(&out->start, out->n_ends, trees + 1, err);
    if (status != HONE_OK)
        return status;
    int32_t *end = out->start + out->n_trees;
    first = out->n_nodes, sets = out->n_words;
    for (size_t i = 0; i < n; i++) {
        for (size_t t = 0; t < from[i].n_trees; t++)
            *++end = (int32_t)first + from[i].start[t + 1];
        for (size_t j = 0; j < from[i].n_nodes; j++)
            if (hone_rule_is_set(from[i].rule[j]))
                from[i].rule[j] += (int32_t)sets << 1;
        first += from[i].n_nodes, sets += from[i].n_words;
    }
    return HONE_OK;
}

hone_status hone_trees_gather(hone_trees *out, hone_trees *from, size_t n, hone_error *err) {
    hone_status status = move_links(out, from, n, err);
    for (size_t a = 0; a < sizeof ARRAYS / sizeof *ARRAYS && status == HONE_OK; a++)
        status = gather_array(ARRAYS + a, out, from, n, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++) {
        out->n_trees += from[i].n_trees, out->n_ends += from[i].n_trees;
        out->n_nodes += from[i].n_nodes, out->n_words += from[i].n_words;
    }
    for (size_t i = 0; i < n; i++)
        hone_trees_clear(from + i);
    return status;
}
