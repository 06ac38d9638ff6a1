/* test_pca.c -- principal components against scikit-learn and against what they must satisfy. */
#include "core/rng.h"
#include "linalg/linalg.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static hone_view array(const hone_estimator *est, const char *name) {
    hone_view view = {0};
    cr_assert_eq(hone_get_array(est, name, &view, NULL), HONE_OK);
    return view;
}

/* Attribute `name` is `key` of the golden. */
static void check_array(const hone_estimator *est, const char *name, const hone_json *c,
                        const char *key, double within) {
    size_t n;
    double *want = support_reals(c, key, &n);
    hone_view have = array(est, name);
    cr_assert_eq(have.rows * have.cols, n, "%s: %zu x %zu", name, have.rows, have.cols);
    double worst = support_distance(have.data, want, n);
    cr_assert(worst < within, "%s differs by %g", name, worst);
    free(want);
}

static void check_case(const hone_json *c) {
    size_t n, m = 0;
    double noise = NAN;
    hone_dataset *set = support_data(hone_json_as_text(hone_json_get(c, "file")),
                                     hone_json_as_text(hone_json_get(c, "target")));
    hone_dataset data = {.x = hone_view_rows(set->x, 0, (size_t)support_real(c, "rows"))};
    hone_estimator *est =
        support_fit("pca", hone_json_as_text(hone_json_get(c, "params")), &data, NULL);
    double size = array(est, "explained_variance").data[0];
    check_array(est, "components", c, "components", 1e-6);
    check_array(est, "mean", c, "mean", 1e-9 * sqrt(size));
    check_array(est, "explained_variance", c, "variance", 1e-7 * size);
    check_array(est, "explained_variance_ratio", c, "ratio", 1e-7);
    check_array(est, "singular_values", c, "singular", 1e-4 * sqrt(size));
    cr_assert_eq(hone_get_number(est, "noise_variance", &noise, NULL), HONE_OK);
    cr_assert_float_eq(noise, support_real(c, "noise"), 1e-9 * size);
    size_t k = hone_output_schema(est)->n_columns, cols = data.x.cols;
    cr_assert_str_eq(hone_output_schema(est)->columns[0].name, "pc0");
    double *out = calloc(data.x.rows * k, sizeof *out);
    double *back = calloc(data.x.rows * cols, sizeof *back);
    double *want = support_reals(c, "transform", &n), *want_back = support_reals(c, "back", &m);
    cr_assert_eq(hone_transform(est, &data, out, NULL, NULL), HONE_OK);
    hone_dataset z = {.x = hone_view_of(out, data.x.rows, k)};
    cr_assert_eq(hone_inverse_transform(est, &z, back, NULL, NULL), HONE_OK);
    for (size_t i = 0; i * k < n; i++) {
        cr_assert(support_distance(out + i * 61 * k, want + i * k, k) < 1e-6 * (1 + sqrt(size)));
        cr_assert(support_distance(back + i * 61 * cols, want_back + i * cols, cols) <
                  1e-6 * (1 + sqrt(size)));
    }
    free(out), free(back), free(want), free(want_back);
    hone_free(est);
    hone_dataset_free(set);
}

