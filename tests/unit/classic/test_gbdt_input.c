/* Bad input of gradient boosting: an answer that makes sense, or a sentence. */
#include "classic/gbdt/gbdt.h"
#include "core/alloc.h"
#include "support/support.h"

#include <hone/boosting.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char CLASSES[] = "gradient_boosting_classifier";
static const char VALUES[] = "gradient_boosting_regressor";

static hone_estimator *model(const char *name, const char *params) {
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_create(name, &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_set(est, params, &err), HONE_OK, "%s", err.message);
    return est;
}

/* Fitting fails with this status and a message that has `part` in it. */
static void refused(hone_estimator *est, const hone_dataset *data, hone_status status,
                    const char *part) {
    hone_error err = {HONE_OK, ""};
    hone_status got = hone_fit(est, data, NULL, &err);
    cr_assert_eq(got, status, "%d: %s", (int)got, err.message);
    cr_assert(strstr(err.message, part) != NULL, "%s", err.message);
    hone_free(est);
}

Test(gbdt_input, columns_that_say_nothing_are_not_asked) {
    enum { N = 300 };
    double x[N * 3], y[N], out[N];
    for (size_t i = 0; i < N; i++) {
        x[3 * i] = (double)NAN, x[3 * i + 1] = 4, x[3 * i + 2] = (double)(i % 10);
        y[i] = x[3 * i + 2] > 4;
    }
    hone_dataset data = {.x = hone_view_of(x, N, 3), .y = hone_view_of(y, N, 1)};
    for (int k = 0; k < 2; k++) {
        hone_estimator *est = model(k ? CLASSES : VALUES, "");
        cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
        const struct gbdt_state *s = hone_estimator_state(est);
        for (size_t i = 0; i < s->trees.n_nodes; i++)
            cr_assert(s->trees.column[i] == 2 || s->trees.column[i] == -1);
        cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < N; i++)
            cr_assert_float_eq(out[i], y[i], 1e-3);
        hone_free(est);
    }
    hone_estimator *est = model(VALUES, "");
    data.x = hone_view_of(x, N, 3), data.x.cols = 2;
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK); /* nothing to ask at all */
    cr_assert_eq(hone_predict(est, &data, out, NULL, NULL), HONE_OK);
    cr_assert_float_eq(out[0], 0.5, 1e-9);
    hone_free(est);
}

Test(gbdt_input, each_class_may_have_one_row) {
    double x[6] = {1, 2, 3, 4, 5, 6}, y[6] = {0, 1, 2, 3, 4, 5}, proba[36];
    hone_dataset data = {.x = hone_view_of(x, 6, 1), .y = hone_view_of(y, 6, 1)};
    for (int least = 1; least <= 20; least += 19) {
        hone_estimator *est = model(CLASSES, least == 1 ? "min_samples_leaf=1" : "");
        cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict_proba(est, &data, proba, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < 6; i++)
            cr_assert(least == 1 ? proba[7 * i] > 0.9 : fabs(proba[7 * i] - 1.0 / 6) < 1e-9);
        hone_free(est);
    }
}

Test(gbdt_input, a_million_categories_and_more_are_refused) {
    double x[4] = {0, 1, 2, 3}, y[4] = {0, 1, 0, 1};
    size_t n = 1000001;
    const char **names = malloc(n * sizeof *names);
    char *text = malloc(n * 8);
    for (size_t i = 0; i < n; i++) {
        snprintf(text + 8 * i, 8, "%zu", i);
        names[i] = text + 8 * i;
    }
    hone_column column = {"id", HONE_CATEGORICAL, n, names}, target = {"y", HONE_NUMERIC, 0, NULL};
    hone_schema schema = {1, &column, 1, &target};
    hone_dataset data = {.x = hone_view_of(x, 4, 1), .y = hone_view_of(y, 4, 1), .schema = &schema};
    refused(model(VALUES, ""), &data, HONE_EDATA, "column 'id' has 1000001 categories");
    free(names);
    free(text);
}

/* ---- a caller's own objective ---------------------------------------------------------------- */

struct own {
    size_t call, bad; /* the call that goes wrong */
    double wrong;
};

static int squared(void *user, const double *y, const double *score, size_t n, size_t k,
                   double *gradient, double *hessian) {
    struct own *own = user;
    cr_assert_eq(k, 1);
    for (size_t i = 0; i < n; i++)
        gradient[i] = score[i] - y[i], hessian[i] = 1;
    if (++own->call == own->bad)
        gradient[17] = own->wrong;
    return 0;
}

Test(gbdt_input, nan_from_an_objective_names_iteration_and_row) {
    double *x, *y;
    support_make(200, 3, 0, 1, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 200, 3), .y = hone_view_of(y, 200, 1)};
    struct own own = {0, 4, (double)NAN};
    hone_estimator *est = model(VALUES, "");
    cr_assert_eq(hone_set_objective(est, squared, &own, NULL), HONE_OK);
    refused(est, &data, HONE_EDATA, "iteration 3, row 17");
    free(x);
    free(y);
}

