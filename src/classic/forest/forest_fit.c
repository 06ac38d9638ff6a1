/* forest_fit.c -- the trees of a forest, each from its own drawing of the rows.
 *
 *     F(x) = 1 / T sum_t (class shares, or mean, of the rows in the leaf of x in tree t)
 *
 * Threads go over trees; tree t draws rows and columns by streams of its own, and the trees stand
 * in their order: the same bits for any number of threads.
 * Cost: O(T n log(n) columns looked at). Reference: Breiman 2001, "Random forests". */
#include "classic/forest/forest.h"
#include "classic/forest/forest_data.h"
#include "classic/forest/grow.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

enum { STREAM_DRAW = 0xF0D4A, MOST_CHUNKS = 64, BATCHES = 4 };

void hone_forest_draw(uint64_t seed, size_t number, size_t n, size_t draws, uint32_t *count) {
    hone_rng rng = hone_rng_at(seed, hone_rng_stream(STREAM_DRAW, number));
    for (size_t i = 0; i < n; i++)
        count[i] = 0;
    for (size_t i = 0; i < draws; i++)
        count[hone_rng_below(&rng, n)]++;
}

/* ---- parameters ------------------------------------------------------------------------------ */

static hone_status whole(const char *name, const hone_mixed *p, double from, hone_error *err) {
    if (p->word >= 0 || p->value < from || p->value == floor(p->value))
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL, "parameter %s must be a whole number from %g on, got %g",
                     name, from, p->value);
}

hone_status hone_forest_check(const void *params, hone_error *err) {
    const struct forest_params *p = params;
    hone_status status;
    if ((status = whole("max_depth", &p->max_depth, 0, err)) != HONE_OK ||
        (status = whole("max_leaf_nodes", &p->max_leaf_nodes, 0, err)) != HONE_OK ||
        (status = whole("max_features", &p->max_features, 1, err)) != HONE_OK ||
        (status = whole("max_samples", &p->max_samples, 1, err)) != HONE_OK)
        return status;
    if (p->oob_score && !p->bootstrap)
        return hone_fail(err, HONE_EINVAL,
                         "oob_score=true needs bootstrap=true: else every tree has seen "
                         "every row");
    return HONE_OK;
}

static size_t limit_of(const hone_mixed *p) {
    return p->word >= 0 || p->value >= 1e15 ? SIZE_MAX : (size_t)p->value;
}

static size_t features_of(const hone_mixed *p, size_t cols) {
    double m = (double)cols, take = p->value < 1 ? floor(p->value * m) : p->value;
    if (p->word == HONE_FEATURES_ALL || (p->word < 0 && take >= m))
        return cols;
    if (p->word >= 0)
        take = floor(p->word == HONE_FEATURES_SQRT ? sqrt(m) : log2(m));
    return take < 1 ? 1 : (size_t)take;
}

/* Rows that a tree draws; 0 without drawing. */
static hone_status draws_of(const struct forest_kind *kind, const struct forest_params *p, size_t n,
                            size_t *draws, hone_error *err) {
    double value = p->max_samples.value;
    *draws = p->bootstrap ? n : 0;
    if (!p->bootstrap || p->max_samples.word >= 0)
        return HONE_OK;
    if (value > (double)n && value > 1)
        return hone_fail(err, HONE_EDATA, "%s: max_samples=%g, but there are %zu rows", kind->who,
                         value, n);
    double share = nearbyint((double)n * value);
    *draws = value > 1 ? (size_t)value : share < 1 ? 1 : (size_t)share;
    return HONE_OK;
}

static hone_grow_plan plan_of(const struct forest_kind *kind, const struct forest_params *p,
                              const struct forest_columns *columns, const struct forest_rows *rows,
                              size_t n_classes, size_t n_trees) {
    hone_split_rules split = {
        .bins = columns->bins,
        .range = columns->range,
        .n_classes = n_classes,
        .criterion = n_classes == 0      ? HONE_SQUARED_ERROR
                     : p->criterion == 0 ? HONE_GINI
                                         : HONE_ENTROPY,
        .max_features = features_of(&p->max_features, columns->bins->cols),
        .min_samples_leaf = (size_t)p->min_samples_leaf,
        .random = kind->random || p->splitter == 1,
    };
    return (hone_grow_plan){
        .split = split,
        .column = columns->column,
        .stat = rows->stat,
        .y = rows->y,
        .max_depth = limit_of(&p->max_depth),
        .min_samples_split = (size_t)p->min_samples_split,
        .max_leaf_nodes = limit_of(&p->max_leaf_nodes),
        .min_weight_fraction_leaf = p->min_weight_fraction_leaf,
        .min_impurity_decrease = p->min_impurity_decrease,
        .ccp_alpha = p->ccp_alpha,
        .score_unit = rows->score_unit,
        .part = 1 / (double)n_trees,
        .seed = p->seed,
    };
}

