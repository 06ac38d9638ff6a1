/* test_shap.c -- Shapley values of trees against the definition: the average over all orders in
 * which the columns can become known, by brute force over all subsets. */
#include "classic/trees/shap.h"
#include "random_trees.h"
#include "support/support.h"

#include <hone/trees.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the definition -------------------------------------------------------------------------- */

/* What a tree gives where only the columns in `known` (bits) are: others go both ways. */
static double value_of(const hone_trees *t, size_t start, size_t node, const double *x,
                       unsigned known, size_t k) {
    size_t i = start + node;
    if (t->column[i] < 0)
        return t->value[i * t->width + k];
    size_t left = (size_t)t->child[i];
    double a = t->cover[start + left], b = t->cover[start + left + 1];
    if (known >> t->column[i] & 1)
        return value_of(t, start, hone_goes_left(t, i, x[t->column[i]]) ? left : left + 1, x, known,
                        k);
    double share = a + b > 0 ? a / (a + b) : 0.5;
    return share * value_of(t, start, left, x, known, k) +
           (1 - share) * value_of(t, start, left + 1, x, known, k);
}

static double game(const hone_trees *t, const double *x, unsigned known, size_t k) {
    double sum = t->base[k];
    for (size_t tree = 0; tree < t->n_trees; tree++)
        if (t->width > 1 || tree % t->n_outputs == k)
            sum += value_of(t, (size_t)t->start[tree], 0, x, known, t->width > 1 ? k : 0);
    return sum;
}

static double factorial(size_t n) {
    return n < 2 ? 1 : (double)n * factorial(n - 1);
}

static size_t members(unsigned set) {
    return (size_t)__builtin_popcount(set);
}

static double shapley(const double *v, size_t m, size_t i) {
    double sum = 0;
    for (unsigned s = 0; s < 1u << m; s++)
        if (!(s >> i & 1))
            sum += factorial(members(s)) * factorial(m - members(s) - 1) / factorial(m) *
                   (v[s | 1u << i] - v[s]);
    return sum;
}

static double interaction(const double *v, size_t m, size_t i, size_t j) {
    double sum = 0;
    for (unsigned s = 0; s < 1u << m; s++)
        if (!(s >> i & 1) && !(s >> j & 1))
            sum += factorial(members(s)) * factorial(m - members(s) - 2) / (2 * factorial(m - 1)) *
                   (v[s | 1u << i | 1u << j] - v[s | 1u << i] - v[s | 1u << j] + v[s]);
    return sum;
}

/* ---- against it ------------------------------------------------------------------------------ */

/* Values and pairs of eight rows and fewer, straight from the walk. */
static void answers(const hone_trees *t, hone_view x, double *phi, double *pairs) {
    hone_shap *shap = NULL;
    hone_shap_walk walk = {0};
    size_t m = x.cols, k = t->n_outputs;
    cr_assert_eq(hone_shap_make(t, m, &shap, NULL), HONE_OK);
    cr_assert_eq(hone_shap_walk_make(shap, &walk, NULL), HONE_OK);
    hone_shap_take(shap, x, &walk);
    for (size_t tree = 0; tree < t->n_trees; tree++) {
        hone_shap_add(shap, tree, &walk);
        hone_shap_add_pairs(shap, tree, &walk, x.rows, pairs);
    }
    for (size_t l = 0; l < x.rows; l++)
        for (size_t o = 0; o < k; o++) {
            for (size_t j = 0; j < m; j++)
                phi[(l * k + o) * (m + 1) + j] = walk.phi[(o * m + j) * HONE_SHAP_LANES + l];
            phi[(l * k + o) * (m + 1) + m] = shap->expected[o];
        }
    hone_shap_walk_free(&walk);
    hone_shap_free(shap);
}

static void check_row(const hone_trees *t, const double *x, size_t m, const double *phi,
                      const double *pairs) {
    double v[256];
    for (size_t k = 0; k < t->n_outputs; k++, phi += m + 1, pairs += (m + 1) * (m + 1)) {
        for (unsigned s = 0; s < 1u << m; s++)
            v[s] = game(t, x, s, k);
        cr_expect_float_eq(phi[m], v[0], 1e-12);
        for (size_t i = 0; i < m; i++) {
            double want = shapley(v, m, i);
            cr_expect_float_eq(phi[i], want, 1e-12, "column %zu: %.17g, not %.17g", i, phi[i],
                               want);
            for (size_t j = 0; j < m; j++)
                if (j != i) {
                    want = interaction(v, m, i, j);
                    cr_expect_float_eq(pairs[i * (m + 1) + j], want, 1e-12,
                                       "columns %zu and %zu: %.17g, not %.17g", i, j,
                                       pairs[i * (m + 1) + j], want);
                }
        }
    }
}

