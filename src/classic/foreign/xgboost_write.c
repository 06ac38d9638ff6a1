/* xgboost_write.c -- boosted trees as a JSON model of XGBoost 3.x.
 *
 * A threshold is rounded as XGBoost rounds the values that it is compared with, so that values of
 * the data stay on their sides (float.c). Categories that go right are listed by code; cats
 * names them all. base_score stands for a raw score of zero.
 * Cost: O(nodes + sets).   Reference: doc/model.schema of XGBoost 3.2. */
#include "classic/foreign/xgboost.h"

#include "core/alloc.h"
#include "core/error.h"

#include <hone/text.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NO_PARENT = INT32_MAX };

/* ---- pieces ---------------------------------------------------------------------------------- */

static hone_json *count_text(size_t n) {
    char text[32];
    snprintf(text, sizeof text, "%zu", n);
    return hone_json_text(text);
}

/* An object under construction: what fails, fails for good. */
static hone_json *with(hone_json *object, const char *key, hone_json *value) {
    if (hone_json_set(object, key, value) == HONE_OK)
        return object;
    hone_json_free(object);
    return NULL;
}

static hone_json *also(hone_json *array, hone_json *value) {
    if (hone_json_append(array, value) == HONE_OK)
        return array;
    hone_json_free(array);
    return NULL;
}

/* ---- a tree ---------------------------------------------------------------------------------- */

/* Numbers of the node at `i` (in the arrays) that stand in its tree. */
typedef hone_json *number_fn(const hone_trees *t, size_t start, size_t i, size_t tree);

static hone_json *left_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start, (void)tree;
    return hone_json_integer(t->column[i] < 0 ? -1 : t->child[i]);
}

static hone_json *right_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start, (void)tree;
    return hone_json_integer(t->column[i] < 0 ? -1 : t->child[i] + 1);
}

static hone_json *column_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start, (void)tree;
    return hone_json_integer(t->column[i] < 0 ? 0 : t->column[i]);
}

static hone_json *condition_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start;
    if (t->column[i] < 0)
        return hone_json_real((float)hone_foreign_value(t, tree, i));
    return hone_json_real(hone_rule_is_set(t->rule[i]) ? 0
                                                       : hone_float_of_threshold(t->threshold[i]));
}

static hone_json *missing_left_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start, (void)tree;
    return hone_json_integer(t->column[i] >= 0 && hone_rule_missing_left(t->rule[i]));
}

static hone_json *kind_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start, (void)tree;
    return hone_json_integer(t->column[i] >= 0 && hone_rule_is_set(t->rule[i]));
}

static hone_json *gain_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start, (void)tree;
    return hone_json_real(t->gain[i]);
}

static hone_json *cover_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start, (void)tree;
    return hone_json_real(t->cover[i]);
}

static hone_json *weight_of(const hone_trees *t, size_t start, size_t i, size_t tree) {
    (void)start;
    return hone_json_real((float)hone_foreign_value(t, tree, i));
}

static hone_json *numbers(const hone_trees *t, size_t tree, number_fn *number) {
    hone_json *array = hone_json_array();
    size_t start = (size_t)t->start[tree], end = (size_t)t->start[tree + 1];
    for (size_t i = start; i < end && array; i++)
        array = also(array, number(t, start, i, tree));
    return array;
}

/* parents: each node's, of which a leaf has none to tell. */
static hone_json *parents(const hone_trees *t, size_t tree) {
    size_t start = (size_t)t->start[tree], n = (size_t)t->start[tree + 1] - start;
    hone_json *array = hone_json_array();
    int32_t *parent = NULL;
    if (hone_new(&parent, n, NULL) != HONE_OK) {
        hone_json_free(array);
        return NULL;
    }
    parent[0] = NO_PARENT;
    for (size_t i = 0; i < n && array; i++) {
        if (t->column[start + i] >= 0)
            parent[t->child[start + i]] = parent[t->child[start + i] + 1] = (int32_t)i;
        array = also(array, hone_json_integer(parent[i]));
    }
    hone_release(parent);
    return array;
}

