/* c_source_trees.c -- trees as C: tables of all nodes, a walk, and what the sum becomes.
 *
 *     number   threshold of a node
 *     column   column that it asks about, -1: a leaf
 *     next     left child, counted from the tree's root, the right one is behind it; of a leaf,
 *              which row of `value` is its
 *     rule     bit 0: missing values go left; the rest, where a set of categories is, and one
 * Cost: O(nodes). */
#include "selection/c_source.h"

#include "classic/forest/forest.h"
#include "classic/gbdt/gbdt.h"

#include <string.h>

/* ---- tables ---------------------------------------------------------------------------------- */

struct nodes {
    const hone_trees *trees;
    const int32_t *row; /* n_nodes: of a leaf, its row of values */
};

static int32_t start_of(const void *context, size_t i) {
    return ((const struct nodes *)context)->trees->start[i];
}

static int32_t column_of(const void *context, size_t i) {
    return ((const struct nodes *)context)->trees->column[i];
}

static int32_t next_of(const void *context, size_t i) {
    const struct nodes *nodes = context;
    return nodes->trees->column[i] < 0 ? nodes->row[i] : nodes->trees->child[i];
}

static int32_t rule_of(const void *context, size_t i) {
    return ((const struct nodes *)context)->trees->rule[i];
}

static void put_words(const hone_c_part *part, const hone_trees *t) {
    fprintf(part->file, "static const uint32_t s%zu_words[%zu] = {", part->number, t->n_words);
    for (size_t i = 0; i < t->n_words; i++)
        fprintf(part->file, "%s%luu",
                i == 0  ? "\n    "
                : i % 8 ? ", "
                        : ",\n    ",
                (unsigned long)(uint32_t)t->words[i]);
    fputs("\n};\n", part->file);
}

/* Values of the leaves alone, row after row. */
static hone_status put_values(const hone_c_part *part, const hone_trees *t, int32_t *row,
                              hone_error *err) {
    double *values = NULL;
    size_t leaves = 0;
    for (size_t i = 0; i < t->n_nodes; i++)
        leaves += t->column[i] < 0;
    hone_status status = hone_new2(&values, leaves, t->width, err);
    if (status != HONE_OK)
        return status;
    size_t at = 0;
    for (size_t i = 0; i < t->n_nodes; i++)
        if (t->column[i] < 0) {
            row[i] = (int32_t)at;
            memcpy(values + at++ * t->width, t->value + i * t->width, t->width * sizeof *values);
        }
    hone_c_reals(part, "value", values, leaves * t->width);
    hone_release(values);
    return HONE_OK;
}

static bool has_sets(const hone_trees *t) {
    for (size_t i = 0; i < t->n_nodes; i++)
        if (t->column[i] >= 0 && hone_rule_is_set(t->rule[i]))
            return true;
    return false;
}

static hone_status put_tables(const hone_c_part *part, const hone_trees *t, bool sets,
                              hone_error *err) {
    struct nodes nodes = {.trees = t};
    int32_t *row = NULL;
    hone_status status = hone_new(&row, t->n_nodes, err);
    if (status == HONE_OK)
        status = put_values(part, t, row, err);
    if (status == HONE_OK) {
        nodes.row = row;
        hone_c_wholes(part, "start", start_of, &nodes, t->n_trees);
        hone_c_reals(part, "number", t->threshold, t->n_nodes);
        hone_c_wholes(part, "column", column_of, &nodes, t->n_nodes);
        hone_c_wholes(part, "next", next_of, &nodes, t->n_nodes);
        hone_c_wholes(part, "rule", rule_of, &nodes, t->n_nodes);
        if (sets)
            put_words(part, t);
    }
    hone_release(row);
    return status;
}

/* ---- the walk -------------------------------------------------------------------------------- */

static const char SET[] = "/* Does a category go left? One past the end of its set is missing. */\n"
                          "static int s%zu_holds(int32_t rule, double x) {\n"
                          "    const uint32_t *set = s%zu_words + (rule >> 1) - 1;\n"
                          "    if (!(x >= 0 && x < 32.0 * set[0]))\n"
                          "        return rule & 1;\n"
                          "    return set[1 + (uint32_t)x / 32] >> (uint32_t)x %% 32 & 1;\n"
                          "}\n\n";

static void put_walk(const hone_c_part *part, bool sets, size_t width) {
    size_t s = part->number;
    FILE *file = part->file;
    if (sets)
        fprintf(file, SET, s, s);
    fprintf(file,
            "static const double *s%zu_leaf(int32_t tree, const double *x) {\n"
            "    int32_t start = s%zu_start[tree], i = start;\n"
            "    while (s%zu_column[i] >= 0) {\n"
            "        double v = x[s%zu_column[i]];\n"
            "        int left = v <= s%zu_number[i] || (v != v && (s%zu_rule[i] & 1));\n",
            s, s, s, s, s, s);
    if (sets)
        fprintf(file,
                "        if (s%zu_rule[i] >> 1)\n"
                "            left = s%zu_holds(s%zu_rule[i], v);\n",
                s, s, s);
    fprintf(file,
            "        i = start + s%zu_next[i] + !left;\n"
            "    }\n"
            "    return s%zu_value + s%zu_next[i] * %zu;\n"
            "}\n",
            s, s, s, width);
}

