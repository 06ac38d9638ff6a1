/* Voting, stacking and boosting against scikit-learn, and what they keep by themselves. */
#include "toys.h"

#include "selection/boost.h"
#include "selection/stacking.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

/* ---- scikit-learn ------------------------------------------------------------------------- */

/* One case of the golden. Arrays are owned. */
struct golden_case {
    const hone_json *json;
    const char *spec;
    size_t n, m, n_new, k;
    double *x, *y, *new, *weight;
    int32_t *fold;
    hone_dataset data, asked;
};

static void read_case(const hone_json *json, struct golden_case *c) {
    size_t n_x, n_new;
    c->json = json;
    c->spec = hone_json_as_text(hone_json_get(json, "spec"));
    c->k = (size_t)support_real(json, "k");
    c->x = support_reals(json, "x", &n_x);
    c->y = support_reals(json, "y", &c->n);
    c->new = support_reals(json, "new", &n_new);
    c->m = n_x / c->n, c->n_new = n_new / c->m;
    double *fold = support_reals(json, "fold", &n_x);
    c->fold = malloc(c->n * sizeof *c->fold);
    for (size_t i = 0; i < c->n; i++)
        c->fold[i] = (int32_t)fold[i];
    free(fold);
    c->weight = hone_json_get(json, "weight") ? support_reals(json, "weight", &n_x) : NULL;
    c->data = (hone_dataset){.x = hone_view_of(c->x, c->n, c->m),
                             .y = hone_view_of(c->y, c->n, 1),
                             .weights = c->weight,
                             .fold = c->fold};
    c->asked = (hone_dataset){.x = hone_view_of(c->new, c->n_new, c->m)};
}

static void free_case(struct golden_case *c) {
    free(c->x), free(c->y), free(c->new), free(c->weight), free(c->fold);
}

static void expect_near(const struct golden_case *c, const char *what, const double *got,
                        double tolerance) {
    size_t n;
    double *want = support_reals(c->json, what, &n);
    double worst = support_distance(got, want, n);
    cr_assert(worst < tolerance, "%s, %zu classes: %s differs by %g", c->spec, c->k, what, worst);
    free(want);
}

static void compare_answers(const struct golden_case *c, const hone_estimator *est) {
    double *out = calloc(c->n_new * (c->k + 1), sizeof *out);
    ok(hone_predict(est, &c->asked, out, NULL, &err));
    expect_near(c, "predict", out, c->k ? 0.5 : 1e-9);
    if (hone_json_get(c->json, "proba")) {
        ok(hone_predict_proba(est, &c->asked, out, NULL, &err));
        expect_near(c, "proba", out, 1e-7);
    }
    if (hone_json_get(c->json, "decision")) {
        ok(hone_decision_function(est, &c->asked, out, NULL, &err));
        expect_near(c, "decision", out, 1e-6);
    }
    free(out);
}

/* scikit-learn goes on with members that err by chance to within rounding and so weigh nothing. */
static void compare_attributes(const struct golden_case *c, const hone_estimator *est) {
    const char *const names[] = {"weights", "errors"};
    for (size_t a = 0; a < 2 && hone_json_get(c->json, "errors"); a++) {
        hone_view got;
        size_t n;
        double *want = support_reals(c->json, names[a], &n);
        ok(hone_get_array(est, names[a], &got, &err));
        cr_assert_leq(got.rows, n, "%s: %zu members, expected %zu", c->spec, got.rows, n);
        cr_assert_lt(support_distance(got.data, want, got.rows), 1e-7);
        for (size_t t = got.rows; a == 0 && t < n; t++)
            cr_assert_lt(want[t], 1e-9, "%s: %zu members, expected %zu", c->spec, got.rows, n);
        free(want);
    }
}

