/* booster.c -- see booster.h.
 *
 * Trees of one iteration share nothing but the derivatives, so they are grown side by side, each at
 * a desk of its own; what they hold does not depend on the desk. Random numbers belong to the
 * number of the tree: going on from a fitted model gives the same trees as one long fit. */
#include "classic/gbdt/booster_impl.h"

#include "core/parallel.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { OTHERS_CHUNK = 16384 }; /* rows of a thread at a time */

/* ---- one tree -------------------------------------------------------------------------------- */

static hone_status make_desk(hone_boost_run *run, hone_boost_desk *desk, hone_error *err) {
    if (desk->word != NULL)
        return HONE_OK;
    hone_status status =
        hone_gbdt_make(&run->panels, &run->growth, run->n_learn, &desk->grower, err);
    return status ? status : hone_new(&desk->word, run->n_learn, err);
}

/* The first that nobody sits at; there are as many as trees. */
static hone_boost_desk *take_desk(hone_boost_run *run) {
    size_t i = 0;
    while (atomic_exchange(&run->desk[i].busy, true))
        i++;
    return run->desk + i;
}

static hone_status keep_tree(const hone_grower *grower, hone_boost_tree *tree, hone_error *err) {
    hone_status status = HONE_OK;
    if (grower->n_nodes > tree->room) {
        status = hone_grow(&tree->node, tree->room, grower->n_nodes, err);
        if (status != HONE_OK)
            return status;
        tree->room = grower->n_nodes;
    }
    memcpy(tree->node, grower->node, grower->n_nodes * sizeof *tree->node);
    tree->n = grower->n_nodes;
    return status;
}

static size_t fill_rows(const hone_boost_run *run, uint32_t *row) {
    if (run->n_chosen > 0) {
        memcpy(row, run->chosen, run->n_chosen * sizeof *row);
        return run->n_chosen;
    }
    for (size_t i = 0; i < run->n_learn; i++)
        row[i] = (uint32_t)i;
    return run->n_learn;
}

static hone_status grow_at(hone_boost_run *run, hone_boost_desk *desk, size_t k, uint64_t number,
                           hone_error *err) {
    const float *g = run->g + k * run->n_learn, *h = run->h + k * run->n_learn;
    hone_leaf_rule rule = {&run->learn, g, h, run->score, k, run->step};
    hone_grower *grower = &desk->grower;
    hone_status status;
    if ((status = make_desk(run, desk, err)) ||
        (status = hone_quantise(g, h, run->n_learn, run->flat, run->dither, number, desk->word,
                                &desk->layout, run->mon, err)))
        return status;
    size_t n = fill_rows(run, grower->row);
    if ((status = hone_gbdt_grow(grower, desk->word, &desk->layout, n, number, run->mon, err)) ||
        (status = hone_leaves_value(grower, &rule, run->mon, err)) ||
        (status = hone_leaves_add(grower, &rule, run->mon, err)))
        return status;
    return keep_tree(grower, run->tree + k, err);
}

/* Rows that a tree was not grown over: those not drawn, those set aside. */
struct others {
    hone_boost_run *run;
    size_t output, drawn;
};

static hone_status add_to_chunk(void *context, size_t chunk, hone_error *err) {
    const struct others *others = context;
    hone_boost_run *run = others->run;
    const hone_grown *node = run->tree[others->output].node;
    size_t first = others->drawn + chunk * OTHERS_CHUNK, end = first + OTHERS_CHUNK;
    (void)err;
    for (size_t i = first; i < end && i < run->n; i++) {
        size_t row = i < run->n_learn ? run->chosen[i] : i;
        run->score[row * run->outputs + others->output] +=
            node[hone_grown_leaf(&run->panels, node, row)].value;
    }
    return HONE_OK;
}

static hone_status add_to_others(hone_boost_run *run, size_t k, hone_error *err) {
    struct others others = {run, k, run->n_chosen > 0 ? run->n_chosen : run->n_learn};
    size_t chunks = (run->n - others.drawn + OTHERS_CHUNK - 1) / OTHERS_CHUNK;
    return chunks > 0 ? hone_parallel(chunks, add_to_chunk, &others, run->mon, err) : HONE_OK;
}

