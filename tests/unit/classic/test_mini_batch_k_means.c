/* test_mini_batch_k_means.c -- k-means by steps: near to what all rows at once give. */
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 6000, M = 4, CLOUDS = 12 };

static double number(const hone_estimator *est, const char *name) {
    double value = NAN;
    cr_assert_eq(hone_get_number(est, name, &value, NULL), HONE_OK);
    return value;
}

static double fitted_inertia(const char *name, const char *params, const hone_dataset *data) {
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = support_create(name, params);
    cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s", err.message);
    double value = number(est, "inertia");
    hone_free(est);
    return value;
}

/* Clouds around the corners of a lattice. Free with free(). */
static double *make_clouds(void) {
    hone_rng rng = hone_rng_at(3, 1);
    double *x = calloc(N * M, sizeof *x);
    for (size_t i = 0; i < N; i++) {
        size_t c = hone_rng_below(&rng, CLOUDS);
        for (size_t j = 0; j < M; j++)
            x[i * M + j] = (double)(c * (j + 3) % 7) * 5 + hone_rng_normal(&rng);
    }
    return x;
}

Test(mini_batch_k_means, comes_near_to_all_rows_at_once) {
    double *x = make_clouds();
    hone_dataset data = {.x = hone_view_of(x, N, M)};
    double best = fitted_inertia("k_means", "n_clusters=12 n_init=5", &data);
    const char *params[] = {"n_clusters=12", "n_clusters=12 batch_size=200 seed=4",
                            "n_clusters=12 n_init=3", "n_clusters=12 init_size=500 tol=1e-4",
                            "n_clusters=12 max_no_improvement=0 max_iter=3"};
    for (size_t i = 0; i < 5; i++) {
        double inertia = fitted_inertia("mini_batch_k_means", params[i], &data);
        cr_assert(inertia < 1.03 * best, "%s: %g, not about %g", params[i], inertia, best);
    }
    free(x);
}

/* Centres are means of what came to them: with one cluster, of all rows, by their weights. */
Test(mini_batch_k_means, batches_make_a_running_mean) {
    double x[] = {1, 2, 3, 4, 10, 20, 5, 6}, w[] = {1, 1, 2, 1, 1, 3, 1, 2}, sum = 0, total = 0;
    hone_estimator *est = support_create("mini_batch_k_means", "n_clusters=1");
    hone_view center;
    for (size_t i = 0; i < 8; i += 4) {
        hone_dataset part = {.x = hone_view_of(x + i, 4, 1), .weights = w + i};
        cr_assert_eq(hone_partial_fit(est, &part, NULL, NULL), HONE_OK);
    }
    for (size_t i = 0; i < 8; i++)
        sum += w[i] * x[i], total += w[i];
    cr_assert_eq(hone_get_array(est, "cluster_centers", &center, NULL), HONE_OK);
    cr_assert_float_eq(center.data[0], sum / total, 1e-12);
    cr_assert_eq(number(est, "n_steps"), 2);
    hone_free(est);
}

Test(mini_batch_k_means, learns_batch_by_batch) {
    double *x = make_clouds(), *label = calloc(N, sizeof *label), inertia = 0;
    hone_dataset data = {.x = hone_view_of(x, N, M)};
    double best = fitted_inertia("k_means", "n_clusters=12 n_init=5", &data);
    hone_estimator *est = support_create("mini_batch_k_means", "n_clusters=12");
    for (size_t i = 0; i < N; i += 750) {
        hone_dataset part = {.x = hone_view_rows(data.x, i, 750)};
        cr_assert_eq(hone_partial_fit(est, &part, NULL, NULL), HONE_OK);
    }
    hone_view center;
    cr_assert_eq(hone_get_array(est, "cluster_centers", &center, NULL), HONE_OK);
    cr_assert_eq(hone_predict(est, &data, label, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < M; j++) {
            double d = x[i * M + j] - hone_view_row(center, (size_t)label[i])[j];
            inertia += d * d;
        }
    cr_assert(inertia < 1.05 * best, "%g, not about %g", inertia, best);
    hone_free(est);
    free(x), free(label);
}

/* Most rows are the same: a drawn part of them would hold too few distinct ones. */
Test(mini_batch_k_means, looks_at_all_rows_for_distinct_ones) {
    double *x = calloc(20000, sizeof *x);
    x[777] = 1, x[12345] = 2;
    hone_dataset data = {.x = hone_view_of(x, 20000, 1)};
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(fitted_inertia("mini_batch_k_means",
                                "n_clusters=3 batch_size=50 reassignment_ratio=0", &data),
                 0);
    hone_estimator *est = support_create("mini_batch_k_means", "n_clusters=4");
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_EDATA);
    cr_assert(strstr(err.message, "only 3 distinct rows"), "%s", err.message);
    hone_free(est);
    free(x);
}
