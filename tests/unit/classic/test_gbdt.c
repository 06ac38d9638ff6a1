/* What gradient boosting promises: the same bits, limits that hold, fits that go on. */
#include "classic/gbdt/gbdt.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hone_estimator *model(const char *name, const char *params) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_create(name, &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    return est;
}

static void fit(hone_estimator *est, const hone_dataset *data, int threads) {
    hone_monitor mon = {.threads = threads};
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_fit(est, data, &mon, &err), HONE_OK, "%s", err.message);
}

static const char CLASSES[] = "gradient_boosting_classifier";
static const char VALUES[] = "gradient_boosting_regressor";

/* Rows with interactions, missing values and a curve; k classes, or values for 0. Free both. */
static hone_dataset make(size_t n, size_t m, size_t k, double **x, double **y) {
    support_make(n, m, k, 11, x, y);
    for (size_t i = 0; i < n; i++) {
        (*x)[i * m] = i % 13 == 5 ? (double)NAN : (*x)[i * m];
        if (k == 0)
            (*y)[i] += 3 * sin((*x)[i * m + 1]) * (*x)[i * m + 2];
    }
    return (hone_dataset){.x = hone_view_of(*x, n, m), .y = hone_view_of(*y, n, 1)};
}

/* ---- the same bits --------------------------------------------------------------------------- */

Test(gbdt, threads_change_no_bit) {
    static const struct {
        const char *name, *params;
        size_t n, k;
    } CASES[] = {
        {CLASSES, "n_estimators=4", 80000, 2},
        {CLASSES, "n_estimators=3", 9000, 5},
        {CLASSES, "n_estimators=4,subsample=0.6,colsample_bynode=0.5", 80000, 2},
        {CLASSES, "n_estimators=4,sampling=goss", 20000, 3},
        {VALUES, "n_estimators=4,max_leaf_nodes=none,max_depth=5", 140000, 0},
        {VALUES, "n_estimators=4,grow_policy=depthwise,loss=huber", 20000, 0},
        {VALUES, "n_estimators=4,early_stopping=true,booster=dart", 20000, 0},
        {VALUES, "n_estimators=4,booster=linear", 20000, 0},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        double *x, *y;
        hone_dataset data = make(CASES[c].n, 12, CASES[c].k, &x, &y);
        hone_estimator *one = model(CASES[c].name, CASES[c].params);
        fit(one, &data, 1);
        for (int threads = 2; threads <= 4; threads += 2) {
            hone_estimator *more = model(CASES[c].name, CASES[c].params);
            fit(more, &data, threads);
            cr_expect(hone_estimator_equal(one, more), "%s with %d threads", CASES[c].params,
                      threads);
            hone_free(more);
        }
        hone_free(one);
        free(x);
        free(y);
    }
}

Test(gbdt, two_fits_of_half_the_trees_are_one_fit_of_all) {
    static const char *const PARAMS[] = {"subsample=0.7", "sampling=goss", "colsample_bytree=0.5",
                                         "learning_rate=0.3"};
    for (size_t c = 0; c < 4; c++)
        for (size_t k = 0; k <= 3; k += 3) {
            double *x, *y;
            char text[128];
            hone_dataset data = make(3000, 6, k, &x, &y);
            const char *name = k == 0 ? VALUES : CLASSES;
            snprintf(text, sizeof text, "n_estimators=8,warm_start=true,%s", PARAMS[c]);
            hone_estimator *whole = model(name, text), *parts = model(name, text);
            fit(whole, &data, 2);
            cr_assert_eq(hone_set(parts, "n_estimators=3", NULL), HONE_OK);
            fit(parts, &data, 2);
            cr_assert_eq(hone_set(parts, "n_estimators=8", NULL), HONE_OK);
            fit(parts, &data, 2);
            cr_expect(hone_estimator_equal(whole, parts), "%s, %zu classes", PARAMS[c], k);
            hone_free(whole);
            hone_free(parts);
            free(x);
            free(y);
        }
}

/* ---- limits ---------------------------------------------------------------------------------- */