struct iteration {
    hone_boost_run *run;
    size_t number;
};

static hone_status grow_tree(void *context, size_t k, hone_error *err) {
    const struct iteration *it = context;
    hone_boost_run *run = it->run;
    hone_boost_desk *desk = take_desk(run);
    hone_status status = grow_at(run, desk, k, it->number * run->outputs + k, err);
    if (status == HONE_OK)
        status = add_to_others(run, k, err);
    atomic_store(&desk->busy, false);
    return status;
}

/* ---- writing trees down ---------------------------------------------------------------------- */

/* The codes whose bins go left, 32 to a word; *n_words of them. */
static hone_status set_of(const hone_bin_column *info, const hone_split *split, uint32_t **out,
                          size_t *n_words, hone_error *err) {
    size_t words = 0;
    for (size_t b = 0; b < info->n_bins; b++)
        if (split->set[b / 64] >> b % 64 & 1 && (size_t)info->code[b] / 32 + 1 > words)
            words = (size_t)info->code[b] / 32 + 1;
    hone_status status = hone_new(out, words, err);
    for (size_t b = 0; status == HONE_OK && b < info->n_bins; b++)
        if (split->set[b / 64] >> b % 64 & 1)
            (*out)[info->code[b] / 32] |= (uint32_t)1 << info->code[b] % 32;
    *n_words = words;
    return status;
}

static hone_status write_node(hone_boost_run *run, const hone_grown *grown, hone_error *err) {
    hone_node node = {.column = grown->split.column, .cover = (float)grown->h};
    uint32_t *set = NULL;
    hone_status status = HONE_OK;
    if (node.column >= 0) {
        const hone_bin_column *info = run->panels.info + node.column;
        node.child = (int32_t)grown->child, node.gain = (float)grown->split.gain;
        node.missing_left = grown->split.missing_left;
        if (grown->split.categorical)
            status = set_of(info, &grown->split, &set, &node.n_set, err);
        else /* all values left, missing ones right: every number is at most this */
            node.threshold = grown->split.bin + (size_t)1 < info->n_bins
                                 ? info->upper[grown->split.bin]
                                 : DBL_MAX;
        node.set = set;
    }
    if (status == HONE_OK)
        status = hone_trees_add(&run->builder, &node, &grown->value, NULL, err);
    hone_release(set);
    return status;
}

static hone_status write_trees(hone_boost_run *run, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t k = 0; k < run->outputs && status == HONE_OK; k++) {
        status = hone_trees_open(&run->builder, err);
        for (size_t i = 0; i < run->tree[k].n && status == HONE_OK; i++)
            status = write_node(run, run->tree[k].node + i, err);
    }
    return status;
}

/* ---- iterations ------------------------------------------------------------------------------ */

static hone_status iterate(hone_boost_run *run, size_t number, hone_error *err) {
    struct iteration it = {run, number};
    hone_dropped dropped = {NULL, 0, NULL};
    hone_status status = HONE_OK;
    run->step = run->p->learning_rate;
    if (run->p->booster == HONE_BOOST_DART)
        status = hone_dart_drop(run, number, &dropped, err);
    if (status == HONE_OK && (status = hone_loss_tune(&run->learn, run->score, err)) == HONE_OK &&
        (status = hone_loss_derive(run->who, &run->learn, run->score, number, run->g, run->h,
                                   run->mon, err)) == HONE_OK &&
        (status = hone_boost_sample(run, number, err)) == HONE_OK &&
        (status = hone_parallel(run->outputs, grow_tree, &it, run->mon, err)) == HONE_OK)
        status = write_trees(run, err);
    if (status == HONE_OK)
        hone_dart_restore(run, &dropped);
    hone_release(dropped.iteration);
    hone_release(dropped.score);
    return status;
}

