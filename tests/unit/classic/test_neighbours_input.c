/* test_neighbours_input.c -- estimators of neighbours: odd data, ties, weights, and refusals. */
#include "classic/classic.h"
#include "core/estimator_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void refuse(const hone_class *cls, const char *params, const hone_dataset *data,
                   hone_status want, const char *sentence) {
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = support_create(cls->name, params);
    cr_assert_eq(hone_fit(est, data, NULL, &err), want, "%s", err.message);
    cr_assert_str_eq(err.message, sentence);
    hone_free(est);
}

Test(neighbours_input, fit_says_what_it_cannot_use) {
    double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, y[] = {0, 1, 0};
    hone_dataset data = {.x = hone_view_of(x, 3, 3), .y = hone_view_of(y, 3, 1)};
    refuse(&hone_k_neighbors_classifier, "", &data, HONE_EDATA,
           "k_neighbors_classifier: parameter n_neighbors is 5, but there are 3 rows");
    refuse(&hone_k_neighbors_regressor, "n_neighbors=2.5", &data, HONE_EINVAL,
           "k_neighbors_regressor: parameter n_neighbors must be auto or a whole number, got 2.5");
    refuse(&hone_k_neighbors_regressor, "n_neighbors=1e300", &data, HONE_EDATA,
           "k_neighbors_regressor: parameter n_neighbors is 18446744073709551615, but there are 3 "
           "rows");
    refuse(&hone_nearest_neighbors, "n_neighbors=2,metric=haversine", &data, HONE_EDATA,
           "nearest_neighbors: metric haversine takes 2 columns, latitude and longitude in "
           "radians, got 3");
    double degrees[] = {0.5, 2, 48.1, 11.6, -1.2, 3};
    hone_dataset places = {.x = hone_view_of(degrees, 3, 2)};
    refuse(&hone_nearest_neighbors, "n_neighbors=2,metric=haversine", &places, HONE_EDATA,
           "nearest_neighbors: metric haversine takes latitudes in radians, in [-pi/2, pi/2], got "
           "48.1 in row 2; degrees times pi / 180 are radians");
    refuse(&hone_radius_neighbors_classifier, "algorithm=kd_tree,metric=gower", &data, HONE_EINVAL,
           "radius_neighbors_classifier: algorithm kd_tree has no metric gower; expected auto or "
           "brute");
    data.x.rows = data.y.rows = 1;
    refuse(&hone_k_neighbors_classifier, "n_neighbors=auto", &data, HONE_EDATA,
           "k_neighbors_classifier: n_neighbors=auto needs at least 2 rows, got 1");
}