/* ---- trees ----------------------------------------------------------------------------------- */

struct growing {
    const hone_grow_plan *plan;
    size_t first, end, per_chunk; /* numbers of the trees of this batch */
    size_t total;                 /* trees there will be */
    size_t draws;                 /* 0: all rows, once */
    hone_trees *tree;             /* end - first */
    const hone_monitor *mon;
};

static hone_status grow_into(hone_grower *grower, const uint32_t *count, size_t number,
                             const struct growing *job, hone_trees *tree, hone_error *err) {
    size_t width = hone_grow_width(job->plan);
    hone_status status = tree->n_ends == 0 ? hone_trees_begin(tree, width, width, err) : HONE_OK;
    hone_trees_builder builder = hone_trees_build(tree);
    return status ? status : hone_grow_tree(grower, count, number, job->mon, &builder, err);
}

static hone_status grow_chunk(void *context, size_t chunk, hone_error *err) {
    const struct growing *job = context;
    size_t n = job->plan->split.bins->rows, t = job->first + chunk * job->per_chunk;
    size_t end = t + job->per_chunk < job->end ? t + job->per_chunk : job->end;
    hone_grower *grower = NULL;
    uint32_t *count = NULL;
    hone_status status = hone_grower_make(job->plan, &grower, err);
    if (status == HONE_OK && job->draws > 0)
        status = hone_new(&count, n, err);
    for (; t < end && status == HONE_OK; t++) {
        if (count != NULL)
            hone_forest_draw(job->plan->seed, t, n, job->draws, count);
        status = grow_into(grower, count, t, job, job->tree + (t - job->first), err);
    }
    hone_grower_free(grower);
    hone_release(count);
    return status;
}

/* Room for the batch and for what is to come, if that is about as large. */
static hone_status make_room(const struct growing *job, hone_trees_builder *out, hone_error *err) {
    size_t n = job->end - job->first, nodes = 0, words = 0;
    bool more = job->end < job->total;
    double times = more ? 1.03 * (double)(job->total - job->first) / (double)n : 1;
    for (size_t i = 0; i < n; i++)
        nodes += job->tree[i].n_nodes, words += job->tree[i].n_words;
    double all_nodes = (double)out->trees->n_nodes + times * (double)nodes;
    double all_words = (double)out->trees->n_words + times * (double)words;
    if (all_nodes > INT32_MAX || all_words > INT32_MAX / 2) /* a guess: it is not to fail */
        return HONE_OK;
    return hone_trees_reserve(out, job->total, (size_t)all_nodes, (size_t)all_words, err);
}

/* Grows the trees of a batch and puts them behind those that are there. */
static hone_status grow_batch(struct growing *job, hone_trees_builder *out, hone_error *err) {
    size_t n = job->end - job->first;
    job->per_chunk = (n + MOST_CHUNKS - 1) / MOST_CHUNKS;
    hone_status status = hone_new(&job->tree, n, err);
    if (status == HONE_OK)
        status = hone_parallel((n + job->per_chunk - 1) / job->per_chunk, grow_chunk, job, job->mon,
                               err);
    if (status == HONE_OK)
        status = make_room(job, out, err);
    for (size_t i = 0; job->tree != NULL && i < n; i++) {
        if (status == HONE_OK)
            status = hone_trees_append(out, job->tree + i, err);
        hone_trees_clear(job->tree + i);
    }
    hone_release(job->tree);
    return status;
}

/* Many trees in some batches, so that at no time all are there twice; one at its place at once. */
static hone_status grow_trees(const hone_grow_plan *plan, size_t first, size_t end, size_t draws,
                              const hone_monitor *mon, hone_trees *out, hone_error *err) {
    size_t n = end - first, batch = n < MOST_CHUNKS ? n : (n + BATCHES - 1) / BATCHES;
    hone_trees_builder builder = hone_trees_build(out);
    hone_status status = HONE_OK;
    if (end == 1) {
        struct growing job = {.plan = plan, .end = 1, .per_chunk = 1, .draws = draws, .tree = out};
        job.mon = mon;
        return hone_parallel(1, grow_chunk, &job, mon, err);
    }
    for (size_t t = first; t < end && status == HONE_OK; t += batch) {
        size_t last = t + batch < end ? t + batch : end;
        struct growing job = {.plan = plan, .first = t, .end = last, .total = end, .draws = draws};
        job.mon = mon;
        status = grow_batch(&job, &builder, err);
    }
    return status;
}

