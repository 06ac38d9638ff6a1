/* fit.c -- keeps the rows of the fit, in a tree where that pays.
 *
 * A tree pays where it leaves out most rows: about 4^m rows for m columns that have nothing to do
 * with each other (measured: from there on the tree is the faster, and sooner for real columns).
 * Cost: a copy of the rows; O(n m log n) with a tree. */
#include "classic/neighbours/neighbours.h"

#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

/* clang-format off */
#define STATE neighbours_state
const hone_attr hone_neighbours_attrs[] = {
    HONE_COUNT     (STATE, n_rows,                   "rows of the fit"),
    HONE_COUNT     (STATE, n_cols,                   "columns of the fit"),
    HONE_COUNT     (STATE, n_classes,                "number of classes; 0 for values"),
    HONE_COUNT     (STATE, n_neighbors,              "neighbours asked for; 0 with a radius"),
    HONE_COUNT     (STATE, width,                    "numbers of a row as it is compared"),
    HONE_COUNT     (STATE, n_numbers,                "length of rows"),
    HONE_COUNT     (STATE, n_center,                 "length of center; 0 where none is needed"),
    HONE_COUNT     (STATE, n_order,                  "rows of the tree; 0 without one"),
    HONE_COUNT     (STATE, n_nodes,                  "nodes of the tree; 0 without one"),
    HONE_COUNT     (STATE, n_bounds,                 "length of a box"),
    HONE_COUNT     (STATE, n_scale,                  "length of scale; only gower has one"),
    HONE_COUNT     (STATE, n_y,                      "length of y; 0 without a target"),
    HONE_COUNT     (STATE, n_weights,                "length of weights; 0 when all are 1"),
    HONE_COUNT     (STATE, n_prior,                  "length of prior"),
    HONE_COUNT     (STATE, n_tried,                  "how many numbers n_neighbors=auto has tried"),
    HONE_VECTOR    (STATE, rows, n_numbers,          "rows as they are compared; of a tree leaf by leaf"),
    HONE_VECTOR    (STATE, center, n_center,         "a point amid the rows"),
    HONE_ARRAY     (STATE, boxes, n_nodes, n_bounds, "smallest and largest values in each node"),
    HONE_VECTOR_I32(STATE, order, n_order,           "row at each place of the tree"),
    HONE_VECTOR_I32(STATE, least, n_nodes,           "smallest row number in each node"),
    HONE_VECTOR    (STATE, scale, n_scale,           "1 / range of each column"),
    HONE_VECTOR_I32(STATE, is_category, n_scale,     "1 for columns that are equal or not"),
    HONE_VECTOR    (STATE, y, n_y,                   "target of each row"),
    HONE_VECTOR    (STATE, weights, n_weights,       "weight of each row's vote"),
    HONE_VECTOR    (STATE, prior, n_prior,           "shares of the classes, or the mean of y"),
    HONE_VECTOR    (STATE, loo_error, n_tried,       "leave-one-out error with 1, 2, ... neighbours: share of wrong rows, or mean square"),
    HONE_ATTR_END
};
#undef STATE
/* clang-format on */

static bool has_tree(hone_rank_kind kind) {
    return kind != HONE_RANK_UNEQUAL && kind != HONE_RANK_GOWER;
}

static bool wants_tree(const struct neighbours_params *p, size_t n, size_t width) {
    hone_rank_kind kind = hone_neighbours_rank_kind(p);
    if (p->algorithm != NEIGHBOURS_AUTO)
        return p->algorithm == NEIGHBOURS_KD_TREE;
    if (kind == HONE_RANK_POWERS) /* a pow() for each number looked at */
        return width <= 15;
    return has_tree(kind) && 2 * (double)width <= log2((double)n);
}

unsigned hone_neighbours_tags(const struct neighbours_params *p) {
    switch (p->metric) {
    case NEIGHBOURS_GOWER:
        return HONE_TAG_MISSING | HONE_TAG_CATEGORIES;
    case NEIGHBOURS_HAMMING:
    case NEIGHBOURS_HAVERSINE:
        return 0;
    default:
        return HONE_TAG_NEEDS_SCALING;
    }
}

hone_status hone_neighbours_check(const void *params, hone_error *err) {
    const struct neighbours_params *p = params;
    if (p->algorithm == NEIGHBOURS_KD_TREE && !has_tree(hone_neighbours_rank_kind(p)))
        return hone_fail(err, HONE_EINVAL,
                         "algorithm kd_tree has no metric %s; expected auto or brute",
                         hone_neighbours_metrics[p->metric]);
    return HONE_OK;
}

/* ---- the parts ------------------------------------------------------------------------------ */