Test(neighbours_input, questions_that_have_no_answer_are_refused) {
    double x[] = {1, 2, 3}, y[] = {0, 1, 0}, out[12];
    hone_error err;
    hone_neighbourhoods found;
    hone_dataset data = {.x = hone_view_of(x, 3, 1), .y = hone_view_of(y, 3, 1)};
    hone_estimator *radius = support_fit("radius_neighbors_classifier", "", &data, NULL);
    hone_estimator *k = support_fit("k_neighbors_classifier", "n_neighbors=3", &data, NULL);
    hone_estimator *other = support_fit("ridge", "", &data, NULL);
    cr_assert_eq(hone_kneighbors(radius, &data, 0, out, NULL, NULL, &err), HONE_EINVAL);
    cr_assert_str_eq(
        err.message,
        "radius_neighbors_classifier: the number of neighbours must be in [1, 3], got 0");
    cr_assert_eq(hone_kneighbors(k, &data, 4, out, NULL, NULL, &err), HONE_EINVAL);
    cr_assert_eq(hone_radius_neighbors(k, &data, -1, &found, NULL, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "k_neighbors_classifier: the radius must be in [0, inf), got -1");
    cr_assert_eq(hone_radius_neighbors(radius, &data, NAN, &found, NULL, &err), HONE_EINVAL);
    cr_assert_eq(hone_kneighbors(other, &data, 1, out, NULL, NULL, &err), HONE_EUNSUPPORTED);
    cr_assert_str_eq(err.message, "ridge: keeps no rows to be found as neighbours");
    hone_estimator *unfitted = support_create("nearest_neighbors", "");
    cr_assert_eq(hone_kneighbors(unfitted, &data, 1, out, NULL, NULL, &err), HONE_ESTATE);
    data.x.cols = 2, data.x.rows = 1;
    cr_assert_eq(hone_kneighbors(k, &data, 1, out, NULL, NULL, &err), HONE_EDATA);
    hone_free(radius), hone_free(k), hone_free(other), hone_free(unfitted);
}

Test(neighbours_input, own_radius_is_taken_when_none_is_given) {
    double x[] = {0, 1, 2.5, 9};
    hone_neighbourhoods found;
    hone_dataset data = {.x = hone_view_of(x, 4, 1)};
    hone_estimator *est = support_fit("nearest_neighbors", "n_neighbors=1,radius=1.5", &data, NULL);
    cr_assert_eq(hone_radius_neighbors(est, &data, -1, &found, NULL, NULL), HONE_OK);
    const size_t starts[] = {0, 2, 5, 7, 8}, rows[] = {0, 1, 1, 0, 2, 2, 1, 3};
    cr_assert(memcmp(found.starts, starts, sizeof starts) == 0);
    cr_assert(memcmp(found.rows, rows, sizeof rows) == 0);
    hone_neighbourhoods_free(&found);
    hone_free(est);
}

/* Rows without anybody within the radius. */
Test(neighbours_input, outliers_follow_the_rule) {
    double x[] = {0, 0.1, 0.2, 5}, y[] = {1, 2, 2, 1}, far = 50, out[2];
    hone_error err;
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)};
    hone_dataset asked = {.x = hone_view_of(&far, 1, 1)};
    double w[] = {1, 1, 1, 3};
    data.weights = w;
    hone_estimator *est = support_fit("radius_neighbors_classifier", "", &data, NULL);
    cr_assert_eq(hone_predict_proba(est, &asked, out, NULL, NULL), HONE_OK);
    cr_assert(out[0] == 1 && out[1] == 0);
    hone_free(est);
    est = support_fit("radius_neighbors_classifier", "outliers=error", &data, NULL);
    cr_assert_eq(hone_predict(est, &asked, out, NULL, &err), HONE_EDATA);
    cr_assert_str_eq(err.message,
                     "radius_neighbors_classifier: a row has no neighbour within 1; raise radius "
                     "or set outliers=most_frequent");
    hone_free(est);
    est = support_fit("radius_neighbors_regressor", "", &data, NULL);
    cr_assert_eq(hone_predict(est, &asked, out, NULL, NULL), HONE_OK);
    cr_assert_float_eq(out[0], 8. / 6, 1e-15);
    hone_free(est);
    est = support_fit("radius_neighbors_regressor", "outliers=none", &data, NULL);
    cr_assert_eq(hone_predict(est, &asked, out, NULL, NULL), HONE_OK);
    cr_assert(isnan(out[0]));
    hone_free(est);
}

/* A row of which nothing is known is told what all rows say. */
Test(neighbours_input, an_empty_row_gets_the_shares_of_all) {
    double x[] = {0, 1, 2, 3}, y[] = {0, 1, 1, 1}, nothing = NAN, out[2];
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1)};
    hone_dataset asked = {.x = hone_view_of(&nothing, 1, 1)};
    hone_estimator *est =
        support_fit("k_neighbors_classifier", "metric=gower,n_neighbors=2", &data, NULL);
    cr_assert_eq(hone_predict_proba(est, &asked, out, NULL, NULL), HONE_OK);
    cr_assert(out[0] == 0.25 && out[1] == 0.75);
    hone_free(est);
    est = support_fit("k_neighbors_regressor", "metric=gower,n_neighbors=2,weights=distance", &data,
                      NULL);
    cr_assert_eq(hone_predict(est, &asked, out, NULL, NULL), HONE_OK);
    cr_assert_eq(out[0], 0.75);
    hone_free(est);
}

