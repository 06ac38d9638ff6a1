/* The wrapper around every estimator, seen through a class of the test's own: what its slots get.
 */
#include "core/estimator_impl.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

struct params {
    double shift;
    hone_short_text class_weight;
};
static const hone_param PARAMS[] = {
    HONE_REAL(params, shift, 0, "(-inf, inf)", "added to every score"),
    HONE_CLASS_WEIGHT(params, class_weight, "weights of the classes"),
    HONE_PARAM_END,
};

/* Keeps what fit was given, to be looked at. */
struct state {
    size_t n, k;
    double *y, *w;
    double weighted;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n, "rows"),
    HONE_COUNT(state, k, "classes"),
    HONE_VECTOR(state, y, n, "codes"),
    HONE_VECTOR(state, w, n, "weights"),
    HONE_NUMBER(state, weighted, "were there weights"),
    HONE_ATTR_END,
};

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    struct state *state = out;
    (void)params;
    (void)mon;
    state->n = data->x.rows;
    state->k = hone_fit_classes(data);
    state->weighted = data->weights != NULL;
    hone_status status;
    if ((status = hone_new(&state->y, state->n, err)) ||
        (status = hone_new(&state->w, state->n, err)))
        return status;
    for (size_t i = 0; i < state->n; i++) {
        state->y[i] = data->y.data[i * data->y.ld];
        state->w[i] = data->weights ? data->weights[i] : 1;
    }
    return HONE_OK;
}

/* Class 1 for rows whose first column is positive. */
static hone_status decision(const void *params, const void *state, hone_view x, double *out,
                            hone_error *err) {
    (void)state;
    (void)err;
    for (size_t i = 0; i < x.rows; i++)
        out[i] = hone_view_row(x, i)[0] + ((const struct params *)params)->shift;
    return HONE_OK;
}

static const hone_class SIGN = {
    .name = "sign",
    .summary = "the sign of the first column",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_DECISION,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .decision = decision,
};

static const double X[] = {-1, 0, 2, 0, -3, 0, 4, 0, 5, 0};
static const double Y[] = {10, 30, 10, 30, 30};

static hone_estimator *make(void) {
    hone_estimator *est = NULL;
    cr_assert_eq(hone_estimator_new(&SIGN, &est, NULL), HONE_OK);
    return est;
}

static hone_dataset five_rows(void) {
    return (hone_dataset){.x = hone_view_of(X, 5, 2), .y = hone_view_of(Y, 5, 1)};
}

Test(wrapper, codes_the_classes_and_gives_labels_back) {
    hone_estimator *est = make();
    hone_dataset data = five_rows();
    double out[5];
    hone_view y;
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(est, "y", &y, NULL), HONE_OK);
    const double codes[] = {0, 1, 0, 1, 1}, labels[] = {10, 30, 10, 30, 30};
    cr_assert(memcmp(y.data, codes, sizeof codes) == 0);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert(memcmp(out, labels, sizeof labels) == 0);
    hone_free(est);
}

