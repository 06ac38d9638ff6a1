#include "core/estimator_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static hone_error err;

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static void fails(const char *name, const char *params, hone_dataset data, hone_status status,
                  const char *message) {
    hone_estimator *est = support_create(name, params);
    cr_expect_eq(hone_fit(est, &data, NULL, &err), status);
    cr_expect_str_eq(err.message, message);
    hone_free(est);
}

/* ---- polynomial_features -------------------------------------------------------------------- */

Test(polynomial_features, names_its_products) {
    static const hone_column COLUMNS[] = {{.name = "a"}, {.name = "b"}};
    static const hone_schema SCHEMA = {2, COLUMNS, 0, NULL};
    static const char *const NAMES[] = {"1",   "a",   "b",     "a^2",   "a b",
                                        "b^2", "a^3", "a^2 b", "a b^2", "b^3"};
    const double x[] = {2, 3}, want[] = {1, 2, 3, 4, 6, 9, 8, 12, 18, 27};
    double out[10];
    hone_dataset data = {.x = hone_view_of(x, 1, 2), .schema = &SCHEMA};
    hone_estimator *est = support_create("polynomial_features", "degree=3");
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_transform(est, &data, out, NULL, &err));
    cr_assert_arr_eq(out, want, sizeof out);
    for (size_t j = 0; j < 10; j++)
        cr_expect_str_eq(hone_output_schema(est)->columns[j].name, NAMES[j]);
    hone_free(est);
}

Test(polynomial_features, refuses_more_columns_than_anybody_wants) {
    static double x[1000];
    hone_dataset data = {.x = hone_view_of(x, 1, 1000)};
    fails("polynomial_features", "degree=3", data, HONE_EDATA,
          "polynomial_features: degree=3 of 1000 columns makes more than 1000000 columns; a lower "
          "degree or interaction_only makes fewer");
    fails("polynomial_features", "degree=2147483647", data, HONE_EDATA,
          "polynomial_features: degree=2147483647 of 1000 columns makes more than 1000000 columns; "
          "a lower degree or interaction_only makes fewer");
    fails("polynomial_features", "degree=0 include_bias=false", data, HONE_EINVAL,
          "polynomial_features: degree=0 without include_bias leaves no column");
    hone_estimator *est =
        support_create("polynomial_features", "degree=2147483647 interaction_only=true");
    data.x.cols = 10; /* all subsets of ten columns */
    ok(hone_fit(est, &data, NULL, &err));
    cr_expect_eq(hone_output_schema(est)->n_columns, 1024);
    cr_expect_eq(hone_set(est, "degree=-1", &err), HONE_EINVAL);
    cr_expect_str_eq(
        err.message,
        "polynomial_features: parameter degree must be an integer in [0, inf), got -1");
    hone_free(est);
}

/* ---- ordinal_encoder ------------------------------------------------------------------------ */

static const char *const SIZES[] = {"S", "M", "L"};
static const hone_column CLOTHES[] = {{.name = "price"}, {"size", HONE_CATEGORICAL, 3, SIZES}};
static const hone_schema SHOP = {2, CLOTHES, 0, NULL};

Test(ordinal_encoder, has_a_rule_for_each_odd_cell) {
    const double x[] = {5, 0, 6, 2}, asked[] = {NAN, 1, 7, 9, 8, NAN};
    double out[6];
    hone_dataset data = {.x = hone_view_of(x, 2, 2), .schema = &SHOP};
    hone_dataset new = {.x = hone_view_of(asked, 3, 2)};
    hone_estimator *est = support_create("ordinal_encoder", "unknown_value=-5");
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_transform(est, &new, out, NULL, &err));
    cr_expect(isnan(out[0]) && out[1] == 1 && out[2] == 7 && out[3] == -5 && isnan(out[5]));
    ok(hone_set(est, "encoded_missing_value=3", &err));
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_transform(est, &new, out, NULL, &err));
    cr_expect(isnan(out[0]) && out[5] == 3);
    ok(hone_set(est, "handle_unknown=error", &err));
    ok(hone_fit(est, &data, NULL, &err));
    cr_expect_eq(hone_transform(est, &new, out, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ordinal_encoder: column 2 holds a new category; expected one "
                                  "known from fit, or handle_unknown=use_encoded_value");
    hone_free(est);
    fails("ordinal_encoder", "unknown_value=2", data, HONE_EINVAL,
          "ordinal_encoder: parameter unknown_value is 2, the number of level \"L\" of column "
          "'size'");
}

/* ---- the small ones ------------------------------------------------------------------------- */

Test(normalizer, takes_the_largest_and_the_smallest_numbers) {
    const double x[] = {3e300, 4e300, 3e-300, 4e-300, 0, 0, -3, 4};
    const double want[] = {0.6, 0.8, 0.6, 0.8, 0, 0, -0.6, 0.8};
    double out[8];
    hone_dataset data = {.x = hone_view_of(x, 4, 2)};
    hone_estimator *est = support_create("normalizer", "norm=l2");
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_transform(est, &data, out, NULL, &err));
    cr_assert(support_distance(out, want, 8) < 1e-15);
    hone_free(est);
}

Test(binarizer, knows_what_a_zero_that_is_not_stored_becomes) {
    const double values[] = {2, -2};
    const uint32_t columns[] = {1, 0};
    const size_t starts[] = {0, 1, 2};
    const hone_csr csr = {values, columns, starts, 2, 2};
    const double want[] = {1, 1, 0, 1};
    double out[4];
    hone_dataset data = {.sparse = &csr};
    hone_estimator *est = support_create("binarizer", "threshold=-1");
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_transform(est, &data, out, NULL, &err));
    cr_assert_arr_eq(out, want, sizeof out);
    hone_free(est);
}

Test(max_abs_scaler, keeps_zeros_and_clips_where_told) {
    const double x[] = {-4, 0, 2, 0}, asked[] = {8, 5, -6, NAN}, want[] = {1, 1, -1};
    double out[4];
    hone_dataset data = {.x = hone_view_of(x, 2, 2)}, new = {.x = hone_view_of(asked, 2, 2)};
    hone_estimator *est = support_create("max_abs_scaler", "clip=true");
    ok(hone_fit(est, &data, NULL, &err));
    ok(hone_transform(est, &new, out, NULL, &err));
    cr_assert_arr_eq(out, want,
                     sizeof want); /* the second column is all zeros: as it is, clipped */
    cr_assert(isnan(out[3]));
    hone_free(est);
}

Test(variance_threshold, keeps_names_and_refuses_to_leave_nothing) {
    const double x[] = {1, 5, NAN, 1, 7, NAN, 1, 9, NAN};
    double out[3];
    hone_dataset data = {.x = hone_view_of(x, 3, 3)};
    hone_estimator *est = support_create("variance_threshold", "threshold=0");
    ok(hone_fit(est, &data, NULL, &err));
    cr_assert_eq(hone_output_schema(est)->n_columns, 1);
    cr_expect_str_eq(hone_output_schema(est)->columns[0].name, "x1");
    ok(hone_transform(est, &data, out, NULL, &err));
    cr_expect(out[0] == 5 && out[1] == 7 && out[2] == 9);
    hone_free(est);
    fails("variance_threshold", "threshold=100", data, HONE_EDATA,
          "variance_threshold: no column is left: none of 3 has a variance above 100");
    data.x.rows = 1;
    fails("variance_threshold", "threshold=0", data, HONE_EDATA,
          "variance_threshold: no column is left: none of 3 has a variance above 0");
}
