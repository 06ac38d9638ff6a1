/* test_choose_k.c -- the number of clusters is found where there are clusters. */
#include "core/alloc.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Round clouds around points of a grid; one cloud: an even square. Free with free(). */
static double *make_clouds(size_t n, size_t clouds) {
    hone_rng rng = hone_rng_at(5, clouds);
    double *x = calloc(n * 2, sizeof *x);
    for (size_t i = 0; i < n; i++) {
        double across = (double)(i % clouds % 2), up = (double)(i % clouds / 2);
        if (clouds == 1) {
            x[2 * i] = hone_rng_uniform(&rng), x[2 * i + 1] = hone_rng_uniform(&rng);
            continue;
        }
        x[2 * i] = 10 * across + hone_rng_normal(&rng);
        x[2 * i + 1] = 10 * up + hone_rng_normal(&rng);
    }
    return x;
}

static hone_estimator *make(const char *spec) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_create_spec(spec, HONE_TARGET_AUTO, &est, &err), HONE_OK, "%s", err.message);
    return est;
}

Test(choose_k, finds_the_clouds_that_are_there) {
    hone_estimator *est = make("k_means:n_init=5");
    for (size_t clouds = 1; clouds <= 6; clouds++) {
        double *x = make_clouds(600, clouds);
        hone_dataset data = {.x = hone_view_of(x, 600, 2)};
        hone_k_choice choice;
        hone_error err = {HONE_OK, ""};
        cr_assert_eq(hone_choose_k(est, &data, 1, 8, 10, 1, &choice, NULL, &err), HONE_OK, "%s",
                     err.message);
        cr_assert_eq(choice.n, 8);
        cr_assert(isnan(choice.rows[0].silhouette));
        for (size_t r = 1; r < 8; r++)
            cr_assert_lt(choice.rows[r].inertia, choice.rows[r - 1].inertia);
        if (clouds <= 4) /* of more, two groups are hardly better than one: it stops there */
            cr_assert_eq(choice.by_gap, clouds, "gap finds %zu of %zu", choice.by_gap, clouds);
        if (clouds > 1) {
            cr_assert_eq(choice.by_bic, clouds, "BIC finds %zu of %zu", choice.by_bic, clouds);
            cr_assert_eq(choice.by_silhouette, clouds);
        }
        hone_k_choice_free(&choice);
        free(x);
    }
    hone_free(est);
}

/* By hand: two pairs of rows one apart, ten from each other. */
Test(choose_k, computes_what_the_formulas_say) {
    double x[] = {0, 1, 10, 11}, n = 4, sum = 1, bic;
    hone_dataset data = {.x = hone_view_of(x, 4, 1)};
    hone_estimator *est = make("k_means");
    hone_k_choice choice;
    cr_assert_eq(hone_choose_k(est, &data, 2, 2, 0, 0, &choice, NULL, NULL), HONE_OK);
    cr_assert_float_eq(choice.rows[0].inertia, sum, 1e-12);
    bic = -2 * (4 * log(0.5) - n / 2 * (log(2 * M_PI * sum / n) + 1)) + 4 * log(n);
    cr_assert_float_eq(choice.rows[0].bic, bic, 1e-9);
    cr_assert_float_eq(choice.rows[0].silhouette, (1 - 1 / 10.5 + 1 - 1 / 9.5) / 2, 1e-12);
    cr_assert(isnan(choice.rows[0].gap) && choice.by_gap == 0 && choice.by_bic == 2);
    hone_k_choice_free(&choice);
    hone_free(est);
}

Test(choose_k, looks_through_a_pipeline) {
    double *x = make_clouds(300, 4);
    for (size_t i = 0; i < 300; i++) /* a scale that would hide the clouds */
        x[2 * i] *= 1e-4;
    hone_dataset data = {.x = hone_view_of(x, 300, 2)};
    hone_estimator *steps[2] = {make("standard_scaler"), make("k_means:n_init=5")}, *est = NULL;
    hone_k_choice choice;
    cr_assert_eq(hone_pipeline(steps, 2, &est, NULL), HONE_OK);
    cr_assert_eq(hone_choose_k(est, &data, 2, 6, 0, 0, &choice, NULL, NULL), HONE_OK);
    cr_assert_eq(choice.by_silhouette, 4);
    hone_k_choice_free(&choice);
    hone_free(est);
    free(x);
}

static void expect_sentence(const char *spec, const hone_dataset *data, size_t low, size_t high,
                            hone_status want, const char *words) {
    hone_error err = {HONE_OK, ""};
    hone_k_choice choice;
    hone_estimator *est = make(spec);
    cr_assert_eq(hone_choose_k(est, data, low, high, 2, 0, &choice, NULL, &err), want, "%s",
                 err.message);
    cr_assert(strstr(err.message, words), "%s", err.message);
    hone_free(est);
}

Test(choose_k, says_what_is_wrong) {
    double x[] = {1, 2, 3, 1, 2, 3}, w[] = {1, 1, 1, 1, 1, 1};
    hone_dataset data = {.x = hone_view_of(x, 6, 1)}, weighted = data;
    weighted.weights = w;
    expect_sentence("k_means", &data, 0, 3, HONE_EINVAL, "[1, 6]");
    expect_sentence("k_means", &data, 3, 2, HONE_EINVAL, "3 to 2");
    expect_sentence("k_means", &data, 1, 7, HONE_EINVAL, "1 to 7");
    expect_sentence("k_means", &data, 1, 4, HONE_EDATA, "only 3 distinct rows");
    expect_sentence("pca", &data, 1, 3, HONE_EUNSUPPORTED, "pca");
    expect_sentence("k_means", &weighted, 1, 3, HONE_EUNSUPPORTED, "weights");
}

Test(choose_k, failing_allocations_leak_nothing) {
    double *x = make_clouds(60, 2);
    hone_dataset data = {.x = hone_view_of(x, 60, 2)};
    hone_estimator *est = make("k_means");
    hone_monitor alone = {.threads = 1};
    hone_k_choice choice;
    long before = hone_alloc_live();
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status == HONE_ENOMEM; k++) {
        hone_alloc_fail_at(k, 1);
        status = hone_choose_k(est, &data, 1, 3, 1, 0, &choice, &alone, NULL);
        hone_alloc_fail_at(0, 0);
        if (status)
            cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
    }
    cr_assert_eq(status, HONE_OK);
    hone_k_choice_free(&choice);
    hone_free(est);
    free(x);
}
