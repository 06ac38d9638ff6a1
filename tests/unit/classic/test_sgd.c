/* Stochastic gradient descent against scikit-learn, row by row in order (tests/golden/sgd.json). */
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64 }; /* rows of the golden data, at most */

/* The data of the golden file; owns them. */
struct example {
    double *x, *y, *weights;
    hone_dataset data;
};

static struct example open_example(const hone_json *golden, const hone_json *json) {
    struct example e = {0};
    size_t cells, n, m = (size_t)support_real(golden, "columns");
    e.x = support_reals(golden, "x", &cells);
    e.weights = support_reals(golden, "weights", &n);
    e.y = support_reals(hone_json_get(golden, "targets"),
                        hone_json_as_text(hone_json_get(json, "target")), &n);
    cr_assert(n <= MOST && n * m == cells);
    e.data = (hone_dataset){.x = hone_view_of(e.x, n, m), .y = hone_view_of(e.y, n, 1)};
    if (hone_json_as_boolean(hone_json_get(json, "weighted")))
        e.data.weights = e.weights;
    return e;
}

static void close_example(struct example *e) {
    free(e->x), free(e->y), free(e->weights);
}

static hone_dataset part_of(const hone_dataset *data, size_t first, size_t n) {
    hone_dataset part = *data;
    n = data->x.rows - first < n ? data->x.rows - first : n;
    part.x = hone_view_rows(data->x, first, n);
    part.y = hone_view_rows(data->y, first, n);
    part.weights = data->weights ? data->weights + first : NULL;
    return part;
}

static void learn(hone_estimator *est, const hone_dataset *data, size_t batch) {
    hone_error err = {HONE_OK, ""};
    if (batch == 0)
        cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s", err.message);
    for (int round = 0; batch && round < 2; round++)
        for (size_t first = 0; first < data->x.rows; first += batch) {
            hone_dataset part = part_of(data, first, batch);
            cr_assert_eq(hone_partial_fit(est, &part, NULL, &err), HONE_OK, "%s", err.message);
        }
}

/* The largest difference, as a part of the largest number. */
static double expect_array(const hone_json *json, const hone_estimator *est, const char *name) {
    size_t n;
    hone_view got;
    double *want = support_reals(json, name, &n), most = 1;
    cr_assert_eq(hone_get_array(est, name, &got, NULL), HONE_OK);
    cr_assert_eq(got.rows * got.cols, n);
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(want[i]));
    double worst = support_distance(got.data, want, n) / most;
    free(want);
    return worst;
}

static void expect_case(const hone_json *golden, const hone_json *json) {
    const char *params = hone_json_as_text(hone_json_get(json, "params"));
    const char *name = hone_json_as_text(hone_json_get(json, "estimator"));
    struct example e = open_example(golden, json);
    hone_estimator *est = support_create(name, params);
    cr_assert_eq(hone_set(est, "shuffle=false", NULL), HONE_OK);
    learn(est, &e.data, (size_t)support_real(json, "batches"));
    double n_iter, coef = expect_array(json, est, "coef");
    double intercept = expect_array(json, est, "intercept");
    cr_assert_eq(hone_get_number(est, "n_iter", &n_iter, NULL), HONE_OK);
    cr_expect_eq(n_iter, support_real(json, "n_iter"), "%s %s: %g epochs, expected %g", name,
                 params, n_iter, support_real(json, "n_iter"));
    cr_expect(coef < 1e-9 && intercept < 1e-9, "%s %s: coefficients differ by %g, intercepts by %g",
              name, params, coef, intercept);
    hone_free(est);
    close_example(&e);
}

Test(sgd, descends_as_scikit_learn_does) {
    hone_json *golden = support_golden("sgd.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_gt(hone_json_size(cases), 250);
    for (size_t i = 0; i < hone_json_size(cases); i++)
        expect_case(golden, hone_json_at(cases, i));
    hone_json_free(golden);
}
