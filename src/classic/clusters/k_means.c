/* k_means.c -- k centres, each the mean of the rows that are nearest to it.
 *
 *     minimise  sum_i w_i min_k |x_i - c_k|^2
 * locally, from a beginning that is drawn; of n_init beginnings the best end is kept.
 * Shapes: X n x m, centres k x m. Cost: k_means_init.c and k_means_lloyd.c; predict n m k.
 * algorithm is scikit-learn's, with auto for its lloyd: all words give the same result.
 * Reference: Lloyd 1982; Hastie, Tibshirani & Friedman 2009, section 14.3.6. */
#include "classic/classic.h"

#include "classic/clusters/k_means.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

static const char WHO[] = "k_means";

enum { PLUS_PLUS, RANDOM };
enum { AUTO, LLOYD, HAMERLY, YINYANG };
static const char *const INITS[] = {"k-means++", "random", NULL};
static const char *const ALGORITHMS[] = {"auto", "lloyd", "hamerly", "yinyang", NULL};
static const char *const AUTOS[] = {"auto", NULL};

struct params {
    int n_clusters, init;
    hone_mixed n_init;
    int max_iter;
    double tol;
    int algorithm;
    uint64_t seed;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_INT  (params, n_clusters, 8, "[1, 2147483647]", "number of clusters"),
    HONE_ENUM (params, init, "k-means++", INITS,         "where to begin: rows far apart, or any rows"),
    HONE_MIXED(params, n_init, "auto", AUTOS, "[1, 1000000]", "beginnings to try; auto: 1 for k-means++, 10 for random"),
    HONE_INT  (params, max_iter, 300, "[1, 2147483647]", "most iterations of a run"),
    HONE_REAL (params, tol, 1e-4, "[0, inf)",            "stop when the centres move less, as a part of the columns' mean variance"),
    HONE_ENUM (params, algorithm, "auto", ALGORITHMS,    "how needless distances are passed over; the result is the same"),
    HONE_SEED (params, seed,                             "of the beginnings"),
    HONE_PARAM_END
};

static const hone_attr ATTRS[] = {
    HONE_MEANS_ATTRS,
    HONE_COUNT(hone_means_state, n_repaired, "centres of the best run that had lost all rows and got a far one"),
    HONE_ATTR_END
};
/* clang-format on */

/* Two runs, the best and the latest. */
struct runs {
    hone_means_run best, now;
    size_t *chosen; /* k */
};

static hone_status run_make(hone_means_run *run, size_t n, size_t k, size_t m, hone_error *err) {
    hone_status status = hone_new2(&run->center, k, m, err);
    return status ? status : hone_new(&run->label, n, err);
}

static void runs_free(struct runs *runs) {
    hone_release(runs->best.center);
    hone_release(runs->best.label);
    hone_release(runs->now.center);
    hone_release(runs->now.label);
    hone_release(runs->chosen);
}

/* Groups of one tile, fewer where their limits would take more than a sixth of what the rows take;
 * one for up to two tiles. */
static hone_means_plan plan_of(const struct params *p, const hone_means_rows *rows) {
    size_t k = (size_t)p->n_clusters, m = rows->x.cols, most = m / 6 + 1;
    size_t tiles = (k + HONE_CENTER_LANES - 1) / HONE_CENTER_LANES, width = 1;
    double variance = 0;
    for (size_t j = 0; j < m; j++)
        variance += rows->frame.spread[j] * rows->frame.spread[j] / (double)m;
    if (p->algorithm == HAMERLY)
        width = tiles;
    else if (p->algorithm != YINYANG)
        width = tiles > 2 ? (tiles + most - 1) / most : tiles;
    return (hone_means_plan){.k = k,
                             .groups = p->algorithm == LLOYD ? 0 : (tiles + width - 1) / width,
                             .group_tiles = width,
                             .max_iter = p->max_iter,
                             .tol = p->tol * variance};
}

static hone_status one_run(const struct params *p, const hone_means_rows *rows, uint64_t number,
                           struct runs *runs, const hone_monitor *mon, hone_error *err) {
    hone_means_plan plan = plan_of(p, rows);
    hone_means_run *run = &runs->now;
    size_t m = rows->x.cols;
    run->labelled = false;
    hone_status status = p->init == RANDOM
                             ? hone_means_random(rows, plan.k, p->seed, number, runs->chosen, err)
                             : hone_means_plus_plus(rows, plan.k, p->seed, number, runs->chosen,
                                                    run->label, &run->labelled, mon, err);
    for (size_t c = 0; c < plan.k && status == HONE_OK; c++)
        memcpy(run->center + c * m, hone_view_row(rows->x, runs->chosen[c]), m * sizeof(double));
    return status ? status : hone_means_lloyd(rows, &plan, run, mon, err);
}

static hone_status all_runs(const struct params *p, const hone_means_rows *rows, struct runs *runs,
                            const hone_monitor *mon, hone_error *err) {
    int n = p->n_init.word < 0 ? (int)p->n_init.value : p->init == RANDOM ? 10 : 1;
    size_t k = (size_t)p->n_clusters;
    hone_status status = HONE_OK;
    for (int r = 0; r < n && status == HONE_OK; r++) {
        if (r < 2)
            status = run_make(&runs->now, rows->x.rows, k, rows->x.cols, err);
        if (status == HONE_OK)
            status = one_run(p, rows, (uint64_t)r, runs, mon, err);
        if (r == 0 || runs->now.inertia < runs->best.inertia) {
            hone_means_run run = runs->best;
            runs->best = runs->now, runs->now = run;
        }
    }
    return status;
}

static void tell(const hone_means_run *run, int max_iter, const hone_monitor *mon) {
    if (run->n_repaired)
        hone_monitor_warn(mon, "%s: %zu times a centre had lost all of its rows and was given one",
                          WHO, run->n_repaired);
    if (!run->converged)
        hone_monitor_warn(mon, "%s: no convergence after max_iter=%d iterations", WHO, max_iter);
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct hone_means_state *s = state;
    hone_means_rows rows = {.w = NULL};
    struct runs runs = {.chosen = NULL};
    size_t n = data->x.rows, m = data->x.cols, k = (size_t)p->n_clusters;
    hone_status status;
    if ((status = hone_means_state_make(s, WHO, k, n, m, err)) ||
        (status = hone_means_rows_make(data->x, data->weights, &rows, mon, err)) ||
        (status = hone_new(&runs.chosen, k, err)) || (status = all_runs(p, &rows, &runs, mon, err)))
        goto done;
    tell(&runs.best, p->max_iter, mon);
    s->n_iter = (size_t)runs.best.n_iter;
    s->n_repaired = runs.best.n_repaired;
    memcpy(s->cluster_centers, runs.best.center, k * m * sizeof(double));
    status = hone_means_keep(s, WHO, data->weights, runs.best.label, runs.best.inertia, err);
done:
    hone_means_rows_free(&rows);
    runs_free(&runs);
    return status;
}

const hone_class hone_k_means = {
    .name = "k_means",
    .summary = "k centres, each the mean of the rows nearest to it",
    .task = HONE_CLUSTERER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct hone_means_state),
    .fit = fit,
    .predict = hone_means_predict,
    .transform = hone_means_transform,
    .output_schema = hone_means_output_schema,
    .validate = hone_means_validate,
};
