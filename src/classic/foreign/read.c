/* read.c -- from the trees of a foreign file to ours.
 *
 * A tree of such a file may have its nodes in any order. From the root on, breadth first, each
 * reached node takes its two children along as the next two numbers: these lie past their parent,
 * and a node met twice is a cycle or a shared child. Cost: O(nodes). */
#include "classic/foreign/foreign.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- a model --------------------------------------------------------------------------------- */

hone_status hone_foreign_begin(hone_foreign_model *model, size_t n_cols, size_t n_groups,
                               hone_error *err) {
    hone_status status;
    model->n_cols = n_cols, model->n_groups = n_groups;
    if ((status = hone_new(&model->columns, n_cols, err)) ||
        (status = hone_new(&model->state, 1, err)))
        return status;
    return hone_trees_begin(&model->state->trees, n_groups == 2 ? 1 : n_groups, 1, err);
}

void hone_foreign_free(hone_foreign_model *model) {
    for (size_t j = 0; model->columns && j < model->n_cols; j++) {
        hone_foreign_column *column = &model->columns[j];
        for (size_t k = 0; k < column->n_names; k++)
            hone_release(column->names[k]);
        hone_release(column->names);
        hone_release(column->name);
    }
    hone_release(model->columns);
    if (model->state) {
        hone_trees_clear(&model->state->trees);
        hone_release(model->state->coef);
        hone_release(model->state->train_score);
        hone_release(model->state->validation_score);
        hone_release(model->state);
    }
}

static hone_status fail_with(const hone_foreign_model *model, hone_status status, hone_error *err,
                             const char *format, va_list arguments) {
    char text[HONE_ERROR_SIZE];
    vsnprintf(text, sizeof text, format, arguments);
    return hone_fail(err, status, "%s: %s", model->path, text);
}

hone_status hone_foreign_fail(const hone_foreign_model *model, hone_error *err, const char *format,
                              ...) {
    va_list arguments;
    va_start(arguments, format);
    hone_status status = fail_with(model, HONE_EFORMAT, err, format, arguments);
    va_end(arguments);
    return status;
}

hone_status hone_foreign_cannot(const hone_foreign_model *model, hone_error *err,
                                const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    hone_status status = fail_with(model, HONE_EUNSUPPORTED, err, format, arguments);
    va_end(arguments);
    return status;
}

/* ---- a tree ---------------------------------------------------------------------------------- */

/* What is wrong with a reached node, or NULL. */
static const char *wrong_with(const hone_foreign_model *model, const hone_foreign_node *node) {
    const hone_node *ask = &node->node;
    if (!isfinite(node->value))
        return "has a value that is not finite";
    if (node->left == -1 && node->right == -1)
        return NULL;
    if (ask->column < 0 || (size_t)ask->column >= model->n_cols)
        return "asks about a column that there is not";
    return ask->set || !isnan(ask->threshold) ? NULL : "has no threshold";
}

/* order (n, zero) gets the numbers in the file of the nodes that are reached, in our order; child
 * (n) our number of each one's left child; met (n, zero). */
static const char *walk(const hone_foreign_model *model, const hone_foreign_node *nodes, size_t n,
                        size_t *order, size_t *child, char *met, size_t *reached, size_t *at) {
    size_t used = 1;
    met[0] = 1;
    for (size_t i = 0; i < used; i++) {
        const hone_foreign_node *node = &nodes[ *at = order[i]];
        const char *wrong = wrong_with(model, node);
        if (wrong)
            return wrong;
        child[i] = used;
        for (int right = 0; right < 2 && (node->left != -1 || node->right != -1); right++) {
            int32_t next = right ? node->right : node->left;
            if (next < 0 || (size_t)next >= n)
                return "has a child that there is not";
            if (met[next]++)
                return "leads to a node that was reached before: no tree";
            order[used++] = (size_t)next;
        }
    }
    *reached = used;
    return NULL;
}

static hone_status add(hone_trees_builder *builder, const hone_foreign_node *nodes,
                       const size_t *order, const size_t *child, size_t reached, hone_error *err) {
    hone_status status = hone_trees_open(builder, err);
    for (size_t i = 0; i < reached && status == HONE_OK; i++) {
        const hone_foreign_node *from = &nodes[order[i]];
        hone_node node = from->node;
        if (from->left == -1)
            node = (hone_node){.column = -1, .cover = node.cover};
        else
            node.child = (int32_t)child[i];
        status = hone_trees_add(builder, &node, &from->value, NULL, err);
    }
    return status;
}

hone_status hone_foreign_graft(const hone_foreign_model *model, hone_trees_builder *builder,
                               size_t number, const hone_foreign_node *nodes, size_t n,
                               hone_error *err) {
    size_t *order = NULL, *child = NULL, reached = 0, at = 0;
    char *met = NULL;
    hone_status status;
    if (n == 0 || n > INT32_MAX)
        return hone_foreign_fail(model, err, "tree %zu has no nodes", number);
    if ((status = hone_new(&order, n, err)) || (status = hone_new(&child, n, err)) ||
        (status = hone_new(&met, n, err)))
        goto done;
    const char *wrong = walk(model, nodes, n, order, child, met, &reached, &at);
    status = wrong ? hone_foreign_fail(model, err, "tree %zu: node %zu %s", number, at, wrong)
                   : add(builder, nodes, order, child, reached, err);
done:
    hone_release(order);
    hone_release(child);
    hone_release(met);
    return status;
}

/* ---- columns --------------------------------------------------------------------------------- */

hone_status hone_foreign_level(hone_foreign_model *model, size_t j, double code, hone_error *err) {
    if (!(code >= 0) || code != floor(code))
        return hone_foreign_fail(model, err,
                                 "column %zu has the category %g, expected codes from 0", j, code);
    if (code >= HONE_MOST_LEVELS)
        return hone_foreign_cannot(model, err, "column %zu has the category %.0f; %d is the last",
                                   j, code, HONE_MOST_LEVELS - 1);
    hone_foreign_column *column = &model->columns[j];
    if ((size_t)code >= column->n_levels)
        column->n_levels = (size_t)code + 1;
    return HONE_OK;
}
