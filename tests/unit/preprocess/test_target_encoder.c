#include "core/estimator_impl.h"
#include "core/rng.h"
#include "preprocess/deal.h"
#include "support/support.h"

#include <hone/selection.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const DIGITS[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
static hone_error err;

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

/* A column of categories, one of numbers, and y. */
enum { N = 90, LEVELS = 4 };
struct toy {
    double x[2 * N], y[N], weights[N];
    hone_column columns[2], target;
    hone_schema schema;
    hone_dataset data;
};

static void fill(struct toy *toy, size_t classes) {
    hone_rng rng = hone_rng_at(5, classes);
    for (size_t i = 0; i < N; i++) {
        double c = (double)hone_rng_below(&rng, LEVELS);
        toy->x[2 * i] = i % 11 == 0 ? NAN : c;
        toy->x[2 * i + 1] = hone_rng_normal(&rng);
        toy->y[i] = classes ? (double)((size_t)(c + hone_rng_uniform(&rng) * 2) % classes)
                            : c + hone_rng_normal(&rng);
        toy->weights[i] = 0.5 + hone_rng_uniform(&rng);
    }
    toy->columns[0] = (hone_column){"city", HONE_CATEGORICAL, LEVELS, DIGITS};
    toy->columns[1] = (hone_column){.name = "age"};
    toy->target = (hone_column){"t", classes ? HONE_CATEGORICAL : HONE_NUMERIC, classes,
                                classes ? DIGITS : NULL};
    toy->schema = (hone_schema){2, toy->columns, 1, &toy->target};
    toy->data = (hone_dataset){.x = hone_view_of(toy->x, N, 2),
                               .y = hone_view_of(toy->y, N, 1),
                               .weights = toy->weights,
                               .schema = &toy->schema};
}

static bool same_category(const struct toy *toy, size_t a, size_t b) {
    return toy->x[2 * a] == toy->x[2 * b] || (isnan(toy->x[2 * a]) && isnan(toy->x[2 * b]));
}

/* The formula, by the rows of other folds, of "y is class k" or of y itself (k < 0). */
static double by_hand(const struct toy *toy, const uint32_t *fold_of, size_t row, int k) {
    double w = 0, sum = 0, squares = 0, w_c = 0, sum_c = 0, squares_c = 0;
    for (size_t i = 0; i < N; i++) {
        if (fold_of[i] == fold_of[row])
            continue;
        double y = k < 0 ? toy->y[i] : (double)(toy->y[i] == k), u = toy->weights[i];
        w += u, sum += u * y, squares += u * y * y;
        if (same_category(toy, i, row))
            w_c += u, sum_c += u * y, squares_c += u * y * y;
    }
    double mean = sum / w, v = squares / w - mean * mean;
    if (w_c == 0)
        return mean;
    double mean_c = sum_c / w_c, v_c = squares_c / w_c - mean_c * mean_c;
    double l = v * w_c / (v * w_c + v_c);
    return l * mean_c + (1 - l) * mean;
}

Test(target_encoder, rows_of_the_fit_are_encoded_by_the_other_folds) {
    for (size_t classes = 0; classes <= 3; classes += classes ? 1 : 2) {
        struct toy toy;
        fill(&toy, classes);
        hone_estimator *est = support_create("target_encoder", "cv=4,seed=9");
        hone_matrix out = {.data = NULL};
        ok(hone_fit_transform(est, &toy.data, &out, NULL, &err));
        size_t means = classes > 2 ? classes : 1, folds = 4;
        cr_assert_eq(out.cols, means + 1);
        uint32_t fold_of[N];
        ok(hone_deal("test", &toy.data, 9, &folds, fold_of, &err));
        for (size_t i = 0; i < N; i++) {
            for (size_t k = 0; k < means; k++) {
                int wanted = classes == 0 ? -1 : classes == 2 ? 1 : (int)k;
                double want = by_hand(&toy, fold_of, i, wanted);
                cr_assert(fabs(out.data[i * out.cols + k] - want) < 1e-12, "row %zu: %g, not %g", i,
                          out.data[i * out.cols + k], want);
            }
            cr_assert_eq(out.data[i * out.cols + means], toy.x[2 * i + 1]);
        }
        const hone_schema *schema = hone_output_schema(est);
        cr_assert_str_eq(schema->columns[0].name, classes > 2 ? "city_0" : "city");
        hone_matrix_free(&out);
        hone_free(est);
    }
}

