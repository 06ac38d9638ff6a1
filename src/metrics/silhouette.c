/* silhouette.c -- s_i = (b_i - a_i) / max(a_i, b_i), a_i: mean distance of row i to the others of
 * its cluster, b_i: to the rows of the nearest other cluster; their mean.
 *
 * The rows are packed by cluster into tiles of eight, transposed, so that eight distances are made
 * at once from plain differences (the products of a matrix multiplication would cancel for rows
 * that are close) and four rows share what is read. The lanes of a cluster's last tile that hold no
 * row are multiplied by 0.
 * Cost: O(n^2 m), memory O(n m); parallel over rows.   Reference: Rousseeuw 1987. */
#include "metrics/clusters.h"

#include "core/alloc.h"
#include "core/clones.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/sum.h"
#include "linalg/linalg.h"

#include <math.h>

enum { LANES = 8, ROWS = 4 };

/* Owns its arrays but out. */
struct work {
    hone_view x;
    hone_partition groups;
    hone_cut cut;    /* of groups of ROWS rows */
    size_t tiles;    /* ordered by cluster */
    size_t *cluster; /* tiles */
    double *packed;  /* tiles x m x LANES */
    double *there;   /* tiles x LANES: 1 for a row, 0 for none */
    double *out;     /* n */
};

static void work_free(struct work *w) {
    hone_partition_free(&w->groups);
    hone_release(w->cluster);
    hone_release(w->packed);
    hone_release(w->there);
}

static size_t tiles_of(size_t rows) {
    return (rows + LANES - 1) / LANES;
}

/* next (k): the place, in lanes, where the next row of a cluster goes. */
static void pack(struct work *w, size_t *next) {
    size_t m = w->x.cols, tile = 0;
    for (size_t g = 0; g < w->groups.k; g++) {
        next[g] = tile * LANES;
        for (size_t end = tile + tiles_of(w->groups.size[g]); tile < end; tile++)
            w->cluster[tile] = g;
    }
    for (size_t i = 0; i < w->x.rows; i++) {
        size_t place = next[w->groups.code[i]]++;
        double *to = w->packed + place / LANES * m * LANES + place % LANES;
        for (size_t j = 0; j < m; j++)
            to[j * LANES] = hone_view_row(w->x, i)[j];
        w->there[place] = 1;
    }
}

static hone_status prepare(struct work *w, hone_error *err) {
    size_t *next = NULL;
    for (size_t g = 0; g < w->groups.k; g++)
        w->tiles += tiles_of(w->groups.size[g]);
    hone_status status = hone_new(&w->cluster, w->tiles, err);
    if (!status)
        status = hone_new2(&w->packed, w->tiles * LANES, w->x.cols, err);
    if (!status)
        status = hone_new(&w->there, w->tiles * LANES, err);
    if (!status)
        status = hone_new(&next, w->groups.k, err);
    if (!status)
        pack(w, next);
    hone_release(next);
    return status;
}

/* sum (ROWS x k) += distances of ROWS rows to the rows of each cluster. */
HONE_CLONES
static void add_distances(const struct work *w, const double *const *row, double *sum) {
    size_t m = w->x.cols, k = w->groups.k;
    for (size_t t = 0; t < w->tiles; t++) {
        const hone_f64x8_in_memory *tile =
            (const hone_f64x8_in_memory *)(w->packed + t * m * LANES);
        hone_f64x8 square[ROWS] = {{0}};
        for (size_t j = 0; j < m; j++)
            for (size_t r = 0; r < ROWS; r++) {
                hone_f64x8 apart = tile[j] - row[r][j];
                square[r] += apart * apart;
            }
        const double *there = w->there + t * LANES;
        for (size_t r = 0; r < ROWS; r++) {
            double d[LANES];
            for (size_t l = 0; l < LANES; l++)
                d[l] = there[l] * sqrt(square[r][l]);
            sum[r * k + w->cluster[t]] +=
                ((d[0] + d[4]) + (d[1] + d[5])) + ((d[2] + d[6]) + (d[3] + d[7]));
        }
    }
}

/* sum (k): the distances of row i to the rows of each cluster. */
static double silhouette(const struct work *w, size_t i, const double *sum) {
    const size_t *size = w->groups.size;
    size_t own = w->groups.code[i];
    double near = INFINITY;
    if (size[own] == 1)
        return 0;
    for (size_t g = 0; g < w->groups.k; g++)
        if (g != own)
            near = fmin(near, sum[g] / (double)size[g]);
    double inside = sum[own] / (double)(size[own] - 1), most = fmax(inside, near);
    return most > 0 ? (near - inside) / most : 0;
}

static hone_status chunk(void *context, size_t c, hone_error *err) {
    struct work *w = context;
    size_t k = w->groups.k, n = w->x.rows;
    double *sum = NULL;
    hone_status status = hone_new2(&sum, ROWS, k, err);
    if (status)
        return status;
    for (size_t four = hone_cut_first(w->cut, c); four < hone_cut_first(w->cut, c + 1); four++) {
        const double *row[ROWS];
        for (size_t r = 0; r < ROWS; r++) /* the last row fills up the last four */
            row[r] = hone_view_row(w->x, four * ROWS + r < n ? four * ROWS + r : n - 1);
        for (size_t s = 0; s < ROWS * k; s++)
            sum[s] = 0;
        add_distances(w, row, sum);
        for (size_t r = 0; r < ROWS && four * ROWS + r < n; r++)
            w->out[four * ROWS + r] = silhouette(w, four * ROWS + r, sum + r * k);
    }
    hone_release(sum);
    return HONE_OK;
}

/* *reason is set, and out is not written, when silhouettes say nothing. */
static hone_status silhouettes(hone_view x, const double *label, double *out, const char **reason,
                               const hone_monitor *mon, hone_error *err) {
    struct work w = {.x = x, .out = out};
    hone_status status = hone_partition_make("label", label, x.rows, &w.groups, err);
    if (!status && !(*reason = hone_partition_obstacle(&w.groups))) {
        status = prepare(&w, err);
        w.cut = hone_cut_rows((x.rows + ROWS - 1) / ROWS, ROWS * x.rows * (x.cols + 1), SIZE_MAX);
        if (!status)
            status = hone_parallel(w.cut.chunks, chunk, &w, mon, err);
    }
    work_free(&w);
    return status;
}

hone_status hone_cluster_silhouette(const hone_clustering *clustering, const hone_monitor *mon,
                                    double *out, const char **why, hone_error *err) {
    double *rows = NULL;
    const char *reason = NULL;
    hone_status status = hone_new(&rows, clustering->n, err);
    if (!status)
        status = silhouettes(clustering->x, clustering->label, rows, &reason, mon, err);
    if (!status)
        *out = hone_sum_of(rows, clustering->n) / (double)clustering->n;
    hone_release(rows);
    return !status && reason ? hone_undefined(reason, out, why) : status;
}

hone_status hone_silhouette_rows(hone_view x, const double *label, double *out,
                                 const hone_monitor *mon, hone_error *err) {
    const char *reason = NULL;
    hone_status status = hone_cells_check("silhouette", x, err);
    if (!status)
        status = silhouettes(x, label, out, &reason, mon, err);
    return !status && reason ? hone_fail(err, HONE_EDATA, "silhouette: %s", reason) : status;
}
