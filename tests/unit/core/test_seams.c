/* The other ways in, seen through a class of the test's own that sums: shared work, batches, warm
 * starts and compressed rows. */
#include "core/estimator_impl.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

struct params {
    double factor, power;
    bool warm_start;
};
static const hone_param PARAMS[] = {
    HONE_REAL(params, factor, 1, "(-inf, inf)", "of every sum"),
    HONE_REAL(params, power, 1, "[0, inf)", "to which cells are raised"),
    HONE_BOOL(params, warm_start, false, "go on from the last sum"),
    HONE_PARAM_END,
};

struct state {
    size_t m, shared;
    double *sum; /* m */
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, m, "columns"),
    HONE_COUNT(state, shared, "was there shared work"),
    HONE_VECTOR(state, sum, m, "sums of the columns"),
    HONE_ATTR_END,
};

struct work {
    size_t n, m;
    double *powers; /* n x m */
};
static const hone_attr WORK_ATTRS[] = {
    HONE_COUNT(work, n, "rows"),
    HONE_COUNT(work, m, "columns"),
    HONE_ARRAY(work, powers, n, m, "powers of the cells"),
    HONE_ATTR_END,
};
static const char *const WORK_PARAMS[] = {"power", NULL};

static hone_status open_state(struct state *state, size_t m, hone_error *err) {
    state->m = m;
    return state->sum ? HONE_OK : hone_new(&state->sum, m, err);
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    const struct params *p = params;
    struct state *state = out;
    (void)mon;
    hone_status status = open_state(state, hone_dataset_cols(data), err);
    if (status != HONE_OK)
        return status;
    const hone_csr *csr = data->sparse;
    for (size_t k = 0; csr && k < csr->starts[csr->rows]; k++)
        state->sum[csr->columns[k]] += p->factor * pow(csr->values[k], p->power);
    for (size_t i = 0; i < data->x.rows; i++)
        for (size_t j = 0; j < data->x.cols; j++)
            state->sum[j] += p->factor * pow(hone_view_row(data->x, i)[j], p->power);
    return HONE_OK;
}

static hone_status prepare(const void *params, const hone_dataset *data, const hone_monitor *mon,
                           void *out, hone_error *err) {
    const struct params *p = params;
    struct work *work = out;
    (void)mon;
    work->n = data->x.rows, work->m = data->x.cols;
    hone_status status = hone_new2(&work->powers, work->n, work->m, err);
    for (size_t i = 0; status == HONE_OK && i < work->n; i++)
        for (size_t j = 0; j < work->m; j++)
            work->powers[i * work->m + j] = pow(hone_view_row(data->x, i)[j], p->power);
    return status;
}

static hone_status fit_prepared(const void *params, const hone_dataset *data, const void *shared,
                                const size_t *rows, const hone_monitor *mon, void *out,
                                hone_error *err) {
    const struct params *p = params;
    const struct work *work = shared;
    struct state *state = out;
    (void)mon;
    hone_status status = open_state(state, work->m, err);
    state->shared = 1;
    for (size_t i = 0; status == HONE_OK && i < data->x.rows; i++)
        for (size_t j = 0; j < work->m; j++)
            state->sum[j] += p->factor * work->powers[(rows ? rows[i] : i) * work->m + j];
    return status;
}

static hone_status transform(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err) {
    const struct state *s = state;
    (void)params;
    (void)err;
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < s->m; j++)
            out[i * s->m + j] = hone_view_row(x, i)[j] - s->sum[j];
    return HONE_OK;
}

static hone_status transform_sparse(const void *params, const void *state, const hone_csr *x,
                                    double *out, hone_error *err) {
    const struct state *s = state;
    (void)params;
    (void)err;
    for (size_t i = 0; i < x->rows; i++) {
        for (size_t j = 0; j < s->m; j++)
            out[i * s->m + j] = -s->sum[j];
        for (size_t k = x->starts[i]; k < x->starts[i + 1]; k++)
            out[i * s->m + x->columns[k]] += x->values[k];
    }
    return HONE_OK;
}
static const hone_sparse_slots SPARSE = {.transform = transform_sparse};

static const hone_class SUMS = {
    .name = "sums",
    .summary = "sums of columns",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_SPARSE | HONE_TAG_PARTIAL,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .partial_fit = fit,
    .transform = transform,
    .sparse = &SPARSE,
    .prepare = prepare,
    .fit_prepared = fit_prepared,
    .work_params = WORK_PARAMS,
    .work_attrs = WORK_ATTRS,
    .work_size = sizeof(struct work),
};

static const double X[] = {1, 10, 2, 20, 3, 30, 4, 40};
static const hone_dataset DATA = {.x = {X, 4, 2, 2}};

static hone_estimator *make(const char *settings) {
    hone_estimator *est = NULL;
    cr_assert_eq(hone_estimator_new(&SUMS, &est, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, settings, NULL), HONE_OK);
    return est;
}

