/* test_c_source.c -- models written as C, compiled and run, say what the models say, to the bit. */
#include "selection/c_source.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 300, M = 5 };

/* Numbers with gaps, and a column of categories. */
static const char *const LEVELS[] = {"a", "b */ c", "d\ne", "f\\"};
static const hone_column COLUMNS[M] = {{"one", HONE_NUMERIC, 0, NULL},
                                       {"two", HONE_NUMERIC, 0, NULL},
                                       {"three */ x", HONE_NUMERIC, 0, NULL},
                                       {"four", HONE_NUMERIC, 0, NULL},
                                       {"five", HONE_CATEGORICAL, 4, LEVELS}};
static const hone_schema SCHEMA = {.n_columns = M, .columns = COLUMNS};

static hone_dataset make(size_t classes, bool gaps, double **x, double **y) {
    support_make(N, M, classes, 11, x, y);
    for (size_t i = 0; i < N; i++) {
        (*x)[i * M + 4] = (double)(i * 7 % 4);
        if (gaps && i % 5 == 0)
            (*x)[i * M + i % 4] = NAN;
        if (gaps && i % 11 == 0)
            (*x)[i * M + 4] = NAN;
        if (classes == 0)
            (*y)[i] = fabs((*y)[i]) + 0.1;
    }
    return (hone_dataset){
        .x = hone_view_of(*x, N, M), .y = hone_view_of(*y, N, 1), .schema = &SCHEMA};
}

static void check_to(const char *spec, size_t classes, bool gaps, double most) {
    double *x, *y, difference = NAN;
    hone_dataset data = make(classes, gaps, &x, &y);
    hone_estimator *bare = NULL, *est = NULL;
    hone_error err = {HONE_OK, ""};
    hone_target_kind kind = classes ? HONE_TARGET_CLASSES : HONE_TARGET_REAL;
    cr_assert_eq(hone_create_spec(spec, kind, &bare, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_auto_pipeline(bare, &SCHEMA, &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK, "%s: %s", spec, err.message);
    const char *path = support_path("made.c");
    cr_assert_eq(hone_c_save(est, path, &err), HONE_OK, "%s: %s", spec, err.message);
    cr_assert_eq(hone_c_check(est, path, &data, NULL, &difference, &err), HONE_OK, "%s: %s", spec,
                 err.message);
    cr_assert_leq(difference, most, "%s: differs by %g", spec, difference);
    unlink(path);
    hone_free(est);
    free(x);
    free(y);
}

static void check(const char *spec, size_t classes, bool gaps) {
    check_to(spec, classes, gaps, 0);
}

Test(c_source, trees_say_the_same_bits) {
    check("gbdt:n_estimators=20", 2, true);
    check("gbdt:n_estimators=7", 3, true);
    check("gbdt:n_estimators=20", 0, true);
    check("gbdt:n_estimators=20,loss=poisson", 0, true);
    check("gbdt:n_estimators=5,booster=dart", 2, true);
    check("decision_tree_classifier", 2, true);
    check("random_forest_classifier:n_estimators=9", 3, true);
    check("extra_trees_regressor:n_estimators=9", 0, true);
}

Test(c_source, linear_models_behind_scalers_say_the_same_bits) {
    check("lr", 2, true);
    check("lr", 4, true);
    check("lr:multi_class=ovr", 3, false);
    check("ridge", 0, true);
    check("standard_scaler | lasso:alpha=0.1", 0, false);
    check("robust_scaler | ols", 0, true);
    check("min_max_scaler:clip=true | lr", 2, false);
    check("max_abs_scaler:clip=true | lr", 2, false);
}

/* Single precision, in another order of sums. */
Test(c_source, nets_say_nearly_the_same) {
    check_to("mlp:hidden_layer_sizes=7,max_iter=9", 2, true, 1e-6);
    check_to("mlp:hidden_layer_sizes=(9,4),activation=tanh,max_iter=9", 3, true, 1e-6);
    check_to("mlp:hidden_layer_sizes=8,activation=logistic,max_iter=9", 0, true, 1e-5);
}

/* A difference is told: a changed number, or a file that is no C. */
Test(c_source, what_is_wrong_with_a_file_is_told) {
    double *x, *y, difference = 0;
    hone_dataset data = make(2, false, &x, &y);
    hone_estimator *est = NULL, *other = NULL;
    hone_error err = {HONE_OK, ""};
    const char *path = support_path("7 wrong-one.c");
    cr_assert_eq(hone_create_spec("gbdt:n_estimators=3", HONE_TARGET_CLASSES, &est, &err), HONE_OK);
    cr_assert_eq(hone_create_spec("gbdt:n_estimators=4", HONE_TARGET_CLASSES, &other, &err),
                 HONE_OK);
    cr_assert_eq(hone_c_save(est, path, &err), HONE_ESTATE);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK);
    cr_assert_eq(hone_fit(other, &data, NULL, &err), HONE_OK);
    cr_assert_eq(hone_c_save(other, path, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_c_check(est, path, &data, NULL, &difference, &err), HONE_OK, "%s",
                 err.message);
    cr_assert_gt(difference, 1e-6);
    FILE *file = fopen(path, "w");
    fputs("no C\n", file);
    fclose(file);
    cr_assert_eq(hone_c_check(est, path, &data, NULL, &difference, &err), HONE_EIO);
    cr_assert_not_null(strstr(err.message, "'cc' does not compile it"), "%s", err.message);
    unlink(path);
    cr_assert_eq(hone_c_check(est, path, &data, NULL, &difference, &err), HONE_EIO);
    cr_assert_not_null(strstr(err.message, "cannot read"), "%s", err.message);
    hone_free(est);
    hone_free(other);
    free(x);
    free(y);
}

Test(c_source, what_cannot_be_written_is_a_sentence) {
    double *x, *y;
    hone_dataset data = make(2, false, &x, &y);
    data.schema = NULL;
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_create("gaussian_nb", &est, &err), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK);
    cr_assert_eq(hone_c_save(est, support_path("x.c"), &err), HONE_EUNSUPPORTED);
    cr_assert_not_null(strstr(err.message, "gaussian_nb: cannot be written as C"), "%s",
                       err.message);
    hone_free(est);
    cr_assert_eq(hone_create("standard_scaler", &est, &err), HONE_OK);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_OK);
    cr_assert_eq(hone_c_save(est, support_path("x.c"), &err), HONE_EUNSUPPORTED);
    cr_assert_not_null(strstr(err.message, "ends with what predicts"), "%s", err.message);
    hone_free(est);
    free(x);
    free(y);
}

Test(c_source, names_are_those_of_c) {
    char name[32];
    hone_c_name("/a.b/9 lives-x.y.c", name, sizeof name);
    cr_assert_str_eq(name, "m9_lives_x_y");
    hone_c_name("model", name, sizeof name);
    cr_assert_str_eq(name, "model");
    hone_c_name(".c", name, sizeof name);
    cr_assert_str_eq(name, "m");
}