/* The lists of what goes right: of all levels, and of one more for what is new. */
static hone_json *with_sets(hone_json *object, const hone_foreign_source *in, size_t tree) {
    const hone_trees *t = in->trees;
    size_t start = (size_t)t->start[tree], end = (size_t)t->start[tree + 1];
    hone_json *codes = hone_json_array(), *nodes = hone_json_array();
    hone_json *segments = hone_json_array(), *sizes = hone_json_array();
    for (size_t i = start; i < end; i++) {
        if (t->column[i] < 0 || !hone_rule_is_set(t->rule[i]))
            continue;
        size_t first = hone_json_size(codes),
               levels = hone_foreign_levels(in->schema, t->column[i]);
        for (size_t code = 0; code <= levels; code++)
            if (!hone_goes_left(t, i, (double)code))
                codes = also(codes, hone_json_integer((long long)code));
        nodes = also(nodes, hone_json_integer((long long)(i - start)));
        segments = also(segments, hone_json_integer((long long)first));
        sizes = also(sizes, hone_json_integer((long long)(hone_json_size(codes) - first)));
    }
    object = with(object, "categories", codes);
    object = with(object, "categories_nodes", nodes);
    object = with(object, "categories_segments", segments);
    return with(object, "categories_sizes", sizes);
}

static hone_json *tree_object(const hone_foreign_source *in, size_t tree) {
    static const struct {
        const char *key;
        number_fn *number;
    } arrays[] = {{"base_weights", weight_of},  {"default_left", missing_left_of},
                  {"left_children", left_of},   {"loss_changes", gain_of},
                  {"right_children", right_of}, {"split_conditions", condition_of},
                  {"split_indices", column_of}, {"split_type", kind_of},
                  {"sum_hessian", cover_of}};
    const hone_trees *t = in->trees;
    hone_json *object = hone_json_object(), *param = hone_json_object();
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        object = with(object, arrays[k].key, numbers(t, tree, arrays[k].number));
    object = with_sets(object, in, tree);
    object = with(object, "parents", parents(t, tree));
    object = with(object, "id", hone_json_integer((long long)tree));
    param = with(param, "num_deleted", hone_json_text("0"));
    param = with(param, "num_feature", count_text(in->schema->n_columns));
    param = with(param, "num_nodes", count_text((size_t)(t->start[tree + 1] - t->start[tree])));
    param = with(param, "size_leaf_vector", hone_json_text("1"));
    return with(object, "tree_param", param);
}

/* Of a model without trees: one leaf with the base. */
static hone_json *stump_object(const hone_foreign_source *in, size_t output) {
    int32_t start[2] = {0, 1}, column = -1, none = 0;
    float zero = 0;
    hone_trees leaf = {.n_outputs = 1,
                       .width = 1,
                       .n_trees = 1,
                       .n_nodes = 1,
                       .n_ends = 2,
                       .base = in->trees->base + output,
                       .start = start,
                       .column = &column,
                       .child = &none,
                       .threshold = &(double){0},
                       .rule = &none,
                       .value = &(double){0},
                       .cover = &zero,
                       .gain = &zero};
    hone_foreign_source source = *in;
    source.trees = &leaf;
    return with(tree_object(&source, 0), "id", hone_json_integer((long long)output));
}

/* ---- names of categories --------------------------------------------------------------------- */

struct level {
    const char *name;
    size_t code;
};

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct level *)a)->name, ((const struct level *)b)->name);
}

/* Appends the codes of a column's levels in the order of their names. */
static hone_json *also_sorted(hone_json *array, const hone_column *column) {
    struct level *levels = NULL;
    if (hone_new(&levels, column->n_levels, NULL) != HONE_OK) {
        hone_json_free(array);
        return NULL;
    }
    for (size_t k = 0; k < column->n_levels; k++)
        levels[k] = (struct level){column->levels[k], k};
    qsort(levels, column->n_levels, sizeof *levels, by_name);
    for (size_t k = 0; k < column->n_levels && array; k++)
        array = also(array, hone_json_integer((long long)levels[k].code));
    hone_release(levels);
    return array;
}

