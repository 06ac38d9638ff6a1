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
