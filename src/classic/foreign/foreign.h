/* foreign.h -- what the readers and writers of other programs' tree models share. */
#ifndef HONE_FOREIGN_FOREIGN_H
#define HONE_FOREIGN_FOREIGN_H

#include "classic/gbdt/gbdt.h"
#include "classic/trees/trees.h"

/* ---- reading (read.c) ------------------------------------------------------------------------ */

enum { HONE_MOST_LEVELS = 1 << 20 /* of a column of a foreign file */ };

/* A node as such files link it: children anywhere in its tree. */
typedef struct hone_foreign_node {
    int32_t left, right; /* -1, -1: a leaf */
    double value;
    hone_node node; /* column and child are not looked at in leaves, child nowhere */
} hone_foreign_node;

/* What is known of a column while its file is read. */
typedef struct hone_foreign_column {
    bool numeric, categorical; /* asked about as such, or said to be */
    size_t n_levels;           /* one more than the largest category met */
    char *name;
    size_t n_names; /* of categories; 0: they are called by their codes */
    char **names;
} hone_foreign_column;

/* A model on its way from a file into an estimator; owns what it points to but for `path`. */
typedef struct hone_foreign_model {
    const char *path;
    struct gbdt_state *state;
    bool of_classes;
    const char *loss; /* word of the parameter */
    size_t n_groups;  /* scores in the file: of two classes maybe two, of which we keep the
                         difference */
    size_t n_cols;
    hone_foreign_column *columns;
} hone_foreign_model;

/* Which of our outputs group g goes into, and with which sign. */
static inline size_t hone_foreign_output(const hone_foreign_model *model, size_t g) {
    return model->n_groups == 2 ? 0 : g;
}
static inline double hone_foreign_sign(const hone_foreign_model *model, size_t g) {
    return model->n_groups == 2 && g == 0 ? -1 : 1;
}

/* A zeroed model with room for columns and a state. */
HONE_NODISCARD hone_status hone_foreign_begin(hone_foreign_model *model, size_t n_cols,
                                              size_t n_groups, hone_error *err);
void hone_foreign_free(hone_foreign_model *model);
/* HONE_EFORMAT or HONE_EUNSUPPORTED with the path in front. */
hone_status hone_foreign_fail(const hone_foreign_model *model, hone_error *err, const char *format,
                              ...) __attribute__((format(printf, 3, 4)));
hone_status hone_foreign_cannot(const hone_foreign_model *model, hone_error *err,
                                const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Appends a tree, renumbered so that children are neighbours behind their parents. HONE_EFORMAT
 * when a link leaves the tree or leads to a node that another one leads to, or a reached node has
 * a column that there is not, or a number that is not finite. Unreached nodes are left out.
 * `number` is that of the file, for messages. O(n). */
HONE_NODISCARD hone_status hone_foreign_graft(const hone_foreign_model *model,
                                              hone_trees_builder *builder, size_t number,
                                              const hone_foreign_node *nodes, size_t n,
                                              hone_error *err);
/* Column j has category `code`; HONE_EFORMAT where that is impossible. */
HONE_NODISCARD hone_status hone_foreign_level(hone_foreign_model *model, size_t j, double code,
                                              hone_error *err);

/* ---- writing (write.c) ----------------------------------------------------------------------- */

/* What a foreign file can hold of a fitted estimator; borrows from it. */
typedef struct hone_foreign_source {
    const hone_trees *trees;
    const struct gbdt_state *linear; /* where it has coefficients instead of trees, else NULL */
    enum hone_objective_name loss;
    bool classes;
    const hone_schema *schema;
    const hone_estimator *est;
} hone_foreign_source;

/* The value of node i of tree t, with the base in the first tree of each output: such files begin
 * at zero. */
double hone_foreign_value(const hone_trees *trees, size_t tree, size_t i);
/* Levels of column j; 0: numbers. */
static inline size_t hone_foreign_levels(const hone_schema *schema, int32_t j) {
    return schema->columns[j].kind == HONE_CATEGORICAL ? schema->columns[j].n_levels : 0;
}
/* A parameter of the estimator as a number, or `otherwise`. */
double hone_foreign_param(const hone_estimator *est, const char *name, double otherwise);

/* ---- single precision (float.c) -------------------------------------------------------------- */

/* The double t such that x <= t exactly when (float)x < `above`, for every finite x. */
double hone_threshold_of_float(float above);
/* A float f with (float)x < f where x <= t, for x that are no nearer to t than floats are dense,
 * and for the decimals next to t; finite. hone_float_of_threshold(hone_threshold_of_float(f)) is f.
 */
float hone_float_of_threshold(double t);

#endif
