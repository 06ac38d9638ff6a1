/* The registry and specs: names in, names out, and what is said about wrong ones. */
#include "toys.h"

#include "selection/registry.h"

#include <criterion/criterion.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

Test(registry, names_are_unique_and_short_names_have_one_class_per_task) {
    cr_assert_gt(hone_class_count(), 0);
    cr_assert_null(hone_class_at(hone_class_count()));
    for (size_t i = 0; i < hone_class_count(); i++) {
        const hone_class *a = hone_class_at(i);
        cr_assert_eq(hone_registry_lookup(hone_class_name(a)), a);
        cr_assert_eq(a->tags & HONE_TAG_INTERNAL,
                     a == &hone_pipeline_class || hone_is_wrapper(a) ? HONE_TAG_INTERNAL : 0);
        for (size_t j = 0; j < i && a->alias; j++) {
            const hone_class *b = hone_class_at(j);
            cr_assert(!b->alias || strcmp(a->alias, b->alias) || a->task != b->task, "%s, %s",
                      a->name, b->name);
            cr_assert_str_neq(a->alias, b->name);
        }
    }
    cr_assert_null(hone_registry_lookup("mlp"));
}

Test(registry, short_names_follow_the_target) {
    const struct {
        const char *name;
        hone_target_kind target;
        const char *expected;
    } cases[] = {
        {"mlp", HONE_TARGET_CLASSES, "mlp_classifier"},
        {"mlp", HONE_TARGET_REAL, "mlp_regressor"},
        {"svm", HONE_TARGET_CLASSES, "svc"},
        {"svm", HONE_TARGET_REAL, "svr"},
        {"lr", HONE_TARGET_CLASSES, "logistic_regression"},
        {"lr", HONE_TARGET_REAL, "ridge"},
        {"svr", HONE_TARGET_CLASSES, "svr"}, /* a full name is taken at its word */
        {"pipeline", HONE_TARGET_AUTO, "pipeline"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const hone_class *cls = NULL;
        ok(hone_class_find(cases[i].name, cases[i].target, &cls, &err));
        cr_assert_str_eq(hone_class_name(cls), cases[i].expected);
    }
}

static void refuse_name(const char *name, hone_target_kind target, const char *message) {
    const hone_class *cls = NULL;
    cr_assert_eq(hone_class_find(name, target, &cls, &err), HONE_ENAME);
    cr_assert_str_eq(err.message, message);
    cr_assert_null(cls);
}

Test(registry, wrong_names_get_a_sentence) {
    refuse_name("svx", HONE_TARGET_CLASSES, "unknown estimator 'svx'; did you mean 'svc'?");
    refuse_name("logistic_regresion", HONE_TARGET_CLASSES,
                "unknown estimator 'logistic_regresion'; did you mean 'logistic_regression'?");
    refuse_name("mlp", HONE_TARGET_AUTO,
                "'mlp' is short for mlp_classifier and for mlp_regressor; name one of them in "
                "full");
    const hone_class *cls;
    cr_assert_eq(hone_class_find("xyzzyxyzzy", HONE_TARGET_REAL, &cls, &err), HONE_ENAME);
    cr_assert_not_null(strstr(err.message, "expected one of dummy_classifier, "));
    hone_estimator *est = NULL;
    cr_assert_eq(hone_create("standard_scalar", &est, &err), HONE_ENAME);
    cr_assert_str_eq(err.message,
                     "unknown estimator 'standard_scalar'; did you mean 'standard_scaler'?");
    cr_assert_eq(hone_create("mlp", &est, &err), HONE_ENAME);
    cr_assert_not_null(strstr(err.message, "'mlp' is short for mlp_classifier and"));
    cr_assert_eq(hone_create("pipeline", &est, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "pipeline: is made of other estimators, not by its name alone");
    cr_assert_null(est);
}

static void round_trip(const char *spec, const char *expected) {
    hone_estimator *est = NULL, *again = NULL;
    char text[1024], second[1024];
    ok(hone_create_spec(spec, HONE_TARGET_CLASSES, &est, &err));
    ok(hone_spec(est, text, sizeof text, &err));
    cr_assert_str_eq(text, expected);
    ok(hone_create_spec(text, HONE_TARGET_CLASSES, &again, &err));
    ok(hone_spec(again, second, sizeof second, &err));
    cr_assert_str_eq(second, text);
    cr_assert(hone_estimator_equal(est, again));
    hone_free(est), hone_free(again);
}

Test(spec, says_what_differs_from_the_defaults_and_reads_back) {
    round_trip("mlp", "mlp_classifier");
    round_trip("mlp:", "mlp_classifier");
    round_trip("mlp:alpha=1e-4", "mlp_classifier"); /* the default in other words */
    round_trip("mlp:alpha=0.3 shuffle=false", "mlp_classifier:alpha=0.3,shuffle=false");
    round_trip("mlp_classifier:class_weight={0:2,1:0.5},hidden_layer_sizes=(50,20),seed=7",
               "mlp_classifier:hidden_layer_sizes=(50,20),seed=7,class_weight={0:2,1:0.5}");
    round_trip("mlp_classifier:batch_size=32,hidden_layer_sizes=()",
               "mlp_classifier:hidden_layer_sizes=(),batch_size=32");
}

Test(spec, leaves_out_what_comes_by_itself) {
    static const hone_column columns[] = {{.name = "a"}};
    const hone_schema schema = {1, columns, 0, NULL};
    hone_estimator *est = NULL;
    char text[256];
    ok(hone_create_spec("pca | mlp:alpha=2", HONE_TARGET_REAL, &est, &err));
    ok(hone_auto_pipeline(est, &schema, &est, &err));
    cr_assert_str_eq(hone_name(hone_step(est, 0)), "simple_imputer");
    ok(hone_spec(est, text, sizeof text, &err));
    cr_assert_str_eq(text, "pca | mlp_regressor:alpha=2");
    hone_free(est);
}

Test(spec, bars_make_a_pipeline) {
    round_trip("standard_scaler | mlp:alpha=2", "standard_scaler | mlp_classifier:alpha=2");
    round_trip(" min_max_scaler|pca:n_components=2|lr:C=3 ",
               "min_max_scaler | pca:n_components=2 | logistic_regression:C=3");
    round_trip("calibrated(standard_scaler | svm):cv=3",
               "calibrated_classifier(standard_scaler | svc):cv=3");
}

Test(spec, names_the_inner_one_in_parentheses) {
    round_trip("calibrated(svm)", "calibrated_classifier(svc)");
    round_trip("calibrated_classifier(svc:kernel=linear,C=3):method=isotonic",
               "calibrated_classifier(svc:C=3,kernel=linear):method=isotonic");
    round_trip("calibrated(mlp:hidden_layer_sizes=(50,20)):cv=3 seed=4",
               "calibrated_classifier(mlp_classifier:hidden_layer_sizes=(50,20)):cv=3,seed=4");
    round_trip("tuned_threshold(calibrated(lr:C=2):method=isotonic):scoring=f1,positive=first",
               "tuned_threshold_classifier(calibrated_classifier(logistic_regression:C=2):"
               "method=isotonic):scoring=f1,positive=first");
}

Test(spec, names_several_between_commas) {
    round_trip("voting(lr,svm)", "voting_classifier(logistic_regression, svc)");
    round_trip("voting(lr:C=2,tol=1e-3 , svm:C=3,kernel=linear,gaussian_nb):voting=soft",
               "voting_classifier(logistic_regression:C=2,tol=0.001, svc:C=3,kernel=linear, "
               "gaussian_nb):voting=soft");
    round_trip("voting(pca | lr, mlp:hidden_layer_sizes=(50,20),alpha=2):weights=(2,1)",
               "voting_classifier(pca | logistic_regression, "
               "mlp_classifier:hidden_layer_sizes=(50,20),alpha=2):weights=(2,1)");
    round_trip("stacking(svm, calibrated(svm:C=2)):cv=3",
               "stacking_classifier(svc, calibrated_classifier(svc:C=2)):cv=3");
    round_trip("stacking(svm;lr:C=2)", "stacking_classifier(svc; logistic_regression:C=2)");
    round_trip("stacking(svm;lr)", "stacking_classifier(svc)");
    round_trip("bagging", "bagging_classifier");
    round_trip("bagging(decision_tree_classifier)", "bagging_classifier");
    round_trip("ada_boost(decision_tree_classifier)",
               "ada_boost_classifier(decision_tree_classifier)");
    round_trip("bagging:estimator__max_depth=3,seed=2",
               "bagging_classifier(decision_tree_classifier:max_depth=3):seed=2");
}

static void refuse_spec(const char *spec, hone_status status, const char *message) {
    hone_estimator *est = NULL;
    long before = hone_alloc_live();
    cr_assert_eq(hone_create_spec(spec, HONE_TARGET_CLASSES, &est, &err), status, "%s", spec);
    cr_assert_str_eq(err.message, message);
    cr_assert_null(est);
    cr_assert_eq(hone_alloc_live(), before);
}

Test(spec, wrong_bars_get_a_sentence) {
    refuse_spec("pca |", HONE_EINVAL,
                "spec 'pca |': expected an estimator on both sides of each |, at most 32 of them");
    refuse_spec("lr | pca || lr", HONE_EINVAL,
                "spec 'lr | pca || lr': expected an estimator on both sides of each |, at most 32 "
                "of them");
    refuse_spec("lr | lr", HONE_EINVAL,
                "pipeline: step 1 (logistic_regression) does not transform; only the last may be "
                "something else");
    refuse_spec("standard_scaler | pcaa", HONE_ENAME,
                "unknown estimator 'pcaa'; did you mean "
                "'pca'?");
}

Test(spec, wrong_parentheses_get_a_sentence) {
    refuse_spec("calibrated_classifier", HONE_EINVAL,
                "calibrated_classifier: is made around another estimator, expected "
                "calibrated_classifier(lr) or the like");
    refuse_spec("calibrated:method=isotonic", HONE_EINVAL,
                "calibrated_classifier: is made around another estimator, expected "
                "calibrated_classifier(lr) or the like");
    refuse_spec("svc(lr)", HONE_EINVAL,
                "svc: is not made around another estimator, so it takes no parentheses");
    refuse_spec("calibrated(lr", HONE_EINVAL,
                "spec 'calibrated(lr': expected name(inner spec):param=value,...");
    refuse_spec("calibrated(lr)C=3", HONE_EINVAL,
                "spec 'calibrated(lr)C=3': expected name(inner spec):param=value,...");
    refuse_spec("calibrated(svx)", HONE_ENAME, "unknown estimator 'svx'; did you mean 'svc'?");
    refuse_spec("calibrated(svc:C=-1)", HONE_EINVAL,
                "svc: parameter C must be a number in (0, inf], got -1");
    refuse_spec("calibrated(calibrated(calibrated(calibrated(calibrated(calibrated(calibrated("
                "calibrated(lr))))))))",
                HONE_EINVAL, "spec: more than 8 estimators within each other");
    char deep[4000] = "";
    for (size_t i = 0; i < 300; i++)
        strcat(deep, "calibrated(");
    hone_estimator *est = NULL;
    cr_assert_eq(hone_create_spec(deep, HONE_TARGET_CLASSES, &est, &err), HONE_EINVAL);
}

Test(spec, of_a_wrapper_with_preprocessing_inside_is_that_of_the_models) {
    hone_estimator *est = NULL;
    char text[256];
    ok(hone_create_spec("calibrated(svm:C=3)", HONE_TARGET_CLASSES, &est, &err));
    ok(hone_auto_pipeline(est, NULL, &est, &err));
    ok(hone_set(est, "pipeline__svc__gamma=0.5", &err));
    ok(hone_spec(est, text, sizeof text, &err));
    cr_assert_str_eq(text, "calibrated_classifier(svc:C=3,gamma=0.5)");
    hone_free(est);
}

Test(spec, needs_room_and_says_so) {
    hone_estimator *est = NULL;
    ok(hone_create_spec("calibrated(svc:C=2):cv=3", HONE_TARGET_CLASSES, &est, &err));
    const char *whole = "calibrated_classifier(svc:C=2):cv=3";
    char text[64];
    for (size_t size = 0; size <= strlen(whole); size++)
        cr_assert_eq(hone_spec(est, text, size, &err), HONE_EINVAL, "%zu", size);
    ok(hone_spec(est, text, strlen(whole) + 1, &err));
    cr_assert_str_eq(text, whole);
    hone_free(est);
}

Test(spec, errors_pass_through_and_leave_nothing_behind) {
    long before = hone_alloc_live();
    hone_estimator *est = NULL;
    cr_assert_eq(hone_create_spec("mlq:alpha=2", HONE_TARGET_REAL, &est, &err), HONE_ENAME);
    cr_assert_eq(hone_create_spec("", HONE_TARGET_REAL, &est, &err), HONE_ENAME);
    cr_assert_eq(hone_create_spec("mlp:alpa=2", HONE_TARGET_REAL, &est, &err), HONE_ENAME);
    cr_assert_not_null(strstr(err.message, "alpha"), "%s", err.message);
    cr_assert_eq(hone_create_spec("mlp:alpha=-2", HONE_TARGET_REAL, &est, &err), HONE_EINVAL);
    cr_assert_eq(hone_create_spec("pipeline", HONE_TARGET_REAL, &est, &err), HONE_EINVAL);
    cr_assert_null(est);
    cr_assert_eq(hone_alloc_live(), before);
}

Test(spec, a_failing_allocation_leaks_nothing) {
    static const char spec[] = "tuned_threshold(calibrated(lr:C=2):method=isotonic):scoring=f1";
    hone_status status = HONE_ENOMEM;
    long before = hone_alloc_live();
    for (long k = 1; status == HONE_ENOMEM; k++) {
        hone_estimator *est = NULL;
        char text[256];
        hone_alloc_fail_at(k, 0);
        status = hone_create_spec(spec, HONE_TARGET_CLASSES, &est, &err);
        if (status == HONE_OK)
            status = hone_auto_pipeline(est, NULL, &est, &err);
        else
            est = NULL;
        if (status == HONE_OK)
            status = hone_spec(est, text, sizeof text, &err);
        else
            est = NULL; /* taken over */
        hone_alloc_fail_at(0, 0);
        hone_free(est);
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld", k);
    }
    ok(status);
}

Test(spec, load_knows_the_registry) {
    hone_estimator *est = NULL;
    cr_assert_eq(hone_load("/no/such/file.hone", &est, &err), HONE_EIO);
    cr_assert_null(est);
}
