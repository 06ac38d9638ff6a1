/* test_forest.c -- trees and forests against scikit-learn (tests/golden/forest.json), what they
 * say of rows out of the bag, and odd data. */
#include "classic/forest/forest.h"
#include "core/alloc.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double number(const hone_estimator *est, const char *name) {
    double out = NAN;
    cr_assert_eq(hone_get_number(est, name, &out, NULL), HONE_OK);
    return out;
}

/* ---- scikit-learn ---------------------------------------------------------------------------- */

struct golden {
    hone_json *json;
    double *x, *value, *labels, *weights;
    size_t n, asked, m;
};

static struct golden open_golden(void) {
    struct golden g = {.json = support_golden("forest.json")};
    size_t count;
    g.n = (size_t)support_real(g.json, "rows"), g.asked = (size_t)support_real(g.json, "asked");
    g.m = (size_t)support_real(g.json, "columns");
    g.x = support_reals(g.json, "x", &count);
    g.value = support_reals(g.json, "value", &count);
    g.labels = support_reals(g.json, "labels", &count);
    g.weights = support_reals(g.json, "weights", &count);
    return g;
}

static void close_golden(struct golden *g) {
    free(g->x), free(g->value), free(g->labels), free(g->weights);
    hone_json_free(g->json);
}

static void check_examples(const struct golden *g, const char *key, const char *name,
                           const double *y, size_t least) {
    const hone_json *examples = hone_json_get(g->json, key);
    cr_assert_geq(hone_json_size(examples), least);
    for (size_t e = 0; e < hone_json_size(examples); e++) {
        const hone_json *example = hone_json_at(examples, e);
        const char *params = hone_json_as_text(hone_json_get(example, "params"));
        bool weighted = hone_json_as_boolean(hone_json_get(example, "weighted"));
        hone_dataset data = {.x = hone_view_of(g->x, g->n, g->m),
                             .y = hone_view_of((double *)y, g->n, 1),
                             .weights = weighted ? g->weights : NULL};
        hone_dataset asked = {.x = hone_view_of(g->x + g->n * g->m, g->asked, g->m)};
        hone_estimator *est = support_fit(name, params, &data, NULL);
        size_t count;
        double *want = support_reals(example, "answers", &count), got[600];
        hone_status status = hone_estimator_task(est) == HONE_CLASSIFIER
                                 ? hone_predict_proba(est, &asked, got, NULL, NULL)
                                 : hone_predict(est, &asked, got, NULL, NULL);
        cr_assert_eq(status, HONE_OK);
        cr_expect_eq((number(est, "n_nodes") + 1) / 2, support_real(example, "leaves"), "%s",
                     params);
        cr_expect_lt(support_distance(got, want, count), 1e-12, "%s weighted=%d: %g", params,
                     weighted, support_distance(got, want, count));
        free(want);
        hone_free(est);
    }
}

Test(forest, trees_agree_with_scikit_learn) {
    struct golden g = open_golden();
    double *two = calloc(g.n, sizeof *two);
    for (size_t i = 0; i < g.n; i++)
        two[i] = fmin(g.labels[i], 1);
    check_examples(&g, "regressors", "decision_tree_regressor", g.value, 13);
    check_examples(&g, "classifiers", "decision_tree_classifier", g.labels, 11);
    check_examples(&g, "two_classes", "decision_tree_classifier", two, 8);
    free(two);
    close_golden(&g);
}

