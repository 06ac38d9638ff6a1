/* test_neighbours.c -- neighbours, votes and means against scikit-learn
 * (tests/golden/neighbours.json), by each algorithm. */
#include "classic/classic.h"
#include "core/estimator_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 60, ASKED = 12, K = 5 };
static const char *const ALGORITHMS[] = {"auto", "brute", "kd_tree,leaf_size=3"};

static hone_estimator *make(const hone_class *cls, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static hone_estimator *make(const hone_class *cls, const char *format, ...) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    char params[512];
    va_list args;
    va_start(args, format);
    vsnprintf(params, sizeof params, format, args);
    va_end(args);
    cr_assert_eq(hone_estimator_new(cls, &est, &err), HONE_OK);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    return est;
}

static void fit(hone_estimator *est, const hone_dataset *data) {
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s", err.message);
}

/* An array of the golden as a matrix of so many rows; free(data). */
static hone_view matrix(const hone_json *object, const char *key, size_t rows) {
    size_t n;
    double *x = support_reals(object, key, &n);
    cr_assert_eq(n % rows, 0);
    return hone_view_of(x, rows, n / rows);
}

static const char *text(const hone_json *object, const char *key) {
    return hone_json_as_text(hone_json_get(object, key));
}

/* The rows of an example: on the sphere or not. */
static hone_view rows_of(const hone_json *golden, const hone_json *example, bool asked) {
    bool earth = hone_json_as_boolean(hone_json_get(example, "earth"));
    const char *key = asked ? earth ? "earth_asked" : "asked" : earth ? "earth_x" : "x";
    return matrix(golden, key, asked ? ASKED : N);
}

static void expect_near(const double *got, const hone_json *object, const char *key, size_t n,
                        const char *what) {
    size_t count;
    double *want = support_reals(object, key, &count);
    cr_assert_eq(count, n, "%s: %zu of %s, not %zu", what, n, key, count);
    cr_expect_lt(support_distance(got, want, n), 1e-9, "%s: %s differ by %g", what, key,
                 support_distance(got, want, n));
    free(want);
}

static void expect_rows(const size_t *got, const hone_json *object, const char *key, size_t n,
                        const char *what) {
    size_t count;
    double *want = support_reals(object, key, &count);
    cr_assert_eq(count, n);
    for (size_t i = 0; i < n; i++)
        cr_assert(got[i] == (size_t)want[i], "%s: neighbour %zu is row %zu, not %g", what, i,
                  got[i], want[i]);
    free(want);
}