/* A pipeline's fit hands on the rows out of fold, its predict the means of all. */
Test(target_encoder, a_pipeline_learns_from_other_folds_and_predicts_by_all) {
    struct toy toy;
    fill(&toy, 0);
    toy.data.weights = NULL;
    for (size_t i = 0; i < N; i += 11) /* where the missing ones are */
        toy.x[2 * i] = 1;
    hone_estimator *encoder = support_create("target_encoder", "seed=3"), *ridge = NULL,
                   *pipeline = NULL;
    hone_matrix rows = {.data = NULL};
    double all[2 * N], want[N], got[N];
    ok(hone_create("ridge", &ridge, &err));
    ok(hone_fit_transform(encoder, &toy.data, &rows, NULL, &err));
    hone_dataset encoded = {.x = hone_matrix_view(&rows), .y = toy.data.y};
    ok(hone_fit(ridge, &encoded, NULL, &err));
    ok(hone_transform(encoder, &toy.data, all, NULL, &err));
    encoded.x = hone_view_of(all, N, 2);
    ok(hone_predict(ridge, &encoded, want, NULL, &err));

    hone_estimator *steps[2] = {support_create("target_encoder", "seed=3"), NULL};
    ok(hone_create("ridge", &steps[1], &err));
    ok(hone_pipeline(steps, 2, &pipeline, &err));
    cr_assert(hone_estimator_tags(pipeline) & HONE_TAG_TARGET);
    ok(hone_fit(pipeline, &toy.data, NULL, &err));
    ok(hone_predict(pipeline, &toy.data, got, NULL, &err));
    cr_assert_arr_eq(got, want, sizeof got);
    hone_matrix_free(&rows);
    hone_free(encoder), hone_free(ridge), hone_free(pipeline);
}

/* The same through a pipeline within a pipeline, which must not lose it. */
Test(target_encoder, a_pipeline_within_a_pipeline_keeps_the_folds) {
    struct toy toy;
    fill(&toy, 3);
    toy.data.weights = NULL;
    hone_estimator *inner = NULL, *alone = support_create("target_encoder", "seed=3"),
                   *steps[1] = {support_create("target_encoder", "seed=3")};
    hone_matrix a = {.data = NULL}, b = {.data = NULL};
    ok(hone_pipeline(steps, 1, &inner, &err));
    ok(hone_fit_transform(inner, &toy.data, &a, NULL, &err));
    ok(hone_fit_transform(alone, &toy.data, &b, NULL, &err));
    cr_assert(a.rows == b.rows && a.cols == b.cols && a.cols == 4);
    cr_assert_arr_eq(a.data, b.data, a.rows * a.cols * sizeof *a.data);
    cr_assert_eq(hone_n_classes(inner), 3);
    hone_matrix_free(&a), hone_matrix_free(&b);
    hone_free(inner), hone_free(alone);
}

/* ---- what it is for ------------------------------------------------------------------------- */

enum { ROWS = 600, CITIES = 300 };

/* A column of many cities that have nothing to do with y. */
static hone_dataset *random_cities(hone_schema *schema, hone_column columns[2], char names[][8],
                                   const char **levels, double *x, double *y) {
    static hone_dataset data;
    hone_rng rng = hone_rng_at(77, 1);
    for (size_t k = 0; k < CITIES; k++) {
        snprintf(names[k], 8, "c%zu", 1000 + k);
        levels[k] = names[k];
    }
    for (size_t i = 0; i < ROWS; i++) {
        x[i] = (double)hone_rng_below(&rng, CITIES);
        y[i] = hone_rng_normal(&rng);
    }
    columns[0] = (hone_column){"city", HONE_CATEGORICAL, CITIES, levels};
    columns[1] = (hone_column){.name = "t"};
    *schema = (hone_schema){1, columns, 1, columns + 1};
    data = (hone_dataset){
        .x = hone_view_of(x, ROWS, 1), .y = hone_view_of(y, ROWS, 1), .schema = schema};
    return &data;
}