/* ---- forests --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t k;
} FORESTS[] = {
    {"random_forest_classifier", 2}, {"random_forest_classifier", 3},
    {"random_forest_regressor", 0},  {"extra_trees_classifier", 2},
    {"extra_trees_classifier", 3},   {"extra_trees_regressor", 0},
};

/* The answer is the mean of the trees'; out of the bag, of those that have not drawn the row. */
Test(forest, answers_out_of_the_bag_by_the_other_trees) {
    enum { N = 120, T = 25 };
    for (size_t f = 0; f < sizeof FORESTS / sizeof *FORESTS; f++) {
        size_t k = FORESTS[f].k, width = k ? k : 1;
        double *x, *y, want[3 * N] = {0}, votes[N] = {0}, one[3 * N];
        uint32_t count[N];
        support_make(N, 4, k, 9, &x, &y);
        hone_dataset data = {.x = hone_view_of(x, N, 4), .y = hone_view_of(y, N, 1)};
        hone_estimator *est = support_fit(
            FORESTS[f].name, "n_estimators=25 bootstrap=true oob_score=true seed=4", &data, NULL);
        const struct forest_state *s = hone_estimator_state(est);
        for (size_t t = 0; t < T; t++) {
            cr_assert_eq(hone_trees_predict(&s->trees, data.x, t, t + 1, one, NULL), HONE_OK);
            hone_forest_draw(4, t, N, N, count);
            size_t drawn = 0;
            for (size_t i = 0; i < N; i++) {
                drawn += count[i];
                votes[i] += count[i] == 0;
                for (size_t c = 0; c < width && count[i] == 0; c++)
                    want[i * width + c] += T * one[i * width + c];
            }
            cr_assert_eq(drawn, N);
        }
        for (size_t i = 0; i < N * width; i++)
            want[i] /= votes[i / width];
        hone_view oob;
        cr_assert_eq(hone_get_array(est, "oob_prediction", &oob, NULL), HONE_OK);
        cr_assert_eq(oob.rows, N);
        cr_assert_lt(support_distance(oob.data, want, N * width), 1e-12);
        double score = number(est, "oob_score");
        cr_assert(score > 0.4 && score < 1, "%s: %g", FORESTS[f].name, score);
        hone_free(est);
        free(x), free(y);
    }
}

/* Trees of a warm start are those that a fit of all at once grows. */
Test(forest, goes_on_where_it_stopped) {
    enum { N = 80 };
    for (size_t f = 0; f < sizeof FORESTS / sizeof *FORESTS; f++) {
        double *x, *y, a[3 * N], b[3 * N];
        support_make(N, 4, FORESTS[f].k, 2, &x, &y);
        hone_dataset data = {.x = hone_view_of(x, N, 4), .y = hone_view_of(y, N, 1)};
        hone_estimator *whole = support_fit(FORESTS[f].name, "n_estimators=20", &data, NULL);
        hone_estimator *part =
            support_fit(FORESTS[f].name, "n_estimators=7 warm_start=true", &data, NULL);
        hone_error err;
        cr_assert_eq(hone_set(part, "n_estimators=20", NULL), HONE_OK);
        cr_assert_eq(hone_fit(part, &data, NULL, NULL), HONE_OK);
        cr_assert_eq(number(part, "n_nodes"), number(whole, "n_nodes"));
        cr_assert_eq(hone_predict(whole, &data, a, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict(part, &data, b, NULL, NULL), HONE_OK);
        cr_assert_lt(support_distance(a, b, N), 1e-12);
        cr_assert_eq(hone_set(part, "n_estimators=5", NULL), HONE_OK);
        cr_assert_eq(hone_fit(part, &data, NULL, &err), HONE_EINVAL);
        cr_assert(strstr(err.message, "20 trees"), "%s", err.message);
        hone_free(whole), hone_free(part);
        free(x), free(y);
    }
}

/* Limits hold in every tree of a forest. */
Test(forest, keeps_its_limits) {
    enum { N = 200 };
    double *x, *y;
    support_make(N, 4, 2, 6, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, N, 4), .y = hone_view_of(y, N, 1)};
    hone_estimator *est = support_fit(
        "random_forest_classifier", "n_estimators=9 max_leaf_nodes=5 max_samples=0.3", &data, NULL);
    const struct forest_state *s = hone_estimator_state(est);
    for (size_t t = 0; t < s->trees.n_trees; t++) {
        cr_assert_leq(s->trees.start[t + 1] - s->trees.start[t], 9);
        cr_assert_eq(s->trees.cover[s->trees.start[t]], 60);
    }
    hone_free(est);
    est = support_fit("extra_trees_classifier", "n_estimators=9 max_depth=1", &data, NULL);
    s = hone_estimator_state(est);
    cr_assert_eq(s->trees.n_nodes, 27);
    cr_assert_eq(s->trees.cover[0], N);
    hone_free(est);
    free(x), free(y);
}