static hone_status boost_trees(hone_boost_run *run, size_t first, hone_error *err) {
    size_t end = (size_t)run->p->n_estimators;
    hone_status status = HONE_OK;
    bool stop = false;
    for (size_t i = first; i < end && status == HONE_OK && !stop; i++) {
        hone_monitor_progress(run->mon, (double)i / (double)end, "boosting");
        status = iterate(run, i, err);
        run->state->n_iter = i + 1;
        if (status == HONE_OK && run->p->early_stopping)
            status = hone_boost_judge(run, &stop, err);
    }
    return status;
}

/* ---- before the first ------------------------------------------------------------------------ */

static size_t limit_of(hone_mixed limit) {
    return limit.word >= 0 ? SIZE_MAX : (size_t)limit.value;
}

static hone_growth growth_of(const struct gbdt_params *p) {
    return (hone_growth){
        .rules = {.l1 = p->l1_regularization,
                  .l2 = p->l2_regularization,
                  .gamma = p->gamma,
                  .min_child_weight = p->min_child_weight,
                  .min_rows = (size_t)p->min_samples_leaf,
                  .cat_smooth = p->cat_smooth,
                  .cat_l2 = p->cat_l2},
        .max_leaves = limit_of(p->max_leaf_nodes),
        .max_depth = limit_of(p->max_depth),
        .depthwise = p->grow_policy == HONE_GROW_DEPTHWISE,
        .by_tree = p->colsample_bytree,
        .by_level = p->colsample_bylevel,
        .by_node = p->colsample_bynode,
        .seed = p->seed,
    };
}

static hone_status prepare_trees(hone_boost_run *run, hone_error *err) {
    hone_bins *bins = NULL;
    hone_status status;
    bool draws = run->p->sampling == HONE_SAMPLE_GOSS || run->p->subsample < 1;
    run->growth = growth_of(run->p);
    run->flat = run->learn.kind->constant_hessian && run->weights == NULL &&
                run->p->sampling == HONE_SAMPLE_UNIFORM;
    if ((status = hone_bins_make(run->data, (size_t)run->p->max_bins, run->p->seed, run->mon, &bins,
                                 err)) ||
        (status = hone_panels_make(&bins, run->order, run->mon, &run->panels, err)) ||
        (status = hone_boost_constrain(run, err)) || (status = hone_new(&run->dither, 1, err)) ||
        (status = hone_new2(&run->g, run->outputs, run->n_learn, err)) ||
        (status = hone_new2(&run->h, run->outputs, run->n_learn, err)) ||
        (draws && (status = hone_new(&run->chosen, run->n_learn, err))) ||
        (status = hone_new(&run->desk, run->outputs, err)) ||
        (status = hone_new(&run->tree, run->outputs, err)))
        return status;
    hone_dither_fill(run->dither, run->p->seed);
    run->builder = hone_trees_build(&run->state->trees);
    return HONE_OK;
}

/* A new model, or the one that a warm start goes on from: its scores. */
static hone_status begin_scores(hone_boost_run *run, hone_error *err) {
    struct gbdt_state *s = run->state;
    size_t k = run->outputs;
    double *score = NULL;
    hone_status status = HONE_OK;
    if (s->trees.n_outputs == 0 &&
        ((status = hone_trees_begin(&s->trees, k, 1, err)) ||
         (status = run->learn.kind->start(&run->learn, s->trees.base, err))))
        return status;
    if (s->trees.n_trees > 0) {
        if ((status = hone_new2(&score, run->n, k, err)) == HONE_OK)
            status = hone_trees_predict(&s->trees, run->data->x, 0, SIZE_MAX, score, err);
    }
    for (size_t i = 0; i < run->n && status == HONE_OK; i++)
        memcpy(run->score + i * k,
               score ? score + (run->order ? run->order[i] : i) * k : s->trees.base,
               k * sizeof *score);
    hone_release(score);
    return status;
}

enum { MOST_LEVELS = 1000000 }; /* a split writes a bit for each */

static hone_status check_levels(const hone_boost_run *run, hone_error *err) {
    const hone_schema *schema = run->data->schema;
    for (size_t j = 0; j < schema->n_columns; j++)
        if (schema->columns[j].n_levels > MOST_LEVELS)
            return hone_fail(err, HONE_EDATA,
                             "%s: column '%s' has %zu categories, at most %d can be split; drop "
                             "it, or put target_encoder in front",
                             run->who, schema->columns[j].name, schema->columns[j].n_levels,
                             MOST_LEVELS);
    return HONE_OK;
}

