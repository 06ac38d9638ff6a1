/* test_draw_tree.c -- trees in words: names, levels, missing values, whatever the columns are
 * called. */
#include "random_trees.h"

#include <hone/trees.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Three leaves: a number, then a category. */
static hone_estimator *small(void) {
    static const char *const LEVELS[] = {"red", "gr\"een", "blue"};
    static const hone_column COLUMNS[] = {{"width", HONE_NUMERIC, 0, NULL},
                                          {"colour", HONE_CATEGORICAL, 3, LEVELS}};
    static const hone_column TARGET[] = {{"y", HONE_NUMERIC, 0, NULL}};
    static const hone_schema SCHEMA = {2, COLUMNS, 1, TARGET};
    double x[] = {1, 0, 2, 1}, y[] = {0, 1}, value[] = {0, -1.5, 0, 2, 0.25};
    uint32_t set = 1u << 1 | 1u << 2;
    hone_dataset data = {.x = hone_view_of(x, 2, 2), .y = hone_view_of(y, 2, 1), .schema = &SCHEMA};
    hone_estimator *est = NULL;
    cr_assert_eq(hone_estimator_new(&random_trees_regressor, &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, "trees=0", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    hone_trees *t = (hone_trees *)(uintptr_t)hone_estimator_state(est);
    hone_trees_builder b = hone_trees_build(t);
    const float cover[] = {10, 4, 6, 5, 1};
    cr_assert_eq(hone_trees_open(&b, NULL), HONE_OK);
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(hone_trees_add(&b, &(hone_node){.column = -1, .cover = cover[i]}, value + i,
                                    NULL, NULL),
                     HONE_OK);
    cr_assert_eq(
        hone_trees_split(
            &b, 0,
            &(hone_node){
                .column = 0, .child = 1, .threshold = 1.25, .missing_left = true, .gain = 3},
            NULL),
        HONE_OK);
    cr_assert_eq(
        hone_trees_split(
            &b, 2, &(hone_node){.column = 1, .child = 3, .set = &set, .n_set = 1, .gain = 1}, NULL),
        HONE_OK);
    return est;
}

Test(draw_tree, as_text) {
    hone_estimator *est = small();
    char *text = NULL;
    cr_assert_eq(hone_print_tree(est, 0, HONE_TREE_TEXT, &text, NULL), HONE_OK);
    cr_expect_str_eq(text, "tree 0 of 0 to 0: 3 leaves\n"
                           "width <= 1.25 or missing?   gain 3, cover 10\n"
                           "  yes: -1.5   cover 4\n"
                           "  no: colour in {gr\"een, blue}?   gain 1, cover 6\n"
                           "    yes: 2   cover 5\n"
                           "    no: 0.25   cover 1\n");
    free(text);
    hone_free(est);
}

Test(draw_tree, for_graphviz) {
    hone_estimator *est = small();
    char *text = NULL;
    cr_assert_eq(hone_print_tree(est, 0, HONE_TREE_DOT, &text, NULL), HONE_OK);
    cr_expect(strncmp(text, "digraph tree {\n", 15) == 0);
    cr_expect(strstr(text, "  0 [label=\"width <= 1.25 or missing\\ngain 3, cover 10\"];\n"));
    cr_expect(strstr(text, "  0 -> 1 [label=\" yes\", penwidth=2.60];\n"));
    cr_expect(strstr(text, "  2 [label=\"colour in {gr\\\"een, blue}\\n"));
    cr_expect(
        strstr(text, "  3 [label=\"2\\ncover 5\", shape=ellipse, fillcolor=\"0.080 0.600 1\"]"));
    cr_expect(strstr(text, "  1 [label=\"-1.5\\ncover 4\", shape=ellipse, fillcolor=\"0.580 "));
    cr_expect_str_eq(text + strlen(text) - 2, "}\n");
    free(text);
    hone_free(est);
}

Test(draw_tree, that_there_is_not) {
    hone_estimator *est = small();
    hone_error err = {HONE_OK, ""};
    char *text = NULL;
    cr_assert_eq(hone_print_tree(est, 1, HONE_TREE_TEXT, &text, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message,
                     "random_trees_regressor: the number of a tree must be in [0, 0], got 1");
    hone_free(est);
}
