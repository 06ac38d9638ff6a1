/* shap_walk.c -- Shapley values of eight rows: one walk over each tree (see shap.h).
 *
 * Down an edge of column i the product at point u takes a factor z_i (1-u) + o_i u, and loses the
 * one that an edge of the same column above had given. On the way back the edge gives
 *     phi_i += sum over points of weight sum (effect - effect of that edge above)
 * so that in the end each leaf has counted with its last edge of the column. */
#include "classic/trees/shap.h"

#include "core/alloc.h"
#include "core/clones.h"

#include <string.h>

enum { LANES = HONE_SHAP_LANES };

/* ---- memory ---------------------------------------------------------------------------------- */

hone_status hone_shap_walk_make(const hone_shap *shap, hone_shap_walk *walk, hone_error *err) {
    size_t depths = shap->depth + 1, points = shap->points * LANES;
    size_t outputs = shap->trees->n_outputs, width = shap->trees->width;
    hone_status status;
    if ((status = hone_new2(&walk->x, shap->n_cols, LANES, err)) != HONE_OK ||
        (status = hone_new2(&walk->phi, shap->n_cols, outputs * LANES, err)) != HONE_OK ||
        (status = hone_new2(&walk->yes, depths, LANES, err)) != HONE_OK ||
        (status = hone_new2(&walk->goes, depths, LANES, err)) != HONE_OK ||
        (status = hone_new2(&walk->product, depths, points, err)) != HONE_OK ||
        (status = hone_new2(&walk->inverse, depths, points, err)) != HONE_OK ||
        (status = hone_new2(&walk->effect, depths, points, err)) != HONE_OK ||
        (status = hone_new2(&walk->sum, depths, width * points, err)) != HONE_OK ||
        (status = hone_new2(&walk->factor, 4, shap->points, err)) != HONE_OK ||
        (status = hone_new(&walk->way, depths, err)) != HONE_OK ||
        (status = hone_new(&walk->hidden, depths, err)) != HONE_OK)
        return status;
    return HONE_OK;
}

void hone_shap_walk_free(hone_shap_walk *walk) {
    hone_release(walk->x);
    hone_release(walk->phi);
    hone_release(walk->yes);
    hone_release(walk->goes);
    hone_release(walk->product);
    hone_release(walk->inverse);
    hone_release(walk->effect);
    hone_release(walk->sum);
    hone_release(walk->factor);
    hone_release(walk->way);
    hone_release(walk->hidden);
}

void hone_shap_take(const hone_shap *shap, hone_view x, hone_shap_walk *walk) {
    for (size_t l = 0; l < LANES; l++) {
        const double *row = hone_view_row(x, l < x.rows ? l : x.rows - 1);
        for (size_t j = 0; j < shap->n_cols; j++)
            walk->x[j * LANES + l] = row[j];
    }
    memset(walk->phi, 0, shap->n_cols * shap->trees->n_outputs * LANES * sizeof *walk->phi);
}

/* ---- down ------------------------------------------------------------------------------------ */

/* yes (8) = 1 where the row goes left at node i. */
static void ask(const hone_trees *t, size_t i, const double *x, double *yes) {
    x += (size_t)t->column[i] * LANES;
    for (size_t l = 0; l < LANES; l++)
        yes[l] = hone_goes_left(t, i, x[l]);
}

/* factor (4 x points): z (1-u) + o u for o = 0 and 1, and their inverses. */
HONE_INLINE void factors(double z, const double *at, size_t points, double *factor) {
    double *f0 = factor, *f1 = f0 + points, *i0 = f1 + points, *i1 = i0 + points;
    for (size_t q = 0; q < points; q++) {
        f0[q] = z * (1 - at[q]);
        f1[q] = f0[q] + at[q];
        i0[q] = f0[q] > 0 ? 1 / f0[q] : 0; /* no row goes there, nor this one: nothing counts */
        i1[q] = 1 / f1[q];
    }
}