/* Scikit-learn: a row of length 0 is at a right angle to all, itself too. */
Test(neighbours_input, cosine_of_a_zero_row_is_one) {
    double x[] = {0, 0, 1, 0, 0, 2, 1e200, 1e200}, distances[16];
    hone_dataset data = {.x = hone_view_of(x, 4, 2)};
    hone_estimator *est =
        support_fit("nearest_neighbors", "metric=cosine,n_neighbors=4", &data, NULL);
    cr_assert_eq(hone_transform(est, &data, distances, NULL, NULL), HONE_OK);
    double half = 1 - sqrt(0.5);
    const double want[] = {1, 1, 1, 1, 0, half, 1, 1, 0, half, 1, 1, 0, half, half, 1};
    cr_assert_lt(support_distance(distances, want, 16), 1e-15);
    hone_free(est);
}

/* Ties: rows in their order, by any algorithm; votes: the first class. */
Test(neighbours_input, ties_go_to_the_first_row) {
    enum { N = 3000 };
    double *x = calloc(N * 2, sizeof *x), *y = calloc(N, sizeof *y), out[2];
    size_t rows[4];
    for (size_t i = 0; i < N; i++)
        x[2 * i] = x[2 * i + 1] = 0.1, y[i] = i != 1 && i != 2;
    hone_dataset data = {.x = hone_view_of(x, N, 2), .y = hone_view_of(y, N, 1)};
    hone_dataset asked = {.x = hone_view_of(x, 1, 2)};
    static const char *const PARAMS[] = {
        "n_neighbors=4,algorithm=brute", "n_neighbors=4,algorithm=kd_tree",
        "n_neighbors=4,metric=hamming", "n_neighbors=4,metric=cosine"};
    for (size_t p = 0; p < 4; p++) {
        hone_estimator *est = support_fit("k_neighbors_classifier", PARAMS[p], &data, NULL);
        cr_assert_eq(hone_kneighbors(est, &asked, 4, NULL, rows, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < 4; i++)
            cr_assert_eq(rows[i], i, "%s: place %zu is row %zu", PARAMS[p], i, rows[i]);
        cr_assert_eq(hone_predict(est, &asked, out, NULL, NULL), HONE_OK);
        cr_assert_eq(out[0], 0);
        hone_free(est);
    }
    free(x), free(y);
}

Test(neighbours_input, weights_weigh_votes) {
    double x[] = {0, 1, 2, 3}, y[] = {0, 1, 1, 5}, w[] = {5, 1, 1, 7}, at = 0.5, out[3];
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1), .weights = w};
    hone_dataset asked = {.x = hone_view_of(&at, 1, 1)};
    hone_estimator *est = support_fit("k_neighbors_classifier", "n_neighbors=3", &data, NULL);
    cr_assert_eq(hone_predict_proba(est, &asked, out, NULL, NULL), HONE_OK);
    cr_assert_float_eq(out[0], 5. / 7, 1e-15);
    hone_free(est);
    est = support_fit("k_neighbors_regressor", "n_neighbors=3,weights=distance", &data, NULL);
    cr_assert_eq(hone_predict(est, &asked, out, NULL, NULL), HONE_OK);
    cr_assert_float_eq(out[0], (2 * 0 + 2 / 5. + (2 / 3.) / 5) / (2 + 2 / 5. + (2 / 3.) / 5),
                       1e-15);
    hone_free(est);
}

/* One column, and many more columns than rows: the row itself is the nearest. */
Test(neighbours_input, any_shape_is_fine) {
    static const size_t SHAPES[][2] = {{50, 1}, {50, 100000}, {1, 3}, {2, 1}};
    for (size_t s = 0; s < 4; s++) {
        size_t n = SHAPES[s][0], m = SHAPES[s][1], rows[50];
        double *x, *y, distances[50];
        support_make(n, m, 2, 3, &x, &y);
        hone_dataset data = {.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)};
        static const char *const PARAMS[] = {"n_neighbors=1", "n_neighbors=1,algorithm=kd_tree",
                                             "n_neighbors=1,metric=cosine"};
        for (size_t p = 0; p < (m > 1 ? 3 : 2); p++) {
            hone_estimator *est = support_fit("nearest_neighbors", PARAMS[p], &data, NULL);
            cr_assert_eq(hone_kneighbors(est, &data, 1, distances, rows, NULL, NULL), HONE_OK);
            for (size_t i = 0; i < n; i++)
                cr_assert(rows[i] == i && distances[i] == 0, "%zu x %zu", n, m);
            hone_free(est);
        }
        free(x), free(y);
    }
}
