/* lightgbm_write.c -- boosted trees as a text model of LightGBM 4.x.
 *
 * Numbers compare as ours do and missing ones are NaN. A category that is missing or not in a
 * node's set goes right there; where ours goes left, the sides are changed and the set holds the
 * levels that went right. The first tree of each output holds the base. Of a tree's nodes those
 * that ask and the leaves are numbered apart, in our order.
 * Cost: O(nodes + sets).   Reference: src/io/tree.cpp of LightGBM 4.6. */
#include "classic/foreign/lightgbm.h"

#include "core/alloc.h"
#include "core/error.h"

#include <hone/json.h>
#include <hone/text.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- lists ----------------------------------------------------------------------------------- */

static void put_real(FILE *file, double value) {
    char text[HONE_NUMBER_SIZE];
    fputs(hone_write_double(value, text), file);
}

/* One tree being written; its nodes are start .. start + n - 1. */
struct tree {
    FILE *file;
    const hone_foreign_source *in;
    size_t number, start, n;
    const int32_t *place; /* n: number among those that ask, or ~number among the leaves */
};

typedef void put_fn(const struct tree *t, size_t i);

/* Does missing go left at a set? Then the sides change. */
static bool turned(const hone_trees *t, size_t i) {
    return hone_rule_is_set(t->rule[i]) && hone_rule_missing_left(t->rule[i]);
}

static void put_link(const struct tree *t, size_t i, bool right) {
    const hone_trees *trees = t->in->trees;
    size_t child = (size_t)trees->child[i] + (right != turned(trees, i));
    fprintf(t->file, "%d", (int)t->place[child]);
}

static void put_left(const struct tree *t, size_t i) {
    put_link(t, i, false);
}

static void put_right(const struct tree *t, size_t i) {
    put_link(t, i, true);
}

static void put_column(const struct tree *t, size_t i) {
    fprintf(t->file, "%d", (int)t->in->trees->column[i]);
}

static void put_gain(const struct tree *t, size_t i) {
    put_real(t->file, t->in->trees->gain[i]);
}

static void put_cover(const struct tree *t, size_t i) {
    put_real(t->file, t->in->trees->cover[i]);
}

static void put_count(const struct tree *t, size_t i) {
    fprintf(t->file, "%.0f", rint(fmin(fmax(t->in->trees->cover[i], 0), INT32_MAX)));
}

static void put_value(const struct tree *t, size_t i) {
    put_real(t->file, hone_foreign_value(t->in->trees, t->number, i));
}

static void put_type(const struct tree *t, size_t i) {
    int32_t rule = t->in->trees->rule[i];
    int left = hone_rule_missing_left(rule) ? HONE_LIGHTGBM_DEFAULT_LEFT : 0;
    fprintf(t->file, "%d",
            hone_rule_is_set(rule) ? HONE_LIGHTGBM_CATEGORY : HONE_LIGHTGBM_MISSING_NAN | left);
}

static void put_list(const struct tree *t, const char *key, bool leaves, put_fn *put) {
    const char *before = "";
    fprintf(t->file, "%s=", key);
    for (size_t i = t->start; i < t->start + t->n; i++)
        if ((t->in->trees->column[i] < 0) == leaves) {
            fputs(before, t->file);
            put(t, i);
            before = " ";
        }
    fputc('\n', t->file);
}

/* ---- sets ------------------------------------------------------------------------------------ */

/* Words of the set of node i: all levels that the column has, and one more, for what is new. */
static size_t set_words(const struct tree *t, size_t i) {
    return hone_foreign_levels(t->in->schema, t->in->trees->column[i]) / 32 + 1;
}

static bool asks_set(const struct tree *t, size_t i) {
    return t->in->trees->column[i] >= 0 && hone_rule_is_set(t->in->trees->rule[i]);
}