static void check(const random_spec *spec, size_t rows) {
    hone_trees t = random_trees(spec);
    hone_view x = random_rows(spec, rows, true);
    size_t m = spec->cols, k = spec->outputs;
    double *phi = calloc(rows * k * (m + 1), sizeof *phi);
    double *pairs = calloc(rows * k * (m + 1) * (m + 1), sizeof *pairs);
    answers(&t, x, phi, pairs);
    for (size_t i = 0; i < rows; i++)
        check_row(&t, hone_view_row(x, i), m, phi + i * k * (m + 1),
                  pairs + i * k * (m + 1) * (m + 1));
    hone_trees_clear(&t);
    free((void *)x.data), free(phi), free(pairs);
}

Test(shap, is_the_shapley_value) {
    check(&(random_spec){6, 0, 1, 1, 3, 8, 1}, 8);   /* more questions than columns */
    check(&(random_spec){8, 40, 1, 1, 2, 12, 2}, 5); /* categories and missing values */
    check(&(random_spec){2, 0, 1, 1, 2, 20, 3}, 8);  /* columns asked many times */
    check(&(random_spec){5, 10, 3, 3, 2, 9, 4}, 3);
    check(&(random_spec){5, 10, 3, 1, 6, 9, 5}, 8);
    check(&(random_spec){1, 0, 1, 1, 1, 1, 6}, 2); /* one leaf */
    check(&(random_spec){7, 0, 1, 1, 1, 2, 7}, 4);
}

/* Covers of zero, as foreign models have them: no row went there, or nobody knows. */
Test(shap, knows_nodes_that_no_row_met) {
    random_spec spec = {4, 10, 1, 1, 1, 10, 8};
    hone_trees t = random_trees(&spec);
    hone_view x = random_rows(&spec, 8, true);
    double phi[8 * 5], pairs[8 * 25] = {0};
    for (size_t i = 0; i < t.n_nodes; i++)
        t.cover[i] = i % 3 ? t.cover[i] : 0;
    answers(&t, x, phi, pairs);
    for (size_t i = 0; i < 8; i++)
        check_row(&t, hone_view_row(x, i), 4, phi + i * 5, pairs + i * 25);
    hone_trees_clear(&t);
    free((void *)x.data);
}

/* ---- through an estimator -------------------------------------------------------------------- */

static hone_estimator *fitted(const char *params, const hone_dataset *data) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_estimator_new(&random_trees_regressor, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s", err.message);
    return est;
}

/* Deep trees, many rows, any number of threads: values sum to the answer, pairs to the values. */
Test(shap, sums_to_the_answer) {
    enum { N = 203, M = 12 };
    random_spec spec = {.cols = M, .seed = 9};
    hone_view x = random_rows(&spec, N, true);
    double y[N] = {0}, f[N];
    hone_dataset data = {.x = x, .y = hone_view_of(y, N, 1)};
    hone_estimator *est = fitted("trees=20,leaves=200,seed=9", &data);
    hone_error err = {HONE_OK, ""};
    double *phi = calloc(N * (M + 1), sizeof *phi), *again = calloc(N * (M + 1), sizeof *again);
    double *pairs = calloc(N * (M + 1) * (M + 1), sizeof *pairs);
    cr_assert_eq(hone_predict(est, &data, f, NULL, &err), HONE_OK);
    cr_assert_eq(hone_shap_values(est, &data, phi, &(hone_monitor){.threads = 1}, &err), HONE_OK);
    cr_assert_eq(hone_shap_values(est, &data, again, &(hone_monitor){.threads = 3}, &err), HONE_OK);
    cr_assert(memcmp(phi, again, N * (M + 1) * sizeof *phi) == 0);
    cr_assert_eq(hone_shap_interactions(est, &data, pairs, NULL, &err), HONE_OK);
    for (size_t i = 0; i < N; i++) {
        double sum = 0;
        for (size_t j = 0; j <= M; j++) {
            double line = 0;
            sum += phi[i * (M + 1) + j];
            for (size_t k = 0; k <= M; k++)
                line += pairs[(i * (M + 1) + j) * (M + 1) + k];
            cr_expect_float_eq(line, phi[i * (M + 1) + j], 1e-11);
        }
        cr_expect_float_eq(sum, f[i], 1e-11, "row %zu: %.17g, not %.17g", i, sum, f[i]);
    }
    hone_free(est);
    free((void *)x.data), free(phi), free(again), free(pairs);
}