Test(ensembles, are_those_of_scikit_learn) {
    hone_json *golden = support_golden("ensembles.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_geq(hone_json_size(cases), 29);
    for (size_t i = 0; i < hone_json_size(cases); i++) {
        struct golden_case c;
        hone_estimator *est = NULL;
        read_case(hone_json_at(cases, i), &c);
        ok(hone_create_spec(c.spec, c.k ? HONE_TARGET_CLASSES : HONE_TARGET_REAL, &est, &err));
        cr_assert_eq(hone_fit(est, &c.data, NULL, &err), HONE_OK, "%s: %s", c.spec, err.message);
        compare_answers(&c, est);
        compare_attributes(&c, est);
        hone_free(est);
        free_case(&c);
    }
    hone_json_free(golden);
}

/* ---- boosting of values --------------------------------------------------------------------- */

/* AdaBoost.R2 followed from outside by the members' predictions: errors, weights, the median. */
static void follow(const char *loss, double rate) {
    toy_data data = toy_data_make(80, 3, 0, 3);
    size_t n = 80;
    char spec[160];
    hone_estimator *est = NULL;
    hone_view weights, errors;
    snprintf(spec, sizeof spec, "ada_boost_regressor:n_estimators=15,learning_rate=%g,loss=%s",
             rate, loss);
    ok(hone_create_spec(spec, HONE_TARGET_REAL, &est, &err));
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_get_array(est, "weights", &weights, &err));
    ok(hone_get_array(est, "errors", &errors, &err));
    double *w = calloc(n, sizeof *w), *says = calloc(n * weights.rows, sizeof *says);
    for (size_t i = 0; i < n; i++)
        w[i] = 1 / (double)n;
    for (size_t t = 0; t < weights.rows; t++) {
        double *f = says + t * n, most = 0, error = 0, sum = 0;
        ok(hone_predict(hone_step(est, t), &data.set, f, NULL, &err));
        for (size_t i = 0; i < n; i++)
            most = fmax(most, fabs(f[i] - data.y[i]));
        double l[80];
        for (size_t i = 0; i < n; i++) {
            double d = fabs(f[i] - data.y[i]) / most;
            l[i] = *loss == 'l' ? d : *loss == 's' ? d * d : 1 - exp(-d);
            error += w[i] * l[i];
        }
        cr_assert_float_eq(errors.data[t], error, 1e-12);
        cr_assert_float_eq(weights.data[t], rate * log((1 - error) / error), 1e-11);
        for (size_t i = 0; i < n; i++)
            sum += w[i] *= pow(error / (1 - error), rate * (1 - l[i]));
        for (size_t i = 0; i < n; i++)
            w[i] /= sum;
    }
    double *out = calloc(n, sizeof *out);
    ok(hone_predict(est, &data.set, out, NULL, &err));
    for (size_t i = 0; i < n; i++) { /* half of the weight on either side */
        double below = 0, upto = 0, all = 0;
        for (size_t t = 0; t < weights.rows; t++) {
            all += weights.data[t];
            below += says[t * n + i] < out[i] ? weights.data[t] : 0;
            upto += says[t * n + i] <= out[i] ? weights.data[t] : 0;
        }
        cr_assert(below < all / 2 + 1e-12 && upto >= all / 2 - 1e-12);
    }
    free(w), free(says), free(out);
    hone_free(est);
    toy_data_free(&data);
}

Test(ensembles, boosted_values_follow_drucker) {
    follow("linear", 1);
    follow("square", 0.5);
    follow("exponential", 1);
}

/* Rows are drawn by their weights: with all weight on one row every member is its value. */
Test(ensembles, boosted_values_draw_by_weight) {
    toy_data data = toy_data_make(40, 2, 0, 4);
    double weights[40], out[40];
    for (size_t i = 0; i < 40; i++)
        weights[i] = i == 7 ? 1 : 1e-300;
    data.set.weights = weights;
    hone_estimator *est = NULL;
    ok(hone_create_spec("ada_boost_regressor:n_estimators=1", HONE_TARGET_REAL, &est, &err));
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_predict(est, &data.set, out, NULL, &err));
    for (size_t i = 0; i < 40; i++)
        cr_assert_eq(out[i], data.y[7]);
    hone_free(est);
    toy_data_free(&data);
}

/* ---- what they keep -------------------------------------------------------------------------- */

static void refuse(const char *spec, hone_target_kind target, hone_status status,
                   const char *message) {
    hone_estimator *est = NULL;
    toy_data data = toy_data_make(60, 3, target == HONE_TARGET_CLASSES ? 2 : 0, 5);
    long before = hone_alloc_live();
    hone_status got = hone_create_spec(spec, target, &est, &err);
    if (got == HONE_OK)
        got = hone_fit(est, &data.set, NULL, &err);
    cr_assert_eq(got, status, "%s", spec);
    cr_assert_str_eq(err.message, message);
    hone_free(est);
    cr_assert_eq(hone_alloc_live(), before);
    toy_data_free(&data);
}