/* {"offsets": where each name ends, "values": their bytes}; both empty for numbers. */
static hone_json *names_object(const hone_column *column, size_t levels) {
    hone_json *offsets = hone_json_array(), *values = hone_json_array();
    size_t end = 0;
    if (levels)
        offsets = also(offsets, hone_json_integer(0));
    for (size_t k = 0; k < levels && offsets && values; k++) {
        for (const char *at = column->levels[k]; *at && values; at++, end++)
            values = also(values, hone_json_integer((signed char)*at));
        offsets = also(offsets, hone_json_integer((long long)end));
    }
    return with(with(hone_json_object(), "offsets", offsets), "values", values);
}

static hone_json *cats_object(const hone_foreign_source *in) {
    hone_json *enc = hone_json_array(), *segments = hone_json_array(), *sorted = hone_json_array();
    size_t end = 0, any = 0, m = in->schema->n_columns;
    for (size_t j = 0; j < m; j++)
        any += hone_foreign_levels(in->schema, (int32_t)j);
    if (any)
        segments = also(segments, hone_json_integer(0));
    for (size_t j = 0; j < m && any && enc && segments && sorted; j++) {
        const hone_column *column = &in->schema->columns[j];
        size_t levels = hone_foreign_levels(in->schema, (int32_t)j);
        enc = also(enc, names_object(column, levels));
        if (levels)
            sorted = also_sorted(sorted, column);
        segments = also(segments, hone_json_integer((long long)(end += levels)));
    }
    hone_json *cats = with(hone_json_object(), "enc", enc);
    cats = with(cats, "feature_segments", segments);
    return with(cats, "sorted_idx", sorted);
}

/* ---- the boosters ---------------------------------------------------------------------------- */

static hone_json *trees_model(const hone_foreign_source *in) {
    const hone_trees *t = in->trees;
    size_t k = t->n_outputs, n = t->n_trees ? t->n_trees : k;
    hone_json *model = hone_json_object(), *param = hone_json_object();
    hone_json *trees = hone_json_array(), *info = hone_json_array(), *ends = hone_json_array();
    for (size_t i = 0; i < n && trees; i++) {
        trees = also(trees, t->n_trees ? tree_object(in, i) : stump_object(in, i));
        info = also(info, hone_json_integer((long long)(i % k)));
        if (i % k == 0)
            ends = also(ends, hone_json_integer((long long)i));
    }
    ends = also(ends, hone_json_integer((long long)n));
    param = with(param, "num_parallel_tree", hone_json_text("1"));
    param = with(param, "num_trees", count_text(n));
    model = with(model, "cats", cats_object(in));
    model = with(model, "gbtree_model_param", param);
    model = with(model, "iteration_indptr", ends);
    model = with(model, "tree_info", info);
    return with(model, "trees", trees);
}

static hone_json *linear_model(const hone_foreign_source *in) {
    const struct gbdt_state *s = in->linear;
    size_t k = s->trees.n_outputs;
    hone_json *weights = hone_json_array(), *model = hone_json_object();
    for (size_t i = 0; i < (s->n_coefs + 1) * k && weights; i++) {
        size_t j = i / k, c = i % k;
        double w = j < s->n_coefs ? s->coef[c * s->n_coefs + j] : s->trees.base[c];
        weights = also(weights, hone_json_real((float)w));
    }
    model = with(model, "boosted_rounds", hone_json_integer(1));
    return with(model, "weights", weights);
}

static hone_json *booster_object(const hone_foreign_source *in) {
    hone_json *object = hone_json_object();
    object = with(object, "model", in->linear ? linear_model(in) : trees_model(in));
    return with(object, "name", hone_json_text(in->linear ? "gblinear" : "gbtree"));
}

/* ---- what it answers ------------------------------------------------------------------------- */

static const struct hone_xgboost_objective *objective_of(const hone_foreign_source *in) {
    const struct hone_xgboost_objective *found = hone_xgboost_objectives;
    while (found->name && (found->loss != in->loss || found->classes != in->classes))
        found++;
    return in->classes && in->trees->n_outputs > 1 ? found + 1 : found;
}

