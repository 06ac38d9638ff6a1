/* test_forest_splits.c -- every node of a tree against a search through all that it could ask. */
#include "classic/forest/forest.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 90, M = 4 };

struct table {
    double x[N * M], y[N], w[N];
    size_t k; /* classes, 0 for values */
    hone_column columns[M], target;
    hone_schema schema;
    hone_dataset data;
};

static const char *const LEVELS[] = {"a", "b", "c", "d", "e", "f"};

/* Columns: a whole number of few, a real one, one with missing values, categories (for which the
 * best of all sets is promised with two classes and values, where no limit is met). */
static void make_table(struct table *t, size_t k, uint64_t seed, bool missing, bool weighted) {
    hone_rng rng = hone_rng_at(seed, 0);
    *t = (struct table){.k = k};
    for (size_t i = 0; i < N; i++) {
        double *x = t->x + i * M, u = hone_rng_normal(&rng);
        x[0] = (double)hone_rng_below(&rng, 7);
        x[1] = hone_rng_normal(&rng);
        x[2] = missing && hone_rng_below(&rng, 4) == 0 ? NAN : round(3 * hone_rng_normal(&rng));
        x[3] = missing && hone_rng_below(&rng, 9) == 0 ? NAN : (double)hone_rng_below(&rng, 6);
        double f = 0.4 * x[0] + x[1] * (isnan(x[2]) ? 2 : x[2]) + (x[3] == 1 || x[3] == 4) + u;
        t->y[i] =
            k ? (double)(size_t)(fabs(3 * f) - floor(fabs(3 * f) / (double)k) * (double)k) : f;
        t->w[i] = (double)(1 + hone_rng_below(&rng, 3)) / 2;
    }
    static const char *const NAMES[] = {"p", "q", "r", "s"};
    for (size_t j = 0; j < M; j++)
        t->columns[j] = (hone_column){.name = NAMES[j]};
    if (k <= 2)
        t->columns[3] = (hone_column){"s", HONE_CATEGORICAL, 6, LEVELS};
    t->target = (hone_column){"t", k ? HONE_CATEGORICAL : HONE_NUMERIC, k, k ? LEVELS : NULL};
    t->schema = (hone_schema){M, t->columns, 1, &t->target};
    t->data = (hone_dataset){.x = hone_view_of(t->x, N, M),
                             .y = hone_view_of(t->y, N, 1),
                             .weights = weighted ? t->w : NULL,
                             .schema = &t->schema};
}

static double weight(const struct table *t, size_t i) {
    return t->data.weights ? t->w[i] : 1;
}

/* Weight times impurity of the rows marked. */
static double impurity(const struct table *t, const bool *in, bool entropy) {
    double w = 0, mean = 0, sum = 0, share[6] = {0};
    for (size_t i = 0; i < N; i++)
        if (in[i])
            w += weight(t, i), mean += weight(t, i) * t->y[i];
    for (size_t i = 0; i < N && w > 0; i++)
        if (in[i] && t->k == 0)
            sum += weight(t, i) * (t->y[i] - mean / w) * (t->y[i] - mean / w);
        else if (in[i])
            share[(size_t)t->y[i]] += weight(t, i) / w;
    for (size_t c = 0; c < t->k; c++)
        if (share[c] > 0)
            sum += w * (entropy ? -share[c] * log2(share[c]) : share[c] * (1 - share[c]));
    return sum;
}

struct rules {
    bool entropy;
    size_t min_leaf;
};

/* What is won where the rows marked `left` part from the rest of `in`; -1 where it is forbidden. */
static double won(const struct table *t, const bool *in, const bool *left, struct rules rules) {
    bool right[N];
    size_t n_left = 0, n_right = 0;
    for (size_t i = 0; i < N; i++) {
        right[i] = in[i] && !left[i];
        n_left += left[i], n_right += right[i];
    }
    if (n_left < rules.min_leaf || n_right < rules.min_leaf)
        return -1;
    return impurity(t, in, rules.entropy) - impurity(t, left, rules.entropy) -
           impurity(t, right, rules.entropy);
}

