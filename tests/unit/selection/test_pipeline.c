/* A pipeline does what its steps do by hand, and is an estimator like any other. */
#include "toys.h"

#include "selection/registry.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

/* fill -> centre -> last, unfitted. */
static hone_estimator *three_steps(const hone_class *last) {
    hone_estimator *steps[] = {toy_new(&toy_fill), toy_new(&toy_centre), toy_new(last)};
    hone_estimator *est = NULL;
    ok(hone_set(steps[0], "value=0.25", &err));
    ok(hone_pipeline(steps, 3, &est, &err));
    return est;
}

static toy_data holed_data(size_t n, size_t k) {
    toy_data data = toy_data_make(n, 4, k, 5);
    for (size_t i = 0; i < n; i += 7)
        data.x[i * 4 + i % 4] = NAN;
    return data;
}

/* What the two transformers make of x, by hand. */
static double *centred(const hone_dataset *data) {
    size_t n = data->x.rows, m = data->x.cols;
    double *out = malloc(n * m * sizeof *out), *mean = calloc(m, sizeof *mean), total = 0;
    for (size_t i = 0; i < n; i++) {
        double w = data->weights ? data->weights[i] : 1;
        total += w;
        for (size_t j = 0; j < m; j++) {
            double value = hone_view_row(data->x, i)[j];
            out[i * m + j] = isnan(value) ? 0.25 : value;
            mean[j] += w * out[i * m + j];
        }
    }
    for (size_t j = 0; j < m; j++)
        mean[j] /= total;
    for (size_t i = 0; i < n * m; i++)
        out[i] -= mean[i % m];
    free(mean);
    return out;
}

Test(pipeline, equals_its_steps_by_hand) {
    enum { N = 300, K = 3 };
    for (int weighted = 0; weighted < 2; weighted++) {
        toy_data data = holed_data(N, K);
        double weights[N], a[N * K], b[N * K];
        for (size_t i = 0; i < N; i++)
            weights[i] = 1 + (double)(i % 3);
        data.set.weights = weighted ? weights : NULL; /* toy_fill refuses weights: it gets none */
        double *x = centred(&data.set);
        hone_dataset by_hand = data.set;
        by_hand.x = hone_view_of(x, N, 4);

        hone_estimator *pipeline = three_steps(&toy_nearest_mean);
        hone_estimator *alone = toy_new(&toy_nearest_mean);
        ok(hone_fit(pipeline, &data.set, NULL, &err));
        ok(hone_fit(alone, &by_hand, NULL, &err));
        ok(hone_predict(pipeline, &data.set, a, NULL, &err));
        ok(hone_predict(alone, &by_hand, b, NULL, &err));
        cr_assert_arr_eq(a, b, N * sizeof *a);
        ok(hone_predict_proba(pipeline, &data.set, a, NULL, &err));
        ok(hone_predict_proba(alone, &by_hand, b, NULL, &err));
        cr_assert_arr_eq(a, b, N * K * sizeof *a);
        ok(hone_decision_function(pipeline, &data.set, a, NULL, &err));
        ok(hone_decision_function(alone, &by_hand, b, NULL, &err));
        cr_assert_arr_eq(a, b, N * K * sizeof *a);
        hone_free(pipeline), hone_free(alone), free(x);
        toy_data_free(&data);
    }
}

Test(pipeline, of_transformers_transforms_and_keeps_the_names) {
    enum { N = 50 };
    toy_data data = holed_data(N, 0);
    hone_estimator *inner = NULL, *outer = NULL;
    hone_estimator *steps[] = {toy_new(&toy_fill), toy_new(&toy_centre)};
    ok(hone_set(steps[0], "value=0.25", &err));
    ok(hone_pipeline(steps, 2, &inner, &err));
    ok(hone_pipeline(&inner, 1, &outer, &err)); /* and one within another */
    cr_assert_eq(hone_estimator_task(outer), HONE_TRANSFORMER);
    ok(hone_fit(outer, &data.set, NULL, &err));
    const hone_schema *schema = hone_output_schema(outer);
    cr_assert_eq(schema->n_columns, 4);
    cr_assert_str_eq(schema->columns[2].name, "col2");
    double out[N * 4], label[N];
    double *expected = centred(&data.set);
    ok(hone_transform(outer, &data.set, out, NULL, &err));
    cr_assert_arr_eq(out, expected, sizeof out);
    cr_assert_eq(hone_predict(outer, &data.set, label, NULL, &err), HONE_EUNSUPPORTED);
    free(expected);
    hone_free(outer);
    toy_data_free(&data);
}