Test(pca, agrees_with_scikit_learn) {
    hone_json *golden = support_golden("pca.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 9);
    for (size_t i = 0; i < hone_json_size(cases); i++)
        check_case(hone_json_at(cases, i));
    hone_json_free(golden);
}

/* n x m with a few strong directions. Free with free(). */
static double *make_rows(size_t n, size_t m, size_t rank, uint64_t seed) {
    hone_rng rng = hone_rng_at(seed, 0);
    double *direction = calloc(rank * m, sizeof *direction), *x = calloc(n * m, sizeof *x);
    for (size_t i = 0; i < rank * m; i++)
        direction[i] = hone_rng_normal(&rng);
    for (size_t i = 0; i < n; i++) {
        for (size_t r = 0; r < rank; r++) {
            double along = hone_rng_normal(&rng) * (double)(rank - r);
            for (size_t j = 0; j < m; j++)
                x[i * m + j] += along * direction[r * m + j];
        }
        for (size_t j = 0; j < m; j++)
            x[i * m + j] += 1e3 + 0.01 * hone_rng_normal(&rng);
    }
    free(direction);
    return x;
}

Test(pca, solvers_agree_and_components_are_orthonormal) {
    const struct { size_t n, m; } shapes[] = {{400, 30}, {30, 400}, {50, 20000}};
    const char *params[] = {"n_components=5 svd_solver=full",
                            "n_components=5 svd_solver=covariance_eigh",
                            "n_components=5 svd_solver=randomized"};
    for (size_t s = 0; s < 3; s++) {
        size_t m = shapes[s].m;
        double *x = make_rows(shapes[s].n, m, 8, s);
        hone_dataset data = {.x = hone_view_of(x, shapes[s].n, m)};
        hone_estimator *first = support_fit("pca", params[0], &data, NULL);
        hone_view v = array(first, "components");
        for (size_t a = 0; a < 5; a++)
            for (size_t b = 0; b <= a; b++)
                cr_assert_float_eq(hone_ddot(m, hone_view_row(v, a), hone_view_row(v, b)), a == b,
                                   1e-10);
        for (size_t p = 1; p < 3; p++) {
            if (m > 1000 && p == 1)
                continue;
            hone_estimator *est = support_fit("pca", params[p], &data, NULL);
            cr_assert(support_distance(array(est, "components").data, v.data, 5 * m) < 1e-6, "%s",
                      params[p]);
            cr_assert(support_distance(array(est, "explained_variance_ratio").data,
                                       array(first, "explained_variance_ratio").data, 5) < 1e-9);
            hone_free(est);
        }
        hone_free(first);
        free(x);
    }
}

Test(pca, all_components_bring_the_rows_back) {
    double *x = make_rows(300, 6, 2, 4), *z = calloc(300 * 6, sizeof *z);
    double *back = calloc(300 * 6, sizeof *back);
    hone_dataset data = {.x = hone_view_of(x, 300, 6)}, out = {.x = hone_view_of(z, 300, 6)};
    const char *names[] = {"pca", "pca", "standard_scaler", "min_max_scaler"};
    const char *params[] = {"", "whiten=true", "", "feature_range_low=-1"};
    for (size_t i = 0; i < 4; i++) {
        hone_estimator *est = support_fit(names[i], params[i], &data, NULL);
        cr_assert_eq(hone_transform(est, &data, z, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_inverse_transform(est, &out, back, NULL, NULL), HONE_OK);
        cr_assert(support_distance(x, back, 300 * 6) < 1e-8, "%s", names[i]);
        hone_free(est);
    }
    free(x), free(z), free(back);
}

/* A constant and a huge offset leave the digits of the rest alone. */
Test(pca, offsets_do_not_matter) {
    double *x = make_rows(500, 5, 3, 9);
    hone_dataset data = {.x = hone_view_of(x, 500, 5)};
    hone_estimator *before = support_fit("pca", "", &data, NULL);
    for (size_t i = 0; i < 500 * 5; i++)
        x[i] += 1e6;
    hone_estimator *after = support_fit("pca", "", &data, NULL);
    cr_assert(support_distance(array(before, "explained_variance").data,
                               array(after, "explained_variance").data, 5) < 1e-7);
    hone_free(before), hone_free(after);
    free(x);
}

static void expect_sentence(const char *params, hone_view x, hone_status want, const char *words) {
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = NULL;
    cr_assert_eq(hone_create("pca", &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, params, NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &(hone_dataset){.x = x}, NULL, &err), want, "%s", err.message);
    cr_assert(strstr(err.message, words), "%s", err.message);
    hone_free(est);
}

Test(pca, says_what_is_wrong) {
    double x[30] = {0}, wild[] = {1e300, -1e300, 1e300, 5}, out[30];
    for (size_t i = 0; i < 30; i++)
        x[i] = (double)(i * i % 7);
    hone_view view = hone_view_of(x, 10, 3);
    expect_sentence("n_components=4", view, HONE_EDATA, "at most 3");
    expect_sentence("n_components=2.5", view, HONE_EINVAL, "whole number");
    expect_sentence("n_components=0.5 svd_solver=randomized", view, HONE_EINVAL, "count");
    expect_sentence("n_components=mle", hone_view_of(x, 3, 10), HONE_EDATA, "as many rows");
    expect_sentence("", hone_view_of(x, 1, 3), HONE_EDATA, "at least 2 rows");
    expect_sentence("svd_solver=full", hone_view_of(wild, 4, 1), HONE_ENUMERIC, "overflow");
    expect_sentence("svd_solver=covariance_eigh", hone_view_of(wild, 4, 1), HONE_ENUMERIC,
                    "overflow");
    hone_dataset data = {.x = view};
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = support_fit("pca", "n_components=2", &data, NULL);
    cr_assert_eq(hone_inverse_transform(est, &data, out, NULL, &err), HONE_EDATA);
    hone_free(est);
    est = support_fit("simple_imputer", "", &data, NULL);
    cr_assert_eq(hone_inverse_transform(est, &data, out, NULL, &err), HONE_EUNSUPPORTED);
    cr_assert(strstr(err.message, "no way back"), "%s", err.message);
    hone_free(est);
}

Test(pca, takes_one_column_and_columns_without_variance) {
    double x[] = {1, 7, 2, 7, 4, 7, 9, 7};
    hone_dataset data = {.x = hone_view_of(x, 4, 2)}, one = {.x = {x, 4, 1, 2}};
    hone_estimator *est = support_fit("pca", "whiten=true", &data, NULL);
    double out[8];
    cr_assert_eq(hone_transform(est, &data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 8; i++)
        cr_assert(isfinite(out[i]) && (i % 2 == 0 || fabs(out[i]) < 1e-6));
    hone_free(est);
    est = support_fit("pca", "", &one, NULL);
    cr_assert_eq(array(est, "components").data[0], 1);
    hone_free(est);
}
