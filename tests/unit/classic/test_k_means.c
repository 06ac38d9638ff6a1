/* test_k_means.c -- k-means against scikit-learn, brute force and itself. */
#include "classic/clusters/k_means.h"
#include "core/alloc.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hone_view array(const hone_estimator *est, const char *name) {
    hone_view view = {0};
    cr_assert_eq(hone_get_array(est, name, &view, NULL), HONE_OK);
    return view;
}

static double number(const hone_estimator *est, const char *name) {
    double value = NAN;
    cr_assert_eq(hone_get_number(est, name, &value, NULL), HONE_OK);
    return value;
}

/* n x m: clouds around `clouds` points, of a width that makes them meet. Free with free(). */
static double *make_clouds(size_t n, size_t m, size_t clouds, double width, uint64_t seed) {
    hone_rng rng = hone_rng_at(seed, 1);
    double *center = calloc(clouds * m, sizeof *center), *x = calloc(n * m, sizeof *x);
    for (size_t i = 0; i < clouds * m; i++)
        center[i] = 10 * hone_rng_uniform(&rng);
    for (size_t i = 0; i < n; i++) {
        size_t c = hone_rng_below(&rng, clouds);
        for (size_t j = 0; j < m; j++)
            x[i * m + j] = center[c * m + j] + width * hone_rng_normal(&rng);
    }
    free(center);
    return x;
}