/* Leaves hold their share of the mean of more trees now. */
static void share_anew(hone_trees *trees, size_t n_trees) {
    double part = (double)trees->n_trees / (double)n_trees;
    for (size_t i = 0; i < trees->n_nodes * trees->width; i++)
        trees->value[i] *= part;
}

static hone_status begin(const struct forest_kind *kind, size_t n_trees, struct forest_state *s,
                         hone_error *err) {
    hone_trees *trees = &s->trees;
    size_t n_outputs = s->n_classes > 0 ? s->n_classes : 1;
    if (trees->n_trees > n_trees)
        return hone_fail(err, HONE_EINVAL,
                         "%s: warm_start goes on from a model of %zu trees, but n_estimators is "
                         "%zu",
                         kind->who, trees->n_trees, n_trees);
    hone_release(s->oob_prediction);
    s->oob_prediction = NULL;
    s->n_oob = 0;
    s->oob_score = NAN;
    if (trees->n_trees == 0)
        return hone_trees_begin(trees, n_outputs, n_outputs, err);
    share_anew(trees, n_trees);
    return HONE_OK;
}

/* ---- shared work ----------------------------------------------------------------------------- */

hone_status hone_forest_prepare(const struct forest_params *p, const hone_dataset *data,
                                const hone_monitor *mon, struct forest_work *work,
                                hone_error *err) {
    size_t m = data->x.cols;
    if (!data->x.data || data->x.rows == 0 || m == 0 ||
        (data->schema && data->schema->n_columns != m))
        return HONE_OK; /* a fit says what is wrong */
    work->seed = p->seed;
    return hone_forest_columns_make(data, (size_t)p->max_bins, p->seed, mon, &work->columns, err);
}

/* Bins are quantiles of the very rows of a fit, or of a sample drawn by its seed. */
static bool serves(const struct forest_work *work, const size_t *rows, const hone_dataset *data,
                   uint64_t seed) {
    return work && !rows && work->columns.bins && work->columns.bins->rows == data->x.rows &&
           work->columns.bins->cols == data->x.cols &&
           (data->x.rows <= HONE_BINS_SAMPLE || work->seed == seed);
}

/* ---- all ------------------------------------------------------------------------------------- */

static hone_status grow_on(const struct forest_kind *kind, const struct forest_params *p,
                           const hone_dataset *data, const struct forest_columns *columns,
                           size_t draws, const hone_monitor *mon, struct forest_state *s,
                           hone_error *err) {
    size_t n_trees = kind->many ? (size_t)p->n_estimators : 1;
    struct forest_rows rows = {.stat = NULL};
    hone_status status = hone_forest_rows_make(data, s->n_classes, &rows, err);
    if (status == HONE_OK) {
        hone_grow_plan plan = plan_of(kind, p, columns, &rows, s->n_classes, n_trees);
        status = grow_trees(&plan, s->trees.n_trees, n_trees, draws, mon, &s->trees, err);
    }
    hone_forest_rows_clear(&rows);
    return status;
}

hone_status hone_forest_fit(const struct forest_kind *kind, const struct forest_params *p,
                            const hone_dataset *data, const struct forest_work *work,
                            const size_t *rows, const hone_monitor *mon, struct forest_state *s,
                            hone_error *err) {
    size_t n_trees = kind->many ? (size_t)p->n_estimators : 1, draws;
    struct forest_columns own = {.bins = NULL};
    s->n_classes = kind->classes ? hone_fit_classes(data) : 0;
    hone_status status = draws_of(kind, p, data->x.rows, &draws, err);
    if (status == HONE_OK)
        status = begin(kind, n_trees, s, err);
    if (status == HONE_OK && s->trees.n_trees < n_trees) {
        bool shared = serves(work, rows, data, p->seed);
        if (!shared)
            status = hone_forest_columns_make(data, (size_t)p->max_bins, p->seed, mon, &own, err);
        if (status == HONE_OK)
            status = grow_on(kind, p, data, shared ? &work->columns : &own, draws, mon, s, err);
    }
    hone_forest_columns_clear(&own);
    if (status == HONE_OK && p->oob_score)
        status = hone_forest_judge(kind, p->seed, draws, data, mon, s, err);
    return status;
}