/* ---- real models ----------------------------------------------------------------------------- */

typedef hone_status answer_fn(const hone_estimator *, const hone_dataset *, double *,
                              const hone_monitor *, hone_error *);

/* Values of each row and output sum to what the model answers; so do the scores by all trees. */
static void check_model(const char *spec, size_t classes, answer_fn *answer) {
    enum { N = 90, M = 5 };
    double *x, *y, f[N * 3], scores[N * 6], phi[N * 3 * (M + 1)];
    support_make(N, M, classes, 6, &x, &y);
    for (size_t i = 0; i < N; i += 7)
        x[i * M + i % M] = NAN;
    hone_dataset data = {.x = hone_view_of(x, N, M), .y = hone_view_of(y, N, 1)};
    hone_estimator *est = NULL;
    hone_tree_info info;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(
        hone_create_spec(spec, classes ? HONE_TARGET_CLASSES : HONE_TARGET_REAL, &est, &err),
        HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_get_tree_info(est, &info, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(info.schema->n_columns, M);
    cr_assert_eq(answer(est, &data, f, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_shap_values(est, &data, phi, NULL, &err), HONE_OK, "%s", err.message);
    size_t after[] = {1, info.n_trees};
    cr_assert_eq(hone_staged_scores(est, &data, after, 2, scores, NULL, &err), HONE_OK);
    for (size_t i = 0; i < N * info.n_outputs; i++) {
        double sum = 0;
        for (size_t j = 0; j <= M; j++)
            sum += phi[i * (M + 1) + j];
        cr_expect_float_eq(sum, f[i], 1e-9, "%s: %.17g, not %.17g", spec, sum, f[i]);
        cr_expect_float_eq(scores[N * info.n_outputs + i], f[i], 1e-12);
    }
    hone_free(est);
    free(x), free(y);
}

Test(shap, sums_to_the_answer_of_every_kind_of_model) {
    check_model("gradient_boosting_classifier:n_estimators=8", 3, hone_decision_function);
    check_model("gradient_boosting_classifier:n_estimators=8", 2, hone_decision_function);
    check_model("gradient_boosting_regressor:n_estimators=8", 0, hone_predict);
    check_model("random_forest_classifier:n_estimators=8", 3, hone_predict_proba);
    check_model("extra_trees_regressor:n_estimators=8", 0, hone_predict);
    check_model("decision_tree_classifier", 2, hone_predict_proba);
    check_model("simple_imputer | standard_scaler | random_forest_regressor:n_estimators=8", 0,
                hone_predict);
}

Test(shap, is_refused_where_there_are_no_trees) {
    double x[] = {1, 2, 3, 4}, y[] = {1, 2, 3, 5}, out[8];
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)};
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_estimator_new(&random_trees_regressor, &est, &err), HONE_OK);
    cr_assert_eq(hone_shap_values(est, &data, out, NULL, &err), HONE_ESTATE);
    cr_assert_eq(hone_set(est, "trees=0", &err), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK);
    cr_assert_eq(hone_shap_values(est, &data, out, NULL, &err), HONE_EUNSUPPORTED);
    cr_assert_str_eq(err.message, "random_trees_regressor: has no trees");
    hone_free(est);
    cr_assert_eq(hone_create("linear_regression", &est, &err), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK);
    cr_assert_eq(hone_shap_values(est, &data, out, NULL, &err), HONE_EUNSUPPORTED);
    cr_assert_str_eq(err.message, "linear_regression: is not made of trees");
    hone_free(est);
}

Test(shap, survives_any_allocation_that_fails) {
    random_spec spec = {.cols = 4, .seed = 9};
    hone_view x = random_rows(&spec, 20, true);
    double y[20] = {0}, phi[20 * 5];
    hone_dataset data = {.x = x, .y = hone_view_of(y, 20, 1)};
    hone_estimator *est = fitted("trees=3,leaves=9", &data);
    hone_status status = HONE_ENOMEM;
    long live = hone_alloc_live();
    for (long k = 1; status != HONE_OK; k++) {
        hone_alloc_fail_at(k, 0);
        status = hone_shap_values(est, &data, phi, &(hone_monitor){.threads = 1}, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        cr_assert_eq(hone_alloc_live(), live);
        cr_assert_lt(k, 200);
    }
    hone_free(est);
    free((void *)x.data);
}