static void check_nearest(const hone_json *golden, const hone_json *example,
                          const char *algorithm) {
    const char *params = text(example, "params");
    hone_estimator *est = make(&hone_nearest_neighbors, "%s,algorithm=%s", params, algorithm);
    hone_view x = rows_of(golden, example, false), asked = rows_of(golden, example, true);
    hone_dataset rows = {.x = x}, of = {.x = asked};
    double distances[ASKED * K], transformed[ASKED * K];
    size_t found[ASKED * K];
    hone_neighbourhoods within;
    hone_error err = {HONE_OK, ""};
    fit(est, &rows);
    cr_assert_eq(hone_kneighbors(est, &of, K, distances, found, NULL, &err), HONE_OK, "%s",
                 err.message);
    cr_assert_eq(hone_transform(est, &of, transformed, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert(memcmp(distances, transformed, sizeof distances) == 0);
    expect_near(distances, example, "distances", ASKED * K, params);
    expect_rows(found, example, "rows", ASKED * K, params);
    cr_assert_eq(
        hone_radius_neighbors(est, &of, support_real(example, "radius"), &within, NULL, &err),
        HONE_OK, "%s", err.message);
    cr_assert_eq(within.n, ASKED);
    expect_near(within.distances, example, "within_distances", within.starts[ASKED], params);
    expect_rows(within.rows, example, "within_rows", within.starts[ASKED], params);
    double counts[ASKED];
    for (size_t i = 0; i < ASKED; i++)
        counts[i] = (double)(within.starts[i + 1] - within.starts[i]);
    expect_near(counts, example, "counts", ASKED, params);
    hone_neighbourhoods_free(&within);
    hone_free(est);
    free((void *)x.data), free((void *)asked.data);
}

Test(neighbours, are_those_of_scikit_learn) {
    hone_json *golden = support_golden("neighbours.json");
    const hone_json *examples = hone_json_get(golden, "nearest");
    cr_assert_eq(hone_json_size(examples), 8);
    for (size_t i = 0; i < hone_json_size(examples); i++)
        for (size_t a = 0; a < 3; a++)
            check_nearest(golden, hone_json_at(examples, i), ALGORITHMS[a]);
    hone_json_free(golden);
}

/* One estimator fitted and asked: its probabilities, or its values. */
static void check_answers(const hone_class *cls, const char *params, const hone_dataset *data,
                          hone_view asked, const hone_json *want, const char *key) {
    hone_estimator *est = make(cls, "%s", params);
    hone_dataset of = {.x = asked};
    double out[ASKED * 3];
    fit(est, data);
    bool classes = hone_estimator_task(est) == HONE_CLASSIFIER;
    cr_assert_eq((classes ? hone_predict_proba : hone_predict)(est, &of, out, NULL, NULL), HONE_OK);
    expect_near(out, want, key, classes ? ASKED * 3 : ASKED, params);
    if (cls == &hone_k_neighbors_classifier) {
        cr_assert_eq(hone_predict(est, &of, out, NULL, NULL), HONE_OK);
        expect_near(out, want, "labels", ASKED, params);
    }
    hone_free(est);
}

static void check_votes(const hone_json *golden, const hone_json *example, const char *algorithm,
                        const char *weights) {
    hone_view x = rows_of(golden, example, false), asked = rows_of(golden, example, true);
    hone_view y = matrix(golden, "y", N), value = matrix(golden, "value", N);
    hone_dataset classes = {.x = x, .y = y}, values = {.x = x, .y = value};
    const hone_json *want = hone_json_get(example, weights);
    char params[200], within[300], around[400];
    snprintf(params, sizeof params, "%s,algorithm=%s,weights=%s", text(example, "params"),
             algorithm, weights);
    snprintf(within, sizeof within, "%s,radius=%.17g", params, support_real(example, "radius"));
    snprintf(around, sizeof around, "%s,outliers=none", within);
    check_answers(&hone_k_neighbors_classifier, params, &classes, asked, want, "proba");
    check_answers(&hone_k_neighbors_regressor, params, &values, asked, want, "values");
    check_answers(&hone_radius_neighbors_classifier, within, &classes, asked, want, "radius_proba");
    check_answers(&hone_radius_neighbors_regressor, around, &values, asked, want, "radius_values");
    free((void *)x.data), free((void *)asked.data);
    free((void *)y.data), free((void *)value.data);
}

Test(neighbours, vote_as_in_scikit_learn) {
    hone_json *golden = support_golden("neighbours.json");
    const hone_json *examples = hone_json_get(golden, "votes");
    for (size_t i = 0; i < hone_json_size(examples); i++)
        for (size_t a = 0; a < 3; a++) {
            check_votes(golden, hone_json_at(examples, i), ALGORITHMS[a], "uniform");
            check_votes(golden, hone_json_at(examples, i), ALGORITHMS[a], "distance");
        }
    hone_json_free(golden);
}

static double haversine(const double *a, const double *b) {
    double north = sin((a[0] - b[0]) / 2), east = sin((a[1] - b[1]) / 2);
    return 2 * asin(sqrt(north * north + cos(a[0]) * cos(b[0]) * east * east));
}

/* Trees hold points of the sphere, whose chords rank them as the arcs do. Among the places: both
 * poles (from any longitude), each place twice, and the far side of the date line. */
Test(neighbours, on_the_globe_are_those_of_the_formula) {
    enum { PLACES = 400, NEAR = 7 };
    double x[2 * PLACES], distances[PLACES * NEAR], all[PLACES];
    size_t rows[PLACES * NEAR];
    for (size_t i = 0; i < PLACES; i++) {
        size_t place = i % (PLACES / 2);
        x[2 * i] = place < 6 ? (place % 2 ? 1 : -1) * acos(0)
                             : asin((double)(place * 37 % 199) / 100 - 0.99);
        x[2 * i + 1] = place == 9    ? -3.14
                       : place == 10 ? 3.14
                                     : (double)(place * 53 % 201) / 32 - 3.14;
    }
    hone_dataset data = {.x = hone_view_of(x, PLACES, 2)};
    for (size_t a = 0; a < 3; a++) {
        hone_estimator *est =
            make(&hone_nearest_neighbors, "metric=haversine,algorithm=%s", ALGORITHMS[a]);
        fit(est, &data);
        cr_assert_eq(hone_kneighbors(est, &data, NEAR, distances, rows, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < PLACES; i++) {
            for (size_t j = 0; j < PLACES; j++)
                all[j] = haversine(x + 2 * i, x + 2 * j);
            for (size_t k = 0; k < NEAR; k++) { /* the k-th smallest, and of that row */
                size_t closer = 0, at = i * NEAR + k;
                for (size_t j = 0; j < PLACES; j++)
                    closer += all[j] < distances[at] - 1e-7;
                cr_assert_leq(closer, k);
                cr_assert_float_eq(all[rows[at]], distances[at], 1e-7);
            }
            cr_assert_eq(rows[i * NEAR], i % (PLACES / 2), "row %zu: %zu", i,
                         rows[i * NEAR]); /* twins: the first */
        }
        hone_free(est);
    }
}

Test(neighbours, hamming_distances_are_those_of_scikit_learn) {
    hone_json *golden = support_golden("neighbours.json");
    const hone_json *example = hone_json_get(golden, "hamming");
    hone_view x = matrix(example, "x", N), asked = matrix(example, "asked", ASKED);
    hone_estimator *est = make(&hone_nearest_neighbors, "metric=hamming");
    double distances[ASKED * K];
    fit(est, &(hone_dataset){.x = x});
    cr_assert_eq(hone_transform(est, &(hone_dataset){.x = asked}, distances, NULL, NULL), HONE_OK);
    expect_near(distances, example, "distances", ASKED * K, "hamming");
    hone_free(est);
    hone_json_free(golden);
    free((void *)x.data), free((void *)asked.data);
}

/* Numbers in columns 0 and 1, categories in 2 and 3; row 7 is empty. */
Test(neighbours, gower_leaves_out_what_is_missing) {
    static const char *const LEVELS[] = {"a", "b", "c"};
    hone_column columns[] = {{.name = "x"},
                             {.name = "y"},
                             {"u", HONE_CATEGORICAL, 3, LEVELS},
                             {"v", HONE_CATEGORICAL, 3, LEVELS}};
    hone_schema schema = {4, columns, 0, NULL};
    hone_json *golden = support_golden("neighbours.json");
    const hone_json *example = hone_json_get(golden, "gower");
    hone_view x = matrix(example, "x", N), want = matrix(example, "distances", N);
    hone_dataset data = {.x = x, .schema = &schema};
    hone_estimator *est = make(&hone_nearest_neighbors, "metric=gower");
    double *distances = calloc(N * N, sizeof *distances);
    fit(est, &data);
    cr_assert_eq(hone_kneighbors(est, &data, N, distances, NULL, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < N * N; i++) /* null, no column in common, is NaN there */
        cr_assert(isnan(want.data[i]) ? isinf(distances[i])
                                      : fabs(distances[i] - want.data[i]) < 1e-12,
                  "row %zu, place %zu: %g, not %g", i / N, i % N, distances[i], want.data[i]);
    hone_free(est);
    hone_json_free(golden);
    free((void *)x.data), free((void *)want.data), free(distances);
}

static void check_choice(const hone_class *cls, const hone_dataset *data, const hone_json *loo,
                         const char *kind, const char *weights) {
    char key[64];
    hone_estimator *est = make(cls, "n_neighbors=auto,max_neighbors=20,weights=%s", weights);
    hone_view errors;
    double k;
    fit(est, data);
    snprintf(key, sizeof key, "%s_%s", kind, weights);
    cr_assert_eq(hone_get_array(est, "loo_error", &errors, NULL), HONE_OK);
    cr_assert_eq(hone_get_number(est, "n_neighbors", &k, NULL), HONE_OK);
    expect_near(errors.data, loo, key, 20, key);
    for (size_t i = 0; i < 20; i++)
        cr_assert(errors.data[i] > errors.data[(size_t)k - 1] ||
                  (errors.data[i] == errors.data[(size_t)k - 1] && i >= (size_t)k - 1));
    hone_free(est);
}

/* One search against a fit of scikit-learn for each row left out and each k. */
Test(neighbours, auto_leaves_out_one_row_after_the_other) {
    hone_json *golden = support_golden("neighbours.json");
    const hone_json *loo = hone_json_get(golden, "loo");
    hone_view x = matrix(golden, "x", N), value = matrix(golden, "value", N);
    double sign[N];
    for (size_t i = 0; i < N; i++)
        sign[i] = value.data[i] > 0;
    hone_dataset classes = {.x = x, .y = hone_view_of(sign, N, 1)};
    hone_dataset values = {.x = x, .y = value};
    check_choice(&hone_k_neighbors_classifier, &classes, loo, "classes", "uniform");
    check_choice(&hone_k_neighbors_classifier, &classes, loo, "classes", "distance");
    check_choice(&hone_k_neighbors_regressor, &values, loo, "values", "uniform");
    check_choice(&hone_k_neighbors_regressor, &values, loo, "values", "distance");
    hone_json_free(golden);
    free((void *)x.data), free((void *)value.data);
}