/* May this fit go on from the state? (A model read from elsewhere counts its trees alone.) */
static hone_status check_warm(const hone_boost_run *run, hone_error *err) {
    struct gbdt_state *s = run->state;
    if (s->trees.n_trees > 0)
        s->n_iter = s->trees.n_trees / s->trees.n_outputs;
    if ((size_t)run->p->n_estimators < s->n_iter)
        return hone_fail(err, HONE_EINVAL,
                         "%s: warm_start goes on from %zu iterations, parameter n_estimators must "
                         "be at least that, got %d",
                         run->who, s->n_iter, run->p->n_estimators);
    if (s->n_iter > 0 && (s->n_coefs > 0) != (run->p->booster == HONE_BOOST_LINEAR))
        return hone_fail(err, HONE_EINVAL,
                         "%s: warm_start cannot go on with trees from a linear model, nor the "
                         "other way round",
                         run->who);
    return HONE_OK;
}

static hone_status begin(hone_boost_run *run, hone_error *err) {
    struct gbdt_state *s = run->state;
    const struct gbdt_params *p = run->p;
    const hone_dataset *data = run->data;
    const char *who = run->who;
    hone_status status = check_warm(run, err);
    if (status != HONE_OK)
        return status;
    if (data->x.rows > UINT32_MAX)
        return hone_fail(err, HONE_EDATA, "%s: %zu rows, at most %lu can be learnt from", who,
                         data->x.rows, (unsigned long)UINT32_MAX);
    s->n_classes = run->classes ? hone_fit_classes(data) : 0;
    s->loss = run->classes ? (p->loss == 0 ? HONE_LOSS_LOG : HONE_LOSS_CALLBACK)
                           : (size_t)p->loss + HONE_LOSS_SQUARED;
    run->outputs = s->n_classes > 2 ? s->n_classes : 1;
    if ((status = check_levels(run, err)) ||
        (p->early_stopping &&
         (status = hone_scoring_check(who, run->classes, s->n_classes, p->scoring.s, err))) ||
        (status = hone_boost_rows(run, err)) ||
        (status = hone_new2(&run->score, run->n, run->outputs, err)))
        return status;
    if (run->learn.kind->check != NULL &&
        (status = run->learn.kind->check(who, run->y, run->n, err)))
        return status;
    s->n_validation = run->n - run->n_learn;
    return begin_scores(run, err);
}

static void end(hone_boost_run *run) {
    for (size_t k = 0; k < run->outputs; k++) {
        if (run->desk != NULL) {
            hone_gbdt_clear(&run->desk[k].grower);
            hone_release(run->desk[k].word);
        }
        if (run->tree != NULL)
            hone_release(run->tree[k].node);
    }
    hone_panels_clear(&run->panels);
    hone_release(run->desk);
    hone_release(run->tree);
    hone_release(run->order);
    hone_release(run->own[0]);
    hone_release(run->own[1]);
    hone_release(run->score);
    hone_release(run->monotonic);
    hone_release(run->groups);
    hone_release(run->dither);
    hone_release(run->g);
    hone_release(run->h);
    hone_release(run->chosen);
}

hone_status hone_boost(const char *who, bool classes, const struct gbdt_params *p,
                       const hone_dataset *data, const hone_monitor *mon, struct gbdt_state *state,
                       hone_error *err) {
    hone_boost_run run = {
        .who = who, .classes = classes, .p = p, .data = data, .mon = mon, .state = state};
    hone_status status = begin(&run, err);
    if (status == HONE_OK && p->booster == HONE_BOOST_LINEAR)
        status = hone_boost_linear(&run, state->n_iter, err);
    else if (status == HONE_OK && (status = prepare_trees(&run, err)) == HONE_OK)
        status = boost_trees(&run, state->n_iter, err);
    end(&run);
    return status;
}