/* All thresholds of a number with missing values on either side; all sets of categories, missing
 * among them. */
static double best_of_column(const struct table *t, const bool *in, size_t j, struct rules rules) {
    bool sets = t->columns[j].kind == HONE_CATEGORICAL, left[N];
    double best = -1;
    for (size_t cut = 0; cut < (sets ? 128 : N); cut++)
        for (int missing_left = 0; missing_left < (sets ? 1 : 2); missing_left++) {
            double at = t->x[cut % N * M + j];
            for (size_t i = 0; i < N; i++) {
                double x = t->x[i * M + j];
                bool yes = sets       ? cut >> (isnan(x) ? 6 : (size_t)x) & 1
                           : isnan(x) ? missing_left
                                      : x <= at;
                left[i] = in[i] && yes;
            }
            best = fmax(best, won(t, in, left, rules));
        }
    return best;
}

static void check_node(const struct table *t, const hone_trees *trees, size_t node, const bool *in,
                       struct rules rules) {
    double best = -1, w = 0;
    bool left[N], right[N];
    for (size_t i = 0; i < N; i++)
        w += in[i] ? weight(t, i) : 0;
    cr_assert_float_eq(trees->cover[node], w, 1e-4);
    for (size_t j = 0; j < M; j++)
        best = fmax(best, best_of_column(t, in, j, rules));
    if (trees->column[node] < 0) {
        cr_assert(best < 0 || impurity(t, in, rules.entropy) < 1e-9, "a leaf could win %g", best);
        return;
    }
    for (size_t i = 0; i < N; i++) {
        left[i] = in[i] && hone_goes_left(trees, node, t->x[i * M + (size_t)trees->column[node]]);
        right[i] = in[i] && !left[i];
    }
    double mine = won(t, in, left, rules);
    cr_assert_float_eq(mine, best, 1e-9, "node %zu wins %.12g of %.12g", node, mine, best);
    cr_assert_float_eq(trees->gain[node], best, 1e-5 * fmax(1, best));
    check_node(t, trees, (size_t)trees->child[node], left, rules);
    check_node(t, trees, (size_t)trees->child[node] + 1, right, rules);
}

static void check_tree(size_t k, const char *params, struct rules rules) {
    struct table t;
    bool all[N];
    memset(all, true, sizeof all);
    for (uint64_t seed = 0; seed < 12; seed++) {
        make_table(&t, k, seed, seed % 2, seed % 3 == 0);
        if (rules.min_leaf > 1)
            t.columns[3].kind = HONE_NUMERIC, t.columns[3].n_levels = 0;
        hone_estimator *est = support_fit(
            k ? "decision_tree_classifier" : "decision_tree_regressor", params, &t.data, NULL);
        const struct forest_state *s = hone_estimator_state(est);
        check_node(&t, &s->trees, 0, all, rules);
        cr_assert_gt(s->trees.n_nodes, 10);
        hone_free(est);
    }
}

Test(forest_splits, are_the_best_of_two_classes) {
    check_tree(2, "", (struct rules){false, 1});
    check_tree(2, "criterion=entropy", (struct rules){true, 1});
}

Test(forest_splits, are_the_best_of_many_classes) {
    check_tree(4, "", (struct rules){false, 1});
    check_tree(3, "criterion=log_loss", (struct rules){true, 1});
}

Test(forest_splits, are_the_best_of_values) {
    check_tree(0, "", (struct rules){false, 1});
}

Test(forest_splits, leave_enough_rows) {
    check_tree(2, "min_samples_leaf=6", (struct rules){false, 6});
    check_tree(3, "min_samples_leaf=5", (struct rules){false, 5});
    check_tree(0, "min_samples_leaf=7", (struct rules){false, 7});
}