Test(wrapper, class_weights_multiply_into_sample_weights) {
    hone_estimator *est = make();
    hone_dataset data = five_rows();
    const double w[] = {1, 2, 0, 1, 1};
    hone_view got;
    data.weights = w;
    cr_assert_eq(hone_set(est, "class_weight={10:3,30:0.5}", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(est, "w", &got, NULL), HONE_OK);
    const double want[] = {3, 1, 0.5, 0.5}; /* the row of weight zero is gone */
    cr_assert(got.rows == 4 && memcmp(got.data, want, sizeof want) == 0);
    cr_assert_eq(hone_set(est, "class_weight=balanced", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_get_array(est, "w", &got, NULL), HONE_OK);
    /* totals 1 and 4 of 5: factors 5/(2*1), 5/(2*4) */
    const double balanced[] = {2.5, 1.25, 0.625, 0.625};
    cr_assert(memcmp(got.data, balanced, sizeof balanced) == 0);
    hone_error err;
    cr_assert_eq(hone_set(est, "class_weight={11:3}", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "sign: class_weight names \"11\", which is no class");
    hone_free(est);
}

Test(wrapper, parameters_are_those_of_the_fit) {
    hone_estimator *est = make();
    hone_dataset data = five_rows();
    double before[5], after[5];
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_decision_function(est, &data, before, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_set_number(est, "shift", 100, NULL), HONE_OK);
    cr_assert_eq(hone_decision_function(est, &data, after, NULL, NULL), HONE_OK);
    cr_assert(memcmp(before, after, sizeof before) == 0);
    cr_assert_eq(hone_predict_proba(est, &data, after, NULL, NULL), HONE_EUNSUPPORTED);
    hone_free(est);
}

Test(wrapper, a_failed_set_changes_nothing) {
    hone_estimator *est = make();
    char text[64];
    hone_error err;
    cr_assert_eq(hone_set(est, "shift=1 class_weight=maybe", &err), HONE_EINVAL);
    cr_assert_eq(hone_get(est, "shift", text, sizeof text, NULL), HONE_OK);
    cr_assert_str_eq(text, "0");
    cr_assert_eq(hone_set(est, "shift", &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "sign: expected name=value, got 'shift'");
    cr_assert_eq(hone_set(est, "shift=1, class_weight={0:2,1:1} shift=2", &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "sign: parameter shift is given twice");
    cr_assert_eq(hone_set(est, "shfit=1", &err), HONE_ENAME);
    cr_assert_str_eq(err.message, "sign: unknown parameter 'shfit'; did you mean 'shift'?");
    hone_free(est);
}

Test(wrapper, class_weight_may_name_a_class_that_these_rows_lack) {
    static const char *const LEVELS[] = {"a", "b", "c"};
    hone_column columns[] = {{.name = "u"}, {.name = "v"}};
    hone_column target = {"t", HONE_CATEGORICAL, 3, LEVELS};
    hone_schema schema = {2, columns, 1, &target};
    const double y[] = {0, 2, 0, 2, 2};
    hone_dataset data = {.x = hone_view_of(X, 5, 2), .y = hone_view_of(y, 5, 1), .schema = &schema};
    hone_estimator *est = make();
    cr_assert_eq(hone_set(est, "class_weight={b:3,c:2}", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, "class_weight={d:3}", NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_EINVAL);
    hone_free(est);
}

Test(wrapper, schema_classes_not_met_are_left_out_of_the_fit) {
    static const char *const LEVELS[] = {"a", "b", "c"};
    hone_column columns[] = {{.name = "u"}, {.name = "v"}};
    hone_column target = {"t", HONE_CATEGORICAL, 3, LEVELS};
    hone_schema schema = {2, columns, 1, &target};
    const double y[] = {0, 2, 0, 2, 2};
    hone_dataset data = {.x = hone_view_of(X, 5, 2), .y = hone_view_of(y, 5, 1), .schema = &schema};
    hone_estimator *est = make();
    double out[5], k;
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_get_number(est, "k", &k, NULL), HONE_OK);
    cr_assert(k == 2 && hone_classes(est)[1] == 2);
    cr_assert_eq(hone_input_schema(est)->targets[0].n_levels, 3);
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert(memcmp(out, y, sizeof y) == 0);
    hone_free(est);
}

/* 200 classes are found one by one, 300 by sorting: both code a scattered y by its rank. */
Test(wrapper, many_classes_are_coded_in_order) {
    enum { N = 1200 };
    static double x[N], y[N];
    for (size_t k = 200; k <= 300; k += 100) {
        for (size_t i = 0; i < N; i++)
            y[i] = 2.5e6 - 3.0 * (double)(i * 7 % k) - (double)(i % 2 ? 5000000 : 0);
        hone_estimator *est = make();
        hone_dataset data = {.x = hone_view_of(x, N, 1), .y = hone_view_of(y, N, 1)};
        cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
        hone_view codes;
        cr_assert_eq(hone_n_classes(est), k);
        cr_assert_eq(hone_get_array(est, "y", &codes, NULL), HONE_OK);
        for (size_t i = 0; i < N; i++) {
            double smaller = 0;
            for (size_t j = 0; j < k; j++) /* one row of each class */
                smaller += y[j] < y[i];
            cr_assert_eq(codes.data[i], smaller);
        }
        hone_free(est);
    }
}

Test(wrapper, models_of_the_same_columns_share_one_schema) {
    hone_column columns[] = {{.name = "u"}, {.name = "v"}};
    hone_schema schema = {2, columns, 0, NULL};
    const double y[] = {0, 1, 0, 1, 1};
    hone_dataset data = {.x = hone_view_of(X, 5, 2), .y = hone_view_of(y, 5, 1), .schema = &schema};
    hone_estimator *first = make(), *second = NULL;
    cr_assert_eq(hone_fit(first, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_estimator_copy(first, &second, NULL), HONE_OK);
    const hone_schema *shared = hone_input_schema(first);
    cr_assert_eq(hone_input_schema(second), shared);
    cr_assert_eq(hone_fit(second, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_input_schema(second), shared);
    hone_free(first);
    cr_assert_str_eq(hone_input_schema(second)->columns[1].name, "v");
    columns[1].name = "w";
    cr_assert_eq(hone_fit(second, &data, NULL, NULL), HONE_OK);
    cr_assert_str_eq(hone_input_schema(second)->columns[1].name, "w");
    hone_free(second);
}

/* Codes are taken as they come, other values and those with gaps between them are copied. */
Test(wrapper, a_class_has_one_code_however_y_is_given) {
    const double codes[] = {1, 0, 1, 0, 0}, values[] = {7, -2, 7, -2, -2};
    const double apart[] = {1, 9, 0, 9, 1, 9, 0, 9, 0};
    const hone_view given[] = {
        hone_view_of(codes, 5, 1), hone_view_of(values, 5, 1), {apart, 5, 1, 2}};
    for (size_t g = 0; g < 3; g++) {
        hone_estimator *est = make();
        hone_dataset data = {.x = hone_view_of(X, 5, 2), .y = given[g]};
        hone_view seen;
        cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_get_array(est, "y", &seen, NULL), HONE_OK);
        cr_assert(memcmp(seen.data, codes, sizeof codes) == 0);
        hone_free(est);
    }
}