/* The body of the sum: out[k] = base[k] + ... */
static void put_sum(const hone_c_part *part, const hone_trees *t) {
    FILE *file = part->file;
    for (size_t k = 0; k < t->n_outputs; k++) {
        fprintf(file, "    out[%zu] = ", k);
        hone_c_real(file, t->base[k]);
        fputs(";\n", file);
    }
    if (t->n_trees == 0)
        return;
    fprintf(file, "    for (int32_t tree = 0; tree < %zu; tree++) {\n", t->n_trees);
    if (t->width == 1 && t->n_outputs == 1)
        fprintf(file, "        out[0] += *s%zu_leaf(tree, x);\n", part->number);
    else if (t->width == 1)
        fprintf(file, "        out[tree %% %zu] += *s%zu_leaf(tree, x);\n", t->n_outputs,
                part->number);
    else
        fprintf(file,
                "        const double *value = s%zu_leaf(tree, x);\n"
                "        for (int k = 0; k < %zu; k++)\n"
                "            out[k] += value[k];\n",
                part->number, t->width);
    fputs("    }\n", file);
}

static hone_status put_trees(const hone_c_part *part, const hone_trees *t, hone_error *err) {
    bool sets = has_sets(t);
    if (t->n_trees == 0)
        return HONE_OK;
    hone_status status = put_tables(part, t, sets, err);
    if (status == HONE_OK)
        put_walk(part, sets, t->width);
    return status;
}

/* ---- boosting -------------------------------------------------------------------------------- */

static unsigned boosting_uses(const hone_estimator *est) {
    const struct gbdt_state *s = hone_estimator_state(est);
    return s->n_classes > 2 ? HONE_C_SOFTMAX : s->n_classes == 2 ? HONE_C_EXP : 0;
}

static void put_coefs(const hone_c_part *part, const struct gbdt_state *s) {
    fprintf(part->file,
            "    for (int k = 0; k < %zu; k++)\n"
            "        for (int j = 0; j < %zu; j++)\n"
            "            out[k] += x[j] != x[j] ? 0 : s%zu_coef[k * %zu + j] * x[j];\n",
            s->trees.n_outputs, s->n_coefs, part->number, s->n_coefs);
}

static hone_status put_boosting(const hone_c_part *part, hone_error *err) {
    const struct gbdt_state *s = hone_estimator_state(part->est);
    bool log_link =
        s->n_classes == 0 && (s->loss == HONE_LOSS_POISSON || s->loss == HONE_LOSS_GAMMA ||
                              s->loss == HONE_LOSS_TWEEDIE);
    hone_status status = put_trees(part, &s->trees, err);
    if (s->n_coefs)
        hone_c_reals(part, "coef", s->coef, s->trees.n_outputs * s->n_coefs);
    hone_c_open(part);
    if (s->n_coefs == 0 && s->trees.n_trees == 0)
        fputs("    (void)x;\n", part->file);
    put_sum(part, &s->trees);
    if (s->n_coefs)
        put_coefs(part, s);
    if (s->n_classes > 2)
        fprintf(part->file, "    softmax(out, %zu);\n", s->n_classes);
    else if (s->n_classes == 2)
        fputs("    out[1] = 1 / (1 + exp_of(-out[0]));\n    out[0] = 1 - out[1];\n", part->file);
    else if (log_link)
        fputs("    out[0] = exp(out[0] < -700 ? -700 : out[0] > 700 ? 700 : out[0]);\n",
              part->file);
    fputs("}\n", part->file);
    return status;
}

/* ---- forests --------------------------------------------------------------------------------- */

static hone_status put_forest(const hone_c_part *part, hone_error *err) {
    const struct forest_state *s = hone_estimator_state(part->est);
    hone_status status = put_trees(part, &s->trees, err);
    hone_c_open(part);
    put_sum(part, &s->trees);
    if (s->n_classes)
        fprintf(part->file,
                "    double sum = 0;\n"
                "    for (int k = 0; k < %zu; k++)\n"
                "        sum += out[k];\n"
                "    for (int k = 0; k < %zu; k++)\n"
                "        out[k] /= sum;\n",
                s->n_classes, s->n_classes);
    fputs("}\n", part->file);
    return status;
}

const hone_c_kind hone_c_tree_kinds[] = {
    {"gradient_boosting_classifier", boosting_uses, put_boosting},
    {"gradient_boosting_regressor", boosting_uses, put_boosting},
    {"decision_tree_classifier", NULL, put_forest},
    {"decision_tree_regressor", NULL, put_forest},
    {"random_forest_classifier", NULL, put_forest},
    {"random_forest_regressor", NULL, put_forest},
    {"extra_trees_classifier", NULL, put_forest},
    {"extra_trees_regressor", NULL, put_forest},
    {NULL, NULL, NULL},
};