static void expect_sums(const hone_estimator *est, double a, double b) {
    hone_view sum;
    cr_assert_eq(hone_get_array(est, "sum", &sum, NULL), HONE_OK);
    cr_expect_eq(sum.data[0], a, "%g", sum.data[0]);
    cr_expect_eq(sum.data[1], b, "%g", sum.data[1]);
}

Test(seams, work_serves_other_values_of_parameters_it_does_not_depend_on) {
    hone_estimator *est = make("power=2"), *other = make("power=2 factor=10"), *third = make("");
    hone_work *work = NULL;
    hone_error err;
    double number;
    cr_assert_eq(hone_work_prepare(est, &DATA, NULL, &work, NULL), HONE_OK);
    cr_expect(hone_work_serves(work, other));
    cr_expect_not(hone_work_serves(work, third));
    cr_assert_eq(hone_fit_prepared(other, &DATA, work, NULL, NULL, NULL), HONE_OK);
    expect_sums(other, 300, 30000);
    cr_assert_eq(hone_get_number(other, "shared", &number, NULL), HONE_OK);
    cr_expect_eq(number, 1);
    cr_expect_eq(hone_fit_prepared(third, &DATA, work, NULL, NULL, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "sums: the shared work was made for other parameters");
    hone_work_free(work);
    hone_free(est), hone_free(other), hone_free(third);
}

Test(seams, rows_of_weight_zero_are_left_out_of_prepared_rows_too) {
    static const double part[] = {4, 40, 2, 20, 1, 10}, weights[] = {1, 0, 1};
    static const size_t rows[] = {3, 1, 0};
    hone_dataset data = {.x = hone_view_of(part, 3, 2), .weights = weights};
    hone_estimator *est = make("");
    hone_work *work = NULL;
    cr_assert_eq(hone_work_prepare(est, &DATA, NULL, &work, NULL), HONE_OK);
    cr_assert_eq(hone_fit_prepared(est, &data, work, rows, NULL, NULL), HONE_OK);
    expect_sums(est, 5, 50);
    hone_work_free(work);
    hone_free(est);
}

Test(seams, batches_add_up_and_a_fit_begins_anew) {
    hone_estimator *est = make("");
    hone_dataset first = DATA, second = DATA;
    first.x = hone_view_rows(DATA.x, 0, 1);
    second.x = hone_view_rows(DATA.x, 1, 3);
    cr_assert_eq(hone_partial_fit(est, &first, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_partial_fit(est, &second, NULL, NULL), HONE_OK);
    expect_sums(est, 10, 100);
    cr_assert_eq(hone_fit(est, &first, NULL, NULL), HONE_OK);
    expect_sums(est, 1, 10);
    hone_free(est);
}

Test(seams, batches_are_matched_by_name) {
    static const hone_column ab[] = {{.name = "a"}, {.name = "b"}},
                             ba[] = {{.name = "b"}, {.name = "a"}};
    hone_schema named = {2, ab, 0, NULL}, turned = {2, ba, 0, NULL};
    hone_estimator *est = make("");
    hone_dataset data = DATA;
    data.schema = &named;
    cr_assert_eq(hone_partial_fit(est, &data, NULL, NULL), HONE_OK);
    data.schema = &turned;
    cr_assert_eq(hone_partial_fit(est, &data, NULL, NULL), HONE_OK);
    expect_sums(est, 110, 110);
    hone_free(est);
}

Test(seams, warm_start_goes_on_from_the_last_fit) {
    hone_estimator *est = make("warm_start=true");
    cr_assert_eq(hone_fit(est, &DATA, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_fit(est, &DATA, NULL, NULL), HONE_OK);
    expect_sums(est, 20, 200);
    hone_free(est);
}

Test(seams, compressed_rows_are_checked_and_asked_in_blocks) {
    enum { N = 9000 };
    static double values[N], out[2 * N];
    static uint32_t columns[N];
    static size_t starts[N + 1];
    for (size_t i = 0; i < N; i++)
        values[i] = 1, columns[i] = (uint32_t)(i % 2), starts[i + 1] = i + 1;
    hone_csr csr = {values, columns, starts, N, 2};
    hone_dataset data = {.sparse = &csr};
    hone_estimator *est = make("");
    hone_error err;
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    expect_sums(est, N / 2, N / 2);
    cr_assert_eq(hone_transform(est, &data, out, NULL, &err), HONE_OK, "%s", err.message);
    for (size_t i = 0; i < N; i++)
        cr_assert_eq(out[2 * i + i % 2], 1 - N / 2);
    columns[7] = 2;
    cr_expect_eq(hone_fit(est, &data, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "sums: row 8 of the sparse data: columns must ascend below 2");
    columns[7] = 1, values[5] = NAN;
    cr_expect_eq(hone_transform(est, &data, out, NULL, &err), HONE_EDATA);
    cr_expect(strstr(err.message, "row 6, column 'x1' is missing"), "%s", err.message);
    hone_free(est);
}
