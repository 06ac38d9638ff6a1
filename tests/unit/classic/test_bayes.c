/* Naive Bayes and linear discriminant analysis against scikit-learn (tests/golden/bayes.json). */
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An estimator and the data of an example; owns both. */
struct example {
    hone_estimator *est;
    hone_dataset *table;
    double *weights, *x; /* x: every 17th row */
    hone_dataset data, some;
};

static void open_example(const hone_json *json, struct example *e) {
    hone_error err;
    *e = (struct example){0};
    e->table = support_data(hone_json_as_text(hone_json_get(json, "file")),
                            hone_json_as_text(hone_json_get(json, "target")));
    size_t n = (size_t)support_real(json, "rows"), m = e->table->x.cols;
    e->weights = calloc(n, sizeof *e->weights);
    e->x = calloc(n * m, sizeof *e->x);
    e->data = *e->table;
    e->data.x.rows = e->data.y.rows = n;
    size_t rows = 0;
    for (size_t i = 0; i < n; i++) {
        e->weights[i] = (double)(1 + i % 2);
        if (i % 17 == 0)
            memcpy(e->x + rows++ * m, hone_view_row(e->table->x, i), m * sizeof *e->x);
    }
    if (hone_json_as_boolean(hone_json_get(json, "weighted")))
        e->data.weights = e->weights;
    e->some = (hone_dataset){.x = hone_view_of(e->x, rows, m)};
    cr_assert_eq(hone_create(hone_json_as_text(hone_json_get(json, "estimator")), &e->est, NULL),
                 HONE_OK);
    cr_assert_eq(hone_set(e->est, hone_json_as_text(hone_json_get(json, "params")), &err), HONE_OK,
                 "%s", err.message);
    cr_assert_eq(hone_fit(e->est, &e->data, NULL, &err), HONE_OK, "%s", err.message);
}

static void close_example(struct example *e) {
    hone_free(e->est);
    hone_dataset_free(e->table);
    free(e->weights), free(e->x);
}

typedef hone_status ask_fn(const hone_estimator *, const hone_dataset *, double *,
                           const hone_monitor *, hone_error *);

static void expect_answers(const hone_json *json, const char *key, const struct example *e,
                           ask_fn *ask, double most) {
    size_t n;
    double *want = support_reals(json, key, &n), *got = calloc(n, sizeof *got);
    cr_assert_eq(ask(e->est, &e->some, got, NULL, NULL), HONE_OK);
    double worst = support_distance(got, want, n);
    cr_expect(worst <= most, "%s: %s differs by %g", hone_json_as_text(hone_json_get(json, "name")),
              key, worst);
    free(want), free(got);
}

/* The sign of each discriminant is free: columns are compared by the better one. */
static void expect_transform(const hone_json *json, const struct example *e) {
    size_t n, cols = hone_output_schema(e->est)->n_columns;
    double *want = support_reals(json, "transform", &n), *got = calloc(n, sizeof *got);
    cr_assert_eq(n, cols * e->some.x.rows);
    cr_assert_eq(hone_transform(e->est, &e->some, got, NULL, NULL), HONE_OK);
    for (size_t c = 0; c < cols; c++) {
        double same = 0, turned = 0;
        for (size_t i = c; i < n; i += cols) {
            same = fmax(same, fabs(got[i] - want[i]));
            turned = fmax(turned, fabs(got[i] + want[i]));
        }
        cr_expect(fmin(same, turned) < 1e-6, "%s: discriminant %zu differs by %g",
                  hone_json_as_text(hone_json_get(json, "name")), c, fmin(same, turned));
    }
    free(want), free(got);
}

static void expect_ratio(const hone_json *json, const struct example *e) {
    size_t n;
    hone_view ratio;
    double *want = support_reals(json, "ratio", &n);
    cr_assert_eq(hone_get_array(e->est, "explained_variance_ratio", &ratio, NULL), HONE_OK);
    cr_assert_eq(ratio.rows, n);
    cr_expect(support_distance(ratio.data, want, n) < 1e-9);
    free(want);
}

Test(bayes, answers_are_those_of_scikit_learn) {
    hone_json *golden = support_golden("bayes.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 15);
    for (size_t i = 0; i < hone_json_size(cases); i++) {
        const hone_json *json = hone_json_at(cases, i);
        struct example e;
        open_example(json, &e);
        expect_answers(json, "proba", &e, hone_predict_proba, 1e-9);
        if (hone_json_get(json, "transform")) {
            expect_answers(json, "decision", &e, hone_decision_function, 1e-6);
            expect_transform(json, &e);
            expect_ratio(json, &e);
        }
        close_example(&e);
    }
    hone_json_free(golden);
}

/* ---- what has no counterpart there ---------------------------------------------------------- */

static const double X[] = {1, 0, 2, 1, 3, 0, 8, 4, 9, 5, 7, 6}, Y[] = {0, 0, 0, 1, 1, 1};
static const hone_dataset DATA = {.x = {X, 6, 2, 2}, .y = {Y, 6, 1, 1}};

static void expect_sentence(const char *name, const char *settings, const hone_dataset *data,
                            const char *sentence) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_create(name, &est, NULL), HONE_OK);
    if (hone_set(est, settings, &err) == HONE_OK)
        cr_expect_neq(hone_fit(est, data, NULL, &err), HONE_OK);
    cr_expect_str_eq(err.message, sentence);
    hone_free(est);
}