Test(ensembles, wrong_members_get_a_sentence) {
    const hone_target_kind classes = HONE_TARGET_CLASSES, values = HONE_TARGET_REAL;
    refuse("voting", classes, HONE_EINVAL,
           "voting_classifier: is made around others, expected voting_classifier(lr,svm) or the "
           "like");
    refuse("voting(lr, ridge)", classes, HONE_EINVAL,
           "voting_classifier: is made of classifiers, got ridge");
    refuse(
        "voting(lr, perceptron):voting=soft", classes, HONE_EINVAL,
        "voting_classifier: voting=soft is the mean of probabilities, and perceptron gives none");
    refuse("voting(lr, svm):weights=(1,2,3)", classes, HONE_EINVAL,
           "voting_classifier: weights are 3, but it is made of 2 estimators");
    refuse("voting(lr, svm):weights=(0,0)", classes, HONE_EINVAL,
           "voting_classifier: parameter weights: expected none or a list like (2,1,0.5) of "
           "numbers >= 0, not all 0, got (0,0)");
    refuse("voting(lr; svm)", classes, HONE_EINVAL,
           "voting_classifier: has no estimator that comes after those inside");
    refuse("stacking(lr; svm, lr)", classes, HONE_EINVAL,
           "stacking_classifier: expected at most 32 estimators in its parentheses, and one after "
           ";");
    refuse("stacking(lr; ridge)", classes, HONE_EINVAL,
           "stacking_classifier: is made of classifiers, got ridge");
    refuse("stacking(lr, perceptron):stack_method=predict_proba", classes, HONE_EINVAL,
           "stacking_classifier: stack_method is predict_proba, which perceptron does not give");
    refuse("stacking_regressor(ridge, gaussian_nb)", values, HONE_EINVAL,
           "stacking_regressor: is made of regressors, got gaussian_nb");
    refuse("bagging_regressor(gaussian_nb)", values, HONE_EINVAL,
           "bagging_regressor: is made of regressors, got gaussian_nb");
    refuse("voting(lr, )", classes, HONE_EINVAL,
           "voting_classifier: expected an estimator on both sides of each , and ; in its "
           "parentheses");
}

Test(ensembles, worse_than_chance_is_said) {
    toy_data data = toy_data_make(40, 2, 2, 6);
    hone_estimator *est = NULL;
    for (size_t i = 0; i < 80; i++)
        data.x[i] = 1; /* nothing to tell the classes apart by */
    for (size_t i = 0; i < 40; i++)
        data.y[i] = (double)(i % 2);
    ok(hone_create_spec("ada_boost", HONE_TARGET_CLASSES, &est, &err));
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), HONE_EDATA);
    cr_assert(strstr(err.message, "ada_boost_classifier: decision_tree_classifier is no better "
                                  "than chance on its own rows"),
              "%s", err.message);
    hone_free(est);
    toy_data_free(&data);
}

Test(ensembles, boosting_needs_weights) {
    hone_estimator *est = NULL;
    cr_assert_eq(hone_wrap("ada_boost_classifier", toy_new(&toy_memory), &est, &err), HONE_EINVAL);
    cr_assert(strstr(err.message, "boosts by sample weights, and "), "%s", err.message);
    cr_assert_null(est);
}

/* A member that is never wrong ends the boosting and speaks alone. */
Test(ensembles, perfect_member_ends_boosting) {
    toy_data data = toy_data_make(40, 2, 2, 6);
    hone_estimator *est = NULL;
    hone_view weights;
    for (size_t i = 0; i < 40; i++)
        data.y[i] = data.x[2 * i] > 0;
    ok(hone_create_spec("ada_boost", HONE_TARGET_CLASSES, &est, &err));
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_get_array(est, "weights", &weights, &err));
    cr_assert(weights.rows == 1 && weights.data[0] == 1);
    hone_free(est);
    toy_data_free(&data);
}

/* The last estimator's columns carry the members' names; those of the data follow. */
Test(ensembles, stacked_columns_have_names) {
    toy_data data = toy_data_make(60, 2, 3, 7);
    hone_estimator *est = NULL;
    ok(hone_create_spec(
        "stacking(gaussian_nb, svc, gaussian_nb):stack_method=auto,passthrough=true",
        HONE_TARGET_CLASSES, &est, &err));
    ok(hone_auto_pipeline(est, data.set.schema, &est, &err));
    ok(hone_fit(est, &data.set, NULL, &err));
    const hone_stack_state *s = hone_estimator_state(est);
    const hone_schema *schema = hone_input_schema(s->final_estimator.at[0]);
    const char *const names[] = {"gaussian_nb_c0", "gaussian_nb_c1", "gaussian_nb_c2",  "svc_c0",
                                 "svc_c1",         "svc_c2",         "gaussian_nb-2_c0"};
    cr_assert_eq(schema->n_columns, 11);
    for (size_t j = 0; j < sizeof names / sizeof *names; j++)
        cr_assert_str_eq(schema->columns[j].name, names[j]);
    cr_assert_str_eq(schema->columns[9].name, data.set.schema->columns[0].name);
    hone_free(est);
    toy_data_free(&data);
}

