/* shap.c -- what Shapley values need of an ensemble, whatever the row: its edges in the order of
 * the walk, the rules of integration, the expected value. Cost: O(nodes + points^2). */
#include "classic/trees/shap.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

/* ---- integration ----------------------------------------------------------------------------- */

/* The Legendre polynomial of degree n at x, and its derivative. */
static double legendre(size_t n, double x, double *slope) {
    double p = 1, before = 0;
    for (size_t k = 1; k <= n; k++) {
        double next = ((2 * (double)k - 1) * x * p - ((double)k - 1) * before) / (double)k;
        before = p, p = next;
    }
    *slope = (double)n * (x * p - before) / (x * x - 1);
    return p;
}

/* Gauss's rule of n points on (0, 1): exact for polynomials of degree 2 n - 1. */
static void gauss(size_t n, double *at, double *weight) {
    for (size_t i = 0; i < n; i++) {
        double slope, x = cos(M_PI * ((double)i + 0.75) / ((double)n + 0.5));
        for (int step = 0; step < 8; step++) /* Newton; four are enough */
            x -= legendre(n, x, &slope) / slope;
        legendre(n, x, &slope);
        at[i] = (1 + x) / 2;
        weight[i] = 1 / ((1 - x * x) * slope * slope);
    }
}

/* The rules that trees need, each once. */
static hone_status make_rules(hone_shap *shap, hone_error *err) {
    size_t n = shap->points * (shap->points + 1) / 2;
    hone_status status = hone_new(&shap->at, n, err);
    if (status == HONE_OK)
        status = hone_new(&shap->weight, n, err);
    for (size_t tree = 0; status == HONE_OK && tree < shap->trees->n_trees; tree++) {
        size_t q = shap->tree[tree].points, rule = q * (q - 1) / 2;
        if (shap->weight[rule] == 0)
            gauss(q, shap->at + rule, shap->weight + rule);
    }
    return status;
}

/* ---- the edges ------------------------------------------------------------------------------- */

/* Where a walk stands: nodes yet to come, and the way to the present one. */
struct way {
    int32_t *node, *depth; /* most: nodes to come, the next one last */
    size_t left;           /* how many */
    int32_t *last;         /* n_cols: depth of the last edge that asks a column, or 0 */
    size_t *edge;          /* most: edges of the way, by depth */
    size_t *columns;       /* most: different columns down to a depth */
    double *chance;        /* most: share of all rows that come here */
};

static hone_status make_way(const hone_trees *t, size_t n_cols, struct way *way, hone_error *err) {
    size_t most = 0;
    for (size_t tree = 0; tree < t->n_trees; tree++) {
        size_t n = (size_t)(t->start[tree + 1] - t->start[tree]);
        most = n > most ? n : most;
    }
    hone_status status;
    if ((status = hone_new(&way->node, most, err)) != HONE_OK ||
        (status = hone_new(&way->depth, most, err)) != HONE_OK ||
        (status = hone_new(&way->last, n_cols, err)) != HONE_OK ||
        (status = hone_new(&way->edge, most, err)) != HONE_OK ||
        (status = hone_new(&way->columns, most, err)) != HONE_OK ||
        (status = hone_new(&way->chance, most, err)) != HONE_OK)
        return status;
    return HONE_OK;
}

static void free_way(struct way *way) {
    hone_release(way->node);
    hone_release(way->depth);
    hone_release(way->last);
    hone_release(way->edge);
    hone_release(way->columns);
    hone_release(way->chance);
}

/* Share of a node's rows that go to a child; half where it met none. */
static double share_of(const hone_trees *t, size_t left, bool is_left) {
    double a = t->cover[left], b = t->cover[left + 1];
    return a >= 0 && b >= 0 && a + b > 0 && isfinite(a + b) ? (is_left ? a : b) / (a + b) : 0.5;
}