static double r2(const double *y, const double *guess, size_t n) {
    double mean = 0, total = 0, left = 0;
    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        total += (y[i] - mean) * (y[i] - mean);
        left += (y[i] - guess[i]) * (y[i] - guess[i]);
    }
    return 1 - left / total;
}

/* R^2 of a pipeline with a ridge behind the encoder, on the rows of the fit, and what of the
 * encoder's column the ridge takes. */
static double trained_score(const hone_dataset *data, double *slope) {
    hone_estimator *steps[2] = {support_create("target_encoder", "smooth=0"), NULL},
                   *pipeline = NULL;
    double guess[ROWS];
    hone_view coef;
    ok(hone_create("ridge", &steps[1], &err));
    ok(hone_pipeline(steps, 2, &pipeline, &err));
    ok(hone_fit(pipeline, data, NULL, &err));
    ok(hone_predict(pipeline, data, guess, NULL, &err));
    ok(hone_get_array(hone_step(pipeline, 1), "coef", &coef, &err));
    *slope = coef.data[0];
    hone_free(pipeline);
    return r2(data->y.data, guess, ROWS);
}

/* The same when the ridge is fitted on what transform says of the rows of the fit. */
static double leaky_score(const hone_dataset *data, double *slope) {
    hone_estimator *encoder = support_create("target_encoder", "smooth=0"), *ridge = NULL;
    double column[ROWS], guess[ROWS];
    hone_view coef;
    ok(hone_create("ridge", &ridge, &err));
    ok(hone_fit(encoder, data, NULL, &err));
    ok(hone_transform(encoder, data, column, NULL, &err));
    hone_dataset encoded = {.x = hone_view_of(column, ROWS, 1), .y = data->y};
    ok(hone_fit(ridge, &encoded, NULL, &err));
    ok(hone_predict(ridge, &encoded, guess, NULL, &err));
    ok(hone_get_array(ridge, "coef", &coef, &err));
    *slope = coef.data[0];
    hone_free(encoder), hone_free(ridge);
    return r2(data->y.data, guess, ROWS);
}

Test(target_encoder, a_column_without_meaning_does_not_look_good) {
    static char names[CITIES][8];
    static const char *levels[CITIES];
    static double x[ROWS], y[ROWS];
    hone_column columns[2];
    hone_schema schema;
    const hone_dataset *data = random_cities(&schema, columns, names, levels, x, y);
    double trusted, leaked, honest = trained_score(data, &trusted),
                            leaky = leaky_score(data, &leaked);
    cr_assert(leaky > 0.4 && leaked > 0.95, "R^2 %g, slope %g", leaky, leaked);
    cr_assert(honest < 0.1 && fabs(trusted) < 0.1, "R^2 %g, slope %g", honest, trusted);
}

/* ---- bad input and edges -------------------------------------------------------------------- */

