/* test_trees.c -- ensembles: built, cut, joined, refused where they are out of order, and asked
 * for answers, against a walk from the root. */
#include "core/alloc.h"
#include "random_trees.h"
#include "support/support.h"

#include <hone/trees.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- building -------------------------------------------------------------------------------- */

Test(trees, are_built_node_by_node) {
    hone_trees t = {0};
    hone_error err = {HONE_OK, ""};
    uint32_t set[2] = {1u << 3, 1u << 1};
    double value[] = {1, 2, 3, 4, 5};
    size_t number;
    cr_assert_eq(hone_trees_begin(&t, 1, 1, &err), HONE_OK);
    hone_trees_builder b = hone_trees_build(&t);
    cr_assert_eq(hone_trees_open(&b, &err), HONE_OK);
    hone_node leaf = {.column = -1};
    for (size_t i = 0; i < 5; i++) {
        cr_assert_eq(hone_trees_add(&b, &leaf, value + i, &number, &err), HONE_OK);
        cr_assert_eq(number, i);
    }
    hone_node root = {.column = 0, .child = 1, .threshold = 0.5, .missing_left = true};
    hone_node codes = {.column = 1, .child = 3, .set = set, .n_set = 2};
    cr_assert_eq(hone_trees_split(&b, 0, &root, &err), HONE_OK);
    cr_assert_eq(hone_trees_split(&b, 2, &codes, &err), HONE_OK);
    cr_assert_eq(hone_trees_validate(&t, 2, &err), HONE_OK, "%s", err.message);
    double x[] = {0.5, NAN, 1, 3, 1, 33, 1, 32, 1, NAN, 1, 64, NAN, 0};
    double want[] = {2, 4, 4, 5, 5, 5, 2}, got[7];
    cr_assert_eq(hone_trees_predict(&t, hone_view_of(x, 7, 2), 0, 1, got, &err), HONE_OK);
    for (size_t i = 0; i < 7; i++)
        cr_expect_eq(got[i], want[i], "row %zu: %g, not %g", i, got[i], want[i]);
    hone_trees_clear(&t);
}