/* Thresholds by chance lie between the numbers of the node, anywhere in a wide gap. */
Test(forest, draws_thresholds_in_the_gap) {
    double x[] = {0, 1, 100, 101}, y[] = {0, 0, 1, 1}, low = 200, high = -200;
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)};
    hone_estimator *est =
        support_fit("extra_trees_classifier", "n_estimators=200 max_depth=1", &data, NULL);
    const struct forest_state *s = hone_estimator_state(est);
    for (size_t t = 0; t < 200; t++) {
        double at = s->trees.threshold[s->trees.start[t]];
        cr_assert(at >= 0 && at < 101);
        low = fmin(low, at), high = fmax(high, at);
    }
    cr_assert(low < 10 && high > 90, "%g .. %g", low, high);
    hone_free(est);
}

/* ---- odd data -------------------------------------------------------------------------------- */

static void answers_finite(const char *name, const hone_dataset *data, double nodes) {
    double out[64];
    hone_estimator *est = support_fit(name, "", data, NULL);
    cr_assert_eq(hone_predict(est, data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < data->x.rows; i++)
        cr_assert(isfinite(out[i]));
    if (nodes > 0)
        cr_assert_eq(number(est, "n_nodes"), nodes);
    hone_free(est);
}

/* Columns of one number, or of missing values alone, say nothing: a tree is a leaf. */
Test(forest, columns_that_say_nothing_make_a_leaf) {
    double x[24], y[] = {0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 1};
    for (size_t i = 0; i < 12; i++)
        x[2 * i] = NAN, x[2 * i + 1] = 1e6 / 3;
    hone_dataset data = {.x = hone_view_of(x, 12, 2), .y = hone_view_of(y, 12, 1)};
    answers_finite("decision_tree_classifier", &data, 1);
    answers_finite("decision_tree_regressor", &data, 1);
    answers_finite("random_forest_classifier", &data, 100);
    answers_finite("extra_trees_regressor", &data, 100);
}

Test(forest, takes_a_class_for_each_row) {
    double x[40], y[40];
    for (size_t i = 0; i < 40; i++)
        x[i] = (double)(i * 7 % 40), y[i] = (double)i;
    hone_dataset data = {.x = hone_view_of(x, 40, 1), .y = hone_view_of(y, 40, 1)};
    answers_finite("decision_tree_classifier", &data, 79);
    answers_finite("random_forest_classifier", &data, 0);
}

Test(forest, takes_more_than_a_million_categories) {
    enum { LEVELS = 1000003, N = 60 };
    double x[N], y[N], out[N];
    const char **names = calloc(LEVELS, sizeof *names);
    char *text = malloc(8 * (size_t)LEVELS);
    for (size_t i = 0; i < LEVELS; i++)
        names[i] = text + 8 * i, snprintf(text + 8 * i, 8, "%zu", i);
    for (size_t i = 0; i < N; i++)
        x[i] = (double)(i % 3 == 0 ? 7 : 900000 + i % 3), y[i] = (double)(i % 3 == 0);
    hone_column column = {"c", HONE_CATEGORICAL, LEVELS, names}, target = {.name = "t"};
    hone_schema schema = {1, &column, 1, &target};
    hone_dataset data = {.x = hone_view_of(x, N, 1), .y = hone_view_of(y, N, 1), .schema = &schema};
    hone_estimator *est = support_fit("decision_tree_regressor", "", &data, NULL);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert_arr_eq(out, y, sizeof y);
    hone_free(est);
    free(names), free(text);
}

/* Huge and tiny targets: the gain of a split may not fit a float, the answers do. */
Test(forest, takes_targets_of_any_size) {
    static const double UNITS[] = {1e-300, 1e-12, 1e30, 1e150};
    double x[20], y[20], out[20];
    for (size_t u = 0; u < 4; u++) {
        for (size_t i = 0; i < 20; i++)
            x[i] = (double)i, y[i] = UNITS[u] * (double)(i * i % 11);
        hone_dataset data = {.x = hone_view_of(x, 20, 1), .y = hone_view_of(y, 20, 1)};
        hone_estimator *est = support_fit("decision_tree_regressor", "", &data, NULL);
        cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
        cr_assert_arr_eq(out, y, sizeof y);
        hone_free(est);
    }
}

static void refuses(const char *name, const char *params, hone_status want, const char *word) {
    double *x, *y;
    hone_error err = {HONE_OK, ""};
    support_make(30, 3, 2, 1, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 30, 3), .y = hone_view_of(y, 30, 1)};
    hone_estimator *est = support_create(name, params);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), want, "%s", err.message);
    cr_assert(strstr(err.message, word) && strstr(err.message, name), "%s", err.message);
    hone_free(est);
    free(x), free(y);
}