Test(gbdt, monotone_columns_are) {
    enum { N = 2000, STEPS = 60 };
    double *x = malloc(N * 2 * sizeof *x), *y = malloc(N * sizeof *y);
    hone_rng rng = hone_rng_at(3, 3);
    for (size_t i = 0; i < N; i++) {
        x[2 * i] = hone_rng_normal(&rng), x[2 * i + 1] = hone_rng_normal(&rng);
        y[i] = x[2 * i] + 2 * sin(4 * x[2 * i]) + x[2 * i + 1] * x[2 * i] + hone_rng_normal(&rng);
    }
    hone_dataset data = {.x = hone_view_of(x, N, 2), .y = hone_view_of(y, N, 1)};
    static const char *const LOSSES[] = {"squared_error", "absolute_error"};
    for (size_t c = 0; c < 4; c++) {
        char text[128];
        double sign = c % 2 == 0 ? 1 : -1, asked[2 * STEPS], out[STEPS];
        snprintf(text, sizeof text, "monotonic_cst={x0:%d},loss=%s,min_samples_leaf=3", (int)sign,
                 LOSSES[c / 2]);
        hone_estimator *est = model(VALUES, text);
        fit(est, &data, 1);
        for (int other = -2; other <= 2; other++) {
            for (size_t i = 0; i < STEPS; i++)
                asked[2 * i] = -3 + 0.1 * (double)i, asked[2 * i + 1] = other;
            hone_dataset ask = {.x = hone_view_of(asked, STEPS, 2)};
            cr_assert_eq(hone_predict(est, &ask, out, NULL, NULL), HONE_OK);
            for (size_t i = 1; i < STEPS; i++)
                cr_assert_geq(sign * (out[i] - out[i - 1]), -1e-12, "%s at %zu", text, i);
        }
        hone_free(est);
    }
    free(x);
    free(y);
}

/* Adds the columns asked on the way to each leaf to `met`; true when 0 and 1 meet 2 or 3. */
static bool breaks(const hone_trees *t, size_t start, size_t node, unsigned met) {
    if (t->column[start + node] < 0)
        return (met & 3) && (met & 12);
    met |= 1U << t->column[start + node];
    size_t child = (size_t)t->child[start + node];
    return breaks(t, start, child, met) || breaks(t, start, child + 1, met);
}

Test(gbdt, columns_of_different_sets_never_meet) {
    double *x, *y;
    hone_dataset data = make(3000, 4, 0, &x, &y);
    for (int constrained = 0; constrained < 2; constrained++) {
        hone_estimator *est = model(VALUES, constrained ? "interaction_cst={x0,x1}" : "");
        bool broken = false;
        fit(est, &data, 1);
        const struct gbdt_state *s = hone_estimator_state(est);
        for (size_t t = 0; t < s->trees.n_trees; t++)
            broken |= breaks(&s->trees, (size_t)s->trees.start[t], 0, 0);
        cr_assert_eq(broken, !constrained);
        hone_free(est);
    }
    free(x);
    free(y);
}

Test(gbdt, trees_keep_their_size) {
    double *x, *y;
    hone_dataset data = make(3000, 4, 0, &x, &y);
    hone_estimator *est = model(VALUES, "max_leaf_nodes=7,min_samples_leaf=50,n_estimators=20");
    fit(est, &data, 1);
    const struct gbdt_state *s = hone_estimator_state(est);
    cr_assert_eq(s->trees.n_trees, 20);
    for (size_t t = 0; t < 20; t++)
        cr_assert_eq(s->trees.start[t + 1] - s->trees.start[t], 13);
    for (size_t i = 0; i < s->trees.n_nodes; i++)
        cr_assert_geq(s->trees.cover[i], 50.0F);
    hone_free(est);
    est = model(VALUES, "max_leaf_nodes=none,max_depth=2,n_estimators=20,grow_policy=depthwise");
    fit(est, &data, 1);
    s = hone_estimator_state(est);
    for (size_t t = 0; t < 20; t++)
        cr_assert_leq(s->trees.start[t + 1] - s->trees.start[t], 7);
    hone_free(est);
    free(x);
    free(y);
}