/* The memory toy says 1 about rows that it was fitted on: the last one must never see that. */
Test(ensembles, stacked_answers_are_out_of_fold) {
    toy_data data = toy_data_make(60, 2, 2, 8);
    hone_estimator *inner[] = {toy_new(&toy_memory), NULL}, *est = NULL;
    double x[60];
    ok(hone_create("logistic_regression", &inner[1], &err));
    ok(hone_wrap_many("stacking_classifier", inner, 2, &est, &err));
    ok(hone_set(est, "stack_method=predict", &err));
    hone_dataset coded = data.set;
    const hone_stack_params *p = hone_estimator_params(est);
    double *stack = calloc(2 * 60, sizeof *stack);
    ok(hone_stack_learn("stack", p, &coded, NULL, stack, &err));
    for (size_t i = 0; i < 60; i++)
        x[i] = stack[2 * i];
    for (size_t i = 0; i < 60; i++)
        cr_assert_eq(x[i], 0);
    free(stack);
    hone_free(est);
    toy_data_free(&data);
}

/* Rows that no fold tests teach the members only; the fold numbers of the data are followed. */
Test(ensembles, stack_follows_the_folds_of_the_data) {
    toy_data data = toy_data_make(60, 2, 2, 9);
    int32_t fold[60];
    hone_estimator *est = NULL;
    for (size_t i = 0; i < 60; i++)
        fold[i] = i < 20 ? -1 : (int32_t)(i % 2);
    data.set.fold = fold;
    ok(hone_create_spec("stacking(gaussian_nb)", HONE_TARGET_CLASSES, &est, &err));
    double stack[60];
    ok(hone_stack_learn("stack", hone_estimator_params(est), &data.set, NULL, stack, &err));
    for (size_t i = 0; i < 60; i++)
        cr_assert_eq(isnan(stack[i]), i < 20);
    ok(hone_fit(est, &data.set, NULL, &err));
    hone_free(est);
    toy_data_free(&data);
}

/* Preprocessing goes inside: raw columns with holes and texts come in, as for any model. */
Test(ensembles, automatic_pipelines_go_inside) {
    hone_dataset *data = support_data("titanic.csv", "survived");
    const char *const specs[] = {"voting(lr, svm, gaussian_nb)",
                                 "stacking(lr, gaussian_nb):passthrough=true",
                                 "stacking(lr, decision_tree_classifier; svm)",
                                 "bagging(lr):n_estimators=3",
                                 "ada_boost(lr):n_estimators=3",
                                 "bagging"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        hone_estimator *est = NULL;
        double score;
        char before[512], after[512];
        ok(hone_create_spec(specs[i], HONE_TARGET_CLASSES, &est, &err));
        ok(hone_spec(est, before, sizeof before, &err));
        ok(hone_auto_pipeline(est, data->schema, &est, &err));
        ok(hone_spec(est, after, sizeof after, &err));
        cr_assert_str_eq(before, after);
        ok(hone_fit(est, data, NULL, &err));
        ok(hone_spec(est, after, sizeof after, &err));
        cr_assert_str_eq(before, after);
        ok(hone_score(est, data, &score, &err));
        cr_assert_gt(score, i == 4 ? 0.65 : 0.75, "%s", specs[i]);
        hone_free(est);
    }
    hone_dataset_free(data);
}

Test(ensembles, inner_parameters_are_reached) {
    hone_estimator *est = NULL;
    char value[64];
    ok(hone_create_spec("stacking(svc:C=2, svc:C=3; lr:C=4)", HONE_TARGET_CLASSES, &est, &err));
    ok(hone_set(est, "svc-2__C=5, logistic_regression__C=6", &err));
    ok(hone_get(est, "svc__C", value, sizeof value, &err));
    cr_assert_str_eq(value, "2");
    ok(hone_get(est, "svc-2__C", value, sizeof value, &err));
    cr_assert_str_eq(value, "5");
    ok(hone_get(est, "final_estimator__C", value, sizeof value, &err));
    cr_assert_str_eq(value, "6");
    ok(hone_auto_pipeline(est, NULL, &est, &err)); /* what came by itself is not in the way */
    ok(hone_set(est, "svc__C=7 final_estimator__logistic_regression__C=8", &err));
    ok(hone_get(est, "pipeline__svc__C", value, sizeof value, &err));
    cr_assert_str_eq(value, "7");
    ok(hone_get(est, "logistic_regression__C", value, sizeof value, &err));
    cr_assert_str_eq(value, "8");
    cr_assert_eq(hone_set(est, "svc-4__C=7", &err), HONE_ENAME);
    hone_free(est);
    ok(hone_create("bagging_classifier", &est, &err));
    ok(hone_set(est, "estimator__max_depth=3", &err));
    ok(hone_get(est, "decision_tree_classifier__max_depth", value, sizeof value, &err));
    cr_assert_str_eq(value, "3");
    hone_free(est);
}