/* Grown the best first there are the same splits, as no limit is met. */
Test(forest_splits, are_the_same_whichever_comes_first) {
    struct table t;
    double deep[N], best[N];
    for (uint64_t seed = 0; seed < 6; seed++) {
        make_table(&t, 0, seed, true, false);
        hone_estimator *a = support_fit("decision_tree_regressor", "", &t.data, NULL);
        hone_estimator *b =
            support_fit("decision_tree_regressor", "max_leaf_nodes=1000", &t.data, NULL);
        cr_assert_eq(hone_predict(a, &t.data, deep, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict(b, &t.data, best, NULL, NULL), HONE_OK);
        cr_assert_arr_eq(deep, best, sizeof deep);
        hone_free(a), hone_free(b);
    }
}

/* Without limits, and no two rows alike, a tree knows its rows by heart: to the bit. */
Test(forest_splits, go_down_to_the_rows) {
    struct table t;
    double out[N];
    for (size_t k = 0; k <= 4; k += 2) {
        make_table(&t, k, 5, true, true);
        hone_estimator *est = support_fit(
            k ? "decision_tree_classifier" : "decision_tree_regressor", "", &t.data, NULL);
        cr_assert_eq(hone_predict(est, &t.data, out, NULL, NULL), HONE_OK);
        cr_assert_arr_eq(out, t.y, sizeof out);
        hone_free(est);
    }
}

/* Of rows that count twice there may as well be two. */
Test(forest_splits, weigh_a_row_of_weight_two_like_two_rows) {
    struct table t;
    double x[2 * N * M], y[2 * N], a[N], b[N];
    for (size_t k = 0; k <= 3; k++) {
        size_t n = 0;
        make_table(&t, k, 7 + k, true, true);
        for (size_t i = 0; i < N; i++) {
            t.w[i] = 1 + (double)(i % 3 == 0);
            for (size_t copy = 0; copy <= (size_t)(i % 3 == 0); copy++, n++)
                memcpy(x + n * M, t.x + i * M, M * sizeof *x), y[n] = t.y[i];
        }
        hone_dataset twice = {.x = hone_view_of(x, n, M), .y = hone_view_of(y, n, 1)};
        twice.schema = &t.schema;
        const char *name = k ? "decision_tree_classifier" : "decision_tree_regressor";
        const char *params = "max_depth=5 min_weight_fraction_leaf=0.02";
        hone_estimator *one = k == 1 ? NULL : support_fit(name, params, &t.data, NULL);
        hone_estimator *two = k == 1 ? NULL : support_fit(name, params, &twice, NULL);
        if (k != 1) {
            cr_assert_eq(hone_predict(one, &t.data, a, NULL, NULL), HONE_OK);
            cr_assert_eq(hone_predict(two, &t.data, b, NULL, NULL), HONE_OK);
            cr_assert_lt(support_distance(a, b, N), 1e-12);
        }
        hone_free(one), hone_free(two);
    }
}

/* Missing values and categories that a node has not met go with the majority. */
Test(forest_splits, send_the_unknown_with_the_majority) {
    double x[] = {0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1}, y[] = {0, 0, 0, 0, 1, 1}, out[2];
    hone_dataset data = {.x = hone_view_of(x, 6, 2), .y = hone_view_of(y, 6, 1)};
    double cells[] = {1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1}, unknown[] = {NAN, NAN, 5, 5};
    memcpy(x, cells, sizeof x);
    hone_column columns[] = {{.name = "a"}, {"b", HONE_CATEGORICAL, 2, LEVELS}};
    hone_column target = {"t", HONE_CATEGORICAL, 2, LEVELS};
    hone_schema schema = {2, columns, 1, &target};
    data.schema = &schema;
    for (size_t j = 0; j < 2; j++) { /* one column says nothing */
        for (size_t i = 0; i < 6; i++)
            x[2 * i + j] = cells[2 * i + j], x[2 * i + 1 - j] = 0;
        hone_estimator *est = support_fit("decision_tree_classifier", "", &data, NULL);
        hone_dataset asked = {.x = hone_view_of(unknown, 1, 2), .schema = &schema};
        cr_assert_eq(hone_predict(est, &asked, out, NULL, NULL), HONE_OK);
        cr_assert_eq(out[0], 0);
        hone_free(est);
    }
}