/* A number's threshold; a set's number. */
static void put_thresholds(const struct tree *t) {
    const hone_trees *trees = t->in->trees;
    size_t set = 0;
    const char *before = "";
    fputs("threshold=", t->file);
    for (size_t i = t->start; i < t->start + t->n; i++) {
        if (trees->column[i] < 0)
            continue;
        fputs(before, t->file);
        put_real(t->file, asks_set(t, i) ? (double)set++ : trees->threshold[i]);
        before = " ";
    }
    fputc('\n', t->file);
}

static void put_words(const struct tree *t, size_t i) {
    bool wanted = !turned(t->in->trees, i); /* the side that the set is of */
    for (size_t w = 0; w < set_words(t, i); w++) {
        uint32_t word = 0;
        for (uint32_t b = 0; b < 32; b++)
            word |= (uint32_t)(hone_goes_left(t->in->trees, i, (double)(w * 32 + b)) == wanted)
                    << b;
        fprintf(t->file, " %lu", (unsigned long)word);
    }
}

static void put_sets(const struct tree *t) {
    size_t end = 0;
    fputs("cat_boundaries=0", t->file);
    for (size_t i = t->start; i < t->start + t->n; i++)
        if (asks_set(t, i))
            fprintf(t->file, " %zu", end += set_words(t, i));
    fputs("\ncat_threshold=", t->file);
    for (size_t i = t->start; i < t->start + t->n; i++)
        if (asks_set(t, i))
            put_words(t, i);
    fputc('\n', t->file);
}

/* ---- a tree ---------------------------------------------------------------------------------- */

static void put_tree(const struct tree *t) {
    size_t leaves = 0, sets = 0;
    for (size_t i = t->start; i < t->start + t->n; i++) {
        leaves += t->in->trees->column[i] < 0;
        sets += asks_set(t, i);
    }
    fprintf(t->file, "Tree=%zu\nnum_leaves=%zu\nnum_cat=%zu\n", t->number, leaves, sets);
    put_list(t, "split_feature", false, put_column);
    put_list(t, "split_gain", false, put_gain);
    put_thresholds(t);
    put_list(t, "decision_type", false, put_type);
    put_list(t, "left_child", false, put_left);
    put_list(t, "right_child", false, put_right);
    put_list(t, "leaf_value", true, put_value);
    put_list(t, "leaf_weight", true, put_cover);
    put_list(t, "leaf_count", true, put_count);
    put_list(t, "internal_value", false, put_value);
    put_list(t, "internal_weight", false, put_cover);
    put_list(t, "internal_count", false, put_count);
    if (sets)
        put_sets(t);
    fputs("is_linear=0\nshrinkage=1\n\n\n", t->file);
}

static hone_status write_tree(FILE *file, const hone_foreign_source *in, size_t number,
                              hone_error *err) {
    const hone_trees *trees = in->trees;
    int32_t *place = NULL, asks = 0, leaves = 0;
    size_t start = (size_t)trees->start[number], n = (size_t)trees->start[number + 1] - start;
    hone_status status = hone_new(&place, n, err);
    if (status == HONE_OK) {
        for (size_t i = 0; i < n; i++)
            place[i] = trees->column[start + i] < 0 ? ~leaves++ : asks++;
        struct tree t = {file, in, number, start, n, place};
        put_tree(&t);
    }
    hone_release(place);
    return status;
}

/* Of a model without trees: one leaf with the base. */
static void put_stump(FILE *file, size_t number, double base) {
    fprintf(file,
            "Tree=%zu\nnum_leaves=1\nnum_cat=0\nsplit_feature=\nsplit_gain=\nthreshold=\n"
            "decision_type=\nleft_child=\nright_child=\nleaf_value=",
            number);
    put_real(file, base);
    fputs("\nleaf_weight=\nleaf_count=\ninternal_value=\ninternal_weight=\ninternal_count=\n"
          "is_linear=0\nshrinkage=1\n\n\n",
          file);
}

/* ---- the head -------------------------------------------------------------------------------- */

