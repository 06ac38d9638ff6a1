/* draw.c -- one tree in words: indented text, or a drawing for Graphviz.
 *
 * A line for each node in the order of a walk that goes left first, by a stack, as a tree of a file
 * may be deeper than the machine's. Cost: O(nodes). */
#include "classic/trees/ask.h"

#include <hone/trees.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LEVELS = 10, MOST_INDENT = 60 };

/* The tree that is written. */
struct tree {
    FILE *file;
    hone_tree_format format;
    const hone_trees *trees;
    const hone_schema *schema;
    size_t number, start, n;
    double most; /* the largest |value| of its leaves */
};

/* A node in the walk. */
struct place {
    size_t node; /* counted from the root */
    size_t depth;
    bool yes; /* the left child */
};

typedef void put_fn(const struct tree *t, const struct place *at);

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_leaf(const struct tree *t, size_t node) {
    return t->trees->column[t->start + node] < 0;
}

/* Fit for a line of text or, of a drawing, for a quoted label. */
static void put_name(const struct tree *t, const char *name) {
    for (; *name; name++) {
        if (t->format == HONE_TREE_DOT && (*name == '"' || *name == '\\'))
            putc('\\', t->file);
        putc((unsigned char)*name < 32 ? '?' : *name, t->file);
    }
}

static void put_level(const struct tree *t, const hone_column *column, size_t code) {
    if (code < column->n_levels)
        put_name(t, column->levels[code]);
    else
        fprintf(t->file, "%zu", code);
}

/* "in {a, b, c and 5 more}" */
static void put_set(const struct tree *t, const hone_column *column, size_t node) {
    const int32_t *set = t->trees->words + hone_rule_set(t->trees->rule[node]);
    size_t n = 0, codes = 32 * (size_t)set[0];
    if (column->n_levels > 0 && codes > column->n_levels)
        codes = column->n_levels; /* what is beyond stands for levels that the fit has not met */
    fputs(" in {", t->file);
    for (size_t code = 0; code < codes; code++) {
        if (!((uint32_t)set[1 + code / 32] >> code % 32 & 1))
            continue;
        if (n++ >= MOST_LEVELS)
            continue;
        fputs(n > 1 ? ", " : "", t->file);
        put_level(t, column, code);
    }
    if (n > MOST_LEVELS)
        fprintf(t->file, " and %zu more", n - MOST_LEVELS);
    putc('}', t->file);
}

/* "petal_length <= 2.45", "colour in {red, green} or missing" */
static void put_question(const struct tree *t, size_t node) {
    size_t i = t->start + node;
    const hone_column *column = &t->schema->columns[t->trees->column[i]];
    put_name(t, column->name);
    if (hone_rule_is_set(t->trees->rule[i]))
        put_set(t, column, i);
    else
        fprintf(t->file, " <= %.6g", t->trees->threshold[i]);
    if (hone_rule_missing_left(t->trees->rule[i]))
        fputs(" or missing", t->file);
}

static void put_value(const struct tree *t, size_t node) {
    const double *value = t->trees->value + (t->start + node) * t->trees->width;
    for (size_t k = 0; k < t->trees->width; k++)
        fprintf(t->file, "%s%.6g", k ? " " : "", value[k]);
}

static size_t leaves(const struct tree *t) {
    return (t->n + 1) / 2;
}

/* "tree 3 of 0 to 99: 31 leaves; score of versicolor" */
static void put_heading(const struct tree *t) {
    const hone_trees *trees = t->trees;
    const hone_schema *schema = t->schema;
    fprintf(t->file, "tree %zu of 0 to %zu: %zu %s", t->number, trees->n_trees - 1, leaves(t),
            leaves(t) == 1 ? "leaf" : "leaves");
    if (schema->n_targets == 0 || schema->targets[0].n_levels < trees->n_outputs)
        return;
    const hone_column *target = &schema->targets[0];
    if (trees->width == 1 && trees->n_outputs > 1) {
        fputs("; score of ", t->file);
        put_name(t, target->levels[t->number % trees->n_outputs]);
        return;
    }
    for (size_t k = 0; trees->width > 1 && k < trees->width; k++) {
        fputs(k ? ", " : "; shares of ", t->file);
        put_name(t, target->levels[k]);
    }
}

/* ---- text ------------------------------------------------------------------------------------ */

