/* find.c -- finds, and lets those found vote.
 *
 *     w_i = weight of row i, or weight of row i / d_i (of those with d = 0 alone, if there are any)
 *     proba_k = sum_i w_i [y_i = k] / sum_i w_i      mean = sum_i w_i y_i / sum_i w_i
 * over the rows found, in the order of (distance, number). Rows that are infinitely far do not
 * vote. Only ratios count, so d_1 / d_i stands for 1 / d_i: nothing overflows.
 * Cost: one search; memory for the rows found of some rows at a time. */
#include "classic/neighbours/neighbours.h"

#include <math.h>

enum { MOST_FOUND = 1 << 18, LEAST_ROWS = 16, RADIUS_ROWS = 128 };

/* What has been found for some rows; owns its arrays. */
struct found {
    size_t rows, k;
    hone_near *near;
    double *rank;
    int32_t *row;
    double *mapped;
};

static void found_free(struct found *f) {
    for (size_t i = 0; i < f->rows && f->near; i++)
        hone_near_free(&f->near[i]);
    hone_release(f->near);
    hone_release(f->rank);
    hone_release(f->row);
    hone_release(f->mapped);
}

static hone_status found_make(const struct neighbours_params *p, size_t width, size_t rows,
                              size_t k, struct found *f, hone_error *err) {
    f->rows = rows;
    f->k = k;
    hone_status status;
    if ((status = hone_new(&f->near, rows, err)) || (status = hone_new2(&f->rank, rows, k, err)) ||
        (status = hone_new2(&f->row, rows, k, err)))
        return status;
    for (size_t i = 0; i < rows; i++)
        f->near[i].k = k; /* nothing to free yet */
    return hone_neighbours_maps(p) ? hone_new2(&f->mapped, rows, width, err) : HONE_OK;
}

static hone_near_rows rows_of(const struct neighbours_params *p, const struct neighbours_state *s) {
    return (hone_near_rows){.kind = hone_neighbours_rank_kind(p),
                            .p = p->p,
                            .is_category = s->is_category,
                            .n = s->n_rows,
                            .width = s->width,
                            .rows = s->rows,
                            .center = s->center,
                            .n_nodes = s->n_nodes,
                            .order = s->order,
                            .boxes = s->boxes,
                            .least = s->least};
}

/* Rows of x, at most f->rows; the first one is row `first`. */
static hone_status find_some(const struct neighbours_params *p, const struct neighbours_state *s,
                             hone_view x, size_t first, double rank, struct found *f,
                             neighbours_use *use, void *context, hone_error *err) {
    hone_near_rows among = rows_of(p, s);
    for (size_t i = 0; i < x.rows; i++) {
        hone_near_free(&f->near[i]);
        f->near[i] = f->k ? hone_near_first(f->k, f->rank + i * f->k, f->row + i * f->k)
                          : hone_near_within(rank);
    }
    if (f->mapped) {
        hone_neighbours_map(p, s, x, true, f->mapped);
        x = hone_view_of(f->mapped, x.rows, s->width);
    }
    hone_status status = hone_near_search(&among, x, f->near, err);
    for (size_t i = 0; i < x.rows && status == HONE_OK; i++) {
        hone_near *near = &f->near[i];
        hone_near_sort(near);
        for (size_t j = 0; j < near->n; j++)
            near->rank[j] = hone_neighbours_distance(p, s->width, near->rank[j]);
        status = use(context, first + i, near, err);
    }
    return status;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

hone_status hone_neighbours_find(const struct neighbours_params *p,
                                 const struct neighbours_state *s, hone_view x, size_t k,
                                 double radius, neighbours_use *use, void *context,
                                 hone_error *err) {
    struct found f = {0};
    double rank = k ? 0 : hone_neighbours_rank(p, s->width, radius);
    size_t step = k ? MOST_FOUND / k : RADIUS_ROWS;
    step = least(step < LEAST_ROWS ? LEAST_ROWS : step, x.rows);
    hone_status status = found_make(p, s->width, step, k, &f, err);
    for (size_t first = 0; first < x.rows && status == HONE_OK; first += step)
        status = find_some(p, s, hone_view_rows(x, first, least(step, x.rows - first)), first, rank,
                           &f, use, context, err);
    found_free(&f);
    return status;
}

/* ---- votes ---------------------------------------------------------------------------------- */

double hone_neighbours_vote(const struct neighbours_params *p, const struct neighbours_state *s,
                            const hone_near *near, size_t i) {
    double nearest = near->rank[0], distance = near->rank[i];
    double weight = s->n_weights ? s->weights[near->row[i]] : 1;
    if (isinf(distance))
        return 0;
    if (p->weights == NEIGHBOURS_UNIFORM)
        return weight;
    if (nearest == 0)
        return distance == 0 ? weight : 0;
    return weight * (nearest / distance);
}

bool hone_neighbours_proba(const struct neighbours_params *p, const struct neighbours_state *s,
                           const hone_near *near, double *proba) {
    double total = 0;
    for (size_t k = 0; k < s->n_classes; k++)
        proba[k] = 0;
    for (size_t i = 0; i < near->n; i++)
        proba[(size_t)s->y[near->row[i]]] += hone_neighbours_vote(p, s, near, i);
    for (size_t k = 0; k < s->n_classes; k++)
        total += proba[k];
    for (size_t k = 0; k < s->n_classes && total > 0; k++)
        proba[k] /= total;
    return total > 0;
}

double hone_neighbours_mean(const struct neighbours_params *p, const struct neighbours_state *s,
                            const hone_near *near) {
    double total = 0, mean = 0;
    for (size_t i = 0; i < near->n; i++) {
        double weight = hone_neighbours_vote(p, s, near, i);
        total += weight;
        mean += weight * s->y[near->row[i]];
    }
    return total > 0 ? mean / total : (double)NAN;
}