static void fails(hone_dataset data, const char *params, const char *message) {
    hone_estimator *est = support_create("target_encoder", params);
    hone_matrix out = {.data = NULL};
    cr_expect_eq(hone_fit_transform(est, &data, &out, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, message);
    cr_expect(!out.data && !hone_is_fitted(est));
    hone_free(est);
}

Test(target_encoder, says_what_is_missing) {
    struct toy toy;
    fill(&toy, 0);
    hone_dataset data = toy.data;
    data.y = (hone_view){.data = NULL};
    fails(data, "cv=5", "target_encoder: needs a target y");
    data = toy.data;
    toy.y[4] = NAN;
    fails(data, "cv=5", "target_encoder: y of row 5 is nan, expected a finite number");
    fill(&toy, 0);
    data.x.rows = data.y.rows = 1;
    fails(data, "cv=5",
          "target_encoder: to leave each row out of its own encoding takes two rows, got one");
    uint32_t groups[N] = {0};
    data = toy.data;
    data.groups = groups;
    fails(data, "cv=5",
          "target_encoder: to leave each row out of its own encoding takes two groups, got one");
    fill(&toy, 2);
    data = toy.data;
    for (size_t i = 0; i < N; i++)
        toy.y[i] = 1;
    fails(data, "cv=5", "target_encoder: needs at least 2 classes in 't', got only \"1\"");
    hone_estimator *est = support_create("target_encoder", "cv=3");
    cr_assert_eq(hone_set(est, "cv=1", &err), HONE_EINVAL);
    cr_assert_eq(hone_set(est, "smooth=-1", &err), HONE_EINVAL);
    hone_free(est);
}

Test(target_encoder, without_a_schema_few_whole_numbers_are_classes) {
    double x[24], y[24], more[24];
    for (size_t i = 0; i < 24; i++)
        x[i] = (double)(i % 5), y[i] = i % 2 ? 9 : 2, more[i] = (double)i;
    hone_dataset data = {.x = hone_view_of(x, 24, 1), .y = hone_view_of(y, 24, 1)};
    hone_estimator *est = support_create("target_encoder", "cv=3");
    ok(hone_fit(est, &data, NULL, &err));
    cr_assert_eq(hone_n_classes(est), 2);
    cr_assert(hone_classes(est)[0] == 2 && hone_classes(est)[1] == 9);
    data.y = hone_view_of(more, 24, 1); /* 24 of them are values */
    ok(hone_fit(est, &data, NULL, &err));
    cr_assert_eq(hone_n_classes(est), 0);
    hone_free(est);
}

Test(target_encoder, a_category_without_rows_becomes_the_mean) {
    struct toy toy;
    fill(&toy, 0);
    toy.data.weights = NULL;
    double sum = 0, asked[] = {3, 0, 17, 0}, out[4];
    for (size_t i = 0; i < N; i++) {
        toy.x[2 * i] = (double)(i % 3);
        sum += toy.y[i];
    }
    hone_estimator *est = support_create("target_encoder", "smooth=0");
    ok(hone_fit(est, &toy.data, NULL, &err));
    hone_dataset rows = {.x = hone_view_of(asked, 2, 2)};
    ok(hone_transform(est, &rows, out, NULL, &err));
    cr_assert(fabs(out[0] - sum / N) < 1e-12 && fabs(out[2] - sum / N) < 1e-12);
    hone_free(est);
}

Test(deal, groups_stay_whole_and_classes_are_shared_out) {
    struct toy toy;
    fill(&toy, 3);
    uint32_t groups[N], fold_of[N], of_group[30], counts[3][4] = {{0}};
    size_t folds = 4;
    hone_estimator *est = support_create("target_encoder", "cv=4");
    ok(hone_deal("test", &toy.data, 1, &folds, fold_of, &err));
    for (size_t i = 0; i < N; i++)
        counts[(size_t)toy.y[i]][fold_of[i]]++;
    for (size_t k = 0; k < 3; k++)
        for (size_t f = 1; f < 4; f++)
            cr_assert(counts[k][f] + 1 >= counts[k][0] && counts[k][f] <= counts[k][0] + 1);
    for (size_t i = 0; i < N; i++)
        groups[i] = (uint32_t)(i * 7 % 30) * 1000003u;
    toy.data.groups = groups;
    ok(hone_deal("test", &toy.data, 1, &folds, fold_of, &err));
    memset(of_group, 255, sizeof of_group);
    for (size_t i = 0; i < N; i++) {
        size_t g = i * 7 % 30;
        cr_assert(of_group[g] == UINT32_MAX || of_group[g] == fold_of[i]);
        of_group[g] = fold_of[i];
        cr_assert_lt(fold_of[i], 4);
    }
    hone_free(est);
}