static void put_text(const struct tree *t, const struct place *at) {
    size_t i = t->start + at->node, indent = 2 * at->depth;
    fprintf(t->file, "%*s", (int)(indent < MOST_INDENT ? indent : MOST_INDENT), "");
    if (at->depth > 0)
        fputs(at->yes ? "yes: " : "no: ", t->file);
    if (is_leaf(t, at->node)) {
        put_value(t, at->node);
        fprintf(t->file, "   cover %.6g\n", t->trees->cover[i]);
        return;
    }
    put_question(t, at->node);
    fprintf(t->file, "?   gain %.6g, cover %.6g\n", t->trees->gain[i], t->trees->cover[i]);
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* Hue and saturation of a leaf: blue below zero, orange above; of shares the hue of the largest. */
static void put_colour(const struct tree *t, size_t node) {
    size_t width = t->trees->width, best = 0;
    const double *value = t->trees->value + (t->start + node) * width;
    double sum = 0, hue = value[0] < 0 ? 0.58 : 0.08;
    for (size_t k = 0; k < width; k++) {
        sum += fabs(value[k]);
        best = value[k] > value[best] ? k : best;
    }
    double strength = t->most > 0 ? fabs(value[0]) / t->most : 0;
    if (width > 1) {
        double even = 1 / (double)width;
        hue = 0.08 + (double)best / (double)width;
        strength = sum > 0 ? (value[best] / sum - even) / (1 - even) : 0;
    }
    fprintf(t->file, "\"%.3f %.3f 1\"", hue - floor(hue), strength > 0 ? 0.6 * strength : 0.0);
}

static void put_node(const struct tree *t, const struct place *at) {
    size_t i = t->start + at->node;
    fprintf(t->file, "  %zu [label=\"", at->node);
    if (is_leaf(t, at->node)) {
        put_value(t, at->node);
        fprintf(t->file, "\\ncover %.6g\", shape=ellipse, fillcolor=", t->trees->cover[i]);
        put_colour(t, at->node);
        fputs("];\n", t->file);
        return;
    }
    put_question(t, at->node);
    fprintf(t->file, "\\ngain %.6g, cover %.6g\"];\n", t->trees->gain[i], t->trees->cover[i]);
    for (size_t side = 0; side < 2; side++) {
        size_t child = (size_t)t->trees->child[i] + side;
        double share = t->trees->cover[t->start] > 0
                           ? t->trees->cover[t->start + child] / t->trees->cover[t->start]
                           : 0;
        fprintf(t->file, "  %zu -> %zu [label=\" %s\", penwidth=%.2f];\n", at->node, child,
                side ? "no" : "yes", 1 + 4 * (share > 0 ? share : 0));
    }
}

static void begin_dot(const struct tree *t) {
    fputs("digraph tree {\n  graph [labelloc=t, fontname=\"sans-serif\", label=\"", t->file);
    put_heading(t);
    fputs("\"];\n  node [shape=box, style=\"rounded,filled\", fillcolor=white, color=gray40,"
          " fontname=\"sans-serif\"];\n  edge [color=gray50, fontname=\"sans-serif\"];\n",
          t->file);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static hone_status walk(const struct tree *t, put_fn *put, hone_error *err) {
    struct place *stack = NULL;
    size_t left = 1;
    hone_status status = hone_new(&stack, t->n, err); /* the root comes first */
    while (status == HONE_OK && left > 0) {
        struct place at = stack[--left];
        put(t, &at);
        if (is_leaf(t, at.node))
            continue;
        size_t child = (size_t)t->trees->child[t->start + at.node];
        stack[left++] = (struct place){child + 1, at.depth + 1, false};
        stack[left++] = (struct place){child, at.depth + 1, true};
    }
    hone_release(stack);
    return status;
}

static hone_status write_tree(const struct tree *t, hone_error *err) {
    bool dot = t->format == HONE_TREE_DOT;
    if (dot)
        begin_dot(t);
    else
        put_heading(t), putc('\n', t->file);
    hone_status status = walk(t, dot ? put_node : put_text, err);
    if (dot)
        fputs("}\n", t->file);
    return status;
}

static struct tree tree_of(const hone_trees *trees, const hone_schema *schema, size_t number) {
    size_t start = (size_t)trees->start[number];
    struct tree t = {.trees = trees,
                     .schema = schema,
                     .number = number,
                     .start = start,
                     .n = (size_t)trees->start[number + 1] - start};
    for (size_t i = start; i < start + t.n; i++)
        if (trees->column[i] < 0)
            t.most = fmax(t.most, fabs(trees->value[i * trees->width]));
    return t;
}

hone_status hone_print_tree(const hone_estimator *est, size_t tree, hone_tree_format format,
                            char **out, hone_error *err) {
    const hone_trees *trees = NULL;
    const hone_estimator *last = NULL;
    char *text = NULL;
    size_t size;
    hone_status status = hone_trees_of(est, &trees, &last, err);
    if (status != HONE_OK)
        return status;
    if (tree >= trees->n_trees)
        return hone_fail(err, HONE_EINVAL, "%s: the number of a tree must be in [0, %zu], got %zu",
                         hone_name(last), trees->n_trees - 1, tree);
    struct tree t = tree_of(trees, hone_input_schema(last), tree);
    t.format = format;
    t.file = open_memstream(&text, &size);
    if (!t.file)
        return hone_fail(err, HONE_ENOMEM, "%s: %s", hone_name(last), strerror(errno));
    status = write_tree(&t, err);
    bool failed = ferror(t.file) != 0;
    if ((fclose(t.file) != 0 || failed) && status == HONE_OK)
        status =
            hone_fail(err, HONE_ENOMEM, "%s: no memory for the text of a tree", hone_name(last));
    if (status == HONE_OK)
        *out = text;
    else
        free(text);
    return status;
}