/* Degrees are the mistake that is made, and give distances that look like any others. */
static hone_status check_latitudes(const char *who, const hone_dataset *data, hone_error *err) {
    static const double QUARTER_TURN = 3.14159265358979323846 / 2, ROUNDED = 1e-6;
    for (size_t i = 0; i < data->x.rows; i++) {
        double latitude = hone_view_row(data->x, i)[0];
        if (fabs(latitude) > QUARTER_TURN + ROUNDED)
            return hone_fail(err, HONE_EDATA,
                             "%s: metric haversine takes latitudes in radians, in [-pi/2, pi/2], "
                             "got %g in row %zu; degrees times pi / 180 are radians",
                             who, latitude, (data->row_ids ? data->row_ids[i] : i) + 1);
    }
    return HONE_OK;
}

static hone_status check_sizes(const char *who, const struct neighbours_params *p,
                               const hone_dataset *data, size_t k, hone_error *err) {
    size_t n = data->x.rows;
    if (p->metric == NEIGHBOURS_HAVERSINE && data->x.cols != 2)
        return hone_fail(err, HONE_EDATA,
                         "%s: metric haversine takes 2 columns, latitude and longitude in "
                         "radians, got %zu",
                         who, data->x.cols);
    if (p->metric == NEIGHBOURS_HAVERSINE) {
        hone_status status = check_latitudes(who, data, err);
        if (status)
            return status;
    }
    if (k > n)
        return hone_fail(err, HONE_EDATA,
                         "%s: parameter n_neighbors is %zu, but there are %zu rows", who, k, n);
    if (n > INT32_MAX)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes at most %d rows, got %zu", who,
                         INT32_MAX, n);
    return HONE_OK;
}

static hone_status set_scale(const hone_dataset *data, struct neighbours_state *s,
                             hone_error *err) {
    s->n_scale = data->x.cols;
    hone_status status = hone_new(&s->scale, s->n_scale, err);
    if (status == HONE_OK)
        status = hone_new(&s->is_category, s->n_scale, err);
    for (size_t j = 0; j < s->n_scale && status == HONE_OK; j++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < data->x.rows; i++) {
            low = fmin(low, hone_view_row(data->x, i)[j]);
            high = fmax(high, hone_view_row(data->x, i)[j]);
        }
        s->is_category[j] = data->schema->columns[j].kind == HONE_CATEGORICAL || !(high - low > 0);
        s->scale[j] = s->is_category[j] ? 1 : 1 / (high - low);
    }
    return status;
}

/* The column means, without overflow. */
static hone_status set_center(struct neighbours_state *s, hone_error *err) {
    s->n_center = s->width;
    hone_status status = hone_new(&s->center, s->n_center, err);
    for (size_t i = 0; i < s->n_rows && status == HONE_OK; i++)
        for (size_t j = 0; j < s->width; j++)
            s->center[j] += s->rows[i * s->width + j] / (double)s->n_rows;
    return status;
}

static hone_status keep_plain(const struct neighbours_params *p, hone_view x,
                              struct neighbours_state *s, hone_error *err) {
    s->n_numbers = s->n_rows * s->width;
    hone_status status = hone_new2(&s->rows, s->n_rows, s->width, err);
    if (status)
        return status;
    hone_neighbours_map(p, s, x, false, s->rows);
    return hone_neighbours_rank_kind(p) == HONE_RANK_SQUARES ? set_center(s, err) : HONE_OK;
}

static hone_status keep_tree(const struct neighbours_params *p, hone_view x,
                             struct neighbours_state *s, const hone_monitor *mon, hone_error *err) {
    double *mapped = NULL;
    hone_status status = HONE_OK;
    s->n_order = s->n_rows;
    s->n_nodes = hone_kd_nodes(s->n_rows, (size_t)p->leaf_size);
    s->n_numbers = s->n_rows * s->width + HONE_KD_SPARE;
    s->n_bounds = 2 * s->width;
    if ((status = hone_new(&s->rows, s->n_numbers, err)) ||
        (status = hone_new(&s->order, s->n_order, err)) ||
        (status = hone_new2(&s->boxes, s->n_nodes, s->n_bounds, err)) ||
        (status = hone_new(&s->least, s->n_nodes, err)))
        return status;
    if (hone_neighbours_maps(p)) {
        if ((status = hone_new2(&mapped, s->n_rows, s->width, err)))
            return status;
        hone_neighbours_map(p, s, x, false, mapped);
        x = hone_view_of(mapped, s->n_rows, s->width);
    }
    status = hone_kd_build(x, s->n_nodes, s->rows, s->order, s->boxes, s->least, mon, err);
    hone_release(mapped);
    return status;
}

