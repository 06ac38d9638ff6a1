#include "core/estimator_impl.h"
#include "preprocess/preprocess.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 6 };

static const hone_class *class_named(const char *name) {
    static const hone_class *const all[] = {&hone_simple_imputer, &hone_standard_scaler,
                                            &hone_min_max_scaler};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    cr_assert_fail("no class %s", name);
    return NULL;
}

static void check_case(const hone_json *golden, const hone_json *c) {
    size_t n, n_new, n_out;
    double *x = support_reals(golden, "x", &n), *weight = support_reals(golden, "weight", &n);
    double *new = support_reals(golden, "new", &n_new), *want = support_reals(c, "out", &n_out);
    const char *name = hone_json_as_text(hone_json_get(c, "name"));
    const char *params = hone_json_as_text(hone_json_get(c, "params"));
    bool weighted = hone_json_as_boolean(hone_json_get(c, "weighted"));

    hone_dataset data = {.x = hone_view_of(x, n, COLUMNS), .weights = weighted ? weight : NULL};
    hone_dataset asked = {.x = hone_view_of(new, n_new / COLUMNS, COLUMNS)};
    double *out = calloc(n_out, sizeof *out);
    hone_estimator *est = NULL;
    hone_error err = {0};
    cr_assert_eq(hone_estimator_new(class_named(name), &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_transform(est, &asked, out, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(n_out, n_new);
    for (size_t i = 0; i < n_out; i++)
        cr_assert((isnan(out[i]) && isnan(want[i])) ||
                      fabs(out[i] - want[i]) <= 1e-12 * fmax(1, fabs(want[i])),
                  "%s %s, cell %zu: %.17g, scikit-learn's is %.17g", name, params, i, out[i],
                  want[i]);
    hone_free(est);
    free(x), free(weight), free(new), free(want), free(out);
}

Test(scikit, transformers_agree) {
    hone_json *golden = support_golden("preprocess.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 10);
    for (size_t i = 0; i < hone_json_size(cases); i++)
        check_case(golden, hone_json_at(cases, i));
    hone_json_free(golden);
}

/* ---- those of transform.json ----------------------------------------------------------------- */

/* The table under `key`, `columns` wide. */
static hone_dataset table(const hone_json *golden, const char *key) {
    size_t n;
    double *x = support_reals(golden, key, &n);
    return (hone_dataset){.x = hone_view_of(x, n / COLUMNS, COLUMNS)};
}

/* And the way back from there, of rows that are `cols` wide. */
static void check_back(const hone_estimator *est, const double *out, size_t rows, size_t cols,
                       const hone_json *c) {
    size_t n;
    double *want = support_reals(c, "back", &n), *back = calloc(n, sizeof *back);
    hone_dataset data = {.x = hone_view_of(out, rows, cols)};
    hone_error err = {0};
    cr_assert_eq(n, rows * COLUMNS);
    cr_assert_eq(hone_inverse_transform(est, &data, back, NULL, &err), HONE_OK, "%s", err.message);
    for (size_t i = 0; i < n; i++)
        cr_assert((isnan(back[i]) && isnan(want[i])) ||
                      fabs(back[i] - want[i]) <= 1e-11 * fmax(1, fabs(want[i])),
                  "back, cell %zu: %.17g, scikit-learn's is %.17g", i, back[i], want[i]);
    free(want), free(back);
}

static void check_more(const hone_json *golden, const hone_json *c) {
    bool holes = hone_json_as_boolean(hone_json_get(c, "holes"));
    const char *name = hone_json_as_text(hone_json_get(c, "name"));
    const char *params = hone_json_as_text(hone_json_get(c, "params"));
    const hone_json *names = hone_json_get(c, "names");
    hone_dataset data = table(golden, holes ? "holes" : "whole");
    hone_dataset asked = table(golden, holes ? "holes_new" : "whole_new");
    size_t n_want;
    double *want = support_reals(c, "out", &n_want);
    hone_estimator *est = NULL;
    hone_error err = {0};
    cr_assert_eq(hone_create(name, &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    const hone_schema *schema = hone_output_schema(est);
    cr_assert_eq(asked.x.rows * schema->n_columns, n_want, "%s %s", name, params);
    for (size_t j = 0; j < schema->n_columns; j++)
        cr_assert_str_eq(schema->columns[j].name, hone_json_as_text(hone_json_at(names, j)));
    double *out = calloc(n_want, sizeof *out);
    cr_assert_eq(hone_transform(est, &asked, out, NULL, &err), HONE_OK, "%s", err.message);
    for (size_t i = 0; i < n_want; i++)
        cr_assert((isnan(out[i]) && isnan(want[i])) ||
                      fabs(out[i] - want[i]) <= 1e-11 * fmax(1, fabs(want[i])),
                  "%s %s, cell %zu: %.17g, scikit-learn's is %.17g", name, params, i, out[i],
                  want[i]);
    if (hone_json_size(hone_json_get(c, "back")))
        check_back(est, out, asked.x.rows, schema->n_columns, c);
    hone_free(est);
    free((void *)data.x.data), free((void *)asked.x.data), free(want), free(out);
}

Test(scikit, more_transformers_agree) {
    hone_json *golden = support_golden("transform.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 63);
    for (size_t i = 0; i < hone_json_size(cases); i++)
        check_more(golden, hone_json_at(cases, i));
    hone_json_free(golden);
}

/* Codes of three and of seven levels; the last of the seven is in no row. */
static const char *const LEVELS[] = {"a", "b", "c", "d", "e", "f"};
static const hone_column CATEGORIES[] = {{"p", HONE_CATEGORICAL, 3, LEVELS},
                                         {"q", HONE_CATEGORICAL, 6, LEVELS}};

static hone_dataset categories(double *x, size_t n, const hone_schema *schema) {
    return (hone_dataset){.x = hone_view_of(x, n / 2, 2), .schema = schema};
}

Test(scikit, target_encodings_agree) {
    hone_json *golden = support_golden("transform.json");
    const hone_json *cases = hone_json_get(golden, "encodings");
    size_t n, n_new, n_want, n_y;
    double *x = support_reals(golden, "cats", &n), *new = support_reals(golden, "cats_new", &n_new);
    cr_assert_eq(hone_json_size(cases), 9);
    for (size_t i = 0; i < 9; i++) {
        const hone_json *c = hone_json_at(cases, i);
        const char *target = hone_json_as_text(hone_json_get(c, "target"));
        const char *params = hone_json_as_text(hone_json_get(c, "params"));
        double *y = support_reals(hone_json_get(golden, "targets"), target, &n_y);
        double *want = support_reals(c, "out", &n_want), out[64];
        hone_column numeric = {.name = "t"};
        hone_column classes = {"t", HONE_CATEGORICAL, strcmp(target, "two") ? 3 : 2, LEVELS};
        const hone_schema schema = {2, CATEGORIES, 1,
                                    strcmp(target, "values") ? &classes : &numeric};
        hone_dataset data = categories(x, n, &schema), asked = categories(new, n_new, NULL);
        data.y = hone_view_of(y, n_y, 1);
        hone_estimator *est = NULL;
        hone_error err = {0};
        cr_assert_eq(hone_create("target_encoder", &est, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(hone_output_schema(est)->n_columns * n_new / 2, n_want);
        cr_assert_eq(hone_transform(est, &asked, out, NULL, &err), HONE_OK, "%s", err.message);
        cr_assert(support_distance(out, want, n_want) < 1e-12, "%s %s: %g", target, params,
                  support_distance(out, want, n_want));
        hone_free(est);
        free(y), free(want);
    }
    free(x), free(new);
    hone_json_free(golden);
}

Test(scikit, ordinal_codes_agree) {
    hone_json *golden = support_golden("transform.json");
    size_t n, n_new, n_want;
    double *x = support_reals(golden, "cats", &n), *new = support_reals(golden, "cats_new", &n_new);
    double *want = support_reals(golden, "ordinal", &n_want), out[64];
    const hone_schema schema = {2, CATEGORIES, 0, NULL};
    hone_dataset data = categories(x, n, &schema), asked = categories(new, n_new, NULL);
    hone_estimator *est = NULL;
    hone_error err = {0};
    cr_assert_eq(hone_create("ordinal_encoder", &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, "encoded_missing_value=-7", &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_transform(est, &asked, out, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_arr_eq(out, want, n_want * sizeof *out);
    cr_assert_eq(hone_output_schema(est)->columns[1].kind, HONE_NUMERIC);
    hone_free(est);
    free(x), free(new), free(want);
    hone_json_free(golden);
}