Test(bayes, bad_settings_get_a_sentence) {
    static const double negative[] = {1, 0, 2, -1, 3, 0, 8, 4, 9, 5, 7, 6};
    static const double flat[] = {1, 0, 1, 1, 1, 0, 8, 4, 9, 5, 7, 6};
    hone_dataset below = DATA, constant = DATA;
    below.x.data = negative, constant.x.data = flat;
    expect_sentence("multinomial_nb", "", &below,
                    "multinomial_nb: row 2, column 'x1' is -1, expected a count, 0 or more");
    expect_sentence("gaussian_nb", "var_smoothing=0", &constant,
                    "gaussian_nb: column 1 is constant in class \"0\"; give var_smoothing above 0");
    expect_sentence("gaussian_nb", "priors={0:0.2,1:0.3}", &DATA,
                    "gaussian_nb: priors must name every class of 'y' and sum to 1, got a sum of "
                    "0.5");
    expect_sentence("gaussian_nb", "priors={0:0.2,7:0.8}", &DATA,
                    "gaussian_nb: priors {0:0.2,7:0.8} name a class that 'y' does not have");
    expect_sentence("linear_discriminant_analysis", "n_components=2", &DATA,
                    "linear_discriminant_analysis: n_components must be at most 1 (columns, and "
                    "classes - 1), got 2");
    expect_sentence("linear_discriminant_analysis", "shrinkage=0.5", &DATA,
                    "linear_discriminant_analysis: solver=svd does not shrink; take solver=eigen");
    hone_dataset two = DATA;
    static const double y[] = {0, 1};
    two.x.rows = 2, two.y = hone_view_of(y, 2, 1);
    expect_sentence("linear_discriminant_analysis", "", &two,
                    "linear_discriminant_analysis: needs more rows than classes, got a weight of 2 "
                    "and 2 classes");
}

/* Batches give the model of all rows at once. */
/* Columns times columns would be 720 GB. */
Test(bayes, discriminants_of_few_rows_with_many_columns_need_little_memory) {
    enum { N = 6, M = 300000 };
    double *x = calloc((size_t)N * M, sizeof *x), y[N], out[N];
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    for (size_t i = 0; i < N; i++) {
        y[i] = (double)(i % 2);
        for (size_t j = 0; j < M; j++)
            x[i * M + j] = (double)((i * 7 + j * j) % 11) + 4 * y[i] * (j % 3 == 0);
    }
    hone_dataset data = {.x = hone_view_of(x, N, M), .y = hone_view_of(y, N, 1)};
    cr_assert_eq(hone_create("linear_discriminant_analysis", &est, &err), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_predict(est, &data, out, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_arr_eq(out, y, sizeof y);
    hone_free(est);
    free(x);
}

Test(bayes, batches_are_the_whole) {
    static const char *const NAMES[] = {"gaussian_nb", "multinomial_nb"};
    for (size_t e = 0; e < 2; e++) {
        hone_dataset *data = support_data("digits.csv", "digit");
        hone_estimator *whole = NULL, *parts = NULL;
        cr_assert_eq(hone_create(NAMES[e], &whole, NULL), HONE_OK);
        cr_assert_eq(hone_create(NAMES[e], &parts, NULL), HONE_OK);
        cr_assert_eq(hone_fit(whole, data, NULL, NULL), HONE_OK);
        for (size_t from = 0; from < data->x.rows; from += 500) {
            hone_dataset batch = *data;
            size_t n = data->x.rows - from < 500 ? data->x.rows - from : 500;
            batch.x = hone_view_rows(data->x, from, n);
            batch.y = hone_view_rows(data->y, from, n);
            batch.row_ids = NULL;
            cr_assert_eq(hone_partial_fit(parts, &batch, NULL, NULL), HONE_OK);
        }
        size_t n = data->x.rows * 10;
        double *a = calloc(n, sizeof *a), *b = calloc(n, sizeof *b);
        cr_assert_eq(hone_predict_proba(whole, data, a, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict_proba(parts, data, b, NULL, NULL), HONE_OK);
        cr_expect(support_distance(a, b, n) < 1e-9, "%s: %g", NAMES[e], support_distance(a, b, n));
        free(a), free(b);
        hone_free(whole), hone_free(parts);
        hone_dataset_free(data);
    }
}