/* Everything of depth d from what is above. */
HONE_INLINE void enter(const hone_shap_edge *edge, const double *at, size_t points,
                       hone_shap_walk *w) {
    size_t d = (size_t)edge->depth, before = (size_t)edge->before, size = points * LANES;
    double *goes = w->goes + d * LANES, z = edge->share;
    const double *yes = w->yes + (d - 1) * LANES, *above = w->goes + before * LANES;
    for (size_t l = 0; l < LANES; l++)
        goes[l] = (edge->left ? yes[l] : 1 - yes[l]) * above[l];
    factors(z, at, points, w->factor);
    const double *from = w->product + (d - 1) * size, *undo = w->inverse + before * size;
    double *product = w->product + d * size, *inverse = w->inverse + d * size;
    double *effect = w->effect + d * size;
    for (size_t q = 0; q < points; q++) {
        double f0 = w->factor[q], f1 = w->factor[points + q];
        double i0 = w->factor[2 * points + q], i1 = w->factor[3 * points + q];
        double e0 = -z * i0, e1 = (1 - z) * i1;
        for (size_t l = 0; l < LANES; l++) {
            size_t k = q * LANES + l;
            inverse[k] = goes[l] > 0 ? i1 : i0;
            effect[k] = goes[l] > 0 ? e1 : e0;
            product[k] = from[k] * undo[k] * (goes[l] > 0 ? f1 : f0);
        }
    }
}

/* The root: nothing is known of any column. */
static void begin(size_t points, hone_shap_walk *w) {
    for (size_t l = 0; l < LANES; l++)
        w->goes[l] = 1;
    for (size_t k = 0; k < points * LANES; k++) {
        w->product[k] = w->inverse[k] = 1;
        w->effect[k] = 0;
    }
}

/* ---- and back -------------------------------------------------------------------------------- */

HONE_INLINE void begin_sum(const hone_trees *t, size_t node, size_t depth, size_t points,
                           hone_shap_walk *w) {
    size_t size = points * LANES;
    const double *product = w->product + depth * size;
    for (size_t k = 0; k < t->width; k++) {
        double *sum = w->sum + (depth * t->width + k) * size;
        double v = t->column[node] < 0 ? t->value[node * t->width + k] : 0;
        for (size_t i = 0; i < size; i++)
            sum[i] = v * product[i];
    }
}

/* Gives the edge's part to its column, and its sums to the node above. */
HONE_INLINE void leave(const hone_shap *shap, size_t tree, const hone_shap_edge *edge,
                       const double *weight, size_t points, hone_shap_walk *w) {
    const hone_trees *t = shap->trees;
    size_t d = (size_t)edge->depth, size = points * LANES;
    const double *effect = w->effect + d * size, *above = w->effect + (size_t)edge->before * size;
    for (size_t k = 0; k < t->width; k++) {
        size_t output = t->width == 1 ? tree % t->n_outputs : k;
        double *phi = w->phi + (output * shap->n_cols + (size_t)edge->column) * LANES;
        const double *sum = w->sum + (d * t->width + k) * size;
        double *up = w->sum + ((d - 1) * t->width + k) * size, part[LANES] = {0};
        for (size_t q = 0; q < points; q++)
            for (size_t l = 0; l < LANES; l++) {
                size_t i = q * LANES + l;
                up[i] += sum[i];
                part[l] += weight[q] * sum[i] * (effect[i] - above[i]);
            }
        for (size_t l = 0; l < LANES; l++)
            phi[l] += part[l];
    }
}

HONE_CLONES
static void shap_enter(const hone_trees *t, const hone_shap_edge *edge, const double *at,
                       size_t points, hone_shap_walk *walk) {
    enter(edge, at, points, walk);
    begin_sum(t, (size_t)edge->node, (size_t)edge->depth, points, walk);
}

HONE_CLONES
static void shap_leave(const hone_shap *shap, size_t tree, const hone_shap_edge *edge,
                       const double *weight, size_t points, hone_shap_walk *walk) {
    leave(shap, tree, edge, weight, points, walk);
}

/* Leaves the edges of the way from its end up to `depth`; w->way holds them. */
static size_t leave_to(const hone_shap *shap, size_t tree, size_t at, size_t depth,
                       const double *weight, size_t points, hone_shap_walk *w) {
    for (; at >= depth && at > 0; at--)
        shap_leave(shap, tree, &shap->edge[w->way[at]], weight, points, w);
    return at;
}