/* Fills an edge but for its node, depth and side; the walk has come to its parent. */
static void join(hone_shap *shap, size_t at, size_t start, struct way *way) {
    const hone_trees *t = shap->trees;
    hone_shap_edge *edge = &shap->edge[at];
    size_t d = (size_t)edge->depth;
    way->edge[d] = at;
    if (d == 0) {
        way->columns[0] = 0;
        way->chance[0] = 1;
        return;
    }
    size_t parent = (size_t)shap->edge[way->edge[d - 1]].node;
    size_t left = start + (size_t)t->child[parent];
    edge->left = (size_t)edge->node == left;
    edge->column = t->column[parent];
    edge->before = way->last[edge->column];
    double share = share_of(t, left, edge->left);
    edge->share = share;
    if (edge->before)
        edge->share *= shap->edge[way->edge[edge->before]].share;
    way->last[edge->column] = (int32_t)d;
    way->columns[d] = way->columns[d - 1] + !edge->before;
    way->chance[d] = way->chance[d - 1] * share;
}

/* Goes back to the depth above `depth`. */
static void leave(const hone_shap *shap, size_t from, size_t depth, struct way *way) {
    for (size_t d = from; d >= depth && d > 0; d--) {
        const hone_shap_edge *edge = &shap->edge[way->edge[d]];
        way->last[edge->column] = edge->before;
    }
}

static void expect(hone_shap *shap, size_t tree, size_t node, double chance) {
    const hone_trees *t = shap->trees;
    for (size_t k = 0; k < t->width; k++)
        shap->expected[t->width == 1 ? tree % t->n_outputs : k] +=
            chance * t->value[node * t->width + k];
}

static void line_up(hone_shap *shap, size_t tree, struct way *way) {
    const hone_trees *t = shap->trees;
    size_t start = (size_t)t->start[tree], n = (size_t)t->start[tree + 1] - start;
    size_t columns = 0, depth = 0, at = start;
    way->node[0] = way->depth[0] = 0;
    for (way->left = 1; way->left > 0; at++) {
        way->left--;
        int32_t node = way->node[way->left], d = way->depth[way->left];
        if (at > start)
            leave(shap, (size_t)shap->edge[at - 1].depth, (size_t)d, way);
        shap->edge[at] = (hone_shap_edge){.node = (int32_t)start + node, .depth = d, .share = 1};
        join(shap, at, start, way);
        depth = (size_t)d > depth ? (size_t)d : depth;
        columns = way->columns[d] > columns ? way->columns[d] : columns;
        if (t->column[start + (size_t)node] < 0) {
            expect(shap, tree, start + (size_t)node, way->chance[d]);
            continue;
        }
        for (int32_t side = 1; side >= 0; side--) {
            way->node[way->left] = t->child[start + (size_t)node] + side;
            way->depth[way->left++] = d + 1;
        }
    }
    leave(shap, (size_t)shap->edge[at - 1].depth, 1, way);
    size_t points = columns > 1 ? (columns + 1) / 2 : 1;
    shap->tree[tree] = (hone_shap_tree){start, n, points};
    shap->depth = depth > shap->depth ? depth : shap->depth;
    shap->points = points > shap->points ? points : shap->points;
}

/* ---- the whole ------------------------------------------------------------------------------- */

hone_status hone_shap_make(const hone_trees *trees, size_t n_cols, hone_shap **out,
                           hone_error *err) {
    struct way way = {0};
    hone_shap *shap = NULL;
    hone_status status = hone_new(&shap, 1, err);
    if (status != HONE_OK)
        return status;
    shap->trees = trees, shap->n_cols = n_cols;
    if ((status = hone_new(&shap->edge, trees->n_nodes, err)) != HONE_OK ||
        (status = hone_new(&shap->tree, trees->n_trees, err)) != HONE_OK ||
        (status = hone_new(&shap->expected, trees->n_outputs, err)) != HONE_OK ||
        (status = make_way(trees, n_cols, &way, err)) != HONE_OK)
        goto done;
    for (size_t k = 0; k < trees->n_outputs; k++)
        shap->expected[k] = trees->base[k];
    for (size_t tree = 0; tree < trees->n_trees; tree++)
        line_up(shap, tree, &way);
    if ((status = make_rules(shap, err)) != HONE_OK)
        goto done;
    *out = shap, shap = NULL;
done:
    free_way(&way);
    hone_shap_free(shap);
    return status;
}

void hone_shap_free(hone_shap *shap) {
    if (shap == NULL)
        return;
    hone_release(shap->edge);
    hone_release(shap->tree);
    hone_release(shap->expected);
    hone_release(shap->at);
    hone_release(shap->weight);
    hone_release(shap);
}
