/* neighbours.c -- which rows are nearest, of any estimator that keeps its rows.
 * Cost: one search. */
#include "classic/classic.h"
#include "classic/neighbours/neighbours.h"

#include <hone/neighbours.h>

#include <math.h>
#include <string.h>

static hone_status check_kind(const hone_estimator *est, hone_error *err) {
    if (hone_estimator_class(est)->attrs != hone_neighbours_attrs)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: keeps no rows to be found as neighbours",
                         hone_name(est));
    if (!hone_is_fitted(est))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; call hone_fit() first",
                         hone_name(est));
    return HONE_OK;
}

/* ---- the k nearest -------------------------------------------------------------------------- */

/* Where answers go; `first`: the row of the data that row 0 of the block is. */
struct nearest {
    size_t k, first;
    double *distances;
    size_t *rows;
};

static hone_status put_nearest(void *context, size_t i, const hone_near *near, hone_error *err) {
    const struct nearest *out = context;
    size_t at = (out->first + i) * out->k;
    (void)err;
    for (size_t j = 0; j < out->k; j++) {
        if (out->distances)
            out->distances[at + j] = near->rank[j];
        if (out->rows)
            out->rows[at + j] = (size_t)near->row[j];
    }
    return HONE_OK;
}

static hone_status find_nearest(void *context, const void *params, const void *state,
                                hone_view rows, size_t first, hone_error *err) {
    struct nearest block = *(const struct nearest *)context;
    block.first = first;
    return hone_neighbours_find(params, state, rows, block.k, 0, put_nearest, &block, err);
}

hone_status hone_kneighbors(const hone_estimator *est, const hone_dataset *data, size_t k,
                            double *distances, size_t *rows, const hone_monitor *mon,
                            hone_error *err) {
    hone_status status = check_kind(est, err);
    if (status)
        return status;
    const struct neighbours_state *s = hone_estimator_state(est);
    struct nearest out = {k ? k : s->n_neighbors, 0, distances, rows};
    if (out.k == 0 || out.k > s->n_rows)
        return hone_fail(err, HONE_EINVAL,
                         "%s: the number of neighbours must be in [1, %zu], got %zu",
                         hone_name(est), s->n_rows, out.k);
    return hone_ask_rows(est, data, find_nearest, &out, mon, err);
}

/* ---- all within a radius -------------------------------------------------------------------- */

/* The neighbours of one row; owns its arrays. */
struct list {
    size_t n;
    double *distances;
    size_t *rows;
};

struct lists {
    size_t first;
    double radius;
    struct list *of; /* each row of the data */
};

static hone_status put_list(void *context, size_t i, const hone_near *near, hone_error *err) {
    const struct lists *out = context;
    struct list *list = &out->of[out->first + i];
    hone_status status = hone_new(&list->distances, near->n, err);
    if (status == HONE_OK)
        status = hone_new(&list->rows, near->n, err);
    for (size_t j = 0; j < near->n && status == HONE_OK; j++) {
        list->distances[j] = near->rank[j];
        list->rows[j] = (size_t)near->row[j];
    }
    list->n = near->n;
    return status;
}

static hone_status find_lists(void *context, const void *params, const void *state, hone_view rows,
                              size_t first, hone_error *err) {
    struct lists block = *(const struct lists *)context;
    const struct neighbours_params *p = params;
    double radius = block.radius < 0 ? p->radius : block.radius;
    block.first = first;
    return hone_neighbours_find(p, state, rows, 0, radius, put_list, &block, err);
}

static hone_status join(const struct list *of, size_t n, hone_neighbourhoods *out,
                        hone_error *err) {
    hone_status status = hone_new(&out->starts, n + 1, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        out->starts[i + 1] = out->starts[i] + of[i].n;
    if ((status = hone_new(&out->distances, out->starts[n], err)) ||
        (status = hone_new(&out->rows, out->starts[n], err)))
        return status;
    for (size_t i = 0; i < n; i++) {
        if (of[i].n == 0)
            continue;
        memcpy(out->distances + out->starts[i], of[i].distances, of[i].n * sizeof *out->distances);
        memcpy(out->rows + out->starts[i], of[i].rows, of[i].n * sizeof *out->rows);
    }
    out->n = n;
    return HONE_OK;
}

static bool has_radius(const hone_estimator *est) {
    return hone_param_find(hone_estimator_class(est)->params, "radius") != NULL;
}

hone_status hone_radius_neighbors(const hone_estimator *est, const hone_dataset *data,
                                  double radius, hone_neighbourhoods *out, const hone_monitor *mon,
                                  hone_error *err) {
    struct lists lists = {0, radius, NULL};
    size_t n = hone_dataset_rows(data);
    hone_status status = check_kind(est, err);
    memset(out, 0, sizeof *out);
    if (status)
        return status;
    if (isnan(radius) || (radius < 0 && !has_radius(est)))
        return hone_fail(err, HONE_EINVAL, "%s: the radius must be in [0, inf), got %g",
                         hone_name(est), radius);
    status = hone_new(&lists.of, n, err);
    if (status == HONE_OK)
        status = hone_ask_rows(est, data, find_lists, &lists, mon, err);
    if (status == HONE_OK)
        status = join(lists.of, n, out, err);
    if (status)
        hone_neighbourhoods_free(out);
    for (size_t i = 0; i < n && lists.of; i++) {
        hone_release(lists.of[i].distances);
        hone_release(lists.of[i].rows);
    }
    hone_release(lists.of);
    return status;
}

void hone_neighbourhoods_free(hone_neighbourhoods *found) {
    if (!found)
        return;
    hone_release(found->starts);
    hone_release(found->distances);
    hone_release(found->rows);
    memset(found, 0, sizeof *found);
}