/* ---- early stopping -------------------------------------------------------------------------- */

static double number(const hone_estimator *est, const char *name) {
    double value = 0;
    cr_assert_eq(hone_get_number(est, name, &value, NULL), HONE_OK);
    return value;
}

Test(gbdt, stops_at_the_best_iteration) {
    static const struct {
        const char *scoring;
        double sign; /* 1: less is better */
    } CASES[] = {{"loss", 1}, {"roc_auc", -1}, {"log_loss", 1}};
    double *x, *y;
    hone_dataset data = make(1500, 5, 2, &x, &y);
    for (size_t i = 0; i < 1500; i += 4) /* a quarter is noise, so that there is an end */
        y[i] = (double)(i / 4 % 2);
    for (size_t c = 0; c < 3; c++) {
        char text[160];
        snprintf(text, sizeof text,
                 "early_stopping=true,n_estimators=400,learning_rate=0.3,n_iter_no_change=5,"
                 "scoring=%s",
                 CASES[c].scoring);
        hone_estimator *est = model(CLASSES, text);
        hone_view score;
        fit(est, &data, 2);
        size_t n = (size_t)number(est, "n_iter");
        cr_assert(n < 400, "%zu", n);
        cr_assert_eq(number(est, "n_trees"), (double)n);
        cr_assert_eq(number(est, "n_validation"), 150);
        cr_assert_eq(hone_get_array(est, "validation_score", &score, NULL), HONE_OK);
        cr_assert_eq(score.rows, n);
        for (size_t i = 0; i + 1 < n; i++)
            cr_assert_geq(CASES[c].sign * score.data[i], CASES[c].sign * score.data[n - 1] + 1e-7);
        hone_free(est);
    }
    free(x);
    free(y);
}

Test(gbdt, groups_are_set_aside_whole) {
    enum { N = 2000 };
    double *x, *y;
    hone_dataset data = make(N, 3, 0, &x, &y);
    uint32_t group[N];
    for (size_t i = 0; i < N; i++)
        group[i] = (uint32_t)(i % 40);
    data.groups = group;
    hone_estimator *est = model(VALUES, "early_stopping=true");
    fit(est, &data, 1);
    cr_assert_eq(number(est, "n_validation"), 200); /* four groups of 50 */
    hone_free(est);
    free(x);
    free(y);
}

/* ---- categories ------------------------------------------------------------------------------ */

Test(gbdt, a_category_is_no_number) {
    enum { N = 3000, LEVELS = 40 };
    double *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y), out[LEVELS + 2], mean[LEVELS];
    double count[LEVELS] = {0};
    const char *names[LEVELS];
    hone_rng rng = hone_rng_at(1, 2);
    memset(mean, 0, sizeof mean);
    for (size_t i = 0; i < N; i++) {
        size_t level = hone_rng_below(&rng, LEVELS);
        x[i] = i % 100 == 7 ? (double)NAN : (double)level;
        y[i] = (double)(level * 7919 % 17) + 0.1 * hone_rng_normal(&rng);
        if (i % 100 != 7)
            mean[level] += y[i], count[level]++;
    }
    for (size_t c = 0; c < LEVELS; c++)
        names[c] = &"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"[c];
    hone_column column = {"c", HONE_CATEGORICAL, LEVELS, names};
    hone_column target = {"y", HONE_NUMERIC, 0, NULL};
    hone_schema schema = {1, &column, 1, &target};
    hone_dataset data = {.x = hone_view_of(x, N, 1), .y = hone_view_of(y, N, 1), .schema = &schema};
    hone_estimator *est =
        model(VALUES, "n_estimators=1,learning_rate=1,cat_l2=0,cat_smooth=0,max_leaf_nodes=17,"
                      "min_samples_leaf=1");
    fit(est, &data, 1);
    double asked[LEVELS + 2];
    for (size_t c = 0; c < LEVELS + 1; c++)
        asked[c] = (double)c; /* the last one is no level */
    asked[LEVELS + 1] = (double)NAN;
    hone_dataset ask = {.x = hone_view_of(asked, LEVELS + 2, 1), .schema = &schema};
    cr_assert_eq(hone_predict(est, &ask, out, NULL, NULL), HONE_OK);
    for (size_t c = 0; c < LEVELS; c++) /* 17 leaves for 17 different means */
        cr_assert_float_eq(out[c], mean[c] / count[c], 0.2, "level %zu: %g, mean %g", c, out[c],
                           mean[c] / count[c]);
    cr_assert_eq(out[LEVELS], out[LEVELS + 1]); /* unknown is missing */
    hone_free(est);
    free(x);
    free(y);
}

