/* Fits along a parameter are the fits made one by one. */
#include "support/support.h"

#include <hone/hone.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { N = 80, M = 4 };

Test(fit_path, gives_what_single_fits_give) {
    static const char *const VALUES[] = {"100", "1", "0.01"};
    double *x, *y, one[N], other[N];
    hone_estimator *model = NULL, *path[3];
    hone_error err;
    support_make(N, M, 0, 3, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, N, M), .y = hone_view_of(y, N, 1)};
    cr_assert_eq(hone_create("ridge", &model, NULL), HONE_OK);
    cr_assert_eq(hone_fit_path(model, "alpha", VALUES, 3, &data, NULL, path, &err), HONE_OK, "%s",
                 err.message);
    for (size_t i = 0; i < 3; i++) {
        char alpha[32];
        cr_assert_eq(hone_get(path[i], "alpha", alpha, sizeof alpha, NULL), HONE_OK);
        cr_expect_str_eq(alpha, VALUES[i]);
        cr_assert_eq(hone_set_number(model, "alpha", atof(VALUES[i]), NULL), HONE_OK);
        cr_assert_eq(hone_fit(model, &data, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict(model, &data, one, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict(path[i], &data, other, NULL, NULL), HONE_OK);
        cr_expect(memcmp(one, other, sizeof one) == 0);
        hone_free(path[i]);
    }
    hone_free(model);
    free(x), free(y);
}

Test(fit_path, bad_value_leaves_nothing) {
    static const char *const VALUES[] = {"1", "-1"};
    double *x, *y;
    hone_estimator *model = NULL, *path[2] = {NULL, NULL};
    hone_error err;
    support_make(N, M, 0, 3, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, N, M), .y = hone_view_of(y, N, 1)};
    cr_assert_eq(hone_create("ridge", &model, NULL), HONE_OK);
    cr_expect_eq(hone_fit_path(model, "alpha", VALUES, 2, &data, NULL, path, &err), HONE_EINVAL);
    cr_expect(strstr(err.message, "ridge: parameter alpha must be a number in"), "%s", err.message);
    cr_expect_null(path[0]);
    cr_expect_eq(hone_fit_path(model, "beta", VALUES, 2, &data, NULL, path, &err), HONE_ENAME);
    hone_free(model);
    free(x), free(y);
}