/* y, weights, and what they say of no row in particular. */
static hone_status keep_target(const hone_dataset *data, struct neighbours_state *s,
                               hone_error *err) {
    s->n_classes = hone_fit_classes(data);
    s->n_y = s->n_rows;
    s->n_weights = data->weights ? s->n_rows : 0;
    s->n_prior = s->n_classes ? s->n_classes : 1;
    hone_status status;
    if ((status = hone_new(&s->y, s->n_y, err)) ||
        (status = hone_new(&s->weights, s->n_weights, err)) ||
        (status = hone_new(&s->prior, s->n_prior, err)))
        return status;
    double total = 0;
    for (size_t i = 0; i < s->n_rows; i++) {
        double y = *hone_view_row(data->y, i), w = data->weights ? data->weights[i] : 1;
        s->y[i] = y;
        if (data->weights)
            s->weights[i] = w;
        total += w;
        if (s->n_classes)
            s->prior[(size_t)y] += w;
        else
            s->prior[0] += w / total * (y - s->prior[0]);
    }
    for (size_t k = 0; k < s->n_classes; k++)
        s->prior[k] /= total;
    return HONE_OK;
}

hone_status hone_neighbours_fit(const char *who, const struct neighbours_params *p,
                                const hone_dataset *data, bool target, size_t k,
                                const hone_monitor *mon, struct neighbours_state *s,
                                hone_error *err) {
    hone_status status = check_sizes(who, p, data, k, err);
    if (status)
        return status;
    s->n_rows = data->x.rows;
    s->n_cols = data->x.cols;
    s->n_neighbors = k;
    s->width = hone_neighbours_width(p, s->n_cols);
    if (p->metric == NEIGHBOURS_GOWER && (status = set_scale(data, s, err)))
        return status;
    status = wants_tree(p, s->n_rows, s->width) ? keep_tree(p, data->x, s, mon, err)
                                                : keep_plain(p, data->x, s, err);
    return status || !target ? status : keep_target(data, s, err);
}

/* ---- a state from a file -------------------------------------------------------------------- */

static bool tree_fits(const struct neighbours_state *s) {
    size_t leaves = (s->n_nodes + 1) / 2;
    if (s->n_nodes == 0)
        return s->n_order == 0 && s->n_numbers == s->n_rows * s->width;
    if (s->n_nodes % 2 == 0 || (leaves & (leaves - 1)) || leaves > s->n_rows ||
        s->n_order != s->n_rows || s->n_bounds != 2 * s->width ||
        s->n_numbers != s->n_rows * s->width + HONE_KD_SPARE)
        return false;
    for (size_t i = 0; i < s->n_order; i++)
        if (s->order[i] < 0 || (size_t)s->order[i] >= s->n_rows)
            return false;
    return true;
}

static bool target_fits(const struct neighbours_state *s, size_t n_classes) {
    if (s->n_classes != n_classes || (s->n_y != 0 && s->n_y != s->n_rows) ||
        (s->n_weights != 0 && s->n_weights != s->n_y) ||
        s->n_prior != (s->n_y == 0 ? 0
                       : n_classes ? n_classes
                                   : 1))
        return false;
    for (size_t i = 0; i < s->n_y && n_classes > 0; i++)
        if (!(s->y[i] >= 0 && s->y[i] < (double)n_classes && s->y[i] == floor(s->y[i])))
            return false;
    return true;
}

hone_status hone_neighbours_validate(const struct neighbours_params *p,
                                     const struct neighbours_state *s, size_t n_cols,
                                     size_t n_classes, hone_error *err) {
    hone_rank_kind kind = hone_neighbours_rank_kind(p);
    size_t n_center = kind == HONE_RANK_SQUARES && s->n_nodes == 0 ? s->width : 0;
    if (s->n_rows == 0 || s->n_rows > INT32_MAX || s->n_cols != n_cols ||
        s->n_neighbors > s->n_rows || s->width != hone_neighbours_width(p, n_cols) ||
        (p->metric == NEIGHBOURS_HAVERSINE && n_cols != 2) || s->n_center != n_center ||
        s->n_scale != (kind == HONE_RANK_GOWER ? n_cols : 0) ||
        (s->n_nodes > 0 && !has_tree(kind)) || !tree_fits(s))
        return hone_fail(err, HONE_EFORMAT, "the model's rows do not fit %zu columns", n_cols);
    if (!target_fits(s, n_classes))
        return hone_fail(err, HONE_EFORMAT, "the model's targets do not fit its %zu rows",
                         s->n_rows);
    return HONE_OK;
}