/* Its own parameter block, without which XGBoost does not load some. */
static hone_json *objective_object(const hone_foreign_source *in) {
    const struct hone_xgboost_objective *objective = objective_of(in);
    char number[HONE_NUMBER_SIZE], vector[HONE_NUMBER_SIZE + 2];
    hone_json *object = with(hone_json_object(), "name", hone_json_text(objective->name));
    hone_write_double(hone_foreign_param(in->est, "alpha", 0.5), number);
    snprintf(vector, sizeof vector, "[%s]", number);
    hone_write_double(hone_foreign_param(in->est, "tweedie_variance_power", 1.5), number);
    const struct {
        enum hone_objective_name loss;
        const char *block, *key, *value;
    } blocks[] = {
        {HONE_LOSS_SQUARED, "reg_loss_param", "scale_pos_weight", "1"},
        {HONE_LOSS_GAMMA, "reg_loss_param", "scale_pos_weight", "1"},
        {HONE_LOSS_HUBER, "pseudo_huber_param", "huber_slope", "1"},
        {HONE_LOSS_QUANTILE, "quantile_loss_param", "quantile_alpha", vector},
        {HONE_LOSS_POISSON, "poisson_regression_param", "max_delta_step", "0.7"},
        {HONE_LOSS_TWEEDIE, "tweedie_regression_param", "tweedie_variance_power", number},
    };
    if (in->classes && in->trees->n_outputs > 1)
        return with(object, "softmax_multiclass_param",
                    with(hone_json_object(), "num_class", count_text(in->trees->n_outputs)));
    if (in->classes)
        return with(object, "reg_loss_param",
                    with(hone_json_object(), "scale_pos_weight", hone_json_text("1")));
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (blocks[i].loss == in->loss)
            return with(object, blocks[i].block,
                        with(hone_json_object(), blocks[i].key, hone_json_text(blocks[i].value)));
    return object;
}

static hone_json *param_object(const hone_foreign_source *in) {
    static const char *const zero[] = {"0E0", "5E-1", "1E0"}; /* by link */
    size_t k = in->trees->n_outputs;
    hone_json *param = hone_json_object();
    param = with(param, "base_score", hone_json_text(zero[objective_of(in)->link]));
    param = with(param, "boost_from_average", hone_json_text("0"));
    param = with(param, "num_class", count_text(k > 1 ? k : 0));
    param = with(param, "num_feature", count_text(in->schema->n_columns));
    return with(param, "num_target", hone_json_text("1"));
}

/* ---- the file -------------------------------------------------------------------------------- */

static hone_json *model_object(const hone_foreign_source *in) {
    hone_json *learner = hone_json_object(), *root = hone_json_object();
    hone_json *names = hone_json_array(), *types = hone_json_array(), *version = hone_json_array();
    for (size_t j = 0; j < in->schema->n_columns && names && types; j++) {
        bool category = in->schema->columns[j].kind == HONE_CATEGORICAL;
        names = also(names, hone_json_text(in->schema->columns[j].name));
        types = also(types, hone_json_text(category ? "c" : "float"));
    }
    learner = with(learner, "attributes", hone_json_object());
    learner = with(learner, "feature_names", names);
    learner = with(learner, "feature_types", types);
    learner = with(learner, "gradient_booster", booster_object(in));
    learner = with(learner, "learner_model_param", param_object(in));
    learner = with(learner, "objective", objective_object(in));
    root = with(root, "learner", learner);
    for (int i = 0; i < 3; i++)
        version = also(version, hone_json_integer(i == 0 ? 3 : i == 1)); /* 3.1.0 knows cats */
    return with(root, "version", version);
}

hone_status hone_xgboost_write(const hone_foreign_source *in, const char *path, hone_error *err) {
    hone_json *json = model_object(in);
    if (!json)
        return hone_fail(err, HONE_ENOMEM, "%s: out of memory for a model of XGBoost", path);
    FILE *file = fopen(path, "we");
    if (!file) {
        hone_json_free(json);
        return hone_fail(err, HONE_EIO, "%s: %s", path, strerror(errno));
    }
    hone_status status = hone_json_write(json, file, err);
    if (fclose(file) != 0 && status == HONE_OK)
        status = hone_fail(err, HONE_EIO, "%s: %s", path, strerror(errno));
    hone_json_free(json);
    return status;
}