Test(gbdt_input, an_objective_of_ones_own_is_the_loss_that_it_is) {
    double *x, *y, a[200], b[200], mean = 0;
    support_make(200, 3, 0, 1, &x, &y);
    for (size_t i = 0; i < 200; i++)
        mean += y[i] / 200;
    for (size_t i = 0; i < 200; i++)
        y[i] -= mean; /* it begins at 0, squared_error at the mean */
    hone_dataset data = {.x = hone_view_of(x, 200, 3), .y = hone_view_of(y, 200, 1)};
    struct own own = {0, 0, 0};
    hone_estimator *est = model(VALUES, "n_estimators=20"), *copy = NULL;
    hone_estimator *plain = model(VALUES, "n_estimators=20");
    cr_assert_eq(hone_set_objective(est, squared, &own, NULL), HONE_OK);
    cr_assert_eq(hone_clone(est, &copy, NULL), HONE_OK); /* takes it along */
    cr_assert_eq(hone_fit(copy, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_fit(plain, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(own.call, 20);
    cr_assert_eq(hone_predict(copy, &data, a, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(plain, &data, b, NULL, NULL), HONE_OK);
    cr_assert_lt(support_distance(a, b, 200), 0.3); /* rounding for splits differs a little */
    hone_free(est);
    hone_free(copy);
    hone_free(plain);
    free(x);
    free(y);
}

/* ---- parameters that do not fit together ----------------------------------------------------- */

Test(gbdt_input, parameters_that_make_no_sense_are_refused_in_a_sentence) {
    double *x, *y;
    support_make(60, 2, 3, 1, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 60, 2), .y = hone_view_of(y, 60, 1)};
    refused(model(CLASSES, "loss=callback"), &data, HONE_EINVAL, "hone_set_objective");
    refused(model(CLASSES, "sampling=goss,top_rate=0.7,other_rate=0.6"), &data, HONE_EINVAL,
            "top_rate + other_rate");
    refused(model(CLASSES, "monotonic_cst={x0:1}"), &data, HONE_EINVAL, "3 classes");
    refused(model(VALUES, "monotonic_cst={x7:1}"), &data, HONE_ENAME, "'x7'");
    refused(model(VALUES, "interaction_cst={x0;z}"), &data, HONE_ENAME, "'z'");
    refused(model(VALUES, "early_stopping=true,scoring=roc_auc"), &data, HONE_EINVAL,
            "no metric of values");
    refused(model(VALUES, "loss=gamma"), &data, HONE_EDATA, "loss=gamma");
    refused(model(VALUES, "early_stopping=true,validation_fraction=0.001"), &data, HONE_EDATA,
            "leaves no row");
    hone_estimator *est = model(VALUES, "");
    cr_assert_eq(hone_set(est, "monotonic_cst={x0:2}", NULL), HONE_EINVAL);
    cr_assert_eq(hone_set(est, "monotonic_cst=x0", NULL), HONE_EINVAL);
    cr_assert_eq(hone_set(est, "interaction_cst={x0,}", NULL), HONE_EINVAL);
    cr_assert_eq(hone_set(est, "scoring=nonsense", NULL), HONE_EINVAL);
    hone_free(est);
    est = model(VALUES, "warm_start=true,n_estimators=5");
    cr_assert_eq(hone_fit(est, &data, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_set(est, "n_estimators=4", NULL), HONE_OK);
    refused(est, &data, HONE_EINVAL, "goes on from 5 iterations");
    free(x);
    free(y);
}

/* ---- memory ---------------------------------------------------------------------------------- */

Test(gbdt_input, every_allocation_may_fail) {
    static const char *const PARAMS[] = {"early_stopping=true,scoring=rmse,subsample=0.5",
                                         "booster=dart,skip_drop=0", "sampling=goss,loss=quantile",
                                         "booster=linear",
                                         "monotonic_cst={x0:1},interaction_cst={x0}"};
    double *x, *y;
    support_make(120, 3, 0, 1, &x, &y);
    hone_dataset data = {.x = hone_view_of(x, 120, 3), .y = hone_view_of(y, 120, 1)};
    hone_monitor mon = {.threads = 1};
    for (size_t c = 0; c < 5; c++) {
        hone_estimator *est = model(VALUES, PARAMS[c]);
        cr_assert_eq(hone_set(est, "n_estimators=3,min_samples_leaf=5", NULL), HONE_OK);
        hone_status status = HONE_ENOMEM;
        for (long k = 1; status != HONE_OK; k++) {
            long live = hone_alloc_live();
            hone_alloc_fail_at(k, 0);
            status = hone_fit(est, &data, &mon, NULL);
            hone_alloc_fail_at(0, 0);
            cr_assert(status == HONE_OK || status == HONE_ENOMEM);
            cr_assert(status == HONE_OK || hone_alloc_live() == live, "%s, call %ld", PARAMS[c], k);
        }
        hone_free(est);
    }
    free(x);
    free(y);
}