static hone_estimator *of_spec(const char *spec) {
    hone_estimator *est = NULL;
    ok(hone_create_spec(spec, HONE_TARGET_CLASSES, &est, &err));
    return est;
}

Test(pipeline, of_scalers_and_components_finds_the_way_back) {
    enum { N = 60, M = 4 };
    toy_data data = toy_data_make(N, M, 0, 2);
    hone_estimator *est = of_spec("standard_scaler | pca:n_components=4 | min_max_scaler");
    double there[N * M], back[N * M];
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_transform(est, &data.set, there, NULL, &err));
    ok(hone_inverse_transform(est, &(hone_dataset){.x = hone_view_of(there, N, M)}, back, NULL,
                              &err));
    cr_assert_gt(fabs(there[0] - data.x[0]), 1e-3);
    for (size_t i = 0; i < N * M; i++)
        cr_assert_float_eq(back[i], data.x[i], 1e-12);
    hone_free(est);
    est = of_spec("simple_imputer | standard_scaler"); /* what was missing is not known any more */
    ok(hone_fit(est, &data.set, NULL, &err));
    cr_assert_eq(hone_inverse_transform(est, &data.set, back, NULL, &err), HONE_EUNSUPPORTED);
    cr_assert_str_eq(err.message, "simple_imputer: gives no way back from its output");
    hone_free(est);
    toy_data_free(&data);
}

Test(pipeline, transforms_where_its_last_step_does) {
    enum { N = 60, K = 3 };
    toy_data data = toy_data_make(N, 4, 2, 2);
    hone_estimator *est = of_spec("standard_scaler | k_means:n_clusters=3");
    double far[N * K], label[N];
    ok(hone_fit(est, &data.set, NULL, &err));
    cr_assert_eq(hone_estimator_task(est), HONE_CLUSTERER);
    cr_assert_eq(hone_output_schema(est)->n_columns, K);
    ok(hone_transform(est, &data.set, far, NULL, &err));
    ok(hone_predict(est, &data.set, label, NULL, &err));
    for (size_t i = 0; i < N * K; i++)
        cr_assert_geq(far[i], far[i / K * K + (size_t)label[i / K]]);
    hone_dataset made = {.x = hone_view_of(far, N, K)};
    cr_assert_eq(hone_inverse_transform(est, &made, data.x, NULL, &err), HONE_EUNSUPPORTED);
    hone_free(est);
    est = of_spec("standard_scaler | logistic_regression");
    ok(hone_fit(est, &data.set, NULL, &err));
    cr_assert_null(hone_output_schema(est));
    cr_assert_eq(hone_transform(est, &data.set, far, NULL, &err), HONE_EUNSUPPORTED);
    cr_assert_eq(hone_inverse_transform(est, &data.set, far, NULL, &err), HONE_EUNSUPPORTED);
    hone_free(est);
    toy_data_free(&data);
}