static const struct hone_lightgbm_objective *objective_of(const hone_foreign_source *in) {
    const struct hone_lightgbm_objective *found = hone_lightgbm_objectives;
    bool many = in->classes && in->trees->n_outputs > 1;
    while (found->name &&
           (found->loss != in->loss || found->classes != in->classes || found->many != many))
        found++;
    return found;
}

/* Words of the head are parted by blanks: what would part one becomes an underscore. */
static void put_name(FILE *file, const char *name) {
    for (; *name; name++)
        fputc(strchr(" \t\r\n,:\"[]{}", *name) ? '_' : *name, file);
}

static void put_head(FILE *file, const hone_foreign_source *in) {
    const struct hone_lightgbm_objective *objective = objective_of(in);
    const hone_schema *schema = in->schema;
    size_t k = in->trees->n_outputs, m = schema->n_columns;
    fprintf(file,
            "tree\nversion=v4\nnum_class=%zu\nnum_tree_per_iteration=%zu\nlabel_index=0\n"
            "max_feature_idx=%zu\nobjective=%s",
            k, k, m - 1, objective->name);
    if (objective->many)
        fprintf(file, " num_class:%zu", k);
    fputs(objective->classes && !objective->many ? " sigmoid:1\n" : "\n", file);
    fputs("feature_names=", file);
    for (size_t j = 0; j < m; j++) {
        fputs(j ? " " : "", file);
        put_name(file, schema->columns[j].name);
    }
    fputs("\nfeature_infos=", file);
    for (size_t j = 0; j < m; j++) {
        size_t levels = hone_foreign_levels(schema, (int32_t)j);
        fputs(j ? " " : "", file);
        if (schema->columns[j].kind == HONE_NUMERIC)
            fputs("[-inf:inf]", file);
        else if (levels == 0)
            fputs("none", file);
        for (size_t code = 0; code < levels; code++)
            fprintf(file, code ? ":%zu" : "%zu", code);
    }
    fputs("\n\n", file);
}

/* The names of categories as pandas has them: a list for each categorical column. One line. */
static hone_status put_levels(FILE *file, const hone_schema *schema, hone_error *err) {
    const char *before = "[";
    fputs("\npandas_categorical:", file);
    for (size_t j = 0; j < schema->n_columns; j++) {
        const hone_column *column = &schema->columns[j];
        if (column->kind != HONE_CATEGORICAL)
            continue;
        fputs(before, file);
        before = ", ";
        for (size_t k = 0; k < column->n_levels; k++) {
            hone_json *name = hone_json_text(column->levels[k]);
            char *text = name ? hone_json_print(name) : NULL;
            hone_json_free(name);
            if (!text)
                return hone_fail(err, HONE_ENOMEM, "out of memory for a model of LightGBM");
            fprintf(file, "%s%s", k ? ", " : "[", text);
            free(text);
        }
        fputs(column->n_levels ? "]" : "[]", file);
    }
    fputs(*before == '[' ? "null\n" : "]\n", file);
    return HONE_OK;
}

static hone_status write_model(FILE *file, const hone_foreign_source *in, hone_error *err) {
    hone_status status = HONE_OK;
    put_head(file, in);
    for (size_t t = 0; t < in->trees->n_trees && status == HONE_OK; t++)
        status = write_tree(file, in, t, err);
    for (size_t k = 0; in->trees->n_trees == 0 && k < in->trees->n_outputs; k++)
        put_stump(file, k, in->trees->base[k]);
    fputs("end of trees\n\nfeature_importances:\n\nparameters:\n\nend of parameters\n", file);
    return status == HONE_OK ? put_levels(file, in->schema, err) : status;
}

hone_status hone_lightgbm_write(const hone_foreign_source *in, const char *path, hone_error *err) {
    FILE *file = fopen(path, "we");
    if (!file)
        return hone_fail(err, HONE_EIO, "%s: %s", path, strerror(errno));
    hone_status status = write_model(file, in, err);
    bool bad = ferror(file);
    bad |= fclose(file) != 0;
    return status == HONE_OK && bad ? hone_fail(err, HONE_EIO, "%s: %s", path, strerror(errno))
                                    : status;
}