Test(trees, that_are_joined_answer_as_both) {
    random_spec spec = {6, 40, 1, 1, 7, 9, 1}, other = {6, 70, 1, 1, 5, 200, 2};
    hone_trees a = random_trees(&spec), b = random_trees(&other);
    hone_view x = random_rows(&other, 200, true);
    hone_error err = {HONE_OK, ""};
    hone_trees_builder builder = hone_trees_build(&a);
    double *before = calloc(200, sizeof *before);
    cr_assert_eq(hone_trees_append(&builder, &b, &err), HONE_OK);
    cr_assert_eq(hone_trees_validate(&a, 6, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(a.n_trees, 12);
    for (size_t i = 0; i < x.rows; i++)
        for (size_t tree = 0; tree < 5; tree++)
            cr_assert_eq(plain_leaf(&a, 7 + tree, hone_view_row(x, i)),
                         plain_leaf(&b, tree, hone_view_row(x, i)));
    cr_assert_eq(hone_trees_predict(&a, x, 2, 12, before, &err), HONE_OK);
    for (size_t i = 0; i < x.rows; i++) { /* small trees and large ones */
        double want;
        plain_answer(&a, hone_view_row(x, i), 2, 12, &want);
        cr_assert_eq(before[i], want);
    }
    cr_assert_eq(hone_trees_predict(&a, x, 0, 7, before, &err), HONE_OK);
    hone_trees_cut(&a, 7);
    cr_assert_eq(hone_trees_validate(&a, 6, &err), HONE_OK, "%s", err.message);
    for (size_t i = 0; i < x.rows; i++) {
        double want;
        plain_answer(&a, hone_view_row(x, i), 0, 7, &want);
        cr_assert_eq(before[i], want);
    }
    hone_trees_clear(&a), hone_trees_clear(&b);
    free(before), free((void *)x.data);
}

Test(trees, survive_any_allocation_that_fails) {
    random_spec spec = {4, 40, 2, 1, 4, 6, 3};
    hone_trees from = random_trees(&spec);
    for (long k = 1;; k++) {
        hone_trees t = {0};
        hone_error err = {HONE_OK, ""};
        double value = 1;
        hone_alloc_fail_at(k, 1);
        hone_status status = hone_trees_begin(&t, 2, 1, &err);
        hone_trees_builder b = hone_trees_build(&t);
        if (status == HONE_OK)
            status = hone_trees_open(&b, &err);
        if (status == HONE_OK)
            status = hone_trees_add(&b, &(hone_node){.column = -1}, &value, NULL, &err);
        if (status == HONE_OK)
            status = hone_trees_append(&b, &from, &err);
        hone_alloc_fail_at(0, 0);
        hone_trees_clear(&t);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        if (status == HONE_OK)
            break;
        cr_assert_lt(k, 100);
    }
    hone_trees_clear(&from);
}

/* ---- trusting nothing ------------------------------------------------------------------------ */

static void refuse(const char *says, void (*damage)(hone_trees *trees)) {
    random_spec spec = {3, 40, 1, 1, 3, 6, 4};
    hone_trees t = random_trees(&spec);
    hone_error err = {HONE_OK, ""};
    damage(&t);
    cr_expect_eq(hone_trees_validate(&t, 3, &err), HONE_EFORMAT, "%s", says);
    cr_expect_str_eq(err.message, says);
    hone_trees_clear(&t);
}

/* The first node past node i of the second tree that is a leaf, or is none. */
static size_t node(const hone_trees *t, size_t i, bool leaf) {
    for (i += (size_t)t->start[1];; i++)
        if ((t->column[i] < 0) == leaf)
            return i;
}

static void column_past_the_end(hone_trees *t) {
    t->column[node(t, 1, false)] = 3;
}
static void column_below_leaf(hone_trees *t) {
    t->column[node(t, 1, false)] = -2;
}
static void cycle(hone_trees *t) {
    t->child[node(t, 1, false)] = 0;
}
static void own_child(hone_trees *t) {
    size_t i = node(t, 1, false);
    t->child[i] = (int32_t)i - t->start[1];
}
static void child_past_the_end(hone_trees *t) {
    t->child[node(t, 1, false)] = t->start[2] - t->start[1] - 1;
}
static void shared_child(hone_trees *t) {
    t->child[t->start[1]] = t->child[node(t, 1, false)];
}
static void lost_child(hone_trees *t) {
    t->column[node(t, 1, false)] = -1;
}
static void value_missing(hone_trees *t) {
    t->value[node(t, 1, true)] = NAN;
}
static void threshold_missing(hone_trees *t) {
    t->threshold[node(t, 0, false)] = NAN;
}
static void set_past_the_end(hone_trees *t) {
    t->rule[node(t, 0, false)] = hone_rule_of_set(t->n_words, false);
}
static void rule_negative(hone_trees *t) {
    t->rule[node(t, 0, false)] = -4;
}
static void base_infinite(hone_trees *t) {
    t->base[0] = INFINITY;
}
static void tree_empty(hone_trees *t) {
    t->start[2] = t->start[1];
}
static void ends_early(hone_trees *t) {
    t->start[3]--;
}

Test(trees, that_are_out_of_order_are_refused) {
    refuse("node 2 of tree 1 of the model asks about a column that there is not",
           column_past_the_end);
    refuse("node 2 of tree 1 of the model asks about a column that there is not",
           column_below_leaf);
    refuse("node 2 of tree 1 of the model has children out of order", cycle);
    refuse("node 2 of tree 1 of the model has children out of order", own_child);
    refuse("node 2 of tree 1 of the model has children out of order", child_past_the_end);
    refuse("node 2 of tree 1 of the model has a child that another node has", shared_child);
    refuse("node 3 of tree 1 of the model is no node's child", lost_child);
    refuse("node 1 of tree 1 of the model has a value that is not finite", value_missing);
    refuse("node 0 of tree 1 of the model has no threshold", threshold_missing);
    refuse("node 0 of tree 1 of the model has a set out of range", set_past_the_end);
    refuse("node 0 of tree 1 of the model has a set out of range", rule_negative);
    refuse("base 0 of the model is not finite", base_infinite);
    refuse("tree 1 of the model has no nodes", tree_empty);
    refuse("the model has 3 trees, 33 nodes and 1 outputs that do not fit", ends_early);
}

/* ---- answers --------------------------------------------------------------------------------- */

/* All rows at once, rows one by one, and blocks of seven: each the bits of the plain walk. */
static void check_answers(const random_spec *spec, size_t first, size_t end, size_t n) {
    hone_trees t = random_trees(spec);
    hone_view x = random_rows(spec, n, true);
    size_t k = spec->outputs, block[] = {n, 1, 7};
    double *want = calloc(n * k, sizeof *want), *got = calloc(n * k, sizeof *got);
    for (size_t i = 0; i < n; i++)
        plain_answer(&t, hone_view_row(x, i), first, end < t.n_trees ? end : t.n_trees,
                     want + i * k);
    for (size_t b = 0; b < 3; b++) {
        memset(got, 0xff, n * k * sizeof *got);
        for (size_t i = 0; i < n; i += block[b]) {
            hone_view rows = hone_view_rows(x, i, n - i < block[b] ? n - i : block[b]);
            cr_assert_eq(hone_trees_predict(&t, rows, first, end, got + i * k, NULL), HONE_OK);
        }
        cr_expect(memcmp(want, got, n * k * sizeof *got) == 0,
                  "%zu trees of %zu leaves, width %zu: other bits in blocks of %zu", spec->trees,
                  spec->leaves, spec->width, block[b]);
    }
    hone_trees_clear(&t);
    free((void *)x.data), free(want), free(got);
}

Test(trees, answer_as_a_walk_from_the_root) {
    check_answers(&(random_spec){9, 50, 1, 1, 20, 31, 5}, 0, SIZE_MAX, 500);
    check_answers(&(random_spec){9, 0, 1, 1, 100, 31, 6}, 0, SIZE_MAX, 2500);
    check_answers(&(random_spec){9, 20, 3, 1, 21, 8, 7}, 0, SIZE_MAX, 300);
    check_answers(&(random_spec){9, 300, 3, 3, 10, 40, 8}, 0, SIZE_MAX, 700);
    check_answers(&(random_spec){9, 20, 3, 1, 21, 8, 9}, 5, 13, 300);
    check_answers(&(random_spec){1, 0, 1, 1, 1, 1, 10}, 0, SIZE_MAX, 300);
    check_answers(&(random_spec){4, 20, 2, 2, 3, 3000, 11}, 0, SIZE_MAX, 1500);
    check_answers(&(random_spec){9, 0, 1, 1, 5, 500, 15}, 0, SIZE_MAX, 700);
    check_answers(&(random_spec){4, 20, 2, 1, 0, 1, 12}, 0, SIZE_MAX, 20);
}

Test(trees, tell_the_leaf_of_a_row) {
    random_spec spec = {9, 50, 1, 1, 13, 17, 13};
    hone_trees t = random_trees(&spec);
    hone_view x = random_rows(&spec, 100, true);
    int32_t *leaf = calloc(100 * 13, sizeof *leaf);
    hone_trees_leaves(&t, x, leaf);
    for (size_t i = 0; i < 100; i++)
        for (size_t tree = 0; tree < 13; tree++)
            cr_assert_eq((size_t)leaf[i * 13 + tree], plain_leaf(&t, tree, hone_view_row(x, i)));
    hone_trees_clear(&t);
    free((void *)x.data), free(leaf);
}

Test(trees, answer_about_one_row_without_an_allocation) {
    random_spec spec = {30, 0, 1, 1, 100, 31, 14};
    hone_trees t = random_trees(&spec);
    hone_view x = random_rows(&spec, 8, true);
    double got[8];
    hone_alloc_fail_at(1, 1);
    hone_status status = hone_trees_predict(&t, x, 0, SIZE_MAX, got, NULL);
    hone_alloc_fail_at(0, 0);
    cr_assert_eq(status, HONE_OK);
    hone_trees_clear(&t);
    free((void *)x.data);
}

/* The wrapper lines the trees up once for all blocks. */
Test(trees, answer_through_an_estimator) {
    random_spec spec = {.cols = 30, .outputs = 1, .width = 1, .trees = 40, .leaves = 50, .seed = 3};
    hone_view x = random_rows(&spec, 5000, true);
    hone_trees t = random_trees(&spec);
    double y[5000] = {0}, *got = calloc(x.rows, sizeof *got), want;
    hone_dataset data = {.x = x, .y = hone_view_of(y, 5000, 1)};
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_estimator_new(&random_trees_regressor, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, "trees=40,leaves=50,seed=3", &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    for (int threads = 1; threads <= 3; threads++) {
        memset(got, 0, x.rows * sizeof *got);
        cr_assert_eq(hone_predict(est, &data, got, &(hone_monitor){.threads = threads}, &err),
                     HONE_OK);
        for (size_t i = 0; i < x.rows; i++) {
            plain_answer(&t, hone_view_row(x, i), 0, 40, &want);
            cr_assert_eq(got[i], want, "row %zu", i);
        }
    }
    for (long k = 1, done = 0; !done; k++) {
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_predict(est, &data, got, &(hone_monitor){.threads = 1}, &err);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        done = status == HONE_OK;
    }
    hone_free(est);
    hone_trees_clear(&t);
    free((void *)x.data), free(got);
}

/* What hone/trees.h tells, by looking at the nodes. */
Test(trees, tell_what_their_splits_have_done) {
    random_spec spec = {.cols = 6, .outputs = 1, .width = 1, .trees = 9, .leaves = 20, .seed = 3};
    hone_view x = random_rows(&spec, 30, true);
    hone_trees t = random_trees(&spec);
    double y[30] = {0}, gain[6], split[6], cover[6], want[3][6] = {{0}};
    int32_t leaf[30 * 9];
    hone_dataset data = {.x = x, .y = hone_view_of(y, 30, 1)};
    hone_estimator *est = NULL;
    hone_tree_info info;
    cr_assert_eq(hone_estimator_new(&random_trees_regressor, &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, "trees=9,leaves=20,seed=3", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_get_tree_info(est, &info, NULL), HONE_OK);
    cr_expect(info.n_trees == 9 && info.n_outputs == 1 && info.n_nodes == 9 * 39);
    cr_assert_eq(hone_split_importances(est, HONE_IMPORTANCE_GAIN, gain, NULL), HONE_OK);
    cr_assert_eq(hone_split_importances(est, HONE_IMPORTANCE_SPLIT, split, NULL), HONE_OK);
    cr_assert_eq(hone_split_importances(est, HONE_IMPORTANCE_COVER, cover, NULL), HONE_OK);
    cr_assert_eq(hone_tree_leaves(est, &data, leaf, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < t.n_nodes; i++)
        if (t.column[i] >= 0) {
            want[0][t.column[i]] += t.gain[i];
            want[1][t.column[i]] += 1;
            want[2][t.column[i]] += t.cover[i];
        }
    for (size_t j = 0; j < 6; j++)
        cr_expect(gain[j] == want[0][j] && split[j] == want[1][j] && cover[j] == want[2][j]);
    for (size_t i = 0; i < 30 * 9; i++)
        cr_assert_eq((size_t)leaf[i], plain_leaf(&t, i % 9, hone_view_row(x, i / 9)));
    hone_free(est);
    hone_trees_clear(&t);
    free((void *)x.data);
}