/* Beyond so many rows bins come from a sample, drawn by the seed of each fit. */
Test(forest, shares_bins_that_its_own_seed_would_make) {
    enum { ROWS = 66000 };
    double *x = malloc(ROWS * sizeof *x), *y = malloc(ROWS * sizeof *y);
    hone_rng rng = hone_rng_at(5, 0);
    for (size_t i = 0; i < ROWS; i++)
        x[i] = hone_rng_normal(&rng), y[i] = fabs(x[i]);
    hone_work *work = NULL;
    for (size_t n = ROWS - 1000; n <= ROWS; n += 1000) {
        hone_dataset data = {.x = hone_view_of(x, n, 1), .y = hone_view_of(y, n, 1)};
        hone_estimator *one = support_fit("decision_tree_regressor", "max_depth=4", &data, NULL);
        hone_estimator *two = NULL;
        cr_assert_eq(hone_work_prepare(one, &data, NULL, &work, NULL), HONE_OK);
        cr_assert_eq(hone_clone(one, &two, NULL), HONE_OK);
        cr_assert_eq(hone_set(one, "seed=9", NULL), HONE_OK);
        cr_assert_eq(hone_set(two, "seed=9", NULL), HONE_OK);
        cr_assert_eq(hone_fit(one, &data, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_fit_prepared(two, &data, work, NULL, NULL, NULL), HONE_OK);
        cr_assert(hone_estimator_equal(one, two));
        hone_work_free(work);
        hone_free(one);
        hone_free(two);
    }
    free(x);
    free(y);
}

Test(forest, shared_bins_may_find_no_memory) {
    double x[600], y[300];
    hone_rng rng = hone_rng_at(6, 0);
    for (size_t i = 0; i < 600; i++)
        x[i] = hone_rng_normal(&rng), y[i / 2] = x[i];
    hone_dataset data = {.x = hone_view_of(x, 300, 2), .y = hone_view_of(y, 300, 1)};
    hone_monitor alone = {.threads = 1};
    hone_estimator *est = NULL;
    cr_assert_eq(hone_create("decision_tree_regressor", &est, NULL), HONE_OK);
    for (long k = 1;; k++) {
        hone_work *work = NULL;
        hone_alloc_fail_at(k, 0);
        long live = hone_alloc_live();
        hone_status status = hone_work_prepare(est, &data, &alone, &work, NULL);
        hone_alloc_fail_at(0, 0);
        hone_work_free(work);
        cr_assert_eq(hone_alloc_live(), live);
        if (status == HONE_OK)
            break;
        cr_assert_eq(status, HONE_ENOMEM);
        cr_assert_null(work);
    }
    hone_free(est);
}

Test(forest, refuses_what_makes_no_sense) {
    refuses("random_forest_classifier", "oob_score=true bootstrap=false", HONE_EINVAL, "bootstrap");
    refuses("random_forest_classifier", "max_samples=31", HONE_EDATA, "30 rows");
    refuses("random_forest_regressor", "max_depth=2.5", HONE_EINVAL, "max_depth");
    refuses("decision_tree_regressor", "max_leaf_nodes=2.5", HONE_EINVAL, "max_leaf_nodes");
    refuses("extra_trees_classifier", "max_features=1.5", HONE_EINVAL, "max_features");
}