void hone_shap_add(const hone_shap *shap, size_t tree, hone_shap_walk *walk) {
    const hone_trees *t = shap->trees;
    const hone_shap_tree *of = &shap->tree[tree];
    size_t points = of->points, rule = points * (points - 1) / 2, depth = 0;
    const double *at = shap->at + rule, *weight = shap->weight + rule;
    begin(points, walk);
    begin_sum(t, (size_t)shap->edge[of->first].node, 0, points, walk);
    for (size_t e = of->first; e < of->first + of->n; e++) {
        const hone_shap_edge *edge = &shap->edge[e];
        size_t node = (size_t)edge->node;
        if (edge->depth > 0) {
            leave_to(shap, tree, depth, (size_t)edge->depth, weight, points, walk);
            shap_enter(t, edge, at, points, walk);
        }
        depth = (size_t)edge->depth;
        walk->way[depth] = (int32_t)e;
        if (t->column[node] >= 0)
            ask(t, node, walk->x, walk->yes + depth * LANES);
    }
    leave_to(shap, tree, depth, 1, weight, points, walk);
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* Half of what a leaf gives to the columns of two edges together, at the end of the way. */
static void add_pair(const hone_shap *shap, size_t tree, size_t node, const hone_shap_edge *a,
                     const hone_shap_edge *b, const double *both, size_t rows, double *out) {
    const hone_trees *t = shap->trees;
    size_t m = shap->n_cols + 1;
    for (size_t k = 0; k < t->width; k++) {
        size_t output = t->width == 1 ? tree % t->n_outputs : k;
        double v = t->value[node * t->width + k] / 2;
        for (size_t l = 0; l < rows; l++) {
            double *matrix = out + (l * t->n_outputs + output) * m * m;
            matrix[(size_t)a->column * m + (size_t)b->column] += v * both[l];
            matrix[(size_t)b->column * m + (size_t)a->column] += v * both[l];
        }
    }
}

/* both (8) = sum over points of weight product effect_a effect_b. */
HONE_CLONES
static void shap_both(const double *weight, size_t points, const double *product, const double *a,
                      const double *b, double *both) {
    for (size_t l = 0; l < LANES; l++)
        both[l] = 0;
    for (size_t q = 0; q < points; q++)
        for (size_t l = 0; l < LANES; l++) {
            size_t i = q * LANES + l;
            both[l] += weight[q] * product[i] * a[i] * b[i];
        }
}

/* All pairs of columns on the way to a leaf, each by its last edge. */
static void add_leaf(const hone_shap *shap, size_t tree, size_t node, size_t depth,
                     const double *weight, size_t points, hone_shap_walk *w, size_t rows,
                     double *out) {
    double both[LANES];
    size_t size = points * LANES;
    for (size_t a = 1; a <= depth; a++)
        for (size_t b = a + 1; b <= depth && !w->hidden[a]; b++) {
            if (w->hidden[b])
                continue;
            shap_both(weight, points, w->product + depth * size, w->effect + a * size,
                      w->effect + b * size, both);
            add_pair(shap, tree, node, &shap->edge[w->way[a]], &shap->edge[w->way[b]], both, rows,
                     out);
        }
}

void hone_shap_add_pairs(const hone_shap *shap, size_t tree, hone_shap_walk *walk, size_t rows,
                         double *out) {
    const hone_trees *t = shap->trees;
    const hone_shap_tree *of = &shap->tree[tree];
    size_t points = of->points, rule = points * (points - 1) / 2, depth = 0;
    begin(points, walk);
    memset(walk->hidden, 0, (shap->depth + 1) * sizeof *walk->hidden);
    for (size_t e = of->first; e < of->first + of->n; e++) {
        const hone_shap_edge *edge = &shap->edge[e];
        size_t node = (size_t)edge->node, d = (size_t)edge->depth;
        for (; depth >= d && depth > 0; depth--)
            walk->hidden[shap->edge[walk->way[depth]].before] = false;
        if (d > 0) {
            shap_enter(t, edge, shap->at + rule, points, walk);
            walk->hidden[edge->before] = true;
            walk->hidden[d] = false;
        }
        depth = d;
        walk->way[d] = (int32_t)e;
        if (t->column[node] >= 0)
            ask(t, node, walk->x, walk->yes + d * LANES);
        else
            add_leaf(shap, tree, node, d, shap->weight + rule, points, walk, rows, out);
    }
}