/* ---- boosters -------------------------------------------------------------------------------- */

Test(gbdt, the_linear_booster_ends_at_least_squares) {
    double *x, *y, out[500];
    support_make(500, 4, 0, 5, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 500, 4), .y = hone_view_of(y, 500, 1)};
    hone_estimator *est = model(VALUES, "booster=linear,learning_rate=1,n_estimators=200");
    hone_estimator *exact = model("linear_regression", "");
    double *expected = malloc(500 * sizeof *expected);
    fit(est, &data, 1);
    fit(exact, &data, 1);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(exact, &data, expected, NULL, NULL), HONE_OK);
    cr_assert_lt(support_distance(out, expected, 500), 1e-4);
    hone_free(est);
    hone_free(exact);
    free(expected);
    free(x);
    free(y);
}

/* Scores that are followed up while boosting are those of the finished model: both mean losses
 * together are that of the predictions. */
Test(gbdt, scores_followed_up_are_those_of_the_model) {
    static const char *const BOOSTERS[] = {"tree,subsample=0.5", "dart,skip_drop=0,rate_drop=0.3",
                                           "linear"};
    double *x, *y, out[2000];
    hone_dataset data = make(2000, 5, 0, &x, &y);
    for (size_t c = 0; c < 3; c++) {
        char text[160];
        double sum = 0;
        hone_view train, validation;
        snprintf(text, sizeof text,
                 "early_stopping=true,n_iter_no_change=100,n_estimators=30,booster=%s",
                 BOOSTERS[c]);
        hone_estimator *est = model(VALUES, text);
        fit(est, &data, 2);
        cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < 2000; i++)
            sum += (out[i] - y[i]) * (out[i] - y[i]) / 2;
        cr_assert_eq(hone_get_array(est, "train_score", &train, NULL), HONE_OK);
        cr_assert_eq(hone_get_array(est, "validation_score", &validation, NULL), HONE_OK);
        cr_assert_eq(train.rows, 30);
        cr_expect_float_eq(1800 * train.data[29] + 200 * validation.data[29], sum, 1e-8 * sum, "%s",
                           BOOSTERS[c]);
        hone_free(est);
    }
    free(x);
    free(y);
}

static double error_of(const char *params, const hone_dataset *data, size_t n) {
    double *out = malloc(n * sizeof *out), sum = 0;
    hone_estimator *est = model(VALUES, params);
    fit(est, data, 2);
    cr_assert_eq(hone_predict(est, data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < n; i++)
        sum += (out[i] - data->y.data[i]) * (out[i] - data->y.data[i]);
    hone_free(est);
    free(out);
    return sum / (double)n;
}

Test(gbdt, every_way_of_boosting_learns) {
    static const char *const WAYS[] = {
        "booster=dart,rate_drop=0.02",
        "sampling=goss",
        "grow_policy=depthwise,max_depth=4",
        "subsample=0.5",
        "colsample_bylevel=0.5",
        "l1_regularization=1",
        "loss=huber",
        "loss=absolute_error",
        "max_bins=15",
    };
    double *x, *y;
    hone_dataset data = make(4000, 5, 0, &x, &y);
    double plain = error_of("", &data, 4000), none = error_of("n_estimators=1", &data, 4000);
    cr_assert_lt(plain, 0.2 * none);
    for (size_t c = 0; c < sizeof WAYS / sizeof *WAYS; c++) {
        double error = error_of(WAYS[c], &data, 4000);
        cr_expect_lt(error, 0.35 * none, "%s: %g of %g", WAYS[c], error, none);
    }
    free(x);
    free(y);
}