Test(pipeline, task_and_tags_come_from_its_steps) {
    hone_estimator *whole = three_steps(&toy_nearest_mean), *unfilled = NULL;
    cr_assert_eq(hone_estimator_task(whole), HONE_CLASSIFIER);
    cr_assert_eq(hone_estimator_tags(whole), HONE_TAG_INTERNAL | HONE_TAG_PROBA |
                                                 HONE_TAG_DECISION | HONE_TAG_WEIGHTS |
                                                 HONE_TAG_MISSING); /* toy_fill is not exact */
    hone_estimator *steps[] = {toy_new(&toy_centre), toy_new(&toy_nearest_mean)};
    ok(hone_pipeline(steps, 2, &unfilled, &err));
    cr_assert_eq(hone_estimator_tags(unfilled), HONE_TAG_INTERNAL | HONE_TAG_PROBA |
                                                    HONE_TAG_DECISION | HONE_TAG_WEIGHTS |
                                                    HONE_TAG_EXACT_WEIGHTS);
    hone_estimator *late[] = {toy_new(&toy_centre), toy_new(&toy_fill)}, *filler = NULL;
    ok(hone_pipeline(late, 2, &filler, &err)); /* the hole meets toy_centre first */
    cr_assert_eq(hone_estimator_tags(filler), HONE_TAG_INTERNAL | HONE_TAG_FILLS);
    hone_estimator *real = three_steps(&toy_mean);
    cr_assert_eq(hone_estimator_task(real), HONE_REGRESSOR);
    hone_free(whole), hone_free(unfilled), hone_free(filler), hone_free(real);
}

Test(pipeline, gives_back_the_labels_that_it_was_given) {
    enum { N = 60 };
    toy_data data = toy_data_make(N, 3, 2, 1);
    for (size_t i = 0; i < N; i++)
        data.y[i] = data.y[i] > 0 ? 7 : -3;
    data.set.schema = NULL; /* raw arrays */
    hone_estimator *est = three_steps(&toy_nearest_mean);
    double label[N];
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_predict(est, &data.set, label, NULL, &err));
    cr_assert_eq(hone_n_classes(est), 2);
    cr_assert_eq(hone_classes(est)[0], -3);
    size_t right = 0;
    for (size_t i = 0; i < N; i++) {
        cr_assert(label[i] == 7 || label[i] == -3);
        right += label[i] == data.y[i];
    }
    cr_assert_gt(right, N * 3 / 4);
    hone_free(est);
    toy_data_free(&data);
}

Test(pipeline, parameters_of_its_steps_are_reached_by_name) {
    hone_estimator *est = three_steps(&toy_nearest_mean), *copy = NULL;
    char value[64];
    ok(hone_set(est, "toy_fill__value=-2.5", &err));
    ok(hone_clone(est, &copy, &err));
    ok(hone_get(copy, "toy_fill__value", value, sizeof value, &err));
    cr_assert_str_eq(value, "-2.5");
    cr_assert_eq(hone_set(est, "toy_fill__valve=1", &err), HONE_ENAME);
    hone_free(est), hone_free(copy);
}

static const hone_class *lookup(const char *name) {
    const hone_class *toys[] = {&toy_fill, &toy_centre, &toy_nearest_mean, &hone_pipeline_class};
    for (size_t i = 0; i < 4; i++)
        if (!strcmp(toys[i]->name, name))
            return toys[i];
    return NULL;
}

Test(pipeline, is_saved_and_read_back_whole) {
    enum { N = 100, K = 3 };
    toy_data data = holed_data(N, K);
    hone_estimator *est = three_steps(&toy_nearest_mean), *loaded = NULL, *copy = NULL;
    const char *path = support_path("pipeline.hone");
    double a[N * K], b[N * K];
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_save(est, path, &err));
    ok(hone_model_read(path, lookup, &loaded, &err));
    cr_assert(hone_estimator_equal(est, loaded));
    ok(hone_predict_proba(est, &data.set, a, NULL, &err));
    ok(hone_predict_proba(loaded, &data.set, b, NULL, &err));
    cr_assert_arr_eq(a, b, sizeof a);
    ok(hone_clone(loaded, &copy, &err)); /* a clone of what was read can be fitted again */
    cr_assert_not(hone_is_fitted(copy));
    ok(hone_fit(copy, &data.set, NULL, &err));
    cr_assert(hone_estimator_equal(est, copy));
    unlink(path);
    hone_free(est), hone_free(loaded), hone_free(copy);
    toy_data_free(&data);
}