static double square(const double *a, const double *b, size_t m) {
    double sum = 0;
    for (size_t j = 0; j < m; j++)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

static size_t nearest(const double *x, hone_view centers) {
    size_t best = 0;
    for (size_t c = 1; c < centers.rows; c++)
        if (square(x, hone_view_row(centers, c), centers.cols) <
            square(x, hone_view_row(centers, best), centers.cols))
            best = c;
    return best;
}

/* ---- scikit-learn ---------------------------------------------------------------------------- */

static hone_view sorted_centers;
static int by_center(const void *a, const void *b) {
    double x = hone_view_row(sorted_centers, *(const size_t *)a)[0];
    double y = hone_view_row(sorted_centers, *(const size_t *)b)[0];
    return (x > y) - (x < y);
}

static void check_case(const hone_json *c) {
    size_t n_centers, n_labels, n_transform, k = (size_t)support_real(c, "k"), order[8];
    char params[128];
    hone_dataset *set = support_data(hone_json_as_text(hone_json_get(c, "file")),
                                     hone_json_as_text(hone_json_get(c, "target")));
    hone_dataset data = {.x = set->x};
    size_t n = data.x.rows, m = data.x.cols;
    double *centers = support_reals(c, "centers", &n_centers),
           *weights = calloc(n, sizeof *weights);
    double *labels = support_reals(c, "labels", &n_labels);
    double *transform = support_reals(c, "transform", &n_transform),
           *out = calloc(n * k, sizeof *out);
    bool weighted = hone_json_as_boolean(hone_json_get(c, "weighted"));
    for (size_t i = 0; i < n; i++)
        weights[i] = 1 + (double)(i % 3);
    if (weighted)
        data.weights = weights;
    snprintf(params, sizeof params, "n_clusters=%zu n_init=100 tol=0 seed=1", k);
    hone_estimator *est = support_fit("k_means", params, &data, NULL);
    double want = support_real(c, "inertia");
    cr_assert(fabs(number(est, "inertia") - want) < 1e-9 * want, "%.12g, not %.12g",
              number(est, "inertia"), want);
    sorted_centers = array(est, "cluster_centers");
    for (size_t i = 0; i < k; i++)
        order[i] = i;
    qsort(order, k, sizeof *order, by_center);
    for (size_t i = 0; i < k; i++)
        cr_assert(support_distance(hone_view_row(sorted_centers, order[i]), centers + i * m, m) <
                  1e-6);
    hone_view found = array(est, "labels");
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(order[(size_t)labels[i]], (size_t)found.data[i]);
    cr_assert_eq(hone_transform(est, &data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i * k < n_transform; i++)
        for (size_t l = 0; l < k; l++)
            cr_assert_float_eq(out[i * 17 * k + order[l]], transform[i * k + l], 1e-6);
    free(centers), free(weights), free(labels), free(transform), free(out);
    hone_free(est);
    hone_dataset_free(set);
}

Test(k_means, agrees_with_scikit_learn) {
    hone_json *golden = support_golden("k_means.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 7);
    for (size_t i = 0; i < hone_json_size(cases); i++)
        check_case(hone_json_at(cases, i));
    hone_json_free(golden);
}

/* ---- what a result must be ------------------------------------------------------------------- */

/* Every row is with its nearest centre and every centre is the mean of its rows. */
static void check_optimum(const hone_estimator *est, const hone_dataset *data) {
    hone_view centers = array(est, "cluster_centers"), labels = array(est, "labels");
    size_t m = centers.cols;
    double *mean = calloc(centers.rows * m, sizeof *mean), *w = calloc(centers.rows, sizeof *w);
    double inertia = 0;
    for (size_t i = 0; i < data->x.rows; i++) {
        const double *x = hone_view_row(data->x, i);
        size_t label = (size_t)labels.data[i];
        double weight = data->weights ? data->weights[i] : 1;
        cr_assert_eq(nearest(x, centers), label);
        w[label] += weight;
        inertia += weight * square(x, hone_view_row(centers, label), m);
        for (size_t j = 0; j < m; j++)
            mean[label * m + j] += weight * x[j];
    }
    for (size_t c = 0; c < centers.rows; c++)
        for (size_t j = 0; j < m; j++)
            cr_assert_float_eq(mean[c * m + j] / w[c], hone_view_row(centers, c)[j], 1e-9);
    cr_assert_float_eq(inertia, number(est, "inertia"), 1e-9 * inertia);
    free(mean), free(w);
}

Test(k_means, ends_in_an_optimum_by_any_algorithm) {
    const struct {
        size_t n, m, clouds, k;
        double width;
    } cases[] = {
        {9000, 7, 40, 40, 0.5}, {4000, 2, 5, 33, 3}, {700, 70, 3, 18, 4}, {500, 1, 3, 5, 1}};
    const char *algorithms[] = {"lloyd", "hamerly", "yinyang", "auto"};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double *x = make_clouds(cases[c].n, cases[c].m, cases[c].clouds, cases[c].width, c);
        double *w = calloc(cases[c].n, sizeof *w);
        for (size_t i = 0; i < cases[c].n; i++)
            w[i] = 0.1 + (double)(i % 7);
        for (int weighted = 0; weighted < 2; weighted++) {
            hone_dataset data = {.x = hone_view_of(x, cases[c].n, cases[c].m),
                                 .weights = weighted ? w : NULL};
            hone_estimator *first = NULL;
            for (size_t a = 0; a < 4; a++) {
                char params[128];
                snprintf(params, sizeof params, "n_clusters=%zu tol=0 max_iter=1000 algorithm=%s",
                         cases[c].k, algorithms[a]);
                hone_estimator *est = support_fit("k_means", params, &data, NULL);
                if (a == 0) {
                    first = est;
                    check_optimum(est, &data);
                    continue;
                }
                hone_view centers = array(est, "cluster_centers");
                cr_assert(memcmp(centers.data, array(first, "cluster_centers").data,
                                 centers.rows * centers.cols * sizeof(double)) == 0,
                          "%s differs from lloyd", algorithms[a]);
                cr_assert_eq(number(est, "inertia"), number(first, "inertia"));
                cr_assert_eq(number(est, "n_iter"), number(first, "n_iter"));
                hone_free(est);
            }
            hone_free(first);
        }
        free(x), free(w);
    }
}

Test(k_means, lowers_the_inertia_with_every_iteration) {
    double *x = make_clouds(3000, 5, 12, 1, 3), last = INFINITY;
    hone_dataset data = {.x = hone_view_of(x, 3000, 5)};
    for (int i = 1; i < 12; i++) {
        char params[64];
        snprintf(params, sizeof params, "n_clusters=20 tol=0 max_iter=%d", i);
        hone_estimator *est = support_fit("k_means", params, &data, NULL);
        cr_assert_leq(number(est, "inertia"), last);
        last = number(est, "inertia");
        hone_free(est);
    }
    free(x);
}

/* Rows between centres, far from 0: single precision alone could not tell. */
Test(k_means, predicts_by_double_precision_in_any_block) {
    size_t n = 3000, m = 3, k = 30;
    double *x = make_clouds(n, m, 30, 2, 5), *out = calloc(n, sizeof *out), one;
    for (size_t i = 0; i < n * m; i++)
        x[i] = 1e7 + 1e-3 * x[i];
    hone_dataset data = {.x = hone_view_of(x, n, m)};
    hone_estimator *est = support_fit("k_means", "n_clusters=30", &data, NULL);
    hone_view centers = array(est, "cluster_centers");
    for (size_t i = 0; i < n; i += 2) { /* half way between two centres, nearly */
        const double *a = hone_view_row(centers, i % k), *b = hone_view_row(centers, (i + 1) % k);
        for (size_t j = 0; j < m; j++)
            x[i * m + j] = (a[j] + b[j]) / 2;
    }
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq((size_t)out[i], nearest(x + i * m, centers));
        hone_dataset single = {.x = hone_view_of(x + i * m, 1, m)};
        cr_assert_eq(hone_predict(est, &single, &one, NULL, NULL), HONE_OK);
        cr_assert_eq(one, out[i]);
    }
    free(x), free(out);
    hone_free(est);
}

Test(k_means, predicts_rows_that_are_huge) {
    double x[] = {0, 1, 10, 11, 1e30, -1e300, 5.5 - 1e-9, INFINITY}, out[7];
    hone_dataset data = {.x = hone_view_of(x, 4, 1)};
    hone_estimator *est = support_fit("k_means", "n_clusters=2", &data, NULL);
    data.x.rows = 7;
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert(out[0] == out[1] && out[2] == out[3] && out[0] != out[2]);
    cr_assert(out[4] == out[2] && out[6] == out[0]);
    hone_free(est);
}

/* ---- beginnings ------------------------------------------------------------------------------ */

Test(k_means, plus_plus_labels_rows_with_the_nearest_chosen_one) {
    size_t n = 9000, m = 6, k = 60, chosen[60];
    double *x = make_clouds(n, m, 30, 0.7, 11);
    uint32_t *label = calloc(n, sizeof *label);
    hone_means_rows rows = {.w = NULL};
    bool labelled = false;
    cr_assert_eq(hone_means_rows_make(hone_view_of(x, n, m), NULL, &rows, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_means_plus_plus(&rows, k, 4, 0, chosen, label, &labelled, NULL, NULL),
                 HONE_OK);
    cr_assert(labelled);
    for (size_t i = 0; i < n; i++) {
        double mine = square(x + i * m, x + chosen[label[i]] * m, m);
        for (size_t c = 0; c < k; c++)
            cr_assert_leq(mine, square(x + i * m, x + chosen[c] * m, m) * (1 + 1e-5) + 1e-9);
    }
    for (size_t c = 0; c < k; c++)
        cr_assert_eq(label[chosen[c]], c);
    hone_means_rows_free(&rows);
    free(x), free(label);
}

/* Rows that weigh nothing beside three others, the first, one within and the last. */
Test(k_means, draws_rows_by_their_weights) {
    enum { N = 700 };
    static double x[N], w[N];
    const size_t heavy[] = {0, 517, N - 1};
    size_t drawn[3] = {0}, chosen;
    for (size_t i = 0; i < N; i++)
        x[i] = (double)i, w[i] = 1e-12;
    for (int h = 0; h < 3; h++)
        w[heavy[h]] = 1 + h;
    hone_means_rows rows;
    cr_assert_eq(hone_means_rows_make(hone_view_of(x, N, 1), w, &rows, NULL, NULL), HONE_OK);
    for (uint64_t run = 0; run < 600; run++) {
        cr_assert_eq(hone_means_random(&rows, 1, 3, run, &chosen, NULL), HONE_OK);
        for (int h = 0; h < 3; h++)
            drawn[h] += chosen == heavy[h];
    }
    for (int h = 0; h < 3; h++) /* of 100, 200 and 300, whose deviations are below 13 */
        cr_assert_lt(fabs((double)drawn[h] - 100.0 * (1 + h)), 50);
    cr_assert_eq(drawn[0] + drawn[1] + drawn[2], 600);
    hone_means_rows_free(&rows);
}

/* Of far clouds k-means++ finds every one, drawn rows do not. */
Test(k_means, plus_plus_finds_far_clouds) {
    double *x = make_clouds(2000, 4, 25, 1e-3, 2);
    hone_dataset data = {.x = hone_view_of(x, 2000, 4)};
    for (int seed = 0; seed < 5; seed++) {
        char params[64];
        snprintf(params, sizeof params, "n_clusters=25 seed=%d", seed);
        hone_estimator *est = support_fit("k_means", params, &data, NULL);
        cr_assert_lt(number(est, "inertia"), 2000 * 4 * 2e-6);
        hone_free(est);
    }
    hone_estimator *est = support_fit("k_means", "n_clusters=25 init=random n_init=1", &data, NULL);
    cr_assert_gt(number(est, "inertia"), 1);
    hone_free(est);
    free(x);
}

Test(k_means, more_beginnings_are_never_worse) {
    double *x = make_clouds(500, 2, 12, 0.3, 8);
    hone_dataset data = {.x = hone_view_of(x, 500, 2)};
    hone_estimator *one =
        support_fit("k_means", "n_clusters=12 init=random n_init=1 seed=3", &data, NULL);
    hone_estimator *many = support_fit("k_means", "n_clusters=12 init=random seed=3", &data, NULL);
    cr_assert_lt(number(many, "inertia"), number(one, "inertia"));
    hone_free(one), hone_free(many);
    free(x);
}

/* Centres that nobody is near to get rows of their own. */
Test(k_means, repairs_empty_clusters) {
    size_t n = 600, m = 2, k = 5;
    double *x = make_clouds(n, m, 5, 0.1, 21), center[10];
    for (size_t groups = 0; groups < 2; groups++) {
        uint32_t label[600] = {0};
        hone_means_rows rows = {.w = NULL};
        hone_means_run run = {.center = center, .label = label};
        hone_means_plan plan = {
            .k = k, .groups = groups, .group_tiles = 1, .max_iter = 300, .tol = 0};
        for (size_t i = 0; i < k * m; i++)
            center[i] = i < m ? x[i] : 1e6;
        cr_assert_eq(hone_means_rows_make(hone_view_of(x, n, m), NULL, &rows, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_means_lloyd(&rows, &plan, &run, NULL, NULL), HONE_OK);
        cr_assert(run.converged);
        cr_assert_eq(run.n_repaired, 4);
        size_t count[5] = {0};
        for (size_t i = 0; i < n; i++) {
            count[label[i]]++;
            cr_assert_eq(nearest(x + i * m, hone_view_of(center, k, m)), label[i]);
        }
        for (size_t c = 0; c < k; c++)
            cr_assert_gt(count[c], 0);
        hone_means_rows_free(&rows);
    }
    free(x);
}

/* ---- bad input ------------------------------------------------------------------------------- */

static void expect_sentence(const char *params, const hone_dataset *data, hone_status want,
                            const char *words) {
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = support_create("k_means", params);
    cr_assert_eq(hone_fit(est, data, NULL, &err), want, "%s", err.message);
    cr_assert(strstr(err.message, words), "%s", err.message);
    hone_free(est);
}

Test(k_means, says_what_is_wrong) {
    double x[40], wild[] = {1e200, -1e200, 1e199, 3};
    for (size_t i = 0; i < 40; i++)
        x[i] = (double)(i / 2 % 3); /* three distinct rows, many times */
    hone_dataset data = {.x = hone_view_of(x, 20, 2)};
    expect_sentence("n_clusters=4", &data, HONE_EDATA, "only 3 distinct rows");
    expect_sentence("n_clusters=4 init=random", &data, HONE_EDATA, "only 3 distinct rows");
    expect_sentence("n_clusters=21", &data, HONE_EDATA, "n_clusters is 21, but there are 20 rows");
    expect_sentence("n_clusters=2", &(hone_dataset){.x = hone_view_of(wild, 4, 1)}, HONE_ENUMERIC,
                    "overflow");
    hone_estimator *est = support_fit("k_means", "n_clusters=3", &data, NULL);
    cr_assert_eq(number(est, "inertia"), 0);
    hone_free(est);
    est = support_fit("k_means", "n_clusters=1", &data, NULL);
    check_optimum(est, &data);
    hone_free(est);
}

/* Rows that are the same in single precision are still told apart. */
Test(k_means, tells_rows_apart_that_differ_in_the_last_digits) {
    double x[] = {1, 1 + 1e-12, 1 + 2e-12, 5, 9};
    hone_dataset data = {.x = hone_view_of(x, 5, 1)};
    hone_estimator *est = support_fit("k_means", "n_clusters=5", &data, NULL);
    hone_view labels = array(est, "labels");
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < i; j++)
            cr_assert_neq(labels.data[i], labels.data[j]);
    hone_free(est);
}

/* Digits that a far row takes from the sums come back when it leaves. */
Test(k_means, forgets_rows_that_left_a_cluster) {
    double *x = make_clouds(400, 2, 3, 0.1, 1);
    x[0] = 1e14;
    hone_dataset data = {.x = hone_view_of(x, 400, 2)};
    hone_estimator *est =
        support_fit("k_means", "n_clusters=4 tol=0 init=random n_init=3", &data, NULL);
    check_optimum(est, &data);
    hone_free(est);
    free(x);
}

Test(k_means, takes_many_columns_and_constant_ones) {
    size_t n = 50, m = 20000;
    double *x = make_clouds(n, m, 4, 0.5, 6);
    for (size_t i = 0; i < n; i++)
        x[i * m + 3] = 1e6 / 3;
    hone_dataset data = {.x = hone_view_of(x, n, m)};
    hone_estimator *est = support_fit("k_means", "n_clusters=4", &data, NULL);
    check_optimum(est, &data);
    hone_free(est);
    free(x);
}