Test(pipeline, refuses_a_state_whose_steps_do_not_fit_together) {
    toy_data data = holed_data(40, 2);
    hone_estimator *est = three_steps(&toy_nearest_mean);
    ok(hone_fit(est, &data.set, NULL, &err));
    const void *params = hone_estimator_params(est), *state = hone_estimator_state(est);
    ok(hone_pipeline_class.validate(params, state, 4, 2, &err));
    cr_assert_eq(hone_pipeline_class.validate(params, state, 5, 2, &err), HONE_EFORMAT);
    cr_assert_str_eq(err.message, "step 1 (toy_fill) takes 4 columns where 5 arrive");
    cr_assert_eq(hone_pipeline_class.validate(params, state, 4, 3, &err), HONE_EFORMAT);
    cr_assert_str_eq(err.message, "step 3 (toy_nearest_mean) has other classes");
    hone_steps none = {0, NULL}, *steps = hone_estimator_params(est), whole = *steps;
    *steps = none;
    cr_assert_eq(hone_pipeline_class.validate(params, state, 4, 2, &err), HONE_EFORMAT);
    *steps = (hone_steps){2, whole.at};
    cr_assert_eq(hone_pipeline_class.validate(params, state, 4, 2, &err), HONE_EFORMAT);
    *steps = whole;
    hone_free(est);
    toy_data_free(&data);
}

Test(pipeline, takes_its_steps_over_even_when_it_refuses_them) {
    long before = hone_alloc_live();
    hone_estimator *est = NULL;
    hone_estimator *wrong[] = {toy_new(&toy_mean), toy_new(&toy_centre)};
    cr_assert_eq(hone_pipeline(wrong, 2, &est, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "pipeline: step 1 (toy_mean) does not transform; only the last "
                                  "may be something else");
    cr_assert_eq(hone_pipeline(NULL, 0, &est, &err), HONE_EINVAL);
    cr_assert_null(est);
    cr_assert_eq(hone_alloc_live(), before);
}

Test(pipeline, a_failed_fit_leaves_the_old_model_whole) {
    enum { N = 30 };
    toy_data data = holed_data(N, 2);
    hone_estimator *est = three_steps(&toy_nearest_mean);
    double a[N], b[N];
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_predict(est, &data.set, a, NULL, &err));
    double saved = data.x[1];
    data.x[1] = INFINITY;
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_EDATA);
    data.x[1] = saved;
    ok(hone_predict(est, &data.set, b, NULL, &err));
    cr_assert_arr_eq(a, b, sizeof a);
    hone_free(est);
    toy_data_free(&data);
}

Test(pipeline, gives_the_same_bits_for_any_number_of_threads) {
    enum { N = 20000 };
    toy_data data = holed_data(N, 2);
    hone_estimator *est = three_steps(&toy_nearest_mean);
    double *a = malloc(2 * N * sizeof *a), *b = malloc(2 * N * sizeof *b);
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_predict_proba(est, &data.set, a, &(hone_monitor){.threads = 1}, &err));
    for (int threads = 2; threads <= 4; threads += 2) {
        ok(hone_predict_proba(est, &data.set, b, &(hone_monitor){.threads = threads}, &err));
        cr_assert_arr_eq(a, b, 2 * N * sizeof *a);
    }
    hone_free(est);
    free(a), free(b);
    toy_data_free(&data);
}

Test(pipeline, a_failing_allocation_leaks_nothing) {
    enum { N = 30 };
    toy_data data = holed_data(N, 2);
    hone_monitor alone = {.threads = 1};
    double out[2 * N];
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status == HONE_ENOMEM; k++) {
        hone_estimator *steps[] = {toy_new(&toy_fill), toy_new(&toy_centre),
                                   toy_new(&toy_nearest_mean)};
        hone_estimator *est = NULL, *copy = NULL;
        long before = hone_alloc_live() - 6; /* each step: the object and its parameters */
        hone_alloc_fail_at(k, 0);
        status = hone_pipeline(steps, 3, &est, &err);
        if (status == HONE_OK)
            status = hone_clone(est, &copy, &err);
        if (status == HONE_OK)
            status = hone_fit(copy, &data.set, &alone, &err);
        if (status == HONE_OK)
            status = hone_predict_proba(copy, &data.set, out, &alone, &err);
        hone_alloc_fail_at(0, 0);
        hone_free(est), hone_free(copy);
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
        cr_assert_lt(k, 1000);
    }
    ok(status);
    toy_data_free(&data);
}
